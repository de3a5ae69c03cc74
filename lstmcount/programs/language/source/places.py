"""Places in a program, as plain data."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.errors import Location, Path, Place
from lstmcount.programs.language.source.source import Program

Position = tuple[int, int]  # a line (in its cell) and a column, both from 1


def place_of(program: Program, line: int, column: int | None = None) -> Location:
    """The location of a global line number: the file or notebook cell, and the line in it."""
    cell, number = program.place(line)
    return Location(_in_cell(program.part(line).file, cell), number, column)


class CodePlace(Place):
    """The first step of the path of everything that is read from a program."""

    __slots__ = ("arguments", "cell", "column", "line", "name", "node")

    def __init__(self, program: Program, node: ast.AST, names: tuple[str, ...] = ()) -> None:
        """`names` are the names of the positional arguments, if the node is a call."""
        self.node: Any = node  # only set in the process that reads the program
        line = getattr(node, "lineno", 1)
        self.name = program.part(line).file
        self.cell, self.line = program.place(line)
        self.column = getattr(node, "col_offset", 0) + 1
        self.arguments: dict[str, Position] = {}
        if isinstance(node, ast.Call):
            for name, argument in zip(names, node.args, strict=False):
                if not isinstance(argument, ast.Starred):
                    self.arguments[name] = _position(program, argument)
            for keyword in node.keywords:
                if keyword.arg is not None:
                    self.arguments[keyword.arg] = _position(program, keyword.value)

    def __reduce__(self) -> Any:
        """Pickle all fields but the node, which only the process that reads the program needs."""
        return placed, (self.name, self.cell, self.line, self.column, self.arguments)

    def locate(self, source: str | None = None, rest: Path = ()) -> Location:
        """The location of the argument that `rest` names, or of the whole node."""
        position = self.line, self.column
        if rest and isinstance(rest[0], str):
            position = self.arguments.get(rest[0], position)
        return Location(_in_cell(self.name or source, self.cell), *position)

    def __repr__(self) -> str:
        return f"line {self.line}"


def placed(
    name: str | None, cell: int | None, line: int, column: int, arguments: dict[str, Position]
) -> CodePlace:
    """Create a place from its fields, in another process than the one that read the program."""
    place = CodePlace.__new__(CodePlace)
    place.name, place.cell, place.line, place.column = name, cell, line, column
    place.arguments = arguments
    return place


def _position(program: Program, node: ast.AST) -> Position:
    return program.place(getattr(node, "lineno", 1))[1], getattr(node, "col_offset", 0) + 1


def _in_cell(source: str | None, cell: int | None) -> str | None:
    return source if cell is None else f"{source or 'notebook'}:cell {cell}"


def argument_in(call: ast.AST, at: int | str) -> ast.AST:
    """The expression of a call's argument, by its position or name; the call if there is none.

    >>> call = ast.parse("f(a, *b, c=d)", mode="eval").body
    >>> ast.unparse(argument_in(call, 0)), ast.unparse(argument_in(call, "c"))
    ('a', 'd')
    >>> ast.unparse(argument_in(call, 1))
    'f(a, *b, c=d)'
    """
    if not isinstance(call, ast.Call):
        return call
    if isinstance(at, str):
        return next((keyword.value for keyword in call.keywords if keyword.arg == at), call)
    before = call.args[: at + 1]
    is_plain = len(before) > at and not any(isinstance(each, ast.Starred) for each in before)
    return before[at] if is_plain else call
