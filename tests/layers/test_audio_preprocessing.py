from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmcount import LstmcountError
from lstmcount.config import LayerConfig
from lstmcount.layers.audio_preprocessing import MelSpectrogram, STFTSpectrogram
from lstmcount.layers.making.from_configs import create
from tests.examples import examples
from tests.layers.against_keras import ours, theirs

N = None


@pytest.mark.parametrize(
    ("class_name", "arguments", "shape", "output", "kernels"),
    [
        ("MelSpectrogram", {}, (N, 16000), (N, 128, 32), []),
        ("MelSpectrogram", {}, (16000,), (128, 32), []),
        ("MelSpectrogram", {}, (N, N), (N, 128, N), []),
        ("STFTSpectrogram", {}, (N, 1600, 1), (N, 11, 129), [(256, 1, 129)] * 2),
        ("STFTSpectrogram", {"mode": "real"}, (N, 1600, 1), (N, 11, 129), [(256, 1, 129)]),
        ("STFTSpectrogram", {"mode": "stft"}, (N, 1600, 2), (N, 11, 516), [(256, 1, 129)] * 2),
        (
            "STFTSpectrogram",
            {"frame_length": 150, "expand_dims": True, "data_format": "channels_first"},
            (N, 2, 1600),
            (N, 2, 20, 129),
            [(150, 1, 129)] * 2,
        ),
    ],
)
def test_shapes_and_weights(
    class_name: str, arguments: dict[str, Any], shape: Any, output: Any, kernels: list[Any]
) -> None:
    facts = ours(class_name, arguments, shape)
    assert facts == (output, [(kernel, True, "float32") for kernel in kernels])


def test_macs() -> None:
    assert (
        MelSpectrogram(fft_length=8, sequence_stride=4, num_mel_bins=3).macs((1, 16)) == 5 * 5 * 3
    )
    assert STFTSpectrogram(frame_length=4, frame_step=2).macs((1, 10, 2)) == 2 * 4 * 2 * 4 * 3


@pytest.mark.parametrize(
    ("class_name", "arguments", "said"),
    [
        ("STFTSpectrogram", {"frame_length": 8, "frame_step": 9}, "$.frame_step: expected at most"),
        (
            "STFTSpectrogram",
            {"frame_length": 8, "fft_length": 4},
            "$.fft_length: expected at least",
        ),
        ("STFTSpectrogram", {"frame_length": 1}, "$.frame_length: expected at least 2"),
        ("MelSpectrogram", {"sequence_length": 4096}, "$.sequence_length: expected at most"),
        ("STFTSpectrogram", {"window": [1.0, 1.0]}, "$.window: expected 256 values, got 2"),
        ("STFTSpectrogram", {"window": 3}, "expected the name of a window or a list of values"),
    ],
)
def test_wrong_arguments(class_name: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(LstmcountError) as caught:
        create(LayerConfig(class_name=class_name, arguments=arguments))
    assert said in str(caught.value)


@pytest.mark.oracle
@given(
    frame_length=st.integers(2, 70),
    frame_step=st.none() | st.integers(1, 40),
    fft_length=st.none() | st.integers(2, 130),
    mode=st.sampled_from(["log", "real", "imag", "stft", "psd"]),
    padding=st.sampled_from(["valid", "same"]),
    expand_dims=st.booleans(),
    data_format=st.sampled_from(["channels_last", "channels_first"]),
    shape=st.tuples(st.none(), st.none() | st.integers(1, 200), st.integers(1, 200)),
)
@settings(max_examples=examples(80), deadline=None)
def test_stft_as_keras(shape: Any, **arguments: Any) -> None:
    pytest.importorskip("keras")
    if arguments["data_format"] == "channels_last":
        shape = (shape[0], shape[2], shape[1] and shape[1] % 4 + 1)
    else:
        shape = (shape[0], shape[2] % 4 + 1, shape[1])
    assert ours("STFTSpectrogram", arguments, shape) == theirs("STFTSpectrogram", arguments, shape)


@pytest.mark.oracle
@given(
    fft_length=st.integers(2, 70),
    sequence_stride=st.integers(1, 40),
    num_mel_bins=st.integers(1, 9),
    shape=st.tuples(st.none(), st.none() | st.integers(80, 200)) | st.tuples(st.integers(80, 300)),
)
@settings(max_examples=examples(40), deadline=None)
def test_mel_as_keras(shape: Any, **arguments: Any) -> None:
    pytest.importorskip("keras")
    assert ours("MelSpectrogram", arguments, shape) == theirs("MelSpectrogram", arguments, shape)
