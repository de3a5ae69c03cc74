"""The JSON Schema (draft-07) of a spec, derived from the registry's layer classes."""

from __future__ import annotations

from typing import Any

import msgspec

from lstmcount import layers as registry
from lstmcount.layers.arguments import NAMES
from lstmcount.layers.base import Layer
from lstmcount.layers.constructor_order import arguments
from lstmcount.layers.ops.registry import signatures
from lstmcount.structures import CONSTANTS

Schema = dict[str, Any]

_REF = "#/definitions/{name}"
_NAME: Schema = {"type": "string", "minLength": 1}
_ENTRIES: Schema = {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/entry"}}
_TENSORS: Schema = {"$ref": "#/definitions/tensors"}
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
    definitions = _definitions()
    sized: Schema = {
        "input_shape": {**_SHAPE, "description": "Without the batch; null is unknown."},
        "inputs": _inputs(),
        "layers": _ENTRIES,
        "batch_size": {"type": ["integer", "null"], "minimum": 0},
        "budget": budget_schema(budget, layer_budget),
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
        "then": {"properties": _with_custom_layers(_with_expressions(sized))},
        "else": {
            "if": {"required": ["variables"]},
            "then": {"properties": _with_expressions(sized)},
            "else": {"properties": sized},
        },
        "definitions": {
            **definitions,
            **{f"open.{name}": _with_expressions(found) for name, found in definitions.items()},
            **_custom_definitions(definitions),
        },
    }


def _custom_definitions(definitions: Schema) -> Schema:
    """The definitions with `custom_layers:`, which allow layers of other classes."""
    found: Schema = {
        f"custom.{name}": _with_custom_layers(_with_expressions(one))
        for name, one in definitions.items()
    }
    own = [{"required": [name]} for name in registry.class_names()]
    keys = [{"required": [key]} for key in ("call", "repeat", "model", "class_name")]
    declared = {"type": "object", "minProperties": 1, "not": {"anyOf": [*own, *keys]}}
    found["custom.layer"]["anyOf"] += [{"type": "string"}, declared]
    return found


def _with_custom_layers(schema: Any) -> Any:
    """The schema with its references pointing to definitions that allow expressions."""
    if isinstance(schema, list):
        return [_with_custom_layers(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _with_custom_layers(value) for key, value in schema.items()}
    if isinstance(found.get("$ref"), str):
        found["$ref"] = found["$ref"].replace("/open.", "/custom.")
    return found


def _definitions() -> Schema:
    names = registry.class_names()
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
            "anyOf": [{"$ref": "#/definitions/layer"}, _operation(), _call(), _repeat(), _model()]
        },
        "layer": {
            "anyOf": [
                {"type": "string", "enum": _bare(names)},
                _one_key(names),
                _long_form(names),
            ]
        },
        **_arguments(),
    }


def _with_expressions(schema: Any) -> Any:
    """The schema with texts allowed instead of numbers."""
    if isinstance(schema, list):
        return [_with_expressions(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _with_expressions(value) for key, value in schema.items()}
    if isinstance(found.get("$ref"), str):
        found["$ref"] = found["$ref"].replace("#/definitions/", "#/definitions/open.")
    kinds = found.get("type")
    if kinds in ("integer", "number") or (isinstance(kinds, list) and "integer" in kinds):
        return {"anyOf": [found, {"type": "string"}]}
    return found


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
    properties: Schema = {name: _value(name) for name in names}
    return {
        "type": "object",
        "properties": {**properties, "name": _NAME, "inputs": _TENSORS},
        "additionalProperties": False,
        "anyOf": [{"required": [name]} for name in names],
    }


def _value(name: str) -> Schema:
    """What may follow `LSTM:`: all arguments, or only the first."""
    cls = _class(name)
    whole: Schema = {"$ref": _REF.format(name=cls.__name__)}
    first = _struct(name)["properties"].get(arguments(cls)[0], {})
    choices = [whole, _adapted(first)]
    if name in _bare([name]):
        choices.append({"type": "null"})
    return {"anyOf": choices}


def _long_form(names: list[str]) -> Schema:
    return {
        "type": "object",
        "required": ["class_name"],
        "properties": {"class_name": {"enum": names}, "inputs": _TENSORS},
    }


def _class(name: str) -> type[Layer]:
    cls = registry.find(name)
    assert cls is not None
    return cls


def _struct(name: str) -> Schema:
    struct: Schema = _components()[_class(name).__name__]
    return struct


def _arguments() -> Schema:
    found = {name: _adapted(schema) for name, schema in _components().items()}
    for schema in found.values():
        schema["properties"].setdefault("input_shape", _SHAPE)
    return found


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
        layer: Schema = {"$ref": "#/definitions/layer"}
        return {"anyOf": [layer, {"type": "array", "items": layer}, {"type": "null"}]}
    if kind == "amount":
        return {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]}
    if kind == "increase":
        one: Schema = {"type": ["integer", "string"]}
        return {"anyOf": [one, {"type": "array", "items": one, "maxItems": 2}]}
    if isinstance(kind, str):
        return _named(kind)
    found = {key: _adapted(value) for key, value in schema.items()}
    if "prefixItems" in found:  # draft-07 has `items` instead of `prefixItems`
        found["items"] = found.pop("prefixItems")
    return found


def _named(kind: str) -> Schema:
    return {"anyOf": [{"enum": sorted(NAMES[kind])}, {"type": ["object", "null"]}]}
