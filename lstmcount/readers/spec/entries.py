"""The entries of a hand-written spec: the class, its arguments, and the keys beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lstmcount.config import ModelConfig, TensorRef
from lstmcount.errors import LstmcountError, Path, did_you_mean, did_you_mean_or_known
from lstmcount.layers.base import Layer
from lstmcount.layers.making.constructor_order import arguments
from lstmcount.layers.registry import find, is_keras_layer
from lstmcount.structures import leaves

BESIDE = ("name", "inputs")  # keys allowed beside a layer's class
NO_LIST = "expected a list of layers, each of which begins with a dash, as in `- LSTM: 64`"
_LIKE_CLASS_NAME = ("type", "class", "layer")
_PACKAGES = ("layers", "keras.layers", "tf.keras.layers", "tensorflow.keras.layers")
_SERIALISED = (
    "class_name", "config", "module", "registered_name", "build_config", "shared_object_id",
)  # fmt: skip


def split(entry: Any, path: Path) -> tuple[str, Any, dict[str, Any], Path]:
    """(class, arguments, keys beside the class, path of the arguments) of an entry."""
    if isinstance(entry, str):
        return _plain_name(entry), None, {}, path
    if not isinstance(entry, dict) or not entry:
        raise LstmcountError(
            f"expected a layer such as `LSTM: 64` or `Flatten`, got {entry!r}", path=path
        )
    entry = _with_class_name(entry)
    if "class_name" in entry:
        if isinstance(entry.get("config"), dict):
            return serialised(entry, path)
        arguments = {k: v for k, v in entry.items() if k not in ("class_name", "inputs")}
        return _plain_name(entry["class_name"]), arguments, {"inputs": entry.get("inputs")}, path
    return _split_by_class(entry, path)


def _split_by_class(entry: dict[str, Any], path: Path) -> tuple[str, Any, dict[str, Any], Path]:
    """Like `split`, for an entry such as `LSTM: 64`, one of whose keys is the class."""
    for key in entry:
        name, _, rest = str(key).partition(" ")
        if is_keras_layer(name) and rest in BESIDE:
            message = f"a colon is missing after {name}: `{name}:` and `{rest}:` are two keys"
            raise LstmcountError(message, path=(*path, str(key)), at_key=True)
    beside_keys = (*BESIDE, "trainable") if "model" in entry else BESIDE
    classes = [key for key in entry if key not in beside_keys]
    if len(classes) != 1:
        _refuse_other_keys(classes, beside_keys, path)
        class_keys = ", ".join(map(str, classes)) or "none"
        message = (
            f"expected one layer class in an entry, got {class_keys}; an entry is `LSTM: 64`, say"
        )
        raise LstmcountError(message, path=path)
    beside = {key: value for key, value in entry.items() if key in beside_keys}
    return _plain_name(classes[0]), entry[classes[0]], beside, (*path, str(classes[0]))


def _plain_name(name: Any) -> str:
    """`LSTM` for `layers.LSTM` and the like, which Python code writes."""
    package, _, last = str(name).rpartition(".")
    return last if package in _PACKAGES and is_keras_layer(last) else str(name)


def _with_class_name(entry: dict[str, Any]) -> dict[str, Any]:
    """The same entry with `class_name` where another key says the class, as in `type: LSTM`."""
    if any(is_keras_layer(_plain_name(key)) for key in entry):
        return entry
    for key in _LIKE_CLASS_NAME:
        if isinstance(entry.get(key), str) and len(entry) > 1:
            return {"class_name" if other == key else other: v for other, v in entry.items()}
    return entry


def _refuse_other_keys(keys: list[Any], beside: tuple[str, ...], path: Path) -> None:
    """Raise `LstmcountError` if several keys could be the class, naming the wrong one."""
    known = [key for key in keys if is_keras_layer(key) or key == "model"]
    if len(known) == 1:
        key = next(key for key in keys if key != known[0])
        hint = did_you_mean_or_known(str(key), beside)
        if key in _arguments(known[0]):
            hint = f" It is an argument: `{known[0]}: {{…, {key}: …}}`."
        message = f"unknown key {key!r} beside {known[0]}.{hint}"
        raise LstmcountError(message, path=(*path, str(key)), at_key=True)


def as_entry(written: str) -> str:
    """A hint on what to write instead of a call, or where a colon is missing.

    >>> as_entry("LSTM(64)"), as_entry("LSTM 64"), as_entry("layers.LSTM(64, dropout=0.5)")
    (' Write `LSTM: 64`.', ' Write `LSTM: 64`.', ' Write `LSTM: {units: …}`.')
    """
    match = re.fullmatch(r"([\w.]+) *(?:\((.*)\)| (.+))", written)
    name = _plain_name(match[1]) if match else ""
    first = next(iter(_arguments(name)), None)
    if match is None or first is None:
        return ""
    argument = match[2] or match[3] or ""
    value = argument if re.fullmatch(r"[\w.]+", argument) else f"{{{first}: …}}"
    return f" Write `{name}: {value}`."


def _arguments(name: str) -> tuple[str, ...]:
    cls = find(name) if is_keras_layer(name) else None
    return () if cls is None else tuple(arguments(cls))


def serialised(entry: dict[str, Any], path: Path) -> tuple[str, Any, dict[str, Any], Path]:
    """An entry in Keras's format, with the arguments under `config`."""
    beside = {key: value for key, value in entry.items() if key in BESIDE}
    for key in entry:
        if key not in (*_SERIALISED, *BESIDE):
            raise LstmcountError(f"{key} stands beside config, not in it", path=(*path, str(key)))
    return str(entry["class_name"]), entry["config"], beside, (*path, "config")


def input_shape(arguments: dict[str, Any], cls: type[Layer]) -> dict[str, Any]:
    """Remove and return the input shape among the arguments of a Sequential's first layer.

    For an InputLayer, rename old arguments instead.
    """
    if cls.__name__ == "InputLayer":
        for old, new in (("input_shape", "shape"), ("batch_input_shape", "batch_shape")):
            if old in arguments and new not in arguments:
                arguments[new] = arguments.pop(old)
        return {}
    shape = {}
    for key in ("input_shape", "input_dim"):
        if key in arguments and key not in cls.__struct_fields__:
            value = arguments.pop(key)
            if value is not None:
                shape["input_shape"] = [value] if key == "input_dim" else value
    return shape


def branches(entries: Any) -> bool:
    """Whether the entries form a graph: they name their inputs, or are operations."""
    for entry in entries if isinstance(entries, list) else ():
        words = [entry] if isinstance(entry, str) else entry if isinstance(entry, dict) else ()
        if any(str(word).startswith("ops.") for word in words):
            return True
        if isinstance(entry, dict) and ("inputs" in entry or "call" in entry):
            return True
        if isinstance(entry, dict) and "repeat" in entry and branches(entry.get("layers")):
            return True
    return False


def only(entry: dict[str, Any], known: tuple[str, ...], path: Path) -> None:
    for key in entry:
        if key not in known:
            hint = did_you_mean(str(key), known)
            raise LstmcountError(f"unknown key {key!r}.{hint}", path=(*path, str(key)), at_key=True)


def written_shape(value: Any) -> Any:
    """A shape as YAML has it where it is written as Python has it.

    >>> written_shape("(None, 126)"), written_shape(["None", "n"])
    ([None, 126], [None, 'n'])
    """
    if isinstance(value, str) and re.fullmatch(r"\(.*\)", value):
        words = [word.strip() for word in value[1:-1].split(",") if word.strip()]
        value = [int(word) if word.isdecimal() else word for word in words]
    if isinstance(value, list):
        return [None if dim == "None" else dim for dim in value]
    return value


def input_dims(value: Any, path: Path) -> list[int | None]:
    if isinstance(value, int) and not isinstance(value, bool):
        value = [value]
    if not isinstance(value, list):
        raise LstmcountError(f"expected a shape such as [5, 126], got {value!r}", path=path)
    return [None if dim is None else dimension(dim, (*path, i)) for i, dim in enumerate(value)]


def dimension(dim: Any, path: Path) -> int:
    if not isinstance(dim, int) or isinstance(dim, bool) or not 0 <= dim < 2**63:
        raise LstmcountError(f"expected a number from 0 up, or null, got {dim!r}", path=path)
    return dim


def tensor_refs(value: Any) -> Iterator[TensorRef]:
    return (leaf for leaf in leaves(value) if isinstance(leaf, TensorRef))


def refuse_unused(config: ModelConfig) -> None:
    """Refuse a layer that no output depends on: it is a mistake in the spec."""
    by_name = {layer.name: layer for layer in config.layers}
    used: set[str] = set()
    todo = [ref.layer for ref in tensor_refs(config.outputs)]
    while todo:
        name = todo.pop()
        if name not in used:
            used.add(name)
            for call in by_name[name].calls:
                todo += [ref.layer for ref in tensor_refs([call.args, call.kwargs])]
    for layer in config.layers:
        if layer.name not in used and layer.class_name != "InputLayer":
            raise LstmcountError(
                f"no output depends on layer {layer.name!r}; name it in outputs or remove it",
                path=layer.path,
            )
