"""Comparing with a repository from elsewhere, including its config, starts no program.

Each door is a way to make git start one. Where a plain git command goes through it, that is shown
first, so that the test fails if a door is planted wrongly.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmcount.sources import git_command
from tests.conftest import Call
from tests.repository import Repository, spec

OLD, NEW = spec({"Dense": 1}), spec({"Dense": 2})
FETCH = ["cat-file", "blob", "base:m.yaml"]


class Stranger(Repository):
    """`base` is a partial clone's branch, whose blob is not here; `self.script` leaves a mark."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "r")
        self.mark, self.script = folder / "mark", folder / "script"
        self.script.write_text(f"#!/bin/sh\ntouch '{self.mark}'\nexit 1\n")
        self.script.chmod(0o755)
        self.commit(**{"m.yaml": OLD})
        self.git("branch", "base")
        self.blob = self.git("rev-parse", "HEAD:m.yaml").strip()
        project = "base: base\nbudgets:\n  m.yaml: {max_increase: 5%}\n"
        self.commit(**{"m.yaml": NEW, "lstmcount.yaml": project})

    def lose_blob(self) -> None:
        self.loose(self.blob).unlink()
        self.config("core.repositoryFormatVersion=1", "extensions.partialClone=origin")
        self.config("remote.origin.promisor=true", "remote.origin.url=ssh://host.invalid/x")

    def loose(self, sha: str) -> Path:
        return self.folder / ".git" / "objects" / sha[:2] / sha[2:]

    def config(self, *settings: str) -> None:
        for setting in settings:
            name, _, value = setting.replace("SCRIPT", str(self.script)).partition("=")
            self.git("config", name, value)

    def opens(self, *args: str) -> bool:
        """Whether a plain git command goes through the door."""
        environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        environment["PATH"] += os.pathsep + str(self.script.parent)
        subprocess.run(
            ["git", *args],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        opened = self.mark.exists()
        self.mark.unlink(missing_ok=True)
        return opened


def settings(*given: str) -> Callable[[Stranger], None]:
    return lambda stranger: stranger.config(*given)


def transport(url: str, *given: str) -> Callable[[Stranger], None]:
    def plant(stranger: Stranger) -> None:
        stranger.lose_blob()
        stranger.config(f"remote.origin.url={url}", "protocol.allow=always", *given)

    return plant


def _local(stranger: Stranger) -> None:
    transport(str(stranger.folder), "remote.origin.uploadpack=SCRIPT")(stranger)


def _helper(stranger: Stranger) -> None:
    transport("x", "remote.origin.vcs=mark")(stranger)
    shutil.copy(stranger.script, stranger.script.parent / "git-remote-mark")


def _included(stranger: Stranger) -> None:
    stranger.lose_blob()
    (stranger.folder / "more").write_text(f"[core]\nsshCommand = {stranger.script}\n")
    stranger.config("include.path=../more")


def _included_on_a_branch(stranger: Stranger) -> None:
    stranger.lose_blob()
    (stranger.folder / "more").write_text(f"[core]\nsshCommand = {stranger.script}\n")
    stranger.config("includeIf.onbranch:main.path=../more")


def _of_worktree(stranger: Stranger) -> None:
    stranger.lose_blob()
    stranger.config("extensions.worktreeConfig=true")
    stranger.git("config", "--worktree", "core.sshCommand", str(stranger.script))


def _signed(stranger: Stranger) -> None:
    head = stranger.git("cat-file", "commit", "HEAD").replace(
        "\n\n", "\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n", 1
    )
    (stranger.folder / "signed").write_text(head)
    sha = stranger.git("hash-object", "-t", "commit", "-w", "signed").strip()
    stranger.git("update-ref", "HEAD", sha)
    stranger.config("log.showSignature=true", "gpg.program=SCRIPT")


def _hooks(stranger: Stranger) -> None:
    names = ("reference-transaction", "post-checkout", "post-index-change", "pre-auto-gc")
    for name in names:
        hook = stranger.folder / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        shutil.copy(stranger.script, hook)


def _filters(stranger: Stranger) -> None:
    (stranger.folder / ".gitattributes").write_text("*.yaml filter=f diff=f merge=f\n")
    stranger.config("filter.f.smudge=SCRIPT", "filter.f.clean=SCRIPT", "filter.f.process=SCRIPT")
    stranger.config("diff.f.textconv=SCRIPT", "diff.f.command=SCRIPT", "merge.f.driver=SCRIPT")
    stranger.write("m.yaml", NEW + "\n")


def _submodule(stranger: Stranger) -> None:
    text = '[submodule "s"]\npath = s\nurl = ext::SCRIPT\nupdate = !SCRIPT\n'
    (stranger.folder / ".gitmodules").write_text(text.replace("SCRIPT", str(stranger.script)))
    stranger.lose_blob()
    stranger.config("core.sshCommand=SCRIPT", "fetch.recurseSubmodules=true")


def _missing_commit(stranger: Stranger) -> None:
    sha = stranger.git("rev-parse", "base").strip()
    stranger.lose_blob()
    stranger.loose(sha).unlink()
    stranger.config("core.sshCommand=SCRIPT")


def _missing_tree(stranger: Stranger) -> None:
    sha = stranger.git("rev-parse", "base^{tree}").strip()
    stranger.lose_blob()
    stranger.loose(sha).unlink()
    stranger.config("core.sshCommand=SCRIPT")


def _base_in_the_index(stranger: Stranger) -> None:
    stranger.config("core.fsmonitor=SCRIPT", "core.fsmonitorHookVersion=2")
    stranger.write("lstmcount.yaml", 'base: ":m.yaml"\nbudgets:\n  m.yaml: {max_increase: 5%}\n')
    stranger.git("update-index", "--fsmonitor")
    stranger.mark.unlink(missing_ok=True)


AUTHOR = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
SSH = "core.sshCommand=SCRIPT"
REWRITTEN = "url.ext::SCRIPT .insteadOf=x:"
HTTP = "http://127.0.0.1:9/x"

# How a door is planted, and the plain git command that goes through it (None: no command of git
# does so with what is planted here alone, or not in every version).
DOORS: dict[str, tuple[Callable[[Stranger], None], list[str] | None]] = {
    "core.sshCommand": (transport("ssh://host.invalid/x", SSH), FETCH),
    "ssh through a shell": (transport("h:x", "core.sshCommand=SCRIPT; SCRIPT"), FETCH),
    "ext::": (transport("ext::SCRIPT"), FETCH),
    "insteadOf": (transport("x:y", REWRITTEN), FETCH),
    "pushInsteadOf": (transport("x:y", "url.ext::SCRIPT .pushInsteadOf=x:"), None),
    "uploadpack": (_local, FETCH),
    "uploadpack of file://": (transport("file:///", "remote.origin.uploadpack=SCRIPT"), FETCH),
    "vcs": (_helper, FETCH),
    "core.gitProxy": (transport("git://host.invalid/x", "core.gitProxy=SCRIPT"), FETCH),
    "http.proxy": (transport(HTTP, "http.proxy=http://a@127.0.0.1:9", "core.askPass=SCRIPT"), None),
    "credential.helper": (transport(HTTP, "credential.helper=!SCRIPT"), None),
    "fetch.bundleURI": (transport(HTTP, f"fetch.bundleURI={HTTP}", "core.askPass=SCRIPT"), None),
    "a promisor without the extension": (
        transport("ssh://host.invalid/x", SSH, "extensions.partialClone="),
        None,
    ),
    "an included config": (_included, FETCH),
    "a config included on a branch": (_included_on_a_branch, FETCH),
    "a worktree's config": (_of_worktree, FETCH),
    "a missing commit": (_missing_commit, ["rev-parse", "base^{commit}"]),
    "a missing tree": (_missing_tree, ["ls-tree", "base"]),
    "submodules": (_submodule, FETCH),
    "core.fsmonitor": (settings("core.fsmonitor=SCRIPT"), ["status"]),
    "a base in the index": (_base_in_the_index, ["rev-parse", ":m.yaml"]),
    "hooks": (_hooks, ["update-ref", "refs/heads/new", "HEAD"]),
    "core.hooksPath": (settings("core.hooksPath=SCRIPT/.."), None),
    "filters, textconv and drivers": (_filters, ["diff"]),
    "diff.external": (settings("diff.external=SCRIPT"), ["diff", "base", "HEAD"]),
    "pagers": (
        settings("core.pager=SCRIPT", "pager.cat-file=SCRIPT", "pager.ls-tree=SCRIPT"),
        None,
    ),
    "core.editor": (settings("core.editor=SCRIPT"), [*AUTHOR, "commit", "--amend"]),
    "aliases": (
        settings("alias.cat-file=!SCRIPT", "alias.ls-tree=!SCRIPT", "alias.x=!SCRIPT"),
        ["x"],
    ),
    "gpg.program": (settings("gpg.program=SCRIPT", "log.showSignature=true"), None),
    "uploadpack.packObjectsHook": (settings("uploadpack.packObjectsHook=SCRIPT"), None),
    "core.alternateRefsCommand": (settings("core.alternateRefsCommand=SCRIPT"), None),
    "a program that checks signatures": (_signed, ["log"]),
    "trace2": (settings("trace2.eventTarget=SCRIPT", "trace2.normalTarget=SCRIPT"), None),
}
COMMANDS = {
    "log": ["log", "m.yaml"],
    "diff": ["diff", "--base", "base", "m.yaml"],
    "check": ["check"],
    "check of the index": ["check", "m.yaml", "--base", ":m.yaml"],
    "init": ["init", "--output", "new.yaml"],
    "count": ["count", "m.yaml"],
}


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stranger:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("PATH", os.environ["PATH"] + os.pathsep + str(tmp_path))
    return Stranger(tmp_path)


@pytest.mark.parametrize("door", DOORS)
def test_no_door_opens(stranger: Stranger, call: Call, door: str) -> None:
    plant, opened_by = DOORS[door]
    plant(stranger)
    if opened_by is not None:
        assert stranger.opens(*opened_by), "not a door"
    for command in COMMANDS.values():
        done = call(*command, cwd=stranger.folder)
        assert done.returncode in (0, 1, 2), done
        assert not stranger.mark.exists(), command


@pytest.mark.parametrize("door", [door for door in DOORS if DOORS[door][1] == FETCH])
@pytest.mark.parametrize("wall", ["no transport", "no program"])
def test_either_wall_is_enough(
    stranger: Stranger, call: Call, monkeypatch: pytest.MonkeyPatch, door: str, wall: str
) -> None:
    """Git before 2.45 always fetches lazily; then the other wall must hold."""
    monkeypatch.delitem(git_command.ENVIRONMENT, "GIT_NO_LAZY_FETCH")
    if wall == "no transport":
        monkeypatch.setattr(git_command, "NO_PROGRAMS", {})
    else:
        monkeypatch.delitem(git_command.ENVIRONMENT, "GIT_ALLOW_PROTOCOL")
    DOORS[door][0](stranger)
    done = call(*COMMANDS["diff"], cwd=stranger.folder)
    assert done.returncode == 2
    assert not stranger.mark.exists()


@pytest.mark.parametrize("command", ["diff", "check"])
def test_a_missing_object_is_one_line(stranger: Stranger, call: Call, command: str) -> None:
    stranger.lose_blob()
    done = call(*COMMANDS[command], cwd=stranger.folder)
    assert done.returncode == 2
    said = done.stderr or done.stdout
    assert "a partial clone without the object" in said
    assert "git fetch --refetch --no-filter" in said


def _mailmap(stranger: Stranger) -> None:
    os.mkfifo(stranger.folder / ".mailmap")


# Files that git would read to their end.
ENDLESS: dict[str, Callable[[Stranger], None]] = {
    "mailmap.file": settings("mailmap.file=/dev/zero"),
    "a pipe of mails": _mailmap,
    "diff.orderFile": settings("diff.orderFile=/dev/zero"),
    "core.attributesFile": settings("core.attributesFile=/dev/zero"),
}


@pytest.mark.parametrize("plant", ENDLESS.values(), ids=ENDLESS)
@pytest.mark.parametrize("command", ["log", "diff"])
def test_no_endless_file_is_read(
    stranger: Stranger, call: Call, command: str, plant: Callable[[Stranger], None]
) -> None:
    plant(stranger)
    done = call(*COMMANDS[command], cwd=stranger.folder)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ["log", "diff"])
def test_a_config_that_does_not_end_is_not_waited_for(
    stranger: Stranger, call: Call, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(git_command, "QUICK", {"rev-parse": 1})
    os.mkfifo(stranger.folder / "more")
    stranger.config("include.path=../more")
    done = call(*COMMANDS[command], cwd=stranger.folder)
    assert (done.returncode, done.stderr) == (2, "lstmcount: git rev-parse took more than 1 s\n")


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux has prlimit")
def test_what_git_unpacks_is_bounded(
    stranger: Stranger, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = []
    prlimit = resource.prlimit

    def limit(process: int, *wanted: Any) -> None:
        prlimit(process, *wanted)
        limits.append(prlimit(process, resource.RLIMIT_DATA))

    monkeypatch.setattr(resource, "prlimit", limit)
    assert call(*COMMANDS["diff"], cwd=stranger.folder).returncode == 0
    assert set(limits) == {(git_command.MAX_MEMORY, git_command.MAX_MEMORY)}


def test_versions_are_read_one_batch_after_the_other(
    stranger: Stranger, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lstmcount.sources.history.BATCH", 2)
    for text in (OLD, NEW, "import keras\n", OLD, "import keras\n", NEW):
        stranger.commit(**{"m.yaml": text})
    lines = call("log", "m.yaml", "--format", "jsonl", cwd=stranger.folder).stdout.splitlines()
    assert [json.loads(line)["params"] for line in lines][:5] == [18, None, 9, None, 18]
