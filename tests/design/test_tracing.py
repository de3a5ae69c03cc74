"""Every point of a sweep is counted and checked as if the source contained its numbers."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.api.sweep import sweep
from lstmcount.design.formula import formulas, open_variables
from lstmcount.design.solve import Goal, solve_one
from lstmcount.design.template import Template
from lstmcount.design.terms import Evaluator
from lstmcount.expressions.arithmetic import Expression
from lstmcount.expressions.traced import Recording
from lstmcount.sources import open_source

TEXTS = [
    "2*n + 1", "n*(n - k)", "n // k + n % k", "-n % 7", "min(n, 3*k, 20)", "max(n // 3, k)",
    "n**2 - k", "n / 2 * 2", "round(n * 0.3)", "round(n / 4) + k", "(n + k) / 3",
    "n * 0.25 - 0.5 * k", "7 // n - k % 3",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_remembered_values_equal_computed_ones(text: str) -> None:
    """At other points with the same comparisons, the recorded terms give the right values."""
    expression = Expression(text)
    for n, k in itertools.product((1, 2, 5, 12), (1, 3)):
        recording = Recording()
        value = expression.value(recording.variables({"n": n, "k": k}))
        assert not hasattr(value, "plain") or value.plain() == expression.value({"n": n, "k": k})
        for m, j in itertools.product(range(1, 30), (1, 2, 3)):
            point = {"n": m, "k": j}
            evaluator = Evaluator(point)
            if not evaluator.holding(recording.guards):
                continue
            expected = expression.value(point)
            if hasattr(value, "plain"):
                ratio = [evaluator.value(getattr(side, "term", side))
                         for side in (value.numerator, value.denominator)]  # fmt: skip
                assert Fraction(*ratio) == expected
            else:
                assert evaluator.value(getattr(value, "term", value)) == expected


MODELS: dict[str, tuple[dict[str, Any], list[int]]] = {
    "a window that no longer fits": (
        {"input_shape": [9, 3], "layers": [{"Conv1D": {"filters": 4, "kernel_size": "n"}},
                                           "Flatten", {"Dense": "n"}]}, list(range(1, 14)),
    ),
    "a residual connection": (
        {"inputs": {"a": [8]}, "layers": [{"Dense": "n", "name": "d"},
                                          {"Add": {}, "inputs": ["a", "d"]}, {"Dense": 2}]},
        list(range(1, 12)),
    ),
    "only every third": (
        {"input_shape": ["n / 3"], "layers": [{"Dense": "n - 5"}]}, list(range(1, 25)),
    ),
    "groups that divide": (
        {"input_shape": [6, 12], "layers": [{"Conv1D": {"filters": "2*n", "kernel_size": 1,
                                                        "groups": "n"}}]}, list(range(1, 14)),
    ),
    "two stages": (
        {"input_shape": ["n", 4], "layers": [{"MaxPooling1D": 3}, {"Conv1D": [3, 2]}, "Flatten",
                                             {"Dense": "min(n, 10)"}]}, list(range(1, 30)),
    ),
    "rates": (
        {"input_shape": ["n"], "layers": [{"Dropout": "0.1 * n"}, {"Dense": "n"}]},
        list(range(1, 14)),
    ),
}  # fmt: skip
MODELS["two stages"][0]["layers"][1] = {"Conv1D": {"filters": 3, "kernel_size": 2}}


@pytest.mark.parametrize("name", MODELS)
def test_points_that_are_no_models_are_left_out_and_the_others_are_exact(name: str) -> None:
    spec, values = MODELS[name]
    expected, wrong = {}, 0
    for n in values:
        try:
            expected[n] = summarize({**spec, "variables": {"n": n}}).total_params
        except LstmcountError:
            wrong += 1
    start = next(iter(expected))
    source = {**spec, "variables": {"n": start}}
    points = sweep(source, {"n": values})
    assert (
        dict(zip(points.columns["n"].tolist(), points.columns["params"].tolist(), strict=True))
        == expected
    )
    assert (points.tried, points.invalid) == (len(values), wrong)
    assert (points.reason is None) == (wrong == 0)
    shuffled = random.Random(3).sample(values, len(values))
    assert sweep(source, {"n": shuffled}).invalid == wrong
    largest = max(expected)
    answer = solve_one(
        Template(open_source(source), ["n"]), "n", [Goal("max", "params", 10**9)], values
    )
    assert answer is not None
    assert answer.values == {"n": largest}


def test_no_point_at_all() -> None:
    spec, _ = MODELS["a window that no longer fits"]
    with pytest.raises(
        LstmcountError, match=r"no point gives a valid model; at n = 10: .*would be empty"
    ):
        sweep({**spec, "variables": {"n": 3}}, {"n": [10, 11]})


def test_solving_without_a_range_stops_where_models_do() -> None:
    spec, _ = MODELS["a window that no longer fits"]
    template = Template(open_source({**spec, "variables": {"n": 3}}), ["n"])
    answer = solve_one(template, "n", [Goal("max", "params", 10**9)])
    assert answer is not None
    assert (answer.values, answer.beyond) == ({"n": 9}, None)


def test_a_formula_says_where_it_holds() -> None:
    for name, words in (
        ("a window that no longer fits", "this holds where n < 10"),
        ("a residual connection", "n = 8"),
    ):
        spec, _ = MODELS[name]
        found = formulas(open_variables(open_source({**spec, "variables": {"n": 8}})))
        assert any(words in assumption for assumption in found.assumptions)
    plain = {"variables": {"n": 8}, "input_shape": [3], "layers": [{"Dense": "n"}]}
    assert formulas(open_variables(open_source(plain))).assumptions == ()
