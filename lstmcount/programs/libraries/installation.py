"""The version of Python and the installed libraries, for programs that ask for them."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.value import Value
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


TABLE: dict[str, Any] = {"sys.version_info": _PythonVersion()}
