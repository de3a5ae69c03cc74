"""Programs that try to delete, connect, fill the memory or loop endlessly do not succeed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.conftest import ROOT

MODEL = """
from keras import Sequential, layers
model = Sequential([layers.Input((3,)), layers.Dense(2)])
"""
PAIRS = "a = [1]\nfor i in range(60):\n    a = [a, a]\n"  # traversing it visits 2**60 elements

# Each program is stopped with an error that contains these words.
STOPPED = {
    "string": ("a = 'a' * 10**10", "too large to be followed"),
    "list": ("a = [0] * 10**9", "too large to be followed"),
    "list_of_lists": ("a = [0] * 10**5\nb = a * 1000", "too large to be followed"),
    "bytes": ("a = b'a' * 10**10", "too large to be followed"),
    "slices": ("a = [0] * 10**6\n" + "b = a[1:]\n" * 100, "takes more than"),
    "a list of a range": ("a = [b for b in range(10**12)]", "takes more than"),
    "power": ("n = 10**10**10", "too large to be followed"),
    "power_in_a_loop": ("n = 2\nfor i in range(100):\n    n = n ** n", "too large to be followed"),
    "power_function": ("n = pow(10, 10**10)", "too large to be followed"),
    "shift": ("n = 1 << 10**10", "too large to be followed"),
    "squares": ("n = 3\nfor i in range(10**6):\n    n = n * n", "too large to be followed"),
    "product": ("import math\nn = math.prod(range(1, 10**7))", "takes more than"),
    "product_of_large": ("import math\nn = math.prod([10**4000] * 10**5)", "too many steps"),
    "operator": (
        "import functools, operator\nn = functools.reduce(operator.mul, [10**4000] * 10**5)",
        "too many steps",
    ),
    "sum_of_lists": ("a = sum([[0] * 10**5] * 10**4, [])", "too many steps"),
    "accumulate": (
        "import itertools\na = list(itertools.accumulate([[0] * 10**5] * 10**4))",
        "too many steps",
    ),
    "deque": (
        "from collections import deque\na = deque(range(10**5))\n" + "a.rotate()\n" * 100,
        "takes more than",
    ),
    "endless_argument": (
        "import itertools, keras\nlast = keras.layers.Conv1D(3, itertools.count(1))\n"
        "for i in range(10**5): last = keras.layers.Conv1D(3, itertools.count(1))",
        "takes more than",
    ),
    "endless": ("import itertools\na = list(itertools.count())", "takes more than"),
    "endless_in": ("import itertools\na = -1 in itertools.count()", "takes more than"),
    "nested_iterators": (
        "a = []\nfor i in range(10**5): a = map(int, a)\na = list(a)",
        "nested deeper than",
    ),
    "comprehension": ("a = [i for i in range(10**9)]", "takes more than"),
    "comprehension_of_lists": ("a = [[0] * 1000 for i in range(10**6)]", "takes more than"),
    "set_comprehension": ("a = {i for i in range(10**9)}", "takes more than"),
    "dict_comprehension": ("a = {i: 1 for i in range(10**9)}", "takes more than"),
    "generator": ("a = sum(i * j for i in range(10**5) for j in range(10**5))", "takes more than"),
    "sorted": ("a = sorted(range(10**9))", "takes more than"),
    "sorted_by_key": (
        "a = sorted(range(10**5), key=lambda x: sum(range(10**5)))",
        "takes more than",
    ),
    "map": ("a = list(map(lambda x: [x] * 10**5, range(10**5)))", "takes more than"),
    "join": ("a = ','.join(['a' * 1000] * 10**6)", "too many steps"),
    "percent": ("a = '%s' * 10**5 % tuple(['a' * 10**4] * 10**5)", "too many steps"),
    "replace": ("a = ('a' * 10**6).replace('a', 'a' * 10**6)", "takes more than"),
    "while": ("while True:\n    pass", "never ends"),
    "doubling": ("a = 'a'\nwhile True:\n    a = a + a", "never ends"),
    "nested_for": (
        "from keras import layers\n"
        "for i in range(10**12):\n    for j in range(10**12):\n        layers.Dense(3)",
        "takes more than",
    ),
    "recursion": ("def f(n):\n    return f(n + 1)\nf(0)", "deeper"),
    "fibonacci": ("def f(n):\n    return f(n - 1) + f(n - 2)\nf(40)", "deeper"),
    "lambda": ("f = lambda f: f(f)\nf(f)", "deeper"),
    "calls_itself": (
        "class A:\n    def __call__(self):\n        return self()\nA()()",
        "deeper",
    ),
    "star": ("def f(*a):\n    return f(*a, *a)\nf(1)", "takes more than"),
    "layers": ("from keras import layers\nwhile True:\n    x = layers.Dense(3)", "takes more than"),
    "operations": (
        "from keras import Input\nx = Input((3,))\nfor i in range(10**6):\n    x = x + x",
        "takes more than",
    ),
    "str_of_pairs": (PAIRS + "b = str(a)", "too many steps"),
    "format_of_pairs": (PAIRS + "b = f'{a}'", "too many steps"),
    "comparison_of_pairs": (PAIRS + "b = a == [a, a]", "too many steps"),
    "array_of_pairs": (PAIRS + "import numpy as np\nb = np.array(a)", "too many steps"),
    "layer_of_pairs": (PAIRS + "from keras import layers\nlayers.Dense(a)", "too many steps"),
    "hash_of_pairs": (PAIRS.replace("[a, a]", "(a, a)") + "b = {a: 1}", "too many steps"),
    "list_in_itself": ("a = []\na.append(a)\nb = str(a)", "too many steps"),
    "brackets": ("a = " + "-" * 50_000 + "1", "nested too deeply"),
    "attributes": ("a = b" + ".x" * 50_000, "nested too deeply"),
}

# Each program has no effect, and its model is counted.
HARMLESS = {
    "delete": """
import os, shutil, subprocess
os.remove("victim"), shutil.rmtree("."), os.system("rm victim"), subprocess.run(["rm", "victim"])
__import__("os").remove("victim")
exec("import os; os.remove('victim')")
eval("__import__('os').remove('victim')")
open("victim", "w").write("")
""",
    "connect": """
import socket, urllib.request, requests
socket.create_connection(("127.0.0.1", 9))
urllib.request.urlopen("http://127.0.0.1:9")
requests.get("http://127.0.0.1:9")
""",
    "reach_out": """
a = ().__class__.__bases__[0].__subclasses__()
b = (lambda: 0).__globals__["__builtins__"]
c = "{0.__class__.__mro__}".format(1)
d = getattr(getattr(1, "__class__"), "__mro__")
""",
    "wait": "import time\ntime.sleep(1000)\ninput()",
    "widths": """
a = "{:10000000000}".format(1)
b = "%10000000000d" % 1
w = 10**10
c = f"{1:{w}}"
d = "{0:{1}}".format(1, w)
e = "%*d" % (w, 1)
f = format(1, "9999999999")
g = "a".ljust(w), "a".zfill(w), "a".center(w), "\\t".expandtabs(w)
""",
    "itertools": """
import itertools
a = list(itertools.product(range(1000), repeat=10))
b = list(itertools.permutations(range(100)))
for i in itertools.cycle([1]):
    pass
""",
    "endless_generator": """
def numbers():
    while True:
        yield 1
sum(numbers())
for n in numbers():
    pass
""",
    "loops": "for i in range(10**12):\n    for j in range(10**12):\n        pass",
    "slices in a list": "a = [0] * 10**6\nb = [a[i:] for i in range(100)]",
    "float_in_range": "a = 5.5 in range(10**12)\nb = range(10**12).index(5.5)",
    "round": "a = round(10**5, -10**9)",
    "factorial": "import math\na = math.factorial(10**8)\nb = math.comb(10**8, 10**7)",
    "digits": "a = int('9' * 10**6)\nb = str(2**9_900)",
    "arrays": "import numpy as np\na = np.zeros((10**10, 10**10))\nb = np.arange(10**12)",
    "regex": "import re\nre.match('(a+)+$', 'a' * 50 + 'b')",
    "count": "i = 0\nwhile i >= 0:\n    i += 1",
    "long_shape": "from keras import layers\nlayers.Input((1,) * 10**5)",
}


@pytest.fixture(scope="module")
def outcomes():
    programs = {name: program for name, (program, _) in STOPPED.items()}
    programs |= HARMLESS
    run = subprocess.run(
        [sys.executable, "-m", "tests.programs.guarded"],
        input=json.dumps({name: text + "\n" + MODEL for name, text in programs.items()}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout)


@pytest.mark.parametrize("name", STOPPED)
def test_it_is_stopped(name, outcomes):
    outcome, deeds = outcomes[name]
    assert STOPPED[name][1] in str(outcome)
    assert deeds == []


@pytest.mark.parametrize("name", HARMLESS)
def test_it_does_nothing(name, outcomes):
    assert outcomes[name] == [8, []]
