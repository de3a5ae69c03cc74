"""Iterators: values whose elements are taken one by one, each only once."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from collections.abc import Iterator as Rounds
from typing import Any

from lstmcount.programs.language.run import MISSING, Run, UnknownRest
from lstmcount.programs.language.values.value import Value

MAX_NESTED = 45  # iterators that take their elements from one another


class Iterator(Value):
    """The result of `iter`, `zip`, `map` and their like; `sources` may be iterators themselves."""

    __slots__ = ("depth", "is_lost", "is_running", "rest")

    def __init__(
        self, run: Run, node: ast.AST, rest: Iterable[Any], sources: Iterable[Any] = ()
    ) -> None:
        inner = [source.depth for source in sources if isinstance(source, Iterator)]
        self.depth: int = 1 + max(inner, default=0)
        if self.depth > MAX_NESTED:
            raise run.limit(node, f"iterators are nested deeper than {MAX_NESTED} levels")
        self.rest = iter(rest)
        self.is_running = False
        self.is_lost = False  # whether its next elements are unknown

    def rounds(self, run: Run, node: ast.AST) -> Rounds[Any]:
        while (element := self.operation(run, "next", node)) is not MISSING:
            yield element

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        """The next element; MISSING if there is none."""
        if name != "next":
            return MISSING
        if self.is_running or self.is_lost:  # running: it takes elements from itself
            raise UnknownRest
        run.spend(8, node)
        self.is_running = True
        try:
            return next(self.rest, MISSING)
        finally:
            self.is_running = False

    def lose_rest(self) -> None:
        self.is_lost = True

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        try:
            return list(self.rounds(run, node))
        except UnknownRest:
            return None

    def length(self, run: Run, node: ast.AST) -> Any:
        elements = self._listed(run, node)
        return MISSING if elements is None else len(elements)

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        elements = self._listed(run, node) or []
        is_index = isinstance(key, int) and -len(elements) <= key < len(elements)
        return elements[key] if is_index else super().item(run, key, node)

    def _listed(self, run: Run, node: ast.AST) -> list[Any] | None:
        """All elements, without taking them: in a program of Python 2, the result is a list."""
        elements = self.elements(run, node)
        if elements is not None:
            self.rest = iter(elements)
        return elements
