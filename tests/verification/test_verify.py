"""Stored tensors against inferred weights, over every golden model that stores some."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lstmcount.api.verify import verify_model as verify
from lstmcount.sources import open_path
from tests.archives import archive, dense
from tests.conftest import ROOT, Call, built

FILES = [
    path
    for kind in ("keras", "h5")
    for path in sorted((ROOT / "tests" / "golden" / "models").glob(f"*/model.{kind}"))
]
pytest.importorskip("h5py")


def test_saved_tensors_equal_inferred_weights() -> None:
    differing = []
    for path in FILES:
        if path.parent.name.startswith(("odd_", "preparing_")):
            continue  # code of the author's, and vocabularies
        try:
            verdict = verify(open_path(path), built(path))
        except Exception as error:
            differing.append((path.parent.name, str(error)))
            continue
        saves_all = path.suffix == ".h5" or "lora" not in path.parent.name
        if not verdict.agrees or (not verdict.notes) != saves_all:
            differing.append((path.parent.name, str(verdict)))
    assert not differing


def test_a_model_that_a_wrapper_and_another_model_share(tmp_path: Path) -> None:
    """Keras stores its tensors where it meets the model first."""
    take = {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": "i"}}
    shared = {"class_name": "Dense", "config": {"name": "d", "units": 2}, "shared_object_id": 1}
    inside = {"name": "s", "layers": [take, shared]}
    inner = {"class_name": "Sequential", "config": inside, "shared_object_id": 2}
    wrapper = {"class_name": "TimeDistributed", "config": {"name": "t", "layer": inner}}

    def layer(name: str, entry: dict[str, Any], reads: str | None = None) -> dict[str, Any]:
        tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": [reads, 0, 0]}}
        calls = [] if reads is None else [{"args": [tensor], "kwargs": {}}]
        return {**entry, "name": name, "inbound_nodes": calls}

    sequence = {"class_name": "InputLayer", "config": {"batch_shape": [None, 4, 3], "name": "x"}}
    config = {
        "name": "m",
        "layers": [
            layer("x", sequence),
            layer("i", take),
            layer("t", wrapper, "x"),
            layer("s", inner, "i"),
        ],
        "input_layers": [["x", 0, 0], ["i", 0, 0]],
        "output_layers": [["t", 0, 0], ["s", 0, 0]],
    }
    tensors = dense("layers/time_distributed/layer/layers/dense", (3, 2))
    path = tmp_path / "m.keras"
    path.write_bytes(archive({"class_name": "Functional", "config": config}, tensors))
    verdict = verify(open_path(path), built(path))
    assert (verdict.agrees, verdict.compared, verdict.inferred, verdict.notes) == (True, 8, 8, ())


def test_the_command_says_how_many_values_were_compared(call: Call, tmp_path: Path) -> None:
    model = ROOT / "tests" / "golden" / "models" / "fitted_adam"
    done = call("verify", str(model / "model.keras"))
    assert done.returncode == 0
    assert "68 of 68 values in 8 tensors compared, as the config says" in done.stdout
    assert call("verify", str(model / "model.h5")).returncode == 0
    done = call("verify", str(model / "model.json"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "stores no tensors" in done.stderr


def test_files_of_a_folder_each_with_its_own_config(call: Call, tmp_path: Path) -> None:
    model = ROOT / "tests" / "golden" / "models" / "fitted_adam"
    for name in ("model.keras", "model.h5"):
        (tmp_path / name).write_bytes((model / name).read_bytes())
    (tmp_path / "spec.yaml").write_text("{input_shape: [5], layers: [{Dense: 3}]}")
    done = call("verify", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout.count("\n"), done.stderr) == (0, 2, "")
    done = call("verify", "*.*", "--format", "csv", cwd=tmp_path)
    assert done.stdout.splitlines() == [
        "path,agrees,compared_values,layer,weight,expected,tensor,stored,dtype,why",
        "model.h5,true,68,,,,,,,",
        "model.keras,true,68,,,,,,,",
    ]
    assert [one["path"] for one in json.loads(call("verify", ".", "--format", "json",
                                                   cwd=tmp_path).stdout)] == [
        "model.h5", "model.keras",
    ]  # fmt: skip
    (tmp_path / "torn.keras").write_bytes((model / "model.keras").read_bytes()[:2000])
    done = call("verify", ".", cwd=tmp_path)
    assert (done.returncode, done.stdout.count("ok ")) == (2, 2)
    assert "torn.keras" in done.stderr
    done = call("verify", "model.keras", "torn.keras", "third.keras", cwd=tmp_path)
    assert done.returncode == 2
    assert "lstmcount verify '*.keras'" in done.stderr
    (tmp_path / "specs").mkdir()
    (tmp_path / "spec.yaml").rename(tmp_path / "specs" / "spec.yaml")
    done = call("verify", "specs", cwd=tmp_path)
    assert done.returncode == 2
    assert "none of these files stores tensors" in done.stderr


def test_standard_input_and_weights_alone(call: Call, tmp_path: Path) -> None:
    import h5py

    model = ROOT / "tests" / "golden" / "models" / "fitted_adam"
    for name in ("model.keras", "model.h5"):
        done = call("verify", "-", stdin=(model / name).read_bytes())
        assert (done.returncode, "ok   -: 68" in done.stdout) == (0, True)
    alone = tmp_path / "alone.h5"
    with h5py.File(alone, "w") as file:
        file.create_dataset("d/d/kernel:0", (3, 2), dtype="f4")
    done = call("verify", str(alone))
    assert done.returncode == 2
    assert "only weights are stored here; to compare the tensors" in done.stderr


def test_layers_named_like_groups_beside_the_weights(tmp_path: Path) -> None:
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
    assert verify(open_path(path), built(path)).agrees


def test_a_config_that_contradicts_the_tensors(call: Call, tmp_path: Path) -> None:
    source = ROOT / "tests" / "golden" / "models" / "fitted_adam" / "model.keras"
    other = tmp_path / "model.keras"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                data = data.replace(b'"units": 6', b'"units": 7').replace(
                    b'"build_config": {"input_shape": [null, 6]}', b'"build_config": null'
                )
            new.writestr(name, data)
    done = call("verify", str(other))
    assert done.returncode == 1
    assert "  out/kernel: expected (7, 2), stored (6, 2) in layers/dense_1/vars/0\n" in done.stdout
    done = call("verify", str(other), "--format", "json")
    assert done.returncode == 1
    verdict = json.loads(done.stdout)
    assert (verdict["agrees"], verdict["stored_values"]) == (False, 68)
    assert verdict["differences"][-1] == {
        "layer": "out",
        "weight": "kernel",
        "expected": [7, 2],
        "tensor": "layers/dense_1/vars/0",
        "stored": [6, 2],
        "dtype": None,
    }


def test_tensors_as_keras_1_stored_them(tmp_path: Path) -> None:
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
            file.create_dataset(f"model_weights/{name[0]}/{name}:0", shape, "f4")
    verdict = verify(open_path(source), built(source))
    assert verdict.agrees, verdict
    with h5py.File(source, "a") as file:
        del file["model_weights/l/l_U_o:0"]
    verdict = verify(open_path(source), built(source))
    assert ("l", "recurrent_kernel", (4, 16)) in {
        (each.layer, each.weight, each.expected) for each in verdict.differences
    }


def test_weights_in_another_file(tmp_path: Path, call: Call) -> None:
    models = ROOT / "tests" / "golden" / "models"
    config = str(models / "recurrent_stacked_cells" / "model.json")
    for name in ("model.keras", "model.h5"):
        done = call("verify", config, str(models / "recurrent_stacked_cells" / name))
        assert (done.returncode, done.stdout[:2]) == (0, "ok")
    weights = tmp_path / "model.weights.h5"
    with zipfile.ZipFile(models / "recurrent_stacked_cells" / "model.keras") as archive:
        weights.write_bytes(archive.read("model.weights.h5"))
    assert call("verify", config, str(weights)).returncode == 0
    other = str(models / "fitted_adam" / "model.json")
    done = call("verify", other, str(weights))
    assert done.returncode == 1
    assert "note: compared by shape alone: hidden, norm, out; " in done.stdout
    done = call("verify", config, other)
    assert (done.returncode, "stores no tensors" in done.stderr) == (2, True)
