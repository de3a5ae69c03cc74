"""Functions with `yield`: all their values are computed when the first one is asked for."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language.elements import items
from lstmcount.programs.language.run import MISSING, Value

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run
    from lstmcount.programs.language.scope import Scope

_INNER = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef


class Generator(Value):
    """The result of calling a function with `yield`."""

    def __init__(self, body: list[ast.stmt], scope: Scope, frame: tuple[Any, Any] | None) -> None:
        self.body = body
        self.scope = scope
        self.frame = frame
        self.values: list[Any] | None = None  # those that are left
        self.has_run = False

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        values = self._left(run)
        self.values = values and []
        return values

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        if name != "next":
            return MISSING
        rounds = self.rounds(run, node)
        return run.unknown(run.source_of(node)) if rounds is None else next(rounds, MISSING)

    def rounds(self, run: Run, node: ast.AST) -> Iterator[Any] | None:
        values = self._left(run)
        return None if values is None else _popped(values)

    def _left(self, run: Run) -> list[Any] | None:
        if not self.has_run:
            self.values = self._run(run, [])
        return self.values

    def _run(self, run: Run, values: Any) -> Any:
        """Execute the function, which appends to `values` what it yields."""
        self.has_run = True
        run.depth += 1
        run.frames.append(self.frame)
        run.yielded.append(values)
        try:
            run.execute(self.body, self.scope)
        finally:
            run.depth -= 1
            run.frames.pop()
            values = run.yielded.pop()
        return values

    def within(self, run: Run, body: Callable[[Any], Any]) -> Any:
        """Execute the body of a `with` statement in place of the function's `yield`."""
        inside = _Body(run, body)
        self._run(run, inside)
        return inside.signal


def _popped(values: list[Any]) -> Iterator[Any]:
    while values:
        yield values.pop(0)


class _Body:
    """The body of a `with` statement, which takes the first value that a generator yields."""

    def __init__(self, run: Run, body: Callable[[Any], Any]) -> None:
        self.run = run
        self.body: Callable[[Any], Any] | None = body
        self.signal: Any = None

    def append(self, value: Any) -> None:
        run, body, self.body = self.run, self.body, None
        if body is None:
            return
        frame, values = run.frames.pop(), run.yielded.pop()
        try:
            self.signal = body(value)
        finally:
            run.frames.append(frame)
            run.yielded.append(values)


def generated(
    run: Run, function: ast.AST, scope: Scope, frame: tuple[Any, Any] | None, node: ast.AST
) -> Any:
    """The result of a call of a function with `yield`; an unknown if it may never end."""
    if _may_be_endless(function):
        return run.unknown(run.source_of(node))
    return Generator(getattr(function, "body", []), scope, frame)


@lru_cache(2048)
def is_generator(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own_nodes(function))


@lru_cache(2048)
def _may_be_endless(function: ast.AST) -> bool:
    """Whether a loop like `while True` stands in the function."""
    loops = [node for node in _own_nodes(function) if isinstance(node, ast.While)]
    return any(isinstance(loop.test, ast.Constant) for loop in loops)


def _own_nodes(function: ast.AST) -> list[ast.AST]:
    """The nodes of a function, without those of the functions and classes in it."""
    nodes: list[ast.AST] = []
    todo: list[ast.AST] = list(getattr(function, "body", []))
    while todo:
        node = todo.pop()
        nodes.append(node)
        if not isinstance(node, _INNER):
            todo += ast.iter_child_nodes(node)
    return nodes


def yield_(run: Run, node: ast.Yield, scope: Scope) -> None:
    value = run.evaluate(node.value, scope) if node.value is not None else None
    if run.yielded and run.yielded[-1] is not None:
        run.yielded[-1].append(value)


def yield_from(run: Run, node: ast.YieldFrom, scope: Scope) -> None:
    values = items(run, run.evaluate(node.value, scope), node)
    if values is None and run.yielded:
        run.yielded[-1] = None
    elif values is not None and run.yielded and run.yielded[-1] is not None:
        for value in values:
            run.yielded[-1].append(value)
