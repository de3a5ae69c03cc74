"""Models grown with features that hand-written models rarely have: policies, states, structures."""

from __future__ import annotations

from typing import Any

from tests.differential.graphs import ATTENTION, RECURRENT, Grower
from tests.layers.differential import QUANTISED

CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell")
NAMES = (
    "x", "Größe", "名前", "e\u0301te\u0301", "\U0001f40d", "a b", "block.1", "-", "1", "a:0", "(b)",
    "[bold]loud", "[x]", "\\[y]", "\\\\[z] w", "\\[", ":snake:", "end\\", "CamelCaseName",
    "a_name_that_is_longer_than_any_column_of_any_table_that_we_print", "a-b-c-d-e-f",
    "encoder_stage_2_block_3_expand_conv_bn_and_activation",
)  # fmt: skip


class Rarer(Grower):
    """Grows models that also have the features that `Grower` leaves out."""

    def __init__(self, keras: Any, rng: Any, depth: int = 0) -> None:
        super().__init__(keras, rng, depth)
        self.steps += [
            self.low_rank, self.quantised, self.stacked, self.both_ways, self.timed, self.timed,
            self.many_axes, self.many_axes, self.masked, self.stateful, self.training, self.deep,
            self.deep, self.norm_over, self.grouped,
        ]  # fmt: skip

    def input(self) -> Any:
        rng = self.rng
        if rng.random() < 0.6:
            return super().input()
        options: dict[str, Any] = {}
        if rng.random() < 0.5:
            options["name"] = rng.choice(NAMES)
        if rng.random() < 0.4:
            options["dtype"] = rng.choice(["float16", "bool", "uint8", "int32", "bfloat16"])
        shape = rng.choice([(), (4,), (None,), (5, 4), (None, 6), (3, 8, 8), (2, 4, 4, 4, 2)])
        return self.keras.Input(shape, **options)

    def make(self, class_name: str, **more: Any) -> Any:
        rng = self.rng
        if rng.random() < 0.3:
            more["name"] = rng.choice(NAMES)
        if rng.random() < 0.05:
            more["trainable"] = False
        if rng.random() < 0.05:
            more["dtype"] = rng.choice(["mixed_float16", "bfloat16", "float64"])
        return super().make(class_name, **more)

    def call(self, layer: Any, *args: Any, **kwargs: Any) -> Any:
        names = {one.name for one in self.layers if one is not layer}
        if layer.name in names:
            raise ValueError("a name of its own")
        return super().call(layer, *args, **kwargs)

    def cell(self) -> Any:
        return self.make(self.rng.choice(CELLS))

    # -- what may be added ------------------------------------------------------------------------

    def low_rank(self) -> Any:
        layer = self.make(
            self.rng.choice(["Dense", "Embedding", "Conv1D", "Conv2D", "EinsumDense"]),
            lora_rank=self.rng.choice([1, 2]),
        )
        return self.call(layer, self.tensor())

    def quantised(self) -> Any:
        layer = self.make(
            self.rng.choice(["Dense", "Embedding", "EinsumDense", "ReversibleEmbedding"]),
            dtype=self.rng.choice(QUANTISED),
        )
        return self.call(layer, self.tensor())

    def stacked(self) -> Any:
        rng = self.rng
        cells = self.keras.layers.StackedRNNCells([self.cell() for _ in range(rng.choice((1, 2)))])
        layer = self.keras.layers.RNN(
            cells,
            return_sequences=rng.random() < 0.5,
            return_state=rng.random() < 0.5,
            go_backwards=rng.random() < 0.2,
            unroll=rng.random() < 0.2,
        )
        return self.call(layer, self.tensor(3))

    def both_ways(self) -> Any:
        rng, layers = self.rng, self.keras.layers
        sequences = rng.random() < 0.5
        inner = self.make(
            rng.choice(RECURRENT), return_sequences=sequences, return_state=rng.random() < 0.4
        )
        backward = None
        if rng.random() < 0.4:
            backward = self.make(
                rng.choice(RECURRENT),
                return_sequences=sequences,
                return_state=inner.return_state,
                go_backwards=not inner.go_backwards,
            )
        elif rng.random() < 0.3:
            inner = layers.RNN(self.cell(), return_sequences=sequences)
        mode = rng.choice(["concat", "sum", "mul", "ave", None])
        layer = layers.Bidirectional(inner, merge_mode=mode, backward_layer=backward)
        states = [t for t in self.tensors if len(t.shape) == 2]
        if states and rng.random() < 0.2:
            chosen = [rng.choice(states) for _ in range(rng.choice((2, 4)))]
            return self.call(layer, self.tensor(3), initial_state=chosen)
        return self.call(layer, self.tensor(3))

    def timed(self) -> Any:
        rng, layers = self.rng, self.keras.layers
        x = self.tensor()
        kind = rng.randrange(4)
        if kind == 0:  # over a functional model
            inner = type(self)(self.keras, rng, 3)
            given = self.keras.Input(x.shape[2:])
            inner.tensors = [given]
            for _ in range(3):
                step = rng.choice([inner.plain_layer, inner.new_layer, inner.recurrent])
                inner.tensors.append(step())
            model = self.keras.Model(given, inner.tensors[-1])
        elif kind == 1:
            model = layers.TimeDistributed(
                self.make(rng.choice(["Dense", "Conv1D", "LayerNormalization", "Flatten"]))
            )
        elif kind == 2:
            model = layers.Bidirectional(self.make(rng.choice(RECURRENT)))
        else:
            model = self.make(
                rng.choice(
                    [*RECURRENT, "Conv2D", "BatchNormalization", "MaxPooling2D", "Embedding"]
                )
            )
        return self.call(layers.TimeDistributed(model), x)

    def many_axes(self) -> Any:
        rng = self.rng
        class_name = rng.choice(ATTENTION)
        given: dict[str, Any] = {}
        x = self.tensor()
        rank = len(x.shape)
        if class_name == "MultiHeadAttention":
            axes = [None, 1, (1, 2), [2], (-2,), (1, 3), (2, 1)]
            given = {
                "attention_axes": rng.choice(axes),
                "output_shape": rng.choice([None, 5, (2, 3)]),
                "num_heads": rng.choice([1, 2]),
                "value_dim": rng.choice([None, 2, 5]),
            }
        if class_name == "GroupedQueryAttention":
            given = {"num_query_heads": 4, "num_key_value_heads": rng.choice([1, 2, 4])}
        layer = self.make(class_name, **given)
        alike = [t for t in self.tensors if len(t.shape) == rank]
        others = [rng.choice([x, rng.choice(alike)]) for _ in range(rng.choice((1, 2)))]
        options = {"return_attention_scores": True} if rng.random() < 0.3 else {}
        if class_name in ("Attention", "AdditiveAttention"):
            return self.call(layer, [x, *others], **options)
        if rng.random() < 0.2:
            options["use_causal_mask"] = True
        return self.call(layer, x, *others, **options)

    def masked(self) -> Any:
        layer = self.make(self.rng.choice([*RECURRENT, "GlobalAveragePooling1D", "Softmax"]))
        x = self.tensor(3)
        return self.call(layer, x, mask=self.keras.ops.any(x > 0, axis=-1))

    def stateful(self) -> Any:
        layer = self.make(self.rng.choice(RECURRENT), stateful=True, return_state=True)
        return self.call(layer, self.tensor(3))

    def training(self) -> Any:
        layer = self.make(self.rng.choice(["Dropout", "BatchNormalization", "LSTM"]))
        return self.call(layer, self.tensor(), training=self.rng.random() < 0.5)

    def norm_over(self) -> Any:
        classes = ["Dense", "Conv1D", "Conv2D", "EinsumDense", "Embedding", "Conv2DTranspose"]
        inner = self.make(self.rng.choice(classes), lora_rank=None)
        return self.call(self.keras.layers.SpectralNormalization(inner), self.tensor())

    def grouped(self) -> Any:
        rng, x = self.rng, self.tensor()
        rank = len(x.shape) - 2
        groups = rng.choice([1, 2, 4])
        first = rng.random() < 0.4
        if rng.random() < 0.5:
            return self.call(
                self.make(
                    f"Conv{rank}D",
                    filters=groups * rng.choice([1, 2]),
                    groups=groups,
                    dilation_rate=rng.choice([1, 2]),
                    strides=1,
                    data_format="channels_first" if first else "channels_last",
                ),
                x,
            )
        strides = rng.choice([1, 2, 3])
        return self.call(
            self.make(
                f"Conv{rank}DTranspose",
                strides=strides,
                dilation_rate=1,
                output_padding=rng.choice([None, *range(strides)]),
                data_format="channels_first" if first else "channels_last",
            ),
            x,
        )

    def deep(self) -> Any:
        """A model whose inputs and outputs are structures, called with them, perhaps twice."""
        if self.depth >= 2:
            raise ValueError("deep enough")
        keras, rng = self.keras, self.rng
        chosen = [self.tensor() for _ in range(rng.choice((1, 2, 3)))]
        inner = type(self)(keras, rng, self.depth + 1)
        inputs = [keras.Input(batch_shape=t.shape, dtype=t.dtype) for t in chosen]
        inner.tensors = list(inputs)
        for _ in range(rng.choice((1, 2, 4))):
            for _ in range(5):
                try:
                    made = keras.tree.flatten(rng.choice(inner.steps)())
                except ValueError:
                    continue
                inner.tensors += [t for t in made if hasattr(t, "_keras_history")]
                break
        made = inner.tensors[len(inputs) :][-3:]
        name = rng.choice([None, None, rng.choice(NAMES)])
        model = keras.Model(self.structure(inputs, rng), self.structure(made, rng), name=name)
        if rng.random() < 0.3:
            model.trainable = False
        result = self.call(model, keras.tree.pack_sequence_as(model._inputs_struct, chosen))
        if rng.random() < 0.3:
            self.tensors += keras.tree.flatten(result)
            result = model(keras.tree.pack_sequence_as(model._inputs_struct, chosen))
        return result

    def structure(self, tensors: list[Any], rng: Any) -> Any:
        kind = rng.randrange(5)
        if kind == 0 and len(tensors) == 1:
            return tensors[0]
        if kind == 1:
            return {t.name: t for t in tensors}
        if kind == 2 and len(tensors) > 1:
            return [tensors[0], tensors[1:]]
        if kind == 3:
            return {"a": tensors[:1], "b": {f"c{i}": t for i, t in enumerate(tensors[1:])}}
        return tensors
