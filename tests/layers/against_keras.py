"""One layer, made from the same arguments here and in real Keras."""

from __future__ import annotations

from typing import Any

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build_layer
from lstmcount.shapes import public, shape_of

_REFUSALS = (
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    NotImplementedError,
)
Facts = tuple[Any, list[tuple[tuple[int, ...], bool, str]]]


def ours(class_name: str, arguments: dict[str, Any], shapes: Any) -> Facts | None:
    """Output shapes and weights; None where the layer refuses the arguments or the shapes."""
    config = LayerConfig(class_name=class_name, name="layer", arguments=_nested(arguments))
    try:
        built = build_layer(config)
        output = built.call([_structure(shapes, shape_of)], {})
    except LstmcountError:
        return None
    return public(output), [(w.shape, w.trainable, w.dtype) for w in built.weights]


def theirs(class_name: str, arguments: dict[str, Any], shapes: Any) -> Facts | None:
    import keras

    def layer(name: str, given: dict[str, Any]) -> Any:
        given = {
            key: [layer(*next(iter(one.items()))) for one in value] if key == "layers" else value
            for key, value in given.items()
        }
        return getattr(keras.layers, name)(**given)

    try:
        made = layer(class_name, arguments)
        output = made(_structure(shapes, lambda s: keras.Input(batch_shape=s)))
    except _REFUSALS:
        return None
    trainable = {id(w) for w in made.trainable_weights}
    weights = [(tuple(w.shape), id(w) in trainable, w.dtype) for w in made.weights]
    return _shapes(output), weights


def _nested(arguments: dict[str, Any]) -> dict[str, Any]:
    return {
        key: [
            LayerConfig(class_name=name, name=name.lower(), arguments=_nested(given))
            for one in value
            for name, given in one.items()
        ]
        if key == "layers"
        else value
        for key, value in arguments.items()
    }


def _structure(shapes: Any, leaf: Any) -> Any:
    if isinstance(shapes, list):
        return [_structure(shape, leaf) for shape in shapes]
    if isinstance(shapes, dict):
        return {key: _structure(shape, leaf) for key, shape in shapes.items()}
    return leaf(shapes)


def _shapes(output: Any) -> Any:
    if isinstance(output, dict):
        return {key: _shapes(value) for key, value in output.items()}
    if isinstance(output, list | tuple):
        return [_shapes(value) for value in output]
    return tuple(output.shape)
