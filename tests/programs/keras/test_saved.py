"""Models that a program saves and loads again are copies of those that it has made."""

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

PROGRAM = """
import os, keras
from elsewhere import data, flag, path
from keras import Input, Model, Sequential, layers
from keras.callbacks import ModelCheckpoint
from keras.models import load_model, save_model
i = Input((8,))
m = Model(i, layers.Dense(4)(layers.Dense(6)(i)))
{}
model = Model(m.layers[0].output, layers.Dense(5)(m.layers[1].output))
"""
SAVED = {
    "by the model": "m.save('a.h5')\nm = load_model('a.h5')",
    "by a function": "save_model(m, 'a.h5')\nm = keras.models.load_model('a.h5', compile=False)",
    "at a path that is joined": "p = os.path.join('d', 'a.keras')\nm.save(p)\nm = load_model(p)",
    "in a function": "def keep(): m.save('a.h5')\nkeep()\nm = load_model('a.h5')",
    "by a callback": (
        "m.fit(data, data, callbacks=[ModelCheckpoint('a.h5', save_best_only=True)])\n"
        "m = load_model('a.h5')"
    ),
    "by two callbacks": (
        "n = Sequential([Input((8,)), layers.Dense(7), layers.Dense(9)])\n"
        "for each in (n, m):\n    c = ModelCheckpoint('a.h5', save_best_only=True)\n"
        "    each.fit(data, data, callbacks=[c])\nm = load_model('a.h5')"
    ),
    "and changed once it is loaded": (
        "m.save('a.h5')\nm = load_model('a.h5')\nm.layers[1].trainable = False"
    ),
}
NOT_KNOWN = {
    "at another path": "m.save('b.h5')\nm = load_model('a.h5')",
    "at an unknown path": "m.save(path)\nm = load_model(path)",
    "before another, at an unknown path": "m.save('a.h5')\nm.save(path)\nm = load_model('a.h5')",
    "or another in its place": (
        "n = Sequential([Input((8,)), layers.Dense(7), layers.Dense(9)])\nif flag:\n"
        "    m.save('a.h5')\nelse:\n    n.save('a.h5')\nm = load_model('a.h5')"
    ),
    "by a callback that saves weights": (
        "m.fit(data, data, callbacks=[ModelCheckpoint('a.h5', save_weights_only=True)])\n"
        "m = load_model('a.h5')"
    ),
    "by a callback that may keep a better one": (
        "c = [ModelCheckpoint('a.h5', save_best_only=True)]\n"
        "n = Sequential([Input((8,)), layers.Dense(7), layers.Dense(9)])\n"
        "n.fit(data, data, callbacks=c)\nm.fit(data, data, callbacks=c)\nm = load_model('a.h5')"
    ),
    "and changed before it is loaded": (
        "m.save('a.h5')\nm.layers[1].trainable = False\nm = load_model('a.h5')"
    ),
}
LAST = """
import keras
from keras import Input, Sequential, layers
part = Sequential([Input((4,)), layers.Dense(3)])
model = Sequential([part, layers.Dense(2)])
part.save("part.keras")
again = keras.models.load_model("part.keras")
"""


@pytest.mark.parametrize("saved", SAVED.values(), ids=SAVED)
def test_a_model_that_is_loaded_is_the_one_that_was_saved(saved):
    summary = infer(read_python(PROGRAM.format(saved).encode()))
    frozen = 54 if "trainable" in saved else 0
    assert (summary.total_params, summary.trainable_params) == (89, 89 - frozen)


@pytest.mark.parametrize("saved", NOT_KNOWN.values(), ids=NOT_KNOWN)
def test_a_model_that_may_be_another_is_not_known(saved):
    with pytest.raises(LstmcountError, match="loads a model from a file"):
        read_python(PROGRAM.format(saved).encode())


@pytest.mark.parametrize(
    ("change", "total"),
    [("", 23), ("again.add(layers.Dense(6))", 39), ("again.layers[0].trainable = False", 15)],
)
def test_a_copy_is_chosen_only_if_it_is_changed(change, total):
    assert infer(read_python((LAST + change).encode())).total_params == total


def test_a_copy_is_chosen_by_its_name():
    assert infer(read_python(LAST.encode(), model="again")).total_params == 15
