"""Random image augmentation: the shape of an image stays, and there is a seed."""

from __future__ import annotations

from typing import Any

from _notation import Case, case, cases, integers, tensor

FIRST = {"data_format": "channels_first"}
IMAGE = tensor(8, 9, 3)
Arguments = dict[str, Any]


def augmentation(base: Arguments, *arguments: Arguments) -> list[Case]:
    """Cases of an augmentation with `base` as its required arguments."""
    return [
        *cases(IMAGE, base, *({**base, **each} for each in arguments)),
        *cases(
            IMAGE,
            {**base, "seed": 3, "name": "chance"},
            {**base, "dtype": "mixed_float16"},
            {**base, "dtype": "uint8"},
            {**base, "trainable": False},
            {**base, "wrong": 1},
        ),
        *(case(base, each) for each in (tensor(9, 3, batch=8), tensor(None, None, 3))),
        case({**base, **FIRST}, tensor(3, 8, 9)),
        case(base, tensor(8, 9, 3, dtype="uint8")),
        case(base, integers(8, 9, 3)),
        case(base, tensor(8, 9, 1)),
        case(base, tensor(8, 9, 3, batch=4)),
        case(base, tensor(3)),
        case(base, tensor(4, 8, 9, 3)),
        case(base, IMAGE, training=False),
        case(base, {"images": IMAGE, "labels": tensor(5)}),
    ]


def factors(name: str = "factor") -> list[Arguments]:
    """Good and bad values of a factor."""
    values: list[Any] = [0.2, (0.1, 0.3), [-0.2, 0.2], -0.5, 2.0, (0.3, 0.1), "half", (1, 2, 3)]
    return [{name: each} for each in values]


RANGE: list[Arguments] = [{"value_range": (0, 1)}, {"value_range": (0, 1, 2)}]
FILL: list[Arguments] = [
    *({"fill_mode": mode} for mode in ("constant", "nearest", "wrap", "nonsense")),
    {"interpolation": "nearest"},
    {"interpolation": "nonsense"},
]

CASES: dict[str, list[Case]] = {
    "AugMix": augmentation({}, *factors(), *RANGE, {"num_chains": 2, "chain_depth": 1}),
    "CutMix": augmentation({}, *factors()),
    "MixUp": augmentation({}, {"alpha": 0.4}, {"alpha": 0}, {"alpha": -1}),
    "RandAugment": augmentation({}, *factors(), {"num_ops": 3}, {"num_ops": 0}),
    "RandomBrightness": augmentation({"factor": 0.2}, *factors()[1:], *RANGE),
    "RandomColorDegeneration": augmentation({"factor": 0.2}, *factors()[1:]),
    "RandomColorJitter": augmentation(
        {},
        *({f"{name}_factor": 0.2} for name in ("brightness", "contrast", "saturation", "hue")),
        {"brightness_factor": 0.1, "contrast_factor": 0.1, "hue_factor": 0.1},
        {"hue_factor": 2.0},
    ),
    "RandomContrast": augmentation({"factor": 0.2}, *factors()[1:], *RANGE),
    "RandomElasticTransform": augmentation({}, *factors(), *FILL, {"scale": 2.0}),
    "RandomErasing": augmentation({}, *factors(), {"scale": (0.1, 0.2)}, {"fill_value": 1.0}),
    "RandomFlip": augmentation(
        {}, *({"mode": mode} for mode in ("horizontal", "vertical", "diagonal"))
    ),
    "RandomGaussianBlur": augmentation(
        {}, *factors(), {"kernel_size": 5}, {"kernel_size": (3, 5)}, {"sigma": 0.5}
    ),
    "RandomGrayscale": augmentation({}, *factors()),
    "RandomHue": augmentation({"factor": 0.2}, *factors()[1:]),
    "RandomInvert": augmentation({}, *factors()),
    "RandomPerspective": augmentation({}, *factors(), {"scale": 0.5}, {"interpolation": "wrong"}),
    "RandomPosterization": augmentation({"factor": 4}, {"factor": (1, 8)}, {"factor": 9}),
    "RandomRotation": augmentation({"factor": 0.2}, *factors()[1:], *FILL),
    "RandomSaturation": augmentation({"factor": 0.2}, *factors()[1:]),
    "RandomSharpness": augmentation({"factor": 0.2}, *factors()[1:]),
    "RandomShear": augmentation({}, *factors("x_factor"), {"y_factor": 0.2}, *FILL),
    "RandomTranslation": augmentation(
        {"height_factor": 0.2, "width_factor": 0.2}, *factors("width_factor")[1:], *FILL
    ),
    "RandomZoom": augmentation(
        {"height_factor": 0.2}, *factors("height_factor")[1:], {"width_factor": 0.3}, *FILL
    ),
}
