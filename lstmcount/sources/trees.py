"""Trees of files that programs import modules from: a project, a commit, or `--code`."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from functools import cache
from itertools import pairwise
from typing import Protocol

import msgspec

from lstmcount.errors import Location, LstmcountError
from lstmcount.programs.language.module_files import INIT
from lstmcount.readers.text.regular import inside, read_regular

MARKERS = (".git", "pyproject.toml", "setup.py")  # files of a project's top folder
# Files that a downloaded project has there, which other folders may have, too.
SIGNS = (
    "requirements.txt", "setup.cfg", "Pipfile", "environment.yml", "LICENSE", "README.md",
    "README.rst",
)  # fmt: skip
MAX_ABOVE = 6  # folders above a program without `MARKERS` that may be its project's


class Tree(Protocol):
    """Files on disk or in a commit."""

    def exists(self, path: str) -> bool:
        """Whether the tree has a file or a link at the path."""

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of a file. Raises `LstmcountError` if the file may not be read."""

    def shown(self, path: str) -> str:
        """A file's name for messages."""

    def names(self, folder: str) -> list[str]:
        """The names in a folder, sorted; those of folders end with "/"."""

    def below(self, folder: str) -> Iterator[str]:
        """The paths of Python files in a folder and its subfolders, sorted by folder."""

    def covers(self, path: str) -> bool:
        """Whether the path is inside the tree."""


class Trees:
    """Several trees as one; a file is read from the first tree that has it."""

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

    def names(self, folder: str) -> list[str]:
        return next(tree for tree in self.trees if tree.covers(folder)).names(folder)

    def below(self, folder: str) -> Iterator[str]:
        tree = next((tree for tree in self.trees if tree.covers(folder)), None)
        return iter(()) if tree is None else tree.below(folder)

    def covers(self, path: str) -> bool:
        return any(tree.covers(path) for tree in self.trees)


class Disk:
    """Files on disk in the folder `root`; links out of it are refused."""

    def __init__(self, root: str, folder: str, shown_folder: str) -> None:
        """In messages, the path `folder` is replaced by `shown_folder`."""
        self.root = root
        self.folder, self.shown_folder = folder, shown_folder
        self.exists = cache(self._exists)

    def shown(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.shown_folder, os.path.relpath(path, self.folder)))

    def _exists(self, path: str) -> bool:
        return self.covers(path) and os.path.lexists(path) and not os.path.isdir(path)

    def covers(self, path: str) -> bool:
        return os.path.join(path, "").startswith(os.path.join(self.root, ""))

    def names(self, folder: str) -> list[str]:
        with os.scandir(inside(folder, self.root)) as entries:
            return sorted(each.name + "/" * each.is_dir() for each in entries)

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


def project_root(folder: str, imported: Collection[str] = ()) -> str:
    """The nearest folder above that has a file of `MARKERS`.

    Without one, it is the outermost of the nearest folder with one of `SIGNS`, the folder that
    holds the package, and those that hold a folder of a name that the program imports.
    """
    at = folder
    while True:
        if any(os.path.exists(os.path.join(at, marker)) for marker in MARKERS):
            return at
        above = os.path.dirname(at)
        if above == at:
            break
        at = above
    folders = up_to(folder, above)[: MAX_ABOVE + 1]
    signed = [at for at in folders if any(os.path.exists(os.path.join(at, s)) for s in SIGNS)]
    named = [above for at, above in pairwise(folders) if os.path.basename(at) in imported]
    return min([_around_package(folder), *signed[:1], *named], key=len)


def _around_package(folder: str) -> str:
    """The folder itself, or the folder that holds its outermost package."""
    while os.path.exists(os.path.join(folder, INIT)):
        folder = os.path.dirname(folder)
    return folder


def up_to(folder: str, root: str) -> list[str]:
    folders = [folder]
    while folder != root and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
        folders.append(folder)
    return folders


class AddedCode(msgspec.Struct, frozen=True):
    """A file or folder of `--code`: additional code besides the source's own project."""

    path: str
    tree: Disk
    folders: list[str]  # where imported modules are searched for


def added_code(name: str) -> AddedCode:
    """The file or folder of `--code`. Raises `LstmcountError` if it does not exist."""
    path = os.path.realpath(name)
    if os.path.isdir(path):
        around = _around_package(path)
        return AddedCode(path, Disk(path, path, name), list(dict.fromkeys([around, path])))
    if not os.path.exists(path):
        error = LstmcountError("no such file or directory")
        error.location = Location(source=name)
        raise error
    folder = os.path.dirname(path)
    root = project_root(folder)
    return AddedCode(path, Disk(root, folder, os.path.dirname(name)), up_to(folder, root))
