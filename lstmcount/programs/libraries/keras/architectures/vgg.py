"""VGG: stacks of 3×3 convolutions between poolings (Simonyan and Zisserman, 2014)."""

from __future__ import annotations

from functools import partial
from typing import Any

from lstmcount.programs.libraries.keras.architectures.base import (
    ApplicationOptions,
    Net,
    pooled,
    predicted,
)

FILTERS = (64, 128, 256, 512, 512)


def vgg(net: Net, x: Any, options: ApplicationOptions, depths: tuple[int, ...]) -> Any:
    """`depths` are the numbers of convolutions in the five blocks."""
    for block, (filters, depth) in enumerate(zip(FILTERS, depths, strict=True), 1):
        for i in range(1, depth + 1):
            x = net(
                "Conv2D", x, f"block{block}_conv{i}",
                filters=filters, kernel_size=3, padding="same", activation="relu",
            )  # fmt: skip
        x = net("MaxPooling2D", x, f"block{block}_pool", pool_size=2, strides=2)
    if not options.include_top:
        return pooled(net, x, options, named=False)
    x = net("Flatten", x, "flatten")
    for i in (1, 2):
        x = net("Dense", x, f"fc{i}", units=4096, activation="relu")
    return predicted(net, x, options)


vgg16 = partial(vgg, depths=(2, 2, 3, 3, 3))
vgg19 = partial(vgg, depths=(2, 2, 4, 4, 4))
