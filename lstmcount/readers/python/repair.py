"""Programs that do not parse: notebook commands, Python 2, stray lines. What can be is kept."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from lstmcount.errors import LstmcountError

MAX_REPAIRS = 20  # lines given up in one top-level statement before the statement is

_COMMAND = re.compile(r"\s*[%!?](?!=)|\s*[\w.]+\?{1,2}\s*$")
_CELL_COMMAND = re.compile(r"\s*%%(\w+)")
_PYTHON_CELLS = {"time", "timeit", "capture", "prun", "skip", "debug"}
_ASSIGNED_COMMAND = re.compile(r"(\s*[\w, ]+=\s*)(?:!.*|%(?!time\b|timeit\b).*)$")
_TIMED = re.compile(r"(\s*(?:[\w, ]+=\s*)?)%(?:time|timeit)\b(?:\s+-\w+(?:\s+\d+)?)*\s+")
_PRINT = re.compile(r"(\s*|.*?(?::|;)\s*)print\b(?!\s*\()(?!\s*[=.)\]])(.*)$")
_PRINT_TO = re.compile(r"(\s*)print\s*(?:>>.*|\(.*\)\s*[%,].*)$")
_EXCEPT = re.compile(r"(\s*except\s+[\w.(), ]+?),\s*(\w+)\s*:")
_RAISE = re.compile(r"(\s*raise\s+[\w.]+)\s*,.*$")
_OCTAL = re.compile(r"\b0([0-7]+)\b(?![.\w])")
_CONTINUES = re.compile(r"\s|#|[)\]}]|(?:else|elif|except|finally)\b|$")


def modernised(text: str) -> str:
    """Commands of notebooks and the commonest of Python 2 as Python 3, line by line.

    >>> modernised("!pip install keras\\nprint 'x'\\nexcept IOError, e:")
    'pass\\npass\\nexcept IOError as e:'
    """
    first = _CELL_COMMAND.match(text)
    if first and first[1] not in _PYTHON_CELLS:
        return "\n" * text.count("\n")
    text = text.replace("\t", "        ").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join([_modernised_line(line) for line in text.replace("\f", " ").split("\n")])


def _modernised_line(line: str) -> str:
    if _COMMAND.match(line):
        timed = _TIMED.match(line)
        if timed:
            return timed[1] + line[timed.end() :]
        return _indent(line) + "pass"
    if found := _TIMED.match(line):
        return found[1] + line[found.end() :]
    if found := _ASSIGNED_COMMAND.match(line):
        return found[1] + "NotImplemented"
    if "print" in line:
        if found := _PRINT_TO.match(line):
            return found[1] + "pass"
        if found := _PRINT.match(line):
            opened = found[2].count("(") - found[2].count(")")
            continued = found[2].rstrip().endswith(("\\", ","))
            if opened <= 0 and not continued:
                return found[1] + "pass"
            return f"{found[1]}0, {found[2]}" if found[2].strip() else found[1] + "pass"
    if found := _EXCEPT.match(line):
        return f"{found[1]} as {found[2]}:{line[found.end() :]}"
    if found := _RAISE.match(line):
        return found[1]
    return _OCTAL.sub(r"0o\1", line) if "0" in line else line


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def chunks(text: str) -> Iterator[tuple[int, str]]:
    """(lines before it, text) of each stretch that starts at the left margin."""
    lines: list[str] = []
    start, quoted, decorated = 0, "", False
    for number, line in enumerate(text.split("\n")):
        if lines and not quoted and not decorated and not _CONTINUES.match(line):
            yield start, "\n".join(lines)
            start, lines = number, []
        lines.append(line)
        quoted = _open_quote(line, quoted)
        decorated = line.startswith("@")
    yield start, "\n".join(lines)


def _open_quote(line: str, quoted: str) -> str:
    """The triple quote that is open after `line`."""
    for mark in re.findall(r"'''|\"\"\"", line) if "''" in line or '""' in line else ():
        if not quoted:
            quoted = mark
        elif quoted == mark:
            quoted = ""
    return quoted


def parse_chunk(text: str, offset: int) -> tuple[list[ast.stmt], list[int]]:
    """The statements of one chunk, its offending lines (returned too) replaced by nothing."""
    lines = text.split("\n")
    lost: list[int] = []
    for _ in range(MAX_REPAIRS):
        try:
            return ast.parse("\n" * offset + "\n".join(lines)).body, lost
        except SyntaxError as error:
            index = (error.lineno or 0) - 1 - offset
            if not 0 < index < len(lines) or not lines[index].strip():
                break
            lost.append(index + 1 + offset)
            lines[index] = _given_up(lines[index])
        except ValueError:
            break
        except (RecursionError, MemoryError):
            raise LstmcountError("nested too deeply to be read") from None
    return [], [offset + 1] if text.strip() else []


def _given_up(line: str) -> str:
    """Nothing in the place of a line; a line that opens a block still opens one."""
    return _indent(line) + ("if NotImplemented:" if line.rstrip().endswith(":") else "pass")
