"""`--set` and `--set-file` on every command that takes a model."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from lstmcount.cli.commands import cli
from tests.conftest import Call
from tests.repository import Repository

SPEC = """\
variables: {units: 8}
input_shape: [5, 4]
layers:
  - LSTM: units
"""


def lstm(units: int) -> int:
    return 4 * units * (4 + units + 1)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "m.yaml").write_text(SPEC)
    (tmp_path / "sizes.yaml").write_text("units: 16\n")
    return tmp_path


@pytest.mark.parametrize("name", cli.list_commands(click.Context(cli)))  # type: ignore[attr-defined]
def test_every_command_that_takes_a_model_takes_settings(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)  # type: ignore[attr-defined]
    names = {option for parameter in command.params for option in parameter.opts}
    if {"source", "sources"} & names:
        assert {"--set", "--set-file", "--model"} <= names


@pytest.mark.parametrize("given", [("--set", "units=16"), ("--set-file", "sizes.yaml")])
def test_check_diff_and_init(call: Call, model: Path, given: tuple[str, str]) -> None:
    done = call("check", "m.yaml", *given, "--exact-params", str(lstm(16)), cwd=model)
    assert (done.returncode, done.stderr) == (0, "")
    assert call("diff", "m.yaml", "m.yaml", *given, cwd=model).stdout == "no difference\n"
    done = call("init", "m.yaml", *given, "--headroom", "0", "--output", "-", cwd=model)
    assert "max_params: 1.35k" in done.stdout


def test_settings_hold_for_the_base_too(call: Call, tmp_path: Path) -> None:
    project = Repository(tmp_path / "project")
    project.commit(**{"m.yaml": SPEC})
    project.git("checkout", "-q", "-b", "feature")
    project.commit(**{"m.yaml": SPEC + "  - Dense: 3\n"})
    base = ("m.yaml", "--base", "main", "--set", "units=16")
    done = call("diff", *base, cwd=project.folder)
    assert f" {lstm(16):,} -> {lstm(16) + 51:,} " in done.stdout
    done = call("check", *base, "--max-increase", "51", cwd=project.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert call("check", *base, "--max-increase", "50", cwd=project.folder).returncode == 1
    lock = ("m.yaml", "--set", "units=16", "--baseline", "other.lock")
    assert call("check", *lock, "--update-baseline", cwd=project.folder).returncode == 0
    assert f"{lstm(16) + 51}" in (project.folder / "other.lock").read_text()


def test_a_setting_that_is_no_variable_of_the_source(call: Call, model: Path) -> None:
    for command in ("check", "init", "verify"):
        options = ("--output", "-") if command == "init" else ()
        done = call(command, "m.yaml", *options, "--set", "unit=16", cwd=model)
        assert done.returncode == 2
        assert "there is no variable and no layer's argument 'unit'. Did you mean units?" in (
            done.stdout + done.stderr
        )


def test_only_an_argument_that_a_layer_has_is_suggested(call: Call, model: Path) -> None:
    (model / "m.json").write_text(call("convert", "m.yaml", "--to", "json", cwd=model).stdout)
    done = call("count", "m.json", "--set", "units=4", cwd=model)
    assert "Did you mean" in done.stderr
    assert ".units?" in done.stderr
    done = call("count", "m.json", "--set", "nosuch=4", cwd=model)
    assert "'nosuch'. Write variable=VALUE or layer.argument=VALUE." in done.stderr


def test_a_sweep_of_a_file_of_settings(call: Call, model: Path) -> None:
    (model / "m.yaml").write_text(SPEC.replace("[5, 4]", "[n, 4]").replace("8}", "8, n: 5}"))
    arguments = ("sweep", "m.yaml", "--set-file", "sizes.yaml", "--set", "n=5..6")
    done = call(*arguments, "--format", "csv", cwd=model)
    assert [line.split(",")[1] for line in done.stdout.split()[1:]] == [str(lstm(16))] * 2
