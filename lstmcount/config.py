"""What every reader produces: a model as plain data, close to what Keras itself serialises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import msgspec

from lstmcount.errors import Path

# gc=False: these never refer to themselves, and large models have very many of them.


class TensorRef(msgspec.Struct, gc=False):
    """One output tensor of one call of a layer."""

    layer: str
    node: int = 0
    tensor: int | None = 0  # None: whatever the call gives, one tensor or a list of them


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
    """A layer class as a spec or a project declares it, with its rules as texts."""

    name: str  # as declared: AttentionPool, or my_package>AttentionPool
    arguments: dict[str, Any]  # names → defaults, or NODEFAULT
    layers: dict[
        str, DeclaredShape | None
    ]  # layers among the arguments → input shapes (None: same)
    inputs: tuple[str, ...]
    weights: tuple[DeclaredWeight, ...]
    outputs: tuple[DeclaredOutput, ...]
    states: DeclaredShape | None  # a cell's state sizes
    macs: str | None
    given: dict[str, Any]  # as written in the file

    @property
    def class_name(self) -> str:
        return self.name.rpartition(">")[2]


class LayerConfig(msgspec.Struct, kw_only=True, gc=False):
    """A layer, an operation of `keras.ops`, or a whole model standing as a layer.

    `arguments` are the constructor's; a nested layer among them is a `LayerConfig` too.
    """

    class_name: str
    name: str | None = None
    arguments: dict[str, Any] = {}
    calls: list[Call] = []
    kind: str = "layer"  # "layer", "op" or "model"
    model: ModelConfig | None = None  # of a layer that is a model
    build_config: dict[str, Any] = {}  # the shapes that a file says the layer was built with
    recorded: dict[int, list[Any]] | None = None  # call → output shapes that the file records
    stored_under: tuple[tuple[str, str], ...] = ()  # in a file: its name, and the one that Keras
    # counts for its class, after those of the models that hold it
    strict: bool = True  # False for a file's: custom activations and the like are let pass
    expressions: dict[str, Any] = {}  # arguments that use variables, as they are written
    batch_shape: Any = None  # what a first layer of an old Sequential says of its input
    path: Path = ()
    declared: Declaration | None = None
    is_implied: bool = False  # an operation that Keras adds by itself, for a mask
    is_foreign: bool = False  # not Keras's class, though it may have the name of one
    registered: str | None = None  # under which name Keras finds a class that is not its own
    subclass: str | None = None  # the name of a class derived from this one that changes nothing
    is_unused: bool = False  # an attribute of a program's model that its `call` never uses
    unknown_because: str | None = None  # of parameters that are not known, where more can be said
    frozen: bool = False  # after it was made: then all of it, also what it made itself
    shared: int | str | None = None  # the same in all entries that are one layer, at any depth


class Hyperparameter(msgspec.Struct, frozen=True):
    """What a program leaves to a tuner: its value here, and all the values that it may take."""

    value: Any
    values: list[Any] | None = None  # None for a range without steps


class StoredTensors(Protocol):
    """The tensors of a file, which is read only once something asks for them."""

    def listed(self) -> dict[str, Any]: ...
    def of(self, layer: tuple[tuple[str, str], ...]) -> list[Any] | None: ...


def starts_mask(class_name: str, arguments: dict[str, Any]) -> bool:
    """Whether a layer makes a mask, and does not only hand one on."""
    return class_name == "Masking" or arguments.get("mask_zero") is True


class ModelConfig(msgspec.Struct, kw_only=True):
    """A model: its layers and how tensors flow between them.

    A Sequential has no `calls`: each layer reads the one before it. In a Functional, `inputs`
    and `outputs` are structures (a `TensorRef`, lists, dicts) as the model was made with.
    """

    name: str | None
    class_name: str = "Sequential"  # Sequential, Functional, or the name of a subclass
    layers: list[LayerConfig]
    inputs: Any = None
    outputs: Any = None
    trainable: bool = True
    dtype: Any = None  # the policy of layers that name none
    build_input_shape: Any = None
    training: dict[str, Any] | None = None  # compile configuration, where the file has one
    optimizer_built: bool = False  # Keras then counts the optimizer's variables in the total
    optimizer_variables: list[Any] | None = (
        None  # its weights, if known; else those that Keras would make
    )
    optimizer_slots: bool = True  # False for HDF5: Keras builds its optimizer over no variables
    budget: Any = None
    variables: dict[str, Any] = {}  # their values
    derived: dict[str, str] = {}  # the expressions of variables computed from others
    space: dict[str, Hyperparameter] = {}  # of a program for a tuner
    structural: frozenset[str] = frozenset()  # variables that decide which layers there are
    notes: list[str] = []
    own_weights: list[Any] = []  # (name, shape, trainable) of variables that are in no layer
    lists_unreachable_layers: bool = False  # as Keras 2 does, e.g. those that only losses read
    attributes: dict[str, str] | None = None  # of a class of the author's: layer → what holds it
    core: str | None = None  # if its class derives from a layer of Keras: that layer, in `layers`
    weights_before_core: int = 0  # of own_weights: those that it has before the core is built
    saves_itself: bool = False  # whether its class defines what Keras saves of it
    listed_layer_names: list[str] | None = None  # None: Keras lists all layers
    stored: StoredTensors | None = None  # the tensors of its file
    state_sizes: list[Any] | None = None  # of a recurrent cell: each state's shape, no batch
    output_size: Any = None  # of a recurrent cell
    is_layer: bool = False  # a custom layer: its inside is not listed, its inputs not checked
    described: LayerConfig | None = None  # a subclassed model, as long as its code is not followed
    path: Path = ()

    @property
    def is_sequential(self) -> bool:
        return self.outputs is None

    @property
    def is_written(self) -> bool:
        """Whether a person wrote it: what Keras writes holds the operations of its masks."""
        return all(layer.strict for layer in self.layers)

    @property
    def makes_masks(self) -> bool:
        """Whether a layer in it, or in a model inside, makes masks."""
        for layer in self.layers:
            if layer.model is None:
                if starts_mask(layer.class_name, layer.arguments):
                    return True
            elif layer.model.makes_masks:
                return True
        return False


def inner_layers(layer: LayerConfig) -> Iterator[LayerConfig]:
    """The layers among the arguments of a layer: what a wrapper wraps, the cells of an RNN."""
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
    """As `model.trainable = False` in Keras: the model and everything in it."""
    model.trainable = False
    for layer in model.layers:
        if layer.model is not None:
            freeze(layer.model)
        elif layer.kind == "layer":
            layer.arguments = {**layer.arguments, "trainable": False}
