"""An encoder and a decoder over padded words, with attention between them."""

from tensorflow import keras
from tensorflow.keras import layers

words, width, units = 50, 8, 6

asked = keras.Input((None,), name="asked")
x = layers.Embedding(words, width, mask_zero=True)(asked)
x, state_h, state_c = layers.LSTM(units, return_sequences=True, return_state=True)(x)

answered = keras.Input((None,), name="answered")
y = layers.Embedding(words, width, mask_zero=True)(answered)
y = layers.LSTM(units, return_sequences=True)(y, initial_state=[state_h, state_c])
context = layers.Attention()([y, x])
y = layers.Concatenate()([y, context])
y = layers.TimeDistributed(layers.Dense(words, activation="softmax"))(y)
model = keras.Model([asked, answered], y)
