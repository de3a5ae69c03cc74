"""The tensors that a file stores, compared in place with the weights its config implies."""

from __future__ import annotations

from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.readers.files.stored import CONTAINERS
from lstmcount.readers.files.tensors import read_tensors
from lstmcount.shapes import Unknown
from lstmcount.sources import Source
from lstmcount.summary import Summary, count
from lstmcount.verify import by_layer, by_path
from lstmcount.verify.findings import Difference, Findings, Verdict

__all__ = ["Difference", "Verdict", "verify"]


def verify(source: Source, summary: Summary, weights: Source | None = None) -> Verdict:
    """Compare each weight with the tensor that is stored for it, in the source or in `weights`.

    Raises `LstmcountError` where no tensors are stored, or nothing besides.
    """
    if summary.class_name == "Weights":
        raise LstmcountError(
            "only weights are stored here, and no config to hold them against; "
            "give the model first: lstmcount verify model.json weights.h5"
        )
    listed = _stored(source, summary) if weights is None else _listed(weights)
    found = Findings()
    if "layers" not in listed and any(_is_container(path) for path, _ in listed["groups"]):
        by_path.compare(summary.graph, listed, found)
    else:
        by_layer.compare(summary.graph, listed, found)
    inferred = count(summary.weights)
    return Verdict(
        stored=found.values,
        inferred=None if isinstance(inferred, Unknown) else inferred,
        differences=tuple(found.differences),
        notes=tuple(found.notes),
        not_compared=tuple(found.not_compared),
        tensors=found.tensors,
    )


def _stored(source: Source, summary: Summary) -> dict[str, Any]:
    if source.binary is None and summary.config.stored is not None:
        listed: dict[str, Any] = summary.config.stored.listed()
        return listed
    return _listed(source)


def _listed(source: Source) -> dict[str, Any]:
    if source.binary is None:
        raise LstmcountError("this source stores no tensors; give a .keras or an .h5 file")
    return read_tensors(source.binary)


def _is_container(path: str) -> bool:
    return path.partition("/")[0] in CONTAINERS
