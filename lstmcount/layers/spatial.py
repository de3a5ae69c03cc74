"""Base of layers over time, images and volumes: windows, strides and the channels axis."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import DataFormat, PositiveInt
from lstmcount.layers.base import Layer, require_known, require_rank
from lstmcount.shapes import Dim, Shape, show

Size = PositiveInt | list[PositiveInt]

AXES: dict[int, tuple[str, ...]] = {
    1: ("timesteps",),
    2: ("height", "width"),
    3: ("depth", "height", "width"),
}
KERNEL_AXES: dict[int, tuple[str, ...]] = {
    1: ("kernel_size",),
    2: ("kernel_height", "kernel_width"),
    3: ("kernel_depth", "kernel_height", "kernel_width"),
}


class Spatial(Layer):
    """A layer over `rank` spatial dimensions, channels last unless `data_format` says first."""

    data_format: DataFormat = None

    rank: ClassVar[int] = 2

    def each(self, value: Any) -> tuple[Any, ...]:
        """One value per spatial dimension."""
        return tuple(value) if isinstance(value, list) else (value,) * self.rank

    def check_sizes(self, *fields: str) -> None:
        for field in fields:
            value = getattr(self, field)
            if isinstance(value, list) and len(value) != self.rank:
                raise LstmcountError(
                    f"expected one number or {self.rank} of them, got {value}", path=(field,)
                )

    def check_exclusive(self, strides: Any, dilation_rate: Any) -> None:
        """Keras does not combine strides with dilation."""
        if max(self.each(strides)) > 1 and max(self.each(dilation_rate)) > 1:
            raise LstmcountError(
                f"strides {strides} and dilation_rate {dilation_rate} cannot both be larger than 1",
                path=("dilation_rate",),
            )

    @property
    def channels_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else self.rank + 1

    def spatial(self, input_shape: Shape) -> Shape:
        """The spatial dimensions alone."""
        if self.data_format == "channels_first":
            return input_shape[2:]
        return input_shape[1:-1]

    def assembled(self, batch: Dim, spatial: Shape, channels: Dim) -> Shape:
        """A complete shape from its parts."""
        if self.data_format == "channels_first":
            return (batch, channels, *spatial)
        return (batch, *spatial, channels)

    def slid(
        self, input_shape: Shape, output_shape: Shape, window: Any, strides: Any, dilation: Any = 1
    ) -> str:
        """How each spatial dimension is computed: `height (28 − 3) + 1 = 26`."""
        padding = getattr(self, "padding", "valid")
        rows = zip(
            AXES[self.rank],
            self.spatial(input_shape),
            self.spatial(output_shape),
            self.each(window),
            self.each(strides),
            self.each(dilation),
            strict=True,
        )
        shown = [
            f"{axis} {counted(n, result, w, s, d, padding)}" for axis, n, result, w, s, d in rows
        ]
        return f"padding {padding}: {', '.join(shown)}"

    def check_rank(self, input_shape: Shape) -> None:
        dims = ", ".join(("batch", *AXES[self.rank], "channels"))
        if type(input_shape) is not tuple:
            raise ShapeError(f"expected one tensor, got {show(input_shape)}")
        require_rank(input_shape, self.rank + 2, dims)

    def check_channels(self, input_shape: Shape) -> None:
        require_known(input_shape, self.channels_axis, "the number of channels")

    def check_output(self, input_shape: Shape, spatial: Shape) -> None:
        if any(isinstance(dim, int) and dim <= 0 for dim in spatial):
            raise ShapeError(f"nothing would be left of the input {show(input_shape)}")


def counted(
    size: int | None, result: int | None, window: int, stride: int, dilation: int, padding: str
) -> str:
    """The formula of `windows` with its numbers.

    >>> counted(28, 13, 3, 2, 1, "valid"), counted(28, 14, 3, 2, 1, "same")
    ('⌊(28 − 3) / 2⌋ + 1 = 13', '⌈28 / 2⌉ = 14')
    >>> counted(None, None, 3, 1, 2, "valid")
    '(n − 5) + 1'
    """
    shown = "n" if size is None else str(size)
    if padding == "valid":
        inside = f"({shown} − {(window - 1) * dilation + 1})"
        text = f"⌊{inside} / {stride}⌋ + 1" if stride > 1 else f"{inside} + 1"
    else:
        text = f"⌈{shown} / {stride}⌉" if stride > 1 else shown
    return text if result is None or text == str(result) else f"{text} = {result}"


def windows(size: Dim, window: Dim, stride: Dim, padding: str, dilation: Dim = 1) -> Dim:
    """How many windows fit; with `same` or `causal` padding, one for every stride.

    >>> windows(10, 3, 2, "valid"), windows(10, 3, 2, "same")
    (4, 5)
    """
    reach = dilation * (window - 1) if padding == "valid" else 0
    return (size - reach - 1) // stride + 1


def positions(spatial: Shape) -> Dim:
    return math.prod(spatial)
