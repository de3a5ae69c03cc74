"""Models that a program makes of configs which it has edited."""

import pytest

from tests.programs.keras.configs.counting import FUNCTIONAL, SEQUENTIAL, counted, counted_by_keras

COUNTED = {  # and the numbers of all weights, and of those that train
    "units of all": (
        SEQUENTIAL
        + """
for each in config["layers"]:
    each.pop("build_config", None)
    if "units" in each["config"]:
        each["config"]["units"] += 1
model = Sequential.from_config(config)
""",
        275,
        275,
    ),
    "slice": (
        SEQUENTIAL
        + """
config["layers"] = config["layers"][:-1]
model = Sequential.from_config(config)
""",
        180,
        180,
    ),
    "del": (
        SEQUENTIAL
        + """
del config["layers"][-1]
model = Sequential.from_config(config)
""",
        180,
        180,
    ),
    "comprehension over layers": (
        SEQUENTIAL
        + """
config["layers"] = [each for each in config["layers"] if each["class_name"] != "Dense"]
model = Sequential.from_config(config)
""",
        180,
        180,
    ),
    "spread config": (
        SEQUENTIAL
        + """
model = Sequential.from_config(
    {**config, "layers": config["layers"] + [layers.serialize(layers.Dense(7))]}
)
""",
        239,
        239,
    ),
    "spread entries": (
        SEQUENTIAL
        + """
config["layers"] = [
    {k: v for k, v in each.items() if k != "build_config"} for each in config["layers"]
]
config["layers"][1]["config"]["units"] = 2
model = Sequential.from_config(config)
""",
        60,
        60,
    ),
    "replace a layer": (
        SEQUENTIAL
        + """
config["layers"][1] = layers.serialize(layers.GRU(5))
model = Sequential.from_config(config)
""",
        174,
        174,
    ),
    "input changed": (
        SEQUENTIAL
        + """
for each in config["layers"]:
    each.pop("build_config", None)
config["layers"][0]["config"]["batch_shape"] = (None, 4, 8)
model = Sequential.from_config(config)
""",
        304,
        304,
    ),
    "input replaced": (
        SEQUENTIAL
        + """
config["layers"][0] = layers.serialize(layers.InputLayer(shape=(2, 3)))
model = Sequential.from_config(config)
""",
        204,
        204,
    ),
    "name only": (
        SEQUENTIAL
        + """
config["name"] = "other"
model = Sequential.from_config(config)
""",
        204,
        204,
    ),
    "not built": (
        """
base = Sequential([layers.Dense(3), layers.Dense(2)])
config = base.get_config()
config["layers"][0]["config"]["units"] = 7
config["layers"].append(layers.serialize(layers.Dense(1)))
model = Sequential.from_config(config)
model.build((None, 4))
""",
        54,
        54,
    ),
    "built by shape": (
        """
base = Sequential([layers.Dense(3), layers.Dense(2)])
base.build((None, 4))
config = base.get_config()
config["layers"][1]["config"]["use_bias"] = False
model = Sequential.from_config(config)
""",
        20,
        20,
    ),
    "nested sequential": (
        """
base = Sequential(
    [Input((9, 3)), Sequential([layers.Dense(4), layers.Dense(2)]), layers.Dense(5)]
)
config = base.get_config()
inner = config["layers"][1]["config"]["layers"]
for each in inner:
    each.pop("build_config", None)
for each in inner:
    if each["class_name"] == "Dense":
        each["config"]["units"] *= 2
config["layers"][2].pop("build_config")
model = Sequential.from_config(config)
""",
        93,
        93,
    ),
    "bidirectional inside": (
        """
base = Sequential([Input((9, 3)), layers.Bidirectional(layers.LSTM(5))])
config = base.get_config()
inner = config["layers"][1]
inner["config"]["layer"]["config"]["units"] = inner["config"]["backward_layer"][
    "config"
]["units"] = 8
model = Sequential.from_config(config)
""",
        768,
        768,
    ),
    "written by hand": (
        """
model = Sequential.from_config(
    {
        "name": "s",
        "layers": [
            layers.serialize(each)
            for each in (
                layers.InputLayer(shape=(4,)),
                layers.Dense(3),
                layers.Dense(2),
            )
        ],
    }
)
""",
        23,
        23,
    ),
    "deepcopy of a model's": (
        SEQUENTIAL
        + """
config = copy.deepcopy(config)
config["layers"][2]["config"]["units"] = 9
model = Sequential.from_config(config)
""",
        234,
        234,
    ),
    "class of the base": (
        SEQUENTIAL
        + """
config["layers"][2]["config"]["units"] = 9
model = base.__class__.from_config(config)
""",
        234,
        234,
    ),
    "method of the base": (
        SEQUENTIAL
        + """
config["layers"][2]["config"]["units"] = 9
model = base.from_config(config)
""",
        234,
        234,
    ),
    "original unchanged": (
        SEQUENTIAL
        + """
config["layers"][2]["config"]["units"] = 9
other = Sequential.from_config(config)
model = Sequential([base, layers.Dense(1)])
""",
        209,
        209,
    ),
    "base changed later": (
        SEQUENTIAL
        + """
base.add(layers.Dense(7))
model = Sequential.from_config(config)
""",
        204,
        204,
    ),
    "base frozen later": (
        SEQUENTIAL
        + """
base.trainable = False
model = Sequential.from_config(config)
""",
        204,
        204,
    ),
    "trainable in config": (
        SEQUENTIAL
        + """
config["layers"][1]["config"]["trainable"] = False
model = Sequential.from_config(config)
""",
        204,
        24,
    ),
    "functional filters": (
        FUNCTIONAL
        + """
for each in config["layers"]:
    each.pop("build_config", None)
config["layers"][1]["config"]["filters"] = 8
model = Model.from_config(config)
""",
        308,
        308,
    ),
    "functional kernel popped": (
        FUNCTIONAL
        + """
config["layers"][-1].pop("build_config")
config["layers"][1]["config"].update(kernel_size=(5,), filters=2)
model = Model.from_config(config)
""",
        76,
        76,
    ),
    "functional output earlier": (
        FUNCTIONAL
        + """
config["output_layers"] = [config["layers"][1]["name"], 0, 0]
config["layers"] = config["layers"][:2]
model = Model.from_config(config)
""",
        50,
        50,
    ),
    "functional layer replaced": (
        FUNCTIONAL
        + """
old = config["layers"][1]
config["layers"][1] = {
    **layers.serialize(layers.SeparableConv1D(5, 3, name=old["name"])),
    "name": old["name"],
    "inbound_nodes": old["inbound_nodes"],
}
model = Model.from_config(config)
""",
        173,
        173,
    ),
    "functional appended": (
        FUNCTIONAL
        + """
last = config["layers"][-1]
new = layers.serialize(layers.Dense(6, name="more"))
new["name"] = "more"
new["inbound_nodes"] = [
    {
        "args": [
            {
                "class_name": "__keras_tensor__",
                "config": {
                    "shape": (None, 4),
                    "dtype": "float32",
                    "keras_history": [last["name"], 0, 0],
                },
            }
        ],
        "kwargs": {},
    }
]
config["layers"].append(new)
config["output_layers"] = ["more", 0, 0]
model = Model.from_config(config)
""",
        224,
        224,
    ),
    "functional operations": (
        """
base = Model(x, ops.relu(layers.Dense(4)(x)) + 1.0)
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
model = Model.from_config(config)
""",
        24,
        24,
    ),
    "functional merge": (
        """
y = layers.concatenate([layers.Dense(3)(x), layers.Dense(4)(x)])
base = Model(x, layers.Dense(2)(y))
config = base.get_config()
for each in config["layers"]:
    each.pop("build_config", None)
    if each["class_name"] == "Dense":
        each["config"]["units"] += 2
model = Model.from_config(config)
""",
        92,
        92,
    ),
    "functional shared": (
        """
d = layers.Dense(3)
base = Model(x, d(d(x)))
config = base.get_config()
config["layers"][1]["config"]["use_bias"] = False
model = Model.from_config(config)
""",
        9,
        9,
    ),
    "functional two inputs": (
        """
z = Input((9, 2))
base = Model([x, z], layers.Dense(2)(layers.concatenate([x, z])))
config = base.get_config()
for each in config["layers"]:
    each.pop("build_config", None)
config["layers"][1]["config"]["batch_shape"] = (None, 9, 5)
model = Model.from_config(config)
""",
        18,
        18,
    ),
    "functional nested": (
        """
inner = Sequential([x, layers.Dense(4)])
base = Model(x, layers.Dense(2)(inner(x)))
config = base.get_config()
config["layers"][1]["config"]["layers"][1]["config"]["use_bias"] = False
model = Model.from_config(config)
""",
        22,
        22,
    ),
    "functional nested functional": (
        """
inner = Model(x, layers.Dense(4)(x))
base = Model(x, layers.Dense(2)(inner(inner.input)))
config = base.get_config()
config["layers"][1]["config"]["layers"][1]["config"]["use_bias"] = False
model = Model.from_config(config)
""",
        22,
        22,
    ),
    "functional mha": (
        """
base = Model(x, layers.MultiHeadAttention(2, 3)(x, x))
config = base.get_config()
config["layers"][1]["config"]["num_heads"] = 3
model = Model.from_config(config)
""",
        138,
        138,
    ),
    "functional lstm states": (
        """
y, h, c = layers.LSTM(4, return_sequences=True, return_state=True)(x)
base = Model(x, layers.LSTM(4)(y, initial_state=[h, c]))
config = base.get_config()
for each in config["layers"]:
    each.pop("build_config", None)
    if "units" in each["config"]:
        each["config"]["units"] = 6
model = Model.from_config(config)
""",
        552,
        552,
    ),
    "functional input changed": (
        FUNCTIONAL
        + """
for each in config["layers"]:
    each.pop("build_config", None)
config["layers"][0]["config"]["batch_shape"] = (None, 12, 2)
model = Model.from_config(config)
""",
        239,
        239,
    ),
    "functional spread": (
        FUNCTIONAL
        + """
model = Model.from_config({**config, "name": "again"})
""",
        194,
        194,
    ),
    "functional frozen": (
        FUNCTIONAL
        + """
config["trainable"] = False
config["layers"][1]["config"]["filters"] = 5
model = Model.from_config(config)
""",
        194,
        0,
    ),
}


@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_models_of_edited_configs(program, total, trainable):
    assert counted(program) == (total, trainable)


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_models_of_edited_configs_in_keras(program, total, trainable):
    pytest.importorskip("keras")
    assert counted_by_keras(program) == (total, trainable)
