import keras
from keras import layers


class Model(keras.Model):
    """Of models that it holds and never calls, outputs stand in round brackets."""

    def __init__(self):
        super().__init__()
        x = keras.Input((4,))
        y = layers.Dense(2)(x)
        z = layers.Dense(5)(y)
        self.one = keras.Model(x, [y], name="one")
        self.several = keras.Model(x, [y, (z, y)], name="several")
        self.named = keras.Model(x, {"z": z, "y": y}, name="named")
        self.head = layers.Dense(3, name="head")

    def call(self, x):
        return self.head(x)


model = Model()
model(keras.Input((4,)))
