"""Find the modules that a program imports from its project, before the program is followed.

A regular expression finds import statements anywhere in the text; nothing is parsed. Only files
inside the project are read, also when symbolic links lead out of it.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.module_files import (
    INIT,
    ModuleFile,
    ModuleFiles,
    module_steps,
    submodules,
)
from lstmcount.sources.source import Source, located
from lstmcount.sources.trees import Disk, Tree, Trees, added_code, project_root, up_to

MAX_MODULES = 200
MAX_SEARCHED_FILES = 2000  # files of a folder that are searched for classes
MAX_BYTES = 20 * 2**20  # of all modules together
MAX_DATA = 2**14  # bytes of a file of data: a longer one is no configuration
SUFFIXES = (".py", ".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".txt", ".csv")
TOO_MANY = f"it is not read: the program imports more than {MAX_MODULES} modules"
TOO_LARGE = f"it is not read: the modules have more than {MAX_BYTES // 2**20} MiB"

_IMPORT = re.compile(
    r"(?:^|[;:])[ \t]*+(?:"
    r"from[ \t]++((?:\.[ \t]*+)*+)(?:(?!import\b)([\w.]++)[ \t]++)?+"
    r"import[ \t]*+(\([^()]*+\)|[^\n#;]*+)"
    r"|import[ \t]++([\w., \t]++))",
    re.MULTILINE,
)
_IMPORT_MODULE = (
    r"\bimport_module\(\s*+['\"](\.?+)([\w.]++)['\"]"
    r"(?:\s*+,\s*+(?:package\s*+=\s*+)?['\"]([\w.]++)['\"])?"
)
_ALL = r"(?m)^__all__[^\n=]*=\s*[\[(]([^\])]*)"
_DEFINED = r"(?m)^[ \t]*class[ \t]+(\w+)|['\"](\w+)['\"]"
_WORD = re.compile(r"[\w.]+")


class Import(msgspec.Struct, frozen=True):
    """`from .parts import names` with `level` dots, or `import parts` without names."""

    level: int
    dotted: str
    names: tuple[str, ...] = ()


def imports(text: str) -> Iterator[Import]:
    """The imports in a text, including lines in strings that look like imports.

    >>> text = "import a.b as c, d\\nfrom ..e import (f,\\n  g as h)\\n"
    >>> [(one.level, one.dotted, one.names) for one in imports(text)]
    [(0, 'a.b', ()), (0, 'd', ()), (2, 'e', ('f', 'g'))]
    >>> list(imports("importlib.import_module('.b', package='a')"))
    [Import(level=0, dotted='a.b', names=())]
    """
    for match in _IMPORT.finditer(text.replace("\\\n", " ")):
        dots, dotted, names, plain = match.groups()
        if plain is not None:
            yield from (Import(0, name) for name in _first_words(plain))
        else:
            yield Import(dots.count("."), dotted or "", tuple(_first_words(names)))
    for dot, dotted, package in re.findall(_IMPORT_MODULE, text) if "import_module" in text else ():
        if dot and package:
            yield Import(0, f"{package}.{dotted}")
        else:
            yield Import(len(dot), dotted)


def _first_words(text: str) -> list[str]:
    """The imported names: a and c in `a as b, c`; `*` in `*`."""
    lines = [line.partition("#")[0] for line in text.strip("() \t").split("\n")]
    parts = [_WORD.match(part.strip()) for part in "".join(lines).split(",")]
    return ["*"] if "*" in text else [part[0] for part in parts if part]


class Gathering:
    """Collects the modules that are imported from `todo`, breadth first."""

    def __init__(
        self, tree: Tree, modules: ModuleFiles, on_file_read: Callable[[str], None] | None
    ) -> None:
        self.tree = tree
        self.modules = modules
        self.folders = list(modules.folders)  # with those that the program adds to `sys.path`
        self.on_file_read = on_file_read
        self.todo: deque[tuple[str | None, str]] = deque()  # paths and texts of importing files
        self.size = 0  # bytes of the modules
        self.searched_bytes = 0  # bytes of the files that were searched for classes

    def follow(self) -> None:
        while self.todo:
            importer, text = self.todo.popleft()
            for imported in dict.fromkeys(imports(text)):
                for path in self._paths(importer, imported):
                    if not self.modules.has(path):
                        self._read(path)

    def extend(self, asked: set[str]) -> bool:
        """Read the files and folders among these that exist; return whether there were any."""
        before = len(self.modules.files), len(self.modules.refused), len(self.modules.listed)
        self.modules.absent |= asked  # those that exist are kept, and found before this is asked
        for path in sorted(asked):
            folder, name = os.path.split(path)
            if not self.tree.covers(path) or os.path.normpath(path) != (path if name else folder):
                continue
            if not name and folder not in self.modules.listed:
                self._list(folder)
            elif name.endswith(SUFFIXES) and not self.modules.has(path) and self.tree.exists(path):
                if name.endswith(".py"):
                    self.folders.append(os.path.dirname(folder) if name == INIT else folder)
                self._read(path)
        self.follow()
        after = len(self.modules.files), len(self.modules.refused), len(self.modules.listed)
        return after > before

    def _list(self, folder: str) -> None:
        try:
            names = self.tree.names(folder)
        except (LstmcountError, OSError):
            return
        self.modules.listed[folder] = names[:MAX_SEARCHED_FILES]

    def _exists(self, path: str) -> bool:
        """Whether a file exists. The program need not ask for one that does not."""
        exists = self.tree.exists(path)
        if not exists:
            self.modules.absent.add(path)
        return exists

    def start_with(self, path: str, names: set[str]) -> None:
        """Start with a file, or with the files of a folder that define one of the names."""
        if self.tree.exists(path):
            data = self.tree.read(path, MAX_BYTES)
            if b"\0" in data:
                raise LstmcountError("this is not a file of Python code")
            self._start_with_file(path, data)
            return
        for file in islice(self.tree.below(path), MAX_SEARCHED_FILES):
            data = self.tree.read(file, MAX_BYTES)
            self.searched_bytes += len(data)
            if self.searched_bytes > MAX_BYTES:
                break
            if names.intersection(map(max, re.findall(_DEFINED, _text(data)))):
                self._start_with_file(file, data)

    def _start_with_file(self, path: str, data: bytes) -> None:
        self._keep(path, data)
        if path in self.modules.files:
            self.modules.starts.append(path)

    def _paths(self, importer: str | None, imported: Import) -> Iterator[str]:
        parts = imported.dotted.split(".") if imported.dotted else []
        exists, folders = self._exists, self.folders
        steps = module_steps(exists, folders, importer, imported.level, parts, imported.names)
        for step in steps:
            if step.file is not None:
                yield step.file
        if not steps:
            return
        names = imported.names
        if names == ("*",) and steps[-1].file in self.modules.files:
            listed = re.search(_ALL, _text(self.modules.files[steps[-1].file].data))
            names = tuple(_WORD.findall(listed[1])) if listed else ()
        for step in submodules(exists, steps[-1], names):
            if step.file is not None:
                yield step.file

    def _read(self, path: str) -> None:
        if len(self.modules.files) >= MAX_MODULES:
            self.modules.refused[path] = TOO_MANY
            return
        try:
            data = self.tree.read(path, MAX_BYTES if path.endswith(".py") else MAX_DATA)
        except (LstmcountError, OSError) as error:
            reason = error.message if isinstance(error, LstmcountError) else error.strerror
            self.modules.refused[path] = str(reason).lower()
            return
        self._keep(path, data)

    def _keep(self, path: str, data: bytes) -> None:
        if self.size + len(data) > MAX_BYTES:
            self.modules.refused[path] = TOO_LARGE
            return
        self.size += len(data)
        file = self.modules.files[path] = ModuleFile(self.tree.shown(path), data)
        if self.on_file_read is not None:
            self.on_file_read(file.name)
        if path.endswith(".py"):
            self.todo.append((path, _text(data)))


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def gather(source: Source, text: str) -> Gathering:
    """The modules that the program in `source` may import; `text` is the program's code."""
    folders: list[str] = []
    trees: list[Tree] = []
    main = root = None
    if source.folder is not None:
        folder = os.path.realpath(source.folder)
        root = project_root(folder, {one.dotted.partition(".")[0] for one in imports(text)})
        folders = [*up_to(folder, root), os.path.join(root, "src")]
        trees = [source.tree or Disk(root, folder, source.folder)]
        main = None if source.name is None else os.path.join(folder, os.path.basename(source.name))
    gathering = _with_code(source, trees, ModuleFiles(folders=folders, main=main, root=root))
    gathering.todo.append((main, text))
    gathering.follow()
    return gathering


def gather_classes(source: Source, names: set[str]) -> Gathering:
    """The modules from `--code` that may define classes of these names, and their imports."""
    gathering = _with_code(source, [] if source.tree is None else [source.tree], ModuleFiles())
    for code in source.code():
        try:
            gathering.start_with(added_code(code).path, names)
        except LstmcountError as error:
            raise located(error, code) from None
    gathering.follow()
    return gathering


def _with_code(source: Source, trees: list[Tree], modules: ModuleFiles) -> Gathering:
    """Prepare to search for modules in the folders and in the files and folders of `--code`."""
    folders = list(modules.folders)
    for code in map(added_code, source.code()):
        folders += code.folders
        if source.tree is None or not source.tree.covers(code.path):
            trees.append(code.tree)
    modules.folders = list(dict.fromkeys(folders))
    return Gathering(Trees(trees), modules, source.on_file_read)
