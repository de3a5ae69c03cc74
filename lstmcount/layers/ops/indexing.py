"""Operations that select or replace parts of a tensor."""

from __future__ import annotations

from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.ops.base import Operation, array_shape
from lstmcount.layers.ops.shapes import (
    axis_of,
    broadcast,
    passed_size,
    replaced,
    size,
    size_or_unknown,
)
from lstmcount.shapes import UNKNOWN, Dim, Shape, Shapes, Unknown, show
from lstmcount.structures import nested_shape

ELLIPSIS = "__ellipsis__"
SLICE = "__slice__"


class GetItem(Operation):
    """`x[key]`, where the key has numbers, slices, None and an ellipsis, of Python or serialised.

    >>> GetItem().output_shape((2, 8, 9), [slice(None), slice(1, None, 2), None])
    (2, 4, 1, 9)
    """

    def call(self, x: Shape, key: Any) -> Shape:
        keys = key if isinstance(key, list) else [key]
        ellipses = sum(map(_is_ellipsis, keys))
        if ellipses > 1:
            raise ShapeError("expected one ellipsis in the key, got two")
        if not ellipses:
            keys = [*keys, Ellipsis]
        taken = len(keys) - 1 - sum(item is None for item in keys)
        if taken > len(x):
            raise ShapeError(f"expected at most {len(x)} indices for {show(x)}, got {taken}")
        picked: list[Dim] = []
        rest = list(x)
        for item in keys:
            if _is_ellipsis(item):
                skipped = len(x) - taken
                picked += rest[:skipped]
                del rest[:skipped]
            elif item is None:
                picked.append(1)
            else:
                picked += _picked(rest.pop(0), item, x)
        return tuple(picked)


def _is_ellipsis(key: Any) -> bool:
    return key is Ellipsis or (isinstance(key, dict) and key.get("class_name") == ELLIPSIS)


def _picked(dim: Dim, key: Any, x: Shape) -> list[Dim]:
    """The dimensions that one key leaves of an axis of size `dim`."""
    if isinstance(key, dict) and key.get("class_name") == SLICE:
        bounds = key.get("config") or {}
        key = slice(bounds.get("start"), bounds.get("stop"), bounds.get("step"))
    if isinstance(key, slice):
        return [slice_length(dim, key.start, key.stop, key.step)]
    if isinstance(key, int):
        if isinstance(dim, int) and not -dim <= key < dim:
            raise ShapeError(f"index {key} is out of range for {show(x)}")
        return []
    if isinstance(key, tuple | dict):
        return list(array_shape(key))
    raise ShapeError(f"cannot index {show(x)} with {key!r}")


def slice_length(dim: Dim, start: Any, stop: Any, step: Any) -> Dim:
    """The length of a slice of an axis of size `dim`.

    >>> slice_length(9, 1, None, 2), slice_length(UNKNOWN, 1, None, None)
    (4, ?)
    """
    length: Dim = UNKNOWN
    if isinstance(dim, Unknown):
        length = dim
    elif not all(bound is None or isinstance(bound, int) for bound in (start, stop, step)):
        unknown = [bound for bound in (start, stop, step) if isinstance(bound, Unknown)]
        length = passed_size(next(iter(unknown), None))
    elif isinstance(dim, int):
        length = len(range(*slice(start, stop, step).indices(dim)))
    elif step in (None, 1):
        length = _symbolic_length(dim, start or 0, stop)
    return length


def _symbolic_length(dim: Dim, start: int, stop: int | None) -> Dim:
    """The length of a slice of a symbolic size, which is assumed to be long enough."""
    if start < 0 and stop is None:
        return -start
    if stop is None or (stop < 0 <= start):
        return dim - start + (stop or 0)
    return stop - start if (start < 0) == (stop < 0) else UNKNOWN


class Take(Operation):
    """
    >>> Take(axis=1).output_shape((2, 9, 3), (4, 5))
    (2, 4, 5, 3)
    """

    axis: int | None = None
    tensors: ClassVar[int] = 2

    def call(self, x: Any, indices: Any) -> Shape:
        picked = nested_shape(indices) if isinstance(indices, list) else array_shape(indices)
        if self.axis is None:
            return picked
        x = array_shape(x)
        axis = axis_of(self.axis, len(x))
        return (*x[:axis], *picked, *x[axis + 1 :])


class TakeAlongAxis(Operation):
    axis: int | None = None

    def call(self, x: Any, indices: Any) -> Shape:
        x, indices = array_shape(x), array_shape(indices)
        if self.axis is None:
            x = (size(x),)
        if len(x) != len(indices):
            raise ShapeError(
                f"expected equal numbers of dimensions, got {show(x)} and {show(indices)}"
            )
        axis = 0 if self.axis is None else self.axis
        return broadcast(replaced(x, axis, indices[axis]), indices)


class Slice(Operation):
    """A block of the given shape; a size of -1 reaches to the end of the axis."""

    shape: list[int | None]

    def call(self, inputs: Shape, start_indices: Any) -> Shape:
        if len(self.shape) != len(inputs):
            raise ShapeError(f"a block of shape {self.shape} does not fit {show(inputs)}")
        if isinstance(start_indices, list) and len(start_indices) != len(inputs):
            raise ShapeError(f"{len(start_indices)} starts do not fit {show(inputs)}")
        return tuple(
            [
                self._rest(whole, start_indices, axis) if length == -1 else size_or_unknown(length)
                for axis, (whole, length) in enumerate(zip(inputs, self.shape, strict=True))
            ]
        )

    def _rest(self, dim: Dim, starts: Any, axis: int) -> Dim:
        if isinstance(starts, dict):
            starts = (starts.get("config") or {}).get("value")
        first: Dim = starts[axis] if isinstance(starts, list) else UNKNOWN
        return dim - first


class FixedShape(Operation):
    """The output has the shape that the constructor gets."""

    shape: list[int | None]
    tensors: ClassVar[int] = 0

    def call(self, *args: Any, **kwargs: Any) -> Shape:
        return tuple(map(size_or_unknown, self.shape))


class Scatter(FixedShape):
    tensors: ClassVar[int] = 2


class OneHot(Operation):
    """
    >>> OneHot(num_classes=5).output_shape((2, 3))
    (2, 3, 5)
    """

    num_classes: int | None
    axis: int = -1

    def call(self, x: Any) -> Shape:
        x = array_shape(x)
        if not -1 <= self.axis < len(x):
            raise ShapeError(f"expected an axis from -1 to {len(x) - 1}, got {self.axis}")
        axis = len(x) if self.axis == -1 else self.axis
        return (*x[:axis], size_or_unknown(self.num_classes), *x[axis:])


class MultiHot(OneHot):
    def call(self, inputs: Any) -> Shape:
        hot = super().call(inputs)
        return hot[-1:] if len(hot) == 2 else (hot[0], *hot[2:])


class TopK(Operation):
    """The largest values and their indices."""

    k: int | None

    def call(self, x: Shape) -> list[Shape]:
        return [replaced(x, -1, size_or_unknown(self.k))] * 2


class Nonzero(Operation):
    def call(self, x: Shape) -> list[Shape]:
        return [(UNKNOWN,)] * len(x)


class Unique(Operation):
    size: int | None = None
    axis: int | None = None
    return_index: bool = False
    return_inverse: bool = False
    return_counts: bool = False

    def call(self, x: Shape) -> Shapes:
        count: Dim = UNKNOWN if self.size is None else self.size
        values = (count,) if self.axis is None else replaced(x, self.axis, count)
        inverse = x if self.axis is None else (x[axis_of(self.axis, len(x))],)
        outputs = [values]
        outputs += [(count,)] * self.return_index + [inverse] * self.return_inverse
        outputs += [(count,)] * self.return_counts
        return outputs[0] if len(outputs) == 1 else outputs


class UnravelIndex(Operation):
    shape: list[int | None]

    def call(self, indices: Any) -> list[Shape]:
        shape = (1,) if isinstance(indices, int) else array_shape(indices)
        if isinstance(indices, list):
            shape = nested_shape(indices)
        if None in self.shape:
            shape = (UNKNOWN,)
        return [shape] * len(self.shape)


class Bincount(Operation):
    def call(self, x: Shape) -> Shape:
        return (*x[:-1], UNKNOWN)


class Histogram(Operation):
    bins: int = 10

    def call(self, x: Shape) -> list[Shape]:
        return [(self.bins,), (self.bins + 1,)]
