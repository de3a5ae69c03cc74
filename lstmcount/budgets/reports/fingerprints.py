"""A finding's identity, which stays the same when lines move."""

from __future__ import annotations

import hashlib


def fingerprint(*parts: str) -> str:
    """
    >>> fingerprint("max_params", "a.yaml") == fingerprint("max_params", "a.yaml")
    True
    """
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
