"""Environment variables: those that the program sets itself are known.

The environment is never read, so that a number does not depend on the machine.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import arguments_by_name, provides
from lstmcount.programs.language.values.value import Value

TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)


@_provides("os.getenv", "os.environ.get")
def _get(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("key", "default"), args, kwargs)
    value, words = _set_before(run, passed.get("key")), run.source_of(node)
    if value is not MISSING:
        return value
    run.library_state.setdefault("environment_defaults", {})[words] = passed.get("default")
    return run.unknown(words)


@_provides("os.environ.setdefault")
def _set_default(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    value = _get(run, args, kwargs, node)
    _set(run, args[0] if args else kwargs.get("key"), value)
    return value


@_provides("os.putenv", "os.environ.__setitem__")
def _put(run: Run, args: Any, kwargs: Any, node: ast.AST) -> None:
    _set(run, *args[:2])


@_provides("os.environ.update")
def _update(run: Run, args: Any, kwargs: Any, node: ast.AST) -> None:
    for more in (*args, kwargs):
        if isinstance(more, dict):
            _variables(run).update(more)


@_provides("os.unsetenv", "os.environ.pop")
def _remove(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    removed = _variables(run).pop(args[0], MISSING) if args and isinstance(args[0], str) else None
    return run.unknown(run.source_of(node)) if removed is MISSING else removed


class _Environment(Value):
    """`os.environ`."""

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return TABLE.get(f"os.environ.{name}", MISSING)

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        value = _set_before(run, key)
        return super().item(run, key, node) if value is MISSING else value

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> None:
        _set(run, key, new)

    def delete_item(self, run: Run, key: Any, node: ast.AST) -> None:
        if isinstance(key, str):
            _variables(run).pop(key, None)

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        is_set = _set_before(run, value) is not MISSING
        return True if is_set else run.unknown(run.source_of(node))


TABLE["os.environ"] = _Environment()


def _variables(run: Run) -> dict[str, Any]:
    variables: dict[str, Any] = run.library_state.setdefault("environment", {})
    return variables


def _set_before(run: Run, key: Any) -> Any:
    """The value that the program has given to a variable; MISSING if it has given none."""
    return _variables(run).get(key, MISSING) if isinstance(key, str) else MISSING


def _set(run: Run, key: Any, value: Any) -> None:
    variables = _variables(run)
    if isinstance(key, str):
        variables[key] = value
    else:  # it may be any of them
        variables.update({name: run.unknown(f"os.environ[{name!r}]") for name in variables})
