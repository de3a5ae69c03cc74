"""Lists, dicts, sets and arguments with unknown elements: what depends on these is not guessed."""

from itertools import pairwise

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.shapes import Unknown
from tests.programs.pasting import count

BEFORE = """
import collections, copy, functools
import keras
from keras import layers
from elsewhere import given, key
"""
AFTER = "\nmodel = keras.Sequential([keras.Input((3,)), *[layers.Dense(n) for n in sizes]])\n"
NUMBERS = (2, 5)  # for lists
ENTRIES = {"n": 5, "m": 2}  # for dicts and arguments
FUNCTION = "def f(n=3, **more): return {}\nsizes = [f(**given)]"
IN_LISTS = {
    "a display": "sizes = [len([1, *given])]",
    "a tuple": "sizes = [len((1, *given))]",
    "a copy": "a = [1, *given]\nsizes = [len(a.copy()), len(list(a)), len(copy.copy(a))]",
    "a slice": "a = [1, *given]\nsizes = [len(a[:])]",
    "the last": "a = [1]\na.extend(given)\nsizes = [a[-1]]",
    "pop": "a = [1]\na += given\nsizes = [a.pop()]",
    "the truth": "a = []\na.extend(given)\nsizes = [3 if a else 4]",
    "in": "a = [1, *given]\nsizes = [3 if 5 in a else 4]",
    "equality": "a = [1, *given]\nsizes = [3 if a == [1, 2, 5] else 4]",
    "a method": "a = [1, *given]\nsizes = [3 + a.count(5)]",
    "a pattern": "match [1, *given]:\n    case [x]: sizes = [3]\n    case _: sizes = [4]",
    "a set": "a = {1}\na.update(given)\nsizes = [len(a), 3 if 5 in a else 4]",
    "units": "sizes = []\nfor n in [1, *given]: sizes.append(n)",
}
IN_DICTS = {
    "arguments": FUNCTION.format("len(more) + 1"),
    "get": FUNCTION.format("more.get('m', 3)"),
    "in": FUNCTION.format("3 if 'm' in more else 4"),
    "pop": FUNCTION.format("more.pop('m', 3)"),
    "setdefault": FUNCTION.format("more.setdefault('m', 3)"),
    "the truth": FUNCTION.format("3 if more else 4"),
    "a display": FUNCTION.format("{'m': 3, **more}['m']"),
    "dict": FUNCTION.format("dict(more).get('m', 3)"),
    "sums": FUNCTION.format("sum(more.values())"),
    "keys": FUNCTION.format("1 + len(more.keys() & {'m'})"),
    "operators": FUNCTION.format("len({'k': 1} | more)"),
    "passed on": "def g(m=3): return m\n" + FUNCTION.format("g(**more)"),
    "partial": "def g(k=1, m=3, **more): return m\n"
    + FUNCTION.format("functools.partial(g, k=2)(**more)"),
    "update": "d = {'n': 3}\nd.update(**given)\nsizes = [d['n']]",
    "attributes": "class A:\n    n = 3\n    def __init__(self, **k): self.__dict__.update(k)\n"
    "sizes = [A(**given).n]",
    "setattr": "class A:\n    n = 3\n    def __init__(self, **k):\n"
    "        for name, value in k.items(): setattr(self, name, value)\nsizes = [A(**given).n]",
    "a decorator": "def d(f):\n    def w(*a, **k): return f(*a, **k)\n    return w\n"
    "@d\ndef f(n=3, m=1): return n\nsizes = [f(**given)]",
}
OF_NAMES = {  # text of a setting → what may set the name
    "n": [
        "exec(given)",
        "exec(given, globals())",
        "exec('n = 3\\n' + given)",
        "globals().update(given)",
        "globals()[key] = 7",
        "vars()[key] = 7",
        "def f(): globals()[key] = 7\nf()",
    ],
    "C.n": ["setattr(C, key, 7)", "for name in ('m', key): setattr(C, name, 7)"],
    "c['n']": ["exec(given, c)", "exec(given, {}, c)", "c.update(given)"],
}
OF_KEYS = {
    "a display": "a = {key: 1, 'n': 2}\nsizes = [len(a)]",
    "a later entry": "a = {'n': 2, key: 1}\nsizes = [a['n']]",
    "in": "a = {key: 1}\nsizes = [3 if 'n' in a else 4]",
    "fromkeys": "a = dict.fromkeys([key, 'n'])\nsizes = [len(a)]",
    "defaultdict": "a = collections.defaultdict(list)\na[key].append(1)\na['n'].append(1)\n"
    "sizes = [len(a)]",
    "del": "a = {'n': 1, 'm': 2}\ndel a[key]\nsizes = [3 if 'n' in a else 4]",
    "a set": "a = {'n'}\na.add(key)\nsizes = [len(a)]",
}
CERTAIN = {
    "after clear": ("a = [1, *given]\na.clear()\na.append(5)\nsizes = a", 20),
    "a key that is passed": ("def f(n=3, **more): return more['k']\nsizes = [f(**given, k=5)]", 20),
    "a later entry": ("sizes = [{**dict(given), 'n': 5}['n']]", 20),
    "nothing in an empty dict": ("sizes = [3 if key in {} else 5]", 20),
    "an entry after the unknown one": ("sizes = [{key: 1, 'n': 5}['n']]", 20),
}


def as_python(program, **names):
    namespace = {}
    exec(BEFORE.replace("from elsewhere", "#").replace("import keras", "#")
         .replace("from keras", "#"), namespace)  # fmt: skip
    namespace |= names
    exec(program, namespace)
    units = [3, *namespace["sizes"]]
    return sum((a + 1) * b for a, b in pairwise(units))


@pytest.mark.parametrize(
    ("program", "names"),
    [
        *[(program, {"given": list(NUMBERS)}) for program in IN_LISTS.values()],
        *[(program, {"given": ENTRIES}) for program in IN_DICTS.values()],
        *[(program, {"key": "n"}) for program in OF_KEYS.values()],
    ],
    ids=[*IN_LISTS, *IN_DICTS, *OF_KEYS],
)
def test_unknown_until_it_is_set(program, names):
    program_of_keras = BEFORE + program + AFTER
    assert count(program_of_keras, {})[0] is None
    assert count(program_of_keras, names)[0] == as_python(program, **names)


@pytest.mark.parametrize(("program", "expected"), CERTAIN.values(), ids=CERTAIN)
def test_what_is_certain_of_an_open_container_is_counted(program, expected):
    assert count(BEFORE + program + AFTER, {})[0] == expected


@pytest.mark.parametrize(
    ("setting", "line"), [(name, line) for name in OF_NAMES for line in OF_NAMES[name]]
)
def test_names_that_unknown_code_may_set(setting, line):
    names = f"n, c = 4, {{'n': 4}}\nclass C: n = 4\n{line}\nsizes = [{setting}]"
    program = BEFORE + names + AFTER
    unknown = infer(read_python(program.encode())).total_params
    assert isinstance(unknown, Unknown)
    known = read_python(program.encode(), settings={setting: 5})
    assert infer(known).total_params == 20


def test_code_in_a_function_sets_no_name_around_it():
    assert count(f"{BEFORE}n = 4\ndef f(): exec(given)\nf()\nsizes = [n]{AFTER}", {})[0] == 16


def test_a_sequential_of_such_a_list_is_refused():
    program = BEFORE + "a = [layers.Dense(3)]\na.extend(given)\nmodel = keras.Sequential(a)"
    total, (message, *_), _ = count(program, {})
    assert total is None
    assert "the layers a are not known" in message


def test_the_layers_of_such_a_sequential_are_not_known():
    text = "net = keras.Sequential(given)\nx = i = keras.Input((3,))\n"
    text += "for layer in net.layers: x = layer(x)\nmodel = keras.Model(i, x)"
    total, messages, _ = count(BEFORE + text, {})
    assert total is None
    assert "`net.layers`, which is not known" in messages[0]
