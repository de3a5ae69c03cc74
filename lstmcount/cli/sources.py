"""How commands take their SOURCE, and what they do when it is wrong."""

from __future__ import annotations

import sys
from pathlib import Path

from lstmcount.errors import LstmcountError
from lstmcount.inference import infer
from lstmcount.readers import Source, open_path, place, read
from lstmcount.readers.text import MAX_BYTES
from lstmcount.summary import Summary

STDIN = "-"


def open_argument(name: str) -> Source:
    """The source that an argument names: a path, or - for standard input."""
    if name == STDIN:
        return Source("<stdin>", sys.stdin.buffer.read(MAX_BYTES + 1))
    return open_path(Path(name))


def summarize_argument(name: str) -> Summary:
    """Read and count one source; errors say where in it."""
    source = open_argument(name)
    try:
        return infer(read(source))
    except LstmcountError as error:
        raise place(error, source) from None
