"""Models with preprocessing layers, adapted or not."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

NUMBERS = np.arange(24, dtype="float32").reshape(8, 3)


def preparing_normalization_adapted() -> Any:
    normalization = layers.Normalization()
    normalization.adapt(NUMBERS)
    return keras.Sequential([keras.Input((3,)), normalization, layers.Dense(2)])


def preparing_normalization_unadapted() -> Any:
    return keras.Sequential([keras.Input((3,)), layers.Normalization(), layers.Dense(2)])


def preparing_normalization_given() -> Any:
    given = layers.Normalization(mean=[1.0, 2.0, 3.0], variance=[1.0, 1.0, 2.0])
    whole = layers.Normalization(axis=None, mean=0.0, variance=1.0)
    return keras.Sequential([keras.Input((3,)), given, whole, layers.Dense(2)])


def preparing_discretization() -> Any:
    adapted = layers.Discretization(num_bins=4)
    adapted.adapt(NUMBERS[:, 0])
    inputs = keras.Input((3,))
    hot = layers.Discretization([0.0, 1.0], output_mode="one_hot")(inputs[:, :1])
    return keras.Model(inputs, [adapted(inputs), hot])


def preparing_categories() -> Any:
    inputs = keras.Input((3,), dtype="int32")
    hot = layers.CategoryEncoding(5, output_mode="multi_hot")(inputs)
    return keras.Model(inputs, [layers.Dense(2)(hot), layers.CategoryEncoding(5)(inputs)])


def preparing_sound() -> Any:
    inputs = keras.Input((1600, 1))
    spectrum = layers.STFTSpectrogram(frame_length=150, frame_step=50, fft_length=256)(inputs)
    mel = layers.MelSpectrogram(256, 64, num_mel_bins=20)(layers.Reshape((1600,))(inputs))
    return keras.Model(inputs, [layers.GRU(4)(spectrum), mel])


def preparing_string_lookup() -> Any:
    words = keras.Input((4,), dtype="string")
    return keras.Model(words, layers.StringLookup(vocabulary=["a", "b", "c"])(words))


def preparing_text_vectorization() -> Any:
    text = keras.Input((1,), dtype="string")
    tokens = layers.TextVectorization(10, output_sequence_length=6, vocabulary=["a", "b"])(text)
    return keras.Model(text, layers.LSTM(4)(layers.Embedding(10, 3)(tokens)))
