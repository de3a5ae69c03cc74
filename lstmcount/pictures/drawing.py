"""The drawing of a model: boxes for layer calls, clusters for nested models, edges.

A `Level` is the inside of one cluster: its elements in data-flow order, each with where
its inputs come from. Positions are decided later (`layered`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from lstmcount.config import LayerConfig
from lstmcount.costs.forward_pass import Amounts
from lstmcount.costs.measures import number_of_layers
from lstmcount.costs.totals import per_layer
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import summarize_model
from lstmcount.graph.layer import BuiltLayer, Node
from lstmcount.graph.model import Model
from lstmcount.graph.nested import inner_model
from lstmcount.naming import counted
from lstmcount.pictures.diagram import Box, Cluster, Element, Level, Source
from lstmcount.pictures.folding import folded
from lstmcount.shapes import flatten, known, public
from lstmcount.summary import Summary, count, is_unknown, one_or_all

SHOW = ("shapes", "params", "macs")
UNSEEN = {"name", "seed", "rate", "drop_path_rate"}  # may differ between layers drawn as one

MAX_LAYERS = 10_000


class Drawing(msgspec.Struct, frozen=True):
    """The picture of a model before it is laid out."""

    class_name: str
    title: str
    total: str  # the number of layers, parameters and bytes, in words
    level: Level

    @property
    def description(self) -> str:
        return f"{self.class_name} {self.title}: {self.total}"


class View(msgspec.Struct, frozen=True):
    """The options of a drawing: what boxes show, and how far nested models are expanded."""

    show: tuple[str, ...] = ("shapes", "params")
    fold: bool = True
    depth: int | None = None  # depth to which nested models are expanded; None: all levels


def draw(model: Model, view: View | None = None) -> Drawing:
    """The architecture of a model.

    >>> from lstmcount.graph.builder import build
    >>> from lstmcount.readers.spec.reader import read_spec
    >>> spec = {"input_shape": [5, 126], "layers": [{"LSTM": 64}, {"Dense": 3}]}
    >>> model = build(read_spec(spec))
    >>> [(item.element.class_name, item.inputs) for item in draw(model).level.items]
    [('InputLayer', ()), ('LSTM', ((0, 0),)), ('Dense', ((1, 0),))]
    """
    view = view or View()
    summary = summarize_model(model)
    if number_of_layers(summary) > MAX_LAYERS:
        raise LstmcountError(f"more than {MAX_LAYERS:,} layers are too many for a picture")
    level = _Drawer(summary, view, model).level(model, 0)
    total = summary.total_params
    unknown = is_unknown(total, summary.walk())
    size = "parameters not known" if unknown else counted(total, "parameter")
    layers = counted(number_of_layers(summary), "layer")
    return Drawing(
        class_name=summary.class_name,
        title=summary.name,
        total=f"{layers}, {size}",
        level=folded(level) if view.fold else level,
    )


class _Drawer:
    def __init__(self, summary: Summary, view: View, model: Model) -> None:
        self.view = view
        total = summary.total_params
        self.total = total if known(total) else 0
        self.drawn: set[int] = set()  # ids of the configs of layers that already have a box
        self.first: dict[int, Node] = {}  # the calls that represent their layers
        self.macs: Amounts = {}
        if "macs" in view.show:
            self.macs = per_layer(model)["macs"]

    def level(self, model: Model, depth: int) -> Level:
        """The elements of a model and the edges between them; `depth` is 0 for the model itself."""
        if not model.is_built:
            return self._unbuilt(model)
        level = Level()
        places: dict[Node, int] = {}
        brought = {node: -1 - k for k, node in enumerate(model.input_nodes())} if depth else {}
        ends = {node for node, _ in model.output_nodes()}
        self.first |= {id(node): node for node in _first_calls(model)}
        nodes = [node for node in in_order(model) if node not in brought]
        places.update(brought)
        implied: tuple[Source, ...] = ()
        if model.config.is_sequential and nodes and not (nodes[0].is_input or brought):
            implied = ((-1, 0) if depth else self._implied_input(level, model),)
        for node in nodes:
            inputs = tuple((places[source], tensor) for source, tensor in node.inputs)
            inputs, implied = inputs or implied, ()
            element = self._element(node, depth, is_output=not depth and node in ends)
            places[node] = level.add(element, inputs)
        level.exits = [(places[node], tensor) for node, tensor in model.output_nodes()]
        self._add_uncalled(level, model, nodes)
        return level

    def _add_uncalled(self, level: Level, model: Model, nodes: list[Node]) -> None:
        called = {id(node.layer) for node in nodes}
        for layer in model.own_layers:
            if id(layer) not in called and not layer.is_input:
                level.add(self._box(layer, None), ())

    def _implied_input(self, level: Level, model: Model) -> Source:
        box = Box(class_name="InputLayer", name="input", shape=self._shape(public(model.input)))
        return level.add(box, ()), 0

    def _unbuilt(self, model: Model) -> Level:
        """The layers in a row, for a Sequential without an input shape."""
        level = Level()
        for layer in model.layers:
            inputs = ((len(level.items) - 1, 0),) if level.items else ()
            level.add(self._box(layer, None), inputs)
        return level

    def _element(self, node: Node, depth: int, is_output: bool) -> Element:
        inner = inner_model(node.layer.layer)
        again = id(node.layer.config) in self.drawn or id(node) not in self.first
        limit = self.view.depth
        is_closed = inner is None or inner.config.is_layer or not inner.is_built
        if inner is None or is_closed or again or (limit is not None and depth >= limit):
            return self._box(node.layer, node, is_output)
        self.drawn.add(id(node.layer.config))
        return Cluster(
            kind="model",
            class_name=node.layer.class_name,
            name=node.layer.name,
            params=_params(node.layer),
            level=self.level(inner, depth + 1),
        )

    def _box(self, layer: BuiltLayer, node: Node | None, is_output: bool = False) -> Box:
        again = id(layer.config) in self.drawn or (node is not None and id(node) not in self.first)
        if not again:
            self.drawn.add(id(layer.config))
        params = _params(layer)
        share = params / self.total if params and self.total and not again else 0.0
        shown = None if node is None else one_or_all(node.output_shapes)
        return Box(
            class_name=layer.class_name,
            inner=_wrapped(layer.layer),
            name=layer.name,
            shape=self._shape(shown),
            params=params,
            facts=self._facts(layer, params, again),
            share=share,
            loops=_runs_over_time(layer.layer),
            again=again,
            is_output=is_output,
            key=(_key(layer.config), id(layer.config) if again else 0),
        )

    def _shape(self, shapes: Any) -> str:
        return shape_text(shapes) if "shapes" in self.view.show else ""

    def _facts(self, layer: BuiltLayer, params: int | None, again: bool) -> tuple[str, ...]:
        facts = []
        if "params" in self.view.show:
            if again and layer.weights:
                facts.append("the same weights")
            elif params is None:
                facts.append("? params")
            elif params:
                frozen = "" if getattr(layer.layer, "trainable", True) else ", frozen"
                facts.append(f"{params:,} params{frozen}")
        if "macs" in self.view.show and not again:
            amount = self.macs.get(layer)
            if amount is not None and amount.value != 0:
                facts.append(f"{amount} MACs")
        return tuple(facts)


def in_order(model: Model) -> list[Node]:
    """Calls in topological order, with branches kept together."""
    calls = list(model.nodes())
    written = {id(layer): i for i, layer in enumerate(model.layers)}
    place = {node: (written[id(node.layer)], node.index) for node in calls}
    readers: dict[Node, list[Node]] = {node: [] for node in calls}
    missing = {}
    for node in calls:
        sources = {source for source, _ in node.inputs if source in place}
        missing[node] = len(sources)
        for source in sources:
            readers[source].append(node)
    ready = sorted((node for node in calls if not missing[node]), key=place.__getitem__)
    ready.reverse()
    ordered = []
    while ready:
        node = ready.pop()
        ordered.append(node)
        freed = []
        for reader in readers[node]:
            missing[reader] -= 1
            if not missing[reader]:
                freed.append(reader)
        ready += sorted(freed, key=place.__getitem__, reverse=True)
    return ordered


def _first_calls(model: Model) -> Iterable[Node]:
    """The first call of every layer that belongs to the model."""
    first_calls: dict[int, Node] = {}
    for node in model.nodes():
        first = first_calls.setdefault(id(node.layer), node)
        if node.index < first.index:
            first_calls[id(node.layer)] = node
    return first_calls.values()


def shape_text(shapes: Any) -> str:
    """A shape as a summary shows it.

    >>> shape_text((None, 64)), shape_text([(None, 2), None]), shape_text(None)
    ('(None, 64)', '(None, 2), ?', '?')
    """
    if isinstance(shapes, tuple):
        return f"({', '.join(map(str, shapes))}{',' if len(shapes) == 1 else ''})"
    if isinstance(shapes, dict):
        shapes = flatten(shapes)
    if isinstance(shapes, list):
        return ", ".join(map(shape_text, shapes))
    return "?"


def _params(layer: BuiltLayer) -> int | None:
    number = count(layer.weights)
    return number if known(number) and layer.state != "unknown" else None


def _wrapped(layer: Any) -> str:
    """The class that a wrapper (Bidirectional, TimeDistributed, RNN) wraps."""
    for field in ("layer", "cell"):
        inner = getattr(layer, field, None)
        name = getattr(inner, "class_name", None)
        if isinstance(name, str) and name:
            return name
    return ""


def _runs_over_time(layer: Any) -> bool:
    inner = getattr(layer, "layer", None)
    return hasattr(layer, "go_backwards") or hasattr(inner, "go_backwards")


def _key(config: LayerConfig) -> Any:
    """A key that is equal for layers with the same class and arguments, whatever their names."""
    return config.class_name, tuple(_values(config.arguments))


def _values(arguments: dict[str, Any]) -> Iterator[Any]:
    for name, value in arguments.items():
        if isinstance(value, LayerConfig):
            yield name, _key(value)
        elif isinstance(value, list) and any(isinstance(item, LayerConfig) for item in value):
            yield name, tuple(_key(v) if isinstance(v, LayerConfig) else repr(v) for v in value)
        elif name not in UNSEEN:
            yield name, repr(value)
