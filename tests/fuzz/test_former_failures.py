"""Changed files on which lstmcount once failed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.exercise import exercise
from tests.fuzz.seeds import GOLDEN

TENSOR = ("config", "layers", 2, "inbound_nodes", 0, "args", 0)
DENSE = ("config", "layers", 1, "config")
DTYPE = (*DENSE, "dtype", "config")
QUANTIZED = {"mode": {"name": "float32"}, "source_name": "float32"}

# A golden model, the place in its JSON, and what stands there instead.
CHANGES: list[tuple[str, tuple[str | int, ...], Any]] = [
    ("functional_two_inputs", ("config", "name"), True),
    ("functional_two_inputs", (*DENSE, "name"), ["a"]),
    ("functional_two_inputs", ("config", "layers", 0, "name"), 3),
    ("functional_two_inputs", ("config", "input_layers"), []),
    ("functional_two_inputs", ("config", "output_layers", 0), {"class_name": "x", "items": 3}),
    ("sequential_dense", DTYPE, "|`$"),
    ("sequential_dense", (*DTYPE, "name"), 3),
    ("sequential_dense", DTYPE, QUANTIZED),
    ("sequential_dense", (*DENSE, "dtype"), {"class_name": "Quantized", "config": QUANTIZED}),
    ("sequential_dense", (*DENSE, "dtype"), {"class_name": "Map", "config": {"policy_map": 3}}),
    ("sequential_dense", (*DENSE, "kernel_initializer", "config"), ["a"]),
    ("functional_two_inputs", ("config", "layers", 0, "module"), "my_package"),
    ("shared_layer", (*TENSOR, "config"), "x"),
    ("shared_layer", (*TENSOR, "config", "keras_history"), ["a", 0, 10**30]),
    ("shared_layer", (*TENSOR, "config", "keras_history"), ["a", -(10**30), 0]),
    ("shared_layer", (*TENSOR, "config", "shape"), [None, "a", [3]]),
    ("shared_layer", TENSOR, {"class_name": "Dense", "config": {}}),
    ("shared_layer", TENSOR, [[3, 4], {"a": None}]),
    ("shared_layer", ("config", "layers", 2, "inbound_nodes", 0, "kwargs"), "x"),
    ("shared_layer", ("config", "layers", 2, "inbound_nodes", 0, "args"), []),
    ("operations_shapes", ("config", "layers", 1, "inbound_nodes", 0, "kwargs", "newshape"), "ab"),
    ("recurrent_seq2seq", ("config", "layers", 3, "inbound_nodes", 0, "args"), [{"a": {}, "b": 0}]),
    ("nested_functional_in_sequential", ("config", "layers", 1, "config", "layers"), []),
    ("nested_sequential_in_functional", ("config", "layers", 1, "config", "layers"), []),
    ("nested_in_time_distributed", ("config", "layers", 1, "config", "layer"), None),
    ("preparing_discretization", ("config", "layers", 3, "inbound_nodes", 0, "args", 0), [[]]),
]


@pytest.mark.parametrize(("model", "path", "value"), CHANGES)
def test_a_changed_file_that_failed_once_no_longer_fails(
    model: str, path: tuple[str | int, ...], value: Any
) -> None:
    found = json.loads((GOLDEN / "models" / model / "model.json").read_text())
    place: Any = found
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    exercise("model.json", json.dumps(found).encode())


@pytest.mark.parametrize(
    "spec",
    [
        "layers:\n- Bidirectional: {layer: null, merge_mode: sum}\n",
        "input_shape: [5, 3]\nlayers:\n- RNN: {cell: {StackedRNNCells: {cells: null}}}\n",
        "inputs: {a: [null], b: [null]}\nlayers:\n  - Embedding: [3, 4]\n    name: words\n"
        "    inputs: a\n  - LSTM: {units: 3, return_state: true}\n    name: x\n  - LSTM: 3\n",
        "import keras\nn = input()\nm = keras.Sequential([keras.Input((5,)), "
        "keras.layers.Dense(n.shape[0])])\n",
    ],
)
def test_a_spec_that_failed_once_no_longer_fails(spec: str) -> None:
    exercise("<stdin>", spec.encode())


def test_an_input_without_a_batch_axis(call: Any, tmp_path: Path) -> None:
    layer = {"class_name": "InputLayer", "config": {"batch_shape": []}}
    model = {"class_name": "Functional", "config": {"layers": [layer], "input_layers": []}}
    (tmp_path / "m.json").write_text(json.dumps(model))
    done = call("convert", "m.json", "--to", "yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no batch axis" in done.stderr


def test_an_axis_that_an_operation_names_twice() -> None:
    call = {"class_name": "ExpandDims", "config": {"axis": [2, 2]}, "inbound_nodes": [{"args": []}]}
    layers = [{"class_name": "InputLayer"}, call]
    exercise(
        "m.json", json.dumps({"class_name": "Functional", "config": {"layers": layers}}).encode()
    )


def test_second_output_of_a_call_of_which_nothing_is_known() -> None:
    model = json.loads((GOLDEN / "models" / "attention_cross" / "model.json").read_text())
    layer = model["config"]["layers"][2]
    layer["build_config"] = {}
    del layer["inbound_nodes"][0]["args"][0]["config"]
    exercise("model.json", json.dumps(model).encode())
