"""Xception: separable convolutions around shortcuts (Chollet, 2016)."""

from __future__ import annotations

from typing import Any

from lstmcount.programs.libraries.keras.architectures.base import (
    ApplicationOptions,
    Net,
    conv,
    ended,
)


def xception(net: Net, x: Any, options: ApplicationOptions) -> Any:
    for i, (filters, stride) in enumerate(((32, 2), (64, 1)), 1):
        name = f"block1_conv{i}"
        x = conv(net, x, name, filters, 3, strides=stride, padding="valid")
        x = net("BatchNormalization", x, f"{name}_bn")
        x = net("Activation", x, f"{name}_act", activation="relu")
    x = _halving(net, x, 2, (128, 128), active_first=False)
    x = _halving(net, x, 3, (256, 256))
    x = _halving(net, x, 4, (728, 728))
    for block in range(5, 13):
        shortcut = x
        for i in (1, 2, 3):
            x = _separable(net, x, f"block{block}_sepconv{i}", 728)
        x = net("Add", [x, shortcut])
    x = _halving(net, x, 13, (728, 1024))
    for i, filters in enumerate((1536, 2048), 1):
        name = f"block14_sepconv{i}"
        x = _separable(net, x, name, filters, active=False)
        x = net("Activation", x, f"{name}_act", activation="relu")
    return ended(net, x, options, named=False)


def _halving(
    net: Net, x: Any, block: int, filters: tuple[int, int], active_first: bool = True
) -> Any:
    """Two separable convolutions and a pooling layer, parallel to a strided projection."""
    shortcut = conv(net, x, None, filters[1], strides=2)
    shortcut = net("BatchNormalization", shortcut)
    for i, width in enumerate(filters, 1):
        x = _separable(net, x, f"block{block}_sepconv{i}", width, active=active_first or i > 1)
    x = net("MaxPooling2D", x, f"block{block}_pool", pool_size=3, strides=2, padding="same")
    return net("Add", [x, shortcut])


def _separable(net: Net, x: Any, name: str, filters: int, active: bool = True) -> Any:
    if active:
        x = net("Activation", x, f"{name}_act", activation="relu")
    x = net("SeparableConv2D", x, name, filters=filters, kernel_size=3, padding="same",
            use_bias=False)  # fmt: skip
    return net("BatchNormalization", x, f"{name}_bn")
