"""Structs from hand-written mappings, with readable errors, and records for notebooks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

import msgspec

from lstmcount.errors import LstmcountError, Path, did_you_mean_or_known

Struct = TypeVar("Struct", bound=msgspec.Struct)
_FIELD = re.compile(r" - at `\$\.([^.\[`]*)")


class Displayed(msgspec.Struct, frozen=True):
    """A record that a notebook shows as HTML, which `lstmcount.api` writes."""

    as_html: ClassVar[Callable[[Any], str]] = repr

    def _repr_html_(self) -> str:
        return type(self).as_html(self)


def typed(value: Any, cls: type[Struct], subject: str, path: Path) -> Struct:
    """`value` as a `cls`; raises `LstmcountError` with the path of the error.

    >>> class Point(msgspec.Struct, forbid_unknown_fields=True):
    ...     x: int
    >>> typed({"y": 1}, Point, "a point", ())
    Traceback (most recent call last):
    lstmcount.errors.LstmcountError: $.y: unknown key 'y' in a point. Known: x.
    """
    if not isinstance(value, dict):
        raise LstmcountError(f"expected {subject}, a mapping, got {_shown(value)}", path=path)
    known = cls.__struct_encode_fields__
    for key in value:
        if key not in known:
            hint = did_you_mean_or_known(str(key), known)
            raise LstmcountError(
                f"unknown key {key!r} in {subject}.{hint}", path=(*path, str(key)), at_key=True
            )
    try:
        return msgspec.convert(value, cls)
    except msgspec.ValidationError as error:
        raise _explained(error, value, subject).at(*path) from None


def _explained(
    error: msgspec.ValidationError, value: dict[str, Any], subject: str
) -> LstmcountError:
    text = str(error)
    if missing := re.match(r"Object missing required field `(.*)`", text):
        return LstmcountError(f"{subject} needs the key {missing[1]!r}")
    expected = re.sub(r"(, got `.*?`)?( - at `.*`)?$", "", text[:1].lower() + text[1:])
    expected = re.sub(r"`(\w+)`( \| `null`)?", lambda m: _WORDS.get(m[1], m[1]), expected)
    expected = re.sub(r"`(\w+) \| null`", lambda m: _WORDS.get(m[1], m[1]), expected)
    field = _FIELD.search(text)
    if not field:
        return LstmcountError(expected)
    return LstmcountError(f"{expected}, got {_shown(value.get(field[1]))}", path=(field[1],))


_WORDS = {"str": "text", "bool": "true or false", "int": "an integer", "object": "a mapping"}


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
