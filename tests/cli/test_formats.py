"""Every command that prints a table writes it in the same formats, by the same names."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from lstmcount.cli.commands import cli
from lstmcount.renderers.records import RECORDS
from tests.conftest import ROOT, Call

MODELS = ROOT / "tests" / "golden" / "models"
SPEC = "{variables: {units: 3}, input_shape: [4, 2], layers: [{LSTM: units}, {Dense: 2}]}"
COMMANDS = {
    "explain": ("explain", "m.yaml"),
    "layers": ("layers",),
    "arguments": ("layers", "LSTM"),
    "solve": ("solve", "m.yaml", "--for", "units=1..9", "--max-params", "200"),
    "sweep": ("sweep", "m.yaml", "--set", "units=1..3"),
    "trace": ("trace", "m.yaml", "--steps", "2"),
    "verify": ("verify", "m.yaml", str(MODELS / "sequential_lstm" / "model.h5")),
}
TABLES = ("compare", "cost", "count", "diff", "explain", "layers", "log", "solve", "summary",
          "sweep", "trace", "verify")  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_the_names_of_formats_are_the_same(name: str) -> None:
    command = cli.get_command(None, name)  # type: ignore[arg-type]
    assert command is not None
    (option,) = (param for param in command.params if param.name == "fmt")
    assert {"table", *RECORDS} <= {*option.type.choices, "table"}  # type: ignore[attr-defined]
    assert {"text", "table"} & {*option.type.choices}  # type: ignore[attr-defined]
    assert "-o" in {name for param in command.params for name in param.opts}


@pytest.mark.parametrize("args", COMMANDS.values(), ids=list(COMMANDS))
def test_each_format_has_the_same_rows(call: Call, tmp_path: Path, args: tuple[str, ...]) -> None:
    (tmp_path / "m.yaml").write_text(SPEC)
    if args[0] == "verify":
        pytest.importorskip("h5py")
    if args[0] in ("sweep", "trace"):
        pytest.importorskip("numpy")

    def shown(fmt: str) -> str:
        done = call(*args, "--format", fmt, cwd=tmp_path)
        assert done.returncode == (1 if args[0] == "verify" else 0), done.stderr
        return done.stdout

    records = [json.loads(line) for line in shown("jsonl").splitlines()]
    assert records
    json.loads(shown("json"))
    for fmt, delimiter in (("csv", ","), ("tsv", "\t")):
        rows = list(csv.DictReader(io.StringIO(shown(fmt)), delimiter=delimiter))
        assert len(rows) == len(records)
    if args[0] != "explain":  # whose Markdown and LaTeX are derivations
        assert len(shown("markdown").splitlines()) == len(records) + 2
        assert shown("latex").count("\\\\\n") == len(records) + 1


def test_no_digit_is_lost_in_a_table_of_values(call: Call, tmp_path: Path) -> None:
    pytest.importorskip("numpy")
    (tmp_path / "m.yaml").write_text(SPEC)
    args = ("trace", "m.yaml", "--steps", "2", "--format")
    exact = [
        json.loads(line)["value"] for line in call(*args, "jsonl", cwd=tmp_path).stdout.splitlines()
    ]
    lines = call(*args, "markdown", cwd=tmp_path).stdout.splitlines()[2:]
    shown = [float(line.split("|")[-2]) for line in lines]
    assert shown == pytest.approx(exact, rel=1e-5)


@pytest.mark.parametrize("args", [("sweep", "--set", "params=1..3"),
                                  ("solve", "--for", "params", "--max-params", "99")])  # fmt: skip
def test_a_variable_does_not_take_the_column_of_a_measure(
    call: Call, tmp_path: Path, args: tuple[str, ...]
) -> None:
    if args[0] == "sweep":
        pytest.importorskip("numpy")
    (tmp_path / "m.yaml").write_text(SPEC.replace("units", "params"))
    done = call(args[0], "m.yaml", *args[1:], "--format", "csv", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "the variable 'params' is called like a measure" in done.stderr
