"""Exceptions of programs, and the handlers of `try` statements that catch them."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.flow import way_out
from lstmcount.programs.language.objects.own_classes import Class, Instance
from lstmcount.programs.language.run import MISSING, Catching, Run, Stop
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

_CLASSES = (
    ArithmeticError, AssertionError, AttributeError, BaseException, BaseExceptionGroup,
    BlockingIOError, BrokenPipeError, BufferError, BytesWarning, ChildProcessError,
    ConnectionAbortedError, ConnectionError, ConnectionRefusedError, ConnectionResetError,
    DeprecationWarning, EOFError, EncodingWarning, Exception, ExceptionGroup, FileExistsError,
    FileNotFoundError, FloatingPointError, FutureWarning, GeneratorExit, ImportError,
    ImportWarning, IndentationError, IndexError, InterruptedError, IsADirectoryError,
    KeyError, KeyboardInterrupt, LookupError, MemoryError, ModuleNotFoundError,
    NameError, NotADirectoryError, NotImplementedError, OSError, OverflowError,
    PendingDeprecationWarning, PermissionError, ProcessLookupError, RecursionError, ReferenceError,
    ResourceWarning,
    RuntimeError, RuntimeWarning, StopAsyncIteration, StopIteration, SyntaxError, SyntaxWarning,
    SystemError, SystemExit, TabError, TimeoutError, TypeError, UnboundLocalError,
    UnicodeDecodeError, UnicodeEncodeError, UnicodeError, UnicodeTranslateError, UnicodeWarning,
    UserWarning, ValueError, Warning, ZeroDivisionError,
)  # fmt: skip
_BASES = {cls.__name__: {base.__name__ for base in cls.__mro__} for cls in _CLASSES}
_BASES["JSONDecodeError"] = {"JSONDecodeError", *_BASES["ValueError"]}  # without importing json
_WITH_ARGUMENTS = (AssertionError, KeyError, StopIteration)  # the reader gives what Python gives
_OF_KNOWN_DATA = (ArithmeticError, AssertionError, LookupError, ValueError)
_BROAD = frozenset(("Exception", "BaseException"))
_NOT_OF_CALLS = frozenset(("ImportError", "ModuleNotFoundError", "NameError", "AttributeError",
                           "KeyboardInterrupt", "StopIteration", "SystemExit"))  # fmt: skip
_LIKELY = ("KeyError", "ValueError")
TRY = "try: "  # with the text of a call: whether it raises no exception


class Kind(Native):
    """One of Python's classes of exceptions."""

    def __init__(self, name: str) -> None:
        super().__init__(name, self._made, raw=True)

    def _made(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Raised:
        return Raised(self, args)

    def has_instance(self, value: Any) -> Any:
        return isinstance(value, Raised | Instance) and self.name in _names(value)

    def is_subclass(self, kind: Any) -> Any:
        return isinstance(kind, Native) and kind.name in _BASES[self.name]


class Raised(Value):
    """An exception of one of Python's classes; `args` is None if its arguments are not known."""

    def __init__(self, kind: Kind, args: list[Any] | None) -> None:
        self.kind = kind
        self.args = MISSING if args is None else tuple(args)

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "code" and self.kind.name == "SystemExit" and self.args is not MISSING:
            return self.args[0] if self.args else None
        if name == "value" and self.kind.name == "StopIteration" and self.args is not MISSING:
            return self.args[0] if self.args else None
        if name == "exceptions" and self.args:
            return tuple(parts(self)) if self.kind.name == "ExceptionGroup" else MISSING
        return self.args if name == "args" else MISSING

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        is_text = self.args and len(self.args) == 1 and isinstance(self.args[0], str)
        is_shown = name in ("str", "format") and "KeyError" not in _names(self)  # it shows the repr
        return self.args[0] if is_text and is_shown else MISSING

    def type_of(self) -> Any:
        return self.kind


KINDS = {name: Kind(name) for name in _BASES}
KINDS |= dict.fromkeys(("EnvironmentError", "IOError"), KINDS["OSError"])


def catching(run: Run, node: ast.Try | ast.TryStar, scope: Scope) -> Catching:
    caught = [kind for candidate in node.handlers for kind in kinds(run, candidate, scope)]
    names = ["BaseException" if kind is None else name_of(kind) for kind in caught]
    is_ending = all(way_out(candidate.body) == "raise" for candidate in node.handlers)
    return Catching(run.depth, names, is_decided=is_ending)


def kinds(run: Run, candidate: ast.ExceptHandler, scope: Scope) -> list[Any]:
    """The classes of exceptions that a handler names; None stands for all."""
    named = None if candidate.type is None else run.evaluate(candidate.type, scope)
    return list(named) if isinstance(named, tuple) else [named]


def is_caught(run: Run, name: str, *, everywhere: bool = False) -> bool:
    """Whether a running `try` statement catches an exception of Python's class `name`.

    A statement that catches any exception only counts for what it contains itself, not for what it
    calls, unless `everywhere`.
    """
    return any(
        catching.names & _BASES[name] - _BROAD
        or (catching.names & _BROAD and (everywhere or catching.depth == run.depth))
        for catching in run.catching
    )


def fail(run: Run, error: BaseException, *, everywhere: bool = False) -> None:
    """Raise Python's exception in the program, if a `try` statement catches it.

    Otherwise the program goes on with an unknown value: the cause may be code that is not followed.
    What known numbers, texts and containers raise is certain `everywhere`.
    """
    everywhere = everywhere or isinstance(error, _OF_KNOWN_DATA)
    name = next(cls.__name__ for cls in type(error).__mro__ if cls.__name__ in _BASES)
    if run.catching and is_caught(run, name, everywhere=everywhere):
        known_args = [*error.args] if isinstance(error, _WITH_ARGUMENTS) else None
        raise Stop(Raised(KINDS[name], known_args))


def decide_unknown_call(run: Run, node: ast.AST) -> None:
    """Follow both ways where the body of a `try` statement calls an unknown function.

    The statement is decided once: what it calls next can only fail in the same way.
    """
    innermost = run.catching[-1] if run.catching else None
    if innermost is None or innermost.names == innermost.decided:
        return
    names = innermost.names - innermost.decided - _NOT_OF_CALLS
    innermost.decided = innermost.names
    _decide(run, names, node, run.source_of(node))


def decide_failure(run: Run, node: ast.AST, kinds: tuple[str, ...], words: str) -> None:
    """Follow both ways where a `try` statement catches what an unknown value may raise.

    For statements that catch any exception, only a KeyError or ValueError is likely enough.
    """
    for catching in reversed(run.catching):
        is_broad = catching.names & _BROAD and catching.depth == run.depth
        names = catching.names & {base for kind in kinds for base in _BASES[kind]} - _BROAD
        if names or (is_broad and kinds[0] in _LIKELY):
            names = (names or catching.names & _BROAD) - catching.decided
            catching.decided |= names
            return _decide(run, names, node, words, kinds[0])
    return None


def _decide(
    run: Run, names: frozenset[str], node: ast.AST, words: str, kind: str | None = None
) -> None:
    text = f"{TRY}{words}"
    if names and not run.decide(Unknown(text), node, text, 1):
        known = [*sorted((names - _BROAD) & KINDS.keys()), *filter(None, [kind])]
        known += sorted(names & KINDS.keys())
        raise Stop(Raised(KINDS[known[0]], None) if known else None)


def raised(run: Run, node: ast.Raise, scope: Scope) -> Any:
    """The exception that a `raise` statement raises, or its class; None if it is not known."""
    if node.exc is None:
        return run.handled[-1] if run.handled else None
    value = run.evaluate(node.exc, scope)
    if isinstance(node.exc, ast.Call) and isinstance(value, Unknown):
        return run.evaluate(node.exc.func, scope)
    return as_raised(value)


def as_raised(value: Any) -> Any:
    """The exception that `raise value` raises, where the value may be a class of exceptions."""
    return Raised(value, []) if isinstance(value, Kind) else value


def handler(
    run: Run, node: ast.Try | ast.TryStar, value: Any, scope: Scope
) -> ast.ExceptHandler | None:
    """The handler that catches an exception; the first if the exception's class is not known."""
    for candidate in node.handlers:
        if catches(kinds(run, candidate, scope), value):
            return candidate
    return None


def group(parts: list[Any]) -> Raised:
    return Raised(KINDS["ExceptionGroup"], ["", parts])


def parts(value: Any) -> list[Any]:
    """The exceptions in an exception group, or in groups inside it; the exception if it is none."""
    inner = value.args[1:2] if isinstance(value, Raised) and value.args else ()
    if "BaseExceptionGroup" not in _names(value) or not inner or not isinstance(inner[0], list):
        return [value]
    return [part for each in inner[0] for part in parts(as_raised(each))]


def catches(kinds: list[Any], value: Any) -> bool:
    """Whether classes of exceptions (None: all) include that of `value`; True if it is unknown."""
    names = _names(value)
    return any(not names or kind is None or name_of(kind) in names for kind in kinds)


def is_exit(value: Any) -> bool:
    """Whether an exception surely is a SystemExit."""
    return "SystemExit" in _names(value)


def is_expected(run: Run, value: Any) -> bool:
    """Whether a running `try` statement catches what a `raise` statement raises."""
    is_raised = isinstance(value, Instance) or (
        isinstance(value, Raised) and value.args is not MISSING
    )
    return is_raised and any(catching.names & _names(value) for catching in run.catching)


def name_of(kind: Any) -> str:
    """The name of a class of exceptions."""
    return str(kind).rpartition(".")[2]


def _names(value: Any) -> set[str]:
    """The names of an exception's class and its base classes; empty if one is not known."""
    if isinstance(value, Instance):
        value = value.cls
    if isinstance(value, Raised):
        value = value.kind
    names: set[str] = set()
    for cls in value.ancestry() if isinstance(value, Class) else [value]:
        if isinstance(cls, Class):
            names.add(cls.name)
        elif isinstance(cls, Native) and cls.name in _BASES:
            names |= _BASES[cls.name]
        else:
            return set()
    return names
