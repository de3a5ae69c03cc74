"""Attributes of layers, models and weights that `hasattr` finds, also if they are not followed."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

from .pasting import pasted

BEFORE = """
import keras
from keras import Input, layers
x = Input((4,))
class Own(layers.Layer):
    def build(self, shape): self.scale = self.add_weight(shape=(4,))
    def call(self, x): return x * self.scale
dense, own, drop = layers.Dense(3, name="dense"), Own(), layers.Dropout(0.5)
first = keras.Model(x, drop(dense(own(x))))
class Sub(keras.Model):
    def __init__(self): super().__init__(); self.inner = layers.Dense(3)
    def call(self, x): return self.inner(x)
lstm, conv, sub = layers.LSTM(3), layers.Conv2D(3, 4), Sub()
both, over_time = layers.Bidirectional(lstm), layers.TimeDistributed(layers.Dense(3))
"""
AFTER = "\nmodel = keras.Sequential([x, layers.Dense(5 if has else 2)])\n"
HAS = [
    "dense, 'count_params'",
    "dense, 'dtype_policy'",
    "dense, 'path'",
    "dense, 'kernel_regularizer'",
    "dense, 'bias_constraint'",
    "own, 'supports_masking'",
    "own, 'get_config'",
    "drop, 'input_spec'",
    "first, 'train_step'",
    "first, 'compiled'",
    "first, 'built'",
    "dense.kernel, 'trainable'",
    "dense.kernel, 'assign'",
    "own.scale, 'trainable'",
    "own.scale, 'path'",
    "dense, 'add_weight'",
    "dense, 'lora_rank'",
    "drop, 'seed'",
    "lstm, 'state_size'",
    "lstm, 'states'",
    "lstm, 'get_initial_state'",
    "lstm, 'cell'",
    "lstm.cell, 'state_size'",
    "both, 'return_sequences'",
    "both, 'forward_layer'",
    "both, 'states'",
    "over_time, 'layer'",
    "conv, 'rank'",
    "conv, 'data_format'",
    "layers.MultiHeadAttention(2, 3), 'value_dim'",
    "layers.InputLayer(shape=(3,)), 'batch_shape'",
    "layers.Normalization(), 'adapt'",
    "first, 'operations'",
    "first, 'output_names'",
    "first, 'inputs'",
    "first, 'output_shape'",
    "sub, 'layers'",
    "sub, 'fit'",
]
LACKS = [
    "drop, 'kernel_regularizer'",
    "own, 'kernel'",
    "dense, 'recurrent_constraint'",
    "dense, 'train_step'",
    "dense, 'layers'",
    "own.scale, 'kernel'",
    "both, 'layer'",
    "both, 'cell'",
    "both, 'kernel'",
    "lstm, 'kernel'",
    "lstm, 'seed'",
    "lstm, 'input'",
    "own, 'layers'",
    "own, 'fit'",
    "own, 'inputs'",
    "dense, 'adapt'",
    "dense, 'output_shape'",
    "dense, 'states'",
    "dense, 'summary'",
    "conv, 'get_vocabulary'",
    "layers.MultiHeadAttention(2, 3), 'kernel_initializer'",
    "sub, 'inputs'",
    "sub, 'output_names'",
    "first, 'add'",
    "over_time, 'cell'",
    "over_time, 'reset_states'",
]
CASES = [(f"hasattr({each})", True) for each in HAS]
CASES += [(f"hasattr({each})", False) for each in LACKS]
CASES += [
    ("type(dense) is layers.Dense", True),
    ("type(dense) is not layers.Dropout", True),
    ("type(own) is Own", True),
    ("'units' in dense.get_config()", True),
    ("dense.get_config().get('units') == 3", True),
    ("keras.layers.Layer is keras.Layer", True),
    ("getattr(both, 'layer', None) is None", True),
    ("getattr(own, 'layers', None) is None", True),
    ("getattr(own, 'input_shape', 3) == 3", True),
    ("type(drop) is layers.Dense", False),
    ("isinstance(dense, keras.KerasTensor)", False),
    ("layers.Conv2D(3, 4).kernel_size == (4, 4)", True),
    ("layers.Conv2D(3, (4, 2)).kernel_size == (4, 2)", True),
    ("layers.Conv1D(3, 4).strides == (1,)", True),
    ("layers.SeparableConv2D(3, 4, strides=2).strides == (2, 2)", True),
    ("layers.Conv3DTranspose(3, 4).dilation_rate == (1, 1, 1)", True),
    ("layers.DepthwiseConv2D(4).kernel_size[1] == 4", True),
    ("layers.MaxPooling2D().pool_size == (2, 2)", True),
    ("layers.AveragePooling1D(3).strides == (3,)", True),
    ("layers.MaxPooling2D((3, 2)).strides == (3, 2)", True),
    ("layers.MaxPooling2D(3, strides=1).strides == 1", False),
    ("dense.kernel.path == 'dense/kernel'", True),
    ("getattr(dense, 'kernel_regularizer', 1) is None", True),
    ("getattr(own, 'kernel', None) is not None", False),
    ("layers.Dense(3, activation='relu').activation is keras.activations.relu", True),
    ("layers.Dense(3, keras.activations.tanh).activation == keras.activations.tanh", True),
    ("dense.activation is keras.activations.linear", True),
    ("dense.activation is keras.activations.relu", False),
    ("keras.activations.get('elu') is keras.activations.elu", True),
]


@pytest.mark.parametrize(("condition", "expected"), CASES)
def test_which_attributes_objects_of_keras_have(condition, expected):
    summary = infer(read_python(f"{BEFORE}has = {condition}{AFTER}".encode(), model="model"))
    assert summary.total_params == (25 if expected else 10)


@pytest.mark.oracle
@pytest.mark.parametrize(("condition", "expected"), CASES)
def test_which_attributes_they_have_in_keras(condition, expected):
    pytest.importorskip("keras")
    namespace = {}
    exec(f"{BEFORE}has = {condition}", namespace)
    assert namespace["has"] is expected


UNDECIDED = {
    "whether a tensor is one of a functional model": "isinstance(x, keras.KerasTensor)",
    "an argument in a config that keeps its default": "'use_bias' in dense.get_config()",
    "its value there": "dense.get_config().get('use_bias', False)",
    "the path of a weight inside an own layer": "outer.inner.kernel.path.startswith('outer')",
}


@pytest.mark.parametrize("condition", UNDECIDED.values(), ids=UNDECIDED)
def test_what_is_not_followed_is_asked_for(condition):
    outer = (
        "class Outer(layers.Layer):\n"
        "    def __init__(self): super().__init__(name='outer'); self.inner = layers.Dense(3)\n"
        "    def call(self, x): return self.inner(x)\n"
        "outer = Outer(); keras.Model(x, outer(x))\n"
    )
    answer = pasted(f"{BEFORE}{outer}has = {condition}{AFTER}")
    assert (answer.total, len(answer.settings)) == (25, 1)


def test_layers_of_keras_2_have_shapes():
    program = (
        "import tensorflow as tf\nfrom tensorflow.python.keras import layers, Sequential\n"
        "dense = layers.Dense(3)\nfirst = Sequential([layers.Input((4,)), dense])\n"
        "has = hasattr(dense, 'output_shape') and not hasattr(dense, 'layers')\n"
        "model = Sequential([layers.Input((4,)), layers.Dense(5 if has else 2)])\n"
    )
    assert infer(read_python(program.encode(), model="model")).total_params == 25


def test_an_own_layer_may_freeze_what_can_be_frozen():
    program = (
        "import keras\nfrom keras import Input, layers\n"
        "class Low(layers.Dense):\n"
        "    def build(self, shape):\n"
        "        super().build(shape)\n"
        "        if hasattr(self.kernel, 'trainable'): self.kernel.trainable = False\n"
        "model = keras.Sequential([Input((4,)), Low(3)])\n"
    )
    summary = infer(read_python(program.encode()))
    assert (summary.total_params, summary.trainable_params) == (15, 3)
