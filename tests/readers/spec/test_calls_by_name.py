"""Specs that pass arguments to a call by name: tensors, masks and switches."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import LstmcountError, summarize

INPUTS = {"q": [4, 8], "v": [6, 8], "m": {"shape": [4, 6], "dtype": "bool"}, "w": [4], "s": [8]}
MHA = {"MultiHeadAttention": {"num_heads": 2, "key_dim": 3}}
N = None

# an entry → its output, and what its row says that it is connected to
CALLS: list[tuple[dict[str, Any], Any, str]] = [
    (
        {**MHA, "inputs": {"query": "q", "value": "v", "attention_mask": "m"}},
        (N, 4, 8),
        "m q v",  # keywords in the order of their names, as Keras has them
    ),
    (
        {**MHA, "inputs": {"query": "q", "value": "v", "return_attention_scores": True}},
        [(N, 4, 8), (N, 2, 4, 4)],
        "q v",
    ),
    ({**MHA, "inputs": ["q", "v", {"attention_mask": "m"}]}, (N, 4, 8), "q v m"),
    ({**MHA, "inputs": ["q", "v", {"use_causal_mask": True}]}, (N, 4, 8), "q v"),
    ({"Attention": {}, "inputs": [["q", "v"], {"mask": ["w", N]}]}, (N, 4, 8), "q v w"),
    ({"Attention": {}, "inputs": ["q", "v", {"mask": ["w", N]}]}, (N, 4, 8), "q v w"),
    ({"LSTM": 3, "inputs": ["q", {"mask": "w"}]}, (N, 3), "q w"),
    ({"LSTM": 8, "inputs": ["q", "s", "s", {"mask": "w"}]}, (N, 8), "q s s w"),
    ({"GRUCell": 8, "inputs": ["s", "s"]}, [(N, 8), (N, 8)], "s s"),
    ({"LSTMCell": 8, "inputs": ["s", ["s", "s"]]}, [(N, 8)] * 3, "s s s"),
    ({"LSTMCell": 8, "inputs": {"inputs": "w", "states": ["s", "s"]}}, [(N, 8)] * 3, "w s s"),
    (
        {"StackedRNNCells": {"cells": [{"GRUCell": 8}, {"LSTMCell": 8}]},
         "inputs": ["w", ["s", ["s", "s"]]]},
        [(N, 8)] * 4,
        "w s s s",
    ),
    ({**MHA, "inputs": {"query": "q", "value": "v", "training": False}}, (N, 4, 8), "q v"),
    ({"Attention": {}, "inputs": {"inputs": ["q", "v"], "mask": ["w", N]}}, (N, 4, 8), "q v w"),
    ({"Attention": {}, "inputs": [["q", "v"], {"use_causal_mask": True}]}, (N, 4, 8), "q v"),
    ({"Softmax": {}, "inputs": {"inputs": "q", "mask": "q"}}, (N, 4, 8), "q q"),
    ({"LSTM": 3, "inputs": {"sequences": "q", "mask": "w"}}, (N, 3), "w q"),
    (
        {"CategoryEncoding": {"num_tokens": 5, "output_mode": "count"},
         "inputs": {"inputs": "w", "count_weights": "w"}},
        (N, 5),
        "w w",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("entry", "output", "connected"), CALLS, ids=str)
def test_a_layer_is_called_with_tensors_by_name(
    entry: dict[str, Any], output: Any, connected: str
) -> None:
    (layer,) = [
        layer
        for layer in summarize({"inputs": INPUTS, "layers": [entry]}).layers
        if layer.class_name != "InputLayer"
    ]
    assert layer.output_shape == output
    assert [name.partition("[")[0] for name in layer.connected_to] == connected.split()


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (
            {**MHA, "inputs": {"query": "q", "value": "v", "attn_mask": "m"}},
            r"layers\[0\].inputs.attn_mask: .*no argument 'attn_mask'. Did you mean attention_mask",
        ),
        (
            {**MHA, "inputs": ["q", "v", {"attn_mask": "m"}]},
            r"inputs\[2\].attn_mask: .*Did you mean",
        ),
        ({"Dense": 3, "inputs": {"inputs": "q", "mask": "w"}}, "no argument 'mask'"),
        ({"LSTMCell": 8, "inputs": "s"}, "a call needs states"),
        ({"Attention": {}, "inputs": {"inputs": ["q", "v"], "mask": "w"}}, "the masks"),
        ({"Attention": {}, "inputs": {"inputs": ["q", "v"], "mask": ["w"]}}, "the masks"),
        ({**MHA, "inputs": {"query": "q", "value": "x"}}, "no layer or input 'x' above"),
    ],
    ids=str,
)
def test_a_wrong_call_by_name_is_an_error(entry: dict[str, Any], words: str) -> None:
    with pytest.raises(LstmcountError, match=words):
        summarize({"inputs": INPUTS, "layers": [entry]})
