"""Read hostile programs in a watched process with little memory and time.

`python -m tests.programs.guarded` reads {name: program} and writes {name: [outcome, deeds]}, both
as JSON: the error or the number of parameters, and the reader's actions outside the process.
"""

from __future__ import annotations

import json
import resource
import sys

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

MEMORY = 2 << 30  # bytes of address space
SECONDS = 60  # of processor time, for all programs together
WATCHED = (
    "os.remove", "os.rmdir", "os.rename", "os.system", "os.exec", "os.fork", "os.mkdir",
    "shutil.rmtree", "subprocess.Popen", "socket.__new__", "socket.connect", "urllib.Request",
)  # fmt: skip
ORDINARY = "import numpy, keras\nkeras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"


def main() -> None:
    deeds: list[str] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        writes = (
            event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
        )
        if event in WATCHED or writes:
            deeds.append(event)

    programs = json.load(sys.stdin)
    sys.dont_write_bytecode = True  # of modules that a program is the first to need
    outcome(ORDINARY)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    sys.addaudithook(watch)
    results = {}
    for name, program in programs.items():
        deeds.clear()
        print(name, end=" ", file=sys.stderr, flush=True)
        results[name] = [outcome(program), list(deeds)]
    json.dump(results, sys.stdout)


def outcome(program: str) -> object:
    try:
        return infer(read_python(program.encode())).total_params
    except LstmcountError as error:
        return error.message


if __name__ == "__main__":
    main()
