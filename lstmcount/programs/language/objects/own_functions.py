"""The functions and methods of a program."""

from __future__ import annotations

import ast
import copy
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.values.callbacks import changes_models, forget_changes
from lstmcount.programs.language.values.provided import remove_attribute
from lstmcount.programs.language.values.signatures import signature_of
from lstmcount.programs.language.values.value import UnknownCall, Value


class Function(Value):
    """A function or lambda of the program."""

    __slots__ = ("attributes", "called", "decorators", "defaults", "deleter", "is_decorated",
                 "name", "node", "owner", "running", "scope", "setter",
                 "unknown_decorator")  # fmt: skip
    is_callable = True
    weighs_arguments = False

    def __init__(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope):
        self.node = node
        self.name: str = getattr(node, "name", "<lambda>")
        self.scope = scope
        self.defaults: dict[str, Any] = {}
        self.owner: Any = None  # the class that defines the method
        self.decorators: tuple[str, ...] = ()
        self.unknown_decorator: str | None = None  # its source text
        self.is_decorated = False  # by what is not known, and may change its arguments
        self.attributes: dict[str, Any] = {}
        self.called = False
        self.running = 0  # calls that have not returned yet
        self.setter: Function | None = None  # if the function is a property
        self.deleter: Function | None = None

    def __repr__(self) -> str:
        return self.name

    @property
    def is_property(self) -> bool:
        return "property" in self.decorators

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "__module__" and name not in self.attributes:
            return run.own_modules.scope_around(self.node).names.get("__name__", MISSING)
        if name == "__name__":
            return self.attributes.get(name, self.name)
        return self.attributes.get(name, MISSING)

    @property
    def builder(self) -> Function:
        return self

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        self.attributes[name] = new
        if name == "__defaults__":
            self._set_defaults(new)

    def _set_defaults(self, new: Any) -> None:
        """Set the defaults of the last parameters that may be passed by their places."""
        names = signature_of(self.node).by_place
        if isinstance(new, tuple | None) and len(new or ()) <= len(names):
            for name in names:
                self.defaults.pop(name, None)
            self.defaults |= dict(zip(reversed(names), reversed(new or ()), strict=False))
        else:
            self.is_decorated = True

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        remove_attribute(run, self.attributes, name)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.call_function(self, args, kwargs, node)

    def may_be_called(self, run: Run, node: ast.AST, seen: set[ast.AST]) -> None:
        forget_changes(run, self.node, self.scope, {}, node, seen)

    def may_be_chosen(self, run: Run, call: UnknownCall) -> None:
        may_change(run, self, self, call.args, call)

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
            return Method(self, receiver if receiver.is_class else receiver.cls)
        if "cached_property" in self.decorators:
            value = receiver.attributes[self.name] = self.call(run, [receiver], {}, node)
            return value
        return self.call(run, [receiver], {}, node) if self.is_property else Method(self, receiver)

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

    @property
    def builder(self) -> Method:
        return self

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return self.function.call(run, [self.receiver, *args], kwargs, node)

    def may_be_called(self, run: Run, node: ast.AST, seen: set[ast.AST]) -> None:
        function = self.function
        passed = signature_of(function.node).passed([self.receiver], {})
        forget_changes(run, function.node, function.scope, passed, node, seen)

    def may_be_chosen(self, run: Run, call: UnknownCall) -> None:
        may_change(run, self, self.function, [self.receiver, *call.args], call)


def may_change(run: Run, value: Value, function: Any, args: list[Any], call: UnknownCall) -> None:
    """Make unknown what the value may change, which the call may run as a function with `args`.

    Changes of models cannot be unknown: the call is followed, or not.
    """
    if not isinstance(function, Function):
        return
    passed = signature_of(function.node).passed(args, call.kwargs)
    if not changes_models(run, function.node, function.scope, passed, set()):
        forget_changes(run, function.node, function.scope, passed, call.node, set())
    elif call.is_of_value(run):
        value.call(run, call.args, call.kwargs, call.node)


class Return:
    """A function's return value, as a signal that ends the statements around it."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value
