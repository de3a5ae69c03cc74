"""Estimate what a branch does, and forget what a loop of unknown length may change."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.scope import Scope

LOOPS_OVER_ELEMENTS = (
    ast.For, ast.AsyncFor, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp,
)  # fmt: skip
_COUNTED = (list, dict, set, tuple, str, bytes, int, float)  # may depend on the rounds
_LEAVING = {ast.Return: "return", ast.Raise: "raise", ast.Break: "break", ast.Continue: "continue"}
_EXITS = {"exit", "quit", "_exit", "abort"}
_BUILDING = r"[A-Z]\w*|.*(?:model|build|create|make|net|layer|block|add).*"


FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef


@lru_cache(8192)
def yields(node: ast.AST) -> bool:
    """Whether a statement contains a `yield` of the function around it."""
    todo = [node]
    while todo:
        inner = todo.pop()
        if isinstance(inner, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(inner, FUNCTIONS):
            todo += ast.iter_child_nodes(inner)
    return False


@lru_cache(2048)
def is_generator(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(map(yields, function.body))


def loop_exit(loop: ast.While) -> ast.Return | ast.Break | None:
    """The first `return` or `break` that leaves a loop."""
    todo: list[tuple[ast.AST, bool]] = [(node, False) for node in reversed(loop.body)]
    while todo:
        node, is_nested = todo.pop()
        if isinstance(node, ast.Return) or (isinstance(node, ast.Break) and not is_nested):
            return node
        if not isinstance(node, FUNCTIONS):
            is_nested = is_nested or isinstance(node, ast.For | ast.AsyncFor | ast.While)
            todo += [(inner, is_nested) for inner in reversed([*ast.iter_child_nodes(node)])]
    return None


def forget(run: Run, loop: ast.AST, scope: Scope) -> None:
    """Make unknown what a loop with an unknown number of rounds fills or counts."""
    for name in _filled(loop):
        value = scope.find(name)
        if value is not None and isinstance(value.names[name], _COUNTED):
            words = run.words_at(name, loop)
            many = _of_many(run, words, value.names[name])
            run.noted.note_place(name, words, many, value)
            value.bind(name, many)


def _of_many(run: Run, words: str, value: Any) -> Any:
    """The value of a list after an unknown number of rounds, derived from its last element."""
    if words in run.settings or not isinstance(value, list) or not value:
        return run.unknown(words)
    many = run.libraries.many(run, words, value[-1])
    return run.unknown(words) if many is MISSING else many


@lru_cache(4096)
def _filled(loop: ast.AST) -> tuple[str, ...]:
    names = _carried(loop)
    for node in ast.walk(loop):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            if isinstance(node.value, ast.Name):
                names.add(node.value.id)
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.attr in ("append", "add", "extend", "update", "insert", "setdefault")
        ):
            names.add(node.func.value.id)
    return tuple(names)


def _carried(loop: ast.AST) -> set[str]:
    """Names whose values depend on earlier rounds: `n = n * 2`, `last = i`."""
    assigned: dict[str, set[str]] = {}
    for node in ast.walk(loop):
        if isinstance(node, ast.Assign):
            read = {name.id for name in ast.walk(node.value) if isinstance(name, ast.Name)}
            for target in node.targets:
                if isinstance(target, ast.Name):
                    assigned.setdefault(target.id, set()).update(read)
        elif isinstance(node, ast.For):
            for name in ast.walk(node.target):
                if isinstance(name, ast.Name):
                    assigned.setdefault(name.id, set()).add(name.id)
    return {name for name, read in assigned.items() if read & assigned.keys()}


def called_name(call: ast.Call) -> str:
    """The last name of the function that is called: `fit` in `model.fit(x)`; "" for others."""
    name: str = getattr(call.func, "attr", "") or getattr(call.func, "id", "")
    return name


def way_out(body: list[ast.stmt]) -> str:
    """How a body certainly ends: "return", "raise", "break", "continue", or "" for none of them.

    A `return` with a value counts as "".
    """
    if not body:
        return ""
    last = body[-1]
    if isinstance(last, ast.Return) and last.value is not None:
        is_nothing = isinstance(last.value, ast.Constant) and last.value.value in (None, False)
        return "return" if is_nothing else ""
    if isinstance(last, ast.Expr) and isinstance(last.value, ast.Call):
        return "raise" if called_name(last.value) in _EXITS else ""
    return _LEAVING.get(type(last), "")


def building_score(body: list[ast.stmt]) -> int:
    """A score for how likely a body builds a model, rather than loading or reporting one."""
    score = 0
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                name = called_name(node)
                if name.startswith(("load", "read", "print", "fit", "makedirs", "save")):
                    continue
                score += bool(re.fullmatch(_BUILDING, name))
    return score
