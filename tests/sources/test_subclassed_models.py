"""Configs of subclassed models, which do not list their layers."""

from __future__ import annotations

import pytest

from lstmcount import LstmcountError, summarize


def test_the_error_says_what_to_add() -> None:
    model = {"module": "my", "class_name": "Backbone", "config": {"width": 3}}
    with pytest.raises(LstmcountError, match=r"Backbone is a subclassed model.*\.keras file"):
        summarize({**model, "registered_name": "my>Backbone"})
