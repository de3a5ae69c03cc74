"""Context managers of `contextlib`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language.exceptions import catches, name_of
from lstmcount.programs.language.natives import provides
from lstmcount.programs.language.run import Stop, Value

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run

TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)


class _Given(Value):
    """`nullcontext(value)`."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def within(self, run: Run, body: Callable[[Any], Any]) -> Any:
        return body(self.value)


class _Suppressing(Value):
    """`suppress(*kinds)`: an exception of these kinds ends the body, and no more."""

    def __init__(self, kinds: list[Any]) -> None:
        self.kinds = kinds

    def within(self, run: Run, body: Callable[[Any], Any]) -> Any:
        run.catching.append((run.depth, frozenset(map(name_of, self.kinds))))
        try:
            return body(None)
        except Stop as stop:
            if not catches(self.kinds, stop.value):
                raise
            return None
        finally:
            run.catching.pop()


@_provides("contextlib.nullcontext")
def _nullcontext(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _Given(args[0] if args else kwargs.get("enter_result"))


@_provides("contextlib.suppress")
def _suppress(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _Suppressing(args)


@_provides("contextlib.contextmanager")
def _contextmanager(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return args[0]
