"""The JSON text of a model, and the models that programs make of such texts."""

from __future__ import annotations

import ast
import json
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.types.builtin_types import is_plain
from lstmcount.programs.language.values.unknowns import UnknownText
from lstmcount.programs.libraries.keras.copies import (
    config_keys,
    configs,
    layer_configs,
    written_configs,
)
from lstmcount.programs.libraries.keras.copies.cloning import clone_model
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import all_inside
from lstmcount.programs.libraries.keras.values.objects import Custom, ModelObject
from lstmcount.shapes import Unknown

_OBJECTS = ("_initializer", "_regularizer", "_constraint")


def of_model(run: Run, model: ModelObject, node: ast.AST) -> Any:
    """`model.to_json()`: the text of what the model is now."""
    words = run.unknown(run.source_of(node))
    if not isinstance(words, Unknown):
        return words
    today = layer_configs.stamp(model)

    def data() -> Any:
        is_same = not isinstance(model, Custom) and layer_configs.stamp(model) == today
        return written_configs.serialized(run, model, node) if is_same else None

    def written() -> str | None:
        described = data()
        is_written = described is not None and _is_exact(run, model, described)
        return json.dumps(described) if is_written else None

    return UnknownText(words.text, model, data, written)


def _is_exact(run: Run, model: ModelObject, data: Any) -> bool:
    """Whether Keras writes the same text."""
    layers = [layer for layer in all_inside(model) if not isinstance(layer, ModelObject)]
    known = all(
        layer.class_name == "InputLayer" or config_keys.of_class(layer.class_name) is not None
        for layer in layers
    )
    return known and not session_of(run).is_older_keras and is_plain(data) and _are_exact(data)


def _are_exact(data: Any) -> bool:
    """Whether all objects that layers keep are written as Keras writes them."""
    if isinstance(data, list | tuple):
        return all(map(_are_exact, data))
    if not isinstance(data, dict):
        return True
    objects = [value for key, value in data.items() if str(key).endswith(_OBJECTS)]
    are_named = [isinstance(value, dict) and "module" in value for value in objects if value]
    return all(are_named) and all(map(_are_exact, data.values()))


def model_of(run: Run, text: Any, node: ast.AST) -> Any:
    """`model_from_json(text)`; None if the text is not known."""
    if isinstance(text, UnknownText):
        if isinstance(text.whole, Custom):
            return clone_model(run, [text.whole], {}, node)
        described = text.data()
    elif isinstance(text, str):
        run.spend(len(text), node)
        try:
            described = json.loads(text)
        except (ValueError, RecursionError):
            return None
    else:
        described = text
    if not isinstance(described, dict) or not isinstance(described.get("class_name"), str):
        return None
    made = configs.deserialized(run, described, node)
    return made if isinstance(made, ModelObject) else None


def unknown_model(run: Run, node: ast.AST) -> ModelObject:
    """The model that a program makes of its own text, where the text is not known."""
    why = "the model that this makes of a description is not known"
    return configs.unknown_model(run, why, node)
