"""Later calls of a program's layer, with other arguments than its first call."""

from __future__ import annotations

from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.libraries.keras.models import masks
from lstmcount.programs.libraries.keras.own_classes import call_context
from lstmcount.programs.libraries.keras.own_classes.declared_shapes import differ
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.contents import is_all_built
from lstmcount.programs.libraries.keras.values.objects import CallRecord, Custom
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    map_tensors,
    shapes_of,
    tensors_in,
)
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.shapes import show

_PLAIN = (bool, int, float, str, type(None))


def remember(
    session: Session,
    layer: Custom,
    args: list[Any],
    kwargs: dict[str, Any],
    implied: dict[str, Any],
    *,
    is_masked: bool,
) -> None:
    """Remember what `call` depends on besides tensors, before it is followed."""
    layer.followed_with.append(_given(layer, args, kwargs, implied, is_masked))
    layer.followed_in.add(session.training)


def _given(
    layer: Custom,
    args: list[Any],
    kwargs: dict[str, Any],
    implied: dict[str, Any],
    is_masked: bool,
) -> list[Any]:
    return [_without_tensors([args, {**kwargs, **implied}]), plain_attributes(layer), is_masked]


def passes_masks(session: Session, args: list[Any], kwargs: dict[str, Any]) -> bool:
    """Whether tensors keep masks inside the layer, as they do if Keras runs its `call`."""
    return not session.is_symbolic and any(
        tensor.mask is not None for tensor in tensors_in([args, kwargs])
    )


def plain_attributes(layer: Custom) -> dict[str, Any]:
    """The attributes that are numbers, texts and the like, which a program may change."""
    attributes = layer.attributes
    return {name: attributes[name] for name in attributes if isinstance(attributes[name], _PLAIN)}


def follow(
    session: Session,
    layer: Custom,
    args: list[Any],
    kwargs: dict[str, Any],
    *,
    goes_on: bool = True,
) -> None:
    """Follow `call` again if arguments, except in shapes, or attributes differ from earlier calls.

    Such a call may build other layers; so may one that inherits another value of `training`. Raise
    `LstmcountError` if its output, unless nothing reads it (`goes_on`), has another shape than the
    tensors of the first call would give: the model has one graph for all calls of a layer.
    """
    implied = masks.implied(session, layer, args, kwargs)
    is_masked = passes_masks(session, args, kwargs)
    given = _given(layer, args, kwargs, implied, is_masked)
    method = layer.cls.find("call")
    if not isinstance(method, Function):
        return
    is_known = given in layer.followed_with
    if not is_known and is_all_built(layer):  # then masks inside it build nothing
        is_known = _given(layer, args, kwargs, implied, not is_masked) in layer.followed_with
    if is_known:
        if session.training in layer.followed_in or is_all_built(layer):
            return
    else:
        layer.followed_with.append(given)
    layer.followed_in.add(session.training)
    node, unfollowed = layer.place.node, session.run.unfollowed
    with session.tracing():
        inner_args, inner_kwargs = map_tensors(
            [args, kwargs], lambda x: session.fresh_input(x, node, keeps_mask=is_masked)
        )
        inner_kwargs = {**call_context.with_training(session, layer, inner_kwargs), **implied}
        output = session.run.call(method, [layer, *inner_args], inner_kwargs, node)
    layer.is_followed = layer.is_followed and session.run.unfollowed == unfollowed
    layer.built = None  # its layers may have got weights
    if goes_on:
        _require_same_shape(session, layer, tensors_in([args, kwargs]), output)


def _require_same_shape(
    session: Session, layer: Custom, tensors: list[SymbolicTensor], output: Any
) -> None:
    passed = tensors if len(tensors) == 1 else [tensors]
    expected = session.infer(layer, CallRecord(passed, {}, layer.place))
    followed = shapes_of(output)
    if layer.error is not None or expected is None:
        return
    if differ(expected, followed) or differ(followed, expected):
        first = f"the arguments of its first call would give {show(expected)}"
        text = f"a later call of {layer.name} gives {show(followed)}, where {first}"
        raise LstmcountError(f"{text}; such calls are not followed").at(layer.place)


def _without_tensors(value: Any) -> Any:
    """The structure of the arguments, in which each tensor stands for all tensors."""
    if isinstance(value, SymbolicTensor):
        return SymbolicTensor
    if isinstance(value, Array):
        return ("array", value.shape)
    if isinstance(value, list | tuple):
        return [_without_tensors(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _without_tensors(item) for key, item in value.items()}
    return value if isinstance(value, _PLAIN) else id(value)
