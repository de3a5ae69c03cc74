"""The notations of budgets, and the errors for wrong ones."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount.budgets.syntax import LAYER_RULES, RULES, merged, parse_budget, parse_limit
from lstmcount.costs.amounts import Increase, parse_bytes, parse_count, parse_increase, round_up
from lstmcount.errors import LstmcountError

COUNTS = [
    ("200k", 200_000),
    ("1.5M", 1_500_000),
    ("2G", 2_000_000_000),
    ("200_000", 200_000),
    ("200,000", 200_000),
    (200_000, 200_000),
    (2.0, 2),
    ("0", 0),
    (" 7 ", 7),
    ("1e3", 1000),
]


@pytest.mark.parametrize(("text", "number"), COUNTS)
def test_counts_may_have_a_suffix(text: Any, number: int) -> None:
    assert parse_count(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 MB", 2**20),
        ("1MiB", 2**20),
        ("1.5KB", 1536),
        ("2GB", 2**31),
        ("10", 10),
        ("8 B", 8),
        ("1.1KB", 1126),
    ],
)
def test_sizes_have_decimal_and_binary_units(text: str, number: int) -> None:
    assert parse_bytes(text) == number


WRONG_COUNTS = [
    (float("nan"), "expected an amount"),
    (float("inf"), "expected an amount"),
    ("NaN", "expected an amount"),
    ("1e400", "out of any model's range"),
    ("1e-400", "out of any model's range"),
    (1e300, "out of any model's range"),
    (-1, "not negative"),
    ("-200k", "not negative"),
    ("0.5", "whole number"),
    ("1.0001k", "whole number"),
    ("", "expected an amount"),
    ("k", "expected an amount"),
    ("1..2", "expected an amount"),
    ("5%", "expected an amount"),
    ("1 MB", "expected an amount"),
    (True, "expected an amount"),
    ([1], "expected an amount"),
    ("9" * 100, "expected an amount"),
]


@pytest.mark.parametrize(("text", "words"), WRONG_COUNTS, ids=str)
def test_a_wrong_count_is_an_error(text: Any, words: str) -> None:
    with pytest.raises(LstmcountError, match=words):
        parse_count(text)


@pytest.mark.parametrize("text", ["1 kB", "1Kb", "1Mb", "1mb", "1gb"])
def test_ambiguous_sizes_are_refused_with_advice(text: str) -> None:
    with pytest.raises(LstmcountError, match=r"write [KMG]B or [KMG]iB"):
        parse_bytes(text)


INCREASES = [
    ("5%", 1000, 50),
    ("0.5%", 1000, 5),
    ("0%", 1000, 0),
    ("10k", 1000, 10_000),
    ("5% or 10k", 1000, 10_000),
    ("5% or 10", 1000, 50),
    ("5% and 10k", 1000, 50),
    ("10k and 5%", 10**9, 10_000),
    (["5%", "10k"], 1000, 50),
    (10, 1000, 10),
    ("33.333333333%", 3 * 10**15, 999_999_999_990_000),
]


@pytest.mark.parametrize(("text", "base", "allowed"), INCREASES, ids=str)
def test_an_increase_is_a_share_or_an_amount(text: Any, base: int, allowed: int) -> None:
    assert parse_increase(text).allowed(base) == allowed


@pytest.mark.parametrize(
    "text",
    ["", "-5%", "%", "5% 10k", "5% or 6%", "1 and 2", "5% and 1 or 2", "nan%", True, None, []],
    ids=str,
)
def test_a_wrong_increase_is_an_error(text: Any) -> None:
    with pytest.raises(LstmcountError):
        parse_increase(text)


@pytest.mark.parametrize("value", [0, 1, 999, 1000, 1001, 12_345, 203_459, 999_999, 10**12 + 1])
@pytest.mark.parametrize("in_bytes", [False, True])
def test_rounded_amounts_are_read_back_and_not_less(value: int, in_bytes: bool) -> None:
    again = (parse_bytes if in_bytes else parse_count)(round_up(value, in_bytes))
    assert value <= again <= value * 1.011 + 1


def test_a_whole_budget() -> None:
    limits = parse_budget(
        {
            "max_params": "200k",
            "min_layers": 2,
            "exact_depth": 3,
            "max_size": "1 MB",
            "max_increase": "5%",
            "max_increase_size": "10 KB",
            "message": "ask us",
            "layers": {"lstm*": {"max_params": "100k"}, "Dense": {"min_params": 1, "message": "d"}},
        },
        file="m.yaml",
    )
    assert {limit.key: limit.amount for limit in limits if limit.glob is None} == {
        ("max_params", None): 200_000,
        ("min_layers", None): 2,
        ("exact_depth", None): 3,
        ("max_size", None): 2**20,
        ("max_increase", None): Increase("5%", percent=parse_increase("5%").percent),
        ("max_increase_size", None): Increase("10 KB", number=10_240),
    }
    of_layers = {limit.glob: limit for limit in limits if limit.glob}
    assert of_layers["lstm*"].amount == 100_000
    assert of_layers["lstm*"].message == "ask us"
    assert of_layers["Dense"].message == "d"
    assert of_layers["Dense"].path == ("budget", "layers", "Dense", "min_params")


WRONG = [
    ({"max_parms": 1}, "$.budget.max_parms", "Did you mean max_params?"),
    ({"params": 1}, "$.budget.params", "unknown key 'params'"),
    ({"max_params": "1 kB"}, "$.budget.max_params", "expected an amount"),
    ({"max_params": None, "max_size": 1}, "$.budget.max_params", "got None"),
    ({"max_increase": None, "max_size": 1}, "$.budget.max_increase", "got None"),
    ({"max_size": "1 kB"}, "$.budget.max_size", "write KB or KiB"),
    ({"max_params": 1, "message": 3}, "$.budget.message", "expected text, got 3"),
    ({"max_params": 1, "optional": "no"}, "$.budget.optional", "expected true or false"),
    ({"layers": {"a": {}}}, "$.budget.layers.a", "sets no limit"),
    ({"layers": {"a": 3}}, "$.budget.layers.a", "mapping"),
    ({"layers": {"a": {"max_depth": 3}}}, "$.budget.layers.a.max_depth", "unknown key"),
    ({"message": "x"}, "$.budget", "sets no limit"),
    ({}, "$.budget", "sets no limit"),
    ([], "$.budget", "a mapping"),
    ("200k", "$.budget", "such as max_params: 250k"),
    ({1: 2}, "$.budget['1']", "unknown key 1"),
]


@pytest.mark.parametrize(("budget", "path", "words"), WRONG, ids=str)
def test_a_wrong_budget_is_an_error_with_its_path(budget: Any, path: str, words: str) -> None:
    with pytest.raises(LstmcountError) as caught:
        parse_budget(budget)
    assert words in str(caught.value)
    assert str(caught.value).startswith(f"{path}: ")


def test_the_first_place_that_sets_a_rule_wins() -> None:
    options = [parse_limit("max_params", "1k")]
    spec = parse_budget({"max_params": "2k", "max_size": "2KB"})
    project = parse_budget({"max_size": "3KB", "max_layers": 3})
    found = {limit.rule: limit.amount for limit in merged(options, spec, project)}
    assert found == {"max_params": 1000, "max_size": 2048, "max_layers": 3}


def test_every_measure_has_every_bound() -> None:
    measures = {measure for _, measure in RULES.values()}
    assert {"params", "trainable_params", "non_trainable_params", "size", "layers", "depth"} <= (
        measures
    )
    for bound in ("max", "min", "exact", "max_increase"):
        assert {measure for b, measure in RULES.values() if b == bound} == measures
    assert "max_depth" not in LAYER_RULES
