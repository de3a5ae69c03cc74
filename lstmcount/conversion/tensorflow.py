"""Replace TensorFlow functions saved by Keras 2 by equivalent operations of Keras 3."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import Any, NamedTuple

from msgspec import structs

from lstmcount.config import Call, LayerConfig, ModelConfig, TensorRef, with_inner_layers
from lstmcount.conversion.calls import with_rest
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build
from lstmcount.graph.layer import BuiltLayer
from lstmcount.graph.outputs import filled
from lstmcount.graph.references import refs_in
from lstmcount.layers.ops.from_configs import create
from lstmcount.layers.ops.functions import Bound
from lstmcount.layers.ops.legacy import Delegating
from lstmcount.layers.ops.registry import LEGACY, by_operation
from lstmcount.layers.ops.tensorflow.functions import TFStridedSlice
from lstmcount.layers.ops.tensorflow.images import is_channels_first, spatial_sizes
from lstmcount.layers.ops.values import Valued
from lstmcount.shapes import public
from lstmcount.structures import mapped


def in_todays_operations(config: ModelConfig) -> ModelConfig:
    """The model with each TensorFlow function replaced by an operation of Keras 3.

    Functions that only compute shapes are removed, because their values are known.
    Raises `LstmcountError` for a function without an equivalent operation.
    """
    layers = [_nested(layer) for layer in config.layers]
    if not any(layer.class_name in LEGACY for layer in layers):
        return structs.replace(config, layers=layers)
    model = build(config)
    by_name = {layer.name: layer for layer in model.layers}
    kept = [
        _translated(by_name[str(layer.name)], by_name) if layer.class_name in LEGACY else layer
        for layer in layers
        if not _gives_sizes(by_name[str(layer.name)])
    ]
    read = {ref.layer for layer in kept for ref in _read_by(layer)}
    read |= {ref.layer for ref in refs_in(config.outputs)}
    for layer in layers:
        built = by_name[str(layer.name)]
        if layer.name in read and _gives_sizes(built):
            raise _without_equal(built)
    return structs.replace(config, layers=kept)


def _gives_sizes(built: BuiltLayer) -> bool:
    return bool(built.nodes) and all(isinstance(node.output, Valued) for node in built.nodes)


def _read_by(layer: LayerConfig) -> list[Any]:
    return refs_in([[call.args, call.kwargs] for call in layer.calls])


def _nested(layer: LayerConfig) -> LayerConfig:
    """The layer with Keras 3 operations in its nested models."""
    if layer.model is not None:
        return structs.replace(layer, model=in_todays_operations(layer.model))
    return with_inner_layers(layer, _nested)


def _translated(built: BuiltLayer, by_name: dict[str, BuiltLayer]) -> LayerConfig:
    config, operation = built.config, built.layer
    calls = []
    for node, call in zip(built.nodes, config.calls, strict=False):
        bound = _todays(operation, _with_sizes(call, by_name), node.args)
        if bound is None or not _fits(bound, node.output, by_name):
            raise _without_equal(built)
        calls.append(bound)
    if len({(bound.class_name, repr(bound.arguments)) for bound in calls}) != 1:
        raise LstmcountError(f"{config.name!r} is called in several ways", path=config.path)
    return LayerConfig(
        class_name=calls[0].class_name,
        name=config.name,
        arguments=calls[0].arguments,
        calls=[Call(bound.args, {}, config.path) for bound in calls],
        kind="op",
        strict=False,
        path=config.path,
    )


def _with_sizes(call: Call, by_name: dict[str, BuiltLayer]) -> Call:
    """The call with tensors of known sizes replaced by the sizes."""

    def sizes(leaf: Any) -> Any:
        shape = filled(leaf, by_name) if isinstance(leaf, TensorRef) else None
        return shape.value if isinstance(shape, Valued) else leaf

    return Call(mapped(sizes, call.args), mapped(sizes, call.kwargs), call.path)


def _without_equal(built: BuiltLayer) -> LstmcountError:
    config = built.config
    return LstmcountError(
        f"{config.name!r} ({config.class_name} of {_spoken(built.layer)}) is an operation "
        "of TensorFlow that no operation of Keras 3 does alone",
        path=config.path,
    )


def _spoken(operation: Any) -> str:
    node = getattr(operation, "node", None) or {}
    function = getattr(operation, "function", None)
    return f"tf.{function}" if function else str(node.get("op"))


def _todays(operation: Delegating, call: Call, shapes: list[Any]) -> Bound | None:
    bound = operation.bound(list(call.args), dict(call.kwargs))
    if bound.lost:
        return None
    if write := _EQUIVALENTS.get(bound.class_name):
        try:
            bound = write(_Called(bound.arguments, bound.args, shapes))
        except (TypeError, ValueError, IndexError, KeyError):
            return None
    signature = by_operation().get(bound.class_name)
    if signature is None or not set(bound.arguments) <= signature.constructor:
        return None
    if any(map(refs_in, bound.arguments.values())):
        return None
    if "data_format" in bound.arguments:
        first = is_channels_first(bound.arguments["data_format"])
        bound.arguments["data_format"] = "channels_first" if first else "channels_last"
    takes_key = bound.class_name == "GetItem"
    args = [value if takes_key and i else _constant(value) for i, value in enumerate(bound.args)]
    return bound._replace(args=args)


def _fits(bound: Bound, output: Any, by_name: dict[str, BuiltLayer]) -> bool:
    """Whether Keras 3 infers the same shapes."""
    config = LayerConfig(class_name=bound.class_name, arguments=bound.arguments, kind="op")
    try:
        shape = create(config).output_shape(*[filled(arg, by_name) for arg in bound.args])
    except LstmcountError:
        return False
    return shape is not None and public(shape) == public(output)


def _constant(value: Any) -> Any:
    """Convert lists of numbers to arrays; tensors and lists of tensors stay unchanged."""
    if not isinstance(value, list) or not value or refs_in(value):
        return value
    first = value
    while isinstance(first, list) and first:
        first = first[0]
    names = {bool: "bool", int: "int32", float: "float32"}
    dtype = names.get(type(first))
    if dtype is None:
        return value
    return {"class_name": "__numpy__", "config": {"value": value, "dtype": dtype}}


class _Called(NamedTuple):
    """The arguments of a TensorFlow function's call, and the shapes of its tensors."""

    arguments: dict[str, Any]
    args: list[Any]
    shapes: list[Any]


def _matmul(called: _Called) -> Bound:
    one, other = called.args
    if not called.arguments or not any(called.arguments.values()):
        return Bound("Matmul", {}, [one, other])
    if called.arguments.get("adjoint_a") or called.arguments.get("adjoint_b"):
        raise ValueError
    first = "ji" if called.arguments.get("transpose_a") else "ij"
    second = "kj" if called.arguments.get("transpose_b") else "jk"
    return Bound("Einsum", {"subscripts": f"...{first},...{second}->...ik"}, [one, other])


def _add_all(called: _Called) -> Bound:
    one, other = called.args[0]
    return Bound("Add", {}, [one, other])


def _normalize(called: _Called) -> Bound:
    axis = called.arguments["axis"]
    epsilon = called.arguments.get("epsilon", 1e-12)
    # TensorFlow's epsilon bounds the squared norm
    return Bound("Normalize", {"axis": axis, "order": 2, "epsilon": epsilon**0.5}, called.args)


def _add_bias(called: _Called) -> Bound:
    if is_channels_first(called.arguments.get("data_format")):
        raise ValueError
    return Bound("Add", {}, called.args)


def _reshape(called: _Called) -> Bound:
    tensor, shape = called.args
    return Bound("Reshape", {"newshape": _numbers(with_rest(shape))}, [tensor])


def _broadcast_to(called: _Called) -> Bound:
    tensor, shape = called.args
    return Bound("BroadcastTo", {"shape": _numbers(shape)}, [tensor])


def _tile(called: _Called) -> Bound:
    tensor, multiples = called.args
    return Bound("Tile", {"repeats": _numbers(multiples)}, [tensor])


def _squeeze(called: _Called) -> Bound:
    axis = called.arguments.get("axis") or None
    if isinstance(axis, list) and len(axis) == 1:
        (axis,) = axis
    return Bound("Squeeze", {} if axis is None else {"axis": axis}, called.args)


def _split(called: _Called) -> Bound:
    parts = called.arguments["num_or_size_splits"]
    if isinstance(parts, list):
        if -1 in parts[:-1]:
            raise ValueError
        parts = list(accumulate(_numbers(parts)[:-1]))
    return Bound(
        "Split",
        {"indices_or_sections": parts, "axis": called.arguments.get("axis", 0)},
        called.args,
    )


def _gather(called: _Called) -> Bound:
    if called.arguments.get("batch_dims"):
        raise ValueError
    return Bound("Take", {"axis": called.arguments.get("axis") or 0}, called.args)


def _slice(called: _Called) -> Bound:
    tensor, begins, sizes = called.args
    keys = [
        slice(begin or None, None if size == -1 else begin + size)
        for begin, size in zip(_numbers(begins), _numbers(sizes), strict=True)
    ]
    return Bound("GetItem", {}, [tensor, keys])


def _strided_slice(called: _Called) -> Bound:
    slicing = TFStridedSlice(**called.arguments)
    for numbers in (slicing.begin, slicing.end, slicing.strides or []):
        _numbers(numbers)
    return Bound("GetItem", {}, [called.args[0], slicing.keys()])


def _where(called: _Called) -> Bound:
    condition, one, other = called.args
    return Bound("Where", {}, [condition, one, other])


def _pad(called: _Called) -> Bound:
    how = str(called.arguments.get("mode", "CONSTANT")).lower()
    value = called.arguments.get("constant_values") or 0
    arguments = {"pad_width": called.arguments["paddings"], "mode": how}
    return Bound("Pad", arguments, [*called.args, value] if value else called.args)


def _window(called: _Called, rank: int) -> dict[str, Any]:
    """Strides, padding and so on as Keras 3 takes them."""
    arguments = called.arguments
    first = is_channels_first(arguments.get("data_format"))
    padding = arguments["padding"]
    if padding not in ("SAME", "VALID", "same", "valid"):
        raise ValueError
    window = {
        "strides": _one(spatial_sizes(arguments.get("strides"), rank, first)),
        "padding": padding.lower(),
        "data_format": "channels_first" if first else "channels_last",
    }
    if arguments.get("dilations") is not None:
        window["dilation_rate"] = _one(spatial_sizes(arguments["dilations"], rank, first))
    return window


def _convolution(class_name: str) -> Callable[[_Called], Bound]:
    def write(called: _Called) -> Bound:
        rank = len(called.shapes[0]) - 2
        return Bound(class_name, _window(called, rank), called.args)

    return write


def _pool(class_name: str) -> Callable[[_Called], Bound]:
    def write(called: _Called) -> Bound:
        rank = len(called.shapes[0]) - 2
        options = _window(called, rank)
        first = options["data_format"] == "channels_first"
        if options.pop("dilation_rate", 1) != 1:
            raise ValueError
        window = spatial_sizes(called.arguments["ksize"], rank, first)
        return Bound(class_name, {"pool_size": window, **options}, called.args)

    return write


def _resize(called: _Called) -> Bound:
    images, size = called.args
    method = called.arguments.get("method", "bilinear")
    if method not in ("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5"):
        raise ValueError
    arguments = {"size": _numbers(size), "interpolation": method, "data_format": "channels_last"}
    if called.arguments.get("antialias"):
        arguments["antialias"] = True
    return Bound("Resize", arguments, [images])


def _crop(called: _Called) -> Bound:
    arguments = called.arguments
    crop = {
        "top_cropping": arguments["offset_height"],
        "left_cropping": arguments["offset_width"],
        "target_height": arguments["target_height"],
        "target_width": arguments["target_width"],
        "data_format": "channels_last",
    }
    return Bound("CropImages", crop, called.args)


def _patches(called: _Called) -> Bound:
    """Sizes, strides and rates are given as [1, rows, columns, 1]."""
    arguments = called.arguments
    patches = {
        "size": _one(arguments["sizes"][1:3]),
        "strides": _one(arguments["strides"][1:3]),
        "dilation_rate": _one(arguments["rates"][1:3]),
        "padding": arguments["padding"].lower(),
        "data_format": "channels_last",
    }
    return Bound("ExtractPatches", patches, called.args)


def _one(sizes: list[int]) -> int | list[int]:
    """One number if all axes have the same, else the list."""
    return sizes[0] if len(set(sizes)) == 1 else sizes


def _frames(called: _Called) -> Bound:
    arguments = {
        "sequence_length": called.arguments["frame_length"],
        "sequence_stride": called.arguments["frame_step"],
    }
    return Bound("ExtractSequences", arguments, called.args)


def _numbers(value: Any) -> list[int]:
    if not isinstance(value, list) or not all(isinstance(item, int) for item in value):
        raise ValueError
    return value


_EQUIVALENTS: dict[str, Callable[[_Called], Bound]] = {
    "AddAll": _add_all,
    "TFAddBias": _add_bias,
    "TFAveragePool": _pool("AveragePool"),
    "TFBroadcastTo": _broadcast_to,
    "TFConv": _convolution("Conv"),
    "TFCrop": _crop,
    "TFDepthwiseConv": _convolution("DepthwiseConv"),
    "TFExtractPatches": _patches,
    "TFFrames": _frames,
    "TFGather": _gather,
    "TFMatmul": _matmul,
    "TFMaxPool": _pool("MaxPool"),
    "TFNormalize": _normalize,
    "TFPad": _pad,
    "TFReshape": _reshape,
    "TFResize": _resize,
    "TFSlice": _slice,
    "TFSplit": _split,
    "TFSqueeze": _squeeze,
    "TFStridedSlice": _strided_slice,
    "TFTile": _tile,
    "TFWhere": _where,
}
