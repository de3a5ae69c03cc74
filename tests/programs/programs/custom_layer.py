import keras
from keras import layers


class Scale(layers.Layer):
    def __init__(self, bias=True, **kwargs):
        super().__init__(**kwargs)
        self.bias = bias

    def build(self, input_shape):
        self.gain = self.add_weight(shape=(input_shape[-1],), initializer="ones", name="gain")
        if self.bias:
            self.offset = self.add_weight(shape=(input_shape[-1],), trainable=False, name="offset")

    def call(self, x):
        x = x * self.gain
        return x + self.offset if self.bias else x


inputs = keras.Input((9,))
x = layers.Dense(5)(inputs)
x = Scale()(x)
model = keras.Model(inputs, layers.Dense(2)(x))
