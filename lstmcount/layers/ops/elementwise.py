"""Operations whose output has the shape of an input or of the broadcast inputs."""

from __future__ import annotations

from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.ops.base import Axes, Operation, array_shape, require_one_tensor
from lstmcount.layers.ops.shapes import axes_of, axis_of, broadcast, size
from lstmcount.shapes import Shape, Shapes, show


class Elementwise(Operation):
    """One value for each value of the first argument.

    >>> Elementwise().output_shape((2, 3))
    (2, 3)
    """

    def call(self, x: Any, *args: Any, **kwargs: Any) -> Shapes:
        return array_shape(x)


class LikeFirst(Elementwise):
    """Takes two tensors; the output has the shape of the first."""

    tensors: ClassVar[int] = 2


class Digitize(LikeFirst):
    """The bin of each value."""

    def call(self, x: Any, bins: Any) -> Shapes:
        if len(array_shape(bins)) > 1:
            raise ShapeError(f"expected bins along one axis, got {show(array_shape(bins))}")
        return array_shape(x)


class Broadcast(Operation):
    """One value for each pair of values of two arguments.

    >>> Broadcast().output_shape((2, 3), (3,)), Broadcast().output_shape(1.0, (2, 3))
    ((2, 3), (2, 3))
    """

    tensors: ClassVar[int] = 2

    def call(self, x1: Any, x2: Any, *args: Any, **kwargs: Any) -> Shape:
        return broadcast(array_shape(x1), array_shape(x2))


class Where(Operation):
    """The shape of two choices and their condition; without choices, that of the condition."""

    def call(self, condition: Any, x1: Any = None, x2: Any = None) -> Shapes:
        require_one_tensor(x1, x2)
        if (x1 is None) != (x2 is None):
            return None
        return broadcast(array_shape(condition), array_shape(x1), array_shape(x2))


class Select(Operation):
    """The shape of the first of several choices."""

    tensors: ClassVar[int] = 2
    takes_lists: ClassVar[bool] = True

    def call(self, condlist: Any, choicelist: Any, default: Any = 0) -> Shape:
        return array_shape(choicelist[0])


class AlongAxis(Operation):
    """Keeps the shape; works along one or several axes."""

    axis: Axes = None

    def call(self, x: Shape, *args: Any) -> Shape:
        if self.axis is not None:
            axes_of(self.axis, len(x))
        return x


class FlatOrSame(Operation):
    """Keeps the shape; without an axis the input is flattened.

    >>> FlatOrSame().output_shape((2, 3)), FlatOrSame(axis=1).output_shape((2, 3))
    ((6,), (2, 3))
    """

    axis: Axes = None

    def call(self, x: Shape, *args: Any) -> Shape:
        return (size(x),) if self.axis is None else x


class Partition(FlatOrSame):
    axis: Axes = -1


class Cumulative(FlatOrSame):
    """Works along an axis of the input."""

    axis: int | None = None

    def call(self, x: Shape, *args: Any) -> Shape:
        if self.axis is not None:
            axis_of(self.axis, len(x))
        return super().call(x)


class Sort(Cumulative):
    axis: int | None = -1


class Sparsemax(AlongAxis):
    axis: int = -1


class Softmax(AlongAxis):
    axis: Axes = -1


class AtLeast(Elementwise):
    """Keeps the shape of an input that needs a minimum number of dimensions."""

    ranks: ClassVar[dict[str, int]] = {"Fliplr": 2, "Flipud": 1}

    def call(self, x: Any, *args: Any, **kwargs: Any) -> Shapes:
        least = self.ranks[self.class_name]
        if len(x) < least:
            raise ShapeError(f"expected at least {least} dimensions, got {show(x)}")
        return x


class LikeSecond(Operation):
    """Takes two tensors; the output has the shape of the second."""

    tensors: ClassVar[int] = 2

    def call(self, _: Any, x: Any, *args: Any) -> Shape:
        return array_shape(x)


class Scalar(Operation):
    """A single number, for any inputs."""

    tensors: ClassVar[int] = 0

    def call(self, *args: Any, **kwargs: Any) -> Shape:
        return ()
