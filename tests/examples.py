"""How many examples a comparison with real Keras draws."""

from __future__ import annotations

import os
from typing import Any


def every_second(cases: list[Any]) -> list[Any]:
    """Half of the cases in the everyday tests; .ci/oracle takes all."""
    return cases if "LSTMCOUNT_EXAMPLES" in os.environ else cases[::2]


def examples(usual: int) -> int:
    """`usual` in the everyday tests; .ci/oracle asks for more."""
    return int(os.environ.get("LSTMCOUNT_EXAMPLES", usual))
