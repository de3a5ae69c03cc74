"""The table: the quick way and rich give the same text; widths, wrapping, extra columns."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import LstmcountError, Summary, summarize
from lstmcount.costs.totals import with_costs
from lstmcount.graph.inference import summarize_model
from lstmcount.renderers.cells import Options, table_of
from lstmcount.renderers.columns import COSTS
from lstmcount.renderers.table import as_text, rich_text
from tests.conftest import built

CHAIN: dict[str, Any] = {
    "input_shape": [5, 126],
    "layers": [{"LSTM": {"units": 64, "return_sequences": True}}, {"LSTM": 3, "name": "名前"}],
}
GRAPH: dict[str, Any] = {
    "inputs": {"left": [3], "right": [3]},
    "layers": [
        {"Dense": 4, "name": "shared", "inputs": "left"},
        {"call": "shared", "inputs": "right", "name": "again"},
        {"class_name": "Dense", "units": 2, "trainable": False, "inputs": "again"},
    ],
    "outputs": ["shared", "dense"],
}
OPTIONS = {
    "default": Options(),
    "trainable": Options(show_trainable=True),
    "narrow": Options(line_length=120),
    "wide": Options(line_length=233, show_trainable=True),
    "more columns": Options(columns=("percent", "weights", "input_shape")),
    "chosen columns": Options(columns=("macs", "class_name", "trainable", "name")),
}


@pytest.mark.parametrize("spec", [CHAIN, GRAPH], ids=["chain", "graph"])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=list(OPTIONS))
def test_without_rich_is_the_same_as_with_rich(spec: dict[str, Any], options: Options) -> None:
    model = built(spec)
    summary = with_costs(model, summarize_model(model), COSTS)
    assert as_text(summary, options) == rich_text(table_of(summary, options))


def lines(summary: Summary, **options: Any) -> list[str]:
    return as_text(summary, Options(**options)).splitlines()


def test_nothing_is_cut_where_no_width_is_asked_for() -> None:
    name = "a_rather_long_name_" * 10
    text = as_text(summarize({"input_shape": [3], "layers": [{"Dense": 1, "name": name}]}))
    assert f"{name} (Dense)" in text
    assert "…" not in text


def test_a_narrow_table_wraps_and_keeps_its_width() -> None:
    text = lines(summarize(CHAIN), line_length=50)
    assert {len(line) for line in text if line[0] in "┏┃┡│├└" and "名" not in line} == {50}


def test_line_length_too_short() -> None:
    assert len(lines(summarize(CHAIN), line_length=16)[1]) == 16
    with pytest.raises(LstmcountError, match="too short for the table; it needs at least 16"):
        as_text(summarize(CHAIN), Options(line_length=15))


def test_a_layer_range_shows_only_these_layers() -> None:
    text = "\n".join(lines(summarize(CHAIN), layer_range=("lstm", "lstm")))
    assert "lstm (LSTM)" in text
    assert "名前" not in text
    for bounds, words in {("x", "lstm"): "matches 'x'", ("(", "lstm"): "not a pattern"}.items():
        with pytest.raises(LstmcountError, match=words):
            lines(summarize(CHAIN), layer_range=bounds)


def test_frozen_layers_say_so() -> None:
    text = "\n".join(lines(summarize(GRAPH), show_trainable=True))
    assert text.count(" Y ") == 1
    assert text.count(" N ") == 1
    assert "shared[0][0]" not in text
    assert "shared[1][0]" in text


def test_str_is_the_table() -> None:
    assert str(summarize(CHAIN)) == as_text(summarize(CHAIN))


@pytest.mark.parametrize(
    ("name", "itself", "read"),
    [
        ("[x]", "[x]", ""),
        ("\\[y]", "\\[y]", "[y]"),
        ("\\\\[z]", "\\\\[z]", "\\"),
        ("end\\", "end\\\\", "end"),
        (":snake:", "\U0001f40d", "\U0001f40d"),
        ("[/x]", "[/x]", "[/x]"),  # at which Keras fails
    ],
)
def test_names_that_keras_prints_as_markup(name: str, itself: str, read: str) -> None:
    layers = [{"Dense": 2, "name": name}, {"Add": {}, "inputs": [name, name]}]
    text = as_text(summarize({"inputs": {"a": [3]}, "layers": layers}), Options(line_length=120))
    assert f"│ {itself} (Dense) " in text
    assert f"│ {read}[0][0], {read}[0][0] " in text


def test_whether_an_unknown_layer_trains_is_unknown() -> None:
    own = {"module": "mine", "class_name": "Mine", "build_config": {"input_shape": [None, 3]}}
    source = {"module": "keras", "class_name": "Sequential", "config": {"layers": [own]}}
    cells = lines(summarize(source), show_trainable=True)[4].strip("│").split("│")
    assert [cell.strip() for cell in cells] == ["mine (Mine)", "?", "?", "?"]


@pytest.mark.parametrize("name", ["a\u3000b", "c\xa0d"])
def test_spaces_are_printed_as_they_are(name: str) -> None:
    found = lines(summarize({"input_shape": [3], "layers": [{"Dense": 1, "name": name}]}))
    assert f"│ {name} (Dense)" in found[4]


@pytest.mark.parametrize(
    ("name", "columns", "widest"),
    [("dense", 60, 56), ("dense", 80, 76), ("long_" * 20, 60, 60), ("long_" * 20, 80, 80)],
)
def test_the_table_fits_the_terminal(name: str, columns: int, widest: int) -> None:
    named = {"input_shape": [5], "layers": [{"Dense": {"units": 2, "name": name}}]}
    lines = as_text(summarize(named), Options(max_width=columns)).splitlines()
    assert max(map(len, lines)) == widest
