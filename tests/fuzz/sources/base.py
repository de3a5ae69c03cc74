"""A source: the files in its folder, and words that a command line may name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]{0,30}")


@dataclass(frozen=True)
class Source:
    kind: str
    files: dict[str, bytes]  # the first of them is the model
    git: bool = False  # the folder is a repository in which the model has changed
    words: tuple[str, ...] = field(default=(), compare=False)

    @property
    def name(self) -> str:
        return next(iter(self.files))


Maker = Callable[[Random], Source]


def source(kind: str, files: dict[str, bytes], *, git: bool = False) -> Source:
    text = next(iter(files.values()))[:20_000]
    words = sorted({word.decode() for word in _WORD.findall(text)})
    return Source(kind, files, git, tuple(words))
