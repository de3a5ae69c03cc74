"""Decisions on which a model's optimizer depends, which changes no count but that of memory."""

from __future__ import annotations

import ast
from functools import lru_cache

from lstmcount.config import ModelConfig
from lstmcount.optimizers import unknown_optimizer
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.libraries.keras.values.objects import ModelObject

_RATES = ("learning_rate", "lr", "decay", "epsilon", "clipnorm", "clipvalue")


def note_decided_optimizer(run: Interpreter, model: ModelObject, config: ModelConfig) -> None:
    """Make the optimizer unknown if a decision chooses between calls of `compile`."""
    names = frozenset(name for name, bound, _ in run.bindings if bound is model)
    for decision in run.decisions.values():
        if isinstance(decision.node, ast.stmt) and _chooses(decision.node, names):
            config.training = {"optimizer": unknown_optimizer(decision.words)}


@lru_cache(maxsize=4096)  # the program is followed several times
def _chooses(statement: ast.stmt, names: frozenset[str]) -> bool:
    """Whether it depends on the way through a statement how these names are compiled."""
    if not isinstance(statement, ast.If):
        return len(_optimizers([statement], names)) > 1
    ways = [_optimizers(body, names) for body in (statement.body, statement.orelse)]
    return ways[0] != ways[1] or len(ways[0]) > 1


def _optimizers(body: list[ast.stmt], names: frozenset[str]) -> set[str]:
    """The texts of the optimizers that `name.compile(…)` gets, without rates of learning."""
    return {
        _text(_optimizer(node))
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "compile"
        and ast.unparse(node.func.value) in names
    }


def _optimizer(call: ast.Call) -> ast.expr:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "optimizer"]
    return [*call.args, *named, ast.Constant("rmsprop")][0]


def _text(optimizer: ast.expr) -> str:
    if not isinstance(optimizer, ast.Call):
        return ast.unparse(optimizer)
    named = [ast.unparse(word) for word in optimizer.keywords if word.arg not in _RATES]
    return " ".join([ast.unparse(optimizer.func), *named])
