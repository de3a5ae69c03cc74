"""The records of a drawing: boxes, clusters, and what reads what."""

from __future__ import annotations

from typing import Any

import msgspec

Source = tuple[int, int]  # which item of the level (-1-k: its entry k), and which of its outputs


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a layer."""

    class_name: str
    name: str
    inner: str = ""  # the class that a wrapper wraps
    shape: str = ""  # of the output; "" where it is not to be shown
    params: int | None = 0
    facts: tuple[str, ...] = ()
    share: float = 0.0  # of all parameters
    loops: bool = False
    again: bool = False  # another call of a layer that has its box already
    is_output: bool = False
    key: Any = None  # equal for layers that are alike

    @property
    def title(self) -> str:
        return f"{self.class_name}({self.inner})" if self.inner else self.class_name

    @property
    def color_class(self) -> str:
        """The class whose colour it has: what is wrapped says more than the wrapper."""
        return (
            self.inner if self.inner and self.class_name == "TimeDistributed" else self.class_name
        )


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """A model inside the model, or a block that stands for `times` blocks one after another."""

    kind: str  # "model" or "repeat"
    level: Level
    class_name: str = ""
    name: str = ""
    params: int | None = 0  # of a repeated block: of one of them
    times: int = 1

    @property
    def title(self) -> str:
        return f"× {self.times}" if self.kind == "repeat" else self.class_name


Element = Box | Cluster


class Item(msgspec.Struct, frozen=True):
    """An element of a level and where its inputs come from."""

    element: Element
    inputs: tuple[Source, ...]


class Level(msgspec.Struct):
    """What stands in one cluster (or in the whole picture), in an order in which data flows."""

    items: list[Item] = []
    exits: list[Source] = []

    def add(self, element: Element, inputs: tuple[Source, ...]) -> int:
        self.items.append(Item(element, inputs))
        return len(self.items) - 1

    @property
    def entries(self) -> int:
        """How many things from outside are read inside."""
        sources = [source for item in self.items for source in item.inputs] + self.exits
        return max((-index for index, _ in sources if index < 0), default=0)


def walk(level: Level) -> list[Element]:
    """Every element, those of clusters after their cluster."""
    found: list[Element] = []
    for item in level.items:
        found.append(item.element)
        if isinstance(item.element, Cluster):
            found += walk(item.element.level)
    return found


class Flat(msgspec.Struct):
    """A level for those who lay out by themselves: boxes in nested groups, edges between boxes."""

    boxes: list[Box] = []
    edges: list[tuple[int, int]] = []
    groups: list[int | tuple[Cluster, Any]] = []  # numbers of boxes, and clusters of such lists


def flat(level: Level) -> Flat:
    """Edges that cross a cluster's border as edges between what stands in front and behind it."""
    found = Flat()
    _flatten(level, [], found, found.groups)
    found.edges = list(dict.fromkeys(found.edges))
    return found


def _flatten(
    level: Level, given: list[list[int]], found: Flat, group: list[Any]
) -> list[list[int]]:
    """What each exit gives, by the boxes that give it."""
    outputs: list[list[list[int]]] = []

    def sources(source: Source) -> list[int]:
        index, output = source
        choice = given if index < 0 else outputs[index]
        wanted = -1 - index if index < 0 else output
        return choice[min(wanted, len(choice) - 1)] if choice else []

    for item in level.items:
        inputs = [sources(source) for source in item.inputs]
        if isinstance(item.element, Cluster):
            inside: list[Any] = []
            group.append((item.element, inside))
            outputs.append(_flatten(item.element.level, inputs, found, inside))
        else:
            number = len(found.boxes)
            found.boxes.append(item.element)
            group.append(number)
            found.edges += [(source, number) for each in inputs for source in each]
            outputs.append([[number]])
    return [sources(source) for source in level.exits]
