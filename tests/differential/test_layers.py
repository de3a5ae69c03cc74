"""Layers of every class with generated arguments: what real Keras makes of them, or refuses."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from lstmcount.shapes import public
from tests.differential import layers, real_keras
from tests.examples import examples
from tests.layers.differential import Case, Outcome, ours, theirs

pytestmark = pytest.mark.oracle

EXAMPLES = examples(10)


@pytest.mark.parametrize("class_name", layers.CLASSES)
def test_layer(class_name: str) -> None:
    pytest.importorskip("keras")
    accepted = 0
    for number in range(EXAMPLES):
        case = layers.case(Random(f"{class_name} {number}"), class_name)
        expected = of_keras(case)
        accepted += expected is not None
        assert shown(ours(case)) == shown(expected), case
    assert accepted


def of_keras(case: Case) -> Outcome | None:
    with real_keras.weightless():
        return theirs(case)


def shown(outcome: Outcome | None) -> Any:
    """The outcome without the paths of weights, which are longer here than Keras's names."""
    if outcome is None:
        return None
    weights = [(name.rpartition("/")[2], *rest) for name, *rest in outcome.weights]
    return public(outcome.outputs), weights
