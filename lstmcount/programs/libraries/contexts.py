"""Context managers of `contextlib`."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.objects.exceptions import catches, name_of
from lstmcount.programs.language.run import Catching, Run, Stop
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.value import Value

TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)


class _NullContext(Value):
    """`nullcontext(value)`."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def enter(self, run: Run) -> Any:
        return self.value


class _Suppressing(Value):
    """`suppress(*kinds)`: an exception of these kinds ends the body, but not the program."""

    def __init__(self, kinds: list[Any]) -> None:
        self.kinds = kinds

    def enter(self, run: Run) -> None:
        run.catching.append(Catching(run.depth, map(name_of, self.kinds), is_decided=False))

    def leave(self, run: Run, stop: Stop | None) -> bool:
        run.catching.pop()
        return stop is not None and catches(self.kinds, stop.value)


@_provides("contextlib.nullcontext")
def _nullcontext(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _NullContext(args[0] if args else kwargs.get("enter_result"))


@_provides("contextlib.suppress")
def _suppress(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _Suppressing(args)


@_provides("contextlib.contextmanager")
def _contextmanager(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return args[0]
