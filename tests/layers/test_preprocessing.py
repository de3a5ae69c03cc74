from __future__ import annotations

import math
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.config import LayerConfig
from lstmcount.layers.making.from_configs import create
from lstmcount.renderers.cells import Options
from lstmcount.renderers.table import as_text
from tests.differential.real_keras import summary_text
from tests.layers.against_keras import ours, theirs

N = None
VOCABULARY = ["a", "b", "c"]


@pytest.mark.parametrize(
    ("class_name", "arguments", "shapes", "output", "count"),
    [
        ("Normalization", {}, (N, 4, 6), (N, 4, 6), 13),
        ("Normalization", {"axis": None}, (N, 4), (N, 4), 3),
        ("Normalization", {"axis": [1, 2]}, (N, 4, 6), (N, 4, 6), 49),
        ("Normalization", {"mean": 0.5, "variance": 2.0}, (N, 4), (N, 4), 0),
        ("Rescaling", {"scale": 0.5}, (N, 3), (N, 3), 0),
        ("CategoryEncoding", {"num_tokens": 5}, (N, 4), (N, 5), 0),
        ("CategoryEncoding", {"num_tokens": 5}, (N, 2, 3), (N, 2, 5), 0),
        ("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, (N, 4), (N, 4, 5), 0),
        ("CategoryEncoding", {"num_tokens": 5, "output_mode": "one_hot"}, (N, 1), (N, 5), 0),
        ("Discretization", {"bin_boundaries": [0.0, 1.0]}, (N, 4), (N, 4), 0),
        ("Discretization", {"num_bins": 4, "output_mode": "one_hot"}, (N, 6), (N, 6, 4), 0),
        ("Discretization", {"num_bins": 4, "output_mode": "count"}, (N, 2, 3), (N, 3, 4), 0),
        ("Hashing", {"num_bins": 5}, (N, 4), (N, 4), 0),
        ("Hashing", {"num_bins": 5, "output_mode": "one_hot"}, (N, 4), (N, 5), 0),
        ("HashedCrossing", {"num_bins": 5}, [(N, 1), (N, 1)], (N, 1), 0),
        (
            "HashedCrossing",
            {"num_bins": 5, "output_mode": "one_hot"},
            [(N, 2), (N, 2)],
            (N, 2, 5),
            0,
        ),
        ("StringLookup", {"vocabulary": VOCABULARY}, (N, 4), (N, 4), 0),
        (
            "StringLookup",
            {"vocabulary": VOCABULARY, "output_mode": "multi_hot"},
            (N, 4),
            (N, 4),
            0,
        ),
        (
            "StringLookup",
            {"vocabulary": ["[UNK]", "a"], "output_mode": "one_hot", "mask_token": ""},
            (N, 4),
            (N, 4, 2),
            0,
        ),
        ("IntegerLookup", {"output_mode": "multi_hot"}, (N, 4), (N, N), 0),
        (
            "IntegerLookup",
            {"output_mode": "multi_hot", "max_tokens": 10, "pad_to_max_tokens": True},
            (N, 4),
            (N, 10),
            0,
        ),
        ("IntegerLookup", {"output_mode": "count", "vocabulary_size": 7}, (N, 4), (N, 7), 0),
        ("TextVectorization", {}, (N, 1), (N, N), 0),
        ("TextVectorization", {"output_sequence_length": 7}, (N,), (N, 7), 0),
        (
            "TextVectorization",
            {"output_mode": "count", "vocabulary": VOCABULARY},
            (N, 1),
            (N, 1, 4),
            0,
        ),
        (
            "TextVectorization",
            {"output_mode": "multi_hot", "vocabulary": VOCABULARY, "split": None},
            (N, 1),
            (N, 4),
            0,
        ),
        (
            "Pipeline",
            {"layers": [{"Normalization": {}}, {"Dense": {"units": 2}}]},
            (N, 3),
            (N, 2),
            15,
        ),
    ],
)
def test_shapes_and_counts(
    class_name: str, arguments: dict[str, Any], shapes: Any, output: Any, count: int
) -> None:
    facts = ours(class_name, arguments, shapes)
    assert facts is not None
    assert facts[0] == output
    assert sum(math.prod(shape) for shape, _, _ in facts[1]) == count


@pytest.mark.parametrize(
    ("class_name", "arguments", "said"),
    [
        ("Normalization", {"mean": 1.0}, "$.mean: needs variance"),
        ("Normalization", {"mean": [1.0], "variance": 2.0}, "$.variance: expected the shape of"),
        ("CategoryEncoding", {}, "needs the argument 'num_tokens'"),
        ("Discretization", {}, "either num_bins or bin_boundaries"),
        ("Hashing", {"num_bins": 3, "dtype": "float32"}, "$.dtype: expected int32 or int64"),
        ("StringLookup", {"vocabulary": []}, "$.vocabulary: expected at least one token"),
        ("StringLookup", {"vocabulary": ["a", "a"]}, "expected each token once, got 'a' twice"),
        ("StringLookup", {"vocabulary": ["a", "b"], "max_tokens": 2}, "more than max_tokens (2)"),
        ("IntegerLookup", {"max_tokens": 1}, "$.max_tokens: expected at least 2"),
        ("IntegerLookup", {"pad_to_max_tokens": True}, "$.pad_to_max_tokens: needs max_tokens"),
        (
            "TextVectorization",
            {"split": "comma"},
            "$.split: expected character, whitespace or null",
        ),
        ("TextVectorization", {"standardize": 3}, "$.standardize: expected a text"),
        (
            "TextVectorization",
            {"output_mode": "count", "output_sequence_length": 0},
            "$.output_sequence_length: needs output_mode int",
        ),
        ("TextVectorization", {"idf_weights": [1.0]}, "$.idf_weights: needs output_mode tf_idf"),
        ("TextVectorization", {"vocabulary": ["a", ""]}, "mask_token '' may only be the first"),
        (
            "StringLookup",
            {"vocabulary": ["a"], "output_mode": "tf_idf", "idf_weights": [1.0, 2.0]},
            "$.idf_weights: expected 1 as for vocabulary, got 2",
        ),
        ("StringLookup", {"vocabulary": ["a", "[UNK]"], "invert": True}, "oov_token '[UNK]' may"),
        ("StringLookup", {"salt": [1]}, "$.salt: expected an integer or a pair of integers"),
        ("IntegerLookup", {"salt": 3}, "$.salt: needs oov_method farmhash"),
        ("Pipeline", {"layers": []}, "$.layers: expected at least one layer"),
    ],
)
def test_wrong_arguments(class_name: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(LstmcountError) as caught:
        create(LayerConfig(class_name=class_name, arguments=arguments))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("class_name", "arguments", "shapes"),
    [
        ("Normalization", {}, (N, 4, N)),
        ("Normalization", {"axis": 3}, (N, 4, 6)),
        ("Normalization", {"mean": [1.0, 2.0], "variance": [1.0, 2.0]}, (N, 3)),
        ("HashedCrossing", {"num_bins": 5}, (N, 2)),
        ("HashedCrossing", {"num_bins": 5}, [(N, 2), (N, 3)]),
        ("Pipeline", {"layers": [{"Dense": {"units": 2}}]}, (N, N)),
    ],
)
def test_refused_inputs(class_name: str, arguments: dict[str, Any], shapes: Any) -> None:
    assert ours(class_name, arguments, shapes) is None


PIPELINE: dict[str, Any] = {
    "input_shape": [8, 9, 3],
    "layers": [
        {
            "Pipeline": {
                "layers": [
                    "Normalization",
                    {"Pipeline": {"layers": [{"Resizing": {"height": 4, "width": 5}}]}},
                    {"Dense": 2},
                ]
            }
        },
    ],
}


def test_an_expanded_summary_lists_the_layers_of_a_pipeline() -> None:
    layers = [
        (layer.depth, layer.class_name, layer.output_shape, layer.params)
        for layer in summarize(PIPELINE).walk()
    ]
    assert layers == [
        (0, "Pipeline", (N, 4, 5, 2), 15),
        (1, "Normalization", (N, 8, 9, 3), 7),
        (1, "Pipeline", None, 0),
        (2, "Resizing", (N, 4, 5, 3), 0),
        (1, "Dense", (N, 4, 5, 2), 8),
    ]


@pytest.mark.oracle
@pytest.mark.parametrize("shape", [[8, 9, 3], None])
def test_an_expanded_pipeline_as_keras_prints_it(shape: Any) -> None:
    keras = pytest.importorskip("keras")
    layers = keras.layers
    keras.utils.clear_session()
    inner = layers.Pipeline([layers.Resizing(4, 5)], name="inner")
    pipeline = layers.Pipeline([layers.Normalization(), inner, layers.Dense(2)], name="outer")
    model = keras.Sequential([keras.Input(shape), pipeline] if shape else [pipeline], name="model")
    spec = {
        "layers": [
            {
                "Pipeline": {
                    "layers": [
                        "Normalization",
                        {"Pipeline": {"layers": PIPELINE_INNER, "name": "inner"}},
                        {"Dense": 2},
                    ],
                    "name": "outer",
                }
            }
        ]
    }
    if shape:
        spec["input_shape"] = shape
    options = Options(line_length=100, expand_nested=True, show_trainable=True)
    printed = summary_text(model, line_length=100, expand_nested=True, show_trainable=True)
    assert as_text(summarize(spec), options) == printed


PIPELINE_INNER = [{"Resizing": {"height": 4, "width": 5}}]
SHAPES = [(N,), (N, 1), (N, 4), (N, N), (N, 4, 6), (N, 4, 1), (N, N, 3), (2, 3, 4, 5)]
CATEGORIES = [
    {"output_mode": mode, **more}
    for mode in ("int", "one_hot", "multi_hot", "count")
    for more in ({}, {"sparse": False})
]


@pytest.mark.oracle
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("class_name", "arguments"),
    [
        *(("Normalization", {"axis": axis}) for axis in (-1, None, 1, 0, [1, 2], [-1, 0], 5)),
        *(("Normalization", {"mean": m, "variance": m}) for m in (1.0, [1.0], [1.0] * 4)),
        ("Normalization", {"axis": [1, 2], "mean": [[1.0] * 6] * 4, "variance": [[1.0] * 6] * 4}),
        ("Rescaling", {"scale": 2.0}),
        *(("CategoryEncoding", {"num_tokens": 5, **mode}) for mode in CATEGORIES),
        *(("Discretization", {"bin_boundaries": [0.0, 1.0], **mode}) for mode in CATEGORIES),
        *(("Discretization", {"num_bins": 4, **mode}) for mode in CATEGORIES),
        ("Pipeline", {"layers": [{"Rescaling": {"scale": 2.0}}, {"Dense": {"units": 3}}]}),
    ],
)
def test_as_keras(class_name: str, arguments: dict[str, Any], shape: Any) -> None:
    pytest.importorskip("keras")
    assert ours(class_name, arguments, shape) == theirs(class_name, arguments, shape)
