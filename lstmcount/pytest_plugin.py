"""A fixture for the tests of projects that have models."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def assert_budget() -> Callable[..., None]:
    """`lstmcount.testing.assert_budget`: fail with the report unless a model keeps its budget."""
    from lstmcount.testing import assert_budget

    return assert_budget
