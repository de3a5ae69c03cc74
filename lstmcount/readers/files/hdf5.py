"""The model in an HDF5 file: its config in attributes, or its weights only."""

from __future__ import annotations

from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.isolation import Guard, isolated
from lstmcount.layers.custom.known import NONE, CustomLayers
from lstmcount.readers.files import attributes
from lstmcount.readers.files.opening import Binary, damaged, library, load_library, opened
from lstmcount.readers.files.stored import weights_only
from lstmcount.readers.files.tensors import listed, own_weights
from lstmcount.readers.keras.reader import find_model, read_keras
from lstmcount.readers.text.text import parse_json

DAMAGED = "a damaged HDF5 file"


def read_hdf5(source: Binary, custom: CustomLayers) -> ModelConfig:
    """The model in an HDF5 file with its config, or only with its weights."""
    return model_of(isolated(_contents, source, subject=DAMAGED, prepare=load_library), custom)


def _contents(guard: Guard, source: Binary) -> dict[str, Any]:
    h5py = library("this is an HDF5 file: reading it")
    with opened(source) as file:
        guard()
        with damaged(DAMAGED), h5py.File(file, "r") as root:
            return contents(root)


def contents(file: Any) -> dict[str, Any]:
    """The contents of an open `h5py.File` as plain data: its configs, or else its tensors."""
    model = attributes.text(file, "model_config")
    if model is None:
        return {"tensors": listed(own_weights(file))}
    stored: dict[str, Any] = {"model_config": model}
    training = attributes.text(file, "training_config")
    if training is not None:
        stored["training_config"] = training
        stored["optimizer_weights"] = "optimizer_weights" in file
    return stored


def model_of(stored: dict[str, Any], custom: CustomLayers = NONE) -> ModelConfig:
    """The model described by these contents."""
    if "model_config" not in stored:
        return weights_only(stored["tensors"], "only weights are stored here")
    model = find_model(parse_json(stored["model_config"]))
    if model is None:
        raise LstmcountError("the file's model_config does not describe a model")
    config = read_keras(model[0], custom, model[1])
    if "training_config" in stored:
        training = parse_json(stored["training_config"])
        if isinstance(training, dict):
            config.training = training
            config.optimizer_built = stored["optimizer_weights"]
            config.optimizer_slots = False
    return config
