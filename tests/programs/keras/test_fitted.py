"""Models that `fit` builds: it trains them, by steps that their classes may define."""

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


def _size_on_tensorflow(program, why):
    """The number of weights that a program's model has after it ran; else skip, and say why."""
    keras = pytest.importorskip("keras")
    if keras.backend.backend() != "tensorflow":
        pytest.skip(why)
    namespace = {}
    exec(program, namespace)
    return sum(w.numpy().size for w in namespace["model"].weights)


@pytest.mark.oracle
@pytest.mark.parametrize(("used", "total"), TRAINED.values(), ids=TRAINED)
def test_fit_builds_in_keras(used, total):
    assert (
        _size_on_tensorflow(f"{CLASSES}{used}", "JAX cannot make weights while it trains") == total
    )


STEPPED = """
import keras, numpy as np, tensorflow as tf
from keras import layers

def pair(units):
    return keras.Sequential([layers.Dense(units), layers.Dense(2)])

class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.body, self.head, self.probe = pair(4), pair(5), layers.Dense(7)
    def call(self, x, training=False):
        return self.body(x)
    def learn(self, tape, loss):
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        return {"loss": loss}

x, y = np.zeros((4, 3), "float32"), np.zeros((4, 2), "float32")
"""
TRAIN = """
class Net(Model):
    def call(self, x, training=False):
        return self.probe(self.body(x))
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.head(self.body(x, training=True)) ** 2)
        return self.learn(tape, loss)
"""
CALLING = """
class Net(Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            output = self(x, training=True)
            loss = tf.reduce_mean(self.head(output) - y)
        for metric in self.metrics:
            metric.update_state(loss)
        return self.learn(tape, loss)
"""
OF_KERAS = """
class Net(Model):
    def train_step(self, data):
        x, y = data
        self.probe(x)
        return super().train_step((x, y))
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return tf.reduce_mean(self.head(y_pred))
"""
NOISE = """
class Net(Model):
    def call(self, z):
        return self.head(self.body(z))
    def train_step(self, images):
        z = tf.random.normal((tf.shape(images)[0], 8))
        with tf.GradientTape() as tape:
            made = self.body(z)
            loss = tf.reduce_mean(self.head(tf.concat([images, made], 0)))
        return self.learn(tape, loss)
"""
PAIRS = """
class Net(Model):
    def train_step(self, data):
        (first, labels), (second, others) = data
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(self.body(first)) + tf.reduce_mean(self.probe(others))
            loss = loss + tf.reduce_mean(self.head(second))
        return self.learn(tape, loss)
"""
GRAPH = """
inputs = keras.Input((3,))
class Net(keras.Model):
    def __init__(self):
        super().__init__(inputs, layers.Dense(2)(inputs))
        self.extra, self.other = layers.Dense(3), layers.Dense(5)
    def train_step(self, data):
        x, y = data
        return {"loss": tf.reduce_mean(self.extra(self(x, training=True)))}
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        return tf.reduce_mean(self.other(y_pred))
"""
LOSS = """
class Net(Model):
    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
        return tf.reduce_mean((self.head(x) - y_pred) ** 2) + tf.reduce_mean(self.probe(y))
"""
TEST = """
class Net(Model):
    def test_step(self, data):
        x, y = data
        return {"loss": tf.reduce_mean(self.head(self(x, training=False)))}
"""
MADE = "model = Net()\nmodel.compile('sgd', 'mse')\n"
STEPS = {
    "a train_step": (f"{TRAIN}{MADE}model.fit(x, y, verbose=0)", 26 + 15 + 12),
    "a train_step, only run": (f"{TRAIN}{MADE}model.predict(x, verbose=0)", 26 + 21),
    "a train_step, then run": (
        f"{TRAIN}{MADE}model.fit(x, y, verbose=0)\nmodel.predict(x, verbose=0)",
        26 + 15 + 12 + 21,
    ),
    "a train_step, called before": (
        f"{TRAIN}{MADE}model(x)\nmodel.fit(x, y, verbose=0)",
        26 + 15 + 12 + 21,
    ),
    "a train_step, with validation": (
        f"{TRAIN}{MADE}model.fit(x, y, validation_data=(x, np.zeros((4, 7))), verbose=0)",
        26 + 15 + 12 + 21,
    ),
    "a train_step on a data set": (
        f"{TRAIN}{MADE}model.fit(tf.data.Dataset.from_tensor_slices((x, y)).batch(2), verbose=0)",
        26 + 15 + 12,
    ),
    "a train_step on two data sets": (
        f"{PAIRS}{MADE}ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(2)\n"
        "model.fit(tf.data.Dataset.zip((ds, ds)), verbose=0)",
        26 + 32 + 21,
    ),
    "a train_step that calls the model": (f"{CALLING}{MADE}model.fit(x, y, verbose=0)", 26 + 27),
    "a train_step of Keras": (f"{OF_KERAS}{MADE}model.fit(x, y, verbose=0)", 26 + 28 + 27),
    "a train_step on noise": (f"{NOISE}{MADE}model.fit(x[:, :2], verbose=0)", 46 + 15 + 12),
    "a train_step of a Functional model": (f"{GRAPH}{MADE}model.fit(x, y, verbose=0)", 8 + 9),
    "a loss of a Functional model": (f"{GRAPH}{MADE}model.evaluate(x, y, verbose=0)", 8 + 15),
    "a loss": (f"{LOSS}{MADE}model.fit(x, y, verbose=0)", 26 + 32 + 21),
    "a loss, evaluated": (f"{LOSS}{MADE}model.evaluate(x, y, verbose=0)", 26 + 32 + 21),
    "a loss, only run": (f"{LOSS}{MADE}model.predict(x, verbose=0)", 26),
    "a test_step": (f"{TEST}{MADE}model.fit(x, y, validation_data=(x, y), verbose=0)", 26 + 27),
    "a test_step, of a part": (
        f"{TEST}{MADE}model.fit(x, y, validation_split=0.5, verbose=0)",
        26 + 27,
    ),
    "a test_step, not called": (f"{TEST}{MADE}model.fit(x, y, verbose=0)", 26),
}


@pytest.mark.parametrize(("used", "total"), STEPS.values(), ids=STEPS)
def test_the_steps_of_a_class_build_what_they_call(used, total):
    summary = infer(read_python(f"{STEPPED}{used}\n".encode()))
    assert summary.total_params == total
    assert not summary.notes


@pytest.mark.oracle
@pytest.mark.parametrize(("used", "total"), STEPS.values(), ids=STEPS)
def test_the_steps_of_a_class_in_keras(used, total):
    assert _size_on_tensorflow(f"{STEPPED}{used}", "the steps are TensorFlow's") == total


PARTLY = """
class Net(Model):
    def train_step(self, data):
        x, y = data
        loss = elsewhere(self.probe, x)
        return self.learn(tf.GradientTape(), loss + self.head(x))
"""


def test_a_step_that_is_not_followed_to_its_end_is_noted():
    used = f"{PARTLY}{MADE}model.fit(x, y, verbose=0)\n"
    summary = infer(read_python(f"from mystery import elsewhere\n{STEPPED}{used}".encode()))
    assert summary.total_params == 26 + 32
    (note,) = summary.notes
    assert note.endswith(
        "not all of the `train_step` of Net is followed; what `call` uses is counted, and not what "
        "only the rest of it uses"
    )


WITH_JAX = """
import os
os.environ["KERAS_BACKEND"] = "jax"
import keras, numpy as np
from keras import layers

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.body, self.head = layers.Dense(4), layers.Dense(5)
    def call(self, x, training=None):
        return self.body(x) if training else self.head(self.body(x))
    def compute_loss_and_updates(self, trained, others, x, y, training=False):
        output, others = self.stateless_call(trained, others, x, training=training)
        return keras.ops.mean((output - y) ** 2), others
    def train_step(self, state, data):
        import jax
        trained, others, optimizer, metrics = state
        x, y = data
        gradient = jax.value_and_grad(self.compute_loss_and_updates, has_aux=True)
        (loss, others), gradients = gradient(trained, others, x, y, training=True)
        trained, optimizer = self.optimizer.stateless_apply(optimizer, gradients, trained)
        return {"loss": loss}, (trained, others, optimizer, metrics)

model = Net()
model.compile("sgd")
model.fit(np.zeros((8, 3)), np.zeros((8, 4)), verbose=0)
"""


def test_other_backends_call_a_model_before_they_train_it():
    summary = infer(read_python(WITH_JAX.encode()))
    assert summary.total_params == 16 + 25
    assert not summary.notes


@pytest.mark.oracle
def test_other_backends_in_keras():
    keras = pytest.importorskip("keras")
    if keras.backend.backend() != "jax":
        pytest.skip("the step is JAX's")
    namespace = {}
    exec(WITH_JAX, namespace)
    assert namespace["model"].count_params() == 16 + 25
