"""Names in a program refer to the right models, functions and modules, also after a star import."""

import json

import pytest

from lstmcount.errors import LstmcountError, NoModelError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.programs.language import bounds

BEFORE = """
import keras
from keras import Input, Model, layers

def encoder(n):
    i = Input((12, 5))
    return Model(i, layers.LSTM(n)(i))

class Net(Model):
    def __init__(self, n):
"""
PROGRAMS = {
    "before the class above": (
        "        i = Input((12, 5))\n"
        "        super().__init__(inputs=i, outputs=layers.Dense(n)(encoder(n)(i)))\n"
        "model = Net(4)\n"
    ),
    "never named": (
        "        i = Input((12, 5))\n"
        "        super().__init__(i, layers.Dense(n)(encoder(n)(i)))\n"
        "Net(4).summary()\n"
    ),
    "after it": (
        "        super().__init__()\n"
        "        self.all = [encoder(n), layers.Dense(n)]\n"
        "    def call(self, x):\n"
        "        for part in self.all:\n"
        "            x = part(x)\n"
        "        return x\n"
        "model = Net(4)\n"
        "model(keras.ops.ones((1, 12, 5)))\n"
    ),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_the_outermost_model_is_chosen(program):
    assert infer(read_python((BEFORE + program).encode())).total_params == 180


HELPERS = """
import keras
from keras import layers
class Distance(keras.{kind}):
    def __init__(self, **options):
        super().__init__(**options)
        self.encoder = keras.Sequential([keras.Input((8,)), layers.Dense(100)])
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.part = keras.Sequential([keras.Input((8,)), layers.Dense(2)])
    def compile(self, **options):
        super().compile(**options)
        self.distance = Distance()
    def call(self, x):
        return self.part(x)
net = Net()
net.compile()
"""


@pytest.mark.parametrize("kind", ["metrics.Metric", "losses.Loss", "callbacks.Callback"])
def test_a_model_that_serves_a_metric_is_not_the_programs(kind):
    config = read_python(HELPERS.format(kind=kind).encode())
    assert (infer(config).total_params, config.notes) == (18, [])


@pytest.mark.parametrize("path", ["keras", "tensorflow.keras"])
def test_a_star_import_brings_the_parts_of_keras(path):
    program = f"from {path} import *\nmodel = Sequential([Input((4,)), layers.Dense(3)])\n"
    assert infer(read_python(program.encode())).total_params == 15


WANTED = {
    "under a condition": "if not words:\n        raise ValueError('words')",
    "under one of two": "if words is None or n < 1:\n        raise ValueError('words')",
    "further in": "if n:\n        if words is None:\n            raise ValueError",
}


@pytest.mark.parametrize("guard", WANTED.values(), ids=WANTED)
@pytest.mark.parametrize("wanted", [None, "build"])
def test_a_function_that_raises_is_asked_for_its_parameters(guard, wanted):
    program = f"""
from keras import Input, Sequential, layers
def build(words=None, n=2, dim=None, name=None):
    {guard}
    return Sequential([Input((9,)), layers.Embedding(words, dim), layers.Dense(n)], name=name)
""".encode()
    with pytest.raises(LstmcountError) as caught:
        read_python(program, model=wanted)
    hint = "--model build --set words=3 --set dim=3"
    assert caught.value.message == f"build raises an exception without words, dim: {hint}"
    config = read_python(program, model="build", settings={"words": 3, "dim": 3})
    assert infer(config).total_params == 17


@pytest.mark.parametrize("input_", ["Input(shape=shape)", "Input(shape)", "layers.Input(shape)"])
def test_the_shape_of_an_input_is_asked_for_if_it_is_none(input_):
    program = f"""
from keras import Input, Model, layers
def build(shape=None):
    x = y = {input_}
    return Model(x, layers.Dense(2)(layers.Flatten()(layers.Conv2D(4, 3)(y))))
""".encode()
    (note,) = read_python(program).notes
    assert note.endswith("needs `shape`, which is not known: --set 'shape=[28,28,3]'")
    config = read_python(program, settings={"shape": [8, 8, 1]})
    assert infer(config).total_params == 40 + 2 * 36 * 4 + 2


@pytest.mark.parametrize("guard", ["self.n is None", "not self.n", "words is None", "not words"])
def test_a_class_that_raises_is_asked_for_its_parameter(guard):
    program = f"""
from keras import Input, Sequential, layers
class Net:
    def __init__(self, words=None, units=3, name=None):
        self.n = words or default().words
        self.units = units
        if {guard}:
            raise ValueError("words")
    def build(self):
        embedding = layers.Embedding(self.n, 2)
        return Sequential([Input((9,)), embedding, layers.LSTM(self.units)])
def default():
    return Options
class Options:
    words = None
""".encode()
    with pytest.raises(LstmcountError) as caught:
        read_python(program)
    assert caught.value.message == "Net raises an exception without words: --set words=3"
    assert infer(read_python(program, settings={"words": 3})).total_params == 6 + 72
    config = read_python(program, settings={"words": 3, "units": 4})
    assert infer(config).total_params == 6 + 112


@pytest.mark.parametrize("build", ["def build(", "class Builder:\n  def build(self, "])
def test_a_size_whose_default_is_none_is_asked_for(build):
    program = f"""
from keras import Input, Sequential, layers
{build}n=None, name=None):
    return Sequential([Input((9,)), layers.Dense(n)], name=name)
""".encode()
    with pytest.raises(LstmcountError, match=r"dense needs n, a parameter .* value: --set n=3$"):
        read_python(program)
    assert infer(read_python(program, settings={"n": 3})).total_params == 30


def test_a_model_that_is_a_parameter_is_named():
    program = b"""
from keras import Model, layers
def head(net, n=3):
    return Model(net.input, layers.Dense(n)(net.output))
"""
    for wanted in (None, "head"):
        with pytest.raises(
            LstmcountError,
            match="parameter of head, is a model that is not known; the option --model",
        ):
            read_python(program, model=wanted)


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        ("", "second, a parameter of stack, is a layer or model that is not known; the option"),
        ("def whole(n=5):\n    return Sequential([Input((4,)), layers.Dense(n)])\n", 25),
    ],
)
def test_a_model_of_layers_that_are_parameters_is_not_chosen_beside_a_whole_one(whole, expected):
    program = (
        f"from keras import Input, Sequential, layers\n{whole}"
        "def stack(second):\n    return Sequential([Input((4,)), layers.Dense(2), second])\n"
    ).encode()
    if isinstance(expected, int):
        assert infer(read_python(program)).total_params == expected
    else:
        with pytest.raises(LstmcountError, match=expected):
            read_python(program)


@pytest.mark.parametrize(
    "whole",
    [
        "def whole(n):\n    return Sequential([Input((4,)), layers.Dense(5)])\n",
        "class Net:\n    def whole(self):\n"
        "        return Sequential([Input((4,)), layers.Dense(5)])\n",
    ],
    ids=["of a function", "of a method"],
)
def test_a_model_on_an_unknown_model_is_not_chosen_beside_a_whole_one(whole):
    program = f"""
from keras import Input, Model, Sequential, layers
{whole}
def head(net):
    return Model(net.input, net.get_layer("last").output)
"""
    assert infer(read_python(program.encode())).total_params == 25


@pytest.mark.parametrize("notebook", ['{"nbformat": 4}', '{"nbformat": 4, "cells": []}'])
def test_a_notebook_without_code_holds_no_model(notebook):
    with pytest.raises(LstmcountError, match="makes no Keras model"):
        read_python(notebook.encode())


def test_a_model_that_is_loaded_is_counted_by_its_file():
    program = b"from keras.models import load_model\nmodel = load_model('saved/m.h5')\n"
    with pytest.raises(NoModelError, match=r"`load_model\('saved/m.h5'\)`; count the file that"):
        read_python(program)


def test_a_wrong_call_in_a_cell_does_not_hide_that_a_model_is_loaded():
    cells = [
        "from keras.models import load_model\nmodel = load_model('m.h5')",
        "def show(a, save=False): print(a)",
        "show(3, saved=True)",
    ]
    notebook = {"nbformat": 4, "cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    with pytest.raises(NoModelError, match=r"`load_model\('m.h5'\)`; count the file that"):
        read_python(json.dumps(notebook).encode())


@pytest.mark.parametrize("maker", ["@staticmethod\n    def {0}({1})", "def {0}(self, {1})"])
def test_methods_that_call_the_method_that_builds_are_called_too(maker):
    build = maker.format("build", "shape, block, depth")
    small, large = (maker.format(name, "shape") for name in ("small", "large"))
    owner = "Nets" if "static" in maker else "self"
    program = f"""
from keras import Input, Model, layers
def plain(n):
    return layers.Conv2D(n, 3, padding="same")
class Nets:
    {build}:
        x = y = Input(shape)
        for n in depth:
            y = block(n)(y)
        return Model(x, y)
    {small}:
        return {owner}.build(shape, plain, [2])
    {large}:
        return {owner}.build(shape, plain, [2, 4])
"""
    settings = {"shape": [8, 8, 3]}
    assert infer(read_python(program.encode(), settings=settings)).total_params == 56 + 76


MADE = {
    "by a function": ("def new(*args): return Net(*args)", 25),
    "by the program": ("net = Net(6)", 35),
    "in another object": ("class Holder:\n    def __init__(self): self.net = Net(7)\nHolder()", 40),
}


@pytest.mark.parametrize(("made", "count"), MADE.values(), ids=MADE)
def test_the_method_that_builds_is_called_on_the_last_object_that_is_made(made, count):
    program = f"""
import keras
from keras import layers
class Net:
    def __init__(self, size=4): self.size, self.model = size, None
    def create(self):
        i = keras.Input((self.size,))
        self.model = keras.Model(i, layers.Dense(5)(i))
    def train(self):
        self.create()
        self.model.compile(loss="mse")
{made}
"""
    assert infer(read_python(program.encode())).total_params == count


def test_a_model_at_a_line_of_a_function_that_nothing_calls():
    code = (
        b"import keras\nfrom keras import Input, layers\n"
        b"def build(n):\n"
        b"    model = keras.Sequential([Input((4,)), layers.Dense(2)])\n"
        b"    model = keras.Sequential([model, layers.Dense(3)])\n"
        b"    return model\n"
    )
    counts = [infer(read_python(code, model=f"model@{n}")).total_params for n in (4, 5)]
    assert counts == [10, 19]


CALLBACK = """
class Saving(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs):
        self.part = keras.Model(self.model.input, self.model.output)
"""


@pytest.mark.parametrize("after", ["", CALLBACK])
def test_the_choice_does_not_depend_on_the_time_that_there_is(after, monkeypatch):
    functions = "".join(
        f"def small_{n}():\n"
        f"    sizes = [{n} + i for i in range(500)]\n"
        f"    return keras.Sequential([Input((4,)), layers.Dense({n})])\n"
        for n in range(1, 7)
    )
    code = f"import keras\nfrom keras import Input, layers\n{functions}{after}".encode()
    assert infer(read_python(code)).total_params == 30
    monkeypatch.setattr(bounds, "MAX_STEPS", 2_000)
    others = "small_1, small_2, small_3, small_4, small_5"
    with pytest.raises(LstmcountError, match=rf"the last model \(or {others}\): --model small_6$"):
        read_python(code)
    assert infer(read_python(code, model="small_6")).total_params == 30


def test_a_program_that_is_not_followed_to_its_end_is_refused(monkeypatch):
    code = (
        b"import keras\nfrom keras import Input, layers\n"
        b"first = keras.Sequential([Input((4,)), layers.Dense(1)])\n"
        b"sizes = [i * i for i in range(20_000)]\n"
        b"last = keras.Sequential([Input((4,)), layers.Dense(2)])\n"
    )
    assert infer(read_python(code)).total_params == 10
    monkeypatch.setattr(bounds, "MAX_STEPS", 8_000)
    with pytest.raises(LstmcountError, match=r"the last model until then: --model first$"):
        read_python(code)
    assert infer(read_python(code, model="first")).total_params == 5
    with pytest.raises(LstmcountError, match="takes more than 8,000 steps"):
        read_python(code, model="last")


PREPARED = """
from keras import Input, Model, Sequential, layers
prepare = Sequential([layers.Normalization(), layers.Resizing(8, 8)])
"""
AFTER_PREPARED = {
    "a function that is never called": (
        "def build():\n"
        "    i = Input((8, 8, 3))\n"
        "    return Model(i, layers.Dense(2)(layers.Flatten()(prepare(i))))\n",
        393,  # with the mean, variance and count of Normalization
    ),
    "a model of Keras's own on its output": (
        "from keras.applications import MobileNetV2\n"
        "i = Input((None, None, 3))\n"
        "small = Sequential([i, layers.Resizing(96, 96)])\n"
        "MobileNetV2(input_tensor=small.outputs[0], weights=None)\n",
        3_538_984,
    ),
    "nothing": ("prepare.build((None, 9, 9, 3))\n", 7),
}


@pytest.mark.parametrize(("program", "count"), AFTER_PREPARED.values(), ids=AFTER_PREPARED)
def test_a_model_that_only_prepares_data_is_the_last_choice(program, count):
    assert infer(read_python((PREPARED + program).encode())).total_params == count


def test_a_model_that_only_prepares_data_is_noted_if_an_import_fails():
    program = PREPARED + "from others import Net\nmain = Net()\nprepare.build((None, 9, 9, 3))\n"
    notes = read_python(program.encode()).notes
    assert any("prepare only prepares data; no other model" in note for note in notes)


PART = """
from keras import Input, Model, Sequential, layers
def feed_forward(units=8):
    return Sequential([layers.Dense(units, activation="relu"), layers.Dense(4)])
class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = feed_forward()
    def call(self, x):
        return self.inner(x)
"""
NET = """class Net(Model):
    def __init__(self):
        super().__init__()
        self.block = Block()
        self.head = layers.Dense(1)
    def call(self, x):
        return self.head(self.block(x))
"""
PARTS = {
    "of a model": (NET, 32 + 8 + 36 + 5),
    "of a layer alone": ("", 32 + 8 + 36),
    "and another function": (
        NET + "def build():\n    i = Input((4,))\n    return Model(i, layers.Dense(9)(i))\n",
        45,
    ),
}


@pytest.mark.parametrize(("program", "count"), PARTS.values(), ids=PARTS)
def test_a_function_that_makes_a_part_of_a_model_is_not_the_model(program, count):
    settings = {"input_shape": [None, 4]}
    config = read_python((PART + program).encode(), settings=settings)
    assert infer(config).total_params == count


def test_lines_that_are_not_python_are_the_first_reason_for_a_missing_model():
    imports = "".join(f"import absent_{n}\n" for n in range(4))
    program = imports + "class Net(Model):\n  'a model'\n    def __init__(self):\n        pass\n"
    with pytest.raises(NoModelError, match=r"could be followed \(.*:5: this is not Python 3; "):
        read_python(program.encode())


FACTORY = """
from keras import Input, Sequential, layers
from sklearn.svm import SVC

class Recurrent:
    def __init__(self, model):
        self.model = model

    @classmethod
    def make(cls, units):
        return cls(Sequential([Input((5, 2)), layers.LSTM(units)]))

class Convolutional(Recurrent):
    @classmethod
    def make(cls, units):
        return cls(Sequential([Input((5, 2)), layers.Conv1D(units, 3)]))

class Other(Recurrent):
    @classmethod
    def make(cls, units):
        return cls(SVC(C=units))

def make(config):
    if config.model == 'svm':
        model = Other.make(3)
    elif config.model == 'linear':
        model = Other.make(4)
    {}
    return model
"""
LAST = "else:\n        model = Recurrent.make(3)"
FOURTH = f"elif config.model == 'cnn':\n        model = Convolutional.make(3)\n    {LAST}"


def test_a_function_is_followed_to_its_keras_model_past_others():
    assert infer(read_python(FACTORY.format(LAST).encode())).total_params == 72
    with pytest.raises(LstmcountError, match=r"`config\.model`.*--set config\.model=cnn"):
        read_python(FACTORY.format(FOURTH).encode())
    config = read_python(FACTORY.format(FOURTH).encode(), settings={"config.model": "lstm"})
    assert infer(config).total_params == 72


CHECKED = """
from enum import Enum
from keras import Input, Model, layers

class Kind(Enum):
    DAY = 1
    NIGHT = 2

def size_of(kind):
    if isinstance(kind, Kind):
        return {{Kind.DAY: 3, Kind.NIGHT: 4}}[kind]
    raise ValueError(kind)

{}
"""
IN_A_CLASS = """
class Net:
    def __init__(self, config):
        self.size = size_of(config.kind)
        inputs = Input((5, 2))
        self.model = Model(inputs, layers.LSTM(3)(inputs))
"""
IN_A_FUNCTION = """
def build(config):
    size = size_of(config.kind)
    inputs = Input((5, 2))
    return Model(inputs, layers.LSTM(3)(inputs))
"""


@pytest.mark.parametrize("build", [IN_A_CLASS, IN_A_FUNCTION], ids=["class", "function"])
def test_a_check_that_raises_an_exception_for_what_is_unknown_is_passed(build):
    assert infer(read_python(CHECKED.format(build).encode())).total_params == 72


def test_what_raises_an_exception_without_a_model_is_named():
    program = IN_A_FUNCTION.replace("size_of(config.kind)", "size_of('dawn')")
    with pytest.raises(NoModelError, match=r"\(model:12:5: build raises an exception here\)"):
        read_python(CHECKED.format(program).encode())


def test_an_exception_that_keeps_the_outputs_from_being_set_is_named():
    program = "import keras\nclass Own(keras.layers.Layer):\n    def call(self, x):\n"
    program += "        raise ValueError\n"
    program += "x = keras.Input((3,))\ny = Own()(x)\nmodel = keras.Model(x, y)\n"
    with pytest.raises(LstmcountError) as caught:
        read_python(program.encode())
    assert caught.value.message.endswith("`y` (model:4:9: ValueError is raised here)")


@pytest.mark.parametrize(
    ("program", "names"),
    [
        ("model = Sequential()\nmodel.add(LSTM(3))\nmodel.fit(data)", "Sequential, LSTM"),
        ("model = keras.Sequential([keras.layers.Dense(3)])", "keras"),
        ("def build(data):\n    return tf.keras.Sequential([tf.keras.layers.Dense(data)])", "tf"),
    ],
)
def test_names_of_keras_that_a_program_does_not_define_are_named(program, names):
    with pytest.raises(NoModelError, match=rf"neither defines nor imports {names}\)"):
        read_python(f"import pandas\n{program}".encode())


BEFORE_DATA = """
from keras import Input, Model, layers

class Net:
    words = None

    def __init__(self):
        self.width = 0

    def build(self):
        inputs = Input((5,))
        x = layers.Embedding(self.words, self.width)(inputs)
        return Model(inputs, layers.LSTM(3)(x))
"""


def test_sizes_that_are_empty_before_the_data_is_read_are_asked_for():
    with pytest.raises(LstmcountError) as caught:
        read_python(BEFORE_DATA.encode())
    needs = "embedding.input_dim needs `self.words`, which is None here"
    hint = "--set self.words=3 --set self.width=3"
    assert caught.value.message == f"{needs}, and one more value is needed: {hint}"
    config = read_python(BEFORE_DATA.encode(), settings={"self.words": 3, "self.width": 3})
    assert infer(config).total_params == 9 + 84


def test_a_rate_of_zero_is_not_asked_for():
    program = BEFORE_DATA.replace("(self.words, self.width)", "(5, self.units)")
    program = program.replace("(3)(x)", "(3)(layers.Dropout(self.width)(x))")
    with pytest.raises(LstmcountError) as caught:
        read_python(program.replace("words = None", "units = None").encode())
    needs = "embedding.output_dim needs `self.units`, which is None here"
    assert caught.value.message == f"{needs}: --set self.units=3"


def test_a_note_names_the_models_that_a_call_returns_beside_the_last():
    program = (
        b"from keras import Input, Model, layers\n"
        b"def build(n):\n"
        b"    i = Input((4,))\n"
        b"    base = Model(i, layers.Dense(100)(i), name='base')\n"
        b"    return Model(i, layers.Dense(n)(base(i)), name='whole'), base\n"
    )
    config = read_python(program, model="build(3)")
    assert infer(config).total_params == 500
    assert config.notes == [
        "this is build(3)[1], the last of 2 models; choose another with --model: "
        "'build(3)[0]' (whole)"
    ]
    config = read_python(program, model="build(3)[0]")
    assert (infer(config).total_params, config.notes) == (803, [])


def test_methods_of_test_cases_build_models_too():
    program = b"""
import unittest
from keras import Input, Model, layers
class TestDense(unittest.TestCase):
    def helper(self):
        self.test_small()
    def test_small(self):
        x = Input((4,))
        model = Model(x, layers.Dense(3)(x))
        self.assertEqual(model.output_shape, (None, 3))
"""
    assert infer(read_python(program)).total_params == 15


def test_the_model_that_an_object_makes_is_taken_before_its_other_methods():
    program = b"""
from keras import Input, Sequential, layers
class Models:
    def __init__(self, kind):
        if kind == 'recurrent':
            self.shape = (10, 20)
            self.model = self.recurrent()
        elif kind == 'images':
            self.shape = (8, 8, 3)
            self.model = self.images()
        else:
            raise ValueError(kind)
    def recurrent(self):
        return Sequential([Input(self.shape), layers.LSTM(5)])
    def images(self):
        return Sequential([Input(self.shape), layers.Conv2D(5, 3)])
"""
    with pytest.raises(LstmcountError, match="--set kind=recurrent"):
        read_python(program)
    counts = [
        infer(read_python(program, settings={"kind": kind})).total_params
        for kind in ("recurrent", "images")
    ]
    assert counts == [520, 140]


ONE_OF = """
from keras import Input, Model, Sequential, layers
from settings import kind
def small(): return Sequential([Input((4,)), layers.Dense(2)])
def large(): return Sequential([Input((4,)), layers.Dense(20)])
class Small:
    def build(self): return small()
class Large:
    def build(self): return large()
class Base(Model):
    def __init__(self):
        x = Input((4,))
        super().__init__(x, layers.Dense(self.units)(x))
class A(Base): units = 2
class B(Base): units = 20
"""
# What makes the model, and the value of `kind` that gives the small one.
CHOSEN_MODELS = {
    "a function of a table": ("model = {'a': small, 'b': large}[kind]()", "a"),
    "a function by its name": ("model = globals()[kind]()", "small"),
    "a class of a table": ("model = {'a': Small, 'b': Large}[kind]().build()", "a"),
    "a model of a list": ("models = [small(), large()]\nmodel = models[kind]", 0),
    "a model of a dict": ("models = {'a': small(), 'b': large()}\nnet = models[kind]", "a"),
    "a subclass by its name": (
        "model = {each.__name__: each for each in Base.__subclasses__()}[kind]()",
        "A",
    ),
    "in a function": ("def main():\n    model = {'a': small, 'b': large}[kind]()\nmain()", "a"),
}


@pytest.mark.parametrize(("statements", "kind"), CHOSEN_MODELS.values(), ids=CHOSEN_MODELS)
def test_which_model_a_key_selects_is_asked_for(statements, kind):
    program = (ONE_OF + statements).encode()
    with pytest.raises(
        LstmcountError, match=r"depends on `kind`, which is not known.*: --set kind="
    ):
        read_python(program)
    if "__subclasses__" not in statements:
        assert infer(read_python(program, settings={"kind": kind})).total_params == 10


def test_a_model_of_transformers_is_not_passed_over_for_another():
    imports = "from transformers import TFBertModel, BertTokenizer\nfirst = small()\n"
    program = f"{ONE_OF}{imports}model = BertTokenizer('a')\n"
    assert infer(read_python(program.encode())).total_params == 10
    with pytest.raises(LstmcountError, match=r"transformers is not followed.*--model first"):
        read_python(f"{program}model = TFBertModel.from_pretrained('a')\n".encode())
    program = f"{ONE_OF}{imports}model = small()\nmodel = TFBertModel.from_pretrained('a')\n"
    with pytest.raises(LstmcountError, match=r"transformers is not followed.*--model model"):
        read_python(program.encode())
    assert infer(read_python(program.encode(), model="model")).total_params == 10


@pytest.mark.parametrize("statement", ["model = wrap(first)", "model = make(7)"])
def test_no_other_model_is_counted_for_one_of_a_module_that_is_missing(statement):
    program = f"{ONE_OF}from missing import make, wrap\nfirst = small()\n{statement}\n"
    with pytest.raises(LstmcountError, match=r"there is no module missing.*--model first"):
        read_python(program.encode())
    assert infer(read_python(program.encode(), model="first")).total_params == 10


def test_models_that_are_made_endlessly_are_named():
    program = (
        "from keras import Input, Model, layers\nx = y = Input((8,))\n"
        "while True:\n    y = layers.Dense(8)(y)\n    model = Model(x, y)\n"
    )
    with pytest.raises(LstmcountError, match=r"more than 300,000 steps; .*--model model$"):
        read_python(program.encode())
