"""Unknown code may call the functions, and fill the empty containers, that it is given."""

import pytest

from .pasting import pasted

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
