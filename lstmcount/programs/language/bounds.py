"""The steps and the time that following a program may take, and the places of its nodes."""

from __future__ import annotations

import ast
import time
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.source import node_text
from lstmcount.programs.language.source.places import CodePlace
from lstmcount.programs.language.source.source import Program
from lstmcount.programs.language.structures import MAX_EFFORT, effort

MAX_STEPS = 300_000
MAX_SECONDS = 1.5
SLICE = 2_000  # steps between checks of the clock


class LimitError(LstmcountError):
    """The program exceeds the reader's limits."""

    is_end = False  # whether nothing of the program follows


class Bounds:
    """Counts the steps of a run, and ends it with an error that names the place in the program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.most = MAX_STEPS
        self.steps = SLICE  # left until the clock is read
        self.used = 0
        self.latest = time.process_time() + MAX_SECONDS

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
        return self.used > self.most or self.is_out_of_time

    @property
    def is_out_of_time(self) -> bool:
        return time.process_time() > self.latest

    @property
    def total_steps(self) -> int:
        """The number of steps that the program has taken."""
        return self.used + SLICE - self.steps

    def refill(self, node: ast.AST | None) -> None:
        """Go on after a slice of steps. Raises an error if the limits are exceeded."""
        self.used += SLICE - self.steps
        self.steps = SLICE
        if self.is_exhausted:
            raise self.limit(node, f"the program takes more than {self.most:,} steps")

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
            text, visited = node_text.text_of(self.program, node)
            self.program.words[node] = text
            self.steps -= visited
        return text
