"""A layer's first argument, which a bare value in a spec stands for, is Keras's."""

from __future__ import annotations

import inspect

import pytest

from lstmcount import summarize
from lstmcount.layers.registry import class_names, find
from lstmcount.layers.validation import arguments


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
