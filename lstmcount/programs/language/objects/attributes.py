"""Read and write attributes: `value.name`."""

from __future__ import annotations

import ast
from functools import lru_cache, partial
from typing import Any

from lstmcount.programs.language.objects.exceptions import KINDS, catches
from lstmcount.programs.language.objects.own_classes import Instance
from lstmcount.programs.language.run import MISSING, Catching, Run, Stop
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.types import methods
from lstmcount.programs.language.types.builtin_types import NAMES_OF_TYPES
from lstmcount.programs.language.values import unknown_elements
from lstmcount.programs.language.values.attribute_dicts import (
    AttributeDict,
    Config,
    as_config,
    entries,
    entry,
    with_attributes,
)
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.special_methods import WithSpecialMethods
from lstmcount.programs.language.values.unknown_elements import UnknownElement
from lstmcount.programs.language.values.unknowns import UnknownPart, UnknownText
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

_READING = ("get", "items", "values")
_CERTAIN = (type(None), str, list, tuple, dict, set)


def get(run: Run, value: Any, name: str, node: ast.AST) -> Any:
    """The attribute; an unknown with the program's source text if it cannot be determined."""
    if run.catching and isinstance(value, Value) and value.lacks_followed(run, name):
        run.fail(AttributeError())
    attribute = find(run, value, name, node)
    if attribute is not MISSING:
        return attribute
    if run.catching and _surely_lacks(value, name):
        run.fail(AttributeError())
    return missing(run, value, name, node)


def _surely_lacks(value: Any, name: str) -> bool:
    """Whether Python raises an AttributeError. A number may stand for a number of NumPy."""
    if isinstance(value, Value):
        return value.surely_lacks(name)
    return type(value) in _CERTAIN and name not in NAMES_OF_TYPES[type(value)]


def find(run: Run, value: Any, name: str, node: ast.AST) -> Any:
    """The attribute; MISSING if the reader does not know it."""
    if isinstance(value, Value):
        if isinstance(value, Instance) and value.cls.find("__getattribute__") is not MISSING:
            return _from_method(run, value, "__getattribute__", name, node)
        attribute = value.attribute(run, name, node)
        if attribute is MISSING and value.inner is not MISSING:
            return methods.method(run, value.inner, name, node)
        if attribute is MISSING and name == "__setattr__":
            return Native(name, partial(_set_attribute, value), raw=True)
        return attribute
    if isinstance(value, UnknownText) and (text := value.written()) is not None:
        run.weigh(node, text)
        return methods.method(run, text, name, node)
    if isinstance(value, Unknown):
        run.may_fail(node, "AttributeError")
        if isinstance(value, UnknownElement):
            return unknown_elements.attribute_of(run, value, name, node)
        part = run.unknown(f"{value}.{name}")
        if isinstance(value, UnknownPart) and isinstance(part, Unknown):
            return UnknownPart(part.text, value.whole)
        return part
    if isinstance(value, AttributeDict) and name in value:
        return entry(run, value, name, node)
    if isinstance(value, Config) and name in _READING:
        value = entries(run, value, node)
    return methods.method(run, value, name, node)


def find_or_compute(run: Run, value: Any, name: str, node: ast.AST) -> Any:
    """The attribute, which the object's class may compute; MISSING if there is none."""
    attribute = find(run, value, name, node)
    is_computed = isinstance(value, WithSpecialMethods) and not name.startswith("__")
    if attribute is MISSING and is_computed:
        return _from_method(run, value, "__getattr__", name, node)
    return attribute


def _from_method(run: Run, value: WithSpecialMethods, method: str, name: str, node: ast.AST) -> Any:
    """What a special method gives for an attribute; MISSING if it raises an AttributeError."""
    run.catching.append(Catching(run.depth, ["AttributeError"]))
    try:
        return value.special(run, method, [name], node)
    except Stop as stop:
        if not catches([KINDS["AttributeError"]], stop.value):
            raise
        return MISSING
    finally:
        run.catching.pop()


def _set_attribute(value: Value, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    name, new = args
    set(run, value, name, new, node)


def missing(run: Run, value: Any, name: str, node: ast.AST) -> Any:
    """The unknown that replaces an attribute which the reader does not know."""
    if isinstance(value, Value):
        return value.missing(run, name, node)
    return run.unknown(run.source_of(node) if isinstance(node, ast.expr) else name)


def set(run: Run, value: Any, name: str, new: Any, node: ast.AST) -> None:
    if isinstance(value, Value):
        value.set_attribute(run, name, new, node)
    elif isinstance(value, Config):
        try:
            value[name] = as_config(new, value.root, value)
        except KeyError as error:
            run.fail(AttributeError(*error.args))
    elif isinstance(value, AttributeDict):
        value[name] = with_attributes(new)
    elif isinstance(value, UnknownElement):
        unknown_elements.set_attribute(run, value, name, new, node)
    elif isinstance(value, UnknownPart):
        raise value.changed(run, node)
    elif isinstance(value, Unknown):
        run.set_part(value, f".{name}", new)
        run.libraries.note_unknown_set(run, name, node)


def note_skipped_sets(run: Run, branch: list[ast.stmt], scope: Scope) -> None:
    """Tell libraries of the attributes of unknowns that a branch sets which is not followed."""
    for target in _set_in(tuple(branch)):
        assert isinstance(target.value, ast.Name)
        holder = scope.find(target.value.id)
        if holder is not None and isinstance(holder.names[target.value.id], Unknown):
            run.libraries.note_unknown_set(run, target.attr, target)


@lru_cache(maxsize=1024)  # the program is followed several times
def _set_in(branch: tuple[ast.stmt, ...]) -> list[ast.Attribute]:
    """The attributes of names that statements set."""
    return [
        node
        for statement in branch
        for node in ast.walk(statement)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
    ]
