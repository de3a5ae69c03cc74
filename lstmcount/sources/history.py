"""The versions of a file in git, across renames."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.sources.git import entries, git
from lstmcount.sources.git_command import run

CHANGES = {"A": "added", "C": "added", "M": "modified", "R": "renamed", "D": "deleted"}
BATCH = 100  # blobs per git command
_LAST_SECOND = 253_402_300_800  # the year 10000
_FORMAT = "--format=%H%x00%ct%x00%s"
_PLAIN = ["--no-show-signature", "--no-ext-diff", "--no-textconv"]  # start no other program


class Version(msgspec.Struct, frozen=True):
    """A commit that changed the file or the folder."""

    commit: str
    time: int  # of the commit, in seconds since 1970; 0 if missing or after the year 9999
    subject: str
    path: str  # in the repository, after the commit
    change: str
    blob: str | None  # None if the commit deletes the file
    is_folder: bool = False


def versions(root: Path, inside: str, since: str | None, most: int | None) -> list[Version]:
    """The commits up to HEAD that changed a file or a folder of a repository, the newest first.

    Raises `LstmcountError` if no commit has the file.
    """
    if inside == ".":
        raise LstmcountError("this is the whole repository: name a model in it")
    limits = [f"--since={since}"] if since is not None else []
    raw = ["--follow", "--raw", "-c", "--no-abbrev", "-z"]
    output = git(root, "log", *raw, *_PLAIN, _FORMAT, *limits, "--", inside)
    parsed = _parsed(output.decode("utf-8", "replace").split("\0"))
    newest = next(parsed, None)
    if newest is None and since is None:
        raise LstmcountError(f"{inside}: no commit here has this file")
    if newest is not None and newest.path.startswith(f"{inside}/"):
        return list(islice(_of_folder(root, inside, limits), most))
    return [] if newest is None else list(islice(chain([newest], parsed), most))


def _of_folder(root: Path, inside: str, limits: list[str]) -> Iterator[Version]:
    """The commits that changed a file in a folder. git does not follow renames of folders."""
    output = git(root, "log", "-z", *_PLAIN, _FORMAT, *limits, "--", inside)
    words = output.decode("utf-8", "replace").split("\0")
    folder, name = posixpath.split(inside)
    for commit, time, subject in zip(words[::3], words[1::3], words[2::3], strict=False):
        entry = entries(root, commit, folder).get(name)
        yield Version(
            commit=commit, time=_seconds(time), subject=subject, path=inside,
            change="deleted" if entry is None else "modified",
            blob=None if entry is None else entry.sha, is_folder=True,
        )  # fmt: skip


def _parsed(words: list[str]) -> Iterator[Version]:
    """Parse the output of `git log --raw -z`, split at NUL characters.

    A commit is three words (`_FORMAT`), then `:mode mode blob blob status` and one or two paths.
    A merge has an empty word after the three words. If it differs from all its parents, a line with
    one colon, one old mode and one old blob for each parent follows.
    """
    at = 0
    while at + 4 < len(words):
        commit, time, subject = words[at : at + 3]
        at += 3 if words[at + 3] else 4
        if not words[at].strip().startswith(":"):
            continue
        change, path = words[at].strip(), words[at + 1]
        at += 2
        parents = len(change) - len(change.lstrip(":"))
        *fields, status = change.split(" ")
        mode, blob = fields[parents], fields[-1]
        if status[:1] in "RC" and parents == 1:
            path = words[at]
            at += 1
        kind = CHANGES.get(status[:1], "changed") if parents == 1 else "merged"
        yield Version(
            commit=commit, time=_seconds(time), subject=subject, path=path, change=kind,
            blob=blob if mode.startswith("100") else None,
        )  # fmt: skip
        if status.startswith("C"):
            return  # earlier commits changed the file that this one copied


def _seconds(time: str) -> int:
    """A commit's time in seconds, or 0: git prints nothing for an invalid time.

    >>> _seconds("1764376000"), _seconds(""), _seconds("999999999999")
    (1764376000, 0, 0)
    """
    seconds = int(time or 0)
    return seconds if seconds < _LAST_SECOND else 0


def contents(root: Path, blobs: Sequence[str]) -> Iterator[bytes | None]:
    """The bytes of each blob; None for a blob that is missing or too large to read."""
    for start in range(0, len(blobs), BATCH):
        yield from _batch(root, blobs[start : start + BATCH])


def _batch(root: Path, blobs: Sequence[str]) -> Iterator[bytes | None]:
    try:
        hashes = "".join(f"{blob}\n" for blob in blobs).encode()
        output = run(root, "cat-file", "--batch", stdin=hashes).output
    except LstmcountError:  # the batch may exceed the limit of git's output
        if len(blobs) == 1:
            yield None
        else:
            yield from _batch(root, blobs[: len(blobs) // 2])
            yield from _batch(root, blobs[len(blobs) // 2 :])
        return
    at = 0
    for _ in blobs:
        head, newline, _ = output[at : at + 200].partition(b"\n")
        at += len(head + newline)
        words = head.split(b" ")
        is_here = len(words) == 3 and words[1] == b"blob"
        size = int(words[2]) if is_here else 0
        yield output[at : at + size] if is_here else None
        at += size + 1 if is_here else 0
