"""The tensors that a file stores, compared with those its config implies."""

from __future__ import annotations

import math
import tempfile
import zipfile
from collections import Counter
from typing import IO, Any

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.readers import Source
from lstmcount.readers.apart import apart
from lstmcount.readers.binary import ZIP
from lstmcount.readers.hdf5 import own_weights, tensors
from lstmcount.readers.keras_one import as_today
from lstmcount.summary import Summary

WEIGHTS = "model.weights.h5"
MAX_WEIGHTS = 8 * 2**30
MAX_UNPACKED = 2**30  # Keras packs nothing
_STATE = ("seed_generator", "optimizer", "metrics")  # stored beside the weights, and none of them

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
    """Compare, shape by shape. Raises `LstmcountError` where the source stores no tensors."""
    inferred = [
        (f"{layer.name}/{weight.name}", weight.shape)
        for layer in summary.layers
        for weight in layer.weights
    ]
    shapes = Counter(shape for _, shape in inferred)
    stored = as_today(stored_tensors(source), shapes)
    unique = {id(w): w for w in summary.weights}
    return Verdict(
        stored=sum(math.prod(shape) for _, shape in stored),
        inferred=sum(w.count for w in unique.values()),
        only_stored=_missing(stored, shapes),
        only_inferred=_missing(inferred, Counter(shape for _, shape in stored)),
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
    try:
        import h5py
    except ImportError:
        raise LstmcountError("reading tensors needs h5py (pip install 'lstmcount[hdf5]')") from None
    path: Any = source.binary
    with path.open("rb") if hasattr(path, "open") else path as file:
        file.seek(0)
        is_archive = file.read(len(ZIP)) == ZIP
        file.seek(0)

        def found() -> list[tuple[str, list[int], str]]:
            if is_archive:
                return _in_archive(file, h5py)
            with h5py.File(file, "r") as opened:
                return tensors(own_weights(opened))

        stored = apart(found, "the stored tensors cannot be read")
    return [
        (name, tuple(shape))
        for name, shape, _ in stored
        if not any(part in name for part in _STATE)
    ]


def _in_archive(file: IO[bytes], h5py: Any) -> list[tuple[str, list[int], str]]:
    with zipfile.ZipFile(file) as archive:
        if WEIGHTS not in archive.namelist():
            raise LstmcountError(f"there is no {WEIGHTS} in the archive")
        info = archive.getinfo(WEIGHTS)
        limit = MAX_WEIGHTS if info.compress_type == zipfile.ZIP_STORED else MAX_UNPACKED
        if info.file_size > limit:
            raise LstmcountError(f"{WEIGHTS} is larger than {limit // 2**30} GiB")
        with (
            archive.open(WEIGHTS) as member,
            _seekable(member, info) as unpacked,
            h5py.File(unpacked, "r") as opened,
        ):
            return tensors(opened)


def _seekable(member: IO[bytes], info: zipfile.ZipInfo) -> IO[bytes]:
    """The member, unpacked: going back in a packed one starts over from its beginning."""
    if info.compress_type == zipfile.ZIP_STORED:
        return member
    unpacked = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    left = info.file_size
    while left > 0 and (chunk := member.read(min(left, 2**20))):
        left -= unpacked.write(chunk)
    return unpacked
