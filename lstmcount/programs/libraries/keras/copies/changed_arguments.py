"""Assignments to attributes of built-in layers: a layer takes its arguments from them.

Before a layer is built, its weights and shapes follow the attribute. Later only shapes do; a layer
that is changed then keeps its weights, and is not followed any further.
"""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.layers import registry
from lstmcount.layers.base import Layer
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.source.setting_names import is_expression
from lstmcount.programs.language.types import methods
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.keras.copies import cloning
from lstmcount.programs.libraries.keras.own_classes.variables import Variable, parts
from lstmcount.programs.libraries.keras.session import construct
from lstmcount.programs.libraries.keras.values.contents import all_holders
from lstmcount.programs.libraries.keras.values.layer_classes import RECURRENT, LayerClass
from lstmcount.programs.libraries.keras.values.objects import (
    Custom,
    LayerObject,
    ModelObject,
    layers_in,
)
from lstmcount.programs.libraries.keras.values.trainable import LayerWeight
from lstmcount.setting_text import set_option
from lstmcount.shapes import Unknown

# Arguments of recurrent layers that their cells lack. These, and those of attention layers, have no
# setter.
_OF_RECURRENT = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll")
_ATTENTION = ("MultiHeadAttention", "GroupedQueryAttention")
# Arguments whose value is the other one's at the creation of the layer, if they are not passed.
_TAKEN_FROM = {"key_dim": ("value_dim", None), "pool_size": ("strides", 2)}
_CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell")
_SIZES_OF_CELLS = ("units", "state_size", "output_size")
_DIRECTIONS = ("forward_layer", "backward_layer")
# Attributes that hold an argument under another name.
_ARGUMENTS = {"forward_layer": "layer", "partial_output_shape": "output_shape"}
_INPUT_SHAPES = ("batch_input_shape", "batch_shape", "input_shape")
# Arguments that affect neither weights nor shapes.
_WITHOUT_SIZE = (
    "activation", "recurrent_activation", "rate", "dropout", "recurrent_dropout", "seed",
    "momentum", "epsilon", "stateful", "go_backwards", "unroll",
)  # fmt: skip
WEIGHTS = (
    "kernel", "bias", "embeddings", "gamma", "beta", "recurrent_kernel", "depthwise_kernel",
    "pointwise_kernel", "moving_mean", "moving_variance", "alpha",
)  # fmt: skip
_SUFFIXES = ("_initializer", "_regularizer", "_constraint")


def change(run: Run, layer: LayerObject, name: str, value: Any, node: ast.AST) -> None:
    """`layer.name = value`, for a layer of Keras."""
    cls = registry.find(layer.class_name)
    if cls is None:
        return
    is_rebuilt = name == "built" and cls.may_have_weights() and bool(value) != is_built(layer)
    if is_rebuilt or (name == "cell" and layer.class_name in RECURRENT):
        raise _unfollowed(run, layer, node)
    if name.removeprefix("_") in _INPUT_SHAPES:  # Keras 2 would copy the layer with it
        layer.changed = _unfollowed(run, layer, node)
    if name in _DIRECTIONS and part(run, layer, name, node) is MISSING:
        return
    name = _ARGUMENTS.get(name, name)
    fields = cls.__struct_encode_fields__
    name = name if name in fields else name.removeprefix("_")
    if name not in fields or layer.arguments.get(name) == construct.as_argument(value):
        return
    if not is_built(layer):
        _change_new(run, layer, name, value, node)
    elif name not in _WITHOUT_SIZE and not name.endswith(_SUFFIXES):
        for affected in (layer, *all_holders(layer)):
            affected.changed = affected.changed or _unfollowed(run, layer, node)


def _change_new(run: Run, layer: LayerObject, name: str, value: Any, node: ast.AST) -> None:
    """Change an argument of a layer that is not built, whose weights follow it."""
    if name == "units" and layer.class_name in _CELLS:
        raise _unfollowed(run, layer, node)  # the sizes of its states stay the same
    if name in _TAKEN_FROM:
        other, default = _TAKEN_FROM[name]
        if layer.arguments.get(other) is None:
            layer.arguments[other] = layer.arguments.get(name, default)
    layer.arguments[name] = construct.as_argument(value)
    layer.built = None
    layer.hold(value)


def require_setter(run: Run, layer: LayerObject, name: str, node: ast.AST) -> None:
    """End a program that sets a property for which Keras has no setter."""
    cls = registry.find(layer.class_name)
    is_argument = cls is not None and name in cls.__struct_encode_fields__
    of_cell = layer.class_name in RECURRENT and name not in _OF_RECURRENT
    if is_argument and (of_cell or layer.class_name in _ATTENTION):
        run.fail(AttributeError())
        text = f"the attribute {name!r} of a layer {layer.class_name} cannot be set"
        raise run.error(node, f"{text}; Keras raises AttributeError")


def refuse_weights(run: Run, layer: LayerObject, name: str, value: Any, node: ast.AST) -> None:
    """End a program that gives a layer of Keras variables or layers of its own.

    Keras counts them for the layer, or refuses them if the layer is built.
    """
    cls = registry.find(layer.class_name) or Layer
    is_argument = name.removeprefix("_") in (*cls.__struct_encode_fields__, "cell", *_DIRECTIONS)
    if is_argument:
        return
    is_model = isinstance(layer, ModelObject)
    tracked = (Variable,) if is_model else (Variable, LayerWeight)
    inner = () if is_model else layers_in(value)
    is_weight = isinstance(value, Unknown) and name.removeprefix("_") in WEIGHTS
    if inner or is_weight or any(isinstance(part, tracked) for part in parts(value)):
        raise unfollowed_weights(run, layer, node)


def freezes(run: Run, layer: LayerObject, name: str, node: ast.AST) -> bool:
    """Whether models train the weights of a layer as its `trainable` or `_trainable` says.

    `_trainable` of a built layer does not reach its weights.
    """
    is_own_layer = isinstance(layer, Custom) and layer.is_layer
    if name == "_trainable" and isinstance(layer, ModelObject) and not is_own_layer:
        text = f"the effect of `_trainable` of {layer.name} on what holds it is not known"
        raise run.error(node, f"{text}; `trainable` freezes a model with its layers")
    return name == "trainable" or not is_built(layer)


def unfollowed_weights(run: Run, layer: LayerObject, node: ast.AST) -> LstmcountError:
    of_keras = "" if isinstance(layer, Custom) else ", a layer of Keras,"
    text = f"the effect of the weights that this adds to {layer.name}{of_keras} is not known"
    return run.error(node, text)


def _unfollowed(run: Run, layer: LayerObject, node: ast.AST) -> LstmcountError:
    text = f"the effect of changing {layer.name} here on its weights and later shapes is not known"
    return run.error(node, text)


# -- whether a layer is built ---------------------------------------------------------------------


def is_built(layer: LayerObject) -> bool:
    return any(map(_is_built_itself, (layer, *all_holders(layer))))


def _is_built_itself(layer: LayerObject) -> bool:
    knows = isinstance(layer, ModelObject) and knows_its_input(layer)
    return knows or bool(layer.calls or layer.build_config)


def knows_its_input(model: ModelObject) -> bool:
    """Whether a model, or the one that it starts with, has an input layer or shape."""
    first: LayerObject | None = model
    while isinstance(first, ModelObject) and first.is_sequential:
        if first.build_shape:
            return True
        first = first.layers[0] if first.layers else None
    if isinstance(first, ModelObject):
        return first.tensors_out is not None
    return first is not None and first.class_name == "InputLayer"


# -- parts of layers ------------------------------------------------------------------------------


def part(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    """The layer or cell inside a layer that Keras has under this name, or MISSING."""
    if name == "cell" and layer.class_name in RECURRENT:
        return CellOf(layer)
    if name in _DIRECTIONS and layer.class_name == "Bidirectional":
        return _direction(run, layer, name, node)
    if name == "cell" and isinstance(cells := layer.arguments.get("cell"), list):
        return CellsOf(layer, cells)
    if name in ("layer", "cell"):
        return layer.arguments.get(name, layer.arguments.get("layer", MISSING))
    return MISSING


def _direction(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    """A layer of a Bidirectional, whose backward layer is a copy that Keras makes."""
    forward = layer.arguments.get("layer", MISSING)
    if isinstance(forward, LayerObject) and layer.arguments.get("backward_layer") is None:
        if isinstance(forward, ModelObject):
            return run.unknown(run.source_of(node)) if name == "backward_layer" else forward
        backward = cloning.copied(run, forward, node)
        backward.arguments["go_backwards"] = not forward.arguments.get("go_backwards", False)
        backward.frozen = forward.frozen  # Keras made it before either was frozen
        layer.arguments["backward_layer"] = backward
        layer.hold(backward)
    return forward if name == "forward_layer" else layer.arguments.get(name, MISSING)


class CellOf(Value):
    """The cell of an LSTM, GRU or SimpleRNN. The layer's arguments are attributes of its cell."""

    def __init__(self, layer: LayerObject) -> None:
        self.layer = layer

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "__dict__":
            return AttributesOf(self, {})
        return MISSING if name in _OF_RECURRENT else self.layer.attribute(run, name, node)

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.layer.missing(run, name, node)

    def has_unfollowed(self, run: Run, name: str) -> bool:
        return name in _SIZES_OF_CELLS

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        if name in _SIZES_OF_CELLS and not is_built(self.layer):
            raise _unfollowed(run, self.layer, node)
        if name == "trainable":
            self.layer.set_attribute(run, name, new, node)
        else:
            change(run, self.layer, name, new, node)

    def type_of(self) -> LayerClass:
        return LayerClass(f"{self.layer.class_name}Cell")


class CellsOf(Value):
    """The `StackedRNNCells` that Keras makes of a list of cells."""

    def __init__(self, layer: LayerObject, cells: list[Any]) -> None:
        self.layer = layer
        self.cells = cells

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.cells if name == "cells" else MISSING

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        if name == "trainable":
            for cell in layers_in(self.cells):
                cell.set_attribute(run, name, new, node)
        elif name == "cells":
            change(run, self.layer, "cell", new, node)

    def type_of(self) -> LayerClass:
        return LayerClass("StackedRNNCells")


class AttributesOf(Value):
    """`vars(layer)`: its items are the attributes."""

    def __init__(self, value: Value, attributes: dict[str, Any]) -> None:
        self.value = value
        self.attributes = attributes

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "update":
            return Native(name, self._update, raw=True)
        return methods.method(run, dict(self.attributes), name, node)

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        return list(self.attributes)

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        attribute = self.value.attribute(run, key, node) if isinstance(key, str) else MISSING
        return super().item(run, key, node) if attribute is MISSING else attribute

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> Any:
        if not isinstance(key, str):
            raise run.error(node, "which attribute of the layer this changes is not known")
        self.value.set_directly(run, key, new, node)
        return MISSING

    def _update(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> None:
        for changes in (*args, kwargs):
            if not isinstance(changes, dict) or run.is_open(changes):
                words = run.spoiled.get(id(changes), str(changes))
                text = "which attributes of the layer this changes is not known"
                example = f": {set_option(words, '{}')}" if is_expression(words) else ""
                raise run.error(node, text + example)
            for key, new in changes.items():
                self.set_item(run, key, new, node)
