"""ConvNeXt: depthwise 7×7 convolutions and wide dense layers (Liu et al., 2022)."""

from __future__ import annotations

from typing import Any

from lstmcount.programs.libraries.keras.architectures.base import (
    ApplicationOptions,
    Net,
    channels,
    pooled,
)

# Blocks and filters of the four stages.
_SCALES = {
    "tiny": ((3, 3, 9, 3), (96, 192, 384, 768)),
    "small": ((3, 3, 27, 3), (96, 192, 384, 768)),
    "base": ((3, 3, 27, 3), (128, 256, 512, 1024)),
    "large": ((3, 3, 27, 3), (192, 384, 768, 1536)),
    "xlarge": ((3, 3, 27, 3), (256, 512, 1024, 2048)),
}


def convnext(net: Net, x: Any, options: ApplicationOptions, scale: str) -> Any:
    depths, widths = _SCALES[scale]
    name = options.name or f"convnext_{scale}"
    if options.include_preprocessing and channels(x) == 3:
        x = net(
            "Normalization", x, f"{name}_prestem_normalization",
            mean=[123.675, 116.28, 103.53], variance=[3409.976, 3262.694, 3291.891],
        )  # fmt: skip
    for stage, (depth, width) in enumerate(zip(depths, widths, strict=True)):
        x = net.sequence(f"{name}_{_block_name(stage)}", _smaller(name, stage, width), x)
        for i in range(depth):
            x = _block(net, x, width, f"{name}_stage_{stage}_block_{i}")
    if not options.include_top:
        return net("LayerNormalization", pooled(net, x, options, named=False), epsilon=1e-6)
    x = net("GlobalAveragePooling2D", x, f"{name}_head_gap")
    x = net("LayerNormalization", x, f"{name}_head_layernorm", epsilon=1e-6)
    activation = options.classifier_activation
    return net("Dense", x, f"{name}_head_dense", units=options.classes, activation=activation)


def _block_name(stage: int) -> str:
    return f"downsampling_block_{stage - 1}" if stage else "stem"


def _smaller(name: str, stage: int, width: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Downsample the image: to a quarter before the first stage, to a half before other stages."""
    if stage == 0:
        return [
            ("Conv2D", f"{name}_stem_conv", {"filters": width, "kernel_size": 4, "strides": 4}),
            ("LayerNormalization", f"{name}_stem_layernorm", {"epsilon": 1e-6}),
        ]
    prefix, i = f"{name}_downsampling", stage - 1
    return [
        ("LayerNormalization", f"{prefix}_layernorm_{i}", {"epsilon": 1e-6}),
        ("Conv2D", f"{prefix}_conv_{i}", {"filters": width, "kernel_size": 2, "strides": 2}),
    ]


def _block(net: Net, x: Any, width: int, name: str) -> Any:
    inputs = x
    x = net(
        "Conv2D", x, f"{name}_depthwise_conv",
        filters=width, kernel_size=7, padding="same", groups=width,
    )  # fmt: skip
    x = net("LayerNormalization", x, f"{name}_layernorm", epsilon=1e-6)
    x = net("Dense", x, f"{name}_pointwise_conv_1", units=4 * width)
    x = net("Activation", x, f"{name}_gelu", activation="gelu")
    x = net("Dense", x, f"{name}_pointwise_conv_2", units=width)
    x = net("LayerScale", x, f"{name}_layer_scale", init_values=1e-6, projection_dim=width)
    x = net("Activation", x, f"{name}_identity", activation="linear")
    return inputs + x
