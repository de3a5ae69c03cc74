"""The modules of Keras 3 that contain the layer classes."""

from __future__ import annotations

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError
from lstmcount.layers.families import FAMILIES
from lstmcount.layers.registry import family_of
from lstmcount.readers.keras.legacy import automatic

_EXPORTED = {"GroupedQueryAttention": "GroupQueryAttention"}  # if it differs from the class's name
_INTERNAL = {
    "CustomScaleLayer": "keras.src.applications.inception_resnet_v2",
    "IndexLookup": "keras.src.layers.preprocessing.index_lookup",
    "LayerScale": "keras.src.applications.convnext",
    "StochasticDepth": "keras.src.applications.convnext",
    "TFDConcat": "keras.src.layers.preprocessing.feature_space",
    "TFDIdentity": "keras.src.layers.preprocessing.feature_space",
}
_NOT_TODAYS = (
    "legacy.keras1", "legacy.keras2", "legacy.time_major", "legacy.two_directions",
    "legacy.feature_columns", "stored",
)  # fmt: skip
_BECAUSE = {
    "AddLoss": "a model gets losses when it is compiled",
    "AddMetric": "a model gets metrics when it is compiled",
    "CuDNNLSTM": "today's LSTM has one bias for each gate and not two",
    "JointBatchNormalization": "today's has one axis",
    "LocallyConnected1D": "no layer of it has a kernel for each place",
    "LocallyConnected2D": "no layer of it has a kernel for each place",
    **dict.fromkeys(FAMILIES["legacy.time_major"].split(), "today's has no time_major"),
    "UnequalBidirectional": "today's takes the forward layer's output for that of both directions",
    "Weights": "only its stored tensors are known",
}


def place_of(name: str, config: LayerConfig) -> tuple[str, str]:
    """The Keras module and name of our class `name`.

    Raises `LstmcountError` for one that Keras 3 does not have.
    """
    if family_of(name) in _NOT_TODAYS:
        because = f": {_BECAUSE[name]}" if name in _BECAUSE else ""
        kind = f"of class {automatic(config.class_name)}"
        if name.startswith("Full"):
            kind = f"a {name.removeprefix('Full')} with padding full"
        raise LstmcountError(
            f"{config.name!r} is {kind}, which Keras 3 does not have{because}", path=config.path
        )
    return _INTERNAL.get(name, "keras.layers"), _EXPORTED.get(name, name)
