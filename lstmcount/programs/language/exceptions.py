"""Exceptions of programs, and the handlers of `try` statements that catch them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language.provided import Native
from lstmcount.programs.language.values import Class, Instance

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run
    from lstmcount.programs.language.scope import Scope

_CLASSES = (
    ArithmeticError, AssertionError, AttributeError, BaseException, BaseExceptionGroup,
    BlockingIOError, BrokenPipeError, BufferError, BytesWarning, ChildProcessError,
    ConnectionAbortedError, ConnectionError, ConnectionRefusedError, ConnectionResetError,
    DeprecationWarning, EOFError, EncodingWarning, Exception, ExceptionGroup, FileExistsError,
    FileNotFoundError, FloatingPointError, FutureWarning, GeneratorExit, ImportError,
    ImportWarning, IndentationError, IndexError, InterruptedError, IsADirectoryError, KeyError,
    KeyboardInterrupt, LookupError, MemoryError, ModuleNotFoundError, NameError,
    NotADirectoryError, NotImplementedError, OSError, OverflowError, PendingDeprecationWarning,
    PermissionError, ProcessLookupError, RecursionError, ReferenceError, ResourceWarning,
    RuntimeError, RuntimeWarning, StopAsyncIteration, StopIteration, SyntaxError, SyntaxWarning,
    SystemError, SystemExit, TabError, TimeoutError, TypeError, UnboundLocalError,
    UnicodeDecodeError, UnicodeEncodeError, UnicodeError, UnicodeTranslateError, UnicodeWarning,
    UserWarning, ValueError, Warning, ZeroDivisionError,
)  # fmt: skip
_BASES = {cls.__name__: {base.__name__ for base in cls.__mro__} for cls in _CLASSES}
_BASES |= {"EnvironmentError": _BASES["OSError"], "IOError": _BASES["OSError"]}


def raised(run: Run, node: ast.Raise, scope: Scope) -> Any:
    """The exception that a `raise` statement raises: an object of a program's class, or a class."""
    if node.exc is None:
        return None
    value = run.evaluate(node.exc, scope)
    is_object = isinstance(node.exc, ast.Call) and not isinstance(value, Instance | Class)
    return run.evaluate(node.exc.func, scope) if is_object else value  # type: ignore[attr-defined]


def handler(
    run: Run, node: ast.Try | ast.TryStar, value: Any, scope: Scope
) -> ast.ExceptHandler | None:
    """The handler that catches an exception; the first if the exception's class is not known."""
    names = _names(value)
    for candidate in node.handlers:
        kinds = None if candidate.type is None else run.evaluate(candidate.type, scope)
        for kind in kinds if isinstance(kinds, tuple) else (kinds,):
            if not names or kind is None or str(kind).rpartition(".")[2] in names:
                return candidate
    return None


def _names(value: Any) -> set[str]:
    """The names of an exception's class and its base classes; empty if one is not known."""
    if isinstance(value, Instance):
        value = value.cls
    names: set[str] = set()
    for cls in value.ancestry() if isinstance(value, Class) else [value]:
        if isinstance(cls, Class):
            names.add(cls.name)
        elif isinstance(cls, Native) and cls.name in _BASES:
            names |= _BASES[cls.name]
        else:
            return set()
    return names
