"""The libraries that programs import: Keras, and known parts of other libraries."""

from __future__ import annotations

import ast
import sys
from types import ModuleType
from typing import Any

from lstmcount.errors import did_you_mean
from lstmcount.graph.inference import OF_OTHERS
from lstmcount.layers import registry
from lstmcount.layers.custom.known import NONE, CustomLayers
from lstmcount.programs.language.builtins.builtin_functions import BUILTINS
from lstmcount.programs.language.objects.own_classes import Instance
from lstmcount.programs.language.objects.own_functions import Function, Method
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.values.provided import Module, Namespace, call_words, words
from lstmcount.programs.language.values.unknown_elements import UnknownElement
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.keras import function_parameters
from lstmcount.programs.libraries.keras.imported import namespace
from lstmcount.programs.libraries.keras.session.installed_versions import version_of
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.tracer import Tracer
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, layers_in
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor, tensors_in
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.programs.libraries.numpy.labels import KEEPING, keeping_labels
from lstmcount.programs.libraries.numpy.sizes import reshaped
from lstmcount.shapes import Unknown

# Modules that `from keras import *` binds. A name such as `data` belongs to the program instead.
_PARTS_OF_KERAS = words("layers models backend ops applications regularizers initializers losses")

MAX_CANDIDATES = 3  # of which an unknown layer may be each: more are not all tried

_TUNERS = ("keras_tuner", "kerastuner")
_CONFIGS = ("omegaconf", "hydra", "easydict", "munch", "ml_collections")

# NumPy functions whose shapes follow from the operation of the same name in `keras.ops`.
_AS_OPERATIONS = words("""
    append argsort array_split broadcast_to concatenate cumsum diff dot dstack einsum expand_dims
    flip fliplr flipud hstack matmul meshgrid moveaxis outer pad repeat roll sort split
    squeeze stack swapaxes take tensordot tile transpose tril triu vstack where
""")


def module(path: str) -> Any:
    """The module under its canonical name; MISSING if no library has it."""
    canonical = namespace.canonical(path)
    if canonical is not None:
        return Module(canonical)
    top = path.split(".")[0]
    if top == "pandas":
        from lstmcount.programs.libraries.pandas.making import PandasModule

        return PandasModule(path)
    others = ("numpy", "six", "sklearn", *_TUNERS, *_CONFIGS)
    if top in _standard().MODULES or top in others:
        return Module(path)
    return MISSING


def imported(path: str, name: str) -> Any:
    """`from path import name`, or `path.name` of a module; MISSING if it is not known."""
    canonical = namespace.canonical(path)
    if canonical is not None:
        return namespace.member(canonical, name)
    top = path.split(".")[0]
    if path == "numpy.ndarray":
        from lstmcount.programs.libraries.numpy import methods

        return methods.member(name)
    if top == "numpy":
        from lstmcount.programs.libraries.numpy import functions as numpy_functions

        function = numpy_functions.member(path, name)
        if function is MISSING and path == "numpy" and name in _AS_OPERATIONS:
            from lstmcount.programs.libraries.keras.imported import backend

            operation = backend.operation(name)
            return keeping_labels(operation) if name in KEEPING else operation
        return function
    if top in _TUNERS:
        from lstmcount.programs.libraries import keras_tuner

        return keras_tuner.member(path, name)
    if top == "pandas":
        from lstmcount.programs.libraries.pandas import making

        return making.member(path, name)
    if top == "sklearn":
        from lstmcount.programs.libraries import sklearn

        return sklearn.member(name)
    if top in _CONFIGS:
        from lstmcount.programs.libraries import configs

        return configs.TABLE.get(f"{path}.{name}", MISSING)
    if top == "six":
        from lstmcount.programs.libraries import six

        return six.member(path, name)
    return _standard().member(path, name)


def starred(path: str, name: str) -> Any:
    """A name from `from path import *`; MISSING if it is not known."""
    if namespace.canonical(path) is None:
        top = path.partition(".")[0]
        if top != "numpy" and top not in _standard().MODULES:
            return MISSING
    if namespace.is_object_module(path) and (name in BUILTINS or namespace.names_layer(name)):
        return MISSING
    value = imported(path, name)
    is_open = namespace.canonical(path) == "keras" and name in _PARTS_OF_KERAS
    return MISSING if isinstance(value, Module) and not is_open else value


def why_missing(path: str, name: str) -> str | None:
    """Why Keras has no layer class of that name.

    >>> why_missing("tensorflow.keras.layers", "Dens"), why_missing("keras.ops", "Dens")
    ('keras.layers has no Dens. Did you mean Dense?', None)
    """
    if path.partition(".")[0] == "pandas":
        return "pandas is not followed"
    is_class = namespace.canonical(path) == "keras.layers" and name[:1].isupper()
    if not is_class or name in OF_OTHERS:
        return None
    hint = did_you_mean(name, registry.class_names())
    return f"keras.layers has no {name}{hint and '.'}{hint}"


def surely_has(path: str, name: str) -> bool:
    """Whether `from path import name` works wherever the program runs; `name` may be ""."""
    if path.startswith(("keras", "tensorflow")) and namespace.canonical(path) is not None:
        return namespace.has_today(path, name)
    top = path.partition(".")[0]
    return top == "numpy" or top in sys.stdlib_module_names


def _standard() -> ModuleType:
    from lstmcount.programs.libraries import standard

    return standard


class KnownLibraries:
    """All libraries, for one run of a program. `custom` declares classes that programs import."""

    module = staticmethod(module)
    surely_has = staticmethod(surely_has)
    why_missing = staticmethod(why_missing)

    def __init__(self, custom: CustomLayers = NONE) -> None:
        self.custom = custom
        self.run: Run
        # by module and name: classes of the program in the places of those that they derive from
        self.replaced: dict[tuple[str, str], Any] = {}

    def begin(self, run: Run) -> dict[str, Any]:
        self.run = run
        return {
            "keras": Tracer(run),
            "flags": Namespace({}),
        }

    def imported(self, path: str, name: str) -> Any:
        """A name in a module; `sys.path` is the list in which this run searches for modules."""
        is_path = (path, name) == ("sys", "path")
        if self.replaced and (own := self._own(path, name)) is not MISSING:
            return own
        if name == "__version__":
            version = version_of(session_of(self.run), namespace.canonical(path) or "")
            return imported(path, name) if version is MISSING else version
        return self.run.own_modules.search_path if is_path else imported(path, name)

    def starred(self, path: str, name: str) -> Any:
        own = self._own(path, name)
        return starred(path, name) if own is MISSING else own

    def _own(self, path: str, name: str) -> Any:
        return self.replaced.get((namespace.canonical(path) or path, name), MISSING)

    def set_attribute(self, path: str, name: str, new: Any) -> None:
        if (path, name) == ("sys", "path") and isinstance(new, list):
            self.run.own_modules.search_path = new
        elif isinstance(new, Value) and new.is_class:
            self.replaced[namespace.canonical(path) or path, name] = new

    def parameter(self, run: Run, function: Function, name: str) -> Any:
        """Hyperparameters, if the function creates a model for a tuner; an input; a layer class."""
        from lstmcount.programs.libraries import keras_tuner  # few programs have tuners

        is_tuned = any(module in run.program.text for module in _TUNERS)
        hyperparameters = keras_tuner.parameter(function, name, is_tuned)
        if hyperparameters is not MISSING:
            return hyperparameters
        return function_parameters.value(run, function, name)

    def surely_lacks(self, path: str, name: str) -> bool:
        session = session_of(self.run)
        if path != "keras.layers" or session.is_older_keras or session.is_before_tensorflow_2:
            return False
        return namespace.lacks_layer(name, is_keras_3=session.is_keras_3())

    def examples(self, path: str) -> tuple[str, ...]:
        if path == "keras.applications":
            return ("MobileNetV2", "ResNet50")
        return function_parameters.CLASSES if path in ("keras.layers", "keras") else ()

    def declared(self, class_name: str) -> Any:
        declaration = self.custom.find(class_name)
        return MISSING if declaration is None else LayerClass.of(declaration)

    def call_unknown(
        self, run: Run, function: Unknown, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """The result of calling an unknown function.

        Declared classes are known by their name, wherever the program imports them from. Any other
        call on tensors gives a tensor of unknown shape.
        """
        declared = self.declared(str(function).rpartition(".")[2])
        if declared is not MISSING:
            return declared.call(run, args, kwargs, node)
        if str(function).endswith(".reshape") and (shape := _target(args)) is not None:
            size = run.unknown(f"{str(function)[:-8]}.size")
            return Array(reshaped((size,), shape) or shape)
        session = session_of(run)
        tensors = tensors_in([args, kwargs])
        if not tensors:
            return MISSING
        layers = _candidates(function)
        if (layer := _chosen(run, function, layers, node)) is not None:
            return run.call(layer, args, kwargs, node)
        if session.depth == 0:
            run.rename(function.text, run.source_of(node))
            return session.call(session.unknown_layer(function, node), args, {}, node)
        words = call_words(run, str(function), args, kwargs, node)
        run.rename(function.text, words)
        if layers or run.failed_imports.is_of_call(str(function)):  # an object, maybe a layer
            layer = session.unknown_layer(function, node)
            _hold(run, function, layer)
            return session.call(layer, args, {}, node)
        result = run.unknown(words)
        if not isinstance(result, Unknown):
            return result
        run.unfollowed += bool(layers_in([args, [*kwargs.values()]])) or _keeps_unknown(run)
        tensor = session.stand_in(words, tensors, None, node)
        session.lose_shape(tensor.layer, result)
        return tensor

    def many(self, run: Run, name: str, element: Any) -> Any:
        """An unknown number of equal arrays as one array with another axis."""
        if not isinstance(element, Array):
            return MISSING
        return Array((run.unknown(f"len({name})"), *element.shape))

    def select(self, run: Run, value: Unknown, key: Any, length: int | None) -> Any:
        """Select columns of a table by name, or `length` rows of one column or of all."""
        if isinstance(key, list) and key and all(isinstance(name, str) for name in key):
            from lstmcount.programs.libraries.pandas.frames import Frame  # few programs need it

            return Frame(run.unknown(f"len({value})"), [*key])
        if isinstance(key, tuple) and len(key) == 2 and isinstance(key[1], int) and length:
            return Array((length,))
        if isinstance(key, tuple) and len(key) == 2 and key[1] == slice(None) and length:
            return Array((length, run.unknown(f"{value}.shape[1]")))
        return MISSING

    def note_module(self, run: Run, data: bytes) -> None:
        """From now on, follow the Keras version that a module is written for."""
        session_of(run).note_version(data.decode("utf-8", "replace"))

    def note_unknown_call(self, run: Run, values: list[Any]) -> None:
        """Note that an unknown function may call layers that belong to the current layer."""
        session = session_of(run)
        # A step passes tensors to optimizers, losses and metrics, which call no layers.
        is_step = session.depth == session.step_depth
        run.unfollowed += bool(session.depth) and _may_call_layers(values, not is_step)

    def note_unknown_set(self, run: Run, name: str, node: ast.AST) -> None:
        """Note that an unknown, which may be a weight or a layer of the model, is frozen or not."""
        if name in ("trainable", "_trainable"):
            text = "which weights this freezes, if any, is not known"
            session_of(run).note(run.place(node), text, "other parameters may be trainable")

    def note_end(self, run: Run, node: ast.AST) -> None:
        """Note that the models after a statement are not made."""
        message = "the program ends here"
        session_of(run).note(run.place(node), message, "what follows is not followed")

    def note_decorator(self, run: Run, name: str, words: str, node: ast.AST) -> None:
        """Note that what an unknown decorator does is not followed."""
        text = f"the decorator `{words}` of {name} cannot be followed"
        session_of(run).note(run.place(node), text, f"{name} is followed without it")


def _target(args: list[Any]) -> tuple[Any, ...] | None:
    """The target shape from the arguments of `reshape`, if they are known."""
    shape = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else args
    return tuple(shape) if shape and all(isinstance(dim, int | Unknown) for dim in shape) else None


def _candidates(function: Unknown) -> list[LayerObject]:
    """The layers of which an unknown element of a list or dict may be one."""
    values = [value for _, value in function.find()] if isinstance(function, UnknownElement) else []
    return [value for value in values if isinstance(value, LayerObject)]


def _chosen(
    run: Run, function: Unknown, layers: list[LayerObject], node: ast.AST
) -> LayerObject | None:
    """The layer that is followed in the place of an unknown one; None if there are too many."""
    if not isinstance(function, UnknownElement) or not 0 < len(layers) <= MAX_CANDIDATES:
        return None
    for layer in layers[:-1]:
        if run.decide(function.key, node, f"{function} is {layer.name}", True):
            return layer
    return layers[-1]


def _hold(run: Run, unknown: Unknown, layer: LayerObject) -> None:
    """Put an unknown layer in the place of the attribute from which a layer calls it."""
    owner = _running_layer(run)
    if owner is not None:
        for name, value in owner.attributes.items():
            if value is unknown:
                owner.attributes[name] = layer
                owner.keep_layers(layer)
                owner.hold(layer)


def _running_layer(run: Run) -> Custom | None:
    """The layer of the program whose method runs."""
    frame = run.frames[-1] if run.frames else None  # there is none in a Lambda of the program
    owner = frame[0] if frame is not None else None
    return owner if isinstance(owner, Custom) else None


def _keeps_unknown(run: Run) -> bool:
    """Whether a container of the running layer has unknown elements, which may be its layers."""
    owner = _running_layer(run)
    values = owner.attributes.values() if owner is not None else ()
    containers = [value for value in values if isinstance(value, list | dict)]
    return any(
        run.is_open(container) or first_unknown([container]) is not None for container in containers
    )


def _may_call_layers(values: list[Any], by_tensors: bool) -> bool:
    """Whether a function with these arguments may call a layer on tensors."""
    inner = [element for value in values if isinstance(value, list | tuple) for element in value]
    return any(
        isinstance(value, LayerObject | Function | Method | Instance)
        or (by_tensors and isinstance(value, SymbolicTensor))
        for value in (*values, *inner)
    )
