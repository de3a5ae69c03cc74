"""Files beside the models that came with somebody's project: what they name and what they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Call
from tests.repository import spec
from tests.safety.bounded import MODEL as KERAS
from tests.safety.bounded import run as run_bounded

MODEL = spec({"Dense": 1})
BUDGET = "budgets:\n  m.yaml: {max_params: 99}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "m.yaml").write_text(MODEL)
    (tmp_path / "elsewhere").mkdir()
    return folder


def name_baseline(project: Path, name: str) -> None:
    (project / "lstmcount.yaml").write_text(f"baseline: {name}\n{BUDGET}")


def _link(project: Path) -> None:
    (project / "b.lock").symlink_to("../elsewhere/b.lock")
    name_baseline(project, "b.lock")


def _linked_folder(project: Path) -> None:
    (project / "linked").symlink_to("../elsewhere")
    name_baseline(project, "linked/b.lock")


def _usual_name(project: Path) -> None:
    (project / "lstmcount.lock").symlink_to("../elsewhere/b.lock")
    (project / "lstmcount.yaml").write_text(BUDGET)


def named(name: str) -> Callable[[Path], None]:
    return lambda project: name_baseline(project, name.format(elsewhere=project.parent))


# How a project makes its baseline lie elsewhere.
ELSEWHERE: dict[str, Callable[[Path], None]] = {
    "above": named("../elsewhere/b.lock"),
    "there and back": named("sub/../../elsewhere/b.lock"),
    "absolute": named("{elsewhere}/elsewhere/b.lock"),
    "a device": named("/dev/null"),
    "a NUL": named(r'"b\0.lock"'),
    "of git": named(".git/b.lock"),
    "a link": _link,
    "in a linked folder": _linked_folder,
    "a link of the usual name": _usual_name,
}


@pytest.mark.parametrize("plant", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_project_names_no_baseline_elsewhere(
    call: Call, project: Path, plant: Callable[[Path], None]
) -> None:
    plant(project)
    done = call("check", "m.yaml", "--update-baseline", cwd=project)
    assert done.returncode == 2
    assert "is not in the project's folder" in done.stderr
    assert done.stderr.count("\n") == 1
    assert os.listdir(project.parent / "elsewhere") == os.listdir(project / ".git") == []


def test_the_error_says_where_the_project_names_it(call: Call, project: Path) -> None:
    name_baseline(project, "../b.lock")
    assert "lstmcount.yaml:1:11: $.baseline: '../b.lock'" in call("check", cwd=project).stderr


@pytest.mark.parametrize("name", ["b.lock", "sub/b.lock", "~/b.lock", "sub/link.lock"])
def test_a_baseline_inside_is_written(call: Call, project: Path, name: str) -> None:
    (project / "~").mkdir()
    (project / "sub" / "link.lock").symlink_to("../b.lock")
    name_baseline(project, name)
    assert call("check", "m.yaml", "--update-baseline", cwd=project).returncode == 0
    assert '"params": 9' in (project / name).read_text()
    assert call("check", "--max-increase", "0%", cwd=project).returncode == 0


def test_the_command_line_names_a_baseline_anywhere(call: Call, project: Path) -> None:
    args = ("check", "m.yaml", "--baseline", "../elsewhere/b.lock", "--max-increase", "0%")
    assert call(*args, "--update-baseline", cwd=project).returncode == 0
    assert call(*args, cwd=project).returncode == 0


@pytest.mark.parametrize(
    "glob",
    ["../elsewhere/*.yaml", "{elsewhere}/**/*.yaml", "sub/*.yaml", "../nowhere/*.yaml",
     '"https://localhost:1/*.yaml"'],
)  # fmt: skip
def test_a_project_checks_no_models_elsewhere(call: Call, project: Path, glob: str) -> None:
    (project.parent / "elsewhere" / "m.yaml").write_text(MODEL)
    (project / "sub" / "m.yaml").symlink_to("../../elsewhere/m.yaml")
    glob = glob.format(elsewhere=project.parent)
    (project / "lstmcount.yaml").write_text(f"budgets:\n  {glob}: {{max_params: 99}}\n")
    done = call("check", cwd=project)
    assert done.returncode == 2
    assert "is not in the project's folder" in done.stderr


def test_models_found_in_a_folder_are_files_of_it(call: Call, project: Path) -> None:
    (project.parent / "elsewhere" / "m.yaml").write_text(MODEL)
    (project / "sub" / "m.yaml").symlink_to("../../elsewhere/m.yaml")
    done = call("init", cwd=project)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "sub/m.yaml: it leads out of its folder" in done.stderr
    (project / "sub" / "m.yaml").unlink()
    os.mkfifo(project / "sub" / "m.yaml")
    done = call("init", "--force", cwd=project)
    assert "sub/m.yaml: this is a pipe, not a file" in done.stderr
    done = call("diff", "sub", ".", cwd=project)
    assert done.returncode == 2
    assert done.stderr.count("this is a pipe, not a file") == 2


def test_files_of_a_model_s_folder_are_in_the_folder_that_was_searched(
    call: Call, project: Path
) -> None:
    saved = project / "sub" / "saved"
    saved.mkdir()
    (saved / "metadata.json").write_text("{}")
    (saved / "config.json").write_text(KERAS)
    (saved / "model.weights.h5").symlink_to("../../../elsewhere/weights.h5")
    (project.parent / "elsewhere" / "weights.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    (project / "lstmcount.yaml").write_text("budgets:\n  sub/saved: {max_params: 99}\n")
    assert call("count", "sub/saved", cwd=project).returncode == 0
    for args in (["count", "sub"], ["check"]):
        done = call(*args, cwd=project)
        assert "sub/saved: it leads out of its folder" in done.stderr, args
        assert done.returncode == 2


def _plant_shards(folder: Path, elsewhere: Path) -> None:
    """A list of weights in `folder`, and its only shard outside, behind a link."""
    h5py = pytest.importorskip("h5py")
    with h5py.File(elsewhere / "w_00000.weights.h5", "w") as file:
        file["layers/dense/vars/0"] = [[1.0, 2.0]]
    weight_map = {"weight_map": {"/layers/dense/vars": "w_00000.weights.h5"}}
    (folder / "w.weights.json").write_text(json.dumps(weight_map))
    (folder / "w_00000.weights.h5").symlink_to(elsewhere / "w_00000.weights.h5")


def test_shards_of_weights_that_were_found_lie_in_the_folder_that_was_searched(
    call: Call, project: Path
) -> None:
    _plant_shards(project / "sub", project.parent / "elsewhere")
    (project / "lstmcount.yaml").write_text("budgets:\n  sub/*.json: {max_params: 99}\n")
    (project / "outer.yaml").write_text(spec({"model": "sub/w.weights.json"}))
    assert call("count", "sub/w.weights.json", cwd=project).stdout == "2\n"
    for args in ("count sub", "check", "init sub --output -"):
        assert call(*args.split(), cwd=project).returncode == 2, args
    done = call("count", "outer.yaml", cwd=project)
    assert "it leads out of its folder" in done.stderr


def test_a_spec_names_no_folder_with_links_out(call: Call, project: Path) -> None:
    saved = project / "sub" / "saved"
    saved.mkdir()
    (project.parent / "elsewhere" / "config.json").write_text(KERAS)
    (saved / "config.json").symlink_to(project.parent / "elsewhere" / "config.json")
    (saved / "model.weights.h5").write_bytes(b"")
    (project / "outer.yaml").write_text(spec({"model": "sub/saved"}))
    done = call("count", "outer.yaml", cwd=project)
    assert done.returncode == 2
    assert "it leads out of its folder" in done.stderr


def test_the_nearest_baseline_is_no_link_out(call: Call, project: Path) -> None:
    outside = project.parent / "elsewhere" / "b.lock"
    args = ("check", "m.yaml", "--max-increase", "0%")
    call("check", "m.yaml", "--baseline", str(outside), "--update-baseline", cwd=project)
    (project / "lstmcount.lock").symlink_to(outside)
    done = call(*args, cwd=project)
    assert done.returncode == 2
    assert "is not in the project's folder" in done.stdout + done.stderr


def test_init_writes_through_no_link(call: Call, project: Path) -> None:
    (project / "lstmcount.yaml").symlink_to("../elsewhere/x")
    assert call("init", "m.yaml", "--force", cwd=project).returncode == 2
    assert not (project.parent / "elsewhere" / "x").exists()


# Files that are read beside the model, and the command that reads them.
BESIDE = {
    "lstmcount.yaml": ["check", "m.yaml", "--max-params", "9"],
    "pyproject.toml": ["check", "m.yaml", "--max-params", "9"],
    "lstmcount.lock": ["check", "m.yaml", "--max-increase", "1"],
    "b.lock": ["check", "m.yaml", "--baseline", "b.lock", "--max-increase", "1"],
    "new.lock": ["check", "m.yaml", "--baseline", "new.lock", "--update-baseline"],
    "c.yaml": ["check", "m.yaml", "--config", "c.yaml", "--max-params", "9"],
    "s.yaml": ["count", "m.yaml", "--set-file", "s.yaml"],
    "part.yaml": ["count", "outer.yaml"],
}


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _large(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**40)


def _endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize("plant", [_pipe, _large, _endless])
@pytest.mark.parametrize("name", BESIDE)
def test_files_beside_are_regular_and_small(
    project: Path, name: str, plant: Callable[[Path], None]
) -> None:
    (project / "outer.yaml").write_text(spec({"model": "part.yaml"}))
    plant(project / name)
    done = run_bounded(*BESIDE[name], cwd=project)
    assert done.returncode == 2, done.stdout + done.stderr
    assert (done.stderr or done.stdout).count("\n") == 1
    assert "Traceback" not in done.stderr


TOML = {
    "deep": ("[tool.lstmcount]\nbase = " + "[" * 100_000, "nested too deep"),
    "dotted": ("tool.lstmcount." + ".".join("a" * 100_000) + " = 1", "more than 200 dots"),
}


@pytest.mark.parametrize(("text", "words"), TOML.values(), ids=TOML)
def test_toml_that_takes_long(call: Call, project: Path, text: str, words: str) -> None:
    (project / "pyproject.toml").write_text(text)
    done = call("check", "m.yaml", cwd=project)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_process_substitution_is_a_source(project: Path) -> None:
    for source in ("<(cat m.yaml)", "/dev/stdin < m.yaml", "- < m.yaml"):
        command = f"{sys.executable} -m lstmcount count {source}"
        done = subprocess.run(
            ["bash", "-c", command], cwd=project, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout) == (0, "9\n"), source


@pytest.mark.parametrize(
    "args", ["check", "check {}/m.yaml --max-params 9", "check m.yaml", "init", "count m.yaml"]
)
def test_a_folder_that_is_gone(project: Path, args: str) -> None:
    given = f"{sys.executable} -m lstmcount {args.format(project)}"
    command = f"mkdir gone; cd gone; rmdir ../gone; {given}"
    done = subprocess.run(
        ["bash", "-c", command], cwd=project, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "no longer exists" in done.stderr or "m.yaml: no such file" in done.stderr
