"""Derive a layer's parameter count from its weights: equations, matrices and a closed form."""

from __future__ import annotations

from lstmcount.explanation.derivation import Derivation, derive, require_few
from lstmcount.explanation.selection import select

__all__ = ["Derivation", "derive", "require_few", "select"]
