"""Attributes of layers, models and weights that `hasattr` finds, also if they are not followed."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.pasting import pasted

BEFORE = """
import keras, numpy
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
    "x, '_keras_history'",
    "x, 'ndim'",
    "x, '__iter__'",
    "x, 'record_history'",
    "conv, 'kernel_size'",
    "first, 'get_layer'",
    "keras.optimizers.Adam(), 'learning_rate'",
    "keras.optimizers.SGD(), 'nesterov'",
    "keras.losses.MeanSquaredError(), 'reduction'",
    "keras.callbacks.EarlyStopping(), 'patience'",
    "keras.metrics.Mean(), 'result'",
    "keras.initializers.GlorotUniform(), 'seed'",
    "keras.Variable([1.0]), 'value'",
    "dense.kernel, 'regularizer'",
    "numpy.zeros(3), 'min'",
    "numpy.zeros(3), 'tobytes'",
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
    "x, '_keras_shape'",
    "x, 'get_shape'",
    "x, 'numpy'",
    "x, 'assign'",
    "x, '__index2__'",
    "x, 'foo'",
    "dense, 'kernel_size'",
    "dense, '_trainable_weights'",
    "layers.Dense(3), 'kernel'",
    "layers.LSTM(3), 'bias'",
    "conv, 'units'",
    "first, 'predict_classes'",
    "first, 'fit_generator'",
    "sub, 'add'",
    "own, 'units'",
    "keras.optimizers.Adam(), 'lr'",
    "keras.optimizers.SGD(), 'beta_1'",
    "keras.callbacks.EarlyStopping(), 'filepath'",
    "keras.initializers.Zeros(), 'seed'",
    "keras.Variable([1.0]), 'get_shape'",
    "dense.kernel, 'read_value'",
    "numpy.zeros(3), 'append'",
    "numpy.zeros(3), 'foo'",
]
IN_TRY = {  # code, and whether it runs without an AttributeError or TypeError
    "dense.units": True,
    "dense.kernel": True,
    "layers.Dense(3).kernel": False,
    "dense.kernel_size": False,
    "x.shape": True,
    "x.foo": False,
    "x.get_shape()": False,
    "first.fit_generator": False,
    "first.add(dense)": False,
    "own.kernel": False,
    "own.output_shape": False,
    "keras.Model(x)": False,
    "keras.Model(x, dense(x))": True,
    "numpy.zeros(3).append(3)": False,
    "keras.optimizers.Adam().lr": False,
    "keras.optimizers.Adam().learning_rate": True,
}
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
    ("layers.UpSampling2D(2).size == (2, 2)", True),
    ("layers.UpSampling1D(3).size == 3", True),
    ("layers.ZeroPadding2D((2, 1)).padding == ((2, 2), (1, 1))", True),
    ("layers.ZeroPadding1D(2).padding == (2, 2)", True),
    ("layers.Cropping2D(((1, 2), (3, 4))).cropping == ((1, 2), (3, 4))", True),
    ("layers.Conv2D(3, 4, padding='same').padding == 'same'", True),
    ("dense.kernel.path == 'dense/kernel'", True),
    ("getattr(dense, 'kernel_regularizer', 1) is None", True),
    ("getattr(own, 'kernel', None) is not None", False),
    ("layers.Dense(3, activation='relu').activation is keras.activations.relu", True),
    ("layers.Dense(3, keras.activations.tanh).activation == keras.activations.tanh", True),
    ("dense.activation is keras.activations.linear", True),
    ("dense.activation is keras.activations.relu", False),
    ("keras.activations.get('elu') is keras.activations.elu", True),
]


RETURNED = """
from keras import ops
y = Input((4, 3))
class Gives(layers.Layer):
    def call(self, x): return (x, [x, x + 1])
class Lists(layers.Layer):
    def call(self, x): return [x, {"a": (x, x)}]
class Declares(Lists):
    def call(self, x): return [x, x]
    def compute_output_shape(self, shape): return (shape, shape)
class Holds(layers.Layer):
    def __init__(self): super().__init__(); self.inner = Gives()
    def call(self, x):
        result = self.inner(x)
        return result[0] if isinstance(result, tuple) else [result[0]]
"""
IS_TUPLE = {
    "layers.LSTM(3, return_state=True)(y)": True,
    "layers.RNN(layers.GRUCell(3), return_state=True)(y)": True,
    "layers.Bidirectional(layers.LSTM(3), merge_mode=None)(y)": True,
    "layers.MultiHeadAttention(2, 3)(y, y, return_attention_scores=True)": True,
    "layers.LSTM(3, return_state=True).compute_output_shape((None, 4, 3))": True,
    "Gives()(y)": True,
    "Gives()(y)[1]": False,
    "Lists()(y)": False,
    "Lists()(y)[1]['a']": True,
    "Declares()(y)": True,
    "Holds()(y)": False,
    "keras.Model(y, Gives()(y))(y)": True,
    "keras.Model(y, [y, y + 1])(y)": False,
    "keras.Model(y, (y, y + 1))(y)": True,
    "keras.Sequential([y, layers.LSTM(3, return_state=True)])(y)": True,
    "ops.top_k(y, 2)": True,
    "ops.moments(y, axes=[1])": True,
    "ops.split(y, 3, axis=-1)": False,
    "ops.unstack(y, axis=1)": False,
}


@pytest.mark.parametrize(("result", "expected"), IS_TUPLE.items())
def test_which_calls_return_tuples(result, expected):
    program = f"{BEFORE}{RETURNED}has = isinstance({result}, tuple){AFTER}"
    summary = infer(read_python(program.encode(), model="model"))
    assert summary.total_params == (25 if expected else 10)


@pytest.mark.oracle
@pytest.mark.parametrize(("result", "expected"), IS_TUPLE.items())
def test_which_calls_return_tuples_in_keras(result, expected):
    pytest.importorskip("keras")
    namespace = {}
    exec(f"{BEFORE}{RETURNED}has = isinstance({result}, tuple)", namespace)
    assert namespace["has"] is expected


def test_recurrent_layers_of_keras_2_return_lists():
    program = (
        "from tensorflow.python.keras import layers, Sequential\nx = layers.Input((4, 3))\n"
        "has = isinstance(layers.LSTM(3, return_state=True)(x), list)\n"
        "model = Sequential([layers.Input((4,)), layers.Dense(5 if has else 2)])\n"
    )
    assert infer(read_python(program.encode(), model="model")).total_params == 25


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


TRYING = """
try:
    {code}
    has = True
except (AttributeError, TypeError):
    has = False
"""


@pytest.mark.parametrize(("code", "works"), IN_TRY.items())
def test_what_objects_lack_raises_in_try(code, works):
    text = f"{BEFORE}{TRYING.format(code=code)}{AFTER}"
    assert infer(read_python(text.encode(), model="model")).total_params == (25 if works else 10)


@pytest.mark.oracle
@pytest.mark.parametrize(("code", "works"), IN_TRY.items())
def test_what_objects_lack_raises_in_keras(code, works):
    pytest.importorskip("keras")
    namespace = {}
    exec(f"{BEFORE}{TRYING.format(code=code)}", namespace)
    assert namespace["has"] is works


@pytest.mark.oracle
def test_the_table_of_attributes_is_that_of_keras():
    pytest.importorskip("keras")
    from tests.programs.keras import keras_attributes

    assert f'_TEXT = """\n{keras_attributes.text()}\n"""\n' in keras_attributes.TABLE.read_text()


UNDECIDED = {
    "whether a tensor is one of a functional model": "isinstance(x, keras.KerasTensor)",
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
