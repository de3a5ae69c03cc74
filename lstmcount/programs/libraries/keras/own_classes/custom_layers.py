"""Follow the program's code to learn the shapes of Lambda and custom layers."""

from __future__ import annotations

from typing import Any

from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Stop
from lstmcount.programs.libraries.keras.own_classes import (
    call_context,
    declared_shapes,
    first_call,
    fitting,
    inherited_masks,
    inherited_training,
    later_calls,
)
from lstmcount.programs.libraries.keras.own_classes.custom import trace
from lstmcount.programs.libraries.keras.session import cells
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.contents import all_inside
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    map_tensors,
    shown_shape,
    tensors_in,
)
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.shapes import shape_of

_OVER_TIME = ("RNN", "TimeDistributed")


def prepare(session: Session, layer: LayerObject, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Follow the code of a layer, or of a Sequential's layers, before its shapes are inferred."""
    if isinstance(layer, Custom) and not layer.is_sequential:
        if layer.is_core_alone and layer.core is not None:
            prepare(session, layer.core, args, kwargs)
        elif not layer.is_traced:
            trace(session, layer, args, kwargs)
        else:
            declared_shapes.refuse_other_inputs(layer, args, kwargs)
            later_calls.follow(session, layer, args, kwargs)
            declared_shapes.record_for_later_call(session, layer, args, kwargs)
        if layer.is_graph:
            inherited_masks.follow(session, layer, args)
    elif isinstance(layer, ModelObject):
        if layer.is_sequential and needs_following(layer):
            _follow_chain(session, layer, args)
        inherited_training.follow(session, layer)
        inherited_masks.follow(session, layer, args)
    elif layer.function is not None:
        _follow_lambda(session, layer, args)
    elif needs_following(layer):
        tensors = tensors_in(args)
        if tensors and tensors[0].shape is not None:
            _follow_inside(session, layer, tensors[0].shape, kwargs)
    elif cells.wrapped_layers(layer):
        inherited_training.follow(session, layer)


def takes_training(layer: LayerObject, value: Any) -> bool:
    """Whether the program's own `call` gets this value of `training`."""
    return isinstance(value, bool) and call_context.takes_training(layer)


def complete(session: Session, model: ModelObject) -> None:
    """Follow the rest of a chosen model's code, if its input shape is known.

    Keras builds a Sequential that declares its input shape, also one that is never called.
    """
    followed = None
    if isinstance(model, Custom) and not model.is_sequential:
        followed = fitting.follow_first_step(session, model)
        first_call.follow(session, model)
        for inner in all_inside(model):
            if isinstance(inner, ModelObject) and inner.is_sequential:
                _complete_sequential(session, inner, model)
    else:
        _complete_sequential(session, model, model)
    for fitted in (model, *all_inside(model)):
        if isinstance(fitted, ModelObject):
            fitting.follow_runs(session, fitted, followed if fitted is model else None)


def _complete_sequential(session: Session, model: ModelObject, chosen: ModelObject) -> None:
    """Build a Sequential. If its layers raise an exception, the chosen model has no number."""
    if model.is_sequential:
        first = model.layers[0] if model.layers else None
        known = first is not None and first.class_name == "InputLayer"
        shape = model.build_shape or _shape_of_inputs(session, first)
        if needs_following(model) and (known or isinstance(shape, tuple)):
            try:
                _follow_chain(session, model, [] if known else [_input(session, model, shape)])
            except Stop as stop:
                text = f"building {model.name} raises {stop.name}"
                chosen.problems.append(session.run.error(stop.node or model.place.node, text))


def _shape_of_inputs(session: Session, layer: LayerObject | None) -> Any:
    """The shape of the only input that a model declares; None if it declares none, or several."""
    if not isinstance(layer, ModelObject):
        return None
    if not layer.is_sequential:
        inputs = tensors_in(layer.inputs)
        return inputs[0].shape if len(inputs) == 1 else None
    first = layer.layers[0] if layer.layers else None
    if first is not None and first.class_name == "InputLayer":
        return session.input_tensor(first).shape
    if layer.build_shape is None and len(layer.layers) > 1:  # else Keras does not build it
        return _shape_of_inputs(session, first)
    return layer.build_shape


def _input(session: Session, model: ModelObject, shape: Any) -> SymbolicTensor:
    with session.tracing():
        return session.fresh_input(shape_of(shape), model.place.node)


def needs_following(layer: LayerObject) -> bool:
    """Whether code of a layer, or of those inside it, must be followed to learn its shapes."""
    todo, seen = [layer], set()
    while todo:
        inner = cells.core_of(todo.pop())
        if inner.serial in seen:
            continue
        seen.add(inner.serial)
        if isinstance(inner, ModelObject) and inner.is_sequential and inner.layers:
            todo += inner.layers
        elif isinstance(inner, Custom):
            if not inner.is_traced:
                return True
        elif inner.function is not None and not inner.recorded:
            return True
        else:
            todo += cells.wrapped_layers(inner)
    return False


def _follow_chain(session: Session, model: ModelObject, args: list[Any]) -> None:
    tensors = tensors_in(args)
    first = model.layers[0] if model.layers else None
    if first is not None and first.class_name == "InputLayer":
        tensors = [session.input_tensor(first)]
    if len(tensors) != 1:
        return
    with session.tracing(is_symbolic=True), session.following(model):
        value: Any = session.fresh_input(tensors[0], model.place.node)
        layers = [layer for layer in model.layers if layer.class_name != "InputLayer"]
        before = [len(layer.calls) for layer in layers]
        for layer in layers:  # whose code may read the weights of those before it
            value = session.call(layer, [value], {}, model.place.node)
        for layer, number in zip(layers, before, strict=True):
            del layer.calls[number:], layer.outputs[number:]
    model.built = None


def _follow_lambda(session: Session, layer: LayerObject, args: list[Any]) -> None:
    """Record the output shape that the function returns, or that `output_shape` declares."""
    index = len(layer.calls)
    if index in layer.recorded or not tensors_in(args):
        return
    run, node = session.run, layer.place.node
    declared = layer.attributes.get("output_shape")
    shapes = [shown_shape(tensor.shape) for tensor in tensors_in(args)]
    shape: Any
    if isinstance(declared, list | tuple):
        batch = shapes[0][0] if shapes[0] else None
        shape = (batch, *declared)
    elif isinstance(declared, Function):
        passed = shapes[0] if len(shapes) == 1 else shapes
        shape = run.call(declared, [passed], {}, node)
    else:
        result = _result_of_lambda(session, layer, args)
        if isinstance(result, list | tuple) and tensors_in(result):
            shapes_of_result = [tensor.shape for tensor in tensors_in(result)]
            if None not in shapes_of_result:
                layer.recorded[index] = shapes_of_result
            return
        session.lose_shape(layer, result)
        shape = result.shape if isinstance(result, SymbolicTensor | Array) else None
    if isinstance(shape, list | tuple):
        layer.recorded[index] = shape_of(shape)


def _result_of_lambda(session: Session, layer: LayerObject, args: list[Any]) -> Any:
    """What the function returns for inputs of these shapes."""
    run, node = session.run, layer.place.node
    with session.tracing():
        inner = map_tensors(args, lambda tensor: session.fresh_input(tensor, node))
        passed = layer.attributes.get("arguments")
        result = run.call(
            layer.function, inner, dict(passed) if isinstance(passed, dict) else {}, node
        )
        run.weigh(node, result)
    return result


def _follow_inside(
    session: Session, layer: LayerObject, shape: Any, kwargs: dict[str, Any]
) -> None:
    """Follow the code of the layers that a wrapper runs, on the shapes that the wrapper passes."""
    if layer.class_name in _OVER_TIME:
        if len(shape) < 3:
            return
        shape = (shape[0], *shape[2:])
    are_cells = layer.class_name in cells.CELL_WRAPPERS
    for inner in map(cells.core_of, cells.wrapped_layers(layer)):
        if not isinstance(inner, Custom) or inner.is_sequential:
            _follow_wrapped(session, inner, shape, kwargs)
        elif not inner.is_traced:
            inner.is_only_built = layer.class_name == "TimeDistributed"
            states = [(shape[0], *size) for size in inner.state_sizes or ()]
            constants = {key: kwargs[key] for key in ("constants",) if key in kwargs and are_cells}
            _trace(session, inner, [shape, states] if are_cells else [shape], constants)
        if are_cells and (size := cells.output_size(session.run, inner)) is not None:
            shape = (shape[0], *size)


def _follow_wrapped(
    session: Session, layer: LayerObject, shape: Any, kwargs: dict[str, Any]
) -> None:
    """Follow the code of a built-in layer or model that a wrapper runs on this shape."""
    if isinstance(layer, ModelObject) or layer.function is not None:
        with session.tracing(session.is_symbolic):
            prepare(session, layer, [session.fresh_input(shape, layer.place.node)], {})
        output = layer.recorded.get(0) if layer.function is not None else None
        if isinstance(output, tuple):
            layer.arguments["output_shape"] = list(shown_shape(output[1:]))
    else:
        _follow_inside(session, layer, shape, kwargs)


def _trace(session: Session, layer: Custom, shapes: list[Any], kwargs: dict[str, Any]) -> None:
    node = layer.place.node
    with session.tracing(session.is_symbolic):
        args = [
            [session.fresh_input(part, node) for part in shape]
            if isinstance(shape, list)
            else session.fresh_input(shape, node)
            for shape in shapes
        ]
        trace(session, layer, args, kwargs)
