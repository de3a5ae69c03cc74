"""Programs that take sizes from environment variables."""

from __future__ import annotations

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.pasting import count, pasted

PROGRAM = """
import os
import keras
{}
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(int(n))])
"""
KNOWN = {
    "one that the program sets": ("os.environ['N'] = '5'\nn = os.environ['N']", 5),
    "one that it sets, with a default": ("os.environ['N'] = '6'\nn = os.getenv('N', 3)", 6),
    "several": ("os.environ.update(N='7', M='8')\nn = os.environ.get('N', 1)", 7),
    "one that it takes away": ("os.environ['N'] = '5'\nn = os.environ.pop('N')", 5),
    "a condition": (
        "os.environ['N'] = '5'\nn = 2\nif 'N' in os.environ: n = os.environ['N']",
        5,
    ),
}
UNKNOWN = {
    "a default": ("n = os.environ.get('N', '3')", "`n`, which is not known"),
    "a default of getenv": ("n = os.getenv('N', default=3)", "`n`, which is not known"),
    "one that is removed": (
        "os.environ['N'] = '5'\ndel os.environ['N']\nn = os.getenv('N', 2)",
        "`n`, which is not known",
    ),
    "one that it sets if nobody has": (
        "n = os.environ.setdefault('N', '6')",
        "`n`, which is not known",
    ),
    "no default": ("n = os.environ['N']", "`n`, which is not known"),
    "no default of get": ("n = os.environ.get('N')", "`n`, which is not known"),
    "a condition": ("n = 3 if 'N' in os.environ else 4", "'N' in os.environ"),
}


@pytest.mark.parametrize(("body", "units"), KNOWN.values(), ids=KNOWN)
def test_known_variables(body: str, units: int) -> None:
    assert infer(read_python(PROGRAM.format(body).encode())).total_params == 5 * units


@pytest.mark.parametrize(("body", "words"), UNKNOWN.values(), ids=UNKNOWN)
def test_unknown_variables(body: str, words: str) -> None:
    assert words in " ".join(count(PROGRAM.format(body), {})[1])


def test_variables_of_one_run_are_unknown_to_the_next() -> None:
    read_python(PROGRAM.format("os.environ['N'] = '5'\nn = os.environ['N']").encode())
    assert "needs" in " ".join(read_python(PROGRAM.format("n = os.environ['N']").encode()).notes)


DEFAULTS = {  # what a question about it shows as an example
    "a number": ("n = os.environ.get('N', 64)", "--set n=64"),
    "a number as text": ("n = int(os.getenv('N', '64'))", "--set n=64"),
    "a number that is used in a calculation": ("n = 2 * int(os.getenv('N', '64')) + 1", "n=129"),
    "a number in the place of none": ("n = os.getenv('N') or 64", "--set n=64"),
    "an attribute": ("class Config:\n    UNITS = int(os.getenv('N', 64))\nn = Config.UNITS", "=64"),
    "a variable of a function": (
        "def size():\n    units = int(os.environ.get('N', 64))\n    return units\nn = size()",
        "--set n=64",
    ),
    "a condition": ("n = 3 if os.getenv('KIND', 'small') == 'small' else 4", "=small"),
    "what a loop computes": ("n = 0\nfor _ in range(int(os.getenv('N', '9'))): n += 1", "n=9"),
    "a truth value": (
        "from distutils.util import strtobool\nw = strtobool(os.getenv('W', 'no'))\n"
        "n = 8 if w else 4",
        "--set w=0",
    ),
    "a truth value of a function": (
        "from distutils.util import strtobool\n"
        "def flag(name, default='on'): return strtobool(os.getenv(name, default))\n"
        "n = 8 if flag('W') else 4",
        "--set \"flag('W')=1\"",
    ),
    "one of several texts": (
        "w = os.getenv('W', 'False').lower() in ('1', 'true')\nn = 8 if w else 4",
        "--set w=false",
    ),
    "one that it sets if nobody has": (
        "os.environ.setdefault('N', '6')\nn = os.environ['N']",
        "--set n=6",
    ),
    "one that it sets so, where it is used": (
        "os.environ.setdefault('N', '6')\nsize = keras.layers.Dense(int(os.getenv('N')))\n"
        "n = size.units",
        "--set n=6",
    ),
    "no default": ("n = os.environ.get('N')", "--set n=3"),
    "a condition on a variable without a default": (
        "n, v = 8, os.getenv('N')\nif v is not None: n = int(v)",
        "--set v=null",
    ),
    "one in a function": (
        "def size(units):\n    v = os.environ.get('N')\n    return units if not v else int(v)\n"
        "n = size(8)",
        "--set v=null",
    ),
}


@pytest.mark.parametrize(("body", "example"), DEFAULTS.values(), ids=DEFAULTS)
def test_examples_are_the_defaults(body: str, example: str) -> None:
    answer = pasted(PROGRAM.format(body))
    assert answer.total is not None
    assert answer.settings
    assert example in count(PROGRAM.format(body), {})[1][0]


def test_the_example_of_a_variable_without_a_name_is_the_default() -> None:
    body = "os.environ.setdefault('N', '6')\nn = 1"
    program = PROGRAM.format(body).replace("int(n)", "int(os.environ['N'])")
    assert "os.environ['N']=6" in count(program, {})[1][0]
    assert pasted(program).total == 5 * 6


def test_the_example_of_elements_is_the_default() -> None:
    body = "sizes = os.getenv('N', '7,8').split(',')\nmodel = keras.Sequential("
    body += "[keras.Input((4,))] + [keras.layers.Dense(int(size)) for size in sizes])\n"
    program = f"import os, keras\n{body}"
    assert 'sizes=["7", "8"]' in count(program, {})[1][0]
    assert pasted(program).total == 5 * 7 + 8 * 8
