"""Changes to syntax trees: expressions put in others' places, statements moved, names exchanged."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.fuzz.sources import hostile
from tests.fuzz.sources.program_parts import BUILTINS, HOSTILE

Place = tuple[ast.AST, str, int | None]  # a node, its field, an index where that is a list


def change(rng: Random, tree: ast.Module, donors: Sequence[ast.expr]) -> None:
    """One change to `tree`, in place."""
    rng.choice((_expression, _expression, _expression, _constant, _statement, _name))(
        rng, tree, donors
    )


def _expression(rng: Random, tree: ast.Module, donors: Sequence[ast.expr]) -> None:
    """One expression replaced: by another of the program, of another one, or a hostile one."""
    places = _places(tree, ast.expr)
    if not places:
        return
    place = rng.choice(places)
    kind = rng.random()
    if kind < 0.4:
        new: Any = _get(rng.choice(places))
    elif kind < 0.6:
        new = rng.choice(donors)
    elif kind < 0.85:
        new = ast.parse(rng.choice(HOSTILE), mode="eval").body
    else:
        name = ast.Name(rng.choice(BUILTINS), ast.Load())
        new = ast.Call(name, [_get(place)], []) if rng.random() < 0.6 else name
    _set(place, copy.deepcopy(new))


def _constant(rng: Random, tree: ast.Module, donors: Sequence[ast.expr]) -> None:
    places = [place for place in _places(tree, ast.expr) if isinstance(_get(place), ast.Constant)]
    if places:
        value = hostile.scalar(rng)
        if isinstance(value, str):
            value = value.encode("utf-8", "replace").decode()
        _set(rng.choice(places), ast.Constant(value))


def _statement(rng: Random, tree: ast.Module, donors: Sequence[ast.expr]) -> None:
    """A statement deleted, doubled, moved, or put within a loop, a branch, a try, a function."""
    places = _places(tree, ast.stmt)
    if not places:
        return
    parent, field, index = rng.choice(places)
    body = getattr(parent, field)
    old = body[index]
    kind = rng.randrange(8)
    if kind == 0 and len(body) > 1:
        del body[index]
    elif kind == 1:
        body.insert(rng.randint(0, len(body)), copy.deepcopy(old))
    elif kind == 2:
        other, other_field, _ = rng.choice(places)
        getattr(other, other_field).append(copy.deepcopy(old))
    elif kind >= 3:
        body[index] = _within(kind, old)


def _within(kind: int, old: Any) -> ast.stmt:
    heads = {
        3: "for i in range(3):\n pass",
        4: "if unknown_condition:\n pass",
        5: "try:\n pass\nexcept Exception as error:\n pass",
        6: "while i < 3:\n pass",
        7: "def inner():\n pass",
    }
    found: Any = ast.parse(heads[kind]).body[0]
    found.body = [old]
    return found


def _name(rng: Random, tree: ast.Module, donors: Sequence[ast.expr]) -> None:
    """One name bound or read under another that the program or Python has."""
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    if names:
        known = [node.id for node in names] if rng.random() < 0.6 else BUILTINS
        rng.choice(names).id = rng.choice(known)


def _places(tree: ast.AST, kind: type[ast.AST]) -> list[Place]:
    found: list[Place] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.FormattedValue | ast.MatchValue | ast.MatchMapping):
            continue  # texts and patterns hold only some expressions
        for field, value in ast.iter_fields(node):
            items = enumerate(value) if isinstance(value, list) else [(None, value)]
            found += [(node, field, index) for index, item in items if _fits(item, kind)]
    return found


def _fits(item: Any, kind: type[ast.AST]) -> bool:
    is_read = isinstance(getattr(item, "ctx", ast.Load()), ast.Load)
    return isinstance(item, kind) and is_read and not isinstance(item, ast.Starred | ast.Slice)


def _get(place: Place) -> Any:
    node, field, index = place
    value = getattr(node, field)
    return value if index is None else value[index]


def _set(place: Place, new: Any) -> None:
    node, field, index = place
    if index is None:
        setattr(node, field, new)
    else:
        getattr(node, field)[index] = new
