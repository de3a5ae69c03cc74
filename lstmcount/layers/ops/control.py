"""Operations that call functions, but whose output shapes do not depend on the function."""

from __future__ import annotations

from typing import Any, ClassVar

from lstmcount.layers.ops.base import Operation
from lstmcount.shapes import Shapes


class KeepsState(Operation):
    """Loops: the loop variables keep their shapes."""

    takes_lists: ClassVar[bool] = True

    def call(self, loop_vars: Any, *args: Any) -> Shapes:
        return loop_vars


class AssociativeScan(Operation):
    """A scan, which keeps the shape of its elements."""

    tensors = 0

    def call(self, f: Any, elems: Any = None) -> Shapes:
        return elems
