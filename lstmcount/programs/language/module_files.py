"""The files of modules that a program may import, and how an import finds them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate

import msgspec

INIT = "__init__.py"
MAX_ASKED = 2000  # files and folders that a program looks for besides those that are here
Exists = Callable[[str], bool]


class FilesAskedError(Exception):
    """A program looks for files that must be added before its numbers can be known."""


class ModuleFile(msgspec.Struct, frozen=True):
    """A Python file: its name in messages, and its bytes."""

    name: str
    data: bytes


class ModuleFiles(msgspec.Struct):
    """The files that a program's imports may lead to, by path."""

    files: dict[str, ModuleFile] = {}
    refused: dict[str, str] = {}  # files that exist but were not read, and the reason
    folders: list[str] = []  # where imports are searched, in order
    main: str | None = None  # the path of the program itself
    starts: list[str] = []  # the files to start with if there is no program
    root: str | None = None  # the project's top folder
    listed: dict[str, list[str]] = {}  # the names in folders; those of folders end with "/"
    absent: set[str] = set()  # files and folders (with "/") that do not exist
    asked: set[str] = set()  # those that were looked for and may exist, but are not here
    steps: int = 0  # of all runs with these files, and with fewer before more were added
    seconds: float = 0.0  # of processor time, of the runs with fewer of these files
    are_added: bool = False  # whether those that exist are added, and the program read again

    def has(self, path: str) -> bool:
        return path in self.files or path in self.refused or path == self.main

    def exists(self, path: str) -> bool:
        """Whether the file is here. A file that is not here may be asked for."""
        if not self.has(path):
            self._ask(path)
        return self.has(path)

    def located(self, path: str) -> list[str]:
        """Where a path may be: a relative one in the program's folder, or in the top folder."""
        if os.path.isabs(path):
            return [os.path.normpath(path)]
        bases = [None if self.main is None else os.path.dirname(self.main), self.root]
        joined = [os.path.join(folder, path) for folder in bases if folder is not None]
        return list(dict.fromkeys(map(os.path.normpath, joined)))

    def present(self, path: str) -> list[str]:
        """The places of such a path at which a file is here."""
        return [place for place in self.located(path) if self.exists(place)]

    def names(self, folder: str) -> list[str] | None:
        """The names in a folder; those of folders end with "/". None if they are not known."""
        if folder not in self.listed:
            self._ask(os.path.join(folder, ""))
        return self.listed.get(folder)

    def modules_in(self, folder: str) -> list[ModuleStep] | None:
        """The modules and packages in a folder, in the order of `pkgutil`."""
        names = self.names(folder)
        if names is None:
            return None
        listed = [name for name in sorted(names) if name.endswith((".py", "/")) and name != INIT]
        paths = [
            os.path.join(folder, name.removesuffix("/").removesuffix(".py")) for name in listed
        ]
        return [step for path in paths if (step := _step(self.exists, path)).file is not None]

    def require_all(self) -> None:
        """Raise `FilesAskedError` if files were asked for that will be added."""
        if self.asked and self.are_added:
            raise FilesAskedError

    def _ask(self, path: str) -> None:
        if path not in self.absent and len(self.asked) < MAX_ASKED:
            self.asked.add(path)


class ModuleStep(msgspec.Struct, frozen=True):
    """A package or module on an import's path: `a`, `a.b` and `a.b.c` for an import of `a.b.c`."""

    path: str  # without suffix; for a package, its folder
    file: str | None  # None for a folder without an `__init__.py`
    name: str | None = None  # in an import by its full name: `a.b`

    @property
    def is_package(self) -> bool:
        return self.file is None or os.path.basename(self.file) == INIT


def module_steps(
    exists: Exists,
    folders: Sequence[str],
    importer: str | None,
    level: int,
    parts: Sequence[str],
    names: Sequence[str] = (),
) -> list[ModuleStep]:
    """The steps to the module of `from ..parts import names` in the file `importer`; empty if not
    found.

    `level` is the number of dots. The first step of a relative import is the package that the dots
    refer to.
    """
    if level:
        if importer is None:
            return []
        folder = os.path.dirname(importer)
        for _ in range(level - 1):
            folder = os.path.dirname(folder)
        package = _step(exists, folder)
        rest = _below(exists, folder, parts, names)
        return [] if rest is None else [package, *rest]
    searched = {*folders}
    if importer is not None:  # Python 2 also searches the importing file's folder
        folders = [*folders, os.path.dirname(importer)]
    without_file: list[ModuleStep] = []
    for folder in dict.fromkeys(folders):
        steps = _below(exists, folder, parts, names)
        if folder in searched:
            steps = steps and _named(steps, parts)
        if steps and steps[0].file is not None:
            return steps
        without_file = without_file or steps or []
    return without_file


def _below(
    exists: Exists, folder: str, parts: Sequence[str], names: Sequence[str]
) -> list[ModuleStep] | None:
    steps: list[ModuleStep] = []
    for part in parts:
        if steps and not steps[-1].is_package:
            return None
        folder = os.path.join(folder, part)
        steps.append(_step(exists, folder))
    is_there = not steps or steps[-1].file is not None or any(submodules(exists, steps[-1], names))
    return steps if is_there else None


def _named(steps: list[ModuleStep], parts: Sequence[str]) -> list[ModuleStep]:
    names = accumulate(parts, "{}.{}".format)
    return [
        msgspec.structs.replace(step, name=name) for step, name in zip(steps, names, strict=True)
    ]


def _step(exists: Exists, path: str) -> ModuleStep:
    for file in (os.path.join(path, INIT), f"{path}.py"):
        if exists(file):
            return ModuleStep(path, file)
    return ModuleStep(path, None)


def submodules(exists: Exists, package: ModuleStep, names: Sequence[str]) -> Iterator[ModuleStep]:
    """The steps to those names that are modules in the package."""
    for name in names if package.is_package else ():
        step = _step(exists, os.path.join(package.path, name))
        if step.file is not None:
            yield step
