"""Output files: opened before any work, and written completely or not at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from functools import wraps
from typing import IO, TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from lstmcount.cli.terminal import print_notes
from lstmcount.errors import Location, LstmcountError
from lstmcount.readers.text.pipes import refuse_hidden_device

if TYPE_CHECKING:
    from pathlib import Path

    from lstmcount.renderers.saving import Saved

theme_option = click.option(
    "--theme", type=click.Choice(["light", "dark"]), default="light", help="Theme of the picture."
)


Command = Callable[..., Any]
_SYNONYMS = {
    "text": "table", "table": "text", "md": "markdown", "tex": "latex", "ndjson": "jsonl",
    "py": "python", "yml": "yaml",
}  # fmt: skip


class Format(click.Choice[str]):
    """The formats of a command, also by their usual short names; `text` and `table` both select
    its table."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        value = value.lower()
        other = _SYNONYMS.get(value)
        return super().convert(other if other in self.choices else value, param, ctx)


def output_option(command: Command) -> Command:
    """`-o/--output`: the command's output goes into that file, completely or not at all, and in
    colour only with `--color always`."""

    @click.option("-o", "--output", metavar="FILE", help="Write the output to FILE.")
    @wraps(command)
    def writing(*args: Any, output: str | None, **options: Any) -> None:
        if output is None or output == "-":
            command(*args, **options)
            return
        if options.get("color") == "auto":
            options["color"] = "never"
        file = open_output(output)
        try:
            with redirect_stdout(file.stream):
                try:
                    command(*args, **options)
                except Exit as ended:
                    file.commit()
                    raise ended
            file.commit()
        finally:
            file.discard()

    return writing


def open_output(name: str) -> Output:
    """Open a file (or - for standard output) for writing; raises `LstmcountError` on failure."""
    try:
        return Output(name)
    except OSError as error:
        raise cannot_write(name, error.strerror or str(error)) from None
    except LstmcountError as error:
        raise cannot_write(name, error.message) from None


def write(name: str | None, content: str | bytes) -> None:
    """Write a file completely or not at all; without a name, write to standard output."""
    if name is None or name == "-":
        click.echo(content, nl=False)
        return
    file = open_output(name)
    try:
        file.put(content)
        file.commit()
    finally:
        file.discard()


def write_picture(file: Path, picture: Saved) -> None:
    write(str(file), picture.data)
    print_notes(picture.notes)


def cannot_write(name: str, reason: str) -> LstmcountError:
    refusal = LstmcountError(f"cannot write: {reason.lower()}")
    refusal.location = Location(source=name)
    return refusal


class Output:
    """Writes a temporary file beside the target, which `commit` moves into its place."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.temporary: str | None = None
        self.target = "" if name == "-" else os.path.realpath(name)
        if name == "-":
            self.stream: IO[str] = sys.stdout
        elif _is_stream(name):
            refuse_hidden_device(name)
            self.stream = open(name, "a", encoding="utf-8", opener=_without_waiting)  # noqa: SIM115
        else:
            self._open_beside()

    def _open_beside(self) -> None:
        if os.path.exists(self.target) and not os.access(self.target, os.W_OK):
            raise PermissionError(13, "permission denied")
        import tempfile

        folder, name = os.path.split(self.target)
        handle, self.temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=folder)
        os.chmod(self.temporary, _mode(self.target))
        self.stream = os.fdopen(handle, "w", encoding="utf-8", newline="\n")

    def write(self, text: str) -> None:
        self.stream.write(text)

    def put(self, content: str | bytes) -> None:
        if isinstance(content, bytes):
            self.write_bytes(content)
        else:
            self.write(content)

    def write_bytes(self, data: bytes) -> None:
        self.stream.flush()
        self.stream.buffer.write(data)  # type: ignore[attr-defined]
        self.stream.flush()

    def commit(self) -> None:
        self.stream.flush()
        if self.temporary is not None:
            os.fsync(self.stream.fileno())
            self.stream.close()
            os.replace(self.temporary, self.target)
            self.temporary = None

    def discard(self) -> None:
        if self.temporary is not None:
            self.stream.close()
            with suppress(OSError):
                os.unlink(self.temporary)
            self.temporary = None


def _is_stream(name: str) -> bool:
    """Whether a path names a device, a pipe, or a stream of this process such as /dev/stdout."""
    is_alias = os.path.islink(name) and os.path.abspath(name).startswith("/dev/")
    return os.path.exists(name) and (is_alias or not os.path.isfile(name))


def _without_waiting(path: str, flags: int) -> int:
    """Open a device or a pipe. Raises `OSError` for a pipe that no process reads from."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
    os.set_blocking(descriptor, True)
    return descriptor


def _mode(target: str) -> int:
    """The existing file's mode, or the default mode of a new file."""
    if os.path.exists(target):
        return stat.S_IMODE(os.stat(target).st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold a lock that other lstmcount processes respect when they write in this folder."""
    try:
        import fcntl
    except ImportError:  # Windows: the last writer wins, with a complete file
        yield
        return
    try:
        folder = os.open(os.path.dirname(os.path.realpath(file)), os.O_RDONLY)
    except OSError as error:
        raise cannot_write(str(file), error.strerror or str(error)) from None
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)
