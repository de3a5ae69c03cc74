"""The tables of layer cases, one module a family."""

from __future__ import annotations

from importlib import import_module

from _notation import Case

FAMILIES = (
    "activations",
    "attention",
    "convolution",
    "core",
    "images",
    "merging",
    "normalization",
    "pooling",
    "preprocessing",
    "random_images",
    "recurrent",
    "regularization",
    "reshaping",
    "wrappers",
)


def layer_cases() -> dict[str, list[Case]]:
    """Every case by the class name of its layer."""
    found: dict[str, list[Case]] = {}
    for family in FAMILIES:
        found |= import_module(f"cases.{family}").CASES
    return found
