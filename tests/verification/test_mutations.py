"""Every golden file with one tensor changed: the difference is found, or the tensor is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build
from lstmcount.readers.files import archive, hdf5, tensors
from lstmcount.readers.files.binary import stored_tensors
from lstmcount.sources import open_path, read
from lstmcount.verification import Verdict, verify
from tests.conftest import ROOT

pytest.importorskip("h5py")
FILES = [
    path
    for kind in ("keras", "h5")
    for path in sorted((ROOT / "tests" / "golden" / "models").glob(f"*/model.{kind}"))
]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read files without a child process, in which test_verify reads them."""

    def read_here(task: Callable[..., Any], *args: Any, **options: Any) -> Any:
        return task(lambda: None, *args)

    for module in (archive, hdf5, tensors):
        monkeypatch.setattr(module, "isolated", read_here)


def mutations(listed: dict[str, Any]) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """The kind of change, the changed tensors, and the listing of the changed file."""
    stored = listed["tensors"]
    for index, (path, shape, _) in enumerate(stored):
        yield "another shape", [path], edited(listed, {index: [*shape, 7]})
        yield "removed", [path], edited(listed, {index: None})
        for other, (there, theirs, _) in enumerate(stored[:index]):
            if theirs != shape:
                yield "swapped", [path, there], edited(listed, {index: theirs, other: shape})
                break


def edited(listed: dict[str, Any], shapes: dict[int, Any]) -> dict[str, Any]:
    changed = {k: list(v) if isinstance(v, list) else v for k, v in listed.items()}
    for index in sorted(shapes, reverse=True):
        if shapes[index] is not None:
            path, _, dtype = changed["tensors"][index]
            changed["tensors"][index] = (path, shapes[index], dtype)
        else:
            del changed["tensors"][index]
            if "owners" in changed:
                del changed["owners"][index]
    return changed


def is_caught(verdict: Verdict, kind: str, paths: list[str]) -> bool:
    """Whether a change is found, or falls on what is named as not compared."""
    if not verdict.agrees:
        return True
    if kind == "removed":  # of a layer whose weights the config does not say
        return bool(verdict.not_compared)
    return any(not {*paths}.isdisjoint(each.tensors) for each in verdict.not_compared)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}.{path.suffix[1:]}")
def test_one_changed_tensor(path: Path) -> None:
    source = open_path(path)
    listed = stored_tensors(source.binary)
    try:
        model = build(read(source))
        before = verify(model, listed)
    except LstmcountError:
        assert path.parent.name.startswith("odd_")  # there is nothing to compare with
        return
    strange = {each.tensor for each in before.differences}  # which no weight of the config is
    missed = []
    for kind, paths, changed in mutations(listed):
        caught = is_caught(verify(model, changed), kind, paths)
        if not caught and strange.isdisjoint(paths):
            missed.append((kind, paths))
    assert not missed
