"""Watch this process: end it on any attempt to do more than read and count.

An audit hook (`sys.addaudithook`) sees what Python code asks of the system. It cannot be removed.
It knows the few events that reading needs and ends the process on every other: starting a process,
opening a file for writing or one that is not part of an installed module, connecting, loading
native code, compiling or executing anything but a module that is being imported.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any

import msgspec._utils

_HARMLESS = frozenset(
    [
        "array.__new__",
        "builtins.id",
        "marshal.loads",
        "object.__delattr__",
        "object.__getattr__",
        "object.__setattr__",
        "sys._getframe",
        "sys.unraisablehook",
    ]
)
_LISTING = frozenset(["os.listdir", "os.scandir"])
_MODULE_CODE = frozenset(["code.__new__", "compile", "exec", "function.__new__"])
_IMPORTING = frozenset[CodeType](
    [
        importlib._bootstrap._find_and_load.__code__,  # type: ignore[attr-defined]
        msgspec._utils.get_class_annotations.__code__,  # type: ignore[attr-defined]  # of our classes
    ]
)
_PARSED = "<unknown>"  # the file name that `ast.parse` compiles under; its code is never executed
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def watch(stopped: Callable[[str], None]) -> None:
    """From here on, call `stopped` with what is attempted and end the process."""
    sys.dont_write_bytecode = True
    here = os.path.realpath(os.getcwd()) if _has_folder() else None
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
    sys.path[:] = [entry for entry in sys.path if entry and _is_installed(entry, here, package)]
    roots = tuple(_root(entry) for entry in [*sys.path, package, sys.prefix, sys.base_prefix])

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in _HARMLESS or _is_reading(event, args, roots):
            return
        stopped(_words(event, args))
        os._exit(1)

    sys.addaudithook(hook)


def _is_reading(event: str, args: tuple[Any, ...], roots: tuple[str, ...]) -> bool:
    """Whether an event belongs to importing what is installed, or to parsing a text."""
    if event == "import":
        return args[1] is None or _is_inside(args[1], roots)
    if event == "open":
        return _is_inside(args[0], roots) and not _writes(args[1], args[2])
    if event in _LISTING:
        return _is_inside(args[0], roots)
    if event in _MODULE_CODE:
        return (event == "compile" and args[1] == _PARSED) or _is_importing()
    return False


def _is_importing() -> bool:
    """Whether a module is being imported, or the annotations of its classes are looked up."""
    frame: FrameType | None = sys._getframe()
    while frame is not None:
        if frame.f_code in _IMPORTING:
            return True
        frame = frame.f_back
    return False


def _is_inside(path: Any, roots: tuple[str, ...]) -> bool:
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    return isinstance(path, str) and (os.path.realpath(path) + os.sep).startswith(roots)


def _writes(mode: Any, flags: Any) -> bool:
    if isinstance(mode, str) and set(mode) & set("wax+"):
        return True
    return isinstance(flags, int) and bool(flags & _WRITING)


def _is_installed(entry: str, here: str | None, package: str) -> bool:
    """Whether a folder of `sys.path` holds modules, and not just whatever one works on."""
    real = os.path.realpath(entry)
    return real != here or real == package


def _root(entry: str) -> str:
    return os.path.realpath(entry).rstrip(os.sep) + os.sep


def _has_folder() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _words(event: str, args: tuple[Any, ...]) -> str:
    shown = args[0] if event in ("open", "import") and args else ""
    return f"{event} {str(shown)[:100]!r}" if shown else event
