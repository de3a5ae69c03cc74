from __future__ import annotations

from typing import Any

import pytest

from tests.layers.differential import Case, ours

N = None
GRU = {"GRUCell": {"units": 6}}
LSTM = {"LSTMCell": {"units": 2}}
STACK = {"StackedRNNCells": {"cells": [GRU, LSTM]}}


@pytest.mark.parametrize(
    ("cell", "outputs"),
    [
        (GRU, [(N, 6), (N, 6)]),
        (LSTM, [(N, 2), (N, 2), (N, 2)]),
        (STACK, [(N, 2), (N, 6), [(N, 2), (N, 2)]]),
    ],
)
def test_an_rnn_returns_the_states_of_its_cells(cell: Any, outputs: Any) -> None:
    found = ours(Case("RNN", {"cell": cell, "return_state": True}, [(N, 7, 8)]))
    assert found is not None
    assert found.outputs == outputs
