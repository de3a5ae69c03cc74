"""The functions of `itertools`, for known elements.

The number of tuples is computed from the lengths of the arguments before they are created.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterable
from collections.abc import Iterator as Rounds
from typing import Any

from lstmcount.programs.language.run import MISSING, Run, UnknownRest
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.values.elements import items, rounds
from lstmcount.programs.language.values.iterators import Iterator
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.operators import binary, compare, truth_of
from lstmcount.programs.language.values.provided import Raw
from lstmcount.shapes import Unknown

MAX_TUPLES = 10_000  # in the result of one call
MAX_ELEMENTS = 200_000  # in all tuples of the result
MAX_TEES = 1_000  # iterators that `tee` returns
TABLE: dict[str, Any] = {}


def _provides(*names: str) -> Callable[[Raw], Raw]:
    """Register a function whose elements are taken one by one."""

    def register(function: Raw) -> Raw:
        def iterator(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
            result = function(run, args, kwargs, node)
            is_unknown = isinstance(result, Unknown)
            return result if is_unknown else Iterator(run, node, result, args)

        provides(TABLE, *names)(iterator)
        return function

    return register


def _lists(run: Run, args: Iterable[Any], node: ast.AST) -> list[list[Any]] | None:
    """The elements of each argument; None if an argument is unknown."""
    lists = [items(run, arg, node) for arg in args]
    known = [elements for elements in lists if elements is not None]
    return known if len(known) == len(lists) else None


def _unknown(run: Run, args: list[Any], node: ast.AST) -> Any:
    return first_unknown(args) or run.unknown(run.source_of(node))


def _product(factors: Iterable[int]) -> int:
    """The product of positive numbers; it stops as soon as it exceeds MAX_TUPLES.

    >>> _product([3, 4]), _product(range(20_000, 0, -1))
    (12, 20000)
    """
    count = 1
    for factor in factors:
        count *= factor
        if count > MAX_TUPLES:
            break
    return count


def _chosen(n: int, k: int) -> int:
    """The number of ways to choose k of n; it stops as soon as it exceeds MAX_TUPLES.

    >>> _chosen(5, 3), _chosen(2, 3), _chosen(40_000, 20_000)
    (10, 0, 40000)
    """
    if k > n:
        return 0
    count = 1
    for i in range(min(k, n - k)):
        count = count * (n - i) // (i + 1)
        if count > MAX_TUPLES:
            break
    return count


def _tuples(
    run: Run, count: int, width: int, make: Callable[[], Iterable[Any]], node: ast.AST
) -> Any:
    """`count` tuples of `width` elements; an unknown if there are too many."""
    if count > MAX_TUPLES or count * width > MAX_ELEMENTS:
        return run.unknown(run.source_of(node))
    run.spend(count * (1 + width), node)
    return list(make())


@_provides("itertools.product")
def _cartesian(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    pools, repeat = _lists(run, args, node), kwargs.get("repeat", 1)
    if pools is None or not isinstance(repeat, int) or not 0 <= repeat <= MAX_TUPLES:
        return _unknown(run, args, node)
    if not all(pools):
        return [] if repeat else [()]
    lengths = [len(pool) for pool in pools]
    width = len(pools) * repeat
    if width > MAX_ELEMENTS:
        return _unknown(run, args, node)
    count = _product(lengths * repeat)
    return _tuples(run, count, width, lambda: itertools.product(*pools, repeat=repeat), node)


def _choosing(
    name: str,
    count: Callable[[int, int], int],
    choose: Callable[[list[Any], int], Iterable[Any]],
    default: Callable[[int], int] | None = None,
) -> None:
    """Register a function that chooses r of n elements in `count(n, r)` ways."""

    @_provides(name)
    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        pool = items(run, args[0], node)
        if pool is None:
            return _unknown(run, args, node)
        r = args[1] if len(args) > 1 else kwargs.get("r")
        if r is None and default is not None:
            r = default(len(pool))
        if not isinstance(r, int) or not 0 <= r <= MAX_ELEMENTS:
            return _unknown(run, [r], node)
        return _tuples(run, count(len(pool), r), r, lambda: choose(pool, r), node)


_choosing(
    "itertools.permutations",
    lambda n, r: _product(range(n, n - r, -1)) if r <= n else 0,
    itertools.permutations,
    default=lambda n: n,
)
_choosing("itertools.combinations", _chosen, itertools.combinations)
_choosing(
    "itertools.combinations_with_replacement",
    lambda n, r: _chosen(n + r - 1, r) if n else int(r == 0),
    itertools.combinations_with_replacement,
)


@_provides("itertools.chain")
def _chain(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    known = [values for arg in args if (values := rounds(run, arg, node)) is not None]
    if len(known) < len(args):
        return _unknown(run, args, node)
    return itertools.chain.from_iterable(known)


@_provides("itertools.chain.from_iterable")
def _chain_of(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    iterables = rounds(run, args[0], node)
    if iterables is None:
        return _unknown(run, args, node)
    return itertools.chain.from_iterable(_known_rounds(run, part, node) for part in iterables)


def _known_rounds(run: Run, value: Any, node: ast.AST) -> Rounds[Any]:
    values = rounds(run, value, node)
    if values is None:
        raise UnknownRest
    return values


@_provides("itertools.repeat")
def _repeat(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    times = [*args[1:], *kwargs.values()]
    unknown_times = first_unknown(times)
    return unknown_times or itertools.repeat(args[0], *times)


@_provides("itertools.count")
def _count(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    start, step = {
        "start": 0,
        "step": 1,
        **dict(zip(("start", "step"), args, strict=False)),
        **kwargs,
    }.values()
    return first_unknown([start, step]) or itertools.count(start, step)


@_provides("itertools.cycle")
def _cycle(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    values = rounds(run, args[0], node)
    return _unknown(run, args, node) if values is None else itertools.cycle(values)


@_provides("itertools.islice")
def _islice(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    source, *bounds = args
    unknown_bound = first_unknown(bounds)
    if unknown_bound is not None:
        return unknown_bound
    selection = slice(*bounds)
    if any(
        part is not None and part < 0 for part in (selection.start, selection.stop, selection.step)
    ):
        return run.unknown(run.source_of(node))
    elements = iter(source[selection]) if isinstance(source, range) else rounds(run, source, node)
    if elements is None:
        return _unknown(run, args, node)
    return elements if isinstance(source, range) else itertools.islice(elements, *bounds)


@_provides("itertools.zip_longest", "itertools.izip_longest")
def _zip_longest(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    known = [values for arg in args if (values := rounds(run, arg, node)) is not None]
    if len(known) < len(args):
        return _unknown(run, args, node)
    rows = itertools.zip_longest(*known, fillvalue=kwargs.get("fillvalue"))
    return _charged(run, rows, node)


def _charged(run: Run, rows: Iterable[tuple[Any, ...]], node: ast.AST) -> Rounds[tuple[Any, ...]]:
    for row in rows:
        run.spend(len(row), node)
        yield row


def _provides_over(name: str, at: int = 0) -> Callable[[Callable[..., Rounds[Any]]], Any]:
    """Register a function of the elements of the argument at an index, and other arguments."""

    def register(function: Callable[..., Rounds[Any]]) -> Any:
        @_provides(name)
        def iterator(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
            values = rounds(run, args[at], node)
            if values is None:
                return _unknown(run, args, node)
            others = [*args[:at], *args[at + 1 :]]
            return function(run, node, values, *others, **kwargs)

        return iterator

    return register


@_provides_over("itertools.accumulate")
def _accumulate(
    run: Run, node: ast.AST, values: Rounds[Any], func: Any = None, *, initial: Any = None
) -> Rounds[Any]:
    total = next(values, MISSING) if initial is None else initial
    while total is not MISSING:
        yield total
        value = next(values, MISSING)
        if value is MISSING:
            return
        if func is None:
            total = binary(run, ast.Add, total, value, node)
        else:
            total = run.call(func, [total, value], {}, node)


@_provides_over("itertools.starmap", at=1)
def _starmap(run: Run, node: ast.AST, values: Rounds[Any], function: Any) -> Rounds[Any]:
    for arguments in values:
        yield run.call(function, list(_known_rounds(run, arguments, node)), {}, node)


@_provides_over("itertools.pairwise")
def _pairwise(run: Run, node: ast.AST, values: Rounds[Any]) -> Rounds[Any]:
    return itertools.pairwise(values)


@_provides_over("itertools.takewhile", at=1)
def _takewhile(run: Run, node: ast.AST, values: Rounds[Any], function: Any) -> Rounds[Any]:
    return itertools.takewhile(_holds(run, function, node), values)


@_provides_over("itertools.dropwhile", at=1)
def _dropwhile(run: Run, node: ast.AST, values: Rounds[Any], function: Any) -> Rounds[Any]:
    return itertools.dropwhile(_holds(run, function, node), values)


@_provides_over("itertools.filterfalse", at=1)
def _filterfalse(run: Run, node: ast.AST, values: Rounds[Any], function: Any) -> Rounds[Any]:
    return itertools.filterfalse(_holds(run, function, node), values)


def _holds(run: Run, function: Any, node: ast.AST) -> Callable[[Any], bool]:
    """A condition of the program for the elements of an iterator; None stands for their truth."""

    def holds(value: Any) -> bool:
        run.spend(8, node)
        result = value if function is None else run.call(function, [value], {}, node)
        truth = truth_of(run, result)
        if isinstance(truth, Unknown):
            raise UnknownRest
        return bool(truth)

    return holds


@_provides("itertools.compress")
def _compress(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    values, selectors = [rounds(run, arg, node) for arg in args]
    if values is None or selectors is None:
        return _unknown(run, args, node)
    return itertools.compress(values, map(_holds(run, None, node), selectors))


@_provides_over("itertools.batched")
def _batched(run: Run, node: ast.AST, values: Rounds[Any], n: Any) -> Rounds[Any]:
    if not isinstance(n, int) or n < 1:
        raise UnknownRest
    while batch := tuple(itertools.islice(values, n)):
        run.spend(len(batch), node)
        yield batch


@_provides_over("itertools.groupby")
def _groupby(run: Run, node: ast.AST, values: Rounds[Any], key: Any = None) -> Rounds[Any]:
    """Pairs of a key and the list of elements with that key that follow one another."""
    group: list[Any] = []
    of_group: Any = MISSING
    for value in values:
        of_value = value if key is None else run.call(key, [value], {}, node)
        is_same: Any = False
        if of_group is not MISSING:
            is_same = truth_of(run, compare(run, ast.Eq, of_group, of_value, node))
        if isinstance(is_same, Unknown):
            raise UnknownRest
        if not is_same and of_group is not MISSING:
            yield of_group, Iterator(run, node, group)
            group = []
        of_group = of_value
        group.append(value)
    if of_group is not MISSING:
        yield of_group, Iterator(run, node, group)


@provides(TABLE, "itertools.tee")
def _tee(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    source, n = [*args, kwargs.get("n", 2)][:2]
    values = rounds(run, source, node)
    if values is None or not isinstance(n, int) or not 0 <= n <= MAX_TEES:
        return _unknown(run, args, node)
    return tuple([Iterator(run, node, copy, [source]) for copy in itertools.tee(values, n)])


TABLE["itertools.chain"].members = {"from_iterable": TABLE["itertools.chain.from_iterable"]}.get
