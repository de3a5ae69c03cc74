"""Each conversion that is not refused: Keras loads it, and it reads back, as the same model."""

from __future__ import annotations

import json
import re
from contextlib import nullcontext
from functools import cache
from random import Random
from typing import Any

import pytest
import yaml

from lstmcount import LstmcountError, Summary, summarize
from lstmcount.config import ModelConfig
from lstmcount.conversion.forms import FORMATS, written
from lstmcount.graph.inference import infer
from lstmcount.shapes import flatten, public
from lstmcount.sources import open_source, read
from tests.conftest import ROOT
from tests.differential import real_keras
from tests.differential.graphs import Grower
from tests.differential.rarer import Rarer
from tests.examples import every_second, examples

pytestmark = pytest.mark.oracle

# Without TensorFlow, and without the code of the model's author, Keras cannot make these.
FILES = [
    path
    for kind in ("json", "keras")
    for path in sorted((ROOT / "tests" / "golden" / "models").glob(f"*/model.{kind}"))
    if not re.search("odd_|_string_|_text_|sequential_empty", str(path.parent))
]
FEW_REFUSED = 0.05


@pytest.mark.parametrize("form", FORMATS)
def test_files_that_keras_saved(form: str) -> None:
    pytest.importorskip("h5py")
    files = every_second(FILES)
    refused = [str(path) for path in files if not is_same(read(open_source(path)), form, path)]
    assert len(refused) < FEW_REFUSED * len(files), refused


@pytest.mark.parametrize("seed", range(examples(30)))
@pytest.mark.parametrize("grower", [Grower, Rarer])
def test_models_grown_at_random(grower: type[Grower], seed: int) -> None:
    import keras

    rng = Random(f"conversions {seed}")
    with real_keras.weightless():
        try:
            text = grower(keras, rng).grow(rng.choice((3, 6, 10))).to_json()
            keras.models.model_from_json(text)
        except (TypeError, ValueError) as error:
            pytest.skip(f"no model: {error}")
    try:
        config = read(open_source(json.loads(text)))
        infer(config)
    except LstmcountError:
        pytest.skip("a model that Keras cannot run either")  # which test_graphs.py asks
    for form in FORMATS:
        is_same(config, form, seed)


def is_same(config: ModelConfig, form: str, source: Any) -> bool:
    """Whether the model can be written; if so, Keras and lstmcount must read it as the same."""
    try:
        text = written(config, form)
    except LstmcountError:
        return False
    before = facts(infer(config))
    after = facts(read_back(text, form))
    assert after == before, (source, form)
    if form in ("yaml", "json"):  # Keras reads no specs
        text = written(read(open_source(yaml.safe_load(text))), "keras-json")
    assert facts_in_keras(text, form == "python") == before, (source, form)
    return True


@cache
def facts_in_keras(text: str, is_program: bool) -> dict[str, Any]:
    """The facts of a model in Keras, which builds each text only once."""
    keras = real_keras.fresh()
    keeps_states = re.search('stateful=True|"stateful": true', text)  # in variables
    with nullcontext() if keeps_states else real_keras.weightless():
        if is_program:
            program: dict[str, Any] = {}
            exec(text, program)
            return facts_of_keras(program["model"])
        return facts_of_keras(keras.models.model_from_json(text))


def read_back(text: str, form: str) -> Summary:
    if form == "python":
        from lstmcount.sources import Source

        return infer(read(Source("program.py", text.encode())))
    return summarize(yaml.safe_load(text))


def facts(summary: Summary) -> dict[str, Any]:
    layers = sorted(
        (layer.name, str([public(shape) for shape in flatten(layer.output_shape)]), layer.params)
        for layer in summary.layers
    )
    return {"layers": layers, "weights": sorted(str(public(w.shape)) for w in summary.weights)}


def facts_of_keras(model: Any) -> dict[str, Any]:
    from keras import tree

    layers = []
    for layer in getattr(model, "operations", model.layers):
        nodes = layer._inbound_nodes
        outputs = tree.flatten(nodes[-1].output_tensors) if nodes else []
        shapes = str([tuple(each.shape) for each in outputs])
        params = layer.count_params() if getattr(layer, "built", False) else 0
        layers.append((layer.name, shapes, params))
    weights = sorted(str(tuple(weight.shape)) for weight in model.weights)
    return {"layers": sorted(layers), "weights": weights}
