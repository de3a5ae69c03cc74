"""Changes as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from lstmcount.differences import ModelChange
from lstmcount.renderers.records import to_json


def render(changes: Sequence[ModelChange]) -> str:
    return to_json({"models": list(changes)})
