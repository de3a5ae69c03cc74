import keras
import numpy as np
from keras import layers


class Encoder(keras.Model):
    def __init__(self, units):
        super().__init__()
        self.hidden = layers.Dense(units)
        self.out = layers.Dense(2)

    def call(self, x):
        return self.out(self.hidden(x))


first = Encoder(5)
first(np.zeros((1, 6)))
model = Encoder(3)
model(keras.random.normal((2, 4)))
