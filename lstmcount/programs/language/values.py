"""What a program's values are while it is interpreted.

Plain Python values stand for themselves. A value that depends on data is an `Unknown` that
carries the words of the program for it; everything else that a program can hold is below.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language.run import MISSING, PYTHON_ERRORS, Value
from lstmcount.programs.language.setting_names import is_lasting
from lstmcount.programs.language.structures import first_unknown
from lstmcount.shapes import Unknown

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run
    from lstmcount.programs.language.scope import Scope


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Function(Value):
    """A function or lambda of the program."""

    __slots__ = ("attributes", "called", "decorators", "defaults", "name", "node", "owner", "scope")
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

    def __repr__(self) -> str:
        return self.name

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.name if name == "__name__" else self.attributes.get(name, MISSING)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        self.attributes[name] = new

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.call_function(self, args, kwargs, node)

    def bound(self, run: Run, receiver: Any, node: ast.AST) -> Any:
        """What an attribute of an object is whose class has this function under its name."""
        if "staticmethod" in self.decorators:
            return self
        if "classmethod" in self.decorators:
            return Method(self, receiver.cls)
        if any(name in ("property", "cached_property") for name in self.decorators):
            return run.call_function(self, [receiver], {}, node)
        return Method(self, receiver)


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
    """A class of the program; `bases` may be anything that a program can name there."""

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
        """This class and its bases in the order in which Python looks into them."""
        return self._ancestry

    def find(self, name: str, after: Class | None = None) -> Any:
        """The attribute of that name in the nearest class that has it; MISSING otherwise."""
        ancestry = self.ancestry()
        start = ancestry.index(after) + 1 if after in ancestry else 0
        for cls in ancestry[start:]:
            if isinstance(cls, Class) and name in cls.attributes:
                return cls.attributes[name]
        return MISSING

    def __repr__(self) -> str:
        return self.name

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "__name__":
            return self.name
        found = self.find(name)
        if isinstance(found, Function) and "classmethod" in found.decorators:
            return Method(found, self)
        return found

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        _keep(run, self.attributes, name, new, node)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.instantiate(self, args, kwargs, node)

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        return list(self.attributes.get("__members__", {}).values()) or None

    def has_instance(self, value: Any) -> Any:
        return isinstance(value, Instance) and self in value.cls.ancestry()

    def is_subclass(self, kind: Any) -> Any:
        if any(base is kind or base == kind for base in self._ancestry):
            return True
        return next((base for base in self._ancestry if isinstance(base, Unknown)), False)


def ancestry_of(base: Any) -> list[Any]:
    return base.ancestry() if isinstance(base, Class) else [base]


def _merged(orders: list[list[Any]], bases: list[Any]) -> list[Any]:
    """Python's order of resolution (C3): each class before its bases, and bases as they stand.

    Where there is no such order, which Python refuses, each stands where it is first met.
    """
    rows = [[id(one) for one in order] for order in (*orders, bases)]
    classes = {id(one): one for order in (*orders, bases) for one in order}
    waiting = Counter([key for row in rows for key in row[1:]])  # the rows where it has one before
    heads = [0] * len(rows)
    found: list[Any] = []
    while len(found) < len(classes):
        for row, head in zip(rows, heads, strict=True):
            if head < len(row) and not waiting[row[head]]:
                break
        else:
            return list(classes.values())
        key = row[head]
        found.append(classes[key])
        for index, row in enumerate(rows):
            if heads[index] < len(row) and row[heads[index]] == key:
                heads[index] += 1
                if heads[index] < len(row):
                    waiting[row[heads[index]]] -= 1
    return found


class Instance(Value):
    """An object of a class of the program."""

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.attributes: dict[str, Any] = {}

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name in self.attributes:
            return self.attributes[name]
        if name == "__class__":
            return self.cls
        if name == "__dict__":
            return self.attributes
        found = self.cls.find(name)
        return found.bound(run, self, node) if isinstance(found, Function) else found

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        _keep(run, self.attributes, name, new, node)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        method = self.cls.find("__call__")
        if isinstance(method, Function):
            return run.call_function(method, [self, *args], kwargs, node)
        return super().call(run, args, kwargs, node)

    def inherited(self, run: Run, name: str) -> Any:
        return Native(name, lambda *args, **kwargs: None) if name == "__init__" else MISSING

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        inner = self.attributes.get("__items__")
        return list(inner) if isinstance(inner, list | tuple) else None

    def length(self, run: Run, node: ast.AST) -> Any:
        method = self.cls.find("__len__")
        if isinstance(method, Function):
            return run.call(method, [self], {}, node)
        return MISSING

    def type_of(self) -> Any:
        return self.cls


class Super(Value):
    """`super()` in a method: the receiver, with what the classes after this one have."""

    __slots__ = ("after", "receiver")

    def __init__(self, receiver: Any, after: Class) -> None:
        self.receiver = receiver
        self.after = after

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        found = self.receiver.cls.find(name, after=self.after)
        if isinstance(found, Function):
            return found.bound(run, self.receiver, node)
        return self.receiver.inherited(run, name) if found is MISSING else found


def call_words(
    run: Run,
    name: str,
    args: list[Any],
    kwargs: dict[str, Any],
    node: ast.AST,
) -> str:
    """The words for a call's result: `len(vocab)`, with the words of what is unknown in it."""
    if len(args) == 1 and not kwargs and isinstance(args[0], Unknown):
        text = args[0].text or "?"
        if name in ("int", "float", "round", "abs", "list", "tuple", "str", "sorted"):
            return text
        return f"{name}({text})"
    return run.source_of(node)


Raw = Callable[[Any, list[Any], dict[str, Any], ast.AST], Any]


class Native(Value):
    """A function that the reader itself provides.

    With `raw` it is given the interpreter, the arguments and the call, unknowns included; else
    plain arguments only, and an unknown among them makes the result unknown.
    """

    __slots__ = ("function", "members", "name", "plain", "raw")
    is_callable = True

    def __init__(self, name: str, function: Callable[..., Any], raw: bool = False) -> None:
        self.name = name
        self.function = function
        self.raw = raw
        self.plain: type | None = None  # the type of Python that it stands for
        self.members: Callable[[str], Any] | None = None  # of a type: its methods by name

    def __repr__(self) -> str:
        return self.name

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "__name__":
            return self.name.rpartition(".")[2]
        return MISSING if self.members is None else self.members(name)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """The result of the function; unknown for what Python itself would refuse."""
        try:
            if self.raw:
                return self.function(run, args, kwargs, node)
            if first_unknown([args, kwargs]) is not None:
                return run.unknown(call_words(run, self.name, args, kwargs, node))
            for one in args:
                if type(one) is range:  # Python may go through all of it
                    run.spend(len(one), node)
            result = self.function(*args, **kwargs)
        except PYTHON_ERRORS:
            return run.unknown(run.source_of(node))
        if isinstance(result, str | bytes | list | dict | set | frozenset | tuple):
            run.spend(len(result), node)
        return result

    def has_instance(self, value: Any) -> Any:
        if self.plain is None:
            return False
        if isinstance(value, Instance) and value.cls.is_subclass(self) is True:
            return True
        return isinstance(value, self.plain)

    def is_subclass(self, kind: Any) -> Any:
        if isinstance(kind, Native) and self.plain is not None and kind.plain is not None:
            return issubclass(self.plain, kind.plain)
        return self is kind


class Module(Value):
    """A module that the reader knows, under its canonical dotted name."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def __repr__(self) -> str:
        return self.path

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return run.libraries.imported(self.path, name)

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        return run.unknown(f"{self.path}.{name}")


class Namespace(Value):
    """A bag of attributes: parsed arguments, SimpleNamespace, named tuples, enum members."""

    def __init__(self, attributes: dict[str, Any]) -> None:
        self.attributes = attributes

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.attributes.get(name, MISSING)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        _keep(run, self.attributes, name, new, node)

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


def _keep(run: Run, attributes: dict[str, Any], name: str, new: Any, node: ast.AST) -> None:
    """Set an attribute; an unknown one to what the user gave for it."""
    if isinstance(new, Unknown):
        key = f"self.{name}"
        if run.settings and (words := run.source_of(node)) in run.settings:
            new = run.settings.use(words)
        elif run.settings and key in run.settings:
            new = run.settings.use(key)
        elif not is_lasting(new.text):
            new = Unknown(run.source_of(node))
    attributes[name] = new
    if isinstance(new, Value) and new.is_model:
        run.bindings.append((run.source_of(node), new, getattr(node, "lineno", 0)))


class Return:
    """What a function gives back, on its way out of the statements that it stands in."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Stop(Exception):  # noqa: N818 (not an error of ours)
    """The program's own way out: an exception that it raises, or `sys.exit()`."""

    def __init__(self, value: Any = None) -> None:
        super().__init__()
        self.value = value
