"""The classes in the labels of Keras's own data sets, which programs count to size a layer."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

COUNTED = [  # a data set, what its labels are counted with, the number of classes
    ("mnist.load_data()", "to_categorical(y).shape[1]", 10),
    ("mnist.load_data('mnist.npz')", "len(np.unique(y))", 10),
    ("mnist.load_data()", "max(y) + 1", 10),
    ("mnist.load_data()", "y.max() - y2.min() + 1", 10),
    ("mnist.load_data()", "len(set(y))", 10),
    ("mnist.load_data()", "len(set(np.array(y.astype('float32'))))", 10),
    ("fashion_mnist.load_data()", "np.amax(y2) + 1", 10),
    ("cifar10.load_data()", "to_categorical(y2).shape[1]", 10),
    ("cifar10.load_data()", "len(set(y.flatten()))", 10),
    ("cifar10.load_data()", "len(set(y[:, 0].copy()))", 10),
    ("cifar10.load_data()", "np.unique(y, return_counts=True)[1].shape[0]", 10),
    ("cifar10.load_data()", "len(np.bincount(np.squeeze(y)))", 10),
    ("cifar10.load_data()", "len(np.unique(np.concatenate([y, y2])))", 10),
    ("cifar100.load_data()", "to_categorical(y2).shape[1]", 100),
    ("cifar100.load_data('coarse')", "y.max() + 1", 20),
    ("cifar100.load_data(label_mode='coarse')", "y.max() + 1", 20),
    ("imdb.load_data(num_words=50)", "to_categorical(y).shape[-1]", 2),
    ("reuters.load_data(num_words=50)", "max(y2) + 1", 46),
    ("mnist.load_data()", "LabelBinarizer().fit_transform(y).shape[1]", 10),
    ("mnist.load_data()", "len(LabelEncoder().fit(y).classes_)", 10),
    ("cifar10.load_data()", "OneHotEncoder().fit_transform(y).shape[1]", 10),
]
LOST = [  # what may leave out classes, or change them
    "y = y[:5]",
    "y = y[y > 3]",
    "y.fill(2)",
    "y[y == 3] = 0",
    "y += 1",
    "y = y // 5",
    "y = y.astype(bool)",
    "view = y.reshape(-1, 1); view[2] = 30",
    "(x, y), _ = reuters.load_data(test_split=0.01)",
    "(x, y), _ = boston_housing.load_data()",
    "(x, y), _ = cifar100.load_data(mode)",
]
PROGRAM = """
import numpy as np
from elsewhere import mode
from keras import Input, Sequential, layers
from keras.datasets import boston_housing, cifar10, cifar100, fashion_mnist, imdb, mnist, reuters
from keras.utils import to_categorical
from sklearn.datasets import load_digits
from sklearn.preprocessing import LabelBinarizer, LabelEncoder, OneHotEncoder
(x, y), (x2, y2) = {}
{}
model = Sequential([Input((3,)), layers.Dense({})])
"""


@pytest.mark.parametrize(("loaded", "size", "classes"), COUNTED)
def test_the_classes_of_a_data_set_are_known(loaded, size, classes):
    program = PROGRAM.format(loaded, "", size).encode()
    assert infer(read_python(program)).total_params == 4 * classes


@pytest.mark.parametrize("size", ["len(np.unique(y))", "max(y) + 1"])
@pytest.mark.parametrize(("load", "classes"), [("load_digits", 10), ("load_breast_cancer", 2)])
def test_those_of_scikit_learn_are_known(load, classes, size):
    program = PROGRAM.format("mnist.load_data()", f"y = {load}().target", size)
    program = program.replace("load_digits\n", f"{load}\n").encode()
    assert infer(read_python(program)).total_params == 4 * classes


@pytest.mark.parametrize("change", LOST)
@pytest.mark.parametrize("size", ["len(np.unique(y))", "y.max() + 1"])
def test_classes_that_may_be_others_are_asked_for(change, size):
    program = PROGRAM.format("mnist.load_data()", change, size).encode()
    assert not isinstance(infer(read_python(program)).total_params, int)
