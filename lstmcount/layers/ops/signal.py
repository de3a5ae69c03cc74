"""Operations on signals: Fourier transforms and sequences of frames."""

from __future__ import annotations

from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.ops.base import Operation
from lstmcount.shapes import Dim, Shape, Unknown, show


class Complex(Operation):
    """Takes a complex tensor as a pair of tensors; `fft`, `fft2` and so on keep its shape."""

    takes_lists: ClassVar[bool] = True

    def call(self, x: list[Shape]) -> Any:
        real = self.checked(x)
        rank = 1 if self.class_name == "FFT" else 2
        last = real[-rank:]
        if len(last) < rank or any(isinstance(dim, Unknown) for dim in last):
            raise ShapeError(f"the last dimension of {show(real)} must be known")
        return [real, real]

    def checked(self, x: list[Shape]) -> Shape:
        if not isinstance(x, list) or len(x) != 2 or x[0] != x[1]:
            raise ShapeError(f"expected a real and an imaginary part, got {show(x)}")
        return x[0]


class RFFT(Operation):
    fft_length: int | None = None

    def call(self, x: Shape) -> list[Shape]:
        length = x[-1] if self.fft_length is None else self.fft_length
        return [(*x[:-1], length // 2 + 1)] * 2


class IRFFT(Complex):
    fft_length: int | None = None

    def call(self, x: list[Shape]) -> Shape:
        real = self.checked(x)
        length = 2 * (real[-1] - 1) if self.fft_length is None else self.fft_length
        return (*real[:-1], length)


class ExtractSequences(Operation):
    sequence_length: int
    sequence_stride: int

    def call(self, x: Shape) -> Shape:
        count = 1 + (x[-1] - self.sequence_length) // self.sequence_stride
        return (*x[:-1], count, self.sequence_length)


class STFT(Operation):
    sequence_length: int
    sequence_stride: int
    fft_length: int
    center: bool = True

    def call(self, x: Shape) -> list[Shape]:
        padded = x[-1] + (self.fft_length // 2 * 2 if self.center else 0)
        count = 1 + (padded - self.fft_length) // self.sequence_stride
        return [(*x[:-1], count, self.fft_length // 2 + 1)] * 2


class ISTFT(Complex):
    sequence_length: int
    sequence_stride: int
    fft_length: int
    length: int | None = None
    center: bool = True

    def call(self, x: list[Shape]) -> Shape:
        real = self.checked(x)
        if len(real) < 2:
            raise ShapeError(f"expected at least two dimensions, got {show(real)}")
        return (*real[:-2], self._length(real[-2]))

    def _length(self, count: Dim) -> Dim:
        if self.length is not None:
            return self.length
        whole = (count - 1) * self.sequence_stride + self.fft_length
        return whole - self.fft_length // 2 * 2 if self.center else whole
