"""Forbidden actions of a command: an audit hook reports them, also in its children."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.symlink", "os.link",
           "os.truncate", "os.chown", "shutil.rmtree"}  # fmt: skip
NEVER = {"os.system", "os.exec", "os.posix_spawn", "os.spawn", "pty.spawn", "os.startfile"}
# Parts of Python and of packages that write code of their own and execute it.
WRITERS = ("annotationlib.py", "dataclasses.py", "collections/__init__.py", "runpy.py",
           "sympy/utilities/lambdify.py", "sympy/utilities/decorator.py", "/numpy/", "importlib",
           "typing.py", "fontTools/")  # fmt: skip


class Watch:
    """Installed once in a process; `doings` within `watched` are what the source did."""

    def __init__(self) -> None:
        self.folder: str | None = None
        self.file, path = tempfile.mkstemp(prefix="watched-")
        os.unlink(path)  # children that a command forks write to it as well
        sys.addaudithook(self._hook)

    @contextmanager
    def watched(self, folder: Path) -> Iterator[list[str]]:
        found: list[str] = []
        os.truncate(self.file, 0)
        os.lseek(self.file, 0, os.SEEK_SET)
        self.folder = os.path.realpath(folder) + os.sep
        try:
            yield found
        finally:
            self.folder = None
            size = os.fstat(self.file).st_size
            found += os.pread(self.file, size, 0).decode("utf-8", "replace").splitlines()

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if self.folder is None:
            return
        check = _CHECKS.get(event)
        if check is not None:
            doing = check(self, args)
        elif event in CHANGES:
            doing = self._outside(args[0])
        elif event in NEVER or event.startswith("socket."):
            doing = str(args[:1])
        else:
            return
        if doing:
            os.write(self.file, f"{event}: {doing}"[:300].replace("\n", " ").encode() + b"\n")

    def opened(self, args: tuple[Any, ...]) -> str | None:
        path, _, flags = args
        return self._outside(path) if isinstance(flags, int) and flags & WRITING else None

    def started(self, args: tuple[Any, ...]) -> str | None:
        """git compares with earlier versions; an interpreter reads where this one cannot fork."""
        is_reader = "lstmcount.isolation.fresh" in str(args[1])
        return (
            None if is_reader or os.path.basename(os.fsdecode(args[0])) == "git" else str(args[1])
        )

    def executed(self, args: tuple[Any, ...]) -> str | None:
        code = args[0]
        caller = sys._getframe(2).f_code.co_filename
        if "/lstmcount/" in caller:
            return f"{code.co_filename} by {caller}"
        if not code.co_filename.startswith("<") or code.co_filename.startswith("<frozen"):
            return code.co_filename if code.co_filename.startswith(str(self.folder)) else None
        return (
            None
            if any(name in caller for name in WRITERS)
            else f"{code.co_name} in {code.co_filename} by {caller}"
        )

    def _outside(self, path: Any) -> str | None:
        if isinstance(path, int) or path is None:
            return None
        real = os.path.realpath(os.fsdecode(path))
        inside = f"{real}{os.sep}".startswith(str(self.folder)) or real == os.devnull
        return None if inside else real


_CHECKS: dict[str, Callable[[Watch, tuple[Any, ...]], str | None]] = {
    "open": Watch.opened,
    "subprocess.Popen": Watch.started,
    "exec": Watch.executed,
}
