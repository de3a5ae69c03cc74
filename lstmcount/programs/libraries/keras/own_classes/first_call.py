"""The first call of a custom model that is not called on symbolic tensors.

The model is called on data, or its shapes come from `build` or from the user.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run, Stop
from lstmcount.programs.language.source.setting_names import Settings
from lstmcount.programs.language.structures import replaced
from lstmcount.programs.libraries.keras.data.pipelines import Dataset
from lstmcount.programs.libraries.keras.models import derived
from lstmcount.programs.libraries.keras.own_classes import call_context, train_step
from lstmcount.programs.libraries.keras.session.session import Session, session_of
from lstmcount.programs.libraries.keras.values.contents import all_inside, unused_layers
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import map_tensors, shown_shape, tensors_in
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.shapes import UNKNOWN, show

NOT_BUILT = "Keras 3 makes them when it is first called"
_FLAGS = ("training", "mask")
# Of examples, without the batch dimension; pooling and skip connections need the larger images.
_DIMS = (
    [28], [12, 28], [28, 28, 3], [32, 32, 3], [224, 224, 3], [299, 299, 3],
    [8, 28, 28, 3], [32, 32, 32, 3],
)  # fmt: skip
_OF_SEQUENCES = ("LSTM", "GRU", "RNN", "Bidirectional", "TimeDistributed", "1D", "Attention")


def first_batch(value: Any, batch_size: Any = None) -> Any:
    """The first batch of data, as arrays in the same structure; None if its shape is not known."""
    if isinstance(value, Array) and value.shape:
        batch, *dims = value.shape
        if batch_size is not None:
            sizes = (batch, batch_size)
            batch = min(sizes) if all(type(size) is int for size in sizes) else None
        return Array((batch if type(batch) is int else None, *dims))
    if isinstance(value, Dataset):
        return first_batch(value.inputs)
    return _map_all(value, lambda item: first_batch(item, batch_size))


def arrays_of_shapes(value: Any) -> Any:
    """Arrays with these shapes, in the same structure; None for values that are not shapes."""
    is_list = isinstance(value, list | tuple)
    if is_list and not any(isinstance(dim, list | tuple | dict | str) for dim in value):
        return Array(tuple(value))
    return _map_all(value, arrays_of_shapes)


def _map_all(value: Any, change: Callable[[Any], Any]) -> Any:
    """Apply a function to the items of a list or dict; None if any result is None."""
    if isinstance(value, list | tuple):
        items = [change(item) for item in value]
        return items if items and None not in items else None
    if isinstance(value, dict):
        named = {key: change(item) for key, item in value.items()}
        return named if named and None not in named.values() else None
    return None


def remember(model: Custom, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Remember the arguments of the model's first call, if they are known."""
    if model.first_call is None and None not in (*args, *kwargs.values()):
        model.first_call = (args, kwargs)


def use_settings(model: Custom, settings: Settings) -> None:
    """Use the shapes that the user sets: `input_shape`, or a shape for each argument."""
    if model.first_call is not None:
        return
    names = input_names(model)
    if "input_shape" in settings:
        arrays = arrays_of_shapes(settings.use("input_shape"))
        if isinstance(arrays, dict) and arrays.keys() <= set(names):
            remember(model, [], arrays)
        elif isinstance(arrays, list) and len(arrays) == len(names) > 1:
            remember(model, arrays, {})
        else:
            remember(model, [arrays], {})
    elif all(isinstance(settings.get(name), list | tuple) for name in names):
        remember(model, [], {name: arrays_of_shapes(settings.use(name)) for name in names})


def is_data(value: Any) -> bool:
    """Whether a structure contains arrays."""
    if isinstance(value, list | tuple):
        return any(map(is_data, value))
    return isinstance(value, Array) or (isinstance(value, dict) and is_data([*value.values()]))


def follow(session: Session, model: Custom) -> None:
    """Follow a model that was never called, on its remembered arguments.

    If its `call` raises an exception, the weights of layers that it would build are not known.
    """
    if model.first_call is not None and not model.is_traced and is_run(model):
        args, kwargs = model.first_call
        try:
            kwargs = _with_training(session, model, kwargs)
            _call(session, model, args, kwargs, model.place.node)
        except Stop as stop:
            model.is_traced = False
            if not all(map(_has_inputs, unused_layers(model.tracked()))):
                model.problems.append(_raised(session, model, stop))
            return
        if model.built_at is not None and not session.runs_no_model and not session.is_keras_2:
            text = f"`build` makes the weights of {model.class_name}'s layers in Keras 2"
            session.note(model.built_at, text, NOT_BUILT)


def _with_training(session: Session, model: Custom, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the first call, with the `training` that the model's first run passes."""
    if not model.runs or not gets_training(session, model):
        return kwargs
    return {**kwargs, "training": next(iter(model.runs)) == "train"}


def gets_training(session: Session, model: Custom) -> bool:
    """Whether `fit` passes `training` to the model: Keras 3 only does if its `call` takes it."""
    return session.is_keras_2 or call_context.takes_training(model)


def _has_inputs(layer: LayerObject) -> bool:
    """Whether a layer is a model that declares its inputs, which builds it."""
    if not isinstance(layer, ModelObject):
        return False
    first = layer.layers[0].class_name if layer.layers else ""
    return layer.tensors_out is not None or first == "InputLayer"


def _raised(session: Session, model: Custom, stop: Stop) -> LstmcountError:
    arrays = [*model.first_call[0], *model.first_call[1].values()] if model.first_call else []
    shapes = [show(tuple(array.shape)) for array in arrays if isinstance(array, Array)]
    inputs = f" for an input of the shape {shapes[0]}" if len(shapes) == len(arrays) == 1 else ""
    text = f"the `call` of {model.class_name} raises {stop.name}{inputs}"
    return session.run.error(getattr(model.cls.find("call"), "node", model.place.node), text)


def is_run(model: Custom) -> bool:
    """Whether Keras runs code of the class that builds its layers: `call`, or `train_step`."""
    if (step := train_step.of(model)) is None:
        return bool(model.cls.find("call"))
    calls_something = any(isinstance(node, ast.Call) for node in ast.walk(step.node))
    return calls_something and bool(unused_layers(model.tracked()))


def call_on_data(
    run: Run, layer: Custom, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    """Call a layer on arrays. The result is arrays, and no node is added to a graph."""
    output = _call(session_of(run), layer, args, kwargs, node)

    def as_array(tensor: Any) -> Any:
        shape = shown_shape(tensor.shape)
        return run.unknown(run.source_of(node)) if shape is None else Array(shape)

    return map_tensors(output, as_array)


def _call(
    session: Session, layer: Custom, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    before = len(layer.calls)

    def stand_in(array: Array) -> Any:
        shape = [UNKNOWN if dim is None else dim for dim in array.shape]
        return session.fresh_input(tuple(shape), node)

    with session.tracing():
        args, kwargs = replaced([args, kwargs], Array, stand_in, keeps_tuples=True)
        output = session.call(layer, args, kwargs, node)
    del layer.calls[before:], layer.outputs[before:]
    return output


# -- examples of shapes -------------------------------------------------------------------------


def examples(model: ModelObject, classes: set[str]) -> list[Any]:
    """Input shapes that may suit the model, the likeliest for layers of these classes first.

    The last one is the likeliest that could not be tried. There are none without a `call`.
    """
    if isinstance(model, Custom) and not model.is_sequential and not is_run(model):
        return []
    names = input_names(model) if isinstance(model, Custom) else ["inputs"]
    parts = _parts(model, names[0]) if isinstance(model, Custom) and len(names) == 1 else []
    if len(names) > 1 or (parts and isinstance(parts[0], str)):
        keys = names if len(names) > 1 else parts
        return [dict.fromkeys(keys, shape) for shape in _likely_shapes(model, classes)]
    return [[shape for _ in parts] or shape for shape in _likely_shapes(model, classes)]


def _likely_shapes(model: ModelObject, classes: set[str]) -> list[list[int | None]]:
    """Those that models inside declare come first."""
    inside = [each.inputs for each in all_inside(model) if isinstance(each, ModelObject)]
    declared = [list(tensor.shape[1:]) for tensor in tensors_in(inside) if tensor.shape]
    known = [dims for dims in declared if dims and all(type(size) is int for size in dims)]
    rank = likely_rank(classes)
    likeliest = [dims for dims in _DIMS if len(dims) == rank]
    others = [dims for dims in _DIMS if len(dims) != rank]
    last = known[0] if known else likeliest[-1]
    return [[None, *dims] for dims in (*known, *likeliest, *others, last)]


def likely_rank(classes: set[str]) -> int:
    """The rank of an input, without the batch, that layers of these classes are likely to take.

    >>> likely_rank({"Conv2D", "Dense"}), likely_rank({"Embedding", "LSTM"})
    (3, 1)
    """
    for rank, ends in ((4, ("Conv3D", "LSTM2D")), (3, ("2D",)), (1, ("Embedding",))):
        if any(name.endswith(ends) for name in classes):
            return rank
    return 2 if any(name.endswith(_OF_SEQUENCES) for name in classes) else 1


def input_names(model: Custom) -> list[str]:
    """The arguments of `call` without defaults, or its first argument."""
    names = derived.call_parameters(model)
    method = model.cls.find("call")
    defaults = method.defaults if isinstance(method, Function) else {}
    needed = [name for name in names if name not in defaults and name not in _FLAGS]
    return needed or names[:1] or ["inputs"]


def _parts(model: Custom, name: str) -> list[Any]:
    """The keys or indices with which `call` unpacks its only argument."""
    method = model.cls.find("call")
    keys: dict[Any, None] = {}
    for node in ast.walk(method.node) if isinstance(method, Function) else ():
        if isinstance(node, ast.Assign) and _is_name(node.value, name):
            target = node.targets[0]
            keys |= dict.fromkeys(range(len(target.elts)) if isinstance(target, ast.Tuple) else ())
        elif isinstance(node, ast.Subscript) and _is_name(node.value, name):
            keys |= dict.fromkeys(_keys(node.slice))
    return sorted(keys, key=str)


def _keys(key: ast.expr) -> list[Any]:
    """A key or index, or two indices that a slice without an end takes: `x[1:]`."""
    if isinstance(key, ast.Constant) and isinstance(key.value, str | int):
        return [key.value]
    lower = key.lower if isinstance(key, ast.Slice) and key.upper is None else None
    first = lower.value if isinstance(lower, ast.Constant) else None
    return [first, first + 1] if isinstance(first, int) and first > 0 else []


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
