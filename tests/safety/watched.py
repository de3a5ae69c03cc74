"""Reads programs in a process of its own, with an eye on what reaches Python itself.

`python -m tests.safety.watched` takes {name: [program, model]} and gives {name: [outcome, deeds]},
both as JSON: the number of parameters or the error, and what happened beside reading.
"""

from __future__ import annotations

import json
import resource
import sys
from types import CodeType
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

MEMORY = 2**30  # bytes of address space
SECONDS = 120  # of CPU, for all of them
WATCHED = (
    "builtins.input", "builtins.breakpoint", "ctypes.", "ftplib.", "http.", "os.",
    "pickle.", "pty.", "shutil.", "signal.", "socket.", "subprocess.", "sys.set", "urllib.",
    "webbrowser.",
)  # fmt: skip
OF_IMPORTS = ("os.listdir", "os.scandir")
# Read before anything is watched: it imports what reading needs.
ORDINARY = """
import keras, numpy, itertools, tensorflow
x = numpy.zeros((3, 4))
y = tensorflow.split(keras.Input((3,)), [1, 2])
y = keras.layers.Reshape((2, 2))(keras.Input((4,)))
y = keras.ops.unstack(keras.ops.reshape(keras.Input((4,)), (2, 2)), axis=1)
y = keras.ops.array_split(keras.Input((3,)), 2, axis=1)
y = input()
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
"""


def deed(event: str, arguments: tuple[Any, ...]) -> str | None:
    """The forbidden action in an audit event; None for harmless events."""
    if event == "exec":
        code: CodeType = arguments[0]
        return None if code.co_filename.endswith(".py") else f"exec {code.co_filename}"
    if event == "compile":
        file = str(arguments[1])
        return None if file == "<unknown>" or file.endswith(".py") else f"compile {file}"
    if event == "open":
        writes = isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
        return f"open {arguments[0]}" if writes else None
    if event == "import":
        top = str(arguments[0]).partition(".")[0]
        return None if top in ("lstmcount", "msgspec") else f"import {arguments[0]}"
    return event if event.startswith(WATCHED) and event not in OF_IMPORTS else None


def outcome(program: str, model: str | None) -> object:
    try:
        return infer(read_python(program.encode(), model=model)).total_params
    except LstmcountError as error:
        return error.message


def main() -> None:
    sys.dont_write_bytecode = True  # of modules that a program is the first to need
    deeds: list[str] = []

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        if (found := deed(event, arguments)) is not None:
            deeds.append(found)

    programs = json.load(sys.stdin)
    outcome(ORDINARY, None)
    outcome(ORDINARY, "modle")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.addaudithook(watch)
    results = {}
    for name, (program, model) in programs.items():
        deeds.clear()
        print(name, file=sys.stderr, flush=True)
        results[name] = [outcome(program, model), list(deeds)]
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
