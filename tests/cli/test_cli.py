"""The command line as shells use it: pipes, exit statuses, help, completeness."""

from __future__ import annotations

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from platform import python_version

import pytest

from lstmcount import __version__
from lstmcount.cli.commands import SECTIONS
from tests.conftest import ROOT, Call, Run

COMMANDS = {name: example for group in SECTIONS.values() for name, example in group.items()}
CONFIG = "configs/action_recognition.yaml"


def test_help_groups_commands_with_an_example_each(run: Run) -> None:
    text = run("--help").stdout
    for section in SECTIONS:
        assert f"\n{section}:\n" in text
    for example in COMMANDS.values():
        assert f"$ {example}" in text


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(call: Call, name: str) -> None:
    done = call(name, "--help")
    assert done.returncode == 0
    assert f"$ lstmcount {name}" in done.stdout


def test_the_version_names_python_and_the_keras_of_the_golden_files(call: Call) -> None:
    keras = (ROOT / "tests" / "golden" / "keras_version.txt").read_text().strip()
    expected = f"lstmcount {__version__} (counts as Keras {keras}; Python {python_version()})\n"
    assert call("--version").stdout == expected


def test_a_misspelt_command(call: Call) -> None:
    done = call("sumary")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean summary?" in done.stderr


def test_count_is_one_bare_integer(call: Call) -> None:
    assert call("count", CONFIG).stdout == "203459\n"
    assert call("count", "--bytes", CONFIG).stdout == "813836\n"
    assert call("count", "--non-trainable", CONFIG).stdout == "0\n"
    assert call("count", "--layer", "dense*", CONFIG).stdout == "6240\n"


def test_count_goes_on_after_a_bad_file(call: Call, tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("layers: 3\n")
    done = call("count", CONFIG, str(bad), "configs/lstm_cell.yaml")
    assert done.returncode == 2
    assert done.stdout == (
        "203459 configs/action_recognition.yaml\n"
        "  4464 configs/lstm_cell.yaml\n"
        "207923 total\n"
    )  # fmt: skip
    assert "expected a list of layers" in done.stderr
    records = json.loads(call("count", "--format", "json", CONFIG, str(bad)).stdout)
    assert records[0] == {
        "path": CONFIG,
        "total_params": 203459,
        "trainable_params": 203459,
        "non_trainable_params": 0,
    }
    assert set(records[1]) == {"path", "error"}


def test_count_of_many_files_uses_processes_and_keeps_order(run: Run, tmp_path: Path) -> None:
    for i in range(1, 151):
        (tmp_path / f"{i:03}.json").write_text(
            json.dumps({"input_shape": [1], "layers": [{"Dense": i}]})
        )
    done = run("count", *sorted(map(str, tmp_path.iterdir())))
    counts = [int(line.split()[0]) for line in done.stdout.splitlines()]
    assert counts[:-1] == [2 * i for i in range(1, 151)]
    assert counts[-1] == sum(counts[:-1])


def test_no_layer_of_that_name(call: Call) -> None:
    done = call("count", "--layer", "lst", CONFIG)
    assert done.returncode == 2
    assert "no layer is named 'lst'. Did you mean lstm?" in done.stderr


@pytest.mark.parametrize(
    ("pattern", "layers"),
    [
        ("Dense", {"Dense"}),  # the name itself; the class of three
        ("De[n]se", {"Dense", "Decoder", "dense"}),  # as a glob: names and classes
        ("De*", {"Dense", "Decoder", "dense"}),
        ("dens*", {"dense"}),
        ("LSTM", {"lstm"}),
    ],
)
def test_count_and_budgets_take_the_same_layers(
    call: Call, tmp_path: Path, pattern: str, layers: set[str]
) -> None:
    spec = tmp_path / "model.yaml"
    spec.write_text(
        f"""
input_shape: [3, 2]
layers: [LSTM: 1, Dense: {{units: 1, name: Dense}}, Dense: {{units: 3, name: Decoder}}, Dense: 6]
budget: {{layers: {{{json.dumps(pattern)}: {{max_params: 0}}}}}}
"""
    )
    sizes = {"lstm": 16, "Dense": 2, "Decoder": 6, "dense": 24}
    counted = call("count", "--layer", pattern, str(spec))
    assert counted.stdout == f"{sum(sizes[name] for name in layers)}\n"
    checked = call("check", str(spec)).stdout
    assert {name for name in sizes if f"layer {name}: params" in checked} == layers


@pytest.mark.parametrize(
    ("arguments", "status", "line"),
    [
        (["--max-params", "250k"], 0, "ok   {}: params 203,459 of 250,000 (81 %)"),
        (
            ["--max-params", "200k"],
            1,
            "FAIL {}: params 203,459 > 200,000 (over by 3,459, +1.7%)",
        ),
        (["--max-size", "1MB"], 0, "ok   {}: size 813,836 of 1,048,576 bytes (77 %)"),
        (
            ["--exact-params", "203458"],
            1,
            "FAIL {}: params 203,459 != 203,458 (over by 1, +0.0%)",
        ),
        (["--max-trainable-params", "0.1M"], 1, None),
        (["--allow-no-budget"], 0, None),
    ],
)
def test_check_exits_with_its_verdict(
    call: Call, arguments: list[str], status: int, line: str | None
) -> None:
    done = call("check", CONFIG, *arguments)
    assert done.returncode == status
    if line:
        assert done.stdout.splitlines()[0] == line.format(CONFIG)


def test_check_without_any_budget_is_an_error(call: Call) -> None:
    done = call("check", CONFIG)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--max-params" in done.stderr


def test_options_win_over_the_budget_in_the_spec(call: Call) -> None:
    assert call("check", "configs/lstm_cell.yaml").returncode == 0
    assert call("check", "configs/lstm_cell.yaml", "--exact-params", "4k").returncode == 1


def test_a_model_is_read_from_standard_input(run: Run) -> None:
    text = (ROOT / CONFIG).read_text()
    assert run("count", "-", stdin=text).stdout == "203459\n"
    done = run("count", "-", stdin="")
    assert done.returncode == 2
    assert "<stdin>: the file is empty" in done.stderr


def test_a_closed_pipe_is_silent(run: Run) -> None:
    command = f'"{sys.executable}" -m lstmcount schema | head -n 1; echo ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout.splitlines()[-1] == "141"
    assert done.stderr == ""


def test_ctrl_c_ends_a_command_with_130() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "lstmcount", "count", "-"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=20)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in errors


def on_a_terminal(*args: str, columns: int, **env: str) -> str:
    """The output of a command on a terminal of that width."""
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "lstmcount", *args],
        cwd=ROOT,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env={**os.environ, "COLUMNS": str(columns), "TERM": "xterm-256color", **env},
    )
    os.close(follower)
    chunks = []
    while True:
        try:
            chunk = os.read(leader, 65536)
        except OSError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    process.wait(timeout=20)
    os.close(leader)
    return b"".join(chunks).decode().replace("\r\n", "\n")


def test_on_a_terminal_the_table_has_colours_and_fits() -> None:
    text = on_a_terminal("summary", CONFIG, columns=70)
    assert "\x1b[38;5;34m48,896\x1b[0m" in text
    plain = on_a_terminal("summary", CONFIG, columns=70, NO_COLOR="1")
    assert "\x1b[" not in plain
    assert max(map(len, plain.splitlines())) <= 66


def test_colour_can_be_forced_and_refused(call: Call) -> None:
    assert "\x1b[" in call("summary", CONFIG, "--color", "always").stdout
    assert "\x1b[" in call("summary", CONFIG, FORCE_COLOR="1").stdout
    assert "\x1b[" not in call("summary", CONFIG, FORCE_COLOR="1", NO_COLOR="1").stdout
    assert "\x1b[" not in on_a_terminal("summary", CONFIG, "--color", "never", columns=100)


def test_a_terminal_obeys_no_name(tmp_path: Path) -> None:
    layer = {"class_name": "Mine", "config": {"name": "red \x1b[31m", "batch_input_shape": [1, 2]}}
    model = tmp_path / "model.json"
    model.write_text(json.dumps({"class_name": "Sequential", "config": {"layers": [layer]}}))
    for arguments in (["summary"], ["explain"], ["cost"], ["plot", "-o", "-"], ["count"]):
        text = on_a_terminal(*arguments, str(model), columns=80, NO_COLOR="1")
        assert "red \\x1b[31m" in text
        assert "\x1b" not in text


def test_layers_and_unknown_layer(call: Call) -> None:
    text = call("layers", "LSTM").stdout
    assert "units" in text
    assert "4·((features + units)·units + units)" in text
    assert re.search(r"^return_sequences +False +shape$", text, re.MULTILINE)
    assert re.search(r"^units +\(required\) +weights and shape$", text, re.MULTILINE)
    assert "Bidirectional" in call("layers").stdout
    assert "Did you mean LSTM?" in call("layers", "LSTN").stderr
    assert json.loads(call("layers", "Dense", "--format", "json").stdout)["arguments"][0] == {
        "name": "units",
        "required": True,
        "changes": ["weights", "shape"],
    }


def test_an_unknown_column(call: Call) -> None:
    done = call("summary", CONFIG, "--columns", "percnt")
    assert done.returncode == 2
    assert "Did you mean percent?" in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_output_streams_are_no_error(tmp_path: Path, closed: str) -> None:
    out = tmp_path / "model.json"
    command = f"{sys.executable} -m lstmcount summary configs/lstm_cell.yaml"
    for more in ("", f" --format json -o {out}"):
        done = subprocess.run(["sh", "-c", f"{command}{more} {closed}"], cwd=ROOT)
        assert done.returncode == 0
    assert json.loads(out.read_text())["total_params"] == 4464


def test_closed_standard_input_is_an_empty_file() -> None:
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m lstmcount count - <&-"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (2, "lstmcount: <stdin>: the file is empty\n")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
@pytest.mark.parametrize("arguments", [("summary",), ("report", "-o", "-")])
def test_output_is_utf8_whatever_the_encoding_of_standard_output(
    call: Call, monkeypatch: pytest.MonkeyPatch, encoding: str, arguments: tuple[str, ...]
) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding=encoding))
    assert call(*arguments, CONFIG, cwd=ROOT).returncode == 0
    assert "│" in written.getvalue().decode() or "·" in written.getvalue().decode()


@pytest.mark.parametrize(
    ("guess", "command"),
    [
        (["params", CONFIG], ["count", CONFIG]),
        (["flops", CONFIG], ["cost", CONFIG]),
        (["show", CONFIG], ["summary", CONFIG]),
        ([CONFIG], ["summary", CONFIG]),
        ([CONFIG, "--format", "csv"], ["summary", CONFIG, "--format", "csv"]),
        (["help"], ["--help"]),
        (["help", "count"], ["count", "--help"]),
    ],
)
def test_common_first_guesses_at_commands(call: Call, guess: list[str], command: list[str]) -> None:
    done, wanted = call(*guess), call(*command)
    assert (done.returncode, done.stdout) == (0, wanted.stdout)


def test_neither_a_command_nor_a_file(call: Call) -> None:
    done = call("sumary")
    assert done.returncode == 2
    assert "No such command 'sumary'. Did you mean summary?" in done.stderr


ANSWERS = [
    ("summary nope.yaml", "nope.yaml: no such file or directory\n"),
    ("summary actons.yml", "no such file or directory. Did you mean actions.yaml?"),
    ("summary actions.yaml map.yaml", "For several models: `lstmcount compare`"),
    ("plot actions.yaml -o x.svg --cell lstm", "A layer is named by --layer NAME"),
    ("count actions.yaml --layer gru_cell", "no layer is named 'gru_cell'. Known: lstm, dense."),
    (
        "summary actions.yaml --layer-range x lstm",
        "no layer's name matches 'x'. Known: lstm, dense.",
    ),
    ("cost actions.yaml --batch x", "'x' is not an integer."),
    ("summary map.yaml", "write what is under `model:` without that key"),
    ("summary", "model.yaml; - is standard input"),
]


@pytest.mark.parametrize(("line", "words"), ANSWERS, ids=[line for line, _ in ANSWERS])
def test_an_answer_says_what_to_write(call: Call, tmp_path: Path, line: str, words: str) -> None:
    text = "{input_shape: [5, 8], layers: [{LSTM: 3}, {Dense: 2}]}"
    (tmp_path / "actions.yaml").write_text(text)
    (tmp_path / "map.yaml").write_text(f"model: {text}")
    done = call(*line.split(), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


def test_the_tables_of_a_folder_stand_under_their_paths(call: Call, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("{input_shape: [5], layers: [{Dense: 3}]}")
    (tmp_path / "package.json").write_text("{}")
    for source in (".", "*.yaml", "[ab].yaml"):
        lines = call("summary", source, cwd=tmp_path).stdout.splitlines()
        assert [line for line in lines if line.endswith(".yaml")] == ["a.yaml", "b.yaml"]
        assert lines.count(" Total params: 18 (72.00 B)") == 2
    (tmp_path / "b.yaml").write_text("{input_shape: [5], layers: [{Dense: -3}]}")
    done = call("summary", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "a.yaml\n" in done.stdout
    assert "b.yaml" not in done.stdout
    assert "expected a positive integer, got -3" in done.stderr
    done = call("summary", ".", "-o", "all.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert " Total params: 18 (72.00 B)" in (tmp_path / "all.txt").read_text()


def test_the_records_of_a_folder_name_their_paths(call: Call, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("{input_shape: [5], layers: [{Dense: 3}]}")
    (tmp_path / "b.yaml").write_text("{input_shape: [null, 5], layers: [{LSTM: 3}, {Dense: 2}]}")

    def shown(*options: str) -> str:
        done = call("summary", ".", "--format", *options, cwd=tmp_path)
        assert done.returncode == 0
        return done.stdout

    assert [(one["path"], one["total_params"]) for one in json.loads(shown("json"))] == [
        ("a.yaml", 18), ("b.yaml", 116),
    ]  # fmt: skip
    rows = [json.loads(line) for line in shown("jsonl").splitlines()]
    assert [(row["path"], row["name"]) for row in rows] == [
        ("a.yaml", "dense"), ("b.yaml", "lstm"), ("b.yaml", "dense"),
    ]  # fmt: skip
    assert shown("csv", "--columns", "name,macs").splitlines() == [
        "path,name,macs,macs_per_step",
        "a.yaml,dense,15,",
        "b.yaml,lstm,,96",
        "b.yaml,dense,6,",
    ]
    assert shown("markdown").count("\n") == shown("latex").count("\\\\\n") + 1 == 5
    (tmp_path / "b.yaml").write_text("{input_shape: [5], layers: [{Dense: -3}]}")
    done = call("summary", ".", "--format", "json", cwd=tmp_path)
    assert done.returncode == 2
    assert "expected a positive integer, got -3" in json.loads(done.stdout)[1]["error"]
    done = call("summary", ".", "--format", "svg", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "a picture shows one model" in done.stderr


TWO_MODELS = """
import keras
from elsewhere import steps
first = keras.Sequential([keras.Input((steps, 3)), keras.layers.LSTM(2)])
second = keras.Sequential([keras.Input((steps, 3)), keras.layers.LSTM(4)])
"""


def test_count_says_which_model_it_is_beside_the_number(call: Call, tmp_path: Path) -> None:
    (tmp_path / "two.py").write_text(TWO_MODELS)
    (tmp_path / "one.py").write_text(TWO_MODELS.partition("second")[0])
    which = "this is second, the last of 2 models; choose another with --model: first (line 4)"
    done = call("count", "two.py", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "128\n", f"note: {which}\n")
    done = call("count", "one.py", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "48\n", "")
    done = call("count", "one.py", "two.py", cwd=tmp_path)
    assert done.stderr == f"note: two.py: {which}\n"
    assert call("count", ".", cwd=tmp_path).stderr == ""
