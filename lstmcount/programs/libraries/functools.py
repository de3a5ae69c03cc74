"""Functions of `functools`: partial calls, caches, and functions that dispatch on a type."""

from __future__ import annotations

import ast
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import first_unknown, shown
from lstmcount.programs.language.types.builtin_types import is_instance
from lstmcount.programs.language.values.callbacks import give_to_unknown
from lstmcount.programs.language.values.elements import items, like
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

DEFAULT_SIZE = 128  # of the results that `lru_cache` keeps
TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)


@_provides("functools.partial")
def _partial(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    function, first, named = args[0], list(args[1:]), dict(kwargs)

    def call(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        passed = like(run, kwargs, {**named, **kwargs})
        return run.call(function, [*first, *args], passed, node)

    return _Partial(str(function), call, [function, *first, *named.values()])


@_provides("functools.partialmethod")
def _partial_method(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _PartialMethod(args, kwargs)


class _PartialMethod(Value):
    """A method with some of its arguments: in an object, a partial of that object's method."""

    is_callable = True

    def __init__(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        self.args = args
        self.kwargs = kwargs

    def bound(self, run: Run, receiver: Any, node: ast.AST) -> Any:
        function, *first = self.args
        method = function.bound(run, receiver, node) if isinstance(function, Value) else function
        return _partial(run, [method, *first], self.kwargs, node)


class _Partial(Native):
    """A function with some of its arguments."""

    __slots__ = ("parts",)

    def __init__(self, name: str, call: Any, parts: list[Any]) -> None:
        super().__init__(name, call, raw=True)
        self.parts = parts

    @property
    def calls(self) -> Any:
        """What it calls."""
        return self.parts[0]

    def may_be_called(self, run: Run, node: ast.AST, seen: set[ast.AST]) -> None:
        give_to_unknown(run, self.parts, {}, node)


@_provides("functools.reduce")
def _reduce(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    values = items(run, args[1], node)
    if values is None or (not values and len(args) < 3):
        give_to_unknown(run, args[:1], {}, node)
        return first_unknown(args) or run.unknown(run.source_of(node))
    values = [*args[2:3], *values]
    value = values[0]
    for item in values[1:]:
        value = run.call(args[0], [value, item], {}, node)
    return value


@_provides("functools.wraps")
def _wraps(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    wrapped = args[0]

    def decorator(function: Any) -> Any:
        if isinstance(function, Function) and isinstance(wrapped, Function):
            function.name = wrapped.name
            function.attributes.update(wrapped.attributes, __wrapped__=wrapped)
        return function

    return Native("decorator", decorator)


@_provides("functools.total_ordering")
def _total_ordering(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return args[0]


# -- caches ---------------------------------------------------------------------------------------


class _Cache:
    """The results of a function by its arguments, up to `size` of them."""

    def __init__(self, size: int | None) -> None:
        self.size = size
        self.results: OrderedDict[Any, Any] = OrderedDict()
        self.has_unknowns = False  # among the arguments

    def result(
        self, run: Run, args: list[Any], kwargs: Any, node: ast.AST, compute: Callable[[], Any]
    ) -> Any:
        run.weigh(node, args, kwargs)
        key = (*args, MISSING, *[part for entry in kwargs.items() for part in entry])
        self.has_unknowns = self.has_unknowns or first_unknown(key) is not None
        if self.has_unknowns:
            key = next((kept for kept in self.results if _is_same(run, kept, key, node)), key)
        try:
            result = self.results.pop(key, MISSING)
        except TypeError as error:  # an argument without a hash
            run.fail(error)
            return run.unknown(run.source_of(node))
        self.results[key] = compute() if result is MISSING else result
        if self.size is not None and len(self.results) > self.size:
            self.results.popitem(last=False)
        return self.results.get(key, result)

    def clear(self) -> None:
        self.results.clear()


def _is_same(run: Run, kept: tuple[Any, ...], key: tuple[Any, ...], node: ast.AST) -> bool:
    """Whether arguments equal others. Where that depends on unknowns, both ways are followed."""
    run.spend(8 * len(kept), node)
    if len(kept) != len(key):
        return False
    open_pairs = []
    for one, other in zip(kept, key, strict=True):
        if _is_one_unknown(one, other):
            continue
        if first_unknown((one, other)) is not None:
            open_pairs.append((one, other))
        elif one != other:
            return False
    text = " and ".join([f"{shown(one)} == {shown(other)}" for one, other in open_pairs])
    return not text or bool(run.decide(Unknown(text), node, text, 0))


def _is_one_unknown(one: Any, other: Any) -> bool:
    """Whether two values are the same unknown. Two calls with the same text may differ."""
    if not isinstance(one, Unknown) or not isinstance(other, Unknown):
        return False
    return one is other or (one.text == other.text and "(" not in (one.text or "("))


class _Cached(Function):
    """A function of the program that keeps its results."""

    __slots__ = ("cache",)

    def __init__(self, function: Function, cache: _Cache) -> None:
        super().__init__(function.node, function.scope)
        self.defaults, self.decorators = function.defaults, function.decorators
        self.name = function.name
        self.cache = cache
        self.attributes = {**function.attributes, "cache_clear": Native("clear", cache.clear)}

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        def compute() -> Any:
            return run.call_function(self, args, kwargs, node)

        return self.cache.result(run, args, kwargs, node, compute)


def _caching(size: int | None) -> Any:
    """The decorator that gives a function a cache of that size."""

    def decorate(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        function, cache = args[0], _Cache(size)
        if isinstance(function, Function):
            return _Cached(function, cache)

        def call(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
            return cache.result(
                run, args, kwargs, node, lambda: run.call(function, args, kwargs, node)
            )

        return Native(str(function), call, raw=True)

    return decorate


provides(TABLE, "functools.cache")(_caching(None))


@_provides("functools.lru_cache")
def _lru_cache(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    size = [*args, kwargs.get("maxsize", DEFAULT_SIZE)][0]
    if isinstance(size, Value):  # `@lru_cache` without parentheses
        return _caching(DEFAULT_SIZE)(run, args, {}, node)
    if isinstance(size, Unknown):
        return run.unknown(run.source_of(node))
    return Native("decorator", _caching(size), raw=True)


@_provides("functools.cached_property")
def _cached_property(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return args[0].marked("cached_property") if isinstance(args[0], Function) else args[0]


# -- functions that dispatch on the type of their first argument ----------------------------------


class _Dispatching(Value):
    """A `singledispatch` function; `functions` are (type, function), the last registered first."""

    is_callable = True
    place = 0  # of the argument that decides

    def __init__(self, default: Any) -> None:
        self.default = default
        self.functions: list[tuple[Any, Any]] = []

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return Native(name, self._register, raw=True) if name == "register" else MISSING

    def _register(self, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        kind, *functions = args
        if isinstance(kind, Function):  # its annotation names the type
            arguments = kind.node.args
            deciding = [*arguments.posonlyargs, *arguments.args][self.place :][:1]
            annotations = [arg.annotation for arg in deciding if arg.annotation is not None]
            kinds = [run.evaluate(annotation, kind.scope) for annotation in annotations]
            return self._add(kinds[0] if kinds else run.unknown(run.source_of(node)), kind)
        if functions:
            return self._add(kind, functions[0])
        return Native("register", partial(self._add, kind))

    def _add(self, kind: Any, function: Any) -> Any:
        self.functions.insert(0, (kind, function))
        return function

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        function, chosen = self.default, None
        for kind, candidate in self.functions:
            fits = is_instance(args[self.place], kind)
            if isinstance(fits, Unknown):
                return run.unknown(run.source_of(node))
            is_nearer = chosen is None or (isinstance(kind, Value) and kind.is_subclass(chosen))
            if fits and is_nearer:
                function, chosen = candidate, kind
        return run.call(function, args, kwargs, node)


class _DispatchingMethod(_Dispatching):
    """A `singledispatchmethod`."""

    place = 1

    def bound(self, run: Run, receiver: Any, node: ast.AST) -> Any:
        return Native("method", partial(self._call_on, receiver), raw=True)

    def _call_on(self, receiver: Any, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return self.call(run, [receiver, *args], kwargs, node)


@_provides("functools.singledispatch")
def _singledispatch(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _Dispatching(args[0])


@_provides("functools.singledispatchmethod")
def _singledispatchmethod(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _DispatchingMethod(args[0])
