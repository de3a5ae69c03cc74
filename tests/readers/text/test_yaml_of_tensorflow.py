"""YAML with lists and dicts in the classes with which TensorFlow tracked them."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import LstmcountError
from lstmcount.readers.text.text import parse_yaml

LIST = "tensorflow.python.training.tracking.data_structures.ListWrapper"
DICT = "tensorflow.python.trackable.data_structures._DictWrapper"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"a: !!python/object/apply:{LIST}\n- [3, 4]", [3, 4]),
        (f"a: !!python/object/new:{LIST}\n  listitems: [3]", [3]),
        (f"a: !!python/object/new:{LIST}\n  args: [[3]]\n  state: {{_x: 1}}", [3]),
        (f"a: !!python/object/apply:{LIST}\n- []", []),
        (f"a: !!python/object/new:{DICT}\n- {{b: 1}}", {"b": 1}),
        (f"a: !!python/object/new:{DICT}\n  dictitems: {{b: 1}}", {"b": 1}),
        ("a: !!python/object/apply:collections.OrderedDict\n- - [b, 1]\n  - [c, 2]",
         {"b": 1, "c": 2}),
    ],
)  # fmt: skip
def test_read_as_what_they_hold(text: str, value: Any) -> None:
    assert parse_yaml(text) == {"a": value}


@pytest.mark.parametrize(
    "text",
    [
        'a: !!python/object/apply:os.system ["true"]',
        "a: !!python/object/new:subprocess.Popen [[true]]",
        f"a: !!python/object/apply:{LIST} [3]",
        f"a: !!python/object/apply:{LIST} 3",
        f"a: !!python/object/new:{DICT} [[1, 2, 3]]",
        "a: !!python/name:os.system",
        "a: !!python/object:x.ListWrapper {}",
    ],
)
def test_no_other_object_is_made(text: str) -> None:
    with pytest.raises(LstmcountError, match="not YAML"):
        parse_yaml(text)
