"""Read a Keras model in memory through its own methods, without importing Keras."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from lstmcount.config import LayerConfig, ModelConfig, inner_layers
from lstmcount.errors import LstmcountError
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.readers.files.stored import Stored, attach, by_owner
from lstmcount.readers.keras.reader import read_keras
from lstmcount.readers.text.text import parse_json
from lstmcount.summary import Weight

NOT_DESCRIBED = (
    "a model of a custom class does not describe its layers' connections: counts are of its "
    "variables; output shapes are not known"
)


def read_live(model: Any, custom: CustomLayers) -> ModelConfig:
    """The model from its `to_json()`; layers of unknown classes have the variables in memory.

    Raises `LstmcountError` for a model without layers in its JSON and without variables.
    """
    with _errors_of(model):
        data = _serialized(model)
    inside = data.get("config")
    is_listed = isinstance(inside, dict) and "layers" in inside
    if not is_listed and data.get("class_name") != "Sequential":
        listing = _listing(model)
        if not listing["tensors"]:
            raise LstmcountError("the model has no weights yet: build it, or call it on data")
        with _errors_of(model):
            return _undescribed(model, listing)
    config = read_keras(data, custom)
    attach(config, Stored(partial(_listing, model)))
    with _errors_of(model):
        _add_unsaved(config.layers, model.layers)
        if config.optimizer_built:
            config.optimizer_variables = [
                Weight(str(variable.name), tuple(variable.shape), _dtype(variable), False)
                for variable in _values(model.optimizer.variables)
            ]
    return config


@contextmanager
def _errors_of(model: Any) -> Iterator[None]:
    """Turn any exception of an object into an `LstmcountError`: it may be no Keras model."""
    try:
        yield
    except Exception as error:
        kind = type(model).__name__
        raise LstmcountError(f"expected a Keras model with weights, got {kind}: {error}") from None


def _add_unsaved(configs: Iterable[LayerConfig], layers: Iterable[Any]) -> None:
    """Add `use_cudnn=False`, which Keras does not save, to the configs of layers in memory."""
    in_memory = {layer.name: layer for layer in layers}
    for config in configs:
        layer = in_memory.get(config.name)
        if config.model is not None:
            _add_unsaved(config.model.layers, getattr(layer, "layers", ()))
            continue
        wrapped = getattr(layer, "forward_layer", getattr(layer, "layer", layer))
        if getattr(wrapped, "use_cudnn", None) is False:
            inner = next(inner_layers(config), config)
            inner.arguments = {**inner.arguments, "use_cudnn": False}


def _undescribed(model: Any, listing: dict[str, Any]) -> ModelConfig:
    """The layers of a model of a custom class, with their variables."""
    classes = {layer.name: type(layer).__name__ for layer in model.layers}
    layers = [
        LayerConfig(
            class_name="Weights",
            subclass=classes.get(name),
            name=name,
            arguments={"tensors": variables},
            strict=False,
        )
        for name, variables in by_owner(listing).items()
    ]
    kind = type(model).__name__
    return ModelConfig(name=str(model.name), class_name=kind, layers=layers, notes=[NOT_DESCRIBED])


def _values(variables: Any) -> Any:
    """The variables of an optimizer: in some versions of Keras 2, `variables` is a method."""
    return variables() if callable(variables) else variables


def _serialized(model: Any) -> dict[str, Any]:
    try:
        data = parse_json(model.to_json())
    except Exception:  # `get_config` of a layer may raise any exception
        return {}
    if not isinstance(data, dict):
        return {}
    if not getattr(getattr(model, "optimizer", None), "built", False):
        data.pop("compile_config", None)  # the optimizer has no variables yet
    return data


def _listing(model: Any) -> dict[str, Any]:
    """The model's variables by layer, in the form of a listing of a file's tensors."""
    with _errors_of(model):
        return _listed(model)


def _listed(model: Any) -> dict[str, Any]:
    names = [str(layer.name) for layer in model.layers]
    owners = {id(variable): layer.name for layer in model.layers for variable in layer.weights}
    trainable = set(map(id, model.trainable_weights))
    tensors = []
    for variable in model.weights:
        owner = owners.get(id(variable), model.name)  # a model may have variables of its own
        path = getattr(variable, "path", None) or variable.name
        tensors.append((f"{owner}/{path}", list(variable.shape), _dtype(variable)))
    return {
        "groups": [(name, name) for name in names],
        "layers": names,
        "tensors": tensors,
        "owners": [owners.get(id(variable), model.name) for variable in model.weights],
        "trainable": [id(variable) in trainable for variable in model.weights],
    }


def _dtype(variable: Any) -> str:
    return str(getattr(variable.dtype, "name", variable.dtype))
