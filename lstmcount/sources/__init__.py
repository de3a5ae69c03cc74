"""What users pass: opened as a Source, and read as a ModelConfig by the reader that takes it."""

from __future__ import annotations

from lstmcount.sources.opening import open_named, open_source
from lstmcount.sources.paths import of_bytes, open_path
from lstmcount.sources.reading import list_models, read
from lstmcount.sources.source import (
    Source,
    errors_in,
    located,
    may_name_files,
    place,
    with_source,
)

__all__ = [
    "Source",
    "errors_in",
    "list_models",
    "located",
    "may_name_files",
    "of_bytes",
    "open_named",
    "open_path",
    "open_source",
    "place",
    "read",
    "with_source",
]
