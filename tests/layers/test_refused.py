"""Constructor arguments that fit their types and that Keras refuses all the same."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import LstmcountError, summarize

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"GroupNormalization": {"groups": 0}}, "positive integer, or -1"),
    ({"GroupNormalization": {"groups": -2}}, "positive integer, or -1"),
    ({"ConvLSTM1D": {"filters": 2, "kernel_size": 1, "strides": 2, "dilation_rate": 2}}, "both"),
    (
        {"ConvLSTM3D": {"filters": 2, "kernel_size": 1, "strides": 3, "dilation_rate": [1, 2, 1]}},
        "both",
    ),
    ({"Reshape": {"target_shape": [-3, 4]}}, "at most one -1"),
    ({"Reshape": {"target_shape": [-1, 4, -1]}}, "at most one -1"),
    ({"IntegerLookup": {"vocabulary_dtype": "int16"}}, "expected int64"),
    ({"Hashing": {"num_bins": 4, "sparse": True}}, "not for output_mode int"),
    ({"Discretization": {"num_bins": 4, "sparse": True}}, "not for output_mode int"),
    ({"LeakyReLU": {"alpha": None}}, "alpha"),
    ({"STFTSpectrogram": {"window": "haning"}}, "Did you mean han"),
    ({"SpatialDropout2D": {"rate": 0.1, "autocast": False}}, "no argument 'autocast'"),
    ({"StringLookup": {"activity_regularizer": "l2"}}, "no argument 'activity_regularizer'"),
]


@pytest.mark.parametrize(("entry", "words"), REFUSED, ids=lambda value: str(value)[:40])
def test_a_layer_that_keras_refuses_is_refused(entry: dict[str, Any], words: str) -> None:
    with pytest.raises(LstmcountError, match=words):
        summarize({"layers": [entry]})


@pytest.mark.oracle
@pytest.mark.parametrize(
    "entry", [entry for entry, _ in REFUSED], ids=lambda value: str(value)[:40]
)
def test_keras_refuses_it_too(entry: dict[str, Any]) -> None:
    keras = pytest.importorskip("keras")
    [(name, arguments)] = entry.items()
    with pytest.raises((ValueError, TypeError, ImportError)):
        getattr(keras.layers, name)(**arguments)


SHARED = [
    ({"Dense": 2}, [4, 3], [4, 5], False),
    ({"Dense": 2}, [4, 3], [3], True),
    ({"Conv1D": {"filters": 2, "kernel_size": 1}}, [4, 3], [4, 5], False),
    ({"DepthwiseConv1D": {"kernel_size": 1}}, [4, 3], [4, 5], False),
    ({"BatchNormalization": {}}, [4, 3], [4, 5], False),
    ({"BatchNormalization": {}}, [4, 3], [3], False),
    ({"GroupNormalization": {"groups": 1}}, [4, 3], [4, 5], False),
    ({"PReLU": {}}, [4, 3], [5, 3], True),
    ({"PReLU": {"shared_axes": [2]}}, [4, 3], [5, 3], False),
    ({"SpectralNormalization": {"layer": {"Dense": 2}}}, [4, 3], [4, 5], False),
    ({"LayerNormalization": {}}, [4, 3], [4, 5], True),
    ({"LSTM": 2}, [4, 3], [4, 5], True),
]


@pytest.mark.parametrize(
    ("entry", "first", "second", "is_taken"), SHARED, ids=lambda value: str(value)[:40]
)
def test_a_layer_called_again_on_another_shape(
    entry: dict[str, Any], first: list[int], second: list[int], is_taken: bool
) -> None:
    spec = {
        "inputs": {"a": first, "b": second},
        "layers": [
            {**entry, "name": "shared", "inputs": "a"},
            {"call": "shared", "inputs": "b", "name": "again"},
        ],
        "outputs": ["shared", "again"],
    }
    if is_taken:
        summarize(spec)
    else:
        with pytest.raises(LstmcountError, match="its weights are made for"):
            summarize(spec)
