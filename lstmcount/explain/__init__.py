"""Where a layer's number comes from: derivations as data, made from the layer's own weights."""

from __future__ import annotations

from lstmcount.explain.derivation import Derivation, derive
from lstmcount.explain.selection import select

__all__ = ["Derivation", "derive", "select"]
