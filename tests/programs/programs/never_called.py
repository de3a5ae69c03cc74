import keras
from keras import layers


class Scaled(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")

    def call(self, inputs):
        return inputs @ self.kernel


class Encoder(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = Scaled(4)
        self.second = layers.Dense(2)

    def call(self, inputs):
        return self.second(self.first(inputs))


class Whole(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder()
        self.scaled = Scaled(3)

    def call(self, inputs):
        return self.scaled(self.encoder(inputs))


model = Whole()
