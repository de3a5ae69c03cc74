"""Layers of a model with their calls and, after the first call, their weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import zip_longest
from operator import methodcaller
from typing import Any

import msgspec

from lstmcount.config import LayerConfig, StoredTensors, TensorRef
from lstmcount.errors import CALL_ERRORS, ShapeError
from lstmcount.graph.frozen_weights import with_frozen
from lstmcount.graph.later_calls import as_fixed, check_built_alike, check_later_call
from lstmcount.graph.references import all_none, tensor_shapes, with_shapes
from lstmcount.graph.shared_weights import take_shared
from lstmcount.layers.base import Layer, require_tensor
from lstmcount.layers.making.from_files import Cache
from lstmcount.layers.ops.base import UnknownOperation
from lstmcount.layers.stored import stored_weights
from lstmcount.shapes import (
    Dim,
    Shape,
    Shapes,
    Unknown,
    file_shapes,
    flatten,
    is_known,
    outputs_in,
    public,
    show,
)
from lstmcount.summary import CheckpointPaths, State, Weight, unique

# Creates the layer of an unknown class from code, for a call; returns it with its arguments.
Follow = Callable[["BuiltLayer", list[Any], dict[str, Any]], tuple[Any, list[Any], dict[str, Any]]]

_copied: Callable[[Weight], Weight] = methodcaller("__copy__")

_BUILT = State.BUILT  # looking up an attribute of an Enum takes long

NOT_READ = -1  # the depth of calls that no output depends on

# Wrappers without weights of their own, and the argument they wrap.
PURE_WRAPPERS = {"TimeDistributed": "layer", "RNN": "cell"}
MAX_CACHED_SHAPES = 100  # limit for the inputs in a shape cache


class Node(msgspec.Struct, eq=False, gc=False):
    """One call of a layer, with its inputs and outputs."""

    layer: BuiltLayer
    args: list[Any]  # with a shape in the place of each tensor
    kwargs: dict[str, Any]
    inputs: list[tuple[Node, int]]
    refs: list[TensorRef]  # `inputs` as references of the config; empty in a Sequential
    read: list[Any]  # the shapes of `inputs`
    output: Shapes
    outputs: list[Any]
    index: int
    recorded: bool  # the output shape is what the file says, not inferred
    depth: int = NOT_READ  # how many calls lie between it and the outputs

    @property
    def is_input(self) -> bool:
        return self.layer.is_input

    @property
    def output_shapes(self) -> list[Any]:
        """The outputs as a summary shows them."""
        return [public(shape) for shape in self.outputs]

    def arguments(self, shapes: Iterable[Shape]) -> tuple[list[Any], dict[str, Any]]:
        """What the layer would be called with if the tensors it reads had these shapes."""
        return with_shapes(self.args, self.kwargs, shapes)


def node_of(
    layer: BuiltLayer,
    args: list[Any],
    kwargs: dict[str, Any],
    inputs: list[tuple[Node, int]],
    refs: list[TensorRef],
    read: list[Any],
    output: Shapes,
    recorded: bool = False,
) -> Node:
    """The next call of `layer`."""
    if type(output) is tuple:
        outputs = [output]
    else:
        outputs = list(output) if recorded and output else outputs_in(output)
    return Node(
        layer, args, kwargs, inputs, refs, read, output, outputs, len(layer.nodes), recorded
    )


class BuiltLayer(msgspec.Struct, eq=False, gc=False):
    """A layer of a model with its calls and, once it was called, its weights."""

    config: LayerConfig
    layer: Any  # a layer, an operation or a nested model; None for an unknown class
    name: str
    nodes: list[Node]
    is_input: bool = False
    state: State = State.UNBUILT
    weights: tuple[Weight, ...] = ()
    built_output: Shapes = None  # output of a layer that was built but not called
    depth: int = NOT_READ  # the greatest depth of its calls
    shared: dict[Any, list[Weight]] | None = None  # the weights of layers that occur several times
    own_names: tuple[str, ...] = ()  # of shared weights, which have the names of another entry
    shape_cache: Cache | None = None  # of layers with the same arguments: input → weights, output
    stored: StoredTensors | None = None  # the tensors of the file
    follow: Follow | None = None  # for an unknown class

    @property
    def class_name(self) -> str:
        if self.layer is None:
            return self.config.class_name
        name: str = self.config.subclass or self.layer.class_name
        return name

    def weight_shapes(self) -> list[tuple[str, Shape]]:
        return [(name, weight.shape) for name, weight in self.named_weights]

    @property
    def named_weights(self) -> list[tuple[str, Weight]]:
        """The weights, each with the name that it has in this layer."""
        names = self.own_names or [weight.name for weight in self.weights]
        return list(zip(names, self.weights, strict=True))

    def checkpoint_paths(self, group: str) -> CheckpointPaths:
        """The paths of the weights in a `.keras` file, if `group` is the layer's group."""
        named = self.named_weights
        is_inferred = self.layer is not None and self.state is _BUILT
        for path, weight in self.layer.checkpoint_paths(named) if is_inferred else named:
            yield f"{group}/{path}" if group else path, weight

    # -- calls --------------------------------------------------------------------------------

    def call(self, args: list[Any], kwargs: dict[str, Any], checked: bool = True) -> Shapes:
        """The output for these arguments; the first call makes the weights."""
        if self.layer is None and self.follow is not None:
            self.layer, args, kwargs = self.follow(self, args, kwargs)
        if self.layer is None:
            return self._call_unknown()
        is_operation = self.config.kind == "op"
        if checked and self.nodes and not is_operation:
            shape = next(iter(bound(self.layer, args, kwargs)[0]), None)
            check_later_call(self.layer, self._first_shape(), shape)
        cache = self.shape_cache if checked else None
        if cache is None or (kwargs and (is_operation or not all_none(kwargs))):
            return self._call(args, kwargs, checked)
        key = args[0] if len(args) == 1 and type(args[0]) is tuple else _cache_key(args)
        return (
            self._call(args, kwargs, checked) if key is None else self._looked_up(cache, key, args)
        )

    def _looked_up(self, cache: Cache, key: Any, args: list[Any]) -> Shapes:
        """Like `call`, but reuse results of layers with equal arguments for equal shapes."""
        is_first = not self.nodes or self._is_unbuilt()
        known = cache.get(key)
        if known is not None and (not known[0] or known[2] == self.config.build_config):
            weights, output, _ = known
            if is_first:
                self.weights = tuple(map(_copied, weights))
                self.state = _BUILT
            return output
        output = self._call(args, {}, True)
        if is_first and self.shape_cache is not None:
            if len(cache) >= MAX_CACHED_SHAPES:
                cache.clear()
            cache[key] = self.weights, output, self.config.build_config
        return output

    def _is_unbuilt(self) -> bool:
        """Whether the next call creates the weights; a layer built from its file is built again."""
        return not self.nodes or self.state is not _BUILT

    def _call(self, args: list[Any], kwargs: dict[str, Any], checked: bool) -> Shapes:
        """Like `call`, without the cache, for a known class."""
        layer = self.layer
        if self.config.kind == "op":
            return _require_shapes(layer.output_shape(*args, **kwargs))
        shapes, options = bound(layer, args, kwargs)
        if not are_known(shapes):
            if isinstance(shapes[0], list | dict) and not layer.takes_structures:
                require_tensor(shapes[0])
            shapes = self.recorded_inputs()
            if not are_known(shapes):
                return self._call_unknown()
        built_with = self._checked(shapes, args, kwargs) if checked else shapes
        if self._is_unbuilt():
            self._build(built_with)
            if checked and self.weights and self.config.build_config:
                check_built_alike(layer, self.recorded_inputs(), built_with)
        output = layer.output_shape(*shapes, **options)
        return output if type(shapes[0]) is tuple else _require_shapes(output)

    def _call_unknown(self) -> Shapes:
        """A call of an unknown class or on unknown shapes; the weights come from stored tensors."""
        if isinstance(self.layer, Layer) and not self.layer.may_have_weights():
            self.state = _BUILT  # it never has any
        elif self.state is State.UNBUILT:
            self._take_stored(self._stored_tensors())
        if self.state is State.UNBUILT:
            self.state = State.UNKNOWN
            unknown: Any = Unknown(f"the weights of {self.name} ({self.class_name})")
            self.weights = (Weight("?", (unknown,), trainable=None if self._trains() else False),)
        return None if self.layer is None else self.layer.input_independent_output()

    # -- checks -------------------------------------------------------------------------------

    def _checked(
        self, shapes: list[Shapes], args: list[Any], kwargs: dict[str, Any]
    ) -> list[Shapes]:
        """The shapes to make the weights with, once the layer accepts the call.

        They are those of the call, unless it leaves a dimension open that the layer needs and
        the file says it was built with.
        """
        layer = self.layer
        built_with = shapes
        try:
            layer.accept(as_fixed(layer, self._first_shape(), shapes[0]), *shapes[1:])
        except ShapeError:
            built_with = self.recorded_inputs() if self.config.build_config else []
            if not all(map(_fills, built_with, shapes)) or len(built_with) != len(shapes):
                raise
            layer.accept(*built_with)
            self.shape_cache = None  # the call alone does not determine its weights
        if kwargs.get("mask") is not None:
            layer.check_mask(tensor_shapes(kwargs["mask"]))
        if len(shapes) > 1:
            layer.require_needed(shapes)
        if self.config.strict:
            layer.check_call(shapes, args, kwargs)
            layer.check_for_keras3(shapes[0])
        return built_with

    def _first_shape(self) -> Shapes:
        """The shape of the first argument of the first call; None before it."""
        if not self.nodes:
            return None
        return next(iter(bound(self.layer, self.nodes[0].args, self.nodes[0].kwargs)[0]), None)

    # -- weights ------------------------------------------------------------------------------

    def _build(self, shapes: Iterable[Shapes]) -> None:
        """Make the weights for inputs of these shapes."""
        after = self.config.is_quantized
        weights = self.layer.weights_after_quantize if after else self.layer.weights
        self.weights = tuple(weights(*shapes))
        if self.config.frozen or self.config.frozen_weights:
            self.weights = tuple(with_frozen(self.weights, self.layer, self.config))
        for weight in self.weights:
            for dim in weight.shape:
                if isinstance(dim, Unknown) and dim.text is None:
                    raise ShapeError(
                        f"the weight {weight.name!r} would have the shape {show(weight.shape)}: "
                        f"the input {', '.join(show(s) for s in shapes)} must say that dimension"
                    )
        self.state = _BUILT
        if self.shared is not None:
            self._take_shared(self.shared)

    def _take_shared(self, kept: dict[Any, list[Weight]]) -> None:
        """Take the weights of earlier occurrences of this layer and of the layers inside it."""
        taken = take_shared(self.config, self.layer, self.weights, kept)
        names: dict[int, str] = {}
        for made, weight in zip(self.weights, taken, strict=True):
            names.setdefault(id(weight), made.name)
        self.weights = tuple(unique(taken))
        self.own_names = tuple(names[id(weight)] for weight in self.weights)

    def _take_stored(self, tensors: list[Any] | None) -> None:
        if tensors is not None:
            self.weights = tuple(stored_weights(tensors, self.layer, not self._trains()))
            self.state = State.STORED

    def _stored_tensors(self) -> list[Any] | None:
        place = self.config.stored_under
        return self.stored.of(place) if self.stored is not None and place else None

    def _trains(self) -> bool:
        return self.config.arguments.get("trainable") is not False

    def recorded_inputs(self) -> list[Shapes]:
        """The shapes that the layer was built with, from the file: one for each call argument."""
        build = self.config.build_config
        named = build.get("shapes_dict")
        if isinstance(named, dict):
            return [file_shapes(named.get(f"{name}_shape")) for name in self.layer.call_arguments]
        return [file_shapes(build.get("input_shape"))]

    def build_uncalled(self) -> None:
        """Create the weights of a layer without calls, as far as the file determines them."""
        layer = self.layer
        if self.config.kind == "op":
            return
        if layer is None:
            if self.config.build_config:
                self.call([None], {})
        elif self.state is _BUILT and not layer.call_arguments:
            self._build([None])
        elif self.state is _BUILT and self.config.model is not None:
            self.built_output = layer.input_independent_output()
        elif self.config.build_config:
            self._build_as_recorded()
        elif self.config.model is not None and self.config.is_unused:
            self.weights = tuple(layer.model.weights())  # of layers that are called by themselves
        if self.state is State.UNBUILT:
            self._take_stored(self._stored_tensors() or None)

    def _build_as_recorded(self) -> None:
        shapes = self.recorded_inputs()
        try:
            if self.state is State.UNBUILT:
                self._build(shapes)
            if are_known(shapes):
                self.built_output = self.layer.output_shape(*shapes)
        except CALL_ERRORS:
            pass  # Keras leaves it unbuilt, too


def node_macs(node: Node, args: list[Any], kwargs: dict[str, Any]) -> Dim:
    layer = node.layer.layer
    macs: Dim
    unknown: Any = Unknown(f"the MACs of {node.layer.name} ({node.layer.class_name})")
    if layer is None:
        macs = unknown
    elif isinstance(layer, UnknownOperation):
        macs = unknown if node.inputs else 0
    elif node.layer.config.kind == "op":
        macs = layer.macs(*args, **kwargs)
    else:
        shapes, options = bound(layer, args, kwargs)
        names = getattr(layer, "macs_options", ())
        chosen = {k: v for k, v in options.items() if k in names}
        macs = layer.macs(*shapes, **chosen) if are_known(shapes) else unknown
    return macs


def bound(layer: Any, args: list[Any], kwargs: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    names = layer.call_arguments
    args = [arg if type(arg) is tuple else tensor_shapes(arg) for arg in args]
    if len(args) == 1 and len(names) == 1:
        return args, kwargs and {k: v for k, v in kwargs.items() if k in layer.call_options}
    shapes = list(args[: len(names)])
    shapes += [tensor_shapes(kwargs.get(name)) for name in names[len(shapes) :]]
    return shapes, {name: kwargs[name] for name in layer.call_options if name in kwargs}


def are_known(shapes: list[Any]) -> bool:
    """Whether a call's first argument and all others that were passed have known shapes."""
    if len(shapes) == 1:
        return is_known(shapes[0])
    return shapes[0] is not None and all(is_known(s) for s in shapes if s is not None)


def _fills(built: Shapes, called: Shapes) -> bool:
    """Whether a layer built with one shape may be called with a less specific one."""
    if type(built) is not tuple or type(called) is not tuple or len(built) != len(called):
        return False
    return all(b == c or isinstance(c, Unknown) for b, c in zip(built, called, strict=True))


def recorded_outputs(layer: BuiltLayer, call: int, inferred: Shapes = None) -> list[Any] | None:
    """The output shapes of a call: the `inferred` ones; for the others, those in the file."""
    known = outputs_in(inferred)
    recorded = [file_shapes(shape) for shape in (layer.config.recorded or {}).get(call, ())]
    shapes = [a if a is not None else b for a, b in zip_longest(known, recorded)]
    return shapes or None


def _cache_key(args: list[Any]) -> Any:
    """The shapes of a call as a key of the cache; None for deeper structures.

    >>> _cache_key([[(2, 3), (4, 5)]]), _cache_key([(2, 3), (4, 5)])
    ((1, (2, 3), (4, 5)), (2, (2, 3), (4, 5)))
    """
    shapes = args[0] if len(args) == 1 else args
    is_flat = isinstance(shapes, list) and set(map(type, shapes)) <= {tuple}
    return (len(args), *shapes) if is_flat else None


def _require_shapes(shapes: Shapes) -> Shapes:
    """What an operation made of a file's values, if it is shapes."""
    for shape in flatten(shapes):
        if not isinstance(shape, tuple) or not all(map(_is_dim, shape)):
            raise ShapeError(f"the values it is given make {show(shapes)}, which is no shape")
    return shapes


def _is_dim(dim: Any) -> bool:
    return type(dim) is int or not isinstance(dim, str | float | list | tuple | dict | None)


def has_shape(node: Node, tensor: int) -> bool:
    return 0 <= tensor < len(node.outputs) and node.outputs[tensor] is not None
