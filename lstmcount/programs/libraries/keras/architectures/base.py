"""Common parts of the architectures: creating layers, and the end of a network."""

from __future__ import annotations

from typing import Any, Protocol

import msgspec


class Net(Protocol):
    """Creates layers. Each call creates a layer and calls it on a tensor or a list of tensors."""

    def __call__(
        self, class_name: str, inputs: Any, name: str | None = None, **arguments: Any
    ) -> Any:
        """The layer's output, a tensor with a `shape`. Without `name`, Keras names the layer."""

    def sequence(self, name: str, steps: list[tuple[str, str, dict[str, Any]]], inputs: Any) -> Any:
        """The output of a Sequential of (class, name, arguments), which counts as one layer."""


class ApplicationOptions(msgspec.Struct):
    """The arguments of a function of keras.applications, with Keras's names and defaults."""

    include_top: bool = True
    weights: str | None = "imagenet"
    input_tensor: Any = None
    input_shape: Any = None
    pooling: str | None = None
    classes: Any = 1000
    classifier_activation: Any = "softmax"
    name: str | None = None
    alpha: float = 1.0
    depth_multiplier: int = 1
    dropout: float = 1e-3
    dropout_rate: float = 0.2
    minimalistic: bool = False
    include_preprocessing: bool = True


def channels(x: Any) -> Any:
    return x.shape[-1]


def conv(
    net: Net, x: Any, name: str | None, filters: Any, kernel_size: Any = 1, *, strides: int = 1,
    padding: str = "same",
) -> Any:  # fmt: skip
    """A convolution without a bias."""
    return net(
        "Conv2D", x, name, filters=filters, kernel_size=kernel_size, strides=strides,
        padding=padding, use_bias=False,
    )  # fmt: skip


def depthwise(net: Net, x: Any, name: str, kernel_size: int, strides: int, **arguments: Any) -> Any:
    """A depthwise convolution without a bias; a strided one reads an image that is padded."""
    return net(
        "DepthwiseConv2D", x, name, kernel_size=kernel_size, strides=strides,
        padding="same" if strides == 1 else "valid", use_bias=False, **arguments,
    )  # fmt: skip


def ended(
    net: Net, x: Any, options: ApplicationOptions, top: str | None = "avg_pool", named: bool = True
) -> Any:
    """The classifier after average pooling, or the end without one; both may name their pooling."""
    if not options.include_top:
        return pooled(net, x, options, named)
    return predicted(net, net("GlobalAveragePooling2D", x, top), options)


def pooled(net: Net, x: Any, options: ApplicationOptions, named: bool = True) -> Any:
    """The network's end without a classifier: pooling over all positions, or no layer."""
    if options.pooling == "avg":
        return net("GlobalAveragePooling2D", x, "avg_pool" if named else None)
    if options.pooling == "max":
        return net("GlobalMaxPooling2D", x, "max_pool" if named else None)
    return x


def predicted(net: Net, x: Any, options: ApplicationOptions) -> Any:
    activation = options.classifier_activation
    return net("Dense", x, "predictions", units=options.classes, activation=activation)


def divisible(filters: float) -> int:
    """The nearest multiple of 8 that is at least 90 % of the value.

    >>> divisible(36), divisible(11)
    (40, 16)
    """
    nearest = rounded(filters)
    return nearest + 8 if nearest < 0.9 * filters else nearest


def rounded(filters: float) -> int:
    """The nearest multiple of 8, at least 8.

    >>> rounded(19.2), rounded(11)
    (16, 8)
    """
    return max(8, int(filters + 4) // 8 * 8)


def odd_padding(x: Any, kernel_size: int) -> list[list[int]]:
    """The padding before a strided convolution: one less in front if the size is even."""
    half = kernel_size // 2
    rows, columns = x.shape[1], x.shape[2]
    before = [half - (1 - dim % 2) if isinstance(dim, int) else half for dim in (rows, columns)]
    return [[before[0], half], [before[1], half]]
