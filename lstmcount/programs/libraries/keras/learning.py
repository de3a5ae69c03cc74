"""Whether a model can have weights that it learns: a model that only prepares data has none."""

from __future__ import annotations

from lstmcount.layers import registry
from lstmcount.layers.base import Layer
from lstmcount.programs.libraries.keras.contents import all_inside
from lstmcount.programs.libraries.keras.objects import Custom, LayerObject, ModelObject

_PREPARES = "preprocessing"  # the family of Normalization, whose weights `adapt` computes


def learns(model: ModelObject) -> bool:
    """Whether the model, or a layer inside it, may have weights other than those of `adapt`."""
    return _may_learn(model) or any(map(_may_learn, all_inside(model)))


def _may_learn(layer: LayerObject) -> bool:
    if isinstance(layer, Custom):
        return bool(layer.own_weights) or not (layer.is_followed or layer.tracked())
    if isinstance(layer, ModelObject):
        return False
    cls = registry.find(layer.class_name)
    is_prepared = registry.family_of(layer.class_name) == _PREPARES
    return cls is None or (cls.weights is not Layer.weights and not is_prepared)
