"""Name unknown results of several calls apart, which one statement makes: two numbers that `--set`
gives must never share a name."""

from __future__ import annotations

import ast
import copy
from functools import lru_cache
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.source.node_text import MAX_WORDS
from lstmcount.shapes import Unknown

_WRITTEN = (str, int, float, bool)  # values that a program writes as they are
MAX_WRITTEN = 60  # characters


def name_elements(run: Run, made: Any, target: ast.expr) -> None:
    """Name the unknown elements of a comprehension by their keys: `sizes['a']`."""
    is_list = isinstance(made, list)
    pairs = enumerate(made) if is_list else made.items() if isinstance(made, dict) else ()
    unknown = [(key, each) for key, each in pairs if type(each) is Unknown and "(" in str(each)]
    if len(unknown) < 2:
        return
    run.spend(8 * len(unknown), target)
    for key, each in unknown:
        words = f"{run.source_of(target)}[{key!r}]"
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
    for at, name in enumerate(names):
        part = words if several == [target] else f"{words}[{at}]"
        run.told_apart.add(part)
        scope.bind(name, run.unknown(part))
    return True


def binds_element(run: Run, target: ast.expr, element: Any, scope: Scope) -> bool:
    """Whether an element that a loop takes is bound here, because the name already stands for an
    unknown of the same list, of which `--set` may give the value: an unknown under its own words.
    """
    if not isinstance(target, ast.Name):
        return False
    if type(element) is Unknown and element.text is not None:
        if run.first_results.setdefault(target, element.text) == element.text:
            return False
        run.told_apart.add(element.text)
        element = run.unknown(element.text)
    elif target not in run.first_results or not isinstance(element, _WRITTEN):
        return False
    scope.bind(target.id, element)
    return True


def _other_words(run: Run, node: ast.Assign, value: Any, scope: Scope) -> str | None:
    """The words of the result of a call that was made before with other arguments: `load('b')` of
    `load(path)`; None for the first one."""
    if type(value) is not Unknown or value.text is None or len(node.targets) > 1:
        return None
    known = {name: _written(scope, name) for name in _names_in(node.value)}
    if node not in run.first_results:
        run.first_results[node] = known, value.text
        return None
    first, words = run.first_results[node]
    if any(part in value.text for part in run.told_apart) or value.text != words:
        return value.text
    if first == known or value.text != run.source_of(node.value):
        return None
    texts = {name: text for name, text in known.items() if text is not None}
    return _written_with(texts, node.value)


def with_told_apart(run: Run, node: ast.AST, text: str, scope: Scope | None) -> str:
    """The source text of a node, in which names that stand for one of several unknowns have its
    words: `load('b').shape[1]` or `x@12.shape[1]` beside `x.shape[1]`."""
    unknown = _unknown_names(run, node, scope) if len(text) < MAX_WORDS else {}
    words = {name: words for name, words in unknown.items() if words in run.told_apart}
    return _written_with(words, node) if words else text


def with_words_of_names(run: Run, node: ast.expr, text: str) -> str:
    """The source text of a condition, in which names have the words of what they stand for:
    `b > 4` where a parameter of `x > 4` is `b`."""
    words = _unknown_names(run, node, None) if len(text) < MAX_WORDS else {}
    return _written_with(words, node) if words else text


def _unknown_names(run: Run, node: ast.AST, scope: Scope | None) -> dict[str, str]:
    """The names in an expression that stand for unknowns, and the words of these."""
    words = dict[str, str]()
    for name in _names_read(node):
        if scope is None:
            scope = run.scopes[-1] if run.scopes else run.own_modules.scope_around(node)
        value = _value_of(scope, name)
        if isinstance(value, Unknown) and value.text is not None:
            words[name] = value.text
    return words


@lru_cache(4096)  # the program is followed several times
def _names_read(node: ast.AST) -> tuple[str, ...]:
    if not isinstance(node, ast.expr):
        return ()
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    return tuple({each.id: None for each in names if isinstance(each.ctx, ast.Load)})


@lru_cache(1024)
def _names_in(expression: ast.expr) -> tuple[str, ...]:
    if not any(isinstance(node, ast.Call) for node in ast.walk(expression)):
        return ()
    return tuple([node.id for node in ast.walk(expression) if isinstance(node, ast.Name)])


def _value_of(scope: Scope, name: str) -> Any:
    holder = scope.find(name)
    return None if holder is None else holder.names[name]


def _written(scope: Scope, name: str) -> str | None:
    """The value of a name as the program could write it; None for other values."""
    value = _value_of(scope, name)
    text = repr(value) if isinstance(value, _WRITTEN) else ""
    return text if 0 < len(text) <= MAX_WRITTEN else None


def _written_with(texts: dict[str, str], expression: ast.AST) -> str:
    return ast.unparse(_Written(texts).visit(copy.deepcopy(expression)))


class _Written(ast.NodeTransformer):
    """Replaces names by their values."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts

    def visit_Name(self, node: ast.Name) -> ast.expr:
        text = self.texts.get(node.id)
        return node if text is None else ast.Name(text, node.ctx)
