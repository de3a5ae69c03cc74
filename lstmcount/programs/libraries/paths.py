"""Paths of the program's own files: `os.path`, `pathlib` and `glob`."""

from __future__ import annotations

import ast
import fnmatch
import posixpath
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language.builtins.files import HERE, note_changed, opened, text_at
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.provided import Module, Native
from lstmcount.programs.language.values.value import Value

if TYPE_CHECKING:
    from pathlib import PurePosixPath

TABLE: dict[str, Any] = {
    "os.path": Module("os.path"),
    "os.sep": "/",
    "os.path.sep": "/",
    "os.curdir": ".",
    "os.pardir": "..",
    "os.path.pardir": "..",
}
_provides = partial(provides, TABLE)


class Path(Value):
    """A `pathlib.Path`."""

    defines_equality = True
    strength = 1

    def __init__(self, *parts: str) -> None:
        from pathlib import PurePosixPath

        self.pure = PurePosixPath(*parts)

    def __repr__(self) -> str:
        return str(self.pure)

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        run.spend(len(str(self)), node)
        if name in _ATTRIBUTES:
            return _ATTRIBUTES[name](self.pure)
        method = _METHODS.get(name)
        return MISSING if method is None else Native(name, partial(method, self), raw=True)

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        if op is ast.Div and all(isinstance(part, str | Path) for part in (left, right)):
            run.spend(len(str(left)) + len(str(right)), node)
            return Path(str(left), str(right))
        return NotImplemented

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        if op not in (ast.Eq, ast.NotEq) or not isinstance(left, Path):
            return NotImplemented
        is_equal = isinstance(right, Path) and left.pure == right.pure
        return is_equal is (op is ast.Eq)

    def enter(self, run: Run) -> Path:
        return self

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        return str(self) if name in ("str", "format") else MISSING


_ATTRIBUTES: dict[str, Callable[[PurePosixPath], Any]] = {
    "name": lambda pure: pure.name,
    "stem": lambda pure: pure.stem,
    "suffix": lambda pure: pure.suffix,
    "parts": lambda pure: pure.parts,
    "parent": lambda pure: Path(str(pure.parent)),
    "parents": lambda pure: tuple([Path(str(above)) for above in pure.parents]),
}


def _joined(path: Path, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if not all(isinstance(part, str | Path) for part in args):
        return run.unknown(run.source_of(node))
    return Path(str(path), *map(str, args))


def _resolved(path: Path, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    text = absolute(str(path))
    return run.unknown(run.source_of(node)) if text is None else Path(text)


def _is_there(path: Any, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """Whether a file exists: it does if the project has it."""
    is_here = bool(run.own_modules.files.present(str(path)))
    return is_here or run.unknown(run.source_of(node))


def _globbed(path: Path, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    pattern = args[0] if args else kwargs.get("pattern")
    paths = matching(run, posixpath.join(str(path), pattern)) if isinstance(pattern, str) else None
    return run.unknown(run.source_of(node)) if paths is None else [Path(each) for each in paths]


def _opened(path: Path, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return opened(run, [path, *args], kwargs, node)


def _text(path: Path, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    text = text_at(run, path, node)
    return run.unknown(run.source_of(node)) if text is None else text


def _bytes(path: Path, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    text = text_at(run, path, node)
    return run.unknown(run.source_of(node)) if text is None else text.encode()


def _changed(path: Path, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    note_changed(run, [path, *args], node)
    return run.unknown(run.source_of(node))


_METHODS: dict[str, Any] = {
    **dict.fromkeys(("write_text", "write_bytes", "rename", "replace", "unlink"), _changed),
    "open": _opened,
    "read_text": _text,
    "read_bytes": _bytes,
    "joinpath": _joined,
    "resolve": _resolved,
    "absolute": _resolved,
    "exists": _is_there,
    "is_file": _is_there,
    "glob": _globbed,
    "as_posix": lambda path, run, args, kwargs, node: str(path),
    "with_name": lambda path, run, args, kwargs, node: Path(str(path.pure.with_name(args[0]))),
    "with_suffix": lambda path, run, args, kwargs, node: Path(str(path.pure.with_suffix(args[0]))),
}


def absolute(path: str) -> str | None:
    """The path without `..`; None if it is relative to a folder that is not known."""
    return posixpath.normpath(path) if posixpath.isabs(path) else None


def matching(run: Run, pattern: str) -> list[str] | None:
    """The paths of Python files in a folder whose names match a pattern; None if not known."""
    folder, name = posixpath.split(pattern)
    if not name.endswith(".py") or not posixpath.isabs(folder):
        return None
    names = run.own_modules.files.names(posixpath.normpath(folder))
    if names is None:
        return None
    run.spend(8 * len(names))
    return [posixpath.join(folder, each) for each in names if fnmatch.fnmatchcase(each, name)]


def _of_texts(name: str, function: Callable[..., Any]) -> None:
    """Provide a function of `os.path` that takes paths as texts, or as objects of `pathlib`."""

    @_provides(f"os.path.{name}")
    def call(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        texts = [str(each) if isinstance(each, Path) else each for each in args]
        if first_unknown([args, kwargs]) is not None or not all(
            isinstance(text, str) for text in texts
        ):
            return run.unknown(run.source_of(node))
        result = function(*texts)
        run.spend(sum(map(len, texts)), node)
        return run.unknown(run.source_of(node)) if result is None else result


_of_texts("join", posixpath.join)
_of_texts("basename", posixpath.basename)
_of_texts("dirname", posixpath.dirname)
_of_texts("split", posixpath.split)
_of_texts("splitext", posixpath.splitext)
_of_texts("normpath", posixpath.normpath)
_of_texts("isabs", posixpath.isabs)
_of_texts("abspath", absolute)
_of_texts("realpath", absolute)


@_provides("os.path.exists", "os.path.isfile")
def _exists(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    is_path = bool(args) and isinstance(args[0], str | Path)
    return _is_there(args[0], run, [], {}, node) if is_path else run.unknown(run.source_of(node))


@_provides("os.fspath")
def _fspath(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    is_path = bool(args) and isinstance(args[0], str | Path)
    return str(args[0]) if is_path else run.unknown(run.source_of(node))


@_provides("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath")
def _path(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    is_known = all(isinstance(part, str | Path) for part in args)
    return Path(*map(str, args)) if is_known else run.unknown(run.source_of(node))


@_provides("glob.glob", "glob.iglob")
def _glob(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    paths = matching(run, str(args[0])) if args and isinstance(args[0], str | Path) else None
    return run.unknown(run.source_of(node)) if paths is None else paths


@_provides("os.listdir")
def _listdir(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """The names in a folder of Python files; what other folders hold may differ elsewhere."""
    folder = absolute(str(args[0])) if args and isinstance(args[0], str | Path) else None
    names = run.own_modules.files.names(folder) if folder is not None else None
    if names is None or not any(name.endswith(".py") for name in names):
        return run.unknown(run.source_of(node))
    run.spend(8 * len(names), node)
    return [name.removesuffix("/") for name in names]


@_provides("os.chdir")
def _chdir(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    note_changed(run, [HERE], node)


@_provides("os.system")
def _system(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    note_changed(run, args[0].split() if isinstance(args[0], str) else [], node)
    return run.unknown(run.source_of(node))
