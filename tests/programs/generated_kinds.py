"""Random programs of custom layers, cells, copies of models and unknown names around one tensor.

Each kind gives definitions, lines that compute `y` from `y`, of the shape (batch, steps, features),
and the values of names that only data or a user could give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

BEFORE = """
import math
import numpy as np
import keras
from keras import Input, Model, Sequential, layers, ops
"""


class Part(NamedTuple):
    definitions: str
    lines: str
    names: Mapping[str, Any] = MappingProxyType({})


def program_and_names(random: Random) -> tuple[str, dict[str, Any]]:
    """A program with the variable `model`, and the names that it takes from elsewhere."""
    steps, features = random.randint(2, 5), random.randint(2, 5)
    parts = [
        kind(random, at) for at, kind in enumerate(random.choices(KINDS, k=random.randint(1, 4)))
    ]
    names = {name: value for part in parts for name, value in part.names.items()}
    text = BEFORE + (f"from elsewhere import {', '.join(names)}\n" if names else "")
    text += "".join(part.definitions for part in parts)
    lines = "".join(part.lines for part in parts)
    return text + random.choice(PLACES)(f"({steps}, {features})", lines), names


def _at_the_top(shape: str, lines: str) -> str:
    end = "model = Model(x, layers.Dense(2)(y))\n"
    return f"x = y = Input({shape})\n{lines}{end}"


def _in_a_function(shape: str, lines: str) -> str:
    body = "".join(f"    {line}\n" for line in lines.splitlines())
    return (
        f"def build(shape, units=2):\n    x = y = Input(shape)\n{body}"
        f"    return Model(inputs=x, outputs=layers.Dense(units)(y))\nmodel = build({shape})\n"
    )


def _around_a_model(shape: str, lines: str) -> str:
    return (
        f"{_in_a_function(shape, lines)}"
        f"x = Input({shape})\nmodel = Model(x, layers.LSTM(3)(model(x)))\n"
    )


PLACES = [_at_the_top, _in_a_function, _around_a_model]


# -- constants inside `call` ----------------------------------------------------------------------


def _constant(random: Random, at: int) -> Part:
    n, table = random.randint(1, 4), random.randint(9, 12)
    inner, result = random.choice(
        [
            (f"layers.Embedding({table}, x.shape[-1])", "x + self.inner(ops.arange(x.shape[1]))"),
            (f"layers.Dense({n})", "x + ops.sum(self.inner(ops.ones((1, 5))))"),
            (f"layers.Dense({n})", "x * ops.mean(self.inner(self.own))"),
            (f"layers.LSTM({n})", "x + ops.max(self.inner(ops.zeros((1, 3, 2))))"),
        ]
    )
    return Part(
        f"class Constant{at}(layers.Layer):\n"
        "    def build(self, shape):\n"
        f"        x = keras.KerasTensor(shape)\n        self.inner = {inner}\n"
        f"        self.own = self.add_weight(shape=(2, {n}))\n"
        f"    def call(self, x):\n        return {result}\n",
        f"y = Constant{at}()(y)\n",
    )


# -- own cells, derived layers, other spellings ---------------------------------------------------


def _cell(random: Random, at: int) -> Part:
    n = random.randint(1, 4)
    sizes = random.choice(
        [
            ("self.state_size = n", ""),
            ("self.state_size = [n, n]", ""),
            ("pass", "    @property\n    def state_size(self): return self.n\n"),
        ]
    )
    several = "[n, n]" in sizes[0]
    states = "[new, states[1]]" if several else "[new]"
    inside = f"Cell{at}({n})"
    run = random.choice(
        [
            f"RNN({inside}, return_sequences=True)",
            f"RNN([{inside}, layers.GRUCell(3)], return_sequences=True)",
            f"Bidirectional(layers.RNN({inside}, return_sequences=True))",
        ]
    )
    return Part(
        f"@keras.saving.register_keras_serializable()\nclass Cell{at}(layers.Layer):\n"
        "    def __init__(self, n, **kwargs):\n"
        f"        super().__init__(**kwargs)\n        self.n = n\n        {sizes[0]}\n{sizes[1]}"
        "    def build(self, shape):\n"
        "        self.w = self.add_weight(shape=(shape[-1], self.n))\n"
        "    def call(self, inputs, states):\n"
        "        new = ops.matmul(inputs, self.w) + states[0]\n"
        f"        return new, {states}\n"
        "    def get_config(self): return {**super().get_config(), 'n': self.n}\n",
        f"y = layers.{run}(y)\n",
    )


def _derived(random: Random, at: int) -> Part:
    base = random.choice(["Dense(n)", "LayerNormalization()", "LSTM(n, return_sequences=True)"])
    name, _, rest = base.partition("(")
    shape = random.choice(["input_shape", "shape", "s"])
    other, more = random.choice(["x", "inputs"]), ""
    if name == "LSTM":  # Keras wants each shape that it passes to be an argument of `call`
        other, more = "sequences", ", initial_state=None, mask=None, training=False"
        shape = "sequences_shape, initial_state_shape=None"
    first, n = shape.partition(",")[0], random.randint(1, 4)
    return Part(
        f"class Derived{at}(layers.{name}):\n"
        f"    def __init__(self, n, **kwargs):\n        super().__init__({rest[:-1]}"
        f"{', ' if rest != ')' else ''}**kwargs)\n        self.more = n\n"
        f"    def build(self, {shape}):\n        super().build({first})\n"
        f"        self.extra = self.add_weight(shape=({first}[-1], self.more), name='extra')\n"
        f"    def call(self, {other}{more}):\n        return super().call({other})\n",
        f"y = Derived{at}({n})({random.choice(['y', f'{other}=y'])})\n",
    )


def _changed(random: Random, at: int) -> Part:
    line, make = random.choice(
        [
            ("each.units = {}", "layers.Dense(9)"),
            ("setattr(each, 'use_bias', bool({} % 2))", "layers.Dense(4)"),
            ("each.cell.use_bias = {} > 2", "layers.LSTM(2, return_sequences=True)"),
            ("vars(each.cell)['reset_after'] = {} < 3", "layers.GRU(2, return_sequences=True)"),
            ("each.forward_layer.cell.use_bias = {} < 2",
             "layers.Bidirectional(layers.LSTM(2, return_sequences=True))"),
        ]
    )  # fmt: skip
    lines = [f"each = {make}\n", line.format(random.randint(1, 4)) + "\n", "y = each(y)\n"]
    if random.random() < 0.3:
        lines[1:] = ["y = each(y)\n", lines[1]]
    return Part("", "".join(lines))


# -- copies ---------------------------------------------------------------------------------------


def _cloned(random: Random, at: int) -> Part:
    units = random.randint(1, 5)
    copied = random.choice(
        [
            "keras.models.clone_model(base)",
            "keras.models.clone_model(base, clone_function=wider)",
            "Model.from_config(base.get_config())",
            "keras.models.model_from_json(base.to_json())",
        ]
    )
    return Part(
        "def wider(layer):\n    config = layer.get_config()\n"
        "    if 'units' in config:\n        config['units'] += 2\n"
        "    return layer.__class__.from_config(config)\n",
        f"inside = Input(y.shape[1:])\nbase = Model(inside, layers.Dense({units})(inside))\n"
        f"y = {copied}(y)\n",
    )


def _from_config(random: Random, at: int) -> Part:
    units = random.randint(1, 5)
    made = random.choice(
        [
            "layers.Dense.from_config({{'units': {0}}})",
            "layers.Dense.from_config({{**layers.Dense(9).get_config(), 'units': {0}}})",
            "layers.deserialize(layers.serialize(layers.Dense({0})))",
            "layers.deserialize({{'module': 'keras.layers', 'class_name': 'Dense', "
            "'config': {{'units': {0}}}}})",
            "getattr(layers, 'De' + 'nse')({0})",
            "vars(layers)['Dense']({0})",
            "{{'a': layers.Dense, 'b': layers.LSTM}}['a']({0})",
        ]
    )
    return Part("", f"y = {made.format(units)}(y)\n")


# -- subclassed models ----------------------------------------------------------------------------


def _net(random: Random, at: int) -> Part:
    a, b = random.randint(1, 4), random.randint(1, 4)
    helper = random.choice(
        ["", f"        self.helper = Sequential([layers.Dense({b}), layers.ReLU()])\n",
         f"        helper = Model(i := Input((2,)), layers.Dense({b})(i))\n"]
    )  # fmt: skip
    used = random.choice(["self.first(x)", "self.second(self.first(x))"])
    used = f"self.helper({used})" if "self.helper" in helper else used
    return Part(
        f"class Net{at}(keras.Model):\n"
        f"    def __init__(self, **kwargs):\n        super().__init__(**kwargs)\n{helper}"
        f"        self.first, self.second = layers.Dense({a}), layers.Dense({b})\n"
        f"    def call(self, x, training=None):\n        return {used}\n",
        f"y = Net{at}()(y)\n",
    )


# -- operations on shapes -------------------------------------------------------------------------


def _operation(random: Random, at: int) -> Part:
    n = random.randint(1, 3)
    line = random.choice(
        [
            "y = ops.matmul(y, ops.transpose(y, (0, 2, 1)))",
            "y = ops.einsum('btf,bsf->bts', y, y)",
            "y = ops.reshape(y, (-1, 1, math.prod(y.shape[1:])))",
            f"y = ops.concatenate([y] * {n}, axis=-1)",
            "y = y + ops.broadcast_to(ops.ones((1, 1, y.shape[-1])), ops.shape(y))",
            "y = layers.Dot(axes=(2, 2))([y, y])",
            f"y = ops.repeat(y, {n}, axis=1)",
            "b, t, f = ops.shape(y); y = ops.reshape(y, (b, t * f, 1))",
            f"y = ops.pad(y, [[0, 0], [{n}, 0], [0, {n}]])",
        ]
    )
    if random.random() < 0.5 or "broadcast_to" in line:
        body = "".join(f"        {part}\n" for part in line.split("; "))
        return Part(
            f"class Own{at}(layers.Layer):\n    def call(self, y):\n{body}        return y\n",
            f"y = Own{at}()(y)\n",
        )
    return Part("", line + "\n")


# -- names that only data or a user gives ---------------------------------------------------------


def _unknown(random: Random, at: int) -> Part:
    n, name = random.randint(1, 3), f"given_{at}"
    lines, value = random.choice(
        [
            ("for _ in range({0}): y = layers.Dense(3)(y)\n", n),
            ("for n in {0}: y = layers.Dense(n)(y)\n", [n, 4]),
            ("if {0} == 'lstm': y = layers.LSTM(2, return_sequences=True)(y)\n"
             "else: y = layers.Dense(5)(y)\n", random.choice(["lstm", "gru"])),
            ("y = layers.Dense(len(set({0})))(y)\n", [1, n, 1]),
            ("y = getattr(layers, {0})(3)(y)\n", random.choice(["Dense", "ReLU"])),
            ("y = layers.Dense(len([1, *{0}]))(y)\n", [1] * n),
            ("def head(units=2, **more): return layers.Dense(units + len(more))\n"
             "y = head(**{0})(y)\n", random.choice([{}, {"units": 4}, {"units": 3, "k": 1}])),
            ("try: n = 3 + int({0})\nexcept ValueError: n = 2\ny = layers.Dense(n)(y)\n",
             random.choice(["1", "x"])),
            ("n = 1\nwhile n < {0}:\n    y = layers.Dense(n)(y)\n    n += 2\n", n + 2),
        ]
    )  # fmt: skip
    return Part("", lines.format(name), {name: value})


def _data(random: Random, at: int) -> Part:
    n = random.randint(2, 4)
    lines, size = random.choice(
        [
            ("seen = set()\nfor word in 'a b a c'.split(): seen |= {word}\n", "len(seen)"),
            (f"rows, windows = np.zeros((20, 2)), []\nfor i in range({n}, len(rows)):\n"
             f"    windows.append(rows[i - {n}:i, 0])\nwindows = np.array(windows)\n",
             "windows.shape[1]"),
            (f"table = np.hstack([np.zeros((3, {n})), np.ones((3, 1))])\n", "table.shape[-1]"),
            (f"labels = keras.utils.to_categorical([0, 1, 0], {n})\n", "labels.shape[1]"),
            ("counts = {}\nfor letter in 'abca': counts[letter] = counts.get(letter, 0) + 1\n",
             "len(counts) + max(counts.values())"),
        ]
    )  # fmt: skip
    return Part("", f"{lines}y = layers.Dense({size})(y)\n")


KINDS: list[Callable[[Random, int], Part]] = [
    _constant, _cell, _derived, _changed, _cloned, _from_config, _net, _operation, _unknown, _data,
]  # fmt: skip
