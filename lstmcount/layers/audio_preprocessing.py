"""Layers that compute spectrograms of audio signals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, Literal

from lstmcount.errors import LstmcountError, ShapeError, did_you_mean
from lstmcount.layers.arguments import DataFormat, NonNegativeInt, PositiveInt
from lstmcount.layers.base import Layer, require_known, require_rank
from lstmcount.shapes import Dim, Shape
from lstmcount.summary import Weight


class MelSpectrogram(Layer):
    """Computes mel-scaled spectrograms of raw signals; no weights.

    Input (batch, samples) or (samples,); output (batch, mel bins, frames), with
    ⌈(samples + 2) / stride⌉ frames.

    >>> MelSpectrogram(num_mel_bins=64).output_shape((2, 16000))
    (2, 64, 32)
    """

    fft_length: int = 2048
    sequence_stride: PositiveInt = 512
    sequence_length: int | None = None
    window: str | None = "hann"
    sampling_rate: int = 16000
    num_mel_bins: NonNegativeInt = 128
    min_freq: float = 20.0
    max_freq: float | None = None
    power_to_db: bool = True
    top_db: float | None = 80.0
    mag_exp: float = 2.0
    min_power: float = 1e-10
    ref_power: float = 1.0

    def __post_init__(self) -> None:
        if self.sequence_length and self.fft_length < self.sequence_length:
            raise LstmcountError(
                f"expected at most fft_length ({self.fft_length}), got {self.sequence_length}",
                path=("sequence_length",),
            )

    def output_shape(self, input_shape: Shape) -> Shape:
        samples = input_shape[0 if len(input_shape) == 1 else 1]
        stride = self.sequence_stride
        frames = (samples + stride + 1) // stride
        batch = input_shape[:1] if len(input_shape) > 1 else ()
        return (*batch, self.num_mel_bins, frames)

    def macs(self, input_shape: Shape) -> Dim:
        padded = input_shape[-1] + self.fft_length // 2 * 2
        frames = (padded - self.fft_length) // self.sequence_stride + 1
        for dim in input_shape[1:-1]:
            frames = frames * dim
        return frames * (self.fft_length // 2 + 1) * self.num_mel_bins


# The windows of scipy's get_window that need no parameter.
_WINDOWS = (
    "barthann brthan bth bartlett bart brt blackman black blk blackmanharris blackharr bkh bohman "
    "bman bmn boxcar box ones rect rectangular cosine halfcosine exponential poisson flattop flat "
    "flt hamming hamm ham hann han lanczos sinc nuttall nutl nut parzen parz par taylor taylorwin "
    "triangle triang tri tukey tuk"
)


class STFTSpectrogram(Layer):
    """A short-time Fourier transform, computed as convolutions with trainable kernels.

    Input (batch, samples, channels); output (batch, frames, frequencies·channels), where
    frequencies = fft_length // 2 + 1; mode "stft" doubles the frequencies. Weights: a real and an
    imaginary kernel (frame_length, 1, frequencies); modes "real" and "imag" have only one.

    >>> STFTSpectrogram(frame_length=150, frame_step=10, fft_length=512).output_shape((2, 1600, 1))
    (2, 146, 257)
    """

    mode: Literal["log", "magnitude", "psd", "real", "imag", "angle", "stft"] = "log"
    frame_length: PositiveInt = 256
    frame_step: PositiveInt | None = None
    fft_length: PositiveInt | None = None
    window: Any = "hann"
    periodic: bool = False
    scaling: Literal["density", "spectrum"] | None = "density"
    padding: Literal["valid", "same"] = "valid"
    expand_dims: bool = False
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        if self.frame_step is None and self.frame_length < 2:
            raise LstmcountError("expected at least 2, got 1", path=("frame_length",))
        if self.frame_step is not None and self.frame_step > self.frame_length:
            raise LstmcountError(
                f"expected at most frame_length ({self.frame_length}), got {self.frame_step}",
                path=("frame_step",),
            )
        if self.fft_length is not None and self.fft_length < self.frame_length:
            raise LstmcountError(
                f"expected at least frame_length ({self.frame_length}), got {self.fft_length}",
                path=("fft_length",),
            )

    def check_arguments(self) -> None:
        window, path = self.window, ("window",)
        if isinstance(window, str) and window not in _WINDOWS.split():
            hint = did_you_mean(window, _WINDOWS.split())
            raise LstmcountError(f"unknown window {window!r}.{hint}", path=path)
        if isinstance(window, int | float):
            text = f"expected the name of a window or a list of values, got {window!r}"
            raise LstmcountError(text, path=path)
        if isinstance(window, list) and len(window) != self.frame_length:
            text = f"expected {self.frame_length} values, got {len(window)}"
            raise LstmcountError(text, path=path)

    @property
    def frequencies(self) -> int:
        default = 1 << math.ceil(math.log2(self.frame_length))
        return (self.fft_length or default) // 2 + 1

    @property
    def channels_axis(self) -> int:
        return 1 if self.data_format == "channels_first" else 2

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 3, "batch, samples, channels")
        require_known(input_shape, self.channels_axis, "the number of channels")
        frames = self._frames(input_shape)
        if isinstance(frames, int) and frames <= 0:
            raise ShapeError(
                f"expected at least frame_length ({self.frame_length}) samples, got "
                f"{input_shape[3 - self.channels_axis]}"
            )

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        shape = (self.frame_length, 1, self.frequencies)
        axes = ("frame_length", "1", "frequencies")
        if self.mode != "imag":
            yield self.weight("real_kernel", shape, axes)
        if self.mode != "real":
            yield self.weight("imag_kernel", shape, axes)

    def equations(self) -> tuple[str, ...]:
        real = () if self.mode == "imag" else ("real = conv(real_kernel, x)",)
        imaginary = () if self.mode == "real" else ("imaginary = conv(imag_kernel, x)",)
        return (*real, *imaginary)

    def notes(self) -> Iterator[str]:
        yield "The kernels are trainable and initialised as the cosines and sines of the transform."

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return (
            f"Frames of {self.frame_length} samples start every "
            f"{self.frame_step or self.frame_length // 2} samples; each has {self.frequencies} "
            "frequencies."
        )

    def output_shape(self, input_shape: Shape) -> Shape:
        batch, channels = input_shape[0], input_shape[self.channels_axis]
        frames = self._frames(input_shape)
        frequencies = self.frequencies * (2 if self.mode == "stft" else 1)
        if self.channels_axis == 1:
            if self.expand_dims:
                return (batch, channels, frames, frequencies)
            return (batch, frequencies * channels, frames)
        if self.expand_dims:
            return (batch, frames, frequencies, channels)
        return (batch, frames, frequencies * channels)

    def macs(self, input_shape: Shape) -> Dim:
        kernels = 1 if self.mode in ("real", "imag") else 2
        samples = self._frames(input_shape) * input_shape[self.channels_axis]
        return kernels * samples * self.frame_length * self.frequencies

    def _frames(self, input_shape: Shape) -> Dim:
        samples = input_shape[3 - self.channels_axis]
        step = self.frame_step or self.frame_length // 2
        used = 1 if self.padding == "same" else self.frame_length
        return (samples - used) // step + 1
