"""Unknowns about which something is known."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.run import Run
from lstmcount.shapes import Unknown


class UnknownModule(Unknown):
    """A module that is not followed. It is known not to be None."""

    __slots__ = ()


class UnknownElements(Unknown):
    """The elements of an unknown, in the place of an unknown number of them: `(*shape, 1)`."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        return Unknown, (self.text,)


class UnknownRepetition(Unknown):
    """A list that is repeated an unknown number of times, whose text is that of the number."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        return Unknown, (self.text,)


class UnknownPart(Unknown):
    """An unknown that is a part of a value, or is made of it."""

    __slots__ = ("whole",)

    def __init__(self, text: str | None, whole: Any) -> None:
        super().__init__(text)
        self.whole = whole

    def __reduce__(self) -> Any:
        return Unknown, (self.text,)

    def changed(self, run: Run, node: ast.AST) -> LstmcountError:
        """The error for a change of the part, which may change the whole."""
        return run.error(node, f"the effect of this on {self.whole} is not known")
