"""Random specs, built by lstmcount and by real Keras: shapes, weights, counts, text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lstmcount import summarize
from lstmcount.renderers.cells import Options
from lstmcount.renderers.table import as_text
from tests.differential import real_keras, specs
from tests.examples import examples

pytestmark = pytest.mark.oracle

compare = settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@compare
@given(specs.sequential(), st.integers(60, 140), st.booleans())
def test_sequential(spec: dict[str, Any], line_length: int, show_trainable: bool) -> None:
    assert_same(spec, line_length, show_trainable)


@compare
@given(specs.graph(), st.integers(80, 160), st.booleans())
def test_graph(spec: dict[str, Any], line_length: int, show_trainable: bool) -> None:
    assert_same(spec, line_length, show_trainable)


def assert_same(spec: dict[str, Any], line_length: int, show_trainable: bool) -> None:
    model = real_keras.build(spec)
    summary = summarize(spec)
    facts = real_keras.facts(model)
    assert summary.total_params == facts["total_params"]
    assert summary.trainable_params == facts["trainable_params"]
    by_name = {layer.name: layer for layer in summary.layers}
    for fact in facts["layers"]:
        layer = by_name[fact["name"]]
        assert layer.params == fact["params"]
        assert layer.trainable_params == fact["trainable_params"]
        ours = [(w.name.rpartition("/")[2], w.shape, w.dtype) for w in layer.weights]
        assert ours == fact["weights"]
    options = Options(line_length=line_length, show_trainable=show_trainable)
    assert as_text(summary, options) == real_keras.summary_text(
        model, line_length=line_length, show_trainable=show_trainable
    )
