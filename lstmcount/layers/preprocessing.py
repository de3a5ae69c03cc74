"""Preprocessing layers for numbers and categories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import LayerArgument, NonNegativeInt, PositiveInt
from lstmcount.layers.base import UNTAKEN, Elementwise, Layer, require_known, require_tensor, under
from lstmcount.layers.dtypes import policy
from lstmcount.layers.merging import Concatenate
from lstmcount.shapes import UNKNOWN, Shape, Shapes, show
from lstmcount.structures import nested_shape
from lstmcount.summary import CheckpointPaths, Named, Weight

_INTEGERS = ("int32", "int64")


class Normalization(Layer):
    """(input - mean) / √variance, with a mean and a variance for each index of `axis`.

    Weights: none if `mean` and `variance` are given; else both, and a count, set by `adapt`.

    >>> [w.shape for w in Normalization(axis=[1, 2]).weights((1, 4, 6))]
    [(4, 6), (4, 6), ()]
    """

    axis: int | list[int] | None = -1
    mean: Any = None
    variance: Any = None
    invert: bool = False

    supports_masking: ClassVar[bool] = True

    def check_arguments(self) -> None:
        if (self.mean is None) != (self.variance is None):
            field, other = ("mean", "variance") if self.variance is None else ("variance", "mean")
            raise LstmcountError(f"needs {other}", path=(field,))
        if nested_shape(self.mean) != nested_shape(self.variance):
            raise LstmcountError("expected the shape of mean", path=("variance",))
        if len(nested_shape(self.mean)) > len(self.axes):
            raise LstmcountError(f"expected at most {len(self.axes)} dimensions", path=("mean",))

    @property
    def axes(self) -> list[int]:
        if self.axis is None:
            return []
        return self.axis if isinstance(self.axis, list) else [self.axis]

    def check(self, input_shape: Shape) -> None:
        for axis in self.axes:
            if not -len(input_shape) <= axis < len(input_shape):
                raise ShapeError(f"axis {axis} is not an axis of the input {show(input_shape)}")
            require_known(input_shape, axis, "the normalized axis")
        mean_shape, kept = nested_shape(self.mean), self._kept(input_shape)
        for size, dim in zip(reversed(mean_shape), reversed(kept), strict=False):
            if isinstance(dim, int) and size not in (1, dim):
                raise ShapeError(
                    f"mean has the shape {mean_shape}; the input's axes have {show(kept)}"
                )

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        if self.mean is None:
            kept = self._kept(input_shape)
            axes = ("features",) if len(kept) == 1 else tuple(f"axis {a}" for a in self.axes)
            yield self.weight("mean", kept, axes, trainable=False)
            yield self.weight("variance", kept, axes, trainable=False)
            yield self.weight("count", (), (), trainable=False, dtype="int32")

    def equations(self) -> tuple[str, ...]:
        return ("y = (x - mean) / sqrt(variance)",)

    def notes(self) -> Iterator[str]:
        if self.mean is None:
            yield "The 1 is the count of adapt. With given mean and variance there are no weights."
            yield "With TensorFlow as backend, Keras makes this count an int64 of 8 bytes."

    def _kept(self, input_shape: Shape) -> Shape:
        rank = len(input_shape)
        return tuple([input_shape[axis] for axis in sorted(a % rank for a in self.axes)])


class Rescaling(Layer):
    """input · scale + offset."""

    scale: Any
    offset: Any = 0.0

    supports_masking: ClassVar[bool] = True
    takes_structures: ClassVar[bool] = True


class Encoding(Layer):
    """Base of layers that turn categories into indices or vectors."""

    index_dtype: ClassVar[str] = "int64"

    @property
    def output_dtype(self) -> str:
        indices = getattr(self, "output_mode", None) == "int"
        return self.index_dtype if indices else super().output_dtype

    def check_arguments(self) -> None:
        layer: Any = self
        if layer.sparse and layer.output_mode == "int":
            raise LstmcountError("is not for output_mode int", path=("sparse",))

    def encoded(self, input_shape: Shape, depth: Any) -> Shape:
        """The shape of one vector of `depth` for each value (mode "one_hot") or each sample.

        A last axis of size 1 is dropped.
        """
        if self.output_mode == "one_hot" and (  # type: ignore[attr-defined]
            len(input_shape) < 2 or not _is_one(input_shape[-1])
        ):
            return (*input_shape, depth)
        return (*input_shape[:-1], depth)


class CategoryEncoding(Encoding):
    """Turns categories into vectors of `num_tokens`: one-hot, multi-hot or counts.

    >>> CategoryEncoding(num_tokens=5, output_mode="one_hot").output_shape((2, 4))
    (2, 4, 5)
    """

    num_tokens: PositiveInt
    output_mode: Literal["multi_hot", "one_hot", "count", "binary"] = "multi_hot"
    sparse: bool = False

    call_keywords: ClassVar[tuple[str, ...]] = ("count_weights",)

    def output_shape(self, input_shape: Shape) -> Shape:
        return self.encoded(input_shape, self.num_tokens)


class Discretization(Encoding):
    """Turns each number into its bin, as an index or as a vector over bins."""

    bin_boundaries: list[float] | None = None
    num_bins: NonNegativeInt | None = None
    epsilon: float = 0.01
    output_mode: Literal["int", "one_hot", "multi_hot", "count"] = "int"
    sparse: bool = False

    index_dtype: ClassVar[str] = "int32"
    absent_arguments: ClassVar[tuple[str, ...]] = UNTAKEN

    @classmethod
    def of_config(cls, config: dict[str, Any]) -> dict[str, Any]:
        """After `adapt()` both are set; `bin_boundaries` wins."""
        if config.get("bin_boundaries") is None:
            return config
        return {key: value for key, value in config.items() if key != "num_bins"}

    def check_arguments(self) -> None:
        super().check_arguments()
        if self.bin_boundaries is None and self.num_bins is None:
            raise LstmcountError("Discretization needs either num_bins or bin_boundaries")
        if self.bin_boundaries is not None and self.num_bins is not None:
            raise LstmcountError(
                "expected num_bins or bin_boundaries, got both", path=("num_bins",)
            )

    def output_shape(self, input_shape: Shape) -> Shape:
        """
        >>> Discretization(bin_boundaries=[0.0, 1.0], output_mode="one_hot").output_shape((2, 6))
        (2, 6, 3)
        """
        if self.output_mode == "int":
            return input_shape
        depth: Any = UNKNOWN if self.num_bins is None else self.num_bins  # files may omit it
        if self.bin_boundaries is not None:
            depth = len(self.bin_boundaries) + 1
        if self.output_mode == "one_hot":
            return self.encoded(input_shape, depth)
        if len(input_shape) < 2:
            return (depth,)
        return (input_shape[0], *input_shape[2:], depth)


class HashEncoding(Encoding):
    """Base of layers whose indices have the dtype of the layer, if it has one of its own."""

    @property
    def output_dtype(self) -> str:
        return super().output_dtype if self.dtype is None else self.dtype_policy.compute


class Hashing(HashEncoding):
    """Hashes each value into one of `num_bins`, as an index or as a vector over bins."""

    num_bins: PositiveInt
    mask_value: Any = None
    salt: Any = None
    output_mode: Literal["int", "one_hot", "multi_hot", "count"] = "int"
    sparse: bool = False

    def check_arguments(self) -> None:
        super().check_arguments()
        check_salt(self.salt)
        if self.output_mode == "int" and policy(self.dtype or "int64").name not in _INTEGERS:
            raise LstmcountError(f"expected int32 or int64, got {self.dtype}", path=("dtype",))

    def output_shape(self, input_shape: Shape) -> Shape:
        """
        >>> Hashing(num_bins=5, output_mode="one_hot").output_shape((2, 4))
        (2, 5)
        """
        if self.output_mode == "int":
            return input_shape
        return (*input_shape[:-1], self.num_bins)


class HashedCrossing(HashEncoding):
    """Hashes each pair of values of two inputs into one of `num_bins`."""

    num_bins: int
    output_mode: Literal["int", "one_hot"] = "int"
    sparse: bool = False

    takes_structures: ClassVar[bool] = True

    def check_arguments(self) -> None:
        """Accept `sparse` with indices, as Keras does for this class."""

    def check(self, input_shape: list[Shape]) -> None:
        if not isinstance(input_shape, list) or len(input_shape) != 2:
            raise ShapeError(f"expected two inputs, got {show(input_shape)}")
        for shape in input_shape:
            require_tensor(shape)
        if not all(input_shape):
            raise ShapeError(f"expected inputs with at least one axis, got {show(input_shape)}")
        first, second = (shape[-1] for shape in input_shape)
        if isinstance(first, int) and isinstance(second, int) and first != second:
            raise ShapeError(f"expected inputs of the same shape, got {show(input_shape)}")

    def output_shape(self, input_shape: list[Shape]) -> Shape:
        """
        >>> HashedCrossing(num_bins=5, output_mode="one_hot").output_shape([(2, 4), (2, 4)])
        (2, 4, 5)
        """
        first = input_shape[0]
        if self.output_mode == "int":
            return first
        if _is_one(first[-1]):
            return (*first[:-1], self.num_bins)
        return (*first, self.num_bins)


class TFDConcat(Concatenate):
    """The layer of a FeatureSpace that joins its features."""


class TFDIdentity(Elementwise):
    """The layer of a FeatureSpace for features that stay unchanged."""


class Pipeline(Layer):
    """Runs several layers in sequence."""

    layers: list[LayerArgument]

    layer_arguments: ClassVar[tuple[str, ...]] = ("layers",)
    absent_arguments: ClassVar[tuple[str, ...]] = UNTAKEN
    takes_mask: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not self.layers:
            raise LstmcountError("expected at least one layer", path=("layers",))

    def check(self, input_shape: Shapes) -> None:
        for layer, shape in self.sublayers(input_shape):
            layer.accept(shape)

    def weights(self, input_shape: Shapes) -> Iterator[Weight]:
        for layer, shape in self.sublayers(input_shape):
            yield from under(layer.name, layer.weights(shape))

    def output_shape(self, input_shape: Shapes) -> Shapes:
        for layer, shape in self.sublayers(input_shape):
            output = layer.output_shape(shape)
        return output

    def macs(self, input_shape: Shapes) -> Any:
        return sum(layer.macs(shape) for layer, shape in self.sublayers(input_shape))

    def inner(self) -> Iterator[tuple[str, Any]]:
        for layer in self.layers:
            yield layer.name, layer

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        from lstmcount.layers.checkpoint_paths import list_paths

        return list_paths("layers", self.inner(), named)

    def notes(self) -> Iterator[str]:
        for layer in self.layers:
            yield from layer.notes()

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return "The output of its last layer."

    def sublayers(self, input_shape: Shapes) -> Iterator[tuple[Any, Shapes]]:
        for layer in self.layers:
            yield layer, input_shape
            if input_shape is not None:
                input_shape = layer.output_shape(input_shape)


def _is_one(dim: Any) -> bool:
    return isinstance(dim, int) and dim == 1


def check_salt(salt: Any) -> None:
    pair = isinstance(salt, list) and len(salt) == 2
    if not (salt is None or isinstance(salt, int) or pair):
        raise LstmcountError(
            f"expected an integer or a pair of integers, got {salt!r}", path=("salt",)
        )
