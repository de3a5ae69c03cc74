"""Draw repeated blocks once: ×12.

Items are alike if their layers are (class, arguments, shape, parameters) and they read
from the same distance or from the same item. A run of such blocks becomes one cluster, unless
a later item reads from the middle of the run.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import msgspec

from lstmcount.pictures.diagram import Box, Cluster, Element, Item, Level, Source

LONGEST = 400  # limit for the items in one block
NEAR = 6  # how many later items of the same kind are tried as the start of the next block


class Run(msgspec.Struct, frozen=True):
    start: int
    period: int
    times: int

    @property
    def end(self) -> int:
        return self.start + self.period * self.times


def folded(level: Level) -> Level:
    """The level with runs of equal blocks folded into clusters, at every depth."""
    items = [Item(_inside(item.element), item.inputs) for item in level.items]
    runs = _runs(items, level.exits)
    return _replaced(items, level.exits, runs) if runs else Level(items, level.exits)


def _inside(element: Element) -> Element:
    if isinstance(element, Cluster):
        return msgspec.structs.replace(element, level=folded(element.level))
    return element


# -- finding ----------------------------------------------------------------------------------


def _runs(items: list[Item], exits: list[Source]) -> list[Run]:
    kinds = _kinds(items)
    last_read = _last_reads(items, exits)
    later = _later(kinds)
    reached: dict[int, int] = {}
    runs: list[Run] = []
    start = 0
    while start < len(items):
        candidates = [
            run
            for period in later[start]
            if (run := _run(items, kinds, last_read, start, period, reached)) is not None
        ]
        if not candidates:
            start += 1
            continue
        best = max(candidates, key=lambda run: (run.end, -run.period))
        runs.append(best)
        start = best.end
    return runs


def _kinds(items: list[Item]) -> list[int]:
    numbers: dict[Any, int] = {}
    return [numbers.setdefault(_kind(item.element), len(numbers)) for item in items]


def _kind(element: Element) -> Any:
    if isinstance(element, Box):
        return (element.key, element.title, element.shape, element.params, element.is_output)
    inside = [(_kind(item.element), item.inputs) for item in element.level.items]
    return (element.kind, element.times, tuple(inside), tuple(element.level.exits))


def _last_reads(items: list[Item], exits: list[Source]) -> list[int]:
    last_reads = list(range(len(items)))
    for i, item in enumerate(items):
        for source, _ in item.inputs:
            if source >= 0:
                last_reads[source] = i
    for source, _ in exits:
        if source >= 0:
            last_reads[source] = len(items)
    return last_reads


def _later(kinds: list[int]) -> list[list[int]]:
    """For each item, the distances to the next items of its kind."""
    places: dict[int, list[int]] = defaultdict(list)
    for i, kind in enumerate(kinds):
        places[kind].append(i)
    distances: list[list[int]] = [[] for _ in kinds]
    for own in places.values():
        for k, i in enumerate(own):
            following = own[k + 1 : k + 1 + NEAR]
            distances[i] = [j - i for j in following if j - i <= LONGEST]
    return distances


def _run(
    items: list[Item],
    kinds: list[int],
    last_read: list[int],
    start: int,
    period: int,
    reached: dict[int, int],
) -> Run | None:
    """The run of blocks of this length at this position, aligned to where blocks begin.

    `reached` remembers where runs of each length end: a later start does not end earlier.
    """
    end = max(start, reached.get(period, 0))
    while end + period < len(items) and _alike(items, kinds, end, end + period, start):
        end += 1
    reached[period] = end
    if end - start < period:
        return None
    spare = (end - start) % period
    times = 1 + (end - start) // period
    if not _worthwhile(period, times):
        return None
    shift = min(range(spare + 1), key=lambda k: (_alive(last_read, start + k + period), -k))
    return _unread_inside(last_read, Run(start + shift, period, times))


def _worthwhile(period: int, times: int) -> bool:
    return times >= (3 if period == 1 else 2)


def _alike(items: list[Item], kinds: list[int], first: int, second: int, start: int) -> bool:
    if kinds[first] != kinds[second]:
        return False
    own, other = items[first].inputs, items[second].inputs
    if len(own) != len(other):
        return False
    for (a, i), (b, j) in zip(own, other, strict=True):
        same_distance = second - b == first - a and a >= 0
        same_thing = a == b and b < start
        if i != j or not (same_distance or same_thing):
            return False
    return True


def _alive(last_read: list[int], border: int) -> int:
    """How many items before the border are read after it (only near ones are checked)."""
    near = range(max(0, border - LONGEST), border)
    return sum(last_read[i] >= border for i in near)


def _unread_inside(last_read: list[int], run: Run) -> Run | None:
    """The longest prefix of the run in which later items read only the last block."""
    best = None
    furthest = -1
    for times in range(1, run.times + 1):
        end = run.start + times * run.period
        if times > 1 and furthest < end and _worthwhile(run.period, times):
            best = Run(run.start, run.period, times)
        furthest = max(furthest, *last_read[end - run.period : end])
        if furthest >= run.end:
            break
    return best


# -- replacing --------------------------------------------------------------------------------


def _replaced(items: list[Item], exits: list[Source], runs: list[Run]) -> Level:
    """The level with a cluster in place of each run of equal blocks."""
    level = Level()
    moved: dict[Source, Source] = {}

    def source(old: Source) -> Source:
        return moved.get(old, old) if old[0] >= 0 else old

    outside = _read_outside(items, exits, runs)
    position = 0
    for run in [*runs, None]:
        for i in range(position, run.start if run else len(items)):
            place = level.add(items[i].element, tuple(map(source, items[i].inputs)))
            for output in outside[i]:
                moved[i, output] = place, output
        if run is None:
            break
        position = run.end
        inside, entries = _body(items, run)
        last = run.end - run.period
        for i in range(last, run.end):
            for output in outside[i]:
                moved[i, output] = len(level.items), len(inside.exits)
                inside.exits.append((i - last, output))
        level.add(_cluster(items, run, folded(inside)), tuple(map(source, entries)))
    level.exits = [source(old) for old in exits]
    return level


def _read_outside(items: list[Item], exits: list[Source], runs: list[Run]) -> list[list[int]]:
    """For each item, the outputs that are read outside its run, in reading order."""
    owner: dict[int, int] = {i: run.start for run in runs for i in range(run.start, run.end)}
    read: list[dict[int, None]] = [{} for _ in items]
    for i, item in enumerate(items):
        for index, output in item.inputs:
            if index >= 0 and (index not in owner or owner[index] != owner.get(i)):
                read[index][output] = None
    for index, output in exits:
        if index >= 0:
            read[index][output] = None
    return [list(outputs) for outputs in read]


def _body(items: list[Item], run: Run) -> tuple[Level, list[Source]]:
    """The first block as a level of its own, and the outside values that it reads."""
    entries: dict[Source, int] = {}
    level = Level()
    for i in range(run.start, run.start + run.period):
        inputs = []
        for old in items[i].inputs:
            if old[0] >= run.start:
                inputs.append((old[0] - run.start, old[1]))
            else:
                inputs.append((-1 - entries.setdefault(old, len(entries)), 0))
        level.add(items[i].element, tuple(inputs))
    return level, list(entries)


def _cluster(items: list[Item], run: Run, inside: Level) -> Cluster:
    params = [_own_params(items[i].element) for i in range(run.start, run.start + run.period)]
    first, last = items[run.start].element, items[run.end - 1].element
    return Cluster(
        kind="repeat",
        level=inside,
        name=f"{first.name} … {last.name}",
        params=None if None in params else sum(p or 0 for p in params),
        times=run.times,
    )


def _own_params(element: Element) -> int | None:
    if isinstance(element, Cluster) and element.kind == "repeat" and element.params is not None:
        return element.params * element.times
    return 0 if isinstance(element, Box) and element.again else element.params
