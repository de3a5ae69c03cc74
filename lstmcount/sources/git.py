"""Read files from commits in git, such as a model at the merge base of a branch."""

from __future__ import annotations

import hashlib
import os
import posixpath
import re
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.readers.text.regular import inside as refuse_outside
from lstmcount.sources.git_command import MAX_OUTPUT, run
from lstmcount.sources.names import REVISION
from lstmcount.sources.paths import of_bytes, open_path
from lstmcount.sources.source import Source, located

_PARTIAL = (
    "this is a partial clone without the object, and lstmcount fetches nothing; in a repository "
    "that you trust, fetch everything first: git fetch --refetch --no-filter"
)
_READ_IN_FOLDERS = re.compile(r"(\.json|\.pb|\.h5|/_[A-Za-z]+)\Z")
_LFS = b"version https://git-lfs.github.com/spec/"
_MAX_LINKS = 10
MAX_REF = 1000
MAX_FILES = 1000  # in a folder that is one model


class Entry(msgspec.Struct, frozen=True):
    """A file, link or folder in a commit's tree."""

    mode: str
    sha: str

    @property
    def is_link(self) -> bool:
        return self.mode == "120000"

    @property
    def is_folder(self) -> bool:
        return self.mode == "040000"

    @property
    def is_file(self) -> bool:
        return self.mode.startswith("100")


def source_at(path: Path, ref: str) -> Source | None:
    """The file at the merge base of HEAD and `ref`; None if it did not exist.

    Raises `LstmcountError` if git fails, or if the path is not a file at the merge base.
    """
    root, inside = repository_of(path)
    return blob(root, merge_base(root, ref), inside, f"{ref}:{inside}")


def open_revision(name: str) -> Source:
    """The source that `git:REV:PATH` names, where PATH is relative to the current folder."""
    ref, path = revision_and_path(name)
    root, inside = repository_of(Path(path))
    source = blob(root, _commit(root, ref), inside, f"{ref}:{inside}")
    if source is None:
        raise LstmcountError(f"{inside} does not exist in {ref}")
    source.in_work_tree = path
    return source


def revision_and_path(name: str) -> tuple[str, str]:
    """
    >>> revision_and_path("git:v1.0:models/m.yaml")
    ('v1.0', 'models/m.yaml')
    """
    ref, _, path = name.removeprefix(REVISION).partition(":")
    if not ref or not path:
        raise LstmcountError(f"expected git:REV:PATH such as git:main:model.yaml, got {name!r}")
    return ref, path


def is_unchanged(path: Path, ref: str, file: IO[bytes], size: int) -> bool:
    """Whether the file's content equals that at the merge base, without reading bytes from git."""
    root, inside = repository_of(path)
    folder, name = posixpath.split(inside)
    entry = entries(root, merge_base(root, ref), folder).get(name)
    if entry is None or not entry.is_file:
        return False
    kind = hashlib.sha1 if len(entry.sha) == 40 else hashlib.sha256
    digest = kind(b"blob %d\0" % size, usedforsecurity=False)
    while part := file.read(2**20):
        digest.update(part)
    return digest.hexdigest() == entry.sha


def repository_of(path: Path) -> tuple[Path, str]:
    """The repository of a path, which may have been deleted, and the path inside the repository."""
    folder = Path(os.path.realpath(path.parent))
    root = root_of(next(above for above in (folder, *folder.parents) if above.is_dir()))
    if not folder.is_relative_to(root):  # core.worktree may name any folder
        raise LstmcountError(f"{folder} is not in the work tree of its git repository, {root}")
    return root, os.path.normpath((folder / path.name).relative_to(root)).replace(os.sep, "/")


def blob(root: Path, commit: str, inside: str, name: str) -> Source | None:
    """The file at a path of a commit, or None. Links are followed if they stay in the tree."""
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
        raise LstmcountError(f"{name} is a chain of more than {_MAX_LINKS} links")
    if entry.is_file:
        return source_of(root, commit, place, name, git(root, "cat-file", "blob", entry.sha))
    if entry.mode != "040000":
        raise LstmcountError(f"{name} is a submodule, not a model")
    return _folder(root, commit, place, name)


def _folder(root: Path, commit: str, inside: str, name: str) -> Source:
    """A source for a folder of a commit, from a temporary copy of the files that readers open.

    Raises `LstmcountError` if the folder is not a model.
    """
    copy = tempfile.TemporaryDirectory(prefix="lstmcount-")
    files, remaining_bytes = 0, MAX_OUTPUT
    listed = git(root, "ls-tree", "-r", "-l", "-z", commit, "--", f"{inside}/")
    for line in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        meta, _, path = line.partition("\t")
        mode, _, sha, size = meta.split()
        if not mode.startswith("100") or not _READ_IN_FOLDERS.search(path):
            continue
        if not size.isdecimal():
            raise located(LstmcountError(_PARTIAL), name)
        if (files := files + 1) > MAX_FILES:
            reason = f"a folder with more than {MAX_FILES:,} files is not a model"
            raise located(LstmcountError(reason), name)
        file = os.path.join(copy.name, posixpath.relpath(path, inside))
        target = Path(refuse_outside(file, copy.name))
        data = b""  # large weights are left empty: only their presence matters
        if int(size) <= remaining_bytes:
            data = git(root, "cat-file", "blob", sha)
            remaining_bytes -= len(data)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError as error:  # e.g. a name that is too long, or a file where a folder is needed
            reason = f"{path:.100} cannot be copied: {(error.strerror or str(error)).lower()}"
            raise located(LstmcountError(reason), name) from None
    try:
        source = open_path(copy.name)
    except LstmcountError as error:
        raise located(error, name) from None
    source.name, source.folder, source.copy = name, str((root / inside).parent), copy
    source.tree = _CommitTree(root, commit, name.partition(":")[0])
    return source


def source_of(root: Path, commit: str, inside: str, name: str, data: bytes) -> Source:
    """A source for a file of a commit. Raises `LstmcountError` for a pointer of Git LFS."""
    if data.startswith(_LFS):
        raise LstmcountError(f"{name} is kept in Git LFS, and only its pointer is here")

    def open_beside(file: Path) -> Source:
        if not file.is_relative_to(root):
            raise LstmcountError(f"{file} is not in the repository")
        inner = file.relative_to(root).as_posix()
        other = blob(root, commit, inner, f"{name.partition(':')[0]}:{inner}")
        if other is None:
            raise LstmcountError(f"{inner} does not exist there")
        return other

    source = of_bytes(name, data)
    source.folder, source.open_beside = str((root / inside).parent), open_beside
    source.tree = _CommitTree(root, commit, name.partition(":")[0])
    return source


class _CommitTree:
    """The files of a commit, as a `Tree` for the modules that a program imports."""

    def __init__(self, root: Path, commit: str, ref: str) -> None:
        self.root, self.commit, self.ref = root, commit, ref

    def _inside(self, path: str) -> str:
        return Path(path).relative_to(self.root).as_posix()

    def exists(self, path: str) -> bool:
        if not self.covers(path):
            return False
        folder, name = posixpath.split(self._inside(path))
        entry = entries(self.root, self.commit, folder).get(name)
        return entry is not None and (entry.is_file or entry.is_link)

    def read(self, path: str, limit: int) -> bytes:
        module = blob(self.root, self.commit, self._inside(path), self.shown(path))
        if module is None or module.data is None:
            raise LstmcountError("it is not a text file in that commit")
        if len(module.data) > limit:
            raise LstmcountError(f"the file is larger than {limit // 2**20} MiB")
        return module.data

    def shown(self, path: str) -> str:
        return f"{self.ref}:{self._inside(path)}"

    def covers(self, path: str) -> bool:
        return Path(path).is_relative_to(self.root)

    def names(self, folder: str) -> list[str]:
        listed = entries(self.root, self.commit, self._inside(folder))
        return sorted(name + "/" * each.is_folder for name, each in listed.items())

    def below(self, folder: str) -> Iterator[str]:
        listed = files_at(self.root, self.commit, self._inside(folder))
        return (str(self.root / name) for name in listed if name.endswith(".py"))


@cache
def entries(root: Path, commit: str, folder: str) -> dict[str, Entry]:
    """The entries of a folder of a commit, by name."""
    listed = git(
        root, "ls-tree", "-z", commit, "--", f"{folder}/" if folder not in ("", ".") else "."
    )
    by_name = {}
    for line in listed.decode("utf-8", "surrogateescape").split("\0")[:-1]:
        meta, _, name = line.partition("\t")
        mode, _, sha = meta.split(" ")
        by_name[posixpath.basename(name)] = Entry(mode, sha)
    return by_name


def files_at(root: Path, commit: str, path: str) -> list[str]:
    """The paths of all files at or below a path of a commit."""
    listed = git(root, "ls-tree", "-r", "-z", "--name-only", commit, "--", path)
    return listed.decode("utf-8", "surrogateescape").split("\0")[:-1]


@cache
def root_of(folder: Path) -> Path:
    done = run(folder, "rev-parse", "--show-toplevel")
    if done.status == 0:
        return Path(os.path.realpath(os.fsdecode(done.output).rstrip("\n")))
    if "not a git repository" in done.errors:
        raise LstmcountError(f"{folder} is not in a git repository")
    raise LstmcountError(f"{folder}: git does not use the repository here: {done.reason}")


@cache
def merge_base(root: Path, ref: str) -> str:
    """The commit hash of the merge base of HEAD and `ref`."""
    commit = _commit(root, ref)
    done = run(root, "merge-base", "HEAD", commit)
    if done.status:
        raise LstmcountError(f"HEAD and {ref!r} have no commit in common{_advice(root, ref)}")
    return done.output.decode().split()[0]


def _commit(root: Path, ref: str) -> str:
    """The commit hash of a revision."""
    commit = _verified(root, f"{ref}^{{commit}}") if _may_be_commit(ref) else None
    if commit is None:
        raise LstmcountError(f"git knows no {ref!r} here{_advice(root, ref)}")
    return commit


def _verified(root: Path, ref: str) -> str | None:
    done = run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", ref)
    return None if done.status else done.output.decode().strip()


def _may_be_commit(ref: str) -> bool:
    """Whether `ref` may name a commit, and is neither a path in a commit nor a message search."""
    return len(ref) <= MAX_REF and ref.isprintable() and ":" not in ref and "^{/" not in ref


def _advice(root: Path, ref: str) -> str:
    if run(root, "rev-parse", "--is-shallow-repository").output.strip() == b"true":
        return (
            ": this is a shallow clone; fetch the history (git fetch --unshallow origin, or "
            "fetch-depth: 0 of actions/checkout, or GIT_DEPTH: 0 of GitLab)"
        )
    if is_partial(root) and _may_be_commit(ref) and _verified(root, ref):
        return f": {_PARTIAL}"
    return f" (a branch of a remote is origin/{ref})" if "/" not in ref else ""


def is_partial(root: Path) -> bool:
    """Whether the repository is a partial clone, where git fetches missing objects on demand."""
    names = r"^(extensions\.partialclone|remote\..*\.(promisor|partialclonefilter))$"
    return run(root, "config", "--name-only", "--get-regexp", names).status == 0


def git(root: Path, *args: str) -> bytes:
    """The output of a git command. Raises `LstmcountError` if the command fails."""
    done = run(root, *args)
    if done.status:
        reason = _PARTIAL if is_partial(root) else done.reason
        raise LstmcountError(f"git {args[0]} failed: {reason}")
    return done.output
