import keras
from keras import layers

# Keras 3 builds no model from an Embedding alone: only for what it is built with or called on.
inner = keras.Sequential([layers.Embedding(20, 4), layers.LSTM(3)])
built = keras.Sequential([layers.Embedding(10, 4), layers.Flatten(), layers.Dense(2)])
built.build((None, 7))
unbuilt = keras.Sequential([layers.Embedding(30, 4), layers.LSTM(3)])
words = keras.Input((7,))
model = keras.Sequential([built, layers.Dense(inner(words).shape[-1])])
assert unbuilt.built is False
