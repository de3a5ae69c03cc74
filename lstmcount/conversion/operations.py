"""Operations of `keras.ops` in a model: the modules of their classes, and code to call them."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from lstmcount.config import Call, LayerConfig, TensorRef
from lstmcount.conversion.keras_classes import require_names
from lstmcount.conversion.literals import literal, shortened
from lstmcount.errors import LstmcountError
from lstmcount.graph.references import refs_in
from lstmcount.layers.ops.base import Operation
from lstmcount.layers.ops.classes import find
from lstmcount.layers.ops.registry import LEGACY, Signature, by_operation, module_of
from lstmcount.structures import CONSTANTS, plain


def require_todays(config: LayerConfig) -> None:
    """Refuse an operation that is unknown or that only Keras 2 has."""
    if config.class_name in LEGACY:
        raise LstmcountError(
            f"{config.name!r} ({config.class_name}) is an operation of TensorFlow, "
            "for which there is no layer in Keras 3",
            path=config.path,
        )
    if find(config.class_name) is None:
        raise LstmcountError(
            "a weight or array of the program's own is used here, which no other form can say"
            if config.class_name == "Constant"
            else f"{config.name!r} is an operation that is not known here ({config.class_name})",
            path=config.path,
        )


_WITHOUT_FUNCTION = {
    "Abs": (),
    "Conj": (),
    "Mish": (),
    "ReLU": ("negative_slope", "max_value", "threshold"),
}


def code(config: LayerConfig, passed: list[str], by_name: dict[str, str], is_named: bool) -> str:
    """Code that calls an operation: its function, or its class if the operation has a name.

    `passed` and `by_name` are the call's arguments as code.
    """
    class_name = config.class_name
    signature = by_operation().get(class_name)
    if signature is None and class_name not in _WITHOUT_FUNCTION:
        raise LstmcountError(f"no program can make a {class_name}", path=config.path)
    constructor = signature.constructor if signature else _WITHOUT_FUNCTION[class_name]
    called_with = [name.strip("*") for name in signature.called_with] if signature else ["x"]
    arguments = _plain(config.arguments)
    require_names(arguments, constructor, class_name)
    require_names(by_name, called_with, f"the call of {class_name}")
    named = {key: literal(value) for key, value in arguments.items()}
    if is_named or signature is None:
        made_with = _listed([], {**named, "name": literal(config.name)})
        return f"{module_of(class_name)}.{class_name}({made_with})({_listed(passed, by_name)})"
    prefix = "keras.ops.image" if "image" in module_of(class_name) else "keras.ops"
    return f"{prefix}.{signature.function}({_called(signature, passed, {**named, **by_name})})"


def subscript(config: LayerConfig, call: Call, passed: list[str]) -> str | None:
    """The call as `x[key]`; None if it is not a subscript."""
    if config.class_name != "GetItem" or len(call.args) != 2 or call.kwargs:
        return None
    if not isinstance(call.args[0], TensorRef):
        return None
    return f"{passed[0]}[{item_key(call.args[1])}]"


def _called(signature: Signature, passed: list[str], by_name: dict[str, str]) -> str:
    """The arguments of a function's call as code, in the function's order."""
    left = list(passed)
    positional: list[str] = []
    keywords: dict[str, str] = {}
    for name in signature.arguments:
        if name.startswith("*"):  # all arguments before it are positional, too
            positional += [*keywords.values(), *left]
            keywords, left = {}, []
        elif name in by_name:
            keywords[name] = by_name[name]
        elif left and name not in signature.constructor:
            value = left.pop(0)
            if keywords:
                keywords[name] = value
            else:
                positional.append(value)
    if left:
        raise LstmcountError(f"{signature.function} is called with more than it takes")
    return _listed(positional, keywords)


def _listed(positional: list[str], keywords: dict[str, str]) -> str:
    return ", ".join([*positional, *(f"{key}={value}" for key, value in keywords.items())])


def function_of(class_name: str) -> str:
    """The function of `keras.ops` that creates nodes of a class."""
    signature = by_operation().get(class_name)
    if signature is None:
        raise LstmcountError(f"no function of keras.ops makes a {class_name}")
    return f"{'image.' if 'image' in module_of(class_name) else ''}{signature.function}"


def spoken(config: LayerConfig, call: Call) -> tuple[dict[str, Any], list[Any], dict[str, Any]]:
    """A call as a spec writes it: plain arguments, and tensors in order or by name."""
    names = by_operation()[config.class_name].called_with
    positions = [name for name in names if not name.startswith("*")]
    passed = dict(zip(positions, call.args, strict=False)) | call.kwargs
    rest = call.args[len(positions) :] if len(positions) < len(names) else []
    values = {k: v for k, v in passed.items() if v is not None and not refs_in(v)}
    tensors = {k: v for k, v in passed.items() if refs_in(v)}
    if isinstance(values.get("key"), list | int | dict | slice) and "key" in names:
        values["key"] = item_key(values["key"])
    needed = required(config.class_name)
    constructed = {
        key: value
        for key, value in _plain(config.arguments).items()
        if value is not None or key in needed
    }
    free = [name for name in positions if name not in values]
    if list(tensors) == free[: len(tensors)]:
        return {**constructed, **values}, [*tensors.values(), *rest], {}
    if rest:
        raise LstmcountError(f"a spec cannot say how {config.name!r} is called", path=config.path)
    return {**constructed, **values}, [], tensors


@cache
def required(class_name: str) -> frozenset[str]:
    """The constructor's arguments that have no default."""
    fields = msgspec.structs.fields(find(class_name) or Operation)
    return frozenset(field.name for field in fields if field.required)


def _plain(arguments: dict[str, Any]) -> dict[str, Any]:
    return {key: plain(value) for key, value in arguments.items()}


def constant(value: Any) -> str:
    """A call argument that is not a tensor, as code: a number, an array, a part of a slice."""
    if not isinstance(value, dict) or "class_name" not in value:
        return literal(value)
    config = value.get("config") or {}
    if isinstance(config, dict):
        if value["class_name"] in CONSTANTS:
            array, dtype = literal(config.get("value")), literal(config.get("dtype"))
            return f"keras.ops.convert_to_tensor({array}, {dtype})"
        if value["class_name"] == "__slice__":
            return literal(slice(config.get("start"), config.get("stop"), config.get("step")))
        if value["class_name"] == "__ellipsis__":
            return "..."
    raise LstmcountError(f"a call cannot pass a {shortened(value['class_name'])} in a program")


def item_key(key: Any) -> str:
    """The key of `x[key]` as Python writes it.

    >>> item_key([{"class_name": "__slice__", "config": {"start": None, "stop": 1}}, 0, None])
    ':1, 0, None'
    """
    keys = key if isinstance(key, list) else [key]
    text = ", ".join(map(_one_key, keys))
    return f"{text}," if isinstance(key, list) and len(keys) == 1 else text


def _slice(key: slice) -> str:
    bounds = [key.start, key.stop] + ([] if key.step is None else [key.step])
    if not all(bound is None or isinstance(bound, int) for bound in bounds):
        raise LstmcountError(f"the key {shortened(key)} cannot be written")
    return ":".join("" if bound is None else str(bound) for bound in bounds)


def _one_key(key: Any) -> str:
    if key is Ellipsis or (isinstance(key, dict) and key.get("class_name") == "__ellipsis__"):
        return "..."
    if isinstance(key, dict) and key.get("class_name") == "__slice__":
        bounds = key.get("config")
        bounds = bounds if isinstance(bounds, dict) else {}
        key = slice(bounds.get("start"), bounds.get("stop"), bounds.get("step"))
    if isinstance(key, slice):
        return _slice(key)
    if key is None or isinstance(key, int):
        return literal(key)
    raise LstmcountError(f"the key {shortened(key)} cannot be written")
