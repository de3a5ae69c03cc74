"""The content of a file decides what it is, not its name or its packaging."""

from __future__ import annotations

import io
import json
import os
import pickle
import re
import zipfile
from pathlib import Path

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.sources import of_bytes, open_path, read

MODEL = {
    "class_name": "Sequential",
    "config": {
        "name": "s",
        "layers": [
            {"class_name": "Dense", "config": {"name": "d", "units": 2,
                                               "batch_input_shape": [None, 3]}},
        ],
    },
}  # fmt: skip
TEXT = json.dumps(MODEL)
SPEC = "input_shape: [3]\nlayers:\n  - Dense: 2\n"
CODE = "model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])\n"
NOTEBOOK = {
    "nbformat": 4,
    "metadata": {},
    "cells": [{"cell_type": "code", "source": f"import keras\n{CODE}"}],
}


def archive(**members: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, text in members.items():
            file.writestr(name.replace("__", "/").replace("_", "."), text)
    return packed.getvalue()


def field(number: int, value: bytes) -> bytes:
    """A field of a protocol buffer."""
    length, size = len(value), b""
    while length > 127:
        size, length = size + bytes([length & 127 | 128]), length >> 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + value


NODE = b"_tf_keras_sequential"
METADATA = field(1, b"\x10\x01" + field(3, b"root") + field(4, NODE) + field(5, TEXT.encode()))
OBJECT = field(4, field(1, NODE) + field(2, b"\x08\x01") + field(3, TEXT.encode()))
OLD_GRAPH = b"\x08\x01" + field(2, field(7, field(1, OBJECT)))

SAME: dict[str, str | bytes] = {
    "json": TEXT,
    "quoted": json.dumps(TEXT),
    "quoted three times": json.dumps(json.dumps(json.dumps(TEXT))),
    "quoted with a mark": json.dumps("\ufeff" + TEXT),
    "utf-8 with a mark": TEXT.encode("utf-8-sig"),
    "utf-16": TEXT.encode("utf-16"),
    "utf-16 without a mark": TEXT.encode("utf-16-le"),
    "utf-32": TEXT.encode("utf-32"),
    "attributes": json.dumps({"backend": "tensorflow", "model_config": TEXT}),
    "far inside": json.dumps({"epochs": 3, "runs": [{"lr": 0.1, "net": MODEL}]}),
    "a string far inside": json.dumps({"run": {"architecture_json": TEXT}}),
    "a list of one": json.dumps([{"model_config": MODEL}]),
    "get_config": json.dumps(MODEL["config"]),
    "bare layers": json.dumps(MODEL["config"]["layers"]),  # type: ignore[index]
    "printed by Python": repr({**MODEL, "backend": None}),
    "printed bytes": repr(TEXT.encode()),
    "printed attributes": repr({"keras_version": b"2.1", "model_config": TEXT.encode()}),
    "spec": SPEC,
    "spec in utf-16": SPEC.encode("utf-16"),
    "spec in flow style": "{input_shape: [3], layers: [{Dense: 2}]}",
    "program": f"import keras\n{CODE}",
    "program with a docstring": f'"""A model."""\nfrom tensorflow import keras\n{CODE}',
    "program with an import inside": f"try:\n    import keras\nexcept ImportError:\n    x\n{CODE}",
    "notebook": json.dumps(NOTEBOOK),
    "archive": archive(config_json=TEXT, metadata_json="{}"),
    "SavedModel": METADATA,
    "SavedModel before TensorFlow 2.5": OLD_GRAPH,
}


@pytest.mark.parametrize("content", SAME.values(), ids=list(SAME))
def test_any_name_and_none(tmp_path: Path, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    for name in ("model", "a.py", "a.ipynb", "a.json", "a.yaml", "a.keras", "a.h5"):
        path = tmp_path / name
        path.write_bytes(data)
        assert summarize(path).total_params == 8, name
    assert len(read(of_bytes("<stdin>", data)).layers) >= 1


def test_a_folder_without_a_model_says_what_it_holds(tmp_path: Path) -> None:
    def error() -> str:
        with pytest.raises(LstmcountError) as caught:
            summarize(tmp_path)
        return str(caught.value)

    assert "this is a directory" in error()
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01\x12\x07\x0a\x05serve")
    assert "a TensorFlow SavedModel without the model's config" in error()
    (tmp_path / "saved_model.pb").write_bytes(OLD_GRAPH)
    assert summarize(tmp_path).total_params == 8
    (tmp_path / "keras_metadata.pb").write_bytes(METADATA)
    assert summarize(tmp_path).total_params == 8
    for damaged in (METADATA[:-9], b"\n\xff\xff\xff" + NODE, b"\n" + b"\xff" * 40 + NODE):
        (tmp_path / "keras_metadata.pb").write_bytes(damaged)
        assert summarize(tmp_path).total_params == 8  # as the other file says


OTHERS: dict[str, tuple[bytes, str]] = {
    "gzip": (b"\x1f\x8b\x08\0\0\0", "a gzip file"),
    "TensorFlow Lite": (b"\x1c\0\0\0TFL3\0", "TensorFlow Lite"),
    "ONNX": (b"\x08\x07\x12\x07pytorch\x1a\x031.9:\xb8\x01\n\0ai.onnx", "ONNX"),
    "pickle": (pickle.dumps({}), "pickle"),
    "PyTorch": (archive(archive__data_pkl=""), "PyTorch"),
    "arrays": (archive(a_npy=""), "NumPy"),
    "a folder in an archive": (archive(model__config_json=TEXT), "model/config.json"),
    "safetensors": (b"\x40" + b"\0" * 7 + b'{"a":{}}', "safetensors"),
    "Git LFS": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "git lfs pull"),
    "a web page": (b"\n<!DOCTYPE html>\n<html>", "web page"),
    "a graph of TensorFlow": (b"\x08\x01\x12\x07\x0a\x05serve", "SavedModel"),
    "a graph of TensorFlow.js": (b'{"format": "graph-model", "modelTopology": {}}', "graph model"),
    "two models": (json.dumps({"g": MODEL, "d": MODEL}).encode(), "2 models in it ($.g, $.d)"),
    "nothing": (b" \n", "the file is empty"),
    "null": (b"null", "says nothing"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "words"), OTHERS.values(), ids=list(OTHERS))
def test_descriptions_of_other_files(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "model.h5"
    path.write_bytes(data)
    with pytest.raises(LstmcountError, match=re.escape(words)):
        summarize(path)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("net.mlmodel", b"\x08\x04\x12\x2a\x0a\x0e", "a Core ML model"),
        ("frozen.pb", b"\n\x11\n\x01x\x12\x0bPlaceholder", "a graph of TensorFlow"),
        ("old.pth", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", "a PyTorch model"),
        ("text.pkl", b"(dp0\nS'a'\np1\nI1\ns.", "a Python pickle"),
        ("model.ckpt.index", b"\0\0\x08\x08\x01\x1a", "a checkpoint of TensorFlow"),
        ("a.prototxt", b'name: "a"\nlayer {\n type: "Input"\n}', "a Caffe model"),
    ],
)
def test_files_recognised_by_name_only(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(LstmcountError, match=re.escape(f"{path}: this is {words}")):
        summarize(path)
    path.write_text(TEXT)
    assert summarize(path).total_params == 8  # the content decides


def test_a_large_file_of_another_kind(tmp_path: Path) -> None:
    for start, words in ((b"GGUF\3\0\0\0", "a GGUF file"), (b"", "larger than 64 MiB")):
        path = tmp_path / "large"
        path.write_bytes(start)
        os.truncate(path, 2**27)
        with pytest.raises(LstmcountError, match=words):
            summarize(path)


def test_where_a_wrapped_model_is_wrong() -> None:
    wrong = json.loads(TEXT)
    wrong["config"]["layers"][0]["config"]["units"] = -1
    with pytest.raises(LstmcountError, match=r"\$\.run\.net\.config\.layers\[0\]\.config\.units"):
        summarize({"run": {"net": wrong}})


def test_an_archive_is_read_from_a_pipe(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.write(writer, METADATA)
    os.close(writer)
    assert open_path(Path(f"/dev/fd/{reader}")).data == TEXT.encode()
    os.close(reader)
