import keras
from keras import layers

inputs = keras.Input((12,))
x = layers.Dense(10, name="first")(inputs)
x = layers.Dense(10, name="second", trainable=False)(x)
x = layers.Dense(10, name="third")(x)
model = keras.Model(inputs, layers.Dense(1, name="last")(x))
for layer in model.layers[:2]:
    layer.trainable = False
model.get_layer("third").trainable = False
