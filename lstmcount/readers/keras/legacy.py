"""Translate layer configs of Keras 1 and 2 to Keras 3, keeping their original meaning."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmcount.config import LayerConfig

Config = dict[str, Any]

BATCH_NORMALIZATIONS = ("BatchNormalization", "SyncBatchNormalization")

# Class in Keras 1 and 0.3 → class in Keras 3.
RENAMED = {
    "AtrousConvolution1D": "Conv1D",
    "AtrousConvolution2D": "Conv2D",
    "Convolution1D": "Conv1D",
    "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D",
    "Deconvolution2D": "Conv2DTranspose",
    "Deconvolution3D": "Conv3DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "GRUCellV1": "GRUCell",
    "GRUCellV2": "GRUCell",
    "GRUV1": "GRU",
    "GRUV2": "GRU",
    "LSTMCellV1": "LSTMCell",
    "LSTMCellV2": "LSTMCell",
    "LSTMV1": "LSTM",
    "LSTMV2": "LSTM",
    "TFOpLambdaV2": "TFOpLambda",
    "UnifiedGRU": "GRU",
    "UnifiedLSTM": "LSTM",
}
# Argument in Keras 1 → argument in Keras 3, where every layer uses it in the same sense.
_ARGUMENTS = {
    "atrous_rate": "dilation_rate",
    "bias": "use_bias",
    "border_mode": "padding",
    "filter_length": "kernel_size",
    "init": "kernel_initializer",
    "inner_activation": "recurrent_activation",
    "inner_init": "recurrent_initializer",
    "length": "size",
    "nb_filter": "filters",
    "p": "rate",
    "pool_length": "pool_size",
    "poolsize": "pool_size",
    "sigma": "stddev",
    "stride": "strides",
    "subsample": "strides",
    "subsample_length": "strides",
}
# Arguments that only Keras 1 had; what sizes nothing is dropped.
ONLY_KERAS_1 = frozenset(_ARGUMENTS) | {
    "output_dim", "nb_row", "nb_col", "kernel_dim1", "dim_ordering", "W_regularizer",
    "U_regularizer", "b_regularizer", "W_constraint", "U_constraint", "b_constraint", "dropout_W",
    "dropout_U", "forget_bias_init", "consume_less", "input_dtype", "create_input_layer",
}  # fmt: skip
_DTYPES = {"double": "float64", "float": "float32", "half": "float16"}  # other names in TensorFlow
_UNITS = ("Dense", "GRU", "LSTM", "SimpleRNN", "Highway", "MaxoutDense", "TimeDistributedDense")
_MERGES = {
    "ave": "Average",
    "concat": "Concatenate",
    "cos": "Dot",
    "dot": "Dot",
    "max": "Maximum",
    "mul": "Multiply",
    "sum": "Add",
}


_INFERRED = {"EinsumDense": "InferredEinsumDense"}  # the output shape is TensorFlow's
_TIME_MAJOR = ("GRU", "LSTM", "RNN", "SimpleRNN")  # classes that had the argument `time_major`

_SIZED = {"Conv2DTranspose": "Deconvolution2D", "Conv3DTranspose": "Deconvolution3D"}
_PADDED = (
    "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D", *_SIZED,
)  # fmt: skip

# Keras 1 did not save `dim_ordering` for these; they use Keras's global setting.
_UNORDERED = (
    "Cropping2D", "Cropping3D", "UpSampling2D", "UpSampling3D", "ZeroPadding2D", "ZeroPadding3D",
)  # fmt: skip


def ordering_of(data: Any) -> str | None:
    """The `dim_ordering` of all layers of a Keras 1 model, or the default of that version."""
    orderings: set[str] = set()
    stack = [data]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            if isinstance(item.get("dim_ordering"), str):
                orderings.add(item["dim_ordering"])
            stack += [v for v in item.values() if isinstance(v, dict | list)]
        elif isinstance(item, list):
            stack += [v for v in item if isinstance(v, dict | list)]
    if not orderings and str(data.get("keras_version")).startswith("1.0."):
        return "th"  # the default before Keras 1.1
    return orderings.pop() if len(orderings) == 1 else None


def modernised(class_name: str, config: Config, ordering: str | None = None) -> tuple[str, Config]:
    """The class and arguments in Keras 3. Arguments that no longer exist are dropped later."""
    class_name = RENAMED.get(class_name, class_name)
    arguments = {key: _plain(value) for key, value in config.items()}
    if class_name == "Merge" and not arguments.get("layers"):
        return _merge(arguments)
    _rename_arguments(class_name, arguments, ordering)
    if arguments.get("activation") == "time_distributed_softmax":  # of the earliest versions
        arguments["activation"] = "softmax"
    if isinstance(arguments.get("dtype"), str):
        arguments["dtype"] = _DTYPES.get(arguments["dtype"], arguments["dtype"])
    if fix := _FIXES.get(class_name):
        fix(arguments)
    return _early(class_name, arguments), arguments


def _rename_arguments(class_name: str, arguments: Config, ordering: str | None) -> None:
    """Give the arguments of Keras 1 their names and values in Keras 3."""
    old_names = [key for key in arguments if key in _ARGUMENTS]
    for key in old_names:
        arguments.setdefault(_ARGUMENTS[key], arguments.pop(key))
    if class_name in _UNITS and "output_dim" in arguments:
        arguments.setdefault("units", arguments.pop("output_dim"))
    if "nb_row" in arguments or "kernel_dim1" in arguments or "nb_depth" in arguments:
        names = ("kernel_dim1", "kernel_dim2", "kernel_dim3", "nb_depth", "nb_row", "nb_col")
        arguments["kernel_size"] = [arguments.pop(name) for name in names if name in arguments]
    if ordering and class_name in _UNORDERED and "data_format" not in arguments:
        arguments.setdefault("dim_ordering", ordering)
    if "dim_ordering" in arguments:
        ordering = arguments.pop("dim_ordering")
        arguments["data_format"] = "channels_first" if ordering == "th" else "channels_last"


def in_keras_2(class_name: str, arguments: Config) -> str:
    """The class whose output shape is that of Keras 2.

    >>> in_keras_2("LSTM", {"time_major": True})
    'TimeMajorLSTM'
    """
    if class_name in _TIME_MAJOR and arguments.get("time_major") is True:
        return f"TimeMajor{class_name}"
    if class_name == "Bidirectional" and _directions_differ(arguments):
        return "UnequalBidirectional"
    return _INFERRED.get(class_name, class_name)


def _directions_differ(arguments: Config) -> bool:
    """Whether the layers of a Bidirectional may return different shapes."""
    forward, backward = arguments.get("layer"), arguments.get("backward_layer")
    if not isinstance(forward, dict) or not isinstance(backward, dict):
        return False
    return _sizes(forward) != _sizes(backward)


def _sizes(layer: Config) -> list[Any]:
    config = layer.get("config")
    arguments = config if isinstance(config, dict) else {}
    return [layer.get("class_name"), *map(arguments.get, ("units", "filters", "cell"))]


def frozen_within(value: Any) -> Any:
    """Freeze the layers among the arguments of a frozen layer, as Keras 2 does."""
    if isinstance(value, LayerConfig):
        value.arguments = {key: frozen_within(item) for key, item in value.arguments.items()}
        value.arguments["trainable"] = False
        if value.model is not None:
            value.model.layers = [frozen_within(layer) for layer in value.model.layers]
    return [frozen_within(item) for item in value] if isinstance(value, list) else value


def _early(class_name: str, arguments: Config) -> str:
    """Our own class for arguments that Keras 3's class no longer supports, else `class_name`."""
    if class_name in BATCH_NORMALIZATIONS:
        return normalising(class_name, arguments)
    if class_name in _SIZED and isinstance(arguments.get("output_shape"), list | tuple):
        return _SIZED[class_name]  # its padding then has no further effect
    if class_name in _PADDED and arguments.get("padding") == "full":
        del arguments["padding"]
        return f"Full{class_name}"
    return class_name


def automatic(class_name: str) -> str:
    """The class from which an automatic name is derived.

    >>> automatic("FullConv2D"), automatic("Conv2D"), automatic("FullAttention")
    ('Conv2D', 'Conv2D', 'FullAttention')
    >>> automatic("JointBatchNormalization"), automatic("TimeMajorLSTM")
    ('BatchNormalization', 'LSTM')
    """
    for prefix in ("Full", "Joint", "TimeMajor", "Unequal"):
        shown = class_name.removeprefix(prefix)
        if shown in (*_PADDED, *BATCH_NORMALIZATIONS, *_TIME_MAJOR, "Bidirectional"):
            return shown
    return class_name


def _plain(value: Any) -> Any:
    """Decode numbers, tuples and tensor shapes as Keras serialises them."""
    if isinstance(value, dict) and set(value) >= {"class_name", "items"}:
        return [_plain(item) for item in value["items"]]
    return value


def _merge(old: Config) -> tuple[str, Config]:
    mode = str(old.get("mode"))
    arguments: Config = {"name": old["name"]} if "name" in old else {}
    if mode == "concat":
        arguments["axis"] = old.get("concat_axis", -1)
    if mode in ("dot", "cos"):
        axes = old.get("dot_axes", -1)
        if isinstance(axes, list):  # Keras 1: a list of axes for each input
            axes = [axis[0] if isinstance(axis, list) else axis for axis in axes]
        arguments["axes"] = axes
        arguments["normalize"] = mode == "cos"
    if mode not in _MERGES:
        arguments["output_shape"] = old.get("output_shape")
    return _MERGES.get(mode, "Merge"), arguments


def _fix_gru(arguments: Config) -> None:
    arguments.setdefault("reset_after", False)  # the behaviour before the argument existed


def normalising(class_name: str, arguments: Config) -> str:
    """The class for a batch normalisation; only Keras 2 normalises over several axes.

    >>> normalising("BatchNormalization", {"axis": [1, 3]})
    'JointBatchNormalization'
    """
    one_axis(arguments)
    return "JointBatchNormalization" if isinstance(arguments.get("axis"), list) else class_name


def one_axis(arguments: Config) -> None:
    """Unpack the axis of a batch normalisation, which Keras 2 saves as a list."""
    axis = arguments.get("axis")
    if isinstance(axis, list) and len(axis) == 1:
        arguments["axis"] = axis[0]


def _fix_leaky_relu(arguments: Config) -> None:
    if "alpha" in arguments:
        arguments["negative_slope"] = arguments.pop("alpha")
    slope = arguments.get("negative_slope")
    if isinstance(slope, int | float) and slope < 0:
        del arguments["negative_slope"]  # only Keras 3 refuses it


def _fix_reshape(arguments: Config) -> None:
    if "dims" in arguments:
        arguments["target_shape"] = arguments.pop("dims")


def _fix_average(arguments: Config) -> None:
    arguments.setdefault("pool_size", 2)  # the former default of AveragePooling


def _fix_pooling(arguments: Config) -> None:
    """Keras 0.3 writes (2, 2) for a single window size over time."""
    arguments.setdefault("pool_size", 2)
    for key in ("pool_size", "strides"):
        value = arguments.get(key)
        if isinstance(value, list) and len(value) == 1:
            arguments[key] = value[0]


def _fix_zero_padding(arguments: Config) -> None:
    padding = arguments.get("padding")
    if isinstance(padding, dict):  # Keras 1: {"top_pad": 1, …}
        padding = [padding.get(f"{side}_pad", 0) for side in ("top", "bottom", "left", "right")]
    if isinstance(padding, list | tuple) and len(padding) == 4:
        arguments["padding"] = [list(padding[:2]), list(padding[2:])]


def _fix_time_padding(arguments: Config) -> None:
    padding = arguments.get("padding")
    if isinstance(padding, dict):
        arguments["padding"] = [padding.get("left_pad", 0), padding.get("right_pad", 0)]


def _fix_embedding(arguments: Config) -> None:
    arguments.pop("dropout", None)


def _fix_relu(arguments: Config) -> None:
    slope = arguments.get("negative_slope")
    if isinstance(slope, list) and slope:
        arguments["negative_slope"] = slope[0]


def _fix_separable(arguments: Config) -> None:
    arguments.pop("kernel_initializer", None)


_FIXES: dict[str, Callable[[Config], None]] = {
    "GRU": _fix_gru,
    "GRUCell": _fix_gru,
    "LeakyReLU": _fix_leaky_relu,
    "Reshape": _fix_reshape,
    "MaxPooling1D": _fix_pooling,
    "AveragePooling1D": _fix_pooling,
    "AveragePooling2D": _fix_average,
    "AveragePooling3D": _fix_average,
    "ZeroPadding1D": _fix_time_padding,
    "ZeroPadding2D": _fix_zero_padding,
    "Embedding": _fix_embedding,
    "ReLU": _fix_relu,
    "SeparableConv2D": _fix_separable,
}
