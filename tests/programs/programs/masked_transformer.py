"""A transformer's block over padded words, pooled over those that are there."""

import keras
from keras import layers

words = keras.Input((5,))
x = layers.Embedding(9, 4, mask_zero=True)(words)
attended = layers.MultiHeadAttention(2, 2)(x, x)
x = layers.LayerNormalization()(layers.Add()([x, attended]))
fed = layers.Dense(4)(layers.Dropout(0.1)(layers.Dense(8, activation="relu")(x)))
x = layers.LayerNormalization()(x + fed)
model = keras.Model(words, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))
