"""The registry against Keras: its classes, their arguments, orders and defaults."""

from __future__ import annotations

import importlib
import inspect
import json
from typing import Any

import msgspec
import pytest

from lstmcount.graph.builder import build_layer
from lstmcount.layers.base import Layer
from lstmcount.layers.families import ALIASES, FAMILIES
from lstmcount.layers.making.constructor_order import arguments
from lstmcount.layers.registry import class_names, find
from tests.golden._signatures import FILE, REQUIRED, signatures
from tests.layers.differential import keras_layer, layer_config

SIGNATURES: dict[str, Any] = json.loads(FILE.read_text())
CLASSES = sorted(name for names in FAMILIES.values() for name in names.split())
# What of keras.layers is no layer that a description of a model could hold.
NOT_LAYERS = {
    "FlaxLayer", "Input", "InputSpec", "JaxLayer", "Layer", "TFSMLayer", "TorchModuleWrapper",
}  # fmt: skip
LAYERS = sorted(set(SIGNATURES) - NOT_LAYERS)
# Arguments that Keras takes out of **kwargs, and those that only older versions had.
HIDDEN = {
    "Embedding": {"weights"},
    "GRU": {"implementation"},
    "GRUCell": {"implementation"},
    "IntegerLookup": {"has_input_vocabulary", "vocabulary_size"},
    "LSTM": {"implementation"},
    "LSTMCell": {"implementation"},
    "LayerNormalization": {"rms_scaling"},
    "LeakyReLU": {"alpha"},
    "StringLookup": {"has_input_vocabulary", "vocabulary_size"},
    "TextVectorization": {"has_input_vocabulary", "vocabulary_size"},
    "UpSampling1D": {"data_format"},
    "Cropping1D": {"data_format"},
}
# Arguments of base classes that the class itself sets.
SET_BY_CLASS = {"cell", "factor", "pool_dimensions", "pool_mode", "rank", "vocabulary_dtype"}
OF_EVERY_LAYER = set(Layer.__struct_encode_fields__)
NO_DEFAULT = {("CategoryEncoding", "num_tokens")}  # Keras says later that it is missing


@pytest.mark.parametrize("family", FAMILIES)
def test_family_defines_its_layers(family: str) -> None:
    module = importlib.import_module(f"lstmcount.layers.{family}")
    for name in FAMILIES[family].split():
        assert issubclass(getattr(module, name), Layer)


def test_no_class_is_listed_twice() -> None:
    assert len(CLASSES) == len(set(CLASSES))
    assert not set(CLASSES) & set(ALIASES)
    assert set(ALIASES.values()) <= set(CLASSES)


def test_other_classes_are_unknown() -> None:
    assert find("LSMT") is None


@pytest.mark.parametrize("name", CLASSES)
def test_docstring_says_what_the_layer_is(name: str) -> None:
    found = find(name)
    assert found is not None
    assert inspect.getdoc(found) != inspect.getdoc(Layer)


def test_every_layer_of_keras_is_registered() -> None:
    assert set(SIGNATURES) - NOT_LAYERS <= set(class_names())
    for name in LAYERS:
        assert find(name) is find(SIGNATURES[name]["class"])


@pytest.mark.oracle
def test_the_signatures_are_those_of_the_installed_keras() -> None:
    pytest.importorskip("keras")
    assert json.loads(json.dumps(signatures())) == SIGNATURES


@pytest.mark.parametrize("name", LAYERS)
def test_arguments_and_defaults_as_in_keras(name: str) -> None:
    ours = find(name)
    assert ours is not None
    class_name = SIGNATURES[name]["class"]
    theirs = SIGNATURES[name]["arguments"]
    defaults = {f.encode_name: f.default for f in msgspec.structs.fields(ours)}
    assert set(theirs) - SET_BY_CLASS <= set(defaults)
    hidden = HIDDEN.get(ALIASES.get(class_name, class_name), set())
    assert set(defaults) - set(theirs) <= hidden | OF_EVERY_LAYER
    for argument in set(theirs) & set(defaults):
        if (class_name, argument) not in NO_DEFAULT:
            default = theirs[argument]
            wanted = msgspec.NODEFAULT if default == REQUIRED else default
            assert _same(defaults[argument], wanted), argument


def keras_layer_class(name: str) -> Any:
    keras = pytest.importorskip("keras")
    return getattr(keras.layers, name)


def of_keras() -> list[str]:
    try:
        import keras
    except ImportError:
        return []
    return [name for name in CLASSES if hasattr(keras.layers, name)]


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _same(ours: Any, keras: Any) -> bool:
    """Equal, or one number where Keras repeats it for every axis."""
    if isinstance(keras, list) and not isinstance(ours, list | tuple):
        return all(_same(ours, item) for item in keras)
    return bool(_plain(ours) == keras)


@pytest.mark.oracle
@pytest.mark.parametrize("name", of_keras())
def test_order_of_arguments_as_in_keras(name: str) -> None:
    ours = find(name)
    assert ours is not None
    parameters = inspect.signature(keras_layer_class(name).__init__).parameters.values()
    theirs = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"]
    own = arguments(ours)
    assert {*own, *ours.absent_arguments} == set(ours.__struct_encode_fields__)
    common = [argument for argument in theirs if argument in own or argument not in SET_BY_CLASS]
    assert list(own[: len(common)]) == common


# What classes need, to be made at all.
NEEDED: dict[str, dict[str, Any]] = {
    "Activation": {"activation": "relu"},
    "Bidirectional": {"layer": {"LSTM": {"units": 2}}},
    "Discretization": {"num_bins": 3},
    "EinsumDense": {"equation": "ab,bc->ac", "output_shape": 3},
    "InputLayer": {"shape": [3]},
    "Permute": {"dims": [2, 1]},
    "RandomPosterization": {"factor": 3},
    "RNN": {"cell": {"LSTMCell": {"units": 2}}},
    "Reshape": {"target_shape": [3]},
    "SpectralNormalization": {"layer": {"Dense": {"units": 2}}},
    "TimeDistributed": {"layer": {"Dense": {"units": 2}}},
    "Wrapper": {"layer": {"Dense": {"units": 2}}},
}
NO_DESCRIPTION = {"Lambda", "Pipeline", "StackedRNNCells"}  # code, layers, a cell
FRACTIONS = {"alpha", "factor", "rate", "scale", "stddev"}


@pytest.mark.oracle
@pytest.mark.parametrize("name", [name for name in of_keras() if name not in NO_DESCRIPTION])
def test_whether_a_new_layer_is_built_as_in_keras(name: str) -> None:
    cls = find(name)
    assert cls is not None
    required = [f.encode_name for f in msgspec.structs.fields(cls) if f.required]
    given = NEEDED.get(name) or {
        key: 0.5 if key in FRACTIONS or key.endswith("_factor") else 3 for key in required
    }
    try:
        made = keras_layer(name, given)
    except ImportError:
        pytest.skip("needs TensorFlow")
    config = layer_config(name, given)
    assert (build_layer(config).state == "built") is bool(made.built)
