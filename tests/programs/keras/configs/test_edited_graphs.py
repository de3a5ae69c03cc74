"""Edited configs of models of several kinds of layers."""

import pytest

from tests.programs.keras.configs.counting import FUNCTIONAL, SEQUENTIAL, counted, counted_by_keras

COUNTED = {  # and the numbers of all weights, and of those that train
    "sequential twice": (
        SEQUENTIAL
        + """
first = Sequential.from_config(config)
config["layers"][2]["config"]["units"] = 7
model = Sequential.from_config(config)
""",
        222,
        222,
    ),
    "get twice": (
        SEQUENTIAL
        + """
config = base.get_config()
other = base.get_config()
config["layers"][2]["config"]["units"] = 7
model = Sequential.from_config(other)
""",
        204,
        204,
    ),
    "sequential of functional": (
        FUNCTIONAL
        + """
model = Sequential.from_config(config)
""",
        194,
        194,
    ),
    "batch input shape": (
        SEQUENTIAL
        + """
for each in config["layers"]:
    each.pop("build_config", None)
config["layers"][0]["config"]["batch_input_shape"] = (None, 4, 8)
model = Sequential.from_config(config)
""",
        304,
        304,
    ),
    "conv2d": (
        """
base = Sequential(
    [
        Input((8, 8, 3)),
        layers.Conv2D(4, 3, padding="same"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(2),
    ]
)
config = base.get_config()
for each in config["layers"]:
    each.pop("build_config", None)
    if each["class_name"] == "Conv2D":
        each["config"].update(filters=6, padding="valid", strides=(2, 2))
model = Sequential.from_config(config)
""",
        206,
        194,
    ),
    "depthwise": (
        """
base = Sequential(
    [Input((8, 8, 3)), layers.DepthwiseConv2D(3), layers.SeparableConv2D(4, 3)]
)
config = base.get_config()
for each in config["layers"]:
    each.pop("build_config", None)
config["layers"][1]["config"]["depth_multiplier"] = 2
config["layers"][2]["config"]["depth_multiplier"] = 3
model = Sequential.from_config(config)
""",
        298,
        298,
    ),
    "embedding": (
        """
base = Sequential(
    [
        Input((9,), dtype="int32"),
        layers.Embedding(20, 4, mask_zero=True),
        layers.LSTM(3),
    ]
)
config = base.get_config()
config["layers"][1]["config"]["input_dim"] = 30
model = Sequential.from_config(config)
""",
        216,
        216,
    ),
    "regularized": (
        """
base = Sequential(
    [
        Input((9, 3)),
        layers.Dense(
            4, kernel_regularizer="l2", kernel_constraint=keras.constraints.MaxNorm(2)
        ),
    ]
)
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
model = Sequential.from_config(config)
""",
        24,
        24,
    ),
    "build config edited": (
        SEQUENTIAL
        + """
config["layers"][1]["config"]["units"] = 6
config["layers"][2]["build_config"] = {"input_shape": (None, 6)}
model = Sequential.from_config(config)
""",
        268,
        268,
    ),
    "rewired": (
        FUNCTIONAL
        + """
y = layers.Dense(3, name="side")
new = {
    **layers.serialize(y),
    "name": "side",
    "inbound_nodes": copy.deepcopy(config["layers"][1]["inbound_nodes"]),
}
config["layers"].append(new)
config["output_layers"] = [config["output_layers"], ["side", 0, 0]]
model = Model.from_config(config)
""",
        206,
        206,
    ),
    "functional dict inputs": (
        """
a, b = Input((4,), name="a"), Input((2,), name="b")
base = Model({"a": a, "b": b}, {"out": layers.Dense(3)(layers.concatenate([a, b]))})
config = base.get_config()
for each in config["layers"]:
    if each["class_name"] == "Dense":
        each["config"]["units"] = 5
model = Model.from_config(config)
""",
        35,
        35,
    ),
    "functional several outputs": (
        """
a = layers.Dense(3)(x)
base = Model(x, [a, layers.Dense(2)(a)])
config = base.get_config()
config["layers"][2]["config"]["units"] = 5
model = Model.from_config(config)
""",
        32,
        32,
    ),
    "functional residual": (
        """
y = layers.Conv1D(3, 3, padding="same")(x)
base = Model(x, layers.Dense(2)(layers.add([x, y])))
config = base.get_config()
for each in config["layers"]:
    if each["class_name"] == "Conv1D":
        each["config"]["kernel_size"] = (5,)
model = Model.from_config(config)
""",
        56,
        56,
    ),
    "functional slices": (
        """
base = Model(x, layers.Dense(4)(x[:, -1] * 2))
config = base.get_config()
config["layers"][-1]["config"]["units"] = 7
model = Model.from_config(config)
""",
        28,
        28,
    ),
    "functional masking": (
        """
base = Model(x, layers.LSTM(4)(layers.Masking()(x)))
config = base.get_config()
config["layers"][-1]["config"]["units"] = 7
model = Model.from_config(config)
""",
        308,
        308,
    ),
    "functional nested twice": (
        """
inner = Model(x, layers.Dense(3)(x))
base = Model(x, inner(inner(x)))
config = base.get_config()
config["layers"][1]["config"]["layers"][1]["config"]["use_bias"] = False
model = Model.from_config(config)
""",
        9,
        9,
    ),
    "functional td of model": (
        """
inner = Sequential([Input((3,)), layers.Dense(4)])
base = Model(x, layers.TimeDistributed(inner)(x))
config = base.get_config()
config["layers"][1]["config"]["layer"]["config"]["layers"][1]["config"]["units"] = 6
model = Model.from_config(config)
""",
        24,
        24,
    ),
    "mixed sharing": (
        """
d = layers.Dense(3)
base = Model([x, (z := Input((9, 3)))], layers.concatenate([d(x), d(z)]))
config = base.get_config()
for each in config["layers"]:
    if each["class_name"] == "Dense":
        each["config"]["use_bias"] = False
model = Model.from_config(config)
""",
        9,
        9,
    ),
    "frozen base": (
        SEQUENTIAL
        + """
base.trainable = False
config = base.get_config()
config["layers"][2]["config"]["units"] = 9
model = Sequential.from_config(config)
""",
        234,
        0,
    ),
    "unfrozen in config": (
        SEQUENTIAL
        + """
base.trainable = False
config = base.get_config()
for each in config["layers"]:
    each["config"]["trainable"] = True
model = Sequential.from_config(config)
""",
        204,
        204,
    ),
    "lambda edited beside": (
        """
keras.config.enable_unsafe_deserialization()
base = Sequential([x, layers.Lambda(lambda t: t[:, 0]), layers.Dense(2)])
config = base.get_config()
config["layers"][2]["config"]["units"] = 7
model = Sequential.from_config(config)
""",
        28,
        28,
    ),
    "text vectorization like": (
        """
base = Sequential(
    [
        Input((4,)),
        layers.Discretization(bin_boundaries=[0.0, 1.0], output_mode="int"),
        layers.Embedding(3, 4),
    ]
)
config = base.get_config()
config["layers"][2]["config"]["output_dim"] = 7
model = Sequential.from_config(config)
""",
        21,
        21,
    ),
    "rescaling": (
        """
base = Sequential(
    [
        Input((4, 4, 3)),
        layers.Rescaling(1 / 255),
        layers.RandomFlip(),
        layers.Conv2D(2, 3),
    ]
)
config = base.get_config()
config["layers"][3]["config"]["filters"] = 7
model = Sequential.from_config(config)
""",
        196,
        196,
    ),
    "normalization": (
        """
base = Sequential(
    [Input((4,)), layers.Normalization(mean=1.0, variance=2.0), layers.Dense(2)]
)
config = base.get_config()
config["layers"][2]["config"]["units"] = 7
model = Sequential.from_config(config)
""",
        35,
        35,
    ),
    "application": (
        """
base = keras.applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), classes=5)
config = base.get_config()
config["layers"][-1]["config"]["units"] = 7
model = Model.from_config(config)
""",
        2266951,
        2232839,
    ),
    "global policy": (
        """
keras.config.set_dtype_policy("mixed_float16")
base = Sequential([Input((9, 3)), layers.LSTM(5), layers.Dense(4)])
config = base.get_config()
config["layers"][2]["config"]["units"] = 7
model = Sequential.from_config(config)
""",
        222,
        222,
    ),
}


@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_models_of_other_layers(program, total, trainable):
    assert counted(program) == (total, trainable)


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_models_of_other_layers_in_keras(program, total, trainable):
    pytest.importorskip("keras")
    assert counted_by_keras(program) == (total, trainable)
