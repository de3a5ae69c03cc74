"""DenseNet: every layer reads all earlier layers of its block (Huang et al., 2016)."""

from __future__ import annotations

from functools import partial
from typing import Any

from lstmcount.programs.libraries.keras.architectures.base import (
    ApplicationOptions,
    Net,
    channels,
    conv,
    ended,
)

GROWTH = 32  # channels that each layer adds


def densenet(net: Net, x: Any, options: ApplicationOptions, depths: tuple[int, ...]) -> Any:
    """`depths` are the numbers of layers in the four dense blocks."""
    x = net("ZeroPadding2D", x, padding=3)
    x = conv(net, x, "conv1_conv", 64, 7, strides=2, padding="valid")
    x = _active(net, x, "conv1_bn", "conv1_relu")
    x = net("ZeroPadding2D", x, padding=1)
    x = net("MaxPooling2D", x, "pool1", pool_size=3, strides=2)
    for stage, depth in enumerate(depths, 2):
        for i in range(1, depth + 1):
            x = net("Concatenate", [x, _layer(net, x, f"conv{stage}_block{i}")],
                    f"conv{stage}_block{i}_concat")  # fmt: skip
        if stage < 5:
            x = _transition(net, x, f"pool{stage}")
    x = _active(net, x, "bn", "relu")
    return ended(net, x, options)


def _active(net: Net, x: Any, norm: str, relu: str) -> Any:
    x = net("BatchNormalization", x, norm, epsilon=1.001e-5)
    return net("Activation", x, relu, activation="relu")


def _layer(net: Net, x: Any, name: str) -> Any:
    x = _active(net, x, f"{name}_0_bn", f"{name}_0_relu")
    x = conv(net, x, f"{name}_1_conv", 4 * GROWTH, padding="valid")
    x = _active(net, x, f"{name}_1_bn", f"{name}_1_relu")
    return conv(net, x, f"{name}_2_conv", GROWTH, 3)


def _transition(net: Net, x: Any, name: str) -> Any:
    """Halve the number of channels and the image."""
    x = _active(net, x, f"{name}_bn", f"{name}_relu")
    filters = channels(x) // 2
    x = conv(net, x, f"{name}_conv", filters, padding="valid")
    return net("AveragePooling2D", x, f"{name}_pool", pool_size=2, strides=2)


densenet121 = partial(densenet, depths=(6, 12, 24, 16))
densenet169 = partial(densenet, depths=(6, 12, 32, 32))
densenet201 = partial(densenet, depths=(6, 12, 48, 32))
