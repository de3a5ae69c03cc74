"""Python's syntax is followed on every kind of value: none of them meets a bug of the reader."""

from __future__ import annotations

import contextlib

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.programs import read_python


def texts(text: str, separator: str = ";") -> list[str]:
    return [one.strip() for one in text.replace(separator, "\n").split("\n") if one.strip()]


BEFORE = """
import argparse, collections, dataclasses, enum, functools, os
import keras, numpy as np, pandas as pd, tensorflow as tf
from keras import Model, layers, ops
x = keras.Input((4, 3))
y = layers.LSTM(5)(x)
u = some_library.sizes(3)
class Plain:
    z = 1
    def method(self, *a): return a
class Special(Plain):
    def __len__(self): return 3
    def __getitem__(self, key): return key
    def __call__(self, *a): return u
    def __eq__(self, other): return other
    def __add__(self, other): return u
    def __bool__(self): return u
class OwnLayer(layers.Layer):
    def call(self, inputs): return inputs
class OwnModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2)
    def call(self, inputs): return self.dense(inputs)
class Colour(enum.Enum):
    RED = 1
@dataclasses.dataclass
class Record:
    field: int = 1
def function(*a, **k): return a
def generator():
    yield 1
    yield u
model = Model(x, y)
"""
KINDS = texts("""
x ; u ; u.a[2] ; Plain ; Plain() ; Special() ; Plain().method ; OwnLayer ; OwnLayer()
OwnModel ; OwnModel()
Colour ; Colour.RED ; Record() ; function ; generator() ; lambda *a: a ; model ; model.layers
layers.Dense
layers.LSTM(3) ; keras ; layers ; np.zeros((3, 4)) ; np.random.rand(u) ; np.float32
pd.read_csv('a').values
tf.constant([1, 2]) ; ops.shape(x) ; x.shape ; tf.Variable(3.)
tf.data.Dataset.from_tensor_slices([1])
None ; True ; 0 ; -1 ; 2.5 ; float('nan') ; 10**40 ; 1 + 2j ; '' ; '%s %d' ; b'ab' ; []
[u, 1] ; (x, y) ; {}
{'a': 1, 2: u} ; {1, 2} ; range(10**12) ; slice(1, u) ; Ellipsis ; NotImplemented ; iter([1])
open('a') ; object()
collections.Counter('aab') ; collections.defaultdict(list)
collections.namedtuple('N', 'a b')(1, 2)
functools.partial(function, 1) ; argparse.ArgumentParser() ; os.environ ; ValueError('a')
super ; print ; int
keras.regularizers.l2(0.1) ; keras.optimizers.Adam(1e-3) ; layers.Dense(2).kernel ; globals()
__builtins__
""")
EXPRESSIONS = texts("""
@[0] ; @['a'] ; @[:] ; @[..., None] ; @[@] ; [1, 2][@] ; {'a': 1}[@] ; 'abc'[@:] ; 1 + @
@ + @ ; @ * 2 ; @ ** 2
2 ** @ ; '%d %s' % (@, @) ; -@ ; ~@ ; not @ ; @ < 1 ; @ == @ ; @ is None ; 1 in @ ; @ in [1]
@ @ @ ; @ and @
1 if @ else 2 ; @ // 2 ; @ << 2 ; @ | @ ; x + @ ; @ - y ; f'{@}' ; f'{@!r:>5}' ; f'{@:d}'
f'{1:{@}}' ; [*@]
{**@} ; {@: 1} ; {@} ; [i for i in @] ; @() ; @(1) ; @(*@) ; @(**@) ; @.a ; @.a() ; @.shape[1]
@.__class__
@.__name__ ; @.__dict__ ; @.__init__(x) ; str(@) ; int(@) ; len(@) ; round(@) ; abs(@)
isinstance(@, @)
issubclass(@, @) ; super(@, @).a ; super(OwnModel, @).a ; getattr(@, 'a', @) ; max(@, @)
sum(@) ; sorted(@, key=@)
zip(@, @) ; map(@, @) ; next(@) ; type(@) ; type('T', (@,), {}) ; set(@) ; dict(@) ; iter(@)
'{} {a}'.format(@, a=@)
','.join(@) ; model(@) ; layers.Dense(@) ; layers.Dense(2)(@) ; layers.LSTM(@)(x)
keras.Sequential(@)
Model(@, @) ; keras.Input(@) ; layers.concatenate(@) ; layers.Lambda(@)(x)
layers.Reshape(@)(y) ; np.zeros(@)
""")
STATEMENTS = texts(
    """
for i in @: pass
for i, j in @: pass
a, *b = @
with @ as w: pass
del @[0]
@[0] = 1
@.a = 1
del @.a
raise @
assert @
r = @; r += 1
r = 1; r += @
class C(@): pass
""",
    separator="\n",
)


@pytest.mark.parametrize("line", [f"r = {text}" for text in EXPRESSIONS] + STATEMENTS)
def test_every_kind_of_value(line: str) -> None:
    lines = [line.replace("@", f"({kind})") for kind in KINDS]
    if line == "r = @ @ @":
        lines = [f"r = ({kind}) @ ({kind})" for kind in KINDS]
    tried = "".join(f"try:\n    {each}\nexcept Exception:\n    pass\n" for each in lines)
    with contextlib.suppress(LstmcountError):
        read_python((BEFORE + tried).encode())
