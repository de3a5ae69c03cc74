"""Parse the text of a program or notebook, leaving out what cannot be parsed."""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_right
from itertools import islice

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.source import repair
from lstmcount.readers.text.notebook import code_cells
from lstmcount.readers.text.text import decode

MAX_CODE = 4 * 2**20  # characters; longer programs are refused

MAX_TOKENS = 300_000  # words, signs and line ends: a syntax tree takes up to 1 KB for each
_TOKEN = r"\w+|[^\w\s]|\n"

# Docstrings and comments.
NO_CODE = r"\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|#[^\n]*"
_PRINT = r"(?m)^\s*print\s+[\w'\"]"
_ONLY_PYTHON_2 = (
    r"(?m)(?<![\w.])(?:xrange|raw_input|execfile)\(|^import\s+(?:cPickle|ConfigParser|urllib2)\b"
)
# What only Python 2 has contains one of these.
_PYTHON_2_WORDS = ("xrange", "raw_input", "execfile", "cPickle", "ConfigParser", "urllib2")
_BOTH_PYTHONS = (
    r"\b(?:xrange|raw_input)\s*=|\bimport\b[^\n]*\b(?:xrange|raw_input)\b"
    r"|\b(?:six|version_info|PY[23]|NameError)\b"
)
_TRUE_DIVISION = r"\bfrom\s+__future__\s+import\b[^\n]*\bdivision\b"


class ProgramPart(msgspec.Struct):
    """A part of the program's lines: a file, or a code cell of a notebook."""

    first_line: int  # as a global line number
    text: str
    lines: list[str]
    file: str | None = None
    cell: int | None = None
    path: str | None = None  # the path of an imported module, as in `ModuleFiles.files`
    is_parsed_as_it_stands: bool = False  # so that its nodes tell where their text is


class Program(msgspec.Struct):
    """The statements to interpret. Line numbers are global: they continue through all parts.

    The first parts are the program itself; each module that it imports adds a part.
    """

    statements: list[ast.stmt] = []
    text: str = ""
    is_python2: bool = False
    divides_to_integers: bool = False  # whether 7 / 2 is 3
    is_repaired: bool = False  # whether it is not Python 3 as it stands
    name: str | None = None  # the file's name
    notes: list[str] = []
    lost: list[int] = []  # the global numbers of lines that are not Python 3
    parts: list[ProgramPart] = []
    modules: dict[str, list[ast.stmt]] = {}  # parsed modules, by path
    words: dict[ast.AST, str] = {}  # the source text of nodes, for all runs of the program
    idle_loops: set[ast.AST] = set()  # loops that were left early in any run of the program
    length: int = 0  # characters of all parts
    tokens: int = 0  # of the first `counted` parts
    counted: int = 0

    def part(self, line: int) -> ProgramPart:
        """The part that contains a global line number."""
        index = bisect_right(self.parts, line, key=lambda part: part.first_line) - 1
        return self.parts[max(index, 0)]

    def line(self, number: int) -> str:
        """The text of a line with this global number; "" if there is none."""
        part = self.part(number)
        index = number - part.first_line
        return part.lines[index] if 0 <= index < len(part.lines) else ""

    def line_as_parsed(self, number: int) -> str:
        """The text of a line in which the columns of nodes count; "" if there is none."""
        return self.line(number) if self.part(number).is_parsed_as_it_stands else ""

    def place(self, line: int) -> tuple[int | None, int]:
        """(cell, line in it) of a global line number; the cell is None outside notebooks."""
        part = self.part(line)
        return part.cell, line - part.first_line + 1

    def at_line(self, name: str, line: int) -> str:
        """A name with the line where it gets a value: `model@12`, or `model@3:2` in a cell."""
        cell, number = self.place(line)
        return f"{name}@{number}" if cell is None else f"{name}@{cell}:{number}"

    def is_own(self, line: int) -> bool:
        """Whether a line belongs to the program itself, and not to a module that it imports."""
        return self.part(line).path is None

    def is_of_own_file(self, line: int) -> bool:
        """Like `is_own`, or in a copy of the program that a module imports."""
        return self.is_own(line) or self.part(line).text == self.parts[0].text

    def module(self, path: str, data: bytes, file: str) -> list[ast.stmt]:
        """The statements of a module, which is parsed when it is first imported.

        Raises `LstmcountError` if the file is not text or is too large.
        """
        if path not in self.modules:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.modules[path] = _add(self, decode(data), file, path=path)
        return self.modules[path]


def parse(data: bytes, name: str | None = None) -> Program:
    """The program in a `.py` or `.ipynb` file.

    Statements that are not Python 3 are left out; notes say where.

    Raises `LstmcountError` if the file is too large or is not text.
    """
    text = decode(data)
    cells = code_cells(text)
    program = Program(text=text if cells is None else "\n".join(cells), name=name)
    _check_length(program.text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escapes in the program
        if cells is None:
            program.statements = _add(program, text, name)
        else:
            for number, cell in enumerate(cells or [""], 1):
                text = repair.without_leading_indent(cell)
                program.statements += _add(program, text, name, cell=number)
    _note_python2(program)
    return program


def _add(
    program: Program, text: str, file: str | None, cell: int | None = None, path: str | None = None
) -> list[ast.stmt]:
    """The statements of one more part. Adds a note about lines that had to be left out."""
    _check_length(text)
    last = program.parts[-1] if program.parts else None
    first_line = last.first_line + len(last.lines) if last else 1
    part = ProgramPart(first_line, text, text.split("\n"), file, cell, path)
    program.parts.append(part)
    program.length += len(text)
    _check_tokens(program)
    repaired = repair.Repair()
    is_repaired = _parse_tolerantly(repaired, text, first_line - 1)
    program.is_repaired |= is_repaired and path is None
    part.is_parsed_as_it_stands = not is_repaired and text.count("\r") == text.count("\r\n")
    program.lost += repaired.lost
    program.notes += _notes(program, repaired.lost)
    return repaired.statements


def _check_length(text: str) -> None:
    if len(text) > MAX_CODE:
        raise LstmcountError(f"the program is longer than {MAX_CODE // 2**20} MiB")


def _check_tokens(program: Program) -> None:
    """Count the tokens of parts that were not counted yet, if there may be too many."""
    if program.length <= MAX_TOKENS:
        return
    for part in program.parts[program.counted :]:
        tokens = islice(re.finditer(_TOKEN, part.text), MAX_TOKENS + 1)
        program.tokens += sum(1 for _ in tokens)
        program.counted += 1
    if program.tokens > MAX_TOKENS:
        raise LstmcountError(f"the program has more than {MAX_TOKENS:,} words and signs")


def _parse_tolerantly(repaired: repair.Repair, text: str, offset: int) -> bool:
    """Add the statements of a text that starts after `offset` lines; drop lines if necessary.

    Return whether the text as it stands is not Python 3.
    """
    try:
        repaired.statements += repair.parsed(text, offset)
    except (SyntaxError, ValueError):
        for line, chunk in repair.chunks(repair.plain(text)):
            repaired.add(chunk, offset + line)
        return True
    except (RecursionError, MemoryError):
        raise LstmcountError("nested too deeply to be read") from None
    return False


def _notes(program: Program, lost: list[int]) -> list[str]:
    if not lost:
        return []
    shown = [_place_in_words(program, line) for line in lost[:5]]
    more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    return [f"not Python 3, left out: {', '.join(shown)}{more}"]


def _place_in_words(program: Program, line: int) -> str:
    part = program.part(line)
    cell, number = program.place(line)
    if cell is not None:
        return f"cell {cell} line {number}"
    return f"line {number}" if part.path is None else f"{part.file}:{number}"


def _note_python2(program: Program) -> None:
    """Note whether a program is written for Python 2, and whether 7 / 2 is 3 in it."""
    if not program.is_repaired and not any(word in program.text for word in _PYTHON_2_WORDS):
        return
    code = re.sub(NO_CODE, "", program.text)
    is_python2 = program.is_repaired and re.search(_PRINT, code) is not None
    if not is_python2 and re.search(_ONLY_PYTHON_2, code):
        is_python2 = re.search(_BOTH_PYTHONS, code) is None
    program.is_python2 = is_python2
    program.divides_to_integers = is_python2 and re.search(_TRUE_DIVISION, code) is None
