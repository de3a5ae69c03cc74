"""Arrays of NumPy in programs: sizes are those that NumPy gives, or they are asked for."""

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.pasting import count
from tests.programs.sizes import MODEL, assert_as_in_python

pytest.importorskip("numpy")

BEFORE = """
import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view as windows_of
a, b, m = np.array([4, 5, 6]), np.zeros((3, 4, 5)), np.array([[1, 2], [3, 4]])
"""
CHANGED = [  # arrays that change in place, and their copies and views
    "a[1] = 50; sizes = [int(n) for n in a]",
    "a[-1] += 3; sizes = a.tolist()",
    "a[0] = 7.9; sizes = [int(a[0])]",
    "c = a; c[0] = 9; sizes = [int(a[0])]",
    "c = a; c += 1; sizes = [int(a[0])]",
    "c = a + 1; c[0] = 30; sizes = [int(a[0]), int(c[0])]",
    "c = np.array(a); c[0] = 30; sizes = [int(a[0]), int(c[0])]",
    "c = np.asarray(a); c[0] = 30; sizes = [int(a[0])]",
    "c = a.copy(); c[0] = 30; sizes = [int(a[0])]",
    "c = np.copy(a); c[0] = 30; sizes = [int(a[0]), int(c[0])]",
    "sizes = np.copy([[1, 2, 3]]).shape",
    "a *= [1, 2, 3]; sizes = [int(n) for n in a]",
    "a.sort(); a[0] = 8; a.sort(); sizes = [int(n) for n in a]",
    "a.fill(9); sizes = [int(a[2])]",
    "c = [1, 2]; d = np.array(c); c[0] = 50; sizes = [int(d[0])]",
    "c = a.tolist(); c[0] = 50; sizes = [int(a[0])]",
    "m[0][1] = 20; m[1, 0] = 30; sizes = [int(m[0, 1]), int(m[1][0])]",
    "row = m[0]; row[0] = 9; m[1] = 7; sizes = [int(m[0][0]), int(m[1, 1])]",
    "m[0] = [8, 9]; sizes = [int(m[0][1])]",
    "a.shape = (1, -1); sizes = list(a.shape)",
    "def grow(x): x[0] = 40\ngrow(a); sizes = [int(a[0])]",
    "for i in range(3): a[i] = a[i] * 2\nsizes = [int(n) for n in a]",
]
LOST = [  # elements that are not followed any more, or follow NumPy
    "a[1:] = 7; sizes = [int(a[1])]",
    "a[a > 4] = 7; sizes = [int(a[1])]",
    "c = a[1:]; c[0] = 70; sizes = [int(a[1])]",
    "c = a.reshape(3, 1); c[0] = 70; sizes = [int(a[0])]",
    "c = a.T; c += 1; sizes = [int(a[0])]",
    "np.copyto(a, [7, 8, 9]); sizes = [int(a[0])]",
    "np.put(a, [0], [70]); sizes = [int(a[0])]",
    "np.add(a, 1, out=a); sizes = [int(a[0])]",
    "c = np.array(['ab']); c[0] = 'abcdef'; sizes = [len(c[0])]",
    "sizes = [int(np.array([300], dtype='int16').astype('uint8')[0])]",
    "sizes = [int(np.array([0.1] * 10).sum() * 10)]",
    "a.resize((2,)); sizes = [len(a)]",
    "sizes = [len(np.r_[1:4, 9])]",
    "sizes = [*b[0, :, [1, 2]].shape, *b[[0, 1], :, 2].shape]",
    "sizes = np.array([range(3), range(3)]).shape",
    "w = windows_of(a, 2, writeable=True); w[0, 0] = 9; sizes = [int(a[0])]",
]
SHAPES = [
    "sizes = [*np.rot90(b).shape, *np.rot90(b, 2).shape, *np.rot90(b, k=-1, axes=(1, 2)).shape]",
    "sizes = [*np.float32(b).shape, *np.int32(b).shape, int(np.float32(4.0))]",
    "sizes = [*np.interp(b, [0, 1], [2, 3]).shape, *np.digitize(b, [0, 1]).shape]",
    "sizes = b.mean(axis=1, keepdims=True).shape",
    "sizes = b.sum(axis=(0, 2)).shape",
    "sizes = np.max(b, axis=-1, keepdims=True).shape",
    "sizes = b.mean(keepdims=True).shape",
    "sizes = (np.zeros((1, 3)) + [[1, 2, 3], [4, 5, 6]]).shape",
    "sizes = (np.zeros((3, 1)) * np.zeros(4)).shape",
    "sizes = (np.zeros(2) - np.zeros((5, 2))).shape",
    "sizes = np.maximum(np.zeros((3, 1)), np.zeros((1, 4))).shape",
    "sizes = [len(np.arange(0, 20, step=3)), len(np.arange(start=1, stop=6))]",
    "sizes = [len(np.arange(0, 1, 0.1))]",
    "sizes = [len(np.arange(5, dtype=float)), len(np.arange(1, 2.5))]",
    "sizes = np.random.default_rng(0).choice(np.zeros((50, 6)), 20).shape",
    "sizes = [len(np.random.choice(10, 4, replace=False))]",
    "sizes = b.reshape(-1, 5).shape",
    "sizes = b.transpose((2, 0, 1)).shape",
    "sizes = np.sin(np.linspace(0, 50, 300)).reshape(-1, 1).shape",
    "ix = np.random.permutation(3); sizes = [*b[ix][:2].shape, len(b[ix[:1]])]",
    "sizes = [*b[[0, 2]].shape, *b[:, [1, 2, 3]].shape, *b[..., [0]].shape]",
    "sizes = [*b[b[:, 0, 0] > -1].shape[1:]]",
    "sizes = [b[0, 1].shape[0], len(b[np.array([0, 1])])]",
    "sizes = [int(a.sum()), int(a.mean()), int(a.max()), int(a.argmax()) + 1]",
    "sizes = [int(np.mean([2, 4])), int(np.sum([True, False, True])), np.count_nonzero([1, 0, 3])]",
    "counts, edges = np.histogram([1, 2, 3], bins=4); sizes = [len(counts), len(edges)]",
    "sizes = [len(np.bincount([0, 1, 4])), np.ravel(b).shape[0], *np.atleast_2d([1, 2]).shape]",
    "sizes = [int(np.array([1.9, 2.9]).astype(int)[1]), int(np.array([3.7], dtype=int)[0])]",
    "sizes = np.vstack([np.zeros(3), np.zeros(3)]).shape",
    "sizes = [*np.vstack((m, np.zeros(2))).shape, *np.hstack((a, np.zeros(2))).shape]",
    "sizes = [*np.hstack([m, [[5], [6]]]).shape, *np.vstack(b).shape, *b[:, 0, [1, 2]].shape]",
    "windows = [a[i:i + 2] for i in range(2)]; sizes = np.array(windows).shape",
    "sizes = [*b[:1].squeeze().shape, *b[:, :1].squeeze(axis=1).shape, *b.swapaxes(0, 2).shape]",
    "sizes = [*b.repeat(2, axis=1).shape, len(b.repeat(3)), len(b.cumsum()), *m.dot(m).shape]",
    "sizes = [*b.take([0, 1], axis=2).shape, *b.argsort(axis=0).shape, *m.dot([1, 2]).shape]",
    "sizes = [*np.dot(m, [1, 2]).shape, *np.concatenate([a, [1, 2]]).shape]",
    "sizes = [*np.matmul([1, 2], m).shape, *np.outer(a, [1, 2]).shape]",
    "sizes = np.stack([a, [1, 2, 3]]).shape",
    "sizes = windows_of(np.arange(50), 8)[:, :-1, None].shape",
    "sizes = windows_of([1, 2, 3, 4], (2,))[::2].shape",
    "sizes = windows_of(b, 2, axis=1).transpose(0, 1, 3, 2).shape",
    "sizes = windows_of(b, window_shape=(2, 3), axis=(-1, 0)).shape",
    "sizes = windows_of(b, (3, 4, 5)).squeeze(axis=(0, 1)).shape",
    "sizes = windows_of(b, (2, 2), axis=(1, 1)).shape",
    "sizes = np.lib.stride_tricks.as_strided(b, (5, 2), b.strides[:2]).shape",
    "sizes = as_strided(a, strides=a.strides).shape",
    "x = np.zeros(30)\nshape = x.shape[:-1] + (x.shape[-1] - 6, 7)\n"
    "sizes = as_strided(x, shape=shape, strides=x.strides + (x.strides[-1],)).shape",
]


REFUSED = [  # for their shapes
    "b.reshape(7, -1)",
    "np.reshape(a, (4,))",
    "b @ np.zeros((2, 2)) if b.ndim == 2 else m @ np.zeros((3, 2))",
    "m + a",
    "np.maximum(m, a)",
    "m == np.zeros((3, 1, 5))",
    "np.vstack([m, a])",
    "np.zeros(-1)",
    "m[2]",
    "a[3]",
    "np.zeros((2, 3))[0, 3]",
    "m[0, 0, 0]",
    "windows_of(a, 4)",
    "windows_of(m, 2)",
    "windows_of(m, (2, 2), axis=(0, 2))",
]


@pytest.mark.parametrize("refused", REFUSED)
def test_what_numpy_refuses_is_an_exception(refused):
    code = f"try: {refused}; n = 2\nexcept (ValueError, IndexError): n = 7\nsizes = [n]"
    assert_as_in_python(f"{BEFORE}{code}")


def test_arrays_of_unknown_elements_have_an_unknown_rank():
    code = "import numpy as np\nfrom data import one, two\nsizes = [np.array([one, two]).ndim]\n"
    assert not isinstance(infer(read_python(f"{code}{MODEL}".encode())).total_params, int)


@pytest.mark.parametrize("code", [*CHANGED, *SHAPES])
def test_sizes_are_those_of_numpy(code):
    assert_as_in_python(BEFORE + code)


@pytest.mark.parametrize("code", LOST)
def test_sizes_that_are_not_followed_are_asked_for(code):
    try:
        assert_as_in_python(f"{BEFORE}{code}")
    except AssertionError:
        summary = infer(read_python(f"{BEFORE}{code}{MODEL}".encode()))
        assert not isinstance(summary.total_params, int)
    except LstmcountError:
        pass


@pytest.mark.parametrize(
    "options",
    ["test_size=0.3", "train_size=0.61", "test_size=40", "train_size=50, test_size=0.2", ""],
)
def test_parts_of_train_test_split(options):
    pytest.importorskip("sklearn")
    split = f"train_test_split(np.zeros((153, 7)), np.zeros(153), {options})"
    imports = "from sklearn.model_selection import train_test_split\n"
    assert_as_in_python(f"{BEFORE}{imports}sizes = [size for x in {split} for size in x.shape]")


def test_a_changed_element_is_asked_for_by_words_that_can_be_set():
    code = f"{BEFORE}a[1:] = 7\nsizes = [int(a[0]), int(a[1])]\n{MODEL}".encode()
    summary = infer(read_python(code, settings={"a[0]": 3, "a[1]": 3}))
    assert summary.total_params == 3 + 9


@pytest.mark.parametrize(
    "line",
    [
        "x /= x.sum(1).reshape(-1, 1)",
        "x = np.zeros((50, 1)) - x",
        "x = np.divide(x, np.zeros((50, 1)))",
        "x = x * np.zeros((1, 1))",
    ],
)
def test_an_unknown_array_may_stretch_axes_of_size_one(line):
    program = "import keras\nimport numpy as np\nfrom data import x\n" + line
    program += "\ni = keras.Input((x.shape[1],))\nmodel = keras.Model(i, keras.layers.Dense(2)(i))"
    unknown = infer(read_python(program.encode()))
    assert not isinstance(unknown.total_params, int)
    config = read_python(program.encode(), settings={"x.shape[1]": 9})
    assert infer(config).total_params == 20


def test_an_array_stays_as_it_is_if_it_is_divided_by_an_unknown_number():
    program = """
import keras, numpy as np
from data import words
length, number = 20, len(set(words))
rows = [[0] * length for _ in words]
x = np.reshape(rows, (len(rows), length, 1)) / float(number)
i = keras.Input((x.shape[1], x.shape[2]))
model = keras.Model(i, keras.layers.LSTM(4)(i))
"""
    assert infer(read_python(program.encode())).total_params == 4 * 4 * (1 + 4 + 1)


def test_the_size_of_an_unknown_array_that_is_reshaped_can_be_set():
    program = "import keras\nfrom data import given\nx = given().reshape(-1, 4)\n"
    program += "i = keras.Input((3,))\nmodel = keras.Model(i, keras.layers.Dense(x.shape[0])(i))"
    config = read_python(program.encode(), settings={"given().size": 40})
    assert infer(config).total_params == 40


def test_an_array_of_the_shape_of_unknown_data_has_an_unknown_rank():
    program = """
import numpy as np
from keras import Sequential, layers
x = np.load("images.npy")
like = np.{}
model = Sequential([layers.Input(like.shape[1:]), layers.Dense(2)])
"""
    for made in ("ones(x.shape)", "zeros(shape=x.shape)", "full(x.shape, 3)"):
        config = read_python(program.format(made).encode(), settings={"like.shape[1:]": [5]})
        assert infer(config).total_params == 12


BEFORE_VALUES = """
from collections import Counter, defaultdict
from itertools import groupby
import numpy as np
from keras import Input, Sequential, layers
z, m = np.random.choice(3, size=12), np.zeros((5, 2))
m[1] = 2
seen, added, kept, words = [], set(), defaultdict(int), {}
for v in z:
    added.add(v)
    kept[v] += 1
    if v not in words: words[v] = len(words)
"""
VALUES = (
    "len(set(z))", "len(Counter(z))", "len({v: 1 for v in z})", "len({v for v in z})",
    "len({*z})", "len(dict.fromkeys(z))", "len(dict(zip(z, z)))", "len(frozenset(z))",
    "len(list(groupby(z)))", "len(added)", "len(kept)", "len(words)", "len(set(z) | {9})",
    "len({tuple(row) for row in m})", "len({(a, b) for a, b in m})", "len(set(m[:, 0]))",
    "len(set(np.concatenate([np.zeros(3), np.ones(3)])))", "list(z).index(z[-1]) + 1",
    "list(z).count(z[0])", "3 if 7 in m[1] else 2", "3 if z[0] in list(z[1:]) else 2",
    "3 if list(z) == list(z)[::-1] else 2",
)  # fmt: skip


@pytest.mark.parametrize("units", VALUES)
def test_elements_that_are_not_known_may_equal_each_other(units):
    program = f"{BEFORE_VALUES}model = Sequential([Input((1,)), layers.Dense({units})])"
    total, said, _ = count(program, {})
    assert total is None
    assert "--set" in " ".join(said)
