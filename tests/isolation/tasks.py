"""Tasks for a child process: harmless tasks, and attempts of a hostile file."""

from __future__ import annotations

import ast
import builtins
import ctypes
import importlib
import importlib.machinery
import os
import signal
import socket
import stat
import subprocess
import sys
import types
from collections.abc import Callable
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.isolation import Guard, child, guard
from lstmcount.programs import read_python
from lstmcount.shapes import Unknown


def give(guard: Guard, value: Any) -> Any:
    guard()
    return value


def where(guard: Guard) -> str:
    guard()
    return os.getcwd()


def threads_after_numpy(guard: Guard) -> int:
    import numpy  # noqa: F401

    threads = len(os.listdir("/proc/self/task"))
    guard()
    return threads


def read(guard: Guard, path: str) -> bytes:
    with open(path, "rb") as file:
        guard()
        return file.read()


def refuse(guard: Guard) -> None:
    guard()
    raise LstmcountError("no model", path=("layers", 2))


def stumble(guard: Guard) -> None:
    guard()
    raise KeyError("deep inside")


def crash(guard: Guard) -> None:
    guard()
    os._exit(3)


def turn_in_circles(guard: Guard) -> None:
    guard()
    while True:
        pass


def wait(guard: Guard) -> None:
    import time

    guard()
    time.sleep(100)


def fill_memory(guard: Guard) -> int:
    guard()
    return len(bytes(2**31))


def nest(guard: Guard) -> list[Any]:
    guard()
    found: list[Any] = []
    for _ in range(100_000):
        found = [found]
    return found


def parse_and_import(guard: Guard) -> tuple[int, str]:
    """Do what readers do: parse a text, follow a program, import an installed module."""
    guard()
    import colorsys  # a module of the standard library that was not imported before

    import lstmcount.layers.einsum

    program = b"from keras import *\nm = Sequential([Input((2,)), Dense(3)])"
    config = read_python(program)
    names = f"{colorsys.__name__} {lstmcount.layers.einsum.__name__} {config.class_name}"
    return len(ast.parse("a = 1\nb = 2").body), names


def plain_unknown(guard: Guard) -> Any:
    guard()
    return {"units": Unknown("n"), "function": len, "slice": slice(1, None)}


def attempt(guard: Guard, name: str, folder: str) -> None:
    guard()
    ATTEMPTS[name](folder)


def _import_from(folder: str) -> None:
    sys.path.insert(0, folder)
    import planted  # type: ignore[import-not-found]  # noqa: F401


def _import_from_c() -> None:
    """Import a forbidden one that no other test has imported: else it would only be looked up."""
    names = ("_curses", "_tkinter", "_posixshmem")
    importlib.import_module(next(name for name in names if name not in sys.modules))


def _import_renamed() -> None:
    """Load a forbidden module of C as if it belonged to a package."""
    name = "package._posixsubprocess"
    loader = importlib.machinery.ExtensionFileLoader(name, os.__file__)
    spec = importlib.machinery.ModuleSpec(name, loader, origin=os.__file__)
    importlib.import_module("_imp").create_dynamic(spec)


def _spoof(folder: str) -> None:
    """Code that pretends to be part of the standard library."""
    code = compile(f"open({folder + '/marker'!r}, 'w')", os.__file__, "exec")
    types.FunctionType(code, {})()


ATTEMPTS: dict[str, Callable[[str], Any]] = {
    "os.system": lambda folder: os.system(f"touch {folder}/marker"),
    "subprocess": lambda folder: subprocess.run(["touch", f"{folder}/marker"], check=False),
    "fork": lambda folder: os.fork(),
    "exec of a program": lambda folder: os.execvp("touch", ["touch", f"{folder}/marker"]),
    "spawn": lambda folder: os.posix_spawn("/usr/bin/touch", ["touch", f"{folder}/marker"], {}),
    "write": lambda folder: open(f"{folder}/marker", "w").close(),
    "append": lambda folder: open(f"{folder}/marker", "a").close(),
    "os.open": lambda folder: os.open(f"{folder}/marker", os.O_CREAT | os.O_WRONLY),
    "mkdir": lambda folder: os.mkdir(f"{folder}/marker"),
    "link": lambda folder: os.symlink(folder, f"{folder}/marker"),
    "rename": lambda folder: os.rename(f"{folder}/planted.py", f"{folder}/marker"),
    "remove": lambda folder: os.remove(f"{folder}/planted.py"),
    "read": lambda folder: open(f"{folder}/planted.py").close(),
    "list": os.listdir,
    "socket": lambda folder: socket.create_connection(("127.0.0.1", 9), timeout=1),
    "bind": lambda folder: socket.socket().bind(("127.0.0.1", 0)),
    "a module of C": lambda folder: _import_from_c(),
    "a module of C under another name": lambda folder: _import_renamed(),
    "exec": lambda folder: exec(f"open({folder + '/marker'!r}, 'w')"),
    "eval": lambda folder: eval("1 + 1"),
    "compile": lambda folder: compile("1 + 1", "program.py", "exec"),
    "code that claims to be a module": _spoof,
    "code that was parsed": lambda folder: exec(compile(ast.parse("x = 1"), "<unknown>", "exec")),
    "import from a folder": _import_from,
    "breakpoint": lambda folder: breakpoint(),
    "kill": lambda folder: os.kill(os.getppid(), 0),
    "environment": lambda folder: os.putenv("PATH", folder),
}


def evade(guard: Guard, name: str, folder: str) -> None:
    guard()
    EVASIONS[name](f"{folder}/marker")


class _Elsewhere(str):
    """A path that pretends to be the path of an installed module."""

    def startswith(self, *_: Any) -> bool:
        return True

    def partition(self, _: str) -> tuple[str, str, str]:
        return os.__file__, "", ""

    def __contains__(self, _: object) -> bool:
        return False


def _in_another_interpreter(marker: str) -> None:
    name = "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
    interpreters = importlib.import_module(name)
    interpreters.run_string(interpreters.create(), f"open({marker!r}, 'w')")


def _replace(module: Any, name: str, value: Any) -> Callable[[str], Any]:
    """Replace functions that the guard might use, and then write a file."""

    def evasion(marker: str) -> None:
        setattr(module, name, value)
        open(marker, "w").close()

    return evasion


def _yes(*_: Any) -> Any:
    return True


# Ways around an audit hook: replace what it uses, or call functions that raise no event.
EVASIONS: dict[str, Callable[[str], Any]] = {
    "hook": _replace(guard, "_hook", _yes),
    "harmless events": _replace(guard, "_HARMLESS", ["open"]),
    "flags that write": _replace(guard, "_WRITING", 0),
    "words": _replace(guard, "_words", _yes),
    "exit": _replace(os, "_exit", _yes),
    "realpath": _replace(os.path, "realpath", lambda path: os.__file__),
    "type": _replace(builtins, "type", lambda value: str),
    "isinstance": _replace(builtins, "isinstance", _yes),
    "answer": _replace(child, "stopped_answer", None),
    "own string": lambda marker: open(_Elsewhere(marker), "w").close(),
    "way up": lambda marker: open(os.path.dirname(os.__file__) + "/.." * 40 + marker, "w").close(),
    "fork_exec": lambda marker: importlib.import_module("_posixsubprocess").fork_exec(
        [b"/bin/touch", marker.encode()], [b"/bin/touch"], True, (), None, None,
        -1, -1, -1, -1, -1, -1, *os.pipe(), False, False, -1, None, None, None, -1, None, False,
    ),
    "fifo": lambda marker: os.mkfifo(marker),
    "node": lambda marker: os.mknod(marker),
    "history": lambda marker: importlib.import_module("readline").write_history_file(marker),
    "native code": lambda marker: ctypes.CDLL(marker),
    "memory": lambda marker: ctypes.memmove(id(marker), b"", 0),
    "another interpreter": _in_another_interpreter,
    "priority": lambda marker: os.setpriority(os.PRIO_PROCESS, os.getppid(), 19),
    "processors": lambda marker: os.sched_setaffinity(os.getppid(), {0}),
    "file without a name": lambda marker: os.write(os.memfd_create("marker"), b"marker"),
    "handle": lambda marker: signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 0),
}  # fmt: skip


def write_everywhere(guard: Guard) -> bool:
    """Write to every open file but the pipe for the answer, whose number is the parent's secret."""
    guard()
    print("forged")
    for descriptor in (1, 2, *range(3, 64)):
        try:
            if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                os.write(descriptor, b"forged")
        except OSError:
            continue
    return True


def forge(guard: Guard, answer: bytes) -> None:
    guard()
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, answer)
        except OSError:
            continue
    os._exit(0)


def write_hdf5(guard: Guard, marker: str) -> None:
    import h5py

    guard()
    h5py.File(marker, "w")


def import_much() -> None:
    import colorsys  # noqa: F401


def parent(guard: Guard) -> int:
    return os.getppid()


def parse_wrong_code(guard: Guard) -> str | None:
    guard()
    try:
        ast.parse("x = = 1\n")
    except SyntaxError as error:
        return error.text
    return None
