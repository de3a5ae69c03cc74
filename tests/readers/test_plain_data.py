"""Readers return plain data: numbers, texts, lists, dicts, and records of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lstmcount import config as configs
from lstmcount.config import all_layers
from lstmcount.design.template import Template
from lstmcount.shapes import Unknown
from lstmcount.sources import open_source, read
from tests.conftest import ROOT

DECLARED = {
    "custom_layers": {
        "Pool": {
            "arguments": ["units", {"layer": None}],
            "layers": {"layer": ["batch", "units"]},
            "weights": {"kernel": {"shape": "(features, units)", "when": "units > 3"}},
            "output_shape": [{"shape": ["...", "units"], "when": "units < 9"}, {"shape": ["..."]}],
            "macs": "features * units",
        }
    },
    "variables": {"n": 4, "twice": "2*n"},
    "input_shape": [5, "n"],
    "layers": [{"Pool": {"units": "n", "layer": {"Dense": "twice"}}}, {"Dense": 3}],
}
PROGRAM = """
import keras
shared = keras.layers.Dense(4)
x = keras.Input((4,))
inner = keras.Sequential([keras.Input((4,)), shared])
model = keras.Model(x, shared(inner(x)))
"""
SKIPPED = ("path", "stored")  # places in a program; a file's tensors, read when asked for
PLAIN = (type(None), bool, int, float, str, Unknown, type(msgspec.NODEFAULT))


@pytest.mark.parametrize("source", [DECLARED, ROOT / "configs/variable_sizes.yaml", PROGRAM])
def test_layers_are_plain_data(source: Any, tmp_path: Path) -> None:
    if isinstance(source, str):
        (tmp_path / "model.py").write_text(source)
        source = tmp_path / "model.py"
    config = read(open_source(source))
    assert not [value for layer in all_layers(config) for value in _strange(layer)]


def test_an_argument_that_is_made_a_variable_is_too() -> None:
    template = Template(open_source(DECLARED), ["dense_1.units", "n"])
    assert not [value for layer in all_layers(template.config) for value in _strange(layer)]


def _strange(value: Any) -> Iterator[Any]:
    """The values that are no plain data, at any depth."""
    if isinstance(value, list | tuple | frozenset):
        inner = list(value)
    elif isinstance(value, dict):
        inner = [*value, *value.values()]
    elif isinstance(value, msgspec.Struct) and type(value).__module__ == configs.__name__:
        inner = [getattr(value, name) for name in value.__struct_fields__ if name not in SKIPPED]
    else:
        inner = []
        if type(value) not in PLAIN:
            yield value
    for each in inner:
        yield from _strange(each)
