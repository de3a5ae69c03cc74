"""Functions of `keras.utils.conv_utils` of Keras 2, which convolutions of programs call."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

# The values are those of Keras 2.15.
CALLS = {
    "conv_output_length(10, 3, 'valid', 1)": 8,
    "conv_output_length(10, 3, 'valid', 2, dilation=2)": 3,
    "conv_output_length(11, filter_size=3, padding='same', stride=2)": 6,
    "conv_output_length(10, 3, 'full', 1)": 12,
    "conv_output_length(10, 3, 'causal', 3)": 4,
    "deconv_output_length(5, 3, 'valid', stride=2)": 11,
    "deconv_output_length(5, 3, 'same', None, 2)": 10,
    "deconv_output_length(5, 4, 'full', stride=2)": 6,
    "deconv_output_length(5, 3, 'same', output_padding=1, stride=2)": 10,
    "deconv_output_length(5, 3, 'valid', 0, 2, 2)": 13,
    "deconv_length(5, 2, 3, 'valid')": 11,
    "deconv_length(5, 2, 3, 'same')": 10,
    "normalize_tuple(3, 2, 'kernel_size')[1]": 3,
    "len(normalize_tuple([4, 5, 6], 3, name='x'))": 3,
    "len(normalize_tuple((0, 1), 2, 'x', allow_zero=True))": 2,
    "len(normalize_data_format(None))": 13,
    "len(normalize_data_format('Channels_First'))": 14,
    "len(normalize_padding('VALID'))": 5,
    "2 if conv_output_length(None, 3, 'same', 1) is None else 1": 2,
}


@pytest.mark.parametrize(("call", "value"), CALLS.items(), ids=CALLS)
@pytest.mark.parametrize("package", ["keras", "tensorflow.python.keras"])
def test_the_values_are_those_of_keras(package, call, value):
    program = f"from {package}.utils.conv_utils import *\nfrom {package}.utils.conv_utils import "
    names = "conv_output_length, deconv_output_length, deconv_length, normalize_tuple"
    program += f"{names}, normalize_data_format, normalize_padding\n"
    program += "from keras import Sequential, layers\n"
    program += f"model = Sequential([layers.Input(({call},)), layers.Dense(1, use_bias=False)])"
    assert infer(read_python(program.encode())).total_params == value


def test_the_backend_has_a_function_for_data_formats_too():
    program = (
        "from keras import Sequential, layers\nfrom keras import backend as K\n"
        "formats = None, 'Channels_First'\n"
        "sizes = [len(K.normalize_data_format(each)) for each in formats]\n"
        "model = Sequential([layers.Input(sizes[:1]), layers.Dense(sizes[1], use_bias=False)])"
    )
    assert infer(read_python(program.encode())).total_params == 13 * 14


@pytest.mark.parametrize("value", ["0", "(2, -1)"])
def test_sizes_that_keras_refuses(value):
    program = (
        "from keras import Sequential, layers\nfrom keras.utils import conv_utils\nn = 3\n"
        f"try:\n    conv_utils.normalize_tuple({value}, 2, 'size')\n    n = 5\n"
        "except ValueError:\n    n = 7\n"
        "model = Sequential([layers.Input((1,)), layers.Dense(n, use_bias=False)])"
    )
    assert infer(read_python(program.encode())).total_params == 7


LAYER = """
from keras import backend as K, layers, Model
from keras.utils import conv_utils
class Blur(layers.Layer):
    def __init__(self, filters, size, strides=1, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.size = conv_utils.normalize_tuple(size, 2, 'size')
        self.strides = conv_utils.normalize_tuple(strides, 2, 'strides')
        self.data_format = conv_utils.normalize_data_format(data_format)
    def build(self, shape):
        axis = 1 if self.data_format == 'channels_first' else -1
        self.kernel = self.add_weight('kernel', self.size + (shape[axis], self.filters))
    def call(self, x):
        return K.conv2d(x, self.kernel, self.strides, 'same', self.data_format)
    def compute_output_shape(self, shape):
        rows = [conv_utils.conv_output_length(d, k, 'same', s)
                for d, k, s in zip(shape[1:-1], self.size, self.strides)]
        return (shape[0], *rows, self.filters)
x = layers.Input((9, 7, 3))
model = Model(x, layers.Dense(2)(layers.Flatten()(Blur(4, 3, strides=2)(x))))
"""


def test_a_convolution_of_a_program_is_built_with_them():
    assert infer(read_python(LAYER.encode())).total_params == 9 * 3 * 4 + 5 * 4 * 4 * 2 + 2


def test_tensorflow_as_the_backend_imports_it():
    program = "from keras import backend as K, layers, Model\nx = layers.Input((4, 4, 3))\n"
    program += "y = layers.Lambda(lambda t: K.tf.image.resize_bilinear(t, (8, 6)))(x)\n"
    program += "model = Model(x, layers.Dense(1)(layers.Flatten()(y)))"
    assert infer(read_python(program.encode())).total_params == 8 * 6 * 3 + 1
