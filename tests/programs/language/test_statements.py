"""Python statements in programs compute what they compute in Python."""

from __future__ import annotations

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.sizes import MODEL, assert_as_in_python

SIZES = {
    "elements of containers that cannot change": """
        def after(change):
            try: change()
            except (TypeError, RuntimeError): return 6
            return 2
        pair = ([2], 3)
        def grow(): pair[0] += [4]
        def replace(): pair[1] = 5
        def spell(): "abc"[0] = "x"
        entries = {"a": 2, "b": 3}
        def add():
            for key in entries: entries[key + "x"] = 2
        def remove_last():
            for key in {"a": 1}: entries.pop(key)
        def remove():
            for key in list(entries): entries.pop(key)
        sizes = [after(grow), *pair[0], *map(after, (replace, spell, add, remove_last, remove))]
    """,
    "sums of objects that add themselves to numbers": """
        class Size:
            def __init__(self, n): self.n = n
            def __add__(self, other): return Size(self.n + other.n)
            def __radd__(self, other): return Size(self.n + other + 1)
        sizes = [sum([Size(1), Size(2)]).n, sum([Size(1), Size(2)], Size(4)).n]
    """,
    "zip: equal lengths": """
        def rows(*columns):
            try: return len([*zip(*columns, strict=True)])
            except ValueError: return 6
        sizes = [rows([1, 2], [3, 4]), rows([1], [2, 3]), rows("abc", (1, 2))]
    """,
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
    "kinds of values": """
        import numbers
        from collections.abc import Callable, Iterable, Mapping, Sequence
        values = [[1], (2,), "a", {}, 3, 2.5, print, range(3), {1}]
        sizes = [
            1 + sum(isinstance(value, kind) for value in values)
            for kind in (Callable, Iterable, Mapping, Sequence, numbers.Integral, numbers.Real)
        ]
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


@pytest.mark.parametrize("case", SIZES)
def test_statements_behave_as_in_python(case: str) -> None:
    assert_as_in_python(SIZES[case])


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


TAKEN = {
    "attributes": "net.x, net.y = load()",
    "attributes and names": "(net.x, y), *net.rest = load()",
    "an item": "net.sizes[0], y = load()",
    "the target of a loop": "for net.x, y in load(): pass",
}


@pytest.mark.parametrize("statement", TAKEN.values(), ids=TAKEN)
def test_an_object_that_gets_unknown_attributes_keeps_its_others(statement):
    program = f"""
from keras import Input, Sequential, layers
from elsewhere import load
class Net:
    def __init__(net):
        net.units, net.sizes = 4, [1, 2]
        {statement}
        net.model = Sequential([Input((8,)), layers.Dense(net.units), layers.Dense(net.sizes[1])])
net = Net()
"""
    assert infer(read_python(program.encode())).total_params == 8 * 4 + 4 + 4 * 2 + 2


def test_attributes_that_unknown_elements_give_have_their_names():
    program = (
        b"from keras import Input, Sequential, layers\nfrom elsewhere import load\n"
        b"class Net: pass\nnet = Net()\nnet.x, net.sizes = load()\n"
        b"model = Sequential([Input((net.x.shape[1],)), layers.Dense(net.sizes[0])])\n"
    )
    settings = {"net.x.shape[1]": 3, "net.sizes[0]": 5}
    assert infer(read_python(program, settings=settings)).total_params == 20
