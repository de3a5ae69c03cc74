"""Stored tensors against inferred weights, over every golden model that stores some."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmcount.api.verify import verify_model as verify
from lstmcount.sources import open_path
from lstmcount.summary import count
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
    h5py = pytest.importorskip("h5py")
    take = {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": "i"}}
    dense = {"class_name": "Dense", "config": {"name": "d", "units": 2}, "shared_object_id": 1}
    inside = {"name": "s", "layers": [take, dense]}
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
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        for index, shape in enumerate(((3, 2), (2,))):
            path = f"layers/time_distributed/layer/layers/dense/vars/{index}"
            file.create_dataset(path, shape, dtype="f4")
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", json.dumps({"class_name": "Functional", "config": config}))
        archive.writestr("model.weights.h5", weights.getvalue())
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


def changed(tmp_path: Path, source: str, change: Callable[[Any], None]) -> Path:
    """A copy of a golden model with other tensors in it."""
    import h5py

    path = ROOT / "tests" / "golden" / "models" / source
    copy = tmp_path / path.name
    if path.suffix == ".h5":
        copy.write_bytes(path.read_bytes())
        with h5py.File(copy, "a") as file:
            change(file["model_weights"])
        return copy
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "model.weights.h5":
                stream = io.BytesIO(data)
                with h5py.File(stream, "a") as file:
                    change(file)
                data = stream.getvalue()
            new.writestr(name, data)
    return copy


def exchange(one: str, other: str) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        root.move(one, "aside")
        root.move(other, one)
        root.move("aside", other)

    return change


def transpose(path: str) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        values = root[path][()].T
        del root[path]
        root[path] = values

    return change


def remove(path: str) -> Callable[[Any], None]:
    return lambda root: root.pop(path)


def add(path: str) -> Callable[[Any], None]:
    return lambda root: root.create_dataset(path, (3,), "f4")


def rename(one: str, other: str) -> Callable[[Any], None]:
    return lambda root: root.move(one, other)


def store_as(path: str, dtype: Any) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        shape = root[path].shape
        del root[path]
        root.create_dataset(path, shape, dtype)

    return change


CELLS = "layers/rnn/cell/cells/"
STACKED = "recurrent_stacked_cells/model"
MIDDLE = "nested_three_levels/model"
DEEP = "layers/functional/layers/functional/layers/dense/vars"
KERNELS = [
    (f"{STACKED}.keras", f"{CELLS}gru_cell/vars/0"),
    ("frozen_sequential_base/model.h5", "dense_1/sequential_1/dense_1/kernel"),
]
NO_NUMBERS = [("S4", "|S4"), ("V2", "|V2"), ([("a", "f4")], "[('a', '<f4')]")]
CHANGES = [
    (f"{STACKED}.keras", exchange(f"{CELLS}gru_cell/vars/0", f"{CELLS}lstm_cell/vars/1"),
     "stack/stacked_rnn_cells/lstm_cell/recurrent_kernel: expected (4, 16), stored (4, 15) in "
     f"{CELLS}lstm_cell/vars/1"),
    (f"{STACKED}.keras", exchange(f"{CELLS}gru_cell/vars", f"{CELLS}lstm_cell/vars"), "lstm_cell"),
    (f"{STACKED}.keras", transpose(f"{CELLS}gru_cell/vars/0"), "expected (4, 15), stored (15, 4)"),
    (f"{STACKED}.keras", remove(f"{CELLS}gru_cell/vars/2"),
     "stack/stacked_rnn_cells/gru_cell/bias: expected (15,), not stored"),
    (f"{STACKED}.keras", add("layers/rnn/vars/0"),
     "layers/rnn/vars/0: stored (3,), and no weight of the config"),
    (f"{MIDDLE}.keras", exchange("layers/functional", "layers/sequential"), "not stored"),
    (f"{MIDDLE}.keras", transpose(f"{DEEP}/0"), "expected (8, 6), stored (6, 8)"),
    (f"{STACKED}.h5", remove("stack/stack/stacked_rnn_cells/gru_cell/bias"),
     "stack/stacked_rnn_cells/gru_cell/bias: expected (15,), not stored"),
    ("frozen_sequential_base/model.h5", exchange("dense_1", "sequential"), "dense_1/kernel"),
    ("frozen_sequential_base/model.h5", add("dense_1/more"),
     "dense_1/more: stored (3,), and no weight of the config"),
    *((source, store_as(path, dtype), f"kernel: expected numbers, stored {shown} in {path}")
      for source, path in KERNELS for dtype, shown in NO_NUMBERS),
]  # fmt: skip


@pytest.mark.parametrize(("source", "change", "words"), CHANGES)
def test_each_weight_is_compared_with_the_tensor_in_its_place(
    tmp_path: Path, call: Call, source: str, change: Callable[[Any], None], words: str
) -> None:
    done = call("verify", str(changed(tmp_path, source, change)))
    assert (done.returncode, done.stdout[:4]) == (1, "FAIL")
    assert words in done.stdout


@pytest.mark.parametrize("dtype", ["f2", ">f4", "f8", "i1", "u8", "?", "c8"])
@pytest.mark.parametrize(("source", "kernel"), KERNELS)
def test_numbers_of_every_width_are_weights(
    tmp_path: Path, call: Call, source: str, kernel: str, dtype: str
) -> None:
    """Keras casts them."""
    path = changed(tmp_path, source, store_as(kernel, dtype))
    assert call("verify", "--strict", str(path)).returncode == 0


RENAMED = [
    (f"{MIDDLE}.keras", "layers/functional", "layers/other", "dense"),
    (f"{STACKED}.keras", "layers/rnn", "layers/other", "stack"),
    (f"{STACKED}.keras", f"{CELLS}gru_cell", f"{CELLS}other", "stack"),
    (f"{STACKED}.keras", f"{CELLS}gru_cell/vars", "layers/rnn/other/vars", "stack"),
    ("fitted_adam/model.keras", "layers/dense", "layers/other", "hidden"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "one", "other", "layer"), RENAMED)
def test_a_group_of_another_name_is_named_and_not_strict(
    tmp_path: Path, call: Call, source: str, one: str, other: str, layer: str
) -> None:
    """Keras does not load such a file."""
    path = str(changed(tmp_path, source, rename(one, other)))
    done = call("verify", path)
    assert (done.returncode, done.stdout[:2]) == (0, "ok")
    assert "note: compared by shape alone: " in done.stdout
    done = call("verify", "--strict", path, "--format", "json")
    by_shape = json.loads(done.stdout)["compared_by_shape"]
    assert (done.returncode, any(layer in each for each in by_shape)) == (1, True)


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


@pytest.mark.parametrize("is_named", [True, False])
def test_groups_of_other_names_are_taken_in_order(
    tmp_path: Path, call: Call, is_named: bool
) -> None:
    """Keras does the same: automatic names depend on the session, and old versions gave none."""
    import h5py

    layers = [
        {"class_name": "Dense", "config": {"name": f"dense_{i + 1}", "units": units,
                                           "batch_input_shape": [None, 3]}}
        for i, units in enumerate((4, 5))
    ]  # fmt: skip
    config = tmp_path / "model.json"
    config.write_text(json.dumps({"class_name": "Sequential", "config": layers}))
    weights = tmp_path / "weights.h5"
    with h5py.File(weights, "w") as file:
        if is_named:
            file.attrs["layer_names"] = ["dense_2", "dense_10"]
        for name, shape in {"dense_2": (3, 4), "dense_10": (4, 5)}.items():
            for weight, dims in {"kernel:0": shape, "bias:0": shape[1:]}.items():
                file.create_dataset(f"{name}/{name}/{weight}", dims, "f4")
    done = call("verify", str(config), str(weights))
    assert (done.returncode, done.stdout[:2]) == (0, "ok")
    assert "taken in order" in done.stdout


def test_the_manifest_of_tensorflow_js(tmp_path: Path, call: Call) -> None:
    layer = {"name": "d", "units": 4, "batch_input_shape": [None, 3]}
    model = {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": layer}]}
    weights = [
        {"name": "d/kernel", "shape": [3, 4], "dtype": "float32"},
        {"name": "d/bias", "shape": [4], "dtype": "float32"},
    ]
    source = tmp_path / "model.json"
    for bias, status in ((4, 0), (5, 1)):
        weights[1]["shape"] = [bias]
        source.write_text(
            json.dumps({"modelTopology": model, "weightsManifest": [{"weights": weights}]})
        )
        assert call("verify", str(source)).returncode == status


def test_tensorflow_js_finds_weights_by_name(tmp_path: Path, call: Call) -> None:
    first = {"name": "base", "units": 4, "batch_input_shape": [None, 3]}
    head = {"name": "head", "units": 5, "batch_input_shape": [None, 4]}
    nested = {"class_name": "Sequential", "config": [{"class_name": "Dense", "config": head}]}
    layers = [{"class_name": "Dense", "config": first}, nested]
    weights = [
        {"name": f"{layer}/{name}", "shape": shape, "dtype": "float32"}
        for layer, *shapes in (("head", [4, 5], [5]), ("base", [3, 4], [4]))
        for name, shape in zip(("kernel", "bias"), shapes, strict=True)
    ]
    source = tmp_path / "model.json"
    model = {"class_name": "Sequential", "config": layers}
    for kernel, status in (([4, 5], 0), ([5, 4], 1)):
        weights[0]["shape"] = kernel
        source.write_text(
            json.dumps({"modelTopology": model, "weightsManifest": [{"weights": weights}]})
        )
        assert call("verify", str(source)).returncode == status


def test_layers_of_keras_2_13_are_counted_twice_where_they_have_weights() -> None:
    from lstmcount.readers.files.stored import tree
    from lstmcount.verification.by_path import _today

    container = "_layer_checkpoint_dependencies"
    groups = [(f"{container}/{name}", None) for name in ("dense", "dense_2", "dense_10", "re_lu_1")]
    tensors = [(f"{group}/vars/0", [2], "float32") for group, _ in groups]
    assert [path for path, _ in _today(tree({"groups": groups, "tensors": tensors}))] == [
        "layers/dense/vars/0",
        "layers/dense_1/vars/0",
        "layers/dense_2/vars/0",
        "layers/re_lu/vars/0",
    ]


def test_the_group_of_the_model_itself_is_no_group_of_another_name() -> None:
    from lstmcount.verification.by_path import _unknown

    assert _unknown(["", "layers/a/"], ["", "layers/b/"]) == {"": ["layers/a/"]}


COMPILED = ("layers/sequential/optimizer/vars/0", "layers/a/layers/b/optimizer/vars/1")


def test_the_optimizer_of_a_compiled_model_inside_is_no_weight(tmp_path: Path) -> None:
    """As in every GAN; but a layer of the class `Optimizer` has a group of that name, too."""
    from lstmcount.readers.files.tensors import read_tensors

    h5py = pytest.importorskip("h5py")
    weights = ("layers/optimizer/vars/0", "_layer_checkpoint_dependencies/optimizer/vars/0")
    path = tmp_path / "model.weights.h5"
    with h5py.File(path, "w") as file:
        for name in (*COMPILED, *weights, "optimizer/vars/0"):
            file.create_dataset(name, (2,), dtype="f4")
    assert {name for name, _, _ in read_tensors(str(path))["tensors"]} == set(weights)


NAMES = [("b", "b/one", "b/two"), ("b/two", "b", "b/b"), ("a/c", "a", "c")]


@pytest.mark.parametrize("names", NAMES)
def test_names_that_begin_with_the_names_of_others(tmp_path: Path, names: Any) -> None:
    """Layers of Keras 2 whose names have slashes: a group lies in the group of another layer."""
    h5py = pytest.importorskip("h5py")
    layers = [
        {"class_name": "Dense", "config": {"name": name, "units": units}}
        for units, name in enumerate(names, 3)
    ]
    layers[0]["config"]["batch_input_shape"] = [None, 2]
    for unknown in (False, True):
        if unknown:  # only the stored tensors tell its count, which is then theirs
            layers[1]["class_name"] = "OfSomebody"
        path = tmp_path / f"model{unknown}.h5"
        with h5py.File(path, "w") as file:
            config = {"class_name": "Sequential", "config": layers}
            file.attrs["model_config"] = json.dumps(config)
            root = file.create_group("model_weights")
            root.attrs["layer_names"] = [name.encode() for name in names]
            inputs = 2
            for units, name in enumerate(names, 3):
                group = root.require_group(name)
                group.attrs["weight_names"] = [f"{name}/kernel:0", f"{name}/bias:0"]
                group.create_dataset(f"{name}/kernel:0", (inputs, units), dtype="f4")
                group.create_dataset(f"{name}/bias:0", (units,), dtype="f4")
                inputs = units
        model = built(path)
        counts = [count(layer.weights) for layer in model.own_layers]
        assert counts[:2] == [9, 16]
        if not unknown:
            assert verify(open_path(path), model).agrees


@pytest.mark.parametrize("kind", ["keras", "h5"])
def test_tensors_that_were_not_compared_are_named(call: Call, tmp_path: Path, kind: str) -> None:
    """The tensors of a class that is not Keras's own are compared with nothing."""
    h5py = pytest.importorskip("h5py")
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 2], "name": "i"}},
        {"class_name": "Dense", "config": {"name": "d", "units": 3}},
        {"class_name": "Gate", "config": {"name": "g"}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
    path = tmp_path / f"model.{kind}"
    if kind == "keras":
        for layer in layers:
            own = layer["class_name"] == "Gate"
            layer["module"] = "mine" if own else "keras.layers"
            layer["registered_name"] = "Gate" if own else None
        names = {"d": "layers/dense/vars", "g": "layers/gate/vars"}
        weights = io.BytesIO()
        with h5py.File(weights, "w") as file:
            file.create_dataset(f"{names['d']}/0", (2, 3), dtype="f4")
            file.create_dataset(f"{names['d']}/1", (3,), dtype="f4")
            file.create_dataset(f"{names['g']}/0", (7, 9), dtype="f4")
            file.create_dataset("layers/gate/layers/inner/vars/0", (4,), dtype="f4")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", json.dumps({"module": "keras", **config}))
            archive.writestr("model.weights.h5", weights.getvalue())
    else:
        with h5py.File(path, "w") as file:
            file.attrs["model_config"] = json.dumps(config)
            root = file.create_group("model_weights")
            root.attrs["layer_names"] = ["d", "g"]
            shapes = {"d": [(2, 3), (3,)], "g": [(7, 9), (4,)]}
            for name, each in shapes.items():
                group = root.create_group(name)
                group.attrs["weight_names"] = [f"{name}/{i}" for i in range(2)]
                for i, shape in enumerate(each):
                    group.create_dataset(f"{name}/{i}", shape, dtype="f4")
    done = call("verify", str(path))
    assert done.returncode == 0
    assert "9 of 76 values in 2 tensors compared" in done.stdout
    assert "not compared: g (Gate), 67 values: the config does not say which" in done.stdout
    strict = call("verify", str(path), "--strict")
    assert (strict.returncode, done.stdout[:4], strict.stdout[:4]) == (1, "ok  ", "FAIL")
    found = json.loads(call("verify", str(path), "--format", "json").stdout)
    assert (found["compared_values"], found["compared_tensors"]) == (9, 2)
    [skipped] = found["not_compared"]
    assert (skipped["layer"], skipped["values"], len(skipped["tensors"])) == ("g", 67, 2)


BRANCHED = """
import keras
from keras import layers

@keras.saving.register_keras_serializable()
class Branched(keras.Sequential):
    def __init__(self, units, name=None):
        super().__init__([layers.Dense(units)], name=name)
        self.branch = layers.Dense(3)
    def call(self, x):
        return self.branch(super().call(x))
    def get_config(self):
        return {"units": 4, "name": self.name}

@keras.saving.register_keras_serializable()
class Graph(keras.Model):
    def __init__(self, units, name=None):
        inputs = keras.Input((2,))
        super().__init__(inputs, layers.Dense(units)(inputs), name=name)
        self.more = [layers.Dense(3)]
    def call(self, x):
        return self.more[0](super().call(x))
    def get_config(self):
        return {"units": 4, "name": self.name}
"""


@pytest.mark.parametrize("with_code", [True, False])
@pytest.mark.parametrize("class_name", ["Branched", "Graph"])
def test_layers_that_only_attributes_of_a_class_hold(
    call: Call, tmp_path: Path, class_name: str, with_code: bool
) -> None:
    """Keras stores them under the attributes; the rest of the model is compared."""
    h5py = pytest.importorskip("h5py")
    config: dict[str, Any] = {"name": "b", "units": 4}
    options = ["--code", str(tmp_path / "model.py")]
    if not with_code:  # the config has the layers, and the class is known by its name alone
        take = {"class_name": "InputLayer", "config": {"batch_shape": [None, 2], "name": "i"}}
        dense = {"class_name": "Dense", "config": {"name": "d", "units": 4}}
        config, options = {"name": "b", "layers": [take, dense]}, []
        class_name = "Branched"
    (tmp_path / "model.py").write_text(BRANCHED)
    held = "branch" if class_name == "Branched" else "more/dense"

    def verified(units: int) -> Any:
        weights = io.BytesIO()
        with h5py.File(weights, "w") as file:
            file.create_dataset("layers/dense/vars/0", (2, units), dtype="f4")
            file.create_dataset("layers/dense/vars/1", (units,), dtype="f4")
            file.create_dataset(f"{held}/vars/0", (4, 3), dtype="f4")
            file.create_dataset(f"{held}/vars/1", (3,), dtype="f4")
        path = tmp_path / "model.keras"
        saved = {
            "module": "model",
            "class_name": class_name,
            "registered_name": f"Custom>{class_name}",
            "config": config,
            "build_config": {"input_shape": [None, 2]},
        }
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", json.dumps(saved))
            archive.writestr("model.weights.h5", weights.getvalue())
        return call("verify", str(path), *options)

    done = verified(4)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "12 of 27 values in 2 tensors compared" in done.stdout
    name = held.partition("/")[0]
    assert f"not compared: {name} ({class_name}), 15 values: an attribute of" in done.stdout
    assert verified(5).returncode == 1


@pytest.mark.parametrize("by_path", [True, False])
def test_a_sequential_without_an_input_shape(call: Call, tmp_path: Path, by_path: bool) -> None:
    """Its weights in HDF5 are named as not compared, and compared once the shape is given."""
    h5py = pytest.importorskip("h5py")
    layers = [
        {"class_name": "Dense", "config": {"name": f"d{units}", "units": units}} for units in (3, 4)
    ]
    config = tmp_path / "model.json"
    config.write_text(json.dumps({"class_name": "Sequential", "config": {"layers": layers}}))
    weights = tmp_path / "weights.h5"
    with h5py.File(weights, "w") as file:
        if not by_path:
            file.attrs["layer_names"] = ["d3", "d4"]
        groups = ("layers/dense", "layers/dense_1") if by_path else ("d3/d3", "d4/d4")
        names = ("vars/0", "vars/1") if by_path else ("kernel:0", "bias:0")
        for group, shape in zip(groups, ((2, 3), (3, 4)), strict=True):
            file.create_dataset(f"{group}/{names[0]}", shape, "f4")
            file.create_dataset(f"{group}/{names[1]}", shape[1:], "f4")
    done = call("verify", str(config), str(weights))
    assert (done.returncode, done.stdout) == (2, "")
    assert "nothing was compared: d3, d4 (Dense: the config does not say the shape" in done.stderr
    shape = ("--set", "input_shape=[null,2]")
    done = call("verify", str(config), str(weights), *shape)
    assert (done.returncode, done.stdout[:2]) == (0, "ok")
    wrong = ("--set", "input_shape=[null,5]")
    assert call("verify", str(config), str(weights), *wrong).returncode == 1


BLOCKS = """
import keras
from keras import layers

@keras.saving.register_keras_serializable()
class Blocks(keras.layers.Layer):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.first = layers.Dense(2)
        self.blocks = [[layers.Dense(3)], [layers.Dense(4)]]
    def call(self, x):
        x = self.first(x)
        for block in self.blocks:
            x = block[0](x)
        return x
"""


def test_nested_lists_that_older_versions_did_not_save(call: Call, tmp_path: Path) -> None:
    """Keras counts their layers, and loads the rest of the file with a warning."""
    h5py = pytest.importorskip("h5py")
    (tmp_path / "model.py").write_text(BLOCKS)
    own = {"module": "model", "class_name": "Blocks", "registered_name": "Custom>Blocks"}
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 5], "name": "i"}},
        {**own, "config": {"name": "b"}, "build_config": {"input_shape": [None, 5]}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
    nested = {"container/dense": (2, 3), "container_1/dense": (3, 4)}

    def saved(lists: dict[str, tuple[int, int]]) -> list[str]:
        weights = io.BytesIO()
        groups = {"first": (5, 2), **{f"blocks/{name}": shape for name, shape in lists.items()}}
        with h5py.File(weights, "w") as file:
            for group, shape in groups.items():
                file.create_dataset(f"layers/blocks/{group}/vars/0", shape, dtype="f4")
                file.create_dataset(f"layers/blocks/{group}/vars/1", shape[1:], dtype="f4")
        path = tmp_path / "model.keras"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", json.dumps({"module": "keras", **config}))
            archive.writestr("model.weights.h5", weights.getvalue())
        return [str(path), "--code", str(tmp_path / "model.py")]

    done = call("verify", *saved({}))
    assert (done.returncode, "12 of 12 values" in done.stdout) == (0, True), done.stdout
    assert "b/dense_2 (Dense), 0 values: not stored: Keras before 3.15" in done.stdout
    assert call("verify", *saved({}), "--strict").returncode == 1
    assert call("count", *saved({})).stdout == "37\n"
    done = call("verify", *saved(nested))
    assert (done.returncode, "37 of 37 values" in done.stdout) == (0, True), done.stdout
    assert call("verify", *saved({**nested, "container/dense": (2, 9)})).returncode == 1


def test_layers_for_cudnn_hold_their_weights_themselves(call: Call, tmp_path: Path) -> None:
    """In `.keras` files of Keras 2, in which these layers had no cells."""
    h5py = pytest.importorskip("h5py")
    layers = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 7, 5], "name": "i"}},
        {"class_name": "CuDNNGRU", "config": {"name": "g", "units": 3}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
    shapes = {0: (5, 9), 1: (3, 9), 2: (18,)}
    for order, status in (((0, 1, 2), 0), ((1, 0, 2), 1)):
        weights = io.BytesIO()
        with h5py.File(weights, "w") as file:
            for index, name in enumerate(order):
                path = f"_layer_checkpoint_dependencies/cu_dnngru/vars/{index}"
                file.create_dataset(path, shapes[name], dtype="f4")
        path = tmp_path / "model.keras"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", json.dumps(config))
            archive.writestr("model.weights.h5", weights.getvalue())
        done = call("verify", str(path))
        assert (done.returncode, "90 of 90" in done.stdout) == (status, True), done.stdout


ENCODER = """
import keras
from keras import layers

@keras.saving.register_keras_serializable()
class Encoder(keras.Model):
    def __init__(self, name=None):
        super().__init__(name=name)
        self.first = layers.Dense(2)
        self.last = layers.Dense(3)
    def call(self, x):
        return self.last(self.first(x))
"""


@pytest.mark.parametrize(
    ("groups", "is_by_shape"),
    [(("first", "last"), False), (("layers/dense", "layers/dense_1"), True)],
)
def test_layers_of_a_subclassed_model_inside(
    call: Call, tmp_path: Path, groups: Any, is_by_shape: bool
) -> None:
    """Keras 3 stores them under their attributes, Keras 2 under `layers`."""
    h5py = pytest.importorskip("h5py")
    (tmp_path / "model.py").write_text(ENCODER)
    own = {"module": "model", "class_name": "Encoder", "registered_name": "Custom>Encoder"}
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 5], "name": "i"}},
        {**own, "config": {"name": "e"}, "build_config": {"input_shape": [None, 5]}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
    path = tmp_path / "model.keras"
    for units, status in ((3, 0), (4, 1)):
        weights = io.BytesIO()
        with h5py.File(weights, "w") as file:
            for group, shape in zip(groups, ((5, 2), (2, units)), strict=True):
                file.create_dataset(f"layers/encoder/{group}/vars/0", shape, dtype="f4")
                file.create_dataset(f"layers/encoder/{group}/vars/1", shape[1:], dtype="f4")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("config.json", json.dumps({"module": "keras", **config}))
            archive.writestr("model.weights.h5", weights.getvalue())
        done = call("verify", "--strict", str(path), "--code", str(tmp_path / "model.py"))
        assert (done.returncode, "by shape alone" in done.stdout) == (status, is_by_shape)


def test_layers_that_a_class_never_calls_are_no_gap(call: Call, tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    (tmp_path / "model.py").write_text(
        ENCODER.replace("self.last(self.first(x))", "self.first(x)").replace(
            "layers.Dense(3)", "layers.TimeDistributed(layers.Dense(3))"
        )
    )
    own = {"module": "model", "class_name": "Encoder", "registered_name": "Custom>Encoder"}
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 5], "name": "i"}},
        {**own, "config": {"name": "e"}, "build_config": {"input_shape": [None, 5]}},
    ]
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        config = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
        file.attrs["model_config"] = json.dumps(config)
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = ["e"]
        group = root.create_group("e")
        group.attrs["weight_names"] = ["dense/kernel", "dense/bias"]
        group.create_dataset("dense/kernel", (5, 2), dtype="f4")
        group.create_dataset("dense/bias", (2,), dtype="f4")
    done = call("verify", str(path), "--code", str(tmp_path / "model.py"))
    assert (done.returncode, "12 of 12 values" in done.stdout) == (0, True), done.stdout
    assert "not compared" not in done.stdout


def test_the_layer_that_a_bidirectional_copied_is_no_weight(tmp_path: Path, call: Call) -> None:
    """Keras 3.0 saved it beside its two copies, if it had weights before the first call."""
    source = "recurrent_bidirectional_merges/model.keras"
    group = "layers/bidirectional/"
    path = changed(
        tmp_path, source, lambda root: root.copy(f"{group}forward_layer", f"{group}layer")
    )
    original = ROOT / "tests" / "golden" / "models" / source
    verdict, expected = (verify(open_path(each), built(original)) for each in (path, original))
    assert (verdict.agrees, verdict.compared) == (True, expected.compared)
    with zipfile.ZipFile(path) as archive:
        (tmp_path / "w.weights.h5").write_bytes(archive.read("model.weights.h5"))
    counts = [call("count", str(each)).stdout for each in (tmp_path / "w.weights.h5", original)]
    assert counts[0] == counts[1]
