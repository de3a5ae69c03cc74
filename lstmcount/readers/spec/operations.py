"""Operations in specs: `ops.mean: {axis: 1}`, with the arguments of `keras.ops.mean`.

An operation is called with the tensors of its entry's `inputs`, in order or by name, and with
plain values among its arguments (`ops.power: {x2: 2}`).
"""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.layers.ops.registry import Signature, by_operation, signatures

PREFIX = "ops."


def signature_of(function: str, path: Path) -> Signature:
    """The signature of `ops.mean` or `ops.image.resize`."""
    name = function.rpartition(".")[2]
    signature = signatures().get(name)
    if signature is None:
        hint = did_you_mean(name, signatures())
        raise LstmcountError(f"unknown operation {function!r}.{hint}", path=path)
    return signature


def arguments_of(signature: Signature, written: Any, path: Path) -> dict[str, Any]:
    """An entry's arguments by name; a single value is the first argument that is not a tensor."""
    if written is None:
        return {}
    known = [name for name in signature.arguments if not name.startswith("*")]
    if not isinstance(written, dict):
        return {_first(signature): written}
    for key in written:
        if key not in known:
            hint = did_you_mean(str(key), known) or f" It takes: {', '.join(known)}."
            raise LstmcountError(
                f"{signature.function} has no argument {key!r}.{hint}",
                path=(*path, str(key)),
                at_key=True,
            )
    return dict(written)


def _first(signature: Signature) -> str:
    first, *others = signature.arguments
    if first in signature.constructor or not others:
        return first
    return others[0]


def split_arguments(
    signature: Signature, arguments: dict[str, Any], path: Path
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split arguments into those of the constructor and plain values of the call."""
    constructor = {key: value for key, value in arguments.items() if key in signature.constructor}
    passed = {key: value for key, value in arguments.items() if key not in signature.constructor}
    if signature.operation == "GetItem" and isinstance(passed.get("key"), str):
        passed["key"] = item_key(passed["key"], (*path, "key"))
    return constructor, passed


def call_of(layer: LayerConfig, read: Any, passed: dict[str, Any], path: Path) -> list[Any]:
    """The operation's call, with the input tensors in the places left for them."""
    names = by_operation()[layer.class_name].called_with
    star = next((name for name in names if name.startswith("*")), None)
    free = [name for name in names if name not in passed and name != star]
    if isinstance(read, dict) and set(read) <= set(free):
        named, rest = {**passed, **read}, []
    else:
        tensors = read if isinstance(read, list) and (star or len(free) > 1) else [read]
        if len(tensors) > len(free) and not star:
            raise LstmcountError(f"it takes {len(free)} tensors, got {len(tensors)}", path=path)
        named, rest = {**passed, **dict(zip(free, tensors, strict=False))}, tensors[len(free) :]
    last = max((i for i, name in enumerate(names) if name in named), default=-1)
    return [named.get(name) for name in names[: last + 1] if name != star] + rest


def item_key(text: str, path: Path) -> Any:
    """The key in the brackets of `x[…]`.

    >>> item_key(":, -1", ())
    [slice(None, None, None), -1]
    """
    try:
        return _key(ast.parse(f"x[{text}]", mode="eval").body.slice)  # type: ignore[attr-defined]
    except (SyntaxError, ValueError, AttributeError, RecursionError, MemoryError):
        wanted = f"expected what stands between brackets, such as ':, 1:', got {text!r}"
        raise LstmcountError(wanted, path=path) from None


def _key(node: ast.expr) -> Any:
    if isinstance(node, ast.Tuple):
        return [_key(item) for item in node.elts]
    if isinstance(node, ast.Slice):
        bounds = (node.lower, node.upper, node.step)
        return slice(*[None if bound is None else _key(bound) for bound in bounds])
    value = ast.literal_eval(node)
    if value is None or value is Ellipsis or type(value) is int:
        return value
    raise ValueError
