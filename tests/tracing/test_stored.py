"""Weights that a file stores for the layer to trace: as Keras writes them, and otherwise."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.safety.bounded import assert_refused, run

h5py = pytest.importorskip("h5py")
np = pytest.importorskip("numpy")

CONFIG = json.dumps(
    {
        "class_name": "Sequential",
        "config": {
            "name": "m",
            "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [None, 2, 2], "name": "x"}},
                {"class_name": "SimpleRNN", "config": {"units": 1, "name": "rnn"}},
            ],
        },
    }
)
VALUES = {"kernel": [[0.5], [0.25]], "recurrent_kernel": [[2.0]], "bias": [1.0]}
CELL = "layers/simple_rnn/cell/vars"
GROUP = "model_weights/rnn"

Fill = Callable[[Any], None]


def _variables(group: Any, names: list[str]) -> None:
    for name, value in zip(names, VALUES.values(), strict=True):
        group.create_dataset(name, data=np.array(value, "f4"))


def _keras(file: Any) -> None:
    _variables(file.create_group(CELL), ["0", "1", "2"])


def _h5(file: Any) -> None:
    file.attrs["model_config"] = CONFIG
    names = [f"rnn/{name}:0" for name in VALUES]
    _variables(file.create_group(GROUP), names)
    file["model_weights"].attrs["layer_names"] = ["rnn"]
    file[GROUP].attrs["weight_names"] = names


def _without(fill: Fill, path: str, instead: Callable[[Any], None]) -> Fill:
    def changed(file: Any) -> None:
        fill(file)
        del file[path]
        instead(file)

    return changed


def _virtual(file: Any) -> None:
    layout = h5py.VirtualLayout((2, 1), "f4")
    layout[:] = h5py.VirtualSource("/dev/zero", "d", (2, 1))
    file.create_virtual_dataset(f"{CELL}/0", layout)


def _write(path: Path, fill: Fill, packing: int = zipfile.ZIP_STORED) -> Path:
    weights = path if path.suffix == ".h5" else path.with_suffix(".weights")
    with h5py.File(weights, "w") as file:
        fill(file)
    if weights != path:
        with zipfile.ZipFile(path, "w", packing) as archive:
            archive.writestr("config.json", CONFIG)
            archive.write(weights, "model.weights.h5")
    return path


@pytest.mark.parametrize(
    ("name", "fill", "packing"),
    [
        ("m.keras", _keras, zipfile.ZIP_STORED),
        ("m.keras", _keras, zipfile.ZIP_DEFLATED),
        ("m.h5", _h5, 0),
    ],
)
def test_stored_weights_are_traced(name: str, fill: Fill, packing: int, tmp_path: Path) -> None:
    sequence = tmp_path / "x.csv"
    sequence.write_text("1,1\n0,0\n")
    path = _write(tmp_path / name, fill, packing)
    done = run("trace", str(path), "--format", "csv", "--input", str(sequence))
    assert done.returncode == 0, done.stderr
    found = [float(line.rpartition(",")[2]) for line in done.stdout.split()[1:]]
    hidden = np.tanh(1 + 0.5 + 0.25)
    assert found == pytest.approx([hidden, np.tanh(1 + 2 * hidden)])


def test_an_archive_without_weights_is_traced_with_random_ones(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", CONFIG)
    done = run("trace", str(path))
    assert done.returncode == 0, done.stderr
    assert "random" in done.stdout


def _huge(file: Any) -> None:
    file.create_dataset(f"{CELL}/0", (2**40, 2**20), "f4", chunks=(1024, 1024))


def _with_one_name(file: Any) -> None:
    _h5(file)
    file[GROUP].attrs["weight_names"] = ["rnn/bias:0"]


def _link(path: str, link: Any) -> Fill:
    return lambda file: file.__setitem__(path, link)


REFUSED: dict[str, tuple[str, Fill, str]] = {
    "a soft link to a group": (
        "m.keras",
        _without(
            _keras,
            "layers/simple_rnn",
            _link("layers/simple_rnn", h5py.SoftLink("/layers")),
        ),
        "a link to somewhere else",
    ),
    "an external link to a tensor": (
        "m.keras",
        _without(
            _keras,
            f"{CELL}/0",
            _link(f"{CELL}/0", h5py.ExternalLink("/dev/zero", "/d")),
        ),
        "a link to somewhere else",
    ),
    "a tensor made of others": (
        "m.keras",
        _without(_keras, f"{CELL}/0", _virtual),
        "are in other files",
    ),
    "a tensor in another file": (
        "m.keras",
        _without(
            _keras,
            f"{CELL}/0",
            lambda f: f.create_dataset(f"{CELL}/0", (2, 1), "f4", external=[("/dev/zero", 0, 8)]),
        ),
        "are in other files",
    ),
    "a tensor larger than memory": ("m.keras", _without(_keras, f"{CELL}/0", _huge), "the shapes"),
    "texts": (
        "m.keras",
        _without(
            _keras,
            f"{CELL}/0",
            lambda f: f.create_dataset(f"{CELL}/0", data=np.array([[b"a"], [b"b"]], "S3")),
        ),
        "not numbers",
    ),
    "a group where a tensor belongs": (
        "m.keras",
        _without(_keras, f"{CELL}/0", lambda f: f.create_group(f"{CELL}/0")),
        "not all stored",
    ),
    "a layer without variables": (
        "m.keras",
        _without(_keras, CELL, lambda f: None),
        "have the shapes []",
    ),
    "a listed tensor is a link out of the file": (
        "m.h5",
        _without(
            _h5,
            f"{GROUP}/rnn/bias:0",
            _link(f"{GROUP}/rnn/bias:0", h5py.ExternalLink("/dev/zero", "/d")),
        ),
        "a link to somewhere else",
    ),
    "a listed tensor is missing": (
        "m.h5",
        _without(_h5, f"{GROUP}/rnn/bias:0", lambda f: None),
        "is listed and not stored",
    ),
    "a list of other tensors": (
        "m.h5",
        _with_one_name,
        "has 1 weight for layer 'rnn', expected 3",
    ),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_weights_that_cannot_be_traced_are_refused(kind: str, tmp_path: Path) -> None:
    name, fill, words = REFUSED[kind]
    assert_refused(_write(tmp_path / name, fill), words, "trace")


def test_values_larger_than_a_bound_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "m.keras"
    config = CONFIG.replace('"units": 1', '"units": 5000')

    def fill(file: Any) -> None:
        for name, shape in (("0", (2, 5000)), ("1", (5000, 5000)), ("2", (5000,))):
            file.create_dataset(f"{CELL}/{name}", shape, "f4", chunks=True, compression="gzip")

    _write(path, fill)
    with zipfile.ZipFile(path) as archive:
        weights = archive.read("model.weights.h5")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", config)
        archive.writestr("model.weights.h5", weights)
    done = run("trace", str(path), "--steps", "1")
    assert done.returncode == 2
    assert "take 95 MiB; trace reads at most 64 (--weights random reads none)" in done.stderr
