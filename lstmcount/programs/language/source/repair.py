"""Repair programs that do not parse: notebook commands, Python 2, stray lines."""

from __future__ import annotations

import ast
import keyword
import re
from collections.abc import Iterator

from lstmcount.errors import LstmcountError

LOST = "NotImplemented()"  # the value that a dropped line binds
MAX_REPAIRS = 20  # lines dropped from a top-level statement before the whole statement is dropped
MAX_LOST = 10_000  # lines dropped before the text does not count as a program
FEW_LINES = 2_000
MAX_PARSED_AGAIN = 2**20  # characters that are parsed again after lines were dropped

# Patterns for a line without its indentation. No two neighbouring parts of a pattern match the
# same spaces, so that matching takes time in proportion to the line's length.
# They are compiled only when a program needs repair, which is rare.
_COMMAND = r"[%!?](?!=)|[\w.]+\?{1,2}\s*$"
_CELL_COMMAND = r"\s*%%(\w+)"
_PYTHON_CELLS = {"time", "timeit", "capture", "prun", "skip", "debug"}
_ASSIGNED_COMMAND = r"([\w, ]+=\s*)(?:!.*|%(?!time\b|timeit\b).*)$"
_TIMED = r"((?:[\w, ]+=\s*)?)%(?:time|timeit)\b(?:\s+-\w+(?:\s+\d+)?)*\s+"
_PRINT = r"(|.*?[:;]\s*)print\b(?!\s*\()(?!\s*[=.)\]])(.*)$"
_PRINT_TO = r"print\s*(?:>>.*|\(.*\)\s*[%,].*)$"
_EXCEPT = r"(except\s+[\w.(][\w.(), ]*?),\s*(\w+)\s*:"
_RAISE = r"(raise\s+[\w.]+)\s*,.*$"
_OCTAL = r"(?<![\w.])(?<![eE][-+])0([0-7]+)\b(?![.\w])"
_ASYNC = r"\basync\s*=(?!=)"  # an argument until Python 3.7
_ASSIGNMENT = r"([A-Za-z_][\w.]*)\s*=(?!=)"
_DEFINITION = r"(?:async\s+def|def|class)\s+(\w+)"
_CHANGE = r"([A-Za-z_][\w.]*)\.(add|append|extend|insert|pop|remove|setdefault|update|build)\("
_CONTINUES = r"\s|#|[)\]}]|(?:else|elif|except|finally)\b|$"


def plain(text: str) -> str:
    """The text with spaces for tabs, and without a cell that another interpreter runs.

    >>> plain("%%bash\\nls"), plain("if a:\\r\\n\\tb")
    ('\\n', 'if a:\\n        b')
    """
    first = re.match(_CELL_COMMAND, text)
    if first and first[1] not in _PYTHON_CELLS:
        return "\n" * text.count("\n")
    text = text.replace("\t", "        ").replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\f", " ")


def without_leading_indent(cell: str) -> str:
    """A cell without the indentation of its first line, which IPython takes from every line.

    >>> without_leading_indent("\\n  def f():\\n      return 1\\nf()")
    '\\ndef f():\\n    return 1\\nf()'
    """
    first = cell.lstrip()
    indent = re.search(r"[ \t]*\Z", cell[: len(cell) - len(first)])
    if not first or indent is None or not indent[0]:
        return cell
    return re.sub(rf"(?m)^{indent[0]}", "", cell)


def modernised(text: str) -> str:
    """Rewrite notebook commands and common Python 2 syntax as Python 3, line by line.

    >>> modernised("!pip install keras\\nprint 'x'\\nexcept IOError, e:")
    'pass\\npass\\nexcept IOError as e:'
    >>> modernised("!wget \\\\\\n   address")
    'pass\\n'
    """
    lines: list[str] = []
    is_continued = False  # whether the line is the rest of a command
    for line in text.split("\n"):
        lines.append("" if is_continued else _modernised_line(line))
        is_continued = line.endswith("\\") and (is_continued or _is_command(line.lstrip()))
    return "\n".join(lines)


def _is_command(code: str) -> bool:
    return re.match(_COMMAND, code) is not None or re.match(_ASSIGNED_COMMAND, code) is not None


def _modernised_line(line: str) -> str:
    code = line.lstrip()
    return line[: len(line) - len(code)] + _modernised_code(code)


def _modernised_code(code: str) -> str:
    if re.match(_COMMAND, code):
        timed = re.match(_TIMED, code)
        return timed[1] + code[timed.end() :] if timed else "pass"
    if match := re.match(_TIMED, code):
        return match[1] + code[match.end() :]
    if match := re.match(_ASSIGNED_COMMAND, code):
        return match[1] + LOST
    if "print" in code:
        if re.match(_PRINT_TO, code):
            return "pass"
        if match := re.match(_PRINT, code):
            opened = match[2].count("(") - match[2].count(")")
            continued = match[2].rstrip().endswith(("\\", ","))
            if opened <= 0 and not continued:
                return match[1] + "pass"
            return f"{match[1]}0, {match[2]}" if match[2].strip() else match[1] + "pass"
    if match := re.match(_EXCEPT, code):
        return f"{match[1]} as {match[2]}:{code[match.end() :]}"
    if match := re.match(_RAISE, code):
        return match[1]
    return re.sub(_ASYNC, "async_=", code.replace("<>", "!="))


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def chunks(text: str) -> Iterator[tuple[int, str]]:
    """(number of lines before it, text) of each chunk that starts at the left margin."""
    lines: list[str] = []
    start, quoted, decorated = 0, "", False
    for number, line in enumerate(text.split("\n")):
        if lines and not quoted and not decorated and not re.match(_CONTINUES, line):
            yield start, "\n".join(lines)
            start, lines = number, []
        lines.append(line)
        quoted = _open_quote(line, quoted)
        decorated = line.startswith("@")
    yield start, "\n".join(lines)


def _open_quote(line: str, quoted: str) -> str:
    """The triple quote that is still open after `line`, or ""."""
    for mark in re.findall(r"'''|\"\"\"", line) if "''" in line or '""' in line else ():
        if not quoted:
            quoted = mark
        elif quoted == mark:
            quoted = ""
    return quoted


def parsed(text: str, offset: int) -> list[ast.stmt]:
    """The statements of a text that starts after `offset` lines."""
    if offset <= FEW_LINES + 100 * text.count("\n"):  # the parser skips a few empty lines faster
        return ast.parse("\n" * offset + text).body
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        error.lineno = (error.lineno or 0) + offset
        raise
    ast.increment_lineno(tree, offset)
    return tree.body


class Repair:
    """Collects a program's statements chunk by chunk, and the lines that had to be left out."""

    def __init__(self) -> None:
        self.statements: list[ast.stmt] = []
        self.lost: list[int] = []
        self.left = MAX_PARSED_AGAIN

    def add(self, text: str, offset: int) -> None:
        """Parse a chunk that starts after `offset` lines, which is changed if it does not parse."""
        lost: list[int] = []
        try:
            statements = parsed(text, offset)
        except (SyntaxError, ValueError):
            self.left -= len(text)
            statements, lost = self._parsed(modernised(text), offset)
        except (RecursionError, MemoryError):
            raise LstmcountError("nested too deeply to be read") from None
        self.statements += statements
        self.lost += lost
        if len(self.lost) > MAX_LOST:
            raise LstmcountError(f"more than {MAX_LOST:,} lines are not Python 3")

    def _parsed(self, text: str, offset: int) -> tuple[list[ast.stmt], list[int]]:
        """The chunk's statements without the lines that do not parse, and these lines' numbers."""
        lines = text.split("\n")
        lost: list[int] = []
        for _ in range(MAX_REPAIRS):
            try:
                return parsed("\n".join(lines), offset), lost
            except SyntaxError as error:
                index = (error.lineno or 0) - 1 - offset
                self.left -= len(text)
                if "octal" in error.msg and 0 <= index < len(lines) and self.left > 0:
                    octal = re.sub(_OCTAL, r"0o\1", lines[index])
                    if octal != lines[index]:
                        lines[index] = octal
                        continue
                if not 0 < index < len(lines) or not lines[index].strip() or self.left < 0:
                    break
                lost.append(index + 1 + offset)
                lines[index] = _placeholder(lines[index])
            except ValueError:
                break
            except (RecursionError, MemoryError):
                raise LstmcountError("nested too deeply to be read") from None
        first = lines[0].lstrip()
        is_kept = _binds(first) or _changes(first)
        left = parsed(_placeholder(first), offset) if is_kept else []
        return left, [offset + 1] if text.strip() else []


def _placeholder(line: str) -> str:
    """A placeholder for a dropped line, which binds the same name to something unknown, or calls
    the same method with it.

    A line that opens a block still opens one, unless it is at the left margin.

    >>> _placeholder("    if n <> 2:"), _placeholder("model = build(3"), _placeholder("class A(B:")
    ('    if NotImplemented:', 'model = NotImplemented()', 'A = NotImplemented()')
    >>> _placeholder("model.add(Dense(3)"), _placeholder("model.fit(x")
    ('model.add(NotImplemented())', 'pass')
    """
    indent = _indent(line)
    if bound := _binds(line):
        return f"{indent}{bound} = {LOST}"
    if change := _changes(line):
        return f"{indent}{change}({LOST})"
    return indent + ("if NotImplemented:" if line.rstrip().endswith(":") else "pass")


def _binds(line: str) -> str:
    """The name that a line assigns to, or, at the left margin, that it defines; "" without one."""
    match = re.match(_ASSIGNMENT, line.lstrip()) or re.match(_DEFINITION, line)
    return match[1] if match and _is_name(match[1]) else ""


def _changes(line: str) -> str:
    """The method that a line calls and that changes an object; "" without one.

    >>> _changes("model.add(Dense(3)"), _changes("model.fit(x, y"), _changes("if.add(")
    ('model.add', '', '')
    """
    match = re.match(_CHANGE, line.lstrip())
    return f"{match[1]}.{match[2]}" if match and _is_name(match[1]) else ""


def _is_name(words: str) -> bool:
    return all(name.isidentifier() and not keyword.iskeyword(name) for name in words.split("."))
