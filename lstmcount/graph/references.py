"""Structures with tensors in them: whose outputs they are, and the shapes in their places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lstmcount.config import TensorRef
from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.shapes import Shape, is_known
from lstmcount.structures import is_constant, leaves, nested_shape

if TYPE_CHECKING:
    from lstmcount.graph.layer import BuiltLayer, Node


_REFS, _NONE = {TensorRef}, {type(None)}


def refs_in(value: Any) -> list[TensorRef]:
    """The tensors in a structure, in Keras's order (dicts by sorted key)."""
    return [leaf for leaf in leaves(value) if type(leaf) is TensorRef]


def refs_of(args: list[Any], kwargs: dict[str, Any]) -> list[TensorRef]:
    if not kwargs or all_none(kwargs):
        return args if set(map(type, args)) <= _REFS else refs_in(args)
    return [*refs_in(args), *refs_in(kwargs)]


def shape_given(source: tuple[Node, int]) -> Any:
    node, tensor = source
    return node.outputs[tensor] if tensor < len(node.outputs) else None


def filled_with(value: Any, sources: Iterator[tuple[Node, int]]) -> Any:
    """`value` with the shapes of `sources`, which come in the order of `refs_in`."""
    return _replaced(value, TensorRef, map(shape_given, sources))


def refilled(value: Any, shapes: Iterator[Shape]) -> Any:
    """`value` with its shapes replaced, in Keras's order, by the ones given."""
    return _replaced(value, tuple, shapes)


def _replaced(value: Any, leaf: type, others: Iterator[Any]) -> Any:
    if isinstance(value, leaf):
        return next(others)
    if isinstance(value, list):
        return [_replaced(item, leaf, others) for item in value]
    if isinstance(value, dict):
        found = {key: _replaced(value[key], leaf, others) for key in sorted(value, key=str)}
        return {key: found[key] for key in value}
    return value


def whole(value: Any, by_name: dict[str, BuiltLayer]) -> Any:
    """`value` with each "all that call gives" spelled out as its tensors."""
    if isinstance(value, TensorRef) and value.tensor is None:
        layer = by_name.get(value.layer)
        node = layer.nodes[value.node] if layer else None
        count = 1 if node is None or node.output is None else len(node.outputs)
        refs = [TensorRef(value.layer, value.node, i) for i in range(count)]
        return refs[0] if count == 1 else refs
    if isinstance(value, list):
        return [whole(item, by_name) for item in value]
    if isinstance(value, dict):
        return {key: whole(item, by_name) for key, item in value.items()}
    return value


def resolve(ref: TensorRef, by_name: dict[str, BuiltLayer], path: Path) -> tuple[Node, int]:
    layer = by_name.get(ref.layer)
    if layer is None:
        raise no_such_layer(ref, by_name, path)
    return output_of(layer, ref, path)


def no_such_layer(ref: TensorRef, by_name: dict[str, BuiltLayer], path: Path) -> LstmcountError:
    hint = did_you_mean(ref.layer, by_name)
    return LstmcountError(f"there is no layer {ref.layer!r}.{hint}", path=path)


def output_of(layer: BuiltLayer, ref: TensorRef, path: Path) -> tuple[Node, int]:
    """The node and the output of it that `ref` names, which is one of `layer`'s."""
    if not 0 <= ref.node < len(layer.nodes):
        raise LstmcountError(
            f"layer {ref.layer!r} is called {times(len(layer.nodes))}; there is no call {ref.node}",
            path=path,
        )
    node = layer.nodes[ref.node]
    tensor = ref.tensor or 0
    if 0 <= tensor < len(node.outputs):
        return node, tensor
    if node.outputs and not node.recorded and is_known(node.output):
        raise LstmcountError(
            f"layer {ref.layer!r} has {len(node.outputs)} output{'s' * (len(node.outputs) > 1)}; "
            f"there is no output {tensor}",
            path=path,
        )
    return node, tensor


def times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def filled(value: Any, by_name: dict[str, BuiltLayer]) -> Any:
    """`value` with the shape of each tensor in the tensor's place."""
    if isinstance(value, TensorRef):
        return shape_given(resolve(value, by_name, ()))
    if isinstance(value, list):
        return [filled(item, by_name) for item in value]
    if isinstance(value, dict):
        return {key: filled(item, by_name) for key, item in value.items()}
    return value


def tensor_shapes(value: Any) -> Any:
    """`value` with the shape of each constant tensor and array in its place.

    >>> tensor_shapes([(2, 3), {"class_name": "__numpy__", "config": {"value": [[1, 2]]}}])
    [(2, 3), (1, 2)]
    """
    if type(value) is tuple:
        return value
    if isinstance(value, list):
        return [tensor_shapes(item) for item in value]
    if is_constant(value):
        return nested_shape(value["config"].get("value"))
    if isinstance(value, dict):
        return {key: tensor_shapes(item) for key, item in value.items()}
    shape = getattr(value, "shape", None)
    return shape if isinstance(shape, tuple) else value


def all_none(values: dict[str, Any]) -> bool:
    """No argument by name, or none but `mask=None` and the like."""
    return set(map(type, values.values())) <= _NONE
