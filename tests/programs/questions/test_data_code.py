"""Conditions in code that only processes data: a run passes over it, and they are not asked for."""

from __future__ import annotations

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import allowance, read_python, reading
from lstmcount.programs.questions import search

BEFORE = """
import random
import numpy as np
import keras
from keras import layers
from shop import shelf
sizes, n, images = [4, 8], 4, np.zeros((10, 5))
class Shop:
    open = 3
    def __init__(self): self.width, self.rows = 3, [1, 2]
    def widen(self): self.width = 5
    def fill(self, row): self.rows.append(row)
    @classmethod
    def close(cls): cls.open = 4
shop = Shop()
"""
AFTER = """
model = keras.Sequential([keras.Input((2,)), layers.Dense(UNITS)])
"""
# Whatever they do, the model has the same layers.
DATA = {
    "a function": (
        "def flip(image):\n    if random.random() < 0.5: return image[:, ::-1]\n    return image\n"
        "image = flip(shelf.read())",
        "n",
    ),
    "functions that call each other": (
        "def even(x): return True if x == shelf else odd(x)\n"
        "def odd(x): return False if x == shelf else even(x)\nis_even = odd(shelf.n)",
        "n",
    ),
    "a class for data": (
        "class Batches:\n"
        "    def __init__(self, files): self.files, self.at = files, 0\n"
        "    def __getitem__(self, at):\n"
        "        if self.at > len(self.files): raise IndexError(at)\n"
        "        if shelf.full: self.at = 0\n"
        "        return self.files[at]\n"
        "batch = Batches([])[3]",
        "n",
    ),
    "another object": ("if shelf.full: shop.width = 9", "len(shop.rows)"),
    "another list": ("rows = []\nfor row in shelf:\n    if row.full: rows.append(row)", "sizes[1]"),
    "a call that may fail": ("try: shelf.open()\nexcept Exception: pass", "n"),
    "a name that is set again": ("if shelf.full: n = 7\nn = 4", "n"),
    "a later condition": (
        "top = None\nif shelf.full: top = shelf.top\nif top is None: top = 3\nelse: top = 4",
        "n",
    ),
    "the rows of an array": ("if shelf.full: images[0] = 1", "images.shape[1]"),
    "a method on elements": ("shops = [shop]\nfor each in shops:\n    if shelf.full: each.widen()",
                             "len(sizes)"),
}  # fmt: skip
# Another way gives another model, or no model.
MATTERS = {
    "a name": ("if shelf.full: n = 4", "n"),
    "a name that a loop binds": ("for n in sizes:\n    if n == shelf.n: break", "n"),
    "what a function returns": ("def size():\n    if shelf.full: return 4\n    return 4", "size()"),
    "a global name": ("def set():\n    global n\n    if shelf.full: n = 4\nset()", "n"),
    "an attribute": ("if shelf.full: shop.width = 3", "shop.width"),
    "an attribute of a class": ("if shelf.full: Shop.close()", "Shop.open"),
    "an attribute by a method": ("if shelf.full: shop.widen()", "shop.width"),
    "a new attribute": ("if shelf.full: shop.depth = 3", "5 if hasattr(shop, 'depth') else 4"),
    "a list": ("if shelf.full: sizes.append(3)", "len(sizes)"),
    "an element": ("if shelf.full: sizes[0] = 4", "sizes[0]"),
    "a list under another name": ("rows = sizes\nif shelf.full: rows.append(3)", "len(sizes)"),
    "a list that is named in a branch": (
        "if shelf.full:\n    rows = shop.rows\n    rows.append(3)",
        "len(shop.rows)",
    ),
    "a list that a function gets": (
        "def fill(rows):\n    if shelf.full: rows.append(3)\nfill(sizes)",
        "len(sizes)",
    ),
    "a list that a function passes on": (
        "def fill(rows): rows.append(3)\ndef choose(rows):\n    if shelf.full: fill(rows)\n"
        "choose(sizes)",
        "len(sizes)",
    ),
    "a list that is a default": (
        "def grow(rows=[1]):\n    rows.append(2)\n    return rows\nif shelf.full: grow()",
        "len(grow())",
    ),
    "a list by a method": ("if shelf.full: shop.fill(3)", "len(shop.rows)"),
    "an attribute of an element": (
        "shops = [shop]\nfor each in shops:\n    if shelf.full: each.width = 3",
        "shop.width",
    ),
    "a method of an element": (
        "shops = [shop]\nfor each in shops:\n    if shelf.full: each.widen()",
        "shop.width",
    ),
    "a dict": ("sizes = {'a': 4}\nif shelf.full: sizes.update(a=4)", "sizes['a']"),
    "an in-place sum": ("rows = sizes\nif shelf.full: rows += [3]", "len(sizes)"),
    "an exception": (
        "def check(x):\n    if x > 4: raise ValueError(x)\n"
        "try:\n    check(shelf.n)\n    n = 4\nexcept ValueError: n = 5",
        "n",
    ),
    "an attribute of the class of an object": ("if shelf.full: type(shop).open = 4", "Shop.open"),
    "the attributes as a dict": ("if shelf.full: shop.__dict__.update(width=4)", "shop.width"),
    "an inner list": ("rows = [sizes][:]\nif shelf.full: rows[0].append(3)", "len(sizes)"),
    "a list that is put into another": (
        "if shelf.full:\n    rows = []\n    rows.append(sizes)\n    rows[0].append(3)",
        "len(sizes)",
    ),
    "a list that an object keeps": (
        "class Box:\n    def __init__(self, rows): self.rows = rows\n"
        "    def fill(self): self.rows.append(3)\nif shelf.full: Box(sizes).fill()",
        "len(sizes)",
    ),
    "a list that a function returns": (
        "def rows(): return sizes\nif shelf.full: rows().append(3)",
        "len(sizes)",
    ),
    "a list that a property returns": (
        "class Box:\n    @property\n    def rows(self): return sizes\n"
        "box = Box()\nif shelf.full: box.rows.append(3)",
        "len(sizes)",
    ),
    "a list that is changed later": (
        "def rows():\n    if shelf.full: return sizes\n    return []\nrows().append(3)",
        "len(sizes)",
    ),
    "a list that is named in a branch and changed later": (
        "rows = []\nif shelf.full: rows = sizes\nrows.append(3)",
        "len(sizes)",
    ),
    "a list that `*rows` gets": (
        "def fill(*rows): rows[0].append(3)\nif shelf.full: fill(sizes)",
        "len(sizes)",
    ),
    "a list that a function inside gets": (
        "def choose():\n    def fill(rows): rows.append(3)\n    if shelf.full: fill(sizes)\n"
        "choose()",
        "len(sizes)",
    ),
    "a list that is replaced after it was changed": (
        "rows = shop.rows\ndef fill():\n    shop.fill(3)\ndef clear(): shop.rows = []\n"
        "if shelf.full:\n    for n in (1, 2): clear() if n == 1 else fill()",
        "len(rows)",
    ),
    "a list in another order": ("if shelf.full: random.shuffle(sizes)", "sizes[0]"),
    "a method as a callback": ("if shelf.full: list(map(sizes.append, [1]))", "len(sizes)"),
    "a method of an object as a callback": (
        "if shelf.full: list(map(shop.fill, [1]))",
        "len(shop.rows)",
    ),
    "a partial function": (
        "from functools import partial\nfill = partial(sizes.append, 3)\n"
        "class Box:\n    def __init__(self): self.fill = fill\n"
        "box = Box()\nif shelf.full: box.fill()",
        "len(sizes)",
    ),
    "a result that a cache keeps": (
        "from functools import lru_cache\n@lru_cache\ndef size(): return shop.width\n"
        "if shelf.full: size()\nshop.width = 4",
        "size()",
    ),
    "an object that is called": (
        "class Fill:\n    def __call__(self): sizes.append(3)\n"
        "class Box:\n    def __init__(self): self.fill = Fill()\n"
        "box = Box()\nif shelf.full: box.fill()",
        "len(sizes)",
    ),
    "a context": (
        "class Fill:\n    def __enter__(self): sizes.append(3)\n    def __exit__(self, *e): pass\n"
        "fill = Fill()\nif shelf.full:\n    with fill: pass",
        "len(sizes)",
    ),
    "an iterator": ("rows = iter(sizes)\nif shelf.full: any(rows)", "1 + len(list(rows))"),
    "a generator": (
        "def read():\n    for n in (3, 4, 5): yield n\nrows = read()\n"
        "if shelf.full: rows.send(None)",
        "next(rows)",
    ),
    "an iterator in a list": (
        "rows = [iter(sizes)]\nif shelf.full: any(rows[0])",
        "1 + len(list(rows[0]))",
    ),
    "a key that reading adds": (
        "from collections import defaultdict\nrows = defaultdict(int)\nif shelf.full: rows[0]",
        "1 + len(rows)",
    ),
    "a deque": (
        "from collections import deque\nrows = deque(sizes)\nif shelf.full: rows.rotate(1)",
        "rows[0]",
    ),
    "an object of a class of lists": (
        "class Rows(list): pass\nrows = Rows([1])\nif shelf.full: rows.append(3)",
        "len(rows)",
    ),
    "the shape of an array": ("if shelf.full: images.resize((3, 7))", "images.shape[1]"),
    "the environment": (
        "import os\nvariables = os.environ\nvariables['N'] = '4'\n"
        "if shelf.full: variables['N'] = '5'",
        "int(os.environ['N'])",
    ),
    "a name in an expression": ("if shelf.full: print([n := row for row in sizes])", "n"),
    "a name in a pattern": (
        "if shelf.full:\n    match sizes:\n        case [*n]: pass",
        "n if isinstance(n, int) else 9",
    ),
    "an exception that Python raises": (
        "def read(rows):\n    if shelf.full: return rows['a']\n"
        "try:\n    read({})\n    n = 4\nexcept KeyError: n = 5",
        "n",
    ),
    "an operator that changes its operand": (
        "class Pipe:\n    def __lshift__(self, rows): rows.append(3)\n"
        "pipe = Pipe()\nif shelf.full: pipe << sizes",
        "len(sizes)",
    ),
    "a later layer": ("wide = False\nif shelf.full: wide = True\nif wide: n = 8", "n"),
}
# A branch with a layer may change a model.
LAYERS = {
    "a layer": "if shelf.full: model.add(layers.Dense(4))",
    "a model that a function gets": "def widen(m):\n    if shelf.full: m.add(layers.Dense(4))\n"
    "widen(model)",
    "a function that makes layers": "def more(): return layers.Dense(4)\n"
    "def widen(m):\n    if shelf.full: m.add(more())\nwiden(model)",
    "functions that call each other": "def one(m, n):\n    if n == shelf: two(m, n)\n"
    "def two(m, n):\n    one(m, n)\n    m.add(layers.Dense(4))\none(model, 3)",
    "the layers of a model": "def cut(m):\n    if shelf.full: m.pop()\ncut(model)",
    "weights that are frozen": "if shelf.full: model.trainable = False",
    "weights that a function freezes": "def freeze(m):\n"
    "    for layer in m.layers:\n        if layer.name != shelf.top: layer.trainable = False\n"
    "freeze(model)",
    "another name for a model": "other = model\nif shelf.full: other.pop()",
    "a model in a dict": "models = {'a': model}\ndef cut(all):\n    if shelf.full: all['a'].pop()\n"
    "cut(models)",
    "a model that a function returns": "def get(): return model\nif shelf.full: get().pop()",
    "a model that is changed later": "other = keras.Sequential()\ndef get():\n"
    "    if shelf.full: return model\n    return other\nget().add(layers.Dense(4))",
    "a function in a call that prints": "def cut(m): m.pop()\nif shelf.full: print(cut(model))",
    "the input of a model": "model = keras.Sequential([layers.Dense(4)])\n"
    "def predict(m): return m.predict(images)\nif shelf.full: predict(model)\n"
    "model.build((None, 5))",
    "a setting of Keras": "config = keras.config\n"
    "if shelf.full: config.set_image_data_format('channels_first')",
    "setattr": "if shelf.full: setattr(model, 'trainable', False)",
}


@pytest.fixture
def left(monkeypatch):
    """The tests of the decisions that are left to try, of all runs."""
    found = []

    def note(self, decisions):
        found.extend(decision.test for decision in decisions)

    monkeypatch.setattr(search.Search, "first_that_matters", note)
    return found


def asked(program, left):
    before = len(left)
    read_python(program.encode())
    return left[before:]


@pytest.mark.parametrize(("code", "units"), DATA.values(), ids=DATA)
def test_conditions_on_data_are_passed_over(code, units, left):
    assert asked(BEFORE + code + AFTER.replace("UNITS", units), left) == []


@pytest.mark.parametrize(("code", "units"), MATTERS.values(), ids=MATTERS)
def test_conditions_that_matter_are_left(code, units, left):
    assert asked(BEFORE + code + AFTER.replace("UNITS", units), left)


@pytest.mark.parametrize("code", LAYERS.values(), ids=LAYERS)
def test_conditions_on_layers_are_left(code, left):
    assert asked(BEFORE + AFTER.replace("UNITS", "n") + code, left)


def test_conditions_are_left_if_there_are_no_steps_for_another_run(left, monkeypatch):
    monkeypatch.setattr(allowance, "MAX_STEPS", 0)
    assert asked(f"{BEFORE}if shelf.full: sizes.append(3){AFTER.replace('UNITS', 'n')}", left)


def test_a_function_of_the_program_is_not_taken_for_one_that_reports(left):
    code = "def load_top(m): m.add(layers.Dense(4))\nif shelf.full: load_top(model)"
    assert asked(BEFORE + AFTER.replace("UNITS", "n") + code, left)


def test_code_that_sets_attributes_of_a_model_is_not_passed_over_in_a_function_that_no_call_runs():
    program = (
        "import keras\nfrom shop import shelf\ndef build_model():\n"
        "    net = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)])\n"
        "    if shelf.full: net.tag = 3\n    return net\n"
    )
    assert infer(read_python(program.encode())).total_params == 9


BUSY = """
def clean(rows):
    if shelf.strict: rows = rows[1:]
    for _ in range(3_000): rows = rows or 0
    return rows
for part in "abcd": clean(shelf.rows)
"""


def test_a_run_that_passes_over_code_may_take_the_steps_that_are_left(monkeypatch):
    monkeypatch.setattr(allowance, "MAX_STEPS", 40_000)
    program = f"{BEFORE}{BUSY}{AFTER.replace('UNITS', '4')}"
    assert infer(read_python(program.encode())).total_params == 12


def test_what_changes_a_list_of_a_model_leaves_other_code_passed_over(left):
    code = (
        "kept = [model]\n"
        "for name in shelf: kept.append(name)\n"
        "for name in shelf.names: sizes.append(name)\n"
        "if shelf.full: sizes.append(3)"
    )
    assert asked(BEFORE + AFTER.replace("UNITS", "n") + code, left) == ["shelf"]


def test_code_that_is_refused_is_not_passed_over_again(left, monkeypatch):
    follow, runs = reading._Runner.run, []
    monkeypatch.setattr(reading._Runner, "run", lambda *a, **k: runs.append(0) or follow(*a, **k))
    code = "kept, found = [model], 0\nfor name in shelf.names: found = 1\nif found: kept.append(3)"
    assert "shelf.names" in asked(BEFORE + AFTER.replace("UNITS", "n") + code, left)
    assert len(runs) < 9
