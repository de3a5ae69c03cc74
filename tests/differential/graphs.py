"""Functional models of real Keras, grown at random: all layers, operations, sharing, nesting."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from lstmcount.layers.families import FAMILIES
from tests.differential.arguments import ACTIVATIONS, SMALL, arguments, rank_of
from tests.differential.operations import OPERATIONS, OPERATORS

REFUSALS = (
    ValueError, TypeError, LookupError, ArithmeticError, AttributeError, NotImplementedError,
    ImportError, AssertionError, RuntimeError,
)  # fmt: skip
# Those that need TensorFlow, or strings, or are no layers of a graph.
NOT_USED = {
    "InputLayer", "Lambda", "Wrapper", "HashedCrossing", "Hashing", "IntegerLookup",
    "StringLookup", "Pipeline", "TextVectorization", "MaxNumBoundingBoxes", "StackedRNNCells",
    "SimpleRNNCell", "LSTMCell", "GRUCell", "TFDConcat", "TFDIdentity", "IndexLookup",
}  # fmt: skip
OLD = ("legacy.keras1", "legacy.keras2", "legacy.feature_columns", "stored", "applications")
LAYERS = sorted(
    {name for family, names in FAMILIES.items() if family not in OLD for name in names.split()}
    - NOT_USED
)
RECURRENT = ("LSTM", "GRU", "SimpleRNN")
MERGING = FAMILIES["merging"].split()
ATTENTION = FAMILIES["attention"].split()
IN_ROW = (
    *RECURRENT, "Dense", "Dropout", "BatchNormalization", "Conv1D", "Activation",
    "LayerNormalization", "Flatten",
)  # fmt: skip
MAX_SIZE = 10**7  # values in a tensor


class Grower:
    """Grows one model: a step takes tensors there are and adds one, or none if Keras refuses."""

    def __init__(self, keras: Any, rng: Random, depth: int = 0) -> None:
        self.keras = keras
        self.rng = rng
        self.depth = depth
        self.tensors: list[Any] = []
        self.layers: list[Any] = []  # those that were called, to be called again
        self.steps = [
            self.new_layer, self.new_layer, self.new_layer, self.new_layer, self.plain_layer,
            self.recurrent, self.recurrent, self.merge, self.merge, self.attention, self.wrapped,
            self.called_again, self.called_again, self.operator, self.operator, self.operation,
            self.operation, self.operation, self.nested,
        ]  # fmt: skip

    def grow(self, steps: int, name: str | None = None) -> Any:
        """A model of about that many steps."""
        keras, rng = self.keras, self.rng
        inputs = [self.input() for _ in range(rng.choice((1, 1, 1, 2, 3)))]
        self.tensors += inputs
        done = tries = 0
        while done < steps and tries < 8 * steps:
            tries += 1
            step: Callable[[], Any] = rng.choice(self.steps)
            try:
                added = step()
            except REFUSALS:
                continue
            for tensor in keras.tree.flatten(added):
                if _is_tensor(tensor) and _fits(tensor):
                    self.tensors.append(tensor)
                    done += 1
        made = [tensor for tensor in self.tensors if all(tensor is not i for i in inputs)]
        outputs = [self.latest(made or inputs)]
        while rng.random() < 0.3:
            outputs.append(rng.choice(self.tensors))
        given: Any = inputs
        if len(inputs) == 1 and rng.random() < 0.8:
            given = inputs[0]
        elif rng.random() < 0.2:
            given = {tensor.name: tensor for tensor in inputs}
        if rng.random() < 0.15:
            results: Any = {f"o{i}": tensor for i, tensor in enumerate(outputs)}
        else:
            results = outputs if len(outputs) > 1 or rng.random() < 0.1 else outputs[0]
        model = keras.Model(given, results, name=name)
        if rng.random() < 0.1:
            model.trainable = False
        return model

    def input(self) -> Any:
        rng = self.rng
        if rng.random() < 0.25:
            return self.keras.Input(rng.choice([(None,), (7,), (2, 5)]), dtype="int32")
        shape = rng.choice(
            [
                (5,),
                (None, 4),
                (7, 4),
                (6, 3),
                (8, 8, 3),
                (None, None, 3),
                (4, 6, 6, 2),
                (5, 7, 7, 2),
            ]
        )
        batch = rng.choice([None] * 9 + [3])
        return self.keras.Input(shape, batch_size=batch)

    def latest(self, tensors: list[Any]) -> Any:
        """One of the tensors, with a preference for late ones."""
        return tensors[-1 - min(int(self.rng.expovariate(0.7)), len(tensors) - 1)]

    def tensor(self, rank: int | None = None) -> Any:
        fitting = [t for t in self.tensors if rank is None or len(t.shape) == rank]
        return self.latest(fitting)

    def call(self, layer: Any, *args: Any, **kwargs: Any) -> Any:
        output = layer(*args, **kwargs)
        self.layers.append(layer)
        return output

    # -- what may be added ------------------------------------------------------------------------

    def new_layer(self) -> Any:
        class_name = self.rng.choice(LAYERS)
        if class_name in MERGING:
            return self.merge()
        if class_name in ATTENTION:
            return self.attention()
        if class_name in ("RNN", "Bidirectional", "TimeDistributed", "SpectralNormalization"):
            return self.wrapped()
        return self.call(self.make(class_name), self.tensor(_rank(class_name)))

    def make(self, class_name: str, **more: Any) -> Any:
        given = {**arguments(self.rng, class_name), **more}
        if class_name == "EinsumDense":
            given |= self.rng.choice(
                [
                    {"equation": "a...bc,cd->a...bd", "output_shape": (None, 4), "bias_axes": "d"},
                    {"equation": "abc,cd->abd", "output_shape": (None, 4), "bias_axes": "d"},
                    {"equation": "ab,bc->ac", "output_shape": 3},
                    {"equation": "...x,xy->...y", "output_shape": 5, "bias_axes": "y"},
                    {"equation": "abc,cde->abde", "output_shape": (None, 2, 3)},
                ]
            )
        if class_name == "Permute":
            given["dims"] = self.rng.choice([(2, 1), (1, 2), (3, 1, 2), (1,)])
        if class_name == "Reshape":
            given["target_shape"] = self.rng.choice([(-1,), (-1, 1), (1, -1), (2, -1), (5,)])
        if class_name == "Discretization":
            given = {"bin_boundaries": [0.0, 1.0]}
        if class_name == "BatchNormalization":
            given.pop("renorm_clipping", None)
        public = {"GroupedQueryAttention": "GroupQueryAttention"}.get(class_name, class_name)
        return getattr(self.keras.layers, public)(**given)

    def plain_layer(self) -> Any:
        """A layer of the most common classes."""
        layers, rng = self.keras.layers, self.rng
        units, activation = rng.choice(SMALL), rng.choice(ACTIVATIONS)
        layer = rng.choice(
            [
                lambda: layers.Dense(units, activation),
                lambda: layers.Embedding(20, units, mask_zero=rng.random() < 0.6),
                lambda: layers.Masking(),
                lambda: layers.Flatten(),
                lambda: layers.BatchNormalization(trainable=rng.random() < 0.8),
                lambda: layers.Dropout(0.3),
                lambda: layers.Conv2D(units, 3, padding="same", activation=activation),
                lambda: layers.GlobalAveragePooling1D(),
                lambda: layers.Activation("relu"),
            ]
        )()
        return self.call(layer, self.tensor())

    def recurrent(self) -> Any:
        layer = self.make(
            self.rng.choice(RECURRENT),
            return_sequences=self.rng.random() < 0.6,
            return_state=self.rng.random() < 0.3,
        )
        sequences = self.tensor(3)
        states = [t for t in self.tensors if len(t.shape) == 2 and t.shape[-1] == layer.units]
        if states and self.rng.random() < 0.4:
            wanted = 2 if "lstm" in layer.name else 1
            chosen = [self.rng.choice(states) for _ in range(wanted)]
            return self.call(layer, sequences, initial_state=chosen)
        return self.call(layer, sequences)

    def wrapped(self) -> Any:
        layers, rng = self.keras.layers, self.rng
        kind = rng.randrange(5)
        if kind == 0:
            inner = self.make(rng.choice(RECURRENT), return_sequences=rng.random() < 0.6)
            mode = rng.choice(["concat", "sum", "mul", "ave", None])
            return self.call(layers.Bidirectional(inner, merge_mode=mode), self.tensor(3))
        if kind == 1:
            inner = self.make(
                rng.choice(["Dense", "Dropout", "Conv1D", "Flatten", "LayerNormalization"])
            )
            return self.call(layers.TimeDistributed(inner), self.tensor())
        if kind == 2:
            inner = self.make(rng.choice(["Dense", "Conv1D", "Conv2D", "Embedding"]))
            return self.call(layers.SpectralNormalization(inner), self.tensor())
        if kind == 3 and self.depth < 2:
            inner = Grower(self.keras, rng, self.depth + 1).sequential()
            return self.call(layers.TimeDistributed(inner), self.tensor())
        cells = [
            getattr(layers, rng.choice(["LSTMCell", "GRUCell", "SimpleRNNCell"]))(rng.choice(SMALL))
            for _ in range(rng.choice((1, 2, 3)))
        ]
        cell = cells[0] if len(cells) == 1 else cells
        layer = layers.RNN(
            cell, return_sequences=rng.random() < 0.5, return_state=rng.random() < 0.3
        )
        return self.call(layer, self.tensor(3))

    def merge(self) -> Any:
        rng = self.rng
        class_name = rng.choice(MERGING)
        first = self.tensor()
        alike = [t for t in self.tensors if len(t.shape) == len(first.shape)]
        number = 2 if class_name in ("Dot", "Subtract") else rng.choice((2, 2, 3))
        given = {"axes": rng.choice([1, -1, (2, 1)])} if class_name == "Dot" else {}
        layer = self.make(class_name, **given)
        return self.call(layer, [first, *(rng.choice(alike) for _ in range(number - 1))])

    def attention(self) -> Any:
        rng = self.rng
        class_name = rng.choice(ATTENTION)
        given: dict[str, Any] = {}
        if class_name == "MultiHeadAttention":
            given = {"attention_axes": None, "output_shape": rng.choice([None, None, 5])}
        if class_name == "GroupedQueryAttention":
            given = {"num_query_heads": 4, "num_key_value_heads": rng.choice([1, 2, 4])}
        layer = self.make(class_name, **given)
        first = self.tensor(3)
        others = [t for t in self.tensors if len(t.shape) == 3]
        second = rng.choice([first, rng.choice(others)])
        if class_name in ("Attention", "AdditiveAttention"):
            return self.call(layer, [first, second])
        options = {"return_attention_scores": True} if rng.random() < 0.15 else {}
        return self.call(layer, first, second, **options)

    def called_again(self) -> Any:
        layer = self.rng.choice(self.layers)
        if isinstance(layer, self.keras.layers.Dot):
            raise ValueError("Keras checks its axes in the first call alone")
        given = self.keras.tree.flatten(layer.input)
        alike = [t for t in self.tensors if _alike(t.shape, given[0].shape)]
        if len(given) == 1:
            return layer(self.rng.choice(alike))
        chosen = [self.rng.choice(alike) for _ in given]
        if type(layer).__name__ in MERGING:
            # Keras compares sizes in the first call alone, and so makes models that cannot run.
            type(layer).from_config(layer.get_config()).build([x.shape for x in chosen])
        return layer(chosen)

    def operator(self) -> Any:
        x = self.tensor()
        y = self.tensor(len(x.shape)) if self.rng.random() < 0.8 else self.tensor()
        return self.rng.choice(OPERATORS)(x, y)

    def operation(self) -> Any:
        x = self.tensor()
        y = self.tensor(len(x.shape)) if self.rng.random() < 0.8 else self.tensor()
        return self.rng.choice(OPERATIONS)(self.keras.ops, x, y, self.rng)

    def nested(self) -> Any:
        if self.depth >= 2:
            raise ValueError("deep enough")
        rng, inner = self.rng, Grower(self.keras, self.rng, self.depth + 1)
        if rng.random() < 0.5:
            model = inner.sequential()
            if rng.random() < 0.3:
                model.trainable = False
            fitting = [
                t
                for t in self.tensors
                if not model.built or _compatible(t.shape, model.input_shape)
            ]
            return self.call(model, self.latest(fitting))
        model = inner.grow(rng.choice((1, 2, 4)))
        if rng.random() < 0.3:
            model.trainable = False
        given = []
        for tensor in self.keras.tree.flatten(model.input):
            fitting = [t for t in self.tensors if _compatible(t.shape, tensor.shape)]
            given.append(rng.choice(fitting) if fitting else self.own_input(tensor))
        if isinstance(model.input, dict):
            return self.call(model, dict(zip(sorted(model.input), given, strict=True)))
        return self.call(model, given if isinstance(model.input, list) else given[0])

    def own_input(self, like: Any) -> Any:
        raise ValueError(f"no tensor like {like}")

    def sequential(self) -> Any:
        rng = self.rng
        model = self.keras.Sequential()
        if rng.random() < 0.5:
            model.add(self.keras.Input(rng.choice([(5,), (None, 4), (7, 4), (8, 8, 3)])))
        for _ in range(rng.choice((1, 2, 3))):
            try:
                model.add(self.make(rng.choice(IN_ROW)))
            except REFUSALS:
                break
        if rng.random() < 0.2:
            model.layers[0].trainable = False
        return model


def _rank(class_name: str) -> int | None:
    rank = rank_of(class_name)
    if rank is not None:
        return rank + (3 if class_name.startswith("ConvLSTM") else 2)
    return 3 if class_name in RECURRENT else None


def _is_tensor(value: Any) -> bool:
    return hasattr(value, "shape") and hasattr(value, "_keras_history")


def _fits(tensor: Any) -> bool:
    size = 1
    for dim in tensor.shape:
        size *= dim or 1
    return size < MAX_SIZE and 0 not in tensor.shape


def _alike(shape: Any, other: Any) -> bool:
    """Whether tensors have the same rank and features; Keras often compares only ranks."""
    return len(shape) == len(other) and shape[-1] == other[-1]


def _compatible(shape: Any, want: Any) -> bool:
    return len(shape) == len(want) and all(
        b is None or a == b for a, b in zip(shape[1:], want[1:], strict=True)
    )
