"""Memory that is no longer needed is freed without the garbage collector."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from lstmcount import summarize

MODELS = Path(__file__).parent.parent / "golden" / "models"


@pytest.mark.parametrize("name", ["frozen_base", "attention_transformer", "compiled_without_input"])
def test_a_summary_leaves_no_garbage(name: str) -> None:
    path = MODELS / name / "model.json"
    summarize(path)  # imports what it needs
    gc.collect()
    gc.disable()
    try:
        summarize(path)
        assert gc.collect() == 0
    finally:
        gc.enable()
