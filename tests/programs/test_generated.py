"""Random programs, read by lstmcount and run in real Keras: the same summary."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.examples import examples

from .generated import programs
from .keras_runs import summary_in_keras
from .test_programs import summary_here

compare = settings(
    max_examples=examples(30),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(max_examples=50)
@given(programs())
def test_everything_is_known(program: str) -> None:
    summary = infer(read_python(program.encode()))
    assert isinstance(summary.total_params, int)
    assert summary.notes == ()


@pytest.mark.oracle
@compare
@given(programs())
def test_as_keras(program: str) -> None:
    pytest.importorskip("keras")
    assert summary_here(program) == summary_in_keras(program)
