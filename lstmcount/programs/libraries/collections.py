"""Classes of `collections`."""

from __future__ import annotations

import ast
from collections import Counter, OrderedDict
from functools import partial
from typing import Any

from lstmcount.programs.language.builtin_functions import BUILTINS
from lstmcount.programs.language.classes import named_tuple
from lstmcount.programs.language.elements import items
from lstmcount.programs.language.natives import provides
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import first_unknown
from lstmcount.shapes import Unknown

TABLE: dict[str, Any] = {"collections.OrderedDict": BUILTINS["dict"]}
_provides = partial(provides, TABLE)


@_provides("collections.Counter")
def _counter(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if args and isinstance(args[0], dict):
        return Counter({**args[0], **kwargs})
    elements = items(run, args[0], node) if args else []
    if elements is None or first_unknown(elements) is not None:
        return run.unknown(run.source_of(node))
    counts = Counter(elements)
    counts.update(kwargs)
    return counts


@_provides("collections.deque")
def _deque(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A list that has the methods of a deque, too; an unknown if its length is limited."""
    limits = [*args[1:], *kwargs.values()]
    if any(limit is not None for limit in limits):
        return run.unknown(run.source_of(node))
    return run.call(BUILTINS["list"], args[:1], {}, node)


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
    return named_tuple(args[0], names, defaults or [], Unknown("NamedTuple"))
