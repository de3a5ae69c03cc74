"""git as it is called in a repository whose settings a stranger may have written.

A repository's config may name programs (core.sshCommand, core.fsmonitor, remote.*.uploadpack, …).
git starts them when it fetches, looks at the index or asks for a password. So it is only asked
for what needs none of that, and what it would still do by itself is shut:

- An object that is missing from a partial clone is not fetched: new versions of git are told so,
  older ones find neither a transport that is allowed nor, on POSIX, any program to start.
- Settings that name a program, or change what git prints, are overridden on the command line,
  which wins over every file.
- Variables that point to another repository are dropped.
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
MAX_OUTPUT = 64 * 2**20

# Variables of the caller's own choice; the others may be a hook's, and point elsewhere.
_KEPT = ("GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
_KEPT_PREFIX = "GIT_CONFIG_"

ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # a list of transports, and none has this name
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",  # from git 2.45 on
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
NO_PROGRAMS = {"PATH": os.devnull, "GIT_EXEC_PATH": os.devnull}
_SETTINGS = {
    "advice.graftFileDeprecated": "false",
    "core.askPass": "",
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "credential.helper": "",
    "fetch.bundleURI": "",
    "i18n.logOutputEncoding": "UTF-8",
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
        """The first line that says what failed."""
        lines = [line.strip() for line in self.errors.splitlines()]
        fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
        reason = (fatal or lines or [f"status {self.status}"])[0]
        return reason.removeprefix("fatal:").removeprefix("error:").strip()


def run(folder: str | os.PathLike[str], *args: str, given: bytes = b"") -> Done:
    """What git says in that folder, whatever repository a hook's environment points to.

    `given` is its standard input.

    Raises `LstmcountError` where git is missing, takes too long or says too much.
    """
    command = [_program(), *_OPTIONS, "-C", os.fspath(folder), *args]
    with tempfile.TemporaryFile() as errors, tempfile.TemporaryFile() as standard_input:
        standard_input.write(given)
        standard_input.seek(0)
        try:
            process = subprocess.Popen(
                command,
                stdin=standard_input,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_environment(),
            )
        except (OSError, ValueError) as error:  # a NUL or a lone surrogate is a ValueError
            reason = getattr(error, "strerror", None) or str(error)
            raise LstmcountError(f"git {args[0]} cannot be started: {reason.lower()}") from None
        late = threading.Event()
        output = _output_of(process, late)
        if late.is_set():
            raise LstmcountError(f"git {args[0]} took more than {TIMEOUT} s")
        if len(output) > MAX_OUTPUT:
            raise LstmcountError(f"git {args[0]} gives more than {MAX_OUTPUT // 2**20} MiB")
        errors.seek(0)
        said = errors.read(10_000).decode("utf-8", "replace")
    return Done(process.returncode, output, said)


def _output_of(process: subprocess.Popen[bytes], late: threading.Event) -> bytes:
    """What the process prints, and a little more than is allowed where it prints too much."""

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(TIMEOUT, end)
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
    """git, from the folders of PATH that do not depend on where one is."""
    for folder in os.get_exec_path():
        found = os.path.isabs(folder) and shutil.which(os.path.join(folder, "git"))
        if found:
            return found
    raise LstmcountError("git is not installed; --base needs it")
