"""Custom models that are called on data, on shapes from `--set`, or never."""

import re
import shlex

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.setting_text import parse_setting
from lstmcount.summary import why_unknown
from tests.programs.pasting import pasted

PROGRAM = """
import numpy as np
from keras import Model, Sequential, layers, ops


class Own(Model):
    def __init__(self):
        super().__init__()
        self.a = {first}
        self.b = layers.Dense(2)

    {call}


model = Own()
{used}
"""
ONE = "def call(self, x, training=None):\n        return self.b(self.a(x))"
TWO = "def call(self, x, y, mask=None):\n        return self.b(self.a(x)) + self.b(y)"
LIST = (
    "def call(self, inputs):\n        x, y = inputs\n        return self.b(self.a(x)) + self.b(y)"
)
DICT = "def call(self, d):\n        return self.b(self.a(d['x'])) + self.b(d['y'])"
BUILT = """def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],))
        self.a.build(shape)
        self.b.build((None, 3))

    def call(self, x):
        return self.b(self.a(x * self.scale))"""
NONE = "def train_step(self, data):\n        return {}"
DENSE = "layers.Dense(3)"

USED = {
    "on an array": (ONE, "model(np.zeros((2, 4)))", 23),
    "on an array by name": (ONE, "model(x=np.zeros((2, 4)))", 23),
    "on two arrays": (TWO, "model(ops.ones((2, 4)), y=ops.ones((2, 3)))", 23),
    "on a list": (LIST, "model([np.ones((2, 4)), np.ones((2, 3))])", 23),
    "on a dict": (DICT, "model({'x': np.ones((2, 4)), 'y': np.ones((2, 3))})", 23),
    "fitted": (ONE, "model.fit(np.ones((9, 4)), np.ones((9, 2)))", 23),
    "fitted on a list": (LIST, "model.fit([np.ones((9, 4)), np.ones((9, 3))])", 23),
    "fitted on a dict": (DICT, "model.predict({'x': np.ones((9, 4)), 'y': np.ones((9, 3))})", 23),
    "with a build of its own": (BUILT, "model.build((None, 4))", 27),
    "with a build of its own, called": (
        BUILT,
        "model.build((None, 4))\nmodel(np.ones((1, 4)))",
        27,
    ),
    "whose output goes on": (ONE, "model = Sequential([model])\nmodel(np.ones((1, 4)))", 23),
}
SET = {
    "one": (ONE, DENSE, ["input_shape=[None,4]"], 23),
    "one by its name": (ONE, DENSE, ["x=[None,4]"], 23),
    "two by name": (TWO, DENSE, ["input_shape={x: [None,4], y: [None,3]}"], 23),
    "two in their order": (TWO, DENSE, ["input_shape=[[None,4],[None,3]]"], 23),
    "two apart": (TWO, DENSE, ["x=[None,4]", "y=[None,3]"], 23),
    "a list": (LIST, DENSE, ["input_shape=[[None,4],[None,3]]"], 23),
    "a dict": (DICT, DENSE, ['input_shape={"x": [null,4], "y": [null,3]}'], 23),
}
ASKED = {
    "one": (ONE, DENSE, "[null,28]"),
    "one of more axes": (ONE, "layers.LSTM(3)", "[null,12,28]"),
    "an image": (ONE, "layers.Conv2D(3, 3)", "[null,28,28,3]"),
    "two": (TWO, "layers.Dense(28)", '{"x":[null,28],"y":[null,28]}'),
    "a list": (LIST, "layers.Dense(28)", "[[null,28],[null,28]]"),
    "a dict": (DICT, "layers.Dense(28)", '{"x":[null,28],"y":[null,28]}'),
}


def read(call, first=DENSE, used="", settings=()):
    program = PROGRAM.format(call=call, first=first, used=used).encode()
    return read_python(program, settings=dict(map(parse_setting, settings)))


@pytest.mark.parametrize(("call", "used", "total"), USED.values(), ids=USED)
def test_called_on_what_is_known(call, used, total):
    assert infer(read(call, used=used)).total_params == total


@pytest.mark.parametrize(("call", "first", "settings", "total"), SET.values(), ids=SET)
def test_shapes_that_are_set(call, first, settings, total):
    assert infer(read(call, first, settings=settings)).total_params == total


@pytest.mark.parametrize(("call", "first", "shape"), ASKED.values(), ids=ASKED)
def test_the_shape_that_is_asked_for_suits_the_model(call, first, shape):
    notes = " ".join(infer(read(call, first)).notes)
    setting = shlex.split(re.search(r"--set (.+)", notes)[1])[0]
    assert setting == f"input_shape={shape}"
    assert isinstance(infer(read(call, first, settings=[setting])).total_params, int)


def test_a_model_without_a_call_is_asked_for_no_shape():
    config = read(NONE, used="model.fit(np.ones((9, 4)))")
    notes = infer(config).notes
    assert any("Own has no `call`" in note for note in notes)
    assert "--set" not in " ".join(notes)
    known = read(NONE, "Sequential([layers.Input((4,)), layers.Dense(3)])")
    assert infer(known).layers[0].params == 15


BUILT_FOR = {
    "a shape": (ONE, "model.build((None, 4))"),
    "several": (LIST, "model.build(input_shape=[(None, 4), (None, 3)])"),
    "a dict": (DICT, "model.build({'x': (None, 4), 'y': (None, 3)})"),
}


@pytest.mark.parametrize(("call", "used"), BUILT_FOR.values(), ids=BUILT_FOR)
def test_keras_3_builds_the_layers_of_a_model_when_it_is_called(call, used):
    summary = infer(read(call, used=used))
    assert summary.total_params == 0
    notes = " ".join(summary.notes)
    assert "`build` makes no weights of Own's layers; Keras 3 makes them when it is first" in notes
    setting = shlex.split(re.search(r"--set (.+)", notes)[1])[0]
    assert infer(read(call, used=used, settings=[setting])).total_params == 23
    assert infer(read(call, used=f"{used}\nmodel.fit(x)")).total_params == 23


def test_keras_2_builds_the_layers_of_a_model():
    program = PROGRAM.format(call=ONE, first=DENSE, used="model.build((None, 4))")
    for keras, is_certain in (("tensorflow.keras", False), ("tf_keras", True)):
        config = read_python(program.replace("from keras", f"from {keras}").encode())
        assert infer(config).total_params == 23
        assert ("Keras 3 makes them" in " ".join(config.notes)) is not is_certain


HOLDING = """
import keras

class Own(keras.layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 3))
    def call(self, x):
        return {output}

class Holder(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = keras.Sequential([keras.Input((7, 2)), Own(), keras.layers.Dropout(0.1)])
    def call(self, x):
        return self.inner(x)

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.part = {part}
    def call(self, x):
        return self.elsewhere.predict(self.part(x).numpy())
"""


def test_a_sequential_that_declares_its_input_is_built_without_a_call():
    program = HOLDING.format(output="keras.ops.matmul(x, self.w)", part="Holder().inner")
    assert infer(read_python(program.encode())).total_params == 2 * 3


@pytest.mark.parametrize(
    ("output", "part", "note"),
    [
        ("elsewhere(self.w)(x)", "Holder().inner", "`elsewhere(self.w)(x)` is not known"),
        ("x", "Holder()", "the model's input shape is not said"),
    ],
)
def test_what_is_not_built_is_not_counted(output, part, note):
    config = read_python(HOLDING.format(output=output, part=part).encode())
    assert note in why_unknown(infer(config))


UNREAD = """
import keras, numpy as np
from keras import layers
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.read = layers.Dense(2)
        self.unread = keras.Sequential([layers.Dense(4), layers.Dense(2)])
    def call(self, x):
        self.unread(x)
        return self.read(x)
model = Net()
model(np.zeros((2, 3)))
"""


def test_a_sequential_is_built_by_a_call_whose_output_nothing_reads():
    summary = infer(read_python(UNREAD.encode()))
    assert summary.total_params == 8 + 16 + 10
    assert not summary.notes


ONE_NAME = """
import keras
from keras import layers
def net(n): return keras.Sequential([keras.Input((8,)), layers.Dense(n)], name="net")
class Pair(keras.Model):
    def __init__(self, *parts):
        super().__init__()
        self.parts = parts
    def call(self, x): return {result}
a, b, x = net(2), net(3), keras.Input((8,))
c = keras.models.clone_model(a)
model = keras.Model(x, Pair(a, b, c)(x))
"""


@pytest.mark.parametrize(
    "result",
    ["self.parts[0](x)", "self.parts[0](x) + self.parts[2](x)", "[p(x) for p in self.parts]"],
)
def test_layers_of_one_name_are_told_apart(result):
    assert infer(read_python(ONE_NAME.format(result=result).encode())).total_params == 63


@pytest.mark.oracle
def test_layers_of_one_name_in_keras():
    pytest.importorskip("keras")
    namespace = {}
    exec(ONE_NAME.format(result="self.parts[0](x)"), namespace)
    assert namespace["model"].count_params() == 63


TRAINED = """
import keras, tensorflow as tf
from keras import layers


class Trained(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Conv2D(4, 3)
        self.stages = [layers.Conv2D(5, 3), keras.Sequential([layers.Dense(2)])]

    def loss_of(self, data):
        images, labels = data
        x = self.first(images)
        for stage in self.stages:
            x = stage(x)
        return tf.reduce_mean(x)

    def train_step(self, inputs):
        with tf.GradientTape() as tape:
            loss = self.loss_of(inputs)
        return {"loss": loss}


model = Trained()
"""


@pytest.mark.parametrize("settings", [["input_shape=[null,8,8,3]"], []])
def test_a_train_step_builds_the_layers_of_a_model_without_call(settings):
    config = read_python(TRAINED.encode(), settings=dict(map(parse_setting, settings)))
    summary = infer(config)
    if settings:
        assert summary.total_params == 309
    else:
        assert "--set 'input_shape=[null,28,28,3]'" in " ".join(summary.notes)


RAISING = """
import numpy as np
from keras import Input, Model, Sequential, layers
class Net(Model):
    def __init__(self, layer):
        super().__init__()
        self.layer = layer
    def call(self, x):
        if not isinstance(x, (list, tuple)):
            raise ValueError("a list of images and labels")
        return self.layer(x[0])
    def train_step(self, data):
        return {"loss": self.layer(data[0])}
net = Net(%s)
net.%s
"""
FITTED = "fit(np.zeros((8, 5)), np.zeros((8, 3)))"


def test_a_call_that_raises_asks_for_nothing_if_the_layers_have_inputs():
    program = RAISING % ("Sequential([Input((5,)), layers.Dense(3)])", FITTED)
    assert infer(read_python(program.encode())).total_params == 18


def test_a_call_that_raises_does_not_matter_if_train_step_does_not_call_it():
    program = RAISING % ("layers.Dense(3)", FITTED)
    assert infer(read_python(program.encode())).total_params == 18


def test_a_call_that_raises_is_refused_if_it_builds_layers():
    with pytest.raises(LstmcountError) as caught:
        read_python((RAISING % ("layers.Dense(3)", "predict(np.zeros((8, 5)))")).encode())
    expected = "the `call` of Net raises ValueError for an input of the shape (8, 5)"
    assert caught.value.message == expected


ODD = """
import keras
class Even(keras.layers.Layer):
    def build(self, shape):
        if shape[-1] % 2:
            raise ValueError
        self.w = self.add_weight(shape=(shape[-1], 2))
    def call(self, x): return x @ self.w
"""


@pytest.mark.parametrize(
    "made",
    [
        "model = keras.Sequential([Even(input_shape=(5,))])",
        "class Net(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.inner = keras.Sequential([keras.Input((5,)), Even()])\n"
        "    def call(self, x): return x\n"
        "model = Net()\nmodel(keras.Input((4,)))",
    ],
)
def test_a_sequential_whose_build_raises_is_refused(made):
    with pytest.raises(LstmcountError, match="building sequential raises ValueError"):
        read_python((ODD + made).encode())


SLICED = """
from keras import Model, layers
class Net(Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(2)
        self.tables = [layers.Embedding(9, 4), layers.Embedding(8, 4)]
    def call(self, inputs):
        rest = [layers.Flatten()(t(x)) for t, x in zip(self.tables, inputs[1:])]
        return layers.Concatenate()([self.first(inputs[0]), *rest])
"""


def test_inputs_that_call_slices_are_several():
    with_shapes = {"input_shape": [[None, 28]] * 3}
    notes = infer(read_python(SLICED.encode())).notes
    assert any("--set 'input_shape=[[null,28],[null,28],[null,28]]'" in note for note in notes)
    summary = infer(read_python(SLICED.encode(), settings=with_shapes))
    assert summary.total_params == 29 * 2 + 36 + 32


PARTS = """
import keras
from keras import layers
class Shift(layers.Layer):
    def build(self, shape):
        self.shift = self.add_weight(shape=(shape[-1],))
    def call(self, x):
        return x + self.shift
tail = keras.Sequential([Shift(), layers.Dense(2)])
"""
HEADS = {
    "a Sequential": "keras.Sequential([keras.Input((28,)), layers.Dense(10)])",
    "a Sequential in another": (
        "keras.Sequential([keras.Sequential([keras.Input((28,)), layers.Dense(10)]), "
        "layers.ReLU()])"
    ),
    "a functional model": "keras.Model(i := keras.Input((28,)), layers.Dense(10)(i))",
    "a Sequential that was built": ("keras.Sequential([layers.Dense(10)])\nhead.build((None, 28))"),
}


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_a_model_at_the_start_says_the_shape_for_those_after_it(head):
    program = f"{PARTS}head = {head}\nmodel = keras.Sequential([head, tail])\n"
    assert infer(read_python(program.encode())).total_params == 290 + 10 + 22


@pytest.mark.oracle
@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_keras_counts_them_alike(head):
    pytest.importorskip("keras")
    names: dict[str, object] = {}
    exec(f"{PARTS}head = {head}\nmodel = keras.Sequential([head, tail])\n", names)
    assert names["model"].count_params() == 290 + 10 + 22


INSIDE = """
import keras
from keras import layers
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        image, noise = keras.Input((48, 48, 3)), keras.Input((1, 1, 1))
        x = layers.Conv2D(2, 3, padding="same")(image) + noise
        self.net, self.scale = keras.Model([image, noise], x), layers.Normalization()
    def train_step(self, images):
        images = self.scale(images, training=True)
        self.net([images, keras.ops.ones((1, 1, 1, 1))], training=True)
        return {}
model = Own()
model.fit(images)
"""


def test_the_example_is_a_shape_that_a_model_inside_declares():
    asked = why_unknown(infer(read_python(INSIDE.encode())))
    assert "--set 'input_shape=[null,48,48,3]'" in asked
    settings = dict([parse_setting("input_shape=[null,48,48,3]")])
    assert infer(read_python(INSIDE.encode(), settings=settings)).total_params == 56 + 7


CHECKED = """
import tensorflow as tf
from tensorflow.keras import Model, layers

class Own(Model):
    def __init__(self, steps, words, units):
        super().__init__()
        self.steps, self.words = steps, words
        self.inner = layers.TimeDistributed(layers.LSTM(units))
        self.outer = layers.LSTM(units)
    def call(self, texts):
        {}
        return self.outer(self.inner(layers.Reshape((4, self.words, 1))(texts)))
"""


@pytest.mark.parametrize(
    "check",
    [
        "if len(texts.get_shape()) != 3: raise ValueError()\n"
        "        if texts.shape[2] != self.words: raise ValueError()\n"
        "        if texts.shape[1] != 4: raise ValueError()",
        "assert tf.rank(texts) == 3 and texts.shape[1] == 4",
        "batch, steps, words = texts.shape\n        assert texts.shape[1] == 4",
    ],
)
def test_the_input_shape_that_call_checks_is_the_example(check):
    answer = pasted(CHECKED.format(check))
    assert answer.settings["input_shape"] == [None, 4, 3]
    assert answer.total == 4 * 3 * (1 + 3 + 1) + 4 * 3 * (3 + 3 + 1)
