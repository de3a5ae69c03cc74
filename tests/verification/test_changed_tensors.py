"""Changes of a golden model's file, each of which `verify` must find."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmcount.api.verify import verify_model as verify
from lstmcount.sources import open_path
from tests.conftest import ROOT, Call, built

pytest.importorskip("h5py")


def changed(tmp_path: Path, source: str, change: Callable[[Any], None]) -> Path:
    """A copy of a golden model with other tensors in it."""
    import h5py

    path = ROOT / "tests" / "golden" / "models" / source
    copy = tmp_path / path.name
    if path.suffix == ".h5":
        copy.write_bytes(path.read_bytes())
        with h5py.File(copy, "a") as file:
            change(file["model_weights"])
        return copy
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(copy, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "model.weights.h5":
                stream = io.BytesIO(data)
                with h5py.File(stream, "a") as file:
                    change(file)
                data = stream.getvalue()
            new.writestr(name, data)
    return copy


def exchange(one: str, other: str) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        root.move(one, "aside")
        root.move(other, one)
        root.move("aside", other)

    return change


def transpose(path: str) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        values = root[path][()].T
        del root[path]
        root[path] = values

    return change


def remove(path: str) -> Callable[[Any], None]:
    return lambda root: root.pop(path)


def add(path: str) -> Callable[[Any], None]:
    return lambda root: root.create_dataset(path, (3,), "f4")


def rename(one: str, other: str) -> Callable[[Any], None]:
    return lambda root: root.move(one, other)


def store_as(path: str, dtype: Any) -> Callable[[Any], None]:
    def change(root: Any) -> None:
        shape = root[path].shape
        del root[path]
        root.create_dataset(path, shape, dtype)

    return change


CELLS = "layers/rnn/cell/cells/"
STACKED = "recurrent_stacked_cells/model"
MIDDLE = "nested_three_levels/model"
DEEP = "layers/functional/layers/functional/layers/dense/vars"
KERNELS = [
    (f"{STACKED}.keras", f"{CELLS}gru_cell/vars/0"),
    ("frozen_sequential_base/model.h5", "dense_1/sequential_1/dense_1/kernel"),
]
NO_NUMBERS = [("S4", "|S4"), ("V2", "|V2"), ([("a", "f4")], "[('a', '<f4')]")]
CHANGES = [
    (f"{STACKED}.keras", exchange(f"{CELLS}gru_cell/vars/0", f"{CELLS}lstm_cell/vars/1"),
     "stack/stacked_rnn_cells/lstm_cell/recurrent_kernel: expected (4, 16), stored (4, 15) in "
     f"{CELLS}lstm_cell/vars/1"),
    (f"{STACKED}.keras", exchange(f"{CELLS}gru_cell/vars", f"{CELLS}lstm_cell/vars"), "lstm_cell"),
    (f"{STACKED}.keras", transpose(f"{CELLS}gru_cell/vars/0"), "expected (4, 15), stored (15, 4)"),
    (f"{STACKED}.keras", remove(f"{CELLS}gru_cell/vars/2"),
     "stack/stacked_rnn_cells/gru_cell/bias: expected (15,), not stored"),
    (f"{STACKED}.keras", add("layers/rnn/vars/0"),
     "layers/rnn/vars/0: stored (3,), and no weight of the config"),
    (f"{MIDDLE}.keras", exchange("layers/functional", "layers/sequential"), "not stored"),
    (f"{MIDDLE}.keras", transpose(f"{DEEP}/0"), "expected (8, 6), stored (6, 8)"),
    (f"{STACKED}.h5", remove("stack/stack/stacked_rnn_cells/gru_cell/bias"),
     "stack/stacked_rnn_cells/gru_cell/bias: expected (15,), not stored"),
    ("frozen_sequential_base/model.h5", exchange("dense_1", "sequential"), "dense_1/kernel"),
    ("frozen_sequential_base/model.h5", add("dense_1/more"),
     "dense_1/more: stored (3,), and no weight of the config"),
    *((source, store_as(path, dtype), f"kernel: expected numbers, stored {shown} in {path}")
      for source, path in KERNELS for dtype, shown in NO_NUMBERS),
]  # fmt: skip


@pytest.mark.parametrize(("source", "change", "words"), CHANGES)
def test_each_weight_is_compared_with_the_tensor_in_its_place(
    tmp_path: Path, call: Call, source: str, change: Callable[[Any], None], words: str
) -> None:
    done = call("verify", str(changed(tmp_path, source, change)))
    assert (done.returncode, done.stdout[:4]) == (1, "FAIL")
    assert words in done.stdout


@pytest.mark.parametrize("dtype", ["f2", ">f4", "f8", "i1", "u8", "?", "c8"])
@pytest.mark.parametrize(("source", "kernel"), KERNELS)
def test_numbers_of_every_width_are_weights(
    tmp_path: Path, call: Call, source: str, kernel: str, dtype: str
) -> None:
    """Keras casts them."""
    path = changed(tmp_path, source, store_as(kernel, dtype))
    assert call("verify", "--strict", str(path)).returncode == 0


RENAMED = [
    (f"{MIDDLE}.keras", "layers/functional", "layers/other", "dense"),
    (f"{STACKED}.keras", "layers/rnn", "layers/other", "stack"),
    (f"{STACKED}.keras", f"{CELLS}gru_cell", f"{CELLS}other", "stack"),
    (f"{STACKED}.keras", f"{CELLS}gru_cell/vars", "layers/rnn/other/vars", "stack"),
    ("fitted_adam/model.keras", "layers/dense", "layers/other", "hidden"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "one", "other", "layer"), RENAMED)
def test_a_group_of_another_name_is_named_and_not_strict(
    tmp_path: Path, call: Call, source: str, one: str, other: str, layer: str
) -> None:
    """Keras does not load such a file."""
    path = str(changed(tmp_path, source, rename(one, other)))
    done = call("verify", path)
    assert (done.returncode, done.stdout[:2]) == (0, "ok")
    assert "note: compared by shape alone: " in done.stdout
    done = call("verify", "--strict", path, "--format", "json")
    by_shape = json.loads(done.stdout)["compared_by_shape"]
    assert (done.returncode, any(layer in each for each in by_shape)) == (1, True)


def test_the_layer_that_a_bidirectional_copied_is_no_weight(tmp_path: Path, call: Call) -> None:
    """Keras 3.0 saved it beside its two copies, if it had weights before the first call."""
    source = "recurrent_bidirectional_merges/model.keras"
    group = "layers/bidirectional/"
    path = changed(
        tmp_path, source, lambda root: root.copy(f"{group}forward_layer", f"{group}layer")
    )
    original = ROOT / "tests" / "golden" / "models" / source
    verdict, expected = (verify(open_path(each), built(original)) for each in (path, original))
    assert (verdict.agrees, verdict.compared) == (True, expected.compared)
    with zipfile.ZipFile(path) as archive:
        (tmp_path / "w.weights.h5").write_bytes(archive.read("model.weights.h5"))
    counts = [call("count", str(each)).stdout for each in (tmp_path / "w.weights.h5", original)]
    assert counts[0] == counts[1]
