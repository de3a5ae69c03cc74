"""Unknown code may call the functions, and fill the empty containers, that it is given."""

import pytest

from tests.programs.pasting import pasted

BEFORE = """
import functools
import threading
from collections import Counter, defaultdict

import pandas as pd
from elsewhere import fill
from keras import Input, Sequential, layers

words = pd.read_csv("words.csv")["word"]
"""
AFTER = "\nmodel = Sequential([Input((3,)), layers.Dense(n + 2)])\n"
CHANGED = {
    "a set's method": "seen = set()\nwords.str.split().apply(seen.update)\nn = len(seen)",
    "a list's method": "seen = []\nwords.apply(seen.append)\nn = len(seen)",
    "a counter's method": "seen = Counter()\nwords.apply(seen.update)\nn = len(seen)",
    "a lambda": "seen = set()\nwords.apply(lambda word: seen.update(word))\nn = len(seen)",
    "a function": (
        "seen = set()\ndef see(word):\n    for letter in word: seen.add(letter)\n"
        "words.apply(see)\nn = len(seen)"
    ),
    "a function that calls one": (
        "seen = []\ndef keep(word): seen.append(word)\ndef see(word): keep(word.lower())\n"
        "words.apply(see)\nn = len(seen)"
    ),
    "a global name": (
        "n = 0\ndef see(word):\n    global n\n    n = max(n, len(word))\nwords.apply(see)"
    ),
    "a nonlocal name": (
        "def longest():\n    most = 0\n    def see(word):\n        nonlocal most\n"
        "        most = max(most, len(word))\n    words.apply(see)\n    return most\nn = longest()"
    ),
    "the entries of a dict": (
        "seen = defaultdict(int)\ndef see(word): seen[word] += 1\nwords.apply(see)\nn = len(seen)"
    ),
    "an attribute of a class": (
        "class Most: n = 0\ndef see(word): Most.n = max(Most.n, len(word))\n"
        "words.apply(see)\nn = Most.n"
    ),
    "attributes of an object": (
        "class Words:\n    def __init__(self): self.seen = []\n"
        "    def see(self, word): self.seen.append(word)\n"
        "all_words = Words()\nwords.apply(all_words.see)\nn = len(all_words.seen)"
    ),
    "a partial function": (
        "seen = []\ndef see(kept, word): kept.append(word)\n"
        "words.apply(functools.partial(see, seen))\nn = len(seen)"
    ),
    "map over unknown elements": "seen = []\nlist(map(seen.append, words))\nn = len(seen)",
    "filter over unknown elements": (
        "seen = []\nlist(filter(lambda word: seen.append(word), words))\nn = len(seen)"
    ),
    "a thread": (
        "seen = []\ndef see(): seen.append(3)\nthread = threading.Thread(target=see)\n"
        "thread.start()\nn = len(seen)"
    ),
    "an empty list": "seen = []\nfill(seen)\nn = len(seen)",
    "an empty dict by keyword": "sizes = {}\nfill(into=sizes)\nn = sizes['n']",
}
UNCHANGED = {
    "its own names": (
        "n = 3\nseen = [1]\ndef see(word):\n    n = 5\n    seen = []\n    seen.append(n)\n"
        "words.apply(see)\nn += len(seen)"
    ),
    "a method that reads": "seen = {'a': 4}\nwords.apply(seen.get)\nn = seen['a']",
    "a list with elements": "sizes = [4]\nfill(sizes)\nn = sizes[0]",
    "a function that is only decorated": (
        "from elsewhere import app\nn = 4\n@app.route('/')\ndef page():\n    global n\n    n = 5"
    ),
    "known elements": "seen = []\nlist(map(seen.append, 'abcd'))\nn = len(seen)",
}


@pytest.mark.parametrize("program", CHANGED.values(), ids=CHANGED)
def test_what_a_callback_may_change_is_asked_for(program):
    answer = pasted(BEFORE + program + AFTER)
    assert answer.settings
    assert set(answer.settings.values()) == {3}
    assert answer.total == 4 * 5


@pytest.mark.parametrize("program", UNCHANGED.values(), ids=UNCHANGED)
def test_what_a_callback_cannot_change_is_known(program):
    answer = pasted(BEFORE + program + AFTER)
    assert (answer.total, answer.settings) == (4 * 6, {})


FITTED = """
import keras
import numpy as np
from keras import Input, Sequential, layers

n = 1
sizes = []
class Counting(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.n, self.last = 1, 4
    def on_epoch_end(self, epoch, logs=None):
        global n
        n += 1
        self.count()
        sizes.append(epoch)
    def count(self):
        self.n += 1
class Freezing(keras.callbacks.Callback):
    def on_train_begin(self, logs=None): self.freeze()
    def freeze(self):
        for layer in self.model.layers: layer.trainable = False
counting = Counting()
def see(batch, logs):
    counting.last = batch
seeing = keras.callbacks.LambdaCallback(on_batch_end=see)
trained = Sequential([Input((3,)), layers.Dense(2)])
trained.compile("sgd", "mse")
"""
CHANGED_BY_FIT = {  # what is asked for, of the size of a layer
    "a global name": ("callbacks=[counting]", "n + 2"),
    "an attribute": ("callbacks=[counting]", "counting.n + 2"),
    "a list": ("callbacks=[counting]", "len(sizes) + 2"),
    "an attribute of another object": ("callbacks=[seeing]", "counting.last + 2"),
    "one that is not in a list": ("callbacks=counting", "n + 2"),
}
UNCHANGED_BY_FIT = {
    "another attribute": ("callbacks=[counting]", "counting.last"),
    "no callback": ("verbose=0", "n + 3"),
}


def fitted(arguments, size):
    return pasted(
        f"{FITTED}trained.fit(np.zeros((8, 3)), np.zeros((8, 2)), {arguments})\n"
        f"model = Sequential([Input((3,)), layers.Dense({size})])\n"
    )


@pytest.mark.parametrize(("arguments", "size"), CHANGED_BY_FIT.values(), ids=CHANGED_BY_FIT)
def test_what_callbacks_of_fit_may_change_is_asked_for(arguments, size):
    answer = fitted(arguments, size)
    assert (list(answer.settings.values()), answer.total) == ([3], 4 * 5)


@pytest.mark.parametrize(("arguments", "size"), UNCHANGED_BY_FIT.values(), ids=UNCHANGED_BY_FIT)
def test_what_callbacks_of_fit_do_not_change_is_known(arguments, size):
    answer = fitted(arguments, size)
    assert (answer.settings, answer.total) == ({}, 4 * 4)


@pytest.mark.parametrize(("arguments", "is_said"), [("callbacks=[Freezing()]", True), ("", False)])
def test_a_callback_that_freezes_is_noted(arguments, is_said):
    notes = fitted(arguments, 4).notes
    assert any("a callback sets `trainable`" in note for note in notes) == is_said
