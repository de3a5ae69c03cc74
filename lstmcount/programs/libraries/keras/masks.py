"""Masks that travel with a program's symbolic tensors, and the operations Keras makes for them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.config import starts_mask
from lstmcount.errors import LstmcountError
from lstmcount.graph.model import create
from lstmcount.programs.libraries.keras import export
from lstmcount.programs.libraries.keras.objects import (
    CallRecord,
    LayerObject,
    ModelObject,
    Operation,
)
from lstmcount.programs.libraries.keras.tensors import Tensor, tensors_in

if TYPE_CHECKING:
    from lstmcount.programs.libraries.keras.session import Session


def matter(layer: LayerObject, record: CallRecord) -> bool:
    """Whether a call makes a mask, or reads a tensor that has one."""
    if layer.built is None or layer.error is not None:
        return False
    return starts_mask(layer.class_name, layer.arguments) or any(
        tensor.mask is not None for tensor in tensors_in([record.args, record.kwargs])
    )


def follow(
    session: Session, layer: LayerObject, record: CallRecord, result: Any, node: ast.AST
) -> None:
    """Give the call and its outputs the masks that Keras gives them."""
    from lstmcount.graph.masking import make_masks

    if layer.built.layer is None:
        return
    made = _Operations(session, node)
    noted, masks = make_masks(layer.built.layer, record.args, record.kwargs, made)
    if tensors_in(noted):
        record.kwargs = {**record.kwargs, "mask": noted}
    for tensor, mask in zip(tensors_in(result), masks, strict=False):
        tensor.mask = mask


def name_inside(session: Session, model: ModelObject) -> None:
    """The operations in a Sequential take names, and no summary shows them."""
    if not any(starts_mask(each.class_name, each.arguments) for each in model.layers):
        return
    from lstmcount.graph.masking import name_chain

    name_chain([_registered(each) for each in model.layers], session.auto)


def _registered(layer: LayerObject) -> Any:
    """The registry's layer; None for a model, and where what is wrong is said elsewhere."""
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
