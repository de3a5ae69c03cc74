"""Look up names in `keras` and `tensorflow`, from all versions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from types import ModuleType
from typing import Any

from lstmcount.layers import registry
from lstmcount.programs.language.run import MISSING
from lstmcount.programs.language.values.provided import Module, Native, words
from lstmcount.programs.libraries.keras.data import pipelines
from lstmcount.programs.libraries.keras.imported import functions, global_settings
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass

_TENSORFLOW = ("tensorflow", "tensorflow_core", "tf")
_SKIPPED_PARTS = ("python", "_api", "v1", "v2", "compat", "contrib", "api", "experimental")
_OPS = {"ops": "", "array_ops": "", "math_ops": "", "nn_ops": "nn", "image_ops": "image"}
_OTHER_NAMES = {
    "BatchNormalizationV1": "BatchNormalization", "BatchNormalizationV2": "BatchNormalization",
    "LSTMV1": "LSTM", "GRUV1": "GRU", "LSTMV2": "LSTM", "GRUV2": "GRU",
    "AtrousConvolution2D": "Conv2D", "AtrousConv2D": "Conv2D", "AtrousConvolution1D": "Conv1D",
    "Deconvolution2D": "Conv2DTranspose", "Deconv2D": "Conv2DTranspose",
    "Convolution2DTranspose": "Conv2DTranspose", "DenseV2": "Dense",
    "SyncBatchNormalization": "BatchNormalization", "GroupQueryAttention": "GroupedQueryAttention",
}  # fmt: skip
_BEFORE_TENSORFLOW_2 = ("CuDNNGRU", "CuDNNLSTM")
_OBJECT_MODULES = (
    "regularizers", "initializers", "constraints", "optimizers", "losses", "metrics", "callbacks",
    "initializations", "objectives", "optimizers.schedules", "mixed_precision", "dtype_policies",
    "quantizers",
)  # fmt: skip
_SUBMODULES = words("""
    layers models backend ops applications regularizers initializers constraints
    optimizers losses metrics callbacks utils activations preprocessing datasets
    engine mixed_precision random recurrent core normalization convolutional pooling
    embeddings wrappers noise merge legacy advanced_activations topology training
    np_utils layer_utils objectives initializations tensorflow_backend saving
    schedules dtype_policies keras wrappers_ experimental nn math image text
    sequence data linalg config distribute signal strings random compat
    feature_column train quantizers input_layer base_layer network functional sequential
    ResizeMethod tree nest util framework
""")
_RESIZE_METHODS = {
    "NEAREST_NEIGHBOR": "nearest",
    **{name: name.lower() for name in ("AREA", "BICUBIC", "BILINEAR", "GAUSSIAN", "LANCZOS3",
                                       "LANCZOS5", "MITCHELLCUBIC")},
}  # fmt: skip


@cache
def canonical(path: str) -> str | None:
    """The canonical name of a module of Keras or TensorFlow; None for other modules.

    >>> canonical("tensorflow.python.keras.layers"), canonical("tf_keras"), canonical("numpy")
    ('keras.layers', 'keras', None)
    >>> canonical("tensorflow.python.ops.nn_ops"), canonical("tensorflow.python.ops.array_ops")
    ('tensorflow.nn', 'tensorflow')
    """
    first, *rest = path.split(".")
    if first in ("keras", "tf_keras", "keras_core"):
        if rest[:1] in (["src"], ["api"], ["_tf_keras"]):
            rest = [
                part for part in rest if part not in (*_SKIPPED_PARTS, "src", "_tf_keras", "keras")
            ]
        return ".".join(["keras", *rest])
    if first == "keras_applications":
        return ".".join(["keras.applications", *rest])
    if first not in _TENSORFLOW:
        return None
    if "keras" in rest:
        inner = rest[rest.index("keras") + 1 :]
        return ".".join(["keras", *[part for part in inner if part not in _SKIPPED_PARTS[:4]]])
    while rest and rest[0] in _SKIPPED_PARTS:
        rest = rest[1:]
    return ".".join(["tensorflow", *filter(None, [_OPS.get(part, part) for part in rest])])


_WITH_FUNCTIONS = words("""
    tensorflow tensorflow.nn tensorflow.math tensorflow.image tensorflow.linalg tensorflow.signal
    tensorflow.strings tensorflow.bitwise tensorflow.debugging tensorflow.quantization
""")


def is_object_module(path: str) -> bool:
    """Whether a module of Keras holds initializers, optimizers and the like, under any name.

    >>> is_object_module("tensorflow.keras.optimizers"), is_object_module("keras.layers")
    (True, False)
    """
    known = canonical(path) or ""
    return any(known.startswith(f"keras.{kind}") for kind in _OBJECT_MODULES)


def names_layer(name: str) -> bool:
    """Whether a name is that of a layer, a model, or a Keras function that creates one."""
    return name in functions.FUNCTIONS or _OTHER_NAMES.get(name, name) in _layers()


def names_keras(name: str) -> bool:
    """Whether a name is that of a layer, or the usual one of a module that has layers.

    >>> names_keras("Dense"), names_keras("tf"), names_keras("data")
    (True, True, False)
    """
    return name in ("keras", "layers", "models", "tensorflow", "tf") or names_layer(name)


_IN_KERAS_3 = words("""
    keras keras.activations keras.applications keras.backend keras.callbacks keras.config
    keras.constraints keras.datasets keras.distribution keras.dtype_policies keras.export
    keras.initializers keras.layers keras.losses keras.metrics keras.mixed_precision keras.models
    keras.ops keras.optimizers keras.preprocessing keras.quantizers keras.random
    keras.regularizers keras.saving keras.tree keras.utils keras.visualization keras.wrappers
""")


def has_today(path: str, name: str) -> bool:
    """Whether Keras 3 or TensorFlow 2 has a module, and `name` in it if that is not empty.

    >>> has_today("keras.layers", "LSTM"), has_today("keras.layers", "CuDNNLSTM")
    (True, False)
    >>> has_today("keras.engine.topology", "Layer"), has_today("tensorflow.contrib", "rnn")
    (False, False)
    """
    known = canonical(path) or ""
    if known.startswith("tensorflow"):
        return "contrib" not in (*path.split("."), name)
    is_module = known in _IN_KERAS_3 or known.startswith("keras.applications.")
    is_old = name in _OTHER_NAMES or _is_old_layer(name)
    return is_module and not is_old and (not name or member(known, name) is not MISSING)


def _is_old_layer(name: str) -> bool:
    return (registry.family_of(name) or "").startswith("legacy")


def lacks_layer(name: str, *, is_keras_3: bool) -> bool:
    """Whether Keras lacks a layer that older versions have; if not `is_keras_3`, Keras 2.4 to 3.

    >>> lacks_layer("CuDNNLSTM", is_keras_3=False), lacks_layer("LSTM", is_keras_3=False)
    (True, False)
    """
    return name in _BEFORE_TENSORFLOW_2 or (is_keras_3 and _is_old_layer(name))


_OPERATIONS = words("core einops image linalg math nn numpy")
_MADE_OF_CONFIGS = ("constraints", "initializers", "optimizers", "regularizers")
_OBJECT_SUBMODULES = ("experimental", "schedules", "legacy")


@cache
def member(path: str, name: str) -> Any:
    """`path.name` for a canonical `path`; MISSING if it is not known."""
    if path.endswith("tensorflow_backend"):
        return _backend().member(name)
    for start, look_up in _BY_START.items():
        if path.startswith(start):
            return look_up(path, name)
    return Module(path) if name == "src" else _layer_or_module(path, name)


def _object(path: str, name: str, kind: str) -> Any:
    """A name in a module of initializers, optimizers or the like."""
    if kind == "dtype_policies" and name == "get":
        return functions.same(name)
    if kind in _MADE_OF_CONFIGS and name in ("get", "deserialize"):
        return functions.object_of(kind)
    if kind == "mixed_precision" and (setting := global_settings.setting(name)) is not MISSING:
        return setting
    is_module = kind in ("mixed_precision", "optimizers") and name in _OBJECT_SUBMODULES
    return Module(f"{path}.{name}") if is_module else functions.keras_object(name, kind)


def _activation(path: str, name: str) -> Any:
    if name in ("get", "deserialize"):
        return Native(name, _backend().get_activation, raw=True)
    if name == "serialize":
        return Native(name, _backend().serialized_activation, raw=True)
    return _backend().activation_function(name)


def _operation(path: str, name: str) -> Any:
    if path.startswith("keras.ops.") and name[:1].isupper():
        return _backend().operation_class(name)
    operation = _backend().operation(name, is_exact=True)
    return Module(f"{path}.{name}") if operation is MISSING and name in _OPERATIONS else operation


def _tree(path: str, name: str) -> Any:
    from lstmcount.programs.libraries.keras.imported import trees  # few programs use it

    return trees.member(name)


def _layer_or_module(path: str, name: str) -> Any:
    operation = functions.FUNCTIONS.get(name)
    if operation is not None:
        return operation
    if path == "keras" and name == "DTypePolicy":
        return functions.keras_object(name, "dtype_policies")
    spelling = _OTHER_NAMES.get(name, name)
    if name in ("Layer", "Wrapper", "Cell"):
        return LayerClass(name)
    if spelling in _layers():
        return LayerClass(spelling, name)
    if name in _SUBMODULES:
        return Module(f"{path}.{name}") if name != "keras" else Module("keras")
    return MISSING


@cache
def _layers() -> frozenset[str]:
    return frozenset(registry.class_names())


def _application(path: str, name: str) -> Any:
    if name == "preprocess_input":
        return functions.same(name)
    if registry.family_of(name) == "applications":
        return LayerClass(name)
    if name[:1].isupper() or name.endswith("obtain_input_shape"):
        from lstmcount.programs.libraries.keras.imported import applications

        if name.endswith("obtain_input_shape"):
            return Native(name, applications.obtain_input_shape, raw=True)
        return applications.member(name)
    return Module(f"{path}.{name}")


def _of_tensorflow(path: str, name: str) -> Any:
    if name == "keras":
        return Module("keras")
    if name == "newaxis":
        return None
    if name in ("app", "flags"):
        return Module(f"absl.{name}")  # as TensorFlow 1 has them
    if path == "tensorflow.initializers" or name.endswith("_initializer"):
        return functions.keras_object(name, "initializers")
    if path.endswith(".nest"):
        return _tree(path, name)
    if path == "tensorflow.image.ResizeMethod":
        return _RESIZE_METHODS.get(name, MISSING)
    if path in _WITH_FUNCTIONS:
        from lstmcount.programs.libraries.keras.imported import tensorflow

        function = tensorflow.member(path, name)
        if function is not MISSING:
            return function
    if path == "tensorflow.data":
        return pipelines.member(name)
    if path == "tensorflow.random":
        return _backend().random(name)
    if name in _SKIPPED_PARTS or name in _OPS:
        return Module(f"tensorflow.{_OPS[name]}" if _OPS.get(name) else "tensorflow")
    if name in _SUBMODULES:
        return Module(f"{path}.{name}")
    return MISSING


def _backend() -> ModuleType:
    from lstmcount.programs.libraries.keras.imported import backend

    return backend


# What looks up a name, by the start of its module's canonical path.
_BY_START: dict[str, Callable[[str, str], Any]] = {
    "tensorflow": _of_tensorflow,
    "keras.applications": _application,
    **{f"keras.{kind}": partial(_object, kind=kind) for kind in _OBJECT_MODULES},
    "keras.activations": _activation,
    "keras.backend": lambda path, name: _backend().member(name),
    "keras.config": lambda path, name: global_settings.setting(name),
    "keras.ops": _operation,
    "keras.random": lambda path, name: _backend().random(name),
    "keras.tree": _tree,
    "keras.utils": functions.utility,
    "keras.preprocessing": functions.utility,
    "keras.datasets": functions.dataset,
}
