"""Functions and objects of Keras other than layers: models, inputs, merges, data sets."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from lstmcount.errors import NoModelError
from lstmcount.layers.objects import spelled
from lstmcount.optimizers import ARGUMENTS
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Module, Native, Raw
from lstmcount.programs.language.values.unknowns import UnknownText
from lstmcount.programs.libraries.keras.copies import saving
from lstmcount.programs.libraries.keras.copies.cloning import clone_model
from lstmcount.programs.libraries.keras.data.pipelines import image_folder
from lstmcount.programs.libraries.keras.models.merging import merge
from lstmcount.programs.libraries.keras.own_classes.tracking import NotTracking
from lstmcount.programs.libraries.keras.own_classes.variables import (
    backend_variable,
    keras_variable,
)
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.layer_classes import KerasObject, LayerClass
from lstmcount.programs.libraries.keras.values.objects import ModelObject
from lstmcount.programs.libraries.keras.values.own_objects import OwnObject
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor, as_shapes, tensors_in
from lstmcount.programs.libraries.numpy.arrays import Array, as_array, numbers_of
from lstmcount.programs.libraries.numpy.labels import label, number_of_classes
from lstmcount.shapes import Unknown

_READS = re.compile(r"\bopen\(|\bread\w*\(|\bload\(")
FUNCTIONS: dict[str, Any] = {
    "Sequential": LayerClass("Sequential"),
    "Model": LayerClass("Model"),
    "Functional": LayerClass("Model"),
    "Graph": LayerClass("Graph"),
}


def _provides(*names: str) -> Callable[[Raw], Raw]:
    def register(function: Raw) -> Raw:
        for name in names:
            FUNCTIONS[name] = Native(name, function, raw=True)
        return function

    return register


@_provides("Input")
def _input(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return session_of(run).input(args, kwargs, node)


def _tensor_of_shape(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    shape = args[0] if args else kwargs.get("shape")
    return session_of(run).fresh_input(as_shapes(shape), node)


class _TensorClass(Native):
    """`keras.KerasTensor`. Of this class are the tensors of functional models, not of a `call`."""

    def has_instance(self, value: Any) -> Any:
        is_symbolic = isinstance(value, SymbolicTensor)
        return Unknown("isinstance(…, KerasTensor)") if is_symbolic else False


FUNCTIONS["KerasTensor"] = _TensorClass("KerasTensor", _tensor_of_shape, raw=True)


@_provides("save_model")
def _save(run: Run, args: Any, kwargs: Any, node: ast.AST) -> None:
    passed = arguments_by_name(("model", "filepath"), args, kwargs)
    if isinstance(passed.get("model"), ModelObject):
        saving.remember(run, passed["model"], passed.get("filepath"))


@_provides("load_model")
def _loaded_model(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    copy = saving.loaded(run, args, kwargs, node)
    return _loaded(run, args, kwargs, node) if copy is None else copy


@_provides("model_from_json", "model_from_yaml", "load_weights", "model_from_config")
def _loaded(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    words = run.source_of(node)
    text = args[0] if args else kwargs.get("json_string", kwargs.get("config"))
    if ".model_from_" in f".{words.partition('(')[0]}":
        from lstmcount.programs.libraries.keras.copies import json_texts  # few programs need it

        model = json_texts.model_of(run, text, node)
        if model is None and _is_of_program(run, text):
            model = json_texts.unknown_model(run, node)
        if model is not None:
            return model
    message = f"the program loads its model, by `{words}`; count the file that it loads"
    run.refused.append(NoModelError(message).at(run.place(node)))
    if ".model_from_" in f".{words.partition('(')[0]}":
        text = "the model that this makes of a description is not known"
        session_of(run).note(run.place(node), text, "another model is counted")
    run.failed_imports.note(words.partition("(")[0], node, f"`{words}` loads a model from a file")
    return run.unknown(words)


def _is_of_program(run: Run, text: Any) -> bool:
    """Whether a text that is not known is made of a model of the program, and not read."""
    if not isinstance(text, str | Unknown):
        return False
    is_made = isinstance(text, str | UnknownText) or "to_json(" in str(text)
    return is_made or ("to_json(" in run.program.text and not _READS.search(run.program.text))


_provides("Variable")(keras_variable)
_provides("clone_model")(clone_model)


@_provides("deserialize", "deserialize_keras_object")
def _deserialize(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    from lstmcount.programs.libraries.keras.copies.configs import (
        deserialize,  # few programs need it
    )

    return deserialize(run, args, kwargs, node)


@_provides("serialize", "serialize_keras_object")
def _serialize(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    from lstmcount.programs.libraries.keras.copies.configs import serialize  # few programs need it

    return serialize(run, args, kwargs, node)


def _merging(class_name: str) -> Any:
    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        if not tensors_in(args):
            tensors = kwargs.pop("inputs", None)
        else:
            tensors, args = args[0], args[1:]
        if class_name in ("Concatenate", "Dot") and args:
            kwargs["axis" if class_name == "Concatenate" else "axes"] = args[0]
        session = session_of(run)
        layer = session.construct(LayerClass(class_name), [], kwargs, node)
        return session.call(layer, [list(tensors)], {}, node)

    return function


for _name in ("Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"):
    _provides(_name.lower())(_merging(_name))


@_provides("merge")
def _merge(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return merge(session_of(run), args, kwargs, node)


_WITH_ARGUMENTS = ("initializers", "regularizers", "constraints", "quantizers")
_OF_POLICY = ("name",)
_OF_QUANTIZED_POLICY = ("mode", "source_name", "amax_history_length")


def keras_object(name: str, kind: str) -> Any:
    """An optimizer, initializer, regularizer, …: its arguments are kept; it has no weights."""

    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        names = _argument_names(name, kind)
        arguments = {(names[i] if i < len(names) else f"{i}"): arg for i, arg in enumerate(args)}
        arguments |= kwargs
        if name.endswith("Policy"):
            is_plain = name in ("DTypePolicy", "FloatDTypePolicy", "Policy")
            names = _OF_POLICY if is_plain else _OF_QUANTIZED_POLICY
            arguments = arguments_by_name(names, args, kwargs)
        if kind == "initializations":
            initialization = _Initialization(name, arguments, kind)
            return initialization if name == "get" else initialization.call(run, args, kwargs, node)
        return KerasObject(_class_name(name, kind), arguments, kind)

    return _ObjectClass(name, kind, function)


def _class_name(name: str, kind: str) -> str:
    """The name of the class today: `l1_l2` and `random_normal_initializer` are older names."""
    path_and_names = spelled(name) if kind in _WITH_ARGUMENTS else None
    return path_and_names[0].rpartition(".")[2] if path_and_names else name


def _argument_names(name: str, kind: str) -> tuple[str, ...]:
    """The names of the positional arguments, as far as they are known and the same in all Keras."""
    if kind in ("optimizers", "mixed_precision"):
        return ARGUMENTS.get(name, ())
    path_and_names = spelled(name) if kind in _WITH_ARGUMENTS else None
    return path_and_names[1] if path_and_names else ()


class _Initialization(KerasObject):
    """A function of Keras 1's module `initializations`, which returns a variable."""

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        value = super().call(run, args, kwargs, node)
        return backend_variable(run, [value], {}, node) if isinstance(value, Array) else value


def object_of(kind: str) -> Native:
    """`keras.optimizers.get("sgd")` and the like: an object of Keras from a name or a config."""

    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        described = args[0] if args else next(iter(kwargs.values()), None)
        if isinstance(described, str):
            return KerasObject(_class_name(described, kind), {}, kind)
        if isinstance(described, dict):
            name, config = described.get("class_name"), described.get("config", {})
            if not isinstance(name, str) or not isinstance(config, dict):
                return run.unknown(run.source_of(node))
            return KerasObject(_class_name(name, kind), dict(config), kind)
        is_unknown = isinstance(described, Unknown)
        return run.unknown(run.source_of(node)) if is_unknown else described

    return Native("get", function, raw=True)


class _ObjectClass(Native):
    """A class of objects without weights, such as `keras.metrics.Metric`."""

    def __init__(self, name: str, kind: str, function: Raw) -> None:
        super().__init__(name, function, raw=True)
        self.kind = kind

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "from_config":
            return Native(name, self._from_config, raw=True)
        return super().attribute(run, name, node)

    def _from_config(self, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        config = args[0] if args else kwargs.get("config")
        if not isinstance(config, dict):
            return run.unknown(run.source_of(node))
        return KerasObject(_class_name(self.name, self.kind), dict(config), self.kind)

    def new_instance(self, run: Run, cls: Class, node: ast.AST) -> Any:
        return OwnObject(cls, self, len(session_of(run).models))


def same(name: str) -> Native:
    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return args[0] if args else None

    return Native(name, function, raw=True)


FUNCTIONS["remat"] = same("remat")  # computes again what its gradient needs

_PARTS_OF_UTILS = (
    "image", "text", "sequence", "np_utils", "layer_utils", "vis_utils", "data_utils", "conv_utils",
)  # fmt: skip


def utility(path: str, name: str) -> Any:
    if name == "DotNotTrackScope":
        return Native(name, NotTracking)
    if path.endswith("conv_utils"):
        from lstmcount.programs.libraries.keras.imported import conv_utils

        return conv_utils.member(name)
    function = _UTILITIES.get(name)
    if function is not None:
        return Native(name, function, raw=True)
    if name in ("TimeseriesGenerator", "timeseries_dataset_from_array"):
        from lstmcount.programs.libraries.keras.data import time_series

        return Native(name, time_series.FUNCTIONS[name], raw=True)
    if name[:1].isupper():
        return MISSING
    if name in _PARTS_OF_UTILS:
        return Module(f"{path}.{name}")
    return MISSING


def _to_categorical(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("y", "num_classes"), args, kwargs)
    classes = passed.get("num_classes", passed.get("nb_classes"))
    y = passed.get("y")
    if classes is None:
        classes = number_of_classes(y)
    if classes is None and (labels := numbers_of(y)):
        classes = int(max(labels)) + 1
    if classes is None:
        return run.unknown(run.source_of(node))
    y = as_array(y)
    if not isinstance(y, Array):
        return Array((Unknown(f"len({y})"), classes))
    is_column = len(y.shape) > 1 and y.shape[-1] == 1
    return Array((*(y.shape[:-1] if is_column else y.shape), classes))


def _pad_sequences(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("sequences", "maxlen"), args, kwargs)
    length, sequences = passed.get("maxlen"), passed.get("sequences")
    count = sequences.shape[0] if isinstance(sequences, Array) else Unknown(f"len({sequences})")
    if isinstance(sequences, list) and all(isinstance(each, list | str) for each in sequences):
        count = len(sequences)
        length = max(map(len, sequences), default=None) if length is None else length
    return run.unknown(run.source_of(node)) if length is None else Array((count, length))


def _set_random_seed(run: Run, args: Any, kwargs: Any, node: ast.AST) -> None:
    return None


@_provides("get_source_inputs")
def _source_inputs(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return inputs_of(run, tensors_in(args), node)


def inputs_of(run: Run, tensors: list[SymbolicTensor], node: ast.AST) -> list[SymbolicTensor]:
    """The inputs that tensors are computed from."""
    inputs: list[SymbolicTensor] = []
    todo, seen = list(tensors), set[tuple[int, int]]()
    while todo:
        tensor = todo.pop()
        key = (tensor.layer.serial, tensor.node)
        if key in seen:
            continue
        seen.add(key)
        calls = tensor.layer.calls
        session_of(run).charge(1, node)
        if tensor.layer.class_name == "InputLayer" or tensor.node >= len(calls):
            inputs.append(tensor)
        else:
            todo += tensors_in([calls[tensor.node].args, calls[tensor.node].kwargs])[::-1]
    return inputs


@_provides("is_keras_tensor")
def is_keras_tensor(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    (value,) = args
    return value if isinstance(value, Unknown) else isinstance(value, SymbolicTensor)


_UTILITIES: dict[str, Any] = {
    "get_source_inputs": _source_inputs,
    "is_keras_tensor": is_keras_tensor,
    "to_categorical": _to_categorical,
    "pad_sequences": _pad_sequences,
    "set_random_seed": _set_random_seed,
    "image_dataset_from_directory": image_folder,
    "get_custom_objects": lambda run, args, kwargs, node: {},
}

_DATASETS: dict[str, tuple[Any, Any, Any, Any]] = {
    "mnist": ((60000, 28, 28), (60000,), (10000, 28, 28), (10000,)),
    "fashion_mnist": ((60000, 28, 28), (60000,), (10000, 28, 28), (10000,)),
    "cifar10": ((50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), (10000, 1)),
    "cifar100": ((50000, 32, 32, 3), (50000, 1), (10000, 32, 32, 3), (10000, 1)),
    "boston_housing": ((404, 13), (404,), (102, 13), (102,)),
    "california_housing": ((16512, 8), (16512,), (4128, 8), (4128,)),
    "imdb": ((25000,), (25000,), (25000,), (25000,)),
    "reuters": ((8982,), (8982,), (2246,), (2246,)),
}
_CLASSES = {"mnist": 10, "fashion_mnist": 10, "cifar10": 10, "imdb": 2, "reuters": 46}
_OF_CIFAR100 = {"fine": 100, "coarse": 20}
_WHICH = ("maxlen", "test_split", "seed", "label_mode")  # arguments that select examples or labels


def dataset(path: str, name: str) -> Any:
    """`load_data` of Keras's own data sets, whose shapes are fixed."""
    if path == "keras.datasets":
        return Module(f"{path}.{name}")
    shapes = _DATASETS.get(path.rpartition(".")[2])
    if name != "load_data" or shapes is None:
        return MISSING

    def load(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        train, train_y, test, test_y = [Array(shape) for shape in shapes]
        classes = _classes(path.rpartition(".")[2], args, kwargs)
        label(train_y, classes)
        label(test_y, classes)
        return ((train, train_y), (test, test_y))

    return Native("load_data", load, raw=True)


def _classes(name: str, args: list[Any], kwargs: dict[str, Any]) -> int | None:
    """The number of classes in the labels of a data set, for training and for tests."""
    if name == "cifar100":
        mode = [*args, kwargs.get("label_mode", "fine")][0]
        return _OF_CIFAR100.get(mode) if isinstance(mode, str) else None
    return None if len(args) > 1 or kwargs.keys() & {*_WHICH} else _CLASSES.get(name)
