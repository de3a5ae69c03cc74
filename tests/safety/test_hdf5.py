"""HDF5 files made to do harm."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmcount import summarize
from tests.safety.bounded import MODEL, assert_refused, run

h5py = pytest.importorskip("h5py")


def hdf5(fill: Callable[[Any], None]) -> bytes:
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        fill(file)
    return stream.getvalue()


def _soft_links(file: Any) -> None:
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
    "config is a number": (lambda: hdf5(lambda f: f.attrs.create("model_config", 3)), "is no text"),
    "config is nothing": (
        lambda: hdf5(lambda f: f.attrs.create("model_config", h5py.Empty("S9"))),
        "is no text",
    ),
    "config is a reference": (
        lambda: hdf5(lambda f: f.attrs.create("model_config", f.ref)),
        "text",
    ),
    "config is deep": (
        lambda: hdf5(lambda f: f.attrs.create("model_config", "[" * 60_000)),
        "nested deeper",
    ),
}


@pytest.mark.parametrize("name", HDF5)
def test_a_hostile_hdf5_file_is_refused(tmp_path: Path, name: str) -> None:
    make, words = HDF5[name]
    path = tmp_path / "model.h5"
    path.write_bytes(make())
    assert_refused(path, words)


def test_a_link_out_of_the_file_is_not_followed(tmp_path: Path) -> None:
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


def test_a_config_in_several_attributes() -> None:
    def fill(file: Any) -> None:
        for index, part in enumerate((MODEL[:50], MODEL[50:60], MODEL[60:])):
            file.attrs[f"model_config{index}"] = [part.encode()]

    assert summarize(io.BytesIO(hdf5(fill))).total_params == 8


def _with_names(names: Any) -> Callable[[Any], None]:
    def fill(file: Any) -> None:
        file.attrs["model_config"] = MODEL
        file.create_group("model_weights").attrs["layer_names"] = names

    return fill


def _nested(file: Any) -> None:
    file.attrs["model_config"] = MODEL
    for _ in range(300):
        file = file.create_group("g")


def _linked(file: Any) -> None:
    """Links that go back, in a circle, out of the file, and to tensors of others."""
    file.attrs["model_config"] = MODEL
    root = file.create_group("model_weights")
    root.attrs["layer_names"] = ["d"]
    layer = root.create_group("d")
    layer.create_dataset("kernel:0", (3, 2), "f4", external=[("/dev/zero", 0, 24)])
    layer["bias:0"] = h5py.SoftLink("/model_weights/d/kernel:0")
    layer["more"] = h5py.ExternalLink("/dev/zero", "/")
    for name in ("a", "b"):
        layer[name] = root
    file["again"] = layer


TENSORS: dict[str, tuple[Callable[[Any], None], int, str]] = {
    "names are numbers": (_with_names(3), 2, "layer_names is no text"),
    "names are a table": (_with_names([[1.0, 2.0]]), 2, "layer_names is no text"),
    "names are nothing": (_with_names(h5py.Empty("S9")), 2, "layer_names is no text"),
    "no names": (_with_names([]), 1, "d/kernel: expected (3, 2), not stored"),
    "groups in groups": (_nested, 2, "groups nested deeper than 200 levels"),
    "links": (
        _linked,
        1,
        "6 of 6 values in 1 tensor compared, 8 inferred\n  d/bias: expected (2,), not",
    ),
}


@pytest.mark.parametrize("name", TENSORS)
def test_verify_survives_hostile_tensors(tmp_path: Path, name: str) -> None:
    fill, status, words = TENSORS[name]
    (tmp_path / "model.h5").write_bytes(hdf5(fill))
    done = run("verify", "model.h5", cwd=tmp_path)
    assert done.returncode == status
    assert words in done.stdout + done.stderr
    assert done.stderr.count("\n") == (status == 2)
