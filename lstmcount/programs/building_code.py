"""Which functions and classes of a program may build a model, as their code tells."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

from lstmcount.programs.language.flow import called_name
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass

_BUILDERS = ("Sequential", "Model", "Functional", "Input", "clone_model")
_TESTS = ("test_", "tests_", "_test")


def parts_of_classes(values: dict[str, Any]) -> list[str]:
    """The names of functions that the code of layers and models calls, directly or not."""
    todo: list[Class | Function] = [
        value for value in values.values() if isinstance(value, Class) and is_of_keras(value)
    ]
    called: dict[str, None] = {}
    while todo:
        calls_of = [node for node in ast.walk(todo.pop().node) if isinstance(node, ast.Call)]
        names = [node.func.id for node in calls_of if isinstance(node.func, ast.Name)]
        new = [values.get(name) for name in names if name not in called]
        todo += [value for value in new if isinstance(value, Function)]
        called |= dict.fromkeys(names)
    return [name for name in values if name in called and isinstance(values[name], Function)]


def is_of_keras(cls: Class) -> bool:
    return any(isinstance(base, LayerClass) for base in cls.ancestry())


def may_build(run: Interpreter, value: Any) -> bool:
    """Whether a function or class, or one that it calls, contains a call that creates a model."""
    todo, seen = [value], set[str]()
    while todo:
        current = todo.pop()
        if isinstance(current, Function | Class) and not is_test(current.name):
            if builds_model(current.node):
                return True
            called = _names_called(current.node) - seen
            seen |= called
            todo += [run.module.names.get(name) for name in called]
            classes = _classes(run, len(run.module.names))
            todo += [cls.attributes.get(name) for cls in classes for name in called]
    return False


@lru_cache(maxsize=1)
def _classes(run: Interpreter, _names: int) -> list[Class]:
    """The classes that the program names; searched again if it has another number of names."""
    return [value for value in run.module.names.values() if isinstance(value, Class)]


def builds_model(function: ast.AST) -> bool:
    """Whether a function contains a call that creates a model."""
    return not _names_called(function).isdisjoint(_BUILDERS)


def returns_call(function: ast.AST) -> bool:
    """Whether a function returns what another function gives."""
    returns = [node for node in ast.walk(function) if isinstance(node, ast.Return)]
    return any(isinstance(node.value, ast.Call) for node in returns)


@lru_cache(maxsize=4096)  # the program is followed several times
def _names_called(function: ast.AST) -> frozenset[str]:
    return frozenset(called_name(node) for node in ast.walk(function) if isinstance(node, ast.Call))


def is_test(name: str) -> bool:
    return name.lower().startswith(_TESTS)
