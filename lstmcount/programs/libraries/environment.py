"""Environment variables: those that the program sets itself are known.

The environment is never read, so that a number does not depend on the machine.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.types.builtin_types import conversion
from lstmcount.programs.language.values.natives import arguments_by_name, provides
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)


@_provides("os.getenv", "os.environ.get")
def _get(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("key", "default"), args, kwargs)
    value = _set_before(run, passed.get("key"))
    return _unknown(run, run.source_of(node), passed) if value is MISSING else value


@_provides("os.environ.setdefault")
def _set_default(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("key", "default"), args, kwargs)
    key, value = passed.get("key"), _set_before(run, passed.get("key"))
    if value is MISSING:
        words = f"os.environ[{key!r}]" if isinstance(key, str) else run.source_of(node)
        value = _unknown(run, words, passed)
        _set(run, key, value)
        return _set_before(run, key) if isinstance(key, str) else value
    return value


def _unknown(run: Run, words: str, passed: dict[str, Any]) -> Unknown:
    """A variable that is not known, whose default is an example of it."""
    run.library_state.setdefault("environment_defaults", {})[words] = passed.get("default")
    unknown: Unknown = run.unknown(words)
    return unknown


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


def _truth_of_text(text: str) -> int:
    """
    >>> _truth_of_text("Yes"), _truth_of_text("0")
    (1, 0)
    """
    if text.lower() in ("y", "yes", "t", "true", "on", "1"):
        return 1
    if text.lower() in ("n", "no", "f", "false", "off", "0"):
        return 0
    raise ValueError(f"invalid truth value {text!r}")


_provides("distutils.util.strtobool")(conversion("strtobool", _truth_of_text))


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
    value = _variables(run).get(key, MISSING) if isinstance(key, str) else MISSING
    is_set_by_user = isinstance(value, Unknown) and value.text in run.settings
    return run.settings.use(str(value)) if is_set_by_user else value


def _set(run: Run, key: Any, value: Any) -> None:
    variables = _variables(run)
    if isinstance(key, str):
        variables[key] = value
    else:  # it may be any of them
        variables.update({name: run.unknown(f"os.environ[{name!r}]") for name in variables})
