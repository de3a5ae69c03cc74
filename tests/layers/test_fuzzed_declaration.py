"""A declaration whose output shape is an empty mapping is refused, and no bug."""

import pytest

import lstmcount
from lstmcount.errors import LstmcountError


def test_an_output_without_a_shape_is_refused() -> None:
    spec = {"custom_layers": {"Pooled": {"arguments": {}, "output_shape": {}}}, "layers": []}
    with pytest.raises(LstmcountError, match="when: "):
        lstmcount.summarize(spec)
