"""What an HDF5 file says of a model: its config in attributes, or its weights alone."""

from __future__ import annotations

from typing import Any

from lstmcount.config import LayerConfig, ModelConfig
from lstmcount.custom import NONE, CustomLayers
from lstmcount.errors import LstmcountError
from lstmcount.readers.keras_json import find_model, read_keras
from lstmcount.readers.text import decode, parse_json

MAX_DATASETS = 1_000_000


def contents(file: Any) -> dict[str, Any]:
    """What an open `h5py.File` says, as plain data: its configs, or else its tensors."""
    if "model_config" not in file.attrs:
        return {"tensors": tensors(own_weights(file))}
    found: dict[str, Any] = {"model_config": _text(file.attrs["model_config"])}
    if "training_config" in file.attrs:
        found["training_config"] = _text(file.attrs["training_config"])
        found["optimizer_weights"] = "optimizer_weights" in file
    return found


def tensors(root: Any) -> list[tuple[str, list[int], str]]:
    """Name, shape and dtype of each one, wherever it stands."""
    found: list[tuple[str, list[int], str]] = []

    def visit(name: str, item: Any) -> None:
        if len(found) > MAX_DATASETS:
            raise LstmcountError(f"more than {MAX_DATASETS:,} tensors")
        if hasattr(item, "shape"):
            found.append((name, list(map(int, item.shape)), str(item.dtype)))

    root.visititems(visit)
    return found


def model_of(found: dict[str, Any], custom: CustomLayers = NONE) -> ModelConfig:
    """The model in a file with these contents."""
    if "model_config" not in found:
        return _weights_only(found["tensors"])
    model = find_model(parse_json(found["model_config"]))
    if model is None:
        raise LstmcountError("the file's model_config does not describe a model")
    config = read_keras(model[0], custom, model[1])
    if "training_config" in found:
        training = parse_json(found["training_config"])
        if isinstance(training, dict):
            config.training = training
            config.optimizer_built = found["optimizer_weights"]
            config.optimizer_slots = False
    return config


def own_weights(file: Any) -> Any:
    """Where the weights stand; a link to somewhere else, out of the file even, is not followed."""
    import h5py

    link = file.get("model_weights", getlink=True)
    return file["model_weights"] if isinstance(link, h5py.HardLink) else file


def _weights_only(stored: list[tuple[str, list[int], str]]) -> ModelConfig:
    """A layer for each group of tensors: their counts are known, their shapes in use are not."""
    found: dict[str, list[Any]] = {}
    for name, shape, dtype in stored:
        if not name.startswith("optimizer"):
            layer, _, weight = name.partition("/")
            found.setdefault(layer, []).append([weight or name, shape, dtype])
    layers = [
        LayerConfig(class_name="Weights", name=name, arguments={"tensors": group}, strict=False)
        for name, group in found.items()
    ]
    if not layers:
        raise LstmcountError("there is neither a model nor a tensor in this file")
    return ModelConfig(
        name="weights",
        class_name="Weights",
        layers=layers,
        notes=["only weights are stored here: counts are of the tensors, shapes are not known"],
    )


def _text(value: Any) -> str:
    """An HDF5 attribute as text: bytes, a string, or chunks of either."""
    if isinstance(value, bytes):
        return decode(value)
    if isinstance(value, str):
        return decode(value.encode("utf-8", "surrogateescape"))
    return "".join(_text(chunk) for chunk in value)
