"""Match the layers of a new model with those of the old one, by name, then by structure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any

from lstmcount.differences.profile import LayerProfile
from lstmcount.naming import snake_case

Key = Callable[[LayerProfile], Hashable]
Pair = tuple[LayerProfile | None, LayerProfile | None]
Block = tuple[bool, int, int, int, int]  # whether they are equal; start and end in both lists
MOST_WORK = 10_000_000  # limit for steps, which grow with the cube of the equal layers
_NUMBER = re.compile(r"_\d+$")


def align(old: Sequence[LayerProfile], new: Sequence[LayerProfile]) -> list[Pair]:
    """(old, new) pairs in the new model's order, with None where a layer has no counterpart.

    Names that people chose pair first. Automatic names (lstm, lstm_1, …) shift when a layer is put
    in front, so those layers pair by class and arguments, in order. Remaining layers of one
    class between two pairs count as the same layer with other arguments.
    """
    partner: dict[int, int] = {}  # index in new → index in old
    named = {layer.name: i for i, layer in enumerate(old) if not is_automatic(layer)}
    for j, layer in enumerate(new):
        if layer.name in named:
            partner[j] = named[layer.name]
    taken = set(partner.values())
    left = [i for i in range(len(old)) if i not in taken]
    right = [j for j in range(len(new)) if j not in partner]
    _by_structure(old, new, left, right, partner, KEYS)
    return _in_order(old, new, partner)


def is_automatic(layer: LayerProfile) -> bool:
    """
    >>> is_automatic(LayerProfile(name="lstm_3", class_name="LSTM", values={}))
    True
    """
    own = layer.name.rpartition("/")[2]
    return _NUMBER.sub("", own) == snake_case(layer.class_name)


def _by_structure(
    old: Sequence[LayerProfile],
    new: Sequence[LayerProfile],
    left: list[int],
    right: list[int],
    partner: dict[int, int],
    keys: Sequence[Key],
) -> None:
    """Pair layers with equal first keys, in order; between those pairs, use the next key."""
    if not left or not right or not keys:
        return
    before = [keys[0](old[i]) for i in left]
    after = [keys[0](new[j]) for j in right]
    for is_equal, i1, i2, j1, j2 in _blocks(before, after):
        if is_equal:
            partner.update(zip(right[j1:j2], left[i1:i2], strict=True))
        else:
            _by_structure(old, new, left[i1:i2], right[j1:j2], partner, keys[1:])


def _blocks(before: list[Hashable], after: list[Hashable]) -> Iterator[Block]:
    """The blocks that both lists have in common, in order, and the blocks between them.

    >>> list(_blocks([1, 2, 3], [1, 4, 3]))
    [(True, 0, 1, 0, 1), (False, 1, 2, 1, 2), (True, 2, 3, 2, 3)]
    """
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    i, j = len(before) - end, len(after) - end
    yield True, 0, start, 0, start
    yield from _between(before[start:i], after[start:j], start, start, MOST_WORK)
    yield True, i, i + end, j, j + end


def _common(before: Sequence[Hashable], after: Sequence[Hashable]) -> int:
    """The number of equal elements at the start of both lists."""
    pairs = zip(before, after, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(before), len(after)))


def _between(
    before: list[Hashable], after: list[Hashable], i: int, j: int, work: int
) -> Iterator[Block]:
    """The blocks of two lists that begin at i and j; halves are compared where all is too much."""
    from difflib import SequenceMatcher

    times = Counter(after)
    shorter = min(len(before), len(after))
    if shorter > 1 and shorter * sum(times[key] for key in before) > work:
        half, other = len(before) // 2, len(after) // 2
        yield from _between(before[:half], after[:other], i, j, work // 2)
        yield from _between(before[half:], after[other:], i + half, j + other, work // 2)
        return
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, before, after, False).get_opcodes():
        yield kind == "equal", i + i1, i + i2, j + j1, j + j2


def structure(layer: LayerProfile) -> Hashable:
    return layer.class_name, _frozen(layer.arguments)


def _frozen(value: Any) -> Hashable:
    if isinstance(value, dict):
        return tuple((key, _frozen(item)) for key, item in sorted(value.items()))
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    return repr(value)


def _numbers(layer: LayerProfile) -> Hashable:
    return layer.class_name, tuple(sorted((k, v or 0) for k, v in layer.values.items()))


def _same(layer: LayerProfile) -> Hashable:
    return structure(layer), _numbers(layer)


def _class_and_name(layer: LayerProfile) -> Hashable:
    return layer.class_name, layer.name


def _class(layer: LayerProfile) -> Hashable:
    return layer.class_name


# A lock file has no arguments, so compare the numbers.
KEYS: tuple[Key, ...] = (_same, structure, _numbers, _class_and_name, _class)


def _in_order(
    old: Sequence[LayerProfile], new: Sequence[LayerProfile], partner: dict[int, int]
) -> list[Pair]:
    """The new layers in order, with each removed layer before its old successor."""
    paired = set(partner.values())
    removed = [i for i in range(len(old)) if i not in paired]
    pairs: list[Pair] = []
    done = 0
    for j, layer in enumerate(new):
        i = partner.get(j)
        if i is not None:
            while done < len(removed) and removed[done] < i:
                pairs.append((old[removed[done]], None))
                done += 1
        pairs.append((old[i] if i is not None else None, layer))
    pairs += [(old[i], None) for i in removed[done:]]
    return pairs
