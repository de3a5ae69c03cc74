"""Functional models grown at random: the summary of what Keras loads, byte for byte."""

from __future__ import annotations

import json
import math
from random import Random

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.renderers.cells import Options
from lstmcount.renderers.table import as_text
from tests.differential import real_keras
from tests.differential.graphs import Grower
from tests.differential.rarer import Rarer
from tests.examples import examples

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("seed", range(examples(60)))
def test_grown_model(seed: int) -> None:
    assert_same(Grower, Random(seed))


@pytest.mark.parametrize("seed", range(examples(15)))
def test_rarer_model(seed: int) -> None:
    assert_same(Rarer, Random(f"rarer {seed}"))


def assert_same(grower: type[Grower], rng: Random) -> None:
    keras = pytest.importorskip("keras")
    with real_keras.weightless():
        try:
            text = grower(keras, rng).grow(rng.choice((3, 6, 10, 16))).to_json()
        except ValueError as error:
            pytest.skip(f"no model: {error}")  # an output that does not depend on the inputs
    length = rng.randint(60, 200)
    shown = [
        {"line_length": 200},
        {"line_length": length, "show_trainable": True},
        {"line_length": length, "expand_nested": True},
        {"line_length": length, "show_trainable": True, "expand_nested": True},
    ]
    with real_keras.weightless():
        try:
            model = keras.models.model_from_json(text)
        except (TypeError, ValueError) as error:
            pytest.skip(f"Keras does not load it: {error}")
        expected = [real_keras.summary_text(model, **options) for options in shown]
        weights = sorted((tuple(w.shape), w.dtype) for w in model.weights)
        try:
            summary = summarize(json.loads(text))
        except LstmcountError:
            if real_keras.runs(model):
                raise
            return
    for options, theirs in zip(shown, expected, strict=True):
        assert as_text(summary, Options(**options)) == theirs  # type: ignore[arg-type]
    assert sorted((w.shape, w.dtype) for w in summary.weights) == weights
    assert summary.total_params == sum(math.prod(shape) for shape, _ in weights)
