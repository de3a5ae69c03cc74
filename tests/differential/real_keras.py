"""Real Keras, built from the same spec: the oracle that lstmcount is compared with."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def fresh() -> Any:
    """Keras with its counters for automatic names at zero."""
    import keras

    keras.utils.clear_session()
    keras.config.set_dtype_policy("float32")
    return keras


def build(spec: dict[str, Any], name: str = "model") -> Any:
    """The Keras model that a hand-written spec stands for."""
    keras = fresh()
    if spec.get("dtype"):
        keras.config.set_dtype_policy(spec["dtype"])
    try:
        with weightless():
            return _Builder(keras, spec).model(spec.get("name", name))
    finally:
        keras.config.set_dtype_policy("float32")


@contextmanager
def weightless() -> Iterator[None]:
    """Create variables with shapes and no values, which is twenty times faster."""
    import keras

    with keras.StatelessScope():
        yield
        keras.utils.clear_session(free_memory=False)  # nothing waits for initial values then


def runs(model: Any) -> bool:
    """Whether JAX can trace the model; Keras also builds models whose layers fail when run."""
    import jax
    import keras

    def leaf(tensor: Any, unknown: int) -> Any:
        shape = [unknown if dim is None else dim for dim in tensor.shape]
        return jax.ShapeDtypeStruct(shape, tensor.dtype)

    for unknown in (8, 3, 1):
        given = keras.tree.map_structure(
            lambda tensor, unknown=unknown: leaf(tensor, unknown), model._inputs_struct
        )
        try:
            jax.eval_shape(model, given)
        except Exception:  # of any layer, of JAX or of Keras
            continue
        return True
    return False


class _Builder:
    def __init__(self, keras: Any, spec: dict[str, Any]) -> None:
        self.keras = keras
        self.spec = spec
        self.tensors: dict[str, Any] = {}
        self.layers: dict[str, Any] = {}

    def model(self, name: str) -> Any:
        spec, batch = self.spec, self.spec.get("batch_size")
        entries = list(_flat(spec["layers"]))
        graph = "inputs" in spec or any(
            isinstance(e, dict) and {"inputs", "call"} & set(e) for e in entries
        )
        if not graph:
            layers = [self.layer(entry) for entry in entries]
            if spec.get("input_shape") is not None:
                layers.insert(0, self.keras.Input(spec["input_shape"], batch_size=batch))
            return self.keras.Sequential(layers, name=name)
        inputs = []
        for key, shape in (spec.get("inputs") or {None: spec["input_shape"]}).items():
            options = shape if isinstance(shape, dict) else {"shape": shape}
            inputs.append(self.keras.Input(**options, name=key, batch_size=batch))
            self.tensors[inputs[-1].name] = inputs[-1]
        last = inputs[0]
        for entry in entries:
            last = self.call(entry, last)
        outputs = self.read(spec["outputs"]) if "outputs" in spec else last
        return self.keras.Model(inputs, outputs, name=name)

    def call(self, entry: Any, last: Any) -> Any:
        given = entry if isinstance(entry, dict) else {}
        read = self.read(given["inputs"]) if "inputs" in given else last
        layer = self.layers[given["call"]] if "call" in given else self.layer(entry)
        if isinstance(
            layer, self.keras.layers.RNN | self.keras.layers.Bidirectional
        ) and isinstance(read, list):
            output = layer(read[0], initial_state=read[1:])
        elif isinstance(layer, self.keras.layers.MultiHeadAttention):
            output = layer(*read)
        else:
            output = layer(read)
        name = given.get("name", layer.name)
        self.layers.setdefault(layer.name, layer)
        self.tensors.setdefault(name, output)
        return output

    def read(self, names: Any) -> Any:
        if isinstance(names, list):
            return [self.read(name) for name in names]
        base, bracket, index = names.partition("[")
        return self.tensors[base][int(index[:-1])] if bracket else self.tensors[base]

    def layer(self, entry: Any) -> Any:
        if isinstance(entry, str):
            return getattr(self.keras.layers, entry)()
        if "class_name" in entry:
            given = {k: v for k, v in entry.items() if k not in ("class_name", "inputs")}
            return self.make(entry["class_name"], given, {})
        (class_name,) = set(entry) - {"name", "inputs"}
        beside = {"name": entry["name"]} if "name" in entry else {}
        return self.make(class_name, entry[class_name], beside)

    def make(self, class_name: str, given: Any, beside: dict[str, Any]) -> Any:
        cls = getattr(self.keras.layers, class_name)
        if not isinstance(given, dict):
            return cls(given, **beside)
        given = dict(given)
        for key in ("layer", "backward_layer", "cell", "cells"):
            if isinstance(given.get(key), list):
                given[key] = [self.layer(inner) for inner in given[key]]
            elif given.get(key) is not None:
                given[key] = self.layer(given[key])
        return cls(**given, **beside)


def _flat(entries: list[Any]) -> Any:
    for entry in entries:
        if isinstance(entry, dict) and "repeat" in entry:
            for _ in range(entry["repeat"]):
                yield from _flat(entry["layers"])
        else:
            yield entry


def summary_text(model: Any, **options: Any) -> str:
    """`model.summary()` as Keras prints it where the console is wide enough to crop nothing."""
    import os

    lines: list[str] = []
    columns = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "1000"
    try:
        model.summary(print_fn=lines.append, **options)
    finally:
        if columns is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = columns
    return "".join(lines)


def facts(model: Any) -> dict[str, Any]:
    """The contents of lstmcount's JSON for a model, taken from Keras."""
    return {
        "total_params": _count(model.weights),
        "trainable_params": _count(model.trainable_weights),
        "layers": [
            {
                "name": layer.name,
                "params": layer.count_params() if layer.built else 0,
                "trainable_params": _count(layer.trainable_weights),
                "weights": [(w.name, tuple(w.shape), w.dtype) for w in layer.weights],
            }
            for layer in model.layers
        ],
    }


def _count(weights: Any) -> int:
    return sum(math.prod(w.shape) for w in weights)
