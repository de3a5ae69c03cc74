"""The text of a program or a notebook → statements, with what cannot be parsed left out."""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_right

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.readers.python import repair
from lstmcount.readers.text import decode

MAX_CODE = 4 * 2**20  # characters; more is not a program that someone wrote


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""
    input: str | list[str] = ""  # where notebooks of format 3 keep the code


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class _Notebook(msgspec.Struct):
    """The part of a notebook that is read; outputs are skipped without being decoded."""

    cells: list[_Cell] = []
    worksheets: list[_Worksheet] = []
    nbformat: int | None = None


class Program(msgspec.Struct):
    """What is left to interpret: statements whose line numbers count through all the cells."""

    statements: list[ast.stmt]
    text: str
    name: str | None = None  # of the file
    notes: list[str] = []
    cell_starts: list[int] = []  # the first line of each code cell, counted through; [] for .py
    cell_numbers: list[int] = []

    def place(self, line: int) -> tuple[int | None, int]:
        """(cell, line in it) of a line counted through; no cell for a plain program."""
        if not self.cell_starts:
            return None, line
        index = max(bisect_right(self.cell_starts, line) - 1, 0)
        return self.cell_numbers[index], line - self.cell_starts[index] + 1


def is_notebook(text: str) -> bool:
    """
    >>> is_notebook('{"cells": [], "metadata": {}, "nbformat": 4}'), is_notebook("import keras")
    (True, False)
    """
    if text.lstrip()[:1] != "{" or '"nbformat"' not in text:
        return False
    try:
        return msgspec.json.decode(text, type=_Notebook).nbformat is not None
    except (msgspec.MsgspecError, RecursionError):
        return False


def parse(data: bytes, name: str | None = None) -> Program:
    """The program in a `.py` or `.ipynb` file.

    Statements that are not Python 3 are left out, each with a note that says where. Raises
    `LstmcountError` where the file is too large or is not text.
    """
    text = decode(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the program's invalid escapes, not of ours
        if is_notebook(text):
            program = _parse_notebook(msgspec.json.decode(text, type=_Notebook))
            program.name = name
            return program
        _check_size(text)
        statements, lost = _parse_tolerantly(text, 0)
    program = Program(statements, text, name)
    program.notes = _notes(program, lost)
    return program


def _parse_notebook(notebook: _Notebook) -> Program:
    cells = notebook.cells or [cell for sheet in notebook.worksheets for cell in sheet.cells]
    program = Program([], "")
    texts: list[str] = []
    lost: list[int] = []
    size, line = 0, 1
    for number, cell in enumerate((c for c in cells if c.cell_type == "code"), 1):
        source = cell.source or cell.input
        text = source if isinstance(source, str) else "".join(source)
        size += len(text)
        if size > MAX_CODE:
            _check_size(" " * size)
        program.cell_starts.append(line)
        program.cell_numbers.append(number)
        statements, lost_here = _parse_tolerantly(text, line - 1)
        program.statements += statements
        lost += lost_here
        texts.append(text)
        line += text.count("\n") + 1
    program.text = "\n".join(texts)
    program.notes = _notes(program, lost)
    return program


def _check_size(text: str) -> None:
    if len(text) > MAX_CODE:
        raise LstmcountError(f"the program is longer than {MAX_CODE // 2**20} MiB")


def _parse_tolerantly(text: str, offset: int) -> tuple[list[ast.stmt], list[int]]:
    """Statements with `offset` lines before them, and the lines that had to be left out."""
    try:
        return parse_at(text, offset), []
    except (SyntaxError, ValueError):
        pass
    except (RecursionError, MemoryError):
        raise LstmcountError("nested too deeply to be read") from None
    statements: list[ast.stmt] = []
    lost: list[int] = []
    for line, chunk in repair.chunks(repair.modernised(text)):
        found, lost_here = repair.parse_chunk(chunk, offset + line)
        statements += found
        lost += lost_here
    return statements, lost


def parse_at(text: str, offset: int) -> list[ast.stmt]:
    return ast.parse("\n" * offset + text).body


def _notes(program: Program, lost: list[int]) -> list[str]:
    if not lost:
        return []
    shown = [_place_in_words(program, line) for line in lost[:5]]
    more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    return [f"not Python 3, left out: {', '.join(shown)}{more}"]


def _place_in_words(program: Program, line: int) -> str:
    cell, line = program.place(line)
    return f"line {line}" if cell is None else f"cell {cell} line {line}"
