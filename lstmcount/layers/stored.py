"""Tensors that a file stores, where it says nothing of the layer they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from lstmcount.dimensions import Shapes
from lstmcount.layers.base import Layer
from lstmcount.summary import Weight


class Weights(Layer):
    """Whatever tensors a weights-only file has under one name."""

    tensors: list[Any]

    call_arguments: ClassVar[tuple[str, ...]] = ()
    built_at_init: ClassVar[bool] = True

    def weights(self, input_shape: Shapes = None) -> Iterator[Weight]:
        for name, shape, dtype in self.tensors:
            yield self.weight(name, tuple(shape), dtype=dtype)
