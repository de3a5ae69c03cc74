"""The words in which a program is asked for what is unknown: each stands for one number."""

import re
import shlex

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.sources.settings import parse_setting

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
    "a parameter that is handed on": (
        "def twice(vocabulary):\n    return 2 * len(vocabulary)\nn = twice(vocabulary)",
        "n",
        ["len(vocabulary)"],
    ),
}


@pytest.mark.parametrize(("before", "size", "words"), ASKED.values(), ids=ASKED)
def test_words_that_settle_a_size(before, size, words):
    program = (
        f"{BEFORE}{before}\nmodel = Sequential([Input((4,)), layers.Dense({size})])\n".encode()
    )
    hints = [re.search(r"--set (.+)", note) for note in read_python(program).notes]
    settings = dict(parse_setting(shlex.split(hint[1])[0]) for hint in hints if hint)
    assert sorted(settings) == sorted(words)
    assert isinstance(infer(read_python(program, settings=settings)).total_params, int)


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
def test_the_key_is_asked_for_that_chooses_a_class(before, layer, hint):
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
