"""Recurrent models."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers


def recurrent_seq2seq() -> Any:
    source = keras.Input((None, 10), name="encoder_inputs")
    target = keras.Input((None, 12), name="decoder_inputs")
    _, hidden, carry = layers.LSTM(6, return_state=True, name="encoder")(source)
    decoder = layers.LSTM(6, return_sequences=True, return_state=True, name="decoder")
    outputs, _, _ = decoder(target, initial_state=[hidden, carry])
    return keras.Model([source, target], layers.Dense(12, activation="softmax")(outputs))


def recurrent_stacked_cells() -> Any:
    cells = [layers.LSTMCell(4), layers.GRUCell(5, reset_after=False), layers.SimpleRNNCell(3)]
    inputs = keras.Input((None, 6))
    return keras.Model(inputs, layers.RNN(cells, return_state=True, name="stack")(inputs))


def recurrent_bidirectional_states() -> Any:
    inputs = keras.Input((7, 6))
    both = layers.Bidirectional(layers.LSTM(4, return_sequences=True, return_state=True))
    outputs, *states = both(inputs)
    again = layers.Bidirectional(layers.LSTM(4), merge_mode="sum")
    return keras.Model(inputs, again(outputs, initial_state=states))


def recurrent_bidirectional_merges() -> Any:
    inputs = keras.Input((7, 6))
    modes = ("concat", "sum", "mul", "ave", None)
    made = [layers.Bidirectional(layers.GRU(4), merge_mode=mode)(inputs) for mode in modes]
    return keras.Model(inputs, made)


def recurrent_backward_layer() -> Any:
    inputs = keras.Input((7, 6))
    forward = layers.LSTM(4, return_sequences=True)
    backward = layers.GRU(4, return_sequences=True, go_backwards=True)
    both = layers.Bidirectional(forward, backward_layer=backward)
    return keras.Model(inputs, both(inputs))


def recurrent_masking() -> Any:
    return keras.Sequential(
        [
            keras.Input((None, 6)),
            layers.Masking(),
            layers.SimpleRNN(4, return_sequences=True),
            layers.GRU(3, reset_after=False, return_sequences=True),
            layers.LSTM(2, use_bias=False, go_backwards=True),
        ]
    )


def recurrent_embedding_mask() -> Any:
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            layers.Embedding(50, 8, mask_zero=True),
            layers.Bidirectional(layers.LSTM(6)),
            layers.Dense(1, activation="sigmoid"),
        ]
    )


def recurrent_conv_lstm() -> Any:
    return keras.Sequential(
        [
            keras.Input((None, 8, 8, 1)),
            layers.ConvLSTM2D(4, 3, padding="same", return_sequences=True),
            layers.BatchNormalization(),
            layers.ConvLSTM2D(4, 3, padding="same"),
            layers.Conv2D(1, 3, padding="same"),
        ]
    )


def recurrent_conv_lstm_states() -> Any:
    inputs = keras.Input((5, 8, 2))
    found = layers.ConvLSTM1D(4, 3, return_state=True, return_sequences=True)(inputs)
    return keras.Model(inputs, found)


def recurrent_dropout_seeds() -> Any:
    return keras.Sequential(
        [
            keras.Input((5, 6)),
            layers.LSTM(4, dropout=0.2, recurrent_dropout=0.2, return_sequences=True),
            layers.Bidirectional(layers.GRU(4, recurrent_dropout=0.1)),
            layers.GaussianNoise(0.1),
            layers.AlphaDropout(0.1),
        ]
    )


def recurrent_initial_state_keyword() -> Any:
    inputs, state = keras.Input((5, 6), name="steps"), keras.Input((4,), name="state")
    gru = layers.GRU(4, return_state=True)
    return keras.Model([inputs, state], gru(inputs, initial_state=state))
