"""Files whose groups have other names than the layers, and files of TensorFlow.js."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lstmcount.api.verify import verify_model as verify
from lstmcount.sources import open_path
from lstmcount.summary import count
from tests.conftest import Call, built

pytest.importorskip("h5py")


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
