"""`lstmcount.testing` in the tests of a project."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.testing import assert_budget

MODEL = {"input_shape": [5, 126], "layers": [{"LSTM": 64}]}


def test_limits_of_the_call_and_of_the_source() -> None:
    assert_budget(MODEL, max_params="50k", max_states="1KB")
    assert_budget(MODEL, cudnn=True, layers={"lstm*": {"max_params": "50k"}})
    with pytest.raises(AssertionError, match=r"layer lstm: params 48,896 > 40,000"):
        assert_budget(MODEL, layers={"lstm*": {"max_params": "40k"}})
    with pytest.raises(AssertionError, match=r"params 48,896 > 40,000 \(over by 8,896, \+22.2%\)"):
        assert_budget({**MODEL, "budget": {"max_params": "40k"}})


@pytest.mark.parametrize(
    ("source", "options", "says"),
    [
        ("none.yaml", {"max_params": 1}, "none.yaml: no such file"),
        (MODEL, {}, "no budget: give one"),
        (MODEL, {"max_params": "4 x"}, "max_params: expected an amount such as 250k"),
        (MODEL, {"cudnn": 3}, "cudnn: expected"),
        (MODEL, {"max_parms": 1}, "there is no limit 'max_parms'. Did you mean max_params?"),
    ],
)
def test_a_model_that_cannot_be_checked_is_no_failed_check(
    source: object, options: dict[str, object], says: str
) -> None:
    with pytest.raises(LstmcountError) as caught:
        assert_budget(source, **options)
    assert says in str(caught.value)


def test_pytest_shows_the_report_and_the_line_that_calls(tmp_path: Path) -> None:
    (tmp_path / "model.json").write_text('{"input_shape": [5, 126], "layers": [{"LSTM": 64}]}')
    (tmp_path / "test_size.py").write_text(
        "from lstmcount.testing import assert_budget\n"
        "def test_size():\n    assert_budget('model.json', max_params='40k')\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_size.py"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "AssertionError: FAIL model.json: params 48,896 > 40,000" in done.stdout
    assert "test_size.py:3: AssertionError" in done.stdout
    assert "lstmcount/testing.py" not in done.stdout


pytest_plugins = ["pytester"]

WITH_FIXTURE = """
MODEL = {"input_shape": [5, 126], "layers": [{"LSTM": 64}]}


def test_small(assert_budget):
    assert_budget(MODEL, max_params="50k")


def test_misspelt(assert_budget):
    assert_budget(MODEL, max_parms="50k")


def test_large(assert_budget):
    assert_budget(MODEL, max_params="40k")


def test_wrong(assert_budget):
    assert_budget({"input_shape": [5], "layers": [{"Dense": 0}]}, max_params=1)
"""


def test_the_fixture_of_the_plugin_judges_a_budget(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(WITH_FIXTURE)
    done = pytester.runpytest("-p", "lstmcount.pytest_plugin")
    done.assert_outcomes(passed=1, failed=3)
    done.stdout.fnmatch_lines(
        [
            "E *AssertionError: FAIL <model>: params 48,896 > 40,000 (over by 8,896, +22.2%)",
            "E *largest layer: lstm (LSTM), 48,896, 100.0%",
            "E *LstmcountError: *expected a positive integer, got 0",
        ]
    )


def test_the_fixture_is_listed(pytester: pytest.Pytester) -> None:
    done = pytester.runpytest("-p", "lstmcount.pytest_plugin", "--fixtures")
    done.stdout.fnmatch_lines(["assert_budget*", "*fail with the report unless a model keeps*"])
