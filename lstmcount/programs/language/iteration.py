"""The functions of `itertools`, for known elements.

The number of tuples is computed from the lengths of the arguments before they are created.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language.elements import items, rounds
from lstmcount.programs.language.iterators import Iterator
from lstmcount.programs.language.natives import provides
from lstmcount.programs.language.operators import binary
from lstmcount.programs.language.provided import Raw
from lstmcount.programs.language.structures import first_unknown
from lstmcount.shapes import Unknown

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run

MAX_TUPLES = 10_000  # in the result of one call
MAX_ELEMENTS = 200_000  # in all tuples of the result
ITERTOOLS: dict[str, Any] = {}


def _provides(*names: str) -> Callable[[Raw], Raw]:
    """Register a function whose elements are taken one by one."""

    def register(function: Raw) -> Raw:
        def iterator(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
            result = function(run, args, kwargs, node)
            is_unknown = isinstance(result, Unknown)
            return result if is_unknown else Iterator(run, node, result, args)

        provides(ITERTOOLS, *names)(iterator)
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
    iterables = items(run, args[0], node)
    return _unknown(run, args, node) if iterables is None else _chain(run, iterables, {}, node)


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


@_provides("itertools.accumulate")
def _accumulate(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    function = args[1] if len(args) > 1 else kwargs.get("func")
    values = items(run, args[0], node)
    if values is None:
        return _unknown(run, args, node)
    if kwargs.get("initial") is not None:
        values = [kwargs["initial"], *values]
    results = values[:1]
    for value in values[1:]:
        run.spend(8, node)
        if function is None:
            results.append(binary(run, ast.Add, results[-1], value, node))
        else:
            results.append(run.call(function, [results[-1], value], {}, node))
    return results


@_provides("itertools.zip_longest", "itertools.izip_longest")
def _zip_longest(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    lists = _lists(run, args, node)
    if lists is None:
        return _unknown(run, args, node)
    run.spend(len(lists) * max(map(len, lists), default=0), node)
    return list(itertools.zip_longest(*lists, fillvalue=kwargs.get("fillvalue")))


@_provides("itertools.starmap")
def _starmap(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    tuples = items(run, args[1], node)
    rounds = None if tuples is None else _lists(run, tuples, node)
    if rounds is None:
        return _unknown(run, args, node)
    return [run.call(args[0], arguments, {}, node) for arguments in rounds]


@_provides("itertools.pairwise")
def _pairwise(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    values = items(run, args[0], node)
    if values is None:
        return _unknown(run, args, node)
    run.spend(2 * len(values), node)
    return list(itertools.pairwise(values))


ITERTOOLS["itertools.chain"].members = {
    "from_iterable": ITERTOOLS["itertools.chain.from_iterable"]
}.get
