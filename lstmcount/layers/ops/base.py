"""The base class of operations, which compute Keras's `compute_output_spec` on shapes."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from lstmcount.errors import FORMULA_ERRORS, ShapeError
from lstmcount.shapes import Dim, Shape, Shapes, flatten, show
from lstmcount.structures import leaves, nested_shape

Axes = int | list[int] | None


class Operation(msgspec.Struct, kw_only=True):
    """An operation of `keras.ops`; its fields are the arguments that shapes depend on.

    A subclass defines `call` with the parameters of Keras's `call`. It gets a shape in place of
    each tensor and returns the output's shape. `class_name` is the name of Keras's class: one class
    here may serve several of Keras's that treat shapes in the same way.
    """

    name: str | None = None
    class_name: str = ""

    trainable: ClassVar[bool] = True
    built_at_init: ClassVar[bool | None] = True
    tensors: ClassVar[int] = 1  # number of leading arguments that are tensors
    takes_lists: ClassVar[bool] = False  # whether these may be lists of tensors

    def call(self, *args: Any, **kwargs: Any) -> Shapes:
        """The output's shape, or a list for several outputs; None if it is unknown."""
        return None

    def contractions(self, *args: Any, **kwargs: Any) -> Dim:
        """Multiply-accumulates for one sample; the first axis is the batch."""
        return 0

    def output_shape(self, *args: Any, **kwargs: Any) -> Shapes:
        """The shape of the output; None if an input is unknown.

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

    def dtypes(self, arguments: dict[str, Any], args: list[Any], count: int) -> list[str]:
        """The dtypes of `count` outputs (see `lstmcount.layers.ops.dtypes.result_dtypes`)."""
        from lstmcount.layers.ops.dtypes import result_dtypes

        return result_dtypes(self.class_name, arguments, args, count)


class UnknownOperation(Operation):
    """An unknown operation, or one whose output cannot be inferred."""

    tensors: ClassVar[int] = 0


def require_one_tensor(*values: Any) -> None:
    """Raise `ShapeError` for a list or dict of tensors; one of numbers is allowed."""
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

    A list of numbers has the shape of a number, as in Keras's inference.

    >>> array_shape((2, 3)), array_shape({"class_name": "__numpy__", "config": {"value": [[1, 2]]}})
    ((2, 3), (1, 2))
    """
    if isinstance(value, tuple):
        return value
    if isinstance(value, dict) and isinstance(value.get("config"), dict):
        return nested_shape(value["config"].get("value"))
    shape = getattr(value, "shape", ())
    return tuple(shape) if isinstance(shape, list | tuple) else ()
