"""Masks that reach recurrent layers, compared with those in Keras when the model runs."""

from __future__ import annotations

import json
from typing import Any
from unittest.mock import patch

import pytest

from lstmcount.graph.mask_flow import Mask, masked_calls
from tests.conftest import built

WORDS = {"Embedding": {"input_dim": 9, "output_dim": 4, "mask_zero": True}}
RUN = {"LSTM": {"units": 4, "return_sequences": True}}


def chain(*layers: Any, shape: tuple[int, ...] = (6,)) -> dict[str, Any]:
    return {"input_shape": list(shape), "layers": list(layers)}


MODELS: dict[str, tuple[dict[str, Any], list[bool]]] = {
    "no mask": (chain(RUN, shape=(6, 2)), [False]),
    "masked words": (chain(WORDS, RUN, {"GRU": 3}), [True, True]),
    "words without mask": (chain({"Embedding": {"input_dim": 9, "output_dim": 4}}, RUN), [False]),
    "Masking": (chain("Masking", RUN, shape=(6, 2)), [True]),
    "lost by Conv1D": (chain(WORDS, {"Conv1D": {"filters": 4, "kernel_size": 1}}, RUN), [False]),
    "kept by Dropout": (chain(WORDS, {"Dropout": 0.5}, RUN), [True]),
    "kept by Dense": (chain(WORDS, {"Dense": 4}, RUN), [True]),
    "kept by TimeDistributed": (
        chain(WORDS, {"TimeDistributed": {"layer": {"Dense": 4}}}, RUN),
        [True],
    ),
    "lost by the last state": (
        chain(WORDS, {"LSTM": 4}, {"RepeatVector": 5}, RUN),
        [True, False],
    ),
    "both directions": (chain(WORDS, {"Bidirectional": {"layer": RUN}}, RUN), [True, True]),
    "sum of a masked and a plain tensor": (
        {
            "inputs": {"words": [6], "x": [6, 4]},
            "layers": [
                {**WORDS, "name": "e", "inputs": "words"},
                {"Add": {}, "name": "sum", "inputs": ["e", "x"]},
                {**RUN, "name": "r", "inputs": "sum"},
            ],
        },
        [False],
    ),
    "joined with a plain tensor": (
        {
            "inputs": {"words": [6], "x": [6, 4]},
            "layers": [
                {**WORDS, "name": "e", "inputs": "words"},
                {"Concatenate": {}, "name": "joined", "inputs": ["e", "x"]},
                {**RUN, "name": "r", "inputs": "joined"},
            ],
        },
        [True],
    ),
    "operation": (
        {
            "inputs": {"words": [6]},
            "layers": [
                {**WORDS, "name": "e", "inputs": "words"},
                {"ops.relu": {}, "name": "plain", "inputs": "e"},
                {**RUN, "name": "r", "inputs": "plain"},
            ],
        },
        [False],
    ),
    "out of a nested model": (
        chain({"model": chain(WORDS, {"Dropout": 0.1})}, RUN),
        [True],
    ),
    "into a nested model": (chain(WORDS, {"model": chain(RUN, shape=(6, 4))}), [True]),
}


@pytest.mark.parametrize(("spec", "masked"), MODELS.values(), ids=MODELS)
def test_calls_with_a_mask(spec: dict[str, Any], masked: list[bool]) -> None:
    calls = masked_calls(built(spec))
    of_recurrent = [
        m for node, m in calls if node.layer.class_name in ("LSTM", "GRU", "Bidirectional")
    ]
    assert of_recurrent == [Mask.CERTAIN if each else None for each in masked]


def test_a_custom_layer_may_keep_the_mask() -> None:
    spec = chain(WORDS, {"Attend": {}}, RUN)
    spec["custom_layers"] = {"Attend": {"output_shape": "input_shape"}}
    assert [m for _, m in masked_calls(built(spec))][-1] is Mask.POSSIBLE


@pytest.mark.oracle
@pytest.mark.parametrize(("spec", "masked"), MODELS.values(), ids=MODELS)
def test_keras_passes_the_same_masks(
    spec: dict[str, Any], masked: list[bool], call: Any, tmp_path: Any
) -> None:
    keras = pytest.importorskip("keras")
    import numpy

    (tmp_path / "spec.json").write_text(json.dumps(spec))
    converted = call("convert", str(tmp_path / "spec.json"), "--to", "keras-json")
    model = keras.models.model_from_json(converted.stdout)
    got: dict[str, bool] = {}
    original = keras.layers.RNN.call

    def noted(self: Any, sequences: Any, *args: Any, mask: Any = None, **kwargs: Any) -> Any:
        got[self.name] = mask is not None
        return original(self, sequences, *args, mask=mask, **kwargs)

    inputs = [numpy.ones((2, *tensor.shape[1:]), "float32") for tensor in model.inputs]
    with patch.object(keras.layers.RNN, "call", noted):
        model(inputs if len(inputs) > 1 else inputs[0])
    names = [name for name in got if not name.startswith("backward")]
    assert [got[name] for name in names] == masked
