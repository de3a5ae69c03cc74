"""The package's functions: their signatures, and that commands print what they return."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import lstmcount
from lstmcount import LstmcountError
from lstmcount.renderers import cost_table
from tests.api import regenerate
from tests.conftest import ROOT, Call

SPEC: dict[str, Any] = {
    "name": "reader",
    "input_shape": [5, 8],
    "layers": [{"LSTM": 4}, {"Dense": 3}],
}
OTHER: dict[str, Any] = {**SPEC, "layers": [{"LSTM": 6}, {"Dense": 3}]}


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "reader.json").write_text(json.dumps(SPEC))
    return str(tmp_path / "reader.json")


def test_the_signatures_are_those_that_are_recorded() -> None:
    """A change here is a change of the API: `python -m tests.api.regenerate`, and the changelog."""
    assert regenerate.text() == regenerate.FILE.read_text()


def test_every_function_has_an_example() -> None:
    for name, function in regenerate.functions():
        assert ">>>" in function.__doc__ or name == "lstmcount.log", name


def test_the_package_imports_only_its_version_before_it_is_used() -> None:
    code = "import lstmcount, sys; print(sorted(m for m in sys.modules if 'lstmcount.' in m))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['lstmcount.version']\n"


def test_rooms_do_not_hide_functions() -> None:
    rooms = {path.stem for path in (ROOT / "lstmcount").iterdir()}
    assert not rooms & set(lstmcount.__all__)


def test_commands_print_what_functions_return(path: str, call: Call) -> None:
    def printed(*args: str) -> Any:
        return call(*args).stdout

    assert printed("cost", path, "--format", "json") == cost_table.as_json(lstmcount.cost(path))
    assert printed("convert", path, "--to", "python") == lstmcount.convert(path, "python").text
    assert printed("plot", path, "-o", "-") == lstmcount.plot(path).data
    assert printed("report", path, "-o", "-") == lstmcount.report(path).html
    rows = json.loads(printed("compare", path, "--format", "json"))
    assert [{"path": path, **each.values} for each in lstmcount.compare(path).models] == rows
    solved = json.loads(printed("solve", path, "--for", "lstm.units", "--max-params", "10k",
                                "--format", "json"))  # fmt: skip
    (solution,) = lstmcount.solve(path, "lstm.units", max_params="10k").solutions
    assert solved[0]["values"] == solution.values
    points = lstmcount.sweep(path, {"lstm.units": "4..6"})
    given = ("--set", "lstm.units=4..6", "--format", "json")
    assert json.loads(printed("sweep", path, *given)) == list(points.records())


def test_functions_of_two_models_compare_them() -> None:
    found = lstmcount.diff(SPEC, OTHER)
    assert [layer.name for layer in found.layers] == ["lstm", "dense"]
    like = lstmcount.solve(OTHER, "lstm.units", like=SPEC)
    assert like.solutions[0].values == {"lstm.units": 4}


def test_options_say_how_a_source_is_read(tmp_path: Path) -> None:
    spec = {"variables": {"units": 4}, "input_shape": [5, 8], "layers": [{"LSTM": "units"}]}
    for settings, count in (({}, 208), ({"units": 8}, 544)):
        assert lstmcount.summarize(spec, settings=settings).total_params == count
        assert lstmcount.compare(spec, settings=settings).models[0].values["params"] == count
        assert lstmcount.explain(spec, settings=settings).derivations[0].params == count
    program = tmp_path / "two.py"
    program.write_text(
        "from keras import Input, Sequential, layers\n"
        "a = Sequential([Input((4,)), layers.Dense(1)])\n"
        "b = Sequential([Input((4,)), layers.Dense(2)])\n"
    )
    assert [lstmcount.summarize(program, model=m).total_params for m in ("a", "b")] == [5, 10]


WRONG: dict[str, Any] = {
    "summarize": lstmcount.summarize,
    "cost": lstmcount.cost,
    "explain": lstmcount.explain,
    "convert": lstmcount.convert,
    "plot": lstmcount.plot,
    "report": lstmcount.report,
    "compare": lstmcount.compare,
    "diff": lambda path: lstmcount.diff(path, SPEC),
    "trace": lstmcount.trace,
    "verify": lstmcount.verify,
}


@pytest.mark.parametrize("name", WRONG)
def test_errors_have_a_place(name: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong.json"
    file.write_text(json.dumps({**SPEC, "layers": [{"LSTM": 0}, {"Dense": 3}]}))
    with pytest.raises(LstmcountError, match=r"wrong\.json:1:\d+: \$\.layers\[0\]\."):
        WRONG[name](str(file))


REFUSED: dict[str, tuple[Any, str]] = {
    "a layer": (lambda: lstmcount.explain(SPEC, "gru"), "there is no layer 'gru'"),
    "a measure": (lambda: lstmcount.compare(SPEC, measures=["param"]), "Did you mean params"),
    "a format": (lambda: lstmcount.plot(SPEC, "gif"), "there is no format 'gif'"),
    "a form": (lambda: lstmcount.convert(SPEC, "xml"), "there is no form 'xml'"),
    "no limit": (lambda: lstmcount.solve(SPEC, "units"), "give a limit"),
    "no variable": (lambda: lstmcount.solve(SPEC, None, max_params=9), "the name of a variable"),
    "no project file": (lambda: lstmcount.cost(SPEC, config="\0"), "expected a path, got"),
    "no range": (lambda: lstmcount.sweep(SPEC), "give a range"),
    "no base": (lambda: lstmcount.diff(SPEC, OTHER, base="main"), "give two models, or one"),
    "no mode": (lambda: lstmcount.cost(SPEC, quantize="gptq"), "there is no mode 'gptq'"),
    "no dtype": (lambda: lstmcount.cost(SPEC, dtype="float31"), "float31"),
    "no optimizer": (lambda: lstmcount.cost(SPEC, optimizer="adm"), "adm"),
    "no batch": (lambda: lstmcount.cost(SPEC, batch=0), "expected a positive integer for batch"),
    "no source": (lambda: lstmcount.cost(3), "expected a path, a file, a dict"),
    "a class": (lambda: lstmcount.summarize(lstmcount.Summary), "got the class Summary"),
}


@pytest.mark.parametrize(("function", "message"), REFUSED.values(), ids=REFUSED)
def test_arguments_that_functions_refuse(function: Any, message: str) -> None:
    with pytest.raises(LstmcountError, match=message):
        function()


def _closed() -> Any:
    file = io.StringIO("layers: []")
    file.close()
    return file


NO_SOURCES = [
    None, 3, 2.5, True, b"input_shape: [5]", [], ("a", 1), {1}, object(), Path("missing.yaml"), "",
    "a\0b", {}, {1: 2}, {"layers": 3}, {"layers": [object()], "input_shape": [5]}, 10**5000, sys,
    type, _closed(),
    SimpleNamespace(to_json=lambda: 42), SimpleNamespace(to_json=lambda: '{"a": 1}'),
    SimpleNamespace(to_json=lambda: "{}", weights=[], layers=3),
]  # fmt: skip
OF_ONE: dict[str, Callable[[Any], Any]] = {
    "summarize": lstmcount.summarize,
    "explain": lstmcount.explain,
    "cost": lstmcount.cost,
    "diff": lambda value: lstmcount.diff(SPEC, value),
    "solve": lambda value: lstmcount.solve(value, "units", max_params=99),
    "convert": lstmcount.convert,
    "verify": lstmcount.verify,
    "plot": lstmcount.plot,
    "report": lstmcount.report,
    "log": lstmcount.log,
    "compare": lambda value: lstmcount.compare(SPEC, value),
    "check": lambda value: list(lstmcount.check(value, max_params=1)),
    "count_many": lambda value: list(lstmcount.count_many(value)),
}


@pytest.mark.parametrize("name", OF_ONE)
def test_what_is_no_source_is_refused(name: str) -> None:
    for value in NO_SOURCES:
        if name in ("check", "count_many") and isinstance(value, list | tuple | set):
            continue  # these are lists of sources, whose results have errors
        with pytest.raises(LstmcountError):
            OF_ONE[name](value)


def test_a_wrong_source_among_several_is_no_bug() -> None:
    for results in (lstmcount.check(NO_SOURCES, max_params=1), lstmcount.count_many(NO_SOURCES)):
        for result in results:
            assert result.error
            assert "a bug in lstmcount" not in result.error


OPTIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "summarize": (lstmcount.summarize, "settings model code config nonsense"),
    "cost": (lstmcount.cost, "batch timesteps optimizer dtype quantize"),
    "check": (
        lambda spec, **options: list(lstmcount.check([spec], **options)),
        "max_params min_size baseline batch timesteps settings model code executor nonsense",
    ),
    "count_many": (
        lambda spec, **options: list(lstmcount.count_many([spec], **options)),
        "settings model executor nonsense",
    ),
    "diff": (lstmcount.diff, "base timesteps"),
    "convert": (lstmcount.convert, "to"),
    "plot": (lstmcount.plot, "format direction theme show unroll layer"),
    "compare": (lstmcount.compare, "measures batch timesteps"),
    "report": (lstmcount.report, "batch timesteps optimizer budgets theme"),
    "solve": (
        lambda spec, **options: lstmcount.solve(spec, "lstm.units", **options),
        "like by side max_params exact_size",
    ),
    "log": (lambda spec, **options: lstmcount.log("README.md", **options), "since max_count"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_options_of_another_type_are_refused(name: str) -> None:
    function, options = OPTIONS[name]
    for option in options.split():
        for value in (object(), [object()], -1.5):
            with pytest.raises(LstmcountError):
                function(SPEC, **{option: value})
