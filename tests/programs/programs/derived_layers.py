from keras import Input, Model, layers, ops
from keras.layers import LSTM, Conv2D, Dense, Embedding


class Head(Dense):
    def __init__(self, **kwargs):
        super().__init__(7, use_bias=False, **kwargs)


class LowRank(Dense):
    def __init__(self, units, rank=2, **kwargs):
        super().__init__(units, **kwargs)
        self.rank = rank

    def build(self, input_shape):
        self.down = self.add_weight(shape=(input_shape[-1], self.rank), name="down")
        self.up = self.add_weight(shape=(self.rank, self.units), name="up")
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.units,), name="bias")
        self.built = True

    def call(self, x):
        y = ops.matmul(ops.matmul(x, self.down), self.up)
        if self.use_bias:
            y = y + self.bias
        return self.activation(y) if self.activation is not None else y


class WithGain:
    gain_shape = (1,)

    def build(self, shape):
        super().build(shape)
        self.gain = self.add_weight(shape=self.gain_shape, name="gain")

    def call(self, x, **kwargs):
        return super().call(x, **kwargs) * self.gain


class GainedDense(WithGain, Dense):
    pass


class GainedConv(WithGain, Conv2D):
    gain_shape = (1, 1, 1, 4)


class Standardized(Conv2D):
    KERNEL = 3

    def __init__(self, filters, **kwargs):
        kwargs.setdefault("padding", "same")
        super().__init__(filters, self.KERNEL, **kwargs)

    def call(self, inputs):
        kernel = self.kernel - ops.mean(self.kernel, axis=(0, 1, 2), keepdims=True)
        return ops.conv(inputs, kernel, strides=self.strides, padding=self.padding) + self.bias


class Projected(LSTM):
    def __init__(self, units, **kwargs):
        super().__init__(units, return_sequences=True, **kwargs)
        self.project = Dense(3)

    def build(self, shape):
        super().build(shape)
        self.project.build((None, None, self.units))

    def call(self, x, mask=None, training=None, initial_state=None):
        y = super().call(x, mask=mask, training=training, initial_state=initial_state)
        return self.project(y)

    def compute_output_shape(self, shape):
        return (*shape[:2], 3)


class Positions(Embedding):
    def __init__(self, length, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.table = Embedding(length, self.output_dim)
        self.length = length

    def build(self, shape=None):
        super().build(shape)
        self.table.build()

    def call(self, x):
        return super().call(x) + self.table(ops.arange(self.length))


class Normalized(layers.Wrapper):
    def build(self, shape):
        super().build(shape)
        features = self.layer.kernel.shape[-1]
        self.u = self.add_weight(shape=(1, features), trainable=False, name="u")

    def call(self, x):
        return self.layer(x)


class Waiting(Dense):
    """Keras is told the output's shape, so that it does not follow `call` to `extra`."""

    def __init__(self, units):
        super().__init__(units)
        self.extra = Dense(3)

    def call(self, x):
        return super().call(x) + ops.sum(self.extra(x))


class Across(layers.Layer):
    def build(self, query_shape, value_shape):
        self.kernel = self.add_weight(shape=(query_shape[-1], value_shape[-1]))

    def call(self, query, value):
        return ops.matmul(query, self.kernel) * value


image = Input((8, 8, 3))
words = Input((6,))
x = GainedConv(4, 3)(image)
x = Standardized(2)(x)
x = Normalized(Conv2D(5, 2))(x)
x = layers.GlobalAveragePooling2D()(GainedDense(6, activation="relu")(x))
y = Positions(6, 100, 8)(words)
y = layers.Flatten()(Projected(30)(y))
z = Across()(query=LowRank(30)(y), value=LowRank(3, rank=1, use_bias=False)(x))
model = Model([image, words], Head(name="head")(Waiting(4)(z)))
