"""A project's settings for its models: the model of a program, its values, its classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Call
from tests.repository import Repository, spec

TRAIN = """\
import numpy as np
from keras import Input, Sequential, layers

X = np.load("x.npy")

def build_model(n_classes):
    return Sequential([Input(X.shape[1:]), layers.LSTM(4), layers.Dense(n_classes)])

def build_small(n_classes):
    return Sequential([Input((8,)), layers.Dense(n_classes)])
"""
SETTINGS = """\
models:
  "src/*.py": {set: {n_classes: 5, X.shape: [null, 5, 2]}}
  "src/train.py": {model: build_model, set: {n_classes: 3}}
budgets:
  "src/train.py": {max_params: 127}
"""
PARAMS = 4 * (2 + 4 + 1) * 4 + (4 + 1) * 3


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "train.py").write_text(TRAIN)
    (tmp_path / "lstmcount.yaml").write_text(SETTINGS)
    return tmp_path


def test_every_command_follows_it(call: Call, project: Path) -> None:
    assert call("count", "src/train.py", cwd=project).stdout == f"{PARAMS}\n"
    assert call("count", "train.py", cwd=project / "src").stdout == f"{PARAMS}\n"
    assert f"params {PARAMS} of 127 (100 %)" in call("check", cwd=project).stdout
    for command in ("summary", "cost", "explain", "convert"):
        options = ("--to", "yaml") if command == "convert" else ()
        done = call(command, "src/train.py", *options, cwd=project)
        assert (done.returncode, done.stderr) == (0, "")


def test_the_command_line_wins(call: Call, project: Path) -> None:
    done = call("count", "src/train.py", "--set", "n_classes=1", cwd=project)
    assert done.stdout == f"{PARAMS - 10}\n"
    done = call("count", "src/train.py", "--model", "build_small", cwd=project)
    assert done.stdout == "27\n"


def test_a_value_that_one_of_many_needs(call: Call, project: Path) -> None:
    (project / "src" / "m.yaml").write_text(spec({"Dense": 1}))
    (project / "lstmcount.yaml").write_text("models: {'src/*': {set: {n: 1, dense.units: 2}}}\n")
    assert call("count", "src/m.yaml", cwd=project).stdout == "18\n"
    (project / "src" / "m.yaml").write_text(spec({"Flatten": {}}))
    assert call("count", "src/m.yaml", cwd=project).stdout == "0\n"


def test_the_base_is_read_in_the_same_way(call: Call, project: Path) -> None:
    repository = Repository(project)
    repository.commit()
    (project / "src" / "train.py").write_text(TRAIN.replace("LSTM(4)", "LSTM(8)"))
    done = call("diff", "--base", "main", "src/train.py", cwd=project)
    assert f"total {PARAMS} -> 379" in " ".join(done.stdout.split())
    done = call("check", "--base", "main", "--max-increase", "5%", cwd=project)
    assert f"params {PARAMS} -> 379" in done.stdout


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("models: [a.py]", "1:9: $.models: expected"),
        ("models: {a.py: {sets: {n: 1}}}", "1:17: $.models['a.py'].sets: "),
        ("models: {a.py: {model: 3}}", "1:24: $.models['a.py'].model: expected"),
        ("models: {a.py: {set: [n]}}", "1:22: $.models['a.py'].set: expected"),
    ],
)
def test_wrong_settings_of_a_model_are_placed_in_the_project_file(
    call: Call, project: Path, text: str, says: str
) -> None:
    (project / "lstmcount.yaml").write_text(text + "\n")
    done = call("count", "src/train.py", cwd=project)
    assert done.returncode == 2
    assert f"lstmcount.yaml:{says}" in done.stderr


def test_init_asks_for_what_is_not_known(call: Call, project: Path) -> None:
    (project / "lstmcount.yaml").unlink()
    (project / "m.yaml").write_text(spec({"Dense": 1}))
    (project / "src" / "train.py").write_text(TRAIN + "\nmodel = build_model(3)\n")
    done = call("init", cwd=project)
    assert "budgets of 1 model, 1 to be completed (TODO)" in done.stdout
    text = (project / "lstmcount.yaml").read_text()
    done = call("check", cwd=project)
    assert done.returncode == 2
    assert (
        "src/train.py:7:30: input_layer.shape needs `X.shape[1:]`, which is not known"
        in done.stderr
    )
    assert "note: models: src/train.py: its `set:` has no values: fill in" in done.stderr
    assert "# TODO: src/train.py:7:30: input_layer.shape needs `X.shape[1:]`, which is not" in text
    (project / "lstmcount.yaml").write_text(text.replace('# "X.shape', '"X.shape'))
    assert call("count", "src/train.py", cwd=project).returncode == 0
    assert call("check", cwd=project).returncode == 0


def test_only_what_has_a_budget(call: Call, project: Path) -> None:
    (project / "src" / "train.py").write_text(TRAIN.replace("LSTM(4)", "LSTM(5)"))
    (project / "package.json").write_text('{"layers": [1]}')
    (project / "setup.py").write_text("import setuptools\n")
    others = ("check", "--budgeted", "--quiet", "package.json", "setup.py")
    done = call(*others, cwd=project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = call(*others, "src/train.py", cwd=project)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("FAIL src/train.py: params 178 > 127")
    assert call(*others, "lstmcount.yaml", cwd=project).stdout == done.stdout


def test_a_changed_part_selects_the_models_that_use_it(call: Call, project: Path) -> None:
    """An imported module and a nested spec change the models that use them."""
    (project / "src" / "parts.py").write_text("LAYERS = 5\n")
    (project / "src" / "unused.py").write_text("import keras\n")
    program = f"from parts import LAYERS\n{TRAIN}".replace("LSTM(4)", "LSTM(LAYERS)")
    (project / "src" / "train.py").write_text(program)
    (project / "part.yaml").write_text(spec({"Dense": 3}))
    outer = "input_shape: [5, 8]\nlayers:\n- {model: part.yaml}\n"
    (project / "whole.yaml").write_text(outer)
    (project / "lstmcount.yaml").write_text(SETTINGS + '  "whole.yaml": {max_params: 9}\n')

    def failing(*names: str) -> list[str]:
        done = call("check", "--budgeted", "--quiet", *names, cwd=project)
        assert done.stderr == ""
        return [line.split(":")[0] for line in done.stdout.splitlines() if "FAIL" in line]

    assert failing("src/parts.py") == ["FAIL src/train.py"]
    assert failing("src/parts.py", "src/train.py") == ["FAIL src/train.py"]
    assert failing("part.yaml", "package.json") == ["FAIL whole.yaml"]
    assert failing("src/unused.py") == []


def test_an_entry_without_a_budget_is_named(call: Call, project: Path) -> None:
    settings = SETTINGS.replace('"src/train.py": {max', '"src/*.yaml": {max')
    (project / "lstmcount.yaml").write_text(settings)
    (project / "src" / "m.yaml").write_text(spec({"Dense": 1}))
    done = call("check", cwd=project)
    assert done.returncode == 0
    assert done.stderr.splitlines() == [
        f"note: models: {glob}: no budget names it, so it is not checked"
        for glob in ("src/*.py", "src/train.py")
    ]
    assert call("check", cwd=project / "src").stderr == done.stderr


def test_a_file_of_a_commit_has_the_budgets_of_its_path(call: Call, project: Path) -> None:
    repository = Repository(project)
    repository.commit()
    for folder, name in ((project, "src/train.py"), (project / "src", "train.py")):
        done = call("check", f"git:HEAD:{name}", cwd=folder)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"ok   HEAD:src/train.py: params {PARAMS} of 127 (100 %)\n"
    (project / "src" / "train.py").write_text(TRAIN.replace("LSTM(4)", "LSTM(8)"))
    repository.commit()
    limits = ("--base", "HEAD~1", "--max-increase", "0")
    done = call("check", "git:HEAD:src/train.py", *limits, cwd=project)
    assert done.returncode == 1
    assert f"params {PARAMS} -> 379" in done.stdout


def test_budgets_of_layers_by_class_and_glob(call: Call, project: Path) -> None:
    for pattern, status in (("LSTM", 1), ("lst*", 1), ("Den*", 0), ("Lsmt", 2)):
        (project / "lstmcount.yaml").write_text(
            SETTINGS.replace(
                "{max_params: 127}", f"{{layers: {{'{pattern}': {{max_params: 50}}}}}}"
            )
        )
        done = call("check", cwd=project)
        assert done.returncode == status, (pattern, done.stdout)
    assert "Did you mean LSTM?" in done.stderr
