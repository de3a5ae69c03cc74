"""Models that a program saves and loads again: what it loads is a copy of what it has saved."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.flow import called_name
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import state_of
from lstmcount.programs.libraries.keras.values.layer_classes import KerasObject
from lstmcount.programs.libraries.keras.values.objects import Custom, ModelObject


def remember(run: Run, model: ModelObject, path: Any) -> None:
    """Note that the program saves a model at a path; at an unknown one, it may be any of them."""
    saved = session_of(run).saved
    if isinstance(path, str):
        state = state_of(model)
        run.spend(len(state))
        saved[path] = (model, state)
    else:
        saved.clear()


def remember_checkpoints(run: Run, model: ModelObject, callbacks: Any) -> None:
    """Note where the callbacks of `fit` save the model."""
    for callback in callbacks if isinstance(callbacks, list | tuple) else ():
        if isinstance(callback, KerasObject) and callback.class_name == "ModelCheckpoint":
            given = callback.arguments
            if given.get("save_weights_only", given.get("4", False)) is not False:
                continue
            saved_by = session_of(run).saved_by.setdefault(id(callback), (callback, model))
            # the same callback may keep an earlier model, as the best one
            is_certain = saved_by[1] is model or given.get("save_best_only", False) is False
            path = given.get("filepath", given.get("0"))
            remember(run, model, path if is_certain else None)


def loaded(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> ModelObject | None:
    """The copy of a model that the program has saved at the same path, and not changed since; None
    if that is not certain."""
    session = session_of(run)
    passed = arguments_by_name(("filepath", "custom_objects", "compile"), args, kwargs)
    path = passed.get("filepath", passed.get("path"))
    model, state = session.saved.get(path if isinstance(path, str) else "", (None, None))
    is_own = isinstance(model, Custom) and not (model.is_sequential or model.is_graph)
    if model is None or is_own or state_of(model) != state or _is_shared(run, node, path):
        return None
    from lstmcount.programs.libraries.keras.copies.configs import from_config  # few programs
    from lstmcount.programs.libraries.keras.copies.written_configs import (
        config_of_model,  # need them
    )

    number = len(session.models)
    kind = "Sequential" if model.is_sequential else "Functional"
    copy = from_config(run, kind, config_of_model(run, model, node), node)
    if not isinstance(copy, ModelObject) or len(copy.problems) > len(model.problems):
        del session.models[number:]
        return None
    copy.loaded_state = state_of(copy)
    copy.training = model.training if passed.get("compile", True) is True else None
    return copy


def _is_shared(run: Run, load: ast.AST, path: Any) -> bool:
    """Whether the program may save several models at the path, as in the branches of an `if`."""
    own = {ast.unparse(each) for each in load.args[:1]} if isinstance(load, ast.Call) else set()
    saved: set[str] = set()
    for statement in run.program.statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and called_name(node) in ("save", "save_model"):
                receiver = [node.func.value] if isinstance(node.func, ast.Attribute) else []
                words = {ast.unparse(each) for each in node.args}
                if words & {*own, repr(path)}:
                    saved.add(" ".join(ast.unparse(each) for each in [*receiver, *node.args]))
    return len(saved) > 1
