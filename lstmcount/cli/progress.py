"""Progress of a long command: one line on standard error, if that is a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")
EVERY = 0.1  # seconds
_shown = False
_last = time.monotonic()  # when progress was shown


def with_progress(items: Iterable[Item], length: int) -> Iterator[Item]:
    """Yield the items, showing their number on the terminal."""
    try:
        for done, item in enumerate(items, 1):
            yield item
            show_progress(done, length)
    finally:
        clear()


def show_progress(done: int, length: int) -> None:
    """Show how many items are done, on a terminal and not too often; `length` is their total."""
    global _last
    if not sys.stderr.isatty() or time.monotonic() - _last < EVERY:
        return
    _last = time.monotonic()
    _show(f"{done:,} of {length:,} ({done / length:.0%})" if length else f"{done:,}")


def _show(text: str) -> None:
    global _shown
    clear()
    sys.stderr.write(text)
    sys.stderr.flush()
    _shown = True


def clear() -> None:
    """Remove the line; call this before printing anything."""
    global _shown
    if _shown:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
        _shown = False
