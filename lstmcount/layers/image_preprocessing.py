"""Image layers that change the shape of images or check it."""

from __future__ import annotations

from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.arguments import NonNegativeInt
from lstmcount.layers.base import require_min_rank
from lstmcount.layers.image_augmentation import ImageLayer, Pair, Range
from lstmcount.shapes import Shape, Shapes, show

IMAGES = "height, width, channels"


class SizedImageLayer(ImageLayer):
    """Base of image layers whose output images have the size `height` by `width`."""

    height: NonNegativeInt
    width: NonNegativeInt

    @property
    def channels_first(self) -> bool:
        return self.data_format == "channels_first"

    def output_shape(self, input_shape: Shapes) -> Shapes:
        """The output shape (…, height, width, channels), or with the channels first.

        >>> CenterCrop(height=4, width=5).output_shape((2, 8, 9, 3))
        (2, 4, 5, 3)
        """
        if isinstance(input_shape, dict):  # Keras infers this for images with labels
            return (self.height, self.width)
        sized = list(input_shape)
        axis = self.height_axis(input_shape)
        sized[axis], sized[axis + 1] = self.height, self.width
        return tuple(sized)

    def height_axis(self, input_shape: Shape) -> int:
        return len(input_shape) - (2 if self.channels_first else 3)


class CenterCrop(SizedImageLayer):
    """Crops each image to its centre; a smaller image is resized."""

    def check(self, input_shape: Shapes) -> None:
        _require_images(input_shape)


class RandomCrop(SizedImageLayer):
    """Crops each image at a random place; a smaller image is resized."""

    seed: int | None = None
    factor: Range | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (-1, 1)}

    def check(self, input_shape: Shapes) -> None:
        if isinstance(input_shape, dict):
            if len(input_shape) != 2 or not self.channels_first:
                raise ShapeError(f"expected only images, got {show(input_shape)}")
            return
        require_min_rank(input_shape, 2 if self.channels_first else 3, IMAGES)


class Resizing(SizedImageLayer):
    """Resizes images to `height` by `width`."""

    interpolation: str = "bilinear"
    crop_to_aspect_ratio: bool = False
    pad_to_aspect_ratio: bool = False
    fill_mode: str = "constant"
    fill_value: float = 0.0
    antialias: bool = False

    def check(self, input_shape: Shapes) -> None:
        if isinstance(input_shape, dict):
            if len(input_shape) != 2 or self.channels_first:
                raise ShapeError(f"expected images, got {show(input_shape)}")
        else:
            require_min_rank(input_shape, 2 + self.channels_first, IMAGES)

    def height_axis(self, input_shape: Shape) -> int:
        return (len(input_shape) == 4) + self.channels_first


class RandomColorDegeneration(ImageLayer):
    """Randomly fades colors towards gray."""

    factor: Range
    value_range: Pair = (0, 255)
    seed: int | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (-1, 1)}

    def check(self, input_shape: Shapes) -> None:
        _require_images(input_shape)
        channels = input_shape[-3 if self.data_format == "channels_first" else -1]
        if isinstance(channels, int) and channels != 3:
            raise ShapeError(f"expected images with 3 channels, got {show(input_shape)}")


class RandomGrayscale(ImageLayer):
    """Randomly turns images gray; the number of channels stays."""

    factor: float = 0.5
    seed: int | None = None

    keeps_dtype: ClassVar[bool] = True
    bounds: ClassVar[dict[str, Pair]] = {"factor": (0, 1)}

    def check(self, input_shape: Shapes) -> None:
        if not isinstance(input_shape, tuple):
            raise ShapeError(f"expected only images, got {show(input_shape)}")


class MaxNumBoundingBoxes(ImageLayer):
    """Pads or cuts each image's list of bounding boxes to `max_number`."""

    max_number: int
    fill_value: float = -1
    factor: Range | None = None

    bounds: ClassVar[dict[str, Pair]] = {"factor": (-1, 1)}

    def check(self, input_shape: Shapes) -> None:
        boxes = self._boxes(input_shape)
        if boxes is not None and set(boxes) != {"boxes", "labels"}:
            raise ShapeError(f"expected boxes and labels, got {', '.join(sorted(boxes))}")
        if boxes is not None:
            require_min_rank(boxes["boxes"], 2, "images, boxes, …")
            require_min_rank(boxes["labels"], 2, "images, boxes")

    def output_shape(self, input_shape: Shapes) -> Shapes:
        boxes = self._boxes(input_shape)
        if boxes is None:
            return input_shape
        padded = {
            key: (shape[0], self.max_number, *shape[2:]) for key, shape in sorted(boxes.items())
        }
        return {**input_shape, "bounding_boxes": padded}

    def _boxes(self, input_shape: Shapes) -> Any:
        return input_shape.get("bounding_boxes") if isinstance(input_shape, dict) else None


def _require_images(input_shape: Shapes) -> None:
    if not isinstance(input_shape, tuple) or len(input_shape) not in (3, 4):
        raise ShapeError(f"expected images ({IMAGES}) or a batch of them, got {show(input_shape)}")
