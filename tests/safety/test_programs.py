"""Python's functions under other names: nothing of a program runs, and the counts are right."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from itertools import product
from typing import Any

import pytest

from lstmcount.programs import read_python
from tests.conftest import ROOT

MODEL = "\nimport keras\nmodel = keras.Sequential([keras.Input((3,)), keras.layers.Dense({})])\n"
CODE = "open('marker', 'w').write('x')"
GOOD = ("repr", "divmod", "max", "int", "print")
BAD = {
    **dict.fromkeys(("exec", "eval", "print"), repr(CODE)),
    "compile": f"{CODE!r}, 'file', 'exec'",
    "open": "'marker', 'w'",
    "__import__": "'antigravity'",
    "breakpoint": "",
    "input": "'marker'",
    "exit": "3",
    "quit": "3",
    "globals": "",
    "vars": "",
    "memoryview": "b'x'",
    "setattr": "open, 'marker', 1",
    "getattr": "'x', '__class__'",
}
# Ways of reaching the function `good` under the name `bad`, then of calling it.
WAYS = {
    "itself": "{bad}({arguments})",
    "renamed": "{bad} = {good}\n{bad}({arguments})",
    "attribute": "class A:\n    pass\na = A()\na.{bad} = {good}\na.{bad}({arguments})",
    "class_attribute": "class A:\n    {bad} = {good}\nA.{bad}({arguments})\nA().{bad}({arguments})",
    "key": "a = {{'{bad}': {good}}}\na['{bad}']({arguments})",
    "element": "a = [{good}, {bad}]\na[0]({arguments})\na[1]({arguments})",
    "argument": "def f({bad}):\n    return {bad}({arguments})\nf({good})\nf({bad})",
    "default": "def f({bad}={good}):\n    return {bad}({arguments})\nf()",
    "bound_default": "def f(g={bad}):\n    return g({arguments})\nf()",
    "star": "{bad} = {good}\n{bad}(*[{arguments}])\n{bad}(**{{}})",
    "partial": (
        "import functools\n{bad} = functools.partial({good}, {arguments})\n{bad}()\n"
        "functools.partial({bad}, {arguments})()"
    ),
    "reduce": "import functools\nfunctools.reduce({bad}, [{arguments}, {arguments}])",
    "map": "{bad} = {good}\nlist(map({bad}, [{arguments}]))",
    "filter": "list(filter({bad}, [{arguments}]))",
    "key_of_min": "{bad} = {good}\nmin([{arguments}, 'a'], key={bad})",
    "key_of_max": "{bad} = max\n{bad}([{arguments}, 'a'], key={good})",
    "key_of_sorted": "sorted([{arguments}, 'a'], key={bad})\n[{arguments}, 'a'].sort(key={bad})",
    "accumulate": "import itertools\nlist(itertools.accumulate([{arguments}, 'a'], {bad}))",
    "starmap": "import itertools\nlist(itertools.starmap({bad}, [[{arguments}]]))",
    "decorator": "{bad} = {good}\n@{bad}\ndef f():\n    pass\nf()",
    "called_decorator": "@{bad}({arguments})\ndef f():\n    pass\nf()",
    "defaultdict": "import collections\na = collections.defaultdict({bad})\na['x']",
    "namedtuple": "from collections import namedtuple\n{bad} = namedtuple('{bad}', 'a')\n"
    "try:\n    {bad}({arguments})\nexcept TypeError:\n    pass",
    "builtins": "import builtins\nbuiltins.{bad}({arguments})\n__builtins__.{bad}({arguments})",
    "builtins_by_key": "__builtins__['{bad}']({arguments})\nglobals()['{bad}']({arguments})",
    "getattr": "import builtins\ngetattr(builtins, '{bad}')({arguments})\ngetattr('', '{bad}')",
    "of_a_type": "type('', (), {{}}).{bad}({arguments})\nstr.{bad}({arguments})\n''.{bad}",
    "of_a_module": "import math, os, numpy, keras\nmath.{bad}({arguments})\n"
    "os.path.{bad}({arguments})\nnumpy.{bad}({arguments})\nkeras.{bad}({arguments})\nkeras.layers.{bad}({arguments})",
    "imported": "from builtins import {bad}\n{bad}({arguments})",
    "starred_import": "from builtins import *\nfrom numpy import *\n{bad}({arguments})",
    "comprehension": "[f({arguments}) for f in [{bad}, {good}]]",
    "lambda": "(lambda {bad}: {bad}({arguments}))({good})",
    "method": "class A:\n    def {bad}(self):\n        return {bad}({arguments})\nA().{bad}()",
    "isinstance": "class A:\n    pass\na = A()\na.{bad} = {good}\nisinstance(1, a.{bad})",
    "of_a_layer": "import keras\nd = keras.layers.Dense(2)\nd.{bad}({arguments})\n"
    "d.{bad} = {good}\nd.{bad}({arguments})",
}
# What --model asks for, in a program with a function `build`.
ASKED = {
    "argument": "build({bad}={good})",
    "function": "build(f={bad})",
    "call": "build({bad}({arguments}))",
}
BUILD = """
import keras
def build(f=repr, {bad}=repr):
    f({arguments})
    {bad}({arguments})
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
"""
# Each is Python's own: (what comes before, the number).
VALUES = [
    ("", "int(sorted(['16', '8'], key=int)[0])"),
    ("", "sorted([3, 1, 2], reverse=True)[0]"),
    ("n = 3", "eval('n + 4')"),
    ("text = ' [64, 8] '", "eval(text)[1]"),
    ("one = int\ndef f(n): return eval('n * 2 + one(3)')", "f(4)"),
    ("", "eval('a + b', {'a': 3, 'b': 4})"),
    ("", "eval('a + b', {'a': 3}, {'b': 2})"),
    ("", "eval('[each * 2 for each in (4, 5)]')[0]"),
    ("import ast", "ast.literal_eval('(5, {4: 1})')[0]"),
    ("n = 5\ntry: eval('n +')\nexcept SyntaxError: n = 8", "n"),
    ("", "sorted([(2, 1), (1, 3), (2, 0)], key=lambda p: p[0], reverse=True)[0][1] + 5"),
    ("f = sorted", "f([5, 4])[0]"),
    ("f = reversed", "list(f([5, 4]))[0]"),
    ("f = tuple", "len(f([5, 4])) + (f([1]) == (1,))"),
    ("max = min", "max(4, 8)"),
    ("int = round", "int(7.6)"),
    ("biggest = max", "biggest([4, 8])"),
    ("", "{'a': max}['a'](4, 8)"),
    ("", "list(map(int, '8 4'.split()))[0]"),
    ("", "sum(map(len, ['ab', 'c']))"),
    ("", "len(list(map(str.lower, ['A', 'B']))[0]) + 3"),
    ("", "len(list(map(str, [100, 2]))[0])"),
    ("", "sum(filter(lambda n: n % 2, [1, 2, 3, 4]))"),
    ("", "len(list(filter(None, [0, 1, 2])))"),
    ("", "min([3, -9, 5], key=abs)"),
    ("", "min(['aaa', 'bb'], key=lambda s: len(s)).count('b')"),
    ("", "max([], default=6)"),
    ("", "sum([1, 2], 3)"),
    ("", "sum([1, 2], start=4)"),
    ("", "sum([[1], [2]], [])[1]"),
    ("", "any([0, 3]) + all([1, 0]) + 4"),
    ("xs = ['16', '8']\nxs.sort(key=int)", "int(xs[0])"),
    ("xs = [1, 3, 2]\nxs.sort(reverse=True)", "xs[0]"),
    ("import functools\nf = functools.partial(max, 3)", "f(9)"),
    ("import functools", "functools.reduce(max, [3, 9, 4])"),
    ("import functools\nf = functools.partial(sorted, reverse=True)", "f([1, 7])[0]"),
    ("def f(g=max):\n    return g(3, 5)", "f()"),
    ("class A:\n    pick = max", "A.pick(3, 5)"),
    ("class A:\n    pass\na = A()\na.round = max", "a.round(3, 5)"),
    ("", "max(*[3, 5])"),
    ("", "round(7.5) + abs(-2) + pow(2, 3) + pow(2, 5, 7) + divmod(9, 4)[0]"),
    ("", "len(hex(255)) + len(bin(5)) + len(oct(8)) + ord('a') - len(chr(97))"),
    ("", "int('ff', 16)"),
    ("", "int('11', base=2)"),
    ("", "int(float('8.0')) + int() + len(str()) + len(list())"),
    ("", "isinstance(3, int) + isinstance(True, (str, (int, float))) + isinstance('a', int) + 2"),
    ("class A(dict):\n    pass", "isinstance(A(), dict) + issubclass(A, dict)"),
    ("", "issubclass(bool, int) + 1"),
    ("kind = int", "kind('4') + isinstance(4, kind)"),
    ("", "type(3)(5.5) + (type('a') is str)"),
    ("it = iter([4, 8])", "next(it) + 10 * next(it)"),
    ("", "next(iter([]), 7)"),
    ("", "dict.fromkeys('ab', 4)['b']"),
    ("", "int.from_bytes(b'abc'[:0] or b'\\x05', 'big')"),
    ("", "len('a-b'.rsplit('-')) + 'abab'.rfind('b') + len('é'.encode('utf-8'))"),
    ("", "len('{:>5}|{a}|{{}}|{!r}'.format(1, 'x', a=2))"),
    ("", "len('{0}{1}{0}'.format('ab', 'c'))"),
    ("", "len('-'.join(['a', 'b'])) + len('ab'.replace('a', 'xyz')) + len('7'.zfill(3))"),
    ("import itertools as it", "len(list(it.product([1, 2], 'abc', repeat=2)))"),
    ("import itertools as it", "len(list(it.permutations(range(4), 2)))"),
    ("import itertools as it", "len(list(it.permutations('abc')))"),
    ("import itertools as it", "len(list(it.combinations('abcd', 2)))"),
    ("import itertools as it", "len(list(it.combinations_with_replacement('abcd', 2)))"),
    ("import itertools as it", "sum(it.chain([1], (2, 3))) + sum(it.chain.from_iterable([[1]]))"),
    ("import itertools as it", "list(it.accumulate([1, 2, 3]))[-1]"),
    ("import itertools as it", "list(it.accumulate([1, 4, 2], max))[-1]"),
    ("import itertools as it", "sum(it.repeat(3, 4)) + sum(it.islice(range(10**9), 2, 9, 3))"),
    ("import itertools as it", "len(list(it.zip_longest([1, 2], [3])))"),
    ("import itertools as it", "sum(it.starmap(max, [(1, 2)]))"),
    ("import math", "math.ceil(2.1) + math.floor(2.9) + int(math.sqrt(16)) + math.gcd(4, 6)"),
    ("import copy\na = {'n': [4]}\nb = copy.deepcopy(a)\nb['n'].append(5)", "len(a['n']) + 3"),
    ("import collections\nd = collections.defaultdict(int)\nd['a'] += 4", "d['a'] + len(d)"),
    *[(f"d = {{1: 2, 3: 4}}\ntry:\n    for e in d.{view}():\n        d[len(d)] = 5; n = 4\n"
       "except RuntimeError:\n    n += 3", "n") for view in ("keys", "values", "items")],
    ("import enum\nclass E(enum.Enum):\n    A = enum.auto()\n    B = enum.auto()\n    C = B",
     "len(E) + 3 * E['C'].value + (E.B is E.C)"),
    ("import enum\nclass E(enum.Enum):\n    A = 3\n    B = 4\n"
     "    def __init__(self, n): type(self).extra = n", "E.B.extra + E.A.value"),
    ("class D:\n    def __set_name__(self, owner, name): setattr(owner, name + 'x', len(name))\n"
     "class A:\n    ab = D()\n    abc = D()", "A.abcx + A.abx"),
    ("class A:\n    n = 4", "getattr(A(), 'n', 9) + getattr(A(), 'm', 2) + hasattr(A(), 'n')"),
]  # fmt: skip
# Each ends soon in little memory: unknown, or refused, or with the right value.
LARGE = [
    "pow(3, 2**9000, 2**9001 + 1)",
    "round(5, -10**9)",
    "int('9' * 10**6)",
    "int('9' * 10**4)",
    "float('9' * 10**6)",
    "len(str(2**19000))",
    "divmod(1, 0)",
    "chr(10**20)",
    "len(bytes(10**12))",
    "len(('a' * 10**6).rjust(10**12))",
    "('a' * 10**6).rfind('b' + 'a' * 500000)",
    "len(('a' * 10**6).rsplit('b' + 'a' * 500000))",
    "sum([len(('a ' * 500000).split()) for i in range(10**4)])",
    "len([('a ' * 500000).split() for i in range(10**4)])",
    "len('a'.encode('punycode')) + len('a'.encode('idna'))",
    "len('a'.encode('utf-8', 'namereplace'))",
    "len('{:>99999999999}'.format(1))",
    "len('{0:{1}}'.format(1, 10**10))",
    "len('{0.__class__}'.format(1)) + len('{a[0]}'.format(a=[1]))",
    "len(format(1, '99999999999'))",
    "len(list(itertools.permutations(range(30000))))",
    "len(list(itertools.permutations(range(10**5), 10**5)))",
    "len(list(itertools.combinations(range(50000), 25000)))",
    "len(list(itertools.combinations(range(10**5), 10**5 - 1)))",
    "len(list(itertools.combinations_with_replacement(range(2), 10**9)))",
    "len(list(itertools.combinations_with_replacement(range(1), 10**9)))",
    "len(list(itertools.product(range(1), repeat=10**9)))",
    "len(list(itertools.product(*[range(10)] * 1000)))",
    "len(list(itertools.product(repeat=10**9)))",
    "len('\\t'.expandtabs(10**10))",
    "len(('a' * 10**6).translate({97: 'b' * 10**6}))",
    "len((1).to_bytes(10**10, 'big'))",
    "math.factorial(10**9)",
    "math.comb(10**7, 5 * 10**6)",
    "math.lcm(*[10**4000 + i for i in range(10**4)])",
    "len(copy.deepcopy([[0] * 1000] * 10**6))",
    "sum(n for n in iter(int, 1))",
    "len(list(itertools.groupby(itertools.count(), key=lambda n: 1)))",
    "len(list(itertools.pairwise(itertools.count())))",
    "next(itertools.dropwhile(lambda n: True, itertools.count()))",
    "len(itertools.tee([1], 10**9))",
    "len(list(itertools.batched(itertools.repeat(1), 10**10)))",
    "len(list(itertools.repeat(1, 10**12)))",
    "len(list(itertools.repeat(1)))",
    "len(list(itertools.islice(itertools.count(), 10**12)))",
    "len(list(itertools.chain(*[range(10**5)] * 10**4)))",
    "len(list(itertools.zip_longest(*[[1]] * 10**5, range(10**6))))",
    "len(list(itertools.accumulate([10**4000] * 10**4, lambda a, b: a * b)))",
    "numpy.round(5, -10**9)",
    "numpy.power(10**4000, 10**4000)",
    "numpy.zeros((10**4000,) * 10**4).size",
    "numpy.zeros(('a' * 10**6, 10**6)).size",
    "numpy.float32('9' * 10**6)",
    "len(numpy.array(range(10**12)))",
    "len(tensorflow.split(keras.Input((3,)), [1] * 10**5))",
    "int.from_bytes(b'abc' * 10**5, 'big')",
    "len(dict.fromkeys(range(10**12)))",
    "len(os.path.join(*['a' * 10**5] * 10**5))",
    "math.hypot(*range(10**12))",
    "getattr(1, '__class__')",
    "getattr(keras.layers.Dense(2), '__module__')",
    "len(getattr(keras.layers.Dense(2), '__doc__'))",
    "sorted([[i] * 10**4 for i in range(100)], key=lambda x: [x] * 10**4)[0][0]",
    "[i for i in range(2**63)]",
    "[*range(-2**64, 2**64, 3)]",
    "len(range(2**63))",
    "{1}.union(range(10**18))",
    "dict([range(10**18)])",
    "{}.update([range(10**18)])",
    "collections.namedtuple('A', range(10**18))",
    "len(f'{10**400:.3f}')",
    "numpy.zeros((2**64, 2))[::2].shape[0]",
    "numpy.zeros((3, 10))[:2.5].shape[0]",
    "numpy.zeros((3, 10))[:, ::0].shape[1]",
    "numpy.zeros((3, -1))[:, 1:].shape[1]",
    "numpy.zeros((None, 3))[1:].shape[0]",
    "collections.namedtuple('A', 'a b')(1, 2)[2**70]",
    "collections.namedtuple('A', 'a b')(1, 2)[:2.5]",
    "{([1],): 1 for _ in [1]}",
    "{slice(1): 1 for _ in [1]}",
    "keras.layers.Dense(range(10**18))",
    "keras.layers.Reshape(range(2**62))",
    "keras.Input((range(10**18),))",
    "keras.applications.ResNet50(input_shape=range(10**18), weights=None)",
    "keras.ops.unstack(keras.Input((4, 3)), 10**18, axis=1)",
    "keras.ops.split(keras.Input((10**9,)), 10**9, axis=1)",
    "keras.ops.array_split(keras.Input((10**9,)), 10**9, axis=1)",
    "len(omegaconf.OmegaConf.create({'a': '${b}0', 'b': 10**5000}).a)",
    "len(omegaconf.OmegaConf.create({'a': '${b}' * 3000, 'b': 'x' * 10**5}).a)",
    "len([*csv.DictReader(['a', 'b'], fieldnames=[[1], {}])])",
    "len([*csv.DictReader(['a', 'b'], fieldnames=[math.unknown] * 2)])",
]


def cases():
    """{name: (program, --model, number of parameters or None)}"""
    found = {}
    for (way, text), good, (bad, arguments) in product(WAYS.items(), GOOD, BAD.items()):
        program = text.format(good=good, bad=bad, arguments=arguments)
        found[f"{way} {good} {bad}"] = (program + MODEL.format(2), None, 8)
    for (way, asked), good, (bad, arguments) in product(ASKED.items(), GOOD, BAD.items()):
        program = BUILD.format(bad=bad, arguments=arguments)
        wanted = asked.format(good=good, bad=bad, arguments=arguments)
        found[f"asked {way} {good} {bad}"] = (program, wanted, None)
    for i, (before, value) in enumerate(VALUES):
        found[f"value {i}"] = (before + MODEL.format(value), None, expected(before, value))
    for i, value in enumerate(LARGE):
        libraries = "collections, copy, csv, itertools, math, os, numpy, omegaconf, tensorflow"
        model = MODEL.format(2)
        found[f"large {i}"] = (f"import {libraries}, keras\nn = {value}{model}", None, None)
    return found


def expected(before, value):
    """The number of parameters, as Python itself computes the units."""
    names = {}
    exec(before, names)
    return 4 * eval(value, names)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("programs")
    programs = {name: case[:2] for name, case in cases().items()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.safety.watched"],
        input=json.dumps(programs),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert list(folder.iterdir()) == []
    return json.loads(done.stdout)


def some(outcomes, start):
    return {name: outcome for name, outcome in outcomes.items() if name.startswith(start + " ")}


@pytest.mark.parametrize("way", WAYS)
def test_programs_are_read_and_not_run(way, outcomes):
    found = some(outcomes, way)
    assert len(found) == len(GOOD) * len(BAD)
    assert {name: outcome for name, outcome in found.items() if outcome != [8, []]} == {}


def test_hostile_names_of_models_are_not_run(outcomes):
    found = some(outcomes, "asked")
    assert {name: deeds for name, (_, deeds) in found.items() if deeds} == {}


@pytest.mark.parametrize("i", range(len(VALUES)), ids=[value for _, value in VALUES])
def test_a_value_is_python_s(i, outcomes):
    assert outcomes[f"value {i}"] == [expected(*VALUES[i]), []]


@pytest.mark.parametrize("i", range(len(LARGE)), ids=[value[:60] for value in LARGE])
def test_large_values_end(i, outcomes):
    outcome, deeds = outcomes[f"large {i}"]
    assert deeds == []
    assert outcome == 8 or "to be followed" in outcome or "takes more than" in outcome


def test_a_bug_in_following_a_program_is_no_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise TypeError("oops")

    monkeypatch.setattr("lstmcount.programs.language.statements.calls.call_function", broken)
    text = "import keras\ndef f(): return 2\nmodel = keras.Sequential([keras.layers.Dense(f())])\n"
    with pytest.raises(TypeError, match="oops"):
        read_python(text.encode())
