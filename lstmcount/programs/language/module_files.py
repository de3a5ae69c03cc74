"""The files of modules that a program may import, and how an import finds them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence

import msgspec

INIT = "__init__.py"
Exists = Callable[[str], bool]


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

    def exists(self, path: str) -> bool:
        return path in self.files or path in self.refused or path == self.main


class ModuleStep(msgspec.Struct, frozen=True):
    """A package or module on an import's path: `a`, `a.b` and `a.b.c` for an import of `a.b.c`."""

    path: str  # without suffix; for a package, its folder
    file: str | None  # None for a folder without an `__init__.py`

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
    if importer is not None:  # Python 2 also searches the importing file's folder
        folders = [*folders, os.path.dirname(importer)]
    without_file: list[ModuleStep] = []
    for folder in dict.fromkeys(folders):
        steps = _below(exists, folder, parts, names)
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
