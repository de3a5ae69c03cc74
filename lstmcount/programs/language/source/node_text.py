"""The source text of nodes, as messages and settings show it: on one line, in one style."""

from __future__ import annotations

import ast
import re
from itertools import islice

from lstmcount.programs.language.source.source import Program

MAX_NODES = 300  # larger syntax trees are shown by their first line
MAX_WORDS = 300  # characters of source text in a message or an unknown

# Text that `ast.unparse` would write just so: names, whole numbers, strings, calls and brackets.
_NAME = r"[A-Za-z_]\w*\b(?:\.[A-Za-z_]\w*\b)*"
_STRING = r"(?<![\w'])'[ !#-&(-\[\]-~]*'"
_IN_STYLE = re.compile(
    rf"(?:{_NAME}(?:\(|=(?=[\w'\[]))?|(?:0|[1-9]\d*)(?![\w.])|{_STRING}|[)\[\]]|, (?=[\w'\[]))+",
    re.ASCII,
)


def text_of(program: Program, node: ast.AST) -> tuple[str, int]:
    """The text of a node, shortened if it is long, and how many nodes were visited for it.

    A definition is shown by its name.
    """
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name, 0
    nodes = _few_nodes(node) or sum(1 for _ in islice(ast.walk(node), MAX_NODES + 1))
    if nodes > MAX_NODES:
        return _first_line(program, node), nodes
    if text := _written_in_style(program, node):
        return text, nodes
    try:
        text = ast.unparse(node)
    except (RecursionError, ValueError):
        return "?", nodes
    text = " ".join(text.split())
    return text if len(text) <= MAX_WORDS else text[: MAX_WORDS - 3] + "...", nodes


def _written_in_style(program: Program, node: ast.AST) -> str:
    """The text of an expression that the program writes as `ast.unparse` does, which is slow; "" if
    it may be written otherwise."""
    if not isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
        return ""
    line = program.line_as_parsed(node.lineno)
    if node.end_lineno != node.lineno or not line.isascii():
        return ""
    text = line[node.col_offset : node.end_col_offset]
    return text if len(text) <= MAX_WORDS and _IN_STYLE.fullmatch(text) else ""


def _first_line(program: Program, node: ast.AST) -> str:
    """The start of a node in the program's text."""
    line = program.line(getattr(node, "lineno", 0))
    start = getattr(node, "col_offset", 0)
    text = line.encode(errors="replace")[start : start + 4 * MAX_WORDS].decode(errors="ignore")
    return " ".join(text.split())[: MAX_WORDS - 3] + "..."


def _few_nodes(node: ast.AST) -> int:
    """About how many nodes an expression has, if its text is too short for many; else 0.

    >>> several_lines = ast.parse("f(\\nx)").body[0].value
    >>> _few_nodes(ast.parse("units * 2").body[0].value), _few_nodes(several_lines)
    (4, 0)
    """
    if not isinstance(node, ast.expr) or node.end_lineno is None or node.end_col_offset is None:
        return 0
    length = node.end_col_offset - node.col_offset
    is_short = node.end_lineno == node.lineno and 2 * length <= MAX_NODES  # `-a` has 4 nodes
    return max(length // 2, 1) if is_short else 0
