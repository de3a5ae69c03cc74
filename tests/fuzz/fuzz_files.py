"""Atheris changes the bytes of real files: `python -m tests.fuzz.fuzz_files`.

The first byte of an input says what the file is called; the corpus is made of the golden files.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["lstmcount"]):
    from lstmcount.isolation import limits
    from tests.fuzz import seeds
    from tests.fuzz.exercise import exercise

NAMES = ("model.json", "model.yaml", "model.keras", "model.h5", "model.py", "model.ipynb")
SEEDS = 60  # all of which are read before the search begins
SUFFIXES = [name.rpartition(".")[2] for name in NAMES]


def one_input(data: bytes) -> None:
    if data:
        exercise(NAMES[data[0] % len(NAMES)], data[1:])


def corpus(folder: Path) -> None:
    every = sorted({*seeds.texts(), *seeds.binaries()}, key=lambda path: path.stat().st_size)
    for path in every[:: max(1, len(every) // SEEDS)]:
        kind = SUFFIXES.index(path.suffix.removeprefix("."))
        name = f"{path.parent.name}-{path.name}"
        (folder / name).write_bytes(bytes([kind]) + path.read_bytes())


if __name__ == "__main__":
    limits.CPU_SECONDS = 1  # files that the HDF5 library never finishes are found again and again
    with tempfile.TemporaryDirectory() as made:
        corpus(Path(made))
        atheris.Setup([*sys.argv, made], one_input)
        atheris.Fuzz()
