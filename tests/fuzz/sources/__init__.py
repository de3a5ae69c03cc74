"""Sources for commands: models of every format, valid ones and nearly valid ones."""

from __future__ import annotations

from random import Random

from tests.fuzz.sources import archives, hdf5, keras_json, notebooks, programs, projects, specs
from tests.fuzz.sources.base import Maker, Source

# Each kind with its share; what costs more to read has a smaller one.
KINDS: dict[str, tuple[int, Maker]] = {
    "spec": (34, specs.make),
    "keras_json": (26, keras_json.make),
    "program": (20, programs.make),
    "project": (9, projects.make),
    "archive": (5, archives.make),
    "hdf5": (3, hdf5.make),
    "notebook": (3, notebooks.make),
}


def source(rng: Random) -> Source:
    kinds = list(KINDS)
    kind = rng.choices(kinds, [share for share, _ in KINDS.values()])[0]
    return KINDS[kind][1](rng)
