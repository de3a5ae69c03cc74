"""Evaluate terms of traced numbers on columns or on symbols."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lstmcount.expressions.traced import ARITHMETIC, COMPARISONS, Guard, Term

_BOUNDS: dict[str, Callable[[Any, Any], Any]] = {  # bound of the result from those of both sides
    "+": lambda a, b: abs(a) + abs(b),
    "-": lambda a, b: abs(a) + abs(b),
    "*": lambda a, b: abs(a * b),
    "//": lambda a, b: abs(a) + 1,
    "%": lambda a, b: abs(b),
    "**": lambda a, b: abs(a) ** abs(b),
}


class Evaluator:
    """Evaluates terms on columns or on symbols, each term once."""

    operations = ARITHMETIC

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values
        self.known: dict[int, Any] = {}
        self.kept: list[Term] = []  # evaluated terms, kept alive so that their ids stay unique

    def value(self, term: Any) -> Any:
        if not isinstance(term, Term):
            return term
        stack = [term]
        while stack:
            top = stack[-1]
            if id(top) in self.known:
                stack.pop()
                continue
            if not top.operation:
                self._keep(top, self.values[top.left])
                continue
            sides = (top.left, top.right)
            open_sides = [s for s in sides if isinstance(s, Term) and id(s) not in self.known]
            if open_sides:
                stack += open_sides
                continue
            left, right = (self.known[id(s)] if isinstance(s, Term) else s for s in sides)
            self._keep(top, self.operations[top.operation](left, right))
        return self.known[id(term)]

    def _keep(self, term: Term, value: Any) -> None:
        self.known[id(term)] = value
        self.kept.append(term)

    def holding(self, guards: Sequence[Guard]) -> Any:
        """A mask of the points where all guards hold; True if no guard depends on a column."""
        mask: Any = True
        for guard in guards:
            sides = self.value(guard.left), self.value(guard.right)
            mask = mask & (COMPARISONS[guard.sign](*sides) == guard.holds)
        return mask


class Bounds(Evaluator):
    """Upper bounds of the terms' absolute values, computed from bounds of the variables."""

    operations = _BOUNDS

    def largest(self, terms: Sequence[Any]) -> int:
        for term in terms:
            self.value(term)
        return max([abs(value) for value in self.known.values()], default=0)
