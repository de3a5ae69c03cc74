"""Structures with unknown elements: what depends on one is asked for, and what does not is not."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.shapes import Unknown

PROGRAM = """
from keras import Input, Sequential, layers
from settings import a, b
model = Sequential([Input((4,)), layers.Dense(9 if {test} else 3)])
"""
UNKNOWN_TESTS = """
(a, 2) == (1, 2)
(1, 2) != (1, a)
[[a]] == [[1]]
{'size': a} == {'size': 1}
{'size': a} != {'size': 1}
(a, 2) in [(3, 4), (1, 2)]
(a, 2) not in [(1, 2)]
(1, 2) in [(a, 2)]
1 in [a, 3]
(a, 2) in {(1, 2): 'x'}
(a, 2) in {(1, 2), (3, 4)}
(a, 2) in frozenset([(1, 2)])
(1, a) < (1, 14)
a < 2 < 3
1 <= a <= 2
(a, 0) >= (1, 14)
[a] > []  and [a] > [3]
[1, a].count(1) == 2
(1, a).count(1) == 2
[a, 1].index(1) == 1
(a, 1).index(1) == 1
{(1, 2): 7}.get((a, 2)) == 7
{(a, 2): 7}.get((1, 2)) == 7
{(1, 2): 7, (2, 2): 8, (3, 2): 9}[a, 2] == 7
{(1, 2): 8, (a, 2): 7}[1, 2] == 7
len({(a, 2), (b, 2)}) == 1
len(set([(a, 2), (b, 2)])) == 1
len({(a, 2): 1, (b, 2): 1}) == 1
len({(n, 2): 1 for n in (a, b)}) == 1
len(dict([(a, 1), (b, 2)])) == 1
dict([(a, 1), (b, 2)]).get(1) is None
"""
KNOWN_TESTS = {
    "(a, 2) == (1, 3)": False,
    "(a, 2) == (1, 2, 3)": False,
    "(a, 2) != [a, 2]": True,
    "{'size': a} == {'width': 1}": False,
    "[3, a] == [4, 1]": False,
    "(a, 2) in [(1, 3), (1, 2, 4)]": False,
    "1 in [a, 1]": True,
    "(a, 2) in {}": False,
    "a < 2 < 1": False,
    "(2, a) < (1, 14)": False,
    "(1, 14, a) > (1, 14)": True,
    "[1, a, 1].index(1) == 0": True,
    "len([a, b]) == 2": True,
    "{(a, 2): 7, (1, 2): 8}[1, 2] == 8": True,
    "dict([('x', a), ('y', 2)])['y'] == 2": True,
}
STATEMENTS = {
    "removed": "sizes = [a, 1, 5]\nsizes.remove(1)\nunits = sizes[-1] * len(sizes)",
    "a key that is set": "sizes = {(1, 2): 3}\nsizes[a, 2] = 5\nunits = sizes[1, 2]",
    "a key that is deleted": "sizes = {(1, 2): 3, (5, 2): 4}\ndel sizes[a, 2]\nunits = len(sizes)",
    "a key that is removed": "sizes = {(1, 2): 3}\nsizes.pop((a, 2), 4)\nunits = 1 + len(sizes)",
    "a default": "sizes = {(1, 2): 3}\nunits = sizes.setdefault((a, 2), 4)",
    "an insertion": "sizes = [1, 2, 5]\nsizes.insert(a, 7)\nunits = sizes[2]",
    "a slice that is set": "sizes = [1, 2, 5]\nsizes[a:] = [9]\nunits = sizes[1] * len(sizes)",
    "a slice that is deleted": "sizes = [1, 2, 5]\ndel sizes[:a]\nunits = len(sizes)",
    "entries from pairs": "sizes = {1: 3}\nsizes.update([(a, 4)])\nunits = sizes[1]",
    "added": "sizes = {(1, 2)}\nsizes.add((a, 2))\nunits = len(sizes)",
}


def count(program: str, settings: dict[str, Any]) -> Any:
    return infer(read_python(program.encode(), settings=settings)).total_params


@pytest.mark.parametrize("test", UNKNOWN_TESTS.strip().split("\n"))
def test_what_depends_on_an_unknown_element_is_asked_for(test: str) -> None:
    program = PROGRAM.replace("{test}", test)
    with pytest.raises(LstmcountError, match="which is not known"):
        count(program, {})
    for values in ({"a": 1, "b": 1}, {"a": 2, "b": 3}, {"a": 3, "b": 1}):
        expected = 45 if eval(test, dict(values)) else 15
        assert count(program, values) == expected


@pytest.mark.parametrize(("test", "expected"), KNOWN_TESTS.items())
def test_what_does_not_depend_on_one_is_known(test: str, expected: bool) -> None:
    assert all(eval(test, {"a": a, "b": 4}) is expected for a in (1, 2, 14))
    assert count(PROGRAM.replace("{test}", test), {}) == (45 if expected else 15)


@pytest.mark.parametrize("statements", STATEMENTS.values(), ids=STATEMENTS)
def test_a_container_that_an_unknown_key_changes_is_not_known(statements: str) -> None:
    program = PROGRAM.replace("model =", f"{statements}\nmodel =").replace("{test}", "units > 3")
    with pytest.raises(LstmcountError, match="not known"):
        count(program, {})


@pytest.mark.parametrize("shape", ["a", "a[1:]", "(5, *a)"])
def test_parameters_that_depend_on_an_unknown_input_shape_are_not_0(shape: str) -> None:
    program = f"""
from keras import Input, Sequential, layers
from settings import a
model = Sequential([Input({shape}), layers.LSTM(4), layers.Dense(3)])
"""
    summary = infer(read_python(program.encode()))
    assert isinstance(summary.total_params, Unknown)
    assert isinstance(summary.layers[0].params, Unknown)


@pytest.mark.parametrize("first", ["a", "models[a]"])
def test_a_sequential_that_begins_with_an_unknown_has_no_0_parameters(first: str) -> None:
    program = f"""
from keras import Input, Sequential, layers
from settings import a
models = [Sequential([Input((4,)), layers.Dense(units)]) for units in (2, 3)]
model = Sequential([{first}, layers.Dense(1)])
"""
    assert isinstance(count(program, {}), Unknown)


OPERATIONS = {
    "keepdims": "ops.mean(x, axis=2, keepdims=a)",
    "an axis": "ops.expand_dims(x, a)",
    "axes": "ops.transpose(x, a)",
    "a flag of TensorFlow": "tf.matmul(x, x, transpose_b=a)",
    "an equation": "ops.einsum(a, x, x)",
    "padding": "ops.conv(x, np.zeros((3, 6, 5)), padding=a)",
}


@pytest.mark.parametrize("call", OPERATIONS.values(), ids=OPERATIONS)
def test_an_operation_does_not_take_the_default_of_an_unknown_argument(call: str) -> None:
    program = f"""
import numpy as np
import tensorflow as tf
from keras import Input, Model, layers, ops
from settings import a
x = inputs = Input((6, 6))
x = {call}
model = Model(inputs, layers.Dense(2)(layers.Flatten()(x)))
"""
    assert isinstance(count(program, {}), Unknown)


START = """
from keras import Input, Sequential, layers
from settings import a
class Settings:
    def __init__(self):
        self.units = 4
        self.sizes = [1]
    def grow(self):
        self.units = 9
def append(values):
    values.append(3)
class Changes:
    def append(self, values):
        values.append(3)
    __call__ = append
class Appending:
    def __init__(self, values):
        values.append(3)
"""
THROUGH_AN_ELEMENT = {
    "an append": ("values = {1: [1], 2: [2]}\nvalues[a].append(5)", "len(values[1])"),
    "an entry": ("values = {1: {'n': 4}, 2: {'n': 5}}\nvalues[a]['n'] = 9", "values[1]['n']"),
    "an element of a name": (
        "values = {1: {'n': 4}, 2: {'n': 5}}\nvalue = values[a]\nvalue['n'] = 9",
        "values[1]['n']",
    ),
    "an entry of an entry": (
        "values = {1: {'n': [4]}, 2: {'n': [5]}}\nvalues[a]['n'].append(3)",
        "len(values[1]['n'])",
    ),
    "an update": ("values = {1: {'n': 4}, 2: {'n': 5}}\nvalues[a].update(n=9)", "values[1]['n']"),
    "an element of a list": ("values = [[1], [2], [3]]\nvalues[a][0] = 5", "values[1][0]"),
    "one that is deleted": ("values = [[1], [2, 3]]\ndel values[a][0]", "len(values[1])"),
    "a slice": ("values = [[1], [2]]\nfor each in values[a:]: each.append(3)", "len(values[1])"),
    "elements of a slice": (
        "values = [[1], [2], [3]]\nfor at, each in enumerate(values[a:]): each.append(3)",
        "len(values[1])",
    ),
    "each element of one": (
        "values = [[[1]], [[1]], [[1]]]\nfor each in values[a]: each.append(3)",
        "len(values[1][0])",
    ),
    "each entry of one": (
        "values = [{'n': [1]}, {'n': [2]}]\nfor key, each in values[a].items(): each.append(3)",
        "len(values[1]['n'])",
    ),
    "an entry that get gives": (
        "values = [{'n': [1]}, {'n': [2]}]\nvalues[a].get('n').append(3)",
        "len(values[1]['n'])",
    ),
    "one of equal lists": ("values = [[0], [0]]\nvalues[a][0] = 5", "values[1][0] + 1"),
    "an argument": ("values = [[1], [2], [3]]\nappend(values[a])", "len(values[1])"),
    "an attribute": ("values = [Settings(), Settings()]\nvalues[a].units = 9", "values[1].units"),
    "a method": ("values = [Settings(), Settings()]\nvalues[a].grow()", "values[1].units"),
    "a list in an attribute": (
        "values = [Settings(), Settings()]\nvalues[a].sizes.append(2)",
        "len(values[1].sizes)",
    ),
    "what get gives": (
        "values = {1: Settings(), 2: Settings()}\nvalues.get(a).units = 9",
        "values[1].units",
    ),
    "an attribute of an unknown name": (
        "values = Settings()\ngetattr(values, ['sizes', 'other'][a]).append(3)",
        "len(values.sizes)",
    ),
    "one that a condition selects": (
        "values = [Settings(), Settings()]\nnext(v for v in values if v.units == a).units = 9",
        "values[1].units",
    ),
    "those that a condition selects": (
        "values = [Settings(), Settings()]\nfor v in [v for v in values if v.units > a]: v.grow()",
        "values[1].units",
    ),
    "those that filter selects": (
        "values = [[1], [2]]\nfor v in filter(lambda v: v[0] > a, values): v.append(3)",
        "len(values[1])",
    ),
    "the largest": (
        "values = [[1], [2]]\nmax(values, key=lambda v: v[0] * a).append(3)",
        "len(values[1])",
    ),
    "the first in an order": (
        "values = [[1], [2]]\nsorted(values, key=lambda v: v[0] * a)[0].append(3)",
        "len(values[1])",
    ),
    "an operand of or": ("values = [1]\n(a or values).append(3)", "len(values)"),
    "an operand of and": (
        "values, others = [1], [2]\nvalue = a and values or others\nvalue.append(3)",
        "len(values) * 3 + len(others)",
    ),
    "an attribute that a method of an unknown name sets": (
        "values = Settings()\ngetattr(values, ['grow', 'shrink'][a])()",
        "values.units",
    ),
    "an argument of one of the functions": (
        "values = [1]\n[append, print][a](values)",
        "len(values)",
    ),
    "an argument of one of the methods": (
        "values = [1]\n{1: Changes().append, 2: print}[a](values)",
        "len(values)",
    ),
    "an argument of one of the objects": (
        "values = [1]\n[Changes(), print][a](values)",
        "len(values)",
    ),
    "an argument of one of the classes": (
        "values = [1]\n[Appending, print][a](values)",
        "len(values)",
    ),
    "one that is changed in place": (
        "values = {1: [1], 2: [2]}\nvalue = values[a]\nvalue += [3]",
        "len(values[1])",
    ),
    "one in a tuple": (
        "values = [(1, [2]), (2, [3])]\nfirst, second = values[a]\nsecond.append(4)",
        "len(values[1][1])",
    ),
    "an attribute of an unknown name that is deleted": (
        "values = Settings()\ndelattr(values, ['units', 'sizes'][a])",
        "getattr(values, 'units', 3)",
    ),
    "a method of the type": ("values = [[1], [2]]\nlist.append(values[a], 5)", "len(values[1])"),
    "a function that changes its argument": (
        "import heapq\nvalues = [[1], [2]]\nheapq.heappush(values[a], 5)",
        "len(values[1])",
    ),
    "an operator as a function": (
        "import operator\nvalues = [[1], [2]]\noperator.iadd(values[a], [5])",
        "len(values[1])",
    ),
    "an attribute that the class has": (
        "class Own: units = 4\nvalues = [Own(), Own()]\nsetattr(values[a], 'units', 9)",
        "values[1].units",
    ),
    "a random one": (
        "import random\nvalues = [[1], [2]]\nrandom.choice(values).append(5)",
        "len(values[1])",
    ),
    "a list that a function changes": (
        "import bisect\nvalues = [1, 2]\nbisect.insort(values, 1)",
        "values[1]",
    ),
    "a shape that continues an unknown one": (
        "def shape(values): return (*values[:a], 3)\nvalues = shape((2, 5))",
        "values[1]",
    ),
}


@pytest.mark.parametrize(
    ("statements", "units"), THROUGH_AN_ELEMENT.values(), ids=THROUGH_AN_ELEMENT
)
def test_what_is_changed_through_an_element_at_an_unknown_key_is_not_known(statements, units):
    program = f"{START}{statements}\nmodel = Sequential([Input((4,)), layers.Dense({units})])\n"
    with contextlib.suppress(LstmcountError):  # it is asked for
        assert isinstance(count(program, {}), Unknown)


MODELS = """
from keras import Input, Sequential, layers
from settings import a
class Wide(Sequential):
    def grow(self):
        self.add(layers.Dense(9))
class Builder:
    def __init__(self):
        self.model = Sequential([Input((4,)), layers.Dense(2)])
    def grow(self):
        self.finish()
    def finish(self):
        self.model.add(layers.Dense(9))
def grow(model):
    model.add(layers.Dense(9))
models = [Wide([Input((4,)), layers.Dense(2), layers.Dense(3)]) for _ in range(3)]
"""
ONE_OF_THE_MODELS = {
    "add": "models[a].add(layers.Dense(9))",
    "pop": "models[a].pop()",
    "an argument": "grow(models[a])",
    "its own method": "models[a].grow()",
    "a method of what holds it": "models = [Builder(), Builder()]\nmodels[a].grow()",
    "its layers": "for each in models[a].layers: each.trainable = False",
    "some of its layers": "for each in models[a].layers[1:]: each.trainable = False",
    "weights of a layer": (
        "parts = [layers.Dense(2), layers.Dense(3)]\nparts[a].build((None, 7))\n"
        "model = Sequential(parts)"
    ),
}


@pytest.mark.parametrize("statements", ONE_OF_THE_MODELS.values(), ids=ONE_OF_THE_MODELS)
def test_which_model_is_changed_is_asked_for(statements):
    with pytest.raises(LstmcountError, match=r"depends on `a`, which is not known.*: --set a=0"):
        count(MODELS + statements, {})


@pytest.mark.parametrize(
    "model",
    [
        "Sequential([Input((4,)), *[layers.Dense(size) for size in sizes[a]]])",
        "Sequential([Input((4,))])\nfor size in sizes[a][:2]: model.add(layers.Dense(size))",
    ],
)
def test_the_elements_of_one_are_asked_for_by_its_key(model):
    program = f"""
from keras import Input, Sequential, layers
from settings import a
sizes = {{"base": [2, 3], "large": [4, 5]}}
model = {model}
"""
    with pytest.raises(LstmcountError, match="depends on `a`, which is not known: --set a=base"):
        count(program, {})
    assert count(program, {"a": "base"}) == 19


ONE_OF_THE_CALLS = {
    "functions": "[widen, print][a](model)",
    "functions of a global model": "[widen_it, print][a]()",
    "functions that freeze": "[freeze, print][a](0)",
    "methods": "[Widening().widen, print][a](model)",
    "methods of an unknown name": "getattr(Widening(), a)(model)",
    "methods of the model": "[model.add, print][a](layers.Dense(9))",
    "objects": "[Widening(), print][a](model)",
    "classes": "[Wider, print][a](model)",
}


@pytest.mark.parametrize("statement", ONE_OF_THE_CALLS.values(), ids=ONE_OF_THE_CALLS)
def test_which_function_that_changes_a_model_is_called_is_asked_for(statement):
    program = f"""
from keras import Input, Sequential, layers
from settings import a
model = Sequential([Input((4,)), layers.Dense(3)])
def widen(model):
    model.add(layers.Dense(4))
def widen_it():
    widen(model)
    model.add(layers.Dense(5))
def freeze(at):
    model.layers[at].trainable = False
class Widening:
    def widen(self, model):
        model.add(layers.Dense(4))
    __call__ = widen
class Wider:
    def __init__(self, model):
        model.add(layers.Dense(4))
{statement}
"""
    with pytest.raises(LstmcountError, match="depends on `a`, which is not known: --set a="):
        count(program, {})


FROZEN = {
    "an index": "model.layers[a].trainable = False",
    "a layer of a name": "layer = model.layers[a]\nlayer.trainable = False",
    "get_layer": "model.get_layer(index=a).trainable = False",
    "a weight": "model.layers[a].kernel.trainable = False",
    "one that a condition selects": (
        "layer = next(each for each in model.layers if each.units > a)\nlayer.trainable = False"
    ),
    "an argument of a layer": (
        "values = [layers.Dense(3), layers.Dense(4)]\nvalues[a].units = 7\n"
        "model = Sequential([Input((4,)), *values])"
    ),
}


@pytest.mark.parametrize("statements", FROZEN.values(), ids=FROZEN)
def test_which_layer_is_changed_is_asked_for(statements):
    program = f"""
from keras import Input, Sequential, layers
from settings import a
model = Sequential([Input((4,)), layers.Dense(3), layers.Dense(4), layers.Dense(5)])
{statements}
"""
    with pytest.raises(LstmcountError, match="depends on `a`, which is not known: --set a="):
        count(program, {})


KEPT = {
    "set": "self.parts[a] = layers.Dense(6)",
    "removed": "self.parts.pop(a)",
    "deleted": "del self.parts[a]",
    "inserted": "self.parts.insert(a, layers.Dense(6))",
}


@pytest.mark.parametrize("change", KEPT.values(), ids=KEPT)
def test_layers_that_an_unknown_index_changes_in_a_list_of_a_model_are_not_unused(change):
    program = f"""
from keras import Input, Model, layers
from settings import a
class Net(Model):
    def __init__(self):
        super().__init__()
        self.parts = [layers.Dense(3), layers.Dense(4)]
        {change}
    def call(self, x):
        for part in self.parts:
            x = part(x)
        return x
model = Net()
model.build((None, 4))
"""
    with contextlib.suppress(LstmcountError):  # it is asked for
        summary = infer(read_python(program.encode()))
        assert all(layer.is_unbuilt for layer in summary.walk() if layer.class_name == "Dense")


CALLED = """
from keras import Input, Model, layers
from settings import a
class Chosen(layers.Layer):
    def __init__(self, sizes):
        super().__init__()
        self.parts = [layers.Dense(size) for size in sizes]
    def call(self, x):
        return self.parts[a](x)
inputs = Input((4,))
model = Model(inputs, Chosen({sizes})(inputs))
"""


def test_a_layer_at_an_unknown_index_may_be_each_of_equal_ones():
    assert count(CALLED.replace("{sizes}", "[3, 3, 3]"), {}) == 15


@pytest.mark.parametrize("sizes", ["[3, 5]", "[3, 5, 3]", "[3, 5, 3, 3]"])
def test_which_of_several_layers_is_called_is_asked_for(sizes):
    program = CALLED.replace("{sizes}", sizes)
    with contextlib.suppress(LstmcountError):  # it is asked for
        assert isinstance(count(program, {}), Unknown)
    assert count(program, {"a": 1}) == 25


@pytest.mark.parametrize("used", ["(0, a)", "(a, 0)", "(0, 2, a)", "(a, 2, 0)"])
def test_which_of_equal_layers_is_called_again_is_asked_for(used):
    program = f"""
from keras import Input, Sequential, layers
from settings import a
parts = [layers.Dense(4) for _ in range(3)]
model = Sequential([Input((4,)), layers.Dense(4)])
x = model.output
for at in {used}:
    x = parts[at](x)
from keras import Model
model = Model(model.input, x)
"""
    with contextlib.suppress(LstmcountError):  # it is asked for
        assert isinstance(count(program, {}), Unknown)
