"""Read Keras Python code without running it: a program's text → ModelConfig."""

from __future__ import annotations

from lstmcount.programs.reading import FoundModel, list_models, read_python

__all__ = ["FoundModel", "list_models", "read_python"]
