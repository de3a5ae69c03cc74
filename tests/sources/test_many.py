"""Count and check many models from Python, with executors."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import lstmcount
from lstmcount.errors import LstmcountError
from lstmcount.sources import parallel
from tests.conftest import ROOT
from tests.repository import spec

KERAS = ROOT / "tests" / "golden" / "models" / "fitted_adam" / "model.keras"
PROGRAM = "import keras\nm = keras.Sequential([keras.Input((n,)), keras.layers.Dense(2)])\n"


@pytest.fixture
def models(tmp_path: Path) -> list[Any]:
    (tmp_path / "train.py").write_text(PROGRAM)
    (tmp_path / "m.yaml").write_text(spec({"Dense": 2}))
    (tmp_path / "broken.yaml").write_text("layers: [")
    inline = {"input_shape": [5, 8], "layers": [{"Dense": 3}]}
    return [tmp_path / "m.yaml", str(KERAS), tmp_path / "train.py", tmp_path / "broken.yaml",
            inline, spec({"Dense": 4})]  # fmt: skip


EXECUTORS: list[Callable[[], Executor]] = [
    lambda: ThreadPoolExecutor(2),
    lambda: ProcessPoolExecutor(2),
]


@pytest.mark.parametrize("make", EXECUTORS)
def test_an_executor_changes_no_result(models: list[Any], make: Callable[[], Executor]) -> None:
    with make() as executor:
        found = list(lstmcount.count_many(models, executor=executor))
        checked = list(lstmcount.check(models, max_params=20, executor=executor))
    assert found == list(lstmcount.count_many(models))
    assert checked == list(lstmcount.check(models, max_params=20))
    params = [one.total_params for one in found]
    assert params == [18, lstmcount.summarize(KERAS).total_params, None, None, 27, 36]
    assert [one.source for one in found[-2:]] == ["<model>", "<model>"]
    assert [bool(one.error) for one in checked] == [False, False, True, True, False, False]
    assert [len(one.failures) for one in checked] == [0, 1, 0, 0, 1, 1]


def test_an_unknown_size_is_an_error_that_names_the_setting(models: list[Any]) -> None:
    (found,) = lstmcount.count_many([models[2]])
    assert found.total_params is None
    assert found.error is not None
    assert "--set n=" in found.error
    (found,) = lstmcount.count_many([models[2]], settings={"n": 8})
    assert found.total_params == 18


def test_checks_follow_the_project(models: list[Any], tmp_path: Path) -> None:
    settings = "models: {train.py: {set: {n: 8}}}\nbudgets: {train.py: {max_params: 17}}\n"
    (tmp_path / "lstmcount.yaml").write_text(settings)
    (found,) = lstmcount.check([models[2]])
    assert [one.text for one in found.failures] == ["params 18 > 17 (over by 1, +5.9%)"]
    (counts,) = lstmcount.count_many([models[2]])
    assert (counts.total_params, counts.error) == (18, None)
    (counts,) = lstmcount.count_many([models[2]], settings={"n": 3})
    assert counts.total_params == 8


def test_an_unknown_limit() -> None:
    with pytest.raises(LstmcountError, match="Did you mean max_params"):
        lstmcount.check([], max_parms=1)


def test_a_bug_with_one_model_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise TypeError("oops")

    monkeypatch.setattr("lstmcount.api.count_many.infer", broken)
    (found,) = lstmcount.count_many([str(KERAS)])
    assert found.error == f"{KERAS}: a bug in lstmcount: TypeError: oops"


def test_items_are_taken_as_results_are() -> None:
    taken = []

    def items() -> Any:
        for i in range(1000):
            taken.append(i)
            yield i

    with ThreadPoolExecutor(1) as executor:
        results = parallel.mapped(abs, items(), executor, chunk=2)
        assert next(results) == 0
        assert len(taken) == 2 * parallel.MAX_PENDING
        results.close()  # type: ignore[attr-defined]


def test_a_project_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(spec({"Dense": 2}))
    for limit, passes in ((17, False), (18, True)):
        (tmp_path / "lstmcount.yaml").write_text(f"budgets: {{m.yaml: {{max_params: {limit}}}}}\n")
        (found,) = lstmcount.check([tmp_path / "m.yaml"])
        assert [one.passed for one in found.checks] == [passes]
