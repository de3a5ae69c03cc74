"""Python statements in programs compute what they compute in Python."""

from __future__ import annotations

from itertools import pairwise
from textwrap import dedent
from typing import Any

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

MODEL = """
import keras
from keras import layers
model = keras.Sequential([keras.Input((1,)), *[layers.Dense(n, use_bias=False) for n in sizes]])
"""
SIZES = {
    "match: sequences": """
        def size(value):
            match value:
                case []: return 1
                case [n]: return n
                case [a, *middle, b] if len(middle) > 1: return a + b + len(middle)
                case (a, b): return a * b
                case [_, _, *_]: return 9
                case range(): return 5
                case _: return 7
        values = [], [3], [1, 2, 3, 4], (4, 5), [1, 2, 3], "ab", range(3), {"a": 1}
        sizes = [size(value) for value in values]
    """,
    "match: mappings": """
        import enum
        class Kind(enum.Enum):
            A = 1
            B = 2
        def size(value):
            match value:
                case {"kind": Kind.A, "n": n}: return n
                case {"kind": Kind.B, "more": {"n": n, **rest}, **other}:
                    return n + len(rest) + len(other)
                case {"kind": "x" | "y" as name}: return ord(name)
                case {}: return 4
        more = {"n": 2, "z": 1}
        values = (
            {"kind": Kind.A, "n": 3},
            {"kind": Kind.B, "more": more, "p": 0},
            {"kind": "y"},
            {"a": 1},
        )
        sizes = [size(value) for value in values]
    """,
    "match: classes": """
        from dataclasses import dataclass
        @dataclass
        class Conv:
            filters: int
            kernel: int = 3
        class Point:
            __match_args__ = ("x", "y")
            def __init__(self, x, y):
                self.x, self.y = x, y
        def size(value):
            match value:
                case Conv(filters, kernel=1 | 2): return filters * 2
                case Conv(filters=f, kernel=k) if k > 4: return f * k
                case Conv(filters): return filters
                case Point(a, 0): return a
                case Point(x=a, y=b): return a + b
                case float(part): return int(part * 10)
                case None: return 8
                case True: return 11
                case int(n): return n
        values = Conv(4), Conv(3, 1), Conv(5, 7), Point(3, 0), Point(2, 5), True, 0.5, None, 6
        sizes = [size(value) for value in values]
    """,
    "generators": """
        def blocks(n):
            for k in range(n):
                yield 2**k, k
            yield 9, n
        def chained(*parts):
            for part in parts:
                yield from part
        class Net:
            def __init__(self, widths): self.widths = widths
            def __iter__(self):
                for width in self.widths: yield width
            def pairs(self): yield from zip(self.widths, self.widths[1:])
        def without():
            if False: yield 1
            return
        sizes = [a + b for a, b in blocks(3)]
        some = blocks(2)
        first, _ = next(some)
        *_, last = some
        sizes += [first + 3, last[0], len(list(some)) + 1, sum(n for n, _ in blocks(2))]
        sizes += [*chained([4], range(2, 4)), *Net([5, 6]), *without()]
        sizes += [a * b for a, b in Net([2, 3, 4]).pairs()]
    """,
    "try: handlers": """
        def size(key):
            try:
                if key == 0: raise ValueError("a")
                if key == 1: raise KeyError("b")
                if key == 2: raise NotImplementedError
                n = 2
            except KeyError: n = 3
            except (ValueError, TypeError): n = 4
            except Exception: n = 5
            else: n = 6
            finally: more = 1
            return n + more
        sizes = [size(key) for key in range(4)]
    """,
    "try: exceptions of the program's own": """
        class Bad(ValueError): pass
        class Worse(Bad):
            def __init__(self, n):
                super().__init__(n)
                self.n = n
        def fail(is_worse):
            if is_worse: raise Worse(7)
            raise Bad("x")
        def size(is_worse):
            try: fail(is_worse)
            except Worse as error: return error.n
            except Bad: return 3
        try:
            try: fail(True)
            except KeyError: last = 1
        except ValueError: last = 9
        sizes = [size(False), size(True), last]
    """,
}


def _total(sizes: list[int]) -> int:
    return sum(a * b for a, b in pairwise([1, *sizes]))


@pytest.mark.parametrize("case", SIZES)
def test_sizes(case: str) -> None:
    program = dedent(SIZES[case])
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(program, names)
    assert infer(read_python(f"{program}{MODEL}".encode())).total_params == _total(names["sizes"])


@pytest.mark.parametrize(
    "patterns",
    ["case [n]: sizes = [n]", "case {'n': n}: sizes = [n]", "case int(n): sizes = [n]"],
)
def test_an_unknown_subject_is_asked_for(patterns: str) -> None:
    program = (
        f"from elsewhere import given\nmatch given:\n    {patterns}\n    case _: sizes = [3]\n"
    )
    with pytest.raises(LstmcountError, match="depends on `given`, which is not known"):
        infer(read_python(f"{program}{MODEL}".encode()))


@pytest.mark.parametrize(
    "lines",
    [
        "    for n in given: yield n",
        "    yield from given",
        "    while True: yield 3",
        "    for n in range(3):\n        if n > given: break\n        yield n + 1",
    ],
)
def test_unknown_numbers_of_yielded_values_are_not_counted(lines: str) -> None:
    program = f"from elsewhere import given\ndef make():\n{lines}\nsizes = list(make())\n"
    with pytest.raises(LstmcountError, match="known"):
        infer(read_python(f"{program}{MODEL}".encode()))
