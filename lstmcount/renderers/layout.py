"""Widths of Keras's summary table, and which layers `--layer-range` keeps."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.summary import LayerSummary

MIN_LINE_LENGTH = 48
BORDERS = 5  # what rich takes off a column's width for borders and padding, rounded up


class Layout(msgspec.Struct, frozen=True):
    headers: tuple[str, ...]
    justify: tuple[str, ...]
    positions: tuple[float, ...]  # where each column ends, as a share of the line
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

    def columns(self, line_length: int) -> Iterator[tuple[str, str, int]]:
        """Header, alignment and width of each column, as Keras hands them to rich."""
        used = 0
        for header, justify, position in zip(
            self.headers, self.justify, self.positions, strict=True
        ):
            width = int(position * line_length) - used
            yield header, justify, width
            used += width

    def needed(self, widths: Sequence[int]) -> int:
        """The line length at which cells as wide as `widths` stand on one line each."""
        starts = (0.0, *self.positions)
        shares = [end - start for start, end in zip(starts, self.positions, strict=False)]
        return max(
            math.ceil((width + BORDERS) / share)
            for width, share in zip(widths, shares, strict=True)
        )


def layer_range(
    layers: tuple[LayerSummary, ...], bounds: tuple[str, str] | None
) -> tuple[LayerSummary, ...]:
    """The layers from the first that matches one name (or pattern) to the last of the other."""
    if bounds is None:
        return layers
    found = []
    for pattern in bounds:
        try:
            matching = [i for i, layer in enumerate(layers) if re.match(pattern, layer.name)]
        except re.error as error:
            raise LstmcountError(f"not a pattern: {pattern!r}: {error}") from None
        if not matching:
            raise LstmcountError(f"no layer's name matches {pattern!r}")
        found.append(matching)
    lower, upper = found
    if min(lower) > max(upper):
        return layers[min(upper) : max(lower) + 1]
    return layers[min(lower) : max(upper) + 1]
