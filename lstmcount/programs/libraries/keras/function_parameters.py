"""Parameters that no call passes, whose use tells that they are inputs or classes of layers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from lstmcount.programs.language.flow import called_name
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.libraries.keras.imported.namespace import member
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.shapes import Unknown

CLASSES = ("LSTM", "Dense", "Conv2D")  # examples of an unknown class

_FUNCTIONAL = ("Model", "Functional")
_INPUTS = ("inputs", "input")
_WRAPPERS = ("Bidirectional", "TimeDistributed", "RNN", "add")  # their argument is a layer


def value(run: Run, function: Function, name: str) -> Any:
    """The value of a parameter that is an input of a model or a class of layers, else MISSING."""
    if name in _inputs_of_models(function.node):
        shape = run.unknown(f"{name}.shape")
        return session_of(run).input([], {"batch_shape": shape}, function.node)
    if name not in _layer_classes(function.node):
        return MISSING
    given = run.settings.get(name)
    cls = member("keras.layers", given) if isinstance(given, str) else MISSING
    if isinstance(cls, LayerClass):
        run.settings.use(name)
        return cls
    run.choices.note(name, Unknown(name), CLASSES, function.node)
    return MISSING


@lru_cache(maxsize=1024)
def _inputs_of_models(function: ast.AST) -> frozenset[str]:
    """The names that a function passes to `Model` as inputs, and never assigns."""
    inputs, assigned = set[str](), set[str]()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            assigned.add(node.id)
        elif isinstance(node, ast.Call):
            inputs |= {value.id for value in _inputs(node) if isinstance(value, ast.Name)}
    return frozenset(inputs - assigned)


def _inputs(call: ast.Call) -> Iterator[ast.expr]:
    """The inputs that a call passes, if it creates a functional model."""
    if called_name(call) in _FUNCTIONAL:
        passed = [keyword.value for keyword in call.keywords if keyword.arg in _INPUTS]
        for value in [*call.args[:1], *passed]:
            yield from value.elts if isinstance(value, ast.List | ast.Tuple) else [value]


@lru_cache(maxsize=1024)
def _layer_classes(function: ast.AST) -> frozenset[str]:
    """The names whose calls give what a function uses as a layer: `name(…)(x)`, `add(name(…))`."""
    layers: list[ast.expr] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            layers += [node.func, *(node.args[:1] if called_name(node) in _WRAPPERS else ())]
    return frozenset(
        layer.func.id
        for layer in layers
        if isinstance(layer, ast.Call) and isinstance(layer.func, ast.Name)
    )
