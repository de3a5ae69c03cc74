"""Import NumPy where a command computes with arrays; it is an optional dependency."""

from __future__ import annotations

from typing import Any

from lstmcount import memory
from lstmcount.errors import LstmcountError
from lstmcount.extras import install

Array = Any  # numpy.ndarray


def numpy() -> Any:
    memory.require(memory.FOR_NUMPY)
    try:
        import numpy
    except ImportError:
        raise LstmcountError(f"trace needs NumPy: {install('trace')}") from None
    return numpy
