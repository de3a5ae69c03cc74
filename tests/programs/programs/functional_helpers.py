from keras.layers import Dense, Input, add, concatenate, multiply
from keras.models import Model

a = Input((6,))
b = Input((6,))
summed = add([a, b])
gated = multiply([a, b])
joined = concatenate([summed, gated], axis=-1)
model = Model([a, b], Dense(2)(joined), name="pair")
