"""Golden files of single layers: construct, call symbolically, write down what Keras says."""

from __future__ import annotations

import inspect
from importlib.util import find_spec
from typing import Any

import cases as tables
import keras
from _files import HERE, first_line, write_cases, write_json
from _notation import Case, Nested, Tensor, label, plain

NOT_LAYERS = {
    "Input": "a function",
    "InputSpec": "describes inputs; not a layer",
    "Layer": "abstract base: no weights and no call of its own",
    "FlaxLayer": "wraps a live Flax module, which is no plain data; Flax is not installed",
    "JaxLayer": "wraps live JAX functions and parameters, which are no plain data",
    "TFSMLayer": "wraps a TensorFlow SavedModel on disk; TensorFlow is not installed",
    "TorchModuleWrapper": "wraps a live Torch module; Torch is not installed",
}

NEED_TENSORFLOW = {
    "HashedCrossing",
    "Hashing",
    "IntegerLookup",
    "StringLookup",
    "TextVectorization",
}


def public_classes() -> dict[str, str]:
    """Every class of keras.layers by public name, with the name of the class behind it."""
    found = {name: getattr(keras.layers, name) for name in dir(keras.layers)}
    return {
        name: value.__name__
        for name, value in sorted(found.items())
        if inspect.isclass(value) and not name.startswith("_")
    }


def regenerate(names: list[str]) -> None:
    """Writes layers/<ClassName>.json for the named classes, or for all of them."""
    classes = public_classes()
    table = tables.layer_cases()
    wanted = {each for each in classes.values() if each not in NOT_LAYERS}
    if wanted != set(table):
        raise SystemExit(f"cases and layers differ: {sorted(wanted ^ set(table))}")
    aliases = {name: each for name, each in classes.items() if name != each}
    write_json(HERE / "layer_aliases.json", aliases)
    write_json(HERE / "layers_skipped.json", NOT_LAYERS)
    absent = set() if find_spec("tensorflow") else NEED_TENSORFLOW
    if absent:
        print(f"left as they are, for want of TensorFlow: {', '.join(sorted(absent))}")
    for class_name in names or sorted(set(table) - absent):
        different = {label(each): each for each in table[class_name]}
        facts = [run(class_name, each) for each in different.values()]
        print(class_name, len(facts), flush=True)
        write_cases(HERE / "layers" / f"{class_name}.json", facts)


def run(class_name: str, case: Case) -> dict[str, Any]:
    """The facts of one case: config, output, weights and count, or the error Keras raises."""
    keras.utils.clear_session(free_memory=False)
    facts: dict[str, Any] = {
        "id": label(case),
        "arguments": plain(case.arguments),
        "inputs": {"args": plain(case.args), "kwargs": plain(case.kwargs)},
        "config": None,
    }
    try:
        layer = construct(Nested(class_name, case.arguments))
        facts["config"] = keras.saving.serialize_keras_object(layer)["config"]
        output = call(layer, case)
        facts["output"] = describe(output)
        facts["weights"] = weights(layer)
        facts["count_params"] = layer.count_params()
    except Exception as error:
        facts["error"] = first_line(error)
        facts["error_type"] = type(error).__name__
        facts.pop("output", None)
        facts.pop("weights", None)
    return facts


def construct(value: Any) -> Any:
    """Turns nested layers inside `value` into live ones."""
    match value:
        case Nested(class_name, config):
            arguments = {name: construct(item) for name, item in config.items()}
            return _class(class_name)(**arguments)
        case dict():
            return {name: construct(item) for name, item in value.items()}
        case list():
            return [construct(item) for item in value]
        case tuple():
            return tuple(construct(item) for item in value)
    return value


def _class(name: str) -> Any:
    for place in (keras.layers, keras.dtype_policies, keras.quantizers):
        for each in vars(place).values():
            if getattr(each, "__name__", None) == name:
                return each
    raise LookupError(name)


def call(layer: Any, case: Case) -> Any:
    """Calls a layer on symbolic inputs; an input layer has its output from the start."""
    if isinstance(layer, keras.layers.InputLayer):
        return layer.output
    args = [symbolic(item) for item in case.args]
    return layer(*args, **{name: symbolic(item) for name, item in case.kwargs.items()})


def symbolic(value: Any) -> Any:
    """Turns the tensors inside `value` into keras.Input."""
    match value:
        case Tensor(shape, dtype):
            return keras.Input(batch_shape=shape, dtype=dtype)
        case dict():
            return {name: symbolic(item) for name, item in value.items()}
        case list():
            return [symbolic(item) for item in value]
        case tuple():
            return tuple(symbolic(item) for item in value)
    return value


def describe(value: Any) -> Any:
    """The shapes and dtypes of a structure of tensors."""
    if isinstance(value, dict):
        return {name: describe(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [describe(item) for item in value]
    if value is None:
        return None
    return {"shape": list(value.shape), "dtype": keras.backend.standardize_dtype(value.dtype)}


def weights(layer: Any) -> list[dict[str, Any]]:
    """A layer's weights in Keras's order."""
    trainable = {id(each) for each in layer.trainable_weights}
    return [
        {
            "path": each.path,
            "name": each.name,
            "shape": list(each.shape),
            "dtype": keras.backend.standardize_dtype(each.dtype),
            "trainable": id(each) in trainable,
        }
        for each in layer.weights
    ]
