"""Models that `fit` builds: it trains them, so that `call` gets `training=True`."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

CLASSES = """
import keras, numpy as np
from keras import layers

class Part(layers.Layer):
    def __init__(self):
        super().__init__()
        self.always, self.trained = layers.Dense(2), layers.Dense(2)
    def call(self, x, training=None):
        return self.always(x) + self.trained(x) if training else self.always(x)

class Head(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.auxiliary = layers.Dense(2), layers.Dense(2)
    def call(self, x, training=False):
        x = self.first(x)
        if training:
            return x + self.auxiliary(x)
        return x

class Only(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b = layers.Dense(2), layers.Dense(2)
    def call(self, x, training=False):
        return self.a(x) if training else self.b(x)

class Wider(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b = layers.Dense(4), layers.Dense(2)
    def call(self, x, training=False):
        z = self.a(x)
        return self.b(z) if training else z

class Passing(keras.Model):
    def __init__(self, part):
        super().__init__()
        self.part, self.out = part, layers.Dense(2)
    def call(self, x, training=None):
        return self.out(self.part(x))

class Silent(Passing):
    def call(self, x):
        return self.out(self.part(x))

class Frozen(Passing):
    def call(self, x, training=None):
        return self.out(self.part(x, training=False))

x, y = np.zeros((4, 3)), np.zeros((4, 2))
def functional(part):
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dense(2)(part(inputs)))
"""
FIT = "\nmodel.compile('sgd', 'mse')\nmodel.fit(x, y, verbose=0)"
PREDICT = "\nmodel.predict(x, verbose=0)"
BATCH = "\nmodel.compile('sgd', 'mse')\nmodel.train_on_batch(x, y)"
EVALUATE = "\nmodel.compile('sgd', 'mse')\nmodel.evaluate(x, y, verbose=0)"
TRAINED = {
    "a head": (f"model = Head(){FIT}", 8 + 6),
    "a head, trained on a batch": (f"model = Head(){BATCH}", 8 + 6),
    "a head, only run": (f"model = Head(){PREDICT}", 8),
    "a head, only evaluated": (f"model = Head(){EVALUATE}", 8),
    "a head, called": ("model = Head()\nmodel(x)", 8),
    "a head, called first": (f"model = Head()\nmodel(x){FIT}", 8 + 6),
    "a head, fitted first": (f"model = Head(){FIT}{PREDICT}", 8 + 6),
    "one layer or another": (f"model = Only(){FIT}", 8),
    "one layer and then another": (f"model = Only(){FIT}{PREDICT}", 8 + 8),
    "another output": (f"model = Wider(){FIT}", 16 + 10),
    "a layer in a model": (f"model = Passing(Part()){FIT}", 16 + 6),
    "a layer in a model, only run": (f"model = Passing(Part()){PREDICT}", 8 + 6),
    "a model without the parameter": (f"model = Silent(Part()){FIT}", 8 + 6),
    "a layer in inference": (f"model = Frozen(Part()){FIT}", 8 + 6),
    "a layer deeper": (f"model = Passing(Passing(Part())){FIT}", 16 + 6 + 6),
    "a Sequential": (
        f"model = keras.Sequential([keras.Input((3,)), Part(), layers.Dense(2)]){FIT}",
        16 + 6,
    ),
    "a Sequential without an input": (
        f"model = keras.Sequential([Part(), layers.Dense(2)]){FIT}",
        16 + 6,
    ),
    "a Sequential, only run": (
        f"model = keras.Sequential([Part(), layers.Dense(2)]){PREDICT}",
        8 + 6,
    ),
    "a Functional model": (f"model = functional(Part()){FIT}", 16 + 6),
    "a Functional model inside": (f"model = Passing(functional(Part())){FIT}", 16 + 6 + 6),
    "a Sequential inside": (
        f"model = Passing(keras.Sequential([Part(), layers.Dense(2)])){FIT}",
        16 + 6 + 6,
    ),
    "a wrapper": (
        "model = keras.Sequential([keras.Input((5, 3)), layers.TimeDistributed(Part())])\n"
        f"x, y = np.zeros((4, 5, 3)), np.zeros((4, 5, 2)){FIT}",
        16,
    ),
}


@pytest.mark.parametrize(("used", "total"), TRAINED.values(), ids=TRAINED)
def test_fit_builds_what_training_uses(used, total):
    assert infer(read_python(f"{CLASSES}{used}\n".encode())).total_params == total


@pytest.mark.oracle
@pytest.mark.parametrize(("used", "total"), TRAINED.values(), ids=TRAINED)
def test_fit_builds_in_keras(used, total):
    keras = pytest.importorskip("keras")
    if keras.backend.backend() != "tensorflow":
        pytest.skip("JAX cannot make weights while it trains")
    namespace = {}
    exec(f"{CLASSES}{used}", namespace)
    assert sum(w.numpy().size for w in namespace["model"].weights) == total
