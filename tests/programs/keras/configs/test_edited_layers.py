"""Layers that a program makes of configs which it has edited."""

import pytest

from tests.programs.keras.configs.counting import counted, counted_by_keras

COUNTED = {  # and the numbers of all weights, and of those that train
    "wrapper inner bidirectional": (
        """
c = layers.Bidirectional(layers.LSTM(4, return_sequences=True)).get_config()
c["layer"]["config"]["units"] = 6
c["backward_layer"]["config"]["units"] = 2
model = Sequential([Input((9, 3)), layers.Bidirectional.from_config(c)])
""",
        288,
        288,
    ),
    "wrapper merge mode": (
        """
c = layers.Bidirectional(layers.LSTM(4)).get_config()
c["merge_mode"] = "sum"
model = Sequential(
    [Input((9, 3)), layers.Bidirectional.from_config(c), layers.Dense(2)]
)
""",
        266,
        266,
    ),
    "time distributed replaced": (
        """
c = layers.TimeDistributed(layers.Dense(4)).get_config()
c["layer"] = layers.serialize(layers.Conv1D(2, 3))
model = Sequential([Input((2, 9, 3)), layers.TimeDistributed.from_config(c)])
""",
        20,
        20,
    ),
    "stacked cells appended": (
        """
c = layers.RNN([layers.LSTMCell(4), layers.LSTMCell(5)]).get_config()
c["cell"]["config"]["cells"].append(layers.serialize(layers.GRUCell(2)))
model = Sequential([Input((9, 3)), layers.RNN.from_config(c)])
""",
        382,
        382,
    ),
    "stacked cells popped": (
        """
c = layers.RNN([layers.LSTMCell(4), layers.LSTMCell(5)]).get_config()
c["cell"]["config"]["cells"].pop()
model = Sequential([Input((9, 3)), layers.RNN.from_config(c)])
""",
        128,
        128,
    ),
    "stacked cells in a loop": (
        """
c = layers.StackedRNNCells([layers.LSTMCell(4), layers.LSTMCell(5)]).get_config()
for each in c["cells"]:
    each["config"]["units"] *= 2
model = Sequential([Input((9, 3)), layers.RNN(layers.StackedRNNCells.from_config(c))])
""",
        1144,
        1144,
    ),
    "rnn cell replaced": (
        """
c = layers.RNN(layers.LSTMCell(4)).get_config()
c["cell"] = {**c["cell"], "class_name": "SimpleRNNCell", "config": {"units": 4}}
model = Sequential([Input((9, 3)), layers.RNN.from_config(c)])
""",
        32,
        32,
    ),
    "spectral": (
        """
c = layers.SpectralNormalization(layers.Dense(4)).get_config()
c["layer"]["config"]["units"] = 2
model = Sequential([Input((9, 3)), layers.SpectralNormalization.from_config(c)])
""",
        10,
        8,
    ),
    "nested wrappers": (
        """
c = layers.TimeDistributed(layers.Bidirectional(layers.GRU(3))).get_config()
c["layer"]["config"]["layer"]["config"]["units"] = 5
c["layer"]["config"]["backward_layer"]["config"]["units"] = 5
model = Sequential([Input((2, 9, 3)), layers.TimeDistributed.from_config(c)])
""",
        300,
        300,
    ),
    "spread into the class": (
        """
c = layers.Dense(5, use_bias=False).get_config()
model = Sequential([Input((9, 3)), layers.Dense(**{**c, "units": 7})])
""",
        21,
        21,
    ),
    "spread with more keywords": (
        """
c = layers.Conv1D(5, 3).get_config()
del c["name"], c["filters"]
model = Sequential([Input((9, 3)), layers.Conv1D(filters=2, **c)])
""",
        20,
        20,
    ),
    "comprehension of items": (
        """
c = layers.LSTM(5).get_config()
model = Sequential(
    [
        Input((9, 3)),
        layers.LSTM(**{k: v for k, v in c.items() if not k.startswith("recurrent_")}),
    ]
)
""",
        180,
        180,
    ),
    "union": (
        """
model = Sequential(
    [
        Input((9, 3)),
        layers.GRU.from_config(
            layers.GRU(4).get_config() | {"units": 2, "reset_after": False}
        ),
    ]
)
""",
        36,
        36,
    ),
    "update": (
        """
c = layers.Conv1D(5, 3).get_config()
c.update(groups=1, kernel_size=(2,), use_bias=False)
model = Sequential([Input((9, 3)), layers.Conv1D.from_config(c)])
""",
        30,
        30,
    ),
    "deepcopy": (
        """
c = copy.deepcopy(layers.Bidirectional(layers.LSTM(4)).get_config())
c["backward_layer"] = None
c["layer"]["config"]["use_bias"] = False
model = Sequential([Input((9, 3)), layers.Bidirectional.from_config(c)])
""",
        224,
        224,
    ),
    "dict()": (
        """
c = dict(layers.MultiHeadAttention(2, 3).get_config(), num_heads=4)
a = layers.MultiHeadAttention.from_config(c)
model = Model(x, a(x, x))
""",
        183,
        183,
    ),
    "value dim stays": (
        """
c = layers.MultiHeadAttention(2, 3).get_config()
c["key_dim"] = 5
a = layers.MultiHeadAttention.from_config(c)
model = Model(x, a(x, x))
""",
        125,
        125,
    ),
    "pool strides stay": (
        """
c = layers.MaxPooling1D(2).get_config()
c["pool_size"] = 3
model = Sequential(
    [
        Input((9, 3)),
        layers.MaxPooling1D.from_config(c),
        layers.Flatten(),
        layers.Dense(2),
    ]
)
""",
        26,
        26,
    ),
    "other class": (
        """
c = layers.LSTM(4).get_config()
c.pop("unit_forget_bias")
model = Sequential([Input((9, 3)), layers.GRU.from_config(c)])
""",
        108,
        108,
    ),
    "read a default": (
        """
c = layers.Dense(4).get_config()
model = Sequential(
    [
        Input((9, 3)),
        layers.Dense(6 if c["activation"] == "linear" and c["use_bias"] else 2),
    ]
)
""",
        24,
        24,
    ),
    "initializer read": (
        """
c = layers.Dense(4).get_config()
model = Sequential(
    [
        Input((9, 3)),
        layers.Dense(
            6 if c["kernel_initializer"]["class_name"] == "GlorotUniform" else 2
        ),
    ]
)
""",
        24,
        24,
    ),
    "serialize edited": (
        """
c = layers.serialize(layers.Dense(4))
c["config"]["units"] = 7
model = Sequential([Input((9, 3)), layers.deserialize(c)])
""",
        28,
        28,
    ),
    "serialize class changed": (
        """
c = layers.serialize(layers.LSTM(4))
c["class_name"] = "GRU"
del c["config"]["unit_forget_bias"]
model = Sequential([Input((9, 3)), layers.deserialize(c)])
""",
        108,
        108,
    ),
    "list of serialized": (
        """
cs = [layers.serialize(layers.Dense(n)) for n in (3, 4)]
cs.insert(1, layers.serialize(layers.Dense(8)))
model = Sequential([Input((9, 3))] + [layers.deserialize(c) for c in cs])
""",
        80,
        80,
    ),
    "bidirectional twice": (
        """
c = layers.Bidirectional(layers.GRU(4, return_sequences=True)).get_config()
a = layers.Bidirectional.from_config(c)
c["name"] = "b"
model = Sequential([Input((9, 3)), a, layers.Bidirectional.from_config(c)])
""",
        552,
        552,
    ),
    "conv lstm": (
        """
c = layers.ConvLSTM2D(4, 3).get_config()
c["filters"] = 5
model = Sequential([Input((5, 8, 8, 3)), layers.ConvLSTM2D.from_config(c)])
""",
        1460,
        1460,
    ),
    "normalization axis": (
        """
c = layers.LayerNormalization().get_config()
c["axis"] = [1, 2]
model = Sequential([Input((9, 3)), layers.LayerNormalization.from_config(c)])
""",
        54,
        54,
    ),
    "batch norm": (
        """
c = layers.BatchNormalization().get_config()
c["scale"] = False
model = Sequential([Input((9, 3)), layers.BatchNormalization.from_config(c)])
""",
        9,
        3,
    ),
    "group norm": (
        """
c = layers.GroupNormalization(3).get_config()
c["center"] = False
model = Sequential([Input((9, 3)), layers.GroupNormalization.from_config(c)])
""",
        3,
        3,
    ),
    "einsum": (
        """
c = layers.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d").get_config()
c["output_shape"] = (None, 7)
model = Sequential([Input((9, 3)), layers.EinsumDense.from_config(c)])
""",
        28,
        28,
    ),
    "reshape": (
        """
c = layers.Reshape((3, 9)).get_config()
c["target_shape"] = (27,)
model = Sequential([Input((9, 3)), layers.Reshape.from_config(c), layers.Dense(2)])
""",
        56,
        56,
    ),
    "gqa": (
        """
c = layers.GroupQueryAttention(2, 4, 2).get_config()
c["num_query_heads"] = 8
a = layers.GroupQueryAttention.from_config(c)
model = Model(x, a(x, x))
""",
        147,
        147,
    ),
    "prelu": (
        """
c = layers.PReLU().get_config()
c["shared_axes"] = [1]
model = Sequential([Input((9, 3)), layers.PReLU.from_config(c)])
""",
        3,
        3,
    ),
    "activation": (
        """
c = layers.Dense(4, activation="softmax").get_config()
c["activation"] = "relu"
model = Sequential([Input((9, 3)), layers.Dense.from_config(c)])
""",
        16,
        16,
    ),
    "trained wrapper": (
        """
c = layers.Bidirectional(layers.LSTM(4)).get_config()
c["layer"]["config"]["trainable"] = False
model = Sequential([Input((9, 3)), layers.Bidirectional.from_config(c)])
""",
        256,
        128,
    ),
    "dtype": (
        """
c = layers.Dense(4).get_config()
c["dtype"] = "float16"
model = Sequential([Input((9, 3)), layers.Dense.from_config(c)])
""",
        16,
        16,
    ),
}


@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_layers_of_edited_configs(program, total, trainable):
    assert counted(program) == (total, trainable)


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_layers_of_edited_configs_in_keras(program, total, trainable):
    pytest.importorskip("keras")
    assert counted_by_keras(program) == (total, trainable)
