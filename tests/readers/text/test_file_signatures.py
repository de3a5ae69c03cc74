"""Files of other tools are named for what they are."""

from __future__ import annotations

import pytest

from lstmcount.readers.text.file_signatures import foreign

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
        (b"\x80\x02}q", "pickle"),
    ],
)
def test_named(start: bytes, what: str) -> None:
    assert what in str(foreign(start))


@pytest.mark.parametrize(
    "start", [b"", b"\x08", b"\x08\x07\x28", b"\x08\x07\x12\xff\xff", b"layers:"]
)
def test_not_taken_for_one(start: bytes) -> None:
    assert foreign(start) is None
