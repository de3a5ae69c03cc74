"""A layer's first argument, which a bare value in a spec stands for, is Keras's."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.graph.builder import build_layer
from lstmcount.layers.making.validation import arguments
from lstmcount.layers.registry import class_names, find
from lstmcount.readers.keras.reader import read_layer
from lstmcount.shapes import UNKNOWN, public


@pytest.mark.parametrize(
    ("entry", "shape", "output"),
    [
        ({"MaxPooling1D": 2}, [8, 3], (None, 4, 3)),
        ({"ZeroPadding2D": 2}, [4, 4, 1], (None, 8, 8, 1)),
        ({"UpSampling1D": 3}, [4, 1], (None, 12, 1)),
        ({"Cropping1D": 1}, [4, 1], (None, 2, 1)),
        ({"DepthwiseConv2D": 3}, [8, 8, 2], (None, 6, 6, 2)),
    ],
)
def test_bare_values(entry: dict[str, int], shape: list[int], output: tuple[int, ...]) -> None:
    summary = summarize({"input_shape": shape, "layers": [entry]})
    assert summary.layers[0].output_shape == output


@pytest.mark.parametrize(
    ("class_name", "config", "shape", "output", "count"),
    [
        ("Dense", {"units": 2, "use_bias": 0}, (4,), (2,), 8),
        ("Dense", {"units": 2, "use_bias": None}, (4,), (2,), 8),
        ("MaxPooling1D", {"strides": [3.0]}, (8, 3), (3, 3), 0),
        ("ConvLSTM1D", {"filters": 2, "kernel_size": 2, "padding": "SAME"}, (5, 4, 3), (4, 2), 88),
        (
            "Conv1D",
            {"filters": 2, "kernel_size": 2, "data_format": "Channels_First"},
            (4, 3),
            (2, 2),
            18,
        ),
        ("PReLU", {"shared_axes": True}, (4, 3), (4, 3), 3),
        ("GlobalMaxPooling1D", {"keepdims": 1}, (4, 3), (1, 3), 0),
        ("LSTM", {"units": 2, "return_sequences": 1, "use_bias": 0}, (4, 3), (4, 2), 40),
    ],
)
def test_arguments_of_files_that_keras_converts(
    class_name: str, config: dict[str, Any], shape: Any, output: Any, count: int
) -> None:
    layer = {"module": "keras.layers", "class_name": class_name, "config": config}
    built = build_layer(read_layer(layer))
    assert public(built.call([(UNKNOWN, *shape)], {})) == (None, *output)
    assert sum(weight.count for weight in built.weights) == count


@pytest.mark.parametrize(
    ("class_name", "config"),
    [
        ("MaxPooling1D", {"pool_size": 0}),
        ("MaxPooling1D", {"padding": "full"}),
        ("DepthwiseConv1D", {"kernel_size": 2, "depth_multiplier": -1}),
        ("Conv1D", {"filters": 2, "kernel_size": 2, "data_format": 3}),
        ("Attention", {"score_mode": "x"}),
        ("UpSampling2D", {"size": "x"}),
    ],
)
def test_sizes_of_files_never_become_defaults(class_name: str, config: dict[str, Any]) -> None:
    layer = {"module": "keras.layers", "class_name": class_name, "config": config}
    with pytest.raises(LstmcountError, match="expected"):
        build_layer(read_layer(layer))


@pytest.mark.oracle
def test_first_arguments_are_kerass() -> None:
    keras = pytest.importorskip("keras")
    for name in class_names():
        real, ours = getattr(keras.layers, name, None), find(name)
        if real is None or ours is None:
            continue
        theirs = [p for p in inspect.signature(real).parameters if p not in ("args", "kwargs")]
        if theirs:
            assert arguments(ours)[0] == theirs[0], name
