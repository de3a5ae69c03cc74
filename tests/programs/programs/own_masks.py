from keras import Input, Model, layers, ops


class Positions(layers.Layer):
    def __init__(self, words, size, length):
        super().__init__()
        self.words = layers.Embedding(words, size, mask_zero=True)
        self.places = layers.Embedding(length, size)
        self.length = length

    def compute_mask(self, *args, **kwargs):
        return self.words.compute_mask(*args, **kwargs)

    def call(self, x):
        return self.words(x) + self.places(ops.arange(self.length))


class Doubled(layers.Embedding):
    def call(self, x):
        return super().call(x) * 2


class Attends(layers.Layer):
    def __init__(self):
        super().__init__()
        self.supports_masking = True
        self.attention = layers.MultiHeadAttention(2, 4)

    def call(self, x, context, x_mask=None):
        if x_mask is not None:
            padding = x_mask[:, :, None]
        return x + self.attention(x, context, attention_mask=padding)


class Stops(layers.Layer):
    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], 1))

    def call(self, x, mask=None):
        energy = ops.squeeze(ops.matmul(x, self.kernel), -1)
        if mask is not None:
            energy = ops.where(mask, energy, -1e9)
        return ops.sum(x * ops.expand_dims(ops.softmax(energy), -1), 1)

    def compute_mask(self, inputs, mask=None):
        return None


first = Input((6,))
second = Input((5,))
x = Positions(10, 4, 6)(first)
y = Doubled(10, 4, mask_zero=True)(second)
x = Attends()(x, y)
x = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(x)
model = Model([first, second], layers.Dense(2)(Stops()(x)))
