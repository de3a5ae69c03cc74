"""Arguments that are globs, for shells that do not expand them (and ** for those that do)."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable

from lstmcount.budgets.project import TOML_NAME, YAML_NAME
from lstmcount.errors import LstmcountError


def expand(arguments: Iterable[str], *, optional: bool = False) -> list[str]:
    """Every source once; a glob that matches nothing is an error unless `optional`."""
    found: dict[str, None] = {}
    for argument in arguments:
        if not glob.has_magic(argument) or os.path.lexists(argument):
            found[argument] = None
            continue
        matching = sorted(
            name
            for name in glob.iglob(argument, recursive=True)
            if os.path.basename(name) not in (YAML_NAME, TOML_NAME) and not os.path.isdir(name)
        )
        if not matching and not optional:
            raise LstmcountError(f"no file matches {argument!r}")
        found.update(dict.fromkeys(matching))
    return list(found)
