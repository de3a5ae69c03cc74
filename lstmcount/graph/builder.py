"""`ModelConfig` → `Model`: create the layers, and call them with the shapes of their inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from lstmcount.config import LayerConfig, ModelConfig, StoredTensors
from lstmcount.errors import LstmcountError
from lstmcount.graph.chain import call_chain
from lstmcount.graph.functional import call_functional
from lstmcount.graph.layer import BuiltLayer, Follow
from lstmcount.graph.model import Model
from lstmcount.graph.nested import NestedModel, inner_model
from lstmcount.graph.own_cell import NestedCell, NestedRecurrent
from lstmcount.graph.shared_weights import has_marks
from lstmcount.layers.making.from_configs import create_cached, create_evaluated
from lstmcount.layers.making.from_files import Cache
from lstmcount.shapes import Shapes
from lstmcount.summary import State, Weight


class Context(msgspec.Struct):
    """The data that a model shares with its nested models."""

    values: Mapping[str, Any] | None = None  # values of variables, instead of the config's numbers
    shared: dict[Any, list[Weight]] = {}  # the weights of layers that occur several times
    stored: StoredTensors | None = None
    follow: Follow | None = None

    def create(self, config: LayerConfig) -> Any:
        """Create a layer that is an argument of another layer."""
        return build_layer(config, Context(self.values, self.shared, follow=self.follow)).layer

    @property
    def checked(self) -> bool:
        """Whether layers check their inputs; symbols are not checked."""
        return self.values is None or bool(getattr(self.values, "checked", False))


def build(config: ModelConfig, *, values: Mapping[str, Any] | None = None) -> Model:
    """The model that `config` describes; `values` of variables replace the numbers in it.

    Raises `LstmcountError` with the path of what is wrong.
    """
    model, error = _built(config, Context(values, stored=config.stored))
    if error is not None:
        raise error
    return model


def build_partly(
    config: ModelConfig, *, follow: Follow | None = None
) -> tuple[Model, LstmcountError | None]:
    """Like `build`, but after an error return the part that was built before, and the error.

    `follow` makes the layers of classes that are not known.
    """
    model, error = _built(config, Context(stored=config.stored, follow=follow))
    if error is not None:
        model.is_partial = True
        model.layers = model.operations = [layer for layer in model.layers if layer.nodes]
    return model, error


def _built(config: ModelConfig, context: Context) -> tuple[Model, LstmcountError | None]:
    model = Model(config, context.checked)
    try:
        _fill(model, context)
    except LstmcountError as error:
        return model, error
    except RecursionError:
        return model, LstmcountError("layers nested too deep")
    return model, None


def _fill(model: Model, context: Context) -> None:
    """Create the layers and perform their calls."""
    config = model.config
    model.take_shared(context.shared)
    if config.dtype is not None:
        _hand_on_dtype(config)
    for layer in config.layers:
        model.layers.append(build_layer(layer, context))
    if config.is_sequential:
        _build_sequential(model)
    else:
        call_functional(model)


def _hand_on_dtype(config: ModelConfig) -> None:
    for layer in config.layers:
        is_input = layer.class_name == "InputLayer"  # which has no policy in Keras
        if "dtype" not in layer.arguments and not is_input:
            layer.arguments = {**layer.arguments, "dtype": config.dtype}


def _build_sequential(model: Model) -> None:
    inputs = _declared_input(model)
    if inputs is None and not _may_declare_input(model):
        for layer in model.layers:
            layer.build_uncalled()
    else:
        call_chain(model, inputs)


def _may_declare_input(model: Model) -> bool:
    """Whether a Sequential whose input shape is not known may have one in Keras."""
    if not model.layers:
        return False
    first = model.layers[0]
    may_be_model = first.layer is None and first.config.unknown_because is not None
    return may_be_model or (first.is_input and len(model.layers) > 1)


def _declared_input(model: Model) -> Shapes:
    """The input shape of a Sequential, from its first layer or its file; None if unknown."""
    if not model.layers:
        return None
    first = model.layers[0]
    if len(model.layers) > 1:
        if first.is_input:
            return first.layer.output_shape()
        inner = inner_model(first.layer)
        if inner is not None and inner.is_built:
            return inner.input
    return model.config.build_input_shape


def create(config: LayerConfig) -> Any:
    """The layer, the operation or the nested model that `config` describes."""
    return build_layer(config).layer


def build_layer(config: LayerConfig, context: Context | None = None) -> BuiltLayer:
    """Like `create`, with the state of a layer before its first call.

    Raises `LstmcountError` with the path of the argument that is wrong.
    """
    context = context or Context()
    layer, cache = _create(config, context)
    built = BuiltLayer(config, layer, config.name or "", [])
    built.is_input = (
        config.class_name == "InputLayer" and config.model is None and layer is not None
    )
    built.stored, built.follow = context.stored, context.follow
    if layer is not None and layer.built_at_init:
        built.state = State.BUILT
        if isinstance(layer, NestedModel):
            built.weights = tuple(layer.model.weights())
    if has_marks(config):
        built.shared = context.shared
    elif context.values is None and not (config.frozen or config.frozen_weights):
        built.shape_cache = cache  # for layers of plain numbers with trainable weights
    return built


def _nested(model: Model) -> NestedModel:
    if model.core is not None and hasattr(model.core.layer, "go_backwards"):
        return NestedRecurrent(model)
    return NestedModel(model) if model.config.state_sizes is None else NestedCell(model)


def _create(config: LayerConfig, context: Context) -> tuple[Any, Cache | None]:
    """What `config` describes, and what is computed of layers with the same arguments."""
    if config.model is not None:
        model = Model(config.model, context.checked)
        _fill(model, context)
        return _nested(model), None
    if config.kind == "op":
        from lstmcount.layers.ops import from_configs as operations

        return operations.create_cached(config)
    if context.values is not None and config.expressions:
        return create_evaluated(config, context.values, context.create), None
    return create_cached(config, context.create)
