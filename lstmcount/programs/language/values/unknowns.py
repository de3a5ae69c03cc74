"""Unknowns about which something is known."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
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


def elements_in(container: Any) -> UnknownElements | None:
    """The unknown elements of a list or tuple that is written with `*`; None if it has none."""
    values = container if isinstance(container, list | tuple) else ()
    return next((value for value in values if isinstance(value, UnknownElements)), None)


def part_of(run: Run, whole: Unknown) -> Unknown:
    """A part of a list that is made of an unknown list, or a number from its elements."""
    if (
        isinstance(whole, UnknownElements | UnknownJoined | UnknownChanged)
        and whole.text is not None
    ):
        run.unknown_lists.add(whole.text)
    return Unknown(whole.text)


class UnknownRepetition(Unknown):
    """A list that is repeated an unknown number of times, whose text is that of the number."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        return Unknown, (self.text,)


class UnknownChanged(Unknown):
    """A list with as many elements as an unknown list, whose text this has, but with others."""

    __slots__ = ()

    def __reduce__(self) -> Any:
        return Unknown, (self.text,)


def changed(value: Any) -> Any:
    """What a function such as `sorted` makes of a value, if that is unknown."""
    return UnknownChanged(value.text) if type(value) is Unknown and value.text else value


class UnknownJoined(Unknown):
    """An unknown list or tuple, whose text this has, with known elements before and after it."""

    __slots__ = ("after", "before")

    def __init__(
        self, text: str | None, before: Sequence[Any] = (), after: Sequence[Any] = ()
    ) -> None:
        super().__init__(text)
        self.before, self.after = before, after

    def __reduce__(self) -> Any:
        return Unknown, (self.text,)

    def joined(self, other: list[Any] | tuple[Any, ...], *, is_before: bool) -> UnknownJoined:
        """This with more known elements before or after it."""
        if is_before:
            return UnknownJoined(self.text, (*other, *self.before), self.after)
        return UnknownJoined(self.text, self.before, (*self.after, *other))


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


class UnknownText(UnknownPart):
    """JSON text that is written only where the program reads it.

    `data` gives what it describes, and `written` the text itself; None if that is not known.
    """

    __slots__ = ("data", "written")

    def __init__(
        self,
        text: str | None,
        whole: Any,
        data: Callable[[], Any],
        written: Callable[[], str | None],
    ) -> None:
        super().__init__(text, whole)
        self.data, self.written = data, written


def as_text(value: Any) -> Any:
    """The text itself, where it is known; other values as they are."""
    text = value.written() if isinstance(value, UnknownText) else None
    return value if text is None else text
