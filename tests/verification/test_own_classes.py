"""Layers and models of a program's own classes, whose tensors their code explains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.archives import archive, dense
from tests.conftest import Call

h5py = pytest.importorskip("h5py")


@pytest.mark.parametrize("kind", ["keras", "h5"])
def test_tensors_that_were_not_compared_are_named(call: Call, tmp_path: Path, kind: str) -> None:
    """The tensors of a class that is not Keras's own are compared with nothing."""
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
        of_gate = {"layers/gate/vars/0": (7, 9), "layers/gate/layers/inner/vars/0": (4,)}
        tensors = {**dense("layers/dense", (2, 3)), **of_gate}
        path.write_bytes(archive({"module": "keras", **config}, tensors))
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
    config: dict[str, Any] = {"name": "b", "units": 4}
    options = ["--code", str(tmp_path / "model.py")]
    if not with_code:  # the config has the layers, and the class is known by its name alone
        take = {"class_name": "InputLayer", "config": {"batch_shape": [None, 2], "name": "i"}}
        layer = {"class_name": "Dense", "config": {"name": "d", "units": 4}}
        config, options = {"name": "b", "layers": [take, layer]}, []
        class_name = "Branched"
    (tmp_path / "model.py").write_text(BRANCHED)
    held = "branch" if class_name == "Branched" else "more/dense"

    def verified(units: int) -> Any:
        path = tmp_path / "model.keras"
        saved = {
            "module": "model",
            "class_name": class_name,
            "registered_name": f"Custom>{class_name}",
            "config": config,
            "build_config": {"input_shape": [None, 2]},
        }
        tensors = {**dense("layers/dense", (2, units)), **dense(held, (4, 3))}
        path.write_bytes(archive(saved, tensors))
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


def sequential_of(class_name: str, name: str) -> dict[str, Any]:
    """A Sequential with 5 features and one layer of an own class, as Keras writes it."""
    own = {"module": "model", "class_name": class_name, "registered_name": f"Custom>{class_name}"}
    layers = [
        {"class_name": "InputLayer", "config": {"batch_shape": [None, 5], "name": "i"}},
        {**own, "config": {"name": name}, "build_config": {"input_shape": [None, 5]}},
    ]
    inside = {"name": "s", "layers": layers}
    return {"module": "keras", "class_name": "Sequential", "config": inside}


def test_nested_lists_that_older_versions_did_not_save(call: Call, tmp_path: Path) -> None:
    """Keras counts their layers, and loads the rest of the file with a warning."""
    (tmp_path / "model.py").write_text(BLOCKS)
    config = sequential_of("Blocks", "b")
    nested = {"container/dense": (2, 3), "container_1/dense": (3, 4)}

    def saved(lists: dict[str, tuple[int, int]]) -> list[str]:
        tensors = dense("layers/blocks/first", (5, 2))
        for name, shape in lists.items():
            tensors |= dense(f"layers/blocks/blocks/{name}", shape)
        path = tmp_path / "model.keras"
        path.write_bytes(archive(config, tensors))
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
    layers = [
        {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 7, 5], "name": "i"}},
        {"class_name": "CuDNNGRU", "config": {"name": "g", "units": 3}},
    ]
    config = {"class_name": "Sequential", "config": {"name": "s", "layers": layers}}
    shapes = {0: (5, 9), 1: (3, 9), 2: (18,)}
    for order, status in (((0, 1, 2), 0), ((1, 0, 2), 1)):
        group = "_layer_checkpoint_dependencies/cu_dnngru/vars"
        tensors = {f"{group}/{index}": shapes[name] for index, name in enumerate(order)}
        path = tmp_path / "model.keras"
        path.write_bytes(archive(config, tensors))
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
    (tmp_path / "model.py").write_text(ENCODER)
    config = sequential_of("Encoder", "e")
    path = tmp_path / "model.keras"
    first, last = [f"layers/encoder/{group}" for group in groups]
    for units, status in ((3, 0), (4, 1)):
        tensors = {**dense(first, (5, 2)), **dense(last, (2, units))}
        path.write_bytes(archive(config, tensors))
        done = call("verify", "--strict", str(path), "--code", str(tmp_path / "model.py"))
        assert (done.returncode, "by shape alone" in done.stdout) == (status, is_by_shape)


def test_layers_that_a_class_never_calls_are_no_gap(call: Call, tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text(
        ENCODER.replace("self.last(self.first(x))", "self.first(x)").replace(
            "layers.Dense(3)", "layers.TimeDistributed(layers.Dense(3))"
        )
    )
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(sequential_of("Encoder", "e"))
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = ["e"]
        group = root.create_group("e")
        group.attrs["weight_names"] = ["dense/kernel", "dense/bias"]
        group.create_dataset("dense/kernel", (5, 2), dtype="f4")
        group.create_dataset("dense/bias", (2,), dtype="f4")
    done = call("verify", str(path), "--code", str(tmp_path / "model.py"))
    assert (done.returncode, "12 of 12 values" in done.stdout) == (0, True), done.stdout
    assert "not compared" not in done.stdout
