from keras import Input, Model, activations, layers, ops


class DenseTranspose(layers.Layer):
    def __init__(self, dense, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.dense = dense
        self.activation = activations.get(activation)

    def build(self, shape):
        self.biases = self.add_weight(shape=[self.dense.kernel.shape[0]])
        super().build(shape)

    def call(self, x):
        x = ops.matmul(x, ops.transpose(self.dense.kernel))
        return self.activation(x + self.biases)


class Scores(layers.Layer):
    def __init__(self, embedding):
        super().__init__()
        self.embedding = embedding

    def call(self, x):
        return ops.matmul(x, ops.transpose(self.embedding.embeddings))


first, second, table = layers.Dense(10), layers.Dense(4), layers.Embedding(12, 5)
words, x = Input((6,)), Input((20,))
scores = Scores(table)(layers.LSTM(5, return_sequences=True)(table(words)))
y = DenseTranspose(second, activation="selu")(second(first(x)))
model = Model([words, x], [scores, DenseTranspose(first)(y)])
