"""Lists of a layer's weights and layers that Keras keeps, and programs change."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.types import methods
from lstmcount.programs.language.values import operators
from lstmcount.programs.language.values.elements import item, items
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.keras.copies import changed_arguments
from lstmcount.programs.libraries.keras.models import derived
from lstmcount.programs.libraries.keras.own_classes import variables
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import (
    all_inside,
    inner_layers,
    layers_inside,
)
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject
from lstmcount.programs.libraries.keras.values.trainable import LayerWeight, OwnWeight

_OF_KERAS_2 = {"_trainable_weights": True, "_non_trainable_weights": False}
_OF_KERAS_3 = {"_trainable_variables": True, "_non_trainable_variables": False}
_OF_WEIGHTS = _OF_KERAS_2 | _OF_KERAS_3
_CHANGING = ("clear", "insert", "pop", "reverse", "sort")


class KeptList(Value):
    """A list of Keras: what a program adds to it, or removes, changes the layer."""

    def __init__(
        self, layer: LayerObject, contents: Callable[[], list[Any]], add: Any, remove: Any = None
    ) -> None:
        self.layer = layer
        self.contents = contents
        self.add = add
        self.remove = remove

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name in ("append", "extend") or (name == "remove" and self.remove is not None):
            return Native(name, partial(self._change, name), raw=True)
        if name in (*_CHANGING, "remove"):
            raise changed_arguments.unfollowed_weights(run, self.layer, node)
        return methods.method(run, self.contents(), name, node)

    def _change(self, name: str, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
        if name == "remove":
            self.remove(args[0])
            return
        added = items(run, args[0], node) if name == "extend" else args
        for each in [None] if added is None else added:
            self.add(run, each, node)
        run.spend(8 * len(added or ()), node)

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        return self.contents()

    def length(self, run: Run, node: ast.AST) -> Any:
        return len(self.contents())

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        return item(run, self.contents(), key, node)

    def in_place(self, run: Run, op: type[ast.operator], value: Any, node: ast.AST) -> Any:
        self._change("extend", run, [value], {}, node)
        return self

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        return operators.binary(run, op, _plain(left), _plain(right), node)


def _plain(value: Any) -> Any:
    return value.contents() if isinstance(value, KeptList) else value


def attribute(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    """The list of the layer that has this name, or the method that adds to it; or MISSING."""
    if name in _OF_WEIGHTS:
        if name in _OF_KERAS_2:
            text = f"`{name}` is an attribute of layers in Keras 2"
            session_of(run).refused(run.place(node), text, " and followed as there")
        add, remove = partial(_add, layer, name), partial(_remove, layer)
        return KeptList(layer, partial(_weights, layer, _OF_WEIGHTS[name]), add, remove)
    if name == "_layers" and isinstance(layer, Custom):
        remove = partial(_remove_layer, layer)
        return KeptList(layer, partial(inner_layers, layer), partial(_add_layer, layer), remove)
    if name == "_flatten_layers":
        return Native(name, partial(_flattened, layer))
    if name == "_track_variable" and isinstance(layer, Custom):
        return Native(name, partial(_track, layer), raw=True)
    return MISSING


def _flattened(
    layer: LayerObject, include_self: bool = True, recursive: bool = True
) -> list[LayerObject]:
    """`layer._flatten_layers()`: the layer itself, and those inside it at any depth."""
    inside = all_inside(layer) if recursive else layers_inside(layer)
    return [*([layer] if include_self else []), *inside]


def _weights(layer: LayerObject, trainable: bool) -> list[Any]:
    own = layer.own_weights if isinstance(layer, Custom) else derived.weights(layer)
    return [weight for weight in own if weight.is_trained() is trainable]


def _add(layer: LayerObject, name: str, run: Run, weight: Any, node: ast.AST) -> None:
    if not isinstance(layer, Custom) or not isinstance(weight, OwnWeight | LayerWeight):
        raise changed_arguments.unfollowed_weights(run, layer, node)
    is_held = isinstance(weight, LayerWeight) or _has(layer.own_weights, weight)
    variables.track(run, layer, weight, node)
    trains = _OF_KERAS_2.get(name)
    if isinstance(weight, OwnWeight) and not is_held and trains is not None:
        weight.trainable = weight.trains = trains
    elif trains is False and weight.is_trained() is not False:
        text = f"`{name}` of {layer.name} gets a weight that is trained, which is counted once"
        session_of(run).note(run.place(node), text, "the summary of Keras 2 counts it twice")


def _track(layer: Custom, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    _add(layer, "_track_variable", run, args[0], node)


def _has(weights: list[Any], weight: Any) -> bool:
    return any(weight is each for each in weights)


def _remove(layer: LayerObject, weight: Any) -> None:
    if isinstance(layer, Custom):
        layer.own_weights = [each for each in layer.own_weights if each is not weight]


def _add_layer(layer: Custom, run: Run, added: Any, node: ast.AST) -> None:
    if not isinstance(added, LayerObject):
        raise changed_arguments.unfollowed_weights(run, layer, node)
    layer.keep_layers(added)


def _remove_layer(layer: Custom, removed: Any) -> None:
    if isinstance(removed, LayerObject):
        layer.kept_layers.pop(removed.serial, None)


def replace(run: Run, layer: LayerObject, name: str, value: Any, node: ast.AST) -> bool:
    """`layer.name = value`, where Keras 2 takes the list for the layer's weights."""
    session = session_of(run)
    if name not in _OF_KERAS_2 or not session.is_keras_2:
        return isinstance(value, KeptList)
    if isinstance(value, KeptList):
        return True
    new = items(run, value, node)
    if new is None or not isinstance(layer, Custom):
        raise changed_arguments.unfollowed_weights(run, layer, node)
    for weight in _weights(layer, _OF_KERAS_2[name]):
        if not _has(new, weight):
            _remove(layer, weight)
    for each in new:
        _add(layer, name, run, each, node)
    return True
