"""Watch this process and end it on any attempt to do more than read and count.

An audit hook (`sys.addaudithook`), which cannot be removed, sees what Python code asks of the
system. It allows the few events that reading needs and ends the process on every other event:
starting a process, opening a file for writing, opening a file outside installed modules,
connecting, loading native code, and compiling or executing anything but a module being imported.
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
        "marshal.load",  # by what imports modules, as pytest does
        "marshal.loads",
        "object.__delattr__",
        "object.__getattr__",
        "object.__setattr__",
        "sys._getframe",
        "sys._getframemodulename",  # by named tuples and enums, from Python 3.12 on
        "sys.unraisablehook",
        "time.sleep",  # from Python 3.13 on
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

# Modules and functions that start processes, write, access memory or change other processes, all
# without an audit event.
_UNSEEN_MODULES = frozenset(
    [
        "_ctypes",
        "_curses",
        "_dbm",
        "_gdbm",
        "_interpreters",  # from Python 3.12 on, without an event; a new interpreter has no hook
        "_multiprocessing",
        "_posixshmem",
        "_posixsubprocess",
        "_remote_debugging",
        "_testcapi",
        "_testinternalcapi",
        "_testlimitedcapi",
        "_tkinter",
        "_xxsubinterpreters",
        "ctypes",
        "readline",
    ]
)
_OF_POSIX = [
    "chroot",
    "mkfifo",
    "mknod",
    "openpty",
    "pidfd_open",
    "sched_setaffinity",
    "sched_setparam",
    "sched_setscheduler",
    "setns",
    "setpgid",
    "setpriority",
    "unshare",
]
_UNSEEN_FUNCTIONS = {
    "_signal": ["pidfd_send_signal"],
    "h5py.h5f": ["create"],
    "os": _OF_POSIX,
    "posix": _OF_POSIX,
    "signal": ["pidfd_send_signal"],
    "subprocess": ["_fork_exec"],
}


def watch(stopped: Callable[[str], None]) -> None:
    """Guard this process from now on: on a forbidden event, call `stopped` with it and exit."""
    sys.dont_write_bytecode = True
    here = os.path.realpath(os.getcwd()) if _has_folder() else None
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
    sys.path[:] = [
        os.path.abspath(entry)
        for entry in sys.path
        if entry and _is_installed(entry, here, package)
    ]
    folders = [*sys.path, package, sys.prefix, sys.base_prefix]
    if sys.pycache_prefix:  # compiled modules, where they do not lie beside their sources
        folders.append(os.path.abspath(sys.pycache_prefix))
    roots = tuple({_root(path) for entry in folders for path in (entry, os.path.realpath(entry))})
    _remove_unseen()
    sys.addaudithook(_hook(stopped, roots))


def _remove_unseen() -> None:
    """Remove loaded functions whose actions raise no audit event."""
    for name in _UNSEEN_MODULES & sys.modules.keys():
        for function in dir(sys.modules[name]):
            setattr(sys.modules[name], function, None)
    for name in _UNSEEN_FUNCTIONS.keys() & sys.modules.keys():
        for function in _UNSEEN_FUNCTIONS[name]:
            setattr(sys.modules[name], function, None)


def _hook(stopped: Callable[[str], None], roots: tuple[str, ...]) -> Callable[..., None]:
    """The audit hook of a process that may read files inside the folders `roots`.

    The hook binds everything that it uses, including builtins, to local names, and checks for exact
    builtin types. So code that sets attributes of modules or passes a subclass of str cannot change
    a decision.
    """
    end, frame_here, type_of, text, number = os._exit, sys._getframe, type, str, int
    harmless, listing, module_code, importing = _HARMLESS, _LISTING, _MODULE_CODE, _IMPORTING
    unseen, parsed, writing, words = _UNSEEN_MODULES, _PARSED, _WRITING, _words
    refused = OSError("not opened")

    def is_inside(path: Any) -> bool:
        return type_of(path) is text and path.startswith(roots) and ".." not in path

    def is_importing() -> bool:
        """Whether a module is being imported, or msgspec evaluates annotations of a class."""
        frame: FrameType | None = frame_here()
        while frame is not None:
            if frame.f_code in importing:
                return True
            frame = frame.f_back
        return False

    def is_reading(event: str, args: tuple[Any, ...]) -> bool:
        """Whether an event belongs to importing an installed module or to parsing a text."""
        if event == "import":
            name, path = args[:2]
            if type_of(name) is not text or name.rpartition(".")[2] in unseen:
                return False  # a module of C can be loaded into any package
            return path is None or is_inside(path)
        if event == "open":
            path, mode, flags = args
            writes = type_of(flags) is not number or flags & writing
            if type_of(mode) is text:
                writes = writes or "w" in mode or "a" in mode or "x" in mode or "+" in mode
            return is_inside(path) and not writes
        if event in listing:
            folder = args[0]  # with "/", one of `roots` itself counts as inside, too
            return type_of(folder) is text and is_inside(folder + "/")
        if event in module_code:
            parses = event == "compile" and type_of(args[1]) is text and args[1] == parsed
            return parses or is_importing()
        return False

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in harmless or is_reading(event, args):
            return
        if event == "open" and type_of(args[0]) is text and args[0] == parsed:
            raise refused  # the parser looks there for the line of a syntax error
        try:
            stopped(words(event, args))
        finally:
            end(1)

    return hook


def _is_installed(entry: str, here: str | None, package: str) -> bool:
    """Whether a folder of `sys.path` holds installed modules: the current folder does not."""
    real = os.path.realpath(entry)
    return real != here or real == package


def _root(entry: str) -> str:
    return entry.rstrip(os.sep) + os.sep


def _has_folder() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def _words(event: str, args: tuple[Any, ...]) -> str:
    shown = args[0] if event in ("open", "import") and args else ""
    return f"{event} {str(shown)[:100]!r}" if shown else event
