"""Make or read the weights, states and inputs of a trace: random, zeros or from a file."""

from __future__ import annotations

import csv
import io
import math
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.graph.recurrence import cell_names
from lstmcount.readers.text.regular import read_regular
from lstmcount.shapes import show
from lstmcount.summary import Weight
from lstmcount.tracing.arrays import Array, numpy
from lstmcount.tracing.unroll import States

MAX_BYTES = 64 * 2**20
MAX_NUMBERS = 2**25  # limit for the number of weights, and of inputs
MAX_WRITTEN = 3_000_000  # limit for the numbers and lines of CSV


def require_few(count: int, kind: str) -> None:
    """Raise `LstmcountError` if arrays of `count` numbers would fill the memory."""
    if count > MAX_NUMBERS:
        raise LstmcountError(f"{count:,} {kind} are too many to trace; at most {MAX_NUMBERS:,} fit")


def random_weights(weights: Sequence[Weight], layer: Any, random: Any) -> dict[str, Array]:
    """Weights from Keras's default initializers: Glorot-uniform kernels and zero biases.

    With `unit_forget_bias` the bias of the forget gate is one.
    """
    np = numpy()
    for weight in weights:
        if not all(isinstance(dim, int) and dim >= 0 for dim in weight.shape):
            raise LstmcountError(
                f"the weight {weight.name!r} has the shape {show(weight.shape)}: "
                "trace needs to know every dimension"
            )
    require_few(sum(math.prod(weight.shape) for weight in weights), "weights")
    arrays = {}
    for weight in weights:
        if len(weight.shape) < 2 or weight.name.endswith("bias"):
            arrays[weight.name] = np.zeros(weight.shape)
        else:
            fan_in, fan_out = weight.shape[-2:]
            limit = math.sqrt(6 / max(1, fan_in + fan_out))
            arrays[weight.name] = random.uniform(-limit, limit, weight.shape)
    for path, cell in cell_names(layer):
        if getattr(cell, "unit_forget_bias", False) and cell.use_bias:
            forget = slice(cell.units, 2 * cell.units)
            arrays[f"{path}/bias" if path else "bias"][forget] = 1
    return arrays


def initial_states(layer: Any, kind: str, random: Any) -> dict[str, States]:
    """The states before the first step, by cell: standard normal numbers, or {} for zeros."""
    if kind == "zeros":
        return {}
    return {
        path: {name: random.standard_normal(cell.units) for name in cell.state_names}
        for path, cell in cell_names(layer)
    }


def read_sequence(path: Path, timesteps: int | None, features: int) -> Array:
    """Read a sequence [timesteps, features] from an .npy or CSV file.

    A leading axis of size 1 is dropped. Raises `LstmcountError` for any other shape, and for values
    that are not finite numbers.
    """
    np = numpy()
    data = _read_array(path)
    if data.dtype.kind not in "fiub":
        raise LstmcountError(f"{path}: expected numbers, got {data.dtype}")
    if data.ndim == 3 and data.shape[0] == 1:
        data = data[0]
    steps = "timesteps" if timesteps is None else timesteps
    if data.ndim != 2 or data.shape[1] != features or timesteps not in (None, len(data)):
        raise LstmcountError(
            f"{path}: expected shape ({steps}, {features}), got {tuple(data.shape)}"
        )
    if not len(data):
        raise LstmcountError(f"{path}: no time steps")
    data = data.astype(float)
    if not np.isfinite(data).all():
        row, column = np.argwhere(~np.isfinite(data))[0]
        raise LstmcountError(f"{path}: row {row + 1}, column {column + 1} is {data[row, column]}")
    return data


def _read_array(path: Path) -> Any:
    try:
        content = read_regular(path, MAX_BYTES, pipe=True)
        if path.suffix == ".npy":
            return numpy().lib.format.read_array(io.BytesIO(content), allow_pickle=False)
        return _read_csv(content)
    except LstmcountError as error:
        raise LstmcountError(f"{path}: {error.message}") from None
    except MemoryError:
        raise LstmcountError(f"{path}: more numbers than there is memory for") from None
    except OSError as error:
        raise LstmcountError(f"{path}: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, EOFError, OverflowError) as error:
        raise LstmcountError(f"{path}: not an array of numbers: {error}") from None


def _read_csv(content: bytes) -> Array:
    """Parse rows of numbers; a first row that is not numeric is skipped as a header."""
    if content.count(b",") + content.count(b"\n") > MAX_WRITTEN:
        raise ValueError(f"more than {MAX_WRITTEN:,} numbers or lines: an .npy file takes more")
    numbers, lengths, rows = array("d"), set(), 0
    with io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="") as file:
        try:
            for number, row in enumerate(csv.reader(file), 1):
                if not row:
                    continue
                try:
                    numbers.extend([float(cell) for cell in row])
                except ValueError:
                    if number > 1:
                        raise ValueError(f"row {number} is not all numbers") from None
                    continue
                lengths.add(len(row))
                rows += 1
        except csv.Error as error:
            raise ValueError(f"not CSV: {error}") from None
    if len(lengths) > 1:
        raise ValueError(f"rows of different lengths: {', '.join(map(str, sorted(lengths)))}")
    data = numpy().array(numbers)
    return data.reshape(rows, -1) if rows else data
