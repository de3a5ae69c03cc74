"""Paths for CI systems: relative to the repository, with forward slashes."""

from __future__ import annotations

import os
from pathlib import Path

from lstmcount.errors import Location

_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


def repository_path(name: str) -> str:
    """
    >>> repository_path("./models/a.yaml")
    'models/a.yaml'
    """
    path = Path(os.path.abspath(name))
    for root in [os.environ[key] for key in _ROOTS if os.environ.get(key)] + [os.getcwd()]:
        if path.is_relative_to(root):
            return path.relative_to(root).as_posix()
    return path.as_posix()


def file_of(location: Location | None, source: str) -> str:
    """The file to annotate: the one that sets the budget, else the model's."""
    return repository_path(location.source if location and location.source else source)
