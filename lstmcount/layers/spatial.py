"""The base of layers over time, images or volumes: windows, strides and the channels axis."""

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
    """Base of layers with `rank` spatial axes. Channels are last unless `data_format` differs."""

    data_format: DataFormat = None

    rank: ClassVar[int] = 2

    def each(self, value: Any) -> tuple[Any, ...]:
        """A value for each spatial axis."""
        return tuple(value) if isinstance(value, list) else (value,) * self.rank

    def check_sizes(self, *fields: str) -> None:
        for field in fields:
            value = getattr(self, field)
            if isinstance(value, list) and len(value) != self.rank:
                raise LstmcountError(
                    f"expected one number or {self.rank} numbers, got {value}", path=(field,)
                )

    def check_exclusive(self, strides: Any, dilation_rate: Any) -> None:
        """Raise `LstmcountError` for strides with dilation, which Keras does not support."""
        if max(self.each(strides)) > 1 and max(self.each(dilation_rate)) > 1:
            raise LstmcountError(
                f"strides {strides} and dilation_rate {dilation_rate} cannot both be larger than 1",
                path=("dilation_rate",),
            )

    @property
    def channels_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else self.rank + 1

    def spatial(self, input_shape: Shape) -> Shape:
        """The sizes of the spatial axes."""
        if self.data_format == "channels_first":
            return input_shape[2:]
        return input_shape[1:-1]

    def assembled(self, batch: Dim, spatial: Shape, channels: Dim) -> Shape:
        """Join batch, spatial axes and channels to a shape."""
        if self.data_format == "channels_first":
            return (batch, channels, *spatial)
        return (batch, *spatial, channels)

    def window_formulas(
        self, input_shape: Shape, output_shape: Shape, window: Any, strides: Any, dilation: Any = 1
    ) -> str:
        """The computation of each spatial axis: `height (28 − 3) + 1 = 26`."""
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
            f"{axis} {window_formula(n, result, w, s, d, padding)}"
            for axis, n, result, w, s, d in rows
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
            raise ShapeError(f"the output of the input {show(input_shape)} would be empty")


def window_formula(
    size: int | None, result: int | None, window: int, stride: int, dilation: int, padding: str
) -> str:
    """The formula of `windows` with its numbers, as text.

    >>> window_formula(28, 13, 3, 2, 1, "valid"), window_formula(28, 14, 3, 2, 1, "same")
    ('⌊(28 − 3) / 2⌋ + 1 = 13', '⌈28 / 2⌉ = 14')
    >>> window_formula(None, None, 3, 1, 2, "valid")
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
    """The number of windows along an axis; with padding `same` or `causal`, ⌈size / stride⌉.

    >>> windows(10, 3, 2, "valid"), windows(10, 3, 2, "same")
    (4, 5)
    """
    reach = dilation * (window - 1) if padding == "valid" else 0
    return (size - reach - 1) // stride + 1


def positions(spatial: Shape) -> Dim:
    return math.prod(spatial)
