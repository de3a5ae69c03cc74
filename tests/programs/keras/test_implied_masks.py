"""Layers that an own `call` uses only with a mask, or only without: Keras 3 builds without one."""

from __future__ import annotations

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

PROGRAM = """
import keras, numpy as np
from keras import Input, layers, ops
class Own(layers.Layer):
    def __init__(self, parameter=None):
        super().__init__()
        self.without, self.with_mask = layers.Dense(3), layers.Dense(3, use_bias=False)
    def call(self, x, mask=None):
        return self.without(x) if mask is None else self.with_mask(x)
class Prepared(Own):
    def build(self, shape): pass
class Several(Own):
    def call(self, tensors, mask=None):
        return super().call(tensors[0], mask)
class Query(Own):
    def call(self, query, value, query_mask=None):
        return super().call(query, query_mask)
class Around(layers.Layer):
    supports_masking = True
    def __init__(self, inner=None):
        super().__init__()
        self.inner = inner
    def call(self, x):
        return x + 1 if self.inner is None else self.inner(x)
class Embeds(keras.Model):
    def __init__(self, *inner):
        super().__init__()
        self.inner = [layers.Embedding(9, 4, mask_zero=True), *inner]
    def call(self, x):
        for layer in self.inner: x = layer(x)
        return x
class Asks(layers.Layer):
    def __init__(self):
        super().__init__()
        self.first, self.second = layers.Dense(3), layers.Dense(3, use_bias=False)
    def call(self, x, training=None):
        return self.first(x) if training is None else self.second(x)
class Tells(Around):
    def call(self, x, training=False):
        return self.inner(x)
x, tokens = Input((6, 4)), Input((6,))
def masked(): return layers.Masking()(x)
def embedding(): return layers.Embedding(9, 4, mask_zero=True)
def called(model): model(np.ones((1, 6))); return model
def predicted(model): model.predict(np.ones((1, 6, 4))); return model
def graph(layer): return keras.Model(x, ops.relu(layer(layers.Dense(4)(x))))
"""
WITHOUT, WITH, EMBEDDING = 15, 12, 36
MODELS = {
    "keras.Model(x, Own()(x))": WITHOUT,
    "keras.Model(x, Own()(masked()))": WITHOUT + WITH,
    "keras.Model(x, Prepared()(masked()))": WITH,
    "keras.Model(x, Own()(x, mask=ops.any(x > 0, axis=-1)))": WITH,
    "keras.Model(x, [(own := Own())(x), own(masked())])": WITHOUT + WITH,
    "keras.Model(x, Own()(layers.Conv1D(4, 1)(masked())))": WITHOUT + 20,
    "keras.Model(x, Several()([x, x]))": WITHOUT + WITH,
    "keras.Model(x, Several()([masked(), x]))": WITHOUT + WITH,
    "keras.Model(x, Query()(masked(), x))": WITHOUT + WITH,
    "keras.Model(x, Query()(x, masked()))": WITHOUT,
    "keras.Model(x, Around(Own())(masked()))": WITHOUT,  # inside, Keras makes other tensors
    "keras.Model(x, keras.Model(x, Own()(x))(masked()))": WITHOUT,
    "keras.Model(tokens, Embeds(Own())(tokens))": EMBEDDING + WITHOUT + WITH,
    "keras.Sequential([tokens, embedding(), Own()])": EMBEDDING + WITHOUT + WITH,
    "keras.Sequential([tokens, embedding(), Around(Own())])": EMBEDDING + WITHOUT,
    "called(keras.Sequential([embedding(), Own()]))": EMBEDDING + WITHOUT + WITH,
    "called(Embeds(Own()))": EMBEDDING + WITHOUT + WITH,
    "called(Embeds(Around(Own())))": EMBEDDING + WITHOUT + WITH,
    "called(Embeds(Around(), Own()))": EMBEDDING + WITHOUT + WITH,
    "called(Embeds(layers.Dense(4), Own()))": EMBEDDING + 20 + WITHOUT + WITH,
    "called(Embeds(layers.Conv1D(4, 1), Own()))": EMBEDDING + 20 + WITHOUT,
    # inside a `call` and on data, Keras runs graphs with masks
    "called(Embeds(keras.Sequential([Own()])))": EMBEDDING + WITHOUT + WITH,
    "called(Embeds(keras.Sequential([keras.Input((6, 4)), Own()])))": EMBEDDING + WITHOUT + WITH,
    "called(Embeds(keras.Sequential([Around(), keras.Sequential([Own()])])))": (
        EMBEDDING + WITHOUT + WITH
    ),
    "called(Embeds(graph(Own())))": EMBEDDING + 20 + WITHOUT + WITH,
    "called(Embeds(graph(Around(Own()))))": EMBEDDING + 20 + WITHOUT + WITH,
    "called(Embeds(keras.Sequential([layers.Conv1D(4, 1), Own()])))": EMBEDDING + 20 + WITHOUT,
    "keras.Model(tokens, Embeds(keras.Sequential([layers.Dense(4), Own()]))(tokens))": (
        EMBEDDING + 20 + WITHOUT + WITH
    ),
    "keras.Model(x, graph(Own())(masked()))": 20 + WITHOUT,
    "predicted(keras.Model(x, graph(Own())(masked())))": 20 + WITHOUT + WITH,
    # Keras also builds without the `training` that a layer inherits
    "keras.Model(x, Asks()(x))": WITHOUT,
    "keras.Model(x, Tells(Asks())(x))": WITHOUT + WITH,
    "keras.Model(x, Tells(Asks())(x, training=True))": WITHOUT + WITH,
}


@pytest.mark.parametrize(("model", "count"), MODELS.items())
def test_what_is_built_with_and_without_a_mask(model, count):
    assert infer(read_python(f"{PROGRAM}model = {model}\n".encode())).total_params == count


@pytest.mark.oracle
@pytest.mark.parametrize(("model", "count"), MODELS.items())
def test_keras_builds_it(model, count):
    pytest.importorskip("keras")
    names: dict[str, object] = {}
    exec(f"{PROGRAM}model = {model}\n", names)
    assert names["model"].count_params() == count


def test_keras_2_passes_no_mask_for_tensors_without_masks():
    text = f"{PROGRAM}model = keras.Model(x, Several()([x, x]))\n".replace(", ops", "")
    text = text.replace("import keras,", "import tf_keras as keras,")
    of_keras_2 = text.replace("from keras import", "from tf_keras import")
    assert infer(read_python(of_keras_2.encode())).total_params == WITHOUT


@pytest.mark.parametrize(
    "layer",
    [
        "layers.MultiHeadAttention(2, 4)(i, i, attention_mask=m)",
        "layers.LSTM(4)(i, mask=make(12))",
        "layers.Attention()([i, i], mask=[m, None])",
    ],
)
def test_a_mask_that_is_not_known_has_no_weights(layer):
    program = (
        "from keras import Input, Model, layers\nfrom elsewhere import make\n"
        f"i = Input((12, 8))\nm = make(12)\nmodel = Model(i, {layer})\n"
    )
    known = program.replace("from elsewhere import make\n", "").replace("make(12)", "None")
    totals = [infer(read_python(text.encode())).total_params for text in (program, known)]
    assert totals[0] == totals[1]
