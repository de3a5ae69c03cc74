"""Arguments of layers and of their calls in programs: what Keras takes, and what it refuses."""

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
import keras
from keras import Input, layers, ops
x, h, c = Input((4, 3)), Input((2,)), Input((5,))
step, wide = Input((3,)), Input((4, None))
"""
COUNTED = {  # inputs and outputs of the model → parameters
    "x, layers.Dense(2)(ops.mean(x, 1, keepdims=1))": 8,
    "x, layers.Dense(2, activation=ops.sin)(x)": 8,
    "x, layers.LSTM(2, return_sequences=1, use_bias=0)(x)": 40,
    "x, layers.Dense(2, use_bias=None)(x)": 6,
    "x, layers.Dense(2, use_bias='False')(x)": 8,
    "x, layers.Dense(2, use_bias=range)(x)": 8,
    "x, layers.Dense(2, use_bias=[])(x)": 6,
    "x, layers.Bidirectional(layers.LSTM(2, activation=ops.relu))(x)": 96,
    "x, layers.Dense(2, dtype=float)(x)": 8,
    "x, layers.Conv1D(2, 3, data_format='Channels_Last')(x)": 20,
    "x, layers.BatchNormalization()(x, mask=None)": 12,
    "[x, wide], [(d := layers.Dense(2))(x), d(wide)]": 8,
    "[x, wide], [(d := layers.Conv1D(2, 3))(x), d(wide)]": 20,
    "[step, h], layers.LSTMCell(2)(step, [h, h])[0]": 48,
    "[step, h, c], layers.SimpleRNNCell(2)(step, [h, c])[0]": 12,
}
REFUSED = {
    "x, layers.Dense(2, activation=keras.activations.sine)(x)": "unknown activation 'sine'",
    "x, layers.Bidirectional(layers.LSTM(2, activation=ops.sin))(x)": "activation=sin in Bidirec",
    "x, layers.Bidirectional(layers.RNN(layers.GRUCell(2, activation=ops.sin)))(x)": "=sin in",
    "x, layers.Dense(2, trainable=1)(x)": "expected true or false, got 1",
    "x, ops.mean(x, axes=1)": "mean has no argument 'axes'. Did you mean axis",
    "x, ops.average_pool(x, 2, data_format='x')": "operation AveragePool: invalid enum value 'x'",
    "[x, h], ops.segment_sum(x, x)": "expected one segment a row",
    "x, ops.diagonal(x, axis1=1, axis2=-2)": "axis1 and axis2 are both 1",
    "x, layers.Dense(2, name=3)(x)": "expected a text or null, got 3",
    "x, layers.UpSampling1D(2, data_format='channels_last')(x)": "no argument 'data_format'",
    "x, layers.STFTSpectrogram(padding='SAME')(x)": "expected same or valid",
    "x, layers.Dropout(0.1, seed='x')(x)": "expected an integer or null, got 'x'",
    "x, layers.LSTM(2, seed=2.5)(x)": "expected an integer or null, got 2.5",
    "x, layers.Dense(2)(x, nonsense=1)": "a call of Dense has no argument 'nonsense'",
    "x, layers.ReLU()(x, mask=None)": "a call of ReLU has no argument 'mask'",
    "x, layers.ReLU()(x, x)": "a call takes only inputs, training; got 2 tensors",
    "x, layers.GRU(2)(x, initial_states=None)": "Did you mean initial_state",
    "x, layers.Dense(2)(x, x)": "a call takes only inputs, training; got 2 tensors",
    "[step, h], layers.LSTMCell(2)(step, [h])[0]": "expected the states",
    "[step, c], layers.GRUCell(2)(step, [c])[0]": "expected the states",
    "[step, c], layers.StackedRNNCells([layers.GRUCell(2)])(step, [c])[0]": "expected the states",
}


BUILT = """
from keras import Input, Sequential, layers, ops
model = Sequential([{first}layers.Dense(3)])
model.build({shape})
"""


@pytest.mark.parametrize(
    ("first", "shape"),
    [
        ("Input((8, 4)), ", "(None, 5)"),
        ("Input((8, 4)), ", "(2, 8, 4)"),
        ("", "(None, 8, 4))\nmodel.build((None, 5)"),
    ],
)
def test_a_sequential_is_built_for_one_shape(tmp_path, first, shape):
    program = tmp_path / "p.py"
    program.write_text(BUILT.format(first=first, shape=shape))
    with pytest.raises(LstmcountError, match=r"`build` gives it .*; Keras 3 refuses it"):
        summarize(program)
    program.write_text(BUILT.format(first=first, shape="(None, 8, 4)"))
    assert summarize(program).total_params == 15


def test_layers_of_a_model_include_its_unused_inputs(tmp_path):
    program = tmp_path / "p.py"
    program.write_text(
        "from keras import Input, Model, layers\nx, y, z = Input((4,)), Input((2,)), Input((3,))\n"
        "model = Model([x, y, z], layers.ReLU()(layers.Dense(2)(x)))\n"
        "for layer in model.layers[:-2]:\n    layer.trainable = False\n"
    )
    assert summarize(program).trainable_params == 0


@pytest.mark.parametrize(("code", "expected"), COUNTED.items(), ids=COUNTED)
def test_a_call_of_a_layer_is_counted(tmp_path, code, expected):
    path = tmp_path / "model.py"
    path.write_text(f"{BEFORE}model = keras.Model({code})\n")
    assert summarize(path).total_params == expected


@pytest.mark.parametrize(("weights", "expected"), [("[[[0, 0], [1, 1]]]", 4), ("None", 0)])
def test_an_embedding_with_given_weights_is_built(tmp_path, weights, expected):
    path = tmp_path / "model.py"
    layer = f"layers.Embedding(2, 2, weights={weights})"
    path.write_text(f"{BEFORE}model = keras.Sequential([{layer}, layers.LSTM(3)])\n")
    summary = summarize(path)
    assert (summary.total_params, summary.layers[0].output_shape) == (expected, None)


def test_a_data_format_of_none_is_the_global_one(tmp_path):
    program = tmp_path / "p.py"
    program.write_text(
        "import keras\nkeras.config.set_image_data_format('channels_first')\n"
        "model = keras.Sequential([keras.Input((4, 3)), keras.layers.GlobalAveragePooling1D("
        "data_format=None), keras.layers.Dense(2)])\n"
    )
    assert summarize(program).total_params == 10


def test_operations_follow_the_global_data_format(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(
        "import keras\nkeras.config.set_image_data_format('channels_first')\n"
        "x = keras.Input((3, 8, 8))\ny = keras.ops.max_pool(x, 2)\n"
        "y = keras.layers.GlobalAveragePooling2D()(y)\n"
        "model = keras.Model(x, keras.layers.Dense(2)(y))\n"
    )
    assert summarize(path).total_params == 8


@pytest.mark.parametrize(("code", "message"), REFUSED.items(), ids=REFUSED)
def test_a_call_that_keras_refuses_is_refused(tmp_path, code, message):
    path = tmp_path / "model.py"
    path.write_text(f"{BEFORE}model = keras.Model({code})\n")
    with pytest.raises(LstmcountError, match=message):
        summarize(path)


NAMED = {  # code that makes a Sequential → number of automatic names of models that it uses
    "layers.TimeDistributed(keras.Sequential([layers.Dense(2)]))(x)": 1,
    "layers.TimeDistributed(keras.Sequential([Input((3,)), layers.Dense(2)]))(x)": 1,
    "keras.Sequential([keras.Sequential([layers.Dense(2)])])(x)": 2,
    "keras.Sequential([layers.TimeDistributed(keras.Sequential([layers.Dense(2)]))])(x)": 2,
    "keras.Sequential([layers.Dense(2)]).build((None, 3))": 1,
    "one = keras.Sequential([Input((4, 3))]); one.add(keras.Sequential([layers.Dense(2)]))": 2,
}


@pytest.mark.parametrize(("code", "used"), NAMED.items(), ids=NAMED)
def test_automatic_names_inside_layers(tmp_path, code, used):
    path = tmp_path / "model.py"
    path.write_text(f"{BEFORE}{code}\nmodel = keras.Model(h, layers.ReLU()(h))\n")
    assert summarize(path, model="model").name == f"functional_{used}"


def test_automatic_names_inside_augmentations(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(
        f"{BEFORE}layers.AugMix(), layers.RandAugment()\n"
        "model = keras.Sequential([layers.RandomShear(), layers.Solarization()])\n"
    )
    names = [layer.name for layer in summarize(path).layers]
    assert names == ["random_shear_2", "solarization_2"]


def test_weights_of_other_libraries_are_unknown(tmp_path):
    path = tmp_path / "model.py"
    made = 'layers.TFSMLayer("saved", call_endpoint="serve")'
    path.write_text(f"{BEFORE}model = keras.Sequential([Input((3,)), {made}])\n")
    said = "tfsm_layer (TFSMLayer): its weights are those of a model saved by TensorFlow"
    assert said in summarize(path).notes[0]


def test_a_copy_keeps_the_names_of_inputs(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(
        "import keras\nx, y = keras.Input((3,)), keras.Input((3,), name='y')\n"
        "model = keras.Model([x, y], keras.layers.Add()([x, y]))\n"
        "model = keras.models.clone_model(model)\n"
    )
    assert [layer.name for layer in summarize(path).layers] == ["keras_tensor", "y", "add"]


def test_a_mask_that_is_passed_stays_with_the_output(tmp_path):
    path = tmp_path / "model.py"
    path.write_text(
        f"{BEFORE}y = layers.GRU(2, return_sequences=True)(x, mask=ops.any(x > 0, axis=-1))\n"
        "model = keras.Model(x, layers.TimeDistributed(layers.Dense(4))(y))\n"
    )
    assert summarize(path).layers[-1].connected_to == ("gru[0][0]", "any[0][0]")


def test_both_directions_of_an_own_class_that_is_not_recurrent_are_refused(tmp_path):
    """Keras takes any layer with the attributes of a recurrent one."""
    path = tmp_path / "model.py"
    path.write_text(
        f"{BEFORE}@keras.saving.register_keras_serializable()\nclass Mine(layers.Layer):\n"
        "    go_backwards = return_state = stateful = False\n"
        "    return_sequences = True\n"
        "    def call(self, x):\n        return x\n"
        "model = keras.Model(x, layers.Bidirectional(Mine())(x))\n"
    )
    with pytest.raises(LstmcountError, match="Bidirectional around Mine, which derives from no"):
        summarize(path)


@pytest.mark.oracle
@pytest.mark.parametrize("code", [*COUNTED, *REFUSED])
def test_keras_takes_and_refuses_the_same_calls(code):
    pytest.importorskip("keras")
    namespace = {}
    program = f"{BEFORE}model = keras.Model({code})\n"
    if code in COUNTED:
        exec(program, namespace)
        assert namespace["model"].count_params() == COUNTED[code]
    else:
        with pytest.raises((ValueError, TypeError, AttributeError, IndexError)):
            exec(program, namespace)


LATER = """
import keras
from keras import Input, Model, layers, ops

class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.wide = layers.Dense(4), layers.Dense(4), layers.Dense(5)
    def call(self, x, twice=False, bias=None, widen=None):
        x = self.first(x)
        x = self.second(x) if twice else x
        x = x if bias is None else x + self.second(bias)
        return x if widen is None else self.wide(x + widen)

own, x, y = Own(), Input((4,)), Input((4,))
"""
LATER_CALLS = {  # outputs → parameters
    "own(own(x), twice=False)": 20,
    "own(own(x), twice=True)": 40,
    "own(own(x), twice=[])": 20,
    "own(own(x, twice=True))": 40,
    "own(own(x, bias=y), bias=x)": 40,
}


@pytest.mark.parametrize(("outputs", "expected"), LATER_CALLS.items(), ids=LATER_CALLS)
def test_later_calls_with_other_arguments(tmp_path, outputs, expected):
    assert later(tmp_path, outputs).total_params == expected


CHANGING = """
import keras
from keras import Input, Model, layers

class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.at, self.parts = 0, [layers.Dense(3), layers.Dense(3), layers.Dense(4)]
    def call(self, x):
        part = self.parts[self.at]
        self.at += {step}
        return part(x)

own, x = Own(), Input((3,))
"""
CHANGED = [  # how far a call goes on, the outputs, and the parameters
    (0, "own(x)", 12),
    (1, "own(x)", 24),  # Keras runs `call` once to build the layer
    (0, "[own(x), setattr(own, 'at', 1), own(x)][::2]", 24),
    (0, "[own(x), setattr(own, 'note', 'a'), own(x)][::2]", 12),
]


@pytest.mark.parametrize(("step", "outputs", "expected"), CHANGED)
def test_a_layer_whose_attributes_change(tmp_path, step, outputs, expected):
    text = f"{CHANGING.format(step=step)}model = Model(x, {outputs})"
    (tmp_path / "model.py").write_text(text)
    assert summarize(tmp_path / "model.py").total_params == expected


@pytest.mark.oracle
@pytest.mark.parametrize(("step", "outputs", "expected"), CHANGED)
def test_a_layer_whose_attributes_change_in_keras(step, outputs, expected):
    pytest.importorskip("keras")
    namespace = {}
    exec(f"{CHANGING.format(step=step)}model = Model(x, {outputs})", namespace)
    assert namespace["model"].count_params() == expected


def test_a_later_call_with_another_shape_than_the_first_is_refused(tmp_path):
    said = r"a later call of own gives \(None, 5\), where the arguments of its first call would"
    with pytest.raises(LstmcountError, match=said):
        later(tmp_path, "[own(x, bias=y), own(x, widen=y)]")


@pytest.mark.oracle
@pytest.mark.parametrize(("outputs", "expected"), LATER_CALLS.items(), ids=LATER_CALLS)
def test_later_calls_in_keras(outputs, expected):
    pytest.importorskip("keras")
    namespace = {}
    exec(f"{LATER}model = Model([x, y], {outputs})", namespace)
    assert namespace["model"].count_params() == expected


def later(tmp_path, outputs):
    (tmp_path / "model.py").write_text(f"{LATER}model = Model([x, y], {outputs})")
    return summarize(tmp_path / "model.py")


def test_the_states_that_a_program_sets_are_no_weights(tmp_path):
    path = tmp_path / "model.py"
    program = """
from keras import backend as K
from keras.layers import LSTM, Dense, Input
from keras.models import Model
x = Input((None, 1))
model = Model(x, Dense(3)(LSTM(5)(x)))
for at in range(2):
    model.layers[1].states[at] = K.variable(value=saved[at])
"""
    path.write_text(program)
    assert summarize(path).total_params == 158


def test_an_array_that_a_call_returns_says_nothing_against_declared_shapes():
    program = b"""
import keras, numpy as np
from keras import layers
class Pair(layers.Layer):
    def call(self, x): return [x, np.zeros((2, 4))]
    def compute_output_shape(self, shape): return [shape, (2, 4)]
i = keras.Input((3,))
a, b = Pair()(i)
model = keras.Model(i, layers.Dense(2)(a))
"""
    assert infer(read_python(program)).total_params == 8


def test_a_later_call_has_the_shape_that_its_class_declares():
    """Its `call` does not say it: the shape of `K.rnn` is known for the first call only."""
    program = b"""
from tensorflow import keras
from tensorflow.keras import backend as K, layers
class Running(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 4), name='w')
    def call(self, x):
        step = lambda part, states: (K.dot(part, self.w), [K.dot(part, self.w)])
        last, every, _ = K.rnn(step, x, [K.sum(K.dot(x, self.w), axis=1)])
        return every, last
    def compute_output_shape(self, shape):
        return [(shape[0], shape[1], 4), (shape[0], 4)]
running, flat = Running(), layers.Flatten()
first, second = keras.Input((5, 3)), keras.Input(batch_shape=(1, 2, 3))
trained = keras.Model(first, layers.Dense(2)(flat(running(first)[0])))
model = keras.Model(second, layers.Dense(2)(flat(running(second)[0])))
"""
    assert infer(read_python(program)).total_params == 12 + 2 * (2 * 4 + 1)
    assert infer(read_python(program, model="trained")).total_params == 12 + 2 * (5 * 4 + 1)


def test_attention_that_an_own_layer_calls_by_keywords():
    program = (
        "import keras\nfrom keras import Model, layers\n"
        "class Own(layers.Layer):\n"
        "    def __init__(self): super().__init__(); self.mha = layers.MultiHeadAttention(2, 4)\n"
        "    def call(self, x): return self.mha(query=x, key=x, value=x)\n"
        "class Net(Model):\n"
        "    def __init__(self): super().__init__(); self.own = Own()\n"
        "    def call(self, x): return self.own(x)\n"
        "model = Net()\nmodel(keras.Input((6, 8)))\n"
    )
    assert infer(read_python(program.encode())).total_params == 288


def test_keras_1_takes_the_shape_that_a_class_declares_in_its_own_words():
    program = b"""
from keras import backend as K, initializations
from keras.layers import Dense, Input, Layer
from keras.models import Model
from elsewhere import summed
class Own(Layer):
    def call(self, x, mask=None):
        return summed(x)
    def get_output_shape_for(self, shape):
        return (shape[0], 7)
x = Input(shape=(6, 4))
model = Model(x, Dense(2)(Own()(x)))
"""
    own, dense = infer(read_python(program)).layers[-2:]
    assert (own.output_shape, dense.params) == ((None, 7), 16)


# 8 and 10 parameters for the results of 3 and 4 features, 42 for the layers that make these.
@pytest.mark.parametrize(
    "pair",
    [
        "import collections\nPair = collections.namedtuple('Pair', 'wide narrow')\n",
        "from typing import Any, NamedTuple\nclass Pair(NamedTuple):\n"
        "    wide: Any\n    narrow: Any\n",
    ],
    ids=["by a function", "by a class"],
)
@pytest.mark.parametrize("read", ["result.wide, result.narrow", "result", "result[0], result[1]"])
def test_a_layer_may_return_a_named_tuple(pair, read):
    program = f"""{BEFORE}{pair}
class Both(layers.Layer):
    def __init__(self):
        super().__init__()
        self.wide, self.narrow = layers.Dense(4), layers.Dense(3)
    def call(self, h):
        return Pair(self.wide(h), narrow=self.narrow(h))
result = Both()(c)
wide, narrow = {read}
model = keras.Model(c, layers.Dense(2)(narrow) + layers.Dense(2)(wide))
"""
    assert infer(read_python(program.encode())).total_params == 8 + 10 + 42
