"""Programs that would take all memory, or never end: following each of them ends soon."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.safety.bounded import run

START = "import keras\n"
MODEL = "\nmodel = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"
PAIRS = "a = [1]\nb = [1]\nfor i in range(60):\n    a = [a, a]\n    b = [b, b]\n"
HASHED = "a = (1,)\nfor i in range(60):\n    a = (a, a)\n"

PROGRAMS = {
    # structures of 2**60 elements to whoever compares, hashes or prints them
    "identity": PAIRS + "c = a is b",
    "equality": PAIRS + "c = a == b",
    "membership": PAIRS + "c = a in [b]",
    "sorting": PAIRS + "c = [a, b]\nc.sort()",
    "element_at_an_unknown_place": PAIRS + "x = [a, b][mystery]",
    "item_of_an_unknown": PAIRS + "x = mystery[a]",
    "item_of_hyperparameters": PAIRS + "import keras_tuner\nx = keras_tuner.HyperParameters()[a]",
    "slice_of_an_unknown": PAIRS + "x = mystery[a:2]",
    "context_manager": PAIRS + "with a as b:\n    pass",
    "base_class": PAIRS + "class A(a):\n    pass",
    "deleted_key": HASHED + "d = {}\ndel d[a]",
    "argument_of_a_layer": PAIRS
    + "class L(keras.layers.Layer):\n    pass\nx = L(a)\ny = x(keras.Input((3,)))",
    "attribute_of_a_layer": PAIRS
    + "class L(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
    "        self.a = a\nm = L()",
    "result_of_a_layer": "class L(keras.layers.Layer):\n    def call(self, x):\n"
    "        for i in range(60):\n            x = [x, x]\n        return x\n"
    "y = L()(keras.Input((3,)))",
    "words_of_an_unknown": "l = [mystery]\nfor i in range(100):\n    l[0] = l[0][l[0]]",
    # classes
    "diamonds": "class A0: pass\nclass B0: pass\n"
    + "".join(
        f"class A{i}(A{i - 1}, B{i - 1}): pass\nclass B{i}(A{i - 1}, B{i - 1}): pass\n"
        for i in range(1, 60)
    )
    + "A59().x",
    "a_long_line_of_classes": "class A0: pass\n"
    + "".join(f"class A{i}(A{i - 1}): pass\n" for i in range(1, 8000)),
    # numbers and text
    "widths": "x = ('%9999d' * 100000) % ((1,) * 100000)",
    "the_same_key_often": "x = '%(a)s' * 100000 % {'a': 'x' * 10000}",
    "long_literals": "l = [f'{i}" + "a" * 10**6 + "' for i in range(10**4)]",
    "large_integers": "x = '%x' * 10**5 % ((1 << 19999,) * 10**5)",
    # copies
    "slices": "a = [0] * 10**6\nl = [a[1:] for i in range(1000)]",
    "slices_put_in": "a = [1]\nfor i in range(60):\n    a[0:0] = a",
    "unpacking": "a = [0] * 10**6\nl = []\nfor i in range(1000):\n    x, *y = a\n    l.append(y)",
    "unions": "s = set(range(10**5))\nl = [s | {i} for i in range(1000)]",
    "dicts": "a = {i: i for i in range(40000)}\nl = [{**a} for i in range(1000)]",
    # layers
    "a_layer_often": "d = keras.layers.Dense(3)\nm = keras.Sequential([d] * 900000)",
    "a_tensor_often": "i = keras.Input((3,))\nx = keras.layers.Concatenate()([i] * 900000)",
    "models_called_in_models": "m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])\n"
    "for i in range(40):\n    x = keras.Input((3,))\n    a = keras.Sequential([m])\n"
    "    b = keras.Sequential([m])\n    m = keras.Model(x, b(a(x)))",
    "models_in_models": "m = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])\n"
    "for i in range(40):\n    m = keras.Sequential([m, m])",
    "long_calls": "for i in range(10**5): x = g(" + "h(1), " * 2000 + ")",
}

TEXTS = {
    "lines": "x\n" * 600_000,
    "elements": "x = (" + "1," * 1_500_000 + ")\n",
    "lines_that_are_not_python": "x y\n" * 40_000,
    "blocks_that_are_not_python": "if x:\n" + "  x y\n" * 40_000,
    "spaces": "x y\n" + " " * 40_000 + "x y",
    "spaces_of_an_import": '""\nfrom' + " " * 40_000 + '\n""\n',
    "blank_lines": (" " * 20 + "\n") * 100_000,
    "merges": "# " + "merge(" * 100_000,
    "spaces_in_an_except": "x y\nexcept " + " " * 40_000 + "x\n",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_ends(name: str, tmp_path: Path) -> None:
    _assert_ends(tmp_path, START + PROGRAMS[name] + MODEL)


@pytest.mark.parametrize("name", TEXTS)
def test_a_long_text_ends(name: str, tmp_path: Path) -> None:
    _assert_ends(tmp_path, START + MODEL + TEXTS[name])


def test_uncalled_functions_are_tried_within_the_same_bounds(tmp_path: Path) -> None:
    function = "def f{}():\n    for i in range(10**9): y = 1\n"
    _assert_ends(tmp_path, START + "".join([function.format(i) for i in range(8000)]))


def _assert_ends(folder: Path, program: str) -> None:
    path = folder / "model.py"
    path.write_text(program)
    done = run("count", str(path))
    assert done.returncode in (0, 2), (done.returncode, done.stderr[-500:])
    assert "Traceback" not in done.stderr
    assert "processor time" not in done.stderr  # the reader's own bounds end it
    assert len(done.stderr) < 5000
