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
_NOT_TODAYS = ("early", "feature_columns", "removed", "stored")
_BECAUSE = {
    "AddLoss": "a model gets losses when it is compiled",
    "AddMetric": "a model gets metrics when it is compiled",
    "CuDNNLSTM": "today's LSTM has one bias for each gate and not two",
    "JointBatchNormalization": "today's has one axis",
    "LocallyConnected1D": "no layer of it has a kernel for each place",
    "LocallyConnected2D": "no layer of it has a kernel for each place",
    "Weights": "only its stored tensors are known",
}


def place_of(name: str, config: LayerConfig) -> tuple[str, str]:
    """The module and the name of the class that is called `name` here.

    Raises `LstmcountError` for one that Keras 3 does not have.
    """
    if family_of(name) in _NOT_TODAYS:
        because = f": {_BECAUSE[name]}" if name in _BECAUSE else ""
        what, padding = (
            f"of class {config.class_name.removeprefix('Joint')}",
            name.removeprefix("Full"),
        )
        if padding != name:
            what = f"a {padding} with padding full"
        raise LstmcountError(
            f"{config.name!r} is {what}, which Keras 3 does not have{because}", path=config.path
        )
    return _INTERNAL.get(name, "keras.layers"), _EXPORTED.get(name, name)
