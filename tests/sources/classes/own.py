"""Custom classes in the style of public programs."""

import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="mine")
class AttentionPool(layers.Layer):
    def __init__(self, units=8, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(
            name="w", shape=(input_shape[-1], self.units), initializer="glorot_uniform"
        )
        self.b = self.add_weight(name="b", shape=(self.units,), initializer="zeros")
        self.u = self.add_weight(name="u", shape=(self.units, 1), trainable=False)

    def call(self, x):
        e = ops.tanh(ops.matmul(x, self.w) + self.b)
        a = ops.softmax(ops.matmul(e, self.u), axis=1)
        return ops.sum(x * a, axis=1)

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Block(layers.Layer):
    def __init__(self, dim, rate=0.1, **kwargs):
        super().__init__(**kwargs)
        self.dim, self.rate = dim, rate
        self.att = layers.MultiHeadAttention(2, dim // 2)
        self.ffn = keras.Sequential([layers.Dense(4 * dim, activation="relu"), layers.Dense(dim)])
        self.n1, self.n2 = layers.LayerNormalization(), layers.LayerNormalization()
        self.drop = layers.Dropout(rate)

    def call(self, x, training=None):
        x = self.n1(x + self.drop(self.att(x, x)))
        return self.n2(x + self.ffn(x))

    def get_config(self):
        config = super().get_config()
        config.update({"dim": self.dim, "rate": self.rate})
        return config


@keras.saving.register_keras_serializable()
class Scaled(layers.Dense):
    def __init__(self, units, scale=2.0, **kwargs):
        super().__init__(units, **kwargs)
        self.scale = scale

    def call(self, x):
        return super().call(x) * self.scale

    def get_config(self):
        return {**super().get_config(), "scale": self.scale}


class MyLSTM(layers.LSTM):
    pass


class Gated(layers.GRU):
    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        self.gate = self.add_weight(shape=(units,), name="gate")

    def call(self, sequences, **kwargs):
        return self.gate * super().call(sequences, **kwargs)


class PassedOn(layers.LSTM):
    def call(self, *args, **kwargs):
        return super().call(*args, **kwargs)


class Peep(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]
        self.output_size = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], 4 * self.units), name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, 4 * self.units), name="recurrent")
        self.peep = self.add_weight(shape=(3, self.units), name="peep")
        self.built = True

    def call(self, x, states):
        h, c = states
        z = ops.matmul(x, self.kernel) + ops.matmul(h, self.recurrent)
        i, f, g, o = ops.split(z, 4, axis=-1)
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g) + 0 * self.peep[0]
        h = ops.sigmoid(o) * ops.tanh(c)
        return h, [h, c]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class Wrap(layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner
        self.gate = layers.Dense(1)

    def call(self, x):
        return self.inner(x) * self.gate(x)

    def get_config(self):
        return {**super().get_config(), "inner": keras.saving.serialize_keras_object(self.inner)}

    @classmethod
    def from_config(cls, config):
        inner = keras.saving.deserialize_keras_object(config.pop("inner"))
        return cls(inner, **config)


class Two(layers.Layer):
    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = n
        self.a, self.b = layers.Dense(n), layers.Dense(n, use_bias=False)

    def call(self, q, v, scale=1.0):
        return self.a(q) + self.b(v)

    def get_config(self):
        return {**super().get_config(), "n": self.n}


class Encoder(keras.Model):
    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = n
        self.d1, self.d2 = layers.Dense(n, activation="relu"), layers.Dense(2 * n)
        self.bn = layers.BatchNormalization()

    def call(self, x):
        return self.bn(self.d2(self.d1(x)))

    def get_config(self):
        return {**super().get_config(), "n": self.n}


@keras.saving.register_keras_serializable(package="mine", name="swoosh")
def swoosh(x):
    return x * ops.sigmoid(x)


class Causal(layers.Conv1D):
    """A layer of Keras's with a layer of its own, which is created before its weights."""

    def __init__(self, filters, kernel_size, **kwargs):
        super().__init__(filters, kernel_size, **{**kwargs, "padding": "causal"})
        self.gate = layers.Dense(filters, activation="sigmoid")

    def build(self, input_shape):
        super().build(input_shape)
        self.gate.build(input_shape)

    def call(self, x):
        return super().call(x) * self.gate(x)


class Named(layers.Layer):
    """Its arguments have names that arguments of Keras 1 had; its activation is a function."""

    def __init__(self, length, p=1, init=None, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.length, self.p, self.init = length, p, keras.initializers.get(init)
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        shape = (input_shape[-1], self.length * self.p)
        self.w = self.add_weight(name="w", shape=shape, initializer=self.init)

    def call(self, x):
        return self.activation(ops.matmul(x, self.w))

    def get_config(self):
        return {
            **super().get_config(),
            "length": self.length,
            "p": self.p,
            "init": keras.initializers.serialize(self.init),
            "activation": keras.activations.serialize(self.activation),
        }


class Spectral(layers.Wrapper):
    """It holds the kernel of its layer, too, so that a .keras file has it twice."""

    def build(self, input_shape):
        super().build(input_shape)
        self.w = self.layer.kernel
        self.u = self.add_weight(name="u", shape=(1, self.w.shape[-1]), trainable=False)

    def call(self, x):
        return self.layer(x)


OWN = (
    AttentionPool, Block, Scaled, MyLSTM, Gated, PassedOn, Peep, Wrap, Two, Encoder, Causal, Named,
    Spectral,
)  # fmt: skip
CLASSES = {c.__name__: c for c in OWN}
CLASSES["swoosh"] = swoosh
