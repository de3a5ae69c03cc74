"""Frozen records of a model, which everything after inference uses."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Any, ClassVar, Protocol, TypeVar

import msgspec

from lstmcount.config import TensorRef
from lstmcount.setting_text import SETTING, asking_for_all
from lstmcount.shapes import UNKNOWN, Unknown, public

_BITS = {"bool": 1, "float8_e4m3fn": 8, "float8_e5m2": 8, "bfloat16": 16, "int4": 4, "uint4": 4,
         "unknown": UNKNOWN}  # fmt: skip


def dtype_bits(dtype: str) -> int:
    """Bits of one element, as Keras counts them.

    >>> dtype_bits("bfloat16"), dtype_bits("float32")
    (16, 32)
    """
    bits = _BITS.get(dtype)
    if bits is None:
        digits = dtype.lstrip("abcdefghijklmnopqrstuvwxyz")
        bits = _BITS[dtype] = int(digits) if digits.isdigit() else 32
    return bits


class Amount(msgspec.Struct, frozen=True):
    """A number, or what one more time step adds to it while the number of steps is unknown."""

    value: int | None
    per_step: int | None = None

    def times(self, factor: int) -> Amount:
        return Amount(
            None if self.value is None else factor * self.value,
            None if self.per_step is None else factor * self.per_step,
        )

    def __str__(self) -> str:
        if self.value is not None:
            return f"{self.value:,}"
        return "?" if self.per_step is None else f"{self.per_step:,}/step"


def added(amounts: Iterable[Amount]) -> Amount:
    """The sum; unknown if one of the amounts is."""
    values = [amount.value for amount in amounts]
    return Amount(None if None in values else sum(value or 0 for value in values))


class Blocks(msgspec.Struct, frozen=True):
    """An axis that holds one block of `size` for each of `parts`, e.g. the gates of an LSTM."""

    size: str
    parts: tuple[str, ...]

    def __str__(self) -> str:
        return f"{len(self.parts)}·{self.size}" if len(self.parts) > 1 else self.size


class Weight(msgspec.Struct, frozen=True, gc=False):
    """One variable: its shape, and the meaning of each axis."""

    name: str
    shape: tuple[int, ...]
    dtype: str = "float32"
    trainable: bool | None = True  # None: unknown, for tensors that a file stores
    axes: tuple[str | Blocks, ...] = ()

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    def part(self, *, trainable: bool) -> Weight | None:
        """The share with this trainability: itself, None, or a weight of unknown size."""
        if self.trainable is None:
            untold: Any = Unknown(f"whether {self.name} trains")
            return msgspec.structs.replace(self, shape=(untold,), trainable=trainable)
        return self if self.trainable is trainable else None

    @property
    def bits(self) -> int:
        return self.count * dtype_bits(self.dtype)


Named = Sequence[tuple[str, Weight]]  # weights with their names within a layer
CheckpointPaths = Iterator[tuple[str, Weight]]  # weights with the paths where Keras stores them


class State(StrEnum):
    """What is known of a layer's weights."""

    UNBUILT = "unbuilt"  # known once the shape of the input is known
    BUILT = "built"
    UNKNOWN = "unknown"  # of a custom layer, or for an input of unknown shape
    STORED = "stored"  # of a custom layer, as its file stores them
    OPERATION = "op"  # an operation of `keras.ops`, which has none


_NOT_INFERRED = (State.UNKNOWN, State.STORED)


class LayerSummary(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One layer (or operation, or nested model) as it stands in its model."""

    name: str
    class_name: str
    weights: tuple[Weight, ...]
    inputs: Sequence[Any] = ()  # shapes of the tensors that its last call reads
    outputs: Sequence[Any] = ()  # shapes of the tensors that its last call returns
    connections: Sequence[TensorRef] = ()  # in a graph: the tensors that its calls read
    trainable: bool = True  # the layer's attribute, as in Keras
    state: State = State.BUILT
    because: str | None = None  # why its weights are unknown, if the state does not tell
    is_unbuilt: bool = False  # it will have weights once the shape of its input is known
    depth: int = 0  # nesting: 0 for the model's own layers
    layers: tuple[LayerSummary, ...] = ()
    costs: Any = None  # measure → cost, if costs were requested
    layer: Any = None  # the registry's layer, for derivations
    own_names: tuple[str, ...] = ()  # of shared weights, which have the names of another entry

    @property
    def output_shape(self) -> Any:
        """A tuple, or a list of tuples for several outputs; None if nothing is known."""
        return one_or_all(public(self.outputs))

    @property
    def input_shape(self) -> Any:
        return one_or_all(public(self.inputs))

    @property
    def named_weights(self) -> list[tuple[str, Weight]]:
        """The weights, each with the name that it has in this layer."""
        names = self.own_names or [weight.name for weight in self.weights]
        return list(zip(names, self.weights, strict=True))

    def renamed_weights(self) -> list[Weight]:
        """Copies of the weights with the names that they have in this layer."""
        return [msgspec.structs.replace(weight, name=name) for name, weight in self.named_weights]

    @property
    def params(self) -> int:
        return count(self.weights)

    @property
    def trainable_params(self) -> int:
        return count(parts(self.weights, trainable=True)) if self.trainable else 0

    @property
    def non_trainable_params(self) -> int:
        return self.params - self.trainable_params

    @property
    def connected_to(self) -> tuple[str, ...]:
        """In a graph, the tensors that it reads, as Keras prints them: `layer[call][output]`."""
        return tuple([f"{ref.layer}[{ref.node}][{ref.tensor}]" for ref in self.connections])

    @property
    def is_inferred(self) -> bool:
        """Whether its weights are computed by formulas."""
        return self.state not in _NOT_INFERRED

    def to_dict(self) -> dict[str, Any]:
        record: dict[str, Any] = {
            "name": self.name,
            "class_name": self.class_name,
            "output_shape": self.output_shape,
            "params": self.params,
            "trainable_params": self.trainable_params,
            "non_trainable_params": self.non_trainable_params,
            "connected_to": self.connected_to,
            "weights": [
                {"name": w.name, "shape": w.shape, "dtype": w.dtype, "trainable": w.trainable}
                for w in self.renamed_weights()
            ],
        }
        if self.state is not State.BUILT:
            record["state"] = self.state.value
        if self.layers:
            record["layers"] = [layer.to_dict() for layer in self.layers]
        return record


def one_or_all(shapes: list[Any]) -> Any:
    """The only shape, a list of several shapes, or None if there are none."""
    return shapes[0] if len(shapes) == 1 else shapes or None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A whole model: `layers[i].output_shape`, `.params`, `.weights`, and the totals.

    >>> from lstmcount import summarize
    >>> summary = summarize({"input_shape": [5, 126], "layers": [{"LSTM": 64}, {"Dense": 3}]})
    >>> summary.total_params
    49091
    >>> summary.layers[0].output_shape
    (None, 64)
    """

    name: str
    class_name: str
    layers: tuple[LayerSummary, ...]
    weights: tuple[Weight, ...]
    trainable: bool = True
    is_graph: bool = False  # has branches or shared layers: the table says what connects to what
    optimizer: tuple[Weight, ...] | None = None  # the variables of a built optimizer
    notes: tuple[str, ...] = ()
    unlisted_costs: Any = None  # measure → cost of operations without a record, if requested

    as_text: ClassVar[Callable[[Summary], str]] = (
        repr  # the package's __init__ sets both to its tables
    )
    as_html: ClassVar[Callable[[Summary], str]] = repr

    @property
    def total_params(self) -> int:
        return count(self.weights)

    @property
    def trainable_params(self) -> int:
        return count(self.trainable_weights())

    @property
    def non_trainable_params(self) -> int:
        return self.total_params - self.trainable_params

    @property
    def size_bytes(self) -> int:
        return size_bytes(self.weights)

    def own_weights(self) -> list[Weight]:
        """The weights of the model itself, which no layer has."""
        of_layers = {id(weight) for layer in self.layers for weight in layer.weights}
        return [weight for weight in self.weights if id(weight) not in of_layers]

    def trainable_weights(self) -> list[Weight]:
        return parts(self.weights, trainable=True) if self.trainable else []

    def frozen_weights(self) -> list[Weight]:
        return parts(self.weights, trainable=False) if self.trainable else list(self.weights)

    def unbuilt(self) -> list[LayerSummary]:
        """Layers whose weights are created by their first call.

        Like Keras's table, ours counts none for them; Keras's `count_params` refuses them.
        """
        return [layer for layer in self.walk() if layer.is_unbuilt]

    def walk(self) -> Iterator[LayerSummary]:
        """Every layer, nested ones after the model that holds them."""
        stack = list(reversed(self.layers))
        while stack:
            layer = stack.pop()
            yield layer
            stack.extend(reversed(layer.layers))

    def to_dict(self) -> dict[str, Any]:
        """The published JSON record (`lstmcount summary --format json`)."""
        return {
            "name": self.name,
            "class_name": self.class_name,
            "total_params": self.total_params,
            "trainable_params": self.trainable_params,
            "non_trainable_params": self.non_trainable_params,
            "size_bytes": self.size_bytes,
            "layers": [layer.to_dict() for layer in self.layers],
        }

    def __str__(self) -> str:
        return type(self).as_text(self)

    def _repr_html_(self) -> str:
        return type(self).as_html(self)


class _HasNames(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def class_name(self) -> str: ...


LayerT = TypeVar("LayerT", bound=_HasNames)


def matching(layers: Iterable[LayerT], pattern: str) -> list[LayerT]:
    """The layers of that name; if there are none, those whose names or classes match it as a glob.

    A name may be the path through nested models (encoder/lstm); its last part counts as well.
    """
    from fnmatch import fnmatchcase

    named = [(layer, (layer.name, layer.name.rpartition("/")[2])) for layer in layers]
    exactly = [layer for layer, names in named if pattern in names]
    return exactly or [
        layer
        for layer, names in named
        if any(fnmatchcase(name, pattern) for name in (*names, layer.class_name))
    ]


def parts(weights: Iterable[Weight], *, trainable: bool) -> list[Weight]:
    """The trainable ones of `weights`, or the non-trainable ones."""
    return [p for w in weights if (p := w.part(trainable=trainable)) is not None]


def count(weights: Iterable[Weight]) -> int:
    return sum([math.prod(w.shape) for w in weights])


def unique(weights: Iterable[Weight]) -> list[Weight]:
    """Each variable once, at its first place."""
    return list({id(weight): weight for weight in weights}.values())


def size_bytes(weights: Iterable[Weight]) -> int:
    """Bytes of the weights; bits of dtypes smaller than a byte are added before rounding up."""
    return -(-sum([w.bits for w in weights]) // 8)


def is_unknown(number: Any, layers: Iterable[LayerSummary]) -> bool:
    """Whether `number`, counted in these layers, is unknown, or a layer is not built yet."""
    return isinstance(number, Unknown) or any(layer.is_unbuilt for layer in layers)


def why_unknown(summary: Summary) -> str:
    """Why a model's size is not known: if possible, a note that names a setting."""
    notes = [note for note in summary.notes if "known" in note]
    answerable = [note for note in notes if SETTING in note]
    named = [note for note in notes if "the output shape of `" in note]
    if answerable:
        return asking_for_all(answerable)
    untold = why_class_unknown(summary) or f"not all sizes are known{_first_unknown(summary)}"
    return (named[:1] or notes[-1:] or [f"which weights train is not known: {untold}"])[0]


def why_class_unknown(summary: Summary) -> str | None:
    """Why nothing but stored weights is known of the first layer of which this is so."""
    unknown = (layer for layer in summary.walk() if layer.because and not layer.is_inferred)
    first = next(unknown, None)
    return None if first is None else f"{first.name} ({first.class_name}): {first.because}"


def _first_unknown(summary: Summary) -> str:
    """The first weight with an unknown size, to end a message with."""
    for layer in summary.walk():
        for weight in layer.weights:
            for size in weight.shape:
                if isinstance(size, Unknown):
                    words = f", {size.text}" if size.text else ""
                    return f": {weight.name} of {layer.name} ({layer.class_name}){words}"
    return ""
