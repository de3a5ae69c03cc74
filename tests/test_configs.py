"""The example specs: their counts, and that real Keras counts the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from lstmcount import summarize
from lstmcount.conversion.forms import written
from lstmcount.renderers.cells import Options
from lstmcount.renderers.table import as_text
from lstmcount.sources import open_source, read
from tests.conftest import ROOT
from tests.differential import real_keras

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
PARAMS = {
    "action_recognition": 203_459,
    "bidirectional_tagger": 250_000 + 2 * 4 * (50 + 64 + 1) * 64 + (128 + 1) * 17,
    "lstm_cell": 4_464,
    "many_to_many": 24 * (16 + 24 + 1) + (24 + 1) * 4,
    "seq2seq": 8000 * 128 + 2 * 4 * (128 + 256 + 1) * 256 + (256 + 1) * 8000,
    "simple_rnn_many_to_one": 32 * (8 + 32 + 1) + (32 + 1) * 5,
    "variable_sizes": 36 * 64**2 + 4 * 64 * 126 + 16 * 64 + 2 * 64 * 3 + 3,
    "stacked_gru": 3 * 64 * (40 + 64 + 2) + 2 * 3 * 64 * (64 + 64 + 2) + 2 * 128 + 650,
}


def test_every_config_is_counted() -> None:
    assert {path.stem for path in CONFIGS} == set(PARAMS)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_every_config_has_its_number_of_parameters(path: Path) -> None:
    assert summarize(path).total_params == PARAMS[path.stem]


def test_the_layers_of_the_article_have_their_parameters() -> None:
    summary = summarize(ROOT / "configs/action_recognition.yaml")
    assert [layer.params for layer in summary.layers] == [48_896, 98_816, 49_408, 4_160, 2_080, 99]
    assert summary.layers[0].output_shape == (None, 5, 64)


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_comment_says_what_it_shows(path: Path) -> None:
    assert path.read_text().startswith("# ")


@pytest.mark.oracle
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_as_in_keras(path: Path) -> None:
    spec = yaml.safe_load(path.read_text())
    if "variables" in spec:
        spec = json.loads(written(read(open_source(path)), "json"))
    model = real_keras.build(spec, path.stem)
    summary = summarize(path)
    for line_length in (60, 88, 108, 133):
        expected = real_keras.summary_text(model, line_length=line_length, show_trainable=True)
        options = Options(line_length=line_length, show_trainable=True)
        assert as_text(summary, options) == expected
    facts = real_keras.facts(model)
    assert summary.total_params == facts["total_params"]
    assert summary.trainable_params == facts["trainable_params"]
