"""Open sources with fsspec: `s3://…`, `gs://…`, `hf://…`, `memory://…`.

Only URLs from the user are opened, never URLs from a file or a project.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.readers.text.pipes import read_up_to
from lstmcount.readers.text.text import MAX_BYTES
from lstmcount.sources.paths import of_bytes
from lstmcount.sources.source import Source, located


def open_url(url: str) -> Source:
    """Read a URL like a stream. Raises `LstmcountError` if it cannot be read."""
    with _errors_about(url), _fsspec().open(url, "rb") as file:
        data = read_up_to(file, MAX_BYTES + 1)
    return of_bytes(url, data)


def matching_urls(pattern: str) -> list[str]:
    """The URLs of files that match a pattern such as `s3://bucket/models/*.keras`."""
    with _errors_about(pattern):
        system, path = _fsspec().core.url_to_fs(pattern)
        return [system.unstrip_protocol(file) for file in system.glob(path)]


@contextmanager
def _errors_about(url: str) -> Iterator[None]:
    """Turn exceptions of file systems, which may be of any class, into an error about the URL."""
    try:
        yield
    except LstmcountError as error:
        raise located(error, url) from None
    except Exception as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        if isinstance(error, FileNotFoundError):
            reason = "no such file"
        raise located(LstmcountError(reason.partition("\n")[0]), url) from None


def _fsspec() -> Any:
    try:
        import fsspec
    except ImportError:
        raise LstmcountError("a URL needs fsspec: pip install fsspec") from None
    return fsspec
