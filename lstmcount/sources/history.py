"""The versions of a file in git, renames followed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.sources.git import git
from lstmcount.sources.git_command import run

CHANGES = {"A": "added", "C": "added", "M": "modified", "R": "renamed", "D": "deleted"}
BATCH = 100  # blobs that git is asked for at once
_LAST_SECOND = 253_402_300_800  # the year 10000
_FORMAT = "--format=%H%x00%ct%x00%s"
_PLAIN = ["--no-show-signature", "--no-ext-diff", "--no-textconv"]  # starts no other program


class Version(msgspec.Struct, frozen=True):
    """A commit that changed the file."""

    commit: str
    time: int  # of the commit, in seconds since 1970; 0 where no calendar has it
    subject: str
    path: str  # in the repository, after the commit
    change: str
    blob: str | None  # no blob where the file is deleted


def versions(
    root: Path, inside: str, since: str | None = None, most: int | None = None
) -> list[Version]:
    """The commits up to HEAD that changed a file of a repository, the newest first.

    Raises `LstmcountError` where git knows no such file.
    """
    limits = [f"--since={since}"] if since is not None else []
    raw = ["--follow", "--raw", "-c", "--no-abbrev", "-z"]
    output = git(root, "log", *raw, *_PLAIN, _FORMAT, *limits, "--", inside)
    found = list(islice(_parsed(output.decode("utf-8", "replace").split("\0")), most))
    if not found and since is None:
        raise LstmcountError(f"{inside}: no commit here has this file")
    return found


def _parsed(words: list[str]) -> Iterator[Version]:
    """Each commit is its three words, then `:mode mode blob blob status` and one path or two.

    A merge has an empty word after its three, and the rest only if it differs from all its parents:
    as many colons, old modes and old blobs as there are parents.
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
            return  # what comes before is another file, which git thinks similar


def _seconds(time: str) -> int:
    """A commit's time; git prints none for what is not one.

    >>> _seconds("1764376000"), _seconds(""), _seconds("999999999999")
    (1764376000, 0, 0)
    """
    seconds = int(time or 0)
    return seconds if seconds < _LAST_SECOND else 0


def contents(root: Path, blobs: Sequence[str]) -> Iterator[bytes | None]:
    """The bytes of each blob; None for one that is not here, or too large to be read."""
    for start in range(0, len(blobs), BATCH):
        yield from _batch(root, blobs[start : start + BATCH])


def _batch(root: Path, blobs: Sequence[str]) -> Iterator[bytes | None]:
    try:
        given = "".join(f"{blob}\n" for blob in blobs).encode()
        output = run(root, "cat-file", "--batch", given=given).output
    except LstmcountError:  # all of them together may be more than git may print
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
