import keras
from keras import layers, ops

inputs = keras.Input((10, 6))
mean = ops.mean(inputs, axis=1, keepdims=True)
centred = inputs - mean
x = layers.Dense(4)(centred)
x = ops.reshape(x, (-1, 40))
first, second = ops.split(x, 2, axis=-1)
x = ops.concatenate([first, ops.relu(second)], axis=1)
x = ops.expand_dims(x, 1)[:, 0, :30]
model = keras.Model(inputs, layers.Dense(2)(x))
