"""Files of other tools are recognised and named."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.readers.text.file_signatures import foreign, of_folder
from lstmcount.sources import open_path, read

GRAPH = b"\x3a\x02\x12\x00"


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"\x08\x08\x12\x01x" + GRAPH, "ONNX"),
        (b"\x08\x0a\x12\x07pytorch\x1a\x052.1.0" + GRAPH, "ONNX"),
        (b"\x08\x07\x28\x81\x01\x42\x04\x0a\x00\x10\x0d" + GRAPH, "ONNX"),
        (b"\x08\x07" + GRAPH, "ONNX"),
        (b"\x08\x01\x12\x05serve", "SavedModel"),
        (b"GGUF\x03\0\0\0", "GGUF"),
        (b"\x1c\0\0\0TFL3", "TensorFlow Lite"),
        (b'\x40\0\0\0\0\0\0\0{"a":', "safetensors"),
        (b"MATLAB 5.0 MAT-file, Platform: GLNXA64", "MATLAB"),
        (b"\x80\x02}q", "pickle"),
        (b"\x08\x04\x12\x83\x02\n\x13\n\x05image\x1a\x0a", "Core ML"),
        (b"\0\0\6\x08\x01\x1a\x02\x08\x01\1\0\x1c\x0f_CHECKPOINT", "checkpoint of TensorFlow"),
        (b"\n\x2a\n\x0bPlaceholder\x12\x0bPlaceholder*", "a graph of TensorFlow"),
        (b"\n\xa4\x01\n\x04conv\x12\x06Conv2D", "a graph of TensorFlow"),
    ],
)
def test_the_kind_of_a_foreign_file_is_named(start: bytes, what: str) -> None:
    assert what in str(foreign(start))


@pytest.mark.parametrize(
    "start", [b"", b"\x08", b"\x08\x07\x28", b"\x08\x07\x12\xff\xff", b"layers:"]
)
def test_beginnings_of_no_known_file(start: bytes) -> None:
    assert foreign(start) is None


FOLDERS = [
    (["saved_model.pb"], "SavedModel"),
    (["config.json", "model.safetensors"], "a folder with a safetensors file"),
    (["checkpoint", "model.index"], "a folder with a checkpoint of TensorFlow"),
    (["model.json", "group1-shard1of1.bin"], "give the model.json in it"),
    (["notes.txt", "model.h5"], "give the model.h5 in it"),
    (["picture.png"], "None"),
    ([], "None"),
]


@pytest.mark.parametrize(("names", "what"), FOLDERS)
def test_the_kind_of_a_foreign_folder_is_named(names: list[str], what: str, tmp_path: Path) -> None:
    for name in names:
        (tmp_path / name).touch()
    assert what in str(of_folder(tmp_path))


NAMES = [
    ("w.npz", "NumPy"), ("w.npy", "NumPy"), ("net.mat", "MATLAB"), ("net.onnx", "ONNX"),
    ("net.pkl", "pickle"), ("net.ckpt", "checkpoint"), ("net.mlmodel", "Core ML"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "what"), NAMES)
def test_empty_files_and_members_of_archives(name: str, what: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    with pytest.raises(LstmcountError, match=what):
        read(open_path(tmp_path / name))
    path = tmp_path / "model.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("readme.txt", "")
        archive.writestr(name, "some")
    with pytest.raises(LstmcountError, match=f"this is an archive with .*{what}"):
        read(open_path(path))


def test_a_truncated_archive_of_another_kind(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("model/data.pkl", bytes(100))
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(LstmcountError, match="this is a PyTorch model, and damaged"):
        read(open_path(path))
