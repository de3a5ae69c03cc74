"""The calls whose outputs a reference names, and the shapes of these outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lstmcount.config import TensorRef
from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.graph.layer import BuiltLayer, Node
from lstmcount.naming import counted
from lstmcount.shapes import is_known
from lstmcount.structures import mapped

Layers = Mapping[str, BuiltLayer]  # by name


def shape_given(source: tuple[Node, int]) -> Any:
    node, tensor = source
    return node.outputs[tensor] if tensor < len(node.outputs) else None


def filled(value: Any, by_name: Layers) -> Any:
    """`value` with the shape of each tensor in the tensor's place."""

    def shape(leaf: Any) -> Any:
        is_tensor = isinstance(leaf, TensorRef)
        return shape_given(resolve(leaf, by_name, ())) if is_tensor else leaf

    return mapped(shape, value)


def whole(value: Any, by_name: Layers) -> Any:
    """`value` with each "all that call gives" spelled out as its tensors."""

    def tensors(leaf: Any) -> Any:
        if not isinstance(leaf, TensorRef) or leaf.tensor is not None:
            return leaf
        layer = by_name.get(leaf.layer)
        node = layer.nodes[leaf.node] if layer else None
        count = 1 if node is None or node.output is None else len(node.outputs)
        refs = [TensorRef(leaf.layer, leaf.node, i) for i in range(count)]
        return refs[0] if count == 1 else refs

    return mapped(tensors, value)


def resolve(ref: TensorRef, by_name: Layers, path: Path) -> tuple[Node, int]:
    """The node and the output of it that `ref` names."""
    layer = by_name.get(ref.layer)
    if layer is None:
        raise no_such_layer(ref, by_name, path)
    return output_of(layer, ref, path)


def no_such_layer(ref: TensorRef, by_name: Layers, path: Path) -> LstmcountError:
    hint = did_you_mean(ref.layer, by_name)
    return LstmcountError(f"there is no layer {ref.layer!r}.{hint}", path=path)


def output_of(layer: BuiltLayer, ref: TensorRef, path: Path) -> tuple[Node, int]:
    """As `resolve`, of a tensor that `layer` gives."""
    if not 0 <= ref.node < len(layer.nodes):
        raise LstmcountError(
            f"layer {ref.layer!r} is called {times(len(layer.nodes))}; there is no call {ref.node}",
            path=path,
        )
    node = layer.nodes[ref.node]
    tensor = ref.tensor or 0
    if 0 <= tensor < len(node.outputs):
        return node, tensor
    all_known = bool(node.outputs) and not node.recorded and is_known(node.output)
    if tensor < 0 or all_known:
        has = f" has {counted(len(node.outputs), 'output')};" if all_known else ":"
        raise LstmcountError(f"layer {ref.layer!r}{has} there is no output {tensor}", path=path)
    return node, tensor


def times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
