"""The text of a program or a notebook → statements, with what cannot be parsed left out."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from itertools import islice

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.programs.language import repair
from lstmcount.readers.text.notebook import Notebook, is_notebook
from lstmcount.readers.text.text import decode

MAX_CODE = 4 * 2**20  # characters; more is not a program that someone wrote

MAX_TOKENS = 300_000  # words, signs and ends of lines: Python's tree takes up to a kilobyte each
_TOKEN = re.compile(r"\w+|[^\w\s]|\n")

_PRINT = r"^\s*print\s+[\w'\"]"


class Program(msgspec.Struct):
    """What is left to interpret: statements whose line numbers count through all the cells."""

    statements: list[ast.stmt]
    text: str
    name: str | None = None  # of the file
    notes: list[str] = []
    cell_starts: list[int] = []  # the first line of each code cell, counted through; [] for .py
    cell_numbers: list[int] = []

    def line(self, number: int) -> str:
        """A line of the text, counted through all the cells from 1; nothing where there is none."""
        lines = self.text.split("\n", number)
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def place(self, line: int) -> tuple[int | None, int]:
        """(cell, line in it) of a line counted through; no cell for a plain program."""
        if not self.cell_starts:
            return None, line
        index = max(bisect_right(self.cell_starts, line) - 1, 0)
        return self.cell_numbers[index], line - self.cell_starts[index] + 1


def parse(data: bytes, name: str | None = None) -> Program:
    """The program in a `.py` or `.ipynb` file.

    Statements that are not Python 3 are left out, each with a note that says where. Raises
    `LstmcountError` where the file is too large or is not text.
    """
    text = decode(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the program's invalid escapes, not of ours
        if is_notebook(text):
            program = _parse_notebook(msgspec.json.decode(text, type=Notebook))
            program.name = name
            return program
        _check_size(text)
        found = repair.Repair()
        _parse_tolerantly(found, text, 0)
    program = Program(found.statements, text, name)
    program.notes = _notes(program, found.lost)
    return program


def _parse_notebook(notebook: Notebook) -> Program:
    program = Program([], "")
    texts = notebook.code_cells()
    found = repair.Repair()
    line = 1
    program.text = "\n".join(texts)
    _check_size(program.text)
    for number, text in enumerate(texts, 1):
        program.cell_starts.append(line)
        program.cell_numbers.append(number)
        _parse_tolerantly(found, text, line - 1)
        line += text.count("\n") + 1
    program.statements = found.statements
    program.notes = _notes(program, found.lost)
    return program


def _check_size(text: str) -> None:
    if len(text) > MAX_CODE:
        raise LstmcountError(f"the program is longer than {MAX_CODE // 2**20} MiB")
    if len(text) > MAX_TOKENS:
        tokens = sum(1 for _ in islice(_TOKEN.finditer(text), MAX_TOKENS + 1))
        if tokens > MAX_TOKENS:
            raise LstmcountError(f"the program has more than {MAX_TOKENS:,} words and signs")


def _parse_tolerantly(found: repair.Repair, text: str, offset: int) -> None:
    """Add the statements of a text that `offset` lines are before; lines may have to be lost."""
    try:
        found.statements += repair.parsed(text, offset)
    except (SyntaxError, ValueError):
        for line, chunk in repair.chunks(repair.modernised(text)):
            found.add(chunk, offset + line)
    except (RecursionError, MemoryError):
        raise LstmcountError("nested too deeply to be read") from None


def _notes(program: Program, lost: list[int]) -> list[str]:
    if not lost:
        return []
    shown = [_place_in_words(program, line) for line in lost[:5]]
    more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    return [f"not Python 3, left out: {', '.join(shown)}{more}"]


def _place_in_words(program: Program, line: int) -> str:
    cell, line = program.place(line)
    return f"line {line}" if cell is None else f"cell {cell} line {line}"


def is_python2(program: Program) -> bool:
    """Whether a program is written for Python 2, where 7 / 2 is 3."""
    return bool(program.notes) and re.search(_PRINT, program.text, re.MULTILINE) is not None
