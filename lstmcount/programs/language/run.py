"""What the parts of the reader may ask of a run of a program, whichever object runs it."""

from __future__ import annotations

import ast
from typing import Any, Protocol

from lstmcount.errors import LstmcountError
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.programs.language.places import CodePlace
from lstmcount.programs.language.setting_names import Settings
from lstmcount.programs.language.source import Program
from lstmcount.programs.language.values import Scope
from lstmcount.shapes import Unknown


class Run(Protocol):
    """One run of a program: its names, its bounds, and the words for what is unknown."""

    program: Program
    settings: Settings
    custom: CustomLayers
    module: Scope
    world: Any  # what the program's imports give
    depth: int  # of calls inside calls
    frames: list[tuple[Any, Any] | None]  # (self, class) of the methods that run
    effects: int  # layers made, called or changed
    bindings: list[tuple[str, Any, int]]  # (name, model, line) in order

    def execute(self, body: list[ast.stmt], scope: Scope) -> Any:
        """Follow statements: None, or what ends them early."""

    def evaluate(self, node: ast.expr, scope: Scope) -> Any:
        """The value of an expression."""

    # -- bounds

    def spend(self, amount: int, node: ast.AST | None = None) -> None:
        """Charge for `amount` elements made at once."""

    def weigh(self, node: ast.AST, *values: Any) -> None:
        """Charge for looking at all of some values, and refuse those that are endless."""

    @property
    def total_steps(self) -> int:
        """How many steps the program has taken."""

    # -- places and words

    def place(self, node: ast.AST) -> CodePlace:
        """Where the node stands in the program."""

    def error(self, node: ast.AST, message: str) -> LstmcountError:
        """An error at the node."""

    def limit(self, node: ast.AST | None, message: str) -> LstmcountError:
        """The error of a program that goes beyond what the reader follows."""

    def source_of(self, node: ast.AST) -> str:
        """The node in the program's words."""

    def unknown(self, words: str) -> Any:
        """The value that `words` was set to, or else an unknown that carries them."""

    # -- names and choices

    def bind(self, scope: Scope, name: str, value: Any, node: ast.AST) -> None:
        """Give a name to a value."""

    def decide(self, unknown: Unknown, node: ast.AST, test: ast.expr, default: int) -> int:
        """Which way to go where the condition is unknown, or how often a loop runs."""
