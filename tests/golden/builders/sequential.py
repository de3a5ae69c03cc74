"""Sequential models."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers


def sequential_dense() -> Any:
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1)], name="small"
    )


def sequential_lstm() -> Any:
    return keras.Sequential(
        [
            keras.Input((30, 126)),
            layers.LSTM(64, return_sequences=True),
            layers.LSTM(128, return_sequences=True),
            layers.LSTM(64),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(5, activation="softmax"),
        ]
    )


def sequential_without_input() -> Any:
    return keras.Sequential([layers.Dense(4), layers.Dropout(0.5), layers.Dense(2)])


def sequential_built_later() -> Any:
    model = keras.Sequential([layers.Embedding(20, 4), layers.GRU(3), layers.Dense(2)])
    model.build((None, 7))
    return model


def sequential_with_input_shape() -> Any:
    return keras.Sequential([layers.Dense(4, input_shape=(3,)), layers.Dense(2)])


def sequential_empty() -> Any:
    return keras.Sequential(name="nothing")


def sequential_input_only() -> Any:
    return keras.Sequential([keras.Input((4,))])


def sequential_fixed_batch() -> Any:
    return keras.Sequential(
        [keras.Input((5, 3), batch_size=2), layers.GRU(4, stateful=True), layers.Dense(1)]
    )


def sequential_convolutions() -> Any:
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.SeparableConv2D(16, 3, use_bias=False),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10),
        ]
    )


def sequential_every_activation() -> Any:
    kinds = [layers.ReLU(), layers.PReLU(), layers.ELU(), layers.LeakyReLU(), layers.Softmax()]
    return keras.Sequential(
        [keras.Input((6,)), *kinds, layers.Activation("gelu"), layers.ActivityRegularization(l2=1)]
    )


def sequential_several_of_a_kind() -> Any:
    same = [layers.Dense(4) for _ in range(5)]
    return keras.Sequential([keras.Input((4,)), *same, layers.Flatten(), layers.Flatten()])


def sequential_cnn_lstm() -> Any:
    return keras.Sequential(
        [
            keras.Input((None, 40)),
            layers.Conv1D(16, 5, padding="causal", dilation_rate=2),
            layers.MaxPooling1D(2),
            layers.Bidirectional(layers.LSTM(8, return_sequences=True)),
            layers.TimeDistributed(layers.Dense(4)),
        ]
    )


def sequential_autoencoder() -> Any:
    return keras.Sequential(
        [
            keras.Input((12, 3)),
            layers.LSTM(8),
            layers.RepeatVector(12),
            layers.LSTM(8, return_sequences=True),
            layers.TimeDistributed(layers.Dense(3)),
        ]
    )
