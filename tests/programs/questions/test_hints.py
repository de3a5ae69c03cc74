"""Every `--set` and `--model` that a message prints works when it is pasted back."""

from __future__ import annotations

import ast
import re
import shlex

import pytest

from lstmcount import summarize
from lstmcount.programs import read_python
from tests.conftest import ROOT
from tests.programs.keras_runs import PROGRAMS
from tests.programs.pasting import asked_for, count, pasted

BEFORE = """
import argparse, json, math, os, sys
import numpy as np
import pandas as pd
import keras
from keras import Input, Model, Sequential, layers, ops
from elsewhere import load, pick, tokenizer, texts, vocab, y, data, config, flags, d, unknown, hp
parser = argparse.ArgumentParser()
parser.add_argument('--n', type=int, required=True)
args = parser.parse_args()
df = pd.read_csv('x.csv')
"""
UNKNOWN = [
    "unknown", "flags.n", 'config["n"]', "config['a b']['c=d']", "load('x.csv').shape[1]",
    "data.shape[-1]", "data.shape[1]", "len(vocab)", "len(set(y))", "int(sys.argv[1])",
    "int(os.environ.get('N', '3'))", "os.environ['N']", 'pick("units", low=1, high=9)',
    'hp.Int("u", 32, 512, step=32)', "args.n", 'int(input("how many? "))',
    "len(tokenizer.word_index) + 1", "max(len(s) for s in texts)", "max([len(s) for s in texts])",
    "np.max(y) + 1", "int(y.max()) + 1", "data.shape[1:][0]", 'd["it\'s"]',
    "cfg['model']['units']", "(lambda: unknown)()", 'config.get("n")', 'config.get("n", 8)',
    'getattr(flags, "n")', "json.load(open('c.json'))['n']", "df['a'].nunique()",
    "df.shape[1] - 1", "len(df.columns)", "len(np.unique(y))", "data[0].shape[0]",
    "unknown // 2", "2 ** unknown", "math.ceil(len(texts) * 0.2)", "int(np.sqrt(data.shape[1]))",
    "load(path='a/long/path/that/goes/on/and/on/for/ever/and/ever/and/then/some/more.csv', "
    "sep=';', header=None, index_col=0).values.shape[1]",
    "df.drop('target', axis=1).shape[1]", "df.iloc[:, 1:].values.shape[1]",
    "np.array(texts).shape[1]", "np.load('x.npy').shape[1]", "data['x'][0, 0].shape[-1]",
    "min(unknown, 5)", "round(unknown / 2)", "next(iter(texts)).shape[0]",
    "sum(len(t) for t in texts)", "len([t for t in texts if t])", "len(list(vocab))",
    "len(vocab | y)", "len(vocab[0])", "load('a')['n'] or 4", "not_there", "mod.sub.N",
    "config['n'] if 'n' in config else 7", "{*vocab}.pop()", "data.shape[1] + data.shape[2]",
]  # fmt: skip
PLACES = {
    "a layer's units": "model = Sequential([Input((4,)), layers.Dense(@)])",
    "a named argument": "model = Sequential([Input((4, 3)), layers.LSTM(units=@)])",
    "a kernel's size": "model = Sequential([Input((2000, 3)), layers.Conv1D(4, @)])",
    "the features of an input": "model = Sequential([Input((20, @)), layers.LSTM(4)])",
    "the length of an input": (
        "model = Sequential([Input(shape=(@, 3)), layers.Flatten(), layers.Dense(3)])"
    ),
    "the input of a first layer": (
        "model = Sequential()\nmodel.add(layers.LSTM(4, input_shape=(20, @)))"
    ),
    "input_dim": "model = Sequential()\nmodel.add(layers.Dense(4, input_dim=@))",
    "a vocabulary": "model = Sequential([Input((9,)), layers.Embedding(@, 4), layers.LSTM(3)])",
    "a named number": "n = @\nmodel = Sequential([Input((4,)), layers.Dense(n)])",
    "half of a named number": "n = @ // 2\nmodel = Sequential([Input((4,)), layers.Dense(n + 1)])",
    "the rounds of a loop": (
        "model = Sequential([Input((4,))])\nfor _ in range(@):\n    model.add(layers.Dense(3))"
    ),
    "a condition": (
        "model = Sequential([Input((4,))])\nif @ > 3:\n    model.add(layers.Dense(3))\n"
        "model.add(layers.Dense(2))"
    ),
    "a list comprehension": (
        "model = Sequential([Input((4,)), *[layers.Dense(3) for _ in range(@)]])"
    ),
    "an argument of a function": (
        "def build(n):\n    return Sequential([Input((4,)), layers.Dense(n)])\nmodel = build(@)"
    ),
    "the default of a parameter": (
        "def build(n=@):\n    return Sequential([Input((4,)), layers.Dense(n)])"
    ),
    "an attribute": (
        "class A:\n    def __init__(self):\n        self.n = @\n    def build(self):\n"
        "        return Sequential([Input((4,)), layers.Dense(self.n)])\nmodel = A().build()"
    ),
    "a weight of a custom layer": (
        "class L(layers.Layer):\n    def build(self, s):\n"
        "        self.w = self.add_weight(shape=(s[-1], @))\n    def call(self, x):\n"
        "        return x @@ self.w\ni = Input((4,))\nmodel = Model(i, layers.Dense(2)(L()(i)))"
    ),
    "a reshape": (
        "i = Input((None, 12))\nmodel = Model(i, layers.Dense(2)(ops.reshape(i, (-1, @))))"
    ),
    "a repeated axis": (
        "i = Input((4, 5))\nmodel = Model(i, layers.Dense(2)(ops.repeat(i, @, axis=-1)))"
    ),
    "a slice": "i = Input((40,))\nmodel = Model(i, layers.Dense(2)(i[:, :@]))",
    "a one-hot encoding": (
        "i = Input((4,), dtype='int32')\nmodel = Model(i, layers.Dense(2)(ops.one_hot(i, @)))"
    ),
    "a one-hot encoding in a Lambda": (
        "i = Input((4,), dtype='int32')\nx = layers.Lambda(lambda x: ops.one_hot(x, @))(i)\n"
        "model = Model(i, layers.Dense(2)(x))"
    ),
    "a slice in a Lambda": (
        "i = Input((400,))\nx = layers.Lambda(lambda x: x[:, :@])(i)\n"
        "model = Model(i, layers.Dense(2)(x))"
    ),
    "a repeated vector": (
        "i = Input((4,))\nx = layers.RepeatVector(@)(i)\n"
        "model = Model(i, layers.Dense(2)(layers.Flatten()(x)))"
    ),
    "the end of a while": (
        "model = Sequential([Input((4,))])\nwhile len(model.layers) < @:\n"
        "    model.add(layers.Dense(3))"
    ),
    "the shape of an array": (
        "a = np.zeros((10, @))\nmodel = Sequential([Input((a.shape[1],)), layers.Dense(3)])"
    ),
    "a conditional expression": (
        "n = @\nmodel = Sequential([Input((4,)), layers.Dense(9 if n > 3 else 2)])"
    ),
    "arguments from a dict": (
        "given = dict(units=@)\nmodel = Sequential([Input((4,)), layers.Dense(**given)])"
    ),
    "a list of sizes": (
        "sizes = [@, 2 * @]\nmodel = Sequential([Input((4,)), *[layers.Dense(s) for s in sizes]])"
    ),
    "a wrapped layer": (
        "model = Sequential([Input((4, 3)), layers.Bidirectional(layers.LSTM(@))])"
    ),
    "a cell in a list": (
        "model = Sequential([Input((4, 3)), layers.RNN([layers.LSTMCell(@), layers.GRUCell(2)])])"
    ),
    "a wrapped model": (
        "inner = Sequential([Input((3,)), layers.Dense(@)])\n"
        "model = Sequential([Input((4, 3)), layers.TimeDistributed(inner)])"
    ),
    "a layer of a subclassed model": (
        "class M(Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.d = layers.Dense(@)\n    def call(self, x):\n        return self.d(x)\n"
        "model = M()\nmodel.build((None, 5))"
    ),
}
SHAPES = {
    "of features": "model = Sequential([Input(shape), layers.Dense(3)])",
    "of sequences": "model = Sequential([Input(shape=shape), layers.LSTM(3)])",
    "of images": "model = Sequential([layers.Conv2D(3, 3, input_shape=shape), layers.Flatten()])",
    "of films": "i = Input(shape)\nmodel = Model(i, layers.ConvLSTM2D(3, 3)(i))",
    "with the batch": "model = Sequential([Input(batch_shape=shape), layers.GRU(3)])",
    "that a size is taken of": (
        "i = Input(shape)\nx = layers.LSTM(4, return_sequences=True)(i)\n"
        "model = Model(i, layers.Add()([i, layers.Dense(i.shape[-1])(x)]))"
    ),
    "of what is missing": "model = Sequential([layers.LSTM(3)])",
    "of missing images": "model = Sequential([layers.Conv2D(3, 3), layers.Dense(3)])",
}
OPTIONS = {
    "a flag": "layers.LSTM(4, return_sequences=unknown)",
    "another flag": "layers.LSTM(4, use_bias=flags.bias)",
    "a padding": "layers.Conv1D(4, 3, padding=unknown)",
    "an order of axes": "layers.Conv1D(4, 3, data_format=unknown)",
    "a target shape": "layers.Reshape(unknown)",
}


@pytest.mark.parametrize("place", PLACES)
def test_pasting_the_hint_for_a_number_works(place):
    for words in UNKNOWN:
        number = words if re.fullmatch(r"[\w.]+", words) else f"({words})"
        text = PLACES[place].replace("@@", "§").replace("@", number).replace("§", "@")
        answer = pasted(f"{BEFORE}{text}\n")
        assert answer.total is not None, (words, answer)
        assert answer.settings, words


@pytest.mark.parametrize("model", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("words", ["unknown", "data.shape[1:]", "config['shape']", "load(1).shape"])
def test_pasting_the_hint_for_a_shape_works(model, words):
    answer = pasted(f"{BEFORE}shape = {words}\n{model}\n")
    assert answer.total is not None, answer


def test_pasting_the_hint_for_the_length_of_a_shape_works():
    answer = pasted(f"{BEFORE}model = Sequential([Input([8] * unknown), layers.Dense(3)])\n")
    assert (answer.total, answer.settings) == (8 * 3 + 3, {"unknown": 3})


@pytest.mark.parametrize("layer", OPTIONS.values(), ids=OPTIONS)
def test_pasting_the_hint_for_an_option_works(layer):
    answer = pasted(f"{BEFORE}model = Sequential([Input((20, 3)), {layer}, layers.Dense(2)])\n")
    assert answer.total is not None, answer


# -- programs of all tests ----------------------------------------------------------------------


def programs_in(path):
    """The texts in a test module that are programs."""
    for node in ast.walk(ast.parse(path.read_text())):
        text = node.value if isinstance(node, ast.Constant) else None
        text = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        if isinstance(text, str) and "keras" in text and "\n" in text and _is_program(text):
            yield text


def _is_program(text):
    try:
        return bool(ast.parse(text))
    except (SyntaxError, ValueError, RecursionError):
        return False


MODULES = [
    path for path in sorted((ROOT / "tests").rglob("test_*.py")) if "keras" in path.read_text()
]


@pytest.mark.parametrize("path", [*MODULES, *PROGRAMS], ids=lambda path: path.stem)
def test_in_the_programs_of_tests(path):
    for program in [path.read_text()] if path in PROGRAMS else programs_in(path):
        answer = pasted(program)
        assert answer.total is not None or _is_named(answer.messages), (program, answer)
        for name in other_models(answer.notes):
            assert not any("has no model" in one for one in count(program, {}, name)[1]), name


def _is_named(messages):
    """Whether messages name the cause: by a place, source text or a layer."""
    return any(
        re.search(r"line \d|:\d+:\d+|[`'].+[`']|\w+ \(.+\)", one) for one in messages
    ) or any("no Keras model" in one for one in messages)


def other_models(notes):
    """The names of the other models that a note offers."""
    offered = [note.partition("with --model: ")[2] for note in notes]
    return [word for text in offered for name in re.findall(r"(\S+) \(line", text)
            for word in shlex.split(name)]  # fmt: skip


UNNEEDED = """
from keras import Input, Sequential, layers
from elsewhere import load
options = load("c.json")
def build(depth):
    width = options["training"].width
    return Sequential([Input((depth,)), layers.Dense(width)])
model = Sequential([Input((4,)), layers.Dense(2)])
"""


@pytest.mark.parametrize(
    "name", ["depth", "width", "options['training'].width", 'options["training"]']
)
def test_a_name_that_this_model_does_not_need(name):
    settings = {name: 3}
    notes = read_python(UNNEEDED.encode(), settings=settings).notes
    assert notes == [f"{name} was set, but this model does not depend on it"]
    assert not settings


@pytest.mark.parametrize("name", ["deep", "options['other']", "load('c')", "dense.units", "a b"])
def test_a_name_that_the_program_does_not_have(name):
    settings = {name: 3}
    read_python(UNNEEDED.encode(), settings=settings)
    assert settings == {name: 3}


SEVERAL = """
def build(shape, cells, name, classes):
    x = inputs = Input(shape)
    for units in cells:
        x = layers.Dense(units)(x)
    if name == "wide":
        x = layers.Dense(data["width"])(x)
    return Model(inputs, layers.Dense(classes)(x))
"""


def test_one_message_asks_for_everything_that_a_model_needs():
    total, messages, _ = count(f"{BEFORE}{SEVERAL}", {})
    assert total is None
    assert "and 4 more values are needed: --set" in messages[0]
    assert count(f"{BEFORE}{SEVERAL}", asked_for(messages[0]))[0] is not None


def test_settings_are_readable():
    message = count(f'{BEFORE}Sequential([Input((3,)), layers.Dense(config["n"])])', {})[1][0]
    assert message.endswith("""--set "config['n']=3\"""")


OWN_CONVOLUTION = (
    "class Own(layers.Layer):\n    def __init__(self, n):\n        super().__init__()\n"
    "        self.c = layers.Conv2D(n, 3, strides=6)\n"
    "    def call(self, x):\n        return self.c(x)\n"
)


@pytest.mark.parametrize(
    ("model", "hints"),
    [
        ("m = Sequential([Input(d), layers.Embedding(9, 4), layers.LSTM(2)])", ["d=[28]"]),
        ("m = Sequential([Input(d), layers.Conv3D(4, 3), layers.Flatten()])", ["d=[8,28,28,3]"]),
        (
            "m = Sequential([Input(d), layers.Conv2D(4, 8, data_format='channels_first')])",
            ["d=[3,28,28]"],
        ),
        (
            "a, b = Input(data.image), Input(data.row)\n"
            "x = layers.Flatten()(layers.Conv2D(4, 3)(a))\n"
            "m = Model([a, b], layers.concatenate([x, layers.Dense(3)(b), b]))",
            ["data.image=[28,28,3]", "data.row=[28]"],
        ),
        (
            "m = Sequential([Input((d, 4)), layers.Conv1D(8, 5), layers.MaxPooling1D(5),"
            " layers.Flatten(), layers.Dense(1)])",
            ["d=120"],
        ),
        (
            "class Own(Model):\n    def __init__(self):\n        super().__init__()\n"
            "        self.e, self.r = layers.Embedding(d, 4), layers.GRU(2)\n"
            "    def call(self, x):\n        return self.r(self.e(x))\n",
            ["d=3", "input_shape=[null,28]"],
        ),
        (
            "i = Input((*d, 1))\nm = Model(i, layers.Flatten()(layers.Conv2D(4, 3)(i)))",
            ["d=[28,28]"],
        ),
        ("i = Input((9, *d))\nm = Model(i, layers.Dense(4)(i))", ["d=[126]"]),
        (
            "m = Sequential([Input((9, 9, 1)), layers.ZeroPadding2D(d), layers.Flatten(),"
            " layers.Dense(4)])",
            ["d=3"],
        ),
        (
            "m = Sequential([layers.Conv1D(8, 3), layers.Conv1D(8, 3), layers.MaxPooling1D(),"
            " layers.Flatten(), layers.Dense(1)])",
            ["input_shape=[null,126,28]"],
        ),
        (
            f"{OWN_CONVOLUTION}m = Sequential([Own(8), layers.AveragePooling2D(7)])",
            ["input_shape=[null,224,224,3]"],
        ),
        (
            f"{OWN_CONVOLUTION}def make(n):\n    m = Sequential()\n    m.add(Own(n))\n"
            "    return m\n",
            ["n=3", "input_shape=[null,28,28,3]"],
        ),
    ],
)
def test_examples_with_which_the_model_works(model, hints):
    asked = asked_for(" ".join(count(f"{BEFORE}{model}\n", {})[1]))
    assert asked == asked_for(" ".join(f"--set '{hint}'" for hint in hints))
    assert count(f"{BEFORE}{model}\n", asked)[0] is not None


@pytest.mark.parametrize(
    "statements",
    [
        "y = layers.Dense(1)(base.output)\nm = Model(base.input, y)",
        "m = Model(x, base(x))",
        "a, b = base.layers[2](x)\ny = base.layers[3](a)\nm = Model(x, [y, b])",
        "a, b = base.layers[2].output\nm = Model(base.input, [a, b])",
        "m = Sequential([base, layers.Dense(1)])",
    ],
)
def test_a_model_from_a_file_is_named_where_another_model_needs_it(statements):
    load = "from keras.models import load_model\nx = Input((3,))\nbase = load_model('a.h5')\n"
    total, messages, _ = count(f"{BEFORE}{load}{statements}\n", {})
    assert total is None
    assert "`load_model('a.h5')` loads a model from a file" in messages[0]


@pytest.mark.parametrize(
    "model", ["m = Sequential([Input((3,)), layers.Dense(cells)])", "m = Sequential([x, cells])"]
)
def test_a_name_that_the_program_does_not_define_is_named(model):
    message = count(f"{BEFORE}x = Input((3,))\n{model}\n", {})[1][0]
    assert "the program does not define cells" in message


def test_an_expression_of_a_module_that_this_model_does_not_need(tmp_path, call):
    (tmp_path / "parts.py").write_text("def helper(b):\n    return 3 if b > 1 else 4\n")
    model = (
        "import keras, parts\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])\n"
    )
    (tmp_path / "main.py").write_text(model)
    done = call("summary", "main.py", "--set", "b > 1=true", cwd=tmp_path)
    assert "b > 1 was set, but this model does not depend on it" in done.stderr + done.stdout
    assert call("count", "main.py", "--set", "b > 2=true", cwd=tmp_path).returncode == 2


def test_what_keras_refuses_comes_before_what_is_not_known():
    program = (
        f"{BEFORE}class Own(layers.Layer):\n    def build(self, shape):\n"
        "        self.inner = layers.Dense(shape[-1] * 2)\n"
        "    def call(self, x):\n        return self.inner(x)\n"
        "a, b = Input((7, 7, 3)), Input((8, 8, 3))\n"
        "m = Model([a, b], Own()(layers.concatenate([a, b])))\n"
    )
    (message,) = count(program, {})[1]
    assert "differ outside axis -1" in message
    assert "--set" not in message


def test_an_unknown_in_an_inner_model_is_asked_for():
    program = (
        f"{BEFORE}i = Input((7, 7, 3))\n"
        "inner = Model(i, layers.Conv2DTranspose(3, 3, strides=strides[0])(i))\n"
        "m = Model(i, inner(layers.Conv2D(3, 1)(i)))\n"
    )
    (message,) = count(program, {})[1]
    assert asked_for(message) == {"strides[0]": 3}


def test_a_layer_in_the_place_of_a_tensor_is_named():
    program = (
        f"{BEFORE}x = Input((7, 3))\nboth = layers.Concatenate([x, x])\n"
        "y = layers.LayerNormalization()(both)\nm = Model(x, layers.Dense(2)(y))\n"
    )
    (message,) = count(program, {})[1]
    assert "LayerNormalization gets the layer Concatenate, and not a tensor" in message


def test_a_setting_for_an_attribute_that_holds_an_argument_is_a_note():
    program = (
        f"{BEFORE}class Maker:\n    def __init__(self, sizes):\n        self.sizes = sizes\n"
        "    def make(self, i):\n        return self.sizes[i]\n"
        "m = Sequential([Input((3,)), layers.Dense(2)])\n"
    )
    settings = {"sizes[i]": 3}
    notes = read_python(program.encode(), settings=settings).notes
    assert notes == ["sizes[i] was set, but this model does not depend on it"]
    assert not settings


MISSPELT = {
    "an attribute": ("import keras\nfrom keras import layers\nX", "layers.Dens(3)", 3),
    "an import": ("import keras\nfrom keras.layers import Dens\nX", "Dens(3)", 2),
    "of TensorFlow": (
        "from tensorflow import keras\nimport tensorflow as tf\nX",
        "tf.keras.layers.Dens(3)",
        3,
    ),
}


@pytest.mark.parametrize(("before", "layer", "line"), MISSPELT.values(), ids=MISSPELT)
def test_a_misspelt_class_is_named_with_its_place(before, layer, line, tmp_path):
    path = tmp_path / "model.py"
    path.write_text(before.replace("X", f"m = keras.Sequential([keras.Input((4,)), {layer}])"))
    (note,) = summarize(path).notes
    assert f"model.py:{line}:" in note
    assert note.endswith("keras.layers has no Dens. Did you mean Dense?")
