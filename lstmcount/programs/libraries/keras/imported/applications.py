"""Functions of keras.applications: they build base models layer by layer, like Keras."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.errors import did_you_mean
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.keras.architectures import (
    Application,
    ApplicationOptions,
    applications,
    input_shape,
    model_name,
    problem,
)
from lstmcount.programs.libraries.keras.imported.functions import inputs_of
from lstmcount.programs.libraries.keras.models import models
from lstmcount.programs.libraries.keras.session import construct
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor
from lstmcount.shapes import UNKNOWN, Unknown

_OF_KERAS_2 = ("backend", "layers", "models", "utils", "classes", "classifier_activation")
_FREE = ("input_shape", "input_tensor", "classes", "weights", "classifier_activation")


def member(name: str) -> Any:
    """`keras.applications.name`, if it is the function of an architecture; else MISSING."""
    if name not in applications():
        return MISSING

    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return build_application(run, name, args, kwargs, node)

    return Native(name, function, raw=True)


def obtain_input_shape(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`keras.applications.imagenet_utils.obtain_input_shape`, under the names of all versions."""
    names = ("input_shape", "default_size", "min_size", "data_format", "require_flatten", "weights")
    passed = arguments_by_name(names, args, kwargs)
    chosen: Any = passed.get("input_shape")
    size = passed.get("default_size")
    has_top = passed.get("require_flatten", passed.get("include_top"))
    data_format = passed.get("data_format", passed.get("dim_ordering"))
    if first_unknown([chosen, size, has_top, data_format]) is not None:
        return run.unknown(run.source_of(node))
    is_default = chosen is None or (has_top and passed.get("weights") == "imagenet")
    if not is_default:
        return tuple(chosen)
    rows = size if has_top else None
    return (3, rows, rows) if data_format in ("channels_first", "th") else (rows, rows, 3)


def build_application(run: Run, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """The model that the function builds; an unknown if it depends on unknown arguments."""
    application = applications()[name]
    names = application.arguments.split()
    arguments = arguments_by_name(names, args, kwargs)
    for key in arguments:
        if key not in names and key not in _OF_KERAS_2:
            raise run.error(node, f"{name} has no argument {key!r}.{did_you_mean(key, names)}")
    has_top = arguments.get("include_top")
    if isinstance(has_top, Unknown):
        words = has_top.text or run.source_of(node)
        arguments["include_top"] = bool(run.decide(has_top, node, words, True))
    if any(isinstance(value, Unknown) for key, value in arguments.items() if key not in _FREE):
        return run.unknown(run.source_of(node))
    options = ApplicationOptions(
        **{key: arguments[key] for key in arguments if key in ApplicationOptions.__struct_fields__}
    )
    if isinstance(options.weights, Unknown) or options.weights not in (None, "imagenet"):
        options.weights = None  # weights from a file do not change the architecture
    given = options.input_shape
    options.input_shape = construct.as_argument(given)
    if isinstance(options.input_shape, Unknown) and not isinstance(given, Unknown):
        return run.unknown(run.source_of(node))  # it is no shape
    net = _SessionNet(run, node)
    if reason := problem(application, options, net.is_first):
        raise run.error(node, f"{name}: {reason}")
    source = options.input_tensor
    if not isinstance(source, SymbolicTensor):
        shape = _image_shape(net, application, options)
        source = net.session.input([], {"shape": shape}, node)
    if source.shape is None:
        source.shape = (None, UNKNOWN, UNKNOWN, UNKNOWN)  # it takes nothing but images
    images = _NetTensor(net, source)
    output = application.build(net, images, options)
    shape = list(images.shape[1:])
    model = net.session.new_model("Functional", model_name(application, options, shape), node)
    inputs = inputs_of(run, [source], node)
    model.inputs, model.tensors_out = inputs[0] if len(inputs) == 1 else inputs, output.tensor
    model.is_part = True  # as a base, it is not a model of the program itself
    return model


def _image_shape(net: _SessionNet, application: Application, options: ApplicationOptions) -> Any:
    """The shape of the images that the model takes, in the session's data format."""
    if isinstance(options.input_shape, Unknown):
        return _unknown_image(net, application, options, options.input_shape)
    shape = input_shape(application, options)
    if net.is_first and options.input_shape is None:
        return [shape[2], *shape[:2]]
    return shape


def _unknown_image(
    net: _SessionNet, application: Application, options: ApplicationOptions, shape: Unknown
) -> Any:
    """A shape whose sizes are not known, but where ImageNet's weights need certain ones."""
    axes = [net.run.unknown(f"{shape}[{axis}]") for axis in range(3)]
    if options.weights == "imagenet":
        axes[0 if net.is_first else 2] = 3
    return axes


class _SessionNet:
    """Creates layers of an architecture in the program's session."""

    def __init__(self, run: Run, node: ast.AST) -> None:
        self.run = run
        self.session = session_of(run)
        self.node = node
        self.is_first = self.session.data_format == "channels_first"

    def __call__(
        self, class_name: str, inputs: Any, name: str | None = None, **arguments: Any
    ) -> Any:
        layer = self._layer(class_name, name, arguments)
        tensors = [h.tensor for h in inputs] if isinstance(inputs, list) else inputs.tensor
        return _NetTensor(self, self.session.call(layer, [tensors], {}, self.node))

    def _layer(self, class_name: str, name: str | None, arguments: dict[str, Any]) -> Any:
        arguments = {**arguments, "name": name} if name else arguments
        if self.is_first and class_name in ("BatchNormalization", "Concatenate"):
            arguments = {"axis": 1, **arguments}
        return construct.layer(self.session, LayerClass(class_name), [], arguments, self.node)

    def sequence(self, name: str, steps: list[tuple[str, str, dict[str, Any]]], inputs: Any) -> Any:
        layers = [
            self._layer(class_name, inner, arguments) for class_name, inner, arguments in steps
        ]
        model = models.sequential(self.session, [layers], {"name": name}, self.node)
        model.is_part = True
        return _NetTensor(self, self.session.call(model, [inputs.tensor], {}, self.node))


class _NetTensor:
    """A tensor with Python operators, for the architectures' code."""

    def __init__(self, net: _SessionNet, tensor: SymbolicTensor) -> None:
        self.net = net
        self.tensor = tensor
        self.shape = tensor.shape  # with the channels last
        if net.is_first and len(self.shape or ()) == 4:
            self.shape = (*self.shape[:1], *self.shape[2:], self.shape[1])

    def _operated(self, operation: str, other: Any) -> _NetTensor:
        value = other.tensor if isinstance(other, _NetTensor) else other
        tensor = self.net.session.operation(operation, [self.tensor, value], {}, self.net.node)
        return _NetTensor(self.net, tensor)

    def __add__(self, other: Any) -> _NetTensor:
        return self._operated("Add", other)

    def __mul__(self, other: Any) -> _NetTensor:
        return self._operated("Multiply", other)
