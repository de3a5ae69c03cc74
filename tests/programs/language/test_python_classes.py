"""Classes and decorators in programs do what they do in Python."""

from __future__ import annotations

import json

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.sizes import MODEL, assert_as_in_python, total

SIZES = {
    "an attribute of a class that an object changes in place": """
        class Net:
            sizes = [1]
            def add(self, n):
                self.sizes += [n]
                return self
        net = Net().add(2)
        Net.sizes = [7]
        sizes = [*net.sizes, *Net.sizes, 2 if "sizes" in vars(net) else 3]
        class Doubled:
            def __init__(self): self._sizes = [2]
            @property
            def sizes(self): return self._sizes
            @sizes.setter
            def sizes(self, new): self._sizes = [*new, 9]
        doubled = Doubled()
        doubled.sizes += [4]
        sizes += doubled.sizes
    """,
    "the getter of an inherited property": """
        class Net:
            def __init__(self): self.n = 3
            @property
            def size(self): return self.n * 2
            @size.setter
            def size(self, new): self.n = new + 1
        class Wide(Net):
            @Net.size.getter
            def size(self): return self.n * 3
        wide = Wide()
        wide.size = 4
        sizes = [wide.size, Net().size]
    """,
    "slots": """
        import dataclasses
        class Base:
            __slots__ = "size"
        class Slots(Base):
            __slots__ = ["_depth"]
            def __init__(self, **values):
                for name, value in values.items():
                    try: setattr(self, name, value)
                    except AttributeError: self.size = 2 * value
            @property
            def depth(self): return self._depth
            @depth.setter
            def depth(self, new): self._depth = new + 1
        class Open(Slots): pass
        class Dict(Base): __slots__ = ("__dict__",)
        @dataclasses.dataclass(slots=True)
        class Data: size: int = 3
        slots, data = Slots(width=4, depth=6), Data()
        try: object.__setattr__(slots, "width", 3)
        except AttributeError: slots.size += 1
        try: data.width = 3
        except AttributeError: data.size = 5
        sizes = [slots.size, slots.depth, Open(size=7, width=9).width, data.size]
        wide = Dict()
        wide.width = 8
        sizes += [wide.width, 2 if hasattr(slots, "__dict__") else 3, 2 if vars(wide) else 3]
    """,
    "methods for attributes": """
        class Config:
            size = 4
            def __getattribute__(self, name):
                return int(name[2:]) if name.startswith("n_") else super().__getattribute__(name)
            def __getattr__(self, name): return 13
            def double(self): return self.size * 2
        class Plain(Config):
            def __getattribute__(self, name): return object.__getattribute__(self, name)
        sizes = [Config().n_8, Config().size, Config().depth, Config().double(), Plain().n_8]
        class Named:
            def __getattr__(self, name):
                if name.startswith("x"): raise AttributeError(name)
                return len(name)
        named = Named()
        sizes += [getattr(named, "abc", 9), getattr(named, "xyz", 7)]
        sizes += [2 if hasattr(named, name) else 3 for name in ("q", "x")]
    """,
    "objects of immutable types": """
        class Units(int):
            def __new__(cls, n): return super().__new__(cls, n * 2)
        class Named(str):
            def __init__(self, text, n=2): self.n = n
        class Shape(tuple):
            def __new__(cls, *sizes): return super().__new__(cls, sizes)
        class Width(int):
            def __init__(self, n): self.half = n // 2
        sizes = [Units(3), Units(3) + 1, Named("7").n, len(Named("abc")), *Shape(3, 4), Width(8)]
        sizes.append(Width(8).half)
    """,
    "a descriptor that sets attributes of its class": """
        class Even:
            def __set_name__(self, owner, name):
                self.name = "_" + name
                owner.names = getattr(owner, "names", []) + [name]
            def __get__(self, obj, cls=None): return getattr(obj, self.name, 2)
            def __set__(self, obj, value): setattr(obj, self.name, value + value % 2)
        class Config:
            a, b = Even(), Even()
        config = Config()
        config.a = 5
        sizes = [config.a, config.b, len(Config.names)]
    """,
    "decorators: caches of functions": """
        from functools import cache, cached_property as computed_once, lru_cache
        calls = []
        @lru_cache(maxsize=None)
        def double(n):
            calls.append(n)
            return n * 2
        sizes = [double(3), double(3), double(4), len(calls)]
        double.cache_clear()
        sizes += [double(3), len(calls)]
        @cache
        def made(a, b=1):
            return [a, b]
        sizes += [2 if made(1) is made(1) else 3, len(made(1, b=1)), 2 if made(2) is made(1) else 3]
        @lru_cache(2)
        def read(n): calls.append(n)
        for n in (1, 2, 1, 3, 2, 1): read(n)
        sizes.append(len(calls))
        class Net:
            n = 0
            @computed_once
            def size(self):
                Net.n += 1
                return Net.n + 3
            @lru_cache
            def width(self, k):
                Net.n += 10
                return Net.n + k
        a, b = Net(), Net()
        sizes += [a.size, a.size, b.size, a.width(1), a.width(1), b.width(1), Net.n]
    """,
    "decorators: a method for each type": """
        from functools import singledispatchmethod
        class Net:
            def __init__(self, n): self.n = n
            @singledispatchmethod
            def size(self, value): return 6
            @size.register
            def _(self, value: str): return len(value) + self.n
            @size.register(list)
            def _(self, value, more=1): return value[0] + more
        class Wide(Net): pass
        sizes = [Net(1).size(2), Net(1).size("abc"), Wide(4).size([3], more=2), Wide(4).size("")]
    """,
    "decorators: a name that is passed on": """
        def noted(function):
            function.length = len(function.__name__)
            return function
        def twice(function):
            def inner(*args): return 2 * function(*args)
            inner.__name__ = function.__name__
            return inner
        @noted
        @twice
        def size(n=3): return n
        sizes = [size(), size.length]
    """,
    "decorators: a function for each type": """
        from functools import singledispatch
        class Base: pass
        class Derived(Base): pass
        @singledispatch
        def size(value): return 1
        @size.register(int)
        def _(value): return value + 10
        @size.register
        def _(value: str): return len(value)
        @size.register(list)
        @size.register(tuple)
        def _(value): return 50
        @size.register(Base)
        def _(value): return 60
        sizes = [size(v) for v in (3, "abc", [1], (1,), 2.5, Derived(), True)]
        @size.register(Derived)
        def _(value): return 70
        sizes += [size(Derived()), size(Base())]
    """,
    "decorators: objects, classes and partial calls": """
        from functools import partial, wraps
        class Counting:
            def __init__(self, function): self.function, self.n = function, 0
            def __call__(self, value):
                self.n += 1
                return self.function(value) + self.n
        @Counting
        def one(value): return value
        class Times:
            def __init__(self, k): self.k = k
            def __call__(self, function): return lambda value: function(value) * self.k
        @Times(3)
        def two(value): return value + 1
        def scaled(function, k=1): return lambda value: function(value) * k
        @partial(scaled, k=4)
        def three(value): return value
        names = {}
        def named(function):
            names[function.__name__] = function
            return function
        def more(function):
            @wraps(function)
            def inner(*args): return function(*args) + 5
            return inner
        @named
        @more
        def four(value): return value * 2
        class Net:
            k = 9
            @property
            @more
            def size(self): return 2
            @staticmethod
            @more
            def width(value): return value
            @classmethod
            @more
            def depth(cls): return cls.k
        sizes = [one(3), one(3), one.n, two(3), three(2), names["four"](3)]
        sizes += [Net().size, Net.width(1), Net().width(2), Net.depth(), Net().depth()]
    """,
    "properties and descriptors": """
        class Sized:
            def __init__(self, units=3): self._units = units
            @property
            def units(self): return self._units
            @units.setter
            def units(self, value): self._units = value * 2
            @units.deleter
            def units(self): self._units = 1
            def get(self): return self._units + 50
            more = property(get)
            most = property(lambda self: self._units + 7, lambda self, n: self.__init__(n + 1))
        sized = Sized()
        sizes = [sized.units]
        sized.units = 5
        sizes += [sized.units, sized.more, sized.most]
        sized.most = 8
        sizes.append(sized.units)
        del sized.units
        sizes.append(sized.units)
        class Doubled:
            def __set_name__(self, owner, name): self.name = "_" + name
            def __get__(self, owner, cls):
                return getattr(owner, self.name) * 2 if owner else len(self.name)
            def __set__(self, owner, value): setattr(owner, self.name, value + 1)
        class Net:
            width = Doubled()
            def __init__(self): self.width = 4
        net = Net()
        sizes += [net.width, Net.width]
        net.width = 9
        sizes += [net.width, net._width]
        class Plain: size = 4
        plain = Plain()
        plain.size = 6
        del plain.size
        sizes += [plain.size, getattr(plain, "other", 5)]
    """,
    "names of classes": """
        n = 5
        class Base:
            n = 2
            inner = [n for _ in range(2)]
            source = [k for k in range(n)]
            table = {k: n for k in range(n)}
            read = lambda self: n
            __size = 6
            def size(self): return self.__size
            def __hidden(self): return 4
            def hidden(self): return self.__hidden()
        class Derived(Base):
            __size = 9
            def other(self): return self.__size
        base = Base()
        sizes = [*base.inner, *base.source, *base.table.values(), base.read(), base._Base__size]
        sizes += [base.hidden(), base._Base__hidden(), Derived().size(), Derived().other()]
        sizes = [n + 1 for n in sizes]
    """,
    "classes: metaclasses and type()": """
        class Sized(type):
            made = []
            def __new__(mcs, name, bases, names, **options):
                cls = super().__new__(mcs, name, bases, names)
                cls.size = 5 + options.get("more", 0)
                return cls
            def __init__(cls, name, bases, names, **options):
                super().__init__(name, bases, names)
                Sized.made.append(name)
            def __call__(cls, *args):
                made = super().__call__(*args)
                made.extra = 6
                return made
            def double(cls): return cls.size * 2
        class A(metaclass=Sized):
            def __init__(self, n=3): self.n = n
        class B(A, more=4): pass
        sizes = [A.size, B.size, A().n, B(7).n, A().extra, len(Sized.made), A.double()]
        class Once(type):
            kept = {}
            def __call__(cls, *args):
                if cls not in cls.kept: cls.kept[cls] = super().__call__(*args)
                return cls.kept[cls]
        class Net(metaclass=Once):
            def __init__(self, n): self.n = n
        sizes += [Net(3).n, Net(9).n]
        C = type("C", (A,), {"k": 5, "more": lambda self: self.k + 1})
        sizes += [C.k, C().more(), C().n, type(C()).k, len(C.__name__)]
        sizes += [1 + isinstance(A, type), 1 + isinstance(A(), type), 1 + isinstance(int, type)]
    """,
    "enumerations: values, aliases and members that are not there": """
        from enum import Enum, Flag, IntEnum, StrEnum, auto, unique
        class Kind(Enum):
            SMALL = 4
            TEXT = "x"
            LARGE = 7
            LITTLE = 4
            @property
            def double(self): return self.value * 2
            @classmethod
            def _missing_(cls, value): return cls.LARGE if value == 99 else None
        sizes = [len(Kind), len(Kind.__members__), Kind.LITTLE is Kind.SMALL, Kind.SMALL.double]
        sizes += [Kind(7).value, Kind(99).value, len(Kind.LITTLE.name)]
        @unique
        class Level(IntEnum):
            LOW = auto()
            MIDDLE = 5
            HIGH = auto()
        sizes += [Level.LOW + 0, Level.HIGH + 0, max(Level) + 0, len([n for n in Level if n > 1])]
        try: Level(3)
        except ValueError: sizes.append(55)
        try: Level["NONE"]
        except KeyError: sizes.append(56)
        class Layer(StrEnum):
            LSTM = auto()
            GRU = "gru"
        sizes += [len(Layer.LSTM), Layer("gru") is Layer.GRU, Layer.LSTM == "lstm"]
        class Mode(Flag):
            A = auto()
            B = auto()
            C = auto()
        sizes += [Mode.C.value, isinstance(Mode.A, Flag), isinstance(Kind.TEXT, Enum)]
        Made = Enum("Made", "P Q R")
        Other = Enum("Other", {"U": 8, "V": 9})
        sizes += [Made.R.value, len(Made), Made["Q"].value, Other.V.value]
        sizes = [n + 1 for n in sizes]
    """,
    "dataclasses: fields": """
        from dataclasses import asdict, astuple, dataclass, field, fields, is_dataclass, replace
        @dataclass
        class Config:
            units: int
            layers: list = field(default_factory=list)
            depth: int = 3
            width: int = field(default=8, init=False)
            double: int = field(init=False)
            def __post_init__(self): self.double = self.units * 2
        a, b = Config(4), Config(5, [1])
        a.layers.append(2)
        sizes = [a.units, len(a.layers), len(b.layers), a.depth, a.width, a.double, b.double]
        sizes += [asdict(b)["units"], astuple(b)[0], len(asdict(b))]
        sizes += [len(f.name) for f in fields(Config)] + [len(fields(a)), is_dataclass(Config) + 1]
        @dataclass
        class Deep(Config):
            more: int = 1
            inner: Config = field(default_factory=lambda: Config(6))
        deep = Deep(2, more=6)
        sizes += [deep.more, deep.units, deep.inner.units, Deep.more]
        sizes.append(asdict(deep)["inner"]["units"])
        @dataclass(frozen=True, order=True)
        class Point:
            x: int
            y: int = 0
            @property
            def both(self): return self.x + self.y
        sizes += [(Point(1) == Point(1)) + 1, (Point(1) == Point(2)) + 1]
        sizes += [(Point(1, 5) < Point(2)) + 1, (Point(3) >= Point(3)) + 1]
        sizes += [replace(Point(3, 4), x=7).both, replace(Point(3), y=1).both]
        try: Point(1).x = 4
        except AttributeError: sizes.append(77)
        try: Point(1, 2, 3)
        except TypeError: sizes.append(78)
        @dataclass(kw_only=True)
        class Named:
            u: int = 2
            v: int
        sizes += [Named(v=3).u, Named(v=3).v]
    """,
    "objects: attributes and keys that are not there": """
        from dataclasses import dataclass
        from types import SimpleNamespace
        given = SimpleNamespace(a=1, b=2)
        delattr(given, "a")
        sizes = [len(vars(given)), hasattr(given, "a") + 1]
        class Lengths(dict):
            def __missing__(self, key): return len(key)
        lengths = Lengths(a=1)
        sizes += [lengths["a"], lengths["hello"], len(lengths)]
        try: raise KeyError(3)
        except KeyError as error: sizes.append(error.args[0])
        try: error
        except NameError: sizes.append(7)
        try: {}["four"]
        except KeyError as missing: sizes.append(len(missing.args[0]))
        try: assert 1 > 2, "too small"
        except AssertionError as failed: sizes.append(len(str(failed)))
        @dataclass(frozen=True)
        class Frozen:
            n: int
            def __post_init__(self): object.__setattr__(self, "double", self.n * 2)
        class Once:
            made = None
            def __new__(cls):
                if cls.made is None: cls.made = object.__new__(cls)
                return cls.made
        class Limited:
            def __init__(self): self._n = 0
            @property
            def n(self): return self._n
            @n.setter
            def n(self, value): self._n = max(value, 2)
            def __setattr__(self, name, value):
                object.__setattr__(self, name, value * 3 if name == "other" else value)
            def __getattribute__(self, name): return object.__getattribute__(self, name)
        limited = Limited()
        limited.n, limited.other = -3, 4
        sizes += [Frozen(3).double, 1 + (Once() is Once()), limited.n, limited.other]
        class Base: pass
        class First(Base): n = 2
        class Second(Base): n = 3
        class Third(Second): n = 9
        sizes += [len(Base.__subclasses__()), *[cls.n for cls in Base.__subclasses__()]]
        class Config(dict):
            __getattr__ = dict.__getitem__
            __setattr__ = dict.__setitem__
        config = Config(units=5)
        config.depth = 4
        sizes += [config.units, config.depth, len(config)]
        class Stack(list):
            def push(self, value):
                self.append(value)
                return self
        sizes += Stack().push(6).push(7)
    """,
}


@pytest.mark.parametrize("case", SIZES)
def test_classes_behave_as_in_python(case: str) -> None:
    assert_as_in_python(SIZES[case])


UNKNOWN_ARGUMENTS = {
    "def size(n=3): return n\nn = size(**given)": "given['n']",
    "def size(a, n=3): return n\nn = size(4, *given)": "given[0]",
    "def size(a, *, n=3): return n\nn = size(4, **given)": "given['n']",
    "def size(*sizes): return len(sizes) + 1\nn = size(*given)": "n",
    "class Net:\n    def __init__(self, n=3): self.n = n\nn = Net(**given).n": "given['n']",
    "@dataclass\nclass Net:\n    n: int = 3\nn = Net(**given).n": "given['n']",
    "def size(a, *sizes): return sum(sizes)\nn = size(*given)": "n",
    "class Net:\n    def size(self, *sizes): return sizes[2]\nn = Net().size(2, 3, *given)": "n",
    "sizes = [4, 5]\ndel sizes[given]\nn = sizes[0]": "n",
}


@pytest.mark.parametrize("lines", UNKNOWN_ARGUMENTS)
def test_unknown_arguments_are_no_defaults(lines: str) -> None:
    program = f"from dataclasses import dataclass\nfrom elsewhere import given\n{lines}\n"
    program += MODEL.replace("for n in sizes", "for _ in range(1)")
    counts = infer(read_python(program.encode()))
    assert not isinstance(counts.total_params, int)
    settings = {UNKNOWN_ARGUMENTS[lines]: 8}
    assert infer(read_python(program.encode(), settings=settings)).total_params == 8
    assert not settings


@pytest.mark.parametrize(
    ("lines", "call"),
    [
        ("def build(*sizes): return model(sizes)", "build(*given)"),
        ("def build(first, *sizes): return model([first, *sizes])", "build(*given)"),
        ("def build(*sizes): return model(sizes)", "build(4, *given)"),
        ("class Net:\n    def __init__(self, *sizes): self.model = model(sizes)", "Net(*given)"),
    ],
)
def test_a_model_of_unknown_elements_is_not_one_without_elements(lines: str, call: str) -> None:
    program = f"""
import keras
from elsewhere import given
def model(sizes): return keras.Sequential([keras.Input((3,)), *map(keras.layers.Dense, sizes)])
{lines}
net = {call}
"""
    with pytest.raises(LstmcountError):
        infer(read_python(program.encode()))


def test_labels_as_columns() -> None:
    program = """
import numpy as np
from keras.utils import to_categorical
sizes = [*to_categorical([0, 2, 1, 2]).shape, *to_categorical(np.zeros((6, 1)), 5).shape]
sizes += to_categorical(np.zeros((8, 9)), 7).shape
"""
    model = read_python(f"{program}{MODEL}".encode())
    assert infer(model).total_params == total([4, 3, 6, 5, 8, 9, 7])


def test_tensors_and_their_inputs() -> None:
    program = """
from keras import Input, Model, layers
from keras import backend as K
from keras.utils import get_source_inputs
first, second = Input((3,)), Input((4,))
outputs = layers.Dense(5)(layers.concatenate([layers.Dense(2)(second), first]))
if K.is_keras_tensor(first) and not K.is_keras_tensor(3):
    outputs = layers.Dense(1)(outputs)
model = Model(get_source_inputs(outputs), outputs)
"""
    counts = infer(read_python(program.encode()))
    assert counts.total_params == (4 + 1) * 2 + (5 + 1) * 5 + 6
    assert [layer.output_shape for layer in counts.layers if layer.class_name == "InputLayer"] == [
        (None, 4), (None, 3)
    ]  # fmt: skip


def test_arguments_that_are_set_before_a_layer_is_built() -> None:
    program = """
import keras
from keras import layers
dense, conv, lstm = layers.Dense(4), layers.Conv1D(4, 3), layers.LSTM(5)
dense.units, dense.use_bias, conv.filters, conv.kernel_size = 8, False, 6, (1,)
lstm.return_sequences = True
model = keras.Sequential([keras.Input((7, 3)), conv, lstm, layers.Flatten(), dense])
"""
    counts = infer(read_python(program.encode()))
    assert [layer.params for layer in counts.layers] == [3 * 6 + 6, 4 * 5 * (6 + 5 + 1), 0, 280]


def test_unknown_arguments_of_a_layer() -> None:
    program = b"from elsewhere import given\nimport keras\n" + (
        b"model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, **given)])"
    )
    config = read_python(program)
    assert not isinstance(infer(config).total_params, int)
    assert "--set 'given={}'" in str(config.layers[-1].unknown_because)
    for value, params in (({}, 15), ({"use_bias": False}, 12)):
        assert infer(read_python(program, settings={"given": value})).total_params == params


@pytest.mark.parametrize(
    ("layer", "example"),
    [
        ("Conv1D(**given)", '{"filters":3,"kernel_size":3}'),
        ("Conv1D(8, **given)", '{"kernel_size":3}'),
        ("Conv1D(kernel_size=2, **given)", '{"filters":3}'),
        ("Dropout(**given)", '{"rate":0.5}'),
        ("BatchNormalization(**given)", "{}"),
    ],
)
def test_the_advice_for_unknown_arguments_names_those_that_a_layer_needs(
    layer: str, example: str
) -> None:
    program = "from elsewhere import given\nfrom keras import Input, Sequential\n" + (
        f"from keras.layers import *\nmodel = Sequential([Input((5, 4)), {layer}])"
    )
    reason = str(read_python(program.encode()).layers[-1].unknown_because)
    assert reason.endswith(f"--set 'given={example}'")
    settings = {"given": json.loads(example)}
    assert isinstance(infer(read_python(program.encode(), settings=settings)).total_params, int)


def test_an_attribute_without_a_slot_ends_the_program() -> None:
    program = "class Config:\n    __slots__ = ('n',)\nconfig = Config()\nconfig.width = 3\n"
    with pytest.raises(LstmcountError, match="Config has no slot 'width'"):
        read_python(f"{program}{MODEL.replace('in sizes', 'in [3]')}".encode())
