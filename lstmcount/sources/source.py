"""A source: a model before it is read, and the places of errors in it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from lstmcount.errors import LstmcountError, Place, ShapeError, no_text
from lstmcount.layers.custom.known import CustomLayers, Declarations
from lstmcount.readers.text import content
from lstmcount.readers.text import text as texts
from lstmcount.sources.settings import ModelEntry

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from lstmcount.sources.trees import Tree

_NAMES_FILES = re.compile(rb"model['\"]?\s*:|(?:^|\"|\\n)[ \t]*(?:from|import) ", re.MULTILINE)


class Source(msgspec.Struct):
    """A model before it is read: its name in messages, its bytes, text or data, and its folder."""

    name: str | None
    data: bytes | None = None
    json: str | None = None  # set instead of `data`
    binary: Any = None  # the path or the bytes of a .keras archive or an HDF5 file
    saved_model: str | None = None  # the SavedModel folder from which `data` was taken
    parsed: Any = None
    live: Any = None  # a Keras model in memory
    folder: str | None = None
    within: str | None = None  # limits the files that it names, if the user did not name it
    open_beside: Callable[[FilePath], Source] | None = None  # for files that are not on disk
    model: str | None = None  # the name of one of the program's models
    declarations: Callable[[], Declarations] | None = None  # custom layers of its project
    tree: Tree | None = None  # holds the modules that a program imports, if not on disk
    on_file_read: Callable[[str], None] | None = None  # called with the name of each other file
    copy: Any = None  # keeps a temporary folder with its files
    entry: Callable[[], ModelEntry] = ModelEntry  # the project's settings for this source
    in_work_tree: str | None = None  # the path of a file that is read from a commit
    may_contradict_code: bool = False  # whether its tensors may differ from the code's weights

    def code(self) -> Sequence[str]:
        """Additional files and folders with modules and classes (`--code`)."""
        return self.entry().code

    @property
    def path(self) -> str:
        """The path that projects and comparisons know it by."""
        return self.in_work_tree or self.name or "<model>"

    @property
    def text(self) -> str | None:
        return self.json if self.data is None else texts.decode(self.data)

    @property
    def custom(self) -> CustomLayers:
        return CustomLayers(load_project=self.declarations, code=self.code)

    @property
    def stem(self) -> str:
        if not self.name or self.name.startswith("<"):
            return "model"
        path = self.name if self.tree is None else self.name.partition(":")[2]
        return os.path.basename(path).partition(".")[0] or "model"


def may_name_files(source: Source) -> bool:
    """Whether the source may refer to other files: nested models, imports or `--code`."""
    return _NAMES_FILES.search(source.data or b"") is not None or bool(source.code())


def holds_code(source: Source) -> bool:
    text = source.text
    return text is not None and content.is_code(source.name, text)


@contextmanager
def errors_in(source: Source) -> Iterator[None]:
    """Add the place in a source to an error that is raised inside."""
    try:
        yield
    except LstmcountError as error:
        raise place(error, source) from None
    except UnicodeEncodeError as error:
        raise place(no_text(error), source) from None


def place(error: LstmcountError, source: Source) -> LstmcountError:
    """Add the source's name, and the line and column of the error's path, to the error."""
    if error.location.source is not None:
        return error
    path = error.location.path or ()
    if path and isinstance(path[0], Place):
        if isinstance(error, ShapeError) and error.is_of_layer:
            error.message += "; Keras 3 refuses it, too"
        error.location = path[0].locate(source.name, path[1:])
        return error
    if error.location.line is None and path and (text := source.text) is not None:
        position = texts.locate(text, path, at_key=error.at_key)
        if position:
            line, column = position
            error.location = msgspec.structs.replace(error.location, line=line, column=column)
    return located(error, source.name)


def with_source(error: LstmcountError, name: str) -> LstmcountError:
    """Add the name of a source to an error that does not say which it is about."""
    return error if error.location.source else located(error, name)


def located(error: LstmcountError, name: str | None) -> LstmcountError:
    error.location = msgspec.structs.replace(error.location, source=name)
    return error
