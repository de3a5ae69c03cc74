"""The arguments that layers of Keras keep as attributes, in the form in which Keras keeps them."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.layers import registry
from lstmcount.layers.dtypes import policy
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.libraries.keras.session import construct
from lstmcount.programs.libraries.keras.values.layer_classes import KerasObject
from lstmcount.programs.libraries.keras.values.layer_fields import fields_of, kept
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject

_ACTIVATIONS = ("activation", "recurrent_activation")
_OF_DATA = (
    "preprocessing",
    "lookups",
    "audio_preprocessing",
    "image_preprocessing",
    "image_augmentation",
)  # families of layers whose dtypes depend on their arguments


def argument(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    if name in _ACTIVATIONS and name in (fields := fields_of(layer)):
        return _activation(layer.arguments.get(name, fields[name]))
    return kept(layer, name)


def _activation(activation: Any) -> Any:
    from lstmcount.programs.libraries.keras.imported.backend import activation_of

    return activation_of(activation)


def dtype(layer: LayerObject, name: str) -> Any:
    """A dtype of a layer, or its dtype policy; MISSING for models and lookups of Keras."""
    if isinstance(layer, Custom):
        given = layer.dtype_policy
    elif isinstance(layer, ModelObject) or registry.family_of(layer.class_name) in _OF_DATA:
        return MISSING
    else:
        given = construct.as_argument(layer.arguments.get("dtype"))
    if not isinstance(given, str | None):
        return MISSING
    if name == "dtype_policy":
        return KerasObject("DTypePolicy", {"name": given or "float32"}, "dtype_policies")
    dtypes = policy(given)
    return dtypes.compute if name == "compute_dtype" else dtypes.variable
