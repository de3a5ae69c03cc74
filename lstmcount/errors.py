"""The error type for all invalid input, with its location in the source."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Self

import msgspec

from lstmcount.escapes import escape


class Place:
    """A first step of a path that knows its own position in the source, as code does."""

    def locate(self, source: str | None, rest: Path) -> Location:
        raise NotImplementedError


TOO_LONG = "for integer string conversion"  # in Python's message about long numbers
MAX_LENGTH = 2000  # limit for the length of a message

Path = tuple[str | int | Place, ...]


class Location(msgspec.Struct, frozen=True):
    """A place in a source: file, line and column (from 1), and the path of the value."""

    source: str | None = None
    line: int | None = None
    column: int | None = None
    path: Path | None = None

    def __str__(self) -> str:
        parts = [escape(self.source)] if self.source else []
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        text = ":".join(parts)
        if self.path:
            text += (": " if text else "") + json_path(self.path)
        return text


class LstmcountError(Exception):
    """Invalid input: what is wrong, and where.

    Inner functions raise it with a message and, where they know it, the `path` of the value
    inside the source; the boundary that knows the file adds its name, line and column.

    >>> str(LstmcountError("expected a positive integer, got 0", path=("layers", 2, "units")))
    '$.layers[2].units: expected a positive integer, got 0'
    """

    def __init__(self, message: str, *, path: Path | None = None, at_key: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.location = Location(path=path)
        self.at_key = at_key  # the key at the path is wrong, not its value
        self.partial: object = None  # of a program: the ModelConfig of what was followed
        self.is_of_training = False  # whether it asks for what only decides which weights train

    def at(self, *prefix: str | int | Place) -> Self:
        """The error with `prefix` in front of its path."""
        path = prefix + (self.location.path or ())
        self.location = msgspec.structs.replace(self.location, path=path)
        return self

    def __str__(self) -> str:
        source = self.location.source
        is_placed = source is not None and self.message.startswith(f"{source}:")
        where = "" if is_placed else str(self.location)
        return escape(_shortened(f"{where}: {self.message}" if where else self.message))


def no_text(error: UnicodeEncodeError) -> LstmcountError:
    """The refusal of a string that no encoding can write, because it has a lone surrogate.

    >>> try:
    ...     "\\ud800".encode()
    ... except UnicodeEncodeError as error:
    ...     print(no_text(error))
    '\\ud800' is half of a character
    """
    return LstmcountError(f"{error.object[error.start]!r} is half of a character")


# Exceptions that a shape formula may raise on input that `check` did not anticipate: a tensor of
# another rank, several tensors instead of one.
FORMULA_ERRORS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
CALL_ERRORS = (LstmcountError, *FORMULA_ERRORS)  # including the exceptions of `check`


class NoModelError(LstmcountError):
    """The source holds no model and is not meant as one."""


class NoTensorsError(LstmcountError):
    """The source stores no tensors, or no config that they could be compared with."""


class UnlistedLayersError(LstmcountError):
    """The config of a model does not list its layers."""


class ShapeError(LstmcountError):
    """An input shape that a layer or an operation refuses.

    `wanted_rank` is set if the rank is the reason.
    """

    def __init__(self, message: str, *, wanted_rank: int | None = None) -> None:
        super().__init__(message)
        self.wanted_rank = wanted_rank
        self.is_of_layer = False  # whether a layer refuses it, so that Keras does, too


def _shortened(text: str) -> str:
    """The text cut to a readable length; a file may contain a word of a million letters."""
    if len(text) <= MAX_LENGTH:
        return text
    text = re.sub(r"\S{100,}", lambda word: f"{word[0][:60]}…{word[0][-20:]}", text)
    return text if len(text) <= MAX_LENGTH else f"{text[:MAX_LENGTH]} …"


def json_path(path: Path) -> str:
    """
    >>> json_path(("layers", 2, "units"))
    '$.layers[2].units'
    """
    parts = ["$"]
    for key in path:
        if isinstance(key, Place):
            parts = [str(key)]
        elif isinstance(key, int):
            parts.append(f"[{key}]")
        elif key.isidentifier():
            parts.append(f".{key}")
        else:
            parts.append(f"[{key!r}]")
    return "".join(parts)


MAX_KNOWN = 20  # names in a hint


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """
    >>> did_you_mean("unit", ["units", "activation"])
    ' Did you mean units?'
    >>> did_you_mean("lsmt", ["lstm", "LSTM"]), did_you_mean("Lsmt", ["lstm", "LSTM"])
    (' Did you mean lstm?', ' Did you mean LSTM?')
    """
    import difflib

    cased = sorted(known, key=lambda name: name[:1].isupper() == word[:1].isupper())
    lowered = {name.lower(): name for name in cased}
    close = difflib.get_close_matches(word.lower()[:100], lowered, n=1, cutoff=0.6)
    return f" Did you mean {lowered[close[0]]}?" if close else ""


def did_you_mean_or_known(word: str, known: Iterable[str]) -> str:
    """A hint with the nearest name or, if none is near, with all names, at most `MAX_KNOWN`.

    >>> did_you_mean_or_known("unit", ["units"]), did_you_mean_or_known("xyz", ["units", "rate"])
    (' Did you mean units?', ' Known: units, rate.')
    """
    names = list(known)
    more = f" and {len(names) - MAX_KNOWN} more" if len(names) > MAX_KNOWN else ""
    return did_you_mean(word, names) or f" Known: {', '.join(names[:MAX_KNOWN])}{more}."


def reason_of(error: Exception) -> str | None:
    """The reason for a failure that is no bug: a limit of Python or of the system.

    >>> reason_of(RecursionError()), reason_of(KeyError("x"))
    ('nested too deep', None)
    """
    if isinstance(error, MemoryError):
        return "it takes more memory than there is"
    if isinstance(error, RecursionError):
        return "nested too deep"
    if isinstance(error, ValueError) and TOO_LONG in str(error):
        return "the model makes a number of more than 4,300 digits"
    if isinstance(error, OSError):
        name = f"{error.filename}: " if isinstance(error.filename, str) else ""
        return f"{name}{error.strerror or error}"
    return None
