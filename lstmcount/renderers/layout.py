"""Widths of Keras's summary table, and the layers that `--layer-range` selects."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import count

import msgspec

from lstmcount.errors import LstmcountError, did_you_mean_or_known
from lstmcount.summary import LayerSummary

_MIN_WIDTH = 4  # least width of a column for Keras to print a table
_BORDERS = 5  # the most that borders and padding take from a column


class Layout(msgspec.Struct, frozen=True):
    """Headers, alignment, and each column's end as a share of the line."""

    headers: tuple[str, ...]
    justify: tuple[str, ...]
    positions: tuple[float, ...]
    default: int

    @classmethod
    def of(cls, is_graph: bool, show_trainable: bool) -> Layout:
        headers: tuple[str, ...] = ("Layer (type)", "Output Shape", "Param #")
        justify: tuple[str, ...] = ("left", "left", "right")
        positions: tuple[float, ...] = (0.45, 0.80, 1.0)
        default = 88
        if is_graph:
            headers += ("Connected to",)
            justify += ("left",)
            positions = (0.3, 0.56, 0.74, 1.0)
            default = 108
        if show_trainable:
            headers += ("Trainable",)
            justify += ("center",)
            positions = (*[p * 0.90 for p in positions], 1.0)
            default += 12
        return cls(headers, justify, positions, default)

    def requested(self, line_length: int) -> list[int]:
        """The widths that Keras requests from rich; their sum is `line_length`."""
        widths: list[int] = []
        for position in self.positions:
            widths.append(int(position * line_length) - sum(widths))
        return widths

    def fits(self, line_length: int) -> bool:
        """Whether Keras prints a table at this line length.

        >>> Layout.of(False, False).fits(16), Layout.of(False, False).fits(15)
        (True, False)
        """
        return min(self.requested(line_length)) >= _MIN_WIDTH

    def shown(self, line_length: int) -> list[int]:
        """The widths that remain for text after rich's borders and padding.

        >>> Layout.of(False, False).shown(88)
        [36, 27, 15]
        """
        widths = self.requested(line_length)
        excess = 3 * len(widths) + 1
        shown = []
        for left, width in zip(range(len(widths), 0, -1), widths, strict=True):
            reduced = min(width + 2, round(excess / left))
            excess -= reduced
            shown.append(width - reduced)
        return shown

    def needed(self, widths: Sequence[int]) -> int:
        """The line length at which cells of these `widths` need not wrap."""
        starts = (0.0, *self.positions)
        shares = [end - start for start, end in zip(starts, self.positions, strict=False)]
        return max(
            math.ceil((width + _BORDERS) / share)
            for width, share in zip(widths, shares, strict=True)
        )


def line_length(
    layout: Layout, widths: Sequence[int], asked: int | None, terminal: int | None
) -> int:
    """The requested length, else what the cells need, limited by the terminal."""
    length = asked
    if length is None:
        length = max(layout.default, layout.needed(widths))
        if terminal is not None:
            length = min(length, terminal - 4)
    if layout.fits(length):
        return length
    least = next(n for n in count(length) if layout.fits(n))
    if asked is None:
        return least
    raise LstmcountError(f"a line of {asked} is too short for the table; it needs at least {least}")


def layer_range(
    layers: tuple[LayerSummary, ...], bounds: tuple[str, str] | None
) -> tuple[LayerSummary, ...]:
    """The layers from the first match of one name (or pattern) to the last match of the other."""
    if bounds is None:
        return layers
    matches = []
    for pattern in bounds:
        try:
            matching = [i for i, layer in enumerate(layers) if re.match(pattern, layer.name)]
        except re.error as error:
            raise LstmcountError(f"not a pattern: {pattern!r}: {error}") from None
        if not matching:
            hint = did_you_mean_or_known(pattern, [layer.name for layer in layers])
            raise LstmcountError(f"no layer's name matches {pattern!r}.{hint}")
        matches.append(matching)
    lower, upper = matches
    if min(lower) > max(upper):
        return layers[min(upper) : max(lower) + 1]
    return layers[min(lower) : max(upper) + 1]
