import keras
from keras import layers

# A layer of the inner model is called once more, on what that model gives.
inputs = keras.Input((7, 4))
refine = layers.Dense(4, name="refine")
once = refine(layers.GRU(4, return_sequences=True)(inputs))
inner = keras.Model(inputs, once, name="inner")
twice = refine(inner(inputs))
model = keras.Model(inputs, layers.add([twice, inputs]))
