"""Masks that meet in merging layers, and names that a Sequential's masks have taken."""

import keras
from keras import layers

words = keras.Input((5,), dtype="int32")
tags = keras.Input((5,), dtype="int32")
features = keras.Input((5, 4))
inner = keras.Sequential()
inner.add(keras.Input((5,)))
inner.add(layers.Embedding(9, 4, mask_zero=True))
inner.add(layers.LSTM(3))
shared = layers.Embedding(9, 4, mask_zero=True)
both = layers.Add()([shared(words), shared(tags)])
beside = layers.concatenate([both, features])
steps = layers.Bidirectional(layers.GRU(3, return_sequences=True))(beside)
masked = layers.Dense(2)(layers.Masking()(features))
last = layers.LSTM(3)(layers.Concatenate(axis=1)([layers.Dense(2)(steps), masked]))
model = keras.Model([words, tags, features], layers.Multiply()([last, inner(words)]))
