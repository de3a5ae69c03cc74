"""Create layers from calls of their classes, with the arguments of Keras's constructor."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from functools import cache
from itertools import islice
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build_layer
from lstmcount.layers import registry
from lstmcount.layers.arguments import NAMES
from lstmcount.layers.base import Layer
from lstmcount.layers.families import ALIASES
from lstmcount.layers.making.constructor_order import arguments as constructor_arguments
from lstmcount.layers.making.validation import choices
from lstmcount.layers.ops.registry import signatures
from lstmcount.programs.language.objects.own_classes import Class, Instance
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.source.places import CodePlace
from lstmcount.programs.language.source.setting_names import is_expression
from lstmcount.programs.language.structures import unknown_words
from lstmcount.programs.language.values.elements import MAX_ITEMS
from lstmcount.programs.language.values.iterators import Iterator
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import inner_of
from lstmcount.programs.libraries.keras.session import cells, keras_version
from lstmcount.programs.libraries.keras.session.export import Export
from lstmcount.programs.libraries.keras.session.session import Session, fixed_policy
from lstmcount.programs.libraries.keras.session.sizes_of_tensors import untied
from lstmcount.programs.libraries.keras.values.layer_classes import KerasObject, LayerClass
from lstmcount.programs.libraries.keras.values.objects import LayerObject
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor
from lstmcount.programs.libraries.keras.values.trainable import is_trainable
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.setting_text import set_option
from lstmcount.shapes import Unknown

MAX_TAKEN = 300  # elements of an iterator that is an argument
_INPUT_SHAPES = ("input_shape", "batch_input_shape", "batch_shape")
_NAMES = frozenset[str]().union(*NAMES.values())  # of Keras's activations, initializers and so on
_OTHERS = {
    "padding": "same", "data_format": "channels_first", "merge_mode": "sum",
    "output_mode": "one_hot", "score_mode": "concat", "mode": "real",
}  # fmt: skip
# Layers that take automatic names inside others.
_AUGMENTATIONS = (
    "RandomShear", "RandomTranslation", "RandomRotation", "Solarization", "RandomPosterization",
    "AutoContrast", "Equalization", "RandomBrightness", "RandomColorDegeneration",
    "RandomContrast", "RandomSharpness",
)  # fmt: skip
_MADE_INSIDE = {"AugMix": _AUGMENTATIONS, "RandAugment": _AUGMENTATIONS}
# Layers of sequences: their `input_dim` is the last of two sizes, `input_length` the first.
_SEQUENCES = (
    "Bidirectional", "Conv1D", "CuDNNGRU", "CuDNNLSTM", "GRU", "LSTM", "LocallyConnected1D",
    "SeparableConv1D", "SimpleRNN", "TimeDistributedDense",
)  # fmt: skip
_GATED = ("GRU", "GRUCell")
_OLD_ARGUMENTS = ("weights", "input_dtype", "create_input_layer", "batch_size")


def layer(
    session: Session, cls: LayerClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> LayerObject:
    """Create a layer, with Keras's automatic name if the program gives none."""
    if cls.declaration is not None:
        return _custom_layer(session, cls, args, kwargs, node)
    class_name, passed, place = _of_keras_3(session, cls, args, kwargs, node)
    has_weights = passed.get("weights") is not None
    passed = _without_older_spellings(class_name, passed)
    unknown_name = passed.get("name")
    passed = {key: value for key, value in passed.items() if not _is_default(key, value)}
    if class_name == "InputLayer":
        _ask_for_shape(session.run, passed, node)
    declared = None if class_name == "InputLayer" else declared_shape(session, class_name, passed)
    name = passed.pop("name", None) if isinstance(passed.get("name"), str) else None
    _take_unknown_layers(session, passed, node)
    arguments = {key: as_argument(value) for key, value in passed.items()}
    _apply_data_format(session, class_name, arguments, declared, node)
    registered = registry.find(class_name)
    if registered is not None:
        _settle_options(session, _options(registered), arguments, node)
    trainable = arguments.get("trainable", True)
    if isinstance(trainable, bool | Unknown):  # Keras refuses any other value
        arguments.pop("trainable", None)
    _apply_policy(session, class_name, arguments)
    if class_name != "InputLayer":
        note_unknown_dtype(session, arguments.get("dtype"), place)
    new = session.new(LayerObject, class_name, _name(name), arguments, place)
    new.unknown_name = unknown_name if isinstance(unknown_name, Unknown) else None
    for inner in _MADE_INSIDE.get(class_name, ()):
        session.auto(inner)
    new.trainable = is_trainable(session.run, trainable, node)
    new.declared_shape = declared
    if session.is_keras_1 and _lacks_data_format(class_name, arguments):
        session.without_data_format.append(new)
    new.hold(cells.wrapped_layers(new))
    for wrapped in cells.wrapped_layers(new):
        if not wrapped.is_known:
            new.is_known, new.unknown_because = False, wrapped.unknown_because
    if class_name == "Embedding" and has_weights and session.runs_no_model:
        new.build_config = {"input_shape": None}  # Keras 3 builds it at once
    _keep_code(session, new, passed)
    if session.run.catching and not unknown_words(arguments):
        _check(session, new)
    return new


def _keep_code(session: Session, new: LayerObject, passed: dict[str, Any]) -> None:
    """Keep the program's functions and sizes that a Lambda, or a layer that runs a cell, needs."""
    if new.class_name in cells.CELL_WRAPPERS:
        cells.store_declared_sizes(session.run, new)
    if new.class_name == "Lambda":
        new.function = passed.get("function")
        new.attributes = {key: passed.get(key) for key in ("output_shape", "arguments")}


def _take_unknown_layers(session: Session, passed: dict[str, Any], node: ast.AST) -> None:
    """Replace an unknown that a key selects by a layer of unknown class, in a wrapper."""
    for key in ("layer", "cell"):
        inner = passed.get(key)
        if isinstance(inner, Unknown) and session.run.choices.of(inner.text):
            passed[key] = session.unknown_layer(inner, node)


def _of_keras_3(
    session: Session, cls: LayerClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> tuple[str, dict[str, Any], CodePlace]:
    """The class, the arguments by name and their place, as Keras 3 has them, with notes."""
    class_name = ALIASES.get(cls.class_name, cls.class_name)
    registered = registry.find(class_name)
    names = constructor_arguments(registered) if registered else ()
    passed = arguments_by_name(names, args, kwargs)
    place = CodePlace(session.run.program, node, names)
    old = keras_version.dropped_arguments(class_name, names, passed)
    if old and session.is_older_keras:
        old = []
    words = [] if session.is_keras_1 else keras_version.keras_1_arguments(class_name, passed)
    if session.is_keras_1 or words or keras_version.has_both_sizes(class_name, args):
        class_name, passed = keras_version.modernised(cls.spelling, args, passed)
    elif twice := [name for name, _ in zip(names, args, strict=False) if name in kwargs]:
        raise LstmcountError(f"{class_name} is given {twice[0]} twice").at(place)
    for word in words:
        session.refused(place, f"{word}= is an argument of Keras 1", " and counted as in Keras 1")
    class_name, keras_2_argument = keras_version.keras_2_behaviour(class_name, passed)
    if class_name == "InputLayer" and keras_version.imports_keras(session.run.program.text):
        old += keras_version.take_one_shape(passed)
    if keras_2_argument is not None:
        old.insert(0, keras_2_argument)
    for word in old:
        session.refused(place, f"{word} is accepted by Keras 2", " and counted as in Keras 2")
    if class_name in _GATED and "reset_after" not in passed and session.may_be_before_keras_2_4:
        text = f"before TensorFlow 2, {class_name} had fewer biases by default (reset_after=False)"
        session.note(place, text, "counted as by default in Keras 3")
    if keras_version.has_kernel_sizes(cls.spelling, args):
        _note_kernel_sizes(session, cls, place)
    return class_name, passed, place


def _note_kernel_sizes(session: Session, cls: LayerClass, place: CodePlace) -> None:
    """Note what the numbers of a convolution are if the program may be for a version before 2.4."""
    is_old = keras_version.is_keras_1_by_numbers(session.run.program.text)
    if is_old or (session.may_be_before_keras_2_4 and not session.is_keras_1):
        text = f"before Keras 2.4, all numbers of {cls.spelling} are sizes of its kernel"
        session.note(place, text, "counted so" if is_old else "counted as strides, as in Keras 3")


def _without_older_spellings(class_name: str, passed: dict[str, Any]) -> dict[str, Any]:
    """The arguments without those that Keras 3 has renamed or dropped."""
    dropped = keras_version.without_effect(class_name)
    cls = registry.find(class_name)
    dropped -= {*(cls.__struct_fields__ if cls else ())} - {"weights"}
    kept = {key: value for key, value in passed.items() if key not in dropped}
    if class_name == "LeakyReLU" and "alpha" in kept:
        kept["negative_slope"] = kept.pop("alpha")
    if class_name.startswith("AveragePooling"):
        kept.setdefault("pool_size", 2)  # the default before Keras 3
    if class_name == "InputLayer":
        _input_layer(kept)
    return kept


def _check(session: Session, layer: LayerObject) -> None:
    """Raise the program's exception if Keras refuses the layer's arguments."""
    try:
        build_layer(Export().layer(layer, calls=0))
    except LstmcountError as error:
        is_missing = "needs the argument" in error.message
        session.run.fail(TypeError() if is_missing else ValueError())


def _custom_layer(
    session: Session, cls: LayerClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> LayerObject:
    """Create a layer of a declared class. Undeclared arguments do not affect sizes."""
    from lstmcount.layers.custom.declared import layer_class

    names = constructor_arguments(layer_class(cls.declaration))
    passed = arguments_by_name(names, args, kwargs)
    name, trainable = passed.pop("name", None), passed.pop("trainable", True)
    arguments = {key: as_argument(value) for key, value in passed.items() if key in names}
    _apply_policy(session, cls.class_name, arguments)
    place = CodePlace(session.run.program, node, names)
    new = session.new(LayerObject, cls.class_name, _name(name), arguments, place)
    new.trainable = is_trainable(session.run, trainable, node)
    new.declaration = cls.declaration
    return new


def read_channels_first(session: Session, shape: Any, node: ast.AST) -> None:
    """Take the channels of images for their first axis, as Keras 1 on Theano, and say so."""
    if session.data_format != "channels_first":
        session.data_format = "channels_first"
        for layer in session.without_data_format:
            if not layer.calls:
                layer.arguments["data_format"] = "channels_first"
        sizes = ", ".join("None" if isinstance(size, Unknown) else str(size) for size in shape[1:])
        axes = "channels, frames, rows" if len(shape) == 5 else "channels, rows"
        session.note(
            CodePlace(session.run.program, node),
            f"({sizes}) are taken for {axes} and columns, as by Keras 1 on Theano",
            "Keras 3 takes the channels last",
        )


def _apply_data_format(
    session: Session, class_name: str, arguments: dict[str, Any], declared: Any, node: ast.AST
) -> None:
    """Apply the session's `data_format` to a layer that has this argument and does not set it."""
    target = arguments.get("target_shape")
    says_no_format = "data_format" not in arguments
    if session.is_keras_1:
        if keras_version.is_one_channel_first(target):
            read_channels_first(session, target, node)
        elif says_no_format and keras_version.looks_channels_first(declared):
            read_channels_first(session, declared, node)
    if session.data_format != "channels_last" and _lacks_data_format(class_name, arguments):
        arguments["data_format"] = session.data_format


def _lacks_data_format(class_name: str, arguments: dict[str, Any]) -> bool:
    """Whether a layer has the argument `data_format`, and does not set it."""
    cls = registry.find(class_name)
    has_format = cls is not None and "data_format" in constructor_arguments(cls)
    return has_format and arguments.get("data_format") is None


def _apply_policy(session: Session, class_name: str, arguments: dict[str, Any]) -> None:
    """Apply the global dtype policy to a layer that sets none; an InputLayer has a dtype."""
    policy = fixed_policy(session)
    if class_name == "InputLayer":
        policy = session.floatx
    if policy != "float32" and arguments.get("dtype") is None:
        arguments["dtype"] = policy


def note_unknown_dtype(session: Session, dtype: Any, place: CodePlace) -> None:
    for words in filter(is_expression, unknown_words(dtype)):
        text = f"the dtype `{words}` is not known ({set_option(words, 'float16')})"
        session.note(place, text, "bytes depend on it")


@cache
def _options(cls: type[Layer]) -> dict[str, bool | str]:
    """The arguments that have few values, each with one that is not the default."""
    backwards = zip(
        reversed(cls.__struct_encode_fields__), reversed(cls.__struct_defaults__), strict=False
    )
    options: dict[str, bool | str] = {}
    for name, default in backwards:
        if isinstance(default, bool) and name != "trainable":
            options[name] = not default
        elif name in _OTHERS and _OTHERS[name] in choices(cls, name):
            options[name] = _OTHERS[name]
    return options


def _settle_options(
    session: Session, options: Mapping[str, bool | str], arguments: dict[str, Any], node: ast.AST
) -> None:
    """Convert values to booleans where Keras tests their truth; follow an unknown both ways."""
    for key, other in options.items() if arguments else ():
        value = arguments.get(key, other)
        if isinstance(value, Unknown):
            if session.run.decide(value, node, value.text or session.run.source_of(node), 0):
                arguments[key] = other
        elif isinstance(other, bool) and key in arguments:
            arguments[key] = bool(value)


def _is_default(key: str, value: Any) -> bool:
    return key == "name" and not isinstance(value, str | int | float)


def _input_layer(passed: dict[str, Any]) -> None:
    """Rename older spellings of the shape of InputLayer and Input."""
    for old, new in (("batch_input_shape", "batch_shape"), ("input_shape", "shape")):
        if old in passed:
            passed[new] = passed.pop(old)
    for key in ("shape", "batch_shape"):
        if passed.get(key) is not None:
            shape = dimensions(passed[key])
            passed[key] = list(shape) if isinstance(shape, tuple) else shape


def _ask_for_shape(run: Run, passed: dict[str, Any], node: ast.AST) -> None:
    """Make unknown the shape of `Input(shape=input_shape)` if that name is None, as Keras refuses
    that."""
    if passed.get("shape", 0) is not None or not isinstance(node, ast.Call):
        return
    if any(passed.get(key) is not None for key in ("batch_shape", "tensor", "input_tensor")):
        return
    by_name = [each.value for each in node.keywords if each.arg in ("shape", "input_shape")]
    for value in by_name or node.args[:1]:
        if isinstance(value, ast.Name):
            passed["shape"] = run.unknown(value.id)


def _name(name: Any) -> str | None:
    return name if isinstance(name, str) else None


def declared_shape(session: Session, class_name: str, arguments: dict[str, Any]) -> Any:
    """Remove the input shape from the arguments and return it, with the batch first; or None."""
    cls = registry.find(class_name)
    own = cls.__struct_fields__ if cls else ()
    batch = arguments.pop("batch_size", None) if "batch_size" not in own else None
    for key in _OLD_ARGUMENTS:
        if key not in own or key == "weights":
            arguments.pop(key, None)
    shapes = {
        key: arguments.pop(key) for key in _INPUT_SHAPES if key in arguments and key not in own
    }
    length = arguments.pop("input_length", None) if "input_length" not in own else None
    has_features = class_name != "Embedding" and "input_dim" in arguments and "input_dim" not in own
    features = arguments.pop("input_dim") if has_features else None
    if shapes:
        return _whole_shape(shapes, batch)
    # Keras 1 builds a model whose Embedding has no input length; newer versions may not
    if class_name == "Embedding" and (length is not None or session.is_keras_1):
        return (batch, *length) if isinstance(length, list | tuple) else (batch, length)
    if has_features:
        return (batch, length, features) if class_name in _SEQUENCES else (batch, features)
    return None


def _whole_shape(shapes: dict[str, Any], batch: Any) -> Any:
    """The input shape with its batch among the arguments of that kind; None if there is none."""
    for key in ("batch_input_shape", "batch_shape"):
        if shapes.get(key) is not None:
            return dimensions(shapes[key])
    if shapes.get("input_shape") is None:
        return None
    shape = dimensions(shapes["input_shape"])
    return shape if isinstance(shape, Unknown) else (batch, *shape)


def dimensions(shape: Any) -> Any:
    """A shape as a tuple, with None for free dimensions; an unknown shape stays unknown."""
    if isinstance(shape, Unknown):
        return shape
    if isinstance(shape, list | tuple):
        return tuple([None if _is_free(dim) else dim for dim in shape])
    return (shape,)


def _is_free(dim: Any) -> bool:
    return dim is None or (isinstance(dim, Unknown) and dim.text is None)


_TENSORFLOW_DTYPE = r"tensorflow\.(?:dtypes\.)?((?:b?float|u?int|complex)\d+|bool|string)"


def as_argument(value: Any) -> Any:
    """Convert a program's value to plain data for a `LayerConfig`; layers are not converted."""
    value = untied(inner_of(value))
    if isinstance(value, Unknown) and (dtype := re.fullmatch(_TENSORFLOW_DTYPE, value.text or "")):
        return dtype[1]
    if isinstance(value, bool | int | float | str | LayerObject | Unknown | None):
        return value
    if isinstance(value, range) and len(value) > MAX_ITEMS:
        return Unknown(str(value))
    if isinstance(value, list | tuple | range):
        return [as_argument(item) for item in value]
    if isinstance(value, Iterator):
        return [as_argument(item) for item in islice(value.rest, MAX_TAKEN)]
    if isinstance(value, dict):
        return {str(key): as_argument(item) for key, item in value.items()}
    if isinstance(value, Array) and isinstance(value.data, list | tuple | int | float):
        return as_argument(value.data)
    if isinstance(value, SymbolicTensor | Array):
        return Unknown("a tensor")
    return _serialized(value)


def _serialized(value: Any) -> Any:
    """How Keras's config names a function, a class or an object."""
    if isinstance(value, KerasObject):
        return {"class_name": value.class_name, "config": as_argument(value.arguments)}
    if isinstance(value, Native) and value.plain is float:
        return "float32"  # as a dtype
    if isinstance(value, Native):
        name = value.name.rpartition(".")[2]
        is_other = name not in _NAMES and ("." in value.name or name in signatures())
        return {"class_name": "function", "config": name} if is_other else name
    if isinstance(value, LayerClass):
        return {"class_name": value.class_name, "config": {}}
    if isinstance(value, Function | Class):
        return {"class_name": "function", "config": value.name}
    if isinstance(value, Instance):
        return {"class_name": value.cls.name, "config": {}}
    return Unknown(repr(type(value).__name__))
