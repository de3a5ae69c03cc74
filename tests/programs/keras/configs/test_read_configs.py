"""Configs that a program searches, walks through and rearranges."""

import pytest

from tests.programs.keras.configs.counting import FUNCTIONAL, SEQUENTIAL, counted, counted_by_keras

COUNTED = {  # and the numbers of all weights, and of those that train
    "td spread popped": (
        """
c = layers.TimeDistributed(layers.Dense(4)).get_config()
c["layer"] = layers.deserialize(c["layer"])
model = Sequential([Input((9, 3)), layers.TimeDistributed(**c)])
""",
        16,
        16,
    ),
    "deserialize entries": (
        SEQUENTIAL
        + """
model = Sequential([layers.deserialize(each) for each in config["layers"]])
""",
        204,
        204,
    ),
    "deserialize entries last": (
        SEQUENTIAL
        + """
model = Sequential(
    [Input((9, 3))]
    + [layers.deserialize(each) for each in config["layers"][1:]]
    + [layers.Dense(1)]
)
""",
        209,
        209,
    ),
    "deserialize functional entries": (
        FUNCTIONAL
        + """
made = [
    layers.deserialize(
        {
            k: v
            for k, v in each.items()
            if k in ("module", "class_name", "config", "registered_name")
        }
    )
    for each in config["layers"][1:]
]
model = Sequential([Input((9, 3)), *made])
""",
        194,
        194,
    ),
    "activation read": (
        FUNCTIONAL
        + """
model = Sequential(
    [Input((3,))]
    + [
        layers.Dense(2)
        for each in config["layers"]
        if each["config"].get("activation") == "linear"
    ]
)
""",
        14,
        14,
    ),
    "class names": (
        FUNCTIONAL
        + """
model = Sequential(
    [Input((3,))] + [layers.Dense(len(each["class_name"])) for each in config["layers"]]
)
""",
        195,
        195,
    ),
    "len layers": (
        SEQUENTIAL
        + """
model = Sequential(
    [Input((3,)), layers.Dense(len(config["layers"])), layers.Dense(len(config))]
)
""",
        32,
        32,
    ),
    "keys of entries": (
        SEQUENTIAL
        + """
model = Sequential(
    [
        Input((3,)),
        layers.Dense(len(config["layers"][1])),
        layers.Dense(len(config["layers"][1]["config"])),
    ]
)
""",
        182,
        182,
    ),
    "build config read": (
        SEQUENTIAL
        + """
model = Sequential(
    [Input((3,)), layers.Dense(config["layers"][2]["build_config"]["input_shape"][-1])]
)
""",
        20,
        20,
    ),
    "build shape read": (
        SEQUENTIAL
        + """
model = Sequential([Input(config["build_input_shape"][1:]), layers.Dense(2)])
""",
        8,
        8,
    ),
    "inbound read": (
        FUNCTIONAL
        + """
model = Sequential(
    [
        Input((3,)),
        layers.Dense(
            2
            if config["layers"][2]["inbound_nodes"][0]["args"][0]["config"][
                "keras_history"
            ][0]
            == "conv1d"
            else 3
        ),
    ]
)
""",
        8,
        8,
    ),
    "ends read": (
        FUNCTIONAL
        + """
model = Sequential(
    [Input((3,)), layers.Dense(2 if config["output_layers"][0] == "dense" else 3)]
)
""",
        8,
        8,
    ),
    "renamed": (
        FUNCTIONAL
        + """
text = json.dumps(config).replace("conv1d", "first")
model = Model.from_config(json.loads(text))
""",
        194,
        194,
    ),
    "setdefault": (
        SEQUENTIAL
        + """
config["layers"][2]["config"].setdefault("units", 9)
model = Sequential.from_config(config)
""",
        204,
        204,
    ),
    "walrus chain": (
        SEQUENTIAL
        + """
(c := config["layers"][2]["config"])["units"] = 9
model = Sequential.from_config(config)
""",
        234,
        234,
    ),
    "function edits": (
        SEQUENTIAL
        + """
def widen(config, factor=2):
    for each in config["layers"]:
        each.pop("build_config", None)
        if "units" in each["config"]:
            each["config"]["units"] *= factor
    return config
model = Sequential.from_config(widen(config))
""",
        648,
        648,
    ),
    "recursive edit": (
        """
base = Sequential(
    [Input((9, 3)), layers.Bidirectional(layers.LSTM(3)), layers.Dense(2)]
)
config = base.get_config()
def widen(part):
    if isinstance(part, dict):
        part.pop("build_config", None)
        for key, value in part.items():
            if key == "units":
                part[key] = value * 2
            else:
                widen(value)
    elif isinstance(part, list):
        for each in part:
            widen(each)
widen(config)
model = Sequential.from_config(config)
""",
        532,
        532,
    ),
    "map and filter": (
        SEQUENTIAL
        + """
config["layers"] = list(
    filter(lambda each: each["class_name"] in ("InputLayer", "LSTM"), config["layers"])
)
model = Sequential.from_config(config)
""",
        180,
        180,
    ),
    "reversed": (
        """
base = Sequential([Input((9, 3)), layers.Dense(5), layers.Dense(4)])
config = base.get_config()
for each in config["layers"]:
    each.pop("build_config", None)
config["layers"][1:] = config["layers"][:0:-1]
model = Sequential.from_config(config)
""",
        41,
        41,
    ),
    "sorted": (
        """
base = Sequential([Input((9, 3)), layers.Dense(5), layers.Dense(4)])
config = base.get_config()
for each in config["layers"]:
    each.pop("build_config", None)
config["layers"] = config["layers"][:1] + sorted(
    config["layers"][1:], key=lambda each: each["config"]["units"]
)
model = Sequential.from_config(config)
""",
        41,
        41,
    ),
}


@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_configs_that_are_read(program, total, trainable):
    assert counted(program) == (total, trainable)


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_configs_that_are_read_in_keras(program, total, trainable):
    pytest.importorskip("keras")
    assert counted_by_keras(program) == (total, trainable)
