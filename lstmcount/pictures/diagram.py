"""The records of a drawing: boxes, clusters, and the edges between them."""

from __future__ import annotations

from typing import Any

import msgspec

Source = tuple[int, int]  # index of an item of the level (-1-k: entry k), and index of its output


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a layer."""

    class_name: str
    name: str
    inner: str = ""  # the class that a wrapper wraps
    shape: str = ""  # shape of the output; "" if it is not shown
    params: int | None = 0
    facts: tuple[str, ...] = ()
    share: float = 0.0  # share of all parameters
    loops: bool = False
    again: bool = False  # a further call of a layer that already has a box
    is_output: bool = False
    key: Any = None  # equal for layers that may be folded together

    @property
    def title(self) -> str:
        return f"{self.class_name}({self.inner})" if self.inner else self.class_name

    @property
    def color_class(self) -> str:
        """The class that decides the colour: the wrapped class, if there is one."""
        return (
            self.inner if self.inner and self.class_name == "TimeDistributed" else self.class_name
        )


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """A nested model, or a block that stands for `times` equal blocks in a row."""

    kind: str  # "model" or "repeat"
    level: Level
    class_name: str = ""
    name: str = ""
    params: int | None = 0  # for a repeated block, those of one repetition
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
    """The contents of one cluster (or of the whole picture), in data-flow order."""

    items: list[Item] = []
    exits: list[Source] = []

    def add(self, element: Element, inputs: tuple[Source, ...]) -> int:
        self.items.append(Item(element, inputs))
        return len(self.items) - 1

    @property
    def entries(self) -> int:
        """The number of outside values that are read inside."""
        sources = [source for item in self.items for source in item.inputs] + self.exits
        return max((-index for index, _ in sources if index < 0), default=0)


def walk(level: Level) -> list[Element]:
    """Every element; a cluster comes before its contents."""
    elements: list[Element] = []
    for item in level.items:
        elements.append(item.element)
        if isinstance(item.element, Cluster):
            elements += walk(item.element.level)
    return elements


class Flat(msgspec.Struct):
    """A level for tools with a layout of their own: boxes in nested groups, edges between boxes."""

    boxes: list[Box] = []
    edges: list[tuple[int, int]] = []
    groups: list[int | tuple[Cluster, Any]] = []  # box indices and nested clusters


def flat(level: Level) -> Flat:
    """Replace edges to and from clusters by edges between boxes."""
    flattened = Flat()
    _flatten(level, [], flattened, flattened.groups)
    flattened.edges = list(dict.fromkeys(flattened.edges))
    return flattened


def _flatten(
    level: Level, entries: list[list[int]], flattened: Flat, group: list[Any]
) -> list[list[int]]:
    """The box behind each exit of the level."""
    outputs: list[list[list[int]]] = []

    def sources(source: Source) -> list[int]:
        index, output = source
        choice = entries if index < 0 else outputs[index]
        wanted = -1 - index if index < 0 else output
        return choice[min(wanted, len(choice) - 1)] if choice else []

    for item in level.items:
        inputs = [sources(source) for source in item.inputs]
        if isinstance(item.element, Cluster):
            inside: list[Any] = []
            group.append((item.element, inside))
            outputs.append(_flatten(item.element.level, inputs, flattened, inside))
        else:
            number = len(flattened.boxes)
            flattened.boxes.append(item.element)
            group.append(number)
            flattened.edges += [(source, number) for each in inputs for source in each]
            outputs.append([[number]])
    return [sources(source) for source in level.exits]
