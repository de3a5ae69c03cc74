"""Put the account under which the repository is published into every address.

python .ci/owner.py NAME
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILES = [
    ".github/ISSUE_TEMPLATE/config.yml",
    "CITATION.cff",
    "RELEASING.md",
    "docs/ci.md",
    "mkdocs.yml",
    "pyproject.toml",
]


def current(root: Path = ROOT) -> str:
    found = re.search(r"https://github\.com/(.*)/lstmcount", (root / "pyproject.toml").read_text())
    assert found
    return found[1]


def main(name: str, root: Path = ROOT) -> None:
    if not re.fullmatch(r"[A-Za-z0-9](-?[A-Za-z0-9])*", name):
        sys.exit(f"{name!r} cannot be an account of GitHub's")
    before = current(root)
    address = re.compile(rf"(?<![\w-]){re.escape(before)}(?=/lstmcount\b|\.github\.io\b)")
    for file in FILES:
        path = root / file
        path.write_text(address.sub(name, path.read_text()))
    print(f"{before} is now {name} in {', '.join(FILES)}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
