"""Walks over the structures of a program, none of them endless."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lstmcount.shapes import Unknown

MAX_LOOKED_AT = 100_000  # elements of a structure in which an unknown is looked for


def first_unknown(value: Any) -> Unknown | None:
    """An unknown in a plain structure, if there is one; the outermost of them."""
    level, seen = [value], 0
    while level and seen < MAX_LOOKED_AT:
        deeper: list[Any] = []
        for one in level:
            if isinstance(one, Unknown):
                return one
            if isinstance(one, list | tuple | set | dict):
                seen += len(one)
                if seen < MAX_LOOKED_AT:
                    deeper += one.values() if isinstance(one, dict) else one
        level = deeper
    return None


def unknown_words(value: Any) -> list[str]:
    """The words of the unknowns in a plain structure, in their order.

    >>> unknown_words([3, Unknown("n"), slice(None, Unknown("m"))])
    ['n', 'm']
    """
    if isinstance(value, Unknown):
        return [value.text] if value.text else []
    if isinstance(value, slice):
        value = [value.start, value.stop, value.step]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        return [words for item in value for words in unknown_words(item)]
    return []


_HOLDING = (list, tuple, set, frozenset, dict, str, bytes)
_LARGE = 2**64  # an integer beyond is worked on piece by piece, as a string is
MAX_EFFORT = 200_000  # of comparing, printing or hashing a structure
MAX_SHOWN = 100  # the work that a message may put into showing a value


def effort(values: Iterable[Any], most: int) -> int:
    """The work of going through structures: 1 for each, 1 more for 16 elements that it holds.

    An inner one counts each time it is reached, for it is gone through each time: a list that
    holds itself, or the same list twice at each of many levels, is endless to whoever compares,
    prints or hashes it. Counting stops soon after `most`.

    >>> pair = [1, 2]
    >>> effort([[pair, pair], "ab"], 100), effort([[0] * 1600], 100)
    (4, 101)
    """
    count, todo = 0, [value for value in values if _is_work(value)]
    while todo and count <= most:
        one = todo.pop()
        if isinstance(one, int):
            count += 1 + one.bit_length() // 128
            continue
        count += 1 + len(one) // 16
        if not isinstance(one, str | bytes) and count <= most:
            inner = [*one, *one.values()] if isinstance(one, dict) else one
            todo += [value for value in inner if _is_work(value)]
    return count


def _is_work(value: Any) -> bool:
    if isinstance(value, int):
        return not -_LARGE < value < _LARGE
    return isinstance(value, _HOLDING)


def shown(value: Any) -> str:
    """The value in a message: as Python writes it where that is short, else its kind.

    >>> shown([1, "a"]), shown([0] * 10_000), shown(10**10_000)
    ("[1, 'a']", '<list>', '<int>')
    """
    if effort([value], MAX_SHOWN) > MAX_SHOWN:
        return f"<{type(value).__name__}>"
    try:
        return repr(value)
    except (ValueError, RecursionError):  # of a long number, or of deep nesting
        return f"<{type(value).__name__}>"
