"""NASNet: cells found by a search, each reading the two previous layers (Zoph et al., 2017)."""

from __future__ import annotations

from functools import partial
from typing import Any

from lstmcount.programs.libraries.keras.architectures.base import (
    ApplicationOptions,
    Net,
    channels,
    conv,
    ended,
    odd_padding,
)


def nasnet(
    net: Net,
    x: Any,
    options: ApplicationOptions,
    last_filters: int,
    blocks: int,
    stem: int,
    skips: bool,
) -> Any:
    """`blocks` is the number of normal cells in each of three stages. Filters double in between."""
    filters = last_filters // 24
    x = conv(net, x, "stem_conv1", stem, 3, strides=2, padding="valid")
    x = _normalized(net, x, "stem_bn1")
    x, before = _reduction(net, x, None, filters // 4, "stem_1")
    x, before = _reduction(net, x, before, filters // 2, "stem_2")
    number = 0
    for stage in range(3):
        for _ in range(blocks):
            x, before = _normal(net, x, before, filters * 2**stage, str(number))
            number += 1
        if stage < 2:
            x, skipped = _reduction(
                net, x, before, filters * 2 ** (stage + 1), f"reduce_{(stage + 1) * blocks}"
            )
            before = before if skips else skipped
            number += stage == 0
    x = net("Activation", x, activation="relu")
    return ended(net, x, options, top=None, named=False)


mobile = partial(nasnet, last_filters=1056, blocks=4, stem=32, skips=False)
large = partial(nasnet, last_filters=4032, blocks=6, stem=96, skips=True)


def _normalized(net: Net, x: Any, name: str) -> Any:
    return net("BatchNormalization", x, name, momentum=0.9997, epsilon=1e-3)


def _separable(net: Net, x: Any, filters: int, kernel: int, name: str, stride: int = 1) -> Any:
    """Two separable convolutions; the first may halve the image."""
    x = net("Activation", x, activation="relu")
    if stride == 2:
        x = net("ZeroPadding2D", x, f"separable_conv_1_pad_{name}", padding=odd_padding(x, kernel))
    x = net(
        "SeparableConv2D", x, f"separable_conv_1_{name}", filters=filters, kernel_size=kernel,
        strides=stride, padding="valid" if stride == 2 else "same", use_bias=False,
    )  # fmt: skip
    x = _normalized(net, x, f"separable_conv_1_bn_{name}")
    x = net("Activation", x, activation="relu")
    x = net(
        "SeparableConv2D", x, f"separable_conv_2_{name}",
        filters=filters, kernel_size=kernel, padding="same", use_bias=False,
    )  # fmt: skip
    return _normalized(net, x, f"separable_conv_2_bn_{name}")


def _adjusted(net: Net, before: Any, x: Any, filters: int, name: str) -> Any:
    """Adjust the second-last layer to the size and channels of the last layer."""
    if before is None:
        return x
    if before.shape[-2] != x.shape[-2]:
        before = net("Activation", before, f"adjust_relu_1_{name}", activation="relu")
        halves = []
        shifted = None
        for i in (1, 2):
            if i == 2:
                shifted = net("ZeroPadding2D", before, padding=[[0, 1], [0, 1]])
                shifted = net("Cropping2D", shifted, cropping=[[1, 0], [1, 0]])
            half = net(
                "AveragePooling2D", before if shifted is None else shifted,
                f"adjust_avg_pool_{i}_{name}", pool_size=1, strides=2, padding="valid",
            )  # fmt: skip
            halves.append(conv(net, half, f"adjust_conv_{i}_{name}", filters // 2))
        return _normalized(net, net("Concatenate", halves), f"adjust_bn_{name}")
    if channels(before) != filters:
        before = net("Activation", before, activation="relu")
        before = conv(net, before, f"adjust_conv_projection_{name}", filters)
        return _normalized(net, before, f"adjust_bn_{name}")
    return before


def _entered(net: Net, x: Any, filters: int, kind: str, name: str) -> Any:
    x = net("Activation", x, activation="relu")
    x = conv(net, x, f"{kind}_conv_1_{name}", filters)
    return _normalized(net, x, f"{kind}_bn_1_{name}")


def _pooling(net: Net, x: Any, kind: str, name: str, stride: int = 1) -> Any:
    padding = "same" if stride == 1 else "valid"
    return net(kind, x, name, pool_size=3, strides=stride, padding=padding)


def _normal(net: Net, x: Any, before: Any, filters: int, name: str) -> tuple[Any, Any]:
    p = _adjusted(net, before, x, filters, name)
    h = _entered(net, x, filters, "normal", name)

    def added(i: int, *terms: Any) -> Any:
        return net("Add", list(terms), f"normal_add_{i}_{name}")

    first = added(
        1,
        _separable(net, h, filters, 5, f"normal_left1_{name}"),
        _separable(net, p, filters, 3, f"normal_right1_{name}"),
    )
    second = added(
        2,
        _separable(net, p, filters, 5, f"normal_left2_{name}"),
        _separable(net, p, filters, 3, f"normal_right2_{name}"),
    )
    third = added(3, _pooling(net, h, "AveragePooling2D", f"normal_left3_{name}"), p)
    fourth = added(
        4,
        _pooling(net, p, "AveragePooling2D", f"normal_left4_{name}"),
        _pooling(net, p, "AveragePooling2D", f"normal_right4_{name}"),
    )
    fifth = added(5, _separable(net, h, filters, 3, f"normal_left5_{name}"), h)
    parts = [p, first, second, third, fourth, fifth]
    return net("Concatenate", parts, f"normal_concat_{name}"), x


def _reduction(net: Net, x: Any, before: Any, filters: int, name: str) -> tuple[Any, Any]:
    p = _adjusted(net, before, x, filters, name)
    h = _entered(net, x, filters, "reduction", name)
    padded = net("ZeroPadding2D", h, f"reduction_pad_1_{name}", padding=odd_padding(h, 3))

    def halved(tensor: Any, kernel: int, place: str) -> Any:
        return _separable(net, tensor, filters, kernel, f"reduction_{place}_{name}", stride=2)

    first = net("Add", [halved(h, 5, "left1"), halved(p, 7, "right1")], f"reduction_add_1_{name}")
    largest = _pooling(net, padded, "MaxPooling2D", f"reduction_left2_{name}", 2)
    second = net("Add", [largest, halved(p, 7, "right2")], f"reduction_add_2_{name}")
    mean = _pooling(net, padded, "AveragePooling2D", f"reduction_left3_{name}", 2)
    third = net("Add", [mean, halved(p, 5, "right3")], f"reduction_add3_{name}")
    smooth = _pooling(net, first, "AveragePooling2D", f"reduction_left4_{name}")
    fourth = net("Add", [second, smooth])
    last = _separable(net, first, filters, 3, f"reduction_left4_{name}")
    largest = _pooling(net, padded, "MaxPooling2D", f"reduction_right5_{name}", 2)
    fifth = net("Add", [last, largest], f"reduction_add4_{name}")
    return net("Concatenate", [second, third, fourth, fifth], f"reduction_concat_{name}"), x
