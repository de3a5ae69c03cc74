"""Values after a loop or a recursion that is not followed to its end."""

from __future__ import annotations

import contextlib

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.shapes import Unknown

START = "from keras import Input, Sequential, layers\n"
MODEL = "\nmodel = Sequential([Input((4,)), layers.Dense({units})])\n"


@pytest.mark.parametrize(
    ("loop", "units"),
    [
        ("s = 'ab'\nfor i in range(60):\n    s = s + s", "len(s)"),
        ("s = b'ab'\nfor i in range(60):\n    s = s + s", "len(s)"),
        ("t = (1, 2)\nfor i in range(60):\n    t = t + t", "len(t)"),
        ("s = 'ab'\nfor i in range(60):\n    s = f'{s}{s}'", "len(s)"),
        ("s = 'ab'\nfor i in range(60):\n    s = ''.join([s, s])", "len(s)"),
        ("n = 1\nwhile n < 10**9:\n    n = n + 1", "n"),
        ("last = 0\nfor i in range(200_000):\n    last = i", "last"),
    ],
)
def test_values_that_depend_on_the_rounds_are_unknown(loop: str, units: str) -> None:
    program = START + loop + MODEL.format(units=units)
    layer = infer(read_python(program.encode())).layers[-1]
    assert isinstance(layer.params, Unknown)


COUNTERS = """
class Counter:
    n = 0
    def up(self): self.n += 1
counter, rows, total = Counter(), [[]], 0
def up():
    global total
    total += 1
"""
CHANGED = {
    "an attribute": ("for i in range(50_000): counter.n += 1", "counter.n"),
    "what a method sets": ("for i in range(50_000): counter.up()", "counter.n"),
    "an attribute by its name": ("for i in range(50_000): setattr(counter, 'n', i)", "counter.n"),
    "an inner list": ("for i in range(50_000): rows[0].append(i)", "len(rows[0])"),
    "a list by another name": ("for row in rows * 20_000: row.append(1)", "len(rows[0])"),
    "a global name": ("for i in range(50_000): up()", "total"),
    "a name that a late round sets": (
        "for i in range(50_000):\n    if i == 49_999: total = 7",
        "total + 1",
    ),
    "an attribute in a while": (
        "i = 0\nwhile i < 50_000:\n    i += 1\n    counter.n = i",
        "counter.n",
    ),
}


@pytest.mark.parametrize(("loop", "units"), CHANGED.values(), ids=CHANGED)
def test_what_a_loop_changes_that_is_not_followed_to_its_end_is_unknown(loop, units) -> None:
    program = f"{START}{COUNTERS}{loop}{MODEL.format(units=units)}"
    with contextlib.suppress(LstmcountError):  # it is asked for
        assert isinstance(infer(read_python(program.encode())).total_params, Unknown)


def test_a_loop_that_only_processes_data_is_left_sooner_when_it_runs_again() -> None:
    function = "def scores(rows):\n    best = 0\n    for row in rows: best = max(best, row)\n"
    calls = "    return best" + "\nscores(range(50_000))" * 40
    program = f"{START}{function}{calls}{MODEL.format(units=3)}"
    config = read_python(program.encode())
    assert infer(config).total_params == 15
    assert not config.notes


LISTED = """
def score(n):
    best = 0
    for at in range(5): best = max(best, at * n)
    return best
scores = [score(n) for n in range(30_000)]
"""


def test_a_long_list_of_data_has_its_length_and_unknown_elements() -> None:
    program = f"{START}{LISTED}{MODEL.format(units='len(scores) // 10_000')}"
    assert infer(read_python(program.encode())).total_params == 15
    program = f"{START}{LISTED}{MODEL.format(units='scores[-1]')}"
    assert isinstance(infer(read_python(program.encode())).total_params, Unknown)


def test_values_that_do_not_depend_on_the_rounds_are_kept() -> None:
    loop = "units = 8\nfor i in range(200_000):\n    rate = 0.1\n    loss = i * rate"
    program = START + loop + MODEL.format(units="units")
    assert infer(read_python(program.encode())).total_params == 40


WALKED = """
def walk(rows):
    best = 0
    for row in rows:
        best = max(best, walk(row) if isinstance(row, list) else row)
    return best

class Walker:
    def __init__(self):
        self.seen, self.depth = [], 3
    def walk(self, row):
        self.depth = self.depth + 1
        self.seen.append(row)
        return self.walk(row.next) if row.next else row

def odd(row):
    return even(row.next) if row else True
def even(row):
    return odd(row.next) if row else False
def build(row, x):
    return build(row.next, layers.Dense(3)(x)) if row else x

from data import rows
"""
RECURSIONS = {
    "its result is not used": ("print(walk(rows))", "3"),
    "functions that call each other": ("print(odd(rows))", "3"),
    "what it does not change": ("w = Walker()\nw.walk(rows)", "3"),
    "inside try": ("try:\n    walk(rows)\nexcept ValueError:\n    pass", "3"),
}
UNKNOWN = {
    "its result": ("n = walk(rows)", "n"),
    "what it counts": ("w = Walker()\nw.walk(rows)", "w.depth"),
    "what it fills": ("w = Walker()\nw.walk(rows)", "len(w.seen)"),
}


def unknown_or_asked(program: str) -> bool:
    """Whether the weights of the last layer are unknown, or depend on what is asked for."""
    try:
        layer = infer(read_python(program.encode())).layers[-1]
    except LstmcountError as error:
        return "not known" in error.message
    return isinstance(layer.params, Unknown)


@pytest.mark.parametrize(("call", "units"), RECURSIONS.values(), ids=RECURSIONS)
def test_a_recursion_as_deep_as_unknown_data(call: str, units: str) -> None:
    program = START + WALKED + call + MODEL.format(units=units)
    assert infer(read_python(program.encode())).total_params == 15


@pytest.mark.parametrize(("call", "units"), UNKNOWN.values(), ids=UNKNOWN)
def test_a_model_that_depends_on_such_a_recursion(call: str, units: str) -> None:
    program = START + WALKED + call + MODEL.format(units=units)
    assert unknown_or_asked(program)


def test_a_recursion_that_makes_layers_is_not_followed() -> None:
    program = START + WALKED + "x = Input((3,))\nmodel = keras.Model(x, build(rows, x))\n"
    with pytest.raises(LstmcountError, match="build calls deeper than 45 levels"):
        read_python(program.encode())


def test_a_recursion_without_an_end_is_refused_by_the_command(tmp_path, call):
    program = "import keras\nmodel = keras.Sequential([(lambda f: f(f))(lambda f: f(f))])\n"
    (tmp_path / "m.py").write_text(program)
    done = call("count", "m.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "lstmcount: m.py:2:54: <lambda> calls deeper than 45 levels\n"
