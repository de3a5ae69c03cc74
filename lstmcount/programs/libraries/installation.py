"""The version of Python and the installed libraries, for programs that ask for them."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.installed import is_installed
from lstmcount.programs.language.natives import provides
from lstmcount.programs.language.provided import Module, Namespace, Native
from lstmcount.programs.language.run import MISSING, Run, Value
from lstmcount.shapes import Unknown

_LOWEST = (3, 11)  # Keras 3 needs this Python


class _PythonVersion(Value):
    """`sys.version_info`: Python 3, of a minor version that is not known."""

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return _LOWEST[0] if name == "major" else super().attribute(run, name, node)

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        if key == 0:
            return _LOWEST[0]
        if isinstance(key, slice) and key.start in (None, 0) and key.step is None:
            return _LOWEST[:1] if key.stop == 1 else self
        return super().item(run, key, node)

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        other = right if left is self else left
        is_newer = _is_newer_than(other) if isinstance(other, tuple) else None
        if is_newer is None:
            return Unknown(run.source_of(node))
        if op in (ast.Eq, ast.NotEq):
            return op is ast.NotEq
        return is_newer == ((op in (ast.Gt, ast.GtE)) == (left is self))


def _is_newer_than(version: tuple[Any, ...]) -> bool | None:
    """True if every possible Python is newer than a version, False if every one is older."""
    numbers = version[:2]
    if not numbers or not all(isinstance(number, int) for number in numbers):
        return None
    if numbers < _LOWEST:
        return True
    return None if numbers[0] == _LOWEST[0] else False


class _Modules(Value):
    """`sys.modules`: the program's own modules that were imported; others are not known."""

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return Native("get", self._get, raw=True) if name == "get" else MISSING

    def _get(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        is_there = self.contains(run, args[0], node)
        return (
            (args[1] if len(args) > 1 else None)
            if is_there is False
            else self.item(run, args[0], node)
        )

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        if not isinstance(value, str):
            return MISSING
        if run.own_modules.loaded(value) is not MISSING:
            return True
        return False if run.own_modules.has(value) else MISSING

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        module = run.own_modules.loaded(key) if isinstance(key, str) else MISSING
        return super().item(run, key, node) if module is MISSING else module


TABLE: dict[str, Any] = {
    "sys.modules": _Modules(),
    "sys.version_info": _PythonVersion(),
    "importlib.util": Module("importlib.util"),
}

_provides = partial(provides, TABLE)


@_provides("importlib.import_module")
def _import_module(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    given = dict(zip(("name", "package"), args, strict=False)) | kwargs
    dotted = _resolved(given.get("name"), given.get("package"))
    if dotted is None:
        return run.unknown(run.source_of(node))
    return run.own_modules.import_named(dotted, node)


def _resolved(name: Any, package: Any) -> str | None:
    """The full name of a module that a package names, as `importlib.util.resolve_name` says."""
    if not isinstance(name, str) or not name.startswith("."):
        return name if isinstance(name, str) else None
    inside = name.lstrip(".")
    parents = package.split(".") if isinstance(package, str) and package else []
    levels_up = len(name) - len(inside) - 1
    kept = parents[: len(parents) - levels_up]
    return ".".join([*kept, inside]) if levels_up < len(parents) and inside else None


@_provides("importlib.reload", "imp.reload")
def _reload(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    run.own_modules.reload(args[0])
    return args[0]


@_provides("importlib.util.find_spec", "importlib.find_loader")
def _find_spec(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if not isinstance(args[0], str):
        return run.unknown(run.source_of(node))
    return Namespace({}) if is_installed(run, args[0], node) else None
