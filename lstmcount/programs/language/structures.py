"""Bounded traversals of a program's nested values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lstmcount.shapes import Unknown

MAX_SEARCHED = 100_000  # elements that are searched for an unknown


def first_unknown(value: Any, *, of_data: bool = False) -> Unknown | None:
    """The outermost unknown in a plain structure, or None; also an array's data if `of_data`."""
    level, searched = [value], 0
    while level and searched < MAX_SEARCHED:
        deeper: list[Any] = []
        for part in level:
            if isinstance(part, Unknown):
                return part
            if of_data and getattr(part, "has_unknown_value", False):
                return Unknown(str(part))
            if isinstance(part, list | tuple | set | frozenset | dict):
                searched += len(part)
                if searched < MAX_SEARCHED:
                    deeper += part.values() if isinstance(part, dict) else part
        level = deeper
    return None


def unknown_in_key(key: Any) -> Unknown | None:
    """The unknown that a key, a slice or an element of a set is, or contains.

    >>> unknown_in_key(("lstm", Unknown("units"))), unknown_in_key(("lstm", 3))
    (units, None)
    """
    if isinstance(key, slice):
        key = (key.start, key.stop, key.step)
    return None if isinstance(key, list | dict | set) else first_unknown(key, of_data=True)


def unknown_among(keys: Iterable[Any]) -> Unknown | None:
    """The first unknown that a key, or an element of a set, is or contains; None without one."""
    return next(filter(None, map(unknown_in_key, keys)), None)


def unknown_words(value: Any) -> list[str]:
    """The texts of the unknowns in a plain structure, in order.

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


def replaced(
    value: Any, kind: Any, change: Callable[[Any], Any], keeps_tuples: bool = False
) -> Any:
    """The same lists and dicts with the values of this kind changed. Tuples become lists.

    >>> replaced([1, {"a": ("x", 2)}], str, len), replaced((1, "x"), str, len, keeps_tuples=True)
    ([1, {'a': [1, 2]}], (1, 1))
    """
    if isinstance(value, kind):
        return change(value)
    if isinstance(value, list | tuple):
        items = [replaced(item, kind, change, keeps_tuples) for item in value]
        return tuple(items) if keeps_tuples and isinstance(value, tuple) else items
    if isinstance(value, dict):
        return {key: replaced(item, kind, change, keeps_tuples) for key, item in value.items()}
    return value


_HOLDING = (list, tuple, set, frozenset, dict, str, bytes)
_LARGE = 2**64  # operations on larger integers take time in proportion to their size
MAX_EFFORT = 200_000  # for comparing, printing or hashing a structure
MAX_SHOWN = 100  # the effort of showing a value in a message


def effort(values: Iterable[Any], most: int) -> int:
    """The effort of traversing values: 1 for each structure, plus 1 for every 16 of its elements.

    A structure counts each time it is reached, because comparing, printing or hashing it visits it
    each time. So a list that contains itself, or the same list twice at each of many levels, counts
    as endless. Counting stops soon after `most`.

    >>> pair = [1, 2]
    >>> effort([[pair, pair], "ab"], 100), effort([[0] * 1600], 100)
    (4, 101)
    """
    count, todo = 0, [value for value in values if _is_work(value)]
    while todo and count <= most:
        value_in_turn = todo.pop()
        if isinstance(value_in_turn, int):
            count += 1 + value_in_turn.bit_length() // 128
            continue
        count += 1 + len(value_in_turn) // 16
        if not isinstance(value_in_turn, str | bytes) and count <= most:
            inner = (
                [*value_in_turn, *value_in_turn.values()]
                if isinstance(value_in_turn, dict)
                else value_in_turn
            )
            todo += [value for value in inner if _is_work(value)]
    return count


def _is_work(value: Any) -> bool:
    if isinstance(value, int):
        return not -_LARGE < value < _LARGE
    return isinstance(value, _HOLDING)


def shown(value: Any) -> str:
    """The value in a message: its `repr` if that is short, else its type.

    >>> shown([1, "a"]), shown([0] * 10_000), shown(10**10_000)
    ("[1, 'a']", '<list>', '<int>')
    """
    if effort([value], MAX_SHOWN) > MAX_SHOWN:
        return f"<{type(value).__name__}>"
    try:
        return repr(value)
    except (ValueError, RecursionError):  # a very long number, or deep nesting
        return f"<{type(value).__name__}>"
