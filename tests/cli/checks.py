"""What the tests of `lstmcount check` share."""

from __future__ import annotations

from tests.repository import spec

# Two versions of a model, of 562 and 1,634 parameters.
SMALL, LARGE = spec({"LSTM": 8}, {"Dense": 2}), spec({"LSTM": 16}, {"Dense": 2})


def failures(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("FAIL")]
