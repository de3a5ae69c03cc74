"""Solve for sizes so that one model is as large as another, for a fair comparison."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lstmcount import summarize

GRU = "variables: {units: 10}\ninput_shape: [5, 126]\nlayers: [{GRU: units}, {Dense: 3}]\n"
LSTM = "input_shape: [5, 126]\nlayers: [{LSTM: 64}, {Dense: 3}]\n"
WANTED = summarize({"input_shape": [5, 126], "layers": [{"LSTM": 64}, {"Dense": 3}]}).total_params


def params(units: int) -> int:
    """Parameters computed by hand: three gates with two biases, and the Dense layer."""
    return 3 * (units * (126 + units) + 2 * units) + 3 * units + 3


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "gru.yaml").write_text(GRU)
    (tmp_path / "lstm.yaml").write_text(LSTM)
    return tmp_path


@pytest.mark.parametrize(
    ("side", "units", "says"),
    [
        ((), 79, f"params 49,299 of {WANTED:,} (208 more)"),
        (("--below",), 78, f"params 48,441 of {WANTED:,} (650 to spare)"),
        (("--above",), 79, f"params 49,299 of {WANTED:,} (208 more)"),
    ],
)
def test_the_nearest_size_below_or_above_is_found(
    call: Any, folder: Path, side: tuple[str, ...], units: int, says: str
) -> None:
    assert params(78) == 48_441 < WANTED < params(79) == 49_299
    done = call("solve", "gru.yaml", "--for", "units", "--like", "lstm.yaml", *side, cwd=folder)
    assert done.stdout.splitlines()[:2] == [f"units = {units}", f"  {says}"]
    assert done.returncode == 0


def test_an_equal_model_is_found(call: Any, folder: Path) -> None:
    (folder / "same.yaml").write_text(GRU)
    args = ("solve", "gru.yaml", "--for", "units", "--like", "same.yaml", "--by", "macs")
    assert "units = 10\n  macs 20,430 of 20,430 (equal)\n" in call(*args, cwd=folder).stdout


def test_another_measure_and_a_range(call: Any, folder: Path) -> None:
    options = ("--like", "lstm.yaml", "--by", "size", "--format", "json")
    done = call("solve", "gru.yaml", "--for", "units=16..128:16", *options, cwd=folder)
    (answer,) = json.loads(done.stdout)
    assert answer["values"] == {"units": 80}
    assert answer["goals"] == [{"limit": f"size near {4 * WANTED:,}", "spare": 4 * 1072}]


def test_an_exact_number_that_no_size_gives(call: Any, folder: Path) -> None:
    done = call("solve", "gru.yaml", "--for", "units", "--exact-params", "49000", cwd=folder)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "lstmcount: no value of units gives params == 49,000; units = 78 gives params 48,441; "
        "units = 79 gives params 49,299\n"
    )


def test_the_nearest_of_several_variables_is_found(call: Any, folder: Path) -> None:
    counts = {(u, d): 3 * (u * (126 + u) + 2 * u) + d * (u + 1)
              for u in range(60, 90) for d in range(1, 9)}  # fmt: skip
    ranges = ("solve", "gru.yaml", "--for", "units=60..89,dense.units=1..8")
    done = call(*ranges, "--like", "lstm.yaml", "--format", "json", cwd=folder)
    (answer,) = json.loads(done.stdout)
    assert answer["measures"]["params"] == min(counts.values(), key=lambda n: abs(n - WANTED))
    assert WANTED + 1 not in counts.values()
    done = call(*ranges, "--exact-params", str(WANTED + 1), cwd=folder)
    below = max(count for count in counts.values() if count <= WANTED)
    above = min(count for count in counts.values() if count > WANTED)
    said = [f"gives params {count:,}" for count in (below, above)]
    assert done.returncode == 1
    assert all(text in done.stderr for text in said), done.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--like", "lstm.yaml", "--max-params", "5"), "--like and a limit (params <= 5)"),
        (("--below", "--max-params", "5"), "--below and --above go with --like"),
        (("--like", "lstm.yaml", "--below", "--above"), "--below and --above: give one of them"),
        (("--like", "none.yaml"), "none.yaml: no such file"),
        (
            ("--like", "lstm.yaml", "--for", "dense.units=1..9"),
            "each needs a range: units=LOW..HIGH",
        ),
        ((), "give a limit, such as --max-params 1M, or --like another model"),
    ],
)
def test_a_comparison_that_cannot_be_made_is_an_error(
    call: Any, folder: Path, arguments: tuple[str, ...], says: str
) -> None:
    done = call("solve", "gru.yaml", "--for", "units", *arguments, cwd=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
