"""Real files to start from."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

GOLDEN = ROOT / "tests" / "golden"
MAX_SEED = 60_000  # bytes: small files are changed where it matters more often


@cache
def files(pattern: str) -> tuple[Path, ...]:
    found = [*(GOLDEN / "models").glob(pattern), *(ROOT / "configs").rglob(pattern)]
    return tuple(sorted(path for path in found if path.stat().st_size < MAX_SEED))


@cache
def documents() -> tuple[str, ...]:
    """JSON texts: models as Keras writes them, specs."""
    import yaml

    found = [path.read_text() for path in files("*/model.json")]
    found += [json.dumps(yaml.safe_load(path.read_text())) for path in files("*.yaml")]
    small = GOLDEN / "applications" / "MobileNet.json.gz"
    return (*found, gzip.decompress(small.read_bytes()).decode())


@cache
def small_keras() -> tuple[str, ...]:
    """Golden models in Keras's own JSON, the small ones."""
    found = [path.read_text() for path in files("*/model.json")]
    return tuple(text for text in found if len(text) < 20_000)


@cache
def small_documents() -> tuple[str, ...]:
    return tuple(text for text in documents() if len(text) < 20_000)


@cache
def donors() -> tuple[Any, ...]:
    """Documents whose parts are put into other documents."""
    return tuple(map(json.loads, small_documents()))


@cache
def texts() -> tuple[Path, ...]:
    return (*files("*.yaml"), *files("*.py"), *files("*.ipynb"))


@cache
def binaries() -> tuple[Path, ...]:
    return (*files("*/model.keras"), *files("*/model.h5"), *files("*.yaml"), *files("*/model.json"))
