import keras
from keras import Model, layers, ops


@keras.saving.register_keras_serializable()
class MinimalRNNCell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = units

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        self.recurrent = self.add_weight(shape=(self.units, self.units), name="recurrent")

    def call(self, inputs, states):
        output = ops.matmul(inputs, self.kernel) + ops.matmul(states[0], self.recurrent)
        return output, [output]

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class TwoStates(layers.Layer):
    output_size = 3

    def __init__(self, units):
        super().__init__()
        self.units = units
        self.gates = layers.Dense(units, activation="tanh")
        self.head = layers.Dense(3)

    @property
    def state_size(self):
        return [self.units, self.units]

    def build(self, shape):
        self.gates.build((None, shape[-1] + self.units))
        self.head.build((None, self.units))

    def call(self, x, states):
        h, c = states
        h = self.gates(ops.concatenate([x, h], axis=-1))
        return self.head(h), [h, c + h]


class NormalizedLSTMCell(layers.LSTMCell):
    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        self.norm = layers.LayerNormalization()

    def build(self, shape):
        super().build(shape)
        self.norm.build((None, self.units))

    def call(self, inputs, states, training=False):
        h, (_, c) = super().call(inputs, states, training=training)
        h = self.norm(h)
        return h, [h, c]


class Plain(layers.GRUCell):
    pass


class Gated(layers.SimpleRNNCell):
    def build(self, shape):
        super().build(shape)
        self.gate = self.add_weight(shape=(self.units,), name="gate")

    def call(self, inputs, states, training=False):
        h, states = super().call(inputs, states, training=training)
        return h * self.gate, states


class MinimalRNN(layers.RNN):
    def __init__(self, units, **kwargs):
        super().__init__(MinimalRNNCell(units), **kwargs)


x = keras.Input((7, 5))
start = keras.Input((4,))
y = layers.RNN([MinimalRNNCell(12), MinimalRNNCell(6)], return_sequences=True)(x)
y = layers.Bidirectional(layers.RNN(MinimalRNNCell(8), return_sequences=True))(y)
y = layers.RNN(layers.StackedRNNCells([Plain(5), Gated(4)]), return_sequences=True)(y)
y = layers.RNN(NormalizedLSTMCell(10), return_sequences=True)(y)
y = layers.RNN(MinimalRNNCell(4), return_sequences=True)(y, initial_state=[start])
y = MinimalRNN(6, return_sequences=True)(y)
y, h, c = layers.RNN(TwoStates(9), return_state=True)(y)
model = Model([x, start], [y, layers.Dense(2)(h), c])
