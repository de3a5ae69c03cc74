"""The only output of a nested model, which Keras 3.0 to 3.5 wrote as a list."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import LstmcountError, summarize

TENSORS = (["c", 0, 0], [["c", 0, 0]])


def _layer(class_name: str, name: str, reads: str | None = None, **arguments: Any) -> Any:
    tensor = {"class_name": "__keras_tensor__", "config": {"keras_history": [reads, 0, 0]}}
    return {
        "module": "keras.layers",
        "class_name": class_name,
        "config": {"name": name, **arguments},
        "registered_name": None,
        "name": name,
        "inbound_nodes": [{"args": [tensor], "kwargs": {}}] if reads else [],
    }


def _nested(outputs: Any, *more: Any) -> Any:
    layers = [
        _layer("InputLayer", "x", batch_shape=[None, 6, 4]),
        _layer("Conv1D", "c", "x", filters=3, kernel_size=2),
        *more,
    ]
    config = {"name": "n", "layers": layers, "input_layers": [["x", 0, 0]]}
    config["output_layers"] = outputs
    return {"module": "keras", "class_name": "Functional", "config": config}


def _sequential(*layers: Any) -> Any:
    config = {"name": "s", "layers": list(layers)}
    return {"module": "keras", "class_name": "Sequential", "config": config}


FOLLOWING = [
    (_layer("Flatten", "f"), (None, 15)),
    (_layer("GRU", "g", units=2), (None, 2)),
    (_layer("Dropout", "d", rate=0.5), (None, 5, 3)),
    (_layer("Dense", "e", units=7), (None, 5, 7)),
]


@pytest.mark.parametrize("outputs", TENSORS)
@pytest.mark.parametrize(("after", "shape"), FOLLOWING, ids=lambda each: str(each)[:60])
def test_the_next_layer_reads_one_tensor(outputs: Any, after: Any, shape: Any) -> None:
    layers = [_layer("InputLayer", "i", batch_shape=[None, 6, 4]), _nested(outputs), after]
    assert summarize(_sequential(*layers)).layers[-1].output_shape == shape


def test_within_a_wrapper() -> None:
    wrapped = _layer("TimeDistributed", "t", layer=_nested(TENSORS[1]))
    given = _layer("InputLayer", "i", batch_shape=[None, 9, 6, 4])
    flat = _layer("Flatten", "f")
    found = summarize(_sequential(given, wrapped, flat))
    assert found.layers[-1].output_shape == (None, 9 * 5 * 3)


@pytest.mark.parametrize("after", ["Flatten", "Dense", "CategoryEncoding", "LSTM"])
def test_two_outputs_are_no_tensor(after: str) -> None:
    arguments = {"Dense": {"units": 2}, "LSTM": {"units": 2}, "CategoryEncoding": {"num_tokens": 4}}
    nested = _nested([["c", 0, 0], ["x", 0, 0]])
    layers = [_layer("InputLayer", "i", batch_shape=[None, 6, 4]), nested]
    with pytest.raises(LstmcountError, match=f"{after}.*got "):
        summarize(_sequential(*layers, _layer(after, "a", **arguments.get(after, {}))))
