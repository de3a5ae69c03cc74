"""The tensors that a file stores, compared in place with the weights its config implies."""

from __future__ import annotations

from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError, NoTensorsError
from lstmcount.graph.inference import summarize_model
from lstmcount.graph.model import Model
from lstmcount.readers.files.stored import CONTAINERS, why_weights_only
from lstmcount.shapes import Unknown
from lstmcount.summary import count
from lstmcount.verification import by_layer, by_path, by_variable
from lstmcount.verification.findings import Difference, Findings, Verdict, some

__all__ = ["Difference", "Verdict", "verify"]


def verify(model: Model, listed: dict[str, Any]) -> Verdict:
    """Compare each weight with the tensor that is stored for it, among those that are `listed`.

    Raises `LstmcountError` if only tensors are stored, or if no tensor can be compared.
    """
    if model.config.class_name == "Weights":
        raise NoTensorsError(
            f"{why_weights_only(model.config)}; to compare the tensors, give their model first: "
            "lstmcount verify model.json weights.h5"
        )
    findings = Findings()
    if "by_variable" in listed:
        by_variable.compare(model, listed, findings)
    elif "layers" not in listed and _is_by_path(model.config, listed):
        by_path.compare(model, listed, findings)
    else:
        by_layer.compare(model, listed, findings)
    inferred = count(summarize_model(model).weights)
    verdict = Verdict(
        stored=findings.values,
        inferred=None if isinstance(inferred, Unknown) else inferred,
        differences=tuple(findings.differences),
        notes=tuple(findings.notes),
        not_compared=tuple(findings.not_compared),
        tensors=findings.tensors,
        by_shape=tuple(findings.by_shape),
    )
    if verdict.agrees and verdict.not_compared and not verdict.compared_tensors:
        first = verdict.not_compared[0]
        raise LstmcountError(
            f"nothing was compared: {some(each.layer for each in verdict.not_compared)} "
            f"({first.class_name}: {first.why})"
        )
    return verdict


def _is_by_path(config: ModelConfig, listed: dict[str, Any]) -> bool:
    """Whether the tensors stand at the paths of Keras 3, under layers or under attributes."""
    has_container = any(_is_container(path) for path, _ in listed["groups"])
    return has_container or config.attributes is not None


def _is_container(path: str) -> bool:
    return path.partition("/")[0] in CONTAINERS
