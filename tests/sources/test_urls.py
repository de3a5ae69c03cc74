"""Sources that fsspec opens; only the command line and the caller may name them."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

import lstmcount
from lstmcount.errors import LstmcountError
from lstmcount.readers.text import text
from tests.conftest import ROOT, Call
from tests.repository import spec

fsspec = pytest.importorskip("fsspec")
KERAS = ROOT / "tests" / "golden" / "models" / "fitted_adam" / "model.keras"
KINDS = {"m.yaml": spec({"Dense": 2}).encode(), "m.keras": KERAS.read_bytes()}
KINDS["m.py"] = b"import keras\nm = keras.Sequential([keras.Input((8,)), keras.layers.Dense(2)])\n"


@pytest.fixture
def bucket() -> Any:
    system = fsspec.filesystem("memory")
    for name, data in KINDS.items():
        system.pipe(f"/bucket/{name}", data)
    yield system
    system.rm("/bucket", recursive=True)


def test_sources_of_every_kind(call: Call, bucket: Any, tmp_path: Path) -> None:
    keras = lstmcount.summarize(KERAS).total_params
    for name, params in {"m.yaml": 18, "m.py": 18, "m.keras": keras}.items():
        (tmp_path / name).write_bytes(KINDS[name])
        for url in (f"memory://bucket/{name}", f"file://{tmp_path}/{name}"):
            assert call("count", url).stdout == f"{params}\n"
            assert lstmcount.summarize(url).total_params == params
    lines = call("count", "memory://bucket/*").stdout.splitlines()
    assert [line.split()[1] for line in lines[:-1]] == [
        f"memory:///bucket/{name}" for name in sorted(KINDS)
    ]
    done = call("check", "memory://bucket/m.yaml", "--max-params", "17")
    assert (done.returncode, done.stdout.splitlines()[0]) == (
        1,
        "FAIL memory://bucket/m.yaml: params 18 > 17 (over by 1, +5.9%)",
    )
    (found,) = lstmcount.count_many(["memory://bucket/m.yaml"])
    assert (found.source, found.total_params) == ("memory://bucket/m.yaml", 18)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("memory://bucket/none.yaml", "no such file"),
        ("memory://bucket", "no such file"),
        ("nosuch://bucket/m.yaml", "Protocol not known: nosuch"),
        ("memory://bucket/m.nothing*", "no file matches 'memory://bucket/m.nothing*'"),
    ],
)
def test_unreadable_urls_are_one_line_of_error(
    call: Call, bucket: Any, url: str, reason: str
) -> None:
    done = call("count", url)
    assert (done.returncode, done.stdout) == (2, "")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_fsspec_a_line_says_what_to_install(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported = builtins.__import__

    def without(name: str, *args: Any) -> Any:
        if name == "fsspec":
            raise ImportError(name)
        return imported(name, *args)

    monkeypatch.setattr(builtins, "__import__", without)
    assert call("count", "s3://bucket/m.yaml").stderr == (
        "lstmcount: s3://bucket/m.yaml: a URL needs fsspec: pip install fsspec\n"
    )


@pytest.mark.parametrize("name", ["m.keras", "m.yaml"])
def test_reading_is_bounded(bucket: Any, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(text, "MAX_BYTES", 10)
    monkeypatch.setattr("lstmcount.sources.urls.MAX_BYTES", 10)
    with pytest.raises(LstmcountError, match=f"memory://bucket/{name}: the file is larger than"):
        lstmcount.summarize(f"memory://bucket/{name}")


NESTED = spec({"model": "memory://bucket/m.yaml"})
PROJECTS = {
    "a budget's file": ("budgets: {'memory://bucket/m.yaml': {max_params: 99}}", ()),
    "a budget's pattern": ("budgets: {'memory://bucket/*.yaml': {max_params: 99}}", ()),
    "code": ("code: 'memory://bucket/m.py'", ("m.py", "--max-params", "17")),
    "a model in a spec": ("batch: 1", ("nested.yaml",)),
    "a baseline": ("baseline: 'memory://bucket/m.yaml'", ("m.yaml", "--max-increase", "5%")),
}


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_opens_no_url(
    call: Call, bucket: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("opened a URL")

    monkeypatch.setattr(fsspec, "open", refuse)
    monkeypatch.setattr(fsspec.core, "url_to_fs", refuse)
    settings, sources = PROJECTS[name]
    (tmp_path / "lstmcount.yaml").write_text(settings)
    (tmp_path / "nested.yaml").write_text(NESTED)
    for file in ("m.yaml", "m.py"):
        (tmp_path / file).write_bytes(KINDS[file])
    done = call("check", *sources, cwd=tmp_path)
    assert done.returncode != 0
    assert "bug" not in done.stderr
    assert "opened a URL" not in done.stderr
