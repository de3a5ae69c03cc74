"""Functions which each build one golden model; the model is called like its function."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

FAMILIES = (
    "attention",
    "frozen",
    "nested",
    "odd",
    "operations",
    "policies",
    "preparing",
    "recurrent",
    "sequential",
    "trained",
    "vision",
)


def models() -> dict[str, Callable[[], Any]]:
    """Every public function of the families, by name."""
    found: dict[str, Callable[[], Any]] = {}
    for family in FAMILIES:
        module = import_module(f"builders.{family}")
        found |= {
            name: value
            for name, value in vars(module).items()
            if callable(value)
            and not name.startswith("_")
            and not isinstance(value, type)
            and value.__module__ == module.__name__
        }
    return found
