"""Functions on tensors that a program calls: their shapes, and what is refused without one."""

from __future__ import annotations

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
import tensorflow as tf
from tensorflow.keras import Input, Model, layers
"""
COUNTED = {
    "patches": (
        (24, 24, 3),
        "tf.image.extract_patches(i, (1, 4, 4, 1), (1, 4, 4, 1), (1, 1, 1, 1), padding='VALID')",
        48 + 1,
    ),
    "frames": ((1600,), "tf.signal.frame(i, frame_length=64, frame_step=32)", 64 + 1),
    "a spectrogram": ((1600,), "tf.abs(tf.signal.stft(i, 255, 128))", 129 + 1),
    "a diagonal": ((6, 6), "tf.linalg.diag_part(i)", 6 + 1),
    "a turned matrix": ((10, 4), "tf.linalg.matrix_transpose(i)", 10 + 1),
    "a part of a split": ((4, 6), "tf.split(i, [1, 2, 3], axis=-1)[2]", 3 + 1),
    "one of unstacked": ((4, 6), "tf.unstack(i, axis=1)[3]", 6 + 1),
    "chosen rows": ((10, 4), "tf.gather(i, [0, 2, 3], axis=1)", 4 + 1),
    "tiled": ((10, 4), "tf.tile(i, [1, 1, 3])", 12 + 1),
}


@pytest.mark.parametrize(("shape", "operation", "expected"), COUNTED.values(), ids=COUNTED)
def test_counted(shape, operation, expected):
    program = f"{BEFORE}i = Input({shape})\nmodel = Model(i, layers.Dense(1)({operation}))\n"
    assert infer(read_python(program.encode())).total_params == expected


def test_a_mask_of_compared_arrays():
    program = b"""
from keras import Input, Model, layers, ops
class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.att = layers.MultiHeadAttention(2, 6)
    def call(self, x):
        steps = ops.arange(ops.shape(x)[1])
        return self.att(x, x, attention_mask=steps[:, None] >= steps)
i = Input((20, 6))
model = Model(i, Block()(i))
"""
    assert infer(read_python(program)).total_params == 3 * (6 * 12 + 12) + 12 * 6 + 6


def test_one_unknown_output_of_several():
    program = f"""{BEFORE}from elsewhere import table
i = Input((4,))
model = Model(i, [layers.Dense(1)(i), table.head])
"""
    with pytest.raises(LstmcountError, match=r"outputs of the model are not known: `table.head"):
        infer(read_python(program.encode()))
