"""What a model is compared with: its state in git, or the one recorded in a lock file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath

import msgspec

from lstmcount.budgets.lockfile import recorded
from lstmcount.budgets.profile import Profile, profile
from lstmcount.budgets.project import LOCK_NAME, Project
from lstmcount.errors import LstmcountError
from lstmcount.inference import infer
from lstmcount.readers import Source, place, read


class Base(msgspec.Struct, frozen=True):
    """No profile: the model is new, or nothing asked for a comparison."""

    profile: Profile | None = None
    note: str | None = None


def base_of(
    source: Source,
    project: Project,
    ref: str | None,
    baseline: str | None,
    measures: Iterable[str],
    batch: int,
) -> Base:
    """The base that was asked for, else the project's, else the nearest lstmcount.lock."""
    if source.folder is None or source.name is None:
        raise LstmcountError("only a model in a file can be compared with a base")
    path = FilePath(source.name)
    if ref is None and baseline is None:
        ref, lock = project.base, project.baseline or _nearest_lock(path)
    else:
        lock = FilePath(baseline) if baseline else None
    if lock is not None:
        return _from_lock(lock, path, batch)
    if ref is not None:
        return _from_git(path, ref, measures, batch)
    raise LstmcountError(
        "max_increase needs something to compare with: --base REF (a git branch or commit), or "
        f"--baseline FILE ({LOCK_NAME}, written by lstmcount check --update-baseline)"
    )


def _nearest_lock(path: FilePath) -> FilePath | None:
    for folder in path.resolve().parents:
        if (folder / LOCK_NAME).is_file():
            return folder / LOCK_NAME
    return None


def _from_lock(lock: FilePath, path: FilePath, batch: int) -> Base:
    found = recorded(lock, path)
    if found is None:
        return Base(note=f"not in {lock.name}: nothing to compare with")
    if found.batch != batch:
        raise LstmcountError(
            f"{lock.name} was recorded for a batch of {found.batch}, not {batch}; record it again "
            "with --update-baseline"
        )
    return Base(found)


def _from_git(path: FilePath, ref: str, measures: Iterable[str], batch: int) -> Base:
    from lstmcount.git import source_at

    old = source_at(path, ref)
    if old is None:
        return Base(note=f"not in {ref}: nothing to compare with")
    try:
        return Base(profile(infer(read(old)), measures, batch))
    except LstmcountError as error:
        raise place(error, old) from None
