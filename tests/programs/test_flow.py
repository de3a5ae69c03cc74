"""Values after a loop that is not followed to its end."""

from __future__ import annotations

import pytest

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


def test_values_that_do_not_depend_on_the_rounds_are_kept() -> None:
    loop = "units = 8\nfor i in range(200_000):\n    rate = 0.1\n    loss = i * rate"
    program = START + loop + MODEL.format(units="units")
    assert infer(read_python(program.encode())).total_params == 40
