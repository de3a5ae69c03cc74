"""The text of expressions with other texts in the place of names: `load('b')` for `load(path)`."""

from __future__ import annotations

import ast
import copy
from functools import lru_cache
from typing import Any

from lstmcount.programs.language.scope import Scope

WRITTEN = (str, int, float, bool)  # values that a program writes as they are
MAX_WRITTEN = 60  # characters


def written_in(expression: ast.expr, scope: Scope) -> dict[str, str | None]:
    """The values of the names in an expression as the program could write them, or None."""
    return {name: written(value_of(scope, name)) for name in names_read(expression)}


def written_with(
    texts: dict[str, str], expression: ast.AST, drawn: dict[str, int] | None = None
) -> str:
    """The source text of an expression with other texts in the place of names.

    `drawn` has the numbers of the calls that give another value each time.
    """
    return _written_with(expression, tuple(texts.items()), tuple((drawn or {}).items()))


@lru_cache(4096)  # the program is followed several times
def _written_with(
    expression: ast.AST, texts: tuple[tuple[str, str], ...], drawn: tuple[tuple[str, int], ...]
) -> str:
    return ast.unparse(_Written(dict(texts), dict(drawn)).visit(copy.deepcopy(expression)))


@lru_cache(4096)  # the program is followed several times
def names_read(node: ast.AST) -> tuple[str, ...]:
    if not isinstance(node, ast.expr):
        return ()
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    return tuple({each.id: None for each in names if isinstance(each.ctx, ast.Load)})


def value_of(scope: Scope, name: str) -> Any:
    holder = scope.find(name)
    return None if holder is None else holder.names[name]


def written(value: Any) -> str | None:
    """A value as the program could write it: short texts and numbers, and short lists of them; None
    for other values."""
    is_list = type(value) in (list, tuple) and len(value) <= MAX_WRITTEN // 3
    elements = value if is_list else (value,)
    if not all(isinstance(each, WRITTEN) and len(str(each)) < MAX_WRITTEN for each in elements):
        return None
    text = repr(value)
    return text if len(text) <= MAX_WRITTEN else None


class _Written(ast.NodeTransformer):
    """Replaces names by their values, and numbers calls."""

    def __init__(self, texts: dict[str, str], drawn: dict[str, int]) -> None:
        self.texts = texts
        self.drawn = drawn

    def visit_Name(self, node: ast.Name) -> ast.expr:
        text = self.texts.get(node.id)
        return node if text is None else ast.Name(text, node.ctx)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        number = self.drawn.get(ast.unparse(node)) if self.drawn else None
        self.generic_visit(node)
        return node if number is None else ast.Name(f"{ast.unparse(node)}#{number}")

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
        """`'units1'` for `f'units{number}'`, where all that it formats can be written."""
        parts = [self._formatted(part) for part in node.values]
        return node if None in parts else ast.Constant("".join(filter(None, parts)))

    def _formatted(self, part: ast.expr) -> str | None:
        if isinstance(part, ast.Constant):
            return str(part.value)
        if not isinstance(part, ast.FormattedValue) or part.format_spec or part.conversion != -1:
            return None
        text = self.texts.get(part.value.id) if isinstance(part.value, ast.Name) else None
        try:
            return None if text is None else str(ast.literal_eval(text))
        except (ValueError, SyntaxError):  # the words of an unknown
            return None
