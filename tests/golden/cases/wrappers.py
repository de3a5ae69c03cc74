"""Layers around other layers."""

from __future__ import annotations

from typing import Any

from _notation import Case, case, cases, integers, layer, tensor

SEQUENCE = tensor(5, 6)
OPEN = tensor(None, 6)
LSTM = layer("LSTM", units=3)
FULL = layer("LSTM", units=3, return_sequences=True, return_state=True)
DENSE = layer("Dense", units=4)


def bidirectional() -> list[Case]:
    """Cases of Bidirectional."""
    sequences = layer("LSTM", units=3, return_sequences=True)
    merges = ("concat", "sum", "mul", "ave", None)
    backwards = layer("GRU", units=3, go_backwards=True)
    return [
        *cases(
            SEQUENCE,
            *({"layer": LSTM, "merge_mode": mode} for mode in merges),
            *({"layer": sequences, "merge_mode": mode} for mode in merges),
            *({"layer": FULL, "merge_mode": mode} for mode in merges),
            {"layer": layer("GRU", units=3, return_state=True), "merge_mode": None},
            {"layer": layer("GRU", units=3, reset_after=False, use_bias=False)},
            {"layer": layer("SimpleRNN", units=4)},
            {"layer": layer("GRU", units=3), "backward_layer": backwards},
            {"layer": LSTM, "backward_layer": backwards},
            {
                "layer": LSTM,
                "backward_layer": layer("LSTM", units=5, go_backwards=True),
            },
            {
                "layer": LSTM,
                "backward_layer": layer("LSTM", units=5, go_backwards=True),
                "merge_mode": "sum",
            },
            {
                "layer": sequences,
                "backward_layer": layer("LSTM", units=5, go_backwards=True, return_sequences=True),
            },
            {"layer": LSTM, "backward_layer": layer("LSTM", units=3)},
            {
                "layer": LSTM,
                "backward_layer": layer("LSTM", units=3, go_backwards=True, return_sequences=True),
            },
            {"layer": layer("RNN", cell=layer("LSTMCell", units=3))},
            {"layer": layer("RNN", cell=[layer("LSTMCell", units=3), layer("GRUCell", units=4)])},
            {"layer": LSTM, "trainable": False},
            {"layer": layer("LSTM", units=3, trainable=False)},
            {"layer": LSTM, "dtype": "mixed_float16"},
            {"layer": layer("LSTM", units=3, dtype="mixed_float16")},
            {"layer": layer("LSTM", units=3, name="words"), "name": "both"},
            {"layer": LSTM, "merge_mode": "max"},
            {"layer": DENSE},
            {"layer": "LSTM"},
            {"layer": LSTM, "backward_layer": DENSE},
            {},
        ),
        *cases(OPEN, {"layer": LSTM}, {"layer": FULL}),
        case({"layer": layer("ConvLSTM2D", filters=4, kernel_size=3)}, tensor(5, 8, 8, 2)),
        case({"layer": FULL}, SEQUENCE, initial_state=[tensor(3)] * 4),
        case({"layer": LSTM}, SEQUENCE, initial_state=[tensor(3)] * 2),
        case({"layer": LSTM}, SEQUENCE, mask=tensor(5, dtype="bool")),
        case({"layer": layer("LSTM", units=3, stateful=True)}, tensor(5, 6, batch=4)),
        case({"layer": LSTM}, tensor(6)),
    ]


def time_distributed() -> list[Case]:
    """Cases of TimeDistributed."""
    convolution = layer("Conv2D", filters=4, kernel_size=3)
    return [
        *cases(
            SEQUENCE,
            {"layer": DENSE},
            {"layer": DENSE, "name": "each_step"},
            {"layer": DENSE, "trainable": False},
            {"layer": layer("Dense", units=4, trainable=False)},
            {"layer": DENSE, "dtype": "mixed_float16"},
            {"layer": layer("Dense", units=4, dtype="mixed_float16")},
            {"layer": layer("Dense", units=4, lora_rank=2)},
            {"layer": layer("BatchNormalization")},
            {"layer": layer("Reshape", target_shape=(2, 3))},
            {"layer": layer("Dropout", rate=0.5)},
            {"layer": layer("RepeatVector", n=3)},
            {"layer": LSTM},
            {"layer": convolution},
            {"layer": 3},
            {},
        ),
        *cases(OPEN, {"layer": DENSE}, {"layer": layer("TimeDistributed", layer=DENSE)}),
        *cases(
            tensor(5, 8, 9, 3),
            {"layer": convolution},
            {"layer": layer("Flatten")},
            {"layer": layer("GlobalAveragePooling2D")},
            {"layer": layer("MaxPooling2D")},
            {"layer": layer("TimeDistributed", layer=LSTM)},
            {"layer": layer("ConvLSTM1D", filters=2, kernel_size=2)},
        ),
        *cases(
            tensor(5, 4, 6),
            {"layer": LSTM},
            {"layer": FULL},
            {"layer": layer("Bidirectional", layer=LSTM)},
            {"layer": layer("TimeDistributed", layer=DENSE)},
        ),
        case({"layer": layer("Embedding", input_dim=9, output_dim=4)}, integers(5, 7)),
        case({"layer": convolution}, tensor(None, None, None, 3)),
        case({"layer": DENSE}, SEQUENCE, mask=tensor(5, dtype="bool")),
        case({"layer": DENSE}, tensor(5, 6, batch=4)),
        case({"layer": DENSE}, tensor(6)),
        case({"layer": DENSE}, tensor(5, None)),
        case({"layer": DENSE}, [SEQUENCE, SEQUENCE]),
    ]


WRAPPED: list[dict[str, Any]] = [
    {"layer": DENSE},
    {"layer": layer("Dense", units=4, trainable=False)},
    {"layer": "Dense"},
    {},
]

CASES: dict[str, list[Case]] = {
    "Bidirectional": bidirectional(),
    "TimeDistributed": time_distributed(),
    "Wrapper": cases(SEQUENCE, *WRAPPED),
}
