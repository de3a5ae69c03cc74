"""Open what a user passes as a source: a path, a URL, a revision, a stream, text or a model."""

from __future__ import annotations

import os
from typing import IO, Any

from lstmcount.errors import LstmcountError
from lstmcount.readers.text import text as texts
from lstmcount.sources.names import REVISION, is_json, is_url
from lstmcount.sources.paths import of_bytes, open_path
from lstmcount.sources.source import Source, located


def open_source(source: Any) -> Source:
    """The source behind a path, a file object, a dict, a string of JSON, or a Keras model."""
    if isinstance(source, dict):
        return Source(None, parsed=source)
    if isinstance(source, str) and is_json(source):
        if len(source) > texts.MAX_BYTES:
            raise LstmcountError(texts.TOO_LARGE)
        return Source(None, json=source)
    if isinstance(source, str):
        return open_named(source)
    if isinstance(source, os.PathLike):
        return open_path(source)
    if isinstance(source, type):
        raise LstmcountError(f"expected a model, got the class {source.__name__}")
    if _has(source, "read"):
        return _open_stream(source)
    if _has(source, "to_json"):
        return Source(None, live=source)
    kind = type(source).__name__
    raise LstmcountError(f"expected a path, a file, a dict or JSON text, got {kind}")


def _has(source: Any, name: str) -> bool:
    """Whether an object has an attribute; its `__getattr__` may raise any exception."""
    try:
        return hasattr(source, name)
    except Exception:
        return False


def open_named(name: str) -> Source:
    """The source that a user names: a path, a URL, or git:REV:PATH."""
    if name.startswith(REVISION) and not os.path.lexists(name):
        from lstmcount.sources.git import open_revision

        return open_revision(name)
    if is_url(name):
        from lstmcount.sources.urls import open_url

        return open_url(name)
    return open_path(name)


def _open_stream(stream: IO[Any]) -> Source:
    """Raises `LstmcountError` for a stream that is closed, or for writing, or gives no text."""
    name = getattr(stream, "name", None)
    name = name if isinstance(name, str) else None
    try:
        data = stream.read(texts.MAX_BYTES + 1)
        return of_bytes(name, data.encode() if isinstance(data, str) else bytes(data))
    except LstmcountError:
        raise
    except Exception as error:  # of any class that the stream's own methods raise
        raise located(LstmcountError(f"cannot be read: {error}"), name) from None
