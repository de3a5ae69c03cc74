"""Room for the frames of nested calls, in which CPython follows a program."""

from __future__ import annotations

from collections.abc import Callable

SLOTS = 70_000  # of a frame; Python then keeps 2 ** 20 bytes, of which calls get what is left


def with_room(function: Callable[[], None]) -> None:
    """Call a function, whose calls are nested deeply, with its frames in one piece of memory.

    CPython keeps frames in pieces of 16 KB, and maps and unmaps one each time that a call crosses
    the end of a piece. A loop there takes three times as long.
    """
    function()


with_room.__code__ = with_room.__code__.replace(co_stacksize=SLOTS)
