"""The tensors that a file stores, compared with those its config implies."""

from __future__ import annotations

import math
from collections import Counter

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.readers import Source
from lstmcount.readers.keras_one import as_today
from lstmcount.readers.tensors import read_tensors
from lstmcount.summary import Summary

Shape = tuple[int, ...]


class Verdict(msgspec.Struct, frozen=True):
    """Shapes that only one side has, and the totals of both."""

    stored: int
    inferred: int
    only_stored: tuple[tuple[str, Shape], ...]
    only_inferred: tuple[tuple[str, Shape], ...]

    @property
    def agrees(self) -> bool:
        return not self.only_stored and not self.only_inferred


def verify(source: Source, summary: Summary) -> Verdict:
    """Compare, shape by shape.

    Raises `LstmcountError` where the source stores no tensors, or nothing besides.
    """
    if summary.class_name == "Weights":
        raise LstmcountError("only weights are stored here, and no config to hold them against")
    inferred = [
        (f"{layer.name}/{weight.name}", weight.shape)
        for layer in summary.layers
        for weight in layer.weights
    ]
    shapes = Counter(shape for _, shape in inferred)
    stored = as_today(stored_tensors(source), shapes)
    unique = {id(w): w for w in summary.weights}
    only_stored = _missing(stored, shapes)
    only_inferred = _missing(inferred, Counter(shape for _, shape in stored))
    if not only_stored and all("/lora_" in name for name, _ in only_inferred):
        only_inferred = ()  # Keras 3 stores kernels with their factors multiplied in
    return Verdict(
        stored=sum(math.prod(shape) for _, shape in stored),
        inferred=sum(w.count for w in unique.values()),
        only_stored=only_stored,
        only_inferred=only_inferred,
    )


def _missing(
    tensors: list[tuple[str, Shape]], others: Counter[Shape]
) -> tuple[tuple[str, Shape], ...]:
    """The tensors for whose shape there is none left on the other side."""
    left = Counter(others)
    found = []
    for name, shape in tensors:
        if left[shape]:
            left[shape] -= 1
        else:
            found.append((name, shape))
    return tuple(found)


def stored_tensors(source: Source) -> list[tuple[str, Shape]]:
    """Names and shapes of the weights in a `.keras` archive or an HDF5 file."""
    if source.binary is None:
        raise LstmcountError("this source stores no tensors; give a .keras or an .h5 file")
    return [(path, tuple(shape)) for path, shape, _ in read_tensors(source.binary)["tensors"]]
