"""Python programs: from a grammar, or kept ones with parts of their syntax trees changed."""

from __future__ import annotations

import ast
import warnings
from functools import cache
from random import Random

from tests.conftest import ROOT
from tests.fuzz import mutations, seeds
from tests.fuzz.sources import program_parts as parts
from tests.fuzz.sources.base import Source, source
from tests.fuzz.sources.program_changes import change

KEPT = ROOT / "tests" / "readers" / "python" / "programs"


def make(rng: Random) -> Source:
    return source("program", {"model.py": program(rng).encode("utf-8", "replace")})


def program(rng: Random) -> str:
    text = parts.program(rng) if rng.random() < 0.6 else rng.choice(kept())
    changes = rng.choice((0, 1, 1, 2, 4))
    if changes and rng.random() < 0.85:
        return changed(rng, text, changes)
    if changes and rng.random() < 0.3:
        return mutations.change_text(text, rng.randrange, kept())
    return text


def changed(rng: Random, text: str, changes: int) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(text)
        for _ in range(changes):
            change(rng, tree, donors())
        try:
            return ast.unparse(ast.fix_missing_locations(tree))
        except (ValueError, RecursionError, TypeError, AttributeError):  # no program any more
            return text


@cache
def kept() -> tuple[str, ...]:
    paths = [*sorted(KEPT.glob("*.py")), *seeds.files("*.py")]
    return tuple(path.read_text() for path in paths)


@cache
def donors() -> tuple[ast.expr, ...]:
    """Expressions of the kept programs."""
    trees = [ast.parse(text) for text in kept()]
    nodes = (node for tree in trees for node in ast.walk(tree))
    return tuple(node for node in nodes if isinstance(node, ast.expr) and _is_read(node))


def _is_read(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load) and not isinstance(
        node, ast.Starred | ast.Slice
    )
