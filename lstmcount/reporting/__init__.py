"""A report on models: one self-contained HTML page with records and a few scripts."""

from __future__ import annotations

from lstmcount.reporting.comparison import changes
from lstmcount.reporting.graphs import Graphs
from lstmcount.reporting.model import model_of
from lstmcount.reporting.page import page

__all__ = ["Graphs", "changes", "model_of", "page"]
