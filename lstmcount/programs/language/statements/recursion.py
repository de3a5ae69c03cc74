"""Functions that call themselves more deeply than they are followed: they walk data, mostly."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.bounds import LimitError
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.callbacks import forget_changes
from lstmcount.programs.language.values.signatures import signature_of

MAX_CALLS = 45


class TooDeepError(LimitError):
    """Functions of the program call each other more deeply than they are followed."""

    function: Function | None = None  # the function that calls itself

    def ends_with(self, function: Function) -> bool:
        """Whether a call of this function, which ends by this error, is the first of all."""
        if self.function is None and function.running > 1:
            self.function = function
        return self.function is function and function.running == 1


def too_deep(run: Run, function: Function, node: ast.AST) -> TooDeepError:
    """The error for a call that is not followed, because there are too many around it."""
    message = f"{function.name} calls deeper than {MAX_CALLS} levels"
    return TooDeepError(message).at(run.place(node))


def unknown_result(
    run: Run, function: Function, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    """The result of a function that is not followed to its end. What it may change is unknown."""
    passed = signature_of(function.node).passed(args, kwargs)
    forget_changes(run, function.node, function.scope, passed, node, set())
    for value in (*args, *kwargs.values()):
        if isinstance(value, list | dict | set):
            run.spoil(value, node)
    return run.unknown(run.source_of(node))
