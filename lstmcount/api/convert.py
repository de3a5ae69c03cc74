"""A model in another form."""

from __future__ import annotations

from typing import Any, Literal, Unpack

import msgspec

from lstmcount.api.opening import Options, config_of, opened, require_one_of
from lstmcount.conversion.forms import FORMATS, written
from lstmcount.sources import errors_in

Form = Literal["yaml", "json", "keras-json", "python"]


class Conversion(msgspec.Struct, frozen=True):
    """A model as text in one of the forms."""

    form: str
    text: str


def convert(source: Any, to: Form | str = "yaml", **options: Unpack[Options]) -> Conversion:
    """The model as a spec, as JSON that Keras 3 loads, or as Python that builds it.

    Raises `LstmcountError` for a source that is wrong, and where the form cannot say the model.

    >>> print(convert({"input_shape": [5, 8], "layers": [{"LSTM": 4}]}, "python").text[:12])
    import keras
    """
    require_one_of("form", to, FORMATS)
    source = opened(source, options)
    with errors_in(source):
        return Conversion(to, written(config_of(source, options), to))
