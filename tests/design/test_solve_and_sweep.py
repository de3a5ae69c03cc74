"""Solve and sweep: a solution meets the limits, and the next value does not."""

from __future__ import annotations

import concurrent.futures
import csv
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.api.sweep import sweep
from lstmcount.design import solve
from lstmcount.design.formula import formatted, formulas, open_variables
from lstmcount.design.solve import Goal, pareto_front, solve_one
from lstmcount.design.template import Template
from lstmcount.sources import open_path, open_source
from tests.conftest import ROOT, Call

SPEC = ROOT / "configs" / "variable_sizes.yaml"
NAME = "configs/variable_sizes.yaml"


def template(*variables: str) -> Template:
    return Template(open_path(SPEC), variables)


def plain(**values: int) -> int:
    """Measures without tracing."""
    from lstmcount.graph.inference import infer
    from lstmcount.sources import read

    return infer(read(open_path(SPEC), settings=values)).total_params


@pytest.mark.parametrize("limit", [1_000, 100_000, 1_000_000, 10**9, 10**18])
def test_the_largest_that_fits(limit: int) -> None:
    answer = solve_one(template("units"), "units", [Goal("max", "params", limit)])
    assert answer is not None
    units = answer.values["units"]
    assert plain(units=units) == answer.measures.params <= limit < plain(units=units + 1)
    assert answer.evaluations < 20


def test_the_smallest_that_reaches() -> None:
    answer = solve_one(template("units"), "units", [Goal("min", "params", 10**6)])
    assert answer is not None
    units = answer.values["units"]
    assert plain(units=units - 1) < 10**6 <= plain(units=units)


def test_an_exact_goal_has_one_solution_or_none() -> None:
    assert solve_one(template("units"), "units", [Goal("exact", "params", 181_124)]) is None
    answer = solve_one(template("units"), "units", [Goal("exact", "params", 181_123)])
    assert answer is not None
    assert answer.values == {"units": 64}


def test_one_variable_without_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Solutions are the same without NumPy, also if the counts branch or the layers change."""
    fewer = msgspec.structs.replace(solve.FAST, samples=256)  # one by one, more take seconds
    monkeypatch.setattr(solve, "FAST", fewer)
    convolution = {
        "variables": {"n": 9},
        "input_shape": ["n", "n", 3],
        "layers": [{"Conv2D": {"filters": 8, "kernel_size": 3, "strides": 2}}, "Flatten",
                   {"Dense": "min(n, 20)"}],
    }  # fmt: skip
    questions = [
        (open_path(SPEC), "units", Goal("max", "params", 10**6)),
        (open_path(SPEC), "units", Goal("max", "size", 10**15)),
        (open_path(SPEC), "depth", Goal("max", "params", 10**6)),
        (open_path(SPEC), "units", Goal("exact", "params", 181_123)),
        (open_source(convolution), "n", Goal("max", "params", 10_000)),
        (open_source(convolution), "n", Goal("min", "macs", 10_000)),
    ]

    def answers() -> list[Any]:
        return [
            solve_one(Template(source, (name,)), name, [goal]) for source, name, goal in questions
        ]

    with_numpy = answers()
    monkeypatch.setattr("lstmcount.design.solve.has_numpy", lambda: False)
    monkeypatch.setattr("lstmcount.design.vectorised.numpy", None)
    assert answers() == with_numpy


def test_a_structural_variable() -> None:
    answer = solve_one(template("depth"), "depth", [Goal("max", "params", 10**6)], range(1, 100))
    assert answer is not None
    depth = answer.values["depth"]
    assert plain(depth=depth) <= 10**6 < plain(depth=depth + 1)


def test_a_count_that_does_not_grow_steadily_is_searched() -> None:
    spec = {"variables": {"n": 3}, "input_shape": [4], "layers": [{"Dense": "1 + n % 7"}]}
    one = Template(open_source(spec), ("n",))
    answer = solve_one(one, "n", [Goal("max", "params", 20)], range(1, 30))
    assert answer is not None
    assert not answer.monotone
    assert answer.values == {"n": 29}  # 29 % 7 == 1, while 25, 26 and 27 give too many


def test_problems_without_a_solution() -> None:
    assert solve_one(template("units"), "units", [Goal("max", "params", 10)]) is None
    spec = {"variables": {"t": 3}, "input_shape": ["t", 4], "layers": [{"LSTM": 2}]}
    with pytest.raises(LstmcountError, match="does not change the params"):
        solve_one(Template(open_source(spec), ("t",)), "t", [Goal("max", "params", 10)])


def test_the_front_of_two_variables() -> None:
    grid = {"units": range(16, 129, 16), "depth": range(1, 5)}
    answers = pareto_front(template("units", "depth"), grid, [Goal("max", "params", 500_000)])
    points = [(a.values["units"], a.values["depth"]) for a in answers]
    fitting = {
        (u, d) for u in grid["units"] for d in grid["depth"] if plain(units=u, depth=d) <= 500_000
    }
    best = {
        p for p in fitting if not any(q != p and q[0] >= p[0] and q[1] >= p[1] for q in fitting)
    }
    assert set(points) == best


def test_sweep_is_plain_counting_exact_beyond_64_bits() -> None:
    grid = {"units": [1, 64, 10**10], "depth": [1, 2]}
    for record in sweep(SPEC, grid).records():
        expected = plain(units=record["units"], depth=record["depth"])
        assert record["params"] == expected
    assert sweep(SPEC, {"units": [10**10]}).columns["params"][0] > 2**63


def test_an_executor_changes_no_point_of_a_sweep() -> None:
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        parallel = sweep(SPEC, {"units": range(1, 50)}, executor=pool)
    alone = sweep(SPEC, {"units": range(1, 50)})
    assert list(parallel.records()) == list(alone.records())


def test_a_sample_is_repeatable_and_a_part_of_the_grid() -> None:
    grid = {"units": range(1, 10**9)}
    first, second = (sweep(SPEC, grid, sample=20, seed=7) for _ in range(2))
    assert list(first.records()) == list(second.records())
    for record in first.records():
        assert record["params"] == plain(units=record["units"])


def test_pareto_and_sort() -> None:
    points = sweep(SPEC, {"units": range(1, 20)}, where="params > 1_000 and units % 2 == 0")
    assert {record["units"] % 2 for record in points.records()} == {0}
    assert [r["units"] for r in points.pareto(["params", "macs"]).records()] == [2]
    falling = [r["units"] for r in points.sorted_by("-params").records()]
    assert falling == sorted(falling, reverse=True)


@pytest.mark.parametrize("point", [(1, 1, 1), (64, 126, 3), (1000, 7, 50), (3, 10**6, 2)])
def test_the_formula_is_plain_counting(point: tuple[int, int, int]) -> None:
    values = dict(zip(("units", "features", "actions"), point, strict=True))
    found = formulas(open_variables(open_path(SPEC)))
    assert found.at(values) == plain(**values)
    assert sum(layer.params for layer in found.layers) == found.total


def test_a_sample_has_no_negative_seed(call: Any) -> None:
    done = call("sweep", str(SPEC), "--set", "units=1..9", "--sample", "5", "--seed", "-1")
    assert done.returncode == 2
    assert "-1 is not in the range" in done.stderr


def test_a_convolutions_floors_stay_exact() -> None:
    spec: dict[str, Any] = {
        "variables": {"length": 100, "filters": 8},
        "input_shape": ["length", 3],
        "layers": [
            {"Conv1D": {"filters": "filters", "kernel_size": 5, "strides": 3}},
            "Flatten",
            {"Dense": 2},
        ],
    }
    found = formulas(open_variables(open_source(spec)))
    for length in (5, 6, 7, 8, 100, 1001):
        spec["variables"]["length"] = length
        expected = summarize(spec).total_params
        assert found.at({"length": length, "filters": 8}) == expected


def test_the_commands_solve_and_write_the_size(call: Call, tmp_path: Path) -> None:
    done = call("solve", NAME, "--for", "units", "--max-params", "1M")
    assert done.stdout.splitlines()[0] == "units = 159"
    assert call("solve", NAME, "--for", "units", "--max-params", "10").returncode == 1
    copy = tmp_path / "model.yaml"
    shutil.copy(SPEC, copy)
    done = call("solve", str(copy), "--for", "units=32..512:32", "--max-params", "1M", "--write")
    assert done.returncode == 0
    assert copy.read_text() == SPEC.read_text().replace("units: 64", "units: 128")
    output = tmp_path / "points.csv"
    call("sweep", NAME, "--set", "units=1..5", "--format", "csv", "-o", str(output))
    rows = list(csv.DictReader(output.open()))
    assert [int(row["params"]) for row in rows] == [plain(units=u) for u in range(1, 6)]
    lines = call("sweep", NAME, "--set", "units=1..5", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["units"] for line in lines] == [1, 2, 3, 4, 5]


WRONG = [
    (["solve", NAME, "--for", "unit", "--max-params", "1M"], "Did you mean units?"),
    (["solve", NAME, "--for", "units"], "give a limit"),
    (["solve", NAME, "--for", "units=9..3", "--max-params", "1M"], "reversed"),
    (["solve", NAME, "--for", "units", "--max-params", "lots"], "expected an amount"),
    (["solve", NAME, "--for", "dense.activation", "--max-params", "1M"], "has no value"),
    (["sweep", NAME, "--set", "units=64"], "give a range"),
    (["sweep", NAME, "--set", "units=1..1000000000000000"], "--sample"),
    (["sweep", NAME, "--set", "units=1..3", "--where", "params"], "is not a condition"),
    (["sweep", NAME, "--set", "units=1..3", "--where", "parms < 3"], "Did you mean params?"),
    (["sweep", NAME, "--set", "units=1..3", "--sort", "size_of"], "there is no column"),
    (["sweep", NAME, "--set", "units=1..3", "--plot", "x.gif"], "a picture is one of"),
    (["explain", NAME, "--formula", "--for", "depth"], "decides which layers there are"),
    (["explain", "configs/lstm_cell.yaml", "--formula"], "has no variables"),
]


def test_progress_leaves_nothing_behind(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lstmcount.cli.progress.EVERY", 0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    done = call("sweep", NAME, "--set", "units=8,16")
    assert done.stderr == "2 of 2 (100%)\r\x1b[K"


@pytest.mark.parametrize(("arguments", "words"), WRONG, ids=[" ".join(a[2:]) for a, _ in WRONG])
def test_a_wrong_request_is_one_error(call: Call, arguments: list[str], words: str) -> None:
    done = call(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_min_max_and_round_in_a_formula_and_in_a_sweep() -> None:
    spec: dict[str, Any] = {
        "variables": {"n": 64, "narrow": "min(n, 100)", "part": "round(n*0.3)"},
        "input_shape": ["n"],
        "layers": [{"Dense": "narrow"}, {"Dense": "part"}, {"Dense": "max(part, 10) // 2"}],
    }
    values = [2, 5, 33, 99, 100, 101, 1_005]
    found = formulas(open_variables(open_source(spec)))
    counted = []
    for n in values:
        spec["variables"]["n"] = n
        counted.append(summarize(spec).total_params)
    assert [found.at({"n": n}) for n in values] == counted
    assert list(sweep(spec, {"n": values}).columns["params"]) == counted
    assert "min(100, n)" in formatted(found, "text")
    namespace: dict[str, Any] = {}
    exec(formatted(found, "python"), namespace)
    assert [namespace["params"](n) for n in (10, 20, 300)] == [
        found.at({"n": n}) for n in (10, 20, 300)
    ]
