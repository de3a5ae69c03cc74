"""ResNet and ResNetV2: bottleneck blocks around shortcuts (He et al., 2015 and 2016)."""

from __future__ import annotations

from functools import partial
from typing import Any

from lstmcount.programs.libraries.keras.architectures.base import (
    ApplicationOptions,
    Net,
    conv,
    ended,
)

FILTERS = (64, 128, 256, 512)


def _normalized(net: Net, x: Any, name: str, relu: str | None = None) -> Any:
    x = net("BatchNormalization", x, name, epsilon=1.001e-5)
    return net("Activation", x, relu, activation="relu") if relu else x


def _stem(net: Net, x: Any, *, preactivated: bool) -> Any:
    x = net("ZeroPadding2D", x, "conv1_pad", padding=3)
    x = net("Conv2D", x, "conv1_conv", filters=64, kernel_size=7, strides=2)
    if not preactivated:
        x = _normalized(net, x, "conv1_bn", "conv1_relu")
    x = net("ZeroPadding2D", x, "pool1_pad", padding=1)
    return net("MaxPooling2D", x, "pool1_pool", pool_size=3, strides=2)


def _block(net: Net, x: Any, filters: int, stride: int, projects: bool, name: str) -> Any:
    """1×1, 3×3 and 1×1 convolutions. The shortcut is projected if the shape changes."""
    shortcut = x
    if projects:
        shortcut = net(
            "Conv2D", x, f"{name}_0_conv", filters=4 * filters, kernel_size=1, strides=stride
        )
        shortcut = _normalized(net, shortcut, f"{name}_0_bn")
    x = net("Conv2D", x, f"{name}_1_conv", filters=filters, kernel_size=1, strides=stride)
    x = _normalized(net, x, f"{name}_1_bn", f"{name}_1_relu")
    x = net("Conv2D", x, f"{name}_2_conv", filters=filters, kernel_size=3, padding="same")
    x = _normalized(net, x, f"{name}_2_bn", f"{name}_2_relu")
    x = net("Conv2D", x, f"{name}_3_conv", filters=4 * filters, kernel_size=1)
    x = _normalized(net, x, f"{name}_3_bn")
    x = net("Add", [shortcut, x], f"{name}_add")
    return net("Activation", x, f"{name}_out", activation="relu")


def _block_v2(net: Net, x: Any, filters: int, stride: int, projects: bool, name: str) -> Any:
    """Like `_block`, with normalisation before each convolution instead of after it."""
    active = _normalized(net, x, f"{name}_preact_bn", f"{name}_preact_relu")
    if projects:
        shortcut = net(
            "Conv2D", active, f"{name}_0_conv", filters=4 * filters, kernel_size=1, strides=stride
        )
    elif stride > 1:
        shortcut = net("MaxPooling2D", x, pool_size=1, strides=stride)
    else:
        shortcut = x
    x = conv(net, active, f"{name}_1_conv", filters, padding="valid")
    x = _normalized(net, x, f"{name}_1_bn", f"{name}_1_relu")
    x = net("ZeroPadding2D", x, f"{name}_2_pad", padding=1)
    x = conv(net, x, f"{name}_2_conv", filters, 3, strides=stride, padding="valid")
    x = _normalized(net, x, f"{name}_2_bn", f"{name}_2_relu")
    x = net("Conv2D", x, f"{name}_3_conv", filters=4 * filters, kernel_size=1)
    return net("Add", [shortcut, x], f"{name}_out")


def resnet(net: Net, x: Any, options: ApplicationOptions, depths: tuple[int, ...]) -> Any:
    """`depths` are the blocks of the four stages; a stage's first block halves the image."""
    x = _stem(net, x, preactivated=False)
    for stage, (filters, depth) in enumerate(zip(FILTERS, depths, strict=True), 2):
        for i in range(1, depth + 1):
            stride = 2 if i == 1 and stage > 2 else 1
            x = _block(net, x, filters, stride, i == 1, f"conv{stage}_block{i}")
    return ended(net, x, options)


def resnet_v2(net: Net, x: Any, options: ApplicationOptions, depths: tuple[int, ...]) -> Any:
    """Like `resnet`, but a stage's last block halves the image."""
    x = _stem(net, x, preactivated=True)
    for stage, (filters, depth) in enumerate(zip(FILTERS, depths, strict=True), 2):
        for i in range(1, depth + 1):
            stride = 2 if i == depth and stage < 5 else 1
            x = _block_v2(net, x, filters, stride, i == 1, f"conv{stage}_block{i}")
    x = _normalized(net, x, "post_bn", "post_relu")
    return ended(net, x, options)


resnet50 = partial(resnet, depths=(3, 4, 6, 3))
resnet101 = partial(resnet, depths=(3, 4, 23, 3))
resnet152 = partial(resnet, depths=(3, 8, 36, 3))
resnet50v2 = partial(resnet_v2, depths=(3, 4, 6, 3))
resnet101v2 = partial(resnet_v2, depths=(3, 4, 23, 3))
resnet152v2 = partial(resnet_v2, depths=(3, 8, 36, 3))
