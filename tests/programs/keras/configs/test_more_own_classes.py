"""Configs of classes that a program defines, inside others."""

import pytest

from tests.programs.keras.configs.counting import OWN, UNREGISTERED, counted, counted_by_keras

COUNTED = {  # and the numbers of all weights, and of those that train
    "custom_objects": (
        UNREGISTERED
        + """
base = Model(x, Block(4)(x))
d = json.loads(base.to_json())
d["config"]["layers"][1]["config"]["units"] = 6
model = model_from_json(json.dumps(d), custom_objects={"Block": Block})
""",
        24,
        24,
    ),
    "scope": (
        UNREGISTERED
        + """
base = Model(x, Block(4)(x))
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
with keras.utils.custom_object_scope({"Block": Block}):
    model = Model.from_config(config)
""",
        24,
        24,
    ),
    "own from_config edits": (
        """
@keras.saving.register_keras_serializable()
class Block(layers.Layer):
    def __init__(self, units=3, **options):
        super().__init__(**options)
        self.units, self.dense = units, layers.Dense(units)
    def build(self, shape):
        self.dense.build(shape)
    def call(self, x):
        return self.dense(x)
    def compute_output_shape(self, shape):
        return (*shape[:-1], self.units)
    @classmethod
    def from_config(cls, config):
        config["units"] += 1
        return cls(**config)
    def get_config(self):
        return {**super().get_config(), "units": self.units}
base = Model(x, Block(4)(x))
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
model = Model.from_config(config)
""",
        28,
        28,
    ),
    "own super from_config": (
        """
@keras.saving.register_keras_serializable()
class Block(layers.Layer):
    def __init__(self, units=3, **options):
        super().__init__(**options)
        self.units, self.dense = units, layers.Dense(units)
    def build(self, shape):
        self.dense.build(shape)
    def call(self, x):
        return self.dense(x)
    def compute_output_shape(self, shape):
        return (*shape[:-1], self.units)
    @classmethod
    def from_config(cls, config):
        config["units"] += 1
        return super().from_config(config)
    def get_config(self):
        return {**super().get_config(), "units": self.units}
base = Model(x, Block(4)(x))
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
model = Model.from_config(config)
""",
        28,
        28,
    ),
    "own td": (
        OWN
        + """
c = layers.TimeDistributed(Block(4)).get_config()
c["layer"]["config"]["units"] = 6
model = Sequential([Input((9, 3)), layers.TimeDistributed.from_config(c)])
""",
        24,
        24,
    ),
    "own list of layers": (
        OWN
        + """
@keras.saving.register_keras_serializable()
class Stack(layers.Layer):
    def __init__(self, parts, **options):
        super().__init__(**options)
        self.parts = parts
    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x
    def get_config(self):
        return {
            **super().get_config(),
            "parts": [layers.serialize(p) for p in self.parts],
        }
    @classmethod
    def from_config(cls, config):
        parts = [layers.deserialize(p) for p in config.pop("parts")]
        return cls(parts, **config)
c = Stack([layers.Dense(4), Block(2)]).get_config()
c["parts"].append(layers.serialize(layers.Dense(7)))
c["parts"][0]["config"]["units"] = 5
model = Sequential([Input((9, 3)), Stack.from_config(c)])
""",
        53,
        53,
    ),
    "own uses kwargs config": (
        """
class Net(Model):
    def __init__(self, config):
        super().__init__()
        self.a = layers.Dense.from_config({**config, "units": config["units"] * 2})
    def call(self, x):
        return self.a(x)
model = Net(layers.Dense(3).get_config())
model(x)
""",
        24,
        24,
    ),
    "own nested in functional json": (
        OWN
        + """
base = Model(x, Block(4)(layers.Dense(2)(x)))
text = base.to_json()
d = json.loads(text)
d["config"]["layers"][2]["config"]["units"] = 9
model = model_from_json(json.dumps(d))
""",
        35,
        35,
    ),
}


@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_configs_of_own_classes(program, total, trainable):
    assert counted(program) == (total, trainable)


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_configs_of_own_classes_in_keras(program, total, trainable):
    pytest.importorskip("keras")
    assert counted_by_keras(program) == (total, trainable)
