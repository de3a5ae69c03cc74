"""Written and read again: the same summary; and real Keras loads and runs what is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from lstmcount import LstmcountError, summarize
from lstmcount.cli.convert import written
from lstmcount.readers import open_source, read
from lstmcount.renderers.table import as_text
from tests.conftest import ROOT, Run
from tests.differential import real_keras

CONFIGS = sorted((ROOT / "configs").glob("*.yaml"))
MODELS = sorted((ROOT / "tests" / "golden" / "models").glob("*/model.json"))
SOURCES = [pytest.param(path, id=path.stem) for path in CONFIGS] + [
    pytest.param(path, id=path.parent.name) for path in MODELS
]


def convert(source: Any, to: str) -> str:
    try:
        return written(read(open_source(source)), to)
    except LstmcountError as error:
        words = ("operation", "subclassed", "is not a layer", "constant", "cannot say this model")
        if any(word in str(error) for word in words):
            pytest.skip(str(error))
        raise


def same(text: str, path: Path) -> None:
    ours, theirs = summarize(yaml.safe_load(text)), summarize(path)
    assert ours.total_params == theirs.total_params
    assert ours.trainable_params == theirs.trainable_params
    totals = " Total params"
    assert as_text(ours).partition(totals)[0] == as_text(theirs).partition(totals)[0]


@pytest.mark.parametrize("path", SOURCES)
def test_as_a_spec_and_back(path: Path) -> None:
    same(convert(path, "yaml"), path)
    same(convert(path, "json"), path)


@pytest.mark.parametrize("path", SOURCES)
def test_as_keras_json_and_back(path: Path) -> None:
    same(convert(path, "keras-json"), path)


@pytest.mark.oracle
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_keras_loads_the_json_and_runs_the_code(path: Path) -> None:
    keras = real_keras.fresh()
    with real_keras.weightless():
        loaded = keras.models.model_from_json(convert(path, "keras-json"))
        program: dict[str, Any] = {}
        exec(convert(path, "python"), program)
    expected = as_text(summarize(path)).splitlines()[-3]
    for model in (loaded, program["model"]):
        assert real_keras.summary_text(model).splitlines()[-3] == expected


def test_most_models_can_be_written() -> None:
    """What is skipped above are few: operations, and code of the model's author."""
    written_ones = 0
    for path in MODELS:
        try:
            written(read(open_source(path)), "yaml")
            written_ones += 1
        except LstmcountError:
            pass
    assert written_ones > 0.75 * len(MODELS)


def test_readable_yaml(run: Run) -> None:
    done = run("convert", "configs/action_recognition.yaml", "--to", "yaml")
    assert done.stdout.splitlines()[:4] == [
        "name: action_recognition",
        "input_shape: [5, 126]",
        "layers:",
        "  - LSTM: {units: 64, activation: relu, return_sequences: true}",
    ]


def test_output_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    done = run("convert", "configs/lstm_cell.yaml", "--to", "keras-json", "-o", str(path))
    assert (done.returncode, done.stdout) == (0, "")
    assert json.loads(path.read_text())["class_name"] == "Sequential"
