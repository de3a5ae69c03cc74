"""What a string names: a path, a URL, a revision's path, or JSON itself."""

from __future__ import annotations

import os
import re
from typing import Any

from lstmcount.errors import did_you_mean

IN_MEMORY = "<model>"  # the name of a source that is no file
REVISION = "git:"  # prefix of git:REV:PATH
_URL = re.compile(r"[A-Za-z][\w+.-]*(::[A-Za-z][\w+.-]*)*://")


def name_of(source: Any) -> str:
    """The name of a source in results."""
    is_path = isinstance(source, os.PathLike) or (isinstance(source, str) and not is_json(source))
    return os.fsdecode(source) if is_path else IN_MEMORY


def is_json(text: str) -> bool:
    """Whether a string is a model in JSON rather than the name of one."""
    return text[:80].lstrip()[:1] in ("{", "[")


def path_of(name: str) -> str:
    """
    >>> path_of("git:v1.0:models/m.yaml"), path_of("models/m.yaml")
    ('models/m.yaml', 'models/m.yaml')
    """
    return name.split(":", 2)[-1] if name.startswith(REVISION) else name


def is_url(name: str) -> bool:
    """
    >>> is_url("s3://models/m.keras"), is_url("C:/models/m.keras")
    (True, False)
    """
    return _URL.match(name) is not None


def like_a_file(name: str) -> str:
    """A hint, where a file of the same folder has almost that name, also without its suffix."""
    folder, wanted = os.path.split(name)
    folder = folder or "."
    if not os.access(folder, os.R_OK | os.X_OK):
        return ""
    stem = os.path.splitext(wanted)[0]
    files = [file for file in os.listdir(folder) if did_you_mean(stem, [os.path.splitext(file)[0]])]
    hint = did_you_mean(wanted, files)
    return f".{hint}" if hint else ""
