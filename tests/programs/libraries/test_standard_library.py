"""Functions of the standard library in programs compute what they compute in Python."""

from __future__ import annotations

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.sizes import MODEL, assert_as_in_python, total

SIZES = {
    "argparse: values that a command line adds to defaults": """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--sizes", action="append", type=int, default=[3])
        parser.add_argument("--others", action="append", type=int)
        parser.add_argument("--depth", action="count", default=2)
        parser.add_argument("--more", action="extend", nargs="+", type=int, default=[1])
        args = parser.parse_args("--sizes 4 --sizes 5 --others 6 --depth --depth --more 7".split())
        sizes = [*args.sizes, *args.others, args.depth, *args.more]
    """,
    "argparse: a Namespace that the program makes": """
        from argparse import Namespace
        from types import SimpleNamespace
        given = SimpleNamespace(a=1, out=Namespace(n=2, m=3))
        given.out.n = 5
        sizes = [given.out.n, vars(given.out)["m"], getattr(given.out, "k", 4)]
        def total(n, m): return n + m
        sizes.append(total(**vars(Namespace(n=6, m=7))))
        class Options(Namespace):
            depth = 8
        sizes += [Options(n=9).depth, Options(n=9).n]
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
        sizes += [int(m[1]) for m in re.finditer(r"(\\d+)x", "5x7x8")]
        sizes += [next(re.compile("[0-9]+").finditer("ab12")).start()]
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
    "copies": """
        import copy
        from collections import defaultdict
        class Net:
            def __init__(self): self.sizes, self.me = [1], self
        nested = [1, [2, 3]]
        flat, deep = copy.copy(nested), copy.deepcopy(nested)
        flat.append(4)
        flat[1].append(5)
        deep[1] += [6, 7, 8]
        sizes = [len(nested), len(flat), len(deep), len(nested[1]), len(deep[1])]
        net = Net()
        same, other = copy.copy(net), copy.deepcopy(net)
        same.sizes.append(2)
        other.sizes += [3, 4, 5]
        sizes += [len(net.sizes), len(other.sizes), len(other.me.sizes), 1 + (other.me is other)]
        part = [1]
        pair = copy.deepcopy([part, part])
        pair[0].append(2)
        sizes += [len(pair[1]), len(part)]
        counts = defaultdict(list, a=[1])
        twin = copy.deepcopy(counts)
        twin["a"].append(2)
        twin["b"].append(3)
        sizes += [len(counts), len(counts["a"]), len(twin), len(twin["a"])]
        class Own:
            def __deepcopy__(self, memo): return 41
            def __copy__(self): return 42
        sizes += [copy.deepcopy(Own()), copy.copy(Own()), copy.deepcopy([Own()])[0]]
    """,
    "functions of operator, math and collections": """
        import math, operator
        from collections import Counter, OrderedDict, defaultdict
        from operator import attrgetter, itemgetter, methodcaller
        class Net:
            def __init__(self, n): self.n, self.me = n, self
            def times(self, k): return self.n * k
        sizes = [operator.sub(5, 2), operator.floordiv(7, 2), operator.neg(-3), operator.or_(1, 2)]
        sizes += [itemgetter(1)([4, 5]), *itemgetter(0, 2)([7, 8, 9]), attrgetter("me.n")(Net(3))]
        sizes.append(methodcaller("times", 3)(Net(2)))
        sizes += [operator.lt(1, 2) + 1, operator.contains([1], 1) + 1]
        sizes.append(min([Net(4), Net(2)], key=attrgetter("n")).n)
        sizes.append(max({"a": 3, "b": 1}.items(), key=itemgetter(1))[1])
        given = [1]
        operator.setitem(given, 0, 5)
        sizes += [*given, operator.getitem(given, 0)]
        sizes += [math.factorial(4), math.comb(5, 2), math.isqrt(17), math.lcm(4, 6)]
        sizes += [int(math.dist([0, 0], [3, 4])), int(math.fsum([0.5] * 4)), int(math.tau)]
        ordered = OrderedDict([("a", 1), ("b", 2)], c=3)
        ordered.move_to_end("a")
        ordered.move_to_end("c", last=False)
        sizes += [*ordered.values(), ordered.popitem()[1], ordered.popitem(last=False)[1]]
        found = defaultdict(lambda: 7, x=3)
        sizes += [found["x"], found["y"], found.get("q", 5), len(found)]
        counts = Counter({"a": 2}, b=1) + Counter("ab")
        sizes += [counts["a"], counts["b"], counts["c"] + 1]
    """,
    "texts, slices and numbers": """
        part, name = slice(1, 5, 2), "ab"
        import json
        sizes = [len(f"{name!r}"), len(f"{name!s:>5}"), len(f"{name=}")]
        sizes.append(len(json.dumps({"a": [1, 2]})))
        sizes += [part.start, part.stop, part.step, len("a b".expandtabs(4))]
        sizes.append(len("abc".translate(str.maketrans({"a": "xx", "b": None}))))
        sizes += [(258).to_bytes(2, "big")[1], range(3, 9).index(5), range(3, 9, 2).step]
        sizes += [[1, 2, 3, 4, 5][part][1], int(abs(3 + 4j)), int((3 + 4j).imag), int(2.5.real)]
    """,
    "numbers of arrays": """
        import string
        import numpy as np
        kinds, counts = np.unique([0, 2, 1, 2], return_counts=True)
        sizes = [len(kinds), len(counts), len(np.unique([[1, 2], [2, 3]]))]
        row = np.array([3, 1, 2])
        sizes += [row.max(), row.min(), row.sum(), row.argmax() + 1, row.argmin()]
        sizes += [row.astype(int)[0], len(string.ascii_lowercase), len(string.punctuation)]
        sizes = [int(n) for n in sizes]
    """,
}


@pytest.mark.parametrize("case", SIZES)
def test_the_standard_library_behaves_as_in_python(case: str) -> None:
    assert_as_in_python(SIZES[case])


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
