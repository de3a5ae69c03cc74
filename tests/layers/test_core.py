from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmcount import LstmcountError, summarize
from lstmcount.config import LayerConfig
from lstmcount.errors import ShapeError
from lstmcount.layers.making.from_configs import create
from lstmcount.shapes import shape_of
from tests.examples import examples
from tests.layers.differential import (
    CONSTRAINTS,
    FLOATS,
    INITIALIZERS,
    QUANTISED,
    REGULARIZERS,
    Case,
    arguments,
    assert_same,
    mapped,
    ours,
    shapes,
)

N = None


def weights(class_name: str, given: dict[str, Any], shape: Any) -> list[Any]:
    found = ours(Case(class_name, given, [shape]))
    assert found is not None
    return [(name, shape, dtype, trains) for name, shape, dtype, trains in found.weights]


F32, I8, U8 = "float32", "int8", "uint8"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, [("kernel", (6, 5), F32, True), ("bias", (5,), F32, True)]),
        ({"use_bias": False}, [("kernel", (6, 5), F32, True)]),
        (
            {"dtype": "mixed_bfloat16", "use_bias": False, "trainable": False},
            [("kernel", (6, 5), F32, False)],
        ),
        (
            {"dtype": "bfloat16", "lora_rank": 2, "use_bias": False},
            [
                ("kernel", (6, 5), "bfloat16", False),
                ("lora_kernel_a", (6, 2), F32, True),
                ("lora_kernel_b", (2, 5), F32, True),
            ],
        ),
        (
            {"dtype": "int8_from_bfloat16"},
            [
                ("bias", (5,), "bfloat16", True),
                ("kernel", (6, 5), I8, False),
                ("kernel_scale", (5,), "bfloat16", False),
            ],
        ),
        (
            {"dtype": "int4/4_from_float32", "use_bias": False},
            [
                ("kernel", (6, 3), I8, False),
                ("kernel_scale", (2, 5), F32, False),
                ("kernel_zero", (2, 5), I8, False),
                ("g_idx", (6,), F32, False),
            ],
        ),
        (
            {"dtype": "gptq/8/-1_from_float32", "use_bias": False},
            [
                ("kernel", (5, 6), U8, False),
                ("kernel_scale", (5, 1), F32, False),
                ("kernel_zero", (5, 1), U8, False),
                ("g_idx", (6,), F32, False),
            ],
        ),
        (
            {"dtype": "awq/4/2_from_float32", "use_bias": False},
            [
                ("kernel", (3, 6), U8, False),
                ("kernel_scale", (5, 3), F32, False),
                ("kernel_zero", (5, 3), U8, False),
                ("awq_scales", (6,), F32, False),
                ("g_idx", (6,), F32, False),
            ],
        ),
    ],
)
def test_dense(given: dict[str, Any], expected: list[Any]) -> None:
    assert weights("Dense", {"units": 5, **given}, (N, 6)) == expected


def test_a_saved_float8_policy_says_how_long_its_history_is() -> None:
    policy = {
        "class_name": "QuantizedFloat8DTypePolicy",
        "config": {"mode": "float8", "source_name": "float32", "amax_history_length": 16},
    }
    found = weights("Dense", {"units": 5, "dtype": policy}, (N, 6))
    assert found[1] == ("inputs_amax_history", (16,), F32, True)


@pytest.mark.parametrize(
    ("config", "scale"),
    [
        ({"class_name": "Int4QuantizationConfig", "config": {"block_size": 3}}, (2, 5)),
        ({"class_name": "Int4QuantizationConfig", "config": {"block_size": None}}, (5,)),
        ({"class_name": "Int8QuantizationConfig", "config": {}}, (3, 5)),
    ],
)
def test_a_saved_quantisation_config_has_the_last_word(config: Any, scale: Any) -> None:
    given = {"units": 5, "dtype": "int4/2_from_float32", "quantization_config": config}
    assert [w[1] for w in weights("Dense", given, (N, 6)) if w[0] == "kernel_scale"] == [scale]


@pytest.mark.parametrize(
    ("class_name", "given", "shape", "output"),
    [
        ("Embedding", {"input_dim": 9, "output_dim": 4}, (N, N, 3), (N, N, 3, 4)),
        ("ReversibleEmbedding", {"input_dim": 9, "output_dim": 4}, (N, 7), (N, 7, 4)),
        ("Identity", {}, (N, N), (N, N)),
        ("Masking", {"mask_value": -1.0}, (N, 7, 3), (N, 7, 3)),
        ("Lambda", {"function": "f", "output_shape": [4]}, (2, 7), (2, 4)),
        (
            "Lambda",
            {"function": "f", "output_shape": [[4], [None, 5]]},
            (N, 7),
            [(N, 4), (N, N, 5)],
        ),
        ("Lambda", {"function": "f", "output_shape": {"a": [4]}}, (N, 7), {"a": (N, 4)}),
        ("Lambda", {"function": "f", "output_shape": "g"}, (N, 7), None),
    ],
)
def test_output_shapes(class_name: str, given: dict[str, Any], shape: Any, output: Any) -> None:
    found = ours(Case(class_name, given, [shape]))
    assert found is not None
    assert found.outputs == output


def test_an_embedding_is_read_in_both_directions() -> None:
    given = {"input_dim": 9, "output_dim": 4, "tie_weights": False}
    found = ours(Case("ReversibleEmbedding", given, [(N, 7, 4)], {"reverse": True}))
    assert found is not None
    assert found.outputs == (N, 7, 9)
    assert [w[:2] for w in found.weights] == [
        ("embeddings", (9, 4)),
        ("reverse_embeddings", (4, 9)),
    ]


@pytest.mark.parametrize(
    ("class_name", "given", "said"),
    [
        ("Dense", {"units": 0}, "$.units: expected a positive integer, got 0"),
        ("Dense", {"units": 3, "activation": "rellu"}, "Did you mean relu?"),
        (
            "Dense",
            {"units": 3, "lora_rank": 2, "kernel_constraint": "non_neg"},
            "$.lora_rank: LoRA does not work with a constraint",
        ),
        (
            "Dense",
            {"units": 3, "lora_rank": 2, "dtype": "gptq/4/8_from_float32"},
            "$.lora_rank: LoRA does not work with gptq",
        ),
        (
            "Embedding",
            {"input_dim": 3, "output_dim": 2, "dtype": "float8_from_float32"},
            "$.dtype: expected int8 or int4 for the quantisation of embeddings, got float8",
        ),
        ("InputLayer", {}, "InputLayer needs the argument 'shape'"),
        (
            "InputLayer",
            {"batch_shape": [None, 3], "batch_size": 2},
            "$.batch_shape: expected batch_shape or batch_size, got both",
        ),
        ("InputLayer", {"shape": [3, -1]}, "$.shape[1]: a dimension cannot be -1"),
    ],
)
def test_wrong_arguments(class_name: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(LstmcountError) as caught:
        create(LayerConfig(class_name=class_name, arguments=given))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ((N,), "expected at least a 2-D input"),
        ((N, 3, N), "the number of features (axis -1) of the input (None, 3, None) must be known"),
        ([(N, 3), (N, 3)], "expected one tensor, got [(None, 3), (None, 3)]"),
    ],
)
def test_wrong_inputs(inputs: Any, said: str) -> None:
    dense = create(LayerConfig(class_name="Dense", arguments={"units": 4}))
    with pytest.raises(ShapeError) as caught:
        dense.check(mapped(inputs, shape_of))
    assert said in str(caught.value)


# -- against real Keras ------------------------------------------------------------------------

some = st.sampled_from
dtypes = some(FLOATS + QUANTISED)

DENSE = st.builds(
    Case,
    st.just("Dense"),
    arguments(
        "units",
        units=some([1, 2, 5]),
        activation=some([None, "relu"]),
        use_bias=st.booleans(),
        kernel_initializer=INITIALIZERS,
        kernel_regularizer=REGULARIZERS,
        kernel_constraint=CONSTRAINTS,
        lora_rank=some([None, 1, 3]),
        lora_alpha=some([None, 2.0]),
        trainable=st.booleans(),
        dtype=dtypes,
    ),
    st.tuples(shapes(1, 4)).map(list),
)
EMBEDDING = st.builds(
    Case,
    some(["Embedding", "ReversibleEmbedding"]),
    arguments(
        "input_dim",
        "output_dim",
        input_dim=some([1, 7]),
        output_dim=some([1, 4, 5]),
        mask_zero=st.booleans(),
        embeddings_constraint=CONSTRAINTS,
        lora_rank=some([None, 1, 3]),
        trainable=st.booleans(),
        dtype=dtypes,
    ),
    st.tuples(shapes(1, 4)).map(list),
    dtype=some(["int32", "float32"]),
)
REVERSIBLE = st.builds(
    Case,
    st.just("ReversibleEmbedding"),
    arguments(
        "input_dim",
        "output_dim",
        input_dim=some([1, 7]),
        output_dim=some([1, 4, 5]),
        tie_weights=st.booleans(),
        reverse_dtype=some([None, "float16"]),
        lora_rank=some([None, 1, 3]),
        dtype=dtypes,
    ),
    st.tuples(shapes(1, 4)).map(list),
    kwargs=some([{}, {"reverse": True}, {"reverse": False}]),
)
INPUT = st.builds(
    Case,
    st.just("InputLayer"),
    arguments(
        shape=some([[], [3], [None, 4], [-1], [0], 3, None]),
        batch_size=some([None, 2, 0]),
        batch_shape=some([None, [None, 3], [2], []]),
        optional=st.booleans(),
        dtype=some([None, "int32", "int8", "float16"]),
    ),
    st.just([]),
)


@pytest.mark.oracle
@pytest.mark.parametrize("strategy", [DENSE, EMBEDDING, REVERSIBLE, INPUT])
def test_as_keras(strategy: Any) -> None:
    pytest.importorskip("keras")
    settings(max_examples=examples(50), deadline=None)(given(strategy)(assert_same))()


@pytest.mark.parametrize("is_wrapped", [False, True])
def test_a_file_with_embeddings_in_float8_is_refused(is_wrapped: bool) -> None:
    """Keras builds none: it raises an error, or a Sequential stays without weights."""
    policy = {"class_name": "QuantizedFloat8DTypePolicy", "config": {"mode": "float8"}}
    entry: Any = {
        "class_name": "Embedding",
        "config": {"name": "e", "input_dim": 43, "output_dim": 2, "dtype": policy},
    }
    if is_wrapped:
        entry = {"class_name": "TimeDistributed", "config": {"name": "t", "layer": entry}}
    inputs = {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [None, 3, 5]}}
    model = {
        "class_name": "Sequential",
        "config": {
            "name": "m",
            "layers": [{**each, "module": "keras.layers"} for each in (inputs, entry)],
        },
    }
    with pytest.raises(LstmcountError, match="expected int8 or int4 for the quantisation"):
        summarize(model)
