"""Strategies over constructor arguments, and one call made here and in real Keras."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build_layer
from lstmcount.shapes import public, shape_of


class Case(msgspec.Struct):
    """A layer's class and arguments, and the call: tuples are shapes of tensors.

    An argument that is a layer is a mapping of its class to its arguments.
    """

    class_name: str
    arguments: dict[str, Any]
    args: list[Any]
    kwargs: dict[str, Any] = {}
    dtype: str = "float32"  # of the tensors


class Outcome(msgspec.Struct):
    """Output shapes, and (path, shape, dtype, trainable) of each weight in their order."""

    outputs: Any
    weights: list[tuple[str, tuple[int, ...], str, bool]]


def ours(case: Case) -> Outcome | None:
    """None where the layer refuses its arguments or its inputs."""
    try:
        built = build_layer(layer_config(case.class_name, case.arguments))
        args, kwargs = mapped(case.args, shape_of), mapped(case.kwargs, shape_of)
        if not built.layer.call_arguments:
            return Outcome(public(built.layer.output_shape()), [])
        output = built.call(args, kwargs)
    except LstmcountError:
        return None
    trains = built.layer.trainable
    weights = [(w.name, w.shape, w.dtype, w.trainable and trains) for w in built.weights]
    return Outcome(public(output), weights)


def theirs(case: Case) -> Outcome | None:
    import keras

    def tensor(shape: Any) -> Any:
        return keras.Input(batch_shape=shape, dtype=case.dtype)

    try:
        layer = keras_layer(case.class_name, case.arguments)
        if case.class_name == "InputLayer":
            return Outcome(tuple(layer.batch_shape), [])
        with keras.StatelessScope():  # variables then have no values: much faster
            output = layer(*mapped(case.args, tensor), **mapped(case.kwargs, tensor))
    except Exception:
        return None
    trainable = {id(w) for w in layer.trainable_weights}
    weights = [
        (w.path.removeprefix(f"{layer.name}/"), tuple(w.shape), w.dtype, id(w) in trainable)
        for w in layer.weights
    ]
    return Outcome(_spec(output), weights)


def assert_same(case: Case) -> None:
    assert ours(case) == theirs(case)


def arguments(*required: str, **choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mappings with all of `required`, and any of the other `choices`."""
    optional = {key: value for key, value in choices.items() if key not in required}
    return st.fixed_dictionaries({key: choices[key] for key in required}, optional=optional)


def shapes(
    min_rank: int = 1, max_rank: int = 5, dims: Any = (None, 1, 3, 4, 6)
) -> st.SearchStrategy[Any]:
    rest = st.lists(st.sampled_from(dims), min_size=min_rank - 1, max_size=max_rank - 1)
    return rest.map(lambda dims: (None, *dims))


FLOATS = ("float32", "float16", "bfloat16", "mixed_bfloat16", "float64")
QUANTISED = (
    "int8_from_float32", "int8_from_mixed_bfloat16", "int8_from_float16", "int4_from_float32",
    "int4/2_from_float32", "int4/-1_from_bfloat16", "int4/128_from_float32",
    "float8_from_float32", "float8_from_mixed_float16", "gptq/4/2_from_float32",
    "gptq/8/-1_from_bfloat16", "gptq/3/128_from_float32", "awq/4/2_from_float32",
    "awq/4/-1_from_mixed_bfloat16",
)  # fmt: skip
REGULARIZERS = st.sampled_from([None, "l2", "L1"])
CONSTRAINTS = st.sampled_from([None, "non_neg"])
INITIALIZERS = st.sampled_from(["zeros", "ones", "glorot_uniform"])


def layer_config(class_name: str, given: dict[str, Any]) -> LayerConfig:
    arguments = _with_layers(given, layer_config)
    name = arguments.pop("name", class_name.lower())
    return LayerConfig(class_name=class_name, name=name, arguments=arguments)


def keras_layer(class_name: str, given: dict[str, Any]) -> Any:
    import keras

    arguments = _with_layers(given, keras_layer)
    return getattr(keras.layers, class_name)(**{"name": class_name.lower(), **arguments})


def _with_layers(given: dict[str, Any], make: Any) -> dict[str, Any]:
    return {
        key: make(*next(iter(value.items())))
        if key in ("layer", "backward_layer", "cell")
        else [make(*next(iter(one.items()))) for one in value]
        if key in ("layers", "cells")
        else value
        for key, value in given.items()
    }


def mapped(value: Any, leaf: Any) -> Any:
    if isinstance(value, tuple):
        return leaf(value)
    if isinstance(value, list):
        return [mapped(item, leaf) for item in value]
    if isinstance(value, dict):
        return {key: mapped(item, leaf) for key, item in value.items()}
    return value


def _spec(output: Any) -> Any:
    if isinstance(output, dict):
        return {key: _spec(value) for key, value in output.items()}
    if isinstance(output, list | tuple):
        return [_spec(value) for value in output]
    return None if output is None else tuple(output.shape)
