"""Operators on plain values, unknowns and tensors, with bounds on the size of results."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

from lstmcount.programs.language.run import MISSING, PYTHON_ERRORS, Run
from lstmcount.programs.language.structures import (
    MAX_EFFORT,
    effort,
    first_unknown,
    unknown_among,
    unknown_in_key,
)
from lstmcount.programs.language.values.elements import container_elements, rounds
from lstmcount.programs.language.values.unknowns import (
    UnknownJoined,
    UnknownModule,
    UnknownRepetition,
    UnknownText,
    as_text,
)
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import FREE_SIZE, Unknown

MAX_BITS = 20_000  # of an integer result
MAX_LENGTH = 1_000_000  # of a string or list result
STEPS_PER_HASHED = 32  # an element of a set needs as much more memory than an element of a list
_NUMBERS = re.compile(r"\d+", re.ASCII)
_WIDE = re.compile(r"\d{5,}|\*")

BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.BitAnd: operator.and_,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
    ast.Invert: operator.invert,
}
_DIVISIONS = (ast.Div, ast.FloorDiv, ast.Mod)
_OF_SETS = (ast.BitOr, ast.BitAnd, ast.BitXor)
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_SCALARS = (int, float, str, bytes, complex, bool)  # equal scalars may be one object
_PLAIN = (int, float, str, bool, list, tuple, dict, set, frozenset, complex, bytes, type(None))


def truth_of(run: Run, value: Any) -> Any:
    """True, False, or the unknown that the truth value depends on."""
    if value is True or value is False:
        return value
    if isinstance(value, Unknown):
        if isinstance(value, UnknownModule):
            return True
        return value if value.text is not None else Unknown("?")
    if not value and run.is_open(value):
        return Unknown(f"len({run.spoiled[id(value)]})")
    return value.truth(run) if isinstance(value, Value) else bool(value)


def _defining_operand(left: Any, right: Any) -> Value | None:
    """The operand that defines the operator's result; None for plain operands."""
    if not isinstance(left, Value):
        return right if isinstance(right, Value) else None
    return right if isinstance(right, Value) and right.strength > left.strength else left


def binary(run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
    """`left op right`; an unknown if an operand is unknown or Python would raise an exception."""
    if isinstance(left, UnknownText) or isinstance(right, UnknownText):
        left, right = as_text(left), as_text(right)
    answering = _defining_operand(left, right)
    if answering is not None:
        result = answering.binary(run, op, left, right, node)
        if result is not NotImplemented:
            return result
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        if op in _OF_SETS or isinstance(left, set | frozenset):
            return Unknown(run.source_of(node))
        unknown = left if isinstance(left, Unknown) else right
        run.may_fail(node, "TypeError", *(["ZeroDivisionError"] if op in _DIVISIONS else []))
        return _of_unknown(run, op, unknown, right if unknown is left else left, unknown is right)
    if not isinstance(left, _PLAIN) or not isinstance(right, _PLAIN):
        return Unknown(run.source_of(node))
    if op is ast.Mod and isinstance(left, str) and _WIDE.search(left):
        return Unknown(run.source_of(node))
    return _binary_of_plain(run, op, left, right, node)


def _of_unknown(
    run: Run, op: type[ast.operator], unknown: Unknown, other: Any, is_right: bool
) -> Unknown:
    """The result of an operator on an unknown and another value."""
    if unknown.text is None:
        return Unknown(FREE_SIZE)
    if not isinstance(other, list | tuple) or isinstance(unknown, UnknownRepetition):
        return unknown
    if op is ast.Mult:
        return UnknownRepetition(unknown.text)
    if op is not ast.Add:
        return unknown
    run.unknown_lists.add(unknown.text)
    known = unknown if isinstance(unknown, UnknownJoined) else UnknownJoined(unknown.text)
    return known.joined(other, is_before=is_right)


def _binary_of_plain(run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
    """`left op right` of numbers, texts and containers, within bounds."""
    if op is ast.Add and {type(left), type(right)} == {list, tuple}:
        left, right = [*left], [*right]  # a shape from --set is a tuple
    if op is ast.Mod and isinstance(left, str):
        run.weigh(node, left, right)
    if run.is_open(left) or run.is_open(right):
        return Unknown(run.source_of(node))
    if isinstance(left, set | frozenset | dict) and isinstance(right, set | frozenset | dict):
        run.spend(STEPS_PER_HASHED * (len(left) + len(right)), node)
    if not _within_bounds(op, left, right):
        raise run.limit(node, f"{run.source_of(node)} is too large to be followed")
    if op is ast.Div and type(left) is type(right) is int and run.program.divides_to_integers:
        op = ast.FloorDiv
    try:
        result = BINARY[op](left, right)
    except (*PYTHON_ERRORS, RecursionError) as error:
        run.fail(error)
        return Unknown(run.source_of(node))
    if isinstance(result, list | tuple | str | bytes):
        run.spend(len(result), node)
    return result


def _within_bounds(op: type[ast.operator], left: Any, right: Any) -> bool:
    """Whether the result of an operator is small enough to be computed."""
    if isinstance(left, int) and isinstance(right, int):
        bits = _BITS.get(op)
        return bits is None or bits(left, right) <= MAX_BITS
    if op is ast.Mult:
        for sequence, times in ((left, right), (right, left)):
            if isinstance(sequence, _SEQUENCES) and isinstance(times, int):
                return len(sequence) * max(times, 0) <= MAX_LENGTH
    elif op is ast.Add and isinstance(left, _SEQUENCES):
        return len(left) + (len(right) if hasattr(right, "__len__") else 0) <= MAX_LENGTH
    elif op is ast.Mod and isinstance(left, str):
        return _formatted_length(left, right) <= MAX_LENGTH
    return op is not ast.Mod or not isinstance(left, bytes)


_SEQUENCES = (str, list, tuple, bytes)
# The most bits that the result of an operator on integers has, where that may be many.
_BITS: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Mult: lambda left, right: left.bit_length() + right.bit_length(),
    ast.Pow: lambda left, right: left.bit_length() * abs(right),
    ast.LShift: lambda left, right: left.bit_length() + right,
}


def _formatted_length(template: str, values: Any) -> int:
    """An upper bound for the length of `template % values`, from the widths and values."""
    widths = sum(map(int, _NUMBERS.findall(template)))
    times = template.count("%(") if isinstance(values, dict) else 1
    return len(template) + widths + 16 * times * effort([values], MAX_EFFORT)


def unary(run: Run, op: type[ast.unaryop], value: Any, node: ast.AST) -> Any:
    if op is ast.Not:
        truth = truth_of(run, value)
        return truth if isinstance(truth, Unknown) else not truth
    if isinstance(value, Value):
        result = value.unary(run, op, node)
        return Unknown(run.source_of(node)) if result is NotImplemented else result
    if isinstance(value, Unknown):
        return value
    try:
        return UNARY[op](value)
    except PYTHON_ERRORS as error:
        run.fail(error)
        return Unknown(run.source_of(node))


def compare(run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
    """True, False, or the unknown that the result depends on."""
    if isinstance(left, UnknownText) or isinstance(right, UnknownText):
        left, right = as_text(left), as_text(right)
    if op in (ast.Is, ast.IsNot):
        same = _is_same(left, right)
        return same if isinstance(same, Unknown) else same == (op is ast.Is)
    if op in (ast.In, ast.NotIn):
        return _contains(run, left, right, op is ast.NotIn, node)
    answering = _defining_operand(left, right)
    if answering is not None:
        result = answering.compare(run, op, left, right, node)
        if result is not NotImplemented:
            return result
    if isinstance(left, Unknown):
        return left
    if isinstance(right, Unknown):
        return right
    if run.is_open(left) or run.is_open(right):
        return Unknown(run.source_of(node))
    run.weigh(node, left, right)
    if _are_alike(op, left, right) and first_unknown([left, right], of_data=True) is not None:
        return _compare_in_part(run, op, left, right, node)
    try:
        result = COMPARE[op](left, right)
    except (*PYTHON_ERRORS, RecursionError) as error:
        run.fail(error)
        return Unknown(run.source_of(node))
    return result if isinstance(result, bool) else Unknown(run.source_of(node))


def _are_alike(op: type[ast.cmpop], left: Any, right: Any) -> bool:
    """Whether two structures are compared element by element."""
    kinds = (list, tuple, dict) if op in (ast.Eq, ast.NotEq) else (list, tuple)
    return any(isinstance(left, kind) and isinstance(right, kind) for kind in kinds)


def _compare_in_part(run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
    """Compare structures with unknown elements, as far as the result depends on these."""
    is_equality = op in (ast.Eq, ast.NotEq)
    if is_equality and len(left) != len(right):
        return op is ast.NotEq
    if isinstance(left, dict):
        if left.keys() != right.keys():
            return op is ast.NotEq
        right = [right[key] for key in left]
        left = [*left.values()]
    unknown: Unknown | None = None
    for one, other in zip(left, right, strict=False):
        same = truth_of(run, compare(run, ast.Eq, one, other, node))
        if isinstance(same, Unknown):
            unknown = unknown or same
        elif not same and is_equality:
            return op is ast.NotEq
        elif not same:
            return unknown or compare(run, op, one, other, node)
    return unknown or COMPARE[op](len(left), len(right))


def _is_same(left: Any, right: Any) -> Any:
    """`left is right`, or the unknown that it depends on. Equal numbers and texts are the same."""
    if isinstance(left, UnknownModule) and right is None:
        return False
    for side in (left, right):
        if isinstance(side, Unknown):
            return side
    for side, other in ((left, right), (right, left)):
        same = side.is_same(other) if isinstance(side, Value) else MISSING
        if same is not MISSING:
            return same
    is_scalar = type(left) in _SCALARS and type(left) is type(right)
    return left is right or (is_scalar and bool(left == right))


def _contains(run: Run, item: Any, container: Any, negated: bool, node: ast.AST) -> Any:
    """`item in container`, or `not in` if `negated`; or the unknown that it depends on."""
    if isinstance(container, Unknown):
        return container
    is_open = run.is_open(container)
    is_hashed = isinstance(container, dict | set | frozenset)
    unknown = unknown_in_key(item) if is_hashed or isinstance(item, Unknown) else None
    if unknown is not None:
        is_empty = isinstance(container, list | tuple | dict | set) and not container
        return negated if is_empty and not is_open else unknown
    if isinstance(container, range) and not isinstance(item, int):
        return Unknown(run.source_of(node))  # Python would compare every element
    run.weigh(node, item, container)
    if isinstance(container, Value):
        truth = container.contains(run, item, node)
        elements = rounds(run, container, node) if truth is MISSING else None
        if elements is not None:
            truth = _is_one_of(run, item, elements, node)
        return _negated(run, truth, negated, node)
    if isinstance(container, list | tuple) and isinstance(item, Value):
        return _negated(run, _is_one_of(run, item, container, node), negated, node)
    try:
        is_inside = item in container
        if is_open and not is_inside:
            return Unknown(run.source_of(node))
        is_list = isinstance(container, list | tuple) and not is_inside
        if is_list and first_unknown([item, container]) is not None:
            return _negated(run, _is_one_of(run, item, container, node), negated, node)
        return is_inside != negated
    except (*PYTHON_ERRORS, RecursionError):
        known = container_elements(run, container, node)
        truth = MISSING if known is None else any(element is item for element in known)
        return _negated(run, truth, negated, node)


def _is_one_of(run: Run, item: Any, elements: Iterable[Any], node: ast.AST) -> Any:
    """Whether an element is the item or equals it; an unknown if that is not known."""
    unknown: Any = False
    for element in elements:
        truth = element is item or _are_equal(run, element, item, node)
        if truth is True:
            return True
        unknown = truth if isinstance(truth, Unknown) else unknown
    return unknown


def _are_equal(run: Run, left: Any, right: Any, node: ast.AST) -> Any:
    """`left == right`, without creating an operation on tensors."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return left if isinstance(left, Unknown) else right
    if any(isinstance(each, Value) and each.has_unknown_value for each in (left, right)):
        return Unknown(run.source_of(node))
    if any(
        isinstance(operand, Value) and not operand.defines_equality for operand in (left, right)
    ):
        return bool(left == right)
    return compare(run, ast.Eq, left, right, node)


def _negated(run: Run, truth: Any, negated: bool, node: ast.AST) -> Any:
    if truth is MISSING:
        return Unknown(run.source_of(node))
    return truth if isinstance(truth, Unknown) else truth != negated


def hashed(run: Run, values: list[Any], node: ast.AST) -> Any:
    if unknown_among(values) is not None:
        return Unknown(run.source_of(node))
    run.weigh(node, values)
    run.spend(STEPS_PER_HASHED * len(values), node)
    try:
        return set(values)
    except TypeError:
        return Unknown(run.source_of(node))


def folded(run: Run, op: type[ast.operator], values: list[Any], node: ast.AST) -> Any:
    """`a op b op c …`, with bounds checked at each step."""
    result = values[0]
    for value in values[1:]:
        run.spend(8, node)
        result = binary(run, op, result, value, node)
    return result


def formatted(run: Run, value: Any, spec: str, node: ast.AST) -> Any:
    if isinstance(value, Value) and not spec:
        text = value.operation(run, "format", node)
        return Unknown(run.source_of(node)) if text is MISSING else text
    if not isinstance(value, _PLAIN) or _WIDE.search(spec):
        return Unknown(run.source_of(node))
    run.weigh(node, value)
    try:
        text = format(value, spec)
    except (*PYTHON_ERRORS, RecursionError):
        return Unknown(run.source_of(node))
    run.spend(len(text), node)
    return text
