"""Files that a program reads, if its project has them: `open`."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from functools import partial
from typing import Any

from lstmcount.programs.language import exceptions
from lstmcount.programs.language.natives import provides
from lstmcount.programs.language.provided import Native
from lstmcount.programs.language.run import MISSING, Run, Value
from lstmcount.shapes import Unknown

TABLE: dict[str, Any] = {}


class OpenFile(Value):
    """A text file that a program reads from its project."""

    def __init__(self, text: str, is_binary: bool) -> None:
        self.lines = iter(io.StringIO(text))
        self.is_binary = is_binary

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        method = _METHODS.get(name)
        return MISSING if method is None else Native(name, partial(method, self), raw=True)

    def elements(self, run: Run, node: ast.AST) -> list[Any]:
        return list(self.rounds(run, node))

    def rounds(self, run: Run, node: ast.AST) -> Iterator[Any]:
        for line in self.lines:
            run.spend(8 + len(line), node)
            yield line.encode() if self.is_binary else line

    def enter(self, run: Run) -> OpenFile:
        return self


def read(file: OpenFile, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """All that is left of the file."""
    if args:  # a number of characters
        return run.unknown(run.source_of(node))
    return (b"" if file.is_binary else "").join(file.rounds(run, node))


def _readline(file: OpenFile, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return next(file.rounds(run, node), b"" if file.is_binary else "")


_METHODS: dict[str, Any] = {
    "read": read,
    "readlines": lambda file, run, args, kwargs, node: file.elements(run, node),
    "readline": _readline,
    "close": lambda file, run, args, kwargs, node: None,
}


def text_at(run: Run, path: Any, node: ast.AST) -> str | None:
    """The text of a file of the project; None if it has none, or two different ones."""
    if isinstance(path, Value):
        path = path.operation(run, "str", node)
    files = run.own_modules.files
    places = files.located(path) if isinstance(path, str) else []
    here = [place for place in places if files.exists(place)]
    texts = {files.files[place].data for place in here if place in files.files}
    try:
        text = texts.pop().decode() if len(texts) == 1 else None
    except UnicodeDecodeError:
        return None
    return text and text.replace("\r\n", "\n").replace("\r", "\n")


@provides(TABLE, "open")
def opened(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """A file of the project, or an unknown one.

    If the program catches that an unknown one is missing, both outcomes are followed.
    """
    mode = str([*args[1:2], kwargs.get("mode", "r")][0])
    file = args[0] if args else kwargs.get("file")
    text = text_at(run, file, node) if mode in ("r", "rt", "rb") else None
    if text is not None:
        return OpenFile(text, mode == "rb")
    if args and isinstance(node, ast.Call) and mode.startswith("r"):
        path = node.args[0] if node.args else node
        words = f"os.path.exists({run.source_of(path)})"
        is_caught = exceptions.is_caught(run, "FileNotFoundError")
        if is_caught and not run.decide(Unknown(words), node, words, True):
            run.fail(FileNotFoundError())
    return run.unknown(run.source_of(node))
