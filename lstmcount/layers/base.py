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
    `call_arguments` (`None` for one that was not passed). What an input must be like is said by
    `check`, which runs in front of them and may raise `ShapeError`.
    """

    name: str | None = None
    trainable: bool = True
    dtype: DTypePolicy = None
    autocast: bool = True
    activity_regularizer: Regularizer = None

    call_arguments: ClassVar[tuple[str, ...]] = ("inputs",)
    needed_arguments: ClassVar[int] = 1  # how many of them Keras 3 insists on
    call_options: ClassVar[tuple[str, ...]] = ()  # plain call arguments that change the output
    call_keywords: ClassVar[tuple[str, ...]] = ()  # its other arguments but `mask` and `training`
    macs_options: ClassVar[tuple[str, ...]] = ()  # those of them that change the products too
    layer_arguments: ClassVar[tuple[str, ...]] = ()  # arguments that are layers (or lists of them)
    display_name: ClassVar[str | None] = None  # what Keras prints, where it is not the class name
    built_at_init: ClassVar[bool] = False  # Keras builds it when made, before it is called
    supports_masking: ClassVar[bool] = False  # its outputs keep the mask of its input
    # In a `.keras` file: the attribute that holds the variables, and those that hold the layers of
    # `inner` where these are not arguments.
    checkpoint_prefix: ClassVar[str] = ""
    checkpoint_attributes: ClassVar[tuple[str, ...]] = ()
    takes_mask: ClassVar[bool] = False  # Keras's `call` has the argument `mask`
    fixed_rank: ClassVar[bool] = False  # later inputs need as many axes as the first
    takes_structures: ClassVar[bool] = False  # a list or a dict of tensors, where others take one

    @classmethod
    def keywords(cls) -> tuple[str, ...]:
        """All that Keras's `call` takes, by name."""
        mask = ("mask",) if cls.takes_mask else ()
        return (*cls.call_arguments, *cls.call_options, *cls.call_keywords, *mask, "training")

    @classmethod
    def of_config(cls, config: dict[str, Any]) -> dict[str, Any]:
        """A serialised layer's arguments, as Keras's `from_config` hands them on."""
        return config

    def check_arguments(self) -> None:
        """Raise `LstmcountError` where Keras's constructor refuses arguments that fit their types.

        Only hand-written arguments are checked: what a file holds was taken by some Keras.
        """

    def accept(self, *shapes: Shapes) -> None:
        """Raise `ShapeError` where Keras refuses a call: for a structure, or for its shape."""
        if not self.takes_structures:
            require_tensor(shapes[0])
        self.check(*shapes)

    def check(self, input_shape: Shapes) -> None:
        """Raise `ShapeError` where Keras refuses this input."""

    def check_for_keras3(self, input_shape: Shapes) -> None:
        """Raise `ShapeError` where Keras 3 refuses an input that an older Keras took.

        Asked only of hand-written models: what a file holds was taken by some Keras.
        """

    def check_mask(self, mask: Shapes) -> None:
        """Raise `ShapeError` where Keras refuses the mask that a call passes."""

    def fixed_axes(self, input_shape: Shape) -> Iterable[int]:
        """Axes whose size Keras remembers from the first call and asks of every later one."""
        return ()

    def weights(self, input_shape: Shapes) -> Iterable[Weight]:
        """The variables, trainable ones first, as in Keras's `layer.weights`."""
        return ()

    def output_shape(self, input_shape: Shapes) -> Shapes:
        return input_shape

    def input_independent_output(self) -> Shapes:
        """The output's shape where nothing is known of the input; None where it depends on that."""
        return None

    def macs(self, input_shape: Shapes) -> Dim:
        """Multiply-accumulates of one forward pass for one sample (the batch dimension is 1)."""
        return 0

    def kept_states(self, *shapes: Shapes) -> Dim:
        """Values inside a recurrence that its backward pass reads, for one sample."""
        return 0

    def equations(self) -> tuple[str, ...]:
        """What the layer computes, in the language of `lstmcount.explain.expressions`.

        Names are the weights' (with "_" for "/", and the label of a block: `kernel_f`), the
        layer's arguments, its call arguments (or x), and results of the equations before.
        A weight that the layer does not have drops out.
        """
        return ()

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        """The outputs' masks, as Keras's `compute_mask` makes them of tensors and their masks.

        `operations` makes nodes (`lstmcount.graph.masking.Operations`).
        """
        return mask if self.supports_masking else None

    def inner(self) -> Iterable[tuple[str, Any]]:
        """The layers that hold this one's weights, by the path in front of the weights' names."""
        return ()

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        """Where a `.keras` file keeps these weights, which are the layer's, below its group."""
        from lstmcount.layers.checkpoint_paths import variables, with_own

        layers = list(self.inner())
        attributes = self.checkpoint_attributes or self.layer_arguments
        if len(attributes) == len(layers):
            return with_own(attributes, layers, named, self.checkpoint_prefix)
        return variables([weight for _, weight in named], self.checkpoint_prefix)

    def notes(self) -> Iterable[str]:
        """What people get wrong about this layer's count."""
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
        """A variable of this layer, frozen with it, in its policy's variable dtype."""
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
        """Layers that Keras lists under this one when a summary is expanded, with what each reads.

        Without an input shape (None) each reads None.
        """
        return ()


class Elementwise(Layer):
    """A layer that changes values and no shapes; one without weights, unless it says otherwise."""

    built_at_init: ClassVar[bool] = True
    takes_structures: ClassVar[bool] = True


def under(prefix: str | None, weights: Iterable[Weight]) -> Iterator[Weight]:
    """The weights of an inner layer, named by their path within the outer one."""
    for weight in weights:
        yield msgspec.structs.replace(weight, name=f"{prefix}/{weight.name}")


def require_tensor(shape: Shapes) -> None:
    """Where Keras takes one tensor, and no list of them."""
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
    """A dimension that sizes a weight must be known (or at least named in the source)."""
    dim = shape[axis]
    if isinstance(dim, Unknown) and dim.text is None:
        raise ShapeError(f"{what} (axis {axis}) of the input {show(shape)} must be known")
