"""The words of expressions with what their names stand for: `load('b')` for `load(path)`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.source.node_text import MAX_WORDS
from lstmcount.programs.language.statements.drawing import drawing_in
from lstmcount.programs.language.statements.written import (
    names_read,
    value_of,
    written,
    written_in,
    written_with,
)
from lstmcount.programs.language.values.callbacks import CHANGING
from lstmcount.shapes import Unknown

_WITHOUT_SPACES = ast.Call | ast.Attribute | ast.Subscript | ast.Name
_ARITHMETIC = ast.BinOp | ast.UnaryOp | ast.IfExp
OFTEN = 8  # evaluations of an expression that tell whether it has several values
_NO_NAME = re.compile(r"['\"=:]")  # strings, names of arguments, lambdas


def with_told_apart(run: Run, node: ast.AST, text: str, scope: Scope | None) -> str:
    """The source text of a node, in which names that stand for one of several unknowns have its
    words: `load('b').shape[1]` or `x@12.shape[1]` beside `x.shape[1]`."""
    if run.names_apart.isdisjoint(names_read(node)) or len(text) >= MAX_WORDS:
        return text
    words = {
        name: words
        for name, words in _unknown_names(run, node, scope or _scope_of(run, node)).items()
        if words in run.told_apart
    }
    return _with_words(text, words, node) if words else text


def _with_words(text: str, words: dict[str, str], node: ast.AST) -> str:
    if text in words:
        return words[text]
    if _NO_NAME.search(text):  # a name in it may be no name of the program
        return written_with(words, node)
    names = "|".join(map(re.escape, words))
    return re.sub(rf"(?<![\w.])(?:{names})(?!\w)", lambda match: words[match[0]], text)


def note_values(run: Run, node: ast.AST, text: str, scope: Scope | None) -> None:
    """Note what the names in an expression stand for, whose value is not known."""
    if run.noted.evaluated[text] < OFTEN:
        run.noted.evaluated[text] += 1
        run.noted.values_of[text].add(_values(run, node, scope or _scope_of(run, node)))


def note_made(run: Run, target: ast.expr, node: ast.expr, value: Any, scope: Scope) -> None:
    """Note that a name or attribute gets what an expression makes of other values than before."""
    if isinstance(target, ast.Tuple) and isinstance(node, ast.Tuple) and isinstance(value, tuple):
        for parts in zip(target.elts, node.elts, value, strict=False):
            note_made(run, *parts, scope)
    if not isinstance(value, Unknown):
        return
    if target in run.noted.first_values and isinstance(node, _ARITHMETIC):
        run.noted.places.made_again.add(target)
    values = _values(run, node, scope) if run.noted.evaluated[target] < OFTEN else None
    run.noted.evaluated[target] += 1
    if values is not None and run.noted.first_values.setdefault(target, values) != values:
        run.noted.places.note_again(run.path_of(target, scope), target)


def note_changed(run: Run, node: ast.AST) -> None:
    """Give an unknown that a method may change, as `x.append(1)`, words of its own after that."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attr)) if attr in CHANGING:
            rename_changed(run, name, node)


def rename_changed(run: Run, name: str, node: ast.AST) -> None:
    """Give an unknown that a node changes words of its own after that."""
    holder = _scope_of(run, node).find(name)
    if holder is not None and type(value := holder.names[name]) is Unknown:
        words = run.words_at(name, node)
        if words != name:
            run.rename(value.text, words)
            holder.names[name] = changed = run.unknown(words)
            run.noted.note_place(name, words, changed, holder)


def is_own(node: ast.expr, scope: Scope) -> bool:
    """Whether this is a call of a function of the program, by its name."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return isinstance(value_of(scope, name), Function)
    return False


def set_words(run: Run, node: ast.expr, scope: Scope) -> str | None:
    """The words by which a setting gives the value of an expression; None if there is none."""
    text = run.source_of(node, scope)
    own = _own_words(run, node, text, scope, run.settings.__contains__)
    if own in run.settings:
        return own
    if text not in run.settings or text in run.set_apart:
        return None
    note_values(run, node, text, scope)
    return text


def own_unknown(run: Run, node: ast.expr, value: Unknown, scope: Scope) -> Any:
    """The unknown that an expression gives, under words of its own if others share its text."""
    text = value.text
    is_plain = not run.settings and not run.set_apart
    if text is None or (is_plain and run.noted.evaluated[text] >= OFTEN):
        return value
    source = run.source_of(node, scope)
    if source != text:
        if drawing_in(node)[:1] != (source,) or is_own(node, scope):
            return value
        run.rename(text, source)  # `next(it)` of `iter(sizes)` has the words `next(sizes)`
        text, value = source, run.unknown(source)
    note_values(run, node, text, scope)
    is_apart = _is_apart(run, node, text)
    own = _own_words(run, node, text, scope, lambda own: is_apart or own in run.settings.all_words)
    if own is None:
        return value
    run.told_apart.add(own)
    run.rename(text, own)
    return run.unknown(own)


def own_condition(run: Run, test: ast.expr, text: str, scope: Scope | None) -> str:
    """The words of an unknown condition: its text, or words of its own if others share that."""
    if isinstance(test, ast.Name):
        return text
    note_values(run, test, text, scope)
    if run.whiles:  # which asks for it again, if its value lets it
        run.noted.note_several(text)
    is_apart = _is_apart(run, test, text)
    return _own_words(run, test, text, scope, lambda own: is_apart or own in run.settings) or text


def _is_apart(run: Run, node: ast.expr, text: str) -> bool:
    return bool(run.set_apart) and not run.set_apart.isdisjoint((text, *drawing_in(node)))


def _own_words(
    run: Run,
    node: ast.expr,
    text: str,
    scope: Scope | None,
    is_wanted: Callable[[str], bool],
) -> str | None:
    """The text of an expression with what its names stand for, if that is wanted. It has a number
    where that cannot be written: `data.size()#2`."""
    start = re.split(r"[([]", text, maxsplit=1)[0]
    is_likely = bool(run.set_apart) or start in run.settings.all_words
    if not is_likely or len(text) >= MAX_WORDS:
        return None
    scope = scope or _scope_of(run, node)
    values = {**written_in(node, scope), **_unknown_names(run, node, scope)}
    texts = {name: value for name, value in values.items() if value not in (None, name)}
    if not texts and not run.set_apart and "#" not in run.settings.all_words:
        return None
    key = _values(run, node, scope)
    known = run.noted.own_words.setdefault(text, {})
    if key in known:
        return known[key]
    own = written_with(texts, node, {call: run.noted.drawn[call] for call in drawing_in(node)})
    number = sum(words.partition("#")[0] == own for words in known.values()) + 1
    if number > 1 or own == text:
        own = f"{own}#{number}" if isinstance(node, _WITHOUT_SPACES) else f"({own})#{number}"
    if not is_wanted(own):
        return None
    known[key] = own
    return own


def _scope_of(run: Run, node: ast.AST) -> Scope:
    """The names that code which is running can read."""
    return run.scopes[-1] if run.scopes else run.own_modules.scope_around(node)


def _unknown_names(run: Run, node: ast.AST, scope: Scope) -> dict[str, str]:
    """The names in an expression that stand for unknowns, or for containers with unknown elements,
    and the words of these."""
    words = dict[str, str]()
    for name in names_read(node):
        value = value_of(scope, name)
        text = value.text if isinstance(value, Unknown) else run.spoiled.get(id(value))
        if text is not None:
            words[name] = text
    return words


def _values(run: Run, node: ast.AST, scope: Scope) -> tuple[Any, ...]:
    """What tells this value of an expression apart from others: what its names stand for, and how
    often calls in it that give another value each time have been made."""
    drawn = [run.noted.drawn[call] for call in drawing_in(node)]
    return (*drawn, *[_identity(run, value_of(scope, name)) for name in names_read(node)])


def _identity(run: Run, value: Any) -> Any:
    """Text for a value that is known by that, the number of an object for others."""
    if isinstance(value, Unknown):
        return value.text
    if (text := written(value)) is not None:
        return text
    return run.noted.objects.setdefault(id(value), (len(run.noted.objects), value))[0]
