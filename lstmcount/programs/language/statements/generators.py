"""Functions with `yield`, and the values that they yield, which are computed one by one."""

from __future__ import annotations

import ast
from collections.abc import Generator as Steps
from collections.abc import Iterator as Rounds
from functools import lru_cache, partial
from typing import Any

from lstmcount.programs.language.flow import FUNCTIONS, yields
from lstmcount.programs.language.objects import exceptions
from lstmcount.programs.language.objects.own_functions import Return
from lstmcount.programs.language.run import MISSING, Catching, Run, Stop, UnknownRest
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.statements.control import CONTROL, IDLE_STEPS, Bodies
from lstmcount.programs.language.values.elements import rounds
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value

MAX_RUNNING = 45  # generators and functions that run within one another


class Generator(Value):
    """The result of calling a function with `yield`."""

    def __init__(
        self,
        run: Run,
        function: ast.FunctionDef | ast.AsyncFunctionDef,
        scope: Scope,
        frame: tuple[Any, Any] | None,
    ) -> None:
        scope.generator = self
        self.function = function
        self.steps = _steps(run, function.body, scope)
        self.frame = frame
        self.scope = scope
        self.sent: dict[ast.AST, Any] = {}  # the values of its `yield` expressions
        self.count = 0  # of the values that it yielded
        self.catching: list[Catching] = []  # the `try` statements around its `yield`
        self.handled: list[Any] = []  # the exceptions whose handlers contain its `yield`
        self.is_running = False
        self.is_lost = False  # whether its next values are unknown
        self.effects = run.effects
        self.idle_steps = 0  # that it took since a layer was created
        self.result: Any = None  # what it returned

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        method = _METHODS.get(name)
        return MISSING if method is None else Native(name, partial(method, self), raw=True)

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.resume(run, node) if name == "next" else MISSING

    def rounds(self, run: Run, node: ast.AST) -> Rounds[Any]:
        while (value := self.resume(run, node)) is not MISSING:
            yield value

    def lose_rest(self) -> None:
        self.is_lost = True

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        try:
            return list(self.rounds(run, node))
        except UnknownRest:
            return None

    def resume(self, run: Run, node: ast.AST, sent: Any = None) -> Any:
        """The next value that the function yields; MISSING if it ends.

        Its pending `yield` has the value `sent`, or raises it if it is a `Stop`.
        """
        if self.is_running or self.is_lost:
            raise UnknownRest
        if run.depth >= MAX_RUNNING:
            raise run.limit(node, f"generators are nested deeper than {MAX_RUNNING} levels")
        run.depth += 1
        run.frames.append(self.frame)
        run.scopes.append(self.scope)
        depth, handled = len(run.catching), len(run.handled)
        self._catch_again(run)
        run.handled += self.handled
        steps = run.total_steps
        self.is_running = True
        try:
            return self.steps.throw(sent) if isinstance(sent, Stop) else self.steps.send(sent)
        except StopIteration as end:
            self.result = end.value.value if isinstance(end.value, Return) else None
            return MISSING
        except UnknownRest:
            self.is_lost = True
            raise
        finally:
            self.is_running = False
            self.catching = run.catching[depth:]
            self.handled = run.handled[handled:]
            del run.catching[depth:], run.handled[handled:]
            run.frames.pop()
            run.scopes.pop()
            run.depth -= 1
            self._stop_if_idle(run, run.total_steps - steps)

    def _catch_again(self, run: Run) -> None:
        for catching in self.catching:
            catching.depth = run.depth
        run.catching += self.catching

    def _stop_if_idle(self, run: Run, steps: int) -> None:
        """End a function that only processes data, or goes on forever."""
        self.idle_steps = steps if run.effects != self.effects else self.idle_steps + steps
        self.effects = run.effects
        self.is_lost = self.is_lost or self.idle_steps > IDLE_STEPS

    def enter(self, run: Run) -> Any:
        """Enter the context of a `contextmanager`: its function runs up to `yield`."""
        try:
            entered = self.resume(run, self.function)
        except UnknownRest:
            return MISSING
        self._catch_again(run)
        return entered

    def leave(self, run: Run, stop: Stop | None) -> bool:
        del run.catching[len(run.catching) - len(self.catching) :]
        try:
            self.resume(run, self.function, stop)
        except UnknownRest:
            return False
        return True


def _next(generator: Generator, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value = generator.resume(run, node, *args)
    return ended(run, generator, node) if value is MISSING else value


def ended(run: Run, iterator: Any, node: ast.AST) -> Any:
    """Raise the program's StopIteration, if it catches that."""
    run.fail(StopIteration(iterator.result if isinstance(iterator, Generator) else None))
    return run.unknown(run.source_of(node))


def _throw(generator: Generator, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return _next(generator, run, [Stop(exceptions.as_raised(args[0]))], {}, node)


def _close(generator: Generator, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    kind = exceptions.KINDS["GeneratorExit"]
    try:
        generator.resume(run, node, Stop(exceptions.as_raised(kind)))
    except Stop as stop:
        if not exceptions.catches([kind], stop.value):
            raise


_METHODS: dict[str, Any] = {"__next__": _next, "send": _next, "throw": _throw, "close": _close}


# -- the steps of a function ----------------------------------------------------------------------


def _steps(run: Run, body: list[ast.stmt], scope: Scope) -> Steps[Any, Any, Any]:
    """Execute statements up to each `yield`; return the signal that ends them."""
    for statement in body:
        if yields(statement):
            yield from _sent_values(run, statement, scope)
        if type(statement) in CONTROL and yields(statement):
            signal = yield from _controlled(run, statement, scope)
        else:
            signal = run.execute([statement], scope)
        if signal is not None:
            return signal
    return None


def _controlled(run: Run, node: ast.stmt, scope: Scope) -> Steps[Any, Any, Any]:
    """The steps of a statement that decides which statements are executed next."""
    bodies = Bodies(CONTROL[type(node)](run, node, scope))
    for body in bodies:
        try:
            bodies.signal = yield from _steps(run, body, scope)
        except Stop as stop:
            bodies.stop = stop
    return bodies.signal


def _sent_values(run: Run, statement: ast.stmt, scope: Scope) -> Steps[Any, Any, None]:
    """Yield what the expressions of a statement yield, and keep what is sent for each of them."""
    for node in _yields_of(statement):
        if isinstance(node, ast.YieldFrom):
            result = yield from _delegated(run, node, scope)
        elif not isinstance(node, ast.Yield):
            raise UnknownRest  # `yield` in a part that may be skipped
        else:
            value = None if node.value is None else run.evaluate(node.value, scope)
            scope.generator.count += 1
            result = yield value
        scope.generator.sent[node] = result


def _delegated(run: Run, node: ast.YieldFrom, scope: Scope) -> Steps[Any, Any, Any]:
    source = run.evaluate(node.value, scope)
    values = rounds(run, source, node)
    if values is None:
        raise UnknownRest
    if not isinstance(source, Generator):
        for value in values:
            scope.generator.count += 1
            yield value
        return None
    sent = None
    while (value := source.resume(run, node, sent)) is not MISSING:
        scope.generator.count += 1
        sent = yield value
    return source.result


@lru_cache(2048)
def _yields_of(statement: ast.stmt) -> tuple[ast.expr, ...]:
    """The expressions of a statement that yield: `yield`, and others of which a part may do so."""
    yielding: list[ast.expr] = []
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        is_skipping = isinstance(node, ast.IfExp | ast.BoolOp) and yields(node)
        if isinstance(node, ast.Yield | ast.YieldFrom) or is_skipping:
            yielding.append(node)  # type: ignore[arg-type]
        if not isinstance(node, FUNCTIONS):
            inner = ast.iter_child_nodes(node)
            todo += [n for n in inner if isinstance(n, ast.expr | ast.keyword | ast.withitem)]
    return tuple(reversed(yielding))


def sent(run: Run, node: ast.Yield | ast.YieldFrom, scope: Scope) -> Any:
    """The value of a `yield` expression."""
    values = {} if scope.generator is None else scope.generator.sent
    return values.pop(node) if node in values else run.unknown(run.source_of(node))
