"""The values of an interpreted program.

Plain Python values represent themselves. A value that depends on data is an `Unknown` with the
program's source text. The classes below are all other kinds of values.
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from functools import partial
from typing import Any

from lstmcount.programs.language.provided import (
    Native,
    remove_attribute,
    store_attribute,
)
from lstmcount.programs.language.run import MISSING, Run, Value, inner_of
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.special_methods import WithSpecialMethods
from lstmcount.shapes import Unknown


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Function(Value):
    """A function or lambda of the program."""

    __slots__ = ("attributes", "called", "decorators", "defaults", "deleter", "name", "node",
                 "owner", "scope", "setter")  # fmt: skip
    is_callable = True
    weighs_arguments = False

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope):
        self.node = node
        self.name: str = getattr(node, "name", "<lambda>")
        self.scope = scope
        self.defaults: dict[str, Any] = {}
        self.owner: Class | None = None
        self.decorators: tuple[str, ...] = ()
        self.attributes: dict[str, Any] = {}
        self.called = False
        self.setter: Function | None = None  # if the function is a property
        self.deleter: Function | None = None

    def __repr__(self) -> str:
        return self.name

    @property
    def is_property(self) -> bool:
        return "property" in self.decorators

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.name if name == "__name__" else self.attributes.get(name, MISSING)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        self.attributes[name] = new

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        remove_attribute(run, self.attributes, name)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.call_function(self, args, kwargs, node)

    def marked(self, name: str) -> Function:
        """The function with one more of Python's own decorators, such as `property`."""
        function = copy.copy(self)
        function.decorators = (*self.decorators, name)
        return function

    def bound(self, run: Run, receiver: Any, node: ast.AST) -> Any:
        """The attribute of an object from this function: a method, or a property's value."""
        if "staticmethod" in self.decorators:
            return self
        if "classmethod" in self.decorators:
            return Method(self, receiver if isinstance(receiver, Class) else receiver.cls)
        if "cached_property" in self.decorators:
            value = receiver.attributes[self.name] = self.call(run, [receiver], {}, node)
            return value
        if self.is_property:
            return self.call(run, [receiver], {}, node)
        return Method(self, receiver)

    def set_on(self, run: Run, receiver: Any, new: Any, node: ast.AST) -> bool:
        if self.setter is None:
            return False
        self.setter.call(run, [receiver, new], {}, node)
        return True

    def delete_on(self, run: Run, receiver: Any, node: ast.AST) -> bool:
        if self.deleter is None:
            return False
        self.deleter.call(run, [receiver], {}, node)
        return True


class Method(Value):
    """A function of the program bound to an object."""

    __slots__ = ("function", "receiver")
    is_callable = True
    weighs_arguments = False

    def __init__(self, function: Function, receiver: Any) -> None:
        self.function = function
        self.receiver = receiver

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return self.function.call(run, [self.receiver, *args], kwargs, node)


class Class(Value):
    """A class of the program. `bases` may be any values that a program names as bases."""

    __slots__ = ("_ancestry", "attributes", "bases", "called", "name", "node")
    is_callable = True
    weighs_arguments = False

    def __init__(self, name: str, bases: list[Any], attributes: dict[str, Any], node: ast.ClassDef):
        self.name = name
        self.bases = bases
        self.attributes = attributes
        self.node = node
        self.called = False
        self._ancestry = [self, *_merged([ancestry_of(base) for base in bases], bases)]

    def ancestry(self) -> list[Any]:
        """This class and its bases, in Python's method resolution order."""
        return self._ancestry

    def find(self, name: str, after: Class | None = None) -> Any:
        """The attribute in the nearest class (after the class `after`) that has it, or MISSING."""
        ancestry = self.ancestry()
        start = ancestry.index(after) + 1 if after in ancestry else 0
        for cls in ancestry[start:]:
            if isinstance(cls, Class) and name in cls.attributes:
                return cls.attributes[name]
        return MISSING

    def __repr__(self) -> str:
        return self.name

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name in ("__name__", "__qualname__"):
            return self.name
        attribute = self.find(name)
        if isinstance(attribute, Function) and "classmethod" in attribute.decorators:
            return Method(attribute, self)
        if isinstance(attribute, Instance):
            value = attribute.special(run, "__get__", [None, self], node)
            return attribute if value is MISSING else value
        bases = [base for base in self.ancestry() if isinstance(base, Value)]
        for base in bases if attribute is MISSING else ():
            attribute = base.subclass_attribute(run, self, name)
            if attribute is not MISSING:
                break
        return attribute

    def surely_lacks(self, name: str) -> bool:
        are_own = all(isinstance(base, Class) for base in self._ancestry)
        return are_own and not name.startswith("__")

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        store_attribute(run, self.attributes, name, new, node)

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        remove_attribute(run, self.attributes, name)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.instantiate(self, args, kwargs, node)

    def inherited(self, run: Run, name: str) -> Any:
        if name == "__new__":
            return Native(name, _new_object, raw=True)
        return Native(name, lambda *args, **kwargs: None)

    def new_object(self, run: Run, node: ast.AST) -> Any:
        """A new object before its `__init__`; one of the bases may determine its kind."""
        for base in self.ancestry():
            instance = base.new_instance(run, self, node) if isinstance(base, Value) else None
            if instance is not None:
                return instance
        return Instance(self)

    @property
    def members(self) -> dict[str, Any]:
        """The members of an Enum, by name."""
        members: dict[str, Any] = self.attributes.get("__members__", {})
        return members

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        return list(self.members.values()) or None

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """A member of an Enum by name; for other classes, the class itself (`Generic[T]`)."""
        if not self.members:
            return self
        member = self.members.get(key, MISSING) if isinstance(key, str) else MISSING
        return super().item(run, key, node) if member is MISSING else member

    def has_instance(self, value: Any) -> Any:
        return isinstance(value, Instance) and self in value.cls.ancestry()

    def is_subclass(self, kind: Any) -> Any:
        if any(base is kind or base == kind for base in self._ancestry):
            return True
        return next((base for base in self._ancestry if isinstance(base, Unknown)), False)


def _new_object(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    return args[0].new_object(run, node)


def ancestry_of(base: Any) -> list[Any]:
    return base.ancestry() if isinstance(base, Class) else [base]


def _merged(orders: list[list[Any]], bases: list[Any]) -> list[Any]:
    """Python's method resolution order (C3): each class before its bases, and bases in order.

    If there is no such order, which Python refuses, the classes are in the order of their first
    appearance.
    """
    rows = [[id(cls) for cls in order] for order in (*orders, bases)]
    classes = {id(cls): cls for order in (*orders, bases) for cls in order}
    waiting = Counter([key for row in rows for key in row[1:]])  # rows with a class before it
    heads = [0] * len(rows)
    merged: list[Any] = []
    while len(merged) < len(classes):
        for row, head in zip(rows, heads, strict=True):
            if head < len(row) and not waiting[row[head]]:
                break
        else:
            return list(classes.values())
        key = row[head]
        merged.append(classes[key])
        for index, row in enumerate(rows):
            if heads[index] < len(row) and row[heads[index]] == key:
                heads[index] += 1
                if heads[index] < len(row):
                    waiting[row[heads[index]]] -= 1
    return merged


class Instance(WithSpecialMethods):
    """An object of a class of the program."""

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.attributes: dict[str, Any] = {}

    @property
    def builtin(self) -> Native | None:
        """The Python type that the object's class derives from."""
        bases = [base for base in self.cls.ancestry() if isinstance(base, Native)]
        return next((base for base in bases if base.plain not in (None, object)), None)

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        in_class = self.cls.find(name)
        is_first = isinstance(in_class, Value) and in_class.is_property
        if name in self.attributes and not is_first:
            return self.attributes[name]
        if name == "__class__":
            return self.cls
        if name == "__dict__":
            return self.attributes
        return in_class.bound(run, self, node) if isinstance(in_class, Value) else in_class

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        attribute = (
            MISSING if name.startswith("__") else self.special(run, "__getattr__", [name], node)
        )
        if attribute is not MISSING:
            return attribute
        for base in self.cls.ancestry():
            if isinstance(base, Unknown):
                run.failed_imports.rename(base.text, run.source_of(node))
        return super().missing(run, name, node)

    def surely_lacks(self, name: str) -> bool:
        is_given = any(self.cls.find(f"__{way}__") for way in ("getattr", "getattribute"))
        return not is_given and self.cls.surely_lacks(name)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        in_class = self.cls.find(name)
        if name == "__dict__" and isinstance(inner_of(new), dict):
            self.attributes = inner_of(new)
        elif isinstance(in_class, Value) and in_class.set_on(run, self, new, node):
            return
        elif self.special(run, "__setattr__", [name, new], node) is MISSING:
            store_attribute(run, self.attributes, name, new, node)

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        in_class = self.cls.find(name)
        if isinstance(in_class, Value) and in_class.delete_on(run, self, node):
            return
        if self.special(run, "__delattr__", [name], node) is MISSING:
            remove_attribute(run, self.attributes, name)

    @property
    def is_property(self) -> bool:
        """Whether it is a descriptor that objects cannot hide."""
        return self.cls.find("__set__") is not MISSING

    def bound(self, run: Run, receiver: Any, node: ast.AST) -> Any:
        value = self.special(run, "__get__", [receiver, receiver.cls], node)
        return self if value is MISSING else value

    def set_on(self, run: Run, receiver: Any, new: Any, node: ast.AST) -> bool:
        return self.special(run, "__set__", [receiver, new], node) is not MISSING

    def delete_on(self, run: Run, receiver: Any, node: ast.AST) -> bool:
        return self.special(run, "__delete__", [receiver], node) is not MISSING

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        method = self.cls.find("__call__")
        if isinstance(method, Function):
            return run.call_function(method, [self, *args], kwargs, node)
        return super().call(run, args, kwargs, node)

    def inherited(self, run: Run, name: str) -> Any:
        function = _INHERITED.get(name)
        return MISSING if function is None else Native(name, partial(function, self), raw=True)

    def type_of(self) -> Any:
        return self.cls


def _initialize(instance: Instance, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    if instance.builtin is not None:
        instance.inner = run.call(instance.builtin, args, kwargs, node)


def _set_attribute(
    instance: Instance, run: Run, args: list[Any], kwargs: Any, node: ast.AST
) -> None:
    store_attribute(run, instance.attributes, args[0], args[1], node)


def _get_item(instance: Instance, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    run.weigh(node, args)
    return instance.inner[args[0]]


def _set_item(instance: Instance, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    run.weigh(node, args)
    instance.inner[args[0]] = args[1]


# Methods that `super()` gives if only Python's own types are left.
_INHERITED: dict[str, Any] = {
    "__init__": _initialize,
    "__setattr__": _set_attribute,
    "__getitem__": _get_item,
    "__setitem__": _set_item,
}


class Super(Value):
    """`super()` in a method: the receiver's attributes from the classes after this one."""

    def __init__(self, receiver: Any, after: Class) -> None:
        self.receiver = receiver
        self.after = after
        self.inner = receiver.inner  # for methods of Python's own types

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        cls = self.receiver if isinstance(self.receiver, Class) else self.receiver.cls
        attribute = cls.find(name, after=self.after)
        if isinstance(attribute, Function):
            return attribute.bound(run, self.receiver, node)
        return self.receiver.inherited(run, name) if attribute is MISSING else attribute


class Return:
    """A function's return value, as a signal that ends the statements around it."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value
