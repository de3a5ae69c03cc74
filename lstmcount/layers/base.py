"""The class every layer derives from: Keras's `build` and `compute_output_shape` as formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec

from lstmcount.errors import ShapeError
from lstmcount.layers.arguments import DTypePolicy, Regularizer
from lstmcount.layers.dtypes import Policy, policy
from lstmcount.shapes import Dim, Shape, Shapes, Unknown, show
from lstmcount.summary import Blocks, Weight

if TYPE_CHECKING:
    from lstmcount.layers.checkpoint_paths import CheckpointPaths, Named

Axes = tuple[str | Blocks, ...]


class Layer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A layer's fields are the Keras constructor's arguments, with its names and defaults.

    Subclasses give formulas in plain arithmetic, so that they run on integers, on symbols and
    on arrays: `weights`, `output_shape` and `macs`, each called with one shape for each of
    `call_arguments` (`None` for one that was not passed). Requirements on the input are in
    `check`, which runs in front of them and may raise `ShapeError`.
    """

    name: str | None = None
    trainable: bool = True
    dtype: DTypePolicy = None
    autocast: bool = True
    activity_regularizer: Regularizer = None

    call_arguments: ClassVar[tuple[str, ...]] = ("inputs",)
    needed_arguments: ClassVar[int] = 1  # how many of them Keras 3 requires
    call_options: ClassVar[tuple[str, ...]] = ()  # plain call arguments that affect the output
    call_keywords: ClassVar[tuple[str, ...]] = ()  # other arguments except `mask` and `training`
    macs_options: ClassVar[tuple[str, ...]] = ()  # call_options that also affect the MACs
    layer_arguments: ClassVar[tuple[str, ...]] = ()  # arguments that are layers (or lists of them)
    display_name: ClassVar[str | None] = None  # what Keras prints, if it is not the class name
    built_at_init: ClassVar[bool] = False  # Keras builds it when it is created
    supports_masking: ClassVar[bool] = False  # its outputs keep the input's mask
    # In a `.keras` file: the attribute with the variables, and the attributes with the layers of
    # `inner` if these are not arguments.
    checkpoint_prefix: ClassVar[str] = ""
    checkpoint_attributes: ClassVar[tuple[str, ...]] = ()
    takes_mask: ClassVar[bool] = False  # Keras's `call` has the argument `mask`
    fixed_rank: ClassVar[bool] = False  # all inputs need the same number of axes
    takes_structures: ClassVar[bool] = False  # accepts a list or dict of tensors

    @classmethod
    def keywords(cls) -> tuple[str, ...]:
        """The names of all arguments of Keras's `call`."""
        mask = ("mask",) if cls.takes_mask else ()
        return (*cls.call_arguments, *cls.call_options, *cls.call_keywords, *mask, "training")

    @classmethod
    def of_config(cls, config: dict[str, Any]) -> dict[str, Any]:
        """A serialised layer's arguments as Keras's `from_config` passes them on."""
        return config

    def check_arguments(self) -> None:
        """Raise `LstmcountError` if Keras's constructor refuses arguments of the right types.

        Only hand-written arguments are checked: some version of Keras accepted those in files.
        """

    def accept(self, *shapes: Shapes) -> None:
        """Raise `ShapeError` if Keras refuses a call because of the input's structure or shape."""
        if not self.takes_structures:
            require_tensor(shapes[0])
        self.check(*shapes)

    def check(self, input_shape: Shapes) -> None:
        """Raise `ShapeError` if Keras refuses this input."""

    def check_for_keras3(self, input_shape: Shapes) -> None:
        """Raise `ShapeError` if Keras 3 refuses an input that an older Keras accepted.

        Called only for hand-written models: some version of Keras accepted those in files.
        """

    def check_mask(self, mask: Shapes) -> None:
        """Raise `ShapeError` if Keras refuses the mask that a call passes."""

    def fixed_axes(self, input_shape: Shape) -> Iterable[int]:
        """Axes whose size the first call fixes for all later calls."""
        return ()

    def weights(self, input_shape: Shapes) -> Iterable[Weight]:
        """The variables, trainable ones first, as in Keras's `layer.weights`."""
        return ()

    def output_shape(self, input_shape: Shapes) -> Shapes:
        return input_shape

    def input_independent_output(self) -> Shapes:
        """The output's shape for an unknown input; None if it depends on the input."""
        return None

    def macs(self, input_shape: Shapes) -> Dim:
        """Multiply-accumulates of one forward pass for one sample (the batch dimension is 1)."""
        return 0

    def kept_states(self, *shapes: Shapes) -> Dim:
        """Number of values inside a recurrence that its backward pass reads, for one sample."""
        return 0

    def states(self, *shapes: Shapes) -> Iterable[Weight]:
        """The variables in which a recurrent layer that is stateful keeps its states.

        The first axis of their shapes is the batch.
        """
        return ()

    def equations(self) -> tuple[str, ...]:
        """What the layer computes, in the language of `lstmcount.explain.expressions`.

        Names are the weights' (with "_" for "/", and the label of a block: `kernel_f`), the
        layer's arguments, its call arguments (or x), and results of the equations before.
        Weights that the layer does not have are left out.
        """
        return ()

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        """The outputs' masks, as Keras's `compute_mask` derives them from tensors and their masks.

        `operations` creates nodes (`lstmcount.graph.masking.Operations`).
        """
        return mask if self.supports_masking else None

    def inner(self) -> Iterable[tuple[str, Any]]:
        """The inner layers that hold this layer's weights, by the prefix of the weights' names."""
        return ()

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        """Where a `.keras` file stores the layer's weights, below the layer's group."""
        from lstmcount.layers.checkpoint_paths import variables, with_own

        layers = list(self.inner())
        attributes = self.checkpoint_attributes or self.layer_arguments
        if len(attributes) == len(layers):
            return with_own(attributes, layers, named, self.checkpoint_prefix)
        return variables([weight for _, weight in named], self.checkpoint_prefix)

    def notes(self) -> Iterable[str]:
        """Common misunderstandings about this layer's count."""
        return ()

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        """Why the output has that shape; shapes as the summary shows them."""
        return "The shape stays." if input_shape == output_shape else ""

    def weight(
        self,
        name: str,
        shape: Shape,
        axes: Axes = (),
        trainable: bool = True,
        dtype: str | None = None,
    ) -> Weight:
        """A variable of this layer, in its policy's variable dtype, and frozen with the layer."""
        return Weight(
            name,
            shape,
            dtype or self.dtype_policy.variable,
            trainable and self.trainable,
            axes,
        )

    @property
    def dtype_policy(self) -> Policy:
        return policy(self.dtype, self.name)

    @property
    def class_name(self) -> str:
        return self.display_name or type(self).__name__

    @property
    def output_dtype(self) -> str:
        return self.dtype_policy.compute

    def sublayers(self, input_shape: Shapes) -> Iterable[tuple[Any, Shapes]]:
        """Layers that an expanded summary lists under this one, each with its input shape.

        Without an input shape (None), each gets None.
        """
        return ()


class Elementwise(Layer):
    """A layer that changes values but not shapes, by default without weights."""

    built_at_init: ClassVar[bool] = True
    takes_structures: ClassVar[bool] = True


def under(prefix: str | None, weights: Iterable[Weight]) -> Iterator[Weight]:
    """The weights of an inner layer, named by their path in the outer layer."""
    for weight in weights:
        yield msgspec.structs.replace(weight, name=f"{prefix}/{weight.name}")


def require_tensor(shape: Shapes) -> None:
    """Raise `ShapeError` unless this is one tensor, not a list of tensors."""
    if type(shape) is not tuple:
        raise ShapeError(f"expected one tensor, got {show(shape)}")


def require_rank(shape: Shape, rank: int, dims: str) -> None:
    """
    >>> require_rank((3, 64), 3, "batch, timesteps, features")
    Traceback (most recent call last):
    lstmcount.errors.ShapeError: expected a 3-D input (batch, timesteps, features), got (3, 64)
    """
    if type(shape) is not tuple or len(shape) != rank:
        raise ShapeError(f"expected a {rank}-D input ({dims}), got {show(shape)}", wanted_rank=rank)


def require_min_rank(shape: Shape, rank: int, dims: str) -> None:
    if type(shape) is not tuple or len(shape) < rank:
        raise ShapeError(
            f"expected at least a {rank}-D input ({dims}), got {show(shape)}", wanted_rank=rank
        )


def require_known(shape: Shape, axis: int, what: str) -> None:
    """Raise `ShapeError` unless a dimension that sizes a weight is known or has a name."""
    dim = shape[axis]
    if isinstance(dim, Unknown) and dim.text is None:
        raise ShapeError(f"{what} (axis {axis}) of the input {show(shape)} must be known")
