"""What every class has in Python: the order of its bases, its attributes and `object`'s methods."""

from __future__ import annotations

import ast
from collections import Counter, deque
from collections.abc import Callable
from itertools import islice
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.types.builtin_types import TABLE
from lstmcount.programs.language.values.provided import Native, store_attribute
from lstmcount.programs.language.values.value import Value

_OBJECT = TABLE["object"]


def merged(orders: list[list[Any]], bases: list[Any]) -> list[Any]:
    """The order in which classes are searched for an attribute (C3): each before its bases.

    If there is no such order, which is an error in Python, the classes are in the order of their
    first appearance.
    """
    rows = [deque(row) for row in (*orders, bases)]
    waiting = Counter([id(cls) for row in rows for cls in islice(row, 1, None)])  # behind another
    merged: list[Any] = []
    while rows := [row for row in rows if row]:
        cls = next((row[0] for row in rows if not waiting[id(row[0])]), None)
        if cls is None:
            return list({id(cls): cls for row in (*orders, bases) for cls in row}.values())
        merged.append(cls)
        for row in rows:
            if row[0] is cls:
                row.popleft()
                if row:
                    waiting[id(row[0])] -= 1
    return merged


# -- attributes -----------------------------------------------------------------------------------


def _order(cls: Any) -> Any:
    """The classes in Python's method resolution order; MISSING if a library's class is one."""
    classes = [each for each in cls.ancestry() if each is not _OBJECT]
    if not all(type(each) is type(cls) for each in classes):
        return MISSING
    return (*classes, _OBJECT)


def _mro(cls: Any) -> Any:
    order = _order(cls)
    return MISSING if order is MISSING else Native("mro", lambda: list(order))


OF_CLASSES: dict[str, Callable[[Any], Any]] = {
    "__name__": lambda cls: cls.name,
    "__qualname__": lambda cls: cls.name,
    "__subclasses__": lambda cls: Native("__subclasses__", cls.subclasses.copy),
    "__mro__": _order,
    "mro": _mro,
    "__bases__": lambda cls: tuple(cls.bases) or (_OBJECT,),
    "__base__": lambda cls: cls.bases[0] if cls.bases else _OBJECT,
}


def slots_of(cls: Any) -> set[Any] | None:
    """The only attributes that objects of a class may have, as `__slots__` says; else None."""
    if "__slots__" not in cls.attributes:
        return None
    slots: set[Any] = set()
    for base in cls.ancestry():
        if base is _OBJECT:
            continue
        named = base.attributes.get("__slots__", MISSING) if type(base) is type(cls) else MISSING
        if not isinstance(named, str | list | tuple | set | dict):
            return None
        slots.update([named] if isinstance(named, str) else named)
    is_open = "__dict__" in slots or not all(isinstance(name, str) for name in slots)
    return None if is_open else slots


def store(run: Run, instance: Any, name: str, new: Any, node: ast.AST) -> None:
    """Set an attribute in the object itself, if its class lets it have one of that name."""
    slots = slots_of(instance.cls)
    if slots is not None and name not in slots:
        run.fail(AttributeError())
        text = f"{instance.cls.name} has no slot {name!r}; Python raises AttributeError"
        raise run.error(node, text)
    store_attribute(run, instance.attributes, name, new, node)


# -- methods that `super()` gives if only Python's own types are left -----------------------------


def _initialize(instance: Any, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    if instance.builtin is not None:
        instance.inner = run.call(instance.builtin, args, kwargs, node)


def _set_attribute(instance: Any, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    name, new = args
    in_class = instance.cls.find(name)
    if not isinstance(in_class, Value) or not in_class.set_on(run, instance, new, node):
        store(run, instance, name, new, node)


def _get_attribute(instance: Any, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    attribute = instance.attribute(run, args[0], node)
    if attribute is MISSING:
        run.fail(AttributeError())
        return run.unknown(run.source_of(node))
    return attribute


def _get_item(instance: Any, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    run.weigh(node, args)
    return instance.inner[args[0]]


def _set_item(instance: Any, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    run.weigh(node, args)
    instance.inner[args[0]] = args[1]


INHERITED: dict[str, Any] = {
    "__init__": _initialize,
    "__setattr__": _set_attribute,
    "__getattribute__": _get_attribute,
    "__getitem__": _get_item,
    "__setitem__": _set_item,
}
