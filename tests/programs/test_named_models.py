"""Choose one of a program's models: all forms of `--model`, and the default."""

from __future__ import annotations

import re
import shlex

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.graph.inference import infer
from lstmcount.programs import list_models, read_python
from tests.conftest import ROOT, Run

PROGRAM = b"""\
from keras import Input, Model, Sequential, layers

def make(units=2):
    return [Sequential([Input((3,)), layers.Dense(n)]) for n in (units, 5)]

class Classifier:
    def __init__(self, classes=7):
        self.model = Sequential([Input((3,)), layers.Dense(classes)])

def build(features, units=4):
    return Sequential([Input((features,)), layers.Dense(units)])

model = build(10)
small = model
model = build(1)
wrapped = Classifier()
def helper(data): return data
"""


@pytest.mark.parametrize(
    ("wanted", "params"),
    [
        ("model", 8),
        ("model@14", 44),
        ("model@15", 8),
        ("small", 44),
        ("build(2, units=1)", 3),
        ("make()[-1]", 20),
        ("make()[0]", 8),
        ("make", 20),
        ("make(units=1)[0]", 4),
        ("Classifier", 28),
        ("Classifier(classes=1)", 4),
        ("wrapped", 28),
        ("wrapped.model", 28),
    ],
)
def test_a_model_is_found_by_its_name(wanted, params):
    assert infer(read_python(PROGRAM, model=wanted)).total_params == params


def test_a_line_is_the_bindings_own_whatever_functions_above_it_bind_later():
    program = b"""\
from keras import Input, Sequential, layers
def make(units):
    model = Sequential([Input((3,)), layers.Dense(units)])
    return model
model = make(1)
print(model)
model = make(2)
"""
    for line, params in {3: 8, 5: 4, 7: 8}.items():
        assert infer(read_python(program, model=f"model@{line}")).total_params == params


def test_a_bare_function_asks_for_its_parameters():
    summary = infer(read_python(PROGRAM, model="build"))
    assert "--set features=" in summary.notes[-1]
    settings = {"features": 6}
    assert infer(read_python(PROGRAM, model="build", settings=settings)).total_params == 28


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("modle", "the program has no model 'modle'. Did you mean model?"),
        ("model@2", "no model is assigned to 'model' at line 2"),
        (
            "helper",
            "helper makes no model that could be followed. There are: small, model, self.model.",
        ),
        ("1 +", "expected the name of a model or a call, got '1 +'"),
    ],
)
def test_wrong_names_of_models(wanted, message):
    with pytest.raises(LstmcountError) as raised:
        read_python(PROGRAM, model=wanted)
    assert raised.value.message == message


LATER = b"""
encoder = Model(nowhere.input, nowhere.get_layer("x").output)
"""


def test_a_model_that_cannot_be_followed_is_not_replaced_by_another():
    program = PROGRAM.replace(b"wrapped = Classifier()\n", LATER)
    with pytest.raises(LstmcountError) as caught:
        read_python(program)
    advice = re.search(r"--model (\w+) takes the last that can be followed", caught.value.message)
    assert infer(read_python(program, model=advice[1])).total_params == 8
    assert "encoder" in {found.name for found in list_models(program)}


def test_a_model_inside_a_function_that_is_not_called():
    program = b"""
from keras import Input, Model, Sequential, layers
def build(n=3):
    inner = Sequential([Input((4,)), layers.Dense(n)])
    x = Input((4,))
    return Model(x, layers.Dense(2)(Sequential([inner])(x)))
"""
    (note,) = read_python(program).notes
    for wanted in re.findall(r"(\w+) \(line", note):
        assert isinstance(infer(read_python(program, model=wanted)).total_params, int)


@pytest.mark.parametrize(
    "added",
    [
        "model.add(Sequential([Dense(2)]))",
        "model.add(layers.TimeDistributed(Sequential([Dense(2)])))",
        "head = Sequential([Dense(2)])\nmodel.add(head)",
    ],
)
def test_a_model_is_not_hidden_by_a_later_one_that_is_added_to_it(added):
    program = f"""
from keras import Input, Sequential, layers
from keras.layers import Dense
model = Sequential([Input((3, 4))])
{added}
model.add(Dense(1))
"""
    assert infer(read_python(program.encode())).total_params == 13


@pytest.mark.parametrize(
    ("command", "shown"),
    [
        (("summary", "--list"), "a.py:28: model"),
        (("count", "--model", "build_model(5, n_classes=10)"), "82570"),
        (("convert", "--to", "yaml", "--model", "build_model(5)"), "name: lstm_1"),
        (("explain", "--model", "build_model(5)"), "lstm_0 (LSTM)"),
    ],
)
def test_every_command_takes_the_option(command, shown, tmp_path):
    program = tmp_path / "a.py"
    program.write_bytes((ROOT / "configs" / "trainer.py").read_bytes())
    done = Run()(command[0], "a.py", *command[1:], cwd=tmp_path)
    assert shown in done.stdout, done.stderr


def test_layers_without_end_are_an_error_with_the_part_before_it() -> None:
    program = (
        "from keras import Sequential\nfrom keras.layers import Dense\n"
        "m = Sequential()\nwhile True:\n    m.add(Dense(3))\n"
    )
    with pytest.raises(LstmcountError, match="takes more than 300,000 steps") as caught:
        infer(read_python(program.encode()))
    assert caught.value.partial.layers[0].class_name == "Dense"


def test_the_names_of_models_are_listed_once() -> None:
    program = (
        "from keras import Input, Sequential\nfrom keras.layers import Dense\n"
        "for n in range(9):\n    m = Sequential([Input((4,)), Dense(n + 1)])\n"
    )
    with pytest.raises(LstmcountError, match=r"There are: m\.$"):
        read_python(program.encode(), model="another_one")


def test_an_endless_training_loop_does_not_hide_the_model() -> None:
    program = (
        "from keras import Input, Sequential\nfrom keras.layers import Dense\n"
        "m = Sequential([Input((4,)), Dense(3)])\nwhile True:\n    m.fit(x)\n"
    )
    summary = infer(read_python(program.encode()))
    assert summary.total_params == 15
    assert "never ends" in summary.notes[0]


@pytest.mark.parametrize("way_out", ["break", "return i"])
def test_an_endless_loop_that_only_data_ends_does_not_hide_the_model(way_out: str) -> None:
    program = (
        "import random\nfrom keras import Input, Sequential\nfrom keras.layers import Dense\n"
        "n = 0\nfor i in range(30_000):\n    n += 1\n"
        "m = Sequential([Input((4,)), Dense(3)])\n"
        "def sample(a):\n    while 1:\n        i = random.randint(0, 5)\n"
        f"        if a[i] > random.random():\n            {way_out}\n"
        "sample(m.predict(x))\nm.add(Dense(2))\nwhile True:\n    m.fit(x)\n"
    )
    assert infer(read_python(program.encode())).total_params == 23


@pytest.mark.parametrize(
    ("use", "batch"),
    [
        ("model(x)", 90),
        ("model.fit(x, x)", None),
        ("model.fit(x, x, epochs=2, batch_size=16)", None),
        ("model.fit(x, x, batch_size=100)", None),
        ("model.fit(x, x, epochs=2, batch_size=15)", 15),
        ("model.fit(x, x, batch_size=15, validation_split=0.5)", 15),
        ("model.fit(x, x, batch_size=15, validation_split=0.1)", None),
        ("model.fit(x, x)  # KERAS_BACKEND=jax", 32),
        ("model.evaluate(x, x, 100)", 90),
        ("model.predict(x, 8)", 8),
        ("model.train_on_batch(x, x)", 90),
        ("model.fit(unknown, unknown)", None),
    ],
)
def test_a_sequential_is_built_for_the_first_batch_of_its_data(use, batch):
    program = f"""
import numpy as np
from keras import Sequential, layers
model = Sequential([layers.Dense(3)])
x = np.zeros((90, 3))
unknown = np.zeros((len(open("data").read()), 3))
{use}
"""
    assert infer(read_python(program.encode())).layers[0].output_shape == (batch, 3)


def test_wrong_layers_of_a_class_that_is_not_called(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(
        "import keras\n\nclass Net(keras.Model):\n    def __init__(self, units):\n"
        "        super().__init__()\n        self.dense = keras.layers.Dense(units)\n\n"
        "    def call(self, x):\n        return self.dense(x)\n\nmodel = Net(0)\n"
    )
    with pytest.raises(LstmcountError, match=r"py:6:41: expected a positive integer, got 0"):
        summarize(str(path))


def test_the_arguments_of_a_class_that_nothing_calls() -> None:
    program = b"""\
from keras import Input, Sequential, layers
class Net:
    def __init__(self, features, classes):
        self.model = Sequential([Input((features,)), layers.Dense(classes)])
"""
    asked = "\n".join(read_python(program).notes)
    assert "--set features=3" in asked
    assert "--set classes=3" in asked
    config = read_python(program, settings={"features": 7, "classes": 2})
    assert infer(config).total_params == 16


LOOPS = b"""\
from keras import Input, Sequential, layers
def make(units):
    made = Sequential([Input((3,)), layers.Dense(units)])
    return made
models, by_size, a_few = [], {}, (make(5), make(6))
for units in (1, 2, 3):
    model = make(units)
    models.append(model)
for units in (7, 8):
    by_size["s%d" % units] = net = make(units)
for units in (9, 10, 11):
    last = make(units)
"""


def test_models_of_a_loop_are_named_by_what_holds_them() -> None:
    """Those that nothing holds cannot be chosen, so they are not offered."""
    names = [each.name for each in list_models(LOOPS)]
    assert names == [
        "a_few[0]", "a_few[1]", "models[0]", "models[1]", "model", "by_size['s7']", "net",
        "last", "last", "last",
    ]  # fmt: skip
    (note,) = read_python(LOOPS).notes
    offered = [shlex.split(part)[0] for part in note.partition("--model: ")[2].split(", ")]
    assert "last@11" not in offered
    totals = [infer(read_python(LOOPS, model=name)).total_params for name in offered]
    assert totals == [4 * units for units in (6, 1, 2, 3, 7, 8)]
