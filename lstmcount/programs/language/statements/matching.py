"""`match` statements: select the first case that fits, and bind the names of its pattern."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.objects import attributes
from lstmcount.programs.language.objects.classes import field_names
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.types.builtin_types import is_instance
from lstmcount.programs.language.values import operators
from lstmcount.programs.language.values.operators import truth_of
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

Bindings = dict[str, Any]


def match(run: Run, node: ast.Match, scope: Scope) -> list[ast.stmt]:
    """The body of the first case whose pattern fits the subject and whose guard holds."""
    subject = run.evaluate(node.subject, scope)
    for case in node.cases:
        if _is_taken(run, node, case, subject, scope):
            return case.body
    return []


def _is_taken(run: Run, node: ast.Match, case: ast.match_case, subject: Any, scope: Scope) -> bool:
    inner = case.pattern
    for pattern in inner.patterns if isinstance(inner, ast.MatchOr) else [inner]:
        bindings: Bindings = {}
        truth = _fits(run, pattern, subject, scope, bindings)
        if isinstance(truth, Unknown):
            truth = run.decide(truth, pattern, _test(node, pattern), False)
        if not truth:
            continue
        for name, value in bindings.items():
            run.bind(scope, name, value, node)
        guard = True if case.guard is None else truth_of(run, run.evaluate(case.guard, scope))
        if isinstance(guard, Unknown) and case.guard is not None:
            guard = run.decide(guard, case.guard, case.guard, False)
        return bool(guard)
    return False


def _test(node: ast.Match, pattern: ast.pattern) -> ast.expr:
    """The condition of a decision, for its source text."""
    if not isinstance(pattern, ast.MatchValue | ast.MatchSingleton):
        return node.subject
    value = pattern.value
    right = value if isinstance(value, ast.expr) else ast.Constant(value)
    return ast.Compare(node.subject, [ast.Eq()], [right])


def _fits(run: Run, pattern: Any, subject: Any, scope: Scope, bindings: Bindings) -> Any:
    """Whether the subject fits the pattern: True, False, or the unknown that this depends on."""
    if isinstance(pattern, ast.MatchAs):
        fits = pattern.pattern is None or _fits(run, pattern.pattern, subject, scope, bindings)
        if pattern.name:
            bindings[pattern.name] = subject
        return fits
    if isinstance(pattern, ast.MatchOr):
        return _any(
            _fits(run, alternative, subject, scope, bindings) for alternative in pattern.patterns
        )
    if isinstance(pattern, ast.MatchValue):
        value = run.evaluate(pattern.value, scope)
        return operators.truth_of(
            run, operators.compare(run, ast.Eq, subject, value, pattern.value)
        )
    if isinstance(subject, Unknown):
        return subject
    if run.is_open(subject):
        return Unknown(run.spoiled[id(subject)])
    if isinstance(pattern, ast.MatchSingleton):
        return subject is pattern.value
    return _STRUCTURES[type(pattern)](run, pattern, subject, scope, bindings)


def _any(truths: Any) -> Any:
    unknown_or_false: Any = False
    for truth in truths:
        if truth is True:
            return True
        unknown_or_false = truth if isinstance(truth, Unknown) else unknown_or_false
    return unknown_or_false


def _all(run: Run, pairs: Any, scope: Scope, bindings: Bindings) -> Any:
    unknown_or_true: Any = True
    for pattern, value in pairs:
        truth = _fits(run, pattern, value, scope, bindings)
        if not isinstance(truth, Unknown) and not truth:
            return False
        unknown_or_true = truth if isinstance(truth, Unknown) else unknown_or_true
    return unknown_or_true


def _sequence(
    run: Run, pattern: ast.MatchSequence, subject: Any, scope: Scope, bindings: Bindings
) -> Any:
    sequence = subject.inner if isinstance(subject, Value) else subject
    if not isinstance(sequence, list | tuple | range):
        return False
    run.spend(len(sequence), pattern)
    values = list(sequence)
    patterns: list[Any] = list(pattern.patterns)
    star = next(
        (i for i, element in enumerate(patterns) if isinstance(element, ast.MatchStar)), None
    )
    if star is None:
        is_long_enough = len(values) == len(patterns)
    else:
        after = len(patterns) - star - 1
        is_long_enough = len(values) >= len(patterns) - 1
        rest, name = values[star : len(values) - after], patterns.pop(star).name
        values = [*values[:star], *values[len(values) - after :]]
        if name:
            bindings[name] = rest
    pairs = zip(patterns, values, strict=False)
    return is_long_enough and _all(run, pairs, scope, bindings)


def _mapping(
    run: Run, pattern: ast.MatchMapping, subject: Any, scope: Scope, bindings: Bindings
) -> Any:
    mapping = subject.inner if isinstance(subject, Value) else subject
    if not isinstance(mapping, dict):
        return False
    keys = [run.evaluate(key, scope) for key in pattern.keys]
    unknown = next((key for key in keys if isinstance(key, Unknown)), None)
    if unknown is not None or not all(key in mapping for key in keys):
        return False if unknown is None else unknown
    if pattern.rest:
        run.spend(len(mapping), pattern)
        bindings[pattern.rest] = {key: mapping[key] for key in mapping if key not in keys}
    pairs = zip(pattern.patterns, [mapping[key] for key in keys], strict=True)
    return _all(run, pairs, scope, bindings)


def _instance(
    run: Run, pattern: ast.MatchClass, subject: Any, scope: Scope, bindings: Bindings
) -> Any:
    cls = run.evaluate(pattern.cls, scope)
    truth = is_instance(subject, cls)
    if truth is not True:
        return truth
    names: list[str] = []
    if isinstance(cls, Class):
        declared = cls.find("__match_args__")
        names = list(declared) if isinstance(declared, tuple) else field_names(cls)
    elif pattern.patterns:  # `int(n)` binds the subject itself
        return _fits(run, pattern.patterns[0], subject, scope, bindings)
    named = zip([*names[: len(pattern.patterns)], *pattern.kwd_attrs],
                [*pattern.patterns, *pattern.kwd_patterns], strict=False)  # fmt: skip
    pairs = [(part, attributes.find(run, subject, name, pattern.cls)) for name, part in named]
    if any(value is MISSING for _, value in pairs):
        return False
    return _all(run, pairs, scope, bindings)


_STRUCTURES: dict[type[ast.AST], Callable[..., Any]] = {
    ast.MatchSequence: _sequence,
    ast.MatchMapping: _mapping,
    ast.MatchClass: _instance,
}
