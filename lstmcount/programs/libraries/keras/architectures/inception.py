"""InceptionV3 and InceptionResNetV2: branches of several widths (Szegedy et al., 2015, 2016)."""

from __future__ import annotations

from typing import Any

from lstmcount.programs.libraries.keras.architectures.base import (
    ApplicationOptions,
    Net,
    channels,
    conv,
    ended,
)

_Kernel = int | tuple[int, int]


def _conv(
    net: Net, x: Any, filters: int, kernel: _Kernel, strides: int = 1, padding: str = "same",
    name: str | None = None,
) -> Any:  # fmt: skip
    """Convolution, normalisation and activation, all unnamed or named after `name`."""
    size = [kernel, kernel] if isinstance(kernel, int) else list(kernel)
    x = conv(net, x, name, filters, size, strides=strides, padding=padding)
    x = net("BatchNormalization", x, name and f"{name}_bn", scale=False)
    return net("Activation", x, name and f"{name}_ac", activation="relu")


def _convs(net: Net, x: Any, *steps: tuple[int, _Kernel]) -> Any:
    for filters, kernel in steps:
        x = _conv(net, x, filters, kernel)
    return x


def _stem(net: Net, x: Any) -> Any:
    x = _conv(net, x, 32, 3, strides=2, padding="valid")
    x = _conv(net, x, 32, 3, padding="valid")
    x = _conv(net, x, 64, 3)
    x = net("MaxPooling2D", x, pool_size=3, strides=2)
    x = _conv(net, x, 80, 1, padding="valid")
    x = _conv(net, x, 192, 3, padding="valid")
    return net("MaxPooling2D", x, pool_size=3, strides=2)


def _averaged(net: Net, x: Any, filters: int) -> Any:
    x = net("AveragePooling2D", x, pool_size=3, strides=1, padding="same")
    return _conv(net, x, filters, 1)


def _reduced(net: Net, x: Any, *steps: tuple[int, _Kernel]) -> Any:
    """Convolutions, of which the last halves the image."""
    x = _convs(net, x, *steps[:-1])
    return _conv(net, x, *steps[-1], strides=2, padding="valid")


def inception_v3(net: Net, x: Any, options: ApplicationOptions) -> Any:
    x = _stem(net, x)
    for i, pooling in enumerate((32, 64, 64)):
        branches = [
            _conv(net, x, 64, 1),
            _convs(net, x, (48, 1), (64, 5)),
            _convs(net, x, (64, 1), (96, 3), (96, 3)),
            _averaged(net, x, pooling),
        ]
        x = net("Concatenate", branches, f"mixed{i}")
    branches = [
        _reduced(net, x, (384, 3)),
        _reduced(net, x, (64, 1), (96, 3), (96, 3)),
        net("MaxPooling2D", x, pool_size=3, strides=2),
    ]
    x = net("Concatenate", branches, "mixed3")
    for i, width in enumerate((128, 160, 160, 192), 4):
        branches = [
            _conv(net, x, 192, 1),
            _convs(net, x, (width, 1), (width, (1, 7)), (192, (7, 1))),
            _convs(
                net, x, (width, 1), (width, (7, 1)), (width, (1, 7)), (width, (7, 1)), (192, (1, 7))
            ),
            _averaged(net, x, 192),
        ]
        x = net("Concatenate", branches, f"mixed{i}")
    branches = [
        _reduced(net, x, (192, 1), (320, 3)),
        _reduced(net, x, (192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3)),
        net("MaxPooling2D", x, pool_size=3, strides=2),
    ]
    x = net("Concatenate", branches, "mixed8")
    for i in range(2):
        branches = [_conv(net, x, 320, 1)]
        branches.append(_forked(net, _conv(net, x, 384, 1), f"mixed9_{i}"))
        branches.append(_forked(net, _convs(net, x, (448, 1), (384, 3)), None))
        branches.append(_averaged(net, x, 192))
        x = net("Concatenate", branches, f"mixed{9 + i}")
    return ended(net, x, options, named=False)


def _forked(net: Net, x: Any, name: str | None) -> Any:
    """A 1×3 and a 3×1 convolution in parallel, instead of one 3×3 convolution."""
    return net("Concatenate", [_conv(net, x, 384, (1, 3)), _conv(net, x, 384, (3, 1))], name)


# -- with shortcuts ------------------------------------------------------------------------------

_BRANCHES: dict[str, tuple[tuple[tuple[int, _Kernel], ...], ...]] = {
    "block35": (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))),
    "block17": (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))),
    "block8": (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1)))),
}


def inception_resnet_v2(net: Net, x: Any, options: ApplicationOptions) -> Any:
    x = _stem(net, x)
    branches = [
        _conv(net, x, 96, 1),
        _convs(net, x, (48, 1), (64, 5)),
        _convs(net, x, (64, 1), (96, 3), (96, 3)),
        _averaged(net, x, 64),
    ]
    x = net("Concatenate", branches, "mixed_5b")
    for i in range(1, 11):
        x = _residual(net, x, "block35", i, 0.17)
    branches = [
        _reduced(net, x, (384, 3)),
        _reduced(net, x, (256, 1), (256, 3), (384, 3)),
        net("MaxPooling2D", x, pool_size=3, strides=2),
    ]
    x = net("Concatenate", branches, "mixed_6a")
    for i in range(1, 21):
        x = _residual(net, x, "block17", i, 0.1)
    branches = [
        _reduced(net, x, (256, 1), (384, 3)),
        _reduced(net, x, (256, 1), (288, 3)),
        _reduced(net, x, (256, 1), (288, 3), (320, 3)),
        net("MaxPooling2D", x, pool_size=3, strides=2),
    ]
    x = net("Concatenate", branches, "mixed_7a")
    for i in range(1, 10):
        x = _residual(net, x, "block8", i, 0.2)
    x = _residual(net, x, "block8", 10, 1.0, active=False)
    x = _conv(net, x, 1536, 1, name="conv_7b")
    return ended(net, x, options, named=False)


def _residual(net: Net, x: Any, kind: str, i: int, scale: float, active: bool = True) -> Any:
    """Join branches, project them onto the input's channels, and add the result to the input."""
    name = f"{kind}_{i}"
    branches = [_convs(net, x, *steps) for steps in _BRANCHES[kind]]
    mixed = net("Concatenate", branches, f"{name}_mixed")
    up = net("Conv2D", mixed, f"{name}_conv", filters=channels(x), kernel_size=1, padding="same")
    x = net("CustomScaleLayer", [x, up], scale=scale)
    return net("Activation", x, f"{name}_ac", activation="relu") if active else x
