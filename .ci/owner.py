"""Put the account under which the repository is published in the place of OWNER.

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


def main(name: str, root: Path = ROOT) -> None:
    if not re.fullmatch(r"[A-Za-z0-9](-?[A-Za-z0-9])*", name):
        sys.exit(f"{name!r} cannot be an account of GitHub's")
    for file in FILES:
        path = root / file
        path.write_text(re.sub(r"\bOWNER\b", name, path.read_text()))


if __name__ == "__main__":
    main(*sys.argv[1:])
