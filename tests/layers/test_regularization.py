from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmcount import LstmcountError, summarize
from lstmcount.config import LayerConfig
from lstmcount.layers.making.from_configs import create
from tests.examples import examples
from tests.layers.differential import Case, arguments, assert_same, shapes


@pytest.mark.parametrize(
    ("class_name", "given", "said"),
    [
        ("Dropout", {"rate": 1.5}, "$.rate: expected a number between 0 and 1, got 1.5"),
        ("Dropout", {"rate": 0.5, "noise_shape": [3, 0]}, "$.noise_shape[1]: expected"),
        ("Dropout", {"rate": 0.5, "noise_shape": 3}, "$.noise_shape: expected"),
        ("GaussianNoise", {"stddev": 2}, "$.stddev: expected a number between 0 and 1, got 2"),
        ("ActivityRegularization", {"l1": -1}, "$.l1: expected a number that is not negative"),
        ("SpatialDropout2D", {"rate": 0.5, "data_format": "first"}, "$.data_format: expected"),
    ],
)
def test_wrong_arguments(class_name: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(LstmcountError) as caught:
        create(LayerConfig(class_name=class_name, arguments=given))
    assert said in str(caught.value)


def test_noise_of_any_size_is_read_from_the_files_of_versions_that_allowed_it() -> None:
    config = LayerConfig(class_name="GaussianNoise", arguments={"stddev": 2.0}, strict=False)
    assert create(config).stddev == 2.0


def test_spatial_dropout_says_which_axes_it_needs() -> None:
    with pytest.raises(LstmcountError) as caught:
        summarize({"input_shape": [4], "layers": [{"SpatialDropout1D": 0.5}]})
    assert "expected a 3-D input (batch, timesteps, features), got (None, 4)" in str(caught.value)


some = st.sampled_from
numbers = some([0.0, 0.3, 1, 1.5, -0.2])
noise = some([None, [1, 3], [None, 1], [2, 1.5], 3, "x", [0, 1], []])
formats = some([None, "channels_last", "channels_first", "channels"])
inputs = st.tuples(shapes(1, 5)).map(list)
STRATEGIES = [
    st.builds(Case, st.just("ActivityRegularization"), arguments(l1=numbers, l2=numbers), inputs),
    st.builds(
        Case,
        some(["Dropout", "AlphaDropout"]),
        arguments("rate", rate=numbers, noise_shape=noise, seed=some([None, 1])),
        inputs,
    ),
    st.builds(
        Case,
        some(["GaussianDropout", "SpatialDropout1D"]),
        arguments("rate", rate=numbers, seed=some([None, 1])),
        inputs,
    ),
    st.builds(Case, st.just("GaussianNoise"), arguments("stddev", stddev=numbers), inputs),
    st.builds(
        Case,
        some(["SpatialDropout2D", "SpatialDropout3D"]),
        arguments("rate", rate=numbers, data_format=formats),
        inputs,
    ),
]


@pytest.mark.oracle
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_as_keras(strategy: Any) -> None:
    pytest.importorskip("keras")
    settings(max_examples=examples(50), deadline=None)(given(strategy)(assert_same))()
