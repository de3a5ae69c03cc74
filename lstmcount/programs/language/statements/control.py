"""Statements that decide which statements are executed next: `if`, loops, `try`, `with`, `match`.

Each is a coroutine: it yields the statements to execute next, and gets the signal that ended them,
or the program's exception. So one definition serves both ways to execute it: at once, and step by
step in a function with `yield`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator
from functools import lru_cache
from typing import Any

from lstmcount.programs.language.flow import building_score, forget, loop_exit, way_out, yields
from lstmcount.programs.language.objects import attributes, exceptions
from lstmcount.programs.language.objects.own_classes import Instance
from lstmcount.programs.language.objects.own_functions import Return
from lstmcount.programs.language.run import MISSING, EnoughRounds, PassOver, Run, Stop, UnknownRest
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.statements.assignment import assign, assign_unknown
from lstmcount.programs.language.statements.matching import match
from lstmcount.programs.language.statements.passing_over import forget_statement
from lstmcount.programs.language.statements.told_apart import binds_element
from lstmcount.programs.language.structures import shown
from lstmcount.programs.language.values.elements import rounds
from lstmcount.programs.language.values.operators import truth_of
from lstmcount.programs.language.values.unknowns import elements_in
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

Parts = Generator[list[ast.stmt], Any, Any]
Coroutine = Callable[["Run", Any, Scope], Parts]
BREAK, CONTINUE = "break", "continue"
IDLE_STEPS = 10_000  # a loop with so many steps since its last layer only processes data
IDLE_AGAIN = 2_000  # steps for a loop, or list, that was left early before


class Bodies:
    """The bodies that such a statement executes, one after another.

    Whoever executes a body sets how it ended: `signal`, or the program's exception `stop`. After
    the last body, `signal` is that of the whole statement.
    """

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.signal: Any = None
        self.stop: Stop | None = None

    def __iter__(self) -> Bodies:
        return self

    def __next__(self) -> list[ast.stmt]:
        stop, self.stop = self.stop, None
        try:
            return self.parts.send(self.signal) if stop is None else self.parts.throw(stop)
        except StopIteration as end:
            self.signal = end.value
            raise


def at_once(statement: Coroutine) -> Callable[[Run, Any, Scope], Any]:
    """The function that executes such a statement, and returns the signal that ends it."""

    def execute(run: Run, node: ast.stmt, scope: Scope) -> Any:
        bodies = Bodies(statement(run, node, scope))
        depth, handled = len(run.catching), len(run.handled)
        try:
            for body in bodies:
                try:
                    bodies.signal = run.execute(body, scope)
                except Stop as stop:
                    bodies.stop = stop
        except PassOver as passed:
            if passed.code is not node:
                raise
            del run.handled[handled:]
            forget_statement(run, node, scope)
            return None
        finally:
            del run.catching[depth:]
        return bodies.signal

    return execute


def _if(run: Run, node: ast.If, scope: Scope) -> Parts:
    truth = truth_of(run, run.evaluate(node.test, scope))
    if isinstance(truth, Unknown):
        truth = run.decide(truth, node, node.test, _is_body_likelier(node), scope)
        if run.source_of(node.test) not in run.settings:
            attributes.note_skipped_sets(run, node.orelse if truth else node.body, scope)
    return (yield node.body if truth else node.orelse)


@lru_cache(maxsize=4096)  # the program is followed several times
def _is_body_likelier(node: ast.If) -> bool:
    """Whether to follow the body: prefer a branch that does not leave, then one that builds."""
    body, orelse = way_out(node.body), way_out(node.orelse)
    if body != orelse:
        if body == "break" or orelse == "break":
            return body == "break"
        return not body
    if node.orelse:
        return building_score(node.body) >= building_score(node.orelse)
    return building_score(node.body) > 0


def _match(run: Run, node: ast.Match, scope: Scope) -> Parts:
    return (yield match(run, node, scope))


# -- loops --------------------------------------------------------------------------------------


class _Progress:
    """Tells when a loop has gone on for long without creating a layer or yielding a value.

    Such a loop only processes data. It is left early, and what it may change becomes unknown.
    """

    def __init__(self, run: Run, loop: ast.For | ast.While, scope: Scope) -> None:
        self.run, self.loop, self.scope = run, loop, scope
        self.since, self.made = run.total_steps, self._made()
        self.sets, self.set_values = run.sets, dict[Any, Any]()
        self.most = IDLE_AGAIN if loop in run.program.idle_loops else IDLE_STEPS

    def _made(self) -> tuple[int, int]:
        generator = self.scope.generator
        return self.run.effects - self.run.sets, 0 if generator is None else generator.count

    def is_idle(self) -> bool:
        made, was_set = self._made(), self._was_set()
        if made != self.made or was_set:
            self.since, self.made = self.run.total_steps, made
        return self.run.total_steps - self.since > self.most

    def _was_set(self) -> bool:
        """Whether layers are not as they were after the round before, as where a loop freezes and
        thaws one in each round."""
        if self.run.sets == self.sets:
            return False
        before, self.set_values = self.set_values, dict(self.run.set_values)
        self.sets = self.run.sets
        return before != self.set_values

    def leave(self) -> None:
        """Make unknown what the loop may change, but for models: it has not changed them so far."""
        if yields(self.loop):
            raise UnknownRest
        self.run.program.idle_loops.add(self.loop)
        forget(self.run, self.loop, self.scope)
        forget_statement(self.run, self.loop, self.scope, keeps_models=True)


def _for(run: Run, node: ast.For, scope: Scope) -> Parts:
    source = run.evaluate(node.iter, scope)
    elements = rounds(run, source, node)
    progress = _Progress(run, node, scope)
    try:
        if elements is None:
            raise UnknownRest
        for element in elements:
            if not binds_element(run, node.target, element, scope):
                assign(run, node.target, element, scope)
            signal = yield node.body
            if signal is not None and signal != CONTINUE:
                return None if signal is BREAK else signal
            if progress.is_idle():
                progress.leave()
                break
    except UnknownRest as rest:
        if isinstance(rest, EnoughRounds) and not yields(node):
            forget(run, node, scope)
            return (yield node.orelse)
        unknown = source if isinstance(source, Unknown) else elements_in(source)
        unknown = unknown or rest.selection or Unknown(run.source_of(node.iter))
        return (yield from _unknown_rounds(run, node, unknown, node.iter, scope))
    return (yield node.orelse)


def _while(run: Run, node: ast.While, scope: Scope) -> Parts:
    run.whiles += 1
    try:
        return (yield from _rounds_while(run, node, scope))
    finally:
        run.whiles -= 1


def _rounds_while(run: Run, node: ast.While, scope: Scope) -> Parts:
    progress = _Progress(run, node, scope)
    while (truth := truth_of(run, run.evaluate(node.test, scope))) is not False:
        if isinstance(truth, Unknown):
            return (yield from _unknown_rounds(run, node, truth, node.test, scope))
        signal = yield node.body
        if signal is not None and signal != CONTINUE:
            return None if signal is BREAK else signal
        if progress.is_idle():
            progress.leave()
            if not isinstance(node.test, ast.Constant):
                break
            way = loop_exit(node)
            if way is None:
                raise run.limit(node, "this loop never ends", is_end=True)
            return None if isinstance(way, ast.Break) else Return(_returned(run, way))
    return (yield node.orelse)


def _returned(run: Run, node: ast.Return) -> Any:
    return None if node.value is None else run.unknown(run.source_of(node.value))


def _unknown_rounds(
    run: Run, loop: ast.For | ast.While, unknown: Unknown, test: ast.expr, scope: Scope
) -> Parts:
    """Run a loop for a decided number of rounds."""
    if yields(loop):
        raise UnknownRest
    signal = None
    for _ in range(run.decide(unknown, loop, test, 1)):
        if not isinstance(loop, ast.While):
            assign_unknown(run, loop.target, unknown, scope)
        signal = yield loop.body
        if signal is not None and signal != CONTINUE:
            break
    forget(run, loop, scope)
    if signal is BREAK:
        return None
    return (yield loop.orelse) if signal in (None, CONTINUE) else signal


# -- exceptions and contexts ----------------------------------------------------------------------


def _try(run: Run, node: ast.Try, scope: Scope) -> Parts:
    try:
        signal = yield from _handled(run, node, scope)
    except Stop as stop:
        signal = yield node.finalbody
        if signal is None:
            raise stop
        return signal
    return (yield node.finalbody) or signal


def _handled(run: Run, node: ast.Try, scope: Scope) -> Parts:
    """Execute the body of a `try` statement, and what follows it: a handler, or `else`."""
    run.catching.append(exceptions.catching(run, node, scope))
    try:
        signal = yield node.body
    except Stop as stop:
        raised = stop.value
    else:
        run.catching.pop()
        return (yield node.orelse) if signal is None else signal
    run.catching.pop()
    if isinstance(node, ast.TryStar):
        return (yield from _handled_in_parts(run, node, raised, scope))
    handler = exceptions.handler(run, node, raised, scope)
    if handler is None:
        raise Stop(raised)
    if handler.name:
        is_known = isinstance(raised, Instance | exceptions.Raised)
        scope.bind(handler.name, raised if is_known else Unknown(handler.name))
    run.handled.append(raised)
    try:
        signal = yield handler.body
    except Stop:
        run.handled.pop()
        raise
    run.handled.pop()
    if handler.name:
        scope.names.pop(handler.name, None)  # Python deletes it, too
    return signal


def _handled_in_parts(run: Run, node: ast.TryStar, raised: Any, scope: Scope) -> Parts:
    """Execute every `except*` that catches a part of an exception group."""
    rest = exceptions.parts(raised)
    for handler in node.handlers:
        kinds = exceptions.kinds(run, handler, scope)
        caught = [part for part in rest if exceptions.catches(kinds, part)]
        rest = [part for part in rest if part not in caught]
        if caught:
            if handler.name:
                scope.bind(handler.name, exceptions.group(caught))
            yield handler.body
    if rest:
        raise Stop(exceptions.group(rest))
    return None


def _with(run: Run, node: ast.With | ast.AsyncWith, scope: Scope, at: int = 0) -> Parts:
    """Enter the managers from that index on, and execute the body."""
    if at == len(node.items):
        return (yield node.body)
    item = node.items[at]
    value = run.evaluate(item.context_expr, scope)
    manager = value if isinstance(value, Value) else _NO_MANAGER
    entered = manager.enter(run)
    if item.optional_vars is not None:
        entered = run.unknown(shown(value)) if entered is MISSING else entered
        assign(run, item.optional_vars, entered, scope)
    try:
        signal = yield from _with(run, node, scope, at + 1)
    except Stop as stop:
        if not manager.leave(run, stop):
            raise
        return None
    except PassOver:
        manager.leave(run, None)
        raise
    manager.leave(run, None)
    return signal


_NO_MANAGER = Value()
CONTROL: dict[type[ast.AST], Coroutine] = {
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Try: _try,
    ast.TryStar: _try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Match: _match,
}
