"""The steps and the time that following a program may take, and the source text of its nodes."""

from __future__ import annotations

import ast
import time
from itertools import islice
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.places import CodePlace
from lstmcount.programs.language.source import Program
from lstmcount.programs.language.structures import MAX_EFFORT, effort

MAX_STEPS = 300_000
MAX_SECONDS = 1.5
SLICE = 2_000  # steps between checks of the clock
MAX_NODES = 300  # larger syntax trees are shown by their first line
MAX_WORDS = 300  # characters of source text in a message or an unknown


class LimitError(LstmcountError):
    """The program exceeds the reader's limits."""

    is_end = False  # whether nothing of the program follows


class Bounds:
    """Counts the steps of a run, and ends it with an error that names the place in the program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.steps = SLICE  # left until the clock is read
        self.used = 0
        self.started = time.process_time()

    def spend(self, amount: int, node: ast.AST | None = None) -> None:
        """Charge for creating `amount` elements at once."""
        self.steps -= amount // 8
        if self.steps < 0:
            self.refill(node)

    def weigh(self, node: ast.AST, *values: Any) -> None:
        """Charge for traversing the values. Raises an error if they are too large or endless."""
        work = effort(values, MAX_EFFORT)
        if work > MAX_EFFORT:
            words = self.source_of(node)
            raise self.limit(node, f"{words} takes too many steps to be followed")
        if work > 1:
            self.spend(8 * work, node)

    @property
    def is_exhausted(self) -> bool:
        """Whether the limits of steps or time are exceeded."""
        return self.used > MAX_STEPS or time.process_time() - self.started > MAX_SECONDS

    @property
    def total_steps(self) -> int:
        """The number of steps that the program has taken."""
        return self.used + SLICE - self.steps

    def refill(self, node: ast.AST | None) -> None:
        """Go on after a slice of steps. Raises an error if the limits are exceeded."""
        self.used += SLICE - self.steps
        self.steps = SLICE
        if self.is_exhausted:
            raise self.limit(node, f"the program takes more than {MAX_STEPS:,} steps")

    def limit(self, node: ast.AST | None, message: str, *, is_end: bool = False) -> LimitError:
        """An error for a program that exceeds the reader's limits, or that never goes on."""
        error = LimitError(message)
        error.is_end = is_end
        if node is not None and hasattr(node, "lineno"):
            error.at(self.place(node))
        return error

    def place(self, node: ast.AST) -> CodePlace:
        """The node's place in the program."""
        return CodePlace(self.program, node)

    def error(self, node: ast.AST, message: str) -> LstmcountError:
        """An error with the node's place."""
        return LstmcountError(message).at(self.place(node))

    def source_of(self, node: ast.AST) -> str:
        """The node's source text on one line, shortened if it is long; the name of a definition."""
        text = self.program.words.get(node)
        if text is None:
            text = self.program.words[node] = self._unparsed(node)
        return text

    def _unparsed(self, node: ast.AST) -> str:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            return node.name
        nodes = _few_nodes(node) or sum(1 for _ in islice(ast.walk(node), MAX_NODES + 1))
        self.steps -= nodes
        if nodes > MAX_NODES:
            return self._first_line(node)
        try:
            text = ast.unparse(node)
        except (RecursionError, ValueError):
            return "?"
        text = " ".join(text.split())
        return text if len(text) <= MAX_WORDS else text[: MAX_WORDS - 3] + "..."

    def _first_line(self, node: ast.AST) -> str:
        """The start of a node in the program's text, which is faster than `ast.unparse`."""
        line = self.program.line(getattr(node, "lineno", 0))
        start = getattr(node, "col_offset", 0)
        text = line.encode(errors="replace")[start : start + 4 * MAX_WORDS].decode(errors="ignore")
        return " ".join(text.split())[: MAX_WORDS - 3] + "..."


def _few_nodes(node: ast.AST) -> int:
    """About how many nodes an expression has, if its text is too short for many; else 0.

    >>> several_lines = ast.parse("f(\\nx)").body[0].value
    >>> _few_nodes(ast.parse("units * 2").body[0].value), _few_nodes(several_lines)
    (4, 0)
    """
    if not isinstance(node, ast.expr) or node.end_lineno is None or node.end_col_offset is None:
        return 0
    length = node.end_col_offset - node.col_offset
    is_short = node.end_lineno == node.lineno and 2 * length <= MAX_NODES  # `-a` has 4 nodes
    return max(length // 2, 1) if is_short else 0
