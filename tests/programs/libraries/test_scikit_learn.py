"""Shapes that scikit-learn makes of known data are followed; others are asked for."""

from __future__ import annotations

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.sizes import MODEL, run_code, total

BEFORE = """
import numpy as np
from sklearn.datasets import (
    load_iris, load_wine, make_blobs, make_classification, make_moons, make_regression)
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import (
    LabelBinarizer, LabelEncoder, MultiLabelBinarizer, OneHotEncoder, StandardScaler)
pets, answers, numbers = ['cat', 'dog', 'bird', 'cat'], ['yes', 'no', 'no'], np.array([5, 9, 5, 7])
texts = ['The cat sat, a cat!', "the dog's ran"]
table = [['m', 1, 'x'], ['f', 3, 'y'], ['f', 2, 'z']]
"""
SIZES = {
    "sizes = LabelBinarizer().fit_transform(pets).shape": (4, 3),
    "sizes = LabelBinarizer().fit_transform(np.array(answers)).shape": (3, 1),
    "sizes = LabelBinarizer().fit_transform(numbers.reshape(-1, 1)).shape": (4, 3),
    "b = LabelBinarizer(); b.fit(pets); sizes = [len(b.classes_), *b.transform(['dog']).shape]": (
        3, 1, 3),
    "e = LabelEncoder().fit(pets); sizes = [e.classes_.shape[0], len(e.transform(pets[:2]))]": (
        3, 2),
    "e = LabelEncoder(); ids = e.fit_transform(pets); sizes = [len(ids), int(max(ids)) + 1]": (
        4, 3),
    "e = LabelEncoder(); e.fit(pets); e.fit(answers); sizes = [len(list(e.classes_))]": (2,),
    "sizes = [int(i) + 1 for i in LabelEncoder().fit_transform(numbers)]": (1, 3, 1, 2),
    "sizes = MultiLabelBinarizer().fit_transform([('a', 'b'), ('c',), ['a']]).shape": (3, 3),
    "sizes = OneHotEncoder(sparse_output=False).fit_transform(numbers[:, None]).shape": (4, 3),
    "sizes = OneHotEncoder().fit_transform(table).toarray().shape": (3, 8),
    "sizes = OneHotEncoder(drop='first').fit_transform(np.array(table)).shape": (3, 5),
    "o = OneHotEncoder(handle_unknown='ignore').fit(table)\n"
    "sizes = [*o.transform(table[:1]).shape, *[len(each) for each in o.categories_]]": (
        1, 8, 2, 3, 3),
    "sizes = OneHotEncoder(categories=[['b', 'a', 'c']]).fit_transform([['a'], ['b']]).shape": (
        2, 3),
    "sizes = PCA(n_components=2).fit_transform(np.random.rand(9, 4)).shape": (9, 2),
    "sizes = StandardScaler().fit_transform([[1.0, 2.0], [3.0, 5.0]]).shape": (2, 2),
    "v = CountVectorizer(); X = v.fit_transform(texts).toarray()\n"
    "sizes = [*X.shape, len(v.vocabulary_), len(v.get_feature_names_out())]": (2, 5, 5, 5),
    "sizes = TfidfVectorizer(max_features=3).fit_transform(texts).shape": (2, 3),
    "a, b, c, d = train_test_split([[1, 2], [3, 4], [5, 6], [7, 8]], [0, 1, 1, 0], test_size=0.5)\n"
    "sizes = [*np.array(a).shape, len(c), len(d)]": (2, 2, 2, 2),
    "a, b = train_test_split(pets, test_size=1); sizes = [len(a), len(b)]": (3, 1),
    "iris = load_iris()\n"
    "y = OneHotEncoder().fit_transform(iris.target.reshape(-1, 1)).toarray()\n"
    "sizes = [*iris['data'].shape, *y.shape, len(iris['target_names']), len(iris.feature_names)]": (
        150, 4, 150, 3, 3, 4),
    "x, y = load_wine(return_X_y=True); sizes = [x.shape[1], len(np.unique(y)), int(y[60]) + 1]": (
        13, 3, 2),
    "sizes = LabelBinarizer().fit_transform(load_iris()['target']).shape": (150, 3),
    "x, y = make_classification(n_samples=60, n_features=7, n_classes=2)\n"
    "sizes = [*x.shape, *y.shape]": (60, 7, 60),
    "x, y = make_blobs(30, 3, centers=4); sizes = [*x.shape, *y.shape]": (30, 3, 30),
    "x, y = make_moons(30, noise=0.1); sizes = [*x.shape, *make_regression(9)[0].shape]": (
        30, 2, 9, 100),
}  # fmt: skip


@pytest.mark.parametrize(("code", "sizes"), SIZES.items())
def test_sizes_are_followed(code, sizes):
    program = f"{BEFORE}{code}\n{MODEL}"
    assert infer(read_python(program.encode())).total_params == total(list(sizes))


@pytest.mark.parametrize(("code", "sizes"), SIZES.items())
def test_sizes_are_those_of_scikit_learn(code, sizes):
    pytest.importorskip("sklearn")
    assert run_code(BEFORE + code) == list(sizes)


ASKED = {
    "unknown labels": "LabelEncoder().fit(load()).classes_",
    "labels of another kind": "LabelBinarizer().fit([1, 'a', 2.5]).classes_",
    "labels of an array": "LabelBinarizer().fit_transform(np.random.randint(0, 9, 50))[0]",
    "changed labels": "LabelEncoder().fit(changed).classes_",
    "other labels in a column": "OneHotEncoder().fit_transform(numbers[[0, 0, 0, 0]][:, None]).T",
    "rare categories": "OneHotEncoder(max_categories=2).fit_transform(table).T",
    "a share of the variance": "PCA(0.95).fit_transform(np.random.rand(9, 4)).T",
    "frequent words": "CountVectorizer(min_df=2).fit_transform(texts).T",
    "given centers": "make_blobs(9, centers=np.zeros((3, 5)))[0].T",
    "an array that changed": "LabelBinarizer().fit(numbers).classes_",
}


@pytest.mark.parametrize("value", ASKED.values(), ids=ASKED)
def test_what_is_not_decidable_is_asked_for(value):
    before = f"{BEFORE}from data import load\nchanged = list(pets)\nchanged[0] = load()\n"
    before += "numbers[load()] = 3\n"
    program = f"{before}import keras\nmodel = keras.Sequential(["
    program += f"keras.Input((2,)), keras.layers.Dense(len({value}))])\n"
    assert not isinstance(infer(read_python(program.encode())).total_params, int)
