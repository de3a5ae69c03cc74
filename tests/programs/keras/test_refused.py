"""Programs that Keras refuses, and others that look like them."""

from __future__ import annotations

import re
from contextlib import nullcontext

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
import dataclasses, keras
from keras import Input, layers, ops
x = Input((4,))
class Own(layers.Layer):
    def __init__(self, **options):
        {init}
        self.dense = layers.Dense(3)
    def start(self, **options):
        layers.Layer.__init__(self, **options)
    def call(self, x):
        return self.dense(x)
class Mixin:
    def __init__(self, **options):
        super().__init__(**options)
class Mixed(Mixin, Own): pass
class Child(Own):
    def __init__(self):
        super().__init__()
class Net(keras.Model):
    def __init__(self):
        {init}
        self.own = layers.Dense(3)
    def call(self, x):
        return self.own(x)
@dataclasses.dataclass(eq=False)
class Data(layers.Layer):
    units: int = 3
    def __post_init__(self):
        super().__init__()
        self.dense = layers.Dense(self.units)
    def call(self, x):
        return self.dense(x)
class Weighted(layers.Layer):
    def __init__(self, *args, keeps=True, **options):
        super().__init__()
        self.w = self.add_weight(*args, **options)
        if not keeps: del self.w
    def call(self, x): return x
class Built(layers.Layer):
    def call(self, x, y=None):
        return x @ self.w
    def make(self, shape):
        self.w = self.add_weight((shape[-1], 2))
class Named(Built):
    def build(self, x_shape, y_shape=None): self.make(x_shape)
class OneName(Built):
    def build(self, anything): self.make(anything)
class Unnamed(Built):
    def build(self, x_shape, other=None): self.make(x_shape)
class OtherName(Built):
    def build(self, input_shape, y_shape=None): self.make(input_shape)
def on_arrays(layer, *sizes):
    for size in sizes: layer(ops.ones((1, size)))
    return keras.Sequential([x, layer])
def called(model): model(ops.zeros((1, 4))); return model
def moved(layer, *others, after=None):
    source = keras.Sequential([x, layers.Dense(3), layer])
    source.pop()
    return keras.Sequential([Input((4 if after is None else 3,)), *others, layer])
"""
SUPER = {
    "super().__init__()": True,
    "super(type(self), self).__init__()": True,
    "super(self.__class__, self).__init__()": True,
    "keras.Layer.__init__(self)": True,
    "self.start() if hasattr(self, 'start') else keras.Model.__init__(self)": True,
    "self.units = 3": False,
    "object.__init__(self)": False,
}
USES = ["keras.Model(x, Own()(x))", "keras.Sequential([x, Own()])", "called(Net())"]
INIT = "super().__init__()"
KERAS_SAYS = "_shape|unique|incompatible|to a shape|as a keyword argument|at most 3 positional"
COUNTED = {
    "keras.Model(x, Child()(x))": 15,
    "keras.Model(x, Mixed()(x))": 15,
    "keras.Model(x, Data()(x))": 15,
    "keras.Model(x, Data(units=5)(x))": 25,
    "keras.Sequential([x, layers.Dense(4, name='a'), layers.Dense(2, name='b')])": 30,
    "keras.Sequential([x, dense := layers.Dense(4, name='a'), dense])": 20,
    "moved(layers.Dense(2), after=3)": 8,
    "keras.Model(x, Weighted((4, 2))(x))": 8,
    "keras.Model(x, Weighted((4, 2), 'zeros', None, trainable=False)(x))": 8,
    "keras.Model(x, Weighted((4, 2), keeps=False)(x))": 0,
    "on_arrays(layers.Dense(3), 4, 4)": 15,
    "keras.Model(x, Named()(x))": 8,
    "keras.Model(x, Named()(x, y=x))": 8,
    "keras.Model(x, OneName()(x))": 8,
    "on_arrays(layers.Dropout(0.5), 4, 5)": 0,
}
REFUSED = {
    "keras.Sequential([x, layers.Dense(4, name='a'), layers.Dense(2, name='a')])": "are named 'a'",
    "keras.Sequential([layers.Dense(4, name='a'), layers.Dense(2, name='a')])": "are named 'a'",
    "moved(layers.Dense(2))": "it was built for (None, 3)",
    "moved(layers.Dense(2), layers.Dense(9))": "it was built for (None, 3)",
    "moved(layers.BatchNormalization())": "it was built for (None, 3)",
    "keras.Model(x, Weighted(4)(x))": "the shape of a weight is a tuple",
    "keras.Model(x, Weighted('w', shape=(4, 2))(x))": "add_weight gets a name by position",
    "keras.Model(x, Weighted((4, 2), 'zeros', None, False)(x))": "takes 3 positional arguments",
    "keras.Model(x, Unnamed()(x))": "build(x_shape, other) of Unnamed: expected",
    "keras.Model(x, OtherName()(x))": "each with _shape, got input_shape; Keras 3 refuses it",
    "on_arrays(layers.Dense(3), 4, 5)": "its weights are made for (1, 4), got (1, 5)",
}


def program(model, init=INIT):
    return f"{BEFORE.format(init=init)}model = {model}\n"


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(("init", "is_right"), SUPER.items())
def test_a_class_calls_the_init_of_keras(init, is_right, use):
    text = program(use, init).encode()
    if is_right:
        assert infer(read_python(text)).total_params == 15
    else:
        with pytest.raises(LstmcountError, match="does not call `super"):
            read_python(text)


@pytest.mark.parametrize(("model", "count"), COUNTED.items())
def test_these_are_counted(model, count):
    config = read_python(program(model).encode(), model="model")
    assert infer(config).total_params == count


@pytest.mark.parametrize(("model", "message"), REFUSED.items())
def test_these_are_refused(model, message):
    with pytest.raises(LstmcountError, match=re.escape(message)):
        infer(read_python(program(model).encode()))


def test_two_layers_of_one_name_are_noted_where_keras_may_be_older():
    text = program(next(iter(REFUSED))).replace(", ops", "").replace("ops.zeros", "np.zeros")
    config = read_python(text.encode())
    assert infer(config).total_params == 30
    assert any("are named 'a'; Keras 3 refuses it" in note for note in config.notes)


@pytest.mark.oracle
@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize(("init", "is_right"), SUPER.items())
def test_keras_asks_for_it(init, is_right, use):
    pytest.importorskip("keras")
    with nullcontext() if is_right else pytest.raises((RuntimeError, AttributeError)):
        exec(program(use, init), {"__name__": "__main__"})


@pytest.mark.oracle
@pytest.mark.parametrize("model", [*COUNTED, *REFUSED])
def test_keras_agrees(model):
    pytest.importorskip("keras")
    names = {"__name__": "__main__"}
    with (
        pytest.raises((TypeError, ValueError), match=KERAS_SAYS)
        if model in REFUSED
        else (nullcontext())
    ):
        exec(program(model), names)
        assert names["model"].count_params() == COUNTED[model]


@pytest.mark.parametrize("part", ["a, b = found", "(a, _), b = found", "a, b = found[0], found[1]"])
def test_an_unknown_layer_that_returns_several_tensors_is_named(part: str) -> None:
    program = f"""
from keras import Input, Model, layers
from mine import Attention
x = Input((5, 3))
found = Attention()(x)
{part}
model = Model(x, [layers.Dense(2)(a), b])
"""
    notes = infer(read_python(program.encode())).notes
    reason = "of `Attention()(x)` is not known (model:3:1: there is no module mine;"
    assert any(reason in note for note in notes)


BESIDE = """
from keras import Input, Model, layers
x = Input((28, 28, 3))
y = layers.MaxPooling2D(7)(x)
{}
model = Model(x, layers.Dense(3)(y))
"""


def test_a_layer_beside_the_model_that_cannot_take_its_input_is_noted():
    notes = read_python(BESIDE.format("z = layers.MaxPooling2D(7)(y)").encode()).notes
    assert [note.partition(" (")[2] for note in notes] == [
        "MaxPooling2D): the output of the input (None, 4, 4, 3) would be empty; "
        "Keras 3 refuses it, too"
    ]


@pytest.mark.parametrize(
    "beside",
    [
        "try:\n    z = layers.MaxPooling2D(7)(y)\nexcept ValueError:\n    pass",
        "z = layers.MaxPooling2D(2)(y)",
        "def unused(n):\n    z = Input((2, 2, 1))\n    return Model(z, layers.Conv2D(n, 3)(z))",
    ],
)
def test_what_keras_does_not_refuse_beside_the_model_is_not_noted(beside):
    assert read_python(BESIDE.format(beside).encode()).notes == []


OTHER_INPUTS = """
import keras
class Own(keras.layers.{base}):
    def call(self, {parameters}):
        return super().call({passed})
x = keras.Input((8, 6))
model = keras.Model(x, Own({arguments})({given}))
"""
LIST = "expected one tensor, got [(None, 8, 6), (None, 8, 6)]"
DERIVED = [
    # base, its arguments, the parameters of `call`, what is passed on, what is given, the note
    ("MultiHeadAttention", "2, 4", "x", "x, x", "x", "`call` of Own has no argument `query`"),
    ("MultiHeadAttention", "2, 4", "query, value=None", "query, query", "x",
     "`call` of Own has no argument `key`"),
    ("MultiHeadAttention", "2, 4", "xs", "*xs", "[x, x]", LIST),
    ("GroupQueryAttention", "4, 4, 2", "x", "x, x", "x", "`call` of Own has no argument `query`"),
    ("Attention", "True", "x", "[x, x]", "x", "expected [query, value] or [query, value, key]"),
    ("AdditiveAttention", "", "x", "[x, x]", "x", "expected [query, value] or [query, value, key]"),
    ("AdditiveAttention", "", "a, b", "[a, b]", "x, x",
     "expected [query, value] or [query, value, key]"),
    ("Add", "", "x", "[x, x]", "x", "expected a list of inputs, got (None, 8, 6)"),
    ("Concatenate", "", "a, b", "[a, b]", "x, x", "expected a list of inputs, got (None, 8, 6)"),
    ("Subtract", "", "a, b", "[a, b]", "x, x", "expected a list of inputs, got (None, 8, 6)"),
    ("Dot", "axes=1", "x", "[x, x]", "x", "expected a list of 2 inputs, got (None, 8, 6)"),
    ("Bidirectional", "keras.layers.LSTM(3)", "xs", "xs[0]", "[x, x]", LIST),
    ("LSTM", "3", "x, state", "x", "x, x", "`call` of Own has no argument `sequences`"),
    ("GRU", "3", "xs", "xs[0]", "[x, x]", LIST),
    ("Dense", "3", "xs", "xs[0]", "[x, x]", LIST),
    ("Conv1D", "3, 2", "xs", "keras.layers.concatenate(xs)", "[x, x]", LIST),
    ("BatchNormalization", "", "xs", "xs[0]", "[x, x]", LIST),
    ("Embedding", "9, 2", "xs", "xs[0]", "[x, x]", LIST),
]  # fmt: skip


def derived_layer(base, arguments, parameters, passed, given):
    return OTHER_INPUTS.format(
        base=base, arguments=arguments, parameters=parameters, passed=passed, given=given
    )


@pytest.mark.parametrize(("texts", "words"), [(row[:5], row[5]) for row in DERIVED])
def test_a_derived_layer_whose_inputs_the_build_of_keras_does_not_take(texts, words):
    text = derived_layer(*texts)
    with pytest.raises(LstmcountError, match=re.escape(words)) as caught:
        read_python(f"from keras import ops\n{text}".encode())
    assert caught.value.location.path
    config = read_python(text.encode())  # which may be for an older Keras
    assert any(words in note and note.endswith("Keras 3 refuses it") for note in config.notes)
    infer(config)


TAKEN = [
    ("MultiHeadAttention", "2, 4", "query, value, key=None", "query, value", "x, x", 222),
    ("Concatenate", "", "xs", "xs[:1]", "[x, x]", 0),
    ("Dense", "3", "a, b", "a + b", "x, x", 21),
    ("LayerNormalization", "", "a, b", "a + b", "x, x", 12),
]


@pytest.mark.parametrize(("texts", "count"), [(row[:5], row[5]) for row in TAKEN])
def test_a_derived_layer_whose_inputs_the_build_of_keras_takes(texts, count):
    config = read_python(derived_layer(*texts).encode())
    assert not any("refuses" in note for note in config.notes)
    assert infer(config).total_params == count


@pytest.mark.oracle
@pytest.mark.parametrize("texts", [row[:5] for row in DERIVED])
def test_keras_refuses_these_inputs_of_derived_layers(texts):
    with pytest.raises(
        (AttributeError, ValueError), match=r"build\(\)|list of|expects 1 input|shape"
    ):
        exec(derived_layer(*texts), {})


@pytest.mark.oracle
@pytest.mark.parametrize(("texts", "count"), [(row[:5], row[5]) for row in TAKEN])
def test_keras_takes_these_inputs_of_derived_layers(texts, count):
    names = {}
    exec(derived_layer(*texts), names)
    assert names["model"].count_params() == count


UNSET = """
import keras
from keras import layers
class Mixin:
    def helped(self, x): return self.{mixed}(x)
class Own(Mixin, layers.Layer):
    units = 3
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(self.units)
{methods}
x = keras.Input((4,))
own = Own()
{outside}
model = keras.Model(x, own(x))
"""
CALL = "    def call(self, x): return {}"
LACKING = {
    "call": (CALL.format("self.dens(x)"), "", "dens"),
    "a weight of build": (
        "    def build(self, shape): self.w = self.add_weight(shape[1:])\n"
        + CALL.format("self.dense(x) + self.W"),
        "",
        "W",
    ),
    "build": (
        "    def build(self, shape): self.w = self.add_weight((self.unit,))\n"
        + CALL.format("self.dense(x)"),
        "",
        "unit",
    ),
    "a method of another class": (CALL.format("self.helped(x)"), "", "dense_of_mixin"),
}
NOT_CERTAIN = {
    "set outside": (CALL.format("self.other(x)"), "own.other = layers.Dense(2)"),
    "set by name": (CALL.format("self.other(x)"), "setattr(own, 'other', layers.Dense(2))"),
    "set in the class": (CALL.format("self.other(x)"), "Own.other = lambda self, x: self.dense(x)"),
    "set by a function": (
        CALL.format("self.other(x)"),
        "def give(layer): layer.other = layers.Dense(2)\ngive(own)",
    ),
    "in its dictionary": (CALL.format("self.other(x)"), "own.__dict__['other'] = layers.Dense(2)"),
    "computed": (
        CALL.format("self.other(x)") + "\n    def __getattr__(self, name): return self.dense",
        "",
    ),
    "caught": (
        "    def call(self, x):\n        try: return self.other(x)\n"
        "        except AttributeError: return self.dense(x)",
        "",
    ),
    "asked for": (
        "    def call(self, x):\n        if hasattr(self, 'other'): x = self.other(x)\n"
        "        return self.dense(x)",
        "",
    ),
    "never called": (
        "    def never(self, x): return self.other(x)\n" + CALL.format("self.dense(x)"),
        "",
    ),
    "not run": (
        "    def build(self, shape): self.dense.build(shape)\n"
        "    def compute_output_shape(self, shape): return (*shape[:-1], 3)\n"
        + CALL.format("self.other(x)"),
        "",
    ),
    "in Keras 2": (CALL.format("self.dense(x) if self.stateful is None else x"), ""),
}


@pytest.mark.parametrize(("methods", "outside", "name"), LACKING.values(), ids=LACKING)
def test_an_attribute_that_nothing_sets_is_refused_where_it_is_read(methods, outside, name):
    text = UNSET.format(mixed="dense_of_mixin", methods=methods, outside=outside)
    with pytest.raises(LstmcountError, match=f"Own has no attribute '{name}'") as caught:
        read_python(text.encode())
    assert caught.value.location.path


@pytest.mark.parametrize(("methods", "outside"), NOT_CERTAIN.values(), ids=NOT_CERTAIN)
def test_an_attribute_that_may_be_set_is_not_refused(methods, outside):
    text = UNSET.format(mixed="dense", methods=methods, outside=outside)
    assert "has no attribute" not in refusal(text)


def refusal(text):
    """Why a program is refused; "" if it is not."""
    try:
        read_python(text.encode())
    except LstmcountError as error:
        return error.message
    return ""


@pytest.mark.oracle
@pytest.mark.parametrize(("methods", "outside", "name"), LACKING.values(), ids=LACKING)
def test_keras_finds_no_such_attribute(methods, outside, name):
    with pytest.raises(AttributeError, match=f"'Own' object has no attribute '{name}'"):
        exec(UNSET.format(mixed="dense_of_mixin", methods=methods, outside=outside), {})


SEQUENTIAL = """
import keras
{before}
base = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])
{after}
model = keras.Model(keras.Input((3,)), keras.layers.Dense(1)(base.{name}))
"""
SURELY_3 = "from keras import ops"


@pytest.mark.parametrize(
    ("before", "after", "name", "is_refused"),
    [
        (SURELY_3, "", "output", True),
        (SURELY_3, "base(keras.ops.ones((1, 3)))", "output", True),
        (SURELY_3, "", "input", True),
        (SURELY_3, "base(keras.Input((3,)))", "output", False),
        (SURELY_3, "other = keras.Sequential([keras.Input((3,)), base])", "output", False),
        (SURELY_3, "", "outputs[0]", False),
        (SURELY_3, "", "layers[-1].output", False),
        ("", "", "output", None),
    ],
)
def test_a_sequential_has_no_output_before_it_is_called(before, after, name, is_refused):
    text = SEQUENTIAL.format(before=before, after=after, name=name).encode()
    words = f"base, a Sequential that is never called, has no `{name}`"
    words = words.replace("base", "sequential")
    if is_refused:
        with pytest.raises(LstmcountError, match=re.escape(words)):
            read_python(text, model="model")
    else:
        notes = read_python(text, model="model").notes
        assert any(words in note for note in notes) is (is_refused is None)


@pytest.mark.oracle
@pytest.mark.parametrize("after", ["", "base(keras.ops.ones((1, 3)))"])
def test_keras_says_that_a_sequential_was_never_called(after):
    with pytest.raises(AttributeError, match="has never been called"):
        exec(SEQUENTIAL.format(before="", after=after, name="output"), {})
