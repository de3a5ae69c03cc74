"""Methods that `super()` gives if only Python's own types are left."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.provided import store_attribute
from lstmcount.programs.language.run import Run, Value


def _initialize(instance: Any, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    if instance.builtin is not None:
        instance.inner = run.call(instance.builtin, args, kwargs, node)


def _set_attribute(instance: Any, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    name, new = args
    in_class = instance.cls.find(name)
    if not isinstance(in_class, Value) or not in_class.set_on(run, instance, new, node):
        store_attribute(run, instance.attributes, name, new, node)


def _get_item(instance: Any, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    run.weigh(node, args)
    return instance.inner[args[0]]


def _set_item(instance: Any, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    run.weigh(node, args)
    instance.inner[args[0]] = args[1]


INHERITED: dict[str, Any] = {
    "__init__": _initialize,
    "__setattr__": _set_attribute,
    "__getitem__": _get_item,
    "__setitem__": _set_item,
}
