from keras import Input, Model, layers, ops


class Doubled(layers.Layer):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def call(self, x):
        return self.layer(ops.concatenate([x, x], axis=-1))


class Unused(layers.Layer):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def call(self, x):
        return x


inputs = Input((5,))
x = Doubled(layers.Dense(3))(inputs)
x = Unused(layers.Dense(4))(x)
model = Model(inputs, layers.Dense(2)(x))
