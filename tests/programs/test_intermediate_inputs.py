"""Models whose inputs are intermediate tensors have new inputs, as in Keras."""

import pytest

from lstmcount import summarize

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
