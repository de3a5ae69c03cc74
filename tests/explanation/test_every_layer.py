"""All golden cases: the shown numbers add up, and every class has an explanation."""

from __future__ import annotations

from functools import cache
from itertools import chain

import pytest

from lstmcount import LstmcountError
from lstmcount.explanation import derive
from lstmcount.explanation.derivation import Derivation, Notation, owners
from lstmcount.explanation.expressions import names, parse_equation
from lstmcount.explanation.text import text
from lstmcount.summary import LayerSummary
from tests.explanation.arithmetic import value
from tests.golden_layers import built, cases, class_names, summary


@cache
def with_weights(class_name: str) -> list[tuple[LayerSummary, Derivation]]:
    """The layers of the class's cases, and how each is explained."""
    explained = []
    for case in cases(class_name):
        if not case.facts["weights"]:
            continue
        try:
            layer = built(case)
        except LstmcountError:
            continue  # whether it should be accepted is for the layers' own tests
        if layer.weights:
            record = summary(layer, case)
            explained.append((record, derive(record)))
    return explained


@pytest.mark.parametrize("class_name", class_names())
def test_what_is_shown_adds_up(class_name: str) -> None:
    for layer, derivation in with_weights(class_name):
        for part in derivation.parts:
            assert value(part.substituted.text) == part.count
            assert value(part.matrix_sum) == part.count
        assert sum(len(part.names) * part.count for part in derivation.parts) == layer.params


@pytest.mark.parametrize("class_name", class_names())
def test_every_weight_says_what_its_axes_mean(class_name: str) -> None:
    for layer, _ in with_weights(class_name):
        for weight in layer.weights:
            assert len(weight.axes) == len(weight.shape), weight


@pytest.mark.parametrize("class_name", class_names())
def test_every_layer_explains_itself(class_name: str) -> None:
    for layer, derivation in with_weights(class_name):
        assert derivation.shape_reason, layer.layer
        for part in derivation.parts:
            assert part.equations, (layer.layer, part.names)


@pytest.mark.parametrize("class_name", class_names())
def test_text_fits_eighty_columns(class_name: str) -> None:
    for _, derivation in with_weights(class_name):
        assert max(len(line) for _, line in text([derivation])) <= 80


def test_equations_name_nothing_that_does_not_exist() -> None:
    """A misspelt weight would silently drop out; so each name must exist in some case."""
    used: dict[str, set[str]] = {}
    found: dict[str, set[str]] = {}
    for layer, derivation in chain.from_iterable(map(with_weights, class_names())):
        blocks = {m.name for part in derivation.parts for m in part.matrices}
        for prefix, owner in owners(layer.layer):
            weights = {w.name.removeprefix(prefix).replace("/", "_") for w in layer.weights}
            notation = Notation(owner, weights | blocks)
            name = type(owner).__name__
            for equation in owner.equations() if hasattr(owner, "equations") else ():
                result, expression = parse_equation(equation)
                inside = names(expression)
                used.setdefault(name, set()).update(inside)
                known = {one for one in inside if not notation.is_absent(one)}
                found.setdefault(name, set()).update(known)
                notation.assigned.add(result)
    assert used == found
