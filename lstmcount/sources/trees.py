"""Where the modules of programs are: on disk or in a commit, in a project or under `--code`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, Protocol

from lstmcount.errors import Location, LstmcountError
from lstmcount.programs.language.module_files import INIT
from lstmcount.readers.text.regular import inside, read_regular

MARKERS = (".git", "pyproject.toml", "setup.py")  # of a project's folder


class Tree(Protocol):
    """Where files are: on disk, or in a commit."""

    def exists(self, path: str) -> bool:
        """Whether there is something under that path that is no folder."""

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of a file. Raises `LstmcountError` for what may not be read."""

    def shown(self, path: str) -> str:
        """A file's name for messages."""

    def below(self, folder: str) -> Iterator[str]:
        """The Python files in a folder and below it, in order."""

    def covers(self, path: str) -> bool:
        """Whether what is under that path is this tree's to give."""


class Trees:
    """Several trees; the first that has a file gives it."""

    def __init__(self, trees: list[Tree]) -> None:
        self.trees = trees

    def exists(self, path: str) -> bool:
        return any(tree.exists(path) for tree in self.trees)

    def _with(self, path: str) -> Tree:
        return next(tree for tree in self.trees if tree.exists(path))

    def read(self, path: str, limit: int) -> bytes:
        return self._with(path).read(path, limit)

    def shown(self, path: str) -> str:
        return self._with(path).shown(path)

    def below(self, folder: str) -> Iterator[str]:
        tree = next((tree for tree in self.trees if tree.covers(folder)), None)
        return iter(()) if tree is None else tree.below(folder)

    def covers(self, path: str) -> bool:
        return any(tree.covers(path) for tree in self.trees)


class Disk:
    """Files on disk, inside the project's folder after all links are followed."""

    def __init__(self, root: str, folder: str, given: str) -> None:
        """Files are shown as seen from where `folder` is `given`."""
        self.root = root
        self.folder, self.given = folder, given
        self.exists = cache(self._exists)

    def shown(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.given, os.path.relpath(path, self.folder)))

    def _exists(self, path: str) -> bool:
        return self.covers(path) and os.path.lexists(path) and not os.path.isdir(path)

    def covers(self, path: str) -> bool:
        return os.path.join(path, "").startswith(os.path.join(self.root, ""))

    def below(self, folder: str) -> Iterator[str]:
        for at, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            yield from (os.path.join(at, name) for name in sorted(names) if name.endswith(".py"))

    def read(self, path: str, limit: int) -> bytes:
        try:
            target = inside(path, self.root)
        except LstmcountError:
            raise LstmcountError("it is a link out of the project") from None
        return read_regular(target, limit)


def project_root(folder: str) -> str:
    """The nearest folder with a mark of a project; without any, the one around its package."""
    at = folder
    while True:
        if any(os.path.exists(os.path.join(at, mark)) for mark in MARKERS):
            return at
        above = os.path.dirname(at)
        if above == at:
            break
        at = above
    return _around_package(folder)


def _around_package(folder: str) -> str:
    while os.path.exists(os.path.join(folder, INIT)):
        folder = os.path.dirname(folder)
    return folder


def up_to(folder: str, root: str) -> list[str]:
    folders = [folder]
    while folder != root and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
        folders.append(folder)
    return folders


class AddedCode(NamedTuple):
    """Code that is read besides a project's own: a folder, or a file and what is beside it."""

    path: str
    tree: Disk
    folders: list[str]  # where imports are looked for


def added_code(given: str) -> AddedCode:
    """What `--code` names. Raises `LstmcountError` where nothing is there."""
    path = os.path.realpath(given)
    if os.path.isdir(path):
        around = _around_package(path)
        return AddedCode(path, Disk(path, path, given), list(dict.fromkeys([around, path])))
    if not os.path.exists(path):
        error = LstmcountError("no such file or directory")
        error.location = Location(source=given)
        raise error
    folder = os.path.dirname(path)
    root = project_root(folder)
    return AddedCode(path, Disk(root, folder, os.path.dirname(given)), up_to(folder, root))
