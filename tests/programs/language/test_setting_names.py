"""Each unknown of a program has its own name for `--set`: two numbers never share one."""

import re
import shlex
from itertools import pairwise

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.setting_text import parse_setting
from tests.programs.pasting import pasted

BEFORE = """
from keras import Input, Sequential, layers
from elsewhere import load, y, z, songs, vocabulary
"""
ASKED = {
    "different values": ("n = len(set(y))", "n", ["n"]),
    "of which a size is made": ("", "len(set(y))", ["len(set(y))"]),
    "sorted": ("names = sorted(list(set(y)))", "len(names)", ["len(names)"]),
    "a union": (
        "notes = set()\nfor song in songs:\n    notes |= set(song)",
        "len(notes)",
        ["len(notes)"],
    ),
    "a union of two": ("both = y | z", "len(both)", ["len(both)"]),
    "two lists together": ("", "len(y + z)", ["len(y + z)"]),
    "what a filter leaves": ("", "len(list(filter(None, y)))", ["len(filter(None, y))"]),
    "two calls of a function": (
        "def size(path):\n    words = load(path)\n    return len(words) + 1\n"
        "a = size('a')\nb = size('b')",
        "a), layers.Dense(b",
        ["a", "b"],
    ),
    "two pairs that a function returns": (
        "def read(path):\n    x, words = load(path)\n    return x, words\n"
        "x, a = read('a')\nx, b = read('b')",
        "len(a)), layers.Dense(len(b)",
        ["len(a)", "len(b)"],
    ),
    "attributes of two objects": (
        "class Data:\n    def __init__(self, path): self.n = load(path)\n"
        "a, b = Data('a'), Data('b')",
        "a.n), layers.Dense(b.n",
        ["load('a')", "load('b')"],
    ),
    "elements of a dict": (
        "sizes = {key: len(load(key)) for key in 'ab'}",
        "sizes['a']), layers.Dense(sizes['b']",
        ["sizes['a']", "sizes['b']"],
    ),
    "elements of a list": (
        "import random\nsizes = [random.choice([4, 6]) for _ in range(2)]",
        "sizes[0]), layers.Dense(sizes[1]",
        ["sizes[0]", "sizes[1]"],
    ),
    "one name in the rounds of a loop": (
        "sizes = []\nfor key in 'ab':\n    n = y[key].nunique()\n    sizes.append(n)",
        "sizes[0]), layers.Dense(sizes[1]",
        ["y['a'].nunique()", "y['b'].nunique()"],
    ),
    "one result in the rounds of a loop": (
        "sizes = []\nfor key in 'ab':\n    n = y.nunique()\n    sizes.append(n)",
        "sizes[0]), layers.Dense(sizes[1]",
        ["n"],
    ),
    "a parameter that is handed on": (
        "def twice(vocabulary):\n    return 2 * len(vocabulary)\nn = twice(vocabulary)",
        "n",
        ["len(vocabulary)"],
    ),
}


def _asked(program):
    """The settings that the notes of a program ask for, with their examples."""
    hints = [re.search(r"--set (.+)", note) for note in read_python(program).notes]
    return dict(parse_setting(shlex.split(hint[1])[0]) for hint in hints if hint)


@pytest.mark.parametrize(("before", "size", "words"), ASKED.values(), ids=ASKED)
def test_words_that_settle_a_size(before, size, words):
    program = (
        f"{BEFORE}{before}\nmodel = Sequential([Input((4,)), layers.Dense({size})])\n".encode()
    )
    settings = _asked(program)
    assert sorted(settings) == sorted(words)
    assert isinstance(infer(read_python(program, settings=settings)).total_params, int)


JOINED = {
    "a = [16] + y": [16, 4, 5],
    "a = y + [16] + [7]": [4, 5, 16, 7],
    "a = (16, *y)": [16, 4, 5],
    "a = [3]\na += y": [3, 4, 5],
    "b = [16] + y\na = [sum(b), max(b), len(set(b))]": [25, 16, 3],
}


@pytest.mark.parametrize("size", ["a[0]", "a[1]", "a[-1]", "a[1:][0]", "len(a)"])
@pytest.mark.parametrize("before", JOINED)
def test_parts_of_lists_that_are_joined_to_an_unknown_one_are_known_by_that(before, size):
    program = f"{BEFORE}{before}\nmodel = Sequential([Input((4,)), layers.Dense({size})])\n"
    program = program.encode()
    assert _asked(program).keys() <= {"y"}
    units = eval(size, {"a": JOINED[before]})
    assert infer(read_python(program, settings={"y": [4, 5]})).total_params == 5 * units


CHANGED = {
    "a = sorted(y, reverse=True)": [5, 4],
    "a = list(reversed(y))": [5, 4],
    "a = list(map(lambda n: 2 * n, y))": [8, 10],
}


@pytest.mark.parametrize("size", ["a[0]", "a[-1]", "a[1:][0]", "max(a)", "sum(a)", "len(a)"])
@pytest.mark.parametrize("before", CHANGED)
def test_elements_of_lists_that_are_made_of_an_unknown_one_are_known_by_that(before, size):
    program = f"{BEFORE}{before}\nmodel = Sequential([Input((4,)), layers.Dense({size})])\n"
    program = program.encode()
    assert _asked(program).keys() == {"len(y)" if size == "len(a)" else "y"}
    units = eval(size, {"a": CHANGED[before]})
    assert infer(read_python(program, settings={"y": [4, 5]})).total_params == 5 * units


def test_count_names_what_to_set_before_what_depends_on_it(call, tmp_path):
    (tmp_path / "a.py").write_text(
        f"{BEFORE}i = Input(load('x').shape[1:])\nmodel = Sequential([i, layers.LSTM(4)])\n"
    )
    done = call("count", "a.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "a.py:4:11: input_layer.shape needs `load('x').shape[1:]`" in done.stderr
    assert "--set" in done.stderr


CHOSEN = {
    "an item of a dict": (
        "K = {'lstm': layers.LSTM, 'gru': layers.GRU}",
        "K[kind](4)",
        "kind=lstm",
    ),
    "bound to a name": ("C = {1: layers.LSTM}[kind['cell']]", "C(4)", "kind['cell']=1"),
    "got from a dict": ("K = {'gru': layers.GRU}\nC = K.get(kind)", "C(4)", "kind=gru"),
    "a function's parameter": (
        "def lstm(n):\n    return layers.LSTM(n)\n"
        "def make(k):\n    f = {'a': lstm}[k]\n    return f(4)",
        "make(kind)",
        "kind=a",
    ),
    "a name in a module": ("", "getattr(layers, kind)(4)", "kind=LSTM"),
    "an object that makes it": (
        "class A:\n    def layer(self):\n        return layers.LSTM(4)\na = {'a': A}[kind]()",
        "a.layer()",
        "kind=a",
    ),
}


@pytest.mark.parametrize(("before", "layer", "hint"), CHOSEN.values(), ids=CHOSEN)
def test_the_key_that_chooses_a_class_is_asked_for(before, layer, hint):
    program = f"""
from keras import Input, Sequential, layers
from elsewhere import kind
{before}
model = Sequential([Input((9, 3)), {layer}, layers.Dense(1)])
""".encode()
    (note,) = [note for note in read_python(program).notes if "--set" in note]
    assert shlex.split(note[note.index("--set") :])[1] == hint
    settings = dict([parse_setting(hint)])
    assert isinstance(infer(read_python(program, settings=settings)).total_params, int)


DATA = """
import numpy as np
import pandas as pd
from keras import Input, Sequential, layers
from keras.utils import to_categorical
from sklearn.datasets import load_iris
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import MinMaxScaler
from elsewhere import load
s, df, names = load('x'), pd.read_csv('x.csv'), ['a', 'b', 'c']
"""
SIZES = {
    "windows": (
        "X = []\nfor i in range(60, len(s)):\n    X.append(s[i-60:i, 0])\nX = np.array(X)",
        "X.shape[1]",
        60,
    ),
    "windows in a known number": (
        "X = []\nfor i in range(60, 1258):\n    X.append(s[i-60:i, 0])\nX = np.array(X)\n"
        "X = np.reshape(X, (X.shape[0], X.shape[1], 1))",
        "X.shape[1]",
        60,
    ),
    "windows that a function makes": (
        "def windows(d, n):\n    X, y = [], []\n    for i in range(len(d) - n - 1):\n"
        "        X.append(d[i:(i + n), 0])\n        y.append(d[i + n, 0])\n"
        "    return np.array(X), np.array(y)\nX, y = windows(s, 7)",
        "X.shape[1]",
        7,
    ),
    "windows after windows": (
        "X = np.array([s[i + 2:i + 14, 3] for i in range(len(s) - 14)])",
        "X.shape[1]",
        12,
    ),
    "a reshaped unknown": ("X = s.reshape((-1, 28, 28, 1))", "X.shape[1] + X.shape[3]", 29),
    "columns by their names": ("X = df[['a', 'b']].values", "X.shape[1]", 2),
    "columns of a list": ("X = np.array(df[names])", "X.shape[1]", 3),
    "parts of arrays": (
        "a, b, c, d = train_test_split(np.zeros((9, 8)), np.zeros((9, 3)), test_size=0.2)",
        "a.shape[1] + d.shape[1]",
        11,
    ),
    "scaled": ("X = MinMaxScaler((0, 1)).fit_transform(np.zeros((9, 8)))", "X.shape[1]", 8),
    "scaled with another's range": (
        "m = MinMaxScaler()\nm.fit(np.ones((4, 5)))\nX = m.transform(np.zeros((9, 5)))",
        "X.shape[1]",
        5,
    ),
    "a data set of scikit-learn": ("iris = load_iris()", "iris.data.shape[1]", 4),
    "classes": ("y = to_categorical(s, 10)", "y.shape[1]", 10),
    "side by side": ("X = np.hstack((np.zeros((5, 3)), np.zeros((5, 4))))", "X.shape[1]", 7),
    "a diagonal": ("X = np.diag(np.ones(4), 1)", "X.shape[1]", 5),
    "of a diagonal": ("X = np.diag(np.ones((4, 6)), 3)", "X.shape[0]", 3),
    "a product of matrices": ("X = np.ones((5, 2)) @ np.eye(2)", "X.shape[1]", 2),
    "of a matrix and a vector": ("X = np.dot(np.ones((5, 2)), np.ones(2))", "X.shape[0]", 5),
    "columns": ("X = np.column_stack((np.zeros(5), np.zeros((5, 2))))", "X.shape[1]", 3),
    "padded": ("X = np.pad(np.zeros((5, 3)), [[0, 0], [1, 2]], mode='edge')", "X.shape[1]", 6),
    "stacked": ("X = np.stack([np.zeros((5, 3))] * 2, axis=-1)", "X.shape[2]", 2),
    "numbers times a number": ("sizes = np.array([1, 2, 3]) * 4", "sizes[2]", 12),
    "a grid": (
        "X = np.stack(np.meshgrid(np.arange(4), np.arange(5), indexing='ij')).reshape(2, -1)",
        "X.shape[1]",
        20,
    ),
    "in another order": (
        "X = s.reshape((-1, 6, 2))\norder = np.random.permutation(len(X))\nX = X[order]",
        "X.shape[1] + X.shape[2]",
        8,
    ),
    "a unit matrix": ("X = np.eye(7)", "X.shape[1]", 7),
    "random numbers": ("X = np.random.random((100, 20))", "X.shape[1]", 20),
    "random numbers of a generator": (
        "r = np.random.default_rng(0)\nX = r.integers(0, 9, (4, 20))",
        "X.shape[1]",
        20,
    ),
    "random numbers with one parameter": ("X = np.random.choice(9, (4, 20))", "X.shape[1]", 20),
    "windows over all columns": (
        "X = np.array([s[i - 24 : i, :] for i in range(24, len(s))])",
        "X.shape[1]",
        24,
    ),
    "windows over all columns in a loop": (
        "X = []\nfor i in range(24, len(s)):\n    X.append(s[i - 24 : i, :])\nX = np.array(X)[:5]",
        "X.shape[1]",
        24,
    ),
}


@pytest.mark.parametrize(("before", "size", "expected"), SIZES.values(), ids=SIZES)
def test_sizes_of_data_that_the_program_determines(before, size, expected):
    program = f"{DATA}{before}\nmodel = Sequential([Input((1,)), layers.Dense({size})])\n"
    assert infer(read_python(program.encode())).total_params == 2 * expected


@pytest.mark.parametrize(
    ("before", "size"),
    [
        ("X = s[i - 60:j, 0]", "X.shape[0]"),
        ("X = s[i:i + 60]", "X.shape[1]"),
        ("X = df[names[0]]", "X.shape[1]"),
        ("X = np.zeros((4, 5, 6))[s]", "X.shape[1]"),
        ("X = s[:, 0:8]", "X.shape[1]"),
        ("X = MinMaxScaler().fit_transform(s)", "X.shape[1]"),
    ],
)
def test_sizes_of_data_that_are_asked_for(before, size):
    program = f"{DATA}{before}\nmodel = Sequential([Input((1,)), layers.Dense({size})])\n"
    (note,) = read_python(program.encode()).notes
    assert "which is not known" in note


def test_known_arrays_are_split_beside_unknown_ones():
    program = DATA + (
        "X, X_test, y, y_test = train_test_split(load_iris().data, load('labels'), test_size=0.2)\n"
        "model = Sequential([Input(X.shape[1:]), layers.Dense(y.shape[1])])\n"
    )
    (note,) = [note for note in infer(read_python(program.encode())).notes if "--set" in note]
    assert note.endswith("--set 'y.shape[1]=3'")
    settings = {"y.shape[1]": 3}
    assert infer(read_python(program.encode(), settings=settings)).total_params == 15


INSIDE = {
    "a part of it": ("x = load(path)", "x.shape[1]", "load('b').shape[1]"),
    "its length": ("x = load(path)\n    n = len(x.names)", "n", "len(load('b').names)"),
    "one of several": ("n, x = load(path)", "n", "load('b')[0]"),
}


@pytest.mark.parametrize(("statement", "size", "other"), INSIDE.values(), ids=INSIDE)
def test_what_two_calls_of_a_function_keep_to_themselves_is_asked_for_apart(statement, size, other):
    program = (
        f"{BEFORE}from keras import Model\ndef tower(path):\n    {statement}\n"
        f"    i = Input(({size},))\n    return i, layers.Dense(2)(i)\n"
        "(i, a), (j, b) = tower('a'), tower('b')\nmodel = Model([i, j], [a, b])\n"
    ).encode()
    settings = _asked(program)
    assert len(settings) == 2
    first = next(words for words in settings if words != other)
    total = infer(read_python(program, settings={first: 5, other: 6})).total_params
    assert total == (5 * 2 + 2) + (6 * 2 + 2)


# What is asked for, and the total with the value that each of the asked settings gets.
SETTLED = {
    "an attribute that is set": (
        "class C: units = 4\nsetattr(C, 'units', int(sys.argv[1]))\nsizes = [C.units]",
        {"sys.argv[1]": 6},
        [6],
    ),
    "an unknown index": ("l = [3, 4, 5]\nl[n], l[0] = l[0], 7\nsizes = l", {"n": 1}, [7, 3, 5]),
    "a part of an index": ("h = [4, 5]\nh[n % 2] = 8\nsizes = h", {"n": 3}, [4, 8]),
    "where an element is inserted": (
        "l = [9, 8]\nl.insert(n, 5)\nsizes = l[:2]",
        {"n": 0},
        [5, 9],
    ),
    "a list in an unknown order": (
        "l = [9, 8, 7]\nl.sort(key=lambda v: abs(v - n))\nsizes = l[:2]",
        {"l[0]": 7, "l[1]": 8},
        [7, 8],
    ),
    "two unknown elements": (
        "sizes = []\nfor u in [int(sys.argv[1]), int(sys.argv[2])]: sizes.append(u)",
        {"sys.argv[1]": 2, "sys.argv[2]": 5},
        [2, 5],
    ),
    "two of a comprehension": (
        "sizes = [u + 1 for u in [int(sys.argv[1]), int(sys.argv[2])]]",
        {"sys.argv[1]": 2, "sys.argv[2]": 5},
        [3, 6],
    ),
    "a name in two calls": (
        "def size(k):\n    u = int(sys.argv[k])\n    return u\nsizes = [size(1), size(2)]",
        {"sys.argv[1]": 4, "sys.argv[2]": 6},
        [4, 6],
    ),
}


@pytest.mark.parametrize(("code", "settings", "sizes"), SETTLED.values(), ids=SETTLED)
def test_what_is_asked_for_settles_the_number(code, settings, sizes):
    program = (
        "import sys\nfrom keras import Input, Sequential, layers\nfrom elsewhere import n\n"
        f"{code}\nmodel = Sequential([Input((2,)), *map(layers.Dense, sizes)])\n"
    )
    asked = pasted(program)
    assert asked.settings.keys() == settings.keys()
    expected = sum((before + 1) * size for before, size in pairwise([2, *sizes]))
    assert infer(read_python(program.encode(), settings=dict(settings))).total_params == expected
