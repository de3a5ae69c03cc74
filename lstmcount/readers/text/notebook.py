"""Jupyter notebooks: recognise them, and extract their code."""

from __future__ import annotations

import msgspec


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""
    input: str | list[str] = ""  # where format 3 keeps the code


class _Worksheet(msgspec.Struct):
    cells: list[_Cell] = []


class Notebook(msgspec.Struct):
    """The part of a notebook that is read; outputs are not decoded."""

    cells: list[_Cell] = []
    worksheets: list[_Worksheet] = []
    nbformat: int | None = None

    def code_cells(self) -> list[str]:
        """The source of each code cell."""
        cells = self.cells or [cell for sheet in self.worksheets for cell in sheet.cells]
        sources = [cell.source or cell.input for cell in cells if cell.cell_type == "code"]
        return [source if isinstance(source, str) else "".join(source) for source in sources]


def is_notebook(text: str) -> bool:
    """
    >>> is_notebook('{"cells": [], "metadata": {}, "nbformat": 4}'), is_notebook("import keras")
    (True, False)
    """
    return code_cells(text) is not None


def code_cells(text: str) -> list[str] | None:
    """The code of each cell of a notebook; None if it is not a notebook."""
    if text.lstrip()[:1] != "{" or '"nbformat"' not in text:
        return None
    try:
        notebook = msgspec.json.decode(text, type=Notebook)
    except (msgspec.MsgspecError, RecursionError):
        return None
    return None if notebook.nbformat is None else notebook.code_cells()
