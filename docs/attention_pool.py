"""A layer of one's own, as a project has it."""

from keras import layers, ops, saving


@saving.register_keras_serializable(package="docs")
class AttentionPool(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.hidden = layers.Dense(units, activation="tanh")

    def build(self, shape):
        self.query = self.add_weight(shape=(self.units, 1), trainable=False)

    def call(self, x):
        return ops.sum(x * ops.softmax(self.hidden(x) @ self.query, axis=1), axis=1)

    def get_config(self):
        return {**super().get_config(), "units": self.units}
