"""Normalisation layers: trainable scales and offsets, and statistics that do not train."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import msgspec

from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import Constraint, Initializer, PositiveInt, Regularizer
from lstmcount.layers.base import Layer, require_known, require_tensor, under
from lstmcount.layers.core import Wrapper
from lstmcount.shapes import Shape, Shapes, show
from lstmcount.summary import CheckpointPaths, Named, Weight


def require_axes(input_shape: Shapes, axes: list[int]) -> None:
    require_tensor(input_shape)
    for axis in axes:
        if not -len(input_shape) <= axis < len(input_shape):
            raise ShapeError(f"axis {axis} is not an axis of the input {show(input_shape)}")


class BatchNormalization(Layer):
    """Normalises with the mean and variance of the batch.

    Weights: gamma and beta, moving mean and variance: 4·features, of which 2·features train.

    >>> [(w.name, w.trainable) for w in BatchNormalization(scale=False).weights((1, 5))]
    [('beta', True), ('moving_mean', False), ('moving_variance', False)]
    """

    axis: int = -1
    momentum: float = 0.99
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: Initializer = "zeros"
    gamma_initializer: Initializer = "ones"
    moving_mean_initializer: Initializer = "zeros"
    moving_variance_initializer: Initializer = "ones"
    beta_regularizer: Regularizer = None
    gamma_regularizer: Regularizer = None
    beta_constraint: Constraint = None
    gamma_constraint: Constraint = None
    renorm: bool = False
    renorm_clipping: dict[str, float] | None = None
    renorm_momentum: float = 0.99
    synchronized: bool = False

    fixed_rank: ClassVar[bool] = True
    supports_masking: ClassVar[bool] = True
    takes_mask: ClassVar[bool] = True

    def fixed_axes(self, input_shape: Shape) -> Iterable[int]:
        return (self.axis,)

    def check_arguments(self) -> None:
        clipping = self.renorm_clipping if self.renorm else None
        if clipping is None:
            return
        for key in clipping:
            if key not in ("rmax", "rmin", "dmax"):
                raise LstmcountError(
                    f"expected rmax, rmin and dmax, got {key!r}", path=("renorm_clipping", key)
                )
        if {"rmax", "rmin"} <= set(clipping) and clipping["rmax"] < clipping["rmin"]:
            raise LstmcountError("rmax is below rmin", path=("renorm_clipping", "rmax"))
        if clipping.get("dmax", 0) < 0:
            raise LstmcountError("dmax is negative", path=("renorm_clipping", "dmax"))

    def check(self, input_shape: Shape) -> None:
        require_axes(input_shape, [self.axis])
        require_known(input_shape, self.axis, "the number of features")

    def feature_shape(self, input_shape: Shape) -> tuple[Shape, tuple[str, ...]]:
        """The shape that all weights have, and the names of their axes."""
        return (input_shape[self.axis],), ("features",)

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        shape, axes = self.feature_shape(input_shape)
        if self.scale:
            yield self.weight("gamma", shape, axes)
        if self.center:
            yield self.weight("beta", shape, axes)
        names = ["moving_mean", "moving_variance"]
        if self.renorm:
            names += ["moving_stddev", "renorm_mean", "renorm_stddev"]
        for name in names:
            yield self.weight(name, shape, axes, trainable=False)

    def equations(self) -> tuple[str, ...]:
        return ("y = gamma * (x - moving_mean) / sqrt(moving_variance + epsilon) + beta",)

    def notes(self) -> Iterator[str]:
        yield (
            "gamma and beta train. The moving mean and variance are averages over batches, updated "
            "in training and used in inference. They get no gradients, so they count as "
            "non-trainable. PyTorch calls them buffers and does not count them as parameters."
        )
        yield "In training, the batch's mean and variance are used instead of the moving ones."


class OverAxes(Layer):
    """Base of layers with weights for each entry of some axes, by default the last one."""

    axis: int | list[int] = -1

    def _axes(self) -> list[int]:
        return sorted(self.axis) if isinstance(self.axis, list) else [self.axis]

    def check(self, input_shape: Shape) -> None:
        require_axes(input_shape, self._axes())
        for axis in self._axes():
            require_known(input_shape, axis, "a normalised dimension")

    def feature_shape(self, input_shape: Shape) -> tuple[Shape, tuple[str, ...]]:
        """The shape of such a weight, and the names of its axes."""
        axes = self._axes()
        names = ("features",) if len(axes) == 1 else tuple(f"axis_{axis}" for axis in axes)
        return tuple(input_shape[axis] for axis in axes), names


class LayerNormalization(OverAxes):
    """Normalises each sample over its features. Weights: gamma and beta, 2·features.

    >>> sum(w.count for w in LayerNormalization().weights((1, 5, 64)))
    128
    """

    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: Initializer = "zeros"
    gamma_initializer: Initializer = "ones"
    beta_regularizer: Regularizer = None
    gamma_regularizer: Regularizer = None
    beta_constraint: Constraint = None
    gamma_constraint: Constraint = None
    rms_scaling: bool = False

    supports_masking: ClassVar[bool] = True

    def check(self, input_shape: Shape) -> None:
        if self.scale or self.center or self.rms_scaling:
            super().check(input_shape)
        else:
            require_axes(input_shape, self._axes())

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        shape, axes = self.feature_shape(input_shape)
        if self.scale or self.rms_scaling:
            yield self.weight("gamma", shape, axes)
        if self.center and not self.rms_scaling:
            yield self.weight("beta", shape, axes)

    def equations(self) -> tuple[str, ...]:
        if self.rms_scaling:
            return ("y = gamma * x / sqrt(variance(x) + epsilon)",)
        return ("y = gamma * (x - mean(x)) / sqrt(variance(x) + epsilon) + beta",)

    def notes(self) -> Iterator[str]:
        yield (
            "Mean and variance are computed for each sample and not stored, so all weights train."
        )


class GroupNormalization(Layer):
    """Normalises groups of channels of each sample. Weights: gamma and beta, 2·channels."""

    groups: int = 32
    axis: int = -1
    epsilon: float = 1e-3
    center: bool = True
    scale: bool = True
    beta_initializer: Initializer = "zeros"
    gamma_initializer: Initializer = "ones"
    beta_regularizer: Regularizer = None
    gamma_regularizer: Regularizer = None
    beta_constraint: Constraint = None
    gamma_constraint: Constraint = None

    fixed_rank: ClassVar[bool] = True
    supports_masking: ClassVar[bool] = True

    def check_arguments(self) -> None:
        if isinstance(self.groups, int) and self.groups < 1 and self.groups != -1:
            raise LstmcountError(
                f"expected a positive integer, or -1 for one group per channel, got {self.groups}",
                path=("groups",),
            )

    def fixed_axes(self, input_shape: Shape) -> Iterable[int]:
        return (self.axis,)

    def check(self, input_shape: Shape) -> None:
        require_axes(input_shape, [self.axis])
        require_known(input_shape, self.axis, "the number of channels")
        channels = input_shape[self.axis]
        groups = channels if self.groups == -1 else self.groups
        if isinstance(channels, int) and (groups < 1 or channels % groups):
            raise ShapeError(f"{channels} channels cannot be split into {groups} groups")

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        shape, axes = (input_shape[self.axis],), ("channels",)
        if self.scale:
            yield self.weight("gamma", shape, axes)
        if self.center:
            yield self.weight("beta", shape, axes)

    def equations(self) -> tuple[str, ...]:
        return ("y = gamma * (x - mean(x)) / sqrt(variance(x) + epsilon) + beta",)

    def notes(self) -> Iterator[str]:
        yield (
            "Mean and variance are taken over each group of channels of each sample. Each channel "
            "has its own gamma and beta, so the count does not depend on the number of groups."
        )


class RMSNormalization(OverAxes):
    """Divides by the root mean square. Weights: a scale for each feature."""

    epsilon: float = 1e-6

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        yield self.weight("scale", *self.feature_shape(input_shape))

    def equations(self) -> tuple[str, ...]:
        return ("y = scale * x / sqrt(mean(x * x) + epsilon)",)

    def notes(self) -> Iterator[str]:
        yield "No mean is subtracted and no offset added: half the weights of LayerNormalization."


class UnitNormalization(Layer):
    """Scales each sample to unit length; no weights."""

    axis: int | list[int] = -1

    built_at_init: ClassVar[bool] = True
    supports_masking: ClassVar[bool] = True

    def check(self, input_shape: Shape) -> None:
        require_axes(input_shape, self.axis if isinstance(self.axis, list) else [self.axis])


class SpectralNormalization(Wrapper):
    """Divides a layer's kernel by its largest singular value (Miyato et al., 2018).

    Weights: the wrapped layer's, and a non-trainable vector as long as the kernel's last axis.
    """

    power_iterations: PositiveInt = 1

    takes_structures: ClassVar[bool] = False

    def check(self, input_shape: Shapes) -> None:
        super().check(input_shape)
        if self._kernel(input_shape) is None:
            raise ShapeError(f"{self.layer.class_name} has neither a kernel nor embeddings")

    def fixed_axes(self, input_shape: Shape) -> Iterable[int]:
        return (-1,)

    def _kernel(self, input_shape: Shapes) -> Weight | None:
        """The layer's kernel or embeddings; None for recurrent layers, whose cells have them."""
        named: dict[str, Weight] = {w.name: w for w in self.layer.weights(input_shape)}
        if "recurrent_kernel" in named:
            return None
        return named.get("kernel", named.get("embeddings"))

    def weights(self, input_shape: Shapes) -> Iterator[Weight]:
        """The wrapped layer's weights; the vector follows the kernel, which the wrapper owns, too.

        With LoRA the wrapped kernel is a sum, not a variable. The vector then precedes the kernel
        and has the layer's compute dtype.
        """
        summed = getattr(self.layer, "lora_rank", None)
        for weight in under(self.layer.name, self.layer.weights(input_shape)):
            if not weight.name.endswith(("/kernel", "/embeddings")):
                yield weight
                continue
            dtype = self.layer.output_dtype if summed else weight.dtype
            axes = ("1", str(weight.axes[-1]))
            vector = self.weight("vector_u", (1, weight.shape[-1]), axes, False, dtype)
            yield from (vector, weight) if summed else (weight, vector)

    def weights_after_quantize(self, *shapes: Shapes) -> Iterator[Weight]:
        """The wrapper keeps the kernel from before beside the one that replaces it."""
        policy = self.layer.dtype_policy
        if policy.mode not in ("int8", "int4"):
            yield from self.weights(*shapes)
            return
        dtype = policy.name.partition("_from_")[2]
        before = msgspec.structs.replace(self.layer, dtype=dtype)
        for weight in msgspec.structs.replace(self, layer=before).weights(*shapes):
            if weight.name.endswith(("/kernel", "/embeddings", "vector_u")):
                yield weight
        yield from under(self.layer.name, self.layer.weights(*shapes))

    def inner(self) -> list[tuple[str, Any]]:
        return [(self.layer.name, self.layer)]

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        """The paths of the vector, the kernel and the layer's variables, which repeat the kernel.

        With LoRA the wrapper's kernel is a sum, which is not stored.
        """
        from lstmcount.layers.checkpoint_paths import inner_paths, variable_paths

        kernels = () if getattr(self.layer, "lora_rank", None) else ("kernel", "embeddings")
        names = ["vector_u", *(f"{self.layer.name}/{name}" for name in kernels)]
        yield from variable_paths(weight for name, weight in named if name in names)
        yield from inner_paths("layer", self.layer.name, self.layer, named)

    def equations(self) -> tuple[str, ...]:
        return ("v = normalize(vector_u @ W.T)", "W_normalized = W / (v @ W @ vector_u.T)")

    def notes(self) -> Iterator[str]:
        yield (
            "vector_u estimates the kernel's first singular vector and has one number for each "
            "entry of its last axis. It is updated in training, but not by gradients."
        )
        yield from self.layer.notes()
