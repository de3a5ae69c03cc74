"""Elements of containers at unknown keys: which of several values they are is not known.

What a program changes through such an element, it changes in one of these values.
"""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.callbacks import CHANGING
from lstmcount.programs.language.places import argument_in
from lstmcount.programs.language.run import MISSING, Run, UnknownIndex, Value
from lstmcount.programs.language.structures import shown
from lstmcount.shapes import Unknown

Candidates = list[tuple[str, Any]]  # values that can be changed, by their words in the program
_CONTAINERS = (list, dict, set)


class UnknownElement(Unknown):
    """An element at the key `key`, which is unknown: one of these candidates, or of others that
    cannot be changed."""

    __slots__ = ("candidates", "key")

    def __init__(self, text: str | None, key: Unknown, candidates: Candidates) -> None:
        super().__init__(text)
        self.key = key
        self.candidates = candidates

    def __reduce__(self) -> Any:
        return Unknown, (self.text,)


def element_of(run: Run, container: Any, key: Unknown, node: ast.AST) -> Any:
    """An element, or a slice, of a container: `values[key]`, `values.get(key)`."""
    element = run.unknown(run.source_of(node))
    if type(element) is not Unknown:  # it is set
        return element
    owner = node.func if isinstance(node, ast.Call) else node
    owner = owner.value if isinstance(owner, ast.Attribute | ast.Subscript) else owner
    return one_of(element, key, _inside(run, container, run.source_of(owner)))


def some_attribute(run: Run, value: Any, found: Unknown, name: Unknown, node: ast.AST) -> Unknown:
    """`found` as the attribute of an unknown name: `getattr(value, name)`."""
    owner = run.source_of(argument_in(node, 0))
    attributes = getattr(value, "attributes", {})
    return one_of(
        found,
        name,
        [(f"{owner}.{key}", part) for key, part in attributes.items() if _can_change(part)],
    )


def one_of(element: Unknown, key: Unknown, candidates: Candidates) -> Unknown:
    """The unknown as one of the candidates, if there are any."""
    return UnknownElement(element.text, key, candidates) if candidates else element


def item_of(run: Run, element: UnknownElement, text: str) -> Any:
    """`element[…]`, whose key may be known or not."""
    inside = [_inside(run, value, words) for words, value in element.candidates]
    return _part(run, element, text, [each for candidates in inside for each in candidates])


def attribute_of(run: Run, element: UnknownElement, name: str, node: ast.AST) -> Any:
    """`element.name`: an attribute of an object, or a method that may change it."""
    found: Candidates = []
    for words, value in element.candidates:
        if isinstance(value, _CONTAINERS):
            found += [(words, value)] if name in CHANGING else []
        elif name in (attributes := getattr(value, "attributes", {})):
            found += [(f"{words}.{name}", part)] if _can_change(part := attributes[name]) else []
        elif isinstance(method := _method(value, name), Value):
            found.append((f"{words}.{name}", method.bound(run, value, node)))
    return _part(run, element, f"{element}.{name}", found)


def _part(run: Run, element: UnknownElement, text: str, candidates: Candidates) -> Any:
    part = run.unknown(text)
    return one_of(part, element.key, candidates) if type(part) is Unknown else part


def _method(value: Any, name: str) -> Any:
    return value.cls.find(name) if hasattr(value, "cls") else MISSING


def _inside(run: Run, container: Any, words: str) -> Candidates:
    """The values in a container that can be changed."""
    if not isinstance(container, list | tuple | dict):
        return []
    entries = container.items() if isinstance(container, dict) else enumerate(container)
    return [(f"{words}[{shown(key)}]", value) for key, value in entries if _can_change(value)]


def _can_change(value: Any) -> bool:
    return isinstance(value, _CONTAINERS) or hasattr(value, "attributes")


def may_be_changed(run: Run, element: UnknownElement, node: ast.AST) -> None:
    """Make unknown what `element[…] = value` may change."""
    for words, value in element.candidates:
        if isinstance(value, _CONTAINERS):
            run.spoil_as(value, words, node)


def may_be_called(run: Run, element: UnknownElement, node: ast.AST) -> None:
    """Make unknown what a call of the element, which may be a method, may change."""
    may_be_changed(run, element, node)
    for _, value in element.candidates:
        if isinstance(value, Value):
            value.may_be_called(run, node, set())


def set_attribute(run: Run, element: UnknownElement, name: str, new: Any, node: ast.AST) -> None:
    """`element.name = new`."""
    for words, value in element.candidates:
        if isinstance(value, Value):
            value.may_be_set(run, name, new, UnknownIndex(element.key, words), node)
