"""Shapes and numbers of weights that a program takes from layers and models, as Keras has them."""

from __future__ import annotations

from contextlib import suppress

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.sizes import MODEL, run_code, total

BEFORE = """
import keras
import numpy as np
from keras import layers, ops
known = keras.Sequential([layers.Input((4,)), layers.Dense(6), layers.BatchNormalization(),
                          layers.Dense(3)])
unbuilt = keras.Sequential([layers.Dense(6), layers.Dense(3)])
recurrent = keras.Sequential([layers.Input((10, 4)), layers.LSTM(6), layers.Dense(2)])

class Own(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
        self.scale = self.add_weight(shape=(2,), trainable=False)
    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], self.units))
    def call(self, x):
        return x @ self.kernel

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.unused = layers.Dense(7), layers.Dense(2), layers.Dense(9)
    def call(self, x):
        return self.second(self.first(x))

def called(layer, *shape):
    layer(np.zeros(shape))
    return layer
"""
SIZES = {
    "sizes = [size for w in recurrent.get_weights() for size in w.shape]": (
        4, 24, 6, 24, 24, 6, 2, 2),
    "sizes = [*known.layers[1].get_weights()[2].shape, len(known.get_weights())]": (6, 8),
    "kernel, bias = known.layers[0].get_weights(); sizes = [*kernel.shape, *bias.shape]": (4, 6, 6),
    "sizes = [*recurrent.layers[0].weights[1].shape, len(recurrent.weights)]": (6, 24, 5),
    "sizes = [int(np.sum([np.prod(w.shape) for w in known.trainable_weights]))]": (63,),
    "sizes = [sum(w.numpy().size for w in known.weights), sum(map(ops.size, known.weights))]": (
        75, 75),
    "sizes = [int(sum(np.prod(w.shape) for w in known.non_trainable_weights))]": (12,),
    "sizes = [layer.count_params() for layer in known.layers]": (30, 24, 21),
    "sizes = [len(unbuilt.weights) + 1, len(unbuilt.layers[0].get_weights()) + 1]": (1, 1),
    "unbuilt.build((None, 5)); sizes = [len(unbuilt.weights), unbuilt.layers[0].count_params()]": (
        4, 36),
    "called(unbuilt, 2, 5); sizes = unbuilt.get_weights()[0].shape": (5, 6),
    "dense = layers.Dense(3); n = len(dense.weights) + 1; dense.build((None, 2))\n"
    "sizes = [n, len(dense.weights), dense.count_params(), *dense.get_weights()[0].shape]": (
        1, 2, 9, 2, 3),
    "e = layers.Embedding(50, 8); e.build()\n"
    "sizes = [*e.get_weights()[0].shape, e.count_params()]": (
        50, 8, 400),
    "own = Own(5); n = len(own.weights); own.build((2, 3))\n"
    "sizes = [n, len(own.weights), own.count_params(), len(own.trainable_weights)]": (1, 2, 17, 1),
    "own = called(Own(5), 2, 3); sizes = [s for w in own.get_weights() for s in w.shape]": (
        3, 5, 2),
    "own = Own(5); own.trainable = False; sizes = [len(own.trainable_weights) + 3]": (3,),
    "net = Net(); n = len(net.weights) + 1; called(net, 1, 5)\n"
    "sizes = [n, len(net.weights), *net.get_weights()[0].shape, net.count_params()]": (
        1, 4, 5, 7, 58),
    "net = called(Net(), 1, 5); sizes = [len(net.unused.weights) + 1, net.first.count_params()]": (
        1, 42),
    "td = layers.TimeDistributed(layers.Dense(3)); n = len(td.weights) + 1; called(td, 1, 2, 4)\n"
    "sizes = [n, len(td.weights)]": (1, 2),
    "i = keras.Input((4,)); shared = layers.Dense(4); keras.Model(i, shared(shared(i)))\n"
    "sizes = [len(shared.weights), shared.get_weights()[1].shape[0]]": (2, 4),
    "d = layers.Dense(4); sizes = [8 if d.dtype == 'float32' else 9, len(d.compute_dtype)]": (8, 7),
    "d = layers.Dense(4, dtype='mixed_float16')\n"
    "sizes = [len(d.dtype), len(d.variable_dtype), len(d.compute_dtype), len(d.dtype_policy.name)]"
    "": (7, 7, 7, 13),
    "d = layers.Dense(4, dtype='float64'); sizes = [3 if d.dtype == 'float64' else 4]": (3,),
    "d = layers.Dense(4); n = 3 + d.built; d.build((1, 2)); sizes = [n, 3 + d.built]": (3, 4),
    "sizes = [3 + known.layers[0].built, 3 + unbuilt.layers[0].built]": (4, 3),
    "sizes = [3 + known.built, 3 + unbuilt.built, 3 + called(unbuilt, 1, 2).built]": (4, 3, 4),
}  # fmt: skip


@pytest.mark.parametrize(("code", "sizes"), SIZES.items())
def test_sizes_are_followed(code, sizes):
    program = f"{BEFORE}{code}\n{MODEL}"
    assert infer(read_python(program.encode())).total_params == total(list(sizes))


@pytest.mark.oracle
@pytest.mark.parametrize(("code", "sizes"), SIZES.items())
def test_sizes_are_those_of_keras(code, sizes):
    pytest.importorskip("keras")
    assert run_code(BEFORE + code) == list(sizes)


ASKED = [
    "sizes = [layers.Dense(3).count_params()]",
    "sizes = [len(called(keras.Sequential([load(), layers.Dense(2)]), 1, 5).weights)]",
    "td = layers.TimeDistributed(layers.Dense(3)); called(td, 1, 2, 4)\n"
    "sizes = [len(td.layer.weights)]",
    "sizes = [len(layers.Dense(2, dtype=load()).dtype)]",
    "sizes = [len(layers.StringLookup(output_mode='one_hot').dtype)]",
    "sizes = [3 + layers.Dropout(0.5).built]",
    "unbuilt.fit(load(), load()); sizes = [len(unbuilt.weights)]",
]


@pytest.mark.parametrize("code", ASKED)
def test_what_is_not_decidable_is_asked_for(code):
    program = f"{BEFORE}from data import load\n{code}\n{MODEL}"
    with suppress(LstmcountError):
        assert not isinstance(infer(read_python(program.encode())).total_params, int)
