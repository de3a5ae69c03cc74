"""Data sets of `tf.data`: their elements tell the shapes of a model's inputs."""

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.summary import why_unknown
from tests.programs.sizes import MODEL, run_code, total

BEFORE = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

class Net(keras.Model):
    def __init__(self, units=2):
        super().__init__()
        self.flatten = layers.Flatten()
        self.dense = layers.Dense(units)
    def call(self, x):
        return self.dense(self.flatten(x))

def pair(x, y):
    return x[..., :3], y

net = Net()
x, y = np.zeros((50, 5, 4)), np.zeros((50,))
"""
SLICES = "ds = tf.data.Dataset.from_tensor_slices((x, y))"
COUNTED = {
    "fitted": (f"{SLICES}.shuffle(9).batch(8)\nnet.fit(ds, epochs=2)", 42),
    "in a loop": (f"{SLICES}.batch(8)\nfor a, b in ds:\n    net(a)", 42),
    "in a loop that counts": (
        f"{SLICES}.batch(8)\nfor _ in range(3):\n    for i, (a, b) in enumerate(ds.take(4)):\n"
        "        net(a)",
        42,
    ),
    "the first batch": (f"{SLICES}.batch(8)\na, b = next(iter(ds))\nnet(a)", 42),
    "mapped by a function": (f"{SLICES}.map(pair).batch(8)\nnet.fit(ds)", 32),
    "mapped by a lambda": (f"{SLICES}.batch(8).map(lambda a, b: (a, a)).cache()\nnet.fit(ds)", 42),
    "without labels": (
        "ds = tf.data.Dataset.from_tensor_slices(x).batch(8, drop_remainder=True)\nnet.fit(ds)",
        42,
    ),
    "zipped": (
        "one = tf.data.Dataset.from_tensor_slices\n"
        "ds = tf.data.Dataset.zip((one(x), one(y))).batch(8).prefetch(tf.data.AUTOTUNE)\n"
        "net.fit(ds)",
        42,
    ),
    "of tensors": ("net.fit(tf.data.Dataset.from_tensors((x, y)))", 42),
    "unbatched and batched": (f"{SLICES}.batch(8).unbatch().batch(4)\nnet.fit(ds)", 42),
    "images of a folder": (
        "ds = keras.utils.image_dataset_from_directory('a', image_size=(6, 7))\n"
        "net.fit(ds.map(lambda a, b: (a / 255, b)))",
        254,
    ),
    "gray images without labels": (
        "ds = keras.preprocessing.image_dataset_from_directory(\n"
        "    'a', label_mode=None, color_mode='grayscale', image_size=(6, 7))\n"
        "net.fit(ds)",
        86,
    ),
}


@pytest.mark.parametrize(("program", "count"), COUNTED.values(), ids=COUNTED)
def test_elements_tell_shapes(program, count):
    config = read_python(f"{BEFORE}{program}\n".encode())
    assert infer(config).total_params == count
    assert not any("--set" in note for note in infer(config).notes)


ASKED = {
    "unknown data": "ds = tf.data.Dataset.from_tensor_slices(load()).batch(8)\nnet.fit(ds)",
    "files": "ds = tf.data.Dataset.list_files('*.png').map(load).batch(8)\nnet.fit(ds)",
    "an unknown function": f"{SLICES}.map(load).batch(8)\nnet.fit(ds)",
    "windows": f"{SLICES}.window(3)\nnet.fit(ds)",
    "a number of elements": f"{SLICES}.repeat()\nnet = Net(len(ds))\nnet.build((None, 4))",
    "a layer for each element": f"{SLICES}\nnet = keras.Sequential([keras.Input((5,))])\n"
    "for a, b in ds:\n    net.add(layers.Dense(5))",
    "a number of rounds": f"{SLICES}\nn = 0\nfor _ in ds:\n    n += 1\nnet = Net(n)\nnet.fit(x)",
}


@pytest.mark.parametrize("program", ASKED.values(), ids=ASKED)
def test_what_elements_do_not_tell_is_asked_for(program):
    try:
        message = why_unknown(infer(read_python(f"{BEFORE}{program}\n".encode())))
    except LstmcountError as error:
        message = error.message
    assert "--set" in message


LOST = """
from somewhere import rearrange
class Lost(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = keras.Sequential([layers.Dense(4), Net()])
        self.head = layers.Dense(3)
    def call(self, x):
        return self.head(self.blocks(rearrange(self.head, x)))
lost = Lost()
lost(x)
"""


def test_a_model_that_was_called_is_not_asked_for_its_input_shape():
    message = why_unknown(infer(read_python(f"{BEFORE}{LOST}".encode())))
    assert "--set" not in message
    assert "`rearrange(self.head, x)`" in message
    assert "there is no module somewhere" in message


SERIES = """
import numpy as np
import tensorflow as tf
from tensorflow.keras.preprocessing.sequence import TimeseriesGenerator
from tensorflow.keras.utils import timeseries_dataset_from_array
data, targets, images = np.random.rand(100, 3), np.random.rand(100, 2), np.zeros((50, 6, 7))
from_slices = tf.data.Dataset.from_tensor_slices

def halves(window):
    inputs, labels = window[:, :8, :], window[:, 8:, 0]
    inputs.set_shape([None, 8, None])
    return inputs, labels

def prepared(image, label):
    image = tf.image.resize(tf.expand_dims(tf.cast(image, tf.float32), -1), (8, 9))
    return image, tf.one_hot(tf.cast(label, tf.int32), 5)

def windows(series, size):
    ds = from_slices(series).window(size + 1, shift=1, drop_remainder=True)
    ds = ds.flat_map(lambda w: w.batch(size + 1)).shuffle(9)
    return ds.map(lambda w: (w[:-1], w[-1])).batch(4).prefetch(1)
"""
SIZES = {
    "ds = timeseries_dataset_from_array(data, targets, 12, sampling_rate=2)\n"
    "for x, y in ds.take(1): pass\nsizes = [*x.shape[1:], *y.shape[1:]]": (12, 3, 2),
    "make = tf.keras.preprocessing.timeseries_dataset_from_array\n"
    "ds = make(data[:, 0], None, 12, batch_size=4)\n"
    "sizes = [*next(iter(ds)).shape[1:], len(ds.element_spec.shape)]": (12, 2),
    "ds = timeseries_dataset_from_array(data=data, targets=None, sequence_length=12).map(halves)\n"
    "x, y = next(iter(ds)); spec = ds.element_spec[0].shape\n"
    "sizes = [*x.shape[1:], *y.shape[1:], *spec[1:]]": (8, 3, 4, 8, 3),
    "ds = timeseries_dataset_from_array(data, data[:, 1], 12, batch_size=None)\n"
    "x, y = next(iter(ds)); sizes = [*x.shape, len(y.shape) + 1]": (12, 3, 1),
    "ds = timeseries_dataset_from_array(data, data, 12)\n"
    "sizes = [2 if ds.element_spec[0].shape[1] is None else 3, ds.element_spec[1].shape[-1]]": (
        2,
        3,
    ),
    "gen = TimeseriesGenerator(data, targets, length=10, sampling_rate=3, batch_size=8)\n"
    "x, y = gen[0]; sizes = [*x.shape, *y.shape, len(gen), *gen[11][0].shape]": (
        8,
        4,
        3,
        8,
        2,
        12,
        2,
        4,
        3,
    ),
    "gen = TimeseriesGenerator(data, data[:, 0], 10, 1, 2, 5, 60, batch_size=7)\n"
    "sizes = [*gen[0][0].shape, gen[3][1].shape[0], len(gen), gen.length]": (7, 10, 3, 2, 4, 10),
    "sizes = TimeseriesGenerator([[1, 2], [3, 4], [5, 6]], [0, 1, 2], length=1)[0][0].shape": (
        2,
        1,
        2,
    ),
    "for x, y in windows(data, 20): break\nsizes = [*x.shape[1:], *y.shape[1:]]": (20, 3, 3),
    "x, y = next(iter(windows(np.arange(90), 20))); sizes = [x.shape[1], len(y.shape)]": (20, 1),
    "ds = from_slices((data, targets)).window(5, drop_remainder=True)\n"
    "ds = ds.flat_map(lambda a, b: tf.data.Dataset.zip((a.batch(5), b.batch(5))))\n"
    "x, y = next(iter(ds)); sizes = [*x.shape, *y.shape]": (5, 3, 5, 2),
    "ds = from_slices((images, targets[:50, 0])).map(prepared).batch(10)\n"
    "x, y = next(iter(ds)); sizes = [*x.shape[1:], *y.shape[1:]]": (8, 9, 1, 5),
    "ds = from_slices({'a': data, 'b': targets}).batch(10, drop_remainder=True)\n"
    "spec, part = ds.element_spec, next(ds.as_numpy_iterator())\n"
    "sizes = [*spec['a'].shape, *part['b'].shape]": (10, 3, 10, 2),
    "for x, y in from_slices((data, targets)).as_numpy_iterator(): break\n"
    "sizes = [*x.shape, *y.shape]": (3, 2),
    "[(x, y)] = from_slices((data, targets)).batch(9).take(1); sizes = [*x.shape[1:], *y.shape[1:]]"
    "": (3, 2),
    "ds = from_slices((data, targets)); train = ds.take(80).map(lambda a, b: a).batch(30)\n"
    "sizes = [len(ds), len(train), len(ds.skip(80)), len(ds.batch(30, drop_remainder=True)),"
    " len(ds.shuffle(9).batch(8).prefetch(1)), len(ds.batch(8).take(99).cache())]": (
        100,
        3,
        20,
        3,
        13,
        13,
    ),
    "ds = from_slices(data).window(6, drop_remainder=True)\n"
    "for x in ds.flat_map(lambda w: w.skip(2).batch(6)): pass\nsizes = [x.shape[0]]": (4,),
    "sizes = next(iter(from_slices(data).batch(128))).shape": (100, 3),
    "n = 1\nfor x in from_slices(data).take(1): n += len(x)\nsizes = [n]": (4,),
    "sizes = from_slices(images).batch(8).element_spec.shape[1:]": (6, 7),
    "def rows():\n    yield np.zeros((4, 3)), 1\n"
    "signature = tf.TensorSpec(shape=(None, 3)), tf.TensorSpec(shape=())\n"
    "ds = tf.data.Dataset.from_generator(rows, output_signature=signature).batch(2)\n"
    "sizes = [ds.element_spec[0].shape[-1], len(ds.element_spec[1].shape)]": (3, 1),
}


@pytest.mark.parametrize(("code", "sizes"), SIZES.items())
def test_sizes_of_elements_are_followed(code, sizes):
    program = f"{SERIES}{code}\n{MODEL}"
    assert infer(read_python(program.encode())).total_params == total(list(sizes))


@pytest.mark.oracle
@pytest.mark.parametrize(("code", "sizes"), SIZES.items())
def test_sizes_of_elements_are_those_of_tensorflow(code, sizes):
    pytest.importorskip("tensorflow")
    assert run_code(SERIES + code) == list(sizes)


FITTED = {
    "timeseries_dataset_from_array(data, targets, 12)": 4 * 5 * (3 + 5 + 1) + 6,
    "timeseries_dataset_from_array(data, None, 12).map(halves)": 4 * 5 * (3 + 5 + 1) + 6,
    "windows(data, 20)": 4 * 5 * (3 + 5 + 1) + 6,
    "TimeseriesGenerator(targets, targets[:, 0], length=10)": 4 * 5 * (2 + 5 + 1) + 6,
}


@pytest.mark.parametrize(("batches", "count"), FITTED.items())
def test_models_are_built_for_series(batches, count):
    program = f"{SERIES}model = tf.keras.Sequential([tf.keras.layers.LSTM(5), "
    program += f"tf.keras.layers.Dense(1)])\nmodel.fit({batches})\n"
    assert infer(read_python(program.encode())).total_params == count


OPEN = [
    "ds = timeseries_dataset_from_array(load(), None, 12); sizes = [next(iter(ds)).shape[2]]",
    "ds = timeseries_dataset_from_array(data, None, load()); sizes = [next(iter(ds)).shape[1]]",
    "sizes = [TimeseriesGenerator(data, data, load())[0][0].shape[1]]",
    "sizes = [TimeseriesGenerator(load(), load(), length=3)[0][0].shape[2]]",
    "sizes = [len(from_slices(data).filter(lambda x: x[0] > 0))]",
    "sizes = [len(from_slices(data).batch(load()))]",
    "sizes = [len(from_slices(data).map(load).element_spec.shape)]",
]


@pytest.mark.parametrize("code", OPEN)
def test_open_sizes_of_elements_are_asked_for(code):
    program = f"{SERIES}from elsewhere import load\n{code}\n{MODEL}"
    try:
        message = why_unknown(infer(read_python(program.encode())))
    except LstmcountError as error:
        message = error.message
    assert "--set" in message


FREE = [
    "sizes = [next(iter(from_slices(data).batch(30))).shape[0]]",
    "ds = from_slices(data).window(6)\n"
    "for x in ds.flat_map(lambda w: w.batch(6)): pass\nsizes = [x.shape[0]]",
    "ds = from_slices(data).window(6, drop_remainder=True)\n"
    "for x in ds.flat_map(lambda w: w.batch(4)): pass\nsizes = [x.shape[0]]",
]


@pytest.mark.parametrize("code", FREE)
def test_numbers_of_elements_that_may_differ_are_not_counted(code):
    with pytest.raises(LstmcountError):
        infer(read_python(f"{SERIES}{code}\n{MODEL}".encode()))
