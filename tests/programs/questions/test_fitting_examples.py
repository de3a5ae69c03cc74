"""Examples in questions: the model can be counted with them, together."""

import pytest

from lstmcount.errors import LstmcountError
from tests.programs.pasting import count, pasted

BEFORE = "from keras import Model, Sequential, layers\nfrom elsewhere import *\n"
GAN = """
z = layers.Input((4,))
image = layers.Reshape((32, 32, 3))(layers.Dense(3072)(z))
generator = Model(z, image)
seen = layers.Input(x_train[0].shape)
critic = Model(seen, layers.Dense(1)(layers.Flatten()(seen)))
model = Model(z, critic(generator(z)))
"""
JUDGE = """
z = layers.Input((4,))
generator = Sequential([layers.Dense(3072, input_shape=(4,)), layers.Reshape((32, 32, 3))])
judge = Sequential([layers.Conv2D(4, 3, input_shape=images[0].shape), layers.Flatten()])
model = Model(z, judge(generator(z)))
"""
POOLS = """
x = layers.Input((width, width, 3))
y = x
for size in pools:
    y = layers.MaxPooling2D((1, size))(layers.Conv2D(filters, 3, padding='same')(y))
model = Model(x, layers.Dense(classes)(layers.Flatten()(y)))
"""
DEEP = """
def make(width, depth, units):
    x = y = layers.Input((width, width, 1))
    for _ in range(depth):
        y = layers.MaxPooling2D()(layers.Conv2D(units, 3, padding='same')(y))
    return Model(x, y)
"""
OWN = """
class Net(Model):
    def __init__(self):
        super().__init__()
        self.c = layers.Conv2D(4, 1)
        self.p = layers.AveragePooling2D(8, strides=1)
        self.q = layers.AveragePooling2D(22, strides=1)
        self.d = layers.Dense(classes)
    def call(self, x): return self.d(self.q(self.p(self.c(x))))
model = Net()
"""
PRETRAINED = """
import numpy as np
from keras.applications import VGG16
images = np.load(path)
rows, columns, channels = images.shape[1], images.shape[2], images.shape[3]
base = VGG16(include_top=False, input_shape=(rows, columns, channels))
model = Model(base.input, layers.Dense(4)(layers.Flatten()(base.output)))
"""
LARGE = """
x = layers.Input((width, width, 3))
y = layers.MaxPooling2D(240)(layers.Conv2D(4, 3, padding='same')(x))
model = Model(x, layers.Dense(classes)(layers.Flatten()(y)))
"""
SIDES = """
def make(config):
    x = layers.Input((config["size"][0], config["size"][1], 3))
    y = layers.Conv2D(4, config["kernel"])(x)
    return Model(x, layers.MaxPooling2D(config["pool"])(y))
"""
NAMES = """
def make(names, sizes, n=4):
    inputs = {}
    for name in names:
        inputs[name] = layers.Input((2,), name=name)
    y = layers.Concatenate()([*inputs.values()])
    for size in sizes:
        y = layers.Dense(size)(y)
    return Model(inputs, layers.Dense(n)(y))
"""
KEYS = """
from keras.applications import VGG16, VGG19
CUTS = {
    "VGG16": ("block1_conv2", "block2_conv2", "block3_conv3"),
    "VGG19": ("block1_conv2", "block2_conv2", "block3_conv4"),
}
def make(name, image, depth):
    cuts, made = CUTS[name], []
    base = eval(name)(include_top=False, weights=None, input_tensor=image)
    for at in range(depth):
        made.append(base.get_layer(cuts[at]).output)
    return Model(image, made)
"""
ITEMS = """
def make(sizes, n=4):
    inputs, parts = [], []
    for name, size in sizes.items():
        inputs.append(layers.Input((1,), name=name))
        parts.append(layers.Embedding(size, 3)(inputs[-1]))
    return Model(inputs, layers.Dense(n)(layers.Concatenate()(parts)))
"""
ROWS = """
def make(rows):
    x = y = layers.Input((3,))
    for width, depth in rows:
        for _ in range(depth):
            y = layers.Dense(width)(y)
    return Model(x, y)
"""
PROGRAMS = {
    "items of a dict": ITEMS,
    "rows of two sizes": ROWS,
    "the key of a dict, and a depth": KEYS,
    "names of inputs, and sizes": NAMES,
    "a large image": LARGE,
    "two sides of an image, and a kernel": SIDES,
    "an image that another model makes": GAN,
    "an image that another Sequential makes": JUDGE,
    "an image that weights of ImageNet fit": PRETRAINED,
    "sizes of pools, and an image": POOLS,
    "a depth, and an image": DEEP,
    "the input of a model that is never called": OWN,
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_the_model_can_be_counted_with_all_examples(program):
    assert isinstance(pasted(BEFORE + program).total, int)


def test_other_values_are_named_with_which_a_model_can_be_counted():
    settings = {"pools": [8, 16], "width": 3, "filters": 5, "classes": 3}
    total, (message,), _ = count(BEFORE + POOLS, settings)
    assert total is None
    assert "would be empty; it can be counted with other values: --set width=" in message
    assert message.count("it can be counted") == 1
    settings["classes"] = 4
    assert "--set pools" not in count(BEFORE + POOLS, settings)[1][0]


def test_a_list_is_asked_for_instead_of_its_parts():
    answer = pasted(
        BEFORE
        + """
def make(filters, size, is_plain=True):
    x = y = layers.Input(size)
    for at, number in enumerate(filters[1:]):
        y = layers.Conv2D(number, at + 1)(y)
    for number in filters[:-1][::-1]:
        y = layers.Conv2D(number, 1)(y)
    return Model(x, layers.Conv2D(filters[0] * len(filters), 1)(y))
"""
    )
    assert answer.settings == {"filters": [8, 16], "size": [28, 28, 3]}
    assert answer.total == 64 + 136 + 144
    assert len(answer.notes) <= 1


UNHEARD = """
import unheard
def make(size, is_wide):
    x = layers.Input((size,))
    y = layers.Dense(8 if is_wide else 5)(x)
    {}y = unheard.Layer()(y)
    return Model(x, layers.Dense(size)(y))
"""


def test_no_value_is_asked_for_where_the_model_needs_code_that_is_not_here():
    total, (message, *_), _ = count(BEFORE + UNHEARD.format(""), {})
    assert total is None
    assert "there is no module unheard" in message
    assert "--set" not in message


def test_no_value_is_asked_for_where_another_function_makes_a_model_too():
    program = UNHEARD.format("") + "def plain(n):\n    return Sequential([layers.Dense(n)])\n"
    _, (message, *_), _ = count(BEFORE + program, {}, model="make")
    assert "there is no module unheard" in message
    turned = BEFORE + "def plain(n=2):\n    x = layers.Input((4,))\n"
    turned += "    return Model(x, layers.Dense(n)(x))\n" + UNHEARD.format("")
    total, (message, *_), _ = count(turned, {})
    assert total is None
    assert "there is no module unheard" in message
    assert "--set" not in message


def test_no_value_is_asked_for_where_a_class_takes_a_model():
    program = """
class Net(Model):
    def __init__(self, body, units):
        super().__init__()
        self.body, self.end = body, layers.Dense(units)
    def call(self, x):
        return self.end(self.body(x))
"""
    total, (message, *_), _ = count(BEFORE + program, {})
    assert total is None
    assert "body is a parameter of Net" in message
    assert "--set" not in message


def test_values_are_asked_for_that_avoid_code_that_is_not_here():
    answer = pasted(BEFORE + UNHEARD.format("if not is_wide: "))
    assert answer.settings == {"size": 3, "is_wide": True}
    assert answer.total == 32 + 27


def test_an_error_that_no_value_mends_stays_as_it_is():
    program = "model = Sequential([layers.Input((2, 2, 1)), layers.Conv2D(n, 3)])"
    _, (message,), _ = count(BEFORE + program, {"n": 3})
    assert message.endswith("would be empty")


# Functions that nothing calls, whose parameters are the inputs of models, and the total.
INPUTS = {
    "one": ("def net(x, n):\n    return Model(x, layers.Dense(n)(x))", 28 * 3 + 3),
    "by name": (
        "def net(x):\n    y = layers.Flatten()(layers.Conv2D(2, 3)(x))\n"
        "    return Model(inputs=x, outputs=layers.Dense(1)(y))",
        (27 + 1) * 2 + 26 * 26 * 2 + 1,
    ),
    "two": (
        "def net(a, b):\n    y = layers.concatenate([layers.LSTM(3)(a), layers.LSTM(2)(b)])\n"
        "    return Model([a, b], layers.Dense(1)(y))",
        4 * 3 * (126 + 3 + 1) + 4 * 2 * (126 + 2 + 1) + 6,
    ),
    "of a method": (
        "class Net:\n    def build(self, x):\n        return Model(x, layers.Dense(2)(x))",
        28 * 2 + 2,
    ),
}


@pytest.mark.parametrize(("function", "total"), INPUTS.values(), ids=INPUTS)
def test_the_shape_of_an_input_that_is_a_parameter_is_asked_for(function, total):
    answer = pasted(BEFORE + function)
    assert answer.total == total
    assert [words for words in answer.settings if words.endswith(".shape")]


def test_a_parameter_that_a_function_replaces_is_no_input():
    program = "def net(x):\n    x = layers.Input((x,))\n    return Model(x, layers.Dense(1)(x))"
    assert pasted(BEFORE + program).settings == {"x": 3}


def test_a_call_without_its_input_fails_as_in_python():
    program = "def net(x, n=2): return Model(x, layers.Dense(n)(x))\n"
    program += "try: model = net()\nexcept TypeError: model = net(layers.Input((4,)))\n"
    assert pasted(BEFORE + program).total == 10


def test_a_layer_of_an_own_class_on_an_unknown_shape_is_unknown():
    program = """
class Own(layers.Conv2D):
    def call(self, x): return super().call(x)
i = layers.Input((8, 8, 3))
model = Model(i, Own(4, 1)(layers.Lambda(net)(i)))
"""
    assert "is not known" in count(BEFORE + program, {})[1][0]


LOADED = {
    "a layer of it": "x = model.get_layer('a').output\ny = layers.Dense(3)(x)",
    "several": "x = [model.layers[0].output, model.output]\ny = layers.concatenate(x, axis=1)",
    "a function": "def head(x): return layers.Flatten()(x)\ny = head(model.output)",
}


@pytest.mark.parametrize("rest", LOADED.values(), ids=LOADED)
def test_outputs_that_come_from_a_loaded_model_name_it(rest):
    program = f"from keras.models import load_model\nmodel = load_model('m.h5')\n{rest}\n"
    with pytest.raises(LstmcountError, match=r"loads a model from a file"):
        raise LstmcountError(*count(f"{BEFORE}{program}Model(model.input, y)", {})[1])


def test_no_value_is_asked_for_that_leaves_the_layers_of_a_loaded_model_unknown():
    program = (
        "from keras.models import load_model, Model\nfrom keras import layers\n"
        "model = load_model('a.h5')\nstate = layers.Input((4,))\n"
        "out, h, c = model.layers[3](model.input[1], initial_state=[state, state])\n"
        "head = Model([model.input[1], state], [model.layers[4](out), h, c])\n"
    )
    total, (message, *_), _ = count(program, {})
    assert total is None
    assert "--set" not in message


def test_all_lists_of_a_zip_are_asked_for_at_once():
    program = "for n, m, rate in zip(sizes, others, rates):\n    model.add(layers.Dense(n))\n"
    program += "    model.add(layers.Dense(m))\n    model.add(layers.Dropout(rate))"
    program = f"{BEFORE}model = Sequential([layers.Input((4,))])\n{program}"
    (message,) = count(program, {})[1]
    assert message.endswith("--set 'sizes=[8, 16]' --set 'others=[8, 16]' --set 'rates=[0.1,0.2]'")
    assert isinstance(pasted(program).total, int)


@pytest.mark.parametrize(
    ("statement", "example"),
    [
        ("for n in reversed(range(depth)): model.add(layers.Dense(n + 1))", "depth=3"),
        ("for i in range(len(sizes)): model.add(layers.Dense(4))", "'len(sizes)=3'"),
        ("for n in enumerate(sizes): model.add(layers.Dense(n[1]))", "'sizes=[8, 16]'"),
        ("if isinstance(n, int): model.add(layers.Dense(n))", "n=3"),
        ("for n in [16] * depth: model.add(layers.Dense(n))", "depth=3"),
        ("n = [16] * depth + [8]\nmodel.add(layers.Dense(n[0] + n[-1]))", "depth=3"),
        ("for n in [16] + sizes: model.add(layers.Dense(n))", "'sizes=[8, 16]'"),
        (
            "n = [16, *sizes]\nfor i in range(len(n)): model.add(layers.Dense(n[i]))",
            "'sizes=[8, 16]'",
        ),
        (
            "for i, (x, y) in enumerate(batches):\n    model.add(layers.Dense(4))",
            "'batches=[8, 16]'",
        ),
        ("n = (2, 3) * depth\nmodel.add(layers.Dense(len(n[1:])))", "depth=3"),
    ],
)
def test_an_example_is_of_the_kind_that_the_program_needs(statement, example):
    program = f"{BEFORE}model = Sequential([layers.Input((4,))])\n{statement}"
    assert count(program, {})[1][0].endswith(f"--set {example}")
    assert isinstance(pasted(program).total, int)


SETTLED = {
    "the shape that a Sequential is built for": (
        "model = Sequential([layers.Dense(3)])\nmodel.build((None, data.shape[1]))",
        3 * 3 + 3,
    ),
    "the class of a wrapped layer": (
        "from keras import layers as kinds\nrecurrent = getattr(kinds, kind)\n"
        "model = Sequential([layers.Input((5, 3)), layers.Bidirectional(recurrent(4))])",
        2 * 4 * 4 * (3 + 4 + 1),
    ),
}


@pytest.mark.parametrize(("program", "total"), SETTLED.values(), ids=SETTLED)
def test_what_settles_a_total_is_asked_for(program, total):
    answer = pasted(BEFORE + program)
    assert answer.total == total
    assert len(answer.settings) == 1


def test_a_model_that_is_a_parameter_is_named():
    program = "class Made:\n    def build(self, encoder, n):\n        x = layers.Input((n,))\n"
    program += "        return Model(x, layers.Dense(2)(encoder(x)))"
    answer = pasted(BEFORE + program)
    assert answer.total is None
    assert "is not known (encoder is a parameter of build)" in " ".join(answer.messages)


def test_a_layer_that_an_attribute_takes_from_a_parameter_is_named():
    program = """
class Text:
    def __init__(self, embedding, n):
        self.embedding = embedding
        self.n = n
    def build(self):
        x = layers.Input((self.n,))
        return Model(x, layers.LSTM(2)(self.embedding(x)))
"""
    answer = pasted(BEFORE + program)
    words = "`self.embedding(x)` is not known (embedding is a parameter of Text)"
    assert (answer.total, answer.settings) == (None, {})
    assert words in " ".join(answer.messages)


def test_a_model_of_unknown_output_shape_is_named_by_its_class():
    program = """
class Net(Model):
    def __init__(self, last=None):
        super().__init__()
        self.a = layers.Dense(3)
        self.last = last
    def call(self, x):
        return self.last(self.a(x))
"""
    (message,) = count(BEFORE + program, {"input_shape": [None, 4, 5]})[1]
    assert "the output shape of `Net` is not known" in message


FUNCTIONAL = """
class Gan(Model):
    def __init__(self, sizes):
        super().__init__()
        z = layers.Input((5,))
        self.generator = Model(z, layers.Dense(sizes[0])(z))
        image = layers.Input(sizes)
        self.critic = Model(image, layers.Dense(1)(image))
    def call(self, z):
        return self.critic(self.generator(z))
"""


def test_a_shape_is_asked_for_without_its_parts_and_without_needless_shapes():
    answer = pasted(BEFORE + FUNCTIONAL)
    assert answer.settings == {"sizes": [28]}
    assert answer.total == 6 * 28 + 29


CHOSEN = """
def _dense(units, activation):
    return layers.Dense(units, activation=activation)
def wide(units):
    return _dense(9 * units, "relu")
def build(kind):
    x = layers.Input((5,))
    return Model(x, globals()[kind](2)(x))
"""


def test_a_function_that_is_chosen_by_name_is_one_of_the_program():
    answer = pasted(BEFORE + CHOSEN)
    assert answer.settings == {"kind": "wide"}
    assert answer.total == 18 * 6


NEEDLESS = {
    "steps and features": (
        "model = Sequential([layers.Input((data.shape[1], data.shape[2])), layers.LSTM(4)])",
        {"data.shape[2]": 3},
    ),
    "steps, and a vocabulary": (
        "x = layers.Input((longest,))\n"
        "model = Model(x, layers.GRU(4)(layers.Embedding(len(words), 8)(x)))",
        {"len(words)": 3},
    ),
    "rows and columns": (
        "x = layers.Input((rows, columns, 3))\nmodel = Model(x, layers.Conv2D(filters, 3)(x))",
        {"filters": 3},
    ),
    "both": (
        "x = layers.Input((rows, 3))\n"
        "model = Model(x, layers.Dense(4)(layers.Flatten()(layers.Conv1D(filters, 3)(x))))",
        {"rows": 120, "filters": 120},
    ),
}


@pytest.mark.parametrize(("program", "asked"), NEEDLESS.values(), ids=NEEDLESS)
def test_only_what_the_parameters_need_is_asked_for(program, asked):
    answer = pasted(BEFORE + program)
    assert answer.settings.keys() == asked.keys()
    assert answer.total is not None
