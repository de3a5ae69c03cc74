"""What a layer of a program's class tracks: the layers and variables in its attributes.

Keras 3 tracks what is set or added, and Keras 2 what the attributes hold. Neither tracks what a
program puts into `__dict__`.
"""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import MISSING, Run, Stop
from lstmcount.programs.language.values.elements import like
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.keras.own_classes import variables
from lstmcount.programs.libraries.keras.session.session import Session, session_of
from lstmcount.programs.libraries.keras.values.objects import Custom, ModelObject, layers_in
from lstmcount.programs.libraries.keras.values.trainable import OwnWeight

# What Keras 3 keeps instead of Python's own containers.
_TYPES: dict[type, Native] = {
    list: Native("TrackedList", list),
    dict: Native("TrackedDict", dict),
    set: Native("TrackedSet", set),
}


def keep(run: Run, layer: Custom, name: str, value: Any, node: ast.AST) -> Any:
    """The value that the layer keeps as an attribute, whose layers and weights it tracks."""
    session = session_of(run)
    if not session.is_keras_2:
        run.weigh(node, value)
        value = _copied(run, layer, value, node)
        _refuse_if_locked(session, layer, value, node)
        let_go(session, layer, name)
    layer.untracked_names.discard(name)
    layer.untracked.difference_update([each.serial for each in layers_in(value)])
    variables.track(run, layer, value, node)
    layer.hold(value)
    for part in layers_in(value):
        if isinstance(part, ModelObject):
            part.is_part = True
    return value


def let_go(session: Session, layer: Custom, name: str) -> None:
    """Note that an attribute is replaced or deleted: Keras 3 goes on tracking its layers."""
    in_call = layer.is_traced and not layer.is_graph  # which only Keras 2 lets replace layers
    if not (session.is_keras_2 or in_call or name in layer.untracked_names):
        layer.replaced += layers_in(layer.attributes.get(name))


def replace_element(session: Session, container: list[Any], key: Any, new: Any) -> None:
    """`layer.attribute[key] = new`: Keras 3 tracks the old element, and not the new one."""
    _, layer = session.tracked_lists.get(id(container), (None, None))
    if layer is None or not isinstance(key, int) or not -len(container) <= key < len(container):
        return
    tracked = layer.tracked()
    layer.replaced += layers_in(container[key])
    layer.untracked.update([each.serial for each in layers_in(new) if each not in tracked])


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
    if kind is list:
        session_of(run).tracked_lists[id(copied)] = copied, layer
    copied = like(run, value, copied)
    if (tracked := _TYPES.get(type(copied))) is not None:
        run.library_types[id(copied)] = copied, tracked
    return copied


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
        return Native(name, self._unlock) if name in ("lock", "unlock") else MISSING

    def _unlock(self, message: Any = None) -> None:
        self.layer.is_unlocked = True
