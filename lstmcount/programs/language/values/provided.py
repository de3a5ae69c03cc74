"""Values that the reader itself provides: functions, types, modules, and attribute containers."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.run import MISSING, PYTHON_ERRORS, Run
from lstmcount.programs.language.source.setting_names import is_stable_name
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.values.special_methods import WithSpecialMethods
from lstmcount.programs.language.values.value import UnknownCall, Value
from lstmcount.shapes import Unknown


def call_words(
    run: Run,
    name: str,
    args: list[Any],
    kwargs: dict[str, Any],
    node: ast.AST,
) -> str:
    """The text of a call: `len(vocab)` for one unknown argument, else the call's source."""
    if len(args) == 1 and not kwargs and isinstance(args[0], Unknown):
        text = args[0].text or "?"
        if name in ("int", "float", "round", "abs", "list", "tuple", "str", "sorted"):
            return text
        return f"{name}({text})"
    return run.source_of(node)


Raw = Callable[[Any, list[Any], dict[str, Any], ast.AST], Any]


class Native(Value):
    """A function that the reader itself provides.

    With `raw`, the function takes the interpreter, the arguments (including unknowns) and the call
    node. Otherwise it takes plain arguments, and an unknown argument makes the result unknown.
    """

    __slots__ = ("function", "members", "name", "plain", "raw")
    is_callable = True

    def __init__(self, name: str, function: Callable[..., Any], raw: bool = False) -> None:
        self.name = name
        self.function = function
        self.raw = raw
        self.plain: type | None = None  # the Python type that this function creates
        self.members: Callable[[str], Any] | None = None  # the methods of a type, by name

    def __repr__(self) -> str:
        return self.name

    @property
    def is_class(self) -> bool:  # type: ignore[override]
        return self.plain is not None

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "__name__":
            return self.name.rpartition(".")[2]
        return MISSING if self.members is None else self.members(name)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """The function's result; an unknown if Python itself would raise an exception."""
        try:
            if self.raw:
                return self.function(run, args, kwargs, node)
            if first_unknown([args, kwargs]) is not None:
                return run.unknown(call_words(run, self.name, args, kwargs, node))
            for argument in args:
                if type(argument) is range:  # Python may iterate over the whole range
                    run.spend(len(argument), node)
            result = self.function(*args, **kwargs)
        except PYTHON_ERRORS as error:
            if not self.raw:
                run.fail(error)
            return run.unknown(run.source_of(node))
        if isinstance(result, str | bytes | list | dict | set | frozenset | tuple):
            run.spend(len(result), node)
        return result

    def may_be_chosen(self, run: Run, call: UnknownCall) -> None:
        if call.is_of_value(run):
            self.call(run, call.args, call.kwargs, call.node)

    def has_instance(self, value: Any) -> Any:
        if self.plain is None:
            return False
        if isinstance(value, WithSpecialMethods) and value.cls.is_subclass(self) is True:
            return True
        return isinstance(value, self.plain)

    def is_subclass(self, kind: Any) -> Any:
        if isinstance(kind, Native) and self.plain is not None and kind.plain is not None:
            return issubclass(self.plain, kind.plain)
        return self is kind


class ForeignType(Value):
    """`type(tensor)`, `type(array)`: no type of Python's; which class of a library is not known."""

    is_class = True
    strength = 1
    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def is_same(self, other: Any) -> Any:
        is_of_python = isinstance(other, Native) and other.plain is not None
        return False if is_of_python else Unknown(self.text)

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        same = self.is_same(right if left is self else left)
        return same if isinstance(same, Unknown) else op is ast.NotEq

    def has_instance(self, value: Any) -> Any:
        return Unknown(self.text)

    def is_subclass(self, kind: Any) -> Any:
        return self.is_same(kind)


class Module(Value):
    """A library module that the reader knows, under its canonical dotted name."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def __repr__(self) -> str:
        return self.path

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return self if name == "__dict__" else run.libraries.imported(self.path, name)

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """`vars(module)[key]`."""
        value = self.attribute(run, key, node) if isinstance(key, str) else MISSING
        if isinstance(key, Unknown):
            run.choices.note(run.source_of(node), key, run.libraries.examples(self.path), node)
        return super().item(run, key, node) if value is MISSING else value

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        if why := run.libraries.why_missing(self.path, name):
            run.failed_imports.note(run.source_of(node), node, why)
        return run.unknown(f"{self.path}.{name}")

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        replaced = self.attribute(run, name, node)
        is_class = isinstance(replaced, Value) and replaced.is_class
        if is_class and replaced is not new and not derives_from(new, replaced):
            text = f"this replaces {self.path}.{name}, and what its users get is not followed"
            raise run.error(node, text)
        run.libraries.set_attribute(self.path, name, new)


def derives_from(value: Any, base: Any) -> bool:
    """Whether a value is a class of the program that derives from another class."""
    ancestry: Any = getattr(value, "ancestry", None)  # which only classes of the program have
    return isinstance(value, Value) and ancestry is not None and base in ancestry()[1:]


class Namespace(Value):
    """A container of attributes: parsed arguments, SimpleNamespace, named tuples, enum members."""

    def __init__(self, attributes: dict[str, Any]) -> None:
        self.attributes = attributes

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "__dict__" and "__items__" not in self.attributes:
            return self.attributes
        return self.attributes.get(name, MISSING)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        store_attribute(run, self.attributes, name, new, node)

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        remove_attribute(run, self.attributes, name)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        if "__call__" in self.attributes:
            return run.call(self.attributes["__call__"], args, kwargs, node)
        return super().call(run, args, kwargs, node)

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        inner = self.attributes.get("__items__")
        return list(inner) if isinstance(inner, list | tuple) else None

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        inner = self.elements(run, node)
        if inner is None or not isinstance(key, int | slice):
            return super().item(run, key, node)
        try:
            return inner[key]
        except (TypeError, LookupError, ValueError):  # as in `elements.item`
            return super().item(run, key, node)


def store_attribute(
    run: Run, attributes: dict[str, Any], name: str, new: Any, node: ast.AST
) -> None:
    """Set an attribute. An unknown is replaced by the value that the user set for the attribute."""
    if isinstance(new, Unknown):
        path = run.path_of(node)
        text = run.words_at(path, node)
        run.noted.note_text(path, node, new.text)
        is_again = text != path and node in run.noted.places.bound_again
        key = f"self.{name}"
        if run.settings and text in run.settings:
            new = run.settings.use(text)
        elif run.settings and key in run.settings and key not in run.set_apart:
            new = run.settings.use(key)
        elif not (is_again or is_stable_name(new.text) or isinstance(node, ast.Call)):  # `setattr`
            run.rename(new.text, text)
            new = Unknown(text)
            run.with_unknown.setdefault(text, {})[id(attributes)] = attributes
        run.noted.note_place(path, text, new)
    attributes[name] = new
    if isinstance(new, Value) and new.is_model:
        run.bindings.append((run.source_of(node), new, getattr(node, "lineno", 0)))


def remove_attribute(run: Run, attributes: dict[str, Any], name: str) -> None:
    if attributes.pop(name, MISSING) is MISSING:
        run.fail(AttributeError())


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())
