"""Iterators: values whose elements are taken one by one, each only once."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from collections.abc import Iterator as Rounds
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language.run import MISSING, Value

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run

MAX_NESTED = 45  # iterators that take their elements from one another


class Iterator(Value):
    """The result of `iter`, `zip`, `map` and their like; `sources` may be iterators themselves."""

    __slots__ = ("depth", "rest")

    def __init__(
        self, run: Run, node: ast.AST, rest: Iterable[Any], sources: Iterable[Any] = ()
    ) -> None:
        inner = [source.depth for source in sources if isinstance(source, Iterator)]
        self.depth: int = 1 + max(inner, default=0)
        if self.depth > MAX_NESTED:
            raise run.limit(node, f"iterators are nested deeper than {MAX_NESTED} levels")
        self.rest = iter(rest)

    def rounds(self, run: Run, node: ast.AST) -> Rounds[Any]:
        for element in self.rest:
            run.spend(8, node)
            yield element

    def elements(self, run: Run, node: ast.AST) -> list[Any]:
        return list(self.rounds(run, node))

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        return next(self.rounds(run, node), MISSING) if name == "next" else MISSING

    def length(self, run: Run, node: ast.AST) -> Any:
        return len(self._listed(run, node))

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        elements = self._listed(run, node)
        is_index = isinstance(key, int) and -len(elements) <= key < len(elements)
        return elements[key] if is_index else super().item(run, key, node)

    def _listed(self, run: Run, node: ast.AST) -> list[Any]:
        """The elements, as in a program of Python 2, where it is a list. None of them is taken."""
        elements = self.elements(run, node)
        self.rest = iter(elements)
        return elements
