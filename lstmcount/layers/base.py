"""The base class of layers, which state Keras's `build` and `compute_output_shape` as formulas."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import msgspec

from lstmcount.errors import ShapeError, did_you_mean
from lstmcount.layers.arguments import DTypePolicy, Regularizer
from lstmcount.layers.dtypes import Policy, is_float, policy
from lstmcount.shapes import Dim, Shape, Shapes, Unknown, show
from lstmcount.summary import Blocks, CheckpointPaths, Named, Weight

Axes = tuple[str | Blocks, ...]


class Layer(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A layer, whose fields are the arguments of Keras's constructor with their defaults.

    Subclasses define `weights`, `output_shape` and `macs` in plain arithmetic, which works for
    integers, symbols and arrays. These methods take a shape for each of `call_arguments`, or None
    for one that is not passed. `check` runs before them and raises `ShapeError` for an input that
    Keras refuses.
    """

    name: str | None = None
    trainable: bool = True
    dtype: DTypePolicy = None
    autocast: bool = True
    activity_regularizer: Regularizer = None

    call_arguments: ClassVar[tuple[str, ...]] = ("inputs",)
    needed_arguments: ClassVar[int] = 1  # number of call_arguments that Keras 3 requires
    call_options: ClassVar[tuple[str, ...]] = ()  # call arguments, not tensors, that affect shapes
    call_keywords: ClassVar[tuple[str, ...]] = ()  # all others except `mask` and `training`
    macs_options: ClassVar[tuple[str, ...]] = ()  # the call_options that affect the MACs, too
    layer_arguments: ClassVar[tuple[str, ...]] = ()  # arguments that are layers or lists of layers
    copied_arguments: ClassVar[tuple[str, ...]] = ()  # layer_arguments that the layer copies
    absent_arguments: ClassVar[tuple[str, ...]] = ()  # inherited fields that Keras does not take
    display_name: ClassVar[str | None] = None  # Keras's name if it is not that of the class
    built_at_init: ClassVar[bool] = False  # whether Keras builds the layer in its constructor
    supports_masking: ClassVar[bool] = False  # whether the output keeps the input's mask
    # In a `.keras` file: the path of the object that holds the variables, and the attributes that
    # hold the layers of `inner`, if these are not `layer_arguments`.
    checkpoint_prefix: ClassVar[str] = ""
    checkpoint_attributes: ClassVar[tuple[str, ...]] = ()
    # whether Keras saves only the class's own variables, and not those that a derived class adds
    saves_no_additions: ClassVar[bool] = False
    takes_mask: ClassVar[bool] = False  # whether Keras's `call` has the argument `mask`
    fixed_rank: ClassVar[bool] = False  # whether all calls need the same number of axes
    keeps_dtype: ClassVar[bool] = False  # whether the output has the dtype of a non-float input
    takes_structures: ClassVar[bool] = False  # whether the input may be a list or dict of tensors
    quantization_modes: ClassVar[tuple[str, ...]] = ()  # modes in which Keras can quantise it

    @classmethod
    def keywords(cls) -> tuple[str, ...]:
        """The names of all arguments that Keras's `call` takes."""
        mask = ("mask",) if cls.takes_mask else ()
        return (*cls.call_arguments, *cls.call_options, *cls.call_keywords, *mask, "training")

    @classmethod
    def of_config(cls, config: dict[str, Any]) -> dict[str, Any]:
        """Convert a serialised config to constructor arguments, as Keras's `from_config` does."""
        return config

    def check_arguments(self) -> None:
        """Raise `LstmcountError` if Keras's constructor refuses values of the right types.

        Runs only for hand-written layers: some version of Keras accepted the arguments in a file.
        """

    def accept(self, *shapes: Shapes) -> None:
        """Raise `ShapeError` if Keras refuses the structure or the shape of a call's inputs."""
        if not self.takes_structures:
            require_tensor(shapes[0])
        elif type(shapes[0]) is not tuple and not shapes[0]:
            raise ShapeError(f"expected a tensor, got {show(shapes[0])}")
        self.check(*shapes)

    def check(self, input_shape: Shapes) -> None:
        """Raise `ShapeError` if Keras refuses an input of this shape."""

    def require_needed(self, shapes: list[Shapes]) -> None:
        """Raise `ShapeError` if a call lacks an argument."""
        needed = zip(self.call_arguments[: self.needed_arguments], shapes, strict=False)
        if missing := [name for name, shape in needed if shape is None]:
            raise ShapeError(f"a call needs {' and '.join(missing)}")

    def check_call(self, shapes: list[Shapes], args: list[Any], kwargs: Iterable[str]) -> None:
        """Raise `ShapeError` if a hand-written call has an argument too many."""
        known = self.keywords()
        tensors = sum([type(arg) is tuple for arg in args])
        if tensors >= len(known):  # `training`, the last one, is no tensor
            raise ShapeError(f"a call takes only {', '.join(known)}; got {tensors} tensors")
        for name in kwargs:
            if name not in known:
                raise ShapeError(unknown_keyword(self.class_name, name, known))

    def check_for_keras3(self, input_shape: Shapes) -> None:
        """Raise `ShapeError` if Keras 3 refuses an input that an older Keras accepted.

        Runs only for hand-written models: some version of Keras accepted the inputs in a file.
        """

    def check_mask(self, mask: Shapes) -> None:
        """Raise `ShapeError` if Keras refuses a mask that is passed explicitly."""
        if mask == []:
            raise ShapeError("expected a mask, got []")

    def fixed_axes(self, input_shape: Shape) -> Iterable[int]:
        """The axes whose sizes the first call fixes for all later calls."""
        return ()

    def weights(self, input_shape: Shapes) -> Iterable[Weight]:
        """The variables, trainable ones first, as in Keras's `layer.weights`."""
        return ()

    @classmethod
    def may_have_weights(cls) -> bool:
        """Whether layers of this class have weights, for some arguments and inputs."""
        return cls.weights is not Layer.weights

    def weights_after_quantize(self, *shapes: Shapes) -> Iterable[Weight]:
        """The variables of a wrapper whose inner layer was quantised after the wrapper was built.

        Sources describe the inner layer as quantised from the start.
        """
        return self.weights(*shapes)

    def output_shape(self, input_shape: Shapes) -> Shapes:
        return input_shape

    def input_independent_output(self) -> Shapes:
        """The output's shape for an unknown input; None if it depends on the input."""
        return None

    def macs(self, input_shape: Shapes) -> Dim:
        """Multiply-accumulates of one forward pass for one sample; the batch dimension is 1."""
        return 0

    def kept_states(self, *shapes: Shapes) -> Dim:
        """The number of step values that a recurrence's backward pass reads, for one sample."""
        return 0

    def states(self, *shapes: Shapes) -> Iterable[Weight]:
        """The variables that hold a recurrent layer's states if it is stateful.

        Their first axis is the batch.
        """
        return ()

    def equations(self) -> tuple[str, ...]:
        """The layer's equations in the language of `lstmcount.explanation.expressions`.

        Names in them are weights (with "_" for "/", and with a block's label: `kernel_f`), the
        layer's arguments, its call arguments (or x), and results of earlier equations. Weights
        that the layer does not have are left out.
        """
        return ()

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        """The masks of the outputs, as in Keras's `compute_mask`.

        `operations` creates the nodes that compute them (`lstmcount.graph.masking.Operations`).
        """
        return mask if self.supports_masking else None

    def inner(self) -> Iterable[tuple[str, Any]]:
        """The inner layers that hold weights, each with the prefix of its weights' names."""
        return ()

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        """The paths of the layer's weights in a `.keras` file, relative to the layer's group."""
        from lstmcount.layers.checkpoint_paths import own_and_inner_paths, variable_paths

        layers = list(self.inner())
        attributes = self.checkpoint_attributes or self.layer_arguments
        if len(attributes) == len(layers):
            return own_and_inner_paths(attributes, layers, named, self.checkpoint_prefix)
        return variable_paths([weight for _, weight in named], self.checkpoint_prefix)

    def notes(self) -> Iterable[str]:
        """Sentences that prevent common misunderstandings about this layer's count."""
        return ()

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        """The reason for the output shape; both shapes are as the summary shows them."""
        return "The shape stays." if input_shape == output_shape else ""

    def weight(
        self,
        name: str,
        shape: Shape,
        axes: Axes = (),
        trainable: bool = True,
        dtype: str | None = None,
    ) -> Weight:
        """A variable of this layer, by default of the policy's dtype; frozen if the layer is."""
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

    def output_dtypes(self, inputs: list[str], count: int) -> list[str]:
        """The dtypes of `count` outputs for inputs of these dtypes."""
        own = self.output_dtype
        if not self.keeps_dtype or not inputs:
            return [own] * count
        kept = [own if is_float(dtype) else dtype for dtype in inputs]
        return [*kept, *kept[-1:] * (count - len(kept))][:count]

    def sublayers(self, input_shape: Shapes) -> Iterable[tuple[Any, Shapes]]:
        """The layers that an expanded summary lists under this one, with their input shapes.

        The shapes are None if `input_shape` is None.
        """
        return ()


# Arguments of every layer that a constructor without `**kwargs` does not take.
UNTAKEN = ("trainable", "autocast", "activity_regularizer")


class Elementwise(Layer):
    """Base of layers that change values but not shapes, by default without weights."""

    built_at_init: ClassVar[bool] = True
    takes_structures: ClassVar[bool] = True


def unknown_keyword(class_name: str, name: str, known: tuple[str, ...]) -> str:
    """The message for an argument that the `call` of a class does not have."""
    hint = did_you_mean(name, known) or f" It takes: {', '.join(known)}."
    return f"a call of {class_name} has no argument {name!r}.{hint}"


def under(prefix: str | None, weights: Iterable[Weight]) -> Iterator[Weight]:
    """The weights of an inner layer, with `prefix` before their names."""
    for weight in weights:
        yield msgspec.structs.replace(weight, name=f"{prefix}/{weight.name}")


def require_tensor(shape: Shapes) -> None:
    """Raise `ShapeError` unless `shape` is that of one tensor."""
    if type(shape) is not tuple:
        raise ShapeError(f"expected one tensor, got {show(shape)}")


def require_rank(shape: Shape, rank: int, dims: str) -> None:
    """
    >>> require_rank((3, 64), 3, "batch, timesteps, features")
    Traceback (most recent call last):
    lstmcount.errors.ShapeError: expected a 3-D input (batch, timesteps, features), got (3, 64)
    """
    if type(shape) is not tuple or len(shape) != rank:
        text = f"expected a {rank}-D input ({dims}), got {show(shape)}"
        if len(shape) == rank + 1 and show(shape).startswith("(None, None, "):
            text += "; the shape of a model's input is without the batch"
        raise ShapeError(text, wanted_rank=rank)


def require_min_rank(shape: Shape, rank: int, dims: str) -> None:
    if type(shape) is not tuple or len(shape) < rank:
        raise ShapeError(
            f"expected at least a {rank}-D input ({dims}), got {show(shape)}", wanted_rank=rank
        )


def require_known(shape: Shape, axis: int, meaning: str) -> None:
    """Raise `ShapeError` if a dimension that determines a weight's size is unknown and unnamed."""
    dim = shape[axis]
    if isinstance(dim, Unknown) and dim.text is None:
        raise ShapeError(f"{meaning} (axis {axis}) of the input {show(shape)} must be known")
