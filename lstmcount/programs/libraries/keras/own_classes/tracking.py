"""What a layer of a program's class tracks: the layers and variables in its attributes.

Keras 3 tracks what is set or added, and Keras 2 what the attributes hold. Neither tracks what a
program puts into `__dict__`.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.run import MISSING, Run, Stop
from lstmcount.programs.language.values.elements import items, like
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.keras.own_classes import variables
from lstmcount.programs.libraries.keras.session.session import Session, session_of
from lstmcount.programs.libraries.keras.values.objects import (
    Custom,
    LayerObject,
    ModelObject,
    layers_in,
)
from lstmcount.programs.libraries.keras.values.trainable import OwnWeight
from lstmcount.shapes import Unknown

# What Keras 3 keeps instead of Python's own containers.
_TYPES: dict[type, Native] = {
    list: Native("TrackedList", list),
    dict: Native("TrackedDict", dict),
    set: Native("TrackedSet", set),
}


def keep(run: Run, layer: Custom, name: str, value: Any, node: ast.AST) -> Any:
    """The value that the layer keeps as an attribute, whose layers and weights it tracks."""
    if not layer.is_of_keras_2:
        run.weigh(node, value)
        value = _copied(run, layer, value, node)
    let_go(layer, name)
    layer.untracked_names.discard(name)
    _track(run, layer, value, node)
    return value


def _track(run: Run, layer: Custom, value: Any, node: ast.AST) -> None:
    """Track the layers and weights in a value."""
    if not layer.is_of_keras_2:
        _refuse_if_locked(session_of(run), layer, value, node)
        layer.keep_layers(value)
    variables.track(run, layer, value, node)
    layer.hold(value)
    for part in layers_in(value):
        if isinstance(part, ModelObject):
            part.is_part = True


def _untrack(layer: Custom, value: Any) -> None:
    """Forget a layer or weight, although an attribute may still hold it."""
    if isinstance(value, LayerObject):
        layer.kept_layers.pop(value.serial, None)
    layer.own_weights = [weight for weight in layer.own_weights if weight is not value]
    layer.held_weights = [weight for weight in layer.held_weights if weight is not value]


def delete(layer: Custom, name: str) -> None:
    """Note that an attribute is deleted: Keras 3 forgets a weight, and not a layer."""
    let_go(layer, name)
    value = layer.attributes.get(name)
    if not layer.is_of_keras_2 and isinstance(value, OwnWeight):
        _untrack(layer, value)
        layer.attributes[name] = None


def let_go(layer: Custom, name: str) -> None:
    """Forget the layers of an attribute that is replaced by `call`, as only Keras 2 allows.

    Keras 3 goes on tracking the layers of any other attribute that is replaced or deleted.
    """
    if layer.is_traced and not (layer.is_graph or layer.is_of_keras_2):
        others = [value for other, value in layer.attributes.items() if other != name]
        held = layers_in(others)
        for each in layers_in(layer.attributes.get(name)):
            if each not in held:
                layer.kept_layers.pop(each.serial, None)


def _copied(run: Run, layer: Custom, value: Any, node: ast.AST) -> Any:
    """Lists and dicts, which Keras 3 keeps as copies of those that the program sets."""
    copied: Any = value
    kind = type(value)
    if kind in (list, tuple, set) or isinstance(value, dict):
        run.spend(len(value), node)
    if kind is dict or hasattr(value, "default_factory"):
        copied = {key: _copied(run, layer, part, node) for key, part in value.items()}
    elif kind in (list, tuple):
        copied = kind([_copied(run, layer, part, node) for part in value])
    elif kind is set:
        copied = set(value)
    copied = like(run, value, copied)
    if (tracked := _TYPES.get(type(copied))) is not None:
        note = partial(_changed, run, layer, copied)
        run.library_types[id(copied)] = copied, tracked, note
    return copied


# -- changes of the containers that it keeps ------------------------------------------------------


def _changed(
    run: Run,
    layer: Custom,
    container: Any,
    name: str,
    args: list[Any],
    kwargs: dict[str, Any],
    node: ast.AST,
) -> list[Any]:
    """Track what a method adds to a container, and forget what it removes.

    Return the arguments that the container's own method gets. Keras tracks nothing that other
    methods add, such as `setdefault` or an element of a list that is set.
    """
    adds_one = name in ("append", "insert", "add")
    if adds_one or (name == "__setitem__" and isinstance(container, dict)):
        _track(run, layer, args[-1:], node)
    elif name in ("extend", "update"):
        return _with_several(run, layer, container, args, kwargs, node)
    elif name in _REMOVING:
        for value in _removed(container, name, args):
            _untrack(layer, value)
    return args


def _with_several(
    run: Run,
    layer: Custom,
    container: Any,
    args: list[Any],
    kwargs: dict[str, Any],
    node: ast.AST,
) -> list[Any]:
    """The argument of `extend` or `update`, whose containers Keras keeps as copies, too."""
    if isinstance(container, dict) and (kwargs or not isinstance(args[0], dict | Unknown)):
        run.fail(TypeError() if kwargs else AttributeError())
        text = "`update` of a dict that a layer keeps takes a dict"
        session_of(run).refused(run.place(node), text, ", followed as in Keras 2")
    new: Any = args[0] if args else kwargs
    is_ordered = not isinstance(container, set)
    values = new if isinstance(new, dict) else items(run, new, node, in_order=is_ordered)
    if values is not None:
        values = _copied(run, layer, values, node)
        _track(run, layer, values, node)
    return args if values is None else [values]


_REMOVING = ("remove", "pop", "popitem", "clear", "__delitem__")


def _removed(container: Any, name: str, args: list[Any]) -> list[Any]:
    """The elements that a method removes and Keras then forgets; none if Python raises an error."""
    values = list(container.values()) if isinstance(container, dict) else list(container)
    if name == "clear":
        return values
    if name == "remove":
        return args[:1]
    if isinstance(container, dict):
        is_kept = name == "__delitem__" or (args and name == "pop" and args[0] not in container)
        return [] if is_kept else [container[args[0]] if name == "pop" else values[-1]]
    at = args[0] if args else -1
    is_place = isinstance(container, list) and isinstance(at, int) and -len(values) <= at
    return [values[at]] if is_place and at < len(values) else []


class NotTracking(Value):
    """`with DotNotTrackScope():`, in which layers track nothing that is set."""

    def enter(self, run: Run) -> None:
        session_of(run).is_tracking = False

    def leave(self, run: Run, stop: Stop | None) -> bool:
        session_of(run).is_tracking = True
        return False


# -- a layer that is built ------------------------------------------------------------------------


def _refuse_if_locked(session: Session, layer: Custom, value: Any, node: ast.AST) -> None:
    """Say that Keras 3 refuses new layers and weights of a layer that was called."""
    if layer.tensors_out is None or layer.is_graph or layer.is_unlocked:
        return
    tracked = layer.tracked()
    new: list[Any] = [each for each in layers_in(value) if each not in tracked]
    new += [
        part
        for part in variables.parts(value)
        if isinstance(part, OwnWeight) and not any(part is each for each in layer.own_weights)
    ]
    if new:
        text = f"this adds a layer or weight to {layer.name}, which is already built"
        session.refused(session.run.place(node), text, ", followed as in Keras 2")


class TrackerOf(Value):
    """`layer._tracker` of Keras 3, which a program may unlock to add layers and weights."""

    def __init__(self, layer: Custom) -> None:
        self.layer = layer

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name in ("lock", "unlock"):
            return Native(name, self._unlock)
        if name in ("track", "untrack", "add_to_store"):
            return Native(name, partial(self._change, name), raw=True)
        return MISSING

    def _unlock(self, message: Any = None) -> None:
        self.layer.is_unlocked = True

    def _change(self, name: str, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        if name == "untrack":
            return _untrack(self.layer, args[0])
        _track(run, self.layer, args[-1], node)
        return args[-1] if name == "track" else None
