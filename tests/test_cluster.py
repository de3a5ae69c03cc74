"""Many models on a real cluster: Dask's executor, with workers that are processes of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

import pytest

from lstmcount import check, count_many
from lstmcount.api.sweep import sweep
from lstmcount.design import grid
from tests.conftest import ROOT
from tests.repository import spec

distributed = pytest.importorskip("distributed")
SPEC = ROOT / "configs" / "variable_sizes.yaml"


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{ROOT}:{os.environ.get('PYTHONPATH', '')}")
        cluster = distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
        )
        with cluster, distributed.Client(cluster) as client:
            yield client.get_executor()


def test_a_sweep_on_a_cluster_gives_the_same_points(
    executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grid, "CHUNK", 20)  # several chunks, so that both workers have some
    found = sweep(SPEC, {"units": range(1, 101)}, executor=executor)
    alone = sweep(SPEC, {"units": range(1, 101)})
    assert list(found.records()) == list(alone.records())


def test_counts_and_checks(executor: Executor, tmp_path: Path) -> None:
    """Specs, programs, saved models and broken files, read in workers that have threads."""
    models = [ROOT / "configs" / "action_recognition.yaml", ROOT / "docs" / "tuner.py"]
    models += [ROOT / "tests" / "golden" / "models" / "fitted_adam" / "model.keras"]
    (tmp_path / "broken.keras").write_bytes(b"PK\x03\x04 no archive")
    for i in range(40):
        (tmp_path / f"{i}.yaml").write_text(spec({"Dense": i + 1}))
    models += [tmp_path / "broken.keras", tmp_path / "none.h5"]
    models += [tmp_path / f"{i}.yaml" for i in range(40)]
    counts = list(count_many(models, executor=executor))
    assert counts == list(count_many(models))
    assert [one.total_params for one in counts[-2:]] == [9 * 39, 9 * 40]
    assert [bool(one.error) for one in counts[:5]] == [False, False, False, True, True]
    results = list(check(models, max_params=200, executor=executor))
    assert results == list(check(models, max_params=200))
