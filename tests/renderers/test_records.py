"""The machine-readable formats: the same records in each, escaped for what reads them."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import jsonschema
import pytest

from lstmcount import summarize
from lstmcount.renderers.cells import Options
from lstmcount.renderers.records import FORMATS, markdown
from lstmcount.renderers.table import as_text
from tests.conftest import ROOT

SPEC: dict[str, Any] = {
    "name": "m",
    "input_shape": [None, 3],
    "layers": [{"LSTM": {"units": 2, "return_state": True}, "name": "=cmd|' /C calc'!A0"}],
}
SCHEMA = json.loads((ROOT / "docs" / "summary.schema.json").read_text())


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_json_keeps_its_contract(path: Any) -> None:
    record = json.loads(FORMATS["json"](summarize(path), ("percent", "input_shape")))
    jsonschema.validate(record, SCHEMA)
    assert record["total_params"] == record["trainable_params"] + record["non_trainable_params"]


def test_the_same_records_in_each_format() -> None:
    summary = summarize(SPEC)
    record = json.loads(FORMATS["json"](summary, ()))["layers"][0]
    assert json.loads(FORMATS["jsonl"](summary, ())) == record
    for fmt, delimiter in (("csv", ","), ("tsv", "\t")):
        (row,) = csv.DictReader(io.StringIO(FORMATS[fmt](summary, ())), delimiter=delimiter)
        assert row["params"] == str(record["params"])
        assert row["output_shape"] == "[(None, 2), (None, 2), (None, 2)]"
        assert row["name"] == "'" + record["name"]  # a spreadsheet must not run it


def test_markdown_escapes_what_would_be_markup() -> None:
    spec = {"input_shape": [3], "layers": [{"Dense": 1, "name": "a|b`<img src=x>"}]}
    (line,) = FORMATS["markdown"](summarize(spec), ()).splitlines()[2:]
    assert line.startswith(r"| a\|b\`\<img src=x\> | Dense | (None, 1) | 4 |")


def test_columns_are_chosen_and_ordered_in_every_format() -> None:
    summary = summarize(SPEC)
    columns = ("trainable", "params", "input_shape")
    (layer,) = json.loads(FORMATS["json"](summary, columns))["layers"]
    assert list(layer.items()) == [
        ("trainable", True), ("params", 48), ("input_shape", [None, None, 3])
    ]  # fmt: skip
    assert json.loads(FORMATS["jsonl"](summary, columns)) == layer
    assert FORMATS["csv"](summary, columns) == (
        'trainable,params,input_shape\ntrue,48,"(None, None, 3)"\n'
    )
    assert FORMATS["markdown"](summary, columns) == (
        "| trainable | params | input_shape |\n|---|---:|---|\n| true | 48 | (None, None, 3) |\n"
    )
    table = as_text(summary, Options(columns=columns)).splitlines()
    assert table[2] == "┃ Trainable ┃ Param # ┃ Input Shape     ┃"


def test_a_column_is_of_numbers_though_the_first_is_not_known() -> None:
    text = markdown([{"macs": None, "name": "a"}, {"macs": 1234, "name": "b"}])
    assert text == "| macs | name |\n|---:|---|\n|  | a |\n| 1,234 | b |\n"


def test_extra_columns_are_in_every_format() -> None:
    summary = summarize(SPEC)
    columns = ("percent", "input_shape")
    record = json.loads(FORMATS["jsonl"](summary, columns))
    assert (record["percent"], record["input_shape"]) == (100.0, [None, None, 3])
    assert "100.0" in FORMATS["csv"](summary, columns)
    assert "percent" in FORMATS["markdown"](summary, columns).splitlines()[0]
