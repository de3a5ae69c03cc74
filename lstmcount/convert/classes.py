"""Where today's Keras has the classes of layers."""

from __future__ import annotations

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError
from lstmcount.layers import family_of

_EXPORTED = {"GroupedQueryAttention": "GroupQueryAttention"}  # where it is not the class's name
_INTERNAL = {
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
    "LayerScale": "keras.src.applications.convnext",
    "StochasticDepth": "keras.src.applications.convnext",
}
_NOT_TODAYS = ("removed", "stored")


def place_of(name: str, config: LayerConfig) -> tuple[str, str]:
    """The module and the name of the class that is called `name` here.

    Raises `LstmcountError` for one that Keras 3 does not have.
    """
    if family_of(name) in _NOT_TODAYS:
        raise LstmcountError(
            f"{config.name!r} is a {config.class_name}, which Keras 3 does not have",
            path=config.path,
        )
    return _INTERNAL.get(name, "keras.layers"), _EXPORTED.get(name, name)
