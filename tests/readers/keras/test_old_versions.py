"""Files of Keras 0.3, 1 and 2 against what those versions themselves said of them."""

from __future__ import annotations

import io
from typing import Any

import pytest

from lstmcount import summarize

Config = dict[str, Any]


def one(class_name: str, shape: list[int | None], config: Config, version: str) -> Config:
    """A Sequential of one layer as Keras 1 wrote it."""
    layer = {"class_name": class_name, "config": {"batch_input_shape": shape, **config}}
    return {"class_name": "Sequential", "config": [layer], "keras_version": version}


TF, TH = {"dim_ordering": "tf"}, {"dim_ordering": "th"}
SQUARE = {"nb_filter": 2, "nb_row": 3, "nb_col": 3}
CUBE = {"nb_filter": 2, "kernel_dim1": 3, "kernel_dim2": 2, "kernel_dim3": 3}
TIMES = {"nb_filter": 3, "filter_length": 3}
PIXELS = [None, 10, 6, 3]
UNEVEN = {"left_pad": 1, "right_pad": 4}


@pytest.mark.parametrize(
    ("class_name", "shape", "config", "output", "params"),
    [
        ("ParametricSoftplus", [None, 3, 4], {}, (None, 3, 4), 24),
        ("SReLU", [None, 3, 4], {}, (None, 3, 4), 48),
        ("LeakyReLU", [None, 3, 4], {"alpha": -1.0}, (None, 3, 4), 0),
        ("Convolution1D", [None, 8, 2], TIMES | {"border_mode": "full"}, (None, 10, 3), 21),
        ("Convolution2D", PIXELS, SQUARE | TF | {"border_mode": "full"}, (None, 12, 8, 2), 56),
        (
            "Convolution2D",
            [None, 3, 10, 6],
            SQUARE | TH | {"border_mode": "full", "subsample": [2, 2]},
            (None, 2, 6, 4),
            56,
        ),
        (
            "AtrousConvolution2D",
            PIXELS,
            SQUARE | TF | {"border_mode": "full", "atrous_rate": [2, 2]},
            (None, 14, 10, 2),
            56,
        ),
        (
            "Convolution3D",
            [None, 9, 9, 9, 1],
            CUBE | TF | {"border_mode": "full"},
            (None, 11, 10, 11, 2),
            38,
        ),
        (
            "Deconvolution2D",
            [None, 14, 14, 8],
            SQUARE | TF | {"subsample": [2, 2], "output_shape": [None, 30, 30, 2]},
            (None, 30, 30, 2),
            146,
        ),
        (
            "Conv2DTranspose",
            [None, 8, 8, 3],
            {"filters": 2, "kernel_size": [3, 3], "padding": "full"},
            (None, 6, 6, 2),
            56,
        ),
        (
            "SeparableConv2D",
            [None, 7, 6, 3],
            {"filters": 2, "kernel_size": [3, 3], "padding": "full"},
            (None, 9, 8, 2),
            35,
        ),
        ("UnifiedLSTM", [None, 3, 2], {"units": 4}, (None, 4), 112),
        ("RandomFourierFeatures", [None, 2], {"output_dim": 10}, (None, 10), 31),
        ("ZeroPadding2D", PIXELS, TF | {"padding": [1, 2, 3, 4]}, (None, 13, 13, 3), 0),
        ("ZeroPadding1D", [None, 3, 2], {"padding": UNEVEN}, (None, 8, 2), 0),
    ],
)
def test_features_that_only_old_layers_had(
    class_name: str, shape: list[int | None], config: Config, output: Any, params: int
) -> None:
    summary = summarize(one(class_name, shape, config, "1.2.2"))
    assert (summary.layers[-1].output_shape, summary.total_params) == (output, params)


@pytest.mark.parametrize(
    ("version", "output"), [("1.0.8", (None, 2, 7, 8)), ("1.1.0", (None, 4, 7, 6))]
)
def test_the_order_of_dimensions_that_was_the_default(version: str, output: Any) -> None:
    source = one("ZeroPadding2D", [None, 2, 5, 6], {"padding": [1, 1]}, version)
    assert summarize(source).layers[-1].output_shape == output


def test_merging_by_code_has_no_weights() -> None:
    branch = {"class_name": "Sequential", "config": [
        {"class_name": "Dense", "config": {"batch_input_shape": [None, 4], "output_dim": 3}}
    ]}  # fmt: skip
    merge = {"mode": ["marshalled", None, None], "mode_type": "lambda", "output_shape": [3]}
    entries = [
        {"class_name": "Merge", "config": {**merge, "layers": [branch, branch]}},
        {"class_name": "Dense", "config": {"output_dim": 2}},
    ]
    summary = summarize({"class_name": "Sequential", "config": entries})
    assert [layer.class_name for layer in summary.layers[-2:]] == ["Merge", "Dense"]
    assert (summary.layers[-2].output_shape, summary.total_params) == ((None, 3), 15 + 15 + 8)


def functional(units: int) -> Config:
    nodes = [[["x", 0, 0, {}]]]
    layers = [
        {"name": "x", "class_name": "InputLayer", "inbound_nodes": [],
         "config": {"name": "x", "batch_input_shape": [None, 4]}},
        {"name": "y", "class_name": "Dense", "inbound_nodes": nodes,
         "config": {"name": "y", "units": units}},
    ]  # fmt: skip
    ends = {"input_layers": [["x", 0, 0]], "output_layers": [["y", 0, 0]]}
    return {"class_name": "Model", "config": {"name": "base", "layers": layers, **ends}}


def sequential(*entries: Config) -> Config:
    return {"class_name": "Sequential", "config": list(entries)}


@pytest.mark.parametrize(
    ("base", "params"),
    [
        (functional(5), 25),
        (sequential(functional(5)), 25),
        (sequential(sequential(functional(5))), 25),
        (one("Dense", [None, 4], {"output_dim": 5}, "1.2.2"), 25),
        (sequential(one("Dense", [None, 4], {"output_dim": 5}, "1.2.2")), 25),
    ],
)
def test_a_model_in_front_of_layers(base: Config, params: int) -> None:
    head = {"class_name": "Dense", "config": {"name": "head", "units": 3}}
    assert summarize(sequential(base)).total_params == params
    summary = summarize(sequential(base, head))
    assert (summary.layers[-1].output_shape, summary.total_params) == ((None, 3), params + 18)


ZERO = {
    "name": "Graph",
    "input_config": [
        {"name": "a", "dtype": "float", "input_shape": [32]},
        {"name": "b", "dtype": "float", "input_shape": [32]},
    ],
    "node_config": [
        {"name": "both", "inputs": ["a", "b"], "merge_mode": None},
        {"name": "left", "inputs": ["both"]},
        {"name": "right", "inputs": ["both"]},
        {"name": "joined", "input": None, "inputs": ["left", "right"], "merge_mode": "concat"},
        {"name": "plain", "input": "joined", "inputs": []},
    ],
    "output_config": [{"name": "out", "input": None, "inputs": ["plain", "joined"],
                       "merge_mode": "sum"}],
    "nodes": {
        "both": {"name": "Siamese", "layer": {"name": "Dense", "output_dim": 16}},
        "left": {"name": "SiameseHead", "head": 0},
        "right": {"name": "SiameseHead", "head": 1},
        "joined": {"name": "Dense", "output_dim": 4, "custom_name": "joined"},
        "plain": {"name": "Activation", "activation": "relu"},
    },
}  # fmt: skip


def test_a_graph_of_keras_zero() -> None:
    summary = summarize(ZERO)
    assert [(layer.name, layer.output_shape, layer.params) for layer in summary.layers] == [
        ("a", (None, 32), 0),
        ("b", (None, 32), 0),
        ("both", (None, 16), 33 * 16),
        ("merge_inputs_for_joined", (None, 32), 0),
        ("joined", (None, 4), 33 * 4),
        ("plain", (None, 4), 0),
        ("out", (None, 4), 0),
    ]


def test_a_graph_of_keras_one() -> None:
    dense = {"class_name": "Dense", "config": {"output_dim": 5}}
    nodes = [
        {"name": "tied", "layer": dense, "inputs": ["a", "b"], "merge_mode": "concat"},
        {"name": "y", "input": "tied", "inputs": []},
    ]
    config = {
        "input_config": ZERO["input_config"],
        "node_config": nodes,
        "output_config": [{"name": "y", "input": "y", "inputs": []}],
        "nodes": {"tied": {**dense, "shared": True}, "y": dense},
    }
    summary = summarize({"class_name": "Graph", "config": config, "keras_version": "1.0.3"})
    assert [(layer.name, layer.output_shape) for layer in summary.layers[-3:]] == [
        ("input_for_tied", (None, 5)), ("tied", (None, 10)), ("y", (None, 5)),
    ]  # fmt: skip
    assert summary.total_params == 33 * 5 + 11 * 5


def test_layers_of_keras_zero_inside_others() -> None:
    inner = {"name": "Dense", "input_shape": [4], "output_dim": 2, "custom_name": "dense"}
    steps = {"name": "TimeDistributed", "input_shape": [3, 4], "layer": inner}
    halves = {"encoder_config": inner, "decoder_config": {"name": "Dense", "output_dim": 4}}
    coder = {"name": "AutoEncoder", "output_reconstruction": True, **halves}
    for layer, output, params in ((steps, (None, 3, 2), 10), (coder, (None, 4), 22)):
        summary = summarize({"name": "Sequential", "layers": [layer]})
        assert (summary.layers[-1].output_shape, summary.total_params) == (output, params)


def test_yaml_that_keras_wrote_twice_into_one_file_holds_the_last_model() -> None:
    text = """
class_name: Sequential
config:
- class_name: Dense
  config: {name: d, output_dim: %d, batch_input_shape: !!python/tuple [null, 3]}
"""
    assert summarize(io.BytesIO((text % 4 + text % 5).encode())).total_params == 20
