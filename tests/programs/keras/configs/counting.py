"""Programs that edit configs, counted by the reader and by Keras."""

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
import copy, json
import keras
from keras import Input, Model, Sequential, layers, ops
from keras.models import clone_model, model_from_json
x = Input((9, 3))
"""
SEQUENTIAL = """
base = Sequential([Input((9, 3)), layers.LSTM(5), layers.Dense(4)])
config = base.get_config()
"""
FUNCTIONAL = """
base = Model(x, layers.Dense(4)(layers.Flatten()(layers.Conv1D(5, 3)(x))))
config = base.get_config()
"""
UNREGISTERED = """
class Block(layers.Layer):
    def __init__(self, units=3, **options):
        super().__init__(**options)
        self.units, self.dense = units, layers.Dense(units)
    def build(self, shape): self.dense.build(shape)
    def call(self, x): return self.dense(x)
    def compute_output_shape(self, shape): return (*shape[:-1], self.units)
    def get_config(self): return {**super().get_config(), "units": self.units}
"""
OWN = "\n@keras.saving.register_keras_serializable()" + UNREGISTERED


def counted(program):
    """The numbers of all weights, and of those that train, of a program's `model`."""
    summary = infer(read_python((BEFORE + program).encode(), model="model"))
    return summary.total_params, summary.trainable_params


def counted_by_keras(program):
    import keras

    keras.utils.clear_session()
    keras.config.set_dtype_policy("float32")
    namespace = {"__name__": "__main__"}
    exec(BEFORE + program, namespace)
    model = namespace["model"]
    return model.count_params(), sum(weight.value.size for weight in model.trainable_weights)
