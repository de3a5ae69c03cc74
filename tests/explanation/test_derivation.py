"""The numbers shown must add up to the count, whatever the layer."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import summarize
from lstmcount.explanation import Derivation, derive
from tests.explanation.arithmetic import value


def derivation(entry: Any, shape: list[int | None]) -> Derivation:
    return derive(summarize({"input_shape": shape, "layers": [entry]}).layers[0])


RECURRENT = [
    ({"LSTM": 12}, 4464),
    ({"LSTM": {"units": 12, "use_bias": False}}, 4416),
    ({"GRU": 12}, 3384),
    ({"GRU": {"units": 12, "reset_after": False}}, 3348),
    ({"GRU": {"units": 12, "use_bias": False}}, 3312),
    ({"SimpleRNN": 12}, 1116),
    ({"Bidirectional": {"layer": {"LSTM": 12}}}, 8928),
    ({"Bidirectional": {"layer": {"LSTM": 12}, "merge_mode": "sum"}}, 8928),
    ({"RNN": {"cell": {"GRUCell": 12}}}, 3384),
    ({"RNN": {"cell": [{"LSTMCell": 12}, {"GRUCell": 5}]}}, 4464 + 285),
    ({"TimeDistributed": {"layer": {"Dense": 3}}}, 243),
    ({"Dense": 3}, 243),
    ({"Dense": {"units": 3, "use_bias": False}}, 240),
]


@pytest.mark.parametrize(("entry", "params"), RECURRENT, ids=str)
def test_what_is_shown_adds_up(entry: Any, params: int) -> None:
    found = derivation(entry, [7, 80])
    assert found.params == params
    for part in found.parts:
        assert value(part.substituted.text) == part.count
        assert value(part.matrix_sum) == part.count
        assert sum(matrix.count for matrix in part.matrices) == part.count
        assert sum(weight.count for weight in part.weights) == part.count
    assert sum(len(part.names) * part.count for part in found.parts) == params
    if found.total:
        shown, result = found.total.split(" = ")
        assert value(shown) == value(result) == params


def test_lstm_as_in_textbooks() -> None:
    (part,) = derivation({"LSTM": 12}, [7, 80]).parts
    assert [str(equation) for equation in part.equations] == [
        "f(t) = sigmoid(W_f·x(t) + U_f·h(t-1) + b_f)",
        "i(t) = sigmoid(W_i·x(t) + U_i·h(t-1) + b_i)",
        "o(t) = sigmoid(W_o·x(t) + U_o·h(t-1) + b_o)",
        "c̃(t) = tanh(W_c·x(t) + U_c·h(t-1) + b_c)",
        "c(t) = f(t)⊙c(t-1) + i(t)⊙c̃(t)",
        "h(t) = o(t)⊙tanh(c(t))",
    ]
    shapes = {matrix.symbol.text: matrix.shape for matrix in part.matrices}
    for gate in "fioc":
        assert shapes[f"W_{gate}"] == (12, 80)
        assert shapes[f"U_{gate}"] == (12, 12)
        assert shapes[f"b_{gate}"] == (12,)
    assert part.formula.text == "4·((features + units)·units + units)"
    assert part.substituted.text == "4·((80 + 12)·12 + 12)"
    assert part.matrix_sum == "4·[12×80] + 4·[12×12] + 4·[12×1]"


def test_gates_stand_in_the_kernel_in_kerass_order() -> None:
    (part,) = derivation({"LSTM": 12}, [7, 80]).parts
    columns = {m.symbol.text: m.columns for m in part.matrices if m.weight == "kernel"}
    assert columns == {"W_i": (0, 12), "W_f": (12, 24), "W_c": (24, 36), "W_o": (36, 48)}


def test_what_a_layer_lacks_is_not_in_its_equations() -> None:
    (part,) = derivation({"LSTM": {"units": 3, "use_bias": False}}, [7, 80]).parts
    assert part.equations[0].text == "f(t) = sigmoid(W_f·x(t) + U_f·h(t-1))"


@pytest.mark.parametrize(
    ("reset_after", "candidate", "bias"),
    [
        (True, "h̃(t) = tanh(W_h·x(t) + b_h + r(t)⊙(U_h·h(t-1) + b′_h))", 72),
        (False, "h̃(t) = tanh(W_h·x(t) + U_h·(r(t)⊙h(t-1)) + b_h)", 36),
    ],
)
def test_gru_bias_doubles_with_reset_after(reset_after: bool, candidate: str, bias: int) -> None:
    found = derivation({"GRU": {"units": 12, "reset_after": reset_after}}, [7, 80])
    (part,) = found.parts
    assert part.equations[2].text == candidate
    assert sum(m.count for m in part.matrices if m.weight == "bias") == bias
    assert any("reset_after" in note and "36" in note and "72" in note for note in found.notes)


def test_only_what_maps_values_is_turned() -> None:
    found = derivation({"Dense": {"units": 3, "lora_rank": 2}}, [80])
    shapes = {matrix.name: matrix.shape for matrix in found.parts[0].matrices}
    assert shapes["lora_kernel_a"] == (80, 2)
    assert shapes["lora_kernel_b"] == (2, 3)
    assert found.trainable_params == 80 * 2 + 2 * 3 + 3


def test_equal_directions_are_shown_once() -> None:
    found = derivation({"Bidirectional": {"layer": {"LSTM": 12}}}, [7, 80])
    assert [part.names for part in found.parts] == [("forward_lstm", "backward_lstm")]
    assert found.total == "2·4,464 = 8,928"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"LSTM": 12}, "only the last time step's output"),
        ({"LSTM": {"units": 12, "return_sequences": True}}, "each of the 7 time steps"),
        ({"LSTM": {"units": 12, "return_state": True}}, "adds the states"),
        ({"Bidirectional": {"layer": {"LSTM": 12}}}, "are concatenated"),
    ],
    ids=str,
)
def test_shapes_have_a_reason(entry: Any, words: str) -> None:
    assert words in derivation(entry, [7, 80]).shape_reason


def test_frozen_layers_say_so() -> None:
    found = derivation({"LSTM": {"units": 12, "trainable": False}}, [7, 80])
    assert found.trainable_params == 0
    assert any("trainable is false" in note for note in found.notes)


@pytest.mark.parametrize(
    ("layer", "more"),
    [
        ({"LSTM": 12}, 48),
        ({"LSTM": {"units": 12, "use_bias": False}}, 0),
        ({"GRU": 12}, 0),
        ({"GRU": {"units": 12, "reset_after": False}}, 36),
        ({"SimpleRNN": 12}, 12),
        ({"Bidirectional": {"layer": {"LSTM": 12}}}, 96),
        ({"RNN": {"cell": [{"LSTMCell": 12}, {"SimpleRNNCell": 3}]}}, 51),
    ],
)
def test_pytorch_has_a_bias_for_both_products(layer: Any, more: int) -> None:
    found = derivation(layer, [7, 80])
    assert found.torch_params == found.params + more
    assert any(f": {more} parameters more than Keras" in note for note in found.notes) == bool(more)


def test_a_layer_without_a_counterpart_among_pytorchs_recurrent_layers() -> None:
    layer = {"ConvLSTM1D": {"filters": 3, "kernel_size": 3}}
    assert derivation(layer, [7, 80, 2]).torch_params is None
    assert derivation({"Dense": 3}, [7]).torch_params is None
