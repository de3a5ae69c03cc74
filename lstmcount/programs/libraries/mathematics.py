"""Functions of `math`."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from functools import partial
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.values.elements import items
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.operators import folded
from lstmcount.programs.language.values.provided import Native

MAX_FACTOR = 1_000  # of factorials, so that the result stays short
_FUNCTIONS = (
    math.acos, math.acosh, math.asin, math.asinh, math.atan, math.atan2, math.atanh, math.cbrt,
    math.ceil, math.copysign, math.cos, math.cosh, math.degrees, math.erf, math.erfc, math.exp,
    math.exp2, math.expm1, math.fabs, math.floor, math.fmod, math.frexp, math.gamma, math.gcd,
    math.hypot, math.isclose, math.isfinite, math.isinf, math.isnan, math.isqrt, math.lcm,
    math.ldexp, math.lgamma, math.log, math.log10, math.log1p, math.log2, math.modf,
    math.nextafter, math.pow, math.radians, math.remainder, math.sin, math.sinh, math.sqrt,
    math.tan, math.tanh, math.trunc, math.ulp,
)  # fmt: skip
TABLE: dict[str, Any] = {
    **{f"math.{f.__name__}": Native(f"math.{f.__name__}", f) for f in _FUNCTIONS},
    "math.pi": math.pi,
    "math.e": math.e,
    "math.tau": math.tau,
    "math.inf": math.inf,
    "math.nan": math.nan,
}
_provides = partial(provides, TABLE)


@_provides("math.prod")
def _prod(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    factors = items(run, args[0], node)
    if factors is None:
        return first_unknown(args) or run.unknown(run.source_of(node))
    return folded(run, ast.Mult, [kwargs.get("start", 1), *factors], node)


def _provide_bounded(compute: Callable[..., int]) -> None:
    """Register a function of integers whose result is long for large arguments."""

    @_provides(f"math.{compute.__name__}")
    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        if first_unknown(args) is not None or any(abs(arg) > MAX_FACTOR for arg in args):
            return run.unknown(run.source_of(node))
        return compute(*args)


_provide_bounded(math.factorial)
_provide_bounded(math.comb)
_provide_bounded(math.perm)


def _provide_of_elements(compute: Callable[..., float]) -> None:
    """Register a function of the numbers in its arguments."""

    @_provides(f"math.{compute.__name__}")
    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        vectors = [items(run, arg, node) for arg in args]
        if None in vectors or first_unknown(vectors) is not None:
            return run.unknown(run.source_of(node))
        return compute(*vectors)


_provide_of_elements(math.fsum)
_provide_of_elements(math.dist)
