"""What a program's values are while it is interpreted.

Plain Python values stand for themselves. A value that depends on data is an `Unknown` that
carries the words of the program for it; everything else that a program can hold is below.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from lstmcount.shapes import Unknown


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Scope:
    """The names of a module, a function call or a class body."""

    __slots__ = ("declared", "names", "parent", "stars")

    def __init__(self, parent: Scope | None = None, names: dict[str, Any] | None = None) -> None:
        self.names: dict[str, Any] = {} if names is None else names
        self.parent = parent
        self.declared: dict[str, Scope] = {}  # by `global` and `nonlocal`
        self.stars: list[str] = []  # modules whose names are all imported

    def find(self, name: str) -> Scope | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.parent
        return None

    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def bind(self, name: str, value: Any) -> None:
        self.declared.get(name, self).names[name] = value


class Function:
    """A function or lambda of the program."""

    __slots__ = ("attributes", "called", "decorators", "defaults", "name", "node", "owner", "scope")

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


class Method:
    """A function of the program bound to an object."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: Any, receiver: Any) -> None:
        self.function = function
        self.receiver = receiver


class Class:
    """A class of the program; `bases` may be anything that a program can name there."""

    __slots__ = ("_ancestry", "attributes", "bases", "called", "name", "node")

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


class Instance:
    """An object of a class of the program."""

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.attributes: dict[str, Any] = {}


class Super:
    __slots__ = ("after", "receiver")

    def __init__(self, receiver: Any, after: Class) -> None:
        self.receiver = receiver
        self.after = after


Raw = Callable[[Any, list[Any], dict[str, Any], ast.AST], Any]


class Native:
    """A function that the reader itself provides.

    With `raw` it is given the interpreter, the arguments and the call, unknowns included; else
    plain arguments only, and an unknown among them makes the result unknown.
    """

    __slots__ = ("function", "name", "raw")

    def __init__(self, name: str, function: Callable[..., Any], raw: bool = False) -> None:
        self.name = name
        self.function = function
        self.raw = raw

    def __repr__(self) -> str:
        return self.name


class Module:
    """A module that the reader knows, under its canonical dotted name."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def __repr__(self) -> str:
        return self.path


class Namespace:
    """A bag of attributes: parsed arguments, SimpleNamespace, named tuples, enum members."""

    def __init__(self, attributes: dict[str, Any]) -> None:
        self.attributes = attributes


class _Missing:
    def __bool__(self) -> bool:
        return False


MISSING: Any = _Missing()


class Stop(Exception):  # noqa: N818 (not an error of ours)
    """The program's own way out: an exception that it raises, or `sys.exit()`."""

    def __init__(self, value: Any = None) -> None:
        super().__init__()
        self.value = value


MAX_LOOKED_AT = 100_000  # elements of a structure in which an unknown is looked for


def first_unknown(value: Any) -> Unknown | None:
    """An unknown in a plain structure, if there is one; the outermost of them."""
    level, seen = [value], 0
    while level and seen < MAX_LOOKED_AT:
        deeper: list[Any] = []
        for one in level:
            if isinstance(one, Unknown):
                return one
            if isinstance(one, list | tuple | set | dict):
                seen += len(one)
                if seen < MAX_LOOKED_AT:
                    deeper += one.values() if isinstance(one, dict) else one
        level = deeper
    return None


_HOLDING = (list, tuple, set, frozenset, dict, str, bytes)
_LARGE = 2**64  # an integer beyond is worked on piece by piece, as a string is
MAX_EFFORT = 200_000  # of comparing, printing or hashing a structure
MAX_SHOWN = 100  # the work that a message may put into showing a value


def effort(values: Iterable[Any], most: int) -> int:
    """The work of going through structures: 1 for each, 1 more for 16 elements that it holds.

    An inner one counts each time it is reached, for it is gone through each time: a list that
    holds itself, or the same list twice at each of many levels, is endless to whoever compares,
    prints or hashes it. Counting stops soon after `most`.

    >>> pair = [1, 2]
    >>> effort([[pair, pair], "ab"], 100), effort([[0] * 1600], 100)
    (4, 101)
    """
    count, todo = 0, [value for value in values if _is_work(value)]
    while todo and count <= most:
        one = todo.pop()
        if isinstance(one, int):
            count += 1 + one.bit_length() // 128
            continue
        count += 1 + len(one) // 16
        if not isinstance(one, str | bytes) and count <= most:
            inner = [*one, *one.values()] if isinstance(one, dict) else one
            todo += [value for value in inner if _is_work(value)]
    return count


def _is_work(value: Any) -> bool:
    if isinstance(value, int):
        return not -_LARGE < value < _LARGE
    return isinstance(value, _HOLDING)


def shown(value: Any) -> str:
    """The value in a message: as Python writes it where that is short, else its kind.

    >>> shown([1, "a"]), shown([0] * 10_000), shown(10**10_000)
    ("[1, 'a']", '<list>', '<int>')
    """
    if effort([value], MAX_SHOWN) > MAX_SHOWN:
        return f"<{type(value).__name__}>"
    try:
        return repr(value)
    except Exception:
        return f"<{type(value).__name__}>"
