"""Many sources on all cores, and what happens to the processes."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from lstmcount.budgets.checking import Request
from lstmcount.cli.batch import PARALLEL_FROM, each
from lstmcount.cli.check import check_argument
from lstmcount.cli.folders import Argument, model_files
from lstmcount.errors import LstmcountError
from tests.conftest import ROOT, Call
from tests.repository import spec

PROGRAM = b"import keras\nm = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])\n"
BINARY = ("keras", "h5")


def _length(name: str) -> tuple[int, int]:
    return len(name), os.getpid()


def _dies(name: str) -> None:
    os._exit(1)


def test_few_sources_need_no_processes() -> None:
    assert list(each(_length, ["a", "bb"])) == [(1, os.getpid()), (2, os.getpid())]


def test_many_sources_are_spread_and_come_back_in_order() -> None:
    names = ["x" * i for i in range(PARALLEL_FROM)]
    results = list(each(_length, names))
    assert [length for length, _ in results] == list(range(PARALLEL_FROM))
    assert os.getpid() not in {process for _, process in results}


def test_a_process_that_dies_is_an_error_of_one_line() -> None:
    with pytest.raises(LstmcountError, match="is there enough memory"):
        list(each(_dies, ["x"] * PARALLEL_FROM))


def test_stopping_early_leaves_no_process() -> None:
    with closing(each(_length, ["x"] * 5000)) as results:
        processes = {next(results)[1] for _ in range(3)}
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)


def test_a_bug_with_one_model_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(spec({"Dense": 1}, budget={"max_params": 1}))

    def broken(_: object) -> None:
        raise TypeError("oops")

    monkeypatch.setattr("lstmcount.budgets.checking.build", broken)
    result = check_argument(Argument(str(path)), request=Request())
    assert result.error == f"{path}: a bug in lstmcount: TypeError: oops"


def test_a_limit_that_one_model_exceeds_is_no_bug(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(spec("Flatten", {"Dense": 2}, input_shape=[10**18] * 250))
    done = call("check", str(path), "--max-params", "1")
    assert done.returncode == 2
    assert "the model makes a number of more than 4,300 digits" in done.stdout + done.stderr


def test_a_folder_that_keras_saved_is_one_model(call: Call, tmp_path: Path) -> None:
    """This also holds inside the given folder; shards are not listed beside their list."""
    shutil.copytree(ROOT / "tests" / "data" / "orbax", tmp_path / "models" / "trained")
    for name in ("m.weights.json", "m_00000.weights.h5", "m_00001.weights.h5"):
        (tmp_path / "models" / name).write_text("{}")
    done = call("count", str(tmp_path / "models" / "trained"))
    assert (done.returncode, done.stdout) == (0, "396\n")
    assert model_files(str(tmp_path / "models")) == [
        str(tmp_path / "models" / name) for name in ("m.weights.json", "trained")
    ]


def test_many_sources_of_every_kind(call: Call, tmp_path: Path) -> None:
    """Each broken source is one line of error, and the others are still checked."""
    models = ROOT / "tests" / "golden" / "models"
    files = {"yaml": spec({"Dense": 2}).encode(), "py": PROGRAM, "broken.yaml": b"layers: ["}
    files |= {suffix: (models / f"fitted_adam/model.{suffix}").read_bytes() for suffix in BINARY}
    files["broken.keras"] = files["keras"][:100]
    for i in range(PARALLEL_FROM):
        suffix, data = list(files.items())[i % len(files)]
        (tmp_path / f"{i}.{suffix}").write_bytes(data)
    done = call("check", ".", "--max-params", "1k", cwd=tmp_path)
    broken = [i for i in range(PARALLEL_FROM) if "broken" in list(files)[i % len(files)]]
    assert done.returncode == 2
    assert done.stderr.count("\n") == len(broken)
    said = f"{PARALLEL_FROM} models, 0 over budget, {len(broken)} could not be checked"
    assert done.stdout.splitlines()[-1] == said
    assert done.stdout.count("ok ") == PARALLEL_FROM - len(broken)
