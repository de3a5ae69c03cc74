"""Files that a program reads, if its project has them: `open`."""

from __future__ import annotations

import ast
import io
import posixpath
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import IO, Any

from lstmcount.programs.language.objects import exceptions
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

TABLE: dict[str, Any] = {}
HERE = "."  # among the changed files: the folder where relative paths begin
_LOGGING = ("debug", "info", "warning", "error", "critical", "exception", "log")


class OpenFile(Value):
    """A file that a program reads from its project, from its current position on."""

    def __init__(self, text: str, is_binary: bool) -> None:
        self.file: IO[Any] = io.BytesIO(text.encode()) if is_binary else io.StringIO(text)
        self.is_lost = False  # whether the position is not known

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        method = None if self.is_lost else _METHODS.get(name)
        return MISSING if method is None else Native(name, partial(_called, self, method), raw=True)

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        lines = self.rounds(run, node)
        return None if lines is None else list(lines)

    def rounds(self, run: Run, node: ast.AST) -> Iterator[Any] | None:
        return None if self.is_lost else self._lines(run, node)

    def _lines(self, run: Run, node: ast.AST) -> Iterator[Any]:
        for line in self.file:
            run.spend(8 + len(line), node)
            yield line

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        if name != "next":
            return MISSING
        return run.unknown(run.source_of(node)) if self.is_lost else next(self.file, MISSING)

    def enter(self, run: Run) -> OpenFile:
        return self

    def read(self, run: Run, node: ast.AST) -> Any:
        """The rest of the file's contents."""
        return run.call(self.attribute(run, "read", node), [], {}, node)


def _called(
    file: OpenFile, method: Callable[..., Any], run: Run, args: Any, kwargs: Any, node: ast.AST
) -> Any:
    """The result of a method of Python's own file, whose arguments are known numbers."""
    if not kwargs and all(type(arg) is int for arg in args):
        try:
            result = method(file.file, *args)
            run.spend(len(result) if hasattr(result, "__len__") else 8, node)
            return result
        except (TypeError, ValueError, OverflowError):
            pass
    file.is_lost = True
    return run.unknown(run.source_of(node))


def _seek(file: IO[Any], position: int, whence: int = 0) -> int:
    """Only to the start: other positions count bytes."""
    if position or whence:
        raise ValueError
    return file.seek(0)


_METHODS: dict[str, Callable[..., Any]] = {
    "read": lambda file, *args: file.read(*args),
    "readlines": lambda file, *args: file.readlines(*args),
    "readline": lambda file, *args: file.readline(*args),
    "seek": _seek,
    "close": lambda file: None,
}


def note_changed(run: Run, values: Iterable[Any], node: ast.AST) -> None:
    """Note that the files named by these values may have changed."""
    for value in values:
        if isinstance(value, list | tuple):
            note_changed(run, [each for each in value if isinstance(each, str | Value)], node)
            continue
        path = value.operation(run, "str", node) if isinstance(value, Value) else value
        if isinstance(path, str):
            run.own_modules.changed_files.add(posixpath.basename(path))


def note_unknown_call(run: Run, values: Iterable[Any], node: ast.AST) -> None:
    """Note that an unknown function may have changed the files that its arguments name."""
    function = node.func if isinstance(node, ast.Call) else None
    if not (isinstance(function, ast.Attribute) and function.attr in _LOGGING):
        note_changed(run, values, node)


def text_at(run: Run, path: Any, node: ast.AST) -> str | None:
    """The text of a file of the project; None if it has none, or two different ones.

    None, too, for a file that the program may have changed.
    """
    if isinstance(path, Value):
        path = path.operation(run, "str", node)
    files = run.own_modules.files
    is_known = isinstance(path, str) and not _may_be_changed(run, path)
    places = files.present(path) if is_known else []
    texts = {files.files[place].data for place in places if place in files.files}
    try:
        text = texts.pop().decode() if len(texts) == 1 else None
    except UnicodeDecodeError:
        return None
    return text and text.replace("\r\n", "\n").replace("\r", "\n")


def _may_be_changed(run: Run, path: str) -> bool:
    changed = run.own_modules.changed_files
    is_elsewhere = HERE in changed and not posixpath.isabs(path)
    return is_elsewhere or posixpath.basename(path) in changed


@provides(TABLE, "open")
def opened(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """A file of the project, or an unknown one.

    If the program catches that an unknown one is missing, both outcomes are followed.
    """
    mode = str([*args[1:2], kwargs.get("mode", "r")][0])
    file = args[0] if args else kwargs.get("file")
    text = text_at(run, file, node) if mode in ("r", "rt", "rb") else None
    if not mode.startswith("r") or "+" in mode:
        note_changed(run, [file], node)
    if text is not None:
        return OpenFile(text, mode == "rb")
    if args and isinstance(node, ast.Call) and mode.startswith("r"):
        path = node.args[0] if node.args else node
        words = f"os.path.exists({run.source_of(path)})"
        is_caught = exceptions.is_caught(run, "FileNotFoundError")
        if is_caught and not run.decide(Unknown(words), node, words, True):
            run.fail(FileNotFoundError())
    return run.unknown(run.source_of(node))
