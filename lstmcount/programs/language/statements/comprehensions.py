"""Evaluate comprehensions and generator expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from collections.abc import Iterator as Rounds
from typing import Any

from lstmcount.programs.language.run import MISSING, Run, UnknownRest
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.statements.assignment import assign, assign_unknown
from lstmcount.programs.language.statements.control import IDLE_AGAIN, IDLE_STEPS
from lstmcount.programs.language.statements.passing_over import forget_statement
from lstmcount.programs.language.statements.told_apart import binds_element
from lstmcount.programs.language.structures import unknown_in_key
from lstmcount.programs.language.values import operators
from lstmcount.programs.language.values.elements import rounds
from lstmcount.programs.language.values.iterators import Iterator
from lstmcount.programs.language.values.operators import truth_of
from lstmcount.programs.language.values.unknown_elements import UnknownElement, some_of
from lstmcount.shapes import Unknown

Handler = Callable[[Run, Any, Scope], Any]


def _rounds(
    run: Run,
    generators: list[ast.comprehension],
    scope: Scope,
    node: ast.AST,
    outer: Scope | None = None,
) -> Rounds[Unknown | None]:
    """One round for each element: yields None, or an unknown if the elements are unknown.

    The first source is computed in the `outer` scope.
    """
    if not generators:
        yield None
        return
    source = run.evaluate(generators[0].iter, outer or scope)
    elements = rounds(run, source, generators[0].iter)
    if elements is None:
        yield from _unknown_rounds(run, generators, source, scope, node)
    else:
        yield from _rounds_over(run, generators, source, elements, scope, node)


def _rounds_over(
    run: Run,
    generators: list[ast.comprehension],
    source: Any,
    elements: Rounds[Any],
    scope: Scope,
    node: ast.AST,
) -> Rounds[Unknown | None]:
    generator = generators[0]
    for element in elements:
        if not binds_element(run, generator.target, element, scope):
            assign(run, generator.target, element, scope)
        for test in generator.ifs:
            effects = run.effects
            truth = truth_of(run, run.evaluate(test, scope))
            if isinstance(truth, Unknown) and run.effects != effects:
                truth = run.decide(
                    truth, test, test, True, scope
                )  # the next test makes layers, too
            if isinstance(truth, Unknown):
                yield some_of(run, source, truth, run.source_of(node))
                return
            if not truth:
                break
        else:
            yield from _rounds(run, generators[1:], scope, node)


def _unknown_rounds(
    run: Run, generators: list[ast.comprehension], source: Any, scope: Scope, node: ast.AST
) -> Rounds[Unknown | None]:
    """Rounds over unknown elements: a decided number of rounds, if a round creates layers."""
    generator, effects = generators[0], run.effects
    unknown = source if isinstance(source, Unknown) else Unknown(run.source_of(generator.iter))
    if not generator.ifs:
        assign_unknown(run, generator.target, unknown, scope)
        yield from _rounds(run, generators[1:], scope, node)
        if run.effects != effects:
            for _ in range(run.decide(unknown, node, generator.iter, 1) - 1):
                yield from _rounds(run, generators[1:], scope, node)
            return
    yield unknown


def _list_comprehension(run: Run, node: ast.ListComp, scope: Scope) -> Any:
    inner = scope.inside()
    values: list[Any] = []
    most = IDLE_AGAIN if node in run.program.idle_loops else IDLE_STEPS
    until, effects, is_idle = run.total_steps + most, run.effects, False
    for unknown in _rounds(run, node.generators, inner, node, scope):
        if unknown is not None:
            many = run.libraries.many(run, run.source_of(node), values[-1]) if values else MISSING
            if many is not MISSING:
                return many
            run.unfollowed += 1
            return _selection(run, node, unknown) or Unknown(run.source_of(node))
        if run.total_steps > until and run.effects == effects and not is_idle:
            is_idle = True
            run.program.idle_loops.add(node)
            forget_statement(run, ast.Expr(node), scope, keeps_models=True)
        if is_idle:
            run.spend(8, node)
            values.append(run.unknown(f"{run.source_of(node)}[{len(values)}]"))
        else:
            values.append(run.evaluate(node.elt, inner))
    return values


def _generator_expression(run: Run, node: ast.GeneratorExp, scope: Scope) -> Any:
    """An iterator that computes its elements as they are taken; only the source is computed now."""
    source = run.evaluate(node.generators[0].iter, scope)
    elements = rounds(run, source, node.generators[0].iter)
    if elements is None:
        return _list_comprehension(run, node, scope)  # type: ignore[arg-type]
    return Iterator(run, node, _generated(run, node, source, elements, scope.inside()), [source])


def _generated(
    run: Run, node: ast.GeneratorExp, source: Any, elements: Rounds[Any], scope: Scope
) -> Rounds[Any]:
    for unknown in _rounds_over(run, node.generators, source, elements, scope, node):
        if unknown is not None:
            raise UnknownRest(_selection(run, node, unknown))
        yield run.evaluate(node.elt, scope)


def _selection(
    run: Run, node: ast.ListComp | ast.GeneratorExp, unknown: Unknown
) -> UnknownElement | None:
    """What `[x for x in source if condition]` has of the values in one source that can change."""
    target = node.generators[0].target
    is_kept = ast.unparse(node.elt) == ast.unparse(target) and len(node.generators) == 1
    if not is_kept or not isinstance(unknown, UnknownElement):
        return None
    return unknown.named(run.source_of(node))


def _set_comprehension(run: Run, node: ast.SetComp, scope: Scope) -> Any:
    values = _list_comprehension(run, node, scope)  # type: ignore[arg-type]
    return values if isinstance(values, Unknown) else operators.hashed(run, values, node)


def _dict_comprehension(run: Run, node: ast.DictComp, scope: Scope) -> Any:
    inner = scope.inside()
    entries: dict[Any, Any] = {}
    for unknown in _rounds(run, node.generators, inner, node, scope):
        if unknown is not None:
            return Unknown(run.source_of(node))
        key = run.evaluate(node.key, inner)
        value = run.evaluate(node.value, inner)
        run.weigh(node, key)
        if unknown_in_key(key) is not None:
            return Unknown(run.source_of(node))
        try:
            entries[key] = value
        except TypeError:
            return Unknown(run.source_of(node))
    return entries


COMPREHENSIONS: dict[type[ast.AST], Handler] = {
    ast.ListComp: _list_comprehension,
    ast.GeneratorExp: _generator_expression,
    ast.SetComp: _set_comprehension,
    ast.DictComp: _dict_comprehension,
}
