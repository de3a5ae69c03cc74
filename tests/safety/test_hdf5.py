"""HDF5 files made to do harm."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.safety.bounded import assert_refused, run


def hdf5(fill: Callable[[Any], None]) -> bytes:
    h5py = pytest.importorskip("h5py")
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        fill(file)
    return stream.getvalue()


def _soft_links(file: Any) -> None:
    h5py = pytest.importorskip("h5py")
    file["model_weights"] = h5py.SoftLink("/other")
    file["other"] = h5py.SoftLink("/model_weights")


def _group_in_itself(file: Any) -> None:
    group = file.create_group("a")
    group["a"] = group


HDF5: dict[str, tuple[Callable[[], bytes], str]] = {
    "garbage": (lambda: b"\x89HDF\r\n\x1a\n" + bytes(range(256)) * 100, "damaged HDF5"),
    "cut": (lambda: hdf5(lambda f: f.create_dataset("a", (9, 9), "f4"))[:900], "damaged HDF5"),
    "nothing": (lambda: hdf5(lambda f: None), "neither a model nor a tensor"),
    "soft links in a circle": (lambda: hdf5(_soft_links), "neither a model nor a tensor"),
    "a group in itself": (lambda: hdf5(_group_in_itself), "neither a model nor a tensor"),
    "config is a number": (lambda: hdf5(lambda f: f.attrs.create("model_config", 3)), "HDF5"),
    "config is deep": (
        lambda: hdf5(lambda f: f.attrs.create("model_config", "[" * 60_000)),
        "nested deeper",
    ),
}


@pytest.mark.parametrize("name", HDF5)
def test_hdf5(tmp_path: Path, name: str) -> None:
    make, words = HDF5[name]
    path = tmp_path / "model.h5"
    path.write_bytes(make())
    assert_refused(path, words)


def test_a_link_out_of_the_file_is_not_followed(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    secret = tmp_path / "secret.h5"
    secret.write_bytes(hdf5(lambda f: f.create_dataset("layer/secret", (3, 4), "f4")))
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file["model_weights"] = h5py.ExternalLink(str(secret), "/")
    assert_refused(path, "neither a model nor a tensor")


def test_a_tensor_of_any_size_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "weights.h5"
    path.write_bytes(
        hdf5(lambda f: f.create_dataset("a/w", (2**40, 2**10), "f4", chunks=(1024, 1024)))
    )
    done = run("summary", str(path))
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert f"{2**50:,}" in done.stdout
