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
        return task(lambda **_: None, *args)

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
    yield from renamings(listed)


def renamings(listed: dict[str, Any]) -> Iterator[tuple[str, list[str], dict[str, Any]]]:
    """Some tensors under another name, beside another one, or in another layer."""
    stored, owners = listed["tensors"], listed.get("owners")
    for index in range(0, len(stored), max(1, len(stored) // 4)):
        path, shape, dtype = stored[index]
        group, _, name = path.rpartition("/")
        owner = owners[index] if owners else None
        if not owners:  # else Keras takes the tensors of a layer in their order
            rest, other_name = edited(listed, {index: None}), f"{path}z"
            changed = inserted(rest, index, (other_name, shape, dtype), owner)
            yield "renamed", [path, other_name], changed
        added = f"{group}/{9 if name.isdigit() else f'{name}_9'}"
        yield "added", [added], inserted(listed, index + 1, (added, [5, 3], dtype), owner)
        for other, (there, _, _) in enumerate(stored):
            to = there.rpartition("/")[0]
            if to != group and (not owners or owners[other] != owner):
                moved = f"{to}/{8 if name.isdigit() else f'{name}_8'}"
                rest = edited(listed, {index: None})
                place = other - (other > index)
                owned_by = owners[other] if owners else None
                yield "moved", [path, moved], inserted(rest, place, (moved, shape, dtype), owned_by)
                break


def inserted(
    listed: dict[str, Any], index: int, tensor: tuple[str, Any, str], owner: Any
) -> dict[str, Any]:
    changed = edited(listed, {})
    changed["tensors"].insert(index, tensor)
    if "owners" in changed:
        changed["owners"].insert(index, owner)
    return changed


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
    if kind in ("removed", "renamed", "moved"):  # of a layer whose weights the config does not say
        return bool(verdict.not_compared)
    named = [*verdict.notes, *(path for each in verdict.not_compared for path in each.tensors)]
    return any(path in each for path in paths for each in named)


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


@pytest.mark.parametrize("path", FILES[-12:], ids=lambda path: path.parent.name)
def test_one_changed_tensor_of_tensorflow_js(path: Path) -> None:
    """TensorFlow.js finds tensors by their names, which begin with the layer's."""
    source = open_path(path)
    of_file = stored_tensors(source.binary)
    tensors = [
        (f"{owner}/{name.removeprefix(f'{owner}/')}", shape, dtype)
        for owner, (name, shape, dtype) in zip(of_file["owners"], of_file["tensors"], strict=True)
    ]
    listed = {"tensors": tensors, "groups": [], "by_name": True}
    model = build(read(source))
    assert verify(model, listed).agrees
    changes = [each for each in mutations(listed) if each[0] != "moved"]
    caught = [is_caught(verify(model, changed), kind, paths) for kind, paths, changed in changes]
    assert all(caught)
