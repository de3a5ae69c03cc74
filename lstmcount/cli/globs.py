"""Expand globs, for shells that do not (and ** for all shells)."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator

from lstmcount.budgets.project import TOML_NAME, YAML_NAME, matches
from lstmcount.errors import LstmcountError


def expand(arguments: Iterable[str], *, optional: bool = False) -> list[str]:
    """Each source once; a glob that matches nothing is an error unless `optional`."""
    found: dict[str, None] = {}
    for argument in arguments:
        if not glob.has_magic(argument) or os.path.lexists(argument):
            found[argument] = None
            continue
        matching = sorted(filter(_is_source, _matching(argument)))
        if not matching and not optional:
            raise LstmcountError(f"no file matches {argument!r}")
        found.update(dict.fromkeys(matching))
    return list(found)


def _is_source(name: str) -> bool:
    is_file = os.path.isfile(name) or not os.path.exists(name)  # reading reports broken links
    return is_file and os.path.basename(name) not in (YAML_NAME, TOML_NAME)


def _matching(pattern: str) -> Iterable[str]:
    if "**" not in pattern.split("/"):
        return glob.iglob(pattern)
    parts = pattern.split("/")
    first = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    return _below("/".join(parts[:first]) or ("/" if first else ""), "/".join(parts[first:]))


def _below(folder: str, pattern: str) -> Iterator[str]:
    """Unlike `glob`, do not follow links: two links can make a walk endless."""
    for path, folders, files in os.walk(folder or "."):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in files:
            inside = os.path.relpath(os.path.join(path, name), folder or ".")
            if not name.startswith(".") and matches(inside.replace(os.sep, "/"), pattern):
                yield os.path.join(folder, inside)
