"""Masks of a program's symbolic tensors, and the operations that Keras creates for them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.config import starts_mask
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import create
from lstmcount.programs.language import attributes
from lstmcount.programs.language.provided import Native
from lstmcount.programs.language.values import Function
from lstmcount.programs.libraries.keras import derived, export
from lstmcount.programs.libraries.keras.objects import (
    CallRecord,
    Custom,
    LayerObject,
    ModelObject,
    Operation,
)
from lstmcount.programs.libraries.keras.tensors import Tensor, map_tensors, tensors_in

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run
    from lstmcount.programs.libraries.keras.session import Session


def matter(layer: LayerObject, record: CallRecord) -> bool:
    """Whether a call creates a mask, or reads a tensor that has a mask."""
    if layer.built is None or layer.error is not None:
        return False
    own = layer if isinstance(layer, Custom) else None
    core = own.core if own is not None and own.core is not None else layer
    if own is not None and own.cls.find("compute_mask"):
        return True
    return starts_mask(core.class_name, core.arguments) or any(
        tensor.mask is not None for tensor in tensors_in([record.args, record.kwargs])
    )


def follow(
    session: Session,
    layer: LayerObject,
    record: CallRecord,
    args: list[Any],
    kwargs: dict[str, Any],
    result: Any,
    node: ast.AST,
) -> None:
    """Attach the masks that Keras computes to the call and its outputs."""
    from lstmcount.graph.masking import make_masks

    if layer.built.layer is None:
        return
    made = _Operations(session, node)
    if isinstance(layer, Custom) and not layer.is_core_alone and not layer.is_sequential:
        noted, masks = _of_own_class(session, layer, args, kwargs, made)
    else:
        noted, masks = make_masks(layer.built.layer, record.args, record.kwargs, made)
    if tensors_in(noted):
        record.kwargs = {**record.kwargs, "mask": noted}
    for tensor, mask in zip(tensors_in(result), masks, strict=False):
        tensor.mask = mask


def handed_on(layer: Custom, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The masks that Keras adds to the call of a custom layer.

    The argument is `mask` if one argument contains tensors, else `query_mask` for `query`.
    """
    names = derived.call_parameters(layer)
    given = {**dict(zip(names, args, strict=False)), **kwargs}
    tensors = {name: value for name, value in given.items() if tensors_in(value)}
    masks = {
        "mask" if len(tensors) == 1 else f"{name}_mask": map_tensors(value, lambda one: one.mask)
        for name, value in tensors.items()
    }
    return {
        name: mask
        for name, mask in masks.items()
        if tensors_in(mask) and name in names and given.get(name) is None
    }


def _of_own_class(
    session: Session, layer: Custom, args: list[Any], kwargs: dict[str, Any], made: _Operations
) -> tuple[Any, list[Any]]:
    """The mask that a custom layer's call receives, and the masks of its outputs."""
    run = session.run
    first = next(iter([*args, *kwargs.values()]), None)
    mask = kwargs.get("mask")
    if mask is None and tensors_in(first):
        mask = map_tensors(first, lambda one: one.mask)
    is_lone = not kwargs and len(args) == 1
    is_noted = is_lone and isinstance(first, Tensor) and first.dtype == "float32"
    noted = mask if is_noted and "mask" in handed_on(layer, args, kwargs) else None
    method = layer.cls.find("compute_mask")
    if isinstance(method, Function):
        found = run.call(method, [layer, first, mask], {}, made.node)
    elif layer.core is not None:
        core = _registered(layer.core)
        found = core and core.compute_mask(first, mask, made)
    else:
        supports = attributes.find(run, layer, "supports_masking", made.node)
        found = mask if supports is True else None
    return noted, tensors_in(found)


def method(layer: LayerObject) -> Native:
    """`layer.compute_mask(inputs, mask)` of a built-in layer."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        given = {**dict(zip(("inputs", "mask"), args, strict=False)), **kwargs}
        mask = given.get("mask", given.get("previous_mask"))
        made = _Operations(run.library_state["keras"], node)
        built = _registered(layer)
        return built and built.compute_mask(given.get("inputs"), mask, made)

    return Native("compute_mask", function, raw=True)


def name_inside(session: Session, model: ModelObject) -> None:
    """Use up the names that Keras gives to the mask operations inside a Sequential."""
    if not any(starts_mask(each.class_name, each.arguments) for each in model.layers):
        return
    from lstmcount.graph.masking import name_chain

    name_chain([_registered(each) for each in model.layers], session.auto)


def _registered(layer: LayerObject) -> Any:
    """The registry's layer; None for a model or for an error that is reported elsewhere."""
    if isinstance(layer, ModelObject) or not layer.is_known:
        return None
    try:
        return create(export.layer_config(layer, calls=0))
    except LstmcountError:
        return None


class _Operations:
    tensor = Tensor

    def __init__(self, session: Session, node: ast.AST) -> None:
        self.session = session
        self.node = node

    def __call__(self, class_name: str, *inputs: Any, **arguments: Any) -> Any:
        made = self.session.operation(class_name, list(inputs), {}, self.node, arguments)
        if isinstance(made.layer, Operation):
            made.layer.is_implied = True
        return made

    def rank(self, tensor: Tensor) -> int:
        return len(tensor.shape or ())

    def mask(self, tensor: Tensor) -> Tensor | None:
        return tensor.mask

    def dtype(self, tensor: Tensor) -> str:
        built = tensor.layer.built
        found: str = getattr(built and built.layer, "output_dtype", tensor.dtype)
        return found
