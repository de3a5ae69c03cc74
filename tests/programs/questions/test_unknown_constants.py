"""Programs with unknown constants: no other number comes out, and settings restore it.

What a program computes from an unknown value may be asked for, or may not matter to the model. A
number that is not the model's is never printed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.setting_text import parse_setting
from lstmcount.shapes import Unknown
from tests.programs.keras_runs import PROGRAMS, header

NAMES = ("UNKNOWN_CONSTANT", "ANOTHER_ONE")
MOST = 12  # constants of a program, evenly spread
PAIRS = 2  # of constants that are unknown at once


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


def with_unknown(text: str, constants: Iterable[ast.Constant]) -> str:
    """The program with names that it imports in the places of the constants."""
    lines = text.split("\n")
    named = list(zip(constants, NAMES, strict=False))
    for constant, name in sorted(named, key=lambda pair: -pair[0].col_offset):
        line = lines[constant.lineno - 1].encode()
        new = line[: constant.col_offset] + name.encode() + line[constant.end_col_offset :]
        lines[constant.lineno - 1] = new.decode()
    before = 0
    for statement in ast.parse(text).body:
        is_docstring = isinstance(statement, ast.Expr)
        if not is_docstring and getattr(statement, "module", None) != "__future__":
            break
        before = statement.end_lineno or 0
    lines.insert(before, f"from settings_of_mine import {', '.join(NAMES)}")
    return "\n".join(lines)


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_no_other_number_comes_out(program):
    text = program.read_text()
    given = dict(map(parse_setting, header(text, "set")))
    expected = numbers(text, dict(given))
    single = constants(text)
    pairs = list(pairwise(single))
    for unknown in [*zip(single), *pairs[:: max(len(pairs) // PAIRS, 1)]]:
        changed = with_unknown(text, unknown)
        place = ", ".join(f"line {each.lineno}: {each.value!r}" for each in unknown)
        found = numbers(changed, dict(given))
        assert found in (None, expected), place
        values = {name: each.value for each, name in zip(unknown, NAMES, strict=False)}
        assert numbers(changed, given | values) == expected, place
