"""Image augmentation layers. They have no weights and keep the shape of their input."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from lstmcount.errors import LstmcountError
from lstmcount.layers.arguments import DataFormat
from lstmcount.layers.base import Layer

Pair = tuple[float, float]
Range = float | Pair
Interpolation = Literal["nearest", "bilinear"]
FillMode = Literal["reflect", "wrap", "constant", "nearest"]
_ABOVE_MINUS_ONE = math.nextafter(-1, 0)


class ImageLayer(Layer, kw_only=True):
    """Base of image layers, which have no weights and by default keep the shape.

    `bounds` gives the least and greatest value of arguments that are a number or a pair of numbers.
    """

    data_format: DataFormat = None
    bounding_box_format: str | None = None

    bounds: ClassVar[dict[str, Pair]] = {}
    takes_structures: ClassVar[bool] = True
    pair_overlaps: ClassVar[bool] = True  # Keras checks only that a pair overlaps the bounds

    def check_arguments(self) -> None:
        for field, (low, high) in self.bounds.items():
            value = getattr(self, field)
            if value is not None and not self._in_bounds(value, low, high):
                raise LstmcountError(
                    f"expected a number or a pair of numbers between {low:g} and {high:g}, "
                    f"got {value}",
                    path=(field,),
                )

    def _in_bounds(self, value: Range, low: float, high: float) -> bool:
        if not isinstance(value, tuple):
            return low <= value <= high
        first, second = value
        if self.pair_overlaps:
            return first <= high and second >= low
        is_symmetric = first == -second  # Keras saves the number x as the pair (-x, x)
        return (low <= min(value) or is_symmetric) and max(value) <= high


class AugMix(ImageLayer):
    """Mixes several chains of augmentations of each image."""

    value_range: Pair = (0, 255)
    num_chains: int = 3
    chain_depth: int = 3
    factor: Range = 0.3
    alpha: float = 1.0
    all_ops: bool = True
    interpolation: Interpolation = "bilinear"
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1)}
    pair_overlaps: ClassVar[bool] = False


class AutoContrast(ImageLayer):
    """Stretches the contrast over the whole value range."""

    value_range: Pair = (0, 255)


class ContrastLimitedAdaptiveHistogramEqualization(ImageLayer):
    """Equalizes histograms tile by tile."""

    value_range: tuple[float, ...] = (0, 255)
    clip_limit: float = 4.0
    tile_grid_size: Any = (8, 8)
    factor: Range | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (-1, 1)}


class CutMix(ImageLayer):
    """Swaps rectangles between the images of a batch, and mixes their labels accordingly."""

    factor: Range = 1.0
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1)}


class Equalization(ImageLayer):
    """Equalizes the histogram of each channel."""

    value_range: tuple[float, ...] = (0, 255)
    bins: int = 256
    factor: Range | None = None

    keeps_dtype: ClassVar[bool] = True
    bounds: ClassVar[dict[str, Pair]] = {"factor": (-1, 1)}


class MixUp(ImageLayer):
    """Blends the images of a batch with each other, and likewise their labels."""

    alpha: float = 0.2
    seed: int | None = None
    factor: Range | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (-1, 1)}


class RandAugment(ImageLayer):
    """Applies randomly chosen augmentations."""

    value_range: tuple[float, ...] = (0, 255)
    num_ops: int = 2
    factor: Range = 0.5
    interpolation: Interpolation = "bilinear"
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1)}
    pair_overlaps: ClassVar[bool] = False


class RandomBrightness(ImageLayer):
    """Shifts the brightness by a random amount."""

    factor: Range
    value_range: Pair = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (-1, 1)}


class RandomColorJitter(ImageLayer):
    """Randomly changes brightness, contrast, saturation and hue."""

    value_range: tuple[float, ...] = (0, 255)
    brightness_factor: Range | None = None
    contrast_factor: Range | None = None
    saturation_factor: Range | None = None
    hue_factor: Range | None = None
    seed: int | None = None
    factor: Range | None = None

    bounds: ClassVar[dict[str, Pair]] = {
        "brightness_factor": (-1, 1),
        "contrast_factor": (0, 1),
        "saturation_factor": (-1, 1),
        "hue_factor": (0, 1),
    }


class RandomContrast(ImageLayer):
    """Randomly changes the contrast."""

    factor: Range
    value_range: tuple[float, ...] = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1)}


class RandomElasticTransform(ImageLayer):
    """Distorts images elastically, at random."""

    factor: Range = 1.0
    scale: Range = 1.0
    interpolation: Interpolation = "bilinear"
    fill_mode: Literal["constant", "nearest", "wrap", "mirror", "reflect"] = "reflect"
    fill_value: float = 0.0
    value_range: tuple[float, ...] = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1), "scale": (0, 1)}


class RandomErasing(ImageLayer):
    """Erases random rectangles."""

    factor: Range = 1.0
    scale: Range = (0.02, 0.33)
    fill_value: Any = None
    value_range: tuple[float, ...] = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1), "scale": (0, 1)}


class RandomFlip(ImageLayer):
    """Randomly flips images."""

    mode: str = "horizontal_and_vertical"
    seed: int | None = None


class RandomGaussianBlur(ImageLayer):
    """Randomly blurs images; kernel sizes must be odd."""

    factor: Range = 1.0
    kernel_size: Range = 3
    sigma: Range = 1.0
    value_range: tuple[float, ...] = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1), "sigma": (0, 1)}

    def check_arguments(self) -> None:
        super().check_arguments()
        sizes = self.kernel_size if isinstance(self.kernel_size, tuple) else [self.kernel_size]
        if any(size % 2 == 0 for size in sizes):
            raise LstmcountError(
                f"expected odd numbers, got {self.kernel_size}", path=("kernel_size",)
            )


class RandomHue(ImageLayer):
    """Shifts the hue by a random amount."""

    factor: Range
    value_range: tuple[float, ...] = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1)}


class RandomInvert(ImageLayer):
    """Randomly inverts the colors."""

    factor: Range = 1.0
    value_range: tuple[float, ...] = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1)}


class RandomPerspective(ImageLayer):
    """Randomly distorts the perspective."""

    factor: Range = 1.0
    scale: float = 1.0
    interpolation: Interpolation = "bilinear"
    fill_value: float = 0.0
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1), "scale": (0, 1)}


class RandomPosterization(ImageLayer):
    """Randomly reduces the number of bits of each channel."""

    factor: Range
    value_range: Pair = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (1, 8)}


class RandomRotation(ImageLayer):
    """Randomly rotates images."""

    factor: Range
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0

    bounds: ClassVar[dict[str, Pair]] = {"factor": (-1, 1)}


class RandomSaturation(ImageLayer):
    """Randomly changes the saturation."""

    factor: Range
    value_range: tuple[float, ...] = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (-1, 1)}


class RandomSharpness(ImageLayer):
    """Randomly changes the sharpness."""

    factor: Range
    value_range: Pair = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1)}


class RandomShear(ImageLayer):
    """Randomly shears images."""

    x_factor: Range = 0.0
    y_factor: Range = 0.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: float = 0.0
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"x_factor": (0, 1), "y_factor": (0, 1)}
    pair_overlaps: ClassVar[bool] = False


class RandomTranslation(ImageLayer):
    """Randomly shifts images."""

    height_factor: Range
    width_factor: Range
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0

    bounds: ClassVar[dict[str, Pair]] = {"height_factor": (-1, 1), "width_factor": (-1, 1)}
    pair_overlaps: ClassVar[bool] = False


class RandomZoom(ImageLayer):
    """Randomly zooms in or out."""

    height_factor: Range
    width_factor: Range | None = None
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
    fill_value: float = 0.0

    bounds: ClassVar[dict[str, Pair]] = {
        "height_factor": (_ABOVE_MINUS_ONE, 1),
        "width_factor": (_ABOVE_MINUS_ONE, 1),
    }
    pair_overlaps: ClassVar[bool] = False


class Solarization(ImageLayer):
    """Inverts the pixels that are brighter than a threshold."""

    addition_factor: Range = 0.0
    threshold_factor: Range = 0.0
    value_range: Pair = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"addition_factor": (0, 1), "threshold_factor": (0, 1)}
    pair_overlaps: ClassVar[bool] = False
