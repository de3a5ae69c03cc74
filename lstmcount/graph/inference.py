"""ModelConfig → Summary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import msgspec

from lstmcount.config import ModelConfig, TensorRef
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build
from lstmcount.graph.layer import BuiltLayer, Node
from lstmcount.graph.model import Model
from lstmcount.graph.nested import NestedModel, inner_model
from lstmcount.layers.base import Layer
from lstmcount.setting_text import SETTING
from lstmcount.shapes import Unknown, flatten, public, shape_of
from lstmcount.summary import LayerSummary, State, Summary, Weight, count

Value = TypeVar("Value")

# Looking up attributes of an Enum takes long.
_OPERATION, _BUILT, _UNBUILT = State.OPERATION, State.BUILT, State.UNBUILT


def infer(config: ModelConfig) -> Summary:
    """Shapes, weights and counts of the model that `config` describes.

    Raises `LstmcountError` with the path of what is wrong.
    """
    return summarize_model(build(config))


def _with_optimizer(summary: Summary, config: ModelConfig) -> Summary:
    """The summary with the variables that Keras gives the optimizer of a model it loads."""
    if config.optimizer_variables is not None:
        return msgspec.structs.replace(summary, optimizer=tuple(config.optimizer_variables))
    from lstmcount.optimizers import optimizer_variables, own_optimizer, trainable_variables

    optimizer = own_optimizer(config.training)
    if optimizer is None:
        return summary
    variables = trainable_variables(summary) if config.optimizer_slots else []
    own_variables = optimizer_variables(optimizer, variables)
    if own_variables is None:
        return summary
    if isinstance(count(own_variables), Unknown) and not isinstance(summary.total_params, Unknown):
        note = "not known: the optimizer's variables, which Keras adds to Total params"
        return msgspec.structs.replace(summary, notes=(*summary.notes, note))
    return msgspec.structs.replace(summary, optimizer=tuple(own_variables))


def summarize_model(model: Model) -> Summary:
    """Shapes, weights and counts of a model, which may be built only in part."""
    config = model.config
    chain = model.is_plain_chain
    unread = None if chain else _unread(model)
    layers = tuple([_layer(layer, unread, 0, model) for layer in model.own_layers])
    summary = Summary(
        name=config.name or "model",
        class_name=config.class_name,
        layers=layers,
        weights=tuple(model.weights()),
        trainable=config.trainable,
        is_graph=not chain,
        notes=(*config.notes, *_unknown_layers(layers, config)),
    )
    is_built = model.is_built if config.optimizer_slots else not model.is_partial
    return _with_optimizer(summary, config) if config.optimizer_built and is_built else summary


def paired(model: Model, summary: Summary) -> Iterator[tuple[LayerSummary, BuiltLayer | None]]:
    """Each record of a model's summary, in the order of `walk`, with its layer.

    The layer is None for records of layers inside a layer that is no model.
    """
    stack: list[tuple[LayerSummary, Any]] = list(
        zip(summary.layers, model.own_layers, strict=True)
    )[::-1]
    while stack:
        record, layer = stack.pop()
        is_built = isinstance(layer, BuiltLayer)
        yield record, layer if is_built else None
        if record.layers:
            inside = _inside(layer.layer if is_built else layer)
            stack += list(zip(record.layers, inside, strict=True))[::-1]


def by_record(
    values: Mapping[BuiltLayer, Value], model: Model, summary: Summary
) -> dict[int, Value]:
    """Values of layers, under the `id` of their records in the model's summary."""
    return {
        id(record): values[layer]
        for record, layer in paired(model, summary)
        if layer is not None and layer in values
    }


def last_call(model: Model, summary: Summary, record: LayerSummary) -> Node | None:
    """The call that a layer's record describes; None for a layer without calls."""
    layer = next(layer for each, layer in paired(model, summary) if each is record)
    return layer.nodes[-1] if layer is not None and layer.nodes else None


def _inside(layer: Any) -> list[Any]:
    """The layers that an expanded summary lists under a layer: a model's, or wrapped ones."""
    model = inner_model(layer)
    return [each for each, _ in layer.sublayers(None)] if model is None else model.inner_layers


def _unread(model: Model) -> set[Node]:
    """Unreachable calls; Keras omits their inputs from "Connected to"."""
    kept = [
        *model.reachable_calls,
        *[node for layer in model.unreachable_layers for node in layer.nodes],
    ]
    calls = model.calls_in_order
    return set(calls).difference(kept) if len(kept) < len(calls) else set()


NO_INPUT_SHAPE = "the model's input shape is not said: give it, with the batch first:"
# Small ones first; strides and pooling may need more steps, rows and columns.
_EXAMPLES = (
    [None, 28], [None, 5, 28], [None, 28, 28, 3], [None, 8, 28, 28, 3],
    [None, 126, 28], [None, 224, 224, 3], [None, 64, 128, 128, 3], [None, 4096, 28],
)  # fmt: skip

OF_CODE = (
    "a class that is not Keras's own; --code PATH adds the file that defines it, "
    "or `custom_layers:` declares it"
)


OF_OTHERS = {
    "JaxLayer": "a function of JAX",
    "FlaxLayer": "a module of Flax",
    "TFSMLayer": "a model saved by TensorFlow",
    "TorchModuleWrapper": "a module of PyTorch",
}


def _example_of_input(config: ModelConfig) -> str:
    """An input shape that the model takes, as JSON."""
    chosen = _EXAMPLES[0]
    for dims in _EXAMPLES if config.listed_layer_names is None else ():
        try:
            infer(msgspec.structs.replace(config, build_input_shape=shape_of(dims), notes=[]))
        except LstmcountError:
            continue
        chosen = dims
        break
    return msgspec.json.encode(chosen).decode()


def _unknown_layers(layers: tuple[LayerSummary, ...], config: ModelConfig) -> Iterator[str]:
    """Notes about layers whose weights are not computed by formulas."""
    why = "a class that is not Keras's own, or an input whose shape the file does not say"
    names: dict[State, list[str]] = {State.UNKNOWN: [], State.UNBUILT: []}
    explained: dict[str, list[str]] = {}
    stored: dict[str, list[str]] = {}
    are_of_keras = True  # those without a reason of their own, so that they lack a shape only
    for layer in layers:
        if layer.layers:
            yield from _unknown_layers(layer.layers, config)
        elif layer.is_unbuilt or not layer.is_inferred:
            because = layer.because
            if because is None and (owner := OF_OTHERS.get(layer.class_name)):
                because = f"its weights are those of {owner}, not of Keras"
            if layer.state is State.STORED:
                group = stored.setdefault(because or why, [])
            else:
                group = names[layer.state] if because is None else explained.setdefault(because, [])
            are_of_keras = are_of_keras and (because is not None or layer.layer is not None)
            group.append(f"{layer.name} ({layer.class_name})")
    if has_input(config):
        names[State.UNKNOWN] += names.pop(State.UNBUILT)  # another layer makes the shape unknown
    for because, named in explained.items():
        yield f"not known: the parameters of {_shown(named)}: {because}"
    if names[State.UNKNOWN] and not (explained and are_of_keras):
        yield f"not known: the parameters of {_shown(names[State.UNKNOWN])}: {why}"
    can_be_known = all(SETTING in because for because in explained)
    if names.get(State.UNBUILT) and can_be_known:
        shown = _shown(names[State.UNBUILT])
        hint = f"--set 'input_shape={_example_of_input(config)}'"
        yield f"not known: the parameters of {shown}: {NO_INPUT_SHAPE} {hint}"
    for because, named in stored.items():
        yield f"as the tensors in the file say: the parameters of {_shown(named)}: {because}"


def has_input(config: ModelConfig) -> bool:
    """Whether the model says the shape of its input."""
    has_layer = bool(config.layers) and config.layers[0].class_name == "InputLayer"
    return has_layer or config.build_input_shape is not None


def _why_unknown(layer: BuiltLayer) -> str | None:
    """Why a layer's weights are unknown, if its config or class tells."""
    config = layer.config
    if config.unknown_because is None and config.registered is not None and layer.layer is None:
        return OF_CODE
    return config.unknown_because


def _shown(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def _layer(built: BuiltLayer, unread: set[Node] | None, depth: int, holder: Model) -> LayerSummary:
    layer = built.layer
    inner = _expanded(built, depth + 1)
    state = _OPERATION if built.config.kind == "op" else built.state
    node, output = built.nodes[-1] if built.nodes else None, built.built_output
    if holder.config.listed_layer_names is not None:
        if _has_own_inputs(layer):
            node, output = None, layer.input_independent_output()
        elif _is_untold(built):
            node = None
    return LayerSummary(
        name=built.name,
        class_name=built.class_name,
        weights=built.weights,
        own_names=built.own_names,
        inputs=[] if node is None else node.read,
        outputs=_uncalled(output) if node is None else node.outputs,
        connections=[] if unread is None else _read(built, unread),
        trainable=layer is None or layer.trainable,
        state=state,
        because=None if state is _BUILT or state is _OPERATION else _why_unknown(built),
        depth=depth,
        is_unbuilt=state is _UNBUILT and not inner and will_have_weights(built),
        layers=inner,
        layer=layer,
    )


def _expanded(built: BuiltLayer, depth: int) -> tuple[LayerSummary, ...]:
    """The records that an expanded summary lists under that of a layer."""
    layer = built.layer
    if isinstance(layer, NestedModel):
        model = layer.model
        listed = [] if model.config.is_layer else model.inner_layers
        return tuple([_layer(child, None, depth, model) for child in listed])
    if isinstance(layer, Layer) and type(layer).sublayers is not Layer.sublayers:
        return _sublayers(built, depth)
    return ()


def _uncalled(shapes: Any) -> list[Any]:
    """The output of a layer that was built and never called, as Keras shows it: several outputs in
    round brackets, in any structure."""
    outputs = flatten(shapes)
    return outputs if shapes is None or len(outputs) == 1 else [tuple(public(outputs))]


def _read(built: BuiltLayer, unread: set[Node]) -> Sequence[TensorRef]:
    """The tensors that a layer's calls read, as far as Keras lists them."""
    if len(built.nodes) == 1 and not unread:
        return built.nodes[0].refs
    return [ref for node in built.nodes if node not in unread for ref in node.refs]


def _has_own_inputs(layer: Any) -> bool:
    """Whether a layer is a model with inputs of its own: Keras shows its outputs for these."""
    model = inner_model(layer)
    return model is not None and model.is_built and model.config.listed_layer_names is None


def _is_untold(built: BuiltLayer) -> bool:
    """Whether Keras records no shape for a layer in a subclassed model: it has no variables."""
    if inner_model(built.layer) is not None or built.layer is None:
        return False
    is_untold: bool = built.layer.built_at_init
    return is_untold


def _sublayers(built: BuiltLayer, depth: int) -> tuple[LayerSummary, ...]:
    """The layers listed under a layer that is no model, each with its share of the weights."""
    input_shape = next(iter(built.nodes[0].args), None) if built.nodes else None
    weights = iter(built.weights)
    return tuple(
        [
            _sublayer(layer, shape, weights, depth)
            for layer, shape in built.layer.sublayers(input_shape)
        ]
    )


def _sublayer(layer: Any, input_shape: Any, weights: Iterator[Weight], depth: int) -> LayerSummary:
    own = tuple(
        islice(weights, 0 if input_shape is None else len(list(layer.weights(input_shape))))
    )
    model = inner_model(layer)
    if model is not None:
        inner = tuple([_layer(child, None, depth + 1, model) for child in model.inner_layers])
    else:
        rest = iter(own)
        inner = tuple(
            [
                _sublayer(each, shape, rest, depth + 1)
                for each, shape in layer.sublayers(input_shape)
            ]
        )
    output = None if input_shape is None or inner else layer.output_shape(input_shape)
    return LayerSummary(
        name=layer.name,
        class_name=layer.class_name,
        weights=own,
        inputs=[input_shape],
        outputs=[output],
        trainable=layer.trainable,
        state=State.UNBUILT if input_shape is None else State.BUILT,
        depth=depth,
        is_unbuilt=input_shape is None and not inner and _has_weights(layer),
        layers=inner,
        layer=layer,
    )


def will_have_weights(built: BuiltLayer) -> bool:
    return not built.weights and not built.config.is_unused and _has_weights(built.layer)


def _has_weights(layer: Any) -> bool:
    return not isinstance(layer, Layer) or layer.may_have_weights()
