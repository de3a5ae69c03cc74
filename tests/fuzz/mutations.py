"""Changes to sources that keep most of their structure, from a stream of choices."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

Choose = Callable[[int], int]  # a number below the one given

# What stands where something else belongs.
ODD: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 3, 7, 0.5, -0.0, 1e300, 10**30, 2**63, -(2**63), 65536,
    "", "relu", "same", "valid", "channels_first", "float16", "3", "1e9", "NaN", "__proto__",
    "x" * 300, "\x1b[31m[bold]\n", "\u202e|`$", "${x}", "{{x}}", float("inf"), float("nan"),
    [], [None], [0], [3], [3, 3], [None, 3], [None, 5, 3], [-1, -2, -3], [[1, 2], [3, 4]], [[]],
    ["a", 0, 0], [[[["a"]]]], ["_CONSTANT_VALUE", -1, 3, {}], {}, {"a": 1}, {"name": None},
    {"class_name": "Dense", "config": {}}, {"class_name": "__tuple__", "items": [1, 2]},
    {"class_name": "LSTM", "config": {"units": 3, "name": "inner"}},
    {"class_name": "__keras_tensor__", "config": {"keras_history": ["a", 0, 0], "shape": [None]}},
)  # fmt: skip


def change_json(value: Any, choose: Choose, donors: Sequence[Any]) -> Any:
    """One value of the document deleted, replaced, doubled, renamed, swapped or transplanted."""
    places = _places(value)
    parent, key = places[choose(len(places))]
    if parent is None:
        return value
    kind = choose(8)
    old = parent[key]
    if kind == 0:
        del parent[key]
    elif kind <= 3:
        parent[key] = _copy(ODD[choose(len(ODD))])
    elif kind == 4:
        other, other_key = places[choose(len(places))]
        if other is not None and _reachable(other, other_key):
            parent[key] = _copy(other[other_key])
    elif kind == 5 and isinstance(parent, list):
        parent.insert(choose(len(parent) + 1), _copy(old))
    elif kind == 5:
        parent[_names(places)[choose(len(_names(places)))]] = parent.pop(key)
    elif kind == 6:
        donor = _places(donors[choose(len(donors))])
        source, source_key = donor[choose(len(donor))]
        if source is not None:
            parent[key] = _copy(source[source_key])
    elif isinstance(old, int) and not isinstance(old, bool):
        parent[key] = old + (-1, 1, 100, -old)[choose(4)]
    elif isinstance(old, list):
        parent[key] = old[::-1]
    else:
        parent[key] = [old] if choose(2) else {"class_name": old, "config": {}}
    return value


def change_bytes(data: bytes, choose: Choose) -> bytes:
    """Some bytes flipped, cut out, doubled or put in."""
    found = bytearray(data)
    if not found:
        return data
    at = choose(len(found))
    kind = choose(5)
    if kind == 0:
        found[at] ^= 1 << choose(8)
    elif kind == 1:
        found[at] = choose(256)
    elif kind == 2:
        del found[at : at + 1 + choose(40)]
    elif kind == 3:
        found[at:at] = found[at : at + 1 + choose(40)]
    else:
        del found[at:]
    return bytes(found)


def change_text(text: str, choose: Choose, donors: Sequence[str]) -> str:
    """A line, or a word, deleted, doubled, replaced or taken from another text."""
    lines = text.split("\n")
    at = choose(len(lines))
    kind = choose(5)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(choose(len(lines)), lines[at])
    elif kind == 2:
        other = donors[choose(len(donors))].split("\n")
        lines[at] = other[choose(len(other))]
    else:
        words = lines[at].split(" ")
        word = choose(len(words))
        odd = ODD[choose(len(ODD))]
        words[word] = json.dumps(odd) if kind == 3 else str(odd)
        lines[at] = " ".join(words)
    return "\n".join(lines)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container in a document with each of its keys."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict | list):
            keys = list(item) if isinstance(item, dict) else range(len(item))
            for key in keys:
                found.append((item, key))
                waiting.append(item[key])
    return found or [(None, None)]


def _reachable(parent: Any, key: Any) -> bool:
    return key in parent if isinstance(parent, dict) else key < len(parent)


def _names(places: list[tuple[Any, Any]]) -> list[str]:
    return sorted({key for parent, key in places if isinstance(parent, dict)})


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))
