"""What a string names: a path, a URL, a revision's path, or JSON itself."""

from __future__ import annotations

import re

REVISION = "git:"  # prefix of git:REV:PATH
_URL = re.compile(r"[A-Za-z][\w+.-]*(::[A-Za-z][\w+.-]*)*://")


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
