"""Edited configs of classes that a program defines, and copies by its functions."""

import pytest

from tests.programs.keras.configs.counting import (
    FUNCTIONAL,
    OWN,
    SEQUENTIAL,
    UNREGISTERED,
    counted,
    counted_by_keras,
)

COUNTED = {  # and the numbers of all weights, and of those that train
    "own layer": (
        OWN
        + """
base = Sequential([Input((9, 3)), Block(4), layers.Dense(2)])
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
config["layers"][2].pop("build_config")
model = Sequential.from_config(config)
""",
        38,
        38,
    ),
    "own layer functional": (
        OWN
        + """
base = Model(x, Block(4)(x))
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
model = Model.from_config(config)
""",
        24,
        24,
    ),
    "own layer beside": (
        OWN
        + """
base = Sequential([Input((9, 3)), Block(4), layers.Dense(2)])
config = base.get_config()
config["layers"][2]["config"]["units"] = 6
model = Sequential.from_config(config)
""",
        46,
        46,
    ),
    "own layer serialized": (
        OWN
        + """
c = layers.serialize(Block(4))
c["config"]["units"] = 8
model = Sequential([Input((9, 3)), layers.deserialize(c)])
""",
        32,
        32,
    ),
    "own class unregistered given": (
        UNREGISTERED
        + """
base = Sequential([Input((9, 3)), Block(4)])
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
model = Sequential.from_config(config, custom_objects={"Block": Block})
""",
        24,
        24,
    ),
    "own model": (
        OWN
        + """
class Net(Model):
    def __init__(self, units=4, **options):
        super().__init__(**options)
        self.units, self.first, self.second = units, Block(units), layers.Dense(1)
    def call(self, x):
        return self.second(self.first(x))
    def get_config(self):
        return {"units": self.units}
config = Net(4).get_config()
config["units"] = 8
model = Net.from_config(config)
model(x)
""",
        41,
        41,
    ),
    "clone with config": (
        FUNCTIONAL
        + """
def f(layer):
    c = layer.get_config()
    if "units" in c:
        c["units"] = 9
    return layer.__class__.from_config(c)
model = clone_model(base, clone_function=f)
""",
        374,
        374,
    ),
    "clone nested": (
        """
inner = Sequential([x, layers.Dense(4)])
base = Model(x, layers.Dense(2)(inner(x)))
def f(layer):
    c = layer.get_config()
    if isinstance(layer, Sequential):
        c["layers"][1]["config"]["units"] = 7
    return layer.__class__.from_config(c)
model = clone_model(base, clone_function=f)
""",
        44,
        44,
    ),
    "clone wrapper": (
        """
base = Sequential(
    [Input((9, 3)), layers.Bidirectional(layers.LSTM(5)), layers.Dense(2)]
)
config = base.get_config()
def f(layer):
    if isinstance(layer, layers.Bidirectional):
        c = layer.get_config()
        c["merge_mode"] = "ave"
        return layers.Bidirectional.from_config(c)
    return layer.__class__.from_config(layer.get_config())
model = clone_model(base, clone_function=f)
""",
        372,
        372,
    ),
    "clone sequential nested": (
        """
inner = Sequential([Input((9, 3)), layers.Dense(4)])
base = Sequential([Input((9, 3)), inner, layers.Dense(2)])
def f(layer):
    if isinstance(layer, Model):
        return layers.Dense(4, use_bias=False)
    return layer.__class__.from_config(layer.get_config())
model = clone_model(base, clone_function=f)
""",
        22,
        22,
    ),
    "get_layer config": (
        FUNCTIONAL
        + """
c = base.get_layer(index=1).get_config()
c["filters"] = 6
model = Sequential([Input((9, 3)), layers.Conv1D.from_config(c)])
""",
        60,
        60,
    ),
    "layers of a loop": (
        SEQUENTIAL
        + """
made = []
for layer in base.layers:
    c = layer.get_config()
    c["units"] *= 2
    made.append(type(layer).from_config(c))
model = Sequential([Input((9, 3)), *made])
""",
        648,
        648,
    ),
    "layers by class name": (
        SEQUENTIAL
        + """
made = []
for each in config["layers"][1:]:
    c = each["config"]
    c["units"] *= 2
    made.append(getattr(layers, each["class_name"]).from_config(c))
model = Sequential([Input((9, 3)), *made])
""",
        648,
        648,
    ),
    "derived dense": (
        """
@keras.saving.register_keras_serializable()
class Mine(layers.Dense):
    pass
base = Sequential([Input((9, 3)), Mine(4)])
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
model = Sequential.from_config(config)
""",
        24,
        24,
    ),
    "auto config": (
        """
@keras.saving.register_keras_serializable()
class Mine(layers.Layer):
    def __init__(self, units=2, deep=(1, 2), **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)
    def build(self, shape):
        self.dense.build(shape)
    def call(self, x):
        return self.dense(x)
base = Sequential([Input((9, 3)), Mine(4)])
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
model = Sequential.from_config(config)
""",
        24,
        24,
    ),
    "auto config alone": (
        """
@keras.saving.register_keras_serializable()
class Mine(layers.Layer):
    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)
    def build(self, shape):
        self.dense.build(shape)
    def call(self, x):
        return self.dense(x)
c = Mine(4).get_config()
c["units"] += 3
model = Sequential([Input((9, 3)), Mine.from_config(c)])
""",
        28,
        28,
    ),
    "auto config default read": (
        """
@keras.saving.register_keras_serializable()
class Mine(layers.Layer):
    def __init__(self, units=2, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(units)
    def build(self, shape):
        self.dense.build(shape)
    def call(self, x):
        return self.dense(x)
model = Sequential([Input((9, 3)), layers.Dense(Mine().get_config()["units"])])
""",
        8,
        8,
    ),
    "own cell": (
        """
@keras.saving.register_keras_serializable()
class Cell(layers.Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = self.state_size = units
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units))
    def call(self, x, states):
        return ops.matmul(x, self.w), states
    def get_config(self):
        return {**super().get_config(), "units": self.units}
c = layers.RNN(Cell(4)).get_config()
c["cell"]["config"]["units"] = 6
model = Sequential([Input((9, 3)), layers.RNN.from_config(c), layers.Dense(1)])
""",
        25,
        25,
    ),
    "own functional class": (
        """
@keras.saving.register_keras_serializable()
class Net(Model):
    pass
base = Net(x, layers.Dense(4)(x))
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
model = Net.from_config(config)
""",
        24,
        24,
    ),
    "own sequential class": (
        """
@keras.saving.register_keras_serializable()
class Net(Sequential):
    pass
base = Net([x, layers.Dense(4)])
config = base.get_config()
config["layers"][1]["config"]["units"] = 6
model = Net.from_config(config)
""",
        24,
        24,
    ),
    "clone ops": (
        """
base = Model(x, ops.relu(layers.Dense(4)(x)))
model = clone_model(
    base, clone_function=lambda layer: layer.__class__.from_config(layer.get_config())
)
""",
        16,
        16,
    ),
    "clone sequential drop": (
        SEQUENTIAL
        + """
model = clone_model(
    base,
    clone_function=lambda layer: (
        layers.Dense(2)
        if isinstance(layer, layers.Dense)
        else layer.__class__.from_config(layer.get_config())
    ),
)
""",
        192,
        192,
    ),
    "clone recursive nested": (
        """
inner = Model(x, layers.Dense(4)(x))
base = Sequential([x, inner, layers.Dense(2)])
def f(layer):
    c = layer.get_config()
    if "units" in c:
        c["use_bias"] = False
    return layer.__class__.from_config(c)
model = clone_model(base, clone_function=f)
""",
        24,
        24,
    ),
}


@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_edited_configs_of_own_classes(program, total, trainable):
    assert counted(program) == (total, trainable)


@pytest.mark.oracle
@pytest.mark.parametrize(("program", "total", "trainable"), COUNTED.values(), ids=COUNTED)
def test_edited_configs_of_own_classes_in_keras(program, total, trainable):
    pytest.importorskip("keras")
    assert counted_by_keras(program) == (total, trainable)
