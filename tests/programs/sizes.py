"""Code that computes `sizes`, which must be the same here as when Python runs the code."""

from __future__ import annotations

from itertools import pairwise
from textwrap import dedent
from typing import Any

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

# A model in which each of the sizes decides the number of parameters.
MODEL = """
import keras
from keras import layers
model = keras.Sequential([keras.Input((1,)), *[layers.Dense(n, use_bias=False) for n in sizes]])
"""


def total(sizes: list[int]) -> int:
    return sum(a * b for a, b in pairwise([1, *sizes]))


def run_code(code: str) -> list[int]:
    """The sizes when Python runs the code."""
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(dedent(code), names)
    return [int(size) for size in names["sizes"]]


def assert_as_in_python(code: str) -> None:
    program = dedent(code)
    sizes = run_code(program)
    assert infer(read_python(f"{program}{MODEL}".encode())).total_params == total(sizes)
