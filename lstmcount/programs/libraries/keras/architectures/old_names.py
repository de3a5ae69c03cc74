"""The names that the layers of ResNet50 had before Keras 2.3."""

from __future__ import annotations

import re

_STEM = {
    "conv1": "conv1_conv", "bn_conv1": "conv1_bn", "activation_1": "conv1_relu",
    "max_pooling2d_1": "pool1_pool", "fc1000": "predictions",
}  # fmt: skip
_BLOCKS = [(stage, block) for stage, depth in zip((2, 3, 4, 5), (3, 4, 6, 3), strict=True)
           for block in range(1, depth + 1)]  # fmt: skip
_ACTIVATIONS = ("1_relu", "2_relu", "out")  # of each block


def of_resnet50(name: str) -> str | None:
    """Today's name of a layer of ResNet50 by the one that it had; None for other names.

    >>> of_resnet50("res4c_branch2b"), of_resnet50("bn2a_branch1"), of_resnet50("conv1")
    ('conv4_block3_2_conv', 'conv2_block1_0_bn', 'conv1_conv')
    >>> of_resnet50("activation_49"), of_resnet50("activation_10"), of_resnet50("add_16")
    ('conv5_block3_out', 'conv2_block3_out', 'conv5_block3_add')
    """
    if name in _STEM:
        return _STEM[name]
    if match := re.fullmatch(r"(res|bn)([2-5])([a-f])_branch(?:(1)|2([abc]))", name):
        kind, stage, letter, shortcut, part = match.groups()
        at = 0 if shortcut else "abc".index(part) + 1
        block = "abcdef".index(letter) + 1
        return f"conv{stage}_block{block}_{at}_{'conv' if kind == 'res' else 'bn'}"
    match = re.fullmatch(r"(activation|add)_(\d+)", name)
    if match is None:
        return None
    is_sum, number = match[1] == "add", int(match[2])
    at, part_at = (number - 1, 0) if is_sum else divmod(number - 2, len(_ACTIVATIONS))
    if not 0 <= at < len(_BLOCKS):
        return None
    stage, block = _BLOCKS[at]
    return f"conv{stage}_block{block}_{'add' if is_sum else _ACTIVATIONS[part_at]}"
