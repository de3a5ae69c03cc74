"""Models that Keras saved as a folder of the files that an archive holds."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.api.verify import verify_model as verify
from lstmcount.sources import open_path
from tests.conftest import ROOT, built

MODEL = ROOT / "tests" / "golden" / "models" / "fitted_adam" / "model.keras"
pytest.importorskip("h5py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with zipfile.ZipFile(MODEL) as archive:
        archive.extractall(tmp_path / "model")
    return tmp_path / "model"


def test_a_folder_equals_the_archive(folder: Path) -> None:
    assert summarize(folder).to_dict() == summarize(MODEL).to_dict()
    verdict = verify(open_path(folder), built(folder))
    assert (verdict.agrees, verdict.stored) == (True, 68)


def test_a_file_that_is_no_config(folder: Path) -> None:
    (folder / "config.json").write_text("[1, 2]")
    with pytest.raises(LstmcountError, match="does not describe a model"):
        summarize(folder)
    (folder / "config.json").write_text("{")
    with pytest.raises(LstmcountError, match="config"):
        summarize(folder)


def test_a_file_without_weights(folder: Path) -> None:
    model = built(folder)
    (folder / "model.weights.h5").write_bytes(b"\x89HDF\r\n\x1a\nnothing")
    with pytest.raises(LstmcountError, match="cannot be read"):
        verify(open_path(folder), model)
