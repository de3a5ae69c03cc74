"""Callbacks that `fit` gets: what their methods change becomes unknown, as they are not run."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.objects.own_classes import Class, Instance
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.source.places import argument_in
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.layer_classes import KerasObject

_TRAINABLE = ("trainable", "_trainable")


def note_changes(run: Run, callbacks: Any, node: ast.AST) -> None:
    """Regard the callbacks given to `fit` at `node`: Keras calls their methods `on_…`."""
    argument = argument_in(node, "callbacks")
    for callback in callbacks if isinstance(callbacks, list | tuple) else [callbacks]:
        if isinstance(callback, Instance):
            for cls in _classes(callback):
                _note_freezing(run, cls.node)
            for method in _methods(callback):
                method.bound(run, callback, argument).may_be_called(run, argument, set())
        if isinstance(callback, KerasObject):  # a LambdaCallback
            for function in callback.arguments.values():
                if isinstance(function, Function):
                    _note_freezing(run, function.node)
                    function.may_be_called(run, argument, set())


def _classes(callback: Instance) -> list[Class]:
    return [cls for cls in callback.cls.ancestry() if isinstance(cls, Class)]


def _methods(callback: Instance) -> list[Function]:
    names = {name for cls in _classes(callback) for name in cls.attributes}
    found = [callback.cls.find(name) for name in sorted(names) if name.startswith("on_")]
    return [each for each in found if isinstance(each, Function) and not each.is_property]


def _note_freezing(run: Run, code: ast.AST) -> None:
    """Note that the code of a callback sets `trainable` while the model is trained."""
    for node in ast.walk(code):
        if not isinstance(node, ast.Attribute) or node.attr not in _TRAINABLE:
            continue
        if isinstance(node.ctx, ast.Store):
            text = "a callback sets `trainable` while the model is trained"
            session_of(run).note(run.place(node), text, "what trains is counted as before")
            return
