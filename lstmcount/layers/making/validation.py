"""Messages for invalid constructor arguments, which are checked only if written by hand."""

from __future__ import annotations

import inspect
import re
from functools import cache
from typing import Any

import msgspec
import msgspec.inspect

from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.layers.arguments import NAMES
from lstmcount.layers.base import Layer
from lstmcount.layers.dtypes import QUANTIZATIONS, refused
from lstmcount.layers.making.constructor_order import arguments

_PATH = r" - at `\$(.*)`$"
MAX_INTEGER = 2**63 - 1  # that msgspec takes
_KINDS = {  # wording of msgspec's types
    "int": "an integer",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "a mapping",
}
_STEP = r"\.([^.\[]+)|\[(\d+)\]"


def readable_error(
    error: msgspec.ValidationError, cls: type[Layer], values: dict[str, Any]
) -> LstmcountError:
    """Turn msgspec's error into an `LstmcountError` that shows the invalid value."""
    text = str(error)
    if unknown := re.match(r"Object contains unknown field `(.*)`", text):
        name = unknown[1]
        return unknown_argument(cls, name, did_you_mean(name, arguments(cls)))
    if missing := re.match(r"Object missing required field `(.*)`", text):
        for name in values:  # an unknown argument may be the missing one, misspelt
            if name not in arguments(cls) and (hint := did_you_mean(name, [missing[1]])):
                return unknown_argument(cls, name, hint)
        return LstmcountError(f"{cls.__name__} needs the argument {missing[1]!r}")
    path: Path = ()
    if place := re.search(_PATH, text):
        path = tuple(int(i) if i else name for name, i in re.findall(_STEP, place[1]))
    value = _value_at(values, path)
    annotation = _annotations(cls).get(str(path[0]), "") if path else ""
    text = re.sub(_PATH, "", text)
    if text.startswith("Invalid enum value"):
        return LstmcountError(_expected_choices(choices(cls, str(path[0])), value), path=path)
    expected = _expectation(text, annotation)
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        expected = f"expected at most {MAX_INTEGER:,}"
    return LstmcountError(f"{expected}, got {_shown(value)}{_yaml_trap(value)}", path=path)


def unknown_argument(cls: type[Layer], name: str, hint: str = "") -> LstmcountError:
    hint = hint or f" It takes: {', '.join(arguments(cls))}."
    return LstmcountError(
        f"{cls.__name__} has no argument {name!r}.{hint}", path=(name,), at_key=True
    )


def check_names(cls: type[Layer], values: dict[str, Any], path: Path = ()) -> None:
    """Raise `LstmcountError` for unknown names of activations, initializers, dtypes and so on."""
    kinds = _kinds(cls)
    for field, value in values.items():
        kind = kinds.get(field)
        if kind == "policy" and isinstance(value, str) and value.startswith(QUANTIZATIONS):
            if problem := refused(value):
                raise LstmcountError(problem, path=(*path, field))
            continue
        if kind is not None and isinstance(value, str) and value not in NAMES[kind]:
            hint = did_you_mean(value, NAMES[kind])
            label = "dtype" if kind == "policy" else kind
            raise LstmcountError(f"unknown {label} {value!r}.{hint}", path=(*path, field))


@cache
def _kinds(cls: type[Layer]) -> dict[str, str]:
    """The arguments that name a Keras object, each with its kind: activation, initializer, …"""
    kinds = {kind.capitalize(): kind for kind in NAMES} | {
        "ActivationName": "activation",
        "DTypePolicy": "policy",
        "DType": "dtype",
    }
    fields = _annotations(cls).items()
    return {name: kinds[text] for name, text in fields if text in kinds}


def _annotations(cls: type[Layer]) -> dict[str, str]:
    """The types of a class's fields as text, as written in the source code."""
    annotations: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        annotations |= {key: str(kind) for key, kind in inspect.get_annotations(base).items()}
    return annotations


def _value_at(value: Any, path: Path) -> Any:
    for key in path:
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _expectation(expected: str, annotation: str) -> str:
    if annotation == "PositiveInt":
        return "expected a positive integer"
    if annotation == "NonNegativeInt":
        return "expected an integer that is not negative"
    if annotation.startswith("NonNegativeFloat"):
        return "expected a number that is not negative"
    if annotation == "Fraction":
        return "expected a number between 0 and 1"
    if expected.startswith("Expected `bool`"):
        return "expected true or false"
    text = re.sub(r", got [^,]*$", "", expected[:1].lower() + expected[1:])
    text = re.sub(r"`int` >= 1\b", "a positive integer", text)
    return re.sub(r"`([^`]*)`", lambda match: _either(match[1].split(" | ")), text)


def _either(kinds: list[str]) -> str:
    """
    >>> _either(["int", "array", "null"])
    'an integer, a list or null'
    """
    *words, last = [_KINDS.get(kind, kind) for kind in kinds]
    return f"{', '.join(words)} or {last}" if words else last


def _expected_choices(allowed: list[Any], value: Any) -> str:
    """A message with the allowed values, without upper-case variants of them."""
    shown = [str(each) for each in allowed if not (isinstance(each, str) and each.isupper())]
    hint = did_you_mean(value, shown) if isinstance(value, str) else ""
    return f"expected {_either(shown)}, got {_shown(value)}{'.' if hint else ''}{hint}"


def choices(cls: type[Layer], name: str) -> list[Any]:
    """The values that an argument may have; [] if its type does not list them."""
    struct = msgspec.inspect.type_info(cls)
    assert isinstance(struct, msgspec.inspect.StructType)
    kinds = [field.type for field in struct.fields if field.encode_name == name]
    values: list[Any] = []
    while kinds:
        kind = kinds.pop(0)
        if isinstance(kind, msgspec.inspect.UnionType):
            kinds += kind.types
        elif isinstance(kind, msgspec.inspect.Metadata):
            kinds.append(kind.type)
        elif isinstance(kind, msgspec.inspect.LiteralType):
            values += kind.values
        elif isinstance(kind, msgspec.inspect.ListType):
            kinds.append(kind.item_type)
        elif isinstance(kind, msgspec.inspect.NoneType):
            values.append("null")
        elif isinstance(kind, msgspec.inspect.BoolType):
            values += ["true", "false"]
    return values


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _yaml_trap(value: Any) -> str:
    if isinstance(value, str) and re.fullmatch(r"[-+]?\d+[eE]\d+", value):
        return f" (YAML reads {value} as text; write {float(value):.0f})"
    return ""
