"""Comparison with recorded answers of Keras: layers, whole models and keras.applications."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.graph.builder import build_layer
from lstmcount.graph.layer import BuiltLayer
from lstmcount.renderers.cells import Options
from lstmcount.renderers.table import as_text
from lstmcount.shapes import Shapes, flatten, public, shape_of
from tests.conftest import ROOT
from tests.golden_layers import layer_config

GOLDEN = ROOT / "tests" / "golden"
LAYERS = sorted((GOLDEN / "layers").glob("*.json"))
MODELS = sorted(path for path in (GOLDEN / "models").iterdir() if path.is_dir())
APPLICATIONS: dict[str, Any] = json.loads((GOLDEN / "applications" / "index.json").read_text())


def cases(path: Path) -> list[dict[str, Any]]:
    data = json.loads(path.read_text())
    found: list[dict[str, Any]] = data if isinstance(data, list) else data["cases"]
    return found


def shapes(value: Any) -> Any:
    """Inputs with each tensor replaced by its shape."""
    if isinstance(value, dict) and {"shape", "dtype"} <= set(value):
        return shape_of(value["shape"])
    if isinstance(value, list):
        return [shapes(item) for item in value]
    if isinstance(value, dict):
        return {key: shapes(item) for key, item in value.items()}
    return value


def expected_shapes(value: Any) -> list[Any]:
    return [public(shape) for shape in flatten(shapes(value))]


def built(class_name: str, case: dict[str, Any]) -> tuple[BuiltLayer, Shapes]:
    config = layer_config(class_name, "layer", case["arguments"])
    config.strict = True
    layer = build_layer(config)
    inputs = case["inputs"]
    if not layer.layer.call_arguments:
        return layer, layer.layer.output_shape()
    kwargs = {key: shapes(value) for key, value in inputs.get("kwargs", {}).items()}
    return layer, layer.call(shapes(inputs.get("args", [])), kwargs)


# What Keras takes without complaint and nobody means; lstmcount says that it is wrong.
NOT_TAKEN = (
    "input_shape=", "input_dim=6", "input_length=", "batch_input_shape=", "output_size=0",
    "output_size=3) on (None, 3)", "filters=0", "lora_rank=0", "units=True", "num_query_heads=0",
    "padding=-1", "power_iterations=1.5", "interpolation='cubic'", "units=2) on nothing",
    "axis=1.0", "shared_axes=[0]", "function=Rescaling(scale=2.0)) on",
)  # fmt: skip
CELLS = ("GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells")  # cases call them by hand


def is_comparable(class_name: str, case: dict[str, Any]) -> bool:
    return class_name not in CELLS and not any(word in case["id"] for word in NOT_TAKEN)


@pytest.mark.parametrize("path", LAYERS, ids=lambda path: path.stem)
def test_a_layer_is_as_keras_recorded_it(path: Path) -> None:
    class_name, wrong = path.stem, []
    for case in cases(path):
        if "error" in case or not is_comparable(class_name, case):
            continue
        try:
            layer, output = built(class_name, case)
        except LstmcountError as error:
            wrong.append((case["id"], str(error)))
            continue
        got = [public(shape) for shape in flatten(output)]
        if got != expected_shapes(case["output"]):
            wrong.append((case["id"], f"{got} is not {expected_shapes(case['output'])}"))
        trains = layer.layer.trainable
        ours = [
            (w.name.rpartition("/")[2], list(w.shape), w.dtype, w.trainable and trains)
            for w in layer.weights
        ]
        keras = [(w["name"], w["shape"], w["dtype"], w["trainable"]) for w in case["weights"]]
        if ours != keras:
            wrong.append((case["id"], f"{ours} is not {keras}"))
    assert not wrong


def test_where_keras_raises_nothing_but_our_error_comes_out() -> None:
    refused = total = 0
    for path in LAYERS:
        for case in cases(path):
            if "error" in case:
                total += 1
                try:
                    built(path.stem, case)
                except LstmcountError:
                    refused += 1
    assert refused > 0.8 * total


# Models with code of their author's, of which a file says no shapes: they are counted as far as
# their files tell, and no further.
OWN_CODE = (
    "odd_custom_layers",
    "odd_lambda_named_function",
    "odd_lambda_without_shape",
    "odd_many_outputs",
    "odd_subclassed",
    "odd_subclassed_called",
    "odd_subclassed_inside",
)

SOURCES = {"json": "model.json", "keras": "model.keras", "h5": "model.h5"}


def model_cases() -> list[Any]:
    found = []
    for folder in MODELS:
        if folder.name in OWN_CODE:
            continue
        summaries = json.loads((folder / "summary.json").read_text())
        skipped_file = folder / "skipped.json"
        skipped = json.loads(skipped_file.read_text()) if skipped_file.exists() else {}
        first = next((summaries[source] for source in SOURCES if source in summaries), [])
        for source, name in SOURCES.items():
            if (folder / name).exists() and not any(source in key for key in skipped):
                texts = summaries.get(source, first)
                found.append(pytest.param(folder / name, texts, id=f"{folder.name}-{source}"))
    return found


@pytest.mark.parametrize(("path", "texts"), model_cases())
def test_a_model_has_the_summary_that_keras_recorded(
    path: Path, texts: list[dict[str, Any]]
) -> None:
    summary = summarize(path)
    for text in texts:
        given = {key: value for key, value in text["options"].items() if value is not None}
        if "line_length" not in given:
            continue
        if "layer_range" in given:
            given["layer_range"] = tuple(given["layer_range"])
        assert as_text(summary, Options(**given)).rstrip("\n") == text["text"].rstrip("\n")


@pytest.mark.parametrize("name", OWN_CODE)
def test_a_models_own_code_is_reported_and_not_guessed(name: str) -> None:
    try:
        summary = summarize(GOLDEN / "models" / name / "model.json")
    except LstmcountError as error:
        assert "subclassed" in str(error)  # noqa: PT017
    else:
        shown = as_text(summary)
        assert "?" in shown


@pytest.mark.parametrize("name", APPLICATIONS)
def test_an_application_has_the_summary_that_keras_recorded(name: str) -> None:
    folder = GOLDEN / "applications"
    summary = summarize(gzip.decompress((folder / f"{name}.json.gz").read_bytes()).decode())
    text = gzip.decompress((folder / f"{name}.summary.txt.gz").read_bytes()).decode()
    assert summary.total_params == APPLICATIONS[name]["total"]
    options = Options(line_length=120, expand_nested=True)
    assert as_text(summary, options).rstrip("\n") == text.rstrip("\n")
