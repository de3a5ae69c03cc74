"""Models whose inputs are intermediate tensors have new inputs, as in Keras."""

import pytest

from lstmcount import summarize
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
from keras import Input, Model, layers, ops
x = Input((8, 8, 3), name="x")
a = layers.Conv2D(4, 3, name="conv")(x)
b = layers.ReLU(name="relu")(a)
c = layers.Dense(2, name="dense")(layers.Flatten(name="flat")(b))
d = ops.mean(c, axis=1)
"""
MODELS = {
    "Model(b, c)": (["keras_tensor_1CLONE", "flat", "dense"], 290),
    "Model([b, c], d)": (["keras_tensor_3CLONE", "keras_tensor_1CLONE", "mean"], 0),
    "Model({'b': b}, [c, d])": (["keras_tensor_1CLONE", "flat", "dense", "mean"], 290),
    "Model(Model(x, c).layers[2].output, d)": (
        ["keras_tensor_1CLONE", "flat", "dense", "mean"],
        290,
    ),
    "Model((y := Input((8, 8, 3))), Model(b, c)(Model(x, b)(y)))": (
        ["input_layer", "functional_1", "functional"],
        402,
    ),
    "Model(x, d)": (["x", "conv", "relu", "flat", "dense", "mean"], 402),
}


@pytest.mark.parametrize(("model", "expected"), MODELS.items(), ids=MODELS)
def test_models_from_the_middle(tmp_path, model, expected):
    path = tmp_path / "model.py"
    path.write_text(f"{BEFORE}model = {model}\n")
    summary = summarize(str(path))
    assert ([layer.name for layer in summary.layers], summary.total_params) == expected


OWN = """
import keras
from keras import Input, Model, layers

class Own(layers.Layer):
    def build(self, shape):
        self.inner = layers.Dense(3)
    def call(self, x):
        return layers.add([x, self.inner(x)])

x = Input((3,))
whole = Model(x, Own(name="b")(Own(name="a")(x)))
"""


@pytest.mark.parametrize(
    ("model", "total"),
    [
        ("Model(whole.input, whole.get_layer('a').output)", 12),
        ("Model(whole.inputs, [whole.get_layer('a').output, whole.get_layer('b').output])", 24),
        ("Model(whole.get_layer('b').input, whole.output)", 12),
    ],
)
def test_the_ends_of_an_own_layer_are_those_of_its_call_in_the_graph(model, total):
    config = read_python(f"{OWN}model = {model}\n".encode())
    assert infer(config).total_params == total


TWICE = """
from tensorflow.keras import Input, Model, Sequential, layers
x, y = Input((4,)), Input((4,))
first = Sequential([layers.Dense(6, input_shape=(4,))])
dense = layers.Dense(3)
left, right = dense(x), layers.Dense(5)(dense(y))
"""
AT_CALLS = {
    "Model(x, dense.get_output_at(0))": 15,
    "Model(y, layers.Dense(2)(dense.get_output_at(1)))": 15 + 8,
    "Model(dense.get_input_at(1), right)": 15 + 20,
    "Model(y, dense.get_output_at(node_index=1))": 15,
    "Sequential([Input(dense.get_output_shape_at(0)[1:]), layers.Dense(2)])": 8,
    "Sequential([Input(list(dense.get_input_shape_at(1))[1:]), layers.Dense(2)])": 10,
    "Sequential([Input(first.get_output_shape_at(0)[1:]), layers.Dense(2)])": 14,
    "Model(first.get_input_at(0), layers.Dense(2)(first.get_output_at(0)))": 30 + 14,
}


@pytest.mark.parametrize(("model", "total"), AT_CALLS.items(), ids=AT_CALLS)
def test_the_output_of_one_of_several_calls(model, total):
    """As in Keras 2; Keras 3 has no such method."""
    assert infer(read_python(f"{TWICE}model = {model}\n".encode())).total_params == total
