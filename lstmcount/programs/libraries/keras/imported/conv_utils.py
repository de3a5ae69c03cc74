"""`keras.utils.conv_utils` of Keras 2, with which programs write convolutions of their own."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.run import MISSING, PYTHON_ERRORS, Run
from lstmcount.programs.language.structures import unknown_words
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.keras.session.session import session_of

MAX_RANK = 8


def member(name: str) -> Any:
    """The function of that name; MISSING if it is not known."""
    if name not in _FUNCTIONS:
        return MISSING
    function, names = _FUNCTIONS[name]

    def call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        passed = arguments_by_name(names, args, kwargs)
        if name == "normalize_data_format" and passed.get("value") is None:
            return session_of(run).data_format
        if not unknown_words(passed):
            try:
                return function(**{names.get(key, key): value for key, value in passed.items()})
            except PYTHON_ERRORS as error:
                run.fail(error)
        return run.unknown(run.source_of(node))

    return Native(name, call, raw=True)


def _lower(value: str) -> str:
    return value.lower()


def _tuple(value: Any, n: int, name: str = "", allow_zero: bool = False) -> tuple[Any, ...]:
    sizes = (value,) * min(n, MAX_RANK) if isinstance(value, int) else tuple(value)
    if any(size < (0 if allow_zero else 1) for size in sizes):
        raise ValueError(f"{name} must be positive")
    return sizes


def _conv(length: int | None, size: int, padding: str, stride: int, dilation: int = 1) -> Any:
    size = _dilated(size, dilation)
    added = {"valid": 1 - size, "full": size - 1}.get(padding, 0)
    return None if length is None else (length + added + stride - 1) // stride


def _deconv(
    length: int | None,
    size: int,
    padding: str,
    output_padding: int | None = None,
    stride: int = 0,
    dilation: int = 1,
) -> Any:
    if length is None:
        return None
    size = _dilated(size, dilation)
    if output_padding is None:
        added = {"valid": max(size - stride, 0), "full": 2 - stride - size}.get(padding, 0)
        return length * stride + added
    pad = {"same": size // 2, "full": size - 1}.get(padding, 0)
    return (length - 1) * stride + size - 2 * pad + output_padding


def _dilated(size: int, dilation: int) -> int:
    return size + (size - 1) * (dilation - 1)


# By name: the function, and the names of its arguments; unlike Keras's, for those of `_deconv`.
_FUNCTIONS: dict[str, tuple[Callable[..., Any], dict[str, str]]] = {
    "normalize_data_format": (_lower, {"value": "value"}),
    "normalize_padding": (_lower, {"value": "value"}),
    "normalize_tuple": (_tuple, {"value": "value", "n": "n", "name": "name"}),
    "conv_output_length": (
        _conv,
        {"input_length": "length", "filter_size": "size", "padding": "padding",
         "stride": "stride", "dilation": "dilation"},
    ),
    "deconv_output_length": (
        _deconv,
        {"input_length": "length", "filter_size": "size", "padding": "padding",
         "output_padding": "output_padding", "stride": "stride", "dilation": "dilation"},
    ),
    "deconv_length": (
        _deconv,
        {"dim_size": "length", "stride_size": "stride", "kernel_size": "size",
         "padding": "padding", "output_padding": "output_padding", "dilation": "dilation"},
    ),
}  # fmt: skip
