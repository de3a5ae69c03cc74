"""A report on models: one self-contained HTML page of records and a few scripts."""

from __future__ import annotations

from lstmcount.report.comparison import changes
from lstmcount.report.graphs import Graphs
from lstmcount.report.model import model_of
from lstmcount.report.page import page

__all__ = ["Graphs", "changes", "model_of", "page"]
