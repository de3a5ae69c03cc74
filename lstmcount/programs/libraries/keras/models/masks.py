"""Masks of a program's symbolic tensors, and the operations that Keras creates for them."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.config import starts_mask
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import create
from lstmcount.programs.language.objects import attributes
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.keras.models import derived
from lstmcount.programs.libraries.keras.session import export
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.objects import (
    CallRecord,
    Custom,
    LayerObject,
    ModelObject,
    OperationObject,
)
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    map_tensors,
    tensors_in,
    tensors_read,
)

HIDDEN = "mask()"  # the name of operations inside a traced layer, which nothing reads


def involves_masks(layer: LayerObject, record: CallRecord) -> bool:
    """Whether a call creates or takes a mask, or reads a tensor that has a mask."""
    if layer.built is None or layer.error is not None:
        return False
    own = layer if isinstance(layer, Custom) else None
    core = own.core if own is not None and own.core is not None else layer
    if own is not None and own.cls.find("compute_mask"):
        return True
    return (
        bool(tensors_in(record.kwargs.get("mask")))
        or starts_mask(core.class_name, core.arguments)
        or any(tensor.mask is not None for tensor in tensors_read(record))
    )


def attach_masks(
    session: Session,
    layer: LayerObject,
    record: CallRecord,
    args: list[Any],
    kwargs: dict[str, Any],
    result: Any,
    node: ast.AST,
) -> None:
    """Attach the masks that Keras computes to the call and its outputs.

    Inside a traced layer, only calls of the program's own layers read them.
    """
    from lstmcount.graph.masking import make_masks

    if layer.built.layer is None:
        return
    operations = _MaskOperations(session, node)
    if isinstance(layer, Custom) and not layer.is_core_alone and not layer.is_sequential:
        call_mask, masks = _masks_of_custom_layer(session, layer, args, kwargs, operations)
    else:
        call_mask, masks = make_masks(layer.built.layer, record.args, record.kwargs, operations)
    if tensors_in(call_mask) and not session.depth:
        record.add_mask(call_mask)
    for tensor, mask in zip(tensors_in(result), masks, strict=False):
        tensor.mask = mask


def passed_masks(layer: Custom, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The masks that Keras adds to the call of a custom layer.

    The argument is `mask` if one argument contains tensors, else `query_mask` for `query`.
    """
    names = derived.call_parameters(layer)
    passed = arguments_by_name(names, args, kwargs)
    tensors = {name: value for name, value in passed.items() if tensors_in(value)}
    masks = {
        "mask" if len(tensors) == 1 else f"{name}_mask": map_tensors(
            value, lambda tensor: tensor.mask
        )
        for name, value in tensors.items()
    }
    return {
        name: mask
        for name, mask in masks.items()
        if mask is not None and name in names and passed.get(name) is None
    }


def _masks_of_custom_layer(
    session: Session,
    layer: Custom,
    args: list[Any],
    kwargs: dict[str, Any],
    operations: _MaskOperations,
) -> tuple[Any, list[Any]]:
    """The mask that a custom layer's call receives, and the masks of its outputs."""
    run = session.run
    first = next(iter([*args, *kwargs.values()]), None)
    mask = kwargs.get("mask")
    if mask is None and tensors_in(first):
        mask = map_tensors(first, lambda tensor: tensor.mask)
    is_only_argument = not kwargs and len(args) == 1
    takes_mask = is_only_argument and isinstance(first, SymbolicTensor) and first.dtype == "float32"
    call_mask = mask if takes_mask and "mask" in passed_masks(layer, args, kwargs) else None
    method = layer.cls.find("compute_mask")
    if isinstance(method, Function):
        output_masks = run.call(method, [layer, first, mask], {}, operations.node)
    elif layer.core is not None:
        core = _registered(layer.core)
        output_masks = core and core.compute_mask(first, mask, operations)
    else:
        supports = attributes.find(run, layer, "supports_masking", operations.node)
        output_masks = mask if supports is True else None
    return call_mask, tensors_in(output_masks)


def implied(
    session: Session, layer: Custom, args: list[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """The masks that Keras adds to the call of a custom layer, as constants.

    Keras 3 also adds a list of None for a list of tensors without masks.
    """
    node = layer.place.node
    return {
        name: map_tensors(mask, lambda tensor: session.stand_in("Constant", [], tensor.shape, node))
        for name, mask in passed_masks(layer, args, kwargs).items()
        if tensors_in(mask) or session.is_keras_3()
    }


def method(layer: LayerObject) -> Native:
    """`layer.compute_mask(inputs, mask)` of a built-in layer."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        passed = arguments_by_name(("inputs", "mask"), args, kwargs)
        mask = passed.get("mask", passed.get("previous_mask"))
        operations = _MaskOperations(run.library_state["keras"], node)
        built = _registered(layer)
        return built and built.compute_mask(passed.get("inputs"), mask, operations)

    return Native("compute_mask", function, raw=True)


def use_up_names(session: Session, model: ModelObject) -> None:
    """Use up the names that Keras gives to the mask operations inside a Sequential."""
    if not any(starts_mask(layer.class_name, layer.arguments) for layer in model.layers):
        return
    from lstmcount.graph.masking import name_chain

    name_chain([_registered(layer) for layer in model.layers], session.auto)


def _registered(layer: LayerObject) -> Any:
    """The registry's layer; None for a model or for an error that is reported elsewhere."""
    if isinstance(layer, ModelObject) or not layer.is_known:
        return None
    try:
        return create(export.layer_config(layer, calls=0))
    except LstmcountError:
        return None


class _MaskOperations:
    tensor = SymbolicTensor

    def __init__(self, session: Session, node: ast.AST) -> None:
        self.session = session
        self.node = node

    def __call__(self, class_name: str, *inputs: Any, **arguments: Any) -> Any:
        name = HIDDEN if self.session.depth else None  # which takes no automatic name
        tensor = self.session.operation(class_name, list(inputs), {}, self.node, arguments, name)
        if isinstance(tensor.layer, OperationObject):
            tensor.layer.is_implied = True
        return tensor

    def rank(self, tensor: SymbolicTensor) -> int:
        return len(tensor.shape or ())

    def mask(self, tensor: SymbolicTensor) -> SymbolicTensor | None:
        return tensor.mask

    def dtype(self, tensor: SymbolicTensor) -> str:
        built = tensor.layer.built
        dtype: str = getattr(built and built.layer, "output_dtype", tensor.dtype)
        return dtype
