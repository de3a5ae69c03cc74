"""Detect the Keras version that a program is written for, and modernise Keras 1 and 2 arguments."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from lstmcount.layers import registry
from lstmcount.programs.language.source.source import NO_CODE
from lstmcount.programs.libraries.keras.values.objects import LayerObject
from lstmcount.readers.keras import legacy as keras_legacy

_SIZED = ("Dense", "TimeDistributedDense", "LSTM", "GRU", "SimpleRNN")
_RETIRED = ("implementation", "time_major", "fused", "virtual_batch_size", "dynamic", "weights")
_KERNEL_ARGUMENTS = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")
_DROPPED = {"batch_input_shape", "batch_shape", "batch_size", "input_length"}
_KEPT = ("input_shape", "batch_input_shape", "input_dim", "input_length", "batch_size")

MAX_TEXTS = 256  # programs and modules, which are often followed several times

# These patterns are compiled when a text is first searched for them: not every program needs each.

# Arguments and modules that only Keras 1 had. Some remain in code that was otherwise updated, so
# the program must also import standalone Keras.
_KERAS_1_ARGUMENTS = (
    r"[(,]\s*(?:border_mode|nb_filter|nb_row|nb_col|dim_ordering|inner_activation|inner_init"
    r"|[WUb]_regularizer|[WUb]_constraint|dropout_[UW]|nb_epoch|forget_bias_init|pool_length"
    r"|subsample_length|filter_length|subsample(?=\s*=\s*\())\s*="
    r"|\b(?:Dense|LSTM|GRU|SimpleRNN|Highway)\([^()]*\boutput_dim\s*="  # Embedding still has it
    r"|\b(?:C|Dec)onvolution2D\((?:\s*\w+\s*,){2}\s*\w+\s*"
    r"(?:\)|,(?![^()\n]*\b(?:padding|strides|data_format|\w+_initializer|use_bias)\s*=))"
    r"|(?<![\w.])merge\(\s*\[|\bmerge\([^\n]{0,500}\bmode\s*=|\bMerge\(|\bTimeDistributedDense\("
    r"|(?<![\w.])Graph\(\s*\)"
    r"|\brandom_normal\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\bstd\s*="
    r"|\bkeras\.initializations\b|\bfrom\s+keras\s+import\b[^\n]*\binitializations\b"
)
# What matches contains one of these, which are quicker to look for.
_KERAS_1_WORDS = (
    "border_mode", "nb_", "dim_ordering", "inner_", "_regularizer", "_constraint", "dropout_",
    "forget_bias_init", "_length", "subsample", "output_dim", "onvolution2D(", "erge(",
    "TimeDistributedDense(", "Graph(", "random_normal(", "initializations",
)  # fmt: skip
_IMPORTS = r"(?m)^[ \t]*(?:from|import)\s+keras\b"
# Docstrings and comments often show another version's spelling, and a layer of the program's own
# may have a parameter with the name of an argument of Keras 1.
_NOT_CODE = NO_CODE + r"|\bdef\s+\w+\s*\((?:[^()]|\([^()]*\))*\)"
_MIN_SIDE = 5  # more rows and columns than an image has channels

_KERAS_2_NAMES = r"\btensorflow\b|\btf_keras\b|\bbackend\b"
_KERAS_3_NAMES = (
    r"(?m)\bkeras\.(?:ops|random|tree|distribution|dtype_policies)\b"
    r"|^[ \t]*from\s+keras\s+import\b[^\n#]*\b(?:ops|random|tree)\b"
)
_OTHER_BACKEND = r"KERAS_BACKEND\W{1,9}(?:jax|torch|openvino)\b"
_RUNS = r"\.(?:fit|predict|evaluate)\(|\.\w+_on_batch\(|\.(?:fit|predict)_generator\("


@lru_cache(maxsize=MAX_TEXTS)
def runs_no_model(text: str) -> bool:
    """Whether a program is for Keras 3 and runs no model, so that no layer is built by running.

    >>> runs_no_model("import keras"), runs_no_model("from tensorflow import keras")
    (True, False)
    >>> runs_no_model("import keras, tensorflow\\nkeras.ops.ones(3)")
    True
    >>> runs_no_model("import keras\\nmodel.fit(x, y)")
    False
    """
    may_be_keras_2 = re.search(_KERAS_2_NAMES, text) and not is_keras_3(text)
    return not (may_be_keras_2 or re.search(_RUNS, text))


@lru_cache(maxsize=MAX_TEXTS)
def is_other_backend(text: str) -> bool:
    """Whether a program chooses another backend than TensorFlow, which is Keras's default.

    >>> is_other_backend('os.environ["KERAS_BACKEND"] = "jax"'), is_other_backend("import keras")
    (True, False)
    """
    return re.search(_OTHER_BACKEND, text) is not None


@lru_cache(maxsize=MAX_TEXTS)
def imports_keras(text: str) -> bool:
    """Whether a program imports Keras itself, and not only that of TensorFlow.

    >>> imports_keras("from keras import layers"), imports_keras("from tensorflow import keras")
    (True, False)
    """
    return re.search(_IMPORTS, text) is not None


@lru_cache(maxsize=MAX_TEXTS)
def is_keras_3(text: str) -> bool:
    """Whether a program uses what only Keras 3 has.

    >>> is_keras_3("from keras import layers, ops"), is_keras_3("from keras import layers")
    (True, False)
    """
    return re.search(_KERAS_3_NAMES, text) is not None


@lru_cache(maxsize=MAX_TEXTS)
def is_keras_1(text: str) -> bool:
    """Whether a program is written for Keras 1.

    >>> is_keras_1("from keras.layers import Dense\\nDense(output_dim=3)")
    True
    >>> is_keras_1("from keras.layers import Convolution2D\\nConvolution2D(32, 3, 3)")
    True
    >>> is_keras_1("from keras.layers import Embedding\\nEmbedding(input_dim=9, output_dim=3)")
    False
    >>> is_keras_1("from keras.layers import Dense\\n# Dense(output_dim=3)\\nDense(3)")
    False
    >>> is_keras_1("import keras.backend as K\\nK.random_normal(shape=(K.shape(x)[0], 2), std=1)")
    True
    """
    if not any(word in text for word in _KERAS_1_WORDS) or not re.search(_IMPORTS, text):
        return False
    if not re.search(_KERAS_1_ARGUMENTS, text):
        return False
    return re.search(_KERAS_1_ARGUMENTS, re.sub(_NOT_CODE, "", text)) is not None


def is_keras_1_by_numbers(text: str) -> bool:
    """Whether only the numbers of its convolutions tell that a program is written for Keras 1.

    >>> is_keras_1_by_numbers("from keras.layers import Convolution2D\\nConvolution2D(32, 3, 3)")
    True
    """
    others = (word for word in _KERAS_1_WORDS if word != "onvolution2D(")
    return is_keras_1(text) and not any(word in text for word in others)


_KERAS_2 = (
    r"(?m)^[ \t]*(?:from|import)\s+(?:tf_keras\b|tensorflow\.(?:python|contrib|compat\.v1)\b"
    r"|keras\.(?:engine|legacy|wrappers|preprocessing\.text|backend\.tensorflow_backend"
    r"|utils\.(?:np|vis|data|generic|layer|training|io)_utils"
    r"|layers\.(?:core|convolutional|recurrent|normalization|embeddings|pooling|merge|wrappers"
    r"|noise|advanced_activations|local|experimental))\b)"
    r"|^[ \t]*from\s+keras\.preprocessing\.image\s+import\b[^\n]*\bImageDataGenerator\b"
    r"|^[ \t]*from\s+keras\.utils\s+import\b[^\n]*\b(?:np|vis|data|layer)_utils\b"
    r"|\btf\.compat\.v1\b|TF_USE_LEGACY_KERAS|\btf\.(?:Session|placeholder|ConfigProto|contrib)\b"
    r"|\.(?:fit|predict|evaluate)_generator\(|\.predict_classes\("
    r"|\b(?:SGD|RMSprop|Ada(?:m|max|grad|delta)|Nadam)\([^()]{0,200}\blr\s*="
)


@lru_cache(maxsize=MAX_TEXTS)
def is_keras_2(text: str) -> bool:
    """Whether a program uses what only Keras 2 had: modules, methods, arguments of optimizers.

    >>> is_keras_2("import tf_keras"), is_keras_2("from tensorflow import keras")
    (True, False)
    >>> is_keras_2("model.fit_generator(g)"), is_keras_2("Adam(clipnorm=1.0, lr=0.1)")
    (True, True)
    """
    if re.search(_KERAS_2, text) is None:
        return False
    return re.search(_KERAS_2, re.sub(NO_CODE, "", text)) is not None


# What works neither in TensorFlow 2 nor in Keras 2.4, which needs it.
_BEFORE_TENSORFLOW_2 = (
    r"(?m)\bkeras\.(?:backend\.tensorflow_backend|engine\.topology|utils\.training_utils)\b"
    r"|^[ \t]*from\s+keras\.(?:layers|utils)\s+import\b[^\n]*"
    r"\b(?:CuDNN(?:GRU|LSTM)|multi_gpu_model)\b"
    r"|\bset_image_dim_ordering\(|\bKERAS_BACKEND\W{1,9}(?:theano|cntk)\b"
    r"|\btf\.(?:Session|InteractiveSession|ConfigProto|placeholder|contrib|get_default_graph"
    r"|set_random_seed|global_variables_initializer|app\.(?:run|flags))\b"
)
_OF_BOTH = r"\bcompat\b|disable_(?:v2|eager)|\btf\.__version__"


@lru_cache(maxsize=MAX_TEXTS)
def is_before_tensorflow_2(text: str) -> bool:
    """Whether a program is for Keras 2.0 to 2.3, or for TensorFlow 1, and for no later version.

    >>> is_before_tensorflow_2("from keras.backend.tensorflow_backend import set_session")
    True
    >>> is_before_tensorflow_2("import tensorflow.compat.v1 as tf\\nwith tf.Session(): pass")
    False
    """
    if not re.search(_BEFORE_TENSORFLOW_2, text) or re.search(_OF_BOTH, text):
        return False
    return re.search(_BEFORE_TENSORFLOW_2, re.sub(_NOT_CODE, "", text)) is not None


def looks_channels_first(shape: Any) -> bool:
    """Whether an image's shape is in Theano's order: (batch, channels, rows, columns); or that of
    a video, with its frames before the rows.

    >>> looks_channels_first((None, 3, 32, 32)), looks_channels_first((None, 28, 28, 1))
    (True, False)
    >>> looks_channels_first((None, 1, 1, 100)), looks_channels_first((None, 3, 16, 112, 112))
    (False, True)
    """
    if not isinstance(shape, tuple) or len(shape) not in (4, 5):
        return False
    sides = [side for side in shape[-2:] if isinstance(side, int)]
    return shape[1] in (1, 3, 4) and all(side >= _MIN_SIDE for side in sides)


def is_one_channel_first(target_shape: Any) -> bool:
    """Whether a target shape makes a picture with one channel, in Theano's order.

    >>> is_one_channel_first([1, 28, 28]), is_one_channel_first([1, 1, 64])
    (True, False)
    """
    is_picture = isinstance(target_shape, list | tuple) and len(target_shape) == 3
    return is_picture and target_shape[0] == 1 and 1 not in target_shape[1:]


def has_both_sizes(class_name: str, args: list[Any]) -> bool:
    """Whether a layer is given the sizes of its input and output, as in early versions of Keras 1.

    >>> has_both_sizes("LSTM", [64, 128]), has_both_sizes("LSTM", [64, "relu"])
    (True, False)
    """
    is_sized = class_name in _SIZED and len(args) > 1
    return is_sized and all(type(size) is int for size in args[:2])


def keras_1_arguments(class_name: str, arguments: dict[str, Any]) -> list[str]:
    """The arguments that the layer only had in Keras 1.

    >>> arguments = {"output_dim": 5}
    >>> keras_1_arguments("LSTM", arguments), keras_1_arguments("Embedding", arguments)
    (['output_dim'], [])
    """
    cls = registry.find(class_name)
    fields = cls.__struct_encode_fields__ if cls else ()
    return [key for key in arguments if key in keras_legacy.ONLY_KERAS_1 and key not in fields]


@lru_cache(256)
def without_effect(class_name: str) -> frozenset[str]:
    """Arguments of older versions that change neither weights nor shapes."""
    dropped = set(_RETIRED)
    if class_name.startswith(("Depthwise", "Separable")):  # Keras 2 accepted and ignored them
        dropped.update(_KERNEL_ARGUMENTS)
    if class_name == "Embedding":
        dropped.add("sparse")  # of Keras 2.13 to 2.15
    return frozenset(dropped)


def dropped_arguments(
    class_name: str, names: tuple[str, ...], arguments: dict[str, Any]
) -> list[str]:
    """The arguments that Keras 3 has dropped; `names` are those that the class has today.

    >>> dropped_arguments("LSTM", ("units", "trainable"), {"units": 3, "batch_input_shape": None})
    ['batch_input_shape=']
    """
    dropped = _dropped(class_name, names)
    return [f"{key}=" for key in arguments if key in dropped]


@lru_cache(256)
def _dropped(class_name: str, names: tuple[str, ...]) -> frozenset[str]:
    dropped = without_effect(class_name) | _DROPPED
    if class_name == "InputLayer":
        dropped = frozenset({"batch_input_shape"})  # it ignores any other
    elif "Embedding" in class_name:
        dropped -= {"input_length"}
    if names and "trainable" not in names:
        dropped |= {"trainable", "input_shape", "input_dim"}
    return dropped.difference(names)


def keras_2_behaviour(class_name: str, arguments: dict[str, Any]) -> tuple[str, str | None]:
    """Translate arguments that Keras 2 accepts and Keras 3 refuses.

    Return the class with the behaviour of Keras 2, and a description of such an argument or None.
    Modifies `arguments`.

    >>> arguments = {"padding": "SAME"}
    >>> keras_2_behaviour("MaxPooling2D", arguments), arguments
    (('MaxPooling2D', "padding='SAME'"), {'padding': 'same'})
    >>> keras_2_behaviour("BatchNormalization", {"axis": (1, 3)})
    ('JointBatchNormalization', 'several axes in axis=')
    """
    data_format = arguments.get("data_format")
    if isinstance(data_format, str):
        arguments["data_format"] = data_format.lower()  # as every Keras reads it
    padding = arguments.get("padding")
    if isinstance(padding, str) and padding != padding.lower() and "STFT" not in class_name:
        arguments["padding"] = padding.lower()
        return class_name, f"{padding=}" if "Pool" in class_name else None
    if class_name in keras_legacy.BATCH_NORMALIZATIONS and isinstance(
        arguments.get("axis"), list | tuple
    ):
        arguments["axis"] = list(arguments["axis"])
        is_one = len(arguments["axis"]) == 1
        description = "a list in axis=" if is_one else "several axes in axis="
        return keras_legacy.normalising(class_name, arguments), description
    if arguments.get("time_major") is True:
        return keras_legacy.in_keras_2(class_name, arguments), "time_major=True"
    name = arguments.get("name")
    return class_name, f"{name=}" if isinstance(name, str) and "/" in name else None


def take_one_shape(arguments: dict[str, Any]) -> list[str]:
    """Drop `shape` beside `batch_shape`, as Keras 2 does outside of TensorFlow.

    Return a description of that argument, if there is one. Modifies `arguments`.

    >>> arguments = {"shape": (None, 3), "batch_shape": (7, 3)}
    >>> take_one_shape(arguments), arguments
    (['shape= beside batch_shape='], {'batch_shape': (7, 3)})
    """
    if arguments.get("batch_shape") is None or arguments.get("shape") is None:
        return []
    del arguments["shape"]
    return ["shape= beside batch_shape="]


def modernised(
    class_name: str, args: list[Any], arguments: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """A Keras 1 layer's class and arguments in today's names, with the defaults of Keras 1."""
    arguments = _by_keras_1(class_name, args, dict(arguments))
    layers = {key: value for key, value in arguments.items() if isinstance(value, LayerObject)}
    plain = {key: value for key, value in arguments.items() if key not in layers}
    class_name, modern = keras_legacy.modernised(class_name, plain, None)
    cls = registry.find(class_name)
    fields = cls.__struct_encode_fields__ if cls else ()
    kept = {key: _as_integers(modern[key]) for key in modern if key in fields or key in _KEPT}
    return class_name, {**kept, **layers}


def _by_keras_1(class_name: str, args: list[Any], arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with the positions and the defaults that they had in Keras 1."""
    if has_kernel_sizes(class_name, args):
        _take_kernel_size(class_name, args, arguments)
    if class_name in ("LSTM", "GRU") and "inner_activation" not in arguments:
        arguments.setdefault("recurrent_activation", "hard_sigmoid")
    if class_name == "GRU":
        arguments.setdefault("reset_after", False)
    if class_name == "Reshape" and len(args) > 1:
        return {"target_shape": args}  # Reshape(1, 28, 28) in early versions
    if has_both_sizes(class_name, args):  # the others are initializers and activations
        named = {k: v for k, v in arguments.items() if k in _KEPT or v not in args}
        return {**named, "input_dim": args[0], "units": args[1]}  # Dense(784, 128)
    return arguments


def has_kernel_sizes(class_name: str, args: list[Any]) -> bool:
    """Whether a convolution gets the sizes of its kernel as numbers after that of its filters.

    >>> has_kernel_sizes("Convolution2D", [20, 5, 5]), has_kernel_sizes("Conv2D", [20, 5])
    (True, False)
    """
    rank = _kernel_rank(class_name)
    is_of_axes = "conv" in class_name.lower() and "1D" not in class_name
    are_numbers = len(args) > rank and all(isinstance(size, int) for size in args[: 1 + rank])
    return is_of_axes and are_numbers


def _kernel_rank(class_name: str) -> int:
    return 3 if "3D" in class_name else 2


def _take_kernel_size(class_name: str, args: list[Any], arguments: dict[str, Any]) -> None:
    """Take the kernel's sizes from positional arguments: `Convolution2D(filters, rows, columns)`.

    >>> arguments = {"filters": 8, "kernel_size": 3, "strides": 5}
    >>> _take_kernel_size("Convolution2D", [8, 3, 5], arguments)
    >>> arguments
    {'filters': 8, 'kernel_size': (3, 5)}
    """
    rank = _kernel_rank(class_name)
    rest = args[1 + rank :]
    for name in ("strides", "padding"):
        arguments.pop(name, None)
    # Early versions have the number of input channels after the filters.
    skipped = 1 if rest and isinstance(rest[0], int) else 0
    arguments["kernel_size"] = tuple(args[1 + skipped : 1 + skipped + rank])
    if class_name.startswith("Deconv") and rest and isinstance(rest[0], list | tuple):
        arguments["output_shape"] = rest[0]


def _as_integers(value: Any) -> Any:
    """Convert whole floats to integers: Python 2 divided sizes to integers."""
    if isinstance(value, list | tuple):
        return type(value)(map(_as_integers, value))
    return int(value) if isinstance(value, float) and value.is_integer() else value
