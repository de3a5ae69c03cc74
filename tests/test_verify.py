"""Stored tensors against inferred weights, over every golden model that stores some."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmcount.inference import infer
from lstmcount.readers import open_path, read
from lstmcount.verify import verify
from tests.conftest import ROOT, Run

FILES = [
    path
    for kind in ("keras", "h5")
    for path in sorted((ROOT / "tests" / "golden" / "models").glob(f"*/model.{kind}"))
]
pytest.importorskip("h5py")


def test_what_keras_saved_is_what_is_inferred() -> None:
    differing = []
    for path in FILES:
        if path.parent.name.startswith(("odd_", "preparing_", "frozen_shared", "nested_same")):
            continue  # code of the author's, vocabularies, and layers that two models share
        if path.match("vision_spectral_normalization/model.keras"):
            continue  # whose kernel stands there twice
        try:
            verdict = verify(open_path(path), infer(read(open_path(path))))
        except Exception as error:
            differing.append((path.parent.name, str(error)))
            continue
        if not verdict.agrees:
            differing.append((path.parent.name, str(verdict)))
    assert not differing


def test_the_command(run: Run, tmp_path: Path) -> None:
    model = ROOT / "tests" / "golden" / "models" / "fitted_adam"
    done = run("verify", str(model / "model.keras"))
    assert done.returncode == 0
    assert "68 stored values, as the config says" in done.stdout
    assert run("verify", str(model / "model.h5")).returncode == 0
    done = run("verify", str(model / "model.json"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "stores no tensors" in done.stderr


def test_standard_input_and_weights_alone(run: Run, tmp_path: Path) -> None:
    import h5py

    model = ROOT / "tests" / "golden" / "models" / "fitted_adam"
    for name in ("model.keras", "model.h5"):
        done = run("verify", "-", stdin=(model / name).read_bytes())
        assert (done.returncode, "ok   -: 68" in done.stdout) == (0, True)
    alone = tmp_path / "alone.h5"
    with h5py.File(alone, "w") as file:
        file.create_dataset("d/d/kernel:0", (3, 2), dtype="f4")
    done = run("verify", str(alone))
    assert done.returncode == 2
    assert "no config to hold them against" in done.stderr


def test_layers_that_are_called_like_what_stands_beside_weights(tmp_path: Path) -> None:
    import json

    import h5py

    names = ("optimizer", "metrics", "my_optimizer")
    layers = [
        {"class_name": "Dense", "config": {"name": name, "units": 3,
                                           "batch_input_shape": [None, 3]}}
        for name in names
    ]  # fmt: skip
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": layers})
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = names
        for name in names:
            root.create_dataset(f"{name}/{name}/kernel:0", (3, 3), dtype="f4")
            root.create_dataset(f"{name}/{name}/bias:0", (3,), dtype="f4")
    assert verify(open_path(path), infer(read(open_path(path)))).agrees


def test_a_config_that_says_something_else(run: Run, tmp_path: Path) -> None:
    import zipfile

    source = ROOT / "tests" / "golden" / "models" / "fitted_adam" / "model.keras"
    other = tmp_path / "model.keras"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                data = data.replace(b'"units": 6', b'"units": 7')
            new.writestr(name, data)
    done = run("verify", str(other))
    assert done.returncode == 1
    assert "stored, not inferred" in done.stdout


def test_tensors_as_keras_1_stored_them(tmp_path: Path) -> None:
    import json

    import h5py

    common = {"activation": "tanh", "init": "uniform"}
    layers = [
        {"class_name": "Embedding", "config": {"input_dim": 9, "output_dim": 5, "name": "e",
                                               "input_length": 12,
                                               "batch_input_shape": [None, 12]}},
        {"class_name": "Convolution1D", "config": {"nb_filter": 6, "filter_length": 3, "name": "c",
                                                   "input_dim": None, **common}},
        {"class_name": "LSTM", "config": {"output_dim": 4, "return_sequences": True, "name": "l",
                                          "inner_activation": "hard_sigmoid", **common}},
        {"class_name": "GRU", "config": {"output_dim": 2, "name": "g",
                                         "inner_activation": "hard_sigmoid", **common}},
    ]  # fmt: skip
    source = tmp_path / "old.h5"
    with h5py.File(source, "w") as file:
        model = {"class_name": "Sequential", "config": layers, "keras_version": "1.2.2"}
        file.attrs["model_config"] = json.dumps(model)
        stored = {"e_W": (9, 5), "c_W": (3, 1, 5, 6), "c_b": (6,)}
        for name, gates, features, units in (("l", "icfo", 6, 4), ("g", "zrh", 4, 2)):
            for gate in gates:
                stored[f"{name}_W_{gate}"] = (features, units)
                stored[f"{name}_U_{gate}"] = (units, units)
                stored[f"{name}_b_{gate}"] = (units,)
        for name, shape in stored.items():
            file.create_dataset(f"model_weights/{name[0]}/{name}:0", shape)
    verdict = verify(open_path(source), infer(read(open_path(source))))
    assert verdict.agrees, verdict
    with h5py.File(source, "a") as file:
        del file["model_weights/l/l_U_o:0"]
    verdict = verify(open_path(source), infer(read(open_path(source))))
    assert ("l/recurrent_kernel", (4, 16)) in verdict.only_inferred
