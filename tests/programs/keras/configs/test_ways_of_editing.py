"""Ways in which programs copy, search and edit configs."""

import pytest

from tests.programs.keras.configs.counting import FUNCTIONAL, SEQUENTIAL, counted, counted_by_keras

COUNTED = {  # and the numbers of all weights, and of those that train
    "dict copies": (
        """
c = layers.GRU(4).get_config().copy()
d = dict(zip(c.keys(), c.values()))
d["units"] = 5
e = {**d}
f = dict(list(e.items()))
model = Sequential([Input((9, 3)), layers.GRU.from_config(f)])
""",
        150,
        150,
    ),
    "inner alone": (
        """
c = layers.Bidirectional(layers.LSTM(4)).get_config()
c["layer"]["config"]["units"] = 5
model = Sequential([Input((9, 3)), layers.LSTM.from_config(c["layer"]["config"])])
""",
        180,
        180,
    ),
    "inner deserialized": (
        """
c = layers.Bidirectional(layers.LSTM(4)).get_config()
c["layer"]["config"]["units"] = 5
model = Sequential(
    [
        Input((9, 3)),
        layers.Bidirectional(layers.deserialize(c["layer"]), merge_mode="sum"),
    ]
)
""",
        360,
        360,
    ),
    "getattr class": (
        """
c = layers.GRU(4).get_config()
cls = getattr(layers, "GRU")
model = Sequential([Input((9, 3)), cls(**{**c, "units": 2})])
""",
        42,
        42,
    ),
    "literal eval": (
        """
import ast
c = ast.literal_eval(str(layers.Dense(4).get_config()))
c["units"] = 3
model = Sequential([Input((9, 3)), layers.Dense.from_config(c)])
""",
        12,
        12,
    ),
    "eval repr": (
        """
c = eval(repr(layers.Dense(4).get_config()))
c["units"] = 3
model = Sequential([Input((9, 3)), layers.Dense.from_config(c)])
""",
        12,
        12,
    ),
    "weights moved": (
        SEQUENTIAL
        + """
config["layers"][2]["config"]["activation"] = "relu"
model = Sequential.from_config(config)
model.set_weights(base.get_weights())
""",
        204,
        204,
    ),
    "zip of layers": (
        SEQUENTIAL
        + """
model = Sequential.from_config(config)
for new, old in zip(model.layers, base.layers):
    new.set_weights(old.get_weights())
""",
        204,
        204,
    ),
    "pop item": (
        """
c = layers.Dense(4).get_config()
c.popitem()
model = Sequential(
    [Input((9, 3)), layers.Dense(c.pop("units") + 1, use_bias=c.get("use_bias", False))]
)
""",
        20,
        20,
    ),
    "enumerate": (
        SEQUENTIAL
        + """
for i, each in enumerate(config["layers"]):
    each.pop("build_config", None)
    if i:
        config["layers"][i]["config"]["units"] = i * 3
model = Sequential.from_config(config)
""",
        108,
        108,
    ),
    "by name": (
        FUNCTIONAL
        + """
by_name = {each["name"]: each for each in config["layers"]}
by_name["dense"].pop("build_config")
by_name["dense"]["config"]["units"] = 11
model = Model.from_config(config)
""",
        446,
        446,
    ),
    "next": (
        FUNCTIONAL
        + """
dense = next(each for each in config["layers"] if each["class_name"] == "Dense")
dense["config"]["units"] = 11
model = Model.from_config(config)
""",
        446,
        446,
    ),
    "while": (
        SEQUENTIAL
        + """
while config["layers"][-1]["class_name"] != "LSTM":
    config["layers"].pop()
model = Sequential.from_config(config)
""",
        180,
        180,
    ),
    "clear": (
        SEQUENTIAL
        + """
kept = config["layers"][0]
config["layers"].clear()
config["layers"] += [kept, layers.serialize(layers.Dense(7))]
model = Sequential.from_config(config)
""",
        28,
        28,
    ),
    "dict of dicts": (
        """
specs = {n: layers.Dense(n).get_config() for n in (2, 3)}
specs[2]["units"] += 5
model = Sequential(
    [Input((9, 3)), *[layers.Dense.from_config(each) for each in specs.values()]]
)
""",
        52,
        52,
    ),
    "class attribute": (
        """
class Config:
    base = layers.Dense(4).get_config()
Config.base["units"] = 8
model = Sequential([Input((9, 3)), layers.Dense.from_config(Config.base)])
""",
        32,
        32,
    ),
    "function returns": (
        """
def make(units, **changes):
    c = layers.LSTM(units).get_config()
    c.update(changes)
    return layers.LSTM.from_config(c)
model = Sequential([Input((9, 3)), make(4, use_bias=False)])
""",
        112,
        112,
    ),
    "try": (
        SEQUENTIAL
        + """
try:
    config["layers"][1]["config"]["filters"] += 1
except KeyError:
    config["layers"][2]["config"]["units"] = 1
model = Sequential.from_config(config)
""",
        186,
        186,
    ),
    "stack of models": (
        SEQUENTIAL
        + """
made = []
for units in (2, 3):
    config = base.get_config()
    config["layers"][2]["config"]["units"] = units
    config["name"] = f"part_{units}"
    made.append(Sequential.from_config(config))
model = Model(x, [each(x) for each in made])
""",
        390,
        390,
    ),
    "grown": (
        """
config = {"name": "s", "layers": [layers.serialize(layers.InputLayer(shape=(4,)))]}
for n in range(1, 4):
    config["layers"].append(layers.serialize(layers.Dense(n)))
model = Sequential.from_config(config)
""",
        18,
        18,
    ),
    "class_name lookup": (
        """
config = {
    "class_name": "Dense",
    "config": {"units": 5},
    "module": "keras.layers",
    "registered_name": None,
}
model = Sequential([Input((9, 3)), layers.deserialize(config)])
""",
        20,
        20,
    ),
    "units of list args": (
        """
c = layers.RNN([layers.LSTMCell(4), layers.GRUCell(5)]).get_config()
for each in c["cell"]["config"]["cells"]:
    each["config"]["units"] += 1
model = Sequential([Input((9, 3)), layers.RNN.from_config(c)])
""",
        414,
        414,
    ),
    "tf clone": (
        """
c = layers.Conv2D(4, (3, 1), strides=(2, 1), dilation_rate=1).get_config()
c["kernel_size"] = 5
model = Sequential([Input((9, 9, 3)), layers.Conv2D.from_config(c)])
""",
        304,
        304,
    ),
    "groups": (
        """
c = layers.Conv2D(6, 3, groups=3).get_config()
c["groups"] = 1
model = Sequential([Input((9, 9, 3)), layers.Conv2D.from_config(c)])
""",
        168,
        168,
    ),
    "trainable bn": (
        """
base = Sequential([Input((9, 3)), layers.BatchNormalization(), layers.Dense(2)])
base.layers[0].trainable = False
config = base.get_config()
config["layers"][2]["config"]["units"] = 5
model = Sequential.from_config(config)
""",
        32,
        20,
    ),
    "lstm stateful": (
        """
c = layers.LSTM(4, return_sequences=True, return_state=True).get_config()
c["return_state"] = False
model = Sequential([Input((9, 3)), layers.LSTM.from_config(c), layers.Dense(2)])
""",
        138,
        138,
    ),
    "drop layer by index": (
        FUNCTIONAL
        + """
del config["layers"][2]
config["layers"][2]["inbound_nodes"][0]["args"][0]["config"]["keras_history"][0] = (
    config["layers"][1]["name"]
)
config["layers"][2].pop("build_config")
model = Model.from_config(config)
""",
        74,
        74,
    ),
    "drop layer tuple": (
        FUNCTIONAL
        + """
flat = config["layers"].pop(2)
config["layers"][2]["inbound_nodes"] = flat["inbound_nodes"]
config["layers"][2].pop("build_config")
model = Model.from_config(config)
""",
        74,
        74,
    ),
    "swap": (
        FUNCTIONAL
        + """
config["layers"][1], config["layers"][2] = config["layers"][2], config["layers"][1]
model = Model.from_config(config)
""",
        194,
        194,
    ),
    "model in list": (
        SEQUENTIAL
        + """
models_ = [Sequential.from_config(config) for config in [base.get_config()]]
model = models_[0]
""",
        204,
        204,
    ),
    "model of dense only": (
        """
model = Sequential.from_config(
    Sequential([Input((3,)), layers.Dense(3)]).get_config() | {"name": "x"}
)
""",
        12,
        12,
    ),
    "union inner": (
        SEQUENTIAL
        + """
config["layers"][2] |= {"config": config["layers"][2]["config"] | {"units": 6}}
model = Sequential.from_config(config)
""",
        216,
        216,
    ),
    "copy.copy": (
        SEQUENTIAL
        + """
shallow = copy.copy(config)
shallow["layers"][2]["config"]["units"] = 6
model = Sequential.from_config(config)
""",
        216,
        216,
    ),
    "deepcopy apart": (
        SEQUENTIAL
        + """
deep = copy.deepcopy(config)
deep["layers"][2]["config"]["units"] = 6
model = Sequential.from_config(config)
""",
        204,
        204,
    ),
    "list copy": (
        SEQUENTIAL
        + """
entries = list(config["layers"])
entries.pop()
model = Sequential.from_config(config)
""",
        204,
        204,
    ),
    "pad": (
        """
c = layers.ZeroPadding2D(1).get_config()
c["padding"] = ((2, 2), (0, 0))
model = Sequential(
    [
        Input((4, 4, 1)),
        layers.ZeroPadding2D.from_config(c),
        layers.Flatten(),
        layers.Dense(1),
    ]
)
""",
        33,
        33,
    ),
    "permute": (
        """
c = layers.Permute((2, 1)).get_config()
c["dims"] = (1, 2)
model = Sequential([Input((9, 3)), layers.Permute.from_config(c), layers.Dense(2)])
""",
        8,
        8,
    ),
    "concat axis": (
        """
c = layers.Concatenate(axis=-1).get_config()
c["axis"] = 1
model = Model(
    x,
    layers.Dense(2)(layers.Flatten()(layers.Concatenate.from_config(c)([x, x[:, :2]]))),
)
""",
        68,
        68,
    ),
    "dot": (
        """
c = layers.Dot(axes=2).get_config()
c["axes"] = 1
model = Model(x, layers.Dense(2)(layers.Dot.from_config(c)([x, x])))
""",
        8,
        8,
    ),
    "repeat": (
        """
c = layers.RepeatVector(3).get_config()
c["n"] = 5
model = Sequential(
    [Input((4,)), layers.RepeatVector.from_config(c), layers.Flatten(), layers.Dense(2)]
)
""",
        42,
        42,
    ),
    "category": (
        """
c = layers.CategoryEncoding(num_tokens=4, output_mode="multi_hot").get_config()
c["num_tokens"] = 6
model = Sequential(
    [
        Input((3,), dtype="int32"),
        layers.CategoryEncoding.from_config(c),
        layers.Dense(2),
    ]
)
""",
        14,
        14,
    ),
    "elu": (
        """
c = layers.ELU(0.5).get_config()
c["alpha"] = 0.1
model = Sequential([Input((9, 3)), layers.ELU.from_config(c), layers.Dense(2)])
""",
        8,
        8,
    ),
    "spatial dropout": (
        """
c = layers.SpatialDropout1D(0.5).get_config()
c["rate"] = 0.1
model = Sequential(
    [Input((9, 3)), layers.SpatialDropout1D.from_config(c), layers.Dense(2)]
)
""",
        8,
        8,
    ),
    "wrapper of conv lstm": (
        """
c = layers.Bidirectional(layers.ConvLSTM2D(4, 3)).get_config()
for key in ("layer", "backward_layer"):
    c[key]["config"]["filters"] = 2
model = Sequential([Input((3, 8, 8, 1)), layers.Bidirectional.from_config(c)])
""",
        448,
        448,
    ),
    "backward given": (
        """
c = layers.Bidirectional(
    layers.LSTM(4), backward_layer=layers.GRU(4, go_backwards=True)
).get_config()
c["backward_layer"]["config"]["reset_after"] = False
model = Sequential([Input((9, 3)), layers.Bidirectional.from_config(c)])
""",
        224,
        224,
    ),
}


@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_ways_of_editing(program, total, trainable):
    assert counted(program) == (total, trainable)


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_ways_of_editing_in_keras(program, total, trainable):
    pytest.importorskip("keras")
    assert counted_by_keras(program) == (total, trainable)
