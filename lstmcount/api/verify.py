"""Stored tensors against the weights that a config implies."""

from __future__ import annotations

from typing import Any, Unpack

from lstmcount import verification
from lstmcount.api.opening import Options, built, opened
from lstmcount.errors import LstmcountError
from lstmcount.sources import place
from lstmcount.verification import Verdict


def verify(source: Any, weights: Any = None, **options: Unpack[Options]) -> Verdict:
    """Compare the tensors in a file, or in the file `weights`, with those that its config implies.

    The verdict has `agrees`, the numbers of values, and each difference with its shapes.

    Raises `LstmcountError` for a source that is wrong, and where nothing can be compared.

    >>> verify({"input_shape": [5, 8], "layers": [{"LSTM": 4}]})
    Traceback (most recent call last):
    lstmcount.errors.LstmcountError: this source stores no tensors; give a .keras or an .h5 file
    """
    source = opened(source, options)
    model = built(source, options)
    try:
        beside = None if weights is None else opened(weights, {})
        return verification.verify(source, model, beside)
    except LstmcountError as error:
        raise place(error, source) from None
