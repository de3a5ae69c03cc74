"""Programs with an unknown constant: no other number comes out, and a setting restores it.

What a program computes from the unknown value may be asked for, or may not matter to the model. A
number that is not the model's is never printed.
"""

from __future__ import annotations

import ast
from typing import Any

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.setting_text import parse_setting
from lstmcount.shapes import Unknown

from .keras_runs import PROGRAMS, header

NAME = "UNKNOWN_CONSTANT"
MOST = 12  # constants of a program, evenly spread


def numbers(text: str, settings: dict[str, Any]) -> Any:
    """The total and trainable parameters; None if they are asked for or refused."""
    try:
        summary = infer(read_python(text.encode(), settings=settings))
    except LstmcountError:
        return None
    found = (summary.total_params, summary.trainable_params)
    is_open = any(layer.is_unbuilt for layer in summary.walk())
    return None if is_open or any(isinstance(number, Unknown) for number in found) else found


def constants(text: str) -> list[ast.Constant]:
    """The numbers, truth values and texts that a program passes or keeps, without docstrings.

    Names of layers are left out, because a layer of unknown name is not found by it.
    """
    left_out: set[int] = set()
    found = []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Expr(value=part) | ast.keyword(arg="name", value=part):
                left_out.add(id(part))
            case ast.JoinedStr():
                left_out.update(map(id, ast.walk(node)))
            case ast.Constant(value=int() | str()) if id(node) not in left_out:
                found.append(node)
    return found[:: max(len(found) // MOST, 1)]


def with_unknown(text: str, constant: ast.Constant) -> str:
    """The program with a name that it imports in the place of the constant."""
    lines = text.split("\n")
    line = lines[constant.lineno - 1].encode()
    new = line[: constant.col_offset] + NAME.encode() + line[constant.end_col_offset :]
    lines[constant.lineno - 1] = new.decode()
    before = 0
    for statement in ast.parse(text).body:
        is_docstring = isinstance(statement, ast.Expr)
        if not is_docstring and getattr(statement, "module", None) != "__future__":
            break
        before = statement.end_lineno or 0
    lines.insert(before, f"from settings_of_mine import {NAME}")
    return "\n".join(lines)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_no_other_number_comes_out(program):
    text = program.read_text()
    given = dict(map(parse_setting, header(text, "set")))
    expected = numbers(text, dict(given))
    for constant in constants(text):
        changed = with_unknown(text, constant)
        place = f"line {constant.lineno}: {constant.value!r}"
        found = numbers(changed, dict(given))
        assert found in (None, expected), place
        restored = numbers(changed, {**given, NAME: constant.value})
        assert restored == expected, place
