"""Call layer classes and layers."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.errors import ShapeError
from lstmcount.graph.later_calls import check_later_call
from lstmcount.layers import registry
from lstmcount.programs.language.objects.binding import misfit
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.keras.copies import cloning
from lstmcount.programs.libraries.keras.models import derived, graphs, merging, models
from lstmcount.programs.libraries.keras.own_classes.custom import run_models
from lstmcount.programs.libraries.keras.own_classes.first_call import (
    call_on_data,
    first_batch,
    is_data,
    remember,
)
from lstmcount.programs.libraries.keras.session import construct as construction
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.layer_classes import RECURRENT, LayerClass
from lstmcount.programs.libraries.keras.values.objects import (
    CallRecord,
    Custom,
    LayerObject,
    ModelObject,
    layers_in,
)
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor, shapes_of, tensors_in
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.shapes import flatten

# Layers of Keras whose `build` makes no weights if they are built.
_BUILT_AGAIN = (
    "RNN", *RECURRENT, "StackedRNNCells", "Bidirectional", "TimeDistributed", "Embedding",
)  # fmt: skip


def construct(
    run: Run, cls: LayerClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    """The layer or model that a call of its class creates."""
    session = session_of(run)
    if cls.class_name == "Sequential":
        return models.sequential(session, args, kwargs, node)
    if cls.class_name == "Model":
        return models.functional(session, args, kwargs, node)
    if cls.class_name == "Graph":
        return graphs.new(session, kwargs, node)
    if cls.class_name == "Merge":
        return merging.layer(session, args, kwargs, node)
    layer = construction.layer(session, cls, args, kwargs, node)
    if layer.class_name == "Bidirectional":
        cloning.copy_forward_layer(run, layer, node)
    return layer


def call_layer(
    run: Run, layer: LayerObject, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    """Call a layer on symbolic tensors, or on arrays, for whose shape it is then built."""
    session = session_of(run)
    if isinstance(layer, Custom):
        _require_fit(run, layer, args, kwargs, node)
    if not args and "inputs" in kwargs:
        args = [kwargs.pop("inputs")]
    if session.depth and args and layer.kind == "layer":
        args = [session.constants(args[0], node), *args[1:]]
    if tensors_in([args, kwargs]):
        return session.call(layer, args, kwargs, node)
    if is_data([args, kwargs]):
        if isinstance(layer, ModelObject) and not session.depth:
            run_models(session)
        if isinstance(layer, Custom) and not layer.is_sequential:
            return call_on_data(run, layer, args, kwargs, node)
    if args and isinstance(args[0], Array):
        if isinstance(layer, ModelObject):
            remember_build_shape(layer, args[0])
        elif not layer.calls and not layer.build_config:
            shapes = {f"{at}": x.shape for at, x in enumerate(args) if isinstance(x, Array)}
            derived.build_layer_with(layer, shapes)
        else:
            _require_first_sizes(run, layer, args[0].shape, node)
        output = shape_for(run, layer, args[0].shape)
        if output is not None:
            return Array(output)
    words = run.source_of(node)
    if inner := layers_in(args):
        passed = f"{layer.class_name} gets the layer {inner[0].class_name}, and not a tensor"
        run.failed_imports.note(words, node, f"{passed}, which Keras refuses")
    return run.unknown(words)


def _require_first_sizes(
    run: Run, layer: LayerObject, shape: tuple[Any, ...], node: ast.AST
) -> None:
    """Refuse an array with other sizes than those for which the layer has made its weights."""
    built_for = [*layer.build_config.get("shapes_dict", {}).values()]
    called_on = [shapes_of(call.args[0]) for call in layer.calls[:1] if call.args]
    if layer.built is None or layer.built.layer is None or not (called_on or built_for):
        return
    try:
        check_later_call(layer.built.layer, [*called_on, *built_for][0], shape)
    except ShapeError as error:
        run.fail(ValueError())
        raise run.error(node, f"{layer.name}: {error.message}; Keras refuses it") from None


def _require_fit(
    run: Run, layer: Custom, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> None:
    """Refuse arguments that the class's `call` does not take; Keras drops `training` itself."""
    method, session = layer.cls.find("call"), session_of(run)
    if not isinstance(method, Function) or method.is_decorated or session.is_older_keras:
        return
    passed = {key: value for key, value in kwargs.items() if key != "training"}
    passed = kwargs if "training" in derived.parameters(method) else passed
    if (text := misfit(method, [layer, *args], passed, is_method=True)) is not None:
        run.fail(TypeError())
        session.refused(run.place(node), text)


def shape_for(run: Run, layer: LayerObject, shape: Any) -> Any:
    probe = SymbolicTensor(layer, 0, 0, tuple(shape))
    output = session_of(run).infer(layer, CallRecord([probe], {}, layer.place))
    flat = flatten(output) if output is not None else []
    return flat[0] if len(flat) == 1 else None


def remember_build_shape(model: ModelObject, data: Any, batch_size: Any = None) -> None:
    """Remember the shape of the first batch that an unbuilt Sequential or a custom model sees."""
    batch = first_batch(data, batch_size)
    if isinstance(model, Custom) and not model.is_sequential:
        remember(model, [batch], {})
    elif model.is_sequential and isinstance(batch, Array) and len(batch.shape) > 1:
        model.build_shape = model.build_shape or batch.shape


def build_method(layer: LayerObject) -> Native:
    """`layer.build(shape)` of a built-in layer: it has weights even if it is never called."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
        shapes = {f"{at}": shape for at, shape in enumerate(args)} | kwargs
        is_built_once = layer.class_name not in _BUILT_AGAIN
        if layer.calls or (layer.build_config and is_built_once):
            cls = registry.find(layer.class_name)
            if is_built_once and cls is not None and cls.may_have_weights():
                refuse_second_build(run, layer, node)
            return
        derived.build_layer_with(layer, shapes)

    return Native("build", function, raw=True)


def refuse_second_build(run: Run, layer: LayerObject, node: ast.AST) -> None:
    """Refuse another `build` that makes weights, for which Keras 3 raises a ValueError."""
    session = session_of(run)
    if not session.is_keras_2:
        run.fail(ValueError())
        session.refused(run.place(node), f"{layer.name} is built already when it is built here")


def convolution(layer: LayerObject) -> Native:
    """`layer.convolution_op(inputs, kernel)`: the layer's convolution without its bias."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        session, tensors = session_of(run), tensors_in([args, kwargs])
        inputs = args[:1] or [kwargs.get("inputs")]
        if not tensors_in(inputs):
            return run.unknown(run.source_of(node))
        shapes = session.infer(layer, CallRecord(inputs, {}, layer.place))
        return session.stand_in(layer.class_name, tensors, shapes, node)

    return Native("convolution_op", function, raw=True)


def call_method(layer: LayerObject) -> Native:
    """`layer.call(x)` of a built-in layer or model, which does not build it."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        if isinstance(layer, ModelObject) or layer.calls or layer.build_config:
            return call_layer(run, layer, args, kwargs, node)
        return run.unknown(run.source_of(node))

    return Native("call", function, raw=True)
