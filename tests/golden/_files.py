"""Writing golden files so that the same facts always give the same bytes."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ANSI = re.compile(r"\x1b\[[0-9;]*m")
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
SHARED = re.compile(rb'("shared_object_id": )(\d+)')
EPOCH = (1980, 1, 1, 0, 0, 0)


def write_json(path: Path, data: Any) -> None:
    """One JSON file, keys sorted, human-readable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


def write_cases(path: Path, cases: list[dict[str, Any]]) -> None:
    """A JSON list with one case a line, which keeps diffs and files small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(each, sort_keys=True, ensure_ascii=False) for each in cases)
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n")


def write_gzip(path: Path, text: str) -> None:
    """A gzip file without a name or time in its header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def first_line(error: BaseException) -> str:
    """The first meaningful line of an error's message, without memory addresses."""
    lines = [line.strip() for line in ANSI.sub("", str(error)).splitlines() if line.strip()]
    if lines and lines[0].startswith("Exception encountered when calling"):
        lines = lines[1:]
    return ADDRESS.sub("0x…", lines[0]) if lines else ""


def normalise_keras(path: Path) -> None:
    """Rewrites a .keras archive without the times, date and memory addresses of this run."""
    source = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == "metadata.json":
                metadata = json.loads(data)
                metadata["date_saved"] = "2026-01-01@00:00:00"
                data = json.dumps(metadata, sort_keys=True).encode()
            if name == "config.json":
                data = _renumber(data)
            target.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)


def _renumber(config: bytes) -> bytes:
    """Counts shared objects from 1, where Keras writes their addresses."""
    numbers: dict[bytes, int] = {}
    return SHARED.sub(
        lambda found: found[1] + str(numbers.setdefault(found[2], len(numbers) + 1)).encode(),
        config,
    )
