"""`model.json` of TensorFlow.js: a Keras model and the manifest of its weights, or a graph."""

from __future__ import annotations

from functools import partial
from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.readers.files.stored import Stored, attach, weights_only
from lstmcount.readers.keras.reader import find_model, read_keras
from lstmcount.readers.text.content import what_it_is

MAX_DEPTH = 200  # limit for a weight's name, in which slashes separate groups
MAX_WEIGHTS = 100_000
MAX_TEXT = 8 * 2**20  # limit for the characters of all names
MAX_RANK = 64
MAX_SIZE = 2**63  # limit for one axis


def read_layers_model(data: dict[str, Any], custom: CustomLayers) -> ModelConfig:
    """The model, or only its weights if the file does not contain the model.

    Raises `LstmcountError` for a graph-model.
    """
    if data.get("modelTopology") is None:
        alone = weights_only(_listed(data), "there is no modelTopology here, only weights")
        alone.stored = Stored(partial(_listed, data))
        return alone
    model = find_model(data)
    if model is None:
        raise LstmcountError(what_it_is(data))
    config = read_keras(model[0], custom, model[1])
    attach(config, Stored(partial(_listed, data)))
    return config


def _listed(data: dict[str, Any]) -> dict[str, Any]:
    path = ("weightsManifest",)
    try:
        tensors = [
            (str(entry["name"]), [int(dim) for dim in entry["shape"]], str(entry["dtype"]))
            for group in data["weightsManifest"]
            for entry in group["weights"]
        ]
    except (TypeError, ValueError, KeyError):
        raise LstmcountError("expected lists of weights with a shape", path=path) from None
    if any(len(shape) > MAX_RANK or max(shape, default=0) > MAX_SIZE for _, shape, _ in tensors):
        raise LstmcountError("a weight larger than any that can be stored", path=path)
    if len(tensors) > MAX_WEIGHTS:
        raise LstmcountError(f"more than {MAX_WEIGHTS:,} weights", path=path)
    if sum(len(name) for name, _, _ in tensors) > MAX_TEXT:
        raise LstmcountError(f"the names of the weights have over {MAX_TEXT:,} letters", path=path)
    if any(name.count("/") > MAX_DEPTH for name, _, _ in tensors):
        raise LstmcountError(f"a weight inside more than {MAX_DEPTH} groups", path=path)
    return {"tensors": tensors, "groups": [], "by_name": True}
