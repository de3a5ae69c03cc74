"""Folders that Keras saved, by name, with the bytes of their files."""

from __future__ import annotations

import zipfile

from tests.conftest import ROOT
from tests.readers.text.test_content import METADATA, OLD_GRAPH

_ORBAX = ROOT / "tests" / "data" / "orbax"
_ARCHIVE = ROOT / "tests" / "golden" / "models" / "fitted_adam" / "model.keras"

with zipfile.ZipFile(_ARCHIVE) as archive:
    _UNPACKED = {name: archive.read(name) for name in archive.namelist()}

SAVED: dict[str, dict[str, bytes]] = {
    "saved": {"saved_model.pb": b"\x08\x01", "keras_metadata.pb": METADATA},
    "exported": {"saved_model.pb": OLD_GRAPH, "assets/words.json": b"{}"},
    "unpacked": _UNPACKED,
    "trained": {
        path.relative_to(_ORBAX).as_posix(): path.read_bytes()
        for path in _ORBAX.rglob("*")
        if path.is_file()
    },
}
PARAMS = {"saved": 8, "exported": 8, "unpacked": 68, "trained": 396}
