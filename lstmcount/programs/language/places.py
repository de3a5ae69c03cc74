"""Where in a program something stands, as plain data."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.errors import Location, Path, Place
from lstmcount.programs.language.source import Program

Position = tuple[int, int]  # a line (in its cell) and a column, from 1


def place_of(program: Program, line: int, column: int | None = None) -> Location:
    """A line counted through the program, as its file (and the cell of a notebook) has it."""
    cell, number = program.place(line)
    return Location(_in_cell(program.part(line).file, cell), number, column)


class CodePlace(Place):
    """The first step of the path of everything read from a program; the rest lies within it."""

    __slots__ = ("arguments", "cell", "column", "line", "name", "node")

    def __init__(self, program: Program, node: ast.AST, names: tuple[str, ...] = ()) -> None:
        """`names` are those of the positional arguments, where the node is a call."""
        self.node: Any = node  # only in the process that reads the program
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
        """All but the node, which only the process that reads the program needs."""
        return placed, (self.name, self.cell, self.line, self.column, self.arguments)

    def locate(self, source: str | None = None, rest: Path = ()) -> Location:
        """File, cell, line and column of the argument that `rest` names, or of the whole."""
        position = self.line, self.column
        if rest and isinstance(rest[0], str):
            position = self.arguments.get(rest[0], position)
        return Location(_in_cell(self.name or source, self.cell), *position)

    def __repr__(self) -> str:
        return f"line {self.line}"


def placed(
    name: str | None, cell: int | None, line: int, column: int, arguments: dict[str, Position]
) -> CodePlace:
    """The place with these fields, in another process than the one that read the program."""
    made = CodePlace.__new__(CodePlace)
    made.name, made.cell, made.line, made.column = name, cell, line, column
    made.arguments = arguments
    return made


def _position(program: Program, node: ast.AST) -> Position:
    return program.place(getattr(node, "lineno", 1))[1], getattr(node, "col_offset", 0) + 1


def _in_cell(source: str | None, cell: int | None) -> str | None:
    return source if cell is None else f"{source or 'notebook'}:cell {cell}"
