"""The calls of a model as a file can store them: its own calls, with known values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import structs

from lstmcount.config import Call, LayerConfig, ModelConfig, TensorRef
from lstmcount.conversion.literals import shortened
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build
from lstmcount.layers.making.unknown_arguments import has_unknown
from lstmcount.shapes import Unknown
from lstmcount.structures import leaves, mapped

_DTYPES = {bool: "bool", int: "int32", float: "float32"}


def own_calls(config: ModelConfig) -> ModelConfig:
    """The model without calls of its layers that only other models use, as Keras writes it.

    For example, a program may call a translator's decoder for training and in another model.
    """
    layers = [_with_own_calls(layer) for layer in config.layers]
    config = structs.replace(config, layers=layers)
    if config.is_sequential or config.lists_unreachable_layers or config.listed_layer_names:
        return config
    model = build(config)  # keeps its nodes alive
    kept: dict[str, list[int]] = {layer.name: [] for layer in model.operations}
    for node in model.calls_in_order:
        if node.depth >= 0:
            kept[node.layer.name].append(node.index)
    if all(len(layer.nodes) == len(kept.get(layer.name, ())) for layer in model.layers):
        return config
    numbers = {
        (name, index): number
        for name, indices in kept.items()
        for number, index in enumerate(sorted(indices))
    }

    def renumbered(leaf: Any) -> Any:
        if not isinstance(leaf, TensorRef):
            return leaf
        return TensorRef(leaf.layer, numbers[leaf.layer, leaf.node], leaf.tensor)

    return structs.replace(
        config,
        layers=[
            _changed(layer, renumbered, set(kept[layer.name]))
            for layer in layers
            if layer.name in kept
        ],
        outputs=mapped(renumbered, config.outputs),
    )


def _with_own_calls(layer: LayerConfig) -> LayerConfig:
    return layer if layer.model is None else structs.replace(layer, model=own_calls(layer.model))


def _changed(
    layer: LayerConfig, change: Callable[[Any], Any], kept: set[int] | None = None
) -> LayerConfig:
    """The layer with each leaf of its calls changed, and only the calls in `kept`."""
    calls = [
        Call(mapped(change, call.args), mapped(change, call.kwargs), call.path)
        for index, call in enumerate(layer.calls)
        if kept is None or index in kept
    ]
    return structs.replace(layer, calls=calls)


def with_known_values(config: ModelConfig) -> ModelConfig:
    """The model with the arguments of its calls as files store them.

    Arrays become constant tensors; one unknown size of a new shape becomes -1.
    Raises `LstmcountError` for an operation or a call that needs another unknown value.
    """
    return structs.replace(config, layers=[_known(layer) for layer in config.layers])


def _known(layer: LayerConfig) -> LayerConfig:
    if layer.model is not None:
        layer = structs.replace(layer, model=with_known_values(layer.model))
    if layer.kind == "op":
        arguments = dict(layer.arguments)
        if layer.class_name == "Reshape" and "newshape" in arguments:
            arguments["newshape"] = with_rest(arguments["newshape"])
        for key, value in arguments.items():
            if has_unknown(value):
                raise _unknown(layer, key, value)
        layer = structs.replace(layer, arguments=arguments)
    for call in layer.calls:
        for leaf in leaves([call.args, call.kwargs]):
            if isinstance(leaf, Unknown) or (_is_array(leaf) and leaf.data is None):
                raise _unknown(layer, "an argument of its call", leaf)
    return _changed(layer, _constant)


def with_rest(shape: Any) -> Any:
    """A new shape with -1 for the one size that is not known.

    >>> with_rest([Unknown("batch"), 30]), with_rest([None, -1])
    ([-1, 30], [None, -1])
    """
    if not isinstance(shape, list | tuple) or -1 in shape:
        return shape
    unknown = [size is None or isinstance(size, Unknown) for size in shape]
    if sum(unknown) != 1:
        return shape
    return [-1 if is_unknown else size for size, is_unknown in zip(shape, unknown, strict=True)]


def _unknown(layer: LayerConfig, subject: str, value: Any) -> LstmcountError:
    names = [leaf for leaf in leaves(value) if isinstance(leaf, Unknown)] or [value]
    is_free = isinstance(names[0], Unknown) and names[0].text is None
    name = "the size of a free dimension" if is_free else f"`{shortened(names[0])}`"
    return LstmcountError(
        f"{layer.name!r} ({layer.class_name}): {subject} is known only when the program runs: "
        f"{name}",
        path=layer.path,
    )


def _is_array(value: Any) -> bool:
    return hasattr(value, "data") and hasattr(value, "shape")


def _constant(leaf: Any) -> Any:
    """An array of a program as Keras serialises a constant tensor."""
    if not _is_array(leaf):
        return leaf
    dtype = next((_DTYPES[type(x)] for x in leaves(leaf.data) if type(x) in _DTYPES), "float32")
    return {"class_name": "__tensor__", "config": {"value": leaf.data, "dtype": dtype}}
