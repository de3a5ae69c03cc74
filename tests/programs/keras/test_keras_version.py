"""Programs for old versions of Keras are counted as those versions count them."""

from __future__ import annotations

import pytest

from lstmcount import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python


@pytest.mark.parametrize("shape", ["(3, 32, 32)", "(32, 32, 3)"])
def test_kernels_by_position_and_channels_where_the_shape_has_them(shape):
    program = f"""
from keras.models import Sequential
from keras.layers.convolutional import Convolution2D, MaxPooling2D, ZeroPadding2D
model = Sequential()
model.add(ZeroPadding2D((1, 1), input_shape={shape}))
model.add(Convolution2D(64, 3, 3, activation='relu'))
model.add(MaxPooling2D((2, 2), strides=(2, 2)))
model.add(Convolution2D(128, 3, 3))
"""
    summary = infer(read_python(program.encode()))
    assert summary.total_params == (9 * 3 + 1) * 64 + (9 * 64 + 1) * 128


def test_tensorflow_keras_is_not_old():
    program = b"""
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Convolution2D
model = Sequential([Convolution2D(8, 3, 3, input_shape=(9, 9, 2))])
"""
    layer = infer(read_python(program)).layers[0]
    assert layer.output_shape == (None, 3, 3, 8)


def test_initializers_of_a_plain_kernel_in_depthwise_layers():
    program = b"""
from tensorflow.keras import Sequential
from tensorflow.keras.layers import DepthwiseConv2D, SeparableConv2D
model = Sequential([
    DepthwiseConv2D((3, 3), kernel_initializer='he_normal', input_shape=(9, 9, 2)),
    SeparableConv2D(4, 3, kernel_regularizer='l2', kernel_initializer='he_normal'),
])
"""
    assert infer(read_python(program)).total_params == 9 * 2 + 2 + 9 * 2 + 2 * 4 + 4


def test_a_method_called_like_a_layer_of_keras_is_not_that_layer():
    program = b"""
from elsewhere import Composable
from keras.layers import Dense, Input
from keras.models import Model

class Network(Composable):
    def __init__(self):
        x = Input((8,))
        self.model = Model(x, Dense(1)(self.Dense(x, 3)))

model = Network().model
"""
    layers = infer(read_python(program)).layers
    assert [layer.class_name for layer in layers] == ["InputLayer", "self.Dense", "Dense"]
    assert layers[1].output_shape is None


@pytest.mark.parametrize(
    ("build", "total"),
    [
        ("[Embedding(9, 4, input_length=5), LSTM(3, dropout_W=0.2, dropout_U=0.2)]", 36 + 96),
        ("[Embedding(9, 4, input_length=5), GRU(3, dropout_U=0.2)]", 36 + 72),
        ("[Deconvolution2D(2, 3, 3, (None, 7, 7, 2), input_shape=(5, 5, 3))]", 9 * 3 * 2 + 2),
        ("[Convolution2D(4, 3, 5, 5, border_mode='same', input_shape=(3, 9, 9))]", 75 * 4 + 4),
        ("[Dense(output_dim=4, input_dim=6), Reshape((4 / 2, 2))]", 28),
    ],
)
def test_arguments_that_only_keras_1_had(build, total):
    program = f"""
from keras.models import Sequential
from keras.layers import *
model = Sequential()
for layer in {build}:
    model.add(layer)
"""
    assert infer(read_python(program.encode())).total_params == total


def test_channels_first_where_the_first_layer_of_any_class_has_them():
    program = "from keras.models import Sequential\nfrom keras.layers import *\n"
    program += "model = Sequential([Layer(input_shape=(3, 8, 9)), Convolution2D(4, 3, 3, "
    program += "border_mode='valid')])\nmodel.add(Flatten())"
    summary = infer(read_python(program.encode()))
    assert (summary.total_params, summary.layers[-1].output_shape) == (112, (None, 4 * 6 * 7))


def test_channels_first_in_layers_that_were_made_before_the_first_of_the_model():
    program = "from keras.models import Sequential\nfrom keras.layers import *\n"
    program += "parts = [Convolution2D(4, 3, 3, border_mode='valid'), MaxPooling2D(), Flatten()]\n"
    program += "model = Sequential()\nmodel.add(Layer(input_shape=(3, 10, 12)))\n"
    program += "for part in parts:\n    model.add(part)\n"
    summary = infer(read_python(program.encode()))
    assert (summary.total_params, summary.layers[-1].output_shape) == (112, (None, 4 * 4 * 5))


def test_channels_first_where_an_input_has_them():
    program = b"""
from keras.models import Model
from keras.layers import Convolution2D, Input, ZeroPadding2D
image = Input(shape=(3, None, None))
x = ZeroPadding2D((3, 3))(image)
model = Model(input=image, output=Convolution2D(8, 7, 7, subsample=(2, 2))(x))
"""
    assert infer(read_python(program)).total_params == (49 * 3 + 1) * 8


def test_channels_first_of_videos():
    program = b"""
from keras.models import Sequential
from keras.layers import Convolution3D, Flatten, MaxPooling3D
model = Sequential()
model.add(Convolution3D(4, 3, 3, 3, border_mode='same', input_shape=(3, 6, 8, 8)))
model.add(MaxPooling3D(pool_size=(2, 2, 2), border_mode='valid'))
model.add(Flatten())
"""
    config = read_python(program)
    summary = infer(config)
    assert (summary.total_params, summary.layers[-1].output_shape) == (328, (None, 4 * 3 * 4 * 4))
    assert "(3, 6, 8, 8) are taken for channels, frames, rows and columns" in config.notes[0]


def test_channels_that_are_taken_for_the_first_axis_are_said():
    program = b"""
from keras.models import Sequential
from keras.layers import Convolution2D
model = Sequential([Convolution2D(4, 3, 3, border_mode='valid', input_shape=(3, 8, 9))])
"""
    [note] = read_python(program).notes
    assert "(3, 8, 9) are taken for channels, rows and columns, as by Keras 1 on Theano" in note


@pytest.mark.parametrize("shape", ["(1, 1, 100)", "(1, 4, 64)", "(3, 64, 3)"])
def test_images_without_rows_and_columns_in_the_last_axes_have_their_channels_last(shape):
    program = f"""
from keras.models import Sequential
from keras.layers import Convolution2D
model = Sequential([Convolution2D(4, 1, 1, border_mode='same', input_shape={shape})])
"""
    config = read_python(program.encode())
    assert infer(config).total_params == 4 * int(shape.strip("()").split(",")[-1]) + 4
    assert config.notes == []


@pytest.mark.parametrize(
    "words",
    [
        "# x = Convolution2D(8, 3, 3, border_mode='same')(x)",
        'def old():\n    """model.add(Convolution2D(8, 3, 3, border_mode=\'same\'))"""',
        "def scaled(x, rows=(1, 2), W_regularizer=None):\n    return x",
    ],
)
def test_spellings_of_keras_1_outside_calls_make_no_program_old(words):
    program = f"""
from keras.models import Model
from keras.layers import Conv2D, Input
{words}
image = Input((1, 28, 28))
model = Model(image, Conv2D(8, 1)(image))
"""
    config = read_python(program.encode())
    assert (infer(config).total_params, config.notes) == (28 * 8 + 8, [])


def test_an_uncalled_static_method_takes_no_receiver():
    program = b"""
from keras.models import Sequential
from keras.layers import Dense

class Detector:
    @staticmethod
    def create_model(features):
        model = Sequential()
        model.add(Dense(units=4, input_shape=(features,)))
        return model
"""
    assert infer(read_python(program, settings={"features": 5})).total_params == 24


@pytest.mark.parametrize(
    "line",
    ["Embedding(9, output_dim=4)", "pd.merge(left, right)", "nb_filter = 3", "f(subsample=0.5)"],
)
def test_names_that_programs_of_today_use_too(line):
    program = f"""
import keras
from keras.layers import Embedding, GRU
{line}
model = keras.Sequential([keras.Input((5,)), Embedding(9, 4), GRU(3)])
"""
    assert infer(read_python(program.encode())).total_params == 36 + 3 * (4 * 3 + 3 * 3 + 2 * 3)


BRANCHES = """
from keras.models import Sequential
from keras.layers import Activation, Dense, Merge
left = Sequential([Dense(50, input_shape=(784,)), Activation('relu')])
right = Sequential([Dense(30, input_dim=20)])
model = Sequential()
model.add(Merge([left, right], mode='concat'))
model.add(Dense(10))
"""
OWN_BRANCHES = """
from keras.models import Sequential
from keras.layers import Dense, Embedding, Merge, Reshape
class Factors(Sequential):
    def __init__(self, users, items, size, **kwargs):
        branches = []
        for number in (users, items):
            branch = Sequential()
            branch.add(Embedding(number, size, input_length=1))
            branch.add(Reshape((size,)))
            branches.append(branch)
        super(Factors, self).__init__(**kwargs)
        self.add(Merge(branches, mode='concat'))
        self.add(Dense(7))
model = Factors(10, 20, 4)
"""
GRAPH = """
from keras.models import Graph
from keras.layers.core import Dense, Dropout
graph = Graph()
graph.add_input(name='a', input_shape=(32,))
graph.add_input(name='b', input_shape=(32,))
graph.add_shared_node(Dense(16), name='both', inputs=['a', 'b'], outputs=['left', 'right'])
graph.add_shared_node(Dense(4), name='tied', inputs=['left', 'right'], merge_mode='sum')
graph.add_node(Dense(3), name='y', inputs=['left', 'tied'], merge_mode='concat')
graph.add_node(Dropout(0.5), name='out', input='y', create_output=True)
graph.add_output(name='other', inputs=['y', 'out'], merge_mode='ave')
"""
CODE = """
from keras.layers import Dense, Flatten, Input, merge
from keras.models import Model
a, b = Input(shape=(5, 8)), Input(shape=(5, 8))
difference = merge([a, b], mode=lambda x: x[0] - x[1], output_shape=(5, 8))
followed = merge([a, b], mode=lambda x: x[0] * x[1])
cosine = merge([a, b], mode='cos', dot_axes=(2, 2), name='cosine')
joined = merge([difference, followed], 'concat', 1)
model = Model(input=[a, b], output=[cosine, Dense(3)(Flatten()(joined))])
"""
FULL = """
from keras.models import Sequential
from keras.layers import Convolution2D, Deconvolution2D
from keras.layers.advanced_activations import SReLU
model = Sequential()
model.add(Convolution2D(4, 3, 3, border_mode='full', input_shape=(1, 6, 6), dim_ordering='th'))
model.add(SReLU())
model.add(Deconvolution2D(2, 3, 3, (None, 2, 18, 18), subsample=(2, 2), dim_ordering='th'))
"""


@pytest.mark.parametrize(
    ("program", "last", "output", "params"),
    [
        (BRANCHES, "dense_2", (None, 10), 785 * 50 + 21 * 30 + 81 * 10),
        (OWN_BRANCHES, "dense", (None, 7), 10 * 4 + 20 * 4 + 9 * 7),
        (GRAPH, "other", (None, 3), 33 * 16 + 17 * 4 + 21 * 3),
        (CODE, "dense", (None, 3), 243),
        (FULL, "deconvolution2d", (None, 2, 18, 18), 40 + 4 * 4 * 64 + 74),
    ],
)
def test_models_of_keras_zero_and_one(program, last, output, params):
    summary = infer(read_python(program.encode()))
    layer = summary.layers[-1]
    assert (layer.name, layer.output_shape, summary.total_params) == (last, output, params)


@pytest.mark.parametrize(
    ("layer", "total"),
    [
        ("Convolution1D(nb_filter=6, filter_length=3", 78 + (8 * 6 + 1) * 5),
        ("Conv1D(6, 3", 78 + (8 * 6 + 1) * 5),
        ("AtrousConvolution1D(6, 3, atrous_rate=2", 78 + (6 * 6 + 1) * 5),
        ("LocallyConnected1D(6, 3", 8 * 78 + (8 * 6 + 1) * 5),
        ("TimeDistributedDense(6", 30 + (10 * 6 + 1) * 5),
        ("LSTM(6, return_sequences=True", 264 + (10 * 6 + 1) * 5),
        ("CuDNNLSTM(6, return_sequences=True", 288 + (10 * 6 + 1) * 5),
    ],
)
def test_layers_of_sequences_that_are_given_two_sizes(layer, total):
    program = f"""
from keras.layers import *
from keras.models import Sequential
model = Sequential()
model.add({layer}, input_dim=4, input_length=10))
model.add(Flatten())
model.add(Dense(5))
"""
    assert infer(read_python(program.encode())).total_params == total


@pytest.mark.parametrize(
    "old",
    [
        "import keras.backend as K\nnoise = K.random_normal(\n"
        "    shape=(K.shape(z)[0], 4), mean=0.0, std=1.0)",
        "from keras import backend as K, initializations",
        "import keras.initializations as init",
    ],
)
def test_functions_and_modules_that_only_keras_1_had(old):
    program = f"""
from keras.layers import GRU
from keras.models import Sequential
model = Sequential()
model.add(GRU(5, input_shape=(7, 3)))
z = model.output
{old}
"""
    assert infer(read_python(program.encode())).total_params == 3 * (3 + 5 + 1) * 5


PYTHONS = {
    "print": ("print 'sizes'", 6),
    "xrange": ("for n in xrange(3): pass", 6),
    "a module": ("import cPickle", 6),
    "true division": ("from __future__ import division\nprint 'sizes'", 7),
    "true division, and a line that is left out": (
        "from __future__ import division\nprint 'sizes'\nexec 'x' in y",
        7,
    ),
    "both": ("try: xrange\nexcept NameError: xrange = range\nfor n in xrange(3): pass", 7),
    "six": ("from six.moves import xrange\nfor n in xrange(3): pass", 7),
    "a comment": ("# for n in xrange(3): print n\n'''\nprint 'sizes'\n'''", 7),
    "a command of a notebook, and a text": ("!ls\n'''\nprint 'sizes'\n'''", 7),
}


@pytest.mark.parametrize(("lines", "units"), PYTHONS.values(), ids=PYTHONS)
def test_python_2_divides_to_integers(lines, units):
    program = f"""
{lines}
from keras.layers import Dense
from keras.models import Sequential
model = Sequential()
model.add(Dense(int(7 / 2 * 2), input_dim=1))
"""
    assert infer(read_python(program.encode())).total_params == 2 * units


def test_the_graph_of_another_library_is_not_keras_s():
    program = b"""
import networkx as nx
from keras.layers import Conv2D
from keras.models import Sequential
graph = nx.Graph()
model = Sequential([Conv2D(8, 3, 3, input_shape=(9, 9, 2))])
"""
    assert infer(read_python(program)).layers[0].output_shape == (None, 3, 3, 8)


EARLY = """
from keras.models import Sequential
from keras.layers.core import Dense, Flatten, Reshape, TimeDistributedDense
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.layers.embeddings import Embedding
from keras.layers.recurrent import LSTM
inputs, hidden = 2, 30
model = Sequential()
"""


@pytest.mark.parametrize(
    ("layers", "total"),
    [
        (["LSTM(inputs, hidden, return_sequences=False)", "Dense(hidden, inputs)"], 3960 + 62),
        (["Embedding(9, 4)", "TimeDistributedDense(4, 5, 'uniform')", "LSTM(5, 3)"], 36 + 25 + 108),
        (["Dense(4, 3, activation='time_distributed_softmax')"], 15),
        (
            ["Embedding(50, 20)", "Reshape(1, 30, 20)", "Convolution2D(7, 1, 8, 20)",
             "MaxPooling2D(poolsize=(23, 1))", "Flatten()", "Dense(7, 2)"],
            1000 + 7 * 160 + 7 + 16,
        ),
    ],
)  # fmt: skip
def test_the_earliest_versions_take_the_sizes_of_input_and_output(layers, total):
    program = EARLY + "\n".join(f"model.add({layer})" for layer in layers)
    assert infer(read_python(program.encode())).total_params == total


OLD_ARGUMENTS = [
    ("LSTM(4, batch_input_shape=(None, 5, 3))", "batch_input_shape= is accepted by Keras 2"),
    ("LSTM(4, batch_size=2, input_shape=(5, 3))", "batch_size= is accepted by Keras 2"),
    ("Dense(4, weights=None)", "weights= is accepted by Keras 2"),
    ("LSTM(4, time_major=False)", "time_major= is accepted by Keras 2"),
    ("BatchNormalization(fused=True)", "fused= is accepted by Keras 2"),
    ("BatchNormalization(axis=[-1])", "a list in axis= is accepted by Keras 2"),
    ("Flatten(dynamic=False)", "dynamic= is accepted by Keras 2"),
    ("SeparableConv1D(4, 2, kernel_initializer='zeros')", "kernel_initializer= is accepted"),
    ("SpatialDropout1D(0.5, input_shape=(5, 3))", "input_shape= is accepted by Keras 2"),
    ("Dense(4, W_regularizer='l2')", "W_regularizer= is an argument of Keras 1"),
]


@pytest.mark.parametrize(("made", "said"), OLD_ARGUMENTS)
def test_arguments_that_keras_3_dropped_are_noted_or_refused(made, said):
    used = f"model = Sequential([Input((5, 3)), layers.{made}])\n"
    notes = infer(
        read_python(f"from keras import Input, Sequential, layers\n{used}".encode())
    ).notes
    if "Keras 1" not in said:  # a program that imports Keras and has that argument is for Keras 1
        assert f"{said}" in notes[0]
        assert notes[0].endswith("counted as in Keras 2; Keras 3 refuses it")
    certain = f"from keras import Input, Sequential, layers, ops\n{used}"
    with pytest.raises(LstmcountError, match=f"{said}.*; Keras 3 refuses it"):
        infer(read_python(certain.encode()))


BOTH_SHAPES = "x = Input(shape=(9, 9), batch_shape=(None, 7))\nm = Model(x, layers.Dense(3)(x))\n"


def test_an_input_with_both_shapes_has_that_with_a_batch():
    """As in Keras 2, but not in its copy in TensorFlow."""
    program = f"from keras import Input, Model, layers\n{BOTH_SHAPES}"
    config = read_python(program.encode())
    assert infer(config).total_params == 24
    assert "shape= beside batch_shape= is accepted by Keras 2 and counted" in config.notes[0]


@pytest.mark.parametrize("start", ["from keras import ops, ", "from tensorflow.keras import "])
def test_an_input_with_both_shapes_is_refused(start):
    with pytest.raises(LstmcountError, match="batch_shape"):
        infer(read_python(f"{start}Input, Model, layers\n{BOTH_SHAPES}".encode()))


def test_programs_for_keras_2_get_no_notes_of_its_arguments():
    program = b"""
from tensorflow.python.keras import Sequential, layers
model = Sequential([layers.LSTM(4, batch_input_shape=(2, 5, 3), implementation=2)])
"""
    assert infer(read_python(program)).notes == ()


def test_an_argument_may_not_be_given_twice():
    program = (
        b"from keras import Sequential, layers\nmodel = Sequential([layers.Dense(4, units=5)])"
    )
    with pytest.raises(LstmcountError, match="Dense is given units twice"):
        infer(read_python(program))


MAYBE_BEFORE_TENSORFLOW_2 = {
    "a module of Keras 2.3": "import keras.backend.tensorflow_backend as T",
    "a module of Keras 2.2": "from keras.engine.topology import Layer",
    "a layer that Keras 2.4 lost": "from keras.layers import CuDNNGRU",
    "a session": "import tensorflow as tf\nsession = tf.Session()",
    "another backend": "import os\nos.environ['KERAS_BACKEND'] = 'theano'",
    "Python 2": "print 'sizes'",
    "a session of both": "import tensorflow.compat.v1 as tf\nsession = tf.Session()",
    "either": "if tf.__version__ < '2': tf.Session()",
    "fit_generator": "model.fit_generator(data)",
    "a module until Keras 2.12": "from keras.layers.recurrent import GRU",
}
SINCE_TENSORFLOW_2 = {
    "nothing old": "",
    "a comment": "# session = tf.Session()",
}
GRUS = """
import tensorflow as tf
from keras.models import Sequential
from keras.layers import Bidirectional, GRU, GRUCell, RNN
{}
model = Sequential()
model.add(GRU(5, input_shape=(7, 3), return_sequences=True))
model.add(RNN(GRUCell(2), return_sequences=True))
model.add(Bidirectional(GRU(4, reset_after=True)))
"""
TODAY = 3 * 5 * (3 + 5 + 2) + 3 * 2 * (5 + 2 + 2) + 2 * 3 * 4 * (2 + 4 + 2)


@pytest.mark.parametrize("old", MAYBE_BEFORE_TENSORFLOW_2.values(), ids=MAYBE_BEFORE_TENSORFLOW_2)
def test_gated_units_may_have_had_fewer_biases_which_a_note_says(old):
    config = read_python(GRUS.format(old).encode())
    assert infer(config).total_params == TODAY
    text = "had fewer biases by default (reset_after=False)"
    assert [f"GRU {text}" in note for note in config.notes] == [True, False]
    assert [f"GRUCell {text}" in note for note in config.notes] == [False, True]


@pytest.mark.parametrize("new", SINCE_TENSORFLOW_2.values(), ids=SINCE_TENSORFLOW_2)
def test_nothing_is_said_of_gated_units_since_tensorflow_2(new):
    config = read_python(GRUS.format(new).encode())
    assert infer(config).total_params == TODAY
    assert not [note for note in config.notes if "reset_after" in note]


OWN_WEIGHTS = {
    "by name": "initializations.get('normal')((shape[-1], 2))",
    "with a name": "initializations.get('normal')((shape[-1], 2), name='w')",
    "a function": "initializations.glorot_uniform((shape[-1], 2))",
    "with the shape by its name": "initializations.zero(shape=(shape[-1], 2))",
    "in a variable": "K.variable(initializations.get('normal')((shape[-1], 2)))",
}


@pytest.mark.parametrize("made", OWN_WEIGHTS.values(), ids=OWN_WEIGHTS)
def test_the_initializations_of_keras_1_make_variables(made):
    program = f"""
from keras import backend as K, initializations
from keras.layers import Dense, Input, Layer
from keras.models import Model
class Own(Layer):
    def build(self, shape):
        self.w = {made}
        self.trainable_weights = [self.w]
        super(Own, self).build(shape)
    def call(self, x, mask=None):
        return K.dot(x, self.w)
x = Input(shape=(5,))
model = Model(x, Dense(3)(Own()(x)))
"""
    assert infer(read_python(program.encode())).total_params == 10 + 9


THEANO = {
    "a sum": ("x.sum(axis=1)", (None, 4)),
    "a mean that keeps its axes": ("x.mean(axis=-1, keepdims=True)", (None, 6, 1)),
    "new axes": ("x.dimshuffle(0, 'x', 2, 1)", (None, 1, 4, 6)),
    "axes in a list": ("x.dimshuffle([0, 2, 1])", (None, 4, 6)),
    "of another tensor": ("(x * K.sum(x, axis=2).dimshuffle(0, 1, 'x')).max(axis=2)", (None, 6)),
}


@pytest.mark.parametrize(("result", "shape"), THEANO.values(), ids=THEANO)
def test_methods_of_theano_s_tensors_in_keras_1(result, shape):
    program = f"""
from keras import backend as K, initializations
from keras.layers import Input, Layer
from keras.models import Model
class Own(Layer):
    def call(self, x, mask=None):
        return {result}
x = Input(shape=(6, 4))
model = Model(x, Own()(x))
"""
    assert infer(read_python(program.encode())).layers[-1].output_shape == shape


def test_padding_of_keras_1():
    program = b"""
from keras import backend as K, initializations
from keras.layers import Input, Lambda
from keras.models import Model
x = Input(shape=(6, 4))
model = Model(x, Lambda(lambda t: K.asymmetric_temporal_padding(t, 3, 0))(x))
"""
    assert infer(read_python(program)).layers[-1].output_shape == (None, 9, 4)


OF_INPUT_LAYER = """
import keras
from keras import layers, ops
x = keras.Input((4,))
base = keras.Model(x, layers.Dense(3)(x))
first = base.layers[0]
"""
EMPTY = {  # what Keras 3 refuses
    "model = keras.Model(first.input, layers.Dense(2)(base.output))": "inputs of the model are",
    "model = keras.Model([first.input], layers.Dense(2)(base.output))": "inputs of the model are",
    "model = keras.Model(x, layers.Dense(2)(first.input))": "the outputs of the model are not",
}
USED = "model = keras.Model(first.output, layers.Dense(2 + len(first.input))(base.output))"


@pytest.mark.parametrize(("made", "refused"), EMPTY.items())
def test_the_input_of_an_input_layer_is_empty_in_keras_3(made, refused):
    with pytest.raises(LstmcountError, match=refused):
        read_python(f"{OF_INPUT_LAYER}{made}".encode(), model="model")
    older = OF_INPUT_LAYER.replace("layers, ops", "layers")
    config = read_python(f"{older}{made}".encode(), model="model")
    assert infer(config).total_params == (10 if "x, layers" in made else 23)
    assert any("in Keras 3 it is an empty list" in note for note in config.notes)


def test_an_empty_input_is_followed():
    assert infer(read_python(f"{OF_INPUT_LAYER}{USED}".encode(), model="model")).total_params == 23


@pytest.mark.oracle
def test_the_input_of_an_input_layer_in_keras():
    pytest.importorskip("keras")
    namespace = {}
    exec(f"{OF_INPUT_LAYER}{USED}", namespace)
    assert namespace["model"].count_params() == 23
    for made in EMPTY:
        with pytest.raises(ValueError, match=r"cannot be empty|received 0 input tensors"):
            exec(f"{OF_INPUT_LAYER}{made}", {})


VERSIONS = {  # how a program begins, and the units of two layers, which it reads from versions
    "": (315, 221),
    "from keras.layers.recurrent import GRU": (215, 215),
    "from tensorflow import keras": (315, 221),
}


@pytest.mark.parametrize(("start", "units"), VERSIONS.items(), ids=VERSIONS)
def test_the_versions_are_those_that_a_program_is_followed_with(start, units):
    program = (
        f"import keras\nimport tensorflow as tf\n{start}\n"
        "def number(version):\n    return int(''.join(version.split('.')[:2]))\n"
        "n, m = number(keras.__version__), number(tf.__version__)\n"
        "if keras.__version__ < '2':\n    n = 1\n"
        "model = keras.models.Sequential()\n"
        "model.add(keras.layers.Dense(n, use_bias=False, input_shape=(1,)))\n"
        "model.add(keras.layers.Dense(m, use_bias=False))\n"
    )
    assert infer(read_python(program.encode())).total_params == units[0] * (1 + units[1])


@pytest.mark.parametrize(
    ("start", "version"),
    [
        ("from keras.engine.topology import Layer", "2.3.1"),
        ("first = keras.layers.Convolution2D(4, 3, 3, border_mode='same')", "1.2.2"),
    ],
)
def test_the_versions_of_older_keras(start, version):
    program = (
        f"import keras\n{start}\nn = 3 if keras.__version__ == '{version}' else 4\n"
        "model = keras.models.Sequential([keras.layers.Dense(n, input_shape=(1,))])\n"
    )
    assert infer(read_python(program.encode())).total_params == 6


@pytest.mark.parametrize(
    "start", ["from tensorflow.keras import layers", "from keras import layers, ops"]
)
def test_layers_of_keras_for_tensorflow_1_are_no_longer_there(start):
    program = (
        f"{start}\nfrom keras import Input, Sequential\n"
        "gru = layers.CuDNNGRU if hasattr(layers, 'CuDNNGRU') else layers.SimpleRNN\n"
        "model = Sequential([Input((7, 2)), gru(3)])\n"
    )
    assert infer(read_python(program.encode())).total_params == 18


def test_layers_that_keras_2_still_had_are_asked_for():
    program = (
        "from tensorflow import keras\n"
        "n = 3 if hasattr(keras.layers, 'ThresholdedReLU') else 4\n"
        "model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(n)])\n"
    )
    with pytest.raises(LstmcountError, match="hasattr"):
        read_python(program.encode())


THREE_NUMBERS = {
    "no sign of Keras 2": ("", "Convolution2D(20, 5, 5, input_shape=s)", 1520, "counted so"),
    "an argument of Keras 2": (
        "from keras.utils import np_utils\n",
        "Convolution2D(20, 5, 5, padding='same', input_shape=s)",
        1520,
        "counted as strides, as in Keras 3",
    ),
    "a kernel and strides": (
        "from keras.utils import np_utils\n",
        "Conv2D(20, (5, 5), (2, 2), input_shape=s)",
        1520,
        None,
    ),
}


@pytest.mark.parametrize(
    ("imports", "layer", "params", "note"), THREE_NUMBERS.values(), ids=THREE_NUMBERS
)
def test_what_three_numbers_of_a_convolution_are(imports, layer, params, note):
    program = (
        f"from keras import Sequential\nfrom keras.layers import *\n{imports}s = 60, 60, 3\n"
        f"model = Sequential([{layer}, Flatten(), Dense(1, use_bias=False)])\n"
    )
    config = read_python(program.encode())
    side = 56 if note == "counted so" else 12 if "padding" in layer else 28
    assert infer(config).total_params == params + side * side * 20
    notes = [each for each in config.notes if "sizes of its kernel" in each]
    assert [each.rpartition("; ")[2] for each in notes] == ([note] if note else [])


def test_a_gru_of_keras_2_may_have_fewer_biases():
    program = (
        "from keras.layers import GRU\nfrom keras.models import Sequential\n"
        "from keras.utils import np_utils\nmodel = Sequential([GRU(8, input_shape=(5, 3))])\n"
    )
    config = read_python(program.encode())
    assert infer(config).total_params == 3 * (8 * (3 + 8) + 2 * 8)
    assert any("fewer biases by default" in note for note in config.notes)
