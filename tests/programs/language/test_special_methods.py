"""Special methods, properties, enums and so on in a program's classes behave as in Python."""

import pytest

from lstmcount.programs import read_python
from lstmcount.shapes import Unknown

MODEL = """
from keras import Input, Sequential, layers
model = Sequential([Input((3,)), layers.Dense({})])
"""
BOX = """
class Box:
    def __init__(self, **items): self.items = items
    def __getitem__(self, key): return self.items[key]
    def __setitem__(self, key, value): self.items[key] = value + 1
    def __delitem__(self, key): del self.items[key]
    def __contains__(self, key): return key in self.items
    def __len__(self): return len(self.items)
box = Box(a=4, b=5)
"""
NUMBER = """
class Number:
    def __init__(self, n): self.n = n
    def __add__(self, other): return Number(self.n + getattr(other, 'n', other))
    def __radd__(self, other): return Number(other + self.n)
    def __mul__(self, times): return Number(self.n * times) if times else NotImplemented
    def __neg__(self): return Number(-self.n)
    def __abs__(self): return Number(abs(self.n))
    def __int__(self): return int(self.n)
    def __iadd__(self, other):
        self.n += 2 * other
        return self
    def __eq__(self, other): return isinstance(other, Number) and self.n == other.n
    def __hash__(self): return hash(self.n)
    def __lt__(self, other): return self.n < other.n
    def __bool__(self): return self.n > 1
    def __str__(self): return 'five!'
    def __repr__(self): return f'Number {self.n}'
"""
SIZES = """
from enum import Enum, IntEnum, auto
class Size(Enum):
    SMALL = 3
    LARGE = 6
    @property
    def units(self): return self.value * 2
    @classmethod
    def default(cls): return cls.LARGE
class Level(IntEnum):
    LOW = 4
    HIGH = 5
class Place(Enum):
    FIRST = auto()
    SECOND = auto()
class Block(Enum):
    A = (3, 2)
    def __init__(self, units, depth): self.units, self.depth = units, depth
"""
TUPLES = """
from collections import namedtuple
from typing import NamedTuple
class Pair(NamedTuple):
    units: int
    depth: int = 2
    def total(self): return self.units * self.depth
Triple = namedtuple('Triple', 'a b c', defaults=[7])
class More(namedtuple('Base', ['a', 'b'])):
    def total(self): return self.a + self.b
"""
DATA = """
from dataclasses import asdict, dataclass, field, replace
from typing import ClassVar
@dataclass
class Config:
    units: int = 8
    sizes: list = field(default_factory=lambda: [4, 5])
    kind: ClassVar[str] = 'lstm'
    def __post_init__(self): self.total = self.units + sum(self.sizes)
@dataclass
class More(Config):
    extra: int = 2
"""
PLAIN = """
class Attributes(dict):
    def __getattr__(self, key): return self[key]
    def __setattr__(self, key, value): self[key] = value
class Other(dict):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.__dict__ = self
class Doubled(dict):
    def __setitem__(self, key, value): super().__setitem__(key, value * 2)
class Numbers(list):
    def total(self): return sum(self)
class Text(str):
    def twice(self): return self + self
"""
PROPERTIES = """
from functools import cached_property
class Layer:
    calls = 0
    def __init__(self): self._units = 3
    @property
    def units(self): return self._units
    @units.setter
    def units(self, value): self._units = 2 * value
    @cached_property
    def size(self):
        self.calls += 1
        return 4 + self.calls
    def __getattr__(self, name): return 17
class Wider(Layer):
    @Layer.units.setter
    def units(self, value): self._units = 3 * value
layer, wider = Layer(), Wider()
"""
MAKING = """
class Registry:
    known = {}
    def __init_subclass__(cls, name=None, **kwargs):
        super().__init_subclass__(**kwargs)
        Registry.known[name or cls.__name__] = cls
class A(Registry, name='a'): units = 5
class B(Registry): units = 6
class Single:
    one = None
    def __new__(cls, *args):
        if cls.one is None:
            cls.one = super().__new__(cls)
        return cls.one
    def __init__(self, units=4): self.units = units
marked = {}
def mark(name):
    def decorator(cls):
        marked[name] = cls
        cls.tag = 9
        return cls
    return decorator
@mark('c')
class C:
    units = 3
class Scope:
    def __init__(self, units): self.units = units
    def __enter__(self): return self.units + 1
    def __exit__(self, *error): return False
class Base:
    @classmethod
    def make(cls): return cls.units
class Derived(Base):
    units = 8
    @classmethod
    def make(cls): return super().make() + 1
class Failure(ValueError):
    def __init__(self, units):
        super().__init__('bad')
        self.units = units
"""
LOOPS = """
class Count:
    def __init__(self, n): self.n, self.i = n, 0
    def __iter__(self): return self
    def __next__(self):
        if self.i >= self.n:
            raise StopIteration
        self.i += 1
        return self.i
class Listed:
    def __init__(self, *items): self.items = items
    def __iter__(self): return iter(self.items)
class Indexed:
    def __len__(self): return 3
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i + 4
"""
VALUES = {
    BOX: [
        "box['a']", "len(box)", "5 if 'a' in box else 6", "5 if 'z' in box else 6",
        "5 if 'z' not in box else 6", "box['a'] if box else 1", "1 if Box() else 2",
    ],
    BOX + "box['c'] = 7\nbox['a'] += 2\ndel box['b']\n": ["box['c']", "box['a']", "len(box)"],
    NUMBER: [
        "(Number(3) + Number(4)).n", "(2 + Number(3) * 2).n", "abs(-Number(5)).n", "int(Number(6))",
        "5 if Number(2) == Number(2) else 6", "5 if Number(2) != Number(2) else 6",
        "5 if Number(2) == 2 else 6", "5 if Number(1) < Number(2) else 6",
        "5 if Number(1) > Number(2) else 6", "5 if Number(0) else 6", "5 if not Number(1) else 6",
        "5 if Number(2) in [Number(3), Number(2)] else 6", "len(str(Number(1)))",
        "len(f'{Number(1)}')", "len(repr(Number(12)))", "sum([Number(1), Number(2)]).n",
        "len('%s' % str(Number(1)))",
    ],
    NUMBER + "n = Number(3)\nn += 2\n": ["n.n"],
    SIZES: [
        "Size.SMALL.value", "Size.default().units", "Size['LARGE'].value", "Size(3).units",
        "len(Size)", "sum(one.value for one in Size)", "5 if Size(3) is Size.SMALL else 6",
        "5 if Size.SMALL == Size.LARGE else 6", "len(Size.SMALL.name)", "Level.LOW",
        "Level.HIGH + 1",
        "5 if Level.LOW < Level.HIGH else 6", "5 if Level.LOW == 4 else 6", "Place.SECOND.value",
        "Block.A.units", "5 if isinstance(Size.SMALL, Size) else 6",
    ],
    TUPLES: [
        "Pair(4).units", "Pair(4)[1] + 1", "sum(Pair(4))", "len(Pair(4))", "Pair(4).total()",
        "Pair(4)._replace(units=9).units", "Pair(4)._asdict()['units']", "Triple(1, 2).c",
        "Triple(1, 2)[1]", "len(Triple(1, 2, 3))", "max(Triple(1, 2))", "More(3, 4).total()",
        "More(b=3, a=4)[0]", "(lambda units, depth: units + depth)(*Pair(4))",
    ],
    DATA: [
        "Config(units=3).total", "More(1, extra=5).extra", "More().total",
        "replace(More(), units=9).units",
        "asdict(Config(units=3))['units']", "len(Config.kind)", "len(asdict(Config()))",
    ],
    PLAIN: [
        "Attributes(units=6).units", "Attributes(units=6)['units']", "len(Attributes(a=1, b=2))",
        "Attributes({'a': 3}).get('a')", "Other(a=4).a", "len(list(Attributes(a=1).items()))",
        "(lambda units: units)(**Attributes(units=6))", "5 if 'a' in Attributes(a=1) else 6",
        "Numbers([1, 2]).total()", "Numbers([1, 2])[1] + 1", "len(Numbers([1, 2]))",
        "sum(Numbers([1, 4]))", "len(Text('ab').twice())", "5 if Numbers() else 6",
    ],
    PLAIN + "a = Attributes()\na.b = 4\nd = Doubled()\nd['x'] = 3\nn = Numbers()\nn.append(8)\n": [
        "a.b", "a['b']", "len(a)", "d['x']", "n[0]", "n.total()",
    ],
    PROPERTIES + "layer.units = 5\nwider.units = 5\n": [
        "layer.units", "wider.units", "layer.size + layer.size", "layer.other",
    ],
    MAKING: [
        "Registry.known['a'].units", "Registry.known['B']().units", "len(Registry.known)",
        "Derived.make()", "C.tag", "marked['c']().units",
    ],
    MAKING + "Single(3)\ns = Single(6)\n": ["Single.one.units", "s.units"],
    MAKING + "with Scope(5) as n:\n    pass\n": ["n"],
    MAKING + "try:\n    raise Failure(7)\nexcept Failure as e:\n    n = e.units\n": ["n"],
    LOOPS: [
        "sum(Count(3))", "[*Count(4)][-1]", "sum(Listed(3, 5))", "max([*Listed(3, 5)])",
        "sum(Indexed())", "next(Count(2)) + 4", "5 if 3 in Listed(3, 5) else 6",
        "5 if 1003 in Listed(1003) else 6", "sorted(Listed(9, 2))[0]", "len(tuple(Listed(1, 2)))",
    ],
    LOOPS + "a, b = Listed(3, 5)\n": ["a + b"],
    "class A:\n    def __init__(self): self.x, self.y = 3, 4\n": [
        "sum(vars(A()).values())", "A().__dict__['y']", "len(A().__class__.__name__)",
    ],
    "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass A(Generic[T]):\n"
    "    def __init__(self, v: T): self.v = v\n": ["A[int](3).v", "A(4).v"],
}  # fmt: skip
CASES = [(before, value) for before, values in VALUES.items() for value in values]


@pytest.mark.parametrize(("before", "value"), CASES, ids=[value for _, value in CASES])
def test_a_value_is_pythons(before, value):
    names = {}
    exec(before, names)
    assert units(before, value) == eval(value, names)


NOT_FOLLOWED = {
    "a generator without end": "class A:\n    def __iter__(self):\n"
    "        while True: yield 3\nn = max(A())",
    "an iterator without end": "class A:\n    def __iter__(self): return self\n"
    "    def __next__(self): return 3\nn = max(A())",
    "a missing key": f"{BOX}n = box['z']",
    "no special method": "class A: pass\nn = A() + A()",
}


@pytest.mark.parametrize("before", NOT_FOLLOWED.values(), ids=NOT_FOLLOWED)
def test_values_that_are_not_followed_are_unknown(before):
    assert isinstance(units(before, "n"), Unknown)


def units(before, value):
    config = read_python((before + MODEL.format(value)).encode())
    return config.layers[1].arguments["units"]
