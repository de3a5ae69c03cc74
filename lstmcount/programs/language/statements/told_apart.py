"""Name unknown results of several calls apart, which one statement makes: two numbers that `--set`
gives must never share a name."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.statements.written import WRITTEN, written_in, written_with
from lstmcount.shapes import Unknown


def name_elements(run: Run, made: Any, target: ast.expr) -> None:
    """Name the unknown elements of a comprehension by their keys: `sizes['a']`."""
    is_list = isinstance(made, list)
    pairs = enumerate(made) if is_list else made.items() if isinstance(made, dict) else ()
    own = run.source_of(target)
    unknown = [
        (key, each)
        for key, each in pairs
        if type(each) is Unknown and ("(" in str(each) or f"{own}[{key!r}]" in run.settings)
    ]
    if len(unknown) < 2:
        return
    run.spend(8 * len(unknown), target)
    for key, each in unknown:
        words = f"{own}[{key!r}]"
        run.rename(each.text, words)
        made[key] = run.unknown(words)


def binds_apart(run: Run, node: ast.Assign, value: Any, scope: Scope) -> bool:
    """Whether an assignment of an unknown is done here, under words of its own, because the names
    that it binds already stand for what the same statement gave in another call."""
    words = _other_words(run, node, value, scope)
    target = node.targets[0]
    several = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    names = [each.id for each in several if isinstance(each, ast.Name)]
    if words is None or len(names) < len(several):
        return False
    run.rename(value.text, words)
    for each, name in zip(several, names, strict=True):
        run.noted.places.note_again(name, each)
    for at, name in enumerate(names):
        part = words if several == [target] else f"{words}[{at}]"
        run.told_apart.add(part)
        run.names_apart.add(name)
        scope.bind(name, run.unknown(part))
    return True


def binds_element(run: Run, target: ast.expr, element: Any, scope: Scope) -> bool:
    """Whether an element that a loop takes is bound here, because the name already stands for an
    unknown of the same list, of which `--set` may give the value: an unknown under its own words.
    """
    if not isinstance(target, ast.Name):
        return False
    if type(element) is Unknown and element.text is not None:
        if target in run.first_results:
            run.noted.places.note_again(target.id, target)
        if run.first_results.setdefault(target, element.text) == element.text:
            return False
        run.told_apart.add(element.text)
        run.names_apart.add(target.id)
        element = run.unknown(element.text)
    elif target not in run.first_results or not isinstance(element, WRITTEN):
        return False
    scope.bind(target.id, element)
    return True


def _other_words(run: Run, node: ast.Assign, value: Any, scope: Scope) -> str | None:
    """The words of the result of a call that was made before with other arguments: `load('b')` of
    `load(path)`; None for the first one."""
    if type(value) is not Unknown or value.text is None or len(node.targets) > 1:
        return None
    known = written_in(node.value, scope) if _has_call(node.value) else {}
    if node not in run.first_results:
        run.first_results[node] = known, value.text
        return None
    first, words = run.first_results[node]
    if value.text != words or any(part in value.text for part in run.told_apart):
        return value.text
    if first == known or value.text != run.source_of(node.value):
        return None
    texts = {name: text for name, text in known.items() if text is not None}
    return written_with(texts, node.value)


@lru_cache(1024)
def _has_call(expression: ast.expr) -> bool:
    return any(isinstance(node, ast.Call) for node in ast.walk(expression))
