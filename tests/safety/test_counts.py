"""Files that hold, or require, more of something than a model needs."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.safety.bounded import assert_refused, run
from tests.safety.test_archives import archive

SECONDS = 10  # of CPU time; each takes less than one


def functional(class_name: str, inbound: list[Any]) -> str:
    entries = [
        {
            "class_name": "InputLayer",
            "name": "x",
            "config": {"name": "x", "batch_shape": [None, 3]},
            "inbound_nodes": [],
        },
        {
            "class_name": class_name,
            "name": "a",
            "config": {"name": "a"},
            "inbound_nodes": inbound,
        },
    ]
    config = {"name": "m", "layers": entries, "input_layers": [["x", 0, 0]]}
    config["output_layers"] = [["a", 0, 0]]
    return json.dumps({"class_name": "Functional", "config": config})


def doubling(nodes: int) -> str:
    """A graph of Keras 0.3 in which each shared node reads all outputs of the one before, twice."""
    layer = {"name": "Siamese", "layer": {"name": "Dense", "output_dim": 3, "input_dim": 3}}
    order = [{"name": f"n{i}", "inputs": [f"n{i - 1}" if i else "x"] * 2} for i in range(nodes)]
    return json.dumps(
        {
            "name": "Graph",
            "input_config": [{"name": "x", "input_shape": [3]}],
            "node_config": order,
            "output_config": [{"name": "out", "input": order[-1]["name"]}],
            "nodes": {node["name"]: layer for node in order},
        }
    )


def directory(count: int, name: bytes = b"", comment: bytes = b"") -> bytes:
    """An archive that lists so many members and states another number."""
    data = archive(("config.json", b"{}"))
    start, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry = data[start:end]
    entry = entry[:28] + struct.pack("<H", len(name)) + entry[30:46] + name
    tail = data[end : end + 8] + struct.pack("<HHLL", 1, 1, count * len(entry), start)
    return data[:start] + entry * count + tail + struct.pack("<H", len(comment)) + comment


def manifest(names: list[str], shape: tuple[int, ...] = (2,)) -> str:
    """The weights of a TensorFlow.js model, without the model."""
    weights = [{"name": name, "shape": shape, "dtype": "float32"} for name in names]
    return json.dumps({"weightsManifest": [{"weights": weights}]})


FILES: dict[str, tuple[str, Callable[[], str | bytes], str]] = {
    "tensors that are read": (
        "m.json",
        lambda: functional("Add", [[["x", 0, 0, {}]] * 150_000]),
        "read more than 100,000 tensors",
    ),
    "calls of calls": ("m.json", lambda: doubling(60), "is called more than 10,000 times"),
    "letters of a class": (
        "m.json",
        lambda: functional("A_" * 10**6, []),
        "a class of more than 10,000 letters",
    ),
    "outputs of an operation": (
        "m.json",
        lambda: json.dumps(
            {
                "input_shape": [10**9],
                "layers": [{"ops.split": {"indices_or_sections": 10**9, "axis": 1}}],
            }
        ),
        "at most 100,000 outputs",
    ),
    "groups of a weight": (
        "m.json",
        lambda: manifest(["a/" * 10**5]),
        "inside more than 200 groups",
    ),
    "weights of a manifest": ("m.json", lambda: manifest(["a"] * 100_001), "100,000 weights"),
    "letters of a manifest": (
        "m.json",
        lambda: manifest([f"{i}/" + "a" * 1000 for i in range(9000)]),
        "the names of the weights have over",
    ),
    "sizes of a manifest": (
        "m.json",
        lambda: manifest(["a"] * 9, (10**400,) * 64),
        "larger than any",
    ),
    "axes of a manifest": ("m.json", lambda: manifest(["a"], (1,) * 65), "larger than any"),
    "values as Python prints them": (
        "m.json",
        lambda: "{'a': [" + "1," * 900_000 + "]}",
        "m.json",
    ),
    "fields of a SavedModel": (
        "m.pb",
        lambda: b"\x08\x01" * 10**7 + b"_tf_keras_network",
        "more than 500,000 fields",
    ),
    "members": ("m.keras", lambda: directory(1_300_000), "more than 10,000 files"),
    "letters of members": (
        "m.keras",
        lambda: directory(900, name=b"n" * 60_000),
        "more than 10,000 files",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_more_than_a_model_needs(tmp_path: Path, name: str) -> None:
    file, make, words = FILES[name]
    path = tmp_path / file
    data = make()
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    assert_refused(path, words, "count", seconds=SECONDS)


def test_long_names_in_hdf5(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "m.h5"
    with h5py.File(path, "w") as file:
        group = file.create_group("a" * 60_000)
        for i in range(300):
            group.create_dataset(str(i), (), "f4")
    assert_refused(path, "have over 8,388,608 letters", seconds=SECONDS)


def test_a_tensor_that_stands_in_other_files(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "m.h5"
    layout = h5py.VirtualLayout((4, 3), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "d", (4, 3))
    with h5py.File(path, "w", libver="latest") as file:
        file.create_virtual_dataset("a/v", layout)
    assert_refused(path, "in other files", seconds=SECONDS)


TRACED = {
    "GRU: 4": (["--steps", "2"], 0, "2 of 5,000,000 time steps"),
    "GRU: 5": ([], 2, "5,000,000 time steps are too many to run"),
    "GRU: 6": (["--format", "json", "--steps", "2"], 2, "too many to run"),
    "GRU: 100000": (["--steps", "2"], 2, "weights are too many to trace"),
}


@pytest.mark.parametrize("layer", TRACED)
def test_a_long_sequence_is_run_as_far_as_it_is_shown(tmp_path: Path, layer: str) -> None:
    pytest.importorskip("numpy")
    args, status, words = TRACED[layer]
    path = tmp_path / "m.yaml"
    path.write_text(f"input_shape: [5000000, 3]\nlayers:\n- {layer}\n")
    done = run("trace", str(path), *args, seconds=SECONDS)
    assert (done.returncode, words in done.stdout + done.stderr) == (status, True)
