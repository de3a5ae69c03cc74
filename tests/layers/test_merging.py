from __future__ import annotations

from typing import Any

import pytest

from tests.layers.differential import Case, ours, theirs

N = None

CASES: list[tuple[str, dict[str, Any], list[Any], Any]] = [
    ("Add", {}, [(N, 8, 6), (N, 8, N), (N, 8, 2)], (N, 8, N)),  # open once, open for good
    ("Multiply", {}, [(N, 1), (N, 4), (N, 8)], None),
    ("Maximum", {}, [(N, 4, 1), (N, 3), (N, 4, 3)], (N, 4, 3)),
    ("Average", {}, [(2, 4), (1, 4)], None),
    ("Minimum", {}, [(2, 4), (N, 4)], (2, 4)),
    ("Concatenate", {"axis": 2}, [(N, 3), (N, 3)], None),
    ("Concatenate", {"axis": -3}, [(N, 3), (N, 3)], None),
    ("Concatenate", {"axis": 2}, [(N, 3)], (N, 3)),
    ("Concatenate", {"axis": 1}, [(N, 3, 4), (N, 5, N)], (N, 8, 4)),
    ("Concatenate", {}, [(N, N, 1), (N, 4, 1), (N, 5, 1)], None),
    ("Concatenate", {}, [(N, 4, 1), (N, 4)], None),
    ("Dot", {"axes": -1}, [(N,), (N,)], None),
    ("Dot", {"axes": -1}, [(N,), (N, 4)], None),
]


@pytest.mark.parametrize(("class_name", "given", "inputs", "output"), CASES)
def test_output(class_name: str, given: dict[str, Any], inputs: list[Any], output: Any) -> None:
    found = ours(Case(class_name, given, [inputs]))
    assert (found.outputs if found else None) == output


@pytest.mark.oracle
@pytest.mark.parametrize(("class_name", "given", "inputs", "output"), CASES)
def test_as_keras(class_name: str, given: dict[str, Any], inputs: list[Any], output: Any) -> None:
    pytest.importorskip("keras")
    found = theirs(Case(class_name, given, [inputs]))
    assert (found.outputs if found else None) == output
