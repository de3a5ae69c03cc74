"""The registry against the installed Keras: its classes, their arguments, orders and defaults."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import msgspec
import pytest

from lstmcount.built import BuiltLayer
from lstmcount.layers import class_names, create, find
from lstmcount.layers.base import Layer
from lstmcount.layers.families import ALIASES, FAMILIES
from lstmcount.layers.positional import arguments
from tests.layers.differential import keras_layer, layer_config

CLASSES = sorted(name for names in FAMILIES.values() for name in names.split())
# What of keras.layers is no layer that a description of a model could hold.
NOT_LAYERS = {
    "FlaxLayer", "Input", "InputSpec", "JaxLayer", "Layer", "TFSMLayer", "TorchModuleWrapper",
}  # fmt: skip
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


def test_nobody_knows_other_classes() -> None:
    assert find("LSMT") is None


@pytest.mark.parametrize("name", CLASSES)
def test_docstring_says_what_the_layer_is(name: str) -> None:
    found = find(name)
    assert found is not None
    assert inspect.getdoc(found) != inspect.getdoc(Layer)


def keras_layers() -> dict[str, Any]:
    keras = pytest.importorskip("keras")
    public = {name: getattr(keras.layers, name) for name in dir(keras.layers)}
    return {name: cls for name, cls in public.items() if inspect.isclass(cls)}


@pytest.mark.oracle
def test_every_layer_of_keras_is_registered() -> None:
    public = keras_layers()
    assert set(public) - NOT_LAYERS <= set(class_names())
    for name, cls in public.items():
        if name not in NOT_LAYERS:
            assert find(name) is find(cls.__name__)


def keras_arguments(cls: type) -> dict[str, Any]:
    """The constructor's arguments with their defaults; those of bases behind `**kwargs` too."""
    found: dict[str, Any] = {}
    for base in cls.__mro__:
        if base.__module__.startswith("keras") and "__init__" in vars(base):
            parameters = inspect.signature(base.__init__).parameters.values()
            for given in parameters:
                if given.kind not in (given.VAR_POSITIONAL, given.VAR_KEYWORD):
                    found.setdefault(given.name, given.default)
            if not any(given.kind is given.VAR_KEYWORD for given in parameters):
                break
    return {name: default for name, default in found.items() if name != "self"}


def of_keras() -> list[str]:
    try:
        import keras
    except ImportError:
        return []
    return [name for name in CLASSES if hasattr(keras.layers, name)]


@pytest.mark.oracle
@pytest.mark.parametrize("name", of_keras())
def test_arguments_and_defaults_as_in_keras(name: str) -> None:
    ours = find(name)
    assert ours is not None
    theirs = keras_arguments(keras_layers()[name])
    defaults = {f.encode_name: f.default for f in msgspec.structs.fields(ours)}
    assert set(theirs) - SET_BY_CLASS <= set(defaults)
    assert set(defaults) - set(theirs) <= HIDDEN.get(name, set()) | OF_EVERY_LAYER
    for argument in set(theirs) & set(defaults):
        if (name, argument) not in NO_DEFAULT:
            default = theirs[argument]
            missing = default is inspect.Parameter.empty
            wanted = msgspec.NODEFAULT if missing else _plain(default)
            assert _same(defaults[argument], wanted), argument


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
    parameters = inspect.signature(keras_layers()[name].__init__).parameters.values()
    theirs = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"]
    own = arguments(ours)
    assert sorted(own) == sorted(ours.__struct_encode_fields__)
    # Beyond the twelfth argument nobody counts positions.
    common = [argument for argument in theirs if argument in own or argument not in SET_BY_CLASS]
    listed = [argument for argument in common if argument not in OF_EVERY_LAYER][:12]
    assert [argument for argument in own if argument not in OF_EVERY_LAYER][: len(listed)] == listed


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
    assert (BuiltLayer(config, create(config)).state == "built") is bool(made.built)
