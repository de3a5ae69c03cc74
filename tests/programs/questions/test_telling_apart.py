"""Words that stand for several values are asked for apart, and each setting gives its own value."""

import ast
import contextlib
import copy
import io
import re
import sys
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.pasting import asked_for, count, pasted

START = """import random
import sys
from keras import Input, Sequential, layers
from elsewhere import cfg, load
"""
END = "\nmodel = Sequential([Input((2,)), *[layers.Dense(u) for u in sizes]])\n"
FIRST = START.count("\n") + 1  # the line where the code of each case starts


def _line(words):
    """Words with the line of the program for the line of a case: `n@1`."""
    return re.sub(r"@(\d+)", lambda mark: f"@{int(mark[1]) + FIRST - 1}", words)


# What is asked for, the value that each gets, and the sizes that follow.
CASES = {
    "assigned twice": (
        "n = int(sys.argv[1])\nsizes = [n]\nn = int(sys.argv[2])\nsizes += [n]",
        {"n@1": 4, "n@3": 6},
        [4, 6],
    ),
    "doubled": ("n = int(sys.argv[1])\nn = n * 2\nm = n + 1\nn += 1\nsizes = [m, n]",
                {"n@1": 3}, [7, 7]),
    "halved in a loop": (
        "n = int(sys.argv[1])\nsizes = []\nwhile n > 3:\n    sizes.append(n)\n    n //= 2",
        {"sizes": [20, 10, 5]},
        [20, 10, 5],
    ),
    "halved before a layer": (
        "n = int(sys.argv[1])\nwhile n > 3:\n    n //= 2\nsizes = [n + 1]", {"n@1": 20}, [3]
    ),
    "through another name": (
        "n = int(sys.argv[1])\nm = n * 2\nn = m\nsizes = [m, n]", {"n@1": 4}, [8, 8]
    ),
    "after a known value": (
        "n = 5\nsizes = [n]\nn = int(sys.argv[1])\nsizes += [n]", {"n@3": 7}, [5, 7]
    ),
    "of two functions": (
        "def f(path):\n    n = len(load(path))\n    return layers.Dense(n).units\n"
        "def g(path):\n    n = len(load(path))\n    return layers.Dense(n).units\n"
        "sizes = [f('a'), g('b')]",
        {"f('a')": 4, "g('b')": 6},
        [4, 6],
    ),
    "unpacked twice": (
        "x, n = load('a')\nsizes = [n]\nx, n = load('b')\nsizes += [n]",
        {"n@1": 4, "n@3": 6},
        [4, 6],
    ),
    "a shape before and after": (
        "x = load('a')\nsizes = [x.shape[1]]\nx = x.dropna(axis=1)\nsizes += [x.shape[1]]",
        {"x@1.shape[1]": 9, "x@3.shape[1]": 7},
        [9, 7],
    ),
    "a column of two tables": (
        "x = load('a')\nsizes = [len(x['c'].unique())]\nx = load('b')\n"
        "sizes += [len(x['c'].unique())]",
        {"len(x@1['c'].unique())": 9, "len(x@3['c'].unique())": 7},
        [9, 7],
    ),
    "an attribute": (
        "class C: pass\nc = C()\nc.n = int(sys.argv[1])\nsizes = [c.n]\n"
        "c.n = int(sys.argv[2])\nsizes += [c.n]",
        {"c.n@3": 4, "c.n@5": 6},
        [4, 6],
    ),
    "a parameter of the same name": (
        "def f(a): return a\na = int(sys.argv[1])\nb = int(sys.argv[2])\nsizes = [f(a), f(b)]",
        {"a@2": 4, "b": 6},
        [4, 6],
    ),
    "a call in a loop": (
        "sizes = []\nfor k in ('a', 'b'):\n    sizes.append(load(k))",
        {"load('a')": 4, "load('b')": 6},
        [4, 6],
    ),
    "a call in a function": (
        "def f(k): return len(load(k)) + 1\nsizes = [f('a'), f('b')]",
        {"len(load('a'))": 4, "len(load('b'))": 6},
        [5, 7],
    ),
    "a text with a number": (
        "sizes = []\nfor i in range(2): sizes.append(cfg.get(f'units{i}'))",
        {"cfg.get('units0')": 4, "cfg.get('units1')": 6},
        [4, 6],
    ),
    "a loop variable": (
        "sizes = []\nfor u in [load(k) for k in 'ab']: sizes.append(u)",
        {"load('a')": 4, "load('b')": 6},
        [4, 6],
    ),
    "a property of two objects": (
        "class C:\n    def __init__(self, path): self.x = load(path)\n    @property\n"
        "    def size(self): return self.x.shape[1]\nsizes = [c.size for c in [C('a'), C('b')]]",
        {"sizes[0]": 4, "sizes[1]": 6},
        [4, 6],
    ),
    "asked again": (
        "sizes = [int(input()), int(input())]", {"input()#1": 4, "input()#2": 6}, [4, 6]
    ),
    "asked in rounds": (
        "sizes = []\nfor _ in range(3):\n    n = int(input())\n    sizes.append(n)",
        {"input()#1": 4, "input()#2": 6, "input()#3": 5},
        [4, 6, 5],
    ),
    "asked in a function": (
        "def ask():\n    n = int(input())\n    return n\nsizes = [ask(), ask()]",
        {"input()#1": 4, "input()#2": 6},
        [4, 6],
    ),
    "the next of an iterator": (
        "it = iter(load('a'))\nsizes = [next(it), next(it)]",
        {"next(it)#1": 4, "next(it)#2": 6},
        [4, 6],
    ),
    "the first of an iterator": (
        "a = load('a')\nsizes = [next(iter(a)), next(iter(a))]", {"next(a)": 4}, [4, 4]
    ),
    "taken from a list": (
        "a = load('a')\nsizes = [a.pop(), a.pop()]", {"a@1.pop()": 4, "a@2.pop()#2": 6}, [4, 6]
    ),
    "chosen": (
        "sizes = [random.choice([4, 6]) for _ in range(2)]",
        {"sizes[0]": 4, "sizes[1]": 6},
        [4, 6],
    ),
    "one condition for two": (
        "def f(a): return 9 if load(a) else 3\nsizes = [f('x'), f('y')]",
        {"load('x')": True, "load('y')": False},
        [9, 3],
    ),
    "a condition that asks again": (
        "sizes = []\nfor _ in range(2):\n    if input() == 'y':\n        sizes.append(9)\n"
        "    else:\n        sizes.append(3)",
        {"input()#1": "y", "input()#2": "n"},
        [9, 3],
    ),
    "a list that is changed later": (
        "sizes = [3, 4]\nsizes.extend(int(a) for a in sys.argv[2:4])\nsizes.reverse()",
        {"sizes@2": [3, 4, 5, 6]},
        [6, 5, 4, 3],
    ),
    "a list that is not changed later": (
        "sizes = [3, 4]\nsizes.extend(int(a) for a in sys.argv[2:4])",
        {"sizes": [3, 4, 5, 6]},
        [3, 4, 5, 6],
    ),
    "a dict that is changed twice": (
        "d = {'a': 3}\nd.update(load('x'))\nsizes = [d['b']]\nd.update(load('y'))\n"
        "sizes += [d['b']]",
        {"d@2['b']": 4, "d@4['b']": 6},
        [4, 6],
    ),
    "the length of a list that grows": (
        "a = load('x')\nsizes = [len(a)]\na.append(1)\nsizes += [len(a)]",
        {"len(a@1)": 4, "len(a@3)": 5},
        [4, 5],
    ),
    "made of a call in a loop": (
        "sizes = []\nfor i in range(1, 4):\n    u = i * load('s')\n    sizes.append(u)",
        {"load('s')": 5},
        [5, 10, 15],
    ),
    "made of a call in a function": (
        "def f(n):\n    n = n + load('x')\n    return n\nsizes = [f(1), f(2)]",
        {"load('x')": 5},
        [6, 7],
    ),
    "made in two steps": (
        "def f(u):\n    w = u * load('s')\n    v = w + 1\n    return v\nsizes = [f(1), f(2)]",
        {"load('s')": 5},
        [6, 11],
    ),
    "made of each other": (
        "def f(a, b):\n    a, b = b + load('x'), a\n    return [a, b]\nsizes = f(1, 2) + f(3, 4)",
        {"load('x')": 5},
        [7, 1, 9, 3],
    ),
    "unpacked in a loop": (
        "sizes = []\nfor k, a in enumerate([load(1), load(2)]):\n    sizes.append(a)",
        {"load(1)": 4, "load(2)": 6},
        [4, 6],
    ),
    "two names at once": (
        "sizes = []\nfor i in range(2):\n    a, b = load(i), load(i + 5)\n    sizes += [a, b]",
        {"load(0)": 4, "load(0 + 5)": 5, "load(1)": 6, "load(1 + 5)": 7},
        [4, 5, 6, 7],
    ),
    "a function without arguments": (
        "from elsewhere import roll\nsizes = [roll(), roll()]",
        {"roll()#1": 4, "roll()#2": 6},
        [4, 6],
    ),
    "an iterator of an unknown list": (
        "it = iter(cfg)\nsizes = [next(it), next(it)]",
        {"next(cfg)#1": 4, "next(cfg)#2": 6},
        [4, 6],
    ),
    "an attribute of an unknown": (
        "sizes = [cfg.n]\ncfg.n = sizes[0] + 1\nsizes += [cfg.n]", {"cfg.n": 4}, [4, 5]
    ),
    "an item of an unknown": (
        "sizes = [cfg['n']]\ncfg['n'] += 1\nsizes += [cfg['n'], cfg.get('n', 2)]",
        {"cfg['n']": 4},
        [4, 5, 5],
    ),
    "an item that is set to a known value": (
        "sizes = [cfg[0]]\ncfg[0] = 9\nsizes += [cfg[0]]", {"cfg[0]": 4}, [4, 9]
    ),
    "an item that is deleted": (
        "a = load('a')\nsizes = [len(a)]\ndel a[0]\nsizes += [len(a)]",
        {"len(a@1)": 4, "len(a@3)": 3},
        [4, 3],
    ),
    "sorted twice": (
        "a = [load('a'), load('b')]\na.sort()\nsizes = [a[0]]\na.sort(reverse=True)\n"
        "sizes += [a[0]]",
        {"a@2[0]": 4, "a@4[0]": 6},
        [4, 6],
    ),
    "attributes of two objects": (
        "class C:\n    def __init__(self, path):\n        raw = load(path)\n"
        "        self.n = raw + 1\nsizes = [C('a').n, C('b').n]",
        {"load('a')": 4, "load('b')": 6},
        [5, 7],
    ),
    "an attribute that grows twice": (
        "class C:\n    def __init__(self): self.n = load('a')\n    def grow(self):\n"
        "        self.n = self.n + load('b')\n        return self.n\nc = C()\n"
        "sizes = [c.grow(), c.grow()]",
        {"self.n@2": 4, "load('b')": 6},
        [10, 16],
    ),
    "a name of a module that grows twice": (
        "n = load('a')\ndef f():\n    global n\n    n += load('b')\n    return n\n"
        "sizes = [n, f(), f()]",
        {"n@1": 4, "load('b')": 6},
        [4, 10, 16],
    ),
    "attributes of keywords": (
        "class C:\n    def __init__(self, **options):\n"
        "        for k, v in options.items(): setattr(self, k, v)\n"
        "sizes = [C(n=load('a')).n, C(n=load('b')).n]",
        {"load('a')": 4, "load('b')": 6},
        [4, 6],
    ),
    "asked until there is no more": (
        "sizes = []\nwhile True:\n    n = int(input())\n    if n == 0: break\n"
        "    sizes.append(n)\nsizes.append(2)",
        {"input()#1": 0},
        [2],
    ),
    # Words without a line or a number, where one value is needed.
    "data that is prepared": (
        "x = load('a')\nx = x.dropna()\nx = x / 255\nsizes = [x.shape[1]]", {"x.shape[1]": 7}, [7]
    ),
    "the last of two": ("n = load('a')\nprint(n)\nn = load('b')\nsizes = [n]", {"n": 7}, [7]),
    "an attribute that is doubled": (
        "class C:\n    def __init__(self):\n        self.n = load('a')\n"
        "    def grow(self): self.n = self.n * 2\nc = C()\nsizes = [c.n]\nc.grow()\n"
        "sizes += [c.n]",
        {"self.n@3": 4},
        [4, 8],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "values", "sizes"), CASES.values(), ids=CASES)
def test_each_value_has_a_setting_of_its_own(code, values, sizes):
    program = f"{START}{code}{END}"
    answer = pasted(program)
    values = {_line(words): value for words, value in values.items()}
    assert answer.settings.keys() == values.keys()
    assert isinstance(answer.total, int)
    total = infer(read_python(program.encode(), settings=dict(values))).total_params
    assert total == _total(sizes)


def _total(sizes):
    return sum((before + 1) * size for before, size in pairwise([2, *sizes]))


@pytest.mark.parametrize(
    ("case", "words", "note"),
    [
        ("assigned twice", "n", "n was set for several values, which are n@5 and n@7"),
        ("a call in a loop", "load(k)",
         "load(k) was set for several values, which are load('a') and load('b')"),
        ("asked again", "input()",
         "input() was set for several values, which are input()#1 and input()#2"),
        ("data that is prepared", "x.shape[1]", None),
    ],
)  # fmt: skip
def test_one_setting_for_several_values_has_a_note(case, words, note):
    program = f"{START}{CASES[case][0]}{END}".encode()
    config = read_python(program, settings={words: 5})
    assert [each for each in config.notes if "several" in each] == ([note] if note else [])
    assert infer(config).total_params == _total([5] * len(CASES[case][2]))


def test_a_line_where_the_name_gets_no_value():
    program = f"{START}{CASES['assigned twice'][0]}{END}".encode()
    message = r"n@6: n gets no value at line 6; expected n@5 or n@7$"
    with pytest.raises(LstmcountError, match=message):
        read_python(program, settings={"n@5": 4, "n@7": 6, "n@6": 5})


GIVEN_WHOLE = {
    "for r in load('x'): sizes.append(r[0])": ({"load('x')": [[5, 1], [7, 2]], "r[0]": 5}, [5, 7]),
    "for k in cfg: sizes.append(cfg[k])": ({"cfg": {"a": 5, "b": 7}, "cfg[k]": 5}, [5, 7]),
    "sizes += [cfg['a'], cfg['b']]": ({"cfg": {"a": 5, "b": 7}, "cfg['a']": 6}, [6, 7]),
}


@pytest.mark.parametrize(("code", "values", "sizes"), [(c, *v) for c, v in GIVEN_WHOLE.items()])
def test_elements_of_a_list_that_is_given_are_not_replaced(code, values, sizes):
    program = f"{START}sizes = []\n{code}{END}".encode()
    total = infer(read_python(program, settings=dict(values))).total_params
    assert total == _total(sizes)


# -- generated programs ---------------------------------------------------------------------------

NAMES = ("a", "b", "c")
GIVEN = st.sampled_from(
    ["int(sys.argv[1])", "int(sys.argv[2])", "load('x')", "load('y')", "int(input())", "size(1)",
     "size(2)", "cfg[0]", "cfg[1]"]
)  # fmt: skip
NUMBERS = st.integers(1, 3).map(str)
NAME = st.sampled_from(NAMES)
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, NAME, GIVEN),
    st.builds("{0} = {1} {2} {3}".format, NAME, NAME, st.sampled_from("+*"), NUMBERS),
    st.builds("{} {}= {}".format, NAME, st.sampled_from(["+", "*", "//"]), NUMBERS),
    st.builds("sizes.append({} + 1)".format, st.one_of(NAME, GIVEN)),
    st.builds("for k in {}:\n    {} = load(k)\n    sizes.append({} + 1)".format,
              st.sampled_from(["'x'", "'xy'"]), NAME, NAME),
    st.builds("while {0} > 5:\n    {0} //= 2\n    sizes.append({0})".format, NAME),
    st.builds("if {} > {}:\n    sizes.append(7)".format, NAME, NUMBERS),
    st.builds("pick({})".format, NAME),
)  # fmt: skip
GENERATED = """import sys
from keras import Input, Sequential, layers
from elsewhere import cfg, load
sizes = []
def size(k):
    n = int(sys.argv[k])
    return n
def pick(n):
    if n > 4:
        sizes.append(n)
    else:
        sizes.append(n + 5)
a = 2
b = load('z')
c = int(sys.argv[3])
"""

GENERATED_END = """
sizes.append(2)
model = Sequential([Input((2,)), *[layers.Dense(sizes[at]) for at in range(len(sizes))]])
"""


class _Truth:
    """What a program does, and the value of the words that it is asked for."""

    def __init__(self, program):
        self.inputs, self.at_line = [], {}
        tree = ast.parse(program)
        body = [node for node in tree.body if not isinstance(node, ast.ImportFrom)]
        tree.body = body[:-1]  # without the model
        self.names = {"load": self._load, "cfg": [6, 8], "input": self._input}
        before = sys.gettrace(), sys.argv
        sys.argv = ["program.py", "9", "13", "4"]
        try:
            sys.settrace(self._trace)
            exec(compile(tree, "<generated>", "exec"), self.names)
        finally:
            sys.settrace(before[0])
        self._note(None)
        self.argv, sys.argv = sys.argv, before[1]
        self.sizes = self.names["sizes"]

    def _load(self, key):
        return {"x": 5, "y": 12, "z": 7}[key]

    def _input(self):
        self.inputs.append(3 + 2 * len(self.inputs))
        return self.inputs[-1]

    def _trace(self, frame, event, _):
        if frame.f_code.co_filename == "<generated>":
            self._note(frame)
            return self._trace
        return None

    line = None

    def _note(self, frame):
        """Keep the values of the names after the line that was executed last."""
        if self.line is not None:
            names = self.names if self.local is None else self.local
            for name in ("a", "b", "c", "n", "sizes"):
                if name in names:
                    self.at_line[name, self.line] = copy.copy(names[name])
        if frame is not None:
            self.line = frame.f_lineno
            self.local = None if frame.f_locals is frame.f_globals else frame.f_locals

    def values(self, asked):
        """The values of the words, without elements that a list does not have."""
        values = {}
        for words in asked:
            with contextlib.suppress(IndexError):
                values[words] = self._value(words)
        return values

    def _value(self, words):
        words = re.sub(r"(\w+)@(\d+)", lambda m: str(self.at_line[m[1], int(m[2])]), words)
        words = re.sub(r"input\(\)#(\d+)", lambda m: str(self.inputs[int(m[1]) - 1]), words)
        before, sys.argv = sys.argv, self.argv
        try:
            return eval(words, {**self.names, "input": lambda: self.inputs[0]})
        finally:
            sys.argv = before


@settings(max_examples=150, deadline=None)
@given(st.lists(STATEMENTS, min_size=1, max_size=6))
def test_generated_programs_count_with_the_values_that_they_ask_for(statements):
    program = GENERATED + "\n".join(statements) + GENERATED_END
    with contextlib.redirect_stdout(io.StringIO()):
        truth = _Truth(program)
    answer = pasted(program)
    assert isinstance(answer.total, int), (program, answer.messages)
    values = truth.values(answer.settings)
    for _ in range(5):  # with other values than the examples, a program may ask for more
        total, messages, _ = count(program, values)
        if total is not None:
            break
        more = {words for message in messages for words in asked_for(message)}
        assert not more <= values.keys(), (program, values, messages)
        values |= truth.values(more)
    assert total == _total(truth.sizes), (values, truth.sizes)
