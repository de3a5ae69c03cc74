"""Classes of `collections`."""

from __future__ import annotations

import ast
import keyword
from collections import Counter, OrderedDict
from functools import partial
from typing import Any

from lstmcount.programs.language.builtins.builtin_functions import BUILTINS
from lstmcount.programs.language.objects.classes import named_tuple
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import unknown_among
from lstmcount.programs.language.types import methods
from lstmcount.programs.language.types.deques import Deque
from lstmcount.programs.language.values.elements import item, items
from lstmcount.programs.language.values.natives import arguments_by_name, provides
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

TABLE: dict[str, Any] = {"collections.OrderedDict": BUILTINS["dict"]}
_provides = partial(provides, TABLE)
_CHANGING = ("update", "pop", "popitem", "setdefault", "clear")


@_provides("collections.Counter")
def _counter(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if args and isinstance(args[0], dict):
        return Counter({**args[0], **kwargs})
    elements = items(run, args[0], node) if args else []
    if elements is None or unknown_among(elements) is not None:
        return run.unknown(run.source_of(node))
    counts = Counter(elements)
    counts.update(kwargs)
    return counts


@_provides("collections.deque")
def _deque(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A list that has the methods of a deque, too."""
    passed = arguments_by_name(("iterable", "maxlen"), args, kwargs)
    given, limit = passed.get("iterable"), passed.get("maxlen")
    elements = run.call(BUILTINS["list"], [] if given is None else [given], {}, node)
    if not isinstance(elements, list):
        return elements
    is_length = limit is None or (isinstance(limit, int) and limit >= 0)
    return Deque(elements, limit) if is_length else run.unknown(run.source_of(node))


class _ChainMap(Value):
    """`ChainMap(first, …)`: the entries of several dicts, of which the first wins."""

    def __init__(self, maps: list[dict[Any, Any]]) -> None:
        self.maps = maps

    @property
    def inner(self) -> Any:
        return {key: value for each in reversed(self.maps) for key, value in each.items()}

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "maps":
            return self.maps
        if name == "parents":
            return _ChainMap(self.maps[1:] or [{}])
        if name == "new_child":
            return Native(name, lambda more=None: _ChainMap([more or {}, *self.maps]))
        return methods.method(run, self.maps[0], name, node) if name in _CHANGING else MISSING

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        return items(run, self.inner, node)

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        return item(run, self.inner, key, node)

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> Any:
        return self.maps[0]

    def delete_item(self, run: Run, key: Any, node: ast.AST) -> Any:
        return self.maps[0]

    def truth(self, run: Run) -> Any:
        return bool(self.inner)


@_provides("collections.ChainMap")
def _chain_map(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if not all(isinstance(each, dict) and not run.is_open(each) for each in args):
        return run.unknown(run.source_of(node))
    run.spend(sum(map(len, args)), node)
    return _ChainMap(list(args) or [{}])


@_provides("collections.defaultdict")
def _defaultdict(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    entries = run.call(BUILTINS["dict"], args[1:], kwargs, node)
    if not isinstance(entries, dict):
        return run.unknown(run.source_of(node))
    return _DefaultDict(args[0] if args else None, entries)


class _DefaultDict(OrderedDict[Any, Any]):
    def __init__(self, default_factory: Any, entries: dict[Any, Any]) -> None:
        super().__init__(entries)
        self.default_factory = default_factory

    def __copy__(self) -> _DefaultDict:
        return _DefaultDict(self.default_factory, self)


@_provides("collections.namedtuple")
def _namedtuple(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    fields = args[1].replace(",", " ").split() if isinstance(args[1], str) else args[1]
    names = items(run, fields, node)
    if names is None:
        return run.unknown(run.source_of(node))
    defaults = items(run, kwargs.get("defaults") or (), node)
    if not isinstance(args[0], str) or not all(isinstance(name, str) for name in names):
        return run.unknown(run.source_of(node))
    if kwargs.get("rename") is True:
        names = [name if _is_field(name, names[:at]) else f"_{at}" for at, name in enumerate(names)]
    return named_tuple(args[0], names, defaults or [], Unknown("NamedTuple"))


def _is_field(name: str, before: list[str]) -> bool:
    is_name = name.isidentifier() and not keyword.iskeyword(name)
    return is_name and not name.startswith("_") and name not in before
