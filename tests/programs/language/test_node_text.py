"""The text of nodes: always as `ast.unparse` writes it, however the program writes it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import lstmcount
from lstmcount.programs.language.source.node_text import text_of
from lstmcount.programs.language.source.source import parse

EXPRESSIONS = """
f(a, b=3)      f( a )         f(a,b)       f(a, b = 3)    f(a,)          f (a)
f('a')         f("a")         f('a' 'b')   f('a''b')      f('it\\'s')    f('"')
f(b'a')        f(u'a')        f(f'{a}')    f(r'a')        f('é')         f('''a''')
f(0)           f(1_000)       f(0x10)      f(00)          f(1.10)        f(1e3)
f((a))         f((a, b))      f([a, b])    f([a,])        f([])          f(a)(b)
x[0]           x [0]          x[(0, 1)]    x[0, 1]        x[0][1]        x[:, 1]
a.b.c          a .b           a. b         f(a).b         f(not a)       f(*a)
f(a if b else c)              f(lambda: a)                f(x=[0])       f(x='a', y=b)
f('a (b), c')  f('a\\tb')      f(é)         ё.f(a)         f(a # no
)              f(a,
b)             'a'.f(b)       f(a)[0].b    f(True)        f(None, -1)    f(\tа)
"""


def nodes(statements: list[ast.stmt]) -> list[ast.AST]:
    return [node for each in statements for node in ast.walk(each) if isinstance(node, ast.expr)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_as_python_writes_it(end: str) -> None:
    lines = "\n".join([each for row in EXPRESSIONS.split("\n") for each in _split(row)])
    program = parse(lines.replace("\n", end).encode())
    assert not program.is_repaired
    for node in nodes(program.statements):
        assert text_of(program, node)[0] == ast.unparse(node)


def _split(row: str) -> list[str]:
    """The expressions of a row of the table."""
    return [each.strip(" ") for each in row.replace("  ", "\n").split("\n") if each.strip(" ")]


def test_of_a_program_with_lines_that_are_not_python() -> None:
    program = parse(b"!pip install keras\nif a:\n\tx = f(a, 'b')\n\tprint 'x'\ny = g(c, d=0)\n")
    assert program.is_repaired
    texts = [text_of(program, node)[0] for node in nodes(program.statements)]
    assert "f(a, 'b')" in texts
    assert "g(c, d=0)" in texts


def test_of_real_code() -> None:
    for path in sorted(Path(lstmcount.__file__).parent.rglob("*.py"))[::10]:
        program = parse(path.read_bytes())
        for node in nodes(program.statements):
            if isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
                text = " ".join(ast.unparse(node).split())
                assert text_of(program, node)[0] in (text, text[:297] + "...") or len(text) > 300
