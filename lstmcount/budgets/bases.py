"""The base of a comparison: the model's state in git, or the one recorded in a lock file."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

import msgspec

from lstmcount.budgets.lockfile import recorded
from lstmcount.budgets.project import LOCK_NAME, Project, lock_in
from lstmcount.costs.measures import Conditions
from lstmcount.differences.profile import Profile, narrowed, profile
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build
from lstmcount.readers.files.opening import opened
from lstmcount.sources import Source, errors_in, may_name_files, read
from lstmcount.sources.git import is_unchanged, source_at


class Base(msgspec.Struct, frozen=True):
    """The base's profile; None if the model is new or no comparison is requested."""

    profile: Profile | None = None
    note: str | None = None


def base_of(
    source: Source,
    project: Project,
    ref: str | None,
    baseline: str | None,
    now: Profile,
    settings: Mapping[str, Any] | None = None,
) -> Base:
    """The requested base, else the project's, else the nearest lstmcount.lock."""
    if source.folder is None or source.name is None:
        raise LstmcountError("only a model in a file can be compared with a base")
    path = FilePath(source.path)
    if ref is None and baseline is None:
        ref, lock = project.base, project.baseline or _nearest_lock(path)
    else:
        lock = FilePath(baseline) if baseline else None
    if lock is not None:
        return _from_lock(lock, path, now)
    if ref is not None:
        return _from_git(source, path, ref, now, dict(settings or {}))
    raise LstmcountError(
        "max_increase needs something to compare with: --base REF (a git branch or commit), or "
        f"--baseline FILE ({LOCK_NAME}, written by lstmcount check --update-baseline)"
    )


def _nearest_lock(path: FilePath) -> FilePath | None:
    for folder in FilePath(os.path.realpath(path)).parents:
        if os.path.exists(folder / LOCK_NAME):
            return lock_in(folder)
    return None


def _from_lock(lock: FilePath, path: FilePath, now: Profile) -> Base:
    record = recorded(lock, path)
    if record is None:
        return Base(note=f"not in {lock.name}: nothing to compare with")
    if record.conditions != now.conditions:
        raise LstmcountError(
            f"{lock.name} was recorded for {_shown(record.conditions)}, not for "
            f"{_shown(now.conditions)}; record it again with --update-baseline"
        )
    return Base(narrowed(record, now.values))


def _shown(conditions: Conditions) -> str:
    sizes = msgspec.structs.asdict(conditions).items()
    return ", ".join(f"{k} {v}" for k, v in sizes if v is not None) or "the models' own batch"


def _from_git(
    source: Source, path: FilePath, ref: str, now: Profile, settings: dict[str, Any]
) -> Base:
    if not may_name_files(source) and _is_unchanged(source, path, ref):
        return Base(now)
    old = source_at(path, ref)
    if old is None:
        return Base(note=f"not in {ref}: nothing to compare with")
    old.model, old.declarations, old.entry = source.model, source.declarations, source.entry
    old.on_file_read = source.on_file_read
    with errors_in(old):
        return Base(profile(build(read(old, settings=settings)), now.values, now.conditions))


def _is_unchanged(source: Source, path: FilePath, ref: str) -> bool:
    if source.data is not None:
        return is_unchanged(path, ref, io.BytesIO(source.data), len(source.data))
    if path.is_dir():
        return False
    with opened(source.binary) as file:
        return is_unchanged(path, ref, file, os.fstat(file.fileno()).st_size)
