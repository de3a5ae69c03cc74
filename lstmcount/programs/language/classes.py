"""Classes of the program: making them, and making objects of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language.run import MISSING, Value
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.structures import shown
from lstmcount.programs.language.values import Class, Function, Instance, Namespace, ancestry_of

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run

STEPS_PER_ANCESTOR = 8


def make(run: Run, node: ast.ClassDef, bases: list[Any], body: Scope) -> Class:
    run.spend(STEPS_PER_ANCESTOR * sum([len(ancestry_of(base)) for base in bases]), node)
    made = Class(node.name, bases, body.names, node)
    for value in body.names.values():
        if isinstance(value, Function):
            value.owner = made
            if value.scope is body and body.parent is not None:
                value.scope = body.parent  # methods do not see the names of the class body
    if any(shown(base) in ("Enum", "IntEnum", "StrEnum", "enum.Enum") for base in bases):
        members = {
            key: Namespace({"name": key, "value": value})
            for key, value in body.names.items()
            if not isinstance(value, Function) and not key.startswith("_")
        }
        made.attributes = {**body.names, **members, "__members__": members}
    return made


def instantiate(
    run: Run, cls: Class, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:

    cls.called = True
    declared = run.libraries.declared(cls.name)
    if declared is not MISSING:
        return declared.call(run, args, kwargs, node)
    instance = _of_library(run, cls, node) or Instance(cls)
    init = cls.find("__init__")
    if isinstance(init, Function):
        run.call_function(init, [instance, *args], kwargs, node)
        instance.made(run)
    elif isinstance(instance, Instance):
        _fill_fields(run, instance, args, kwargs)
    else:
        run.weigh(node, args, kwargs)
        instance.inherited(run, "__init__").function(run, args, kwargs, node)
    return instance


def _of_library(run: Run, cls: Class, node: ast.AST) -> Any:
    """The object, where one of the bases of its class makes it a kind of its own."""
    for base in cls.ancestry():
        made = base.instance(run, cls, node) if isinstance(base, Value) else None
        if made is not None:
            return made
    return None


def _fill_fields(run: Run, instance: Instance, args: list[Any], kwargs: dict[str, Any]) -> None:
    """The fields of a dataclass (or NamedTuple) by position, by name, or by their defaults."""
    names: list[str] = []
    for cls in reversed(instance.cls.ancestry()):
        if isinstance(cls, Class):
            for statement in cls.node.body:
                if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                    name = statement.target.id
                    names += [] if name in names else [name]
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    for name in names:
        value = given.get(name, MISSING)
        if value is MISSING:
            value = instance.cls.find(name)
            if isinstance(value, Namespace) and "default_factory" in value.attributes:
                value = run.call(value.attributes["default_factory"], [], {}, instance.cls.node)
        instance.attributes[name] = run.unknown(name) if value is MISSING else value
    for name, value in kwargs.items():
        instance.attributes.setdefault(name, value)
