"""Where in a program something stands: worked out only when it is shown."""

from __future__ import annotations

import ast

from lstmcount.errors import Location, Path, Place
from lstmcount.readers.python.source import Program


def place_of(
    program: Program, line: int, column: int | None = None, source: str | None = None
) -> Location:
    """A line counted through the program, as its file (and the cell of a notebook) has it."""
    source = source or program.name
    cell, line = program.place(line)
    if cell is not None:
        source = f"{source or 'notebook'}:cell {cell}"
    return Location(source, line, column)


class CodePlace(Place):
    """The first step of the path of everything read from a program; the rest lies within it."""

    __slots__ = ("names", "node", "program")

    def __init__(self, program: Program, node: ast.AST, names: tuple[str, ...] = ()) -> None:
        self.program = program
        self.node = node
        self.names = names  # of the positional arguments, where the node is a call

    def locate(self, source: str | None = None, rest: Path = ()) -> Location:
        """File, cell, line and column of the argument that `rest` names, or of the whole."""
        node = self.node
        if rest and isinstance(node, ast.Call):
            node = self._argument(node, rest[0])
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        return place_of(self.program, line, column, source)

    def _argument(self, call: ast.Call, name: object) -> ast.AST:
        for keyword in call.keywords:
            if keyword.arg == name:
                return keyword.value
        for argument, known in zip(call.args, self.names, strict=False):
            if known == name and not isinstance(argument, ast.Starred):
                return argument
        return call

    def __repr__(self) -> str:
        return f"line {getattr(self.node, 'lineno', '?')}"
