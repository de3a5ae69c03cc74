"""Operations that call functions of the program: branches and loops over tensors."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.statements.calls import call_unknown
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    map_tensors,
    tensors_in,
)
from lstmcount.shapes import Unknown


def cond(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`ops.cond(pred, true_fn, false_fn)`: both functions are traced."""
    passed = arguments_by_name(("pred", "true_fn", "false_fn"), args, kwargs)
    result = _branches(run, [passed.get("true_fn"), passed.get("false_fn")], [], node)
    return _not_followed(run, args, kwargs, node) if result is MISSING else result


def switch(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`ops.switch(index, branches, *operands)`: all functions are traced."""
    passed = arguments_by_name(("index", "branches"), args[:2], kwargs)
    functions = passed.get("branches")
    several = [*functions] if isinstance(functions, list | tuple) else []
    result = _branches(run, several, args[2:], node)
    return _not_followed(run, args, kwargs, node) if result is MISSING else result


def while_loop(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`ops.while_loop(cond, body, loop_vars)`: the shapes of the variables stay the same."""
    passed = arguments_by_name(("cond", "body", "loop_vars"), args[:3], kwargs)
    variables, body = passed.get("loop_vars"), passed.get("body")
    if not _is_followed(run, body, variables) or "shape_invariants" in kwargs or len(args) > 3:
        return _not_followed(run, args, kwargs, node)
    state = session_of(run).arrays_as_tensors(variables, node)
    is_one = not isinstance(state, list | tuple)
    _call_once(run, body, [state] if is_one else [*state], node)
    return _after(run, state, node)


def fori_loop(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`ops.fori_loop(lower, upper, body_fun, init_val)`."""
    passed = arguments_by_name(("lower", "upper", "body_fun", "init_val"), args, kwargs)
    initial, body = passed.get("init_val"), passed.get("body_fun")
    if not _is_followed(run, body, initial):
        return _not_followed(run, args, kwargs, node)
    state = session_of(run).arrays_as_tensors(initial, node)
    _call_once(run, body, [run.unknown("the index of a loop"), state], node)
    return _after(run, state, node)


def scan(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`ops.scan(f, init, xs, length)`: the last state, and what each step returns."""
    passed = arguments_by_name(("f", "init", "xs", "length"), args, kwargs)
    function, session = passed.get("f"), session_of(run)
    state, rows = [session.arrays_as_tensors(passed.get(name), node) for name in ("init", "xs")]
    sequences = tensors_in(rows)
    if not _is_followed(run, function, [state, rows]) or not all(each.shape for each in sequences):
        return _not_followed(run, args, kwargs, node)
    result = _call_with_row(run, function, state, rows, node)
    if not isinstance(result, list | tuple) or len(result) != 2:
        return _not_followed(run, args, kwargs, node)
    count = sequences[0].shape[0] if sequences else passed.get("length")
    every = _stacked(run, result[1], count, tensors_in([state, rows]), node)
    return (_after(run, state, node), every)


def tensorflow_scan(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`tf.scan(fn, elems, initializer)`: what each step returns."""
    passed = arguments_by_name(("fn", "elems", "initializer"), args, kwargs)
    function, session = passed.get("fn"), session_of(run)
    state, rows = [
        session.arrays_as_tensors(passed.get(name), node) for name in ("initializer", "elems")
    ]
    sequences = tensors_in(rows)
    if not sequences or state is None or not _is_followed(run, function, [state, rows]):
        return _not_followed(run, args, kwargs, node)
    result = _call_with_row(run, function, state, rows, node)
    return _stacked(run, result, sequences[0].shape[0], tensors_in([state, rows]), node)


def _call_with_row(run: Run, function: Any, state: Any, rows: Any, node: ast.AST) -> Any:
    session = session_of(run)
    with session.tracing():
        row = map_tensors(rows, lambda tensor: session.fresh_input(tensor.shape[1:], node))
    return _call_once(run, function, [state, row], node)


def _stacked(run: Run, result: Any, count: Any, read: list[Any], node: ast.AST) -> Any:
    """What all steps return, given what one of them does."""
    tensors, session = tensors_in(result), session_of(run)
    if not tensors or any(tensor.shape is None for tensor in tensors):
        return run.unknown(run.source_of(node))
    return map_tensors(
        result, lambda tensor: session.stand_in("Loop", read, (count, *tensor.shape), node)
    )


def _not_followed(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    function = Unknown(run.source_of(getattr(node, "func", node)))
    return call_unknown(run, function, args, kwargs, node)


def _is_followed(run: Run, function: Any, variables: Any) -> bool:
    tensors = tensors_in(variables)
    are_known = bool(tensors) and all(tensor.shape is not None for tensor in tensors)
    return session_of(run).depth > 0 and isinstance(function, Value) and are_known


def _branches(run: Run, functions: list[Any], operands: list[Any], node: ast.AST) -> Any:
    """What functions return that all return tensors of the same shapes, or MISSING."""
    are_known = functions and all(isinstance(each, Value) for each in functions)
    if session_of(run).depth == 0 or not are_known:
        return MISSING
    results = [run.call(function, operands, {}, node) for function in functions]
    shapes = [[tensor.shape for tensor in tensors_in(result)] for result in results]
    are_same = shapes[0] and None not in shapes[0] and all(each == shapes[0] for each in shapes)
    return results[0] if are_same else MISSING


def _call_once(run: Run, function: Any, state: list[Any], node: ast.AST) -> Any:
    """Follow one round of a loop with new tensors in the place of those of its state."""
    session = session_of(run)
    with session.tracing():
        held = map_tensors(state, lambda tensor: session.fresh_input(tensor.shape, node))
        return run.call(function, held, {}, node)


def _after(run: Run, state: Any, node: ast.AST) -> Any:
    """The state after a loop: tensors of the same shapes, and unknown numbers."""
    session, read = session_of(run), tensors_in(state)
    if isinstance(state, list | tuple):
        return type(state)(_after(run, each, node) for each in state)
    if isinstance(state, SymbolicTensor):
        return session.stand_in("Loop", read, state.shape, node)
    return run.unknown("a number that a loop changes")
