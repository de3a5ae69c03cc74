"""MobileNet, V2 and V3: depthwise convolutions (Howard et al., 2017 and 2019; Sandler, 2018)."""

from __future__ import annotations

from functools import partial
from typing import Any

from lstmcount.programs.libraries.keras.architectures.base import (
    ApplicationOptions,
    Net,
    channels,
    conv,
    depthwise,
    divisible,
    ended,
    odd_padding,
    pooled,
)

_RELU6 = 6.0


def _clipped(net: Net, x: Any, name: str) -> Any:
    return net("ReLU", x, name, max_value=_RELU6)


# -- MobileNet -----------------------------------------------------------------------------------

_WIDTHS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
_STRIDED = (2, 4, 6, 12)  # blocks that halve the image


def mobilenet(net: Net, x: Any, options: ApplicationOptions) -> Any:
    alpha = options.alpha
    x = conv(net, x, "conv1", int(32 * alpha), 3, strides=2)
    x = net("BatchNormalization", x, "conv1_bn")
    x = _clipped(net, x, "conv1_relu")
    for block, width in enumerate(_WIDTHS, 1):
        stride = 2 if block in _STRIDED else 1
        x = _separable(net, x, int(width * alpha), stride, options.depth_multiplier, block)
    if not options.include_top:
        return pooled(net, x, options, named=False)
    x = net("GlobalAveragePooling2D", x, keepdims=True)
    x = net("Dropout", x, "dropout", rate=options.dropout)
    x = net("Conv2D", x, "conv_preds", filters=options.classes, kernel_size=1, padding="same")
    x = net("Reshape", x, "reshape_2", target_shape=[options.classes])
    return net("Activation", x, "predictions", activation=options.classifier_activation)


def _separable(net: Net, x: Any, filters: int, stride: int, multiplier: int, block: int) -> Any:
    if stride == 2:
        x = net("ZeroPadding2D", x, f"conv_pad_{block}", padding=[[0, 1], [0, 1]])
    x = depthwise(net, x, f"conv_dw_{block}", 3, stride, depth_multiplier=multiplier)
    x = net("BatchNormalization", x, f"conv_dw_{block}_bn")
    x = _clipped(net, x, f"conv_dw_{block}_relu")
    x = conv(net, x, f"conv_pw_{block}", filters)
    x = net("BatchNormalization", x, f"conv_pw_{block}_bn")
    return _clipped(net, x, f"conv_pw_{block}_relu")


# -- V2 ------------------------------------------------------------------------------------------

# For each stage: filters, blocks, stride of the first block, expansion.
_STAGES = (
    (16, 1, 1, 1), (24, 2, 2, 6), (32, 3, 2, 6), (64, 4, 2, 6), (96, 3, 1, 6), (160, 3, 2, 6),
    (320, 1, 1, 6),
)  # fmt: skip


def mobilenet_v2(net: Net, x: Any, options: ApplicationOptions) -> Any:
    alpha = options.alpha
    x = conv(net, x, "Conv1", divisible(32 * alpha), 3, strides=2)
    x = _normalized(net, x, "bn_Conv1")
    x = _clipped(net, x, "Conv1_relu")
    block = 0
    for filters, blocks, stride, expansion in _STAGES:
        for i in range(blocks):
            x = _inverted(
                net, x, divisible(int(filters * alpha)), stride if i == 0 else 1, expansion, block
            )
            block += 1
    last = divisible(1280 * alpha) if alpha > 1.0 else 1280
    x = conv(net, x, "Conv_1", last, padding="valid")
    x = _normalized(net, x, "Conv_1_bn")
    x = _clipped(net, x, "out_relu")
    return ended(net, x, options, top=None, named=False)


def _normalized(net: Net, x: Any, name: str) -> Any:
    return net("BatchNormalization", x, name, epsilon=1e-3, momentum=0.999)


def _inverted(net: Net, x: Any, filters: int, stride: int, expansion: int, block: int) -> Any:
    """An inverted residual: wide inside, narrow outside, with a shortcut if the shape stays."""
    inputs, narrow = x, channels(x)
    prefix = f"block_{block}_" if block else "expanded_conv_"
    if block:
        x = conv(net, x, f"{prefix}expand", expansion * narrow)
        x = _normalized(net, x, f"{prefix}expand_BN")
        x = _clipped(net, x, f"{prefix}expand_relu")
    if stride == 2:
        x = net("ZeroPadding2D", x, f"{prefix}pad", padding=odd_padding(x, 3))
    x = depthwise(net, x, f"{prefix}depthwise", 3, stride)
    x = _normalized(net, x, f"{prefix}depthwise_BN")
    x = _clipped(net, x, f"{prefix}depthwise_relu")
    x = conv(net, x, f"{prefix}project", filters)
    x = _normalized(net, x, f"{prefix}project_BN")
    if stride == 1 and narrow == filters:
        return net("Add", [inputs, x], f"{prefix}add")
    return x


# -- V3 ------------------------------------------------------------------------------------------

# For each block: expansion, filters, whether the kernel is the large one, stride, whether it
# squeezes and excites, whether its activation is hard-swish.
_SMALL = (
    (1, 16, False, 2, True, False), (72 / 16, 24, False, 2, False, False),
    (88 / 24, 24, False, 1, False, False), (4, 40, True, 2, True, True),
    (6, 40, True, 1, True, True), (6, 40, True, 1, True, True), (3, 48, True, 1, True, True),
    (3, 48, True, 1, True, True), (6, 96, True, 2, True, True), (6, 96, True, 1, True, True),
    (6, 96, True, 1, True, True),
)  # fmt: skip
_LARGE = (
    (1, 16, False, 1, False, False), (4, 24, False, 2, False, False),
    (3, 24, False, 1, False, False), (3, 40, True, 2, True, False), (3, 40, True, 1, True, False),
    (3, 40, True, 1, True, False), (6, 80, False, 2, False, True), (2.5, 80, False, 1, False, True),
    (2.3, 80, False, 1, False, True), (2.3, 80, False, 1, False, True),
    (6, 112, False, 1, True, True), (6, 112, False, 1, True, True), (6, 160, True, 2, True, True),
    (6, 160, True, 1, True, True), (6, 160, True, 1, True, True),
)  # fmt: skip


def mobilenet_v3(
    net: Net, x: Any, options: ApplicationOptions, blocks: tuple[Any, ...], last_filters: int
) -> Any:
    plain = options.minimalistic  # no squeezing, no hard-swish, small kernels
    if options.include_preprocessing:
        x = net("Rescaling", x, scale=1 / 127.5, offset=-1.0)
    x = conv(net, x, "conv", 16, 3, strides=2)
    x = _active(net, _normalized(net, x, "conv_bn"), not plain)
    for number, (expansion, filters, large, stride, excites, swish) in enumerate(blocks):
        x = _inverted_v3(
            net, x, number, expansion, divisible(filters * options.alpha),
            5 if large and not plain else 3, stride, excites and not plain, swish and not plain,
        )  # fmt: skip
    wide = divisible(channels(x) * 6)
    x = conv(net, x, "conv_1", wide)
    x = _active(net, _normalized(net, x, "conv_1_bn"), not plain)
    if not options.include_top:
        return pooled(net, x, options)
    if options.alpha > 1.0:
        last_filters = divisible(last_filters * options.alpha)
    x = net("GlobalAveragePooling2D", x, keepdims=True)
    x = net("Conv2D", x, "conv_2", filters=last_filters, kernel_size=1, padding="same")
    x = _active(net, x, not plain)
    if options.dropout_rate > 0:
        x = net("Dropout", x, rate=options.dropout_rate)
    x = net("Conv2D", x, "logits", filters=options.classes, kernel_size=1, padding="same")
    x = net("Flatten", x)
    return net("Activation", x, "predictions", activation=options.classifier_activation)


def _active(net: Net, x: Any, swish: bool) -> Any:
    return net("Activation", x, activation="hard_swish") if swish else net("ReLU", x)


def _inverted_v3(
    net: Net, x: Any, number: int, expansion: float, filters: int, kernel_size: int, stride: int,
    excites: bool, swish: bool,
) -> Any:  # fmt: skip
    inputs, narrow = x, channels(x)
    prefix = f"expanded_conv_{number}_" if number else "expanded_conv_"
    wide = divisible(narrow * expansion)
    if number:
        x = conv(net, x, f"{prefix}expand", wide)
        x = _active(net, _normalized(net, x, f"{prefix}expand_bn"), swish)
    if stride == 2:
        x = net("ZeroPadding2D", x, f"{prefix}depthwise_pad", padding=odd_padding(x, kernel_size))
    x = depthwise(net, x, f"{prefix}depthwise", kernel_size, stride)
    x = _active(net, _normalized(net, x, f"{prefix}depthwise_bn"), swish)
    if excites:
        x = _excited(net, x, wide, prefix)
    x = conv(net, x, f"{prefix}project", filters)
    x = _normalized(net, x, f"{prefix}project_bn")
    if stride == 1 and narrow == filters:
        return net("Add", [inputs, x], f"{prefix}add")
    return x


def _excited(net: Net, x: Any, filters: int, prefix: str) -> Any:
    """Weight each channel by a factor computed from the channels' averages."""
    prefix += "squeeze_excite_"
    weight = net("GlobalAveragePooling2D", x, f"{prefix}avg_pool", keepdims=True)
    squeezed = divisible(filters * 0.25)
    weight = net("Conv2D", weight, f"{prefix}conv", filters=squeezed, kernel_size=1, padding="same")
    weight = net("ReLU", weight, f"{prefix}relu")
    weight = net(
        "Conv2D", weight, f"{prefix}conv_1", filters=filters, kernel_size=1, padding="same"
    )
    weight = net("ReLU", weight + 3.0, max_value=_RELU6) * (1.0 / 6.0)
    return net("Multiply", [x, weight], f"{prefix}mul")


mobilenet_v3_small = partial(mobilenet_v3, blocks=_SMALL, last_filters=1024)
mobilenet_v3_large = partial(mobilenet_v3, blocks=_LARGE, last_filters=1280)
