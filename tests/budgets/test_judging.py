"""Limits held against models, and which layer is named."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmcount.budgets.judging import Judge, Verdict
from lstmcount.budgets.syntax import RULES, parse_budget
from lstmcount.differences.profile import Profile, profile
from lstmcount.errors import LstmcountError
from tests.conftest import built


def of(*layers: Any, **more: Any) -> Profile:
    return profile(built({"input_shape": [5, 8], "layers": list(layers), **more}))


def sequence(units: int) -> Any:
    return {"LSTM": {"units": units, "return_sequences": True}}


def verdicts(budget: Any, now: Profile, base: Profile | None = None) -> list[Verdict]:
    return list(Judge(now, base).verdicts(parse_budget(budget)))


NOW = of(sequence(16), {"LSTM": 8}, {"Dense": 2})  # 1,600 + 800 + 18 params

CASES = [
    ({"max_params": 2418}, True, "params 2,418 of 2,418 (100 %)"),
    ({"max_params": 2417}, False, "params 2,418 > 2,417 (over by 1, +0.0%)"),
    ({"max_params": 0}, False, "params 2,418 > 0 (over by 2,418)"),
    ({"min_params": 2418}, True, "params 2,418 >= 2,418"),
    ({"min_params": 3000}, False, "params 2,418 < 3,000 (under by 582, -19.4%)"),
    ({"exact_params": 2418}, True, "params 2,418 == 2,418"),
    ({"exact_params": 2419}, False, "params 2,418 != 2,419 (under by 1, -0.0%)"),
    ({"max_trainable_params": 1}, False, "trainable params 2,418 > 1 (over by 2,417, +241700.0%)"),
    ({"max_non_trainable_params": 0}, True, "non-trainable params 0 of 0"),
    ({"max_size": "9KB"}, False, "size 9,672 > 9,216 bytes (over by 456, +4.9%)"),
    ({"max_layers": 3}, True, "layers 3 of 3 (100 %)"),
    ({"exact_depth": 3}, True, "depth 3 == 3"),
]


@pytest.mark.parametrize(("budget", "passed", "text"), CASES, ids=str)
def test_a_budget_of_the_whole_model_is_judged(budget: Any, passed: bool, text: str) -> None:
    (verdict,) = verdicts(budget, NOW)
    assert (verdict.passed, verdict.text) == (passed, text)


def test_the_largest_layer_is_named_where_there_is_no_base() -> None:
    (verdict,) = verdicts({"max_params": 1}, NOW)
    assert verdict.cause is not None
    assert verdict.cause.text == "largest layer: lstm (LSTM), 1,600, 66.2%"
    assert verdict.cause.path == ("layers", 0, "LSTM")


BASE = of(sequence(16), {"LSTM": 4}, {"Dense": 2})  # 1,600 + 336 + 10 = 1,946

GROWTH = [
    ("25%", True, "params 1,946 -> 2,418 (+472, +24.3%; allowed +25%, 2,432)"),
    ("24%", False, "params 1,946 -> 2,418 (+472, +24.3%; allowed +24%, 2,413)"),
    ("472", True, "params 1,946 -> 2,418 (+472, +24.3%; allowed +472, 2,418)"),
    ("471", False, "params 1,946 -> 2,418 (+472, +24.3%; allowed +471, 2,417)"),
    ("1% or 1k", True, "params 1,946 -> 2,418 (+472, +24.3%; allowed +1% or 1k, 2,946)"),
    ("50% and 400", False, "params 1,946 -> 2,418 (+472, +24.3%; allowed +50% and 400, 2,346)"),
]


@pytest.mark.parametrize(("increase", "passed", "text"), GROWTH, ids=str)
def test_growth_is_judged_and_its_cause_named(increase: str, passed: bool, text: str) -> None:
    (verdict,) = verdicts({"max_increase": increase}, NOW, BASE)
    assert (verdict.passed, verdict.text) == (passed, text)
    if not passed:
        assert verdict.cause is not None
        assert verdict.cause.text == "lstm_1 (LSTM) grew most: 336 -> 800 (+464)"


def test_a_new_layer_is_said_to_be_new() -> None:
    grown = of(sequence(16), sequence(16), {"LSTM": 4}, {"Dense": 2})
    (verdict,) = verdicts({"max_increase": "1%"}, grown, BASE)
    assert verdict.cause is not None
    assert verdict.cause.text.endswith("(LSTM) is new: 2,112")


def test_growth_from_zero_exceeds_any_share() -> None:
    none = of({"Dense": 1})
    now = of({"Dense": 1}, {"Dense": 1})
    assert [v.passed for v in verdicts({"max_increase": "0%"}, now, none)] == [False]


def test_a_model_that_shrank_has_not_grown() -> None:
    assert verdicts({"max_increase": "0%"}, BASE, NOW)[0].passed


def test_growth_is_not_judged_without_a_base() -> None:
    assert verdicts({"max_increase": "0%"}, NOW) == []


LAYERS = [
    ({"lstm*": {"max_params": 1000}}, ["layer lstm: params 1,600 > 1,000 (over by 600, +60.0%)"]),
    (
        {"LSTM": {"max_params": 10}},
        [
            "layer lstm: params 1,600 > 10 (over by 1,590, +15900.0%)",
            "layer lstm_1: params 800 > 10 (over by 790, +7900.0%)",
        ],
    ),
    ({"lstm": {"max_params": 1600}}, []),
    ({"[!d]*": {"max_size": 6400}}, []),
    ({"gru*": {"max_params": 1, "optional": True}}, []),
    ({"dense": {"exact_params": 17}}, ["layer dense: params 18 != 17 (over by 1, +5.9%)"]),
]


@pytest.mark.parametrize(("layers", "failures"), LAYERS, ids=str)
def test_each_layer_over_its_limit_fails(layers: Any, failures: list[str]) -> None:
    found = verdicts({"layers": layers}, NOW)
    assert [verdict.text for verdict in found if not verdict.passed] == failures


def test_the_passing_layer_nearest_to_its_limit_is_shown() -> None:
    (verdict,) = verdicts({"layers": {"LSTM": {"max_params": 5000}}}, NOW)
    assert verdict.text == "layer lstm: params 1,600 of 5,000 (32 %)"


def test_a_glob_that_matches_nothing_is_an_error() -> None:
    with pytest.raises(LstmcountError, match=r"no layer's name or class matches 'lsmt'") as caught:
        verdicts({"layers": {"lsmt": {"max_params": 1}}}, NOW)
    assert "optional: true" in str(caught.value)
    assert "Did you mean lstm?" in str(caught.value)
    assert str(caught.value).startswith("$.budget.layers.lsmt: ")


def test_growth_of_layers_follows_them_through_a_shift_of_names() -> None:
    """A layer put in front renames the others; none of those has grown."""
    grown = of(sequence(4), sequence(16), {"LSTM": 8}, {"Dense": 2})
    found = verdicts({"layers": {"LSTM": {"max_increase": "0%"}}}, grown, NOW)
    # lstm_1 (was lstm) reads 4 features instead of 8, lstm_2 (was lstm_1) is what it was
    assert [verdict.passed for verdict in found] == [True]


def test_nested_layers_are_found_by_their_own_name_and_by_their_path() -> None:
    inner = {"input_shape": [5, 8], "layers": [{"LSTM": 16}]}
    now = of({"model": inner, "name": "encoder"}, {"Dense": 2})
    for glob in ("lstm", "encoder/lstm", "encoder/*", "LSTM"):
        (verdict,) = verdicts({"layers": {glob: {"max_params": 1}}}, now)
        assert verdict.layer == "encoder/lstm"
    assert now.values["layers"] == 2
    assert now.values["depth"] == 2


def test_depth_is_the_longest_way_and_shared_layers_count_each_time() -> None:
    model = built(
        {
            "inputs": {"a": [8], "b": [8]},
            "layers": [
                {"Dense": 4, "name": "shared", "inputs": "a"},
                {"call": "shared", "inputs": "b", "name": "again"},
                {"Dense": 3, "name": "one", "inputs": "again"},
                {"Dense": 3, "name": "two", "inputs": "one"},
            ],
            "outputs": ["two", "shared"],
        }
    )
    found = profile(model, ["layers", "depth", "params"]).values
    assert found == {"layers": 3, "depth": 3, "params": 36 + 15 + 12}


def test_a_size_that_a_python_file_leaves_open_cannot_be_judged() -> None:
    from lstmcount.graph.builder import build
    from lstmcount.sources import Source, read

    source = (
        "from keras import Sequential, layers\n"
        "model = Sequential([layers.Input((5,)), layers.Dense(n_classes())])\n"
    )
    now = profile(build(read(Source("model.py", source.encode()))))
    assert now.values["params"] is None
    with pytest.raises(LstmcountError, match=r"params of .* cannot be worked out"):
        verdicts({"max_params": 1}, now)


BLAMED = [
    ("max_training_memory", "1KB", "lstm_1 (LSTM) grew most: 1,360 -> 3,232 bytes (+1,872)"),
    ("max_layers", 1, None),
    ("max_macs", 1, "lstm_1 (LSTM) grew most: 1,600 -> 3,840 (+2,240)"),
]


@pytest.mark.parametrize(("rule", "amount", "text"), BLAMED)
def test_which_layer_is_to_blame(rule: str, amount: Any, text: str | None) -> None:
    (verdict,) = verdicts({rule: amount}, NOW, BASE)
    assert (verdict.cause.text if verdict.cause else None) == text


def test_layers_that_are_new_are_to_blame_for_their_number() -> None:
    grown = of(*[sequence(16)] * 5, {"LSTM": 4}, {"Dense": 2})
    (verdict,) = verdicts({"max_depth": 3}, grown, BASE)
    assert verdict.cause is not None
    assert verdict.cause.text == "new: lstm_1 (LSTM), lstm_2 (LSTM), lstm_3 (LSTM) and 1 more"


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda x: (
    st.lists(x) | st.dictionaries(st.sampled_from([*RULES, "layers", "message", "x"]), x)
)))  # fmt: skip
def test_any_budget_gives_limits_or_one_error(budget: Any) -> None:
    try:
        found: Any = parse_budget(budget)
    except LstmcountError as error:
        found = error.location.path
    assert found
