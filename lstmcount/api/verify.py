"""Compare stored tensors with the weights that a config implies."""

from __future__ import annotations

from typing import Any, Unpack

from lstmcount import verification
from lstmcount.api.opening import Options, built, opened
from lstmcount.config import ModelConfig
from lstmcount.errors import NoTensorsError
from lstmcount.graph.model import Model
from lstmcount.readers.files.binary import stored_tensors
from lstmcount.sources import Source, errors_in, read
from lstmcount.verification import Verdict


def verify(source: Any, weights: Any = None, **options: Unpack[Options]) -> Verdict:
    """Compare the tensors in a file, or in the file `weights`, with those that its config implies.

    The verdict has `agrees`, the numbers of values, and each difference with its shapes.

    Raises `LstmcountError` for a source that is wrong, and where nothing can be compared.

    >>> verify({"input_shape": [5, 8], "layers": [{"LSTM": 4}]})
    Traceback (most recent call last):
    lstmcount.errors.NoTensorsError: this source stores no tensors; give a .keras or an .h5 file
    """
    source = opened(source, options)
    source.may_contradict_code = True
    model = built(source, options)
    with errors_in(source):
        beside = None if weights is None else opened(weights, {})
        return verify_model(source, model, beside)


def verify_model(source: Source, model: Model, weights: Source | None = None) -> Verdict:
    """Compare the tensors in `source`, or in `weights`, with the weights of a model."""
    if weights is None:
        return verification.verify(model, _listed(source, model.config))
    return verification.verify(model, _listed(weights))


def _listed(source: Source, config: ModelConfig | None = None) -> dict[str, Any]:
    with errors_in(source):
        if source.binary is not None:
            return stored_tensors(source.binary)
        stored = (config or read(source)).stored
        if stored is None:
            reason = "this source stores no tensors; give a .keras or an .h5 file"
            raise NoTensorsError(reason)
    listed: dict[str, Any] = stored.listed()
    return listed
