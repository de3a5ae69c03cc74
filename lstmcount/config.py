"""A model as plain data, close to Keras's own JSON: the result of every reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import msgspec

from lstmcount.errors import Path

# gc=False: these objects are never part of a cycle, and large models have very many of them.


class TensorRef(msgspec.Struct, gc=False):
    """One output tensor of one call of a layer."""

    layer: str
    node: int = 0
    tensor: int | None = 0  # None: the call's whole result, one tensor or a list


MODEL_CALL = ("inputs", "training", "mask")  # the arguments of a model's call


class Call(msgspec.Struct, gc=False):
    """One call of a layer: `TensorRef`s, and plain values between them, as Python would pass them.

    Sequences of tensors are lists; a plain value is anything without a `TensorRef` in it.
    """

    args: list[Any]
    kwargs: dict[str, Any] = {}
    path: Path = ()


DeclaredShape = tuple[str, ...]  # an expression for each dimension, or `...`


class DeclaredWeight(msgspec.Struct, frozen=True, eq=False):
    """A weight of a declared layer, which exists if `when` holds."""

    name: str
    shape: DeclaredShape
    axes: tuple[str, ...] | None
    when: str | None
    trainable: str | None
    dtype: str | None


class DeclaredOutput(msgspec.Struct, frozen=True, eq=False):
    """The output if `when` holds: one shape, several, or that of the input (None)."""

    shapes: list[DeclaredShape] | DeclaredShape | None
    when: str | None = None


class Declaration(msgspec.Struct, frozen=True, eq=False):
    """A layer class that a spec or a project declares, with its rules as text."""

    name: str  # as declared: AttentionPool, or my_package>AttentionPool
    arguments: dict[str, Any]  # names → defaults, or NODEFAULT
    layers: dict[str, DeclaredShape | None]  # layer arguments → input shapes (None: the same)
    inputs: tuple[str, ...]
    weights: tuple[DeclaredWeight, ...]
    outputs: tuple[DeclaredOutput, ...]
    states: DeclaredShape | None  # a cell's state sizes
    macs: str | None
    written: dict[str, Any]  # its entry in the file

    @property
    def class_name(self) -> str:
        return self.name.rpartition(">")[2]


class LayerConfig(msgspec.Struct, kw_only=True, gc=False):
    """A layer, an operation of `keras.ops`, or a whole model that is used as a layer.

    `arguments` are the constructor's; a nested layer among them is a `LayerConfig` too.
    """

    class_name: str
    name: str | None = None
    arguments: dict[str, Any] = {}
    calls: list[Call] = []
    kind: str = "layer"  # "layer", "op" or "model"
    model: ModelConfig | None = None  # set if the layer is a model
    build_config: dict[str, Any] = {}  # the shapes that a file says the layer was built with
    recorded: dict[int, list[Any]] | None = None  # call → output shapes that the file records
    # Its name in a file and Keras's automatic name, after those of the models that contain it.
    stored_under: tuple[tuple[str, str], ...] = ()
    strict: bool = True  # False for files, which may hold custom activations and the like
    expressions: dict[str, Any] = {}  # arguments that use variables, as written
    batch_shape: Any = None  # input shape in the first layer of an old Sequential
    path: Path = ()
    declared: Declaration | None = None
    is_implied: bool = False  # an operation that Keras adds for a mask
    is_foreign: bool = False  # another class, perhaps with the name of a Keras class
    registered: str | None = None  # the name under which a custom class is registered in Keras
    subclass: str | None = None  # the name of a derived class without changes
    is_unused: bool = False  # an attribute of a program's model that its `call` never uses
    unknown_because: str | None = None  # why its parameters are unknown, if that can be said
    frozen: bool = False  # after its creation, with all layers inside it
    frozen_weights: frozenset[str] = (
        frozenset()
    )  # those of its weights, and layers inside it, that are frozen alone
    is_quantized: bool = False  # after its creation: `quantize` changed the layer inside it
    shared: int | str | None = None  # equal in all entries that stand for one layer


# A setting: a seed, with which a program's hyperparameters are drawn from their ranges.
DRAW_SEED = "the seed of hyperparameters"


class Hyperparameter(msgspec.Struct, frozen=True):
    """A size that a program leaves to a tuner: its default, and all values that it may take."""

    value: Any
    values: list[Any] | None = None  # None for a range without steps


class StoredTensors(Protocol):
    """The tensors of a file, which is read only when they are first needed."""

    def listed(self) -> dict[str, Any]: ...
    def of(self, layer: tuple[tuple[str, str], ...]) -> list[Any] | None: ...


def starts_mask(class_name: str, arguments: dict[str, Any]) -> bool:
    """Whether a layer creates a mask, rather than passing one on."""
    return class_name == "Masking" or arguments.get("mask_zero") is True


class ModelConfig(msgspec.Struct, kw_only=True):
    """A model: its layers and how tensors flow between them.

    A Sequential has no `calls`: each layer reads the one before it. In a Functional, `inputs`
    and `outputs` are the structures (a `TensorRef`, lists, dicts) that the model was created with.
    """

    name: str | None
    class_name: str = "Sequential"  # Sequential, Functional, or the name of a subclass
    layers: list[LayerConfig]
    inputs: Any = None
    outputs: Any = None
    trainable: bool = True
    dtype: Any = None  # the policy of layers without one
    build_input_shape: Any = None
    training: dict[str, Any] | None = None  # the file's compile configuration, if any
    optimizer_built: bool = False  # Keras then counts the optimizer's variables in the total
    optimizer_variables: list[Any] | None = None  # None: those that Keras would create
    optimizer_slots: bool = True  # False for HDF5, for which Keras builds it without variables
    budget: Any = None
    variables: dict[str, Any] = {}  # name → value
    derived: dict[str, str] = {}  # the expressions of variables computed from others
    space: dict[str, Hyperparameter] = {}  # the hyperparameters of a program for a tuner
    structural: frozenset[str] = frozenset()  # variables that decide which layers exist
    notes: list[str] = []
    # Variables outside of layers: (name, shape, trainable, dtype, mark); those of several layers
    # that have the same mark are one variable.
    own_weights: list[Any] = []
    is_keras_3: bool = False  # whether it is a file that Keras 3 certainly wrote
    lists_unreachable_layers: bool = False  # as Keras 2 does, e.g. layers for losses
    attributes: dict[str, str] | None = (
        None  # of a custom class: layer → the attribute that holds it
    )
    core: str | None = None  # of a class derived from a Keras layer: its name in `layers`
    weights_before_core: int = 0  # number of own_weights created before the core is built
    saves_itself: bool = False  # whether its class says which variables Keras saves for it
    listed_layer_names: list[str] | None = None  # None: Keras lists all layers
    # Of a functional model whose class has a program's attributes: the layers that are in these
    # alone, which Keras counts and does not list, and the attribute of each.
    unlisted_layers: dict[str, str] = {}
    stored: StoredTensors | None = None  # the tensors of its file
    state_sizes: list[Any] | None = None  # of a recurrent cell: state shapes without the batch
    output_size: Any = None  # of a recurrent cell
    is_layer: bool = False  # a custom layer: its layers are not listed, its inputs not checked
    described: LayerConfig | None = None  # a subclassed model whose code was not followed
    path: Path = ()

    @property
    def is_sequential(self) -> bool:
        return self.outputs is None

    @property
    def is_written(self) -> bool:
        """Whether a person wrote it; files written by Keras contain the operations of masks."""
        return all(layer.strict for layer in self.layers)

    @property
    def makes_masks(self) -> bool:
        """Whether a layer in it, or in a nested model, creates masks."""
        for layer in self.layers:
            if layer.model is None:
                if starts_mask(layer.class_name, layer.arguments):
                    return True
            elif layer.model.makes_masks:
                return True
        return False


def inner_layers(layer: LayerConfig) -> Iterator[LayerConfig]:
    """The layers among the arguments of a layer, such as a wrapped layer or the cells of an RNN."""
    for value in layer.arguments.values():
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, LayerConfig):
                yield item


def with_inner_layers(
    layer: LayerConfig, change: Callable[[LayerConfig], LayerConfig]
) -> LayerConfig:
    """The layer with each of the layers among its arguments changed."""

    def changed(value: Any) -> Any:
        if isinstance(value, LayerConfig):
            return change(value)
        return [changed(item) for item in value] if isinstance(value, list) else value

    if not any(inner_layers(layer)):
        return layer
    arguments = {key: changed(value) for key, value in layer.arguments.items()}
    return msgspec.structs.replace(layer, arguments=arguments)


def all_layers(model: ModelConfig) -> Iterator[LayerConfig]:
    """The layers of a model, each followed by the layers inside it."""
    for layer in model.layers:
        yield from _with_all_inside(layer)


def _with_all_inside(layer: LayerConfig) -> Iterator[LayerConfig]:
    yield layer
    if layer.model is not None:
        yield from all_layers(layer.model)
    for inner in inner_layers(layer):
        yield from _with_all_inside(inner)


def freeze(model: ModelConfig) -> None:
    """Freeze the model and everything in it, like `model.trainable = False` in Keras."""
    model.trainable = False
    for layer in model.layers:
        if layer.model is not None:
            freeze(layer.model)
        elif layer.kind == "layer":
            layer.arguments = {**layer.arguments, "trainable": False}
