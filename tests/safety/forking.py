"""A process that has loaded lstmcount, and forks to run each command, which saves the start."""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import resource
import signal
import sys

import lstmcount
from lstmcount.cli import main

WITH_LIBRARIES = ("lstmcount.design", "lstmcount.tracing", "lstmcount.__main__")  # NumPy, SymPy
ELAPSED = 300  # seconds that a command may take on a busy machine


def load() -> None:
    for module in pkgutil.walk_packages(lstmcount.__path__, "lstmcount."):
        if not module.name.startswith(WITH_LIBRARIES):
            importlib.import_module(module.name)


def serve() -> None:
    """Run each line of standard input, a command in JSON, and answer with its exit status."""
    load()
    gc.freeze()  # children share these pages as long as no collection writes to them
    for line in sys.stdin:
        child = os.fork()
        if not child:
            run(**json.loads(line))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def run(args: list[str], cwd: str, output: list[str], memory: int, seconds: int) -> None:
    """Run a command under limits of memory and CPU time, with its output in these two files."""
    os.chdir(cwd)
    for fd, name in enumerate((os.devnull, *output)):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT), fd)
    sys.stdin = open(0)  # noqa: SIM115
    sys.argv = ["lstmcount", *args]
    signal.alarm(ELAPSED)
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        main()
    except SystemExit as ended:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(int(ended.code or 0))  # Python would take apart all that the server loaded


if __name__ == "__main__":
    serve()
