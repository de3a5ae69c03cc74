"""Commands over sources made at random: `python -m tests.fuzz.run --seed 1 --seconds 40`.

`--seed 1 --only 137` runs one case again. With `--save FOLDER` each kind of failure is kept there,
made small, with the figures of the run. Status 1 where anything failed.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import importlib
import json
import os
import pkgutil
import sys
import time
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import lstmcount
from tests.fuzz import worker
from tests.fuzz.cases import case
from tests.fuzz.shrink import shrunk

CASES = 40  # of one process
USED = (
    "sympy",
    "h5py",
    "tomllib",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_pdf",
    "html.parser",
    "matplotlib.backends.backend_svg",
)


class Run:
    """Counts what ran, and keeps what failed, by kind."""

    def __init__(self, seed: int, folder: Path | None) -> None:
        self.seed = seed
        self.folder = folder
        self.commands: Counter[tuple[str, str, str]] = Counter()  # command, kind of source, status
        self.kinds: Counter[str] = Counter()
        self.start = time.monotonic()

    def cases(self, numbers: list[int]) -> None:
        """Run these cases, in new processes after one that ended early."""
        while numbers:
            reached = numbers[0]
            for event in worker.cases(self.seed, numbers):
                if "making" in event:
                    reached = event["making"]
                if "status" in event:
                    self.note(event)
                if "end" in event:
                    return
            numbers = [number for number in numbers if number > reached]

    def note(self, event: worker.Event) -> None:
        name = event["args"][0] if "args" in event else "none"
        self.commands[name, event.get("source", "none"), str(event["status"])] += 1
        kind = event["kind"]
        if kind is None:
            return
        self.kinds[kind] += 1
        if self.kinds[kind] == 1:
            number = event.get("case", event.get("making"))
            print(f"case {number}: {kind}\n  {' '.join(event.get('args', ()))!r}", flush=True)
            if self.folder is not None:
                self.save(self.folder, event)

    def save(self, folder: Path, event: worker.Event) -> None:
        """Save the failure's files, its command, and how to reproduce it."""
        kind = event["kind"]
        kept = folder / hashlib.sha256(kind.encode()).hexdigest()[:12]
        kept.mkdir(parents=True, exist_ok=True)
        again = f"python -m tests.fuzz.run --seed {self.seed} --only {event.get('case')}"
        if "args" in event:
            source = case(self.seed, event["case"]).source
            args = tuple(event["args"])
            if not kind.startswith(("over", "ended")):  # each attempt would take as long
                source, args = shrunk(source, args, kind)
            for name, data in source.files.items():
                (kept / name).write_bytes(data)
            again = f"{json.dumps(args)}\n{again}"
        (kept / "failure.txt").write_text(
            f"{kind}\n{again}\n\n{event['details']}", errors="replace"
        )
        self.figures(folder / "figures.json")

    def figures(self, path: Path) -> None:
        found: dict[str, Any] = {
            "seed": self.seed,
            "seconds": round(time.monotonic() - self.start),
            "commands": sum(self.commands.values()),
            "by_command": _totals(self.commands, 0),
            "by_source": _totals(self.commands, 1),
            "by_status": _totals(self.commands, 2),
            "failures": dict(self.kinds.most_common()),
        }
        path.write_text(json.dumps(found, indent=1))


def _totals(counted: Counter[tuple[str, str, str]], place: int) -> dict[str, int]:
    found: Counter[str] = Counter()
    for key, number in counted.items():
        found[key[place]] += number
    return dict(found.most_common())


def load() -> None:
    """Import modules once that commands would otherwise import in every child."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a process of several threads is not forked
    own = pkgutil.walk_packages(lstmcount.__path__, "lstmcount.")
    for name in (*(module.name for module in own if module.name != "lstmcount.__main__"), *USED):
        try:
            importlib.import_module(name)
        except ImportError:
            print(f"without {name}")
    gc.collect()
    gc.freeze()  # children share these pages as long as no collection writes to them


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="one case")
    parser.add_argument("--first", type=int, default=0, help="the case to begin with")
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--commands", type=int, help="no more than that many")
    parser.add_argument("--save", type=Path, help="a folder for failures and figures")
    options = parser.parse_args()
    load()
    run = Run(options.seed, options.save)
    if options.save is not None:
        options.save.mkdir(parents=True, exist_ok=True)
    if options.only is not None:
        run.cases([options.only])
    else:
        for first in count(options.first, CASES):
            run.cases(list(range(first, first + CASES)))
            is_over = time.monotonic() - run.start > options.seconds
            if is_over or (options.commands and sum(run.commands.values()) >= options.commands):
                break
            if options.save is not None:
                run.figures(options.save / "figures.json")
    if options.save is not None:
        run.figures(options.save / "figures.json")
    total, seconds = sum(run.commands.values()), time.monotonic() - run.start
    print(f"{total} commands in {seconds:.0f} s, {sum(run.kinds.values())} of them failed")
    for kind, number in run.kinds.most_common():
        print(f"{number:>6}  {kind}")
    return 1 if run.kinds else 0


if __name__ == "__main__":
    sys.exit(main())
