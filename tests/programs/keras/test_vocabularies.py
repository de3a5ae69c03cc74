"""Vocabularies that programs give to lookup layers, learn from values, and count."""

import pytest

from lstmcount import LstmcountError, summarize

BEFORE = """
import keras, numpy as np
from elsewhere import texts
from keras import layers
x, i = keras.Input((1,), dtype="string"), keras.Input((1,), dtype="int64")
"""
TEXTS = "['The cat, sat.', 'on THE mat!']"
COUNTED = {  # a layer, what is done with it, the model's output → parameters
    f"TextVectorization(output_mode='multi_hot'); l.adapt({TEXTS}); layers.Dense(3)(l(x))": 21,
    f"TextVectorization(4, output_mode='tf_idf'); l.adapt(np.array({TEXTS})); "
    "layers.Dense(3)(l(x))": 15,
    f"TextVectorization(ngrams=2, output_mode='count'); l.adapt({TEXTS});layers.Dense(3)(l(x))": 33,
    f"TextVectorization(ngrams=(2, 3)); l.adapt({TEXTS});"
    "layers.Embedding(l.vocabulary_size(), 2)(l(x))": 16,
    f"TextVectorization(split='character', standardize='lower'); l.adapt({TEXTS});"
    "layers.Embedding(len(l.get_vocabulary()), 2)(l(x))": 30,
    "TextVectorization(); l.adapt(['[UNK] a b', ' a ']);"
    "layers.Embedding(len(l.get_vocabulary()), 2)(l(x))": 10,
    "StringLookup(output_mode='one_hot'); l.set_vocabulary(['a', 'c', 'd']); "
    "layers.Dense(3)(l(x))": 15,
    "StringLookup(num_oov_indices=3, max_tokens=5); l.adapt(['a', 'c', 'd', 'a', '']);"
    "layers.Embedding(l.vocabulary_size(), 2)(l(x))": 10,
    "StringLookup(mask_token=''); l.adapt(['a', 'c', 'd', 'a', '']);"
    "layers.Embedding(l.vocabulary_size(), 2)(l(x))": 10,
    "StringLookup(); l.set_vocabulary(['a', 'b']); l.adapt(['c', 'd', 'e']);"
    "layers.Embedding(l.vocabulary_size(), 2)(l(x))": 8,
    "StringLookup(9, output_mode='one_hot', pad_to_max_tokens=True); l.adapt(['a']);"
    "layers.Dense(2)(l(x))": 20,
    "StringLookup(); ; layers.Embedding(l.vocabulary_size(), 2)(l(x))": 2,
    "IntegerLookup(output_mode='multi_hot'); l.adapt([5, 6, 6, 7]); layers.Dense(3)(l(i))": 15,
    "IntegerLookup(vocabulary=[3, 4, 5]); ;"
    "layers.Embedding(len(l.get_vocabulary(include_special_tokens=False)), 2)(l(i))": 6,
}
REFUSED = {
    "StringLookup(vocabulary=['a']); l.adapt(['b']); l(x)": "cannot adapt string_lookup",
    "StringLookup(); l.set_vocabulary(['a', 'a']); l(x)": "expected each token once",
    "StringLookup(output_mode='tf_idf'); l.set_vocabulary(['a']); l(x)": "needs idf_weights",
}
ASKED = [
    "StringLookup(); l.adapt(texts); layers.Embedding(l.vocabulary_size(), 2)(l(x))",
    "TextVectorization(output_mode='count'); l.adapt(texts); layers.Dense(2)(l(x))",
]


def program(code):
    layer, *statements, output = code.split(";")
    lines = [line.strip() for line in statements if line.strip()]
    given = "i" if "Integer" in layer else "x"
    model = f"model = keras.Model({given}, {output.strip()})"
    return BEFORE + "\n".join([f"l = layers.{layer}", *lines, model])


@pytest.mark.parametrize(("code", "expected"), COUNTED.items(), ids=range(len(COUNTED)))
def test_a_vocabulary_sets_the_size_of_a_layer(tmp_path, code, expected):
    path = tmp_path / "model.py"
    path.write_text(program(code))
    assert summarize(path).total_params == expected


@pytest.mark.parametrize(("code", "words"), REFUSED.items(), ids=range(len(REFUSED)))
def test_a_vocabulary_that_keras_refuses_is_refused(tmp_path, code, words):
    path = tmp_path / "model.py"
    path.write_text(program(code))
    with pytest.raises(LstmcountError, match=words):
        summarize(path)


@pytest.mark.parametrize("code", ASKED)
def test_the_size_of_an_unknown_vocabulary_is_asked_for(tmp_path, code):
    path = tmp_path / "model.py"
    path.write_text(program(code))
    summary = summarize(path)
    assert not isinstance(summary.total_params, int)
    assert "--set 'l.vocabulary_size()=3'" in summary.notes[0]
    settings = {"l.vocabulary_size()": 5}
    assert summarize(path, settings=settings).total_params in (5 * 2, 5 * 2 + 2)


@pytest.mark.oracle
@pytest.mark.parametrize(("code", "expected"), COUNTED.items(), ids=range(len(COUNTED)))
def test_keras_counts_the_same(code, expected):
    pytest.importorskip("keras")
    pytest.importorskip("tensorflow")
    names = {}
    exec(program(code).replace("from elsewhere import texts", ""), names)
    assert names["model"].count_params() == expected
