"""docs/pictures.md and its pictures are what docs/gallery.py writes."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from tests.conftest import ROOT


def test_the_gallery_is_current(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "docs" / "gallery.py")
    assert spec is not None
    assert spec.loader is not None
    gallery = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gallery)
    gallery.write(tmp_path)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    assert len(written) == len(gallery.PICTURES) + 1
    for path in written:
        assert (ROOT / "docs" / path).read_text() == (tmp_path / path).read_text(), (
            f"docs/{path} is not current: python docs/gallery.py"
        )
