"""What each kind of value of a program defines: its attributes, elements, operators and calls.

Plain Python values represent themselves. A value that depends on data is an `Unknown` with the
program's source text. All other kinds of values derive from `Value`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import msgspec

from lstmcount.programs.language.run import MISSING, Run, Stop
from lstmcount.shapes import Unknown


class UnknownIndex(msgspec.Struct, frozen=True):
    """The unknown key that may select a value, and the value's own words in the program."""

    key: Unknown
    words: str


class UnknownCall(msgspec.Struct, frozen=True):
    """A call of what an unknown key selects, which may be the value of these words."""

    key: Unknown
    words: str
    args: list[Any]
    kwargs: dict[str, Any]
    node: ast.AST

    def is_of_value(self, run: Run) -> bool:
        """Whether the value is called in this run."""
        return bool(run.decide(self.key, getattr(self.node, "func", self.node), self.words, True))


class Value:
    """A value of a program that is not of a Python type. Each kind defines its behaviour."""

    __slots__ = ()
    is_callable = False
    is_model = False
    is_class = False
    is_of_model = False  # whether it is a layer or model, or a class of them
    inner: Any = MISSING  # the Python value of an object whose class derives from a Python type
    defines_equality = False  # whether its class defines `==`
    has_unknown_value = False  # whether it may equal any other, like an element of unknown data
    strength = 0  # the operand with the greater strength defines an operator's result
    weighs_arguments = True  # whether a call charges for traversing its arguments

    @property
    def builder(self) -> Any:
        """The function that may make a model: a function itself, or that of a hypermodel; None."""
        return None

    @property
    def made_model(self) -> Any:
        """The model that a tuner has made, or None."""
        return None

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        """`value.name`; MISSING if the reader does not know it."""
        return MISSING

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        """The unknown that replaces an attribute which the reader does not know."""
        return run.unknown(run.source_of(node) if isinstance(node, ast.expr) else name)

    def has_unfollowed(self, run: Run, name: str) -> bool:
        """Whether it surely has an attribute of that name, which the reader does not follow."""
        return False

    def lacks_followed(self, run: Run, name: str) -> bool:
        """Whether it surely lacks an attribute of that name, although the reader may follow it."""
        return False

    def surely_lacks(self, name: str) -> bool:
        """Whether Python raises an AttributeError for an attribute that the reader lacks."""
        return False

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        """`value.name = new`."""

    def set_some_attribute(self, run: Run, node: ast.AST) -> None:
        """`setattr(value, name, new)` with an unknown name."""
        owner = node.args[0] if isinstance(node, ast.Call) else node
        run.forget_data(getattr(self, "attributes", {}), f"{run.source_of(owner)}.", node)

    def may_be_set(self, run: Run, name: str, new: Any, which: UnknownIndex, node: ast.AST) -> None:
        """`values[key].name = new`, where an unknown key may select this value."""
        attributes = getattr(self, "attributes", None)
        if attributes is None:  # a weight of a layer
            if run.decide(which.key, node, run.source_of(node), True):
                self.set_attribute(run, name, new, node)
        elif name in attributes or self.has_in_class(name):
            attributes[name] = run.unknown(f"{which.words}.{name}")

    def has_in_class(self, name: str) -> bool:
        """Whether a class of the program gives its objects an attribute of that name."""
        return False

    def set_directly(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        """`object.__setattr__(value, name, new)`, without the method of the value's class."""
        method = self.inherited(run, "__setattr__")
        if method is MISSING:
            self.set_attribute(run, name, new, node)
        else:
            run.call(method, [name, new], {}, node)

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        """`del value.name`."""

    # -- as an attribute of a class: what its objects have under the same name

    @property
    def is_property(self) -> bool:
        """Whether an attribute of the object itself does not hide it."""
        return False

    def bound(self, run: Run, receiver: Any, node: ast.AST) -> Any:
        """The attribute of the object `receiver`: for a function, a method."""
        return self

    def set_on(self, run: Run, receiver: Any, new: Any, node: ast.AST) -> bool:
        """Set the attribute of the object by a setter. Return whether there is one."""
        return False

    def delete_on(self, run: Run, receiver: Any, node: ast.AST) -> bool:
        """Delete the attribute of the object by a deleter. Return whether there is one."""
        return False

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """`value(*args, **kwargs)`; an unknown with the call's source text if not determined."""
        return run.unknown(run.source_of(node))

    def call_with_rest(self, run: Run, rest: str, node: ast.AST) -> Any:
        """A call in which the unknown `rest` passes more arguments."""
        return run.unknown(run.source_of(node))

    def inherited(self, run: Run, name: str) -> Any:
        """`super().name` in a method, if no class of the program defines the name; else MISSING."""
        return MISSING

    def may_be_called(self, run: Run, node: ast.AST, seen: set[ast.AST]) -> None:
        """Make unknown what calls by unknown code may change. `seen` holds functions regarded."""

    def may_be_chosen(self, run: Run, call: UnknownCall) -> None:
        """`values[key](…)`, where an unknown key may select this value."""
        self.may_be_called(run, call.node, set())

    def new_instance(self, run: Run, cls: Any, node: ast.AST) -> Any:
        """A new object of a program's class that derives from this value, or None."""
        return None

    def after_class(self, run: Run, cls: Any) -> None:
        """Called after a program's class that derives from this value is made."""

    def subclass_attribute(self, run: Run, cls: Any, name: str) -> Any:
        """`cls.name` for a program's class that derives from this value, or MISSING."""
        return MISSING

    def before_init(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Called before the `__init__` of the program's class runs, with its arguments."""

    def after_init(self, run: Run) -> None:
        """Called after the `__init__` of the program's class has run for this object."""

    def after_failed_init(self, run: Run) -> None:
        """Called if the `__init__` of the program's class raises: there is no object."""

    def enter(self, run: Run) -> Any:
        """Begin `with value as name`: the value of `name`, or MISSING if it is not known."""
        return MISSING

    def leave(self, run: Run, stop: Stop | None) -> bool:
        """End a `with` statement. Return whether to ignore the exception that ended its body."""
        return False

    def copied(self, run: Run, node: ast.AST) -> Any:
        """A copy, which shares the values that it holds."""
        return self

    # -- elements and numbers

    def unpacked(self, run: Run, number: int, node: ast.AST) -> list[Any] | None:
        """What this number of targets gets of a value whose elements are not known, or None."""
        return None

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        """The elements that a loop over the value yields; None if they are unknown."""
        return None

    def distinct(self) -> list[Any] | None:
        """The different elements, if they are known and not the elements; otherwise None."""
        return None

    def entries(self) -> dict[Any, Any] | None:
        """What `dict(value)` makes of a mapping; None for other values."""
        return None

    def rounds(self, run: Run, node: ast.AST) -> Iterator[Any] | None:
        """The elements one by one, which an iterator computes as they are taken.

        It raises `UnknownRest` if it finds that the elements that follow are unknown.
        """
        elements = self.elements(run, node)
        return None if elements is None else iter(elements)

    def lose_rest(self) -> None:
        """Make unknown which elements an iterator gives next."""

    def length(self, run: Run, node: ast.AST) -> Any:
        """`len(value)`; MISSING if it equals the number of elements."""
        return MISSING

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """`value[key]`."""
        run.may_fail(node, "KeyError", "IndexError", "TypeError")
        return run.unknown(run.source_of(node))

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> Any:
        """Perform `value[key] = new`, or return the list or dict that must perform it."""
        return MISSING

    def delete_item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """Perform `del value[key]`, or return the list or dict that must perform it."""
        return MISSING

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        """`value in self`; MISSING if the elements determine it."""
        return MISSING

    def truth(self, run: Run) -> Any:
        """True, False, or the unknown that the truth value depends on."""
        return True

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        """The result of a Python function such as `abs` or `round`; MISSING if not defined."""
        return MISSING

    # -- operators: the operand with the greater strength defines the result

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        """`left op right`, where this value is one of the operands."""
        return NotImplemented

    def in_place(self, run: Run, op: type[ast.operator], value: Any, node: ast.AST) -> Any:
        """`self op= value`; MISSING if it equals `self = self op value`."""
        return MISSING

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        """Like `binary`, for comparisons."""
        return NotImplemented

    def unary(self, run: Run, op: type[ast.unaryop], node: ast.AST) -> Any:
        """`op value`, except for `not`."""
        return NotImplemented

    # -- types

    def type_of(self) -> Any:
        """`type(value)`; MISSING if it is not known."""
        return MISSING

    def is_instance_of(self, kind: Any) -> Any:
        """`isinstance(self, kind)`, as the value itself knows it, for a class of a library."""
        own = self.type_of()
        return isinstance(own, Value) and own.is_subclass(kind)

    def is_same(self, other: Any) -> Any:
        """`self is other`; MISSING if it is so only for the value itself."""
        return MISSING

    def has_instance(self, value: Any) -> Any:
        """`isinstance(value, self)`."""
        return False

    def is_subclass(self, kind: Any) -> Any:
        """`issubclass(self, kind)`, for a known kind."""
        return False


def inner_of(value: Any) -> Any:
    """The Python value inside an object whose class derives from a Python type; else the value."""
    return value.inner if isinstance(value, Value) and value.inner is not MISSING else value
