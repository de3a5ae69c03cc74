"""The `try` statements whose bodies are running."""

from __future__ import annotations

from collections.abc import Iterable


class Catching:
    """A `try` statement whose body is running, in a function at a depth of calls."""

    __slots__ = ("decided", "depth", "names")

    def __init__(self, depth: int, names: Iterable[str], *, is_decided: bool = True) -> None:
        self.depth = depth
        self.names = frozenset(names)  # of the exceptions that it catches
        # those of which it is decided whether something that is not known raises them
        self.decided = self.names if is_decided else frozenset[str]()
