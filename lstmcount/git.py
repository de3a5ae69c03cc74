"""A model as it was in git: where the branch left the base."""

from __future__ import annotations

import hashlib
import os
import posixpath
import subprocess
from functools import cache
from pathlib import Path

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.readers import Source

_TIMEOUT = 60
_LFS = b"version https://git-lfs.github.com/spec/"
_MAX_LINKS = 10


class Entry(msgspec.Struct, frozen=True):
    """What a commit has at a path."""

    mode: str
    sha: str

    @property
    def is_link(self) -> bool:
        return self.mode == "120000"

    @property
    def is_file(self) -> bool:
        return self.mode.startswith("100")


def source_at(path: Path, ref: str) -> Source | None:
    """The file as it was where HEAD and `ref` parted; None where it did not exist.

    Raises `LstmcountError` where git cannot say, and for what is not a file there.
    """
    root, inside = located(path)
    return blob(root, merge_base(root, ref), inside, f"{ref}:{inside}")


def is_unchanged(path: Path, ref: str, data: bytes) -> bool:
    """Whether git had just these bytes there; it need not be asked for them then."""
    root, inside = located(path)
    folder, name = posixpath.split(inside)
    entry = entries(root, merge_base(root, ref), folder).get(name)
    if entry is None or not entry.is_file:
        return False
    kind = hashlib.sha1 if len(entry.sha) == 40 else hashlib.sha256
    return kind(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() == entry.sha


def located(path: Path) -> tuple[Path, str]:
    """The repository that a path lies in (though nothing may be there any more), and where."""
    folder = Path(os.path.realpath(path.parent))
    root = root_of(next(above for above in (folder, *folder.parents) if above.is_dir()))
    return root, os.path.normpath((folder / path.name).relative_to(root)).replace(os.sep, "/")


def blob(root: Path, commit: str, inside: str, name: str) -> Source | None:
    """The file at a path of a commit, links followed as long as they stay in the tree."""
    place = inside
    for _ in range(_MAX_LINKS):
        entry = entries(root, commit, posixpath.dirname(place)).get(posixpath.basename(place))
        if entry is None:
            return None
        if not entry.is_link:
            break
        target = git(root, "cat-file", "blob", entry.sha).decode("utf-8", "replace")
        place = posixpath.normpath(posixpath.join(posixpath.dirname(place), target))
        if target.startswith("/") or place.split("/")[0] == "..":
            raise LstmcountError(f"{name} is a link out of the repository")
    else:
        raise LstmcountError(f"{name} is a link to a link to a link …")
    if not entry.is_file:
        what = "a submodule" if entry.mode == "160000" else "a directory"
        raise LstmcountError(f"{name} is {what}, not a model")
    data = git(root, "cat-file", "blob", entry.sha)
    if data.startswith(_LFS):
        raise LstmcountError(f"{name} is kept in Git LFS, and only its pointer is here")

    def beside(file: Path) -> Source:
        inner = file.relative_to(root).as_posix()
        found = blob(root, commit, inner, f"{name.partition(':')[0]}:{inner}")
        if found is None:
            raise LstmcountError(f"{inner} does not exist there")
        return found

    return Source(name, data, folder=str((root / place).parent), beside=beside)


@cache
def entries(root: Path, commit: str, folder: str) -> dict[str, Entry]:
    """What lies in a folder of a commit, by name."""
    listed = git(
        root, "ls-tree", "-z", commit, "--", f"{folder}/" if folder not in ("", ".") else "."
    )
    found = {}
    for line in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        meta, _, name = line.partition("\t")
        mode, _, sha = meta.split(" ")
        found[posixpath.basename(name)] = Entry(mode, sha)
    return found


def files_at(root: Path, commit: str, path: str) -> list[str]:
    """Every file at or below a path of a commit."""
    listed = git(root, "ls-tree", "-r", "-z", "--name-only", commit, "--", path)
    return listed.decode("utf-8", "surrogateescape").split("\0")[:-1]


@cache
def root_of(folder: Path) -> Path:
    done = run(folder, "rev-parse", "--show-toplevel")
    if done.returncode:
        raise LstmcountError(f"{folder} is not in a git repository, so there is no base in it")
    return Path(os.path.realpath(os.fsdecode(done.stdout).rstrip("\n")))


@cache
def merge_base(root: Path, ref: str) -> str:
    """The commit where HEAD and `ref` parted."""
    found = run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found.returncode:
        raise LstmcountError(f"git knows no {ref!r} here{_shallow_advice(root, ref)}")
    done = run(root, "merge-base", "HEAD", found.stdout.decode().strip())
    if done.returncode:
        raise LstmcountError(
            f"HEAD and {ref!r} have no commit in common{_shallow_advice(root, ref)}"
        )
    return done.stdout.decode().split()[0]


def _shallow_advice(root: Path, ref: str) -> str:
    if run(root, "rev-parse", "--is-shallow-repository").stdout.strip() != b"true":
        return f" (a branch of a remote is origin/{ref})" if "/" not in ref else ""
    return (
        ": this is a shallow clone; fetch the history (git fetch --unshallow origin, or "
        "fetch-depth: 0 of actions/checkout, or GIT_DEPTH: 0 of GitLab)"
    )


def git(root: Path, *args: str) -> bytes:
    done = run(root, *args)
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise LstmcountError(f"git {args[0]} failed: {''.join(reason) or done.returncode}")
    return done.stdout


def run(folder: Path, *args: str) -> subprocess.CompletedProcess[bytes]:
    """git in that folder, whatever repository a hook's environment points to."""
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
    }
    try:
        return subprocess.run(
            ["git", "--literal-pathspecs", "-C", str(folder), *args],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={**environment, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            timeout=_TIMEOUT,
            check=False,
        )
    except OSError:
        raise LstmcountError("git is not installed; --base needs it") from None
    except subprocess.TimeoutExpired:
        raise LstmcountError(f"git {args[0]} took more than {_TIMEOUT} s") from None
