"""Find the files that may hold a project's settings, without reading the settings."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import cache

from lstmcount.errors import LstmcountError
from lstmcount.readers.text.regular import read_regular

YAML_NAME = "lstmcount.yaml"
TOML_NAME = "pyproject.toml"
MAX_BYTES = 4 * 2**20

_SETTINGS_IN_TOML = re.compile(rb"""tool["']?[ \t]*([\]=\n]|\.\s*["']?lstmcount)""")


def project_files(folder: str) -> Iterator[str]:
    """Paths of files that may have settings for a folder's content, the nearest first."""
    while True:
        for name in (YAML_NAME, TOML_NAME):
            file = os.path.join(folder, name)
            changed = changed_at(file)
            if changed is not None and (name == YAML_NAME or _may_have_settings(file, changed)):
                yield file
        if folder == os.path.dirname(folder):
            return
        folder = os.path.dirname(folder)


def changed_at(file: str) -> int | None:
    """The time of the file's last change; None if there is no file."""
    try:
        return os.stat(file).st_mtime_ns
    except (OSError, ValueError):
        return None


@cache
def _may_have_settings(file: str, changed: int) -> bool:
    """Search the file once for all sources, and again when it has changed."""
    try:
        return _SETTINGS_IN_TOML.search(read_regular(file, MAX_BYTES)) is not None
    except (OSError, LstmcountError):
        return True  # the reader of the settings reports the error
