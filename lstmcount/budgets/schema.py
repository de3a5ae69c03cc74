"""The JSON Schema (draft-07) of a project file, `lstmcount.yaml`."""

from __future__ import annotations

from lstmcount.budgets.syntax import Budget, LayerBudget
from lstmcount.readers.spec.schema import Schema, budget_schema

_POSITIVE: Schema = {"type": ["integer", "null"], "minimum": 1}
_TEXT: Schema = {"type": ["string", "null"], "minLength": 1}
_PATHS: Schema = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "items": {"type": "string", "minLength": 1}},
    ],
    "description": "Files and folders to import modules and classes from.",
}
_MODEL: Schema = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "model": {**_TEXT, "description": "A variable, variable@line, a function, a call of one."},
        "set": {
            "type": ["object", "null"],
            "description": "Values for variables, layers' arguments, and what is left open.",
        },
        "code": _PATHS,
    },
}


def project_schema() -> Schema:
    """The schema with which editors complete and check project files."""
    properties: Schema = {
        "base": {**_TEXT, "description": "A git branch or commit that max_increase refers to."},
        "baseline": {**_TEXT, "description": "A lock file that max_increase refers to."},
        "batch": _POSITIVE,
        "timesteps": _POSITIVE,
        "budgets": {
            "type": "object",
            "description": "Globs of sources, and the budget of each.",
            "additionalProperties": budget_schema(Budget, LayerBudget),
        },
        "custom_layers": {"type": ["object", "null"]},
        "code": _PATHS,
        "models": {
            "type": "object",
            "description": "Globs of sources, and how each is to be read.",
            "additionalProperties": _MODEL,
        },
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "lstmcount project",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
