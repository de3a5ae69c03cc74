"""Models in git, and everything else that a path in git may be."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from lstmcount import summarize
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.sources import Source, git, git_command, read
from tests.conftest import ROOT, Call
from tests.readers.text.test_content import MODEL
from tests.repository import Repository, spec
from tests.sources import folders

OLD, NEW = spec({"Dense": 1}), spec({"Dense": 2})


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "r")
    found.commit(**{"models/m.yaml": OLD})
    found.git("checkout", "-q", "-b", "feature")
    found.commit(**{"models/m.yaml": NEW})
    for cached in (git.entries, git.root_of, git.merge_base):
        cached.cache_clear()
    return found


def at(repository: Repository, name: str, ref: str = "main") -> Source | None:
    return git.source_at(repository.folder / name, ref)


def text_of(source: Source | None) -> str:
    assert source is not None
    assert source.data is not None
    return source.data.decode()


def test_the_base_is_where_the_branch_was_left(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit(**{"models/m.yaml": spec({"Dense": 99})})
    repository.git("checkout", "-q", "feature")
    found = at(repository, "models/m.yaml")
    assert text_of(found) == OLD
    assert found is not None
    assert found.name == "main:models/m.yaml"


def test_any_revision_is_a_ref(repository: Repository) -> None:
    sha = repository.git("rev-parse", "main").strip()
    repository.git("tag", "-a", "v1", "-m", "v1", "main")
    for ref in (sha, sha[:8], "HEAD~1", "v1", "refs/heads/main"):
        assert text_of(at(repository, "models/m.yaml", ref)) == OLD


def test_a_new_model_has_no_base(repository: Repository) -> None:
    repository.write("models/new.yaml", NEW)
    assert at(repository, "models/new.yaml") is None
    assert at(repository, "elsewhere/new.yaml") is None


def test_from_another_folder_and_through_a_link_to_the_folder(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(repository.folder / "models")
    assert text_of(git.source_at(tmp_path / "link" / "m.yaml", "main")) == OLD
    monkeypatch.chdir(repository.folder / "models")
    assert text_of(git.source_at(Path("m.yaml"), "main")) == OLD
    assert text_of(git.source_at(Path("../models/m.yaml"), "main")) == OLD


def test_names_that_git_would_quote_or_expand(repository: Repository) -> None:
    for name in ("a b.yaml", "ü.yaml", "[x]*.yaml", "-m.yaml", 'q"uote\t.yaml', ":(top).yaml"):
        repository.git("checkout", "-q", "main")
        repository.commit(**{name: OLD})
        repository.git("checkout", "-q", "-B", "other")
        git.merge_base.cache_clear()
        assert text_of(at(repository, name)) == OLD


def test_the_environment_of_a_hook_does_not_mislead(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Repository(tmp_path / "other").commit()
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other" / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(tmp_path / "other"))
    assert text_of(at(repository, "models/m.yaml")) == OLD


def test_links_are_followed_within_the_tree(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    (repository.folder / "link.yaml").symlink_to("models/m.yaml")
    (repository.folder / "models" / "again.yaml").symlink_to("../link.yaml")
    repository.commit()
    assert text_of(at(repository, "models/again.yaml")) == OLD


LINKS = {
    "/etc/passwd": "a link out of the repository",
    "../../secret.yaml": "a link out of the repository",
    "models": "a directory",
    "self.yaml": "a chain of more than 10 links",
}


@pytest.mark.parametrize(("target", "words"), LINKS.items(), ids=list(LINKS))
def test_links_elsewhere_are_refused(repository: Repository, target: str, words: str) -> None:
    repository.git("checkout", "-q", "main")
    (repository.folder / "self.yaml").symlink_to(target)
    repository.commit()
    (repository.folder / "self.yaml").unlink()
    repository.write("self.yaml", NEW)
    with pytest.raises(LstmcountError, match=words):
        at(repository, "self.yaml")


def test_a_submodule_is_not_a_model(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    sha = repository.git("rev-parse", "HEAD").strip()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{sha},sub.yaml")
    repository.git("commit", "-q", "-m", "submodule")
    repository.write("sub.yaml", NEW)
    with pytest.raises(LstmcountError, match="a submodule"):
        at(repository, "sub.yaml")


def test_a_pointer_of_lfs_is_not_a_model(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit(**{"m.h5": "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"})
    with pytest.raises(LstmcountError, match="Git LFS"):
        at(repository, "m.h5")


WRONG_REFS = [
    *("nope", "", "-h", "--output=x", "main:models", ":models/m.yaml", ":/x", "main^{/x}", "a..b"),
    *("main^{tree}", "\udc80", "\ud800", "a\0b", "a\nb", "a" * 2_000_000),
]


@pytest.mark.parametrize("ref", WRONG_REFS, ids=lambda ref: ascii(ref[:20]))
def test_a_ref_that_git_does_not_know_is_an_error(repository: Repository, ref: str) -> None:
    with pytest.raises(LstmcountError, match="git knows no"):
        at(repository, "models/m.yaml", ref)
    assert not (repository.folder / "x").exists()


def test_a_ref_with_another_history(repository: Repository) -> None:
    repository.git("checkout", "-q", "--orphan", "alone")
    repository.commit()
    with pytest.raises(LstmcountError, match="no commit in common"):
        at(repository, "models/m.yaml")


def test_a_shallow_clone_says_what_to_fetch(repository: Repository, tmp_path: Path) -> None:
    url = f"file://{repository.folder}"
    repository.git("clone", "-q", "--depth=1", "--branch=feature", url, str(tmp_path / "clone"))
    clone = tmp_path / "clone" / "models" / "m.yaml"
    for ref in ("origin/main", "HEAD~1"):
        with pytest.raises(LstmcountError, match=r"shallow clone.*fetch-depth: 0"):
            git.source_at(clone, ref)
    repository.git("-C", str(tmp_path / "clone"), "fetch", "-q", "--depth=1", url, "main:main")
    with pytest.raises(LstmcountError, match=r"no commit in common: this is a shallow clone"):
        git.source_at(clone, "main")


def test_outside_of_any_repository(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(OLD)
    with pytest.raises(LstmcountError, match="not in a git repository"):
        git.source_at(path, "main")


def test_a_work_tree_elsewhere(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    repository.git("config", "core.worktree", str(tmp_path / "elsewhere"))
    with pytest.raises(LstmcountError, match="not in the work tree"):
        at(repository, "models/m.yaml")


def test_a_refusal_of_git_names_the_command_that_it_proposes() -> None:
    errors = (
        "fatal: detected dubious ownership in repository at '/w'\n"
        "To add an exception for this directory, call:\n\n"
        "\tgit config --global --add safe.directory /w\n"
    )
    assert git_command.Done(128, b"", errors).reason == (
        "detected dubious ownership in repository at '/w': "
        "git config --global --add safe.directory /w"
    )


def test_a_folder_of_the_project_that_looks_like_a_repository(repository: Repository) -> None:
    repository.git("init", "-q", "--bare", "models")
    repository.git("-C", "models", "config", "core.worktree", str(repository.folder))
    with pytest.raises(LstmcountError, match="git does not use the repository here: cannot use"):
        at(repository, "models/m.yaml")


def test_replacements_of_commits_are_not_followed(repository: Repository) -> None:
    repository.git("replace", "main", "feature")
    assert text_of(at(repository, "models/m.yaml")) == OLD


def test_output_without_end(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tree whose subtrees repeat ten times at each level lists more files than there are."""
    monkeypatch.setattr(git_command, "MAX_OUTPUT", 2**20)
    tree = repository.git("rev-parse", "main:models").strip()
    for _ in range(9):
        entries = "".join(f"040000 tree {tree}\t{name}\n" for name in "abcdefghij")
        made = repository.folder / "entries"
        made.write_text(entries)
        with made.open() as file:
            tree = (
                subprocess.run(
                    ["git", "mktree"],
                    cwd=repository.folder,
                    stdin=file,
                    capture_output=True,
                    check=True,
                )
                .stdout.decode()
                .strip()
            )
    with pytest.raises(LstmcountError, match="prints more than"):
        git.files_at(repository.folder, tree, ".")


def test_a_program_of_the_folder_is_not_git(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = repository.write("git", "#!/bin/sh\necho found > mark\n")
    script.chmod(0o755)
    monkeypatch.chdir(repository.folder)
    monkeypatch.setenv("PATH", f".:{os.environ['PATH']}")
    assert text_of(at(repository, "models/m.yaml")) == OLD
    assert not (repository.folder / "mark").exists()


def test_a_missing_git_is_an_error(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(LstmcountError, match="git is not installed"):
        at(repository, "models/m.yaml")


def test_models_within_models_come_from_the_base_too(repository: Repository) -> None:
    repository.git("checkout", "-q", "main")
    repository.commit(
        **{"models/outer.yaml": spec({"model": "parts/inner.yaml"}), "models/parts/inner.yaml": OLD}
    )
    repository.git("checkout", "-q", "-B", "feature")
    repository.commit(**{"models/parts/inner.yaml": spec({"Dense": 64})})
    now = infer(read(Source("outer.yaml", (repository.folder / "models/outer.yaml").read_bytes(),
                            folder=repository.folder / "models")))  # fmt: skip
    source = at(repository, "models/outer.yaml")
    assert source is not None
    assert (now.total_params, infer(read(source)).total_params) == (64 * 9, 9)
    repository.git("checkout", "-q", "main")
    repository.git("rm", "-q", "models/parts/inner.yaml")
    repository.git("commit", "-q", "-m", "gone")
    git.merge_base.cache_clear()
    source = at(repository, "models/outer.yaml")
    assert source is not None
    with pytest.raises(LstmcountError, match=r"inner.yaml does not exist there"):
        read(source)


def is_unchanged(path: Path, text: str) -> bool:
    data = text.encode()
    return git.is_unchanged(path, "main", io.BytesIO(data), len(data))


def test_unchanged_files_are_recognised_by_hash(repository: Repository, tmp_path: Path) -> None:
    path = repository.folder / "models/m.yaml"
    assert is_unchanged(path, OLD)
    assert not is_unchanged(path, NEW)
    assert not is_unchanged(repository.folder / "models/new.yaml", OLD)
    longer = Repository(tmp_path / "longer", "--object-format=sha256")
    longer.commit(**{"m.yaml": OLD})
    assert is_unchanged(longer.folder / "m.yaml", OLD)
    assert not is_unchanged(longer.folder / "m.yaml", NEW)


@pytest.mark.parametrize("suffix", ["h5", "keras"])
def test_a_binary_file(repository: Repository, suffix: str) -> None:
    pytest.importorskip("h5py")
    old = ROOT / f"tests/golden/models/fitted_adam/model.{suffix}"
    path = repository.folder / f"m.{suffix}"
    path.write_bytes(old.read_bytes())
    repository.commit()
    path.write_bytes(b"something else")
    found = git.source_at(path, "HEAD")
    assert found is not None
    assert infer(read(found)).total_params == summarize(old).total_params
    with old.open("rb") as file:
        assert git.is_unchanged(path, "HEAD", file, old.stat().st_size)


def test_the_modules_of_a_program_are_those_of_the_base(repository: Repository) -> None:
    program = "import keras\nfrom sizes import N\n"
    program += "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(N)])\n"
    repository.commit(**{"net/m.py": program, "net/sizes.py": "N = 3\n"})
    repository.commit(**{"net/sizes.py": "N = 5\n"})
    now = repository.folder / "net/m.py"
    found = git.blob(repository.folder, repository.git("rev-parse", "HEAD~1").strip(),
                     "net/m.py", "HEAD~1:net/m.py")  # fmt: skip
    assert found is not None
    assert infer(read(found)).total_params == 15
    assert summarize(now).total_params == 25


@pytest.fixture
def saved(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "r")
    for name, files in folders.SAVED.items():
        for file, data in files.items():
            found.write(f"models/{name}/{file}", "").write_bytes(data)
    topology = {"format": "layers-model", "modelTopology": MODEL, "weightsManifest": []}
    found.commit(**{"models/web/model.json": json.dumps(topology)})
    found.git("checkout", "-q", "-b", "feature")
    return found


@pytest.mark.parametrize("name", [*folders.SAVED, "web/model.json"])
def test_folders_that_keras_saved(
    call: Call, saved: Repository, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    params = folders.PARAMS.get(name, 8)
    for source in (f"git:main:models/{name}", f"git:HEAD:models/../models/{name}"):
        assert call("count", source, cwd=saved.folder).stdout == f"{params}\n"
    source = f"git:main:{name}"
    assert call("count", source, cwd=saved.folder / "models").stdout == f"{params}\n"
    done = call("check", "--base", "main", f"models/{name}", "--max-increase", "5%",
                cwd=saved.folder)  # fmt: skip
    assert f"params {params} -> {params} (+0" in done.stdout
    assert call("diff", "--base", "main", "models", cwd=saved.folder).stdout == "no difference\n"
    saved.git("rm", "-rq", f"models/{name}")
    done = call("diff", "--base", "main", "models", cwd=saved.folder)
    assert done.stdout.splitlines()[0] == f"models/{name} (removed)"
    assert done.stdout.count("removed") == 1
    done = call("diff", "--base", "main", f"models/{name}", cwd=saved.folder)
    assert done.stdout.splitlines()[0] == f"models/{name} (removed)"
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("git:main:models/none.yaml", "models/none.yaml does not exist in main"),
        ("git:main:models", "main:models: this is a directory"),
        ("git:main:models/web", "main:models/web: this is a folder: give the model.json in it"),
        ("git:nowhere:m.yaml", "git knows no 'nowhere' here (a branch of a remote is origin/now"),
        ("git:main:", "expected git:REV:PATH such as git:main:model.yaml, got 'git:main:'"),
        ("git:--help:m.yaml", "git knows no '--help' here"),
        ("git:main:../../m.yaml", "is not in a git repository"),
    ],
)
def test_files_that_a_revision_lacks(call: Call, saved: Repository, source: str, says: str) -> None:
    done = call("count", source, cwd=saved.folder)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert says in done.stderr


def test_a_folder_of_a_commit_is_bounded(
    call: Call, saved: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Large weights are not copied; a folder with too many files is not a model."""
    monkeypatch.setattr(git, "MAX_OUTPUT", len(folders.SAVED["unpacked"]["config.json"]) + 1000)
    assert call("count", "git:main:models/unpacked", cwd=saved.folder).stdout == "68\n"
    monkeypatch.setattr(git, "MAX_FILES", 2)
    done = call("count", "git:main:models/trained", cwd=saved.folder)
    assert (
        done.stderr
        == "lstmcount: main:models/trained: a folder with more than 2 files is not a model\n"
    )


def test_links_and_names_in_a_folder_of_a_commit_lead_nowhere(
    call: Call, saved: Repository, tmp_path: Path
) -> None:
    (tmp_path / "secret.json").write_bytes(folders.SAVED["unpacked"]["config.json"])
    folder = saved.folder / "models" / "unpacked"
    (folder / "config.json").unlink()
    (folder / "config.json").symlink_to(tmp_path / "secret.json")
    saved.commit()
    done = call("count", "git:HEAD:models/unpacked", cwd=saved.folder)
    expected = (
        "lstmcount: HEAD:models/unpacked: this is a folder: give the model.weights.h5 in it\n"
    )
    assert done.stderr == expected


def test_a_tree_with_names_that_lead_out(
    call: Call, saved: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git writes no such tree itself, but reads one that was made by hand."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))

    def tree(*entries: tuple[str, str, str]) -> str:
        rows = [f"{mode} {name}\0".encode() + bytes.fromhex(sha) for mode, name, sha in entries]
        file = tmp_path / "tree"
        file.write_bytes(b"".join(rows))
        return saved.git("hash-object", "-t", "tree", "-w", "--literally", str(file)).strip()

    (tmp_path / "evil").write_text("{}")
    data = saved.git("hash-object", "-w", str(tmp_path / "evil")).strip()
    outside = tree(("100644", "planted.json", data))
    model = tree(("40000", "..", outside), ("100644", "config.json", data))
    root = tree(("40000", "m", model))
    commit = saved.git("commit-tree", root, "-m", "x").strip()
    done = call("count", f"git:{commit}:m", cwd=saved.folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert not list(tmp_path.rglob("planted.json"))
    assert list((tmp_path / "tmp").iterdir()) == []
