"""Prepare a release, or print what CHANGELOG.md says of one.

python .ci/release.py 0.2.0          set the version, in the pages too, and head what is unreleased
python .ci/release.py --notes 0.2.0  the notes; an error where the package has another version
"""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = re.compile(r'^__version__ = "(.*)"$', re.MULTILINE)
UNRELEASED = "## Unreleased\n"


def current(root: Path = ROOT) -> str:
    found = VERSION.search((root / "lstmcount" / "version.py").read_text())
    assert found
    return found[1]


def prepare(version: str, root: Path = ROOT) -> None:
    if not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", version, re.ASCII):
        sys.exit(f"{version!r} is no version such as 1.2.3 or 1.2.3rc1")
    pages = {
        "lstmcount/version.py": ('__version__ = "{}"',),
        "CITATION.cff": ("version: {}",),
        "docs/ci.md": ("lstmcount@v{}", "rev: v{}", "lstmcount[hdf5]=={}"),
    }
    before = current(root)
    for name, places in pages.items():
        path = root / name
        text = path.read_text()
        for place in places:
            text = text.replace(place.format(before), place.format(version))
        path.write_text(text)
    log = root / "CHANGELOG.md"
    heading = f"{UNRELEASED}\n## {version} - {datetime.now(UTC):%Y-%m-%d}\n"
    log.write_text(log.read_text().replace(UNRELEASED, heading, 1))


def notes(version: str, root: Path = ROOT) -> str:
    if version != current(root):
        sys.exit(f"the package's version is {current(root)}, not {version}")
    heading = re.compile(rf"^## {re.escape(version)} - [^\n]*\n(.*?)(?=^## |\Z)", re.M | re.S)
    found = heading.search((root / "CHANGELOG.md").read_text())
    if found is None:
        sys.exit(f"CHANGELOG.md has no heading for {version}")
    return found[1].strip()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--notes", tag]:
            print(notes(tag.removeprefix("v")))
        case [version]:
            prepare(version)
        case _:
            sys.exit(__doc__)
