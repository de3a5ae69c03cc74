"""A sweep on a real cluster: Dask's executor, with workers that are processes of their own."""

from __future__ import annotations

import os

import pytest

from lstmcount.design import grid
from lstmcount.design.sweep import sweep
from tests.conftest import ROOT

distributed = pytest.importorskip("distributed")
SPEC = ROOT / "configs" / "variable_sizes.yaml"


def test_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{os.environ.get('PYTHONPATH', '')}")
    monkeypatch.setattr(grid, "CHUNK", 20)  # several chunks, so that both workers have some
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1"
    )
    with cluster, distributed.Client(cluster) as client:
        found = sweep(SPEC, {"units": range(1, 101)}, executor=client.get_executor())
    alone = sweep(SPEC, {"units": range(1, 101)})
    assert list(found.records()) == list(alone.records())
