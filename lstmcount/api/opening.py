"""How the functions of the package open their source and read the model in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypedDict

from lstmcount.budgets.reading import Reading
from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError, did_you_mean_or_known
from lstmcount.graph.builder import build
from lstmcount.graph.model import Model
from lstmcount.sources import Source, errors_in, open_source, read
from lstmcount.sources.names import IN_MEMORY, name_of
from lstmcount.sources.settings import ModelEntry


class Options(TypedDict, total=False):
    """How to read a source: the options that all commands share."""

    settings: Mapping[str, Any]  # `--set`: variables, layers' arguments, unknowns of a program
    model: str | None  # `--model`: which model of a program
    code: Sequence[str]  # `--code`: files and folders with modules that a program imports
    config: str | None  # `--config`: this project file instead of the nearest one


def settings_of(options: Options) -> dict[str, Any]:
    return dict(options.get("settings") or {})


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
    return Reading(
        settings=settings_of(options),
        model=options.get("model"),
        config=options.get("config"),
        code=tuple(options.get("code") or ()),
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
    if name not in names:
        hint = did_you_mean_or_known(name, names)
        raise LstmcountError(f"there is no {kind} {name!r}.{hint}")


def require_positive(**numbers: int | None) -> None:
    """Raise `LstmcountError` unless each number is a positive integer or None."""
    for name, number in numbers.items():
        if number is not None and (type(number) is not int or number < 1):
            raise LstmcountError(f"expected a positive integer for {name}, got {number!r}")
