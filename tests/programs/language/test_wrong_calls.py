"""Calls of a program's own functions with arguments that these do not take, as Python refuses."""

from __future__ import annotations

import json

import pytest

from lstmcount import summarize
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.pasting import count, pasted
from tests.programs.sizes import assert_as_in_python

BEFORE = """
import collections, dataclasses, functools, typing
def plain(a, b=1): return a + b
def by_name(*, a): return a
def by_place(a, /, b=2): return a
def more(a, *others, c=2, **named): return a + len(others) + c + len(named)
class Own:
    def __init__(self, a, b=2): self.a = a + b
    def double(self, n): return n * 2
    def __call__(self, n): return n + self.a
    @staticmethod
    def alone(n): return n
    @classmethod
    def of(cls, n): return cls(n)
class Child(Own):
    def __init__(self): super().__init__(3)
class Wrong(Own):
    def __init__(self): super().__init__(3, units=4)
class Bare: n = 5
@dataclasses.dataclass
class Data:
    a: int
    b: int = 4
class Named(typing.NamedTuple):
    a: int
    b: int = 4
Pair = collections.namedtuple("Pair", "a b")
def traced(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs): return function(*args, **kwargs)
    return wrapper
@traced
def wrapped(a): return a
@functools.lru_cache(maxsize=None)
def kept(a): return a
def late(a, b): return a + b
late.__defaults__ = (3,)
def bare(a, b=2): return a + b
bare.__defaults__ = None
Late = collections.namedtuple("Late", "a b c")
Late.__new__.__defaults__ = (4,) * 2
Renamed = collections.namedtuple("Renamed", "a a class", rename=True)
class Made(collections.namedtuple("Made", "a b")):
    def __new__(cls, a, b=4): return super().__new__(cls, a, b)
class Added:
    def add(self, a, b): return a + b
    add_two = functools.partialmethod(add, 2)
config = {"a": 1, "b": 2}
"""
WRONG = {
    "plain(1, 2, 3)": "plain takes 2 positional arguments, and this passes 3",
    "plain(1, c=3)": "plain takes no argument 'c'",
    "plain(b=3)": "plain needs the argument 'a'",
    "plain(1, a=3)": "this passes the argument 'a' of plain twice",
    "plain(*[1, 2, 3])": "plain takes 2 positional arguments",
    "plain(3, **config)": "the argument 'a' of plain twice",
    "plain(a=1, **config)": "the argument 'a' of plain twice",
    "plain(**config, c=3)": "plain takes no argument 'c'",
    "by_name(3)": "by_name takes no positional arguments, and this passes 1",
    "by_name()": "by_name needs the argument 'a'",
    "by_place(a=3)": "by_place takes no argument 'a'",
    "more()": "more needs the argument 'a'",
    "more(1, a=3)": "the argument 'a' of more twice",
    "(lambda n: n)(3, 4)": "the lambda function takes 1 positional argument, and this passes 2",
    "Own()": "Own needs the argument 'a'",
    "Own(1, 2, 3).a": "Own takes 2 positional arguments, and this passes 3",
    "Own(1).double()": "Own.double needs the argument 'n'",
    "Own(1).double(3, 4)": "Own.double takes 1 positional argument, and this passes 2",
    "Own(1)(3, training=True)": "Own.__call__ takes no argument 'training'",
    "Own.alone(3, 4)": "Own.alone takes 1 positional argument, and this passes 2",
    "Own.of(3, 4).a": "Own.of takes 1 positional argument, and this passes 2",
    "Wrong().a": "Own takes no argument 'units'",
    "Bare(3).n": "Bare takes no arguments",
    "Bare(n=3).n": "Bare takes no arguments",
    "Data(1, 2, 3).a": "Data takes 2 positional arguments, and this passes 3",
    "Data(1, c=3).a": "Data takes no argument 'c'",
    "Data(1, a=3).a": "the argument 'a' of Data twice",
    "Data(b=3).a": "Data needs the argument 'a'",
    "Named(1, c=3).a": "Named takes no argument 'c'",
    "Named().b": "Named needs the argument 'a'",
    "Pair(1).a": "Pair needs the argument 'b'",
    "Pair(1, 2, 3).a": "Pair takes 2 positional arguments, and this passes 3",
    "late()": "late needs the argument 'a'",
    "bare(1)": "bare needs the argument 'b'",
    "Late().a": "Late needs the argument 'a'",
    "Added().add_two()": "Added.add needs the argument 'b'",
    "functools.partial(plain, 3)(1, 2)": "plain takes 2 positional arguments, and this passes 3",
    "functools.partial(plain, b=3)(1, c=2)": "plain takes no argument 'c'",
    "wrapped(1, 2)": "wrapped takes 1 positional argument",
    "kept(1, 2)": "kept takes 1 positional argument",
}
RIGHT = (
    "plain(3)", "plain(**config)", "plain(*[3, 4])", "by_name(a=3)", "by_place(3, b=4)",
    "more(1, 2, 3, c=4, d=5)", "Own(1, b=3).a", "Own(1)(3)", "Own(1).double(3)", "Own.alone(3)",
    "Own(1).of(4).a", "Child().a", "Bare().n", "Data(3).b", "Data(b=3, a=2).a", "Named(3).b",
    "Pair(1, b=2).b", "functools.partial(plain, b=3)(2)", "functools.partial(plain, b=3)(2, b=5)",
    "wrapped(4)", "kept(a=4)", "late(2)", "late(2, 4)", "bare(1, 2)", "Late(3).c",
    "Renamed(1, 2, 3)._2", "Made(2).b", "Made(2, b=3)[1]", "Added().add_two(3)",
)  # fmt: skip
MODEL = "import keras\nmodel = keras.Sequential([keras.Input((2,)), keras.layers.Dense({})])\n"


def line_of(call):
    """The line of the call with the wrong arguments, which may be inside the function."""
    inside = {"Wrong": "super().__init__(3, units", "wrapped": "return function(*args"}
    for name, text in inside.items():
        if call.startswith(name):
            return BEFORE.partition(text)[0].count("\n") + 1
    return BEFORE.count("\n") + 1


def read(text):
    return infer(read_python(text.encode())).total_params


@pytest.mark.parametrize("call", WRONG)
def test_a_wrong_call_is_refused_where_it_stands(call):
    with pytest.raises(LstmcountError) as caught:
        read(f"{BEFORE}n = {call}\n{MODEL.format('n')}")
    assert WRONG[call] in caught.value.message
    assert "Python raises a TypeError" in caught.value.message
    assert str(caught.value.location.path[0]) == f"line {line_of(call)}"


def test_wrong_and_right_calls_in_try_do_what_they_do_in_python():
    body = "".join(
        f"try: sizes.append({call})\nexcept {error}: sizes.append(77)\n"
        for call in (*WRONG, *RIGHT)
        for error in ("TypeError", "Exception")
    )
    assert_as_in_python(f"{BEFORE}sizes = []\n{body}")


def test_a_function_with_a_decorator_that_is_not_known_may_take_other_arguments():
    text = "from package import configured\n@configured('file')\ndef size(n, m): return m\n"
    total, messages, _ = count(f"{text}n = size()\n{MODEL.format('n')}", {"n": 3})
    assert total == 9, messages


@pytest.mark.parametrize("new", ["chosen()", "(1,) + chosen()"])
def test_defaults_that_are_not_known_may_fill_all_arguments(new):
    text = "import collections\nfrom package import chosen\n"
    text += "def size(n, m): return m\nPair = collections.namedtuple('Pair', 'a b')\n"
    text += f"size.__defaults__ = {new}\nPair.__new__.__defaults__ = {new}\n"
    for call in ("size()", "Pair().a"):
        total, messages, _ = count(f"{text}n = {call}\n{MODEL.format('n')}", {"n": 3})
        assert total == 9, messages


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("def size(n): return n", "def size(n, m): return m"),
        ("size = lambda n: n", "size = lambda n, m: m"),
        ("@dataclasses.dataclass\n    class size: n: int", "size = max"),
        ("class size: pass", "size = max"),
    ],
)
def test_what_an_unknown_condition_defines_may_take_other_arguments(one, two):
    text = f"import dataclasses\nfrom package import old\nif old:\n    {one}\nelse:\n    {two}\n"
    answer = pasted(f"{text}n = size(3, 4)\n{MODEL.format('n')}")
    assert answer.settings == {"old": False}
    assert answer.total == 12


@pytest.mark.parametrize("text", ["n = plain() if old else 3", "n = 3 if old else plain()"])
def test_a_wrong_call_that_an_unknown_condition_makes_is_no_way_to_a_model(text):
    answer = pasted(f"{BEFORE}from package import old\n{text}\n{MODEL.format('n')}")
    assert list(answer.settings) in ([], ["old"])
    assert answer.total == 9, answer.messages


def test_what_stands_by_an_import_that_may_fail_may_take_other_arguments():
    text = "try:\n    import package\n    def size(n): return n\n"
    text += "except ImportError:\n    def size(n, m): return m\n"
    answer = pasted(f"{text}n = size(3, 4)\n{MODEL.format('n')}")
    assert answer.settings == {"import package": False}
    assert answer.total == 12


def test_arguments_that_an_unknown_condition_chooses_may_fit():
    text = "from package import both\ndef size(n): return n\n"
    text += "sizes = (3, 4) if both else (3,)\n"
    answer = pasted(f"{text}n = size(*sizes)\n{MODEL.format('n')}")
    assert answer.settings == {"both": False}
    assert answer.total == 9


def test_a_wrong_call_is_refused_whatever_conditions_before_it_are():
    text = "from package import old\nif old:\n    print(old)\n"
    with pytest.raises(LstmcountError, match="plain needs the argument 'a'"):
        read(f"{BEFORE}{text}plain()\n{MODEL.format(3)}")


def test_unknown_arguments_may_fit():
    text = "import sys\ndef size(a, b): return a\n"
    for call in ("size(3, *sys.argv[1:])", "size(3, **vars(options))"):
        assert read(f"{text}n = {call}\n{MODEL.format(4)}") == 12


def test_a_wrong_call_after_a_model_ends_the_program():
    program = f"{BEFORE}{MODEL.format(4)}plain()\nmodel.add(keras.layers.Dense(3))"
    model = read_python(program.encode())
    assert infer(model).total_params == 12
    assert [note for note in model.notes if "the program ends here" in note]


def test_a_wrong_call_in_a_function_that_would_build_the_model_is_named():
    program = (
        f"{BEFORE}\nimport keras\ndef build_model():\n    plain()\n    return keras.Sequential()"
    )
    with pytest.raises(LstmcountError, match="plain needs the argument 'a'; Python raises"):
        read_python(program.encode())


def test_a_cell_that_fails_ends_no_notebook(tmp_path):
    cells = ["def size(n): return n", "m = size(1, 2)", MODEL.format(4)]
    notebook = {"cells": [{"cell_type": "code", "source": text} for text in cells], "nbformat": 4}
    path = tmp_path / "models.ipynb"
    path.write_text(json.dumps(notebook))
    assert summarize(path).total_params == 12


# -- layers of the program's classes --------------------------------------------------------------

LAYERS = """
import keras
from keras import Input, Model, Sequential, layers, ops
class Own(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = layers.Dense(units)
    def call(self, x):
        return self.dense(x)
class Two(Own):
    def call(self, x, other, training=False): return self.dense(x) + other
class Positional(layers.Layer):
    def __init__(self, n): super().__init__(n)
    def call(self, x): return x
class Other(Positional):
    def __init__(self, n): layers.Layer.__init__(self, units=n)
class Net(Model):
    def __init__(self, n): super().__init__(n); self.dense = layers.Dense(3)
    def call(self, x): return self.dense(x)
class OtherNet(Net):
    def __init__(self, n): Model.__init__(self, units=n)
x = Input((4,))
"""
REFUSED_LAYERS = {
    "Model(x, Own(3)(x, x))": "Own.call takes 1 positional argument, and this passes 2",
    "Model(x, Own(3)(x, other=x))": "Own.call takes no argument 'other'",
    "Model(x, Two(4)(x))": "Two.call needs the argument 'other'",
    "Model(x, Own(3, name='own')(x))": "Own takes no argument 'name'",
    "Model(x, Positional(3)(x))": "Layer takes no positional arguments",
    "Model(x, Other(3)(x))": "Layer takes no argument 'units'",
    "Sequential([x, Own.from_config(dict(units=3, name='own'))])": "Own takes no argument 'name'",
    "Net(3)": "Model takes no positional arguments",
    "OtherNet(3)": "Model takes no argument 'units'",
}
COUNTED_LAYERS = {
    "Model(x, Own(3)(x, training=True))": 15,
    "Model(x, Two(4)(x, x, training=True))": 20,
    "Sequential([x, Own.from_config(dict(units=3))])": 15,
}


@pytest.mark.parametrize("model", REFUSED_LAYERS)
def test_wrong_arguments_of_layers_are_refused(model):
    with pytest.raises(LstmcountError) as caught:
        read(f"{LAYERS}model = {model}")
    assert REFUSED_LAYERS[model] in caught.value.message


@pytest.mark.parametrize("model", COUNTED_LAYERS)
def test_right_arguments_of_layers_are_taken(model):
    assert read(f"{LAYERS}model = {model}") == COUNTED_LAYERS[model]


@pytest.mark.oracle
@pytest.mark.parametrize("model", [*REFUSED_LAYERS, *COUNTED_LAYERS])
def test_keras_refuses_and_takes_them(model):
    pytest.importorskip("keras")
    names: dict[str, object] = {}
    text = f"{LAYERS}model = {model}"
    if model in COUNTED_LAYERS:
        exec(text, names)
        assert names["model"].count_params() == COUNTED_LAYERS[model]
    else:
        with pytest.raises((TypeError, ValueError)):
            exec(text, names)


NOT_MADE = """
import keras
class Part(keras.layers.Layer):
    def __init__(self, units): super().__init__()
class Whole(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = keras.layers.Dense(4)
        {}
        self.second = keras.layers.Dense(4)
    def call(self, x): return self.second(self.first(x))
"""
FAILING = {
    "self.part = Part(3, rate=4)": "Part takes no argument 'rate'; Python raises a TypeError",
    "raise NotImplementedError": "Whole raises an exception here",
}


@pytest.mark.parametrize("statement", FAILING)
def test_a_model_whose_constructor_raises_is_no_model(statement):
    program = NOT_MADE.format(statement)
    with pytest.raises(LstmcountError, match=FAILING[statement]):
        read(program)
    with pytest.raises(LstmcountError, match="makes no Keras model"):
        read(f"{program}try:\n    Whole()\nexcept Exception:\n    pass\n")
    other = "class Other(keras.Sequential):\n    def __init__(self):\n"
    other += "        super().__init__([keras.Input((2,)), keras.layers.Dense(3)])\n"
    assert read(program.replace("class Part", f"{other}class Part")) == 9
