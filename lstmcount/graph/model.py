"""A model's layers and calls, with shapes propagated through them and weights collected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from lstmcount.config import LayerConfig, ModelConfig, StoredTensors, TensorRef
from lstmcount.errors import CALL_ERRORS, LstmcountError, ShapeError
from lstmcount.graph.functional import Calls, call_error
from lstmcount.graph.layer import (
    PURE_WRAPPERS,
    BuiltLayer,
    Follow,
    Node,
    has_shape,
    node_macs,
    node_of,
    recorded_outputs,
    shared_with,
)
from lstmcount.graph.ordering import ordered
from lstmcount.graph.own_cell import OwnCell
from lstmcount.graph.references import filled, refilled, refs_in, resolve, whole
from lstmcount.graph.running import Called, run
from lstmcount.layers import create_cached
from lstmcount.layers.from_files import Cache
from lstmcount.shapes import Dim, Shapes, are_compatible, are_same, flatten, public, show
from lstmcount.summary import Weight, unique

if TYPE_CHECKING:
    from lstmcount.layers.checkpoint_paths import CheckpointPaths, Named


class Context(msgspec.Struct):
    """What a model has in common with the models inside it."""

    values: Mapping[str, Any] | None = None  # of variables, in place of the config's numbers
    shared: dict[Any, list[Any]] = {}  # the weights of layers that are one and the same
    stored: StoredTensors | None = None
    follow: Follow | None = None


def create(config: LayerConfig) -> Any:
    """The layer, the operation or the nested model that `config` describes."""
    return build_layer(config).layer


def build_layer(config: LayerConfig, context: Context | None = None) -> BuiltLayer:
    """As `create`, with the state of a layer before its first call.

    With values, arguments that are expressions are evaluated on them: numbers or symbols.

    Raises `LstmcountError` with the path of the argument that is wrong.
    """
    context = context or Context()
    values, follow = context.values, context.follow
    cache: Cache | None = None
    layer: Any
    if config.model is not None:
        kind = Graph if config.model.state_sizes is None else CellGraph
        layer = kind(config.model, context=context)
    elif config.kind == "op":
        from lstmcount.layers import ops

        layer, cache = ops.create_cached(config)
    else:
        layer, cache = create_cached(
            config, values, lambda inner: build_layer(inner, Context(values, follow=follow)).layer
        )
    is_input = config.class_name == "InputLayer" and config.model is None and layer is not None
    is_built = layer is not None and (layer.is_built if config.model else layer.built_at_init)
    built = BuiltLayer(
        config, layer, config.name or "", is_input, "built" if is_built else "unbuilt", []
    )
    built.stored, built.follow = context.stored, follow
    mark = shared_with(config) if config.class_name in PURE_WRAPPERS else config.shared
    if mark is not None:
        built.shared = context.shared.setdefault(mark, [])
    elif values is None and not config.frozen:
        built.shape_cache = cache  # made of numbers as they are, with weights that train
    return built


class Graph:
    """A Sequential or Functional model; inside another model it stands where a layer stands.

    The calls of its layers go when it goes.
    """

    call_arguments = ("inputs",)
    call_options: tuple[str, ...] = ()
    needed_arguments = 1

    def __init__(
        self,
        config: ModelConfig,
        *,
        partial: bool = False,
        values: Mapping[str, Any] | None = None,
        context: Context | None = None,
    ) -> None:
        """`values` of variables replace the numbers in `config`; symbols go through no checks.

        `context` is that of the model around this one.
        """
        self.config = config
        self.context = context or Context(values, stored=config.stored)
        values = self.context.values
        self.checked = values is None or bool(getattr(values, "checked", False))
        self.name = config.name
        self.trainable = config.trainable
        self.class_name = config.class_name
        self.layers: list[BuiltLayer] = []
        self.input: Shapes = None
        self.output: Shapes = None
        self.operations: list[BuiltLayer] = []
        self.unreachable_layers: list[BuiltLayer] = []  # of those, the ones no output reads
        self.reachable_calls: list[Node] = []  # from the outputs, in the order in which Keras runs
        self.calls_in_order: list[Node] = []  # of a functional model, all that were performed
        self.is_built = False
        self.error: LstmcountError | None = None
        self.own_weights = [
            Weight(name, shape, "float32", trains and config.trainable)
            for name, shape, trains in config.own_weights
        ]
        try:
            self._create_layers()
            if config.is_sequential:
                self._build_sequential(self._declared_input())
            else:
                self._build_functional()
        except LstmcountError as error:
            if not partial:
                raise
            self.error = error
            self.layers = self.operations = [layer for layer in self.layers if layer.nodes]

    def __del__(self) -> None:
        """Break the cycle between layers and calls so that reference counting frees both."""
        for layer in self.layers:
            layer.nodes = []

    # -- what a layer offers ------------------------------------------------------------------

    def accept(self, inputs: Shapes) -> None:
        if not self.is_built or self.config.is_layer:
            return
        expected, given = flatten(self.input), flatten(self._by_name(inputs))
        if len(expected) != len(given):
            raise ShapeError(
                f"the model {self.name!r} takes {len(expected)} inputs, got {len(given)}"
            )
        for want, got in zip(expected, given, strict=True):
            if want is not None and not are_compatible(want, got):
                raise ShapeError(f"the model {self.name!r} takes {show(want)}, got {show(got)}")

    def check_for_keras3(self, inputs: Shapes) -> None:
        """The layers inside were asked when the model was made."""

    def check_mask(self, mask: Shapes) -> None:
        """The layers inside that read it were asked."""

    def _by_name(self, inputs: Shapes) -> Shapes:
        """Of tensors given by name, those that the model takes, as it takes them."""
        own = self.config.inputs
        if not isinstance(inputs, dict) or self.config.is_sequential:
            return inputs
        refs = list(own.values()) if isinstance(own, dict) else own
        refs = refs if isinstance(refs, list) else [refs]
        if not all(isinstance(ref, TensorRef) for ref in refs):
            return inputs
        names = list(own) if isinstance(own, dict) else [ref.layer for ref in refs]
        if not inputs.keys() >= set(names):
            raise ShapeError(
                f"the model {self.name!r} takes {', '.join(names)}, got {', '.join(inputs)}"
            )
        taken = {name: inputs[name] for name in names}
        return taken if isinstance(own, dict) else list(taken.values())

    def weights(self, inputs: Shapes = None) -> list[Weight]:
        if not self.is_built and self.config.is_sequential and inputs is not None:
            self._build_sequential(inputs)
        layers = self.own_layers
        if self.config.listed_layer_names is not None:
            layers = [*layers, *self.operations]
        return unique([*self.own_weights, *[w for layer in layers for w in layer.weights]])

    def checkpoint_paths(self, named: Named = ()) -> CheckpointPaths:
        """Where a `.keras` file keeps the weights; those of the model's layers in their groups."""
        from lstmcount.layers.checkpoint_paths import variables
        from lstmcount.naming import AutoNames

        yield from variables(self.own_weights)
        counted = AutoNames()
        for layer in self.own_layers:
            if layer.config.kind != "op":
                yield from layer.checkpoint_paths(f"layers/{counted(layer.class_name)}")

    def output_shape(self, inputs: Shapes) -> Shapes:
        if not self.is_built:
            if not self.config.is_sequential:
                return None  # a class of the program that is not known to give anything
            self._build_sequential(inputs)
        inputs = self._by_name(inputs)
        if are_same(flatten(inputs), flatten(self.input)):
            return self.output
        return self._run(inputs)[0]

    def macs(self, inputs: Shapes) -> Dim:
        inputs = self._by_name(inputs)
        if are_same(flatten(inputs), flatten(self.input)):
            calls = [node for node in self.nodes() if not node.is_input]
            return sum(node_macs(node, node.args, node.kwargs) for node in calls)
        _, shapes = self._run(inputs)
        return sum(node_macs(node, *called) for node, called in shapes)

    def notes(self) -> Iterable[str]:
        return ()

    # -- building -----------------------------------------------------------------------------

    @property
    def own_layers(self) -> list[BuiltLayer]:
        """What Keras's `model.layers` lists (operations included)."""
        if self.config.is_sequential:
            first = self.layers[:1]
            return self.layers[1:] if first and first[0].is_input else self.layers
        if self.config.listed_layer_names is not None:
            by_name = {layer.name: layer for layer in self.layers}
            return [by_name[name] for name in self.config.listed_layer_names if name in by_name]
        return self.operations

    @property
    def inner_layers(self) -> list[BuiltLayer]:
        """What an expanded summary shows of a nested model: operations are none of its layers."""
        return [layer for layer in self.own_layers if layer.config.kind != "op"]

    def _create_layers(self) -> None:
        if self.config.dtype is not None:
            self._hand_on_dtype()
        for config in self.config.layers:
            self.layers.append(build_layer(config, self.context))

    def _hand_on_dtype(self) -> None:
        for layer in self.config.layers:
            is_input = layer.class_name == "InputLayer"  # which follows no policy in Keras
            if "dtype" not in layer.arguments and not is_input:
                layer.arguments = {**layer.arguments, "dtype": self.config.dtype}

    def _declared_input(self) -> Shapes:
        if not self.layers:
            return None
        first = self.layers[0]
        if first.is_input and len(self.layers) > 1:
            return first.layer.output_shape()
        if isinstance(first.layer, Graph) and first.layer.is_built and len(self.layers) > 1:
            return first.layer.input
        return self.config.build_input_shape

    def _build_sequential(self, shapes: Shapes) -> None:
        if shapes is None:
            for layer in self.layers:
                layer.build_from_config()
            return
        if not self.layers:
            raise ShapeError(f"the model {self.name!r} has no layers: it cannot be called")
        first = self.layers[0]
        if self.checked and len(self.layers) == 1 and first.is_input:
            declared = first.layer.output_shape()
            if public(shapes) != public(declared):  # its batch size, too
                raise ShapeError(
                    f"the model {self.name!r} takes {show(declared)}, got {show(shapes)}"
                )
        self.input = shapes
        previous: list[tuple[Node, int]] = []
        value = shapes
        for layer in self.layers:
            if layer.is_input:
                args: list[Any] = []
                value = layer.layer.output_shape()
            else:
                args = [value]
                try:
                    value = layer.call(args, {}, self.checked)
                except CALL_ERRORS as error:
                    raise call_error(error, layer, args, layer.config.path, previous) from None
                if value is None and layer.config.recorded is not None:
                    shapes = recorded_outputs(layer, 0) or [None]
                    value = shapes[0] if len(shapes) == 1 else shapes
            node = node_of(layer, args, {}, previous, value)
            layer.nodes.append(node)
            previous = [(node, i) for i in range(len(node.outputs))]
        self.output = value
        self.operations = self.layers
        self.is_built = True

    def _build_functional(self) -> None:
        by_name: dict[str, BuiltLayer] = {}
        for layer in self.layers:
            if layer.name in by_name:
                raise LstmcountError(
                    f"the name {layer.name!r} is used twice; every layer needs its own",
                    path=layer.config.path,
                )
            by_name[layer.name] = layer
        Calls(by_name, self.checked).perform(self.calls_in_order)
        for name in self.config.listed_layer_names or ():
            if not by_name[name].nodes:
                by_name[name].build_from_config()
        self.config.outputs = whole(self.config.outputs, by_name)
        path = self.config.path
        inputs = [resolve(ref, by_name, path) for ref in refs_in(self.config.inputs)]
        outputs = [resolve(ref, by_name, path) for ref in refs_in(self.config.outputs)]
        self.operations, self.reachable_calls = ordered(
            [node for node, _ in inputs], [node for node, _ in outputs]
        )
        self._require_inputs({node.layer for node, _ in inputs})
        if self.config.lists_unreachable_layers:
            kept = set(self.operations)
            self.unreachable_layers = [
                each for each in self.layers if each.nodes and each not in kept
            ]
            self.operations = [*self.operations, *self.unreachable_layers]
            self._share_with_nested()
        self.input = filled(self.config.inputs, by_name)
        self.output = filled(self.config.outputs, by_name)
        is_own = self.config.is_layer or self.config.listed_layer_names is not None
        self.is_built = bool(outputs) or not is_own  # a program's own class may never be called

    def _share_with_nested(self) -> None:
        """A layer beside the outputs, as a VAE's loss reads one, may be a nested model's own."""
        inside = {
            (each.name, each.class_name): each
            for layer in self.layers
            if isinstance(layer.layer, Graph)
            for each in layer.layer.layers
        }
        for layer in self.unreachable_layers:
            twin = inside.get((layer.name, layer.class_name))
            if twin is not None and twin.weight_shapes() == layer.weight_shapes():
                layer.weights = twin.weights

    def _require_inputs(self, inputs: set[BuiltLayer]) -> None:
        for layer in self.operations:
            if layer.is_input and layer not in inputs:
                raise LstmcountError(
                    f"the outputs depend on {layer.name!r}, which is none of the model's inputs",
                    path=layer.config.path,
                )

    # -- running ------------------------------------------------------------------------------

    def _run(self, inputs: Shapes) -> tuple[Shapes, list[Called]]:
        """The outputs for other input shapes, and what each call was given on the way."""
        outputs, calls = run(self.nodes(), self.input_nodes(), flatten(inputs), self.checked)
        flat = iter([outputs[n][i] for n, i in self.output_nodes() if has_shape(n, i)])
        return refilled(self.output, flat), calls

    def nodes(self) -> Iterator[Node]:
        """Every call in the order Keras executes them."""
        if self.config.is_sequential:
            for layer in self.layers:
                yield from layer.nodes[-1:]
        else:
            yield from self.reachable_calls

    def input_nodes(self) -> list[Node]:
        """The nodes that bring the model's inputs in, in the order of the inputs."""
        if self.config.is_sequential:
            return [node for layer in self.layers[:1] for node in layer.nodes if node.is_input]
        by_name = {layer.name: layer for layer in self.layers}
        return [resolve(ref, by_name, ())[0] for ref in refs_in(self.config.inputs)]

    def output_nodes(self) -> list[tuple[Node, int]]:
        if self.config.is_sequential:
            last = self.layers[-1].nodes[-1]
            return [(last, i) for i in range(len(last.outputs))]
        by_name = {layer.name: layer for layer in self.layers}
        return [resolve(ref, by_name, ()) for ref in refs_in(self.config.outputs)]

    @property
    def is_plain_chain(self) -> bool:
        """No branches and no layer called twice: Keras then prints no connections."""
        if self.config.is_sequential or self.config.listed_layer_names is not None:
            return True
        if self.unreachable_layers:
            return False
        for number, node in enumerate(reversed(self.reachable_calls)):
            if node.depth != number or len(node.inputs) > 1:
                return False
        return len(self.operations) == len(self.reachable_calls)


class CellGraph(OwnCell, Graph):
    """A recurrent cell of a program's own class."""

    def macs(self, inputs: Shapes) -> Dim:
        return Graph.macs(self, [inputs, *self.state_shapes(inputs[0])])
