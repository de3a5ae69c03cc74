"""Recurrent layers, their cells, and convolutional LSTMs."""

from __future__ import annotations

from typing import Any

from _notation import Case, Nested, Tensor, case, cases, integers, layer, tensor

SEQUENCE = tensor(5, 6)
OPEN = tensor(None, 6)
BOTH = {"return_sequences": True, "return_state": True}
STATES = {"SimpleRNN": 1, "GRU": 1, "LSTM": 2}
FIRST = {"data_format": "channels_first"}


def states(name: str, *shape: int | None, batch: int | None = None) -> list[Tensor]:
    """As many equal states as a layer of that class has."""
    return [tensor(*shape, batch=batch)] * STATES[name]


def recurrent(name: str, *extra: dict[str, Any]) -> list[Case]:
    """Cases of a recurrent layer with its own cell."""
    units: dict[str, Any] = {"units": 3}
    arguments: list[dict[str, Any]] = [
        units,
        {**units, "return_sequences": True},
        {**units, "return_state": True},
        {**units, **BOTH},
        {**units, "use_bias": False},
        {**units, "go_backwards": True, "return_sequences": True},
        {**units, "unroll": True},
        {**units, "dropout": 0.2, "recurrent_dropout": 0.3},
        {**units, "activation": "relu", "kernel_regularizer": "l2"},
        {**units, "trainable": False},
        {**units, "dtype": "mixed_float16"},
        {**units, "dtype": "bfloat16", "recurrent_initializer": "zeros"},  # JAX: no orthogonal one
        {**units, "dtype": "float64"},
        {**units, "dtype": "int8_from_float32"},
        {**units, "dtype": "int4_from_float32"},
        {**units, "name": "recurrent"},
        {**units, "zero_output_for_mask": True},
        {**units, "zero_output_for_mask": True, "return_sequences": True},
        {**units, "implementation": 2},
        {**units, "time_major": True},
        {**units, "input_shape": (5, 6)},
        {**units, "input_dim": 6},
        {**units, "batch_input_shape": (None, 5, 6)},
        {"units": 0},
        {"units": -1},
        {"units": 2.5},
        {"units": "3"},
        {},
        {**units, "dropout": 1.5},
        {**units, "recurrent_dropout": 2},
        {**units, "stateful": True},
        {**units, "activation": "nonsense"},
        *({**units, **each} for each in extra),
    ]
    return [
        *cases(SEQUENCE, *arguments),
        *cases(OPEN, units, {**units, **BOTH}, {**units, "unroll": True}),
        case({**units, **BOTH}, tensor(None, 126)),
        case({**units, **BOTH, "stateful": True}, tensor(5, 6, batch=4)),
        case({**units, **BOTH}, tensor(5, 6, batch=4)),
        case({**units, **BOTH}, SEQUENCE, initial_state=states(name, 3)),
        case({**units, **BOTH}, SEQUENCE, initial_state=states(name, 4)),
        case(units, SEQUENCE, initial_state=states(name, 3)[0]),
        case(units, SEQUENCE, initial_state=[*states(name, 3), tensor(3)]),
        case(units, SEQUENCE, mask=tensor(5, dtype="bool")),
        case(units, SEQUENCE, training=True),
        case(units, tensor(6)),
        case(units, tensor(2, 5, 6)),
        case(units, tensor(5, None)),
        case(units, tensor(0, 6)),
        case(units, integers(5, 6)),
        case(units, [SEQUENCE, *states(name, 3)]),
    ]


def cell(name: str, *extra: dict[str, Any]) -> list[Case]:
    """Cases of a cell called on one time step and its states."""
    units: dict[str, Any] = {"units": 3}
    step, before = tensor(6), states(name, 3)
    arguments: list[dict[str, Any]] = [
        units,
        {**units, "use_bias": False},
        {**units, "dropout": 0.2, "recurrent_dropout": 0.3, "seed": 1},
        {**units, "trainable": False},
        {**units, "dtype": "mixed_float16"},
        {"units": 0},
        {},
        *({**units, **each} for each in extra),
    ]
    return [
        *(case(each, step, before) for each in arguments),
        case(units, step, states(name, 3, batch=2)),
        case(units, step, states(name, 4)),
        case(units, step),
        case(units, SEQUENCE, before),
    ]


def stacked(*units: int, name: str = "LSTMCell", **more: Any) -> list[Nested]:
    """Cells of one class, to be stacked."""
    return [layer(name, units=each, **more) for each in units]


def rnn() -> list[Case]:
    """Cases of RNN around one cell or several."""
    mixed = [layer("LSTMCell", units=3), layer("GRUCell", units=4), layer("SimpleRNNCell", units=5)]
    lstm = layer("LSTMCell", units=3)
    nested = layer("StackedRNNCells", cells=stacked(3, 4))
    return [
        *cases(
            SEQUENCE,
            *({"cell": layer(name, units=3), **BOTH} for name in ("GRUCell", "SimpleRNNCell")),
            {"cell": lstm},
            {"cell": lstm, **BOTH},
            {"cell": stacked(3, 4, 5)},
            {"cell": stacked(3, 4, 5), **BOTH},
            {"cell": mixed, "return_sequences": True},
            {"cell": mixed, "return_state": True},
            {"cell": nested, **BOTH},
            {"cell": layer("StackedRNNCells", cells=[nested, layer("GRUCell", units=2)]), **BOTH},
            {"cell": stacked(3, 4, name="GRUCell", reset_after=False)},
            {"cell": stacked(3, 4, dropout=0.1, recurrent_dropout=0.1)},
            {"cell": lstm, "trainable": False},
            {"cell": stacked(3, 4, trainable=False)},
            {"cell": lstm, "dtype": "mixed_float16"},
            {"cell": layer("LSTMCell", units=3, dtype="mixed_float16")},
            {"cell": lstm, "go_backwards": True, "unroll": True},
            {"cell": layer("Dense", units=3)},
            {"cell": []},
            {"cell": 3},
            {},
        ),
        case({"cell": stacked(3, 4), **BOTH}, OPEN),
        case({"cell": lstm, "stateful": True, **BOTH}, tensor(5, 6, batch=4)),
        case({"cell": stacked(3, 4), **BOTH}, SEQUENCE, initial_state=states("LSTM", 3)),
        case({"cell": lstm, **BOTH}, SEQUENCE, initial_state=states("LSTM", 3)),
        case({"cell": lstm}, tensor(6)),
        case({"cell": lstm}, tensor(2, 5, 6)),
    ]


def stacked_cells() -> list[Case]:
    """Cases of StackedRNNCells called on one time step."""
    step = tensor(6)
    first, second = states("LSTM", 3), states("LSTM", 4)
    return [
        case({"cells": stacked(3, 4)}, step, [first, second]),
        case({"cells": stacked(3)}, step, [first]),
        case({"cells": stacked(3, 4, trainable=False)}, step, [first, second]),
        case({"cells": stacked(3, 4), "dtype": "mixed_float16"}, step, [first, second]),
        case({"cells": stacked(3, 4, name="GRUCell")}, step, [[tensor(3)], [tensor(4)]]),
        case({"cells": stacked(3, 4, name="GRUCell")}, step, [tensor(3), tensor(4)]),
        case({"cells": [layer("Dense", units=3)]}, step, [first]),
        case({"cells": stacked(3, 4)}, step, [first]),
        case({"cells": stacked(3, 4)}, step),
        case({"cells": []}, step, []),
        case({}, step, []),
    ]


def conv_lstm(rank: int) -> list[Case]:
    """Cases of ConvLSTM over `rank` dimensions."""
    spatial = (8, 9, 10)[:rank]
    opened = (None, 9, None)[:rank]
    base: dict[str, Any] = {"filters": 4, "kernel_size": 3}
    video = tensor(5, *spatial, 2)
    state = tensor(*(size - 2 for size in spatial), 4)
    return [
        *cases(
            video,
            base,
            {**base, "padding": "same"},
            {**base, "return_sequences": True},
            {**base, "return_state": True},
            {**base, **BOTH, "padding": "same"},
            {**base, "strides": 2},
            {**base, "strides": (2,) * rank, "padding": "same", "return_sequences": True},
            {**base, "dilation_rate": 2},
            {**base, "use_bias": False},
            {**base, "kernel_size": (3, 2, 1)[:rank], "go_backwards": True},
            {**base, "dropout": 0.2, "recurrent_dropout": 0.2, "seed": 1},
            {**base, "trainable": False},
            {**base, "dtype": "mixed_float16"},
            {**base, "unit_forget_bias": False},
            {**base, "filters": 0},
            {**base, "kernel_size": 0},
            {**base, "kernel_size": (3,) * (rank + 1)},
            {**base, "kernel_size": 9},
            {**base, "padding": "causal"},
            {**base, "strides": 2, "dilation_rate": 2},
            {**base, "dropout": 1.5},
            {"filters": 4},
            {**base, "stateful": True},
        ),
        *cases(tensor(5, 2, *spatial), {**base, **FIRST}, {**base, **FIRST, **BOTH}),
        *cases(tensor(None, *spatial, 2), base, {**base, **BOTH}),
        *cases(tensor(5, *opened, 2), base, {**base, **BOTH, "padding": "same"}),
        case({**base, **BOTH}, video, initial_state=[state, state]),
        case({**base, **BOTH, "stateful": True}, tensor(5, *spatial, 2, batch=2)),
        case(base, tensor(*spatial, 2)),
        case(base, tensor(5, *spatial, None)),
        case(base, video, mask=tensor(5, dtype="bool")),
    ]


RESET: tuple[dict[str, Any], ...] = (
    {"reset_after": False},
    {"reset_after": False, "use_bias": False},
    {"reset_after": True, "use_bias": False},
)
FORGET: tuple[dict[str, Any], ...] = (
    {"unit_forget_bias": False},
    {"unit_forget_bias": True, "use_bias": False},
    {"bias_initializer": "ones"},
)

CASES: dict[str, list[Case]] = {
    "LSTM": recurrent("LSTM", *FORGET, {"use_cudnn": False}, {"reset_after": False}),
    "GRU": recurrent("GRU", *RESET, {"use_cudnn": True}, {"unit_forget_bias": True}),
    "SimpleRNN": recurrent("SimpleRNN", {"recurrent_activation": "relu"}),
    "LSTMCell": cell("LSTM", *FORGET),
    "GRUCell": cell("GRU", *RESET),
    "SimpleRNNCell": cell("SimpleRNN", {"activation": None}),
    "RNN": rnn(),
    "StackedRNNCells": stacked_cells(),
    **{f"ConvLSTM{rank}D": conv_lstm(rank) for rank in (1, 2, 3)},
}
