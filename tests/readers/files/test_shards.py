"""Weights that Keras saved in several files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.api.verify import verify_model as verify
from lstmcount.sources import open_path
from lstmcount.summary import count
from tests.conftest import built

h5py = pytest.importorskip("h5py")

MODEL = {
    "class_name": "Sequential",
    "config": {"name": "model", "layers": [
        {"class_name": "Dense", "config": {"name": "d", "units": 4,
                                           "batch_input_shape": [None, 3]}},
        {"class_name": "Dense", "config": {"name": "e", "units": 2}},
    ]},
}  # fmt: skip
LISTED = {
    "/layers/dense/vars": ["m_00000.weights.h5", "m_00001.weights.h5"],
    "/layers/dense_1/vars": "m_00001.weights.h5",
    "/optimizer/vars": ["m_00001.weights.h5"],
}


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """A model and its weights, whose first layer stands in two files."""
    with h5py.File(tmp_path / "m_00000.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = [[0.0] * 4] * 3
    with h5py.File(tmp_path / "m_00001.weights.h5", "w") as file:
        file["layers/dense/vars/1"] = [0.0] * 4
        file["layers/dense_1/vars/0"] = [[0.0] * 2] * 4
        file["layers/dense_1/vars/1"] = [0.0] * 2
        file["optimizer/vars/0"] = 0
    (tmp_path / "model.json").write_text(json.dumps(MODEL))
    return write(tmp_path, LISTED)


def write(folder: Path, weight_map: Any) -> Path:
    path = folder / "m.weights.json"
    path.write_text(json.dumps({"metadata": {"total_size": 104}, "weight_map": weight_map}))
    return path


def test_shards_are_counted_and_compared(listed: Path) -> None:
    assert summarize(listed).total_params == 26
    model = built(listed.parent / "model.json")
    verdict = verify(open_path(listed.parent / "model.json"), model, open_path(listed))
    assert (verdict.agrees, verdict.stored, verdict.notes) == (True, 26, ())


def test_a_folder_with_a_config(listed: Path) -> None:
    folder = listed.parent
    (folder / "model.json").rename(folder / "config.json")
    listed.rename(folder / "model.weights.json")
    model = built(folder)
    assert (count(model.weights()), verify(open_path(folder), model).stored) == (26, 26)


def absent(folder: Path) -> None:
    (folder / "m_00001.weights.h5").unlink()


def pipe(folder: Path) -> None:
    absent(folder)
    os.mkfifo(folder / "m_00001.weights.h5")


def text(folder: Path) -> None:
    (folder / "m_00001.weights.h5").write_text("nothing")


def swapped(folder: Path) -> None:
    (folder / "m_00001.weights.h5").rename(folder / "m_00000.weights.h5")
    text(folder)


def twice(folder: Path) -> None:
    with h5py.File(folder / "m_00000.weights.h5", "a") as file:
        file["layers/dense/vars/1"] = [0.0] * 9


def mapped(weight_map: Any) -> Callable[[Path], None]:
    return lambda folder: void(write(folder, weight_map))


def void(_: Path) -> None:
    """Nothing."""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (absent, "m_00001.weights.h5: no such file"),
        (pipe, "m_00001.weights.h5: this is a pipe, not a file"),
        (text, "m_00001.weights.h5: the stored tensors cannot be read"),
        (swapped, "cannot be read|holds nothing in /layers"),
        (twice, "layers/dense/vars/1 stands in both m_00000.weights.h5 and m_00001.weights.h5"),
        (mapped({"/layers/dense/vars": "../m.h5"}), "does not lie beside the list"),
        (mapped({"/layers/dense/vars": "/etc/m.h5"}), "does not lie beside the list"),
        (mapped({"/layers/dense/vars": ["m\0.h5"]}), "does not lie beside the list"),
        (mapped({"/layers/none/vars": "m_00000.weights.h5"}), "holds nothing in /layers/none/vars"),
        (mapped({"a": "model-00001-of-00002.safetensors"}), "expected names of .h5 files"),
        (mapped({"a": {"b": 1}}), "expected names of .h5 files"),
        (mapped({"a": [f"{i}.h5" for i in range(1000)]}), "more than 200 files"),
        (mapped({}), "neither a model nor a tensor"),
    ],
)
def test_errors_are_described(listed: Path, change: Callable[[Path], None], words: str) -> None:
    change(listed.parent)
    with pytest.raises(LstmcountError, match=words) as raised:
        summarize(listed)
    assert "\n" not in str(raised.value)


def test_a_list_without_its_files() -> None:
    with pytest.raises(LstmcountError, match="only a file can list the files of its weights"):
        summarize({"weight_map": {"/layers/dense/vars": "m_00000.weights.h5"}})
