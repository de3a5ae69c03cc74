"""Notebooks: programs cut into cells, and changes to the JSON around them."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.fuzz import mutations, seeds
from tests.fuzz.sources import programs
from tests.fuzz.sources.base import Source, source

MAGIC = ("%matplotlib inline", "!pip install keras", "%%time", "?model", "%cd ..", "%%bash\nls")


def make(rng: Random) -> Source:
    lines = programs.program(rng).splitlines(keepends=True)
    cells: list[Any] = []
    while lines:
        size = rng.randint(1, 12)
        cell, lines = lines[:size], lines[size:]
        if rng.random() < 0.1:
            cell.insert(0, rng.choice(MAGIC) + "\n")
        cells.append(
            {
                "cell_type": "code" if rng.random() < 0.93 else "markdown",
                "source": cell if rng.random() < 0.7 else "".join(cell),
                "outputs": [],
                "metadata": {},
            }
        )
    found: Any = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    for _ in range(rng.choice((0, 0, 1, 2))):
        found = mutations.change_json(found, rng.randrange, seeds.donors())
    return source("notebook", {"model.ipynb": json.dumps(found).encode()})
