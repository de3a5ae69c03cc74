from keras import Input, Model, layers, ops


class Positions(layers.Layer):
    def __init__(self, length, size):
        super().__init__()
        self.words = layers.Embedding(50, size)
        self.places = layers.Embedding(length, size)

    def call(self, x):
        length = ops.shape(x)[-1]
        return self.words(x) + self.places(ops.arange(0, length, 1))


class Queries(layers.Layer):
    def __init__(self, size):
        super().__init__()
        self.query = self.add_weight(shape=(1, 4, size))
        self.project = layers.Dense(size)
        self.scale = layers.Dense(1)
        self.never = layers.Dense(99)
        self.attend = layers.MultiHeadAttention(2, 3)

    def call(self, x):
        query = self.project(self.query) * self.scale(ops.ones((1, 4)))
        return self.attend(ops.broadcast_to(query, (2, 4, 6)), x)


inputs = Input((9,), batch_size=2)
x = Queries(6)(Positions(9, 6)(inputs))
model = Model(inputs, layers.Dense(2)(x))
