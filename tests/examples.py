"""How many examples a comparison with real Keras draws."""

from __future__ import annotations

import os


def examples(usual: int) -> int:
    """`usual` in the everyday tests; .ci/oracle asks for more."""
    return int(os.environ.get("LSTMCOUNT_EXAMPLES", usual))
