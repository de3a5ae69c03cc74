"""EfficientNet and V2: one network scaled in width, depth and size (Tan and Le, 2019, 2021)."""

from __future__ import annotations

import math
from typing import Any

from lstmcount.programs.libraries.keras.architectures.base import (
    ApplicationOptions,
    Net,
    channels,
    conv,
    depthwise,
    divisible,
    odd_padding,
    pooled,
    predicted,
    rounded,
)

# For each stage: kernel size, blocks, filters in, filters out, expansion, stride.
_STAGES = (
    (3, 1, 32, 16, 1, 1), (3, 2, 16, 24, 6, 2), (5, 2, 24, 40, 6, 2), (3, 3, 40, 80, 6, 2),
    (5, 3, 80, 112, 6, 1), (5, 4, 112, 192, 6, 2), (3, 1, 192, 320, 6, 1),
)  # fmt: skip
# Width, depth, and dropout before the classifier.
_SCALES = {
    "b0": (1.0, 1.0, 0.2), "b1": (1.0, 1.1, 0.2), "b2": (1.1, 1.2, 0.3), "b3": (1.2, 1.4, 0.3),
    "b4": (1.4, 1.8, 0.4), "b5": (1.6, 2.2, 0.4), "b6": (1.8, 2.6, 0.5), "b7": (2.0, 3.1, 0.5),
}  # fmt: skip
DROPPED = 0.2  # rate of the last block; earlier blocks have less


def efficientnet(net: Net, x: Any, options: ApplicationOptions, scale: str) -> Any:
    width, depth, dropout = _SCALES[scale]
    x = net("Rescaling", x, scale=1 / 255)
    x = net("Normalization", x, axis=3)
    if options.weights == "imagenet":
        deviations = (0.229, 0.224, 0.225)
        x = net("Rescaling", x, scale=[1 / math.sqrt(deviation) for deviation in deviations])
    x = net("ZeroPadding2D", x, "stem_conv_pad", padding=odd_padding(x, 3))
    x = conv(net, x, "stem_conv", divisible(32 * width), 3, strides=2, padding="valid")
    x = _active(net, x, "stem_bn", "stem_activation")
    depths = [math.ceil(depth * stage[1]) for stage in _STAGES]
    done = 0
    for number, (kernel, _, before, after, expansion, stride) in enumerate(_STAGES, 1):
        for i in range(depths[number - 1]):
            x = _block(
                net, x, f"block{number}{chr(97 + i)}_",
                divisible((before if i == 0 else after) * width), divisible(after * width),
                kernel, stride if i == 0 else 1, expansion, DROPPED * done / sum(depths),
            )  # fmt: skip
            done += 1
    return _top(net, x, options, divisible(1280 * width), dropout)


def _active(net: Net, x: Any, norm: str, activation: str) -> Any:
    return net("Activation", net("BatchNormalization", x, norm), activation, activation="swish")


def _top(net: Net, x: Any, options: ApplicationOptions, filters: int, dropout: float) -> Any:
    x = conv(net, x, "top_conv", filters)
    x = _active(net, x, "top_bn", "top_activation")
    if not options.include_top:
        return pooled(net, x, options)
    x = net("GlobalAveragePooling2D", x, "avg_pool")
    x = net("Dropout", x, "top_dropout", rate=dropout)
    return predicted(net, x, options)


def _block(
    net: Net, inputs: Any, name: str, before: int, after: int, kernel: int, stride: int,
    expansion: int, dropped: float,
) -> Any:  # fmt: skip
    """Expansion, depthwise convolution, squeeze and excitation, projection, shortcut."""
    x = inputs
    wide = before * expansion
    if expansion != 1:
        x = conv(net, x, f"{name}expand_conv", wide)
        x = _active(net, x, f"{name}expand_bn", f"{name}expand_activation")
    if stride == 2:
        x = net("ZeroPadding2D", x, f"{name}dwconv_pad", padding=odd_padding(x, kernel))
    x = depthwise(net, x, f"{name}dwconv", kernel, stride)
    x = _active(net, x, f"{name}bn", f"{name}activation")
    x = _excited(net, x, name, wide, before)
    return _projected(net, x, inputs, name, before, after, stride, dropped)


def _excited(net: Net, x: Any, name: str, wide: int, before: int) -> Any:
    weight = net("GlobalAveragePooling2D", x, f"{name}se_squeeze")
    weight = net("Reshape", weight, f"{name}se_reshape", target_shape=[1, 1, wide])
    weight = net(
        "Conv2D", weight, f"{name}se_reduce", filters=max(1, int(before * 0.25)), kernel_size=1,
        padding="same", activation="swish",
    )  # fmt: skip
    weight = net(
        "Conv2D", weight, f"{name}se_expand",
        filters=wide, kernel_size=1, padding="same", activation="sigmoid",
    )  # fmt: skip
    return net("Multiply", [x, weight], f"{name}se_excite")


def _projected(
    net: Net, x: Any, inputs: Any, name: str, before: int, after: int, stride: int, dropped: float
) -> Any:
    x = conv(net, x, f"{name}project_conv", after)
    x = net("BatchNormalization", x, f"{name}project_bn")
    return _with_shortcut(net, x, inputs, name, before == after and stride == 1, dropped)


def _with_shortcut(net: Net, x: Any, inputs: Any, name: str, fits: bool, dropped: float) -> Any:
    if not fits:
        return x
    if dropped > 0:
        x = net("Dropout", x, f"{name}drop", rate=dropped, noise_shape=[None, 1, 1, 1])
    return net("Add", [x, inputs], f"{name}add")


# -- V2 ------------------------------------------------------------------------------------------

# For each stage: blocks, filters in, filters out, expansion, stride, whether its convolutions are
# fused (then there is no squeeze).
_BASE = (
    (1, 32, 16, 1, 1, True), (2, 16, 32, 4, 2, True), (2, 32, 48, 4, 2, True),
    (3, 48, 96, 4, 2, False), (5, 96, 112, 6, 1, False), (8, 112, 192, 6, 2, False),
)  # fmt: skip
_STAGES_V2 = {
    "s": (
        (2, 24, 24, 1, 1, True), (4, 24, 48, 4, 2, True), (4, 48, 64, 4, 2, True),
        (6, 64, 128, 4, 2, False), (9, 128, 160, 6, 1, False), (15, 160, 256, 6, 2, False),
    ),
    "m": (
        (3, 24, 24, 1, 1, True), (5, 24, 48, 4, 2, True), (5, 48, 80, 4, 2, True),
        (7, 80, 160, 4, 2, False), (14, 160, 176, 6, 1, False), (18, 176, 304, 6, 2, False),
        (5, 304, 512, 6, 1, False),
    ),
    "l": (
        (4, 32, 32, 1, 1, True), (7, 32, 64, 4, 2, True), (7, 64, 96, 4, 2, True),
        (10, 96, 192, 4, 2, False), (19, 192, 224, 6, 1, False), (25, 224, 384, 6, 2, False),
        (7, 384, 640, 6, 1, False),
    ),
}  # fmt: skip
_SCALES_V2 = {"b0": (1.0, 1.0), "b1": (1.0, 1.1), "b2": (1.1, 1.2), "b3": (1.2, 1.4)}


def efficientnet_v2(net: Net, x: Any, options: ApplicationOptions, scale: str) -> Any:
    width, depth = _SCALES_V2.get(scale, (1.0, 1.0))
    stages = _STAGES_V2.get(scale, _BASE)
    if options.include_preprocessing:
        if scale.startswith("b") and channels(x) == 3:
            x = net("Rescaling", x, scale=1 / 255)
            x = net("Normalization", x, axis=3, mean=[0.485, 0.456, 0.406],
                    variance=[0.229**2, 0.224**2, 0.225**2])  # fmt: skip
        else:
            x = net("Rescaling", x, scale=1 / 128, offset=-1)
    x = conv(net, x, "stem_conv", rounded(stages[0][1] * width), 3, strides=2)
    x = _active(net, x, "stem_bn", "stem_activation")
    total = float(sum(stage[0] for stage in stages))
    done = 0
    for number, (blocks, before, after, expansion, stride, fused) in enumerate(stages, 1):
        block = _fused if fused else _block_v2
        for i in range(math.ceil(depth * blocks)):
            x = block(
                net, x, f"block{number}{chr(97 + i)}_",
                rounded((before if i == 0 else after) * width), rounded(after * width),
                stride if i == 0 else 1, expansion, DROPPED * done / total,
            )  # fmt: skip
            done += 1
    return _top(net, x, options, rounded(1280 * width), 0.2)


def _block_v2(
    net: Net, inputs: Any, name: str, before: int, after: int, stride: int, expansion: int,
    dropped: float,
) -> Any:  # fmt: skip
    x = inputs
    wide = before * expansion
    if expansion != 1:
        x = conv(net, x, f"{name}expand_conv", wide)
        x = _active(net, x, f"{name}expand_bn", f"{name}expand_activation")
    x = net(
        "DepthwiseConv2D", x, f"{name}dwconv2",
        kernel_size=3, strides=stride, padding="same", use_bias=False,
    )  # fmt: skip
    x = _active(net, x, f"{name}bn", f"{name}activation")
    x = _excited(net, x, name, wide, before)
    return _projected(net, x, inputs, name, before, after, stride, dropped)


def _fused(
    net: Net, inputs: Any, name: str, before: int, after: int, stride: int, expansion: int,
    dropped: float,
) -> Any:  # fmt: skip
    """A block with one full convolution instead of the expansion and the depthwise convolution."""
    x = inputs
    expands = expansion != 1
    if expands:
        x = conv(net, x, f"{name}expand_conv", before * expansion, 3, strides=stride)
        x = _active(net, x, f"{name}expand_bn", f"{name}expand_activation")
    x = conv(
        net, x, f"{name}project_conv", after, 1 if expands else 3, strides=1 if expands else stride
    )
    x = net("BatchNormalization", x, f"{name}project_bn")
    if not expands:
        x = net("Activation", x, f"{name}project_activation", activation="swish")
    return _with_shortcut(net, x, inputs, name, before == after and stride == 1, dropped)
