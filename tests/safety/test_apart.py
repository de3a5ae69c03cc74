"""What a process of its own protects from."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.readers import apart

ENDLESS = Path(__file__).parent / "endless.h5.gz"  # the HDF5 library turns in a circle on it


def test_a_file_that_the_library_never_finishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("h5py")
    monkeypatch.setattr(apart, "SECONDS", 0.5)
    path = tmp_path / "model.h5"
    path.write_bytes(gzip.decompress(ENDLESS.read_bytes()))
    with pytest.raises(LstmcountError, match="takes more than"):
        summarize(path)


def test_values_errors_and_crashes() -> None:
    def refuse() -> None:
        raise LstmcountError("no model")

    def stumble() -> None:
        raise KeyError("deep inside")

    assert apart.apart(lambda: {"a": [1, None]}, "file") == {"a": [1, None]}
    with pytest.raises(LstmcountError, match=r"^no model$"):
        apart.apart(refuse, "file")
    with pytest.raises(LstmcountError, match="file: 'deep inside'"):
        apart.apart(stumble, "file")
    with pytest.raises(LstmcountError, match="it crashes the library"):
        apart.apart(lambda: os._exit(3), "file")
