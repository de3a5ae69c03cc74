from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmcount import LstmcountError
from lstmcount.config import LayerConfig
from lstmcount.layers.making.from_configs import create
from tests.examples import examples
from tests.layers.differential import FLOATS, QUANTISED, Case, arguments, assert_same, ours, shapes

N = None
QUERY, VALUE = (N, 7, 8), (N, 5, 6)
SCORES = {"return_attention_scores": True}


@pytest.mark.parametrize(
    ("class_name", "given", "args", "kwargs", "outputs", "count"),
    [
        ("Attention", {}, [[QUERY, VALUE]], {}, (N, 7, 6), 0),
        ("Attention", {"use_scale": True, "score_mode": "concat"}, [[QUERY] * 3], {}, QUERY, 2),
        ("Attention", {}, [[QUERY, VALUE]], SCORES, [(N, 7, 6), (N, 7, 5)], 0),
        (
            "Attention",
            {},
            [[(N, 3, 7, 8), (N, 3, 5, 6)]],
            SCORES,
            [(N, 3, 7, 6), (N, 3, 7, 5)],
            0,
        ),
        ("AdditiveAttention", {}, [[QUERY, VALUE]], {}, (N, 7, 6), 8),
        ("AdditiveAttention", {"use_scale": False}, [[QUERY, VALUE]], {}, (N, 7, 6), 0),
        ("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, [QUERY, VALUE], {}, QUERY, 194),
        (
            "MultiHeadAttention",
            {"num_heads": 2, "key_dim": 3, "value_dim": 4, "output_shape": [5]},
            [QUERY, VALUE],
            {},
            (N, 7, 5),
            197,
        ),
        (
            "MultiHeadAttention",
            {"num_heads": 2, "key_dim": 3},
            [QUERY, VALUE],
            SCORES,
            [QUERY, (N, 2, 7, 7)],  # as Keras infers them
            194,
        ),
        (
            "GroupQueryAttention",
            {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2},
            [QUERY, QUERY],
            SCORES,
            [QUERY, (N, 4, 7, 7)],
            320,
        ),
        (  # no check of Keras asks for three axes: features are what stands third
            "GroupQueryAttention",
            {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2, "use_bias": False},
            [(N, 7, 5, 8), (N, 6, 8)],
            {},
            (N, 7, 5, 8),
            5 * 12 + 2 * 8 * 6 + 12 * 8,
        ),
    ],
)
def test_outputs_and_counts(
    class_name: str, given: Any, args: Any, kwargs: Any, outputs: Any, count: int
) -> None:
    found = ours(Case(class_name, given, args, kwargs))
    assert found is not None
    assert found.outputs == outputs
    config = LayerConfig(class_name=class_name, arguments=given)
    called = [[tuple(s) for s in arg] if isinstance(arg, list) else tuple(arg) for arg in args]
    assert sum(w.count for w in create(config).weights(*called)) == count


@pytest.mark.parametrize(
    ("class_name", "given", "said"),
    [
        ("MultiHeadAttention", {"num_heads": 2}, "MultiHeadAttention needs the argument 'key_dim'"),
        (
            "MultiHeadAttention",
            {"num_heads": 2, "key_dim": 3, "dropout": 1.5},
            "$.dropout: expected a number between 0 and 1, got 1.5",
        ),
        (
            "MultiHeadAttention",
            {"num_heads": 2, "key_dim": 3, "dropout": 0.5, "flash_attention": True},
            "$.dropout: flash attention does not support dropout",
        ),
        (
            "GroupQueryAttention",
            {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 3},
            "4 query heads cannot share 3 key and value heads evenly",
        ),
    ],
)
def test_wrong_arguments(class_name: str, given: Any, said: str) -> None:
    with pytest.raises(LstmcountError) as caught:
        create(LayerConfig(class_name=class_name, arguments=given))
    assert said in str(caught.value)


some = st.sampled_from
dtypes = some(FLOATS * 2 + QUANTISED)
sequences = shapes(2, 4, dims=(N, 3, 3, 5))
scores = some([{}, {}, SCORES, {"return_attention_scores": False}])
triples = st.tuples(sequences, sequences, sequences) | sequences.map(lambda s: (s, s, s))
lists = triples.flatmap(lambda three: some([[list(three)], [list(three[:2])], [list(three[:1])]]))
heads = {
    "dropout": some([0.0, 0.5, 1.5]),
    "use_bias": st.booleans(),
    "use_gate": st.booleans(),
    "sliding_window": some([N, 2, 0]),
    "flash_attention": some([N, False, True]),
    "trainable": st.booleans(),
    "dtype": dtypes,
}
STRATEGIES = [
    st.builds(
        Case,
        st.just("Attention"),
        arguments(
            use_scale=st.booleans(),
            score_mode=some(["dot", "concat", "sum"]),
            dropout=some([0.0, 0.5]),
            dtype=some(FLOATS),
        ),
        lists,
        scores,
    ),
    st.builds(
        Case,
        st.just("AdditiveAttention"),
        arguments(use_scale=st.booleans(), dtype=some(FLOATS)),
        lists,
        scores,
    ),
    st.builds(
        Case,
        st.just("MultiHeadAttention"),
        arguments(
            "num_heads",
            "key_dim",
            num_heads=some([1, 2, 0]),
            key_dim=some([1, 4]),
            value_dim=some([N, 3]),
            output_shape=some([N, 5, [5], [2, 5], []]),
            attention_axes=some([N, 1, [1], [1, 2], -1, [2]]),
            **heads,
        ),
        triples.flatmap(lambda three: some([list(three), list(three[:2]), list(three[:1])])),
        scores,
    ),
    st.builds(
        Case,
        st.just("GroupQueryAttention"),
        arguments(
            "head_dim",
            "num_query_heads",
            "num_key_value_heads",
            head_dim=some([1, 4]),
            num_query_heads=some([2, 4]),
            num_key_value_heads=some([1, 2, 3]),
            **heads,
        ),
        triples.flatmap(lambda three: some([list(three), list(three[:2])])),
        scores,
    ),
]


@pytest.mark.oracle
@pytest.mark.parametrize("strategy", STRATEGIES)
def test_as_keras(strategy: Any) -> None:
    pytest.importorskip("keras")
    settings(max_examples=examples(60), deadline=None)(given(strategy)(assert_same))()
