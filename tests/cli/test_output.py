"""One vocabulary: the same formats, and `-o`, in all commands."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from lstmcount.cli.commands import cli
from tests.conftest import ROOT, Call
from tests.repository import Repository, spec

MODEL = str(ROOT / "configs" / "action_recognition.yaml")
KERAS = str(ROOT / "tests" / "golden" / "models" / "fitted_adam" / "model.keras")
COMMANDS = {
    "summary": (MODEL,),
    "count": (MODEL, KERAS),
    "cost": (MODEL,),
    "explain": (MODEL,),
    "layers": ("LSTM",),
    "verify": (KERAS,),
    "trace": (MODEL, "--layer", "lstm", "--input", "random"),
    "check": (MODEL, "--max-params", "1M"),
    "diff": (MODEL, KERAS),
    "sweep": (MODEL, "--set", "lstm.units=8,16"),
    "solve": (MODEL, "--for", "lstm.units", "--max-params", "200k"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_text_is_table_and_a_file_holds_what_would_be_printed(
    call: Call, tmp_path: Path, name: str
) -> None:
    printed = call(name, *COMMANDS[name])
    assert printed.returncode == 0, printed.stderr
    assert printed.stdout
    for fmt in ("text", "table"):
        out = tmp_path / fmt
        done = call(name, *COMMANDS[name], "--format", fmt, "-o", str(out))
        assert (done.returncode, done.stdout) == (0, "")
        assert out.read_text() == printed.stdout
    as_json = call(name, *COMMANDS[name], "--format", "json", "--output", "-")
    if name != "sweep":
        json.loads(as_json.stdout)


@pytest.mark.parametrize("name", ["summary", "count", "cost", "diff"])
def test_every_table_in_every_format(call: Call, name: str) -> None:
    for fmt in ("json", "jsonl", "csv", "tsv", "markdown", "latex"):
        done = call(name, *COMMANDS[name], "--format", fmt)
        assert (done.returncode, bool(done.stdout)) == (0, True)


def test_every_command_writes_files_and_takes_a_project_file() -> None:
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"-o", "--output"} <= options, name
        assert "--config" in options or name in ("layers", "schema"), name


def test_the_schema_goes_into_a_file(call: Call, tmp_path: Path) -> None:
    assert call("schema", "-o", str(tmp_path / "s.json")).stdout == ""
    assert "$defs" in json.loads((tmp_path / "s.json").read_text())


def test_a_file_is_written_though_the_status_is_1(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = call("diff", MODEL, KERAS, "--exit-code", "-o", str(out))
    assert (done.returncode, "total" in out.read_text()) == (1, True)
    (tmp_path / "bad.yaml").write_text("layers: [")
    done = call("count", MODEL, str(tmp_path / "bad.yaml"), "-o", str(out))
    assert (done.returncode, out.read_text().splitlines()[-1]) == (2, "203459 total")


def test_a_file_stays_unchanged_after_an_error(call: Call, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("old")
    done = call("cost", str(tmp_path / "none.yaml"), "-o", str(out))
    assert (done.returncode, out.read_text()) == (2, "old")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    done = call("count", MODEL, "-o", str(tmp_path / "no" / "out"))
    assert done.returncode == 2
    assert "cannot write: no such file or directory" in done.stderr


def test_changes_and_histories_as_rows(call: Call, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    repository.commit(**{"m.yaml": spec({"Dense": 2})})
    repository.commit(**{"m.yaml": spec({"Dense": 3})})
    done = call("diff", "--base", "HEAD~1", "m.yaml", "--format", "csv", cwd=repository.folder)
    assert done.stdout.splitlines() == [
        "model,layer,change,old_params,new_params,old_macs,new_macs",
        "m.yaml,dense,changed,18,27,80,120",
        "m.yaml,,changed,18,27,80,120",
    ]
    for fmt in ("json", "markdown", "tsv", "latex"):
        done = call("log", "m.yaml", "--format", fmt, cwd=repository.folder)
        assert (done.returncode, "27" in done.stdout) == (0, True)


def test_sizes_that_models_leave_open(call: Call, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    model = {"input_shape": [None, 8], "layers": [{"LSTM": 4}]}
    repository.commit(**{"m.yaml": json.dumps(model)})
    options = ("--format", "jsonl", "--timesteps", "10")
    (row,) = call("log", "m.yaml", *options, cwd=repository.folder).stdout.splitlines()
    assert json.loads(row)["macs"] == 10 * 4 * 4 * (8 + 4)


def test_another_project_file(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(
        "import keras\nm = keras.Sequential([keras.Input((n,)), keras.layers.Dense(2)])\n"
    )
    (tmp_path / "other.yaml").write_text("models: {m.py: {set: {n: 8}}}\n")
    for name in ("count", "summary"):
        done = call(name, "m.py", "--config", "other.yaml", cwd=tmp_path)
        assert (done.returncode, "18" in done.stdout) == (0, True)
    sweep = ("sweep", "m.py", "--set", "dense.units=2,3", "--config", "other.yaml")
    assert "27" in call(*sweep, cwd=tmp_path).stdout
