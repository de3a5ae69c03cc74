"""Examples of values that may settle an unknown condition or loop."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import msgspec

from lstmcount.programs.language.flow import LOOPS_OVER_ELEMENTS
from lstmcount.programs.language.interpreter import Decision

MAX_EXAMPLES = 6
_SIZES = (8, 16, 3, 2, 4, 5)
UNSET: Any = object()  # the example of an environment variable without a default: None
LOOPS = (*LOOPS_OVER_ELEMENTS, ast.While)


def examples_for(decision: Decision) -> Iterator[tuple[str, Any, str]]:
    """Texts and values that may settle a decision, and the values as text."""
    if decision.example is not None:
        example = None if decision.example is UNSET else decision.example
        yield decision.words, example, _shown(example)
    values = [(3, "3")] if "isinstance(" in decision.test else []
    if decision.words == decision.test and not isinstance(decision.node, LOOPS_OVER_ELEMENTS):
        yield decision.words, True, "true"
    if not isinstance(decision.node, LOOPS):
        test = getattr(decision.node, "test", decision.node)
        values += [(value, _shown(value)) for value in _compared(test)]
        is_of_key = isinstance(decision.node, ast.Attribute)  # `layers[at].trainable = False`
        values += [(0, "0")] if is_of_key or _orders_numbers(test) else []
        is_condition = not (is_of_key or isinstance(test, ast.Subscript) or _asks_for_type(test))
        values += [(True, "true")] if is_condition else []
    values += _for_loops(decision)
    for value, example in values[:MAX_EXAMPLES]:
        yield decision.words, value, example
    if not isinstance(decision.node, LOOPS_OVER_ELEMENTS):
        yield decision.test, True, "true"


def _for_loops(decision: Decision) -> list[tuple[Any, str]]:
    """Values for a number of rounds, or for the elements that a loop goes through."""
    number, elements = (3, "3"), ([8, 16], "[8, 16]")
    names = (["a", "b"], '["a", "b"]')  # such as those of inputs
    if (rows := _rows(decision)) is not None:
        return [(rows, json.dumps(rows)), elements]
    if decision.words.startswith("range("):
        return [([0, 1, 2], "[0, 1, 2]")]
    if decision.is_list is not None:
        return [elements, names] if decision.is_list else [number]
    if decision.words.startswith("len(") or decision.test.startswith("range("):
        return [number]
    is_over_elements = isinstance(decision.node, LOOPS_OVER_ELEMENTS)
    is_sure = is_over_elements and "range(" not in decision.test
    return [elements, names] if is_sure else [number, elements]


def _rows(decision: Decision) -> list[list[Any]] | None:
    """What a loop that unpacks each element may go through, as `for name, size in sizes.items()`"""
    target, iterated = getattr(decision.node, "target", None), getattr(decision.node, "iter", None)
    if not isinstance(target, ast.Tuple) or not isinstance(iterated, ast.expr):
        return None
    is_plain = all(isinstance(part, ast.Name) for part in target.elts)
    if not is_plain or ast.unparse(iterated) != decision.words:
        return None
    if decision.words.endswith(".items()"):
        return [["a", 8], ["b", 16]]
    return [[*_SIZES[: len(target.elts)]] for _ in range(2)]


def _shown(value: Any) -> str:
    """A value as `--set` takes it.

    >>> _shown(True), _shown("lstm"), _shown("1.2"), _shown(["7", 8])
    ('true', 'lstm', '"1.2"', '["7", 8]')
    """
    if isinstance(value, str):
        with suppress(msgspec.DecodeError):
            msgspec.json.decode(value)
            return f'"{value}"'
        return value
    return json.dumps(value)


def _asks_for_type(test: ast.AST) -> bool:
    """Whether a condition asks for the type of a value."""
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    return not names.isdisjoint({"isinstance", "type"})


def _orders_numbers(test: ast.AST) -> bool:
    """Whether a condition asks which of two values is larger."""
    compared = [node for node in ast.walk(test) if isinstance(node, ast.Compare)]
    return any(
        isinstance(op, ast.Lt | ast.LtE | ast.Gt | ast.GtE) for c in compared for op in c.ops
    )


def _compared(test: ast.AST) -> Iterator[Any]:
    """The constants that a condition or a pattern compares with."""
    for node in ast.walk(test):
        if isinstance(node, ast.Compare | ast.MatchValue):
            sides = (
                [node.left, *node.comparators] if isinstance(node, ast.Compare) else [node.value]
            )
            for side in sides:
                parts = side.elts if isinstance(side, ast.Tuple | ast.List | ast.Set) else [side]
                for part in parts:
                    if isinstance(part, ast.Constant) and isinstance(part.value, int | float | str):
                        yield part.value
