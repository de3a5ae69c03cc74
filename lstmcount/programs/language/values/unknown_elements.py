"""Elements of containers at unknown keys: which of several values they are is not known.

What a program changes through such an element, it changes in one of these values.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.source.places import argument_in
from lstmcount.programs.language.structures import shown
from lstmcount.programs.language.values.callbacks import CHANGING, CHANGING_ARGUMENTS
from lstmcount.programs.language.values.value import UnknownCall, UnknownIndex, Value
from lstmcount.shapes import Unknown

Candidates = Iterator[tuple[str, Any]]  # values that can be changed, by their words in the program
Find = Callable[[], Candidates]

MAX_LOOKED_AT = 100  # elements of a container, to tell whether it holds values that can be changed
_CONTAINERS = (list, dict, set)
_VIEWS = ("items", "values", "copy")  # methods whose result has the elements of their container
_GETTERS = ("get", "pop", "popitem", "popleft", "setdefault")  # those that give one element


class UnknownKey(Unknown):
    """An unknown that selects an element of a container, and a key that the container has."""

    __slots__ = ("example",)

    def __init__(self, text: str | None, example: Any) -> None:
        super().__init__(text)
        self.example = example

    def __reduce__(self) -> Any:
        return Unknown, (self.text,)


class UnknownElement(Unknown):
    """An element at the unknown key `key`: one of the candidates, which are only found when one of
    them may be changed, or a value that cannot be changed."""

    __slots__ = ("find", "key")

    def __init__(self, text: str | None, key: Unknown, find: Find) -> None:
        super().__init__(text)
        self.key = key
        self.find = find

    def __reduce__(self) -> Any:
        return Unknown, (self.text,)

    def named(self, text: str) -> UnknownElement:
        return UnknownElement(text, self.key, self.find)


class UnknownAttribute(UnknownElement):
    """An attribute of an element at an unknown key."""

    __slots__ = ("name", "owner")

    def __init__(self, text: str | None, owner: UnknownElement, name: str, find: Find) -> None:
        super().__init__(text, owner.key, find)
        self.owner = owner
        self.name = name


def element_of(run: Run, container: Any, key: Unknown, node: ast.AST) -> Any:
    """An element, or a slice, of a container: `values[key]`, `values.get(key)`."""
    element = run.unknown(run.source_of(node))
    if not isinstance(container, list | tuple | dict) or not _holds_what_can_change(container):
        return element
    owner = node.func if isinstance(node, ast.Call) else node
    owner = owner.value if isinstance(owner, ast.Attribute | ast.Subscript) else owner
    words = run.source_of(owner)
    first = next(iter(container)) if isinstance(container, dict) else 0
    key = UnknownKey(key.text, first) if isinstance(first, int | str) else key
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
        return one_of(element, key, lambda: iter([(words, container)]))
    return one_of(element, key, partial(_inside, run, container, words))


def some_of(run: Run, container: Any, condition: Unknown, words: str) -> Any:
    """Those elements of a container for which an unknown condition holds."""
    if not isinstance(container, list | tuple) or not _holds_what_can_change(container):
        return run.unknown(words)
    return one_of(run.unknown(words), condition, lambda: iter([(words, container)]))


def one_from(run: Run, container: Any, condition: Unknown, words: str) -> Any:
    """The element of a container that an unknown condition selects."""
    some = some_of(run, container, condition, words)
    return item_of(run, some, words) if isinstance(some, UnknownElement) else some


def operand_of(run: Run, node: ast.BoolOp, values: list[Any], result: Unknown) -> Unknown:
    """The result of `or` or `and`, of whose operands it is not known which it is."""
    if not any(isinstance(value, UnknownElement) or can_change(value) for value in values):
        return result

    def find() -> Candidates:
        for operand, value in zip(node.values, values, strict=False):
            if isinstance(value, UnknownElement):
                yield from value.find()
            elif can_change(value):
                yield run.source_of(operand), value

    key = result.key if isinstance(result, UnknownElement) else result
    return UnknownElement(result.text, key, find)


def some_attribute(run: Run, value: Any, name: Unknown, node: ast.AST) -> Any:
    """The attribute of an unknown name: `getattr(value, name)`."""
    owner = run.source_of(argument_in(node, 0))
    attributes = getattr(value, "attributes", {})

    def find() -> Candidates:
        for key, part in [*attributes.items()]:
            if can_change(part):
                yield f"{owner}.{key}", part
        for key, method in value.cls.methods().items() if hasattr(value, "cls") else ():
            yield f"{owner}.{key}", method.bound(run, value, node)

    return one_of(run.unknown(run.source_of(node)), name, find)


def one_of(element: Any, key: Unknown, find: Find) -> Any:
    """The unknown as one of the candidates; the value itself, if it is set."""
    return UnknownElement(element.text, key, find) if type(element) is Unknown else element


def slice_of(run: Run, element: UnknownElement, text: str) -> Any:
    """`element[first:end]`, which has some of the same elements."""
    return one_of(run.unknown(text), element.key, element.find)


def item_of(run: Run, element: UnknownElement, text: str) -> Any:
    """`element[…]`, whose key may be known or not."""

    def find() -> Candidates:
        for words, value in _each_once(run, element):
            yield from _inside(run, value, words)

    return one_of(run.unknown(text), element.key, find)


def attribute_of(run: Run, element: UnknownElement, name: str, node: ast.AST) -> Any:
    """`element.name`: an attribute of an object, or a method that may change it."""

    def find() -> Candidates:
        for words, value in _each_once(run, element):
            attributes = getattr(value, "attributes", {})
            method = value.cls.find(name) if hasattr(value, "cls") else MISSING
            if isinstance(value, _CONTAINERS) and name in CHANGING:
                yield words, value
            elif name in attributes:
                yield f"{words}.{name}", attributes[name]
            elif isinstance(method, Value):
                yield f"{words}.{name}", method.bound(run, value, node)
            elif isinstance(value, Value):
                yield f"{words}.{name}", value.attribute(run, name, node)

    attribute = run.unknown(f"{element}.{name}")
    is_open = type(attribute) is Unknown
    return UnknownAttribute(attribute.text, element, name, find) if is_open else attribute


def result_of(run: Run, function: UnknownElement, result: Unknown) -> Any:
    """The result of calling the attribute of an element, such as `element.items()`."""
    if isinstance(function, UnknownAttribute) and function.name in _VIEWS:
        return one_of(result, function.key, function.owner.find)
    if isinstance(function, UnknownAttribute) and function.name in _GETTERS:
        return item_of(run, function.owner, str(result))
    return result


def taken_from(run: Run, selection: Unknown | None, node: ast.AST) -> Any:
    """What an expression makes of elements that are not known: `next(elements)`, `[*elements]`."""
    words = run.source_of(node)
    if not isinstance(selection, UnknownElement):
        return Unknown(words)
    if isinstance(node, ast.Call) and run.source_of(node.func) in ("max", "min", "next"):
        return item_of(run, selection, words)
    return selection.named(words)


def _inside(run: Run, container: Any, words: str) -> Candidates:
    """The values in a container that can be changed."""
    if not isinstance(container, list | tuple | dict):
        return
    run.spend(8 * len(container))
    entries = container.items() if isinstance(container, dict) else enumerate(container)
    for key, value in [*entries]:
        if can_change(value):
            yield f"{words}[{shown(key)}]", value


def can_change(value: Any) -> bool:
    """Whether a value, or one inside a tuple, may be changed."""
    if isinstance(value, tuple):
        return _holds_what_can_change(value)
    is_container = isinstance(value, _CONTAINERS) or hasattr(value, "attributes")
    is_function = is_container or getattr(value, "builder", None) is not None
    return is_function or _name_of(value) in CHANGING


def _name_of(function: Any) -> str:
    """The last name of a function of Python or a library, such as `model.add`."""
    return str(function).rpartition(".")[2] if getattr(function, "is_callable", False) else ""


def _holds_what_can_change(container: list[Any] | tuple[Any, ...] | dict[Any, Any]) -> bool:
    values = container.values() if isinstance(container, dict) else container
    return any(map(can_change, islice(values, MAX_LOOKED_AT)))


def _each_once(run: Run, element: UnknownElement) -> Candidates:
    seen: set[int] = set()
    for words, value in element.find():
        run.spend(8)
        if id(value) not in seen:
            seen.add(id(value))
            yield words, value


def may_be_model(run: Run, element: Unknown) -> bool:
    """Whether one of the values that an unknown may be is a model."""
    if not isinstance(element, UnknownElement):
        return False
    return any(isinstance(each, Value) and each.is_model for _, each in _each_once(run, element))


def may_be_changed(run: Run, element: UnknownElement, node: ast.AST) -> None:
    """Make unknown what `element[…] = value` may change."""
    for words, value in [*_each_once(run, element)]:
        if isinstance(value, _CONTAINERS):
            run.spoil_as(value, words, node)


def may_be_called(
    run: Run, element: UnknownElement, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> None:
    """Make unknown what a call of the element may change."""
    for words, value in [*_each_once(run, element)]:
        if isinstance(value, _CONTAINERS):
            run.spoil_as(value, words, node)
        elif isinstance(value, Value):
            value.may_be_chosen(run, UnknownCall(element.key, words, args, kwargs, node))


def may_change_first(run: Run, function: Any, args: list[Any], node: ast.AST) -> None:
    """Make unknown what functions such as `heappush` and `list.append` change, by their name."""
    name = str(function).rpartition(".")[2]
    first = args[0] if args and name in CHANGING | CHANGING_ARGUMENTS else None
    if isinstance(first, UnknownElement):
        may_be_changed(run, first, node)
    elif isinstance(first, _CONTAINERS) and name in CHANGING_ARGUMENTS:
        run.spoil_as(first, run.source_of(argument_in(node, 0)), node)


def chosen_from(run: Run, container: Any, node: ast.AST) -> Any:
    """One of the elements of a call's first argument: `random.choice(container)`."""
    words = run.source_of(node)
    if not isinstance(container, list | tuple) or not _holds_what_can_change(container):
        return run.unknown(words)
    find = partial(_inside, run, container, run.source_of(argument_in(node, 0)))
    return one_of(run.unknown(words), Unknown(words), find)


def set_attribute(run: Run, element: UnknownElement, name: str, new: Any, node: ast.AST) -> None:
    """`element.name = new`."""
    for words, value in [*_each_once(run, element)]:
        if isinstance(value, Value):
            value.may_be_set(run, name, new, UnknownIndex(element.key, words), node)
