"""The JSON Schema (draft-07) of a spec, derived from the registry's layer classes."""

from __future__ import annotations

import inspect
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from lstmcount.layers import registry
from lstmcount.layers.arguments import NAMES
from lstmcount.layers.base import Layer
from lstmcount.layers.making.constructor_order import arguments
from lstmcount.layers.ops.registry import signatures
from lstmcount.structures import CONSTANTS

Schema = dict[str, Any]

_DEFS = "#/$defs/"
_REF = _DEFS + "{name}"
_OF_EVERY_LAYER = (*Layer.__struct_encode_fields__, "input_shape")
_LONG = 45  # a schema with so many characters is worth a reference
_NAME: Schema = {"type": "string", "minLength": 1}
_ENTRIES: Schema = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/entry"}}
_TENSORS: Schema = {"$ref": "#/$defs/tensors"}
_CONSTANT: Schema = {  # in Keras's format
    "type": "object",
    "required": ["class_name", "config"],
    "properties": {"class_name": {"enum": list(CONSTANTS)}, "config": {}},
}
_PLAIN: Schema = {"type": ["boolean", "number", "null"]}
_GIVEN: Schema = {  # inputs by the names of call arguments
    "anyOf": [_TENSORS, _PLAIN, {"type": "array", "items": {"anyOf": [_TENSORS, _PLAIN]}}]
}
_SHAPE: Schema = {
    "anyOf": [
        {"type": "array", "items": {"type": ["integer", "null"], "minimum": 0}},
        {"type": "integer", "minimum": 0},
    ]
}


def spec_schema(budget: type[msgspec.Struct], layer_budget: type[msgspec.Struct]) -> Schema:
    """The schema with which editors complete and check specs.

    `budget` and `layer_budget` are the typed classes that read a spec's `budget:`.
    In a spec with `variables:` an expression over them may stand wherever a number may.
    """
    definitions = {**_definitions(), "budget": budget_schema(budget, layer_budget)}
    opened = {name: _with_expressions(schema) for name, schema in definitions.items()}
    open_names = _affected(definitions, {n for n in opened if opened[n] != definitions[n]})
    custom = {**opened, "layer": _of_any_class(opened["layer"])}
    custom_names = _affected(definitions, {"layer"})
    sized: Schema = {
        "input_shape": {**_SHAPE, "description": "Without the batch; null is unknown."},
        "inputs": _inputs(),
        "layers": _ENTRIES,
        "batch_size": {"type": ["integer", "null"], "minimum": 0},
        "budget": {"$ref": "#/$defs/budget"},
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "lstmcount model spec",
        "type": "object",
        "required": ["layers"],
        "additionalProperties": False,
        "properties": {
            "name": _NAME,
            "variables": {
                "type": "object",
                "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
                "additionalProperties": {"type": ["number", "string", "null"]},
            },
            "custom_layers": {"type": ["object", "null"]},
            "outputs": _TENSORS,
            "dtype": _named("dtype"),
            "trainable": {"type": "boolean"},
            **dict.fromkeys(sized, True),
        },
        "if": {"required": ["custom_layers"]},
        "then": {"properties": _pointed(_with_expressions(sized), open_names, custom_names)},
        "else": {
            "if": {"required": ["variables"]},
            "then": {"properties": _pointed(_with_expressions(sized), open_names)},
            "else": {"properties": sized},
        },
        "$defs": {
            **definitions,
            **{f"open.{name}": _pointed(opened[name], open_names) for name in open_names},
            **{f"custom.{n}": _pointed(custom[n], open_names, custom_names) for n in custom_names},
        },
    }


def _affected(definitions: Schema, changed: set[str]) -> list[str]:
    """The changed definitions, and those that refer to them, directly or indirectly."""
    reading = {name: _references(schema) for name, schema in definitions.items()}
    while more := {name for name, read in reading.items() if read & changed} - changed:
        changed = changed | more
    return [name for name in definitions if name in changed]


def _references(schema: Any) -> set[str]:
    """The names of the definitions that a schema refers to."""
    if isinstance(schema, list):
        return set().union(*map(_references, schema))
    if not isinstance(schema, dict):
        return set()
    own = {schema["$ref"].removeprefix(_DEFS)} if isinstance(schema.get("$ref"), str) else set()
    return own.union(*map(_references, schema.values()))


def _pointed(schema: Any, opened: Sequence[str], custom: Sequence[str] = ()) -> Any:
    """The schema with references to the variants of these definitions."""
    if isinstance(schema, list):
        return [_pointed(item, opened, custom) for item in schema]
    if not isinstance(schema, dict):
        return schema
    pointed = {key: _pointed(value, opened, custom) for key, value in schema.items()}
    if isinstance(pointed.get("$ref"), str):
        name = pointed["$ref"].removeprefix(_DEFS)
        variant = "custom." if name in custom else "open." if name in opened else ""
        pointed["$ref"] = f"{_DEFS}{variant}{name}"
    return pointed


def _of_any_class(layer: Schema) -> Schema:
    """The definition of a layer that allows layers of other classes."""
    keys = [{"required": [key]} for key in ("call", "repeat", "model", "class_name")]
    known: Schema = {"anyOf": [{"$ref": "#/$defs/class_as_key"}, *keys]}
    declared = {"type": "object", "minProperties": 1, "not": known}
    return {"anyOf": [*layer["anyOf"], {"type": "string"}, declared]}


def _definitions() -> Schema:
    classes = registry.class_names()
    return {
        "tensors": {
            "anyOf": [
                _NAME,
                _CONSTANT,
                {"type": "array", "items": _TENSORS, "minItems": 1},
                {"type": "object", "additionalProperties": _GIVEN, "minProperties": 1},
            ]
        },
        "entry": {
            "anyOf": [
                {"$ref": "#/$defs/layer"},
                {"$ref": "#/$defs/operation"},
                _call(),
                _repeat(),
                _model(),
            ]
        },
        "operation": _operation(),
        "layer": {
            "anyOf": [
                {"$ref": "#/$defs/bare_class"},
                _one_key(classes),
                {
                    "type": "object",
                    "required": ["class_name"],
                    "properties": {"class_name": {"$ref": "#/$defs/class"}, "inputs": _TENSORS},
                },
            ]
        },
        "class": {"enum": classes},
        "bare_class": {"enum": _bare(classes)},
        "class_as_key": {"anyOf": [{"required": [name]} for name in classes]},
        **_values(),
        **{
            f"names.{kind}": {"anyOf": [{"enum": sorted(names)}, {"type": ["object", "null"]}]}
            for kind, names in NAMES.items()
        },
    }


def _with_expressions(schema: Any) -> Any:
    """The schema with texts allowed instead of numbers."""
    if isinstance(schema, list):
        return [_with_expressions(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    changed = {key: _with_expressions(value) for key, value in schema.items()}
    kinds = changed.get("type")
    if kinds in ("integer", "number") or (isinstance(kinds, list) and "integer" in kinds):
        return {"anyOf": [changed, {"type": "string"}]}
    return changed


def _inputs() -> Schema:
    declared = {
        "type": "object",
        "required": ["shape"],
        "properties": {"shape": _SHAPE, "dtype": _named("dtype")},
    }
    named = {"type": "object", "minProperties": 1, "additionalProperties": {}}
    named["additionalProperties"] = {"anyOf": [*_SHAPE["anyOf"], declared]}
    return {"anyOf": [*_SHAPE["anyOf"], named]}


def budget_schema(budget: type[msgspec.Struct], layer_budget: type[msgspec.Struct]) -> Schema:
    """The schema of a `budget:` block."""
    whole = _own(budget)
    whole["properties"]["layers"] = {
        "type": "object",
        "additionalProperties": _own(layer_budget),
    }
    return whole


def _own(cls: Any) -> Schema:
    _, components = msgspec.json.schema_components([cls], ref_template=_REF)
    schema: Schema = _adapted(components[cls.__name__])
    for property_schema in schema["properties"].values():
        property_schema.pop("default", None)
    return {key: schema[key] for key in ("type", "properties", "additionalProperties")}


def _operation() -> Schema:
    """`ops.mean: {axis: 1}`, or the bare name."""
    names = [f"ops.{name}" for name in signatures()]
    one: Schema = {
        "type": "object",
        "properties": {**{key: {} for key in names}, "name": _NAME, "inputs": {}},
        "patternProperties": {r"^ops\.image\.": {}},
        "additionalProperties": False,
        "minProperties": 1,
    }
    return {"anyOf": [{"type": "string", "pattern": r"^ops\."}, one]}


def _call() -> Schema:
    properties = {"call": _NAME, "inputs": _TENSORS, "name": _NAME}
    return _object(properties, ["call"])


def _repeat() -> Schema:
    properties = {"repeat": {"type": "integer", "minimum": 0}, "layers": _ENTRIES}
    return _object(properties, ["repeat", "layers"])


def _model() -> Schema:
    inline = {"type": "object", "required": ["layers"]}
    properties = {
        "model": {"anyOf": [_NAME, inline]},
        "inputs": _TENSORS,
        "name": _NAME,
        "trainable": {"type": "boolean"},
    }
    return _object(properties, ["model"])


def _object(properties: Schema, required: list[str]) -> Schema:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


def _bare(names: list[str]) -> list[str]:
    """Classes without required arguments."""
    return [name for name in names if not _struct(name).get("required")]


def _one_key(names: list[str]) -> Schema:
    properties: Schema = {name: {"$ref": _DEFS + _class(name).__name__} for name in names}
    return {
        "type": "object",
        "properties": {**properties, "name": _NAME, "inputs": _TENSORS},
        "additionalProperties": False,
        "allOf": [{"$ref": "#/$defs/class_as_key"}],
    }


def _class(name: str) -> type[Layer]:
    cls = registry.find(name)
    assert cls is not None
    return cls


def _struct(name: str) -> Schema:
    struct: Schema = _components()[_class(name).__name__]
    return struct


def _values() -> Schema:
    """The schema of the value after `LSTM:`, for each class, and schemas that arguments share."""
    whole = {name: _adapted(schema) for name, schema in _components().items()}
    for schema in whole.values():
        schema["properties"].setdefault("input_shape", _SHAPE)
        schema["description"] = _without_examples(schema.get("description", ""))
    shared = _share([schema["properties"] for schema in whole.values()])
    every = {name: whole["Identity"]["properties"][name] for name in _OF_EVERY_LAYER}
    classes = {cls.__name__: cls for cls in map(_class, registry.class_names())}
    for name, cls in classes.items():
        first = whole[name]["properties"].get(arguments(cls)[0], {})
        nothing = [] if whole[name].get("required") else [{"type": "null"}]
        own = {
            argument: True if schema == every.get(argument) else schema
            for argument, schema in whole[name]["properties"].items()
        }
        common = {"properties": own, "allOf": [{"$ref": f"{_DEFS}every_layer"}]}
        whole[name] = {"anyOf": [{**whole[name], **common}, first, *nothing]}
    return {**whole, **shared, "every_layer": {"properties": every}}


def _share(arguments: list[Schema]) -> Schema:
    """Replace each long schema that several arguments have by a reference to one definition."""
    texts = [json.dumps(schema) for properties in arguments for schema in properties.values()]
    times, names, shared = Counter(texts), dict[str, str](), Schema()
    for properties in arguments:
        for argument, schema in properties.items():
            text = json.dumps(schema)
            if times[text] == 1 or len(text) < _LONG:
                continue
            if text not in names:
                taken = ("layer", *shared)  # a definition has that name
                number = sum(name.partition(".")[0] == argument for name in taken)
                names[text] = f"{argument}.{number + 1}" if number else argument
                shared[names[text]] = schema
            properties[argument] = {"$ref": _DEFS + names[text]}
    return shared


def _without_examples(text: str) -> str:
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(each for each in paragraphs if not each.startswith(">>>"))


_CACHE: Schema = {}


def _components() -> Schema:
    if not _CACHE:
        classes = [_class(name) for name in registry.class_names()]
        _, components = msgspec.json.schema_components(classes, ref_template=_REF)
        _CACHE.update(components)
    return _CACHE


def _adapted(schema: Any) -> Any:
    """Convert msgspec's schema to draft-07 and spell out our kinds of arguments."""
    if isinstance(schema, list):
        return [_adapted(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kind = schema.get("kind")
    if kind == "layer":
        layer: Schema = {"$ref": "#/$defs/layer"}
        return {"anyOf": [layer, {"type": "array", "items": layer}, {"type": "null"}]}
    if kind == "amount":
        return {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}
    if kind == "increase":
        limit: Schema = {"type": ["integer", "string"]}
        return {"anyOf": [limit, {"type": "array", "items": limit, "maxItems": 2}]}
    if isinstance(kind, str):
        return _named(kind)
    adapted = {key: _adapted(value) for key, value in schema.items()}
    if "prefixItems" in adapted:  # draft-07 has `items` instead of `prefixItems`
        adapted["items"] = adapted.pop("prefixItems")
    return adapted


def _named(kind: str) -> Schema:
    return {"$ref": f"{_DEFS}names.{kind}"}
