"""Stored tensors against inferred weights, over every golden model that stores some."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmcount.inference import infer
from lstmcount.readers import open_path, read
from lstmcount.verify import verify
from tests.conftest import ROOT, Run

FILES = sorted((ROOT / "tests" / "golden" / "models").glob("*/model.keras"))
pytest.importorskip("h5py")


def test_what_keras_saved_is_what_is_inferred() -> None:
    differing = []
    for path in FILES:
        if path.parent.name.startswith(("odd_", "preparing_", "frozen_shared", "nested_same")):
            continue  # code of the author's, vocabularies, and layers that two models share
        try:
            verdict = verify(open_path(path), infer(read(open_path(path))))
        except Exception as error:
            differing.append((path.parent.name, str(error)))
            continue
        if not verdict.agrees:
            differing.append((path.parent.name, str(verdict)))
    assert len(differing) <= len(FILES) // 20, differing


def test_the_command(run: Run, tmp_path: Path) -> None:
    model = ROOT / "tests" / "golden" / "models" / "fitted_adam"
    done = run("verify", str(model / "model.keras"))
    assert done.returncode == 0
    assert "68 stored values, as the config says" in done.stdout
    assert run("verify", str(model / "model.h5")).returncode == 0
    done = run("verify", str(model / "model.json"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "stores no tensors" in done.stderr


def test_a_config_that_says_something_else(run: Run, tmp_path: Path) -> None:
    import zipfile

    source = ROOT / "tests" / "golden" / "models" / "fitted_adam" / "model.keras"
    other = tmp_path / "model.keras"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "config.json":
                data = data.replace(b'"units": 6', b'"units": 7')
            new.writestr(name, data)
    done = run("verify", str(other))
    assert done.returncode == 1
    assert "stored, not inferred" in done.stdout
