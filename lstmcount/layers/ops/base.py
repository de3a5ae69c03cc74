"""The class every operation derives from: Keras's `compute_output_spec` as a formula on shapes."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from lstmcount.errors import FORMULA_ERRORS, ShapeError
from lstmcount.shapes import Dim, Shape, Shapes, flatten, show
from lstmcount.structures import leaves, nested_shape

Axes = int | list[int] | None


class Operation(msgspec.Struct, kw_only=True):
    """An operation of `keras.ops`; its fields are the arguments that shapes depend on.

    A subclass defines `call` with the parameters of Keras's; it gets a shape instead of each
    tensor, and returns the output's shape. `class_name` is Keras's; one class may stand for many
    that treat shapes in the same way.
    """

    name: str | None = None
    class_name: str = ""

    trainable: ClassVar[bool] = True
    built_at_init: ClassVar[bool | None] = True
    tensors: ClassVar[int] = 1  # how many of the first arguments are tensors
    takes_lists: ClassVar[bool] = False  # accepts lists of tensors there

    def call(self, *args: Any, **kwargs: Any) -> Shapes:
        """The output's shape (a list for several outputs); None if it is unknown."""
        return None

    def contractions(self, *args: Any, **kwargs: Any) -> Dim:
        """Multiply-accumulates for one sample, the batch being the first axis."""
        return 0

    def output_shape(self, *args: Any, **kwargs: Any) -> Shapes:
        """The output of a call; None if its inputs are unknown.

        Raises `ShapeError` if Keras refuses the inputs.
        """
        if any(map(_unknown, args[: self.tensors])):
            return None
        if not self.takes_lists:
            require_one_tensor(*args[: self.tensors])
        try:
            output = self.call(*args, **kwargs)
        except FORMULA_ERRORS as error:
            raise ShapeError(f"cannot take {_shown(args, kwargs)} ({error})") from None
        for shape in flatten(output):
            for dim in shape:
                if type(dim) is int and dim < 0:
                    raise ShapeError(f"{_shown(args, kwargs)} would give {show(shape)}")
        return output

    def macs(self, *args: Any, **kwargs: Any) -> Dim:
        if any(map(_unknown, args[: self.tensors])):
            return 0
        try:
            return self.contractions(*args, **kwargs)
        except FORMULA_ERRORS:
            return 0


class Unknown(Operation):
    """An unknown operation."""

    tensors: ClassVar[int] = 0


def require_one_tensor(*values: Any) -> None:
    """Raise `ShapeError` for a list or dict of tensors; one of numbers is a constant."""
    for value in values:
        if isinstance(value, list | dict) and any(
            isinstance(leaf, tuple) for leaf in leaves(value)
        ):
            raise ShapeError(f"expected one tensor, got {show(value)}")


def _unknown(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_unknown, value))
    return value is None


def _shown(args: Any, kwargs: dict[str, Any]) -> str:
    named = [f"{key}={_text(value)}" for key, value in kwargs.items()]
    return ", ".join([*map(_text, args), *named])


def _text(value: Any) -> str:
    text = show(value)
    return text if len(text) <= 60 else text[:57] + "..."


def array_shape(value: Any) -> Shape:
    """The shape of an argument: a tensor, a constant array as Keras saves it, or a number.

    A list of numbers counts as a number, as it does in Keras's own inference.

    >>> array_shape((2, 3)), array_shape({"class_name": "__numpy__", "config": {"value": [[1, 2]]}})
    ((2, 3), (1, 2))
    """
    if isinstance(value, tuple):
        return value
    if isinstance(value, dict) and isinstance(value.get("config"), dict):
        return nested_shape(value["config"].get("value"))
    shape = getattr(value, "shape", ())
    return tuple(shape) if isinstance(shape, list | tuple) else ()
