"""A model's layers and calls, with shapes propagated through them and weights collected."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from lstmcount.config import Call, LayerConfig, ModelConfig, TensorRef
from lstmcount.dimensions import (
    Dim,
    Shape,
    Shapes,
    Unknown,
    file_shapes,
    flatten,
    public,
    shape_of,
    show,
)
from lstmcount.errors import LstmcountError, Path, ShapeError, did_you_mean
from lstmcount.layers import create
from lstmcount.summary import Weight

MAX_ALIKE = 100  # inputs that one and the same layer is remembered for

# What formulas raise on inputs that no check foresaw: of another rank, several instead of one.
_MISFITS = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


class Node:
    """One call of a layer: what went in, what came out."""

    __slots__ = (
        "args", "index", "inputs", "kwargs", "layer", "output", "outputs", "recorded", "shown",
    )  # fmt: skip

    def __init__(
        self,
        layer: BuiltLayer,
        args: list[Any],
        kwargs: dict[str, Any],
        inputs: list[tuple[Node, int]],
        output: Shapes,
        recorded: bool = False,
    ) -> None:
        self.layer = layer
        self.index = len(layer.nodes)
        self.args = args  # with a shape where a tensor was passed
        self.kwargs = kwargs
        self.inputs = inputs
        self.output = output
        self.recorded = recorded  # the output shape is what the file says, not inferred
        self.outputs: list[Any] = list(output) if recorded and output else flatten(output)
        self.shown = [public(shape) for shape in self.outputs]  # as a summary shows them

    @property
    def is_input(self) -> bool:
        return self.layer.is_input

    def arguments(self, shapes: Iterable[Shape]) -> tuple[list[Any], dict[str, Any]]:
        """What the layer would be called with if the tensors it reads had these shapes."""
        flat = iter(shapes)
        return _refilled(self.args, flat), _refilled(self.kwargs, flat)


class BuiltLayer:
    """A layer of a model with its calls and, once it was called, its weights."""

    __slots__ = (
        "built_output",
        "config",
        "is_input",
        "layer",
        "name",
        "nodes",
        "state",
        "weights",
    )

    def __init__(self, config: LayerConfig, layer: Any) -> None:
        self.config = config
        self.layer = layer  # None for a class that nobody knows
        self.name: str = config.name or ""
        self.is_input = config.class_name == "InputLayer"
        self.nodes: list[Node] = []
        self.weights: tuple[Weight, ...] = ()
        self.state = "built" if _built_at_init(layer) else "unbuilt"
        self.built_output: Shapes = None  # of a layer that was built and never called

    @property
    def class_name(self) -> str:
        if self.layer is None:
            return self.config.class_name
        name: str = self.layer.class_name
        return name

    def call(self, args: list[Any], kwargs: dict[str, Any], checked: bool = True) -> Shapes:
        """The output for these arguments; the first call makes the weights."""
        layer = self.layer
        if self.config.kind == "op":
            return self._operation(args, kwargs, checked)
        if layer is None:
            return self._unknown()
        if self.nodes and checked and not isinstance(layer, Graph):
            self._check_again(args, kwargs)
        if checked and self.config.alike is not None and len(args) == 1 and _all_none(kwargs):
            given = args[0] if type(args[0]) is tuple else _flat(args[0])
            if given is not None:
                return self._as_one_alike(args[0], given, self.config.alike)
        shapes, options = bound(layer, args, kwargs)
        if not are_known(shapes):
            shapes = self._built_with()
            if not are_known(shapes):
                return self._unknown()
        if checked:
            layer.check(*shapes)
        if self.state != "built" or not self.nodes:
            self._build(shapes)
        return layer.output_shape(*shapes, **options)

    def _check_again(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        """Of a later call Keras asks what the layer remembers from its first."""
        first = bound(self.layer, self.nodes[0].args, self.nodes[0].kwargs)[0][0]
        shape = bound(self.layer, args, kwargs)[0][0]
        if type(first) is not tuple or type(shape) is not tuple:
            return
        fits = len(shape) == len(first) or not self.layer.fixed_rank
        for axis in self.layer.fixed_axes(first) if fits else ():
            was, now = first[axis], shape[axis]
            fits = fits and (was == now or isinstance(was, Unknown) or isinstance(now, Unknown))
        if not fits:
            raise ShapeError(f"its weights are made for {show(first)}, got {show(shape)}")

    def _operation(self, args: list[Any], kwargs: dict[str, Any], checked: bool) -> Shapes:
        computed = self.config.alike
        given = _flat(args)
        if not checked or computed is None or given is None or kwargs:
            return _sound(self.layer.output_shape(*args, **kwargs))
        if given not in computed:
            if len(computed) >= MAX_ALIKE:
                computed.clear()
            computed[given] = _sound(self.layer.output_shape(*args))
        return computed[given]

    def _as_one_alike(self, inputs: Shapes, given: Shape, computed: dict[Any, Any]) -> Shapes:
        """As `call`, but the formulas of layers alike that read the same shapes run once."""
        found = computed.get(given)
        is_first = self.state != "built" or not self.nodes
        if found is not None:
            weights, output = found
            if is_first:
                self.weights = tuple([weight.__copy__() for weight in weights])
                self.state = "built"
            return output
        shapes, _ = bound(self.layer, [inputs], {})
        self.layer.check(*shapes)
        output = self.layer.output_shape(*shapes)
        if is_first:
            self._build(shapes)
            if len(computed) >= MAX_ALIKE:
                computed.clear()
            computed[given] = self.weights, output
        return output

    def _build(self, shapes: Iterable[Shapes]) -> None:
        self.weights = tuple(self.layer.weights(*shapes))
        for weight in self.weights:
            for dim in weight.shape:
                if isinstance(dim, Unknown) and dim.text is None:
                    raise ShapeError(
                        f"the weight {weight.name!r} would have the shape {show(weight.shape)}: "
                        f"the input {', '.join(show(s) for s in shapes)} must say that dimension"
                    )
        self.state = "built"

    def _unknown(self) -> None:
        """Nobody knows the class, or what it reads: then nobody knows its weights either."""
        if self.state != "built":
            self.state = "unknown"
            what: Any = Unknown(f"the weights of {self.name} ({self.class_name})")
            self.weights = (Weight("?", (what,)),)

    def _built_with(self) -> list[Shapes]:
        """What the file says the layer was built with: a shape for each call argument."""
        build = self.config.build_config
        named = build.get("shapes_dict")
        if isinstance(named, dict):
            return [file_shapes(named.get(f"{name}_shape")) for name in self.layer.call_arguments]
        return [file_shapes(build.get("input_shape"))]

    def build_from_config(self) -> None:
        if self.layer is not None and not self.layer.call_arguments and self.state == "built":
            self._build([None])
        elif isinstance(self.layer, Graph) and self.layer.is_built:
            self.weights = tuple(self.layer.weights())
        elif self.layer is not None and self.config.build_config:
            shapes = self._built_with()
            try:
                if self.state == "unbuilt":
                    self._build(shapes)
                if are_known(shapes):
                    self.built_output = self.layer.output_shape(*shapes)
            except (LstmcountError, *_MISFITS):
                pass  # Keras leaves it unbuilt too


class Graph:
    """A Sequential or Functional model; inside another model it stands where a layer stands."""

    call_arguments = ("inputs",)
    call_options: tuple[str, ...] = ()

    def __init__(
        self,
        config: ModelConfig,
        *,
        partial: bool = False,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        """`values` of variables replace the numbers in `config`; checks then have been made."""
        self.config = config
        self.values = values
        self.name = config.name
        self.trainable = config.trainable
        self.class_name = config.class_name
        self.layers: list[BuiltLayer] = []
        self.input: Shapes = None
        self.output: Shapes = None
        self.operations: list[BuiltLayer] = []
        self.depths: dict[int, list[Node]] = {}
        self.made: list[Node] = []  # the calls of a functional model as they were performed
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

    # -- what a layer offers ------------------------------------------------------------------

    def check(self, inputs: Shapes) -> None:
        if not self.is_built or self.config.is_layer:
            return
        expected, given = flatten(self.input), flatten(self._by_name(inputs))
        if len(expected) != len(given):
            raise ShapeError(
                f"the model {self.name!r} takes {len(expected)} inputs, got {len(given)}"
            )
        for want, got in zip(expected, given, strict=True):
            if want is not None and not _compatible(want, got):
                raise ShapeError(f"the model {self.name!r} takes {show(want)}, got {show(got)}")

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
        if self.config.listed is not None:
            layers = [*layers, *self.operations]
        return unique([*self.own_weights, *[w for layer in layers for w in layer.weights]])

    def output_shape(self, inputs: Shapes) -> Shapes:
        if not self.is_built:
            self._build_sequential(inputs)
        inputs = self._by_name(inputs)
        if _same(flatten(inputs), flatten(self.input)):
            return self.output
        return self._run(inputs)[0]

    def macs(self, inputs: Shapes) -> Dim:
        _, shapes = self._run(self._by_name(inputs))
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
        if self.config.listed is not None:
            by_name = {layer.name: layer for layer in self.layers}
            return [by_name[name] for name in self.config.listed]
        return self.operations

    @property
    def inner_layers(self) -> list[BuiltLayer]:
        """What an expanded summary shows of a nested model: operations are none of its layers."""
        return [layer for layer in self.own_layers if layer.config.kind != "op"]

    def _create_layers(self) -> None:
        for layer in self.config.layers:
            if (
                self.config.dtype is not None
                and "dtype" not in layer.arguments
                and layer.class_name != "InputLayer"  # Keras's inputs follow no policy
            ):
                layer.arguments = {**layer.arguments, "dtype": self.config.dtype}
            self.layers.append(BuiltLayer(layer, create(layer, self.values)))

    def _declared_input(self) -> Shapes:
        if not self.layers:
            return None
        first = self.layers[0]
        if first.is_input:
            return first.layer.output_shape() if len(self.layers) > 1 else None
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
        self.input = shapes
        previous: list[tuple[Node, int]] = []
        value = shapes
        for layer in self.layers:
            if layer.is_input:
                args: list[Any] = []
                value = layer.layer.output_shape()
            else:
                args = [value]
                value = self._apply(layer, args, {}, layer.config.path, previous)
                if value is None and layer.config.recorded is not None:
                    shapes = _recorded(layer, 0) or [None]
                    value = shapes[0] if len(shapes) == 1 else shapes
            node = Node(layer, args, {}, previous, value)
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
        self._run_calls(by_name)
        for name in self.config.listed or ():
            if not by_name[name].nodes:
                by_name[name].build_from_config()
        self.config.outputs = _whole(self.config.outputs, by_name)
        path = self.config.path
        inputs = [_resolve(ref, by_name, path) for ref in _refs(self.config.inputs)]
        outputs = [_resolve(ref, by_name, path) for ref in _refs(self.config.outputs)]
        self.operations, self.depths = ordered(
            [node for node, _ in inputs], [node for node, _ in outputs]
        )
        self._require_inputs({node.layer for node, _ in inputs})
        self.input = _filled(self.config.inputs, by_name)
        self.output = _filled(self.config.outputs, by_name)
        self.is_built = True

    def _require_inputs(self, inputs: set[BuiltLayer]) -> None:
        for layer in self.operations:
            if layer.is_input and layer not in inputs:
                raise LstmcountError(
                    f"the outputs depend on {layer.name!r}, which is none of the model's inputs",
                    path=layer.config.path,
                )

    def _run_calls(self, by_name: dict[str, BuiltLayer]) -> None:
        """Perform every call as soon as what it reads exists; of one layer, in order."""
        waiting: dict[tuple[str, int], list[BuiltLayer]] = {}
        ready = deque(self.layers)
        wanted = {layer: 1 if layer.is_input else len(layer.config.calls) for layer in self.layers}
        while ready:
            layer = ready.popleft()
            while len(layer.nodes) < wanted[layer]:
                node = self._next_call(layer, by_name, waiting)
                if node is None:
                    break
                layer.nodes.append(node)
                self.made.append(node)
                if waiting:
                    ready.extendleft(waiting.pop((layer.name, node.index), ()))
        if len(self.made) < sum(wanted.values()):
            self._explain_stuck(waiting)

    def _next_call(
        self,
        layer: BuiltLayer,
        by_name: dict[str, BuiltLayer],
        waiting: dict[tuple[str, int], list[BuiltLayer]],
    ) -> Node | None:
        done = len(layer.nodes)
        if layer.is_input:
            return Node(layer, [], {}, [], layer.layer.output_shape())
        call = layer.config.calls[done]
        call_args, call_kwargs = call.args, call.kwargs
        refs = _refs_of(call_args, call_kwargs)
        inputs: list[tuple[Node, int]] = []
        is_plain = True
        for ref in refs:
            source = by_name.get(ref.layer)
            if source is not None and len(source.nodes) <= ref.node:
                waiting.setdefault((ref.layer, ref.node), []).append(layer)
                return None
            inputs.append(_resolve(ref, by_name, call.path))
            if ref.tensor is None:
                is_plain = False
        if not is_plain:
            call_args, call_kwargs = _whole(call_args, by_name), _whole(call_kwargs, by_name)
            refs = _refs_of(call_args, call_kwargs)
            inputs = [_resolve(ref, by_name, call.path) for ref in refs]
        if refs is call_args:
            args, kwargs = [_given(inputs[0])], call_kwargs
        else:
            given = iter(inputs)
            args, kwargs = _filled_with(call_args, given), _filled_with(call_kwargs, given)
        output = self._apply(layer, args, kwargs, call.path or layer.config.path, inputs)
        recorded = False
        if output is None and layer.config.recorded is not None:
            output, recorded = _recorded(layer, done), True
        return Node(layer, args, kwargs, inputs, output, recorded)

    def _explain_stuck(self, waiting: dict[tuple[str, int], list[BuiltLayer]]) -> None:
        (name, index), layers = next(iter(waiting.items()))
        stuck = layers[0]
        called = len(next(layer for layer in self.layers if layer.name == name).config.calls)
        if index >= max(called, 1):
            text = f"reads call {index} of {name!r}, which is called {called} times"
        else:
            text = f"waits for {name!r}, which waits for it in turn: the graph has a cycle"
        raise LstmcountError(f"layer {stuck.name!r} {text}", path=stuck.config.path)

    def _apply(
        self,
        layer: BuiltLayer,
        args: list[Any],
        kwargs: dict[str, Any],
        path: Path,
        inputs: list[tuple[Node, int]],
    ) -> Shapes:
        try:
            return layer.call(args, kwargs, checked=self.values is None)
        except ShapeError as error:
            error.message = f"layer {layer.name!r} ({layer.class_name}): {error.message}"
            error.message += _sequences_hint(error, inputs)
            if error.location.path is None:
                error.at(*path)
            raise
        except LstmcountError as error:
            raise error if error.location.path else error.at(*path) from None
        except _MISFITS:
            shown = ", ".join(show(value) for value in [*args, *kwargs.values()])
            raise LstmcountError(
                f"layer {layer.name!r} ({layer.class_name}): cannot take {shown}", path=path
            ) from None

    # -- running on other shapes ----------------------------------------------------------------

    def _run(self, inputs: Shapes) -> tuple[Shapes, list[tuple[Node, tuple[Any, Any]]]]:
        """The outputs for other input shapes, and what each call was given on the way."""
        given = flatten(inputs)
        own = self.input_nodes()
        values: dict[Node, list[Any]] = {n: [shape] for n, shape in zip(own, given, strict=False)}
        # Keras asks no layer inside whether it can take an input of another rank
        checked = self.values is None and all(
            len(values[node][0]) == len(node.outputs[0]) for node in values
        )
        calls = []
        for node in self.nodes():
            if node in values:
                continue
            read = [values[source][i] for source, i in node.inputs if _has_shape(source, i)]
            args, kwargs = node.arguments(read or given)
            calls.append((node, (args, kwargs)))
            output = node.layer.call(args, kwargs, checked=checked)
            values[node] = [None] * len(node.outputs) if output is None else flatten(output)
        flat = iter([values[n][i] for n, i in self.output_nodes() if _has_shape(n, i)])
        return _refilled(self.output, flat), calls

    def nodes(self) -> Iterator[Node]:
        """Every call in the order Keras executes them."""
        if self.config.is_sequential:
            for layer in self.layers:
                yield from layer.nodes[-1:]
        else:
            for depth in sorted(self.depths, reverse=True):
                yield from self.depths[depth]

    def input_nodes(self) -> list[Node]:
        """The nodes that bring the model's inputs in, in the order of the inputs."""
        if self.config.is_sequential:
            return [node for layer in self.layers[:1] for node in layer.nodes if node.is_input]
        by_name = {layer.name: layer for layer in self.layers}
        return [_resolve(ref, by_name, ())[0] for ref in _refs(self.config.inputs)]

    def output_nodes(self) -> list[tuple[Node, int]]:
        if self.config.is_sequential:
            last = self.layers[-1].nodes[-1]
            return [(last, i) for i in range(len(last.outputs))]
        by_name = {layer.name: layer for layer in self.layers}
        return [_resolve(ref, by_name, ()) for ref in _refs(self.config.outputs)]

    @property
    def is_plain_chain(self) -> bool:
        """No branches and no layer called twice: Keras then prints no connections."""
        if self.config.is_sequential or self.config.listed is not None:
            return True
        nodes = []
        for at_depth in self.depths.values():
            if len(at_depth) > 1 or len(at_depth[0].inputs) > 1:
                return False
            nodes.append(at_depth[0].layer)
        return len({id(layer) for layer in nodes}) == len(nodes)


def node_macs(node: Node, args: list[Any], kwargs: dict[str, Any]) -> Dim:
    layer = node.layer.layer
    macs: Dim
    unknown: Any = Unknown(f"the MACs of {node.layer.name} ({node.layer.class_name})")
    if layer is None:
        macs = 0 if node.layer.config.kind == "op" else unknown
    elif node.layer.config.kind == "op":
        macs = layer.macs(*args, **kwargs)
    else:
        shapes, options = bound(layer, args, kwargs)
        names = getattr(layer, "macs_options", ())
        chosen = {k: v for k, v in options.items() if k in names}
        macs = layer.macs(*shapes, **chosen) if are_known(shapes) else unknown
    return macs


def unique(weights: Iterable[Weight]) -> list[Weight]:
    """Each variable once, at its first place."""
    return list({id(weight): weight for weight in weights}.values())


def ordered(
    inputs: list[Node], outputs: list[Node]
) -> tuple[list[BuiltLayer], dict[int, list[Node]]]:
    """Layers in Keras's order (`map_graph`): by depth from the outputs, then as first reached."""
    finished: list[Node] = []
    seen: set[Node] = set()
    reached: dict[BuiltLayer, int] = {}
    for output in outputs:
        stack: list[tuple[Node, Iterator[tuple[Node, int]]]] = []
        if output not in seen:
            seen.add(output)
            reached.setdefault(output.layer, len(reached))
            stack.append((output, iter(output.inputs)))
        while stack:
            node, sources = stack[-1]
            for source, _ in sources:
                if source not in seen:
                    seen.add(source)
                    reached.setdefault(source.layer, len(reached))
                    stack.append((source, iter(source.inputs)))
                    break
            else:
                finished.append(node)
                stack.pop()
    node_depth: dict[Node, int] = {}
    layer_depth: dict[BuiltLayer, int] = {}
    for node in reversed(finished):
        depth = max(node_depth.setdefault(node, 0), layer_depth.get(node.layer, 0))
        layer_depth[node.layer] = node_depth[node] = depth
        for source, _ in node.inputs:
            node_depth[source] = max(depth + 1, node_depth.get(source, 0))
    for node in inputs:
        if node.layer not in layer_depth:
            layer_depth[node.layer] = node_depth[node] = 0
            reached[node.layer] = -1
    by_depth: dict[int, list[Node]] = {}
    for node, depth in node_depth.items():
        by_depth.setdefault(depth, []).append(node)
    layers = sorted(layer_depth, key=lambda layer: (-layer_depth[layer], reached[layer]))
    return layers, by_depth


def _built_at_init(layer: Any) -> bool:
    if layer is None or isinstance(layer, Graph):
        return isinstance(layer, Graph) and layer.is_built
    built: bool = layer.built_at_init
    return built


def _recorded(layer: BuiltLayer, call: int) -> list[Any] | None:
    """The output shapes of a call that the file itself says."""
    found = (layer.config.recorded or {}).get(call)
    return None if found is None else [file_shapes(shape) for shape in found]


def _flat(shapes: Shapes) -> Shapes:
    """A list of shapes as something to look up; None for deeper structures."""
    is_flat = isinstance(shapes, list) and all(type(shape) is tuple for shape in shapes)
    return tuple(shapes) if is_flat else None


def are_known(shapes: list[Any]) -> bool:
    """Whether a layer's first argument and all others that it was given have known shapes."""
    if len(shapes) == 1:
        return _is_known(shapes[0])
    return shapes[0] is not None and all(_is_known(s) for s in shapes if s is not None)


def _is_known(shapes: Shapes) -> bool:
    if type(shapes) is tuple:
        return True
    if isinstance(shapes, list):
        return all(_is_known(shape) for shape in shapes)
    return isinstance(shapes, dict) and all(_is_known(shape) for shape in shapes.values())


def _sound(shapes: Shapes) -> Shapes:
    """What an operation made of a file's values, if it is shapes."""
    for shape in flatten(shapes):
        if not isinstance(shape, tuple) or not all(map(_is_dim, shape)):
            raise ShapeError(f"the values it is given make {show(shapes)}, which is no shape")
    return shapes


def _is_dim(dim: Any) -> bool:
    return type(dim) is int or not isinstance(dim, str | float | list | tuple | dict | None)


def _all_none(values: dict[str, Any]) -> bool:
    """No argument by name, or none but `mask=None` and the like."""
    return not values or all(value is None for value in values.values())


def _same(shapes: list[Shape], others: list[Shape]) -> bool:
    """Whether they are the same dimensions; of symbols and arrays, the same objects."""
    if list(map(len, shapes)) != list(map(len, others)):
        return False
    pairs = zip(chain(*shapes), chain(*others), strict=True)
    return all(a is b or (isinstance(a, int) and isinstance(b, int) and a == b) for a, b in pairs)


def _has_shape(node: Node, tensor: int) -> bool:
    return tensor < len(node.outputs) and node.outputs[tensor] is not None


def _compatible(want: Shape, got: Shape) -> bool:
    """As Keras compares them: a last axis of 1 more or less is none, and ranks may differ."""
    want, got = (shape[:-1] if shape[-1:] == (1,) else shape for shape in (want, got))
    return all(
        a == b or isinstance(a, Unknown) or isinstance(b, Unknown)
        for a, b in zip(want[1:], got[1:], strict=False)
    )


def bound(layer: Any, args: list[Any], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    names = layer.call_arguments
    if len(args) == 1 and len(names) == 1:
        return args, kwargs and {k: v for k, v in kwargs.items() if k in layer.call_options}
    shapes = list(args[: len(names)])
    shapes += [kwargs.get(name) for name in names[len(shapes) :]]
    return shapes, {name: kwargs[name] for name in layer.call_options if name in kwargs}


def _refs(value: Any) -> list[TensorRef]:
    """The tensors in a structure, in Keras's order (dicts by sorted key)."""
    found: list[TensorRef] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[TensorRef]) -> None:
    if type(value) is TensorRef:
        found.append(value)
    elif isinstance(value, list):
        for item in value:
            _collect(item, found)
    elif isinstance(value, dict):
        for key in sorted(value):
            _collect(value[key], found)


def _refs_of(args: list[Any], kwargs: dict[str, Any]) -> list[TensorRef]:
    if len(args) == 1 and type(args[0]) is TensorRef and _all_none(kwargs):
        return args
    found: list[TensorRef] = []
    _collect(args, found)
    _collect(kwargs, found)
    return found


def _given(source: tuple[Node, int]) -> Any:
    node, tensor = source
    return node.outputs[tensor] if tensor < len(node.outputs) else None


def _filled_with(value: Any, sources: Iterator[tuple[Node, int]]) -> Any:
    """`value` with the shapes of `sources`, which come in the order of `_refs`."""
    if type(value) is TensorRef:
        return _given(next(sources))
    if isinstance(value, list):
        return [_filled_with(item, sources) for item in value]
    if isinstance(value, dict):
        found = {key: _filled_with(value[key], sources) for key in sorted(value)}
        return {key: found[key] for key in value}
    return value


def _whole(value: Any, by_name: dict[str, BuiltLayer]) -> Any:
    """`value` with each "all that call gives" spelled out as its tensors."""
    if isinstance(value, TensorRef) and value.tensor is None:
        layer = by_name.get(value.layer)
        count = len(layer.nodes[value.node].outputs) if layer else 1
        refs = [TensorRef(value.layer, value.node, i) for i in range(count)]
        return refs[0] if count == 1 else refs
    if isinstance(value, list):
        return [_whole(item, by_name) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item, by_name) for key, item in value.items()}
    return value


def _resolve(ref: TensorRef, by_name: dict[str, BuiltLayer], path: Path) -> tuple[Node, int]:
    layer = by_name.get(ref.layer)
    if layer is None:
        hint = did_you_mean(ref.layer, by_name)
        raise LstmcountError(f"there is no layer {ref.layer!r}.{hint}", path=path)
    if not 0 <= ref.node < len(layer.nodes):
        raise LstmcountError(
            f"layer {ref.layer!r} is called {len(layer.nodes)} times; there is no call {ref.node}",
            path=path,
        )
    node = layer.nodes[ref.node]
    tensor = ref.tensor or 0
    if 0 <= tensor < len(node.outputs):
        return node, tensor
    if node.outputs and not node.recorded and _is_known(node.output):
        raise LstmcountError(
            f"layer {ref.layer!r} has {len(node.outputs)} outputs; there is no output {tensor}",
            path=path,
        )
    return node, tensor


def _filled(value: Any, by_name: dict[str, BuiltLayer]) -> Any:
    """`value` with the shape of each tensor in the tensor's place."""
    if isinstance(value, TensorRef):
        return _given(_resolve(value, by_name, ()))
    if isinstance(value, list):
        return [_filled(item, by_name) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, by_name) for key, item in value.items()}
    return value


def _refilled(value: Any, shapes: Iterator[Shape]) -> Any:
    """`value` with its shapes replaced, in Keras's order, by the ones given."""
    if isinstance(value, tuple):
        return next(shapes)
    if isinstance(value, list):
        return [_refilled(item, shapes) for item in value]
    if isinstance(value, dict):
        new = {key: _refilled(value[key], shapes) for key in sorted(value)}
        return {key: new[key] for key in value}
    return value


def _sequences_hint(error: ShapeError, inputs: list[tuple[Node, int]]) -> str:
    source = inputs[0][0].layer if inputs else None
    if error.wanted_rank != 3 or source is None or source.layer is None:
        return ""
    recurrent = getattr(source.layer, "layer", source.layer)
    if getattr(recurrent, "return_sequences", True):
        return ""
    return (
        f". The layer before it, {source.name!r}, returns only its last output: "
        "set return_sequences: true there"
    )


__all__ = ["BuiltLayer", "Call", "Graph", "Node", "bound", "node_macs", "shape_of", "unique"]
