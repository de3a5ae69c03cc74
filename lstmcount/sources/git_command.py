"""Run git safely in a repository whose settings are not trusted.

A repository's config may name programs (core.sshCommand, core.fsmonitor, remote.*.uploadpack, …),
which git starts when it fetches, reads the index or asks for a password. So only git commands that
need none of these are used, and git is kept from starting programs implicitly:

- Objects that are missing from a partial clone are not fetched. GIT_NO_LAZY_FETCH disables the
  fetch in new versions of git; older versions find no allowed transport and, on POSIX, no program.
- Settings that name a program, or change git's output, are overridden on the command line, which
  has priority over config files.
- Environment variables that point to another repository are removed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.readers.text.pipes import read_up_to

TIMEOUT = 20
QUICK = {"config": 4, "rev-parse": 4}  # seconds, for commands that read no history
MAX_OUTPUT = 64 * 2**20
MAX_MEMORY = 400 * 2**20  # of git: objects may be larger when unpacked than they declare

# GIT_ variables that a user may set. Others may be set by a git hook and point elsewhere.
_KEPT = ("GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
_KEPT_PREFIX = "GIT_CONFIG_"

ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a list of transports: no transport has this name
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",  # since git 2.45
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
NO_PROGRAMS = {"PATH": os.devnull, "GIT_EXEC_PATH": os.devnull}
_SETTINGS = {
    "advice.graftFileDeprecated": "false",
    "core.askPass": "",
    "core.bigFileThreshold": str(MAX_OUTPUT),  # git streams larger objects
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "credential.helper": "",
    "diff.orderFile": os.devnull,
    "fetch.bundleURI": "",
    "i18n.logOutputEncoding": "UTF-8",
    "log.mailmap": "false",  # mailmap.file and diff.orderFile may be endless
    "log.showRoot": "true",
    "safe.bareRepository": "explicit",  # a folder of the project may look like a repository
}
_OPTIONS = ["--no-pager", "--no-replace-objects", "--literal-pathspecs"]
_OPTIONS += [word for name, value in _SETTINGS.items() for word in ("-c", f"{name}={value}")]


class Done(msgspec.Struct, frozen=True):
    status: int
    output: bytes
    errors: str

    @property
    def reason(self) -> str:
        """The first error line of the output to stderr, and the command that git proposes."""
        lines = [line.strip() for line in self.errors.splitlines()]
        fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
        reason = (fatal or lines or [f"status {self.status}"])[0]
        proposed = [f": {line}" for line in lines if line.startswith("git ")]
        return reason.removeprefix("fatal:").removeprefix("error:").strip() + "".join(proposed[:1])


def run(folder: str | os.PathLike[str], *args: str, stdin: bytes = b"") -> Done:
    """Run git in a folder, even if a hook's environment points to another repository.

    Raises `LstmcountError` if git is missing, takes too long or prints too much.
    """
    command = [_program(), *_OPTIONS, "-C", os.fspath(folder), *args]
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as standard_input:
        standard_input.write(stdin)
        standard_input.seek(0)
        try:
            process = subprocess.Popen(
                command,
                stdin=standard_input,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_environment(),
            )
        except (
            OSError,
            ValueError,
        ) as error:  # ValueError: a NUL or a lone surrogate in an argument
            reason = getattr(error, "strerror", None) or str(error)
            raise LstmcountError(f"git {args[0]} cannot be started: {reason.lower()}") from None
        _limit_memory(process.pid)
        seconds = QUICK.get(args[0], TIMEOUT)
        late = threading.Event()
        output = _output_of(process, late, seconds)
        if late.is_set():
            raise LstmcountError(f"git {args[0]} took more than {seconds} s")
        if len(output) > MAX_OUTPUT:
            raise LstmcountError(f"git {args[0]} prints more than {MAX_OUTPUT // 2**20} MiB")
        errors.seek(0)
        messages = errors.read(10_000).decode("utf-8", "replace")
    return Done(process.returncode, output, messages)


def _limit_memory(process: int) -> None:
    """Limit the memory of a running process, as far as the system supports it."""
    try:
        import resource

        resource.prlimit(process, resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
    except (ImportError, AttributeError, OSError):  # Windows, macOS, or the process has ended
        return


def _output_of(process: subprocess.Popen[bytes], late: threading.Event, seconds: int) -> bytes:
    """The process's output, cut off one byte beyond `MAX_OUTPUT`; sets `late` after a timeout."""

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.start()
    assert process.stdout is not None
    try:
        with process.stdout as stream:
            output = read_up_to(stream, MAX_OUTPUT + 1)
        if len(output) > MAX_OUTPUT:
            process.kill()
        process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    finally:
        timer.cancel()
        timer.join()
    return output


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("GIT_") or name in _KEPT or name.startswith(_KEPT_PREFIX)
    }
    return {**kept, **ENVIRONMENT, **(NO_PROGRAMS if os.name == "posix" else {})}


def _program() -> str:
    """The path of git, from the absolute folders of PATH: others depend on the current folder."""
    for folder in filter(os.path.isabs, os.get_exec_path()):
        program = shutil.which(os.path.join(folder, "git"))
        if program:
            return program
    raise LstmcountError("git is not installed; --base needs it")
