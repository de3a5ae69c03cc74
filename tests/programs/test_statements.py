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
    "operators that change a container under all its names": """
        a = {"n": 2}; b = a; b |= {"n": 3}
        c = {1, 2}; d = c; d |= {3}; d -= {1}; d &= {2, 3}; d ^= {9}
        e = [1]; f = e; f *= 3
        g = (1,); h = g; h *= 3
        def grow(sizes): sizes |= {"m": 4}
        grow(a)
        sizes = [a["n"], a["m"], *sorted(c), len(e), len(g), len(h), (a is b) + (c is d)]
    """,
    "a name that a comprehension binds": """
        a = b = c = 1
        [a := n for n in (2, 5)]
        def f():
            c = 1
            {(c := n): (d := n) for n in (3, 4)}
            return c + d
        found = any((b := n) > 5 for n in (2, 7, 9))
        total = 0
        sizes = [a, b, f(), *[total := total + n for n in (3, 4)], total]
    """,
    "conditions of a comprehension": """
        seen = []
        sizes = [n for n in range(1, 6) if n % 2 if not seen.append(n)]
        sizes += [sum(seen)]
    """,
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
    "generators: a loop changes what they read": """
        import itertools
        widths, skip, sizes = [4, 5, 6], 5, []
        for n in (width for width in widths if width != skip):
            sizes.append(n)
            skip = n + 1
        def walk(values):
            for value in values: yield value
        for made in (walk, iter, lambda values: (value for value in values)):
            values = [1, 2]
            for n in made(values):
                sizes.append(n)
                if n < 4: values.append(n + 2)
        def read():
            while True: yield limit
        limit, reading = 3, read()
        sizes.append(next(reading))
        limit = 7
        sizes += [next(reading), *[n for n, _ in zip(reading, range(2))]]
        factors = map(lambda n: n * limit, [1, 2, 3])
        large = filter(lambda n: n > limit, [8, 9, 10, 12])
        sizes += [next(factors), next(large)]
        limit = 11
        sizes += [*factors, *large]
        values = [1, 2, 3]
        backwards = reversed(values)
        values[0] = 9
        values.append(11)
        sizes += [*backwards, *iter(values.pop, 2)]
        sums = [(i * k for k in range(1, 3)) for i in (1, 2)]
        i = 5
        sizes += [n for each in sums for n in each]
        it = iter(range(1, 9))
        while pair := list(itertools.islice(it, 3)): sizes.append(sum(pair))
    """,
    "generators: sent, thrown and returned values": """
        sizes = []
        def summed():
            parts = []
            while len(parts) < 3:
                part = yield len(parts) + 1
                parts.append(part)
            return sum(parts)
        running = summed()
        sizes += [next(running), running.send(4), running.send(5)]
        try: running.send(6)
        except StopIteration as end: sizes.append(end.value)
        def delegating():
            try: sizes.append((yield from summed()))
            except GeneratorExit: sizes.append(8)
            finally: sizes.append(9)
        outer = delegating()
        sizes += [next(outer), outer.send(4), outer.send(5)]
        outer.close()
        sizes += [*outer, 1]
        def careful():
            for i in range(1, 4):
                try: yield i
                except (KeyError, ValueError): yield 77
                else: sizes.append(5)
        it = careful()
        sizes += [next(it), it.throw(ValueError), *it]
        def branches(value):
            match value:
                case 1: yield 4
                case [first, *rest]:
                    yield first
                    yield from rest
            if value == 1: yield 8
            else: yield 9
            n = 0
            while n < 5:
                n += 1
                if n == 2: continue
                if n == 4: break
                yield n
            else: yield 100
            for n in (7,): yield n
            else: yield 6
        sizes += [*branches(1), *branches([2, 3])]
        class Opened:
            def __enter__(self): return 2
            def __exit__(self, *_): sizes.append(3)
        def inside():
            with Opened() as n:
                for i in range(n): yield i + 1
                pair = [(yield 3), (yield 4)]
                sizes.append(len(pair))
        for n in inside(): sizes.append(n)
    """,
    "itertools: all functions": """
        from itertools import *
        a, b = tee(iter([1, 2, 3]))
        next(b)
        sizes = [x * y for x, y in zip(a, b)]
        sizes += [len(list(group)) * key for key, group in groupby([1, 1, 2, 3, 3, 3])]
        sizes += [key for key, _ in groupby("aAbBc", key=lambda letter: ord(letter) % 32)]
        sizes += dropwhile(lambda n: n < 3, [1, 2, 3, 1])
        sizes += [*takewhile(lambda n: n < 9, count(1, 3)), *filterfalse(None, [0])]
        sizes += [*accumulate([1, 2, 3]), *accumulate([1, 2], lambda a, b: a * b, initial=2)]
        sizes += [a + b for a, b in zip_longest([1, 2, 3], [4], fillvalue=9)]
        sizes += [*starmap(pow, [(2, 3), (3, 2)]), *compress([1, 2, 3], [1, 0, True])]
        parts = [[1, 2], [3]]
        chained, sums = chain.from_iterable(parts), accumulate(parts[0])
        sizes += [next(chained), next(sums)]
        parts.append([7])
        parts[0].append(5)
        sizes += [*chained, *sums, *(b - a for a, b in pairwise([1, 4, 9]))]
        sizes = [n + 1 for n in sizes]
    """,
    "views of dicts": """
        config = {"a": 3}
        keys, values, items = config.keys(), config.values(), config.items()
        config["b"] = 4
        sizes = [len(keys), len(values), *values, *[n for _, n in items], sum(values), max(values)]
        sizes += ["b" in keys, 4 in values, ("a", 3) in items, bool(keys), *reversed(list(values))]
        other = {"b": 9, "c": 1}
        sizes += [len(keys & other.keys()), len(keys | other.keys()), len(other.keys() - {"b"})]
        sizes += [keys == {"a", "b"}, keys != other.keys(), len(", ".join(keys)), *map(int, values)]
        first, second = values
        sizes += [first, second, *dict(zip(keys, values)).values(), next(iter(values))]
        for key in list(config): config[key] += 1
        del config["a"]
        sizes += [len(keys), *values]
        sizes = [n + 1 for n in sizes]
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
    "iterators": """
        class Upwards:
            n = 0
            def __iter__(self): return self
            def __next__(self):
                self.n += 1
                if self.n > 9: raise StopIteration
                return self.n
        rest = iter([1, 2, 3, 4, 5, 6, 7])
        sizes = [a * b for a, b in zip(rest, rest) if a < 5]
        sizes += [(6 in rest) + 1, *rest, next(rest, 4)]
        for made in (
            enumerate([7, 8]), map(int, "56"), filter(None, [3, 0]), reversed([2, 9]),
            zip([1], [2]), (n for n in (5, 6)), iter({"a": 4}),
        ):
            sizes += [len(list(made)), len(list(made)) + 1]
        some = iter([0, 3, 4, 5, 6, 8, 9])
        sizes += [any(some) + 1, next(some), len(list(zip([1, 2], some))), *some]
        called = []
        lazy = map(called.append, [1, 2, 3])
        sizes.append(len(called) + 1)
        next(lazy)
        sizes.append(len(called) + 1)
        upwards = Upwards()
        for n in upwards:
            if n == 3: break
        sizes += [upwards.n, *[n for n, _ in zip(upwards, [1])], upwards.n]
        limits = [2]
        triples = map(lambda n: n * limits[0], [1, 2])
        limits[0] = 3
        sizes += triples
        def numbers():
            yield 5
            yield 6
        made = numbers()
        for n in made: break
        sizes += [n, *made, next(made, 8), next(numbers(), 8), next(iter(made), 2)]
    """,
    "lists that change while a loop runs": """
        sizes = [3]
        for n in sizes:
            if n < 20: sizes.append(n * 2)
        left = [1, 2, 3, 4]
        for n in left: left.remove(n)
        sizes += left
    """,
    "itertools": """
        import itertools
        rest = iter(range(1, 12))
        sizes = [*itertools.islice(rest, 2), *itertools.islice(rest, 1, 4, 2)]
        sizes += itertools.chain([next(rest)], rest)
        sizes += [n for n, _ in zip(itertools.cycle([3, 4]), range(5))]
        sizes += [a * b for a, b in zip([2, 5], itertools.count(3, 2))]
        pairs = itertools.product([1, 2], [3])
        sizes += [sum(1 for _ in pairs), 1 + sum(1 for _ in pairs)]
        sizes += [*itertools.repeat(6, times=2)]
    """,
    "deque": """
        from collections import deque
        todo = deque([1, 2, 3])
        todo.appendleft(9)
        todo.rotate()
        todo.extendleft([5, 6])
        sizes = [todo.popleft(), *todo, todo.pop()]
        todo.rotate(-2)
        todo.remove(9)
        sizes += todo
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
    "functions and classes that a decorator registers": """
        class Registry:
            made = {}
            @classmethod
            def register(cls, name):
                def keep(value):
                    cls.made[name] = value
                    return value
                return keep
            def also(self, value):
                self.made["also"] = value
                return value
        registry = Registry()
        @Registry.register("wide")
        def wide(n): return 2 * n
        @registry.also
        def narrow(n): return n
        @registry.register("own")
        class Own:
            n = 7
        sizes = [Registry.made["wide"](4), registry.made["also"](3), registry.made["own"].n]
    """,
    "dicts whose keys are attributes": """
        class Config(dict):
            __getattr__ = dict.get
            __setattr__ = dict.__setitem__
        config = Config(units=5, depth=2)
        sizes = [config.units, config.depth, 3 if config.rest is None else 4]
    """,
    "YAML in the program": """
        import yaml
        config = yaml.safe_load("model: {units: [4, 8], deep: yes}\\nrest:\\n  - 3\\n")
        sizes = [*config["model"]["units"], *config["rest"]] if config["model"]["deep"] else [1]
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
    "counters, JSON and namespaces": """
        import argparse, json
        from collections import Counter
        words = Counter("a b a c a b".split())
        words.update(["c", "d"])
        sizes = [len(words), words.most_common(1)[0][1], words["e"] + 2, sum(words.values())]
        sizes += [len(Counter("ab") + Counter("bc")), len(words.most_common(2))]
        config = json.loads('{"units": [4, 8], "deep": true, "rest": null}')
        sizes += config["units"] if config["deep"] else [1]
        sizes.append(json.loads(json.dumps({"n": 7}))["n"])
        parser = argparse.ArgumentParser()
        parser.add_argument("--units", type=int, default=12)
        args = parser.parse_known_args()[0]
        defaults = {"units": 3, "depth": 2}
        defaults.update(vars(args))
        args.__dict__.update({"units": 5})
        sizes += [defaults["units"], args.units, len(vars(args))]
    """,
    "patterns": """
        import re
        found = re.match(r"lstm_(\\d+)x(?P<deep>\\d+)", "lstm_4x6")
        sizes = [int(found.group(1)), int(found["deep"]), len(found.groups()), found.end()]
        sizes += [int(n) for n in re.findall(r"\\d+", "4-8-3")]
        sizes += [len(re.sub("[aeiou]", "", "hello")), len(re.split(r"[,;]\\s*", "a, b;c"))]
        sizes.append(int(re.compile("UNITS=([0-9]+)", re.I).search("units=12").group(1)))
        sizes.append(3 if re.fullmatch("x", "y") else 4)
        try: re.compile("(")
        except Exception: sizes.append(5)
    """,
    "chains of dicts and deques": """
        from collections import ChainMap, deque
        base = {"n": 4, "m": 5}
        chain = ChainMap({"n": 3}, base)
        chain["k"] = 7
        child = chain.new_child({"m": 2})
        sizes = [chain["n"], chain["m"], child["m"], child["k"], len(chain), len(chain.maps)]
        sizes += [chain.get("z", 2), 3 if "m" in chain else 1, len(base), dict(child)["n"]]
        sizes += sorted(chain.values())
        last = deque(maxlen=2)
        for i in (3, 4, 5): last.append(i)
        sizes += [*last, len(last), last.maxlen]
        last.appendleft(9)
        last.extend([6])
        sizes += [*last, *deque([1, 2, 3], 2)]
    """,
    "what functions and classes say of themselves": """
        import inspect
        class A:
            size = 3
            def __init__(self, n, deep=2, *more, wide=5, **rest): pass
            def call(self): pass
        class B(A):
            def __class_getitem__(cls, key): return key + 1
        def build(units, deep=4, *, wide=6): pass
        parameters = inspect.signature(build).parameters
        sizes = [len(parameters), parameters["deep"].default, 2 if "wide" in parameters else 1]
        sizes += [len(inspect.signature(A).parameters)]
        sizes.append(3 if parameters["units"].default is inspect.Parameter.empty else 1)
        spec = inspect.getfullargspec(build)
        sizes += [len(spec.args), spec.defaults[0], spec.kwonlydefaults["wide"]]
        sizes += [2 if inspect.isclass(A) else 1, 2 if inspect.isfunction(build) else 1]
        sizes += [len([1 for name, _ in inspect.getmembers(B) if name[0] != "_"])]
        sizes += [len(B.__mro__), len(B.mro()), len(B.__bases__), B.__base__.size, B[3]]
    """,
    "order by an own operator": """
        class P:
            def __init__(self, n): self.n = n
            def __lt__(self, other): return self.n < other.n
        points = [P(3), P(1), P(2)]
        sizes = [p.n for p in [*sorted(points), *sorted(points, reverse=True)]]
        sizes += [min(points).n, max(points).n, min(points, key=lambda p: P(-p.n)).n]
        points.sort()
        sizes.append(points[0].n)
    """,
    "kinds of values": """
        import numbers
        from collections.abc import Callable, Iterable, Mapping, Sequence
        values = [[1], (2,), "a", {}, 3, 2.5, print, range(3), {1}]
        sizes = [
            1 + sum(isinstance(value, kind) for value in values)
            for kind in (Callable, Iterable, Mapping, Sequence, numbers.Integral, numbers.Real)
        ]
    """,
    "command lines that a program gives": """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--units", "-u", type=int, default=3)
        parser.add_argument("--sizes", nargs="+", type=int, default=[2])
        parser.add_argument("--deep", action="store_true")
        parser.add_argument("name", nargs="?", default="x")
        one = parser.parse_args(["-u", "5", "--sizes", "4", "6", "--deep"])
        other, rest = parser.parse_known_args("--units=7 --bogus 3".split())
        sizes = [one.units, *one.sizes, 2 if one.deep else 1, parser.parse_args([]).units]
        sizes += [other.units, len(rest) + 1]
        for words in (["--units", "x"], ["--nope"], ["--units"], ["a", "b"]):
            try:
                parser.parse_args(words)
                sizes.append(2)
            except SystemExit as error:
                sizes.append(9)
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


def total(sizes: list[int]) -> int:
    return sum(a * b for a, b in pairwise([1, *sizes]))


@pytest.mark.parametrize("case", SIZES)
def test_statements_behave_as_in_python(case: str) -> None:
    program = dedent(SIZES[case])
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(program, names)
    assert infer(read_python(f"{program}{MODEL}".encode())).total_params == total(names["sizes"])


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


@pytest.mark.parametrize(
    "lines",
    [
        "sizes = [4]\nsizes.extend(given)",
        "config = {'n': 4}\nconfig.update(given)\nsizes = [config['n']]",
        "def of(n): return [n]\nconfig = {'n': 4}\nconfig.update(given)\nsizes = of(**config)",
        "config = {'n': 4}\nconfig[given] = 5\nsizes = [config['n']]",
        "config = {'n': 4}\nconfig[given] = 5\nsizes = [len(config)]",
        "n = {}\ngiven.fill(n)\ntry: n = n['n']\nexcept KeyError: n = 3\nsizes = [n]",
        "n = {}\nn.update(given)\ntry: n = n['n']\nexcept KeyError: n = 3\nsizes = [n]",
        "sizes = [4, 5]\nsizes.pop(given)",
        "sizes = [4, 5]\nsizes.remove(given)",
        "sizes = {4, 5}\nsizes.discard(given)",
        "sizes = {4, 5}\nsizes.difference_update([4])",
        "from collections import deque\nsizes = deque([4, 5])\nsizes.extendleft(given)",
        "from keras import layers\nn = 4\ntry: layers.CuDNNLSTM\n"
        "except AttributeError: n = 3\nsizes = [n]",
        "import keras\nsizes = [3 if hasattr(keras, 'something_old') else 4]",
    ],
)
def test_values_that_an_unknown_may_change_are_asked_for(lines: str) -> None:
    program = f"from elsewhere import given\n{lines}\n"
    with pytest.raises(LstmcountError, match="known"):
        assert not infer(read_python(f"{program}{MODEL}".encode())).total_params > 0


FLAGS = """
import {module}
flags = {module}.flags
flags.DEFINE_integer("units", 4, "their number")
flags.DEFINE_list("widths", ["5", "6"], "of layers")
flags.DEFINE_list("more", "7,8", "widths")
flags.DEFINE_boolean("deep", default=True, help="more layers")
flags.DEFINE_string("name", None, "")
FLAGS = flags.FLAGS
def main(argv):
    global sizes
    widths = FLAGS.widths + FLAGS["more"].value if FLAGS.deep and FLAGS.name is None else []
    sizes = [FLAGS.units] + [int(width) for width in widths]
if __name__ == "__main__":
    {module}.app.run(main)
"""


@pytest.mark.parametrize("module", ["absl", "tensorflow", "tensorflow.compat.v1"])
def test_flags_have_their_defaults(module: str) -> None:
    program = f"{FLAGS.format(module=module)}{MODEL}".encode()
    assert infer(read_python(program)).total_params == total([4, 5, 6, 7, 8])
    settings = {"FLAGS.units": 3}
    assert infer(read_python(program, settings=settings)).total_params == total([3, 5, 6, 7, 8])
    assert not settings


def test_a_missing_base_class_is_named() -> None:
    program = """
from models import Base
from keras import Input, Model
class Net(Base):
    def __init__(self):
        inputs = Input((4,))
        self.model = Model(inputs, self.dense(inputs, 3))
model = Net().model
"""
    notes = " ".join(read_python(program.encode()).notes)
    assert "self.dense" in notes
    assert "there is no module models; --code" in notes
