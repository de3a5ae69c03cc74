"""Texts of many megabytes: refused, or read, in little time and memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lstmcount.readers.text import json_places, text
from tests.safety.bounded import assert_refused, run

SECONDS = 10  # of CPU time; each takes about one
WRONG = '{"input_shape": [3], "layers": [{"Dense": {"unit": 2}}], "budget": %s}'
AT_WRONG = "m.json:1:44: $.layers[0].Dense.unit: Dense has no argument 'unit'"
TWICE = '{"input_shape": [3], "layers": [{"Dense": 2}], "variables": {%s, "k9": 2}}'
SHORT_YAML = "input_shape: [3]\nlayers: [{Dense: {unit: 2}}]\n"

SHAPE = '{"input_shape": [%s], "layers": ["Flatten", {"Dense": 2}]}'
TEXTS: dict[str, tuple[str, Callable[[], str], str]] = {
    "an error before many objects": (
        "m.json",
        lambda: WRONG % f"[{'{},' * 600_000}1]",
        AT_WRONG,
    ),
    "brackets in a word": (
        "m.json",
        lambda: WRONG % ('"' + "[, " * 10**7 + '"'),
        "more values than",
    ),
    "an error before a long word": (
        "m.json",
        lambda: WRONG % ('"' + '\\"' * 10**7 + '"'),
        AT_WRONG,
    ),
    "many lists": ("m.json", lambda: f"[{'[],' * 20_000_000}1]", "more values than"),
    "many objects": ("m.json", lambda: f"[{'{},' * 20_000_000}1]", "more values than"),
    "many objects of one key": (
        "m.json",
        lambda: "[" + '{"a":1},' * 8_000_000 + "1]",
        "more values than",
    ),
    "many words beyond ASCII": ("m.json", lambda: f'["{"é" * 10**7}"]', "not all of it is ASCII"),
    "many keys, the last twice": (
        "m.json",
        lambda: TWICE % ", ".join(f'"k{i}": 1' for i in range(300_000)),
        "the key 'k9' stands twice",
    ),
    "one key many times": (
        "m.json",
        lambda: TWICE % ", ".join(['"k": 1'] * 600_000),
        "the key 'k' stands twice",
    ),
    "a text that does not end": ("m.json", lambda: '{"layers": [' + "1," * 10**6, "not JSON"),
    "models at many places": (
        "m.json",
        lambda: "[%s{}]" % ('{"class_name": "Sequential", "config": []},' * 150_000),
        "m.json",
    ),
    "numbers too large for JSON": (
        "m.json",
        lambda: f"[{'1e400,' * 2_000_000}1]",
        "expected a spec",
    ),
    "many values far down": (
        "m.json",
        lambda: '{"a":' * 390 + f"[{'1,' * 300_000}1]" + "}" * 390,
        "expected a spec",
    ),
    "a shape of many dimensions": (
        "m.json",
        lambda: SHAPE % ",".join(["9" * 18] * 100_000),
        "expected at most 254 dimensions, got 100,000",
    ),
    "a product of too many digits": (
        "m.json",
        lambda: SHAPE % ",".join(["9" * 18] * 250),
        "more than 4,300 digits",
    ),
    "as many layers as a block may repeat, and more": (
        "m.yaml",
        lambda: "input_shape: [3]\nlayers:\n- repeat: 199999\n  layers: [{Dense: 3}]\n",
        "more than 50,000 layers",
    ),
    "a long list of YAML": ("m.yaml", lambda: f"a: [{'1, ' * 1_900_000}1]\n", "more than 200,000"),
    "dashes": ("m.yaml", lambda: "- " * 4_000_000, "more than 200,000"),
    "question marks": ("m.yaml", lambda: "? " * 3_000_000, "more than 200,000"),
    "empty entries": ("m.yaml", lambda: "layers:\n" + "-\n" * 4_000_000, "more than 200,000"),
    "as many keys as YAML may have": (
        "m.yaml",
        lambda: SHORT_YAML + "budget:\n" + "".join(f" k{i}: 1\n" for i in range(65_000)),
        "m.yaml:2:19: $.layers[0].Dense.unit",
    ),
    "a number in base 60": ("m.yaml", lambda: f"a: 1{':1' * 60_000}\n", "more than 4,000 digits"),
    "a fraction in base 60": ("m.yaml", lambda: f"a: 1{':1' * 60_000}.5\n", "more than 4,000"),
    "a fraction too large": ("m.yaml", lambda: f"a: 1{':1' * 600}.5\n", "the tag !!float"),
    "a number in base 16": ("m.yaml", lambda: f"a: 0x{'f' * 4_000_000}\n", "more than 4,000"),
    "aliases in aliases": (
        "m.yaml",
        lambda: "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 10_000)),
        "aliases expand",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_of_huge_sizes_is_refused_in_time(tmp_path: Path, name: str) -> None:
    file, make, words = TEXTS[name]
    path = tmp_path / file
    path.write_text(make())
    assert_refused(path, words, "count", seconds=SECONDS)


def test_as_much_yaml_as_may_be(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(f"input_shape: [3]\nlayers: [{{Dense: 2}}]\nbudget: [{'1, ' * 190_000}1]\n")
    assert run("count", str(path), seconds=SECONDS).returncode in (0, 2)


DOCUMENT = """
{"a\\"b": [1, {"c": "x]}\\\\"}, [], {}],
 "d" : {"e": [[0, 1], [2, {"f": null}]], "": 3}, "g": "}"}
"""


@pytest.mark.parametrize("at_key", [False, True])
@pytest.mark.parametrize(
    "path",
    [
        (),
        ('a"b',),
        ('a"b', 0),
        ('a"b', 1, "c"),
        ('a"b', 3),
        ("d",),
        ("d", "e", 1, 1, "f"),
        ("d", "e", 0),
        ("d", ""),
        ("g",),
    ],
)
def test_places_in_json_are_those_of_yaml(path: tuple[str | int, ...], at_key: bool) -> None:
    """JSON is YAML; only the time that a search takes differs."""
    assert json_places.locate(DOCUMENT, path, at_key)[1]
    assert text.locate(DOCUMENT, path, at_key) == text._in_yaml(DOCUMENT, path, at_key)


@pytest.mark.parametrize("path", [("d", "x"), ('a"b', 9), ("g", 0), ("a", "b")])
def test_the_nearest_place_around_what_is_not_there(path: tuple[str | int, ...]) -> None:
    assert not json_places.locate(DOCUMENT, path)[1]
    assert text.locate(DOCUMENT, path) == text._in_yaml(DOCUMENT, path, False)
