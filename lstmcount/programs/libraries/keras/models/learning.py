"""Whether a model can have weights that it learns: a model that only prepares data has none."""

from __future__ import annotations

from lstmcount.layers import registry
from lstmcount.programs.libraries.keras.values.contents import all_inside, inner_layers
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import tensors_in

_ADAPTED = "preprocessing"  # the family of Normalization, whose weights `adapt` computes
_PREPARING = (_ADAPTED, "image_preprocessing", "image_augmentation", "audio_preprocessing",
              "lookups")  # fmt: skip


def learns(model: ModelObject) -> bool:
    """Whether the model, or a layer inside it, may have weights other than those of `adapt`.

    Nothing is known of those of a model that is built on an unknown model.
    """
    if model.lacks_base:
        return False
    if model.problems or _may_learn(model):
        return True
    last = [tensor.layer for tensor in tensors_in(model.tensors_out)]  # found without a search
    return any(map(_may_learn, last)) or any(map(_may_learn, all_inside(model)))


def prepares(model: ModelObject) -> bool:
    """Whether all layers of a Sequential prepare data for another model."""
    names = [layer.class_name for layer in inner_layers(model)] if model.is_sequential else []
    return bool(names) and all(registry.family_of(name) in _PREPARING for name in names)


def _may_learn(layer: LayerObject) -> bool:
    if isinstance(layer, Custom):
        return bool(layer.own_weights) or not (layer.is_followed or layer.tracked())
    if isinstance(layer, ModelObject):
        return False
    cls = registry.find(layer.class_name)
    is_adapted = registry.family_of(layer.class_name) == _ADAPTED
    return cls is None or (cls.may_have_weights() and not is_adapted)
