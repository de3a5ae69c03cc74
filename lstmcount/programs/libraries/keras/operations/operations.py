"""Call operations of `keras.ops`: on symbolic tensors, on arrays, and on numbers."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any

from lstmcount.layers.ops.registry import Signature
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import words
from lstmcount.programs.libraries.keras.session.construct import as_argument
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.call_shapes import shape_of_operation
from lstmcount.programs.libraries.keras.values.result_structures import as_tuple
from lstmcount.programs.libraries.keras.values.tensors import tensors_in
from lstmcount.programs.libraries.numpy.arrays import Array, as_array
from lstmcount.shapes import Unknown

_OPERANDS_AS_TENSORS = words(
    "Dot Matmul Einsum Tensordot Concatenate Stack Vstack Hstack Append Outer Take"
    " Conv ConvTranspose DepthwiseConv SeparableConv"
)


def apply(
    run: Run,
    signature: Signature,
    args: list[Any],
    kwargs: dict[str, Any],
    node: ast.AST,
) -> Any:
    """Call an operation: on symbolic tensors, create a node; on arrays, compute the shape."""
    called, arguments = _bound(signature, args, kwargs)
    has_tensors = bool(tensors_in(called))
    if has_tensors:
        session = session_of(run)
        are_tensors = signature.operation in _OPERANDS_AS_TENSORS
        convert = session.operand if are_tensors else session.arrays_as_tensors
        called = [convert(value, node) for value in called]
    called = [list(value) if isinstance(value, tuple) else value for value in called]
    if has_tensors:
        return session_of(run).operation(signature.operation, called, {}, node, arguments)
    result = _on_arrays(run, signature.operation, called, arguments)
    if result is None:
        result = result_on_numbers(signature.operation, called, arguments)
    return run.unknown(run.source_of(node)) if result is None else result


def _bound(
    signature: Signature, args: list[Any], kwargs: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of an operation's call, and those of its constructor."""
    names = signature.arguments
    star = next((i for i, name in enumerate(names) if name.startswith("*")), None)
    passed = arguments_by_name(names[:star], args, kwargs)
    values = {key: passed[key] for key in names if key in passed and not key.startswith("*")}
    arguments = {k: as_argument(v) for k, v in values.items() if k in signature.constructor}
    called = [value for key, value in values.items() if key not in signature.constructor]
    return called + (args[star:] if star is not None else []), arguments


def _on_arrays(run: Run, operation: str, called: list[Any], arguments: dict[str, Any]) -> Any:
    """The arrays that an operation returns for arrays; None if their shapes are not known."""
    flat = [part for value in called for part in (value if type(value) is list else [value])]
    if not any(isinstance(value, Array) for value in flat):
        return None
    if operation in _OPERANDS_AS_TENSORS and any(isinstance(value, Unknown) for value in flat):
        return None
    called = [_as_operand(value) for value in called]
    shape = shape_of_operation(operation, called, {}, arguments)
    if isinstance(shape, tuple):
        return Array(shape)
    if isinstance(shape, list) and all(isinstance(part, tuple) for part in shape):
        return as_tuple(operation, [Array(part) for part in shape])
    return None


def _as_operand(value: Any) -> Any:
    """A list of numbers as an array, also beside other arrays in a list of operands."""
    is_of_arrays = type(value) is list and any(isinstance(part, Array) for part in value)
    return [as_array(part) for part in value] if is_of_arrays else as_array(value)


_OF_NUMBERS: dict[str, Callable[..., float]] = {
    "Sqrt": math.sqrt,
    "Rsqrt": lambda number: 1 / math.sqrt(number),
    "Exp": math.exp,
    "Log": math.log,
    "Square": lambda number: float(number) ** 2,
    "Negative": operator.neg,
    "Absolute": abs,
    "Power": math.pow,
}


def result_on_numbers(operation: str, values: list[Any], arguments: dict[str, Any]) -> Any:
    """The result of an operation on numbers instead of tensors; None for other operations.

    >>> result_on_numbers("Concatenate", [[(Unknown("n"),), [72]]], {"axis": 0})
    [n, 72]
    >>> result_on_numbers("Sqrt", [16], {}), result_on_numbers("Sqrt", [-1], {})
    (4.0, None)
    """
    first = values[0] if values else None
    if isinstance(first, list | tuple):
        return _on_sizes(operation, first)
    if operation in ("Cast", "ConvertToTensor") and isinstance(first, int | float | Unknown):
        is_cut = str(arguments.get("dtype")).endswith(("int32", "int64"))
        return int(first) if isinstance(first, float) and is_cut else first
    if operation in _OF_NUMBERS and all(type(value) in (int, float) for value in values):
        try:
            return _OF_NUMBERS[operation](*values)
        except (TypeError, ValueError, ArithmeticError):
            return None
    return None


def _on_sizes(operation: str, sizes: Sequence[Any]) -> Any:
    """The result of an operation on a list of sizes or, to join them, on several lists."""
    if operation == "Concatenate" and all(isinstance(part, list | tuple) for part in sizes):
        return [size for part in sizes for size in part]
    if not all(isinstance(size, int | Unknown) for size in sizes):
        return None
    if operation == "Stack":
        return list(sizes)
    return math.prod(sizes) if operation == "Prod" else None
