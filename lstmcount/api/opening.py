"""How the functions of the package open their source and read the model in it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, TypedDict, TypeVar

from lstmcount.budgets.reading import Reading
from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError, did_you_mean_or_known
from lstmcount.graph.builder import build
from lstmcount.graph.model import Model
from lstmcount.sources import Source, errors_in, open_source, read
from lstmcount.sources.names import IN_MEMORY, name_of
from lstmcount.sources.settings import ModelEntry

LARGEST = 2**31  # batch, time steps, points


Several = TypeVar("Several", bound=Iterable[Any])


class Options(TypedDict, total=False):
    """How to read a source: the options that all commands share."""

    settings: Mapping[str, Any]  # `--set`: variables, layers' arguments, unknowns of a program
    model: str | None  # `--model`: which model of a program
    code: Sequence[str]  # `--code`: files and folders with modules that a program imports
    config: str | None  # `--config`: this project file instead of the nearest one


def settings_of(options: Options) -> dict[str, Any]:
    return by_name("settings", options.get("settings"))


def by_name(what: str, values: Mapping[str, Any] | None) -> dict[str, Any]:
    """The values by name. Raises `LstmcountError` unless it is a mapping of names."""
    if values is None:
        return {}
    if not isinstance(values, Mapping) or not all(isinstance(name, str) for name in values):
        raise LstmcountError(f"expected {what} such as {{'units': …}}, got {type(values).__name__}")
    return dict(values)


def opened(source: Any, options: Options) -> Source:
    """The source, which a command may have opened before."""
    if isinstance(source, Source):
        return source
    unread = open_source(source)
    name, reading = name_of(source), reading_of(options)
    if name == IN_MEMORY and reading.config is None:  # no file, so it has no project
        unread.model = reading.model
        unread.entry = partial(ModelEntry, code=reading.code)
    else:
        reading.apply(unread, name)
    return unread


def reading_of(options: Options) -> Reading:
    """Raises `LstmcountError` for an unknown option, and for an option of another type."""
    for name in options:
        require_one_of("option", name, Options.__annotations__)
    model, config, code = options.get("model"), options.get("config"), options.get("code")
    if not isinstance(model, str | None):
        raise LstmcountError(f"expected the name of a model, got {type(model).__name__}")
    code = [code] if isinstance(code, str | os.PathLike) else code
    return Reading(
        settings=settings_of(options),
        model=model,
        config=None if config is None else require_path(config),
        code=tuple(require_path(path) for path in several(() if code is None else code)),
    )


def config_of(source: Source, options: Options) -> ModelConfig:
    return read(source, settings=settings_of(options))


def built(source: Source, options: Options) -> Model:
    """The model of an open source; errors carry their location."""
    with errors_in(source):
        return build(config_of(source, options))


def require_one_of(kind: str, name: str, known: Iterable[str]) -> None:
    """Raise `LstmcountError` unless `name` is among the known names; `kind` says of what."""
    names = list(known)
    if not isinstance(name, str):
        raise LstmcountError(f"expected the name of a {kind}, got {type(name).__name__}")
    if name not in names:
        hint = did_you_mean_or_known(name, names)
        raise LstmcountError(f"there is no {kind} {name!r}.{hint}")


def require_text(**texts: Any) -> None:
    """Raise `LstmcountError` unless each of these options is a string or None."""
    for name, text in texts.items():
        if not isinstance(text, str | None):
            raise LstmcountError(f"expected text for {name}, got {type(text).__name__}")


def require_path(path: Any) -> str:
    """The path as text. Raises `LstmcountError` for a value that is no path."""
    if not isinstance(path, str | os.PathLike):
        raise LstmcountError(f"expected a path, got {type(path).__name__}")
    text = os.fsdecode(path)
    with suppress(UnicodeEncodeError):
        if b"\0" not in os.fsencode(text):
            return text
    raise LstmcountError(f"expected a path, got {text!r}")


def several(sources: Several) -> Several:
    """Raise `LstmcountError` unless `sources` is a list of sources, or another iterable of them."""
    is_one = isinstance(sources, str | bytes | os.PathLike | dict) or hasattr(sources, "read")
    if is_one or not isinstance(sources, Iterable):
        raise LstmcountError(f"expected a list, got one {type(sources).__name__}")
    return sources


def require_positive(**numbers: int | None) -> None:
    """Raise `LstmcountError` unless each number is None or an integer from 1 to `LARGEST`."""
    for name, number in numbers.items():
        if number is not None:
            _require_integer(name, number, 1)


def require_seed(seed: int) -> None:
    """Raise `LstmcountError` unless it is an integer from 0 to `LARGEST`."""
    _require_integer("seed", seed, 0)


def _require_integer(name: str, number: Any, least: int) -> None:
    if type(number) is not int or number < least:
        kind = "a positive integer" if least else "an integer from 0 up"
        raise LstmcountError(f"expected {kind} for {name}, got {number!r}")
    if number > LARGEST:
        raise LstmcountError(f"expected at most {LARGEST:,} for {name}")
