"""The modules that a program imports, found without following it: files of its own project.

An import is found by its words, wherever it stands; what it leads to is read only inside the
program's project, whatever links say. Nothing is parsed here.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.module_files import (
    ModuleFile,
    ModuleFiles,
    located,
    submodules,
)
from lstmcount.sources.trees import Disk, Tree, Trees, added_code, project_root, up_to

if TYPE_CHECKING:
    from lstmcount.sources import Source

MAX_MODULES = 200
MAX_LOOKED_INTO = 2000  # files of a folder, for the classes in them
MAX_BYTES = 20 * 2**20  # of all of them
TOO_MANY = f"it is not read: the program imports more than {MAX_MODULES} modules"
TOO_LARGE = f"it is not read: the modules have more than {MAX_BYTES // 2**20} MiB"

_IMPORT = re.compile(
    r"(?:^|[;:])[ \t]*+(?:"
    r"from[ \t]++((?:\.[ \t]*+)*+)(?:(?!import\b)([\w.]++)[ \t]++)?+"
    r"import[ \t]*+(\([^()]*+\)|[^\n#;]*+)"
    r"|import[ \t]++([\w., \t]++))",
    re.MULTILINE,
)
_ALL = re.compile(r"^__all__[^\n=]*=\s*[\[(]([^\])]*)", re.MULTILINE)
_DEFINED = re.compile(r"^[ \t]*class[ \t]+(\w+)|['\"](\w+)['\"]", re.MULTILINE)
_WORD = re.compile(r"[\w.]+")


class Import(NamedTuple):
    """`from .parts import names`, with as many dots as `level`; `import parts` has no names."""

    level: int
    dotted: str
    names: tuple[str, ...] = ()


def imports(text: str) -> Iterator[Import]:
    """The imports in a text, and what looks like one in its strings.

    >>> [tuple(one) for one in imports("import a.b as c, d\\nfrom ..e import (f,\\n  g as h)\\n")]
    [(0, 'a.b', ()), (0, 'd', ()), (2, 'e', ('f', 'g'))]
    """
    for found in _IMPORT.finditer(text.replace("\\\n", " ")):
        dots, dotted, names, plain = found.groups()
        if plain is not None:
            yield from (Import(0, name) for name in _first_words(plain))
        else:
            yield Import(dots.count("."), dotted or "", tuple(_first_words(names)))


def _first_words(text: str) -> list[str]:
    """Of `a as b, c`, what is imported: a and c; of `*`, just that."""
    lines = [line.partition("#")[0] for line in text.strip("() \t").split("\n")]
    parts = [_WORD.match(part.strip()) for part in "".join(lines).split(",")]
    return ["*"] if "*" in text else [part[0] for part in parts if part]


class _Gathering:
    """The files that imports lead to, nearest first."""

    def __init__(self, tree: Tree, folders: list[str], main: str | None) -> None:
        self.tree = tree
        self.found = ModuleFiles(folders=folders, main=main)
        self.todo: deque[tuple[str | None, str]] = deque()
        self.size = 0
        self.looked_into = 0  # bytes of files in folders that may hold classes

    def follow(self) -> ModuleFiles:
        while self.todo:
            importer, text = self.todo.popleft()
            for each in dict.fromkeys(imports(text)):
                for path in self._paths(importer, each):
                    if path != self.found.main and not self.found.exists(path):
                        self._read(path)
        return self.found

    def start(self, path: str, names: set[str]) -> None:
        """Begin with a file, or with those in a folder that define one of the names."""
        if self.tree.exists(path):
            self._begin(path, self.tree.read(path, MAX_BYTES))
            return
        for file in islice(self.tree.below(path), MAX_LOOKED_INTO):
            data = self.tree.read(file, MAX_BYTES)
            self.looked_into += len(data)
            if self.looked_into > MAX_BYTES:
                break
            if names.intersection(map(max, _DEFINED.findall(_text(data)))):
                self._begin(file, data)

    def _begin(self, path: str, data: bytes) -> None:
        self._keep(path, data)
        if path in self.found.files:
            self.found.starts.append(path)

    def _paths(self, importer: str | None, given: Import) -> Iterator[str]:
        parts = given.dotted.split(".") if given.dotted else []
        exists = self.tree.exists
        steps = located(exists, self.found.folders, importer, given.level, parts, given.names)
        for step in steps:
            if step.file is not None:
                yield step.file
        if not steps:
            return
        names = given.names
        if names == ("*",) and steps[-1].file in self.found.files:
            listed = _ALL.search(_text(self.found.files[steps[-1].file].data))
            names = tuple(_WORD.findall(listed[1])) if listed else ()
        for step in submodules(exists, steps[-1], names):
            if step.file is not None:
                yield step.file

    def _read(self, path: str) -> None:
        if len(self.found.files) >= MAX_MODULES:
            self.found.refused[path] = TOO_MANY
            return
        try:
            data = self.tree.read(path, MAX_BYTES)
        except (LstmcountError, OSError) as error:
            reason = error.message if isinstance(error, LstmcountError) else error.strerror
            self.found.refused[path] = str(reason).lower()
            return
        self._keep(path, data)

    def _keep(self, path: str, data: bytes) -> None:
        if self.size + len(data) > MAX_BYTES:
            self.found.refused[path] = TOO_LARGE
            return
        self.size += len(data)
        self.found.files[path] = ModuleFile(self.tree.shown(path), data)
        self.todo.append((path, _text(data)))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def gather(source: Source, text: str) -> ModuleFiles:
    """The modules that the program in `source`, whose code is `text`, may import."""
    folders: list[str] = []
    trees: list[Tree] = []
    main = None
    if source.folder is not None:
        folder = os.path.realpath(source.folder)
        root = project_root(folder)
        folders = [*up_to(folder, root), os.path.join(root, "src")]
        trees = [source.tree or Disk(root, folder, source.folder)]
        main = None if source.name is None else os.path.join(folder, os.path.basename(source.name))
    gathering = _with_code(source, trees, folders, main)
    gathering.todo.append((main, text))
    return _noted(source, gathering.follow())


def gather_classes(source: Source, names: set[str]) -> ModuleFiles:
    """The modules in which a model file's classes of these names may be, and what they import."""
    gathering = _with_code(source, [] if source.tree is None else [source.tree], [], None)
    for given in source.code():
        gathering.start(added_code(given).path, names)
    return _noted(source, gathering.follow())


def _noted(source: Source, found: ModuleFiles) -> ModuleFiles:
    """The files, of which whoever reads the source is told."""
    if source.noted is not None:
        for file in found.files.values():
            source.noted(file.name)
    return found


def _with_code(
    source: Source, trees: list[Tree], folders: list[str], main: str | None
) -> _Gathering:
    """For imports from the folders, and from what `--code` adds."""
    for code in map(added_code, source.code()):
        folders += code.folders
        if source.tree is None or not source.tree.covers(code.path):
            trees.append(code.tree)
    return _Gathering(Trees(trees), list(dict.fromkeys(folders)), main)
