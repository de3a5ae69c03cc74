from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmcount import LstmcountError
from lstmcount.config import LayerConfig
from lstmcount.layers.making.from_configs import create
from tests.examples import examples
from tests.layers.differential import (
    CONSTRAINTS,
    FLOATS,
    Case,
    arguments,
    assert_same,
    ours,
    shapes,
)

N = None


@pytest.mark.parametrize(
    ("shared_axes", "shape", "alpha"),
    [
        (None, (N, 5, 7), (5, 7)),
        (1, (N, N, 7), (1, 7)),
        ([1, 2], (N, 8, 9, 3), (1, 1, 3)),
        ([-1], (N, 5, 6, 7), (5, 1, 7)),  # Keras takes it off by one
    ],
)
def test_slopes_of_prelu(shared_axes: Any, shape: Any, alpha: Any) -> None:
    found = ours(Case("PReLU", {"shared_axes": shared_axes}, [shape]))
    assert found is not None
    assert [w[1] for w in found.weights] == [alpha]


@pytest.mark.parametrize(
    ("class_name", "given", "said"),
    [
        ("Activation", {}, "Activation needs the argument 'activation'"),
        ("Activation", {"activation": "tanhh"}, "Did you mean tanh?"),
        (
            "ReLU",
            {"max_value": -1.0},
            "$.max_value: expected a number that is not negative, got -1.0",
        ),
        ("LeakyReLU", {"alpha": -0.5}, "$.alpha: expected a number that is not negative"),
        ("LeakyReLU", {"negative_slope": None}, "$.negative_slope: expected a number"),
        ("LeakyReLU", {"negative_slope": -0.5}, "$.negative_slope: expected a number"),
    ],
)
def test_wrong_arguments(class_name: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(LstmcountError) as caught:
        create(LayerConfig(class_name=class_name, arguments=given))
    assert said in str(caught.value)


def test_alpha_is_taken_instead_of_negative_slope() -> None:
    case = Case("LeakyReLU", {"alpha": 0.1, "negative_slope": -0.5}, [(None, 3)])
    assert ours(case) is not None


some = st.sampled_from
numbers = some([0.0, 0.3, 1, 2.5, -0.2])
inputs = st.tuples(shapes(1, 5)).map(list)
STRATEGIES = [
    st.builds(
        Case,
        st.just("Activation"),
        arguments("activation", activation=some(["relu", "softmax", "ReLU", "nonsense", N])),
        inputs,
    ),
    st.builds(Case, st.just("ELU"), arguments(alpha=numbers), inputs),
    st.builds(
        Case,
        st.just("LeakyReLU"),
        arguments(negative_slope=numbers | st.none(), alpha=numbers),
        inputs,
    ),
    st.builds(
        Case,
        st.just("ReLU"),
        arguments(
            max_value=numbers | st.none(),
            negative_slope=numbers | st.none(),
            threshold=numbers | st.none(),
        ),
        inputs,
    ),
    st.builds(Case, st.just("Softmax"), arguments(axis=some([-1, 1, [1, 2], 9])), inputs),
    st.builds(
        Case,
        st.just("PReLU"),
        arguments(
            shared_axes=some([N, 1, 2, [1], [1, 2], [-1], [0], [3, 1], [1, 1], 9, []]),
            alpha_constraint=CONSTRAINTS,
            dtype=some(FLOATS),
            trainable=st.booleans(),
        ),
        inputs,
    ),
]


@pytest.mark.oracle
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_as_keras(strategy: Any) -> None:
    pytest.importorskip("keras")
    settings(max_examples=examples(40), deadline=None)(given(strategy)(assert_same))()
