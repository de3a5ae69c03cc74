"""Specs as people guess them: accepted where the meaning is certain, else a hint."""

from __future__ import annotations

import pytest
import yaml

from lstmcount import LstmcountError, summarize
from lstmcount.readers.text.text import parse_yaml

LSTM = 48_896
SHAPE = "input_shape: [5, 126]\n"


@pytest.mark.parametrize(
    "text",
    [
        "input: [5, 126]\nlayers: [LSTM: 64]",
        "shape: [5, 126]\nlayers: [LSTM: 64]",
        "batch_input_shape: [null, 5, 126]\nlayers: [LSTM: 64]",
        "batch_shape: (None, 5, 126)\nlayers: [LSTM: 64]",
        "input_shape: (5, 126)\nlayers: [LSTM: 64]",
        "input_shape: [None, 126]\nlayers: [LSTM: 64]",
        "variables: {n: 64}\ninput_shape: [None, 126]\nlayers: [LSTM: n]",
        "input: {x: (None, 126)}\nlayers: [LSTM: 64]".replace("(None, 126)", "[None, 126]"),
        SHAPE + "layers: [{type: LSTM, units: 64}]",
        SHAPE + "layers: [{class: LSTM, config: {units: 64}}]",
        SHAPE + "layers: [{layer: layers.LSTM, units: 64, name: x}]",
        SHAPE + "layers: [layers.LSTM: 64, keras.layers.Flatten]",
        SHAPE + "layers: [tf.keras.layers.LSTM: {units: 64}]",
        SHAPE + "layers: [{class_name: keras.layers.LSTM, units: 64}]",
    ],
)
def test_a_spelling_with_one_meaning_is_read(text: str) -> None:
    assert summarize(yaml.safe_load(text)).total_params == LSTM


def test_the_batch_of_a_whole_shape_is_kept() -> None:
    spec = {"batch_input_shape": [8, 5, 126], "layers": [{"LSTM": 64}]}
    assert summarize(spec).layers[-1].output_shape == (8, 64)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SHAPE + "layers: [{type: LSTN, units: 64}]", "class 'LSTN'. Did you mean LSTM?"),
        (SHAPE + "layers: [{foo: 3, units: 64}]", "got foo, units; an entry is `LSTM: 64`"),
        (SHAPE + "layers: [Concatenate inputs: [a, b]]", "a colon is missing after Concatenate"),
        (
            SHAPE + "layers:\n  - Concatenate\n    inputs: [a, b]",
            "missing after Concatenate?",
        ),
        ("input_shap: [5]\nlayers: [Flatten]", "Did you mean input_shape?"),
        ("input_shape: (5, many)\nlayers: [Flatten]", "or null, got 'many'"),
        ("input_shape: [Null]\nlayers: [{type: 3}]", "unknown layer class 'type'"),
    ],
)
def test_a_spelling_with_several_meanings_is_an_error(text: str, says: str) -> None:
    with pytest.raises(LstmcountError) as error:
        summarize(parse_yaml(text))
    assert says in str(error.value)
