"""Find the sources in folders, and those that match patterns, on the command line."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from lstmcount.budgets.project import matches
from lstmcount.budgets.reading import Reading
from lstmcount.cli.sources import open_argument
from lstmcount.cli.terminal import print_error
from lstmcount.errors import LstmcountError, NoModelError
from lstmcount.escapes import escape
from lstmcount.readers.text import content, file_signatures
from lstmcount.readers.text import text as texts
from lstmcount.readers.text.regular import all_inside, inside, refuse_special
from lstmcount.sources import Source, located, open_path
from lstmcount.sources.names import is_url
from lstmcount.sources.project_files import TOML_NAME, YAML_NAME

Result = TypeVar("Result")
PROGRAMS = (".py", ".ipynb")
SUFFIXES = (".yaml", ".yml", ".json", ".keras", ".h5", ".hdf5", *PROGRAMS)
_SIGNS_OF_A_MODEL = (b"layers", b"class_name")
_SHARD = re.compile(r"_\d{5}\.weights\.h5$")  # of weights that a `.weights.json` lists
_NAMED = 5  # files that a note names


class Argument(msgspec.Struct, frozen=True):
    """A source that was named, or found by a pattern or in a folder."""

    name: str
    was_found: bool = False
    folder: str | None = None

    def open(self, reading: Reading) -> Source:
        """Raises `LstmcountError` if the source was found in a folder and is a pipe, a device, a
        link that leads out of the folder, or a folder that contains such a link.
        """
        if self.folder is not None:
            try:
                if is_model_folder(self.name):
                    all_inside(self.name, self.folder)
                else:
                    inside(self.name, self.folder)
                    if os.path.exists(self.name):
                        refuse_special(os.stat(self.name))
            except LstmcountError as error:
                raise located(error, self.name) from None
            source = open_path(self.name)  # never a URL
            source.within = self.folder
            reading.apply(source, self.name)
            return source
        return open_argument(self.name, reading)


class LeftOut(msgspec.Struct, frozen=True):
    """A file that was found and is no model."""

    name: str
    is_plain: bool = False  # its text does not mention layers


def expand(sources: Iterable[str], *, optional: bool = False) -> list[Argument]:
    """Every source once; folders and patterns are replaced by the sources in them.

    Raises `LstmcountError` for a pattern that matches nothing, unless it is `optional`, and for a
    folder without any file that could be a model.
    """
    arguments: dict[str, Argument] = {}
    for name in sources:
        if os.path.isdir(name) and not is_model_folder(name):
            inner = [Argument(file, True, name) for file in model_files(name)]
            if not inner:
                raise LstmcountError(f"{escape(name)}: this is a directory without models")
        elif is_pattern(name):
            inner = [Argument(file, True) for file in sorted(_matching(name))]
            if not inner and not optional:
                raise LstmcountError(f"no file matches {name!r}")
        else:
            inner = [Argument(name)]
        for each in inner:
            arguments.setdefault(each.name, each)
    return list(arguments.values())


def model_files(folder: str) -> list[str]:
    """Files whose names suggest a model, and folders that Keras saved; hidden ones are skipped."""
    files = []
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inner = os.path.relpath(path, folder)
        files += [os.path.normpath(os.path.join(inner, name)) for name in names]
    return [os.path.normpath(os.path.join(folder, name)) for name in models_among(files)]


def models_among(files: Iterable[str]) -> list[str]:
    """The models among the paths of a folder's files. A folder that Keras saved is one model.

    >>> models_among(["a.yaml", "b/saved_model.pb", "b/assets/c.json", ".d/e.yaml", "f.txt"])
    ['a.yaml', 'b']
    """
    present = {file for file in files if not any(map(_is_hidden, file.split(os.sep)))}
    saved = {folder for file in present if (folder := _saved_folder(file, present))}
    return sorted(saved.union(file for file in present if _is_model_file(file, present, saved)))


def is_saved(files: Iterable[str]) -> bool:
    """Whether these files of a folder make it a model; see `is_model_folder`."""
    present = set(files)
    return any(_saved_folder(file, present) == "" for file in present)


def _saved_folder(file: str, present: set[str]) -> str | None:
    """The folder that Keras saved, if this file shows that it is one; see `is_model_folder`."""
    folder, name = os.path.split(file)
    is_unpacked = name in file_signatures.UNPACKED_WEIGHTS
    if name == "saved_model.pb" or (is_unpacked and os.path.join(folder, "config.json") in present):
        return folder
    step, is_tree, rest = f"/{file}".partition(f"/{file_signatures.ORBAX_TREE}")
    if not is_tree or rest:
        return None
    steps, number = os.path.split(step[1:])
    return steps if number.isdecimal() else step[1:]


def _is_hidden(name: str) -> bool:
    return name.startswith(".") and name not in (".", "..")


def _is_model_file(file: str, present: set[str], saved: set[str]) -> bool:
    if saved.intersection(map(str, Path(file).parents)):
        return False
    is_shard = _SHARD.search(file) and _SHARD.sub(".weights.json", file) in present
    return is_candidate(file) and not is_shard


def is_candidate(file: str) -> bool:
    return file.endswith(SUFFIXES) and os.path.basename(file) not in (YAML_NAME, TOML_NAME)


def is_model_folder(name: str) -> bool:
    """Whether a folder is a model that Keras saved."""
    path = Path(name)
    is_saved = file_signatures.is_unpacked_archive(path) or (path / "saved_model.pb").exists()
    return is_saved or (path.is_dir() and file_signatures.orbax_step(name) is not None)


def may_be_a_model(source: Source) -> bool:
    """Whether a text mentions layers, or a program Keras; any other file may be a model."""
    if source.data is None:
        return True
    if str(source.name).endswith(PROGRAMS):
        return b"keras" in source.data
    return b"\0" in source.data[:1024] or any(sign in source.data for sign in _SIGNS_OF_A_MODEL)


def tried(
    argument: Argument, source: Source, function: Callable[[Source], Result]
) -> Result | LeftOut:
    """The result of `function` for a source; `LeftOut` if the source was found and is no model.

    Raises the `LstmcountError` of `function` if the source was named, or is meant as a model.
    """
    if argument.was_found and not may_be_a_model(source):
        return LeftOut(argument.name, is_plain=True)
    try:
        return function(source)
    except LstmcountError as error:
        if argument.was_found and not _is_meant(source, error):
            return LeftOut(argument.name)
        raise


def read_as(
    argument: Argument, reading: Reading, function: Callable[..., Result]
) -> Result | LeftOut:
    """Like `tried`, for the argument's source; `function` takes `reading` as a keyword."""
    return tried(argument, argument.open(reading), partial(function, reading=reading))


def records_of(results: Iterable[dict[str, Any] | LeftOut]) -> list[dict[str, Any]]:
    """The records of models. Prints which files were left out, and the errors of records.

    Raises `LstmcountError` if nothing is a model.
    """
    listed = list(results)
    say_left_out(each for each in listed if isinstance(each, LeftOut))
    records = [each for each in listed if not isinstance(each, LeftOut)]
    if not records:
        raise LstmcountError("none of these files holds a model")
    for record in records:
        if "error" in record:
            print_error(record["error"])
    return records


def say_left_out(files: Iterable[LeftOut]) -> None:
    """Print a note about files that mention layers and are no models."""
    names = [escape(file.name) for file in files if not file.is_plain]
    if names:
        more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
        shown = ", ".join(names[:_NAMED])
        click.echo(f"note: left out, because they hold no model: {shown}{more}", err=True)


def _is_meant(source: Source, error: LstmcountError) -> bool:
    """Whether a source that cannot be read is meant as a model."""
    if isinstance(error, NoModelError):
        return False
    if source.data is None:
        return True
    try:
        return content.is_meant_as_model(source.name, texts.decode(source.data))
    except LstmcountError:
        return False


def _is_source(name: str) -> bool:
    is_file = os.path.isfile(name) or not os.path.exists(name)  # reading reports broken links
    return is_file and os.path.basename(name) not in (YAML_NAME, TOML_NAME)


def is_pattern(name: str) -> bool:
    if is_url(name):
        return "*" in name  # a URL may hold a question mark
    return glob.has_magic(name) and not os.path.lexists(name)


def _matching(pattern: str) -> Iterable[str]:
    if is_url(pattern):
        from lstmcount.sources.urls import matching_urls

        return matching_urls(pattern)
    return filter(_is_source, _matching_files(pattern))


def _matching_files(pattern: str) -> Iterable[str]:
    if "**" not in pattern.split("/"):
        return glob.iglob(pattern)
    folder = folder_of_pattern(pattern)
    return _below(folder, pattern.removeprefix(folder).lstrip("/"))


def folder_of_pattern(pattern: str) -> str:
    """
    >>> folder_of_pattern("a/b/*/c.yaml"), folder_of_pattern("/*.yaml"), folder_of_pattern("*")
    ('a/b', '/', '')
    """
    parts = pattern.split("/")
    first = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    return "/".join(parts[:first]) or ("/" if first else "")


def _below(folder: str, pattern: str) -> Iterator[str]:
    """Unlike `glob`, do not follow links: two links can make a walk endless."""
    for path, folders, files in os.walk(folder or "."):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            inside = os.path.relpath(os.path.join(path, name), folder or ".")
            if not name.startswith(".") and matches(inside.replace(os.sep, "/"), pattern):
                yield os.path.join(folder, inside)
