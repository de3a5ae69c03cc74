"""Exceptions and contexts in programs do what they do in Python."""

from __future__ import annotations

import json

import pytest

from lstmcount import summarize
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.pasting import pasted
from tests.programs.sizes import assert_as_in_python

SIZES = {
    "exceptions of functions that a statement for any exception calls": """
        def first(values):
            values[0]
            return 4
        def even(n):
            assert n % 2 == 0
            return n
        def pair(values):
            a, b = values
            return 3
        def needed(entries):
            entries["n"]
            return 2
        def tenth(n): return 10 // n
        def safe(function, value):
            try: return function(value)
            except Exception: return 7
        sizes = [safe(first, [1]), safe(first, []), safe(even, 6), safe(even, 5)]
        sizes += [safe(pair, [1, 2]), safe(pair, [1]), safe(needed, {"n": 1}), safe(needed, {})]
        sizes += [safe(tenth, 5), safe(tenth, 0), safe(int, "3"), safe(int, "x")]
    """,
    "texts and values that cannot be converted": """
        import json
        from enum import Enum
        from json import JSONDecodeError
        def load(text):
            try: return json.loads(text)["n"]
            except json.JSONDecodeError: return 4
            except (KeyError, TypeError): return 5
        def length(text):
            try: return len(json.loads(text))
            except JSONDecodeError: return 6
        def load_or_seven(text):
            try: return json.loads(text)["n"]
            except ValueError: return 7
        sizes = [*map(load, ('{"n": 3}', "{", "[]", '{"m": 1}')), length(""), load_or_seven("n=3")]
        class Kind(Enum):
            SMALL = 3
            def double(self): return self.value * 2
        def value(name):
            try: return getattr(Kind, name).value
            except AttributeError: return 9
        sizes += [value("SMALL"), value("LARGE"), Kind.SMALL.double()]
        def number(given):
            try: return int(given)
            except Exception: return 10
        sizes += map(number, (None, [], "7", "x", 3.9))
        def quotient(a, b):
            try: return divmod(a, b)[0]
            except ZeroDivisionError: return 5
        sizes += [quotient(7, 2), quotient(1, 0)]
    """,
    "exceptions: what values lack": """
        class Empty: pass
        nothing, sizes = None, []
        def attempt(function):
            try: function()
            except AttributeError: sizes.append(2)
            except TypeError: sizes.append(3)
            except NameError: sizes.append(4)
        attempt(lambda: nothing.units)
        attempt(lambda: Empty().units)
        attempt(lambda: Empty.units)
        attempt(lambda: "text".units)
        attempt(lambda: getattr(Empty(), "units"))
        attempt(lambda: nothing())
        attempt(lambda: nothing[0])
        attempt(lambda: nothing + 1)
        attempt(lambda: nothing < 1)
        attempt(lambda: -"text")
        attempt(lambda: len(5))
        attempt(lambda: [n for n in 5])
        attempt(lambda: missing)
        kept = 3
        del kept
        attempt(lambda: kept)
    """,
    "exceptions: groups": """
        sizes = []
        def attempt(error):
            try: raise error
            except* ValueError as group: sizes.append(len(group.exceptions))
            except* (TypeError, KeyError) as group: sizes.append(10 + len(group.exceptions))
            else: sizes.append(99)
            finally: sizes.append(5)
        attempt(ValueError("x"))
        attempt(ExceptionGroup("m", [ValueError(1), TypeError(2), ValueError(3)]))
        attempt(ExceptionGroup("m", [KeyError(1), ExceptionGroup("n", [TypeError(2)])]))
        try: attempt(ExceptionGroup("m", [KeyError(1), OSError(3)]))
        except ExceptionGroup as error: sizes.append(50)
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
    "try: exceptions of Python": """
        def caught(function, kinds):
            try: return function()
            except kinds: return 5
        failing = {
            KeyError: [lambda: {"a": 1}["b"], lambda: {}.pop("b")],
            LookupError: [lambda: [1][3], lambda: {"a": 1}["b"]],
            (TypeError, ZeroDivisionError): [
                lambda: 1 // 0, lambda: "a" - 1, lambda: tuple("b")["a"],
            ],
            ValueError: [lambda: int("a"), lambda: [1].index(2)],
            StopIteration: [lambda: next(iter([]))],
        }
        sizes = [caught(each, kinds) for kinds in failing for each in failing[kinds]]
        try: a, b = [1, 2, 3]
        except ValueError: sizes.append(8)
        try:
            del sizes[99]
            sizes.append(2)
        except IndexError: sizes.append(3)
        try: assert 1 > 2
        except AssertionError: sizes.append(4)
        try:
            n = {"a": 1}["b"]
        except Exception: n = 6
        rest = iter([4, 3])
        while True:
            try: sizes.append(next(rest))
            except StopIteration: break
        sizes.append(n)
    """,
    "with: functions that yield once": """
        from contextlib import contextmanager, nullcontext, suppress
        depth = [1]
        @contextmanager
        def deeper(n):
            depth.append(n)
            try: yield depth
            finally: depth.pop()
        class Layer:
            n = 2
            @contextmanager
            def wider(self, n):
                before, self.n = self.n, n
                yield self
                self.n = before
        def first():
            with deeper(9) as inside: return inside[-1]
        layer = Layer()
        with layer.wider(5) as same, layer.wider(6): sizes = [layer.n, same.n]
        sizes += [layer.n, first(), depth[-1]]
        @contextmanager
        def forgiving():
            try: yield 3
            except KeyError: sizes.append(8)
        with forgiving() as n:
            sizes.append(n)
            {}["a"]
            sizes.append(99)
        with nullcontext(4) as n: sizes.append(n)
        with suppress(KeyError, ValueError):
            sizes.append(7)
            {}["a"]
            sizes.append(99)
        for n in (1, 2, 3):
            with deeper(n):
                if n == 2: break
        sizes.append(n)
    """,
    "with: objects with __enter__ and __exit__": """
        class Scope:
            n = 1
            def __enter__(self):
                self.n = 4
                return self
            def __exit__(self, kind, *rest):
                self.n = 8 if kind is None else 9
                return kind is not None
        scope = Scope()
        with scope as same: sizes = [same.n]
        sizes.append(scope.n)
        with scope:
            raise ValueError
        sizes.append(scope.n)
    """,
    "exits are exceptions": """
        import sys
        sizes = []
        def refuse(): raise ValueError
        for end in (lambda: sys.exit(3), lambda: exit(4), refuse):
            try:
                try:
                    end()
                except Exception:
                    sizes.append(2)
            except SystemExit as error:
                sizes.append(error.code)
    """,
    "try: what happens around handlers": """
        sizes = []
        def caught(function):
            try: return function()
            except KeyError as error: return len(error.args) + 3
            except (TypeError, ValueError) as error: return 6 + isinstance(error, TypeError)
        def in_else():
            try: pass
            except ValueError: return 1
            else: raise ValueError("in else")
        def in_handler():
            try: raise KeyError
            except KeyError: raise ValueError
            finally: sizes.append(8)
        def again():
            try: raise ValueError
            except ValueError:
                try: {}["a"]
                except KeyError: pass
                raise
        def ending():
            try: raise IndexError
            finally: return 9
        def made(): return KeyError("a", 2)
        def raising(): raise made()
        known = TypeError("b")
        def raising_known(): raise known
        def named(a, /, b=1, *, c=2, **rest): return a + b + c + len(rest)
        def strict(a, b): return 2
        sizes += [caught(in_else), caught(in_handler), caught(again), caught(ending)]
        sizes += [caught(raising), caught(raising_known), caught(lambda: named(1, a=5, c=3))]
        sizes += [caught(lambda: strict(1)), caught(lambda: strict(1, 2, 3))]
        sizes += [caught(lambda: strict(1, 2, c=3)), caught(lambda: strict(b=1, a=2))]
        try: raise FileNotFoundError("x")
        except IOError as error: sizes.append(4)
        try: raise ValueError("four")
        except ValueError as error: sizes += [len(str(error)), len(f"{error}!")]
        sizes += [2 if hasattr([], "__len__") else 1, 2 if hasattr(3, "__iter__") else 1]
    """,
    "a local name that is read before it is bound": """
        n = width = error = i = 4
        def first():
            try: k = n
            except UnboundLocalError: k = 9
            n = 3
            return k
        def added():
            n += 1
            return n
        def branch(wide=False):
            if wide: width = 8
            return width
        def deleted():
            n = 7
            del n
            try: return n
            except NameError: return 6
        def handled():
            try: 1 / 0
            except ZeroDivisionError as error: pass
            try: return error
            except UnboundLocalError: return 5
        def looped(values):
            for i in values: pass
            try: return i
            except NameError: return 11
        def outer():
            def inner(): return n
            try: got = inner()
            except NameError: got = 12
            n = 2
            return [got, inner()]
        def comprehended(values): return [i for i in values] + [i]
        def declared():
            global n
            n += 1
            return n
        def caught(function):
            try: return function()
            except UnboundLocalError: return 13
        sizes = [first(), caught(added), caught(branch), branch(True), deleted(), handled()]
        sizes += [looped([]), looped([3]), *outer(), *comprehended([2]), declared(), n]
    """,
}


@pytest.mark.parametrize("case", SIZES)
def test_exceptions_behave_as_in_python(case: str) -> None:
    assert_as_in_python(SIZES[case])


MODELS = """
import os, sys, keras
def model_of(units): return keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])
{before}
{end}
model = model_of(5)
"""
ENDS = [
    "raise SystemExit",
    "sys.exit(0)",
    "exit()",
    "quit()",
    "os._exit(1)",
    "raise ValueError('no')",
    "def stop(): sys.exit()\nstop()",
    "def check(limit):\n    if model.count_params() > limit: raise SystemExit\ncheck(10)",
    "if model.count_params() > 10: exit()",
    "def run():\n    try: sys.exit()\n    except Exception: print('no')\nrun()",
    "class Stop(SystemExit): pass\ndef stop(): raise Stop\nstop()",
]


@pytest.mark.parametrize("end", ENDS)
def test_models_after_the_end_of_a_program_are_not_made(end):
    config = read_python(MODELS.format(before="model = model_of(3)", end=end).encode())
    assert infer(config).total_params == 15
    line = 5 + end.rpartition("\n")[0].count("\n") + ("\n" in end)
    assert any(f"{line}:1: the program ends here" in note for note in config.notes)


@pytest.mark.parametrize(
    ("before", "end"),
    [
        ("", "sys.exit(0)"),  # without any model, a strange end is passed over
        ("model = model_of(3)", "if len(sys.argv) > 2: sys.exit(0)"),
        ("model = model_of(3)", "def usage(): sys.exit(2)"),
        ("model = model_of(3)", "def stop(): sys.exit(2)\ntry: stop()\nexcept SystemExit: pass"),
        ("model = model_of(3)", "def stop():\n    if unknown(): sys.exit(2)\nstop()"),
    ],
)
def test_other_exits_end_no_program(before, end):
    config = read_python(MODELS.format(before=before, end=end).encode())
    assert infer(config).total_params == 25
    assert not any("the program ends here" in note for note in config.notes)


def test_a_name_that_is_not_bound_yet_is_asked_for():
    program = "n = 4\ndef build():\n    model = model_of(n)\n    n = 3\n    return model\n"
    program = MODELS.format(before=program, end="model = build()").replace(
        "= model_of(5)", "= model"
    )
    answer = pasted(program)
    assert (answer.total, len(answer.settings)) == (15, 1)


def test_an_exception_in_a_cell_ends_no_notebook(tmp_path):
    lines = MODELS.format(before="model = model_of(3)", end="raise SystemExit").splitlines()
    cells = [{"cell_type": "code", "source": line} for line in lines if line]
    path = tmp_path / "models.ipynb"
    path.write_text(json.dumps({"cells": cells, "nbformat": 4, "metadata": {}}))
    assert summarize(path).total_params == 25
