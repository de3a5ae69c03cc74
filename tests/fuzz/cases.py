"""A case is a source with command lines for it, determined by a seed and a number."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.fuzz.commands import command_line
from tests.fuzz.sources import source
from tests.fuzz.sources.base import Source

COMMANDS = 8  # over one source: making it costs as much as one


@dataclass(frozen=True)
class Case:
    source: Source
    commands: tuple[tuple[str, ...], ...]


def case(seed: int, number: int) -> Case:
    rng = Random(f"{seed}/{number}")
    made = source(rng)
    return Case(made, tuple(tuple(command_line(rng, made)) for _ in range(COMMANDS)))
