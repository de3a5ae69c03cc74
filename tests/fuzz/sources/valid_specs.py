"""Valid specs, so that a change to them reaches the code after the reader."""

from __future__ import annotations

from random import Random
from typing import Any

KEPT: tuple[Any, ...] = (  # these take sequences and give sequences
    {"LSTM": {"units": 3, "return_sequences": True}},
    {"GRU": {"units": 4, "return_sequences": True, "reset_after": False}},
    {"SimpleRNN": {"units": 2, "return_sequences": True, "use_bias": False}},
    {"Bidirectional": {"layer": {"LSTM": {"units": 3, "return_sequences": True}}}},
    {"RNN": {"cell": [{"LSTMCell": 3}, {"GRUCell": 2}], "return_sequences": True}},
    {"TimeDistributed": {"layer": {"Dense": 3}}},
    {"Conv1D": {"filters": 3, "kernel_size": 2, "padding": "causal"}},
    {"SeparableConv1D": {"filters": 3, "kernel_size": 2, "padding": "same"}},
    {"Dense": {"units": 5, "activation": "relu", "kernel_regularizer": "l2"}},
    {"Dense": 4}, "LayerNormalization", {"BatchNormalization": {"center": False}}, {"Dropout": 0.3},
    {"Activation": "tanh"}, {"Masking": 0.0}, "ReLU", {"ops.relu": None},
    {"ops.multiply": {"x2": 2}},
    {"repeat": 2, "layers": [{"GRU": {"units": 3, "return_sequences": True}}]},
    {"model": {"input_shape": [None, 6], "layers": [{"LSTM": {"units": 6,
    "return_sequences": True}}]}},
)  # fmt: skip
REDUCED: tuple[Any, ...] = (
    {"LSTM": 3}, {"GRU": {"units": 2, "dropout": 0.2}}, "GlobalAveragePooling1D",
    "GlobalMaxPooling1D",
    {"SimpleRNN": 3}, {"Bidirectional": {"layer": {"GRU": 2}, "merge_mode": "sum"}},
    {"ops.mean": {"axis": 1}},
)  # fmt: skip
AFTER: tuple[Any, ...] = (
    {"Dense": {"units": 3, "activation": "softmax"}}, {"Dense": 2}, {"RepeatVector": 3}, "Softmax",
    {"Reshape": [-1, 1]}, "Flatten",
)  # fmt: skip
IMAGES: tuple[Any, ...] = (
    {"Conv2D": {"filters": 4, "kernel_size": 3}}, {"MaxPooling2D": 2}, "BatchNormalization",
    {"Dropout": 0.2},
    {"DepthwiseConv2D": 3}, {"SeparableConv2D": {"filters": 2, "kernel_size": [2, 3]}},
    {"UpSampling2D": 2},
    {"Conv2DTranspose": {"filters": 3, "kernel_size": 2, "strides": 2}}, {"ZeroPadding2D": 1},
    {"RandomFlip": {}}, {"Rescaling": 0.5}, {"SpatialDropout2D": 0.1},
)  # fmt: skip


def spec(rng: Random) -> dict[str, Any]:
    return rng.choice((_sequence, _sequence, _images, _graph, _sized))(rng)


def _sequence(rng: Random) -> dict[str, Any]:
    length = rng.choice((None, 7, 12))
    layers = rng.choices(KEPT, k=rng.randint(1, 3))
    if rng.random() < 0.7:
        layers += [rng.choice(REDUCED), *rng.choices(AFTER, k=rng.randint(0, 2))]
    if rng.random() < 0.2:
        return {"input_shape": [length], "layers": [{"Embedding": [20, 6]}, *layers]}
    return {"name": "m", "input_shape": [length, 6], "layers": layers}


def _images(rng: Random) -> dict[str, Any]:
    layers = [*rng.choices(IMAGES, k=rng.randint(1, 4)), "Flatten", {"Dense": 3}]
    return {"input_shape": [28, 20, 3], "layers": layers}


def _graph(rng: Random) -> dict[str, Any]:
    """An encoder and a decoder, attention or a merge, a layer that is called twice."""
    layers: list[Any] = [
        {"LSTM": {"units": 4, "return_state": True}, "name": "encoder", "inputs": "left"},
        {"LSTM": {"units": 4, "return_sequences": True}, "name": "decoder",
         "inputs": ["right", "encoder[1]", "encoder[2]"]},
        {"Attention": {}, "name": "attended", "inputs": ["decoder", "decoder"]},
        {rng.choice(("Add", "Multiply", "Concatenate", "Average")): {}, "name": "merged",
         "inputs": ["decoder", "attended"]},
        {"Dense": 3, "name": "shared", "inputs": "merged"},
        {"call": "shared", "inputs": "merged", "name": "again"},
        {"ops.concatenate": {"axis": -1}, "name": "both", "inputs": ["shared", "again"]},
        {"MultiHeadAttention": [2, 3], "name": "heads", "inputs": {"query": "both",
        "value": "both"}},
    ]  # fmt: skip
    cut = rng.choice((4, 7, 8))
    found = {"inputs": {"left": [None, 3], "right": [5, 3]}, "layers": layers[:cut]}
    return (
        {**found, "outputs": [layers[cut - 1]["name"], "encoder[1]"]}
        if rng.random() < 0.4
        else found
    )


def _sized(rng: Random) -> dict[str, Any]:
    """A spec with variables and a custom layer."""
    sizes = {"a": rng.choice((2, 8, 64)), "units": rng.choice((3, "2*a", "max(a, 4)"))}
    layers: list[Any] = [
        {
            "LSTM": {
                "units": rng.choice(("units", "a + 1", "min(a, units)")),
                "return_sequences": True,
            }
        },
        {"repeat": "a // 2", "layers": [{"GRU": {"units": "a", "return_sequences": True}}]},
        {"Pooled": "units"},
        {"Dense": "a"},
    ]
    declared = {
        "arguments": {"units": None, "use_bias": True},
        "weights": {
            "kernel": ["features", "units"],
            "bias": {"shape": ["units"], "when": "use_bias", "trainable": False},
        },
        "output_shape": ["batch", "units"],
        "macs": "timesteps * features * units",
    }
    found: dict[str, Any] = {
        "variables": sizes,
        "input_shape": [rng.choice((5, "a")), 3],
        "layers": layers,
    }
    return {"custom_layers": {"Pooled": declared}, **found}
