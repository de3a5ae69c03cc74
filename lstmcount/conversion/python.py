"""A model as Keras code that builds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lstmcount.config import MODEL_CALL, Call, LayerConfig, ModelConfig, TensorRef
from lstmcount.conversion.arguments import layer_arguments, layer_of, written_arguments
from lstmcount.conversion.classes import place_of
from lstmcount.conversion.keras_classes import require_names
from lstmcount.conversion.literals import literal
from lstmcount.conversion.objects import expression
from lstmcount.conversion.operations import code, constant, require_todays, subscript
from lstmcount.conversion.variables import Variables
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build
from lstmcount.graph.layer import Node
from lstmcount.layers.base import Layer
from lstmcount.layers.making.constructor_order import arguments
from lstmcount.layers.making.validation import check_names
from lstmcount.layers.registry import is_keras_layer
from lstmcount.naming import AutoNames

_NAMES_OF_MASKS = re.compile(r"concatenate(_\d+)?")  # names that Keras reserves
# Attention has an inner layer of that name, and Keras converts masks.
_ALSO_INSIDE = ("Softmax", "ConvertToTensor")


def to_python(config: ModelConfig) -> str:
    """A program that builds `model`. Raises `LstmcountError` for what code cannot express."""
    lines = ["import keras", "from keras import layers", ""]
    if config.dtype is not None:
        lines += [f"keras.config.set_dtype_policy({expression(config.dtype)})", ""]
    lines += _Program(config.makes_masks).model(config, "model")
    return "\n".join(lines) + "\n"


Outputs = dict[tuple[str, int], tuple[str, list[str]]]  # expressions for each call's outputs


class _Program:
    def __init__(self, makes_masks: bool) -> None:
        self.makes_masks = makes_masks
        self.variables = Variables()
        self.auto = AutoNames()  # of operations
        self.shared: dict[Any, str] = {}  # variables of layers that are used in several places

    def model(self, config: ModelConfig, variable: str) -> list[str]:
        write = self._sequential if config.is_sequential else self._graph
        return write(config, variable)

    def _sequential(self, config: ModelConfig, variable: str) -> list[str]:
        before: list[str] = []
        layers = []
        entries = config.layers
        if entries and entries[0].class_name != "InputLayer" and config.build_input_shape:
            layers.append(f"keras.Input(batch_shape={_shape(config.build_input_shape)})")
        for layer in entries:
            if layer.class_name == "InputLayer":
                layers.append(_input(layer, named=False))
            else:
                layers.append(self.layer(layer, before))
        items = [f"        {layer}," for layer in layers]
        return [
            *before,
            f"{variable} = keras.Sequential(",
            "    [",
            *items,
            "    ],",
            f"    name={literal(config.name)},",
            *([] if config.trainable else ["    trainable=False,"]),
            ")",
        ]

    def _graph(self, config: ModelConfig, variable: str) -> list[str]:
        model = build(config)
        lines: list[str] = []
        outputs: Outputs = {}
        makers: dict[str, str] = {}
        for node in model.calls_in_order:
            with _placed(node.layer.config):
                self._node(node, lines, outputs, makers)
        inputs = self._value(config.inputs, outputs)
        result = self._value(config.outputs, outputs)
        trainable = "" if config.trainable else ", trainable=False"
        name = config.name or "model"
        lines.append(
            f"{variable} = keras.Model({inputs}, {result}, name={literal(name)}{trainable})"
        )
        return lines

    def _node(self, node: Node, lines: list[str], outputs: Outputs, makers: dict[str, str]) -> None:
        """The line of a call; `makers` are the variables of layers that are called repeatedly."""
        layer, name, index = node.layer.config, node.layer.name, node.index
        target = self.variables.new(name if index == 0 else f"{name}_{index}")
        outputs[name, index] = (target, _places(node))
        if layer.class_name == "InputLayer":
            lines.append(f"{target} = {_input(layer, named=True)}")
            return
        call = layer.calls[index]
        passed = [self._value(arg, outputs) for arg in call.args]
        by_name = {
            key: self._value(value, outputs)
            for key, value in call.kwargs.items()
            if value is not None
        }
        if layer.kind == "op":
            lines.append(f"{target} = {self._operation(layer, call, passed, by_name)}")
            return
        if len(layer.calls) > 1:
            if name not in makers:
                makers[name] = self.variables.new(f"{name}_layer")
                lines.append(f"{makers[name]} = {self.layer(layer, lines)}")
            maker = makers[name]
        else:
            maker = self.layer(layer, lines)
        model_or_layer = node.layer.layer
        known: tuple[str, ...] = MODEL_CALL
        if isinstance(model_or_layer, Layer):
            known = type(model_or_layer).keywords()
            if not passed and "inputs" in by_name:  # Keras would name it differently
                passed.append(by_name.pop("inputs"))
        require_names(by_name, known, f"the call of {layer.class_name}")
        passed += [f"{key}={value}" for key, value in by_name.items()]
        lines.append(f"{target} = {maker}({', '.join(passed)})")

    def _value(self, value: Any, outputs: Outputs) -> str:
        if isinstance(value, TensorRef):
            name, places = outputs[value.layer, value.node]
            tensor = value.tensor or 0
            if not 0 <= tensor < len(places):
                raise LstmcountError(
                    f"it is not known whether {value.layer!r} gives {tensor + 1} tensors"
                )
            return name + places[tensor]
        if isinstance(value, list):
            return f"[{', '.join(self._value(item, outputs) for item in value)}]"
        if isinstance(value, dict) and "class_name" not in value:
            items = (f"{literal(key)}: {self._value(item, outputs)}" for key, item in value.items())
            return f"{{{', '.join(items)}}}"
        return constant(value)

    def _operation(
        self, config: LayerConfig, call: Call, passed: list[str], by_name: dict[str, str]
    ) -> str:
        require_todays(config)
        automatic = self.auto.next(config.class_name)
        is_named = config.name != automatic or self.makes_masks or config.class_name in _ALSO_INSIDE
        if not is_named:
            self.auto(config.class_name)
        written = None if is_named else subscript(config, call, passed)
        return written or code(config, passed, by_name, is_named)

    def layer(self, config: LayerConfig, before: list[str]) -> str:
        """An expression for the layer; a layer used in several places is created in `before`."""
        if config.shared is None:
            return self._made(config, before)
        if config.shared not in self.shared:
            source = self._made(config, before)
            if config.model is None:
                before.append(f"{self.variables.new(f'{config.name}_layer')} = {source}")
                source = before[-1].partition(" ")[0]
            self.shared[config.shared] = source
        return self.shared[config.shared]

    def _made(self, config: LayerConfig, before: list[str]) -> str:
        with _placed(config):
            return self._constructed(config, before)

    def _constructed(self, config: LayerConfig, before: list[str]) -> str:
        if config.model is not None:
            variable = self.variables.new(config.name or "model")
            before += self.model(config.model, variable)
            return variable
        if config.class_name == "Lambda":
            raise LstmcountError(
                f"{config.name!r} is a Lambda, whose function is not known here, so no program can "
                "be written",
                path=config.path,
            )
        if config.declared is not None or not is_keras_layer(config.class_name):
            raise LstmcountError(
                f"{config.name!r} is a {config.class_name}, which is not Keras's own: its code is "
                "not known here, so no program can be written; take --to keras-json",
                path=config.path,
            )
        if config.frozen_weights:
            text = f"only some weights of {config.name!r} are frozen, which no argument can say"
            raise LstmcountError(text, path=config.path)
        layer = layer_of(config)
        module, class_name = place_of(type(layer).__name__, config)
        inner = layer_arguments(config)
        require_names(inner, layer.layer_arguments, class_name)
        parts = [f"{key}={self._inner(value, before)}" for key, value in inner.items()]
        own = written_arguments(layer, expression)
        # The class may be the author's own.
        check_names(type(layer), written_arguments(layer), config.path)
        require_names(own, arguments(type(layer)), class_name)
        parts += [f"{key}={value}" for key, value in own.items()]
        if not (self.makes_masks and _NAMES_OF_MASKS.fullmatch(config.name or "")):
            parts.append(f"name={literal(config.name)}")
        return f"{module.replace('keras.layers', 'layers')}.{class_name}({', '.join(parts)})"

    def _inner(self, value: Any, before: list[str]) -> str:
        if isinstance(value, list):
            return f"[{', '.join(self.layer(item, before) for item in value)}]"
        return self.layer(value, before)


@contextmanager
def _placed(config: LayerConfig) -> Iterator[None]:
    """Add the layer's path to errors."""
    try:
        yield
    except LstmcountError as error:
        raise error if error.location.path else error.at(*config.path) from None


def _places(node: Node) -> list[str]:
    """The subscripts of each output in the call's result: `[0]`, `[1][0]`, `['key']`."""
    subscripts = list(_subscripts(node.output))
    if len(subscripts) != len(node.outputs):
        subscripts = [f"[{i}]" for i in range(len(node.outputs))]
    return subscripts or [""]


def _subscripts(output: Any) -> Iterator[str]:
    if not isinstance(output, list | dict):
        yield ""
        return
    items = enumerate(output) if isinstance(output, list) else sorted(output.items())
    for key, item in items:
        for inside in _subscripts(item):
            yield f"[{literal(key)}]{inside}"


def _input(config: LayerConfig, named: bool) -> str:
    layer = layer_of(config)
    dtype = written_arguments(layer).get("dtype")
    options = f", dtype={expression(dtype)}" if dtype else ""
    if named:
        options += f", name={literal(config.name)}"
    return f"keras.Input(batch_shape={_shape(layer.output_shape(None))}{options})"


def _shape(shape: Any) -> str:
    return repr(tuple(dim if isinstance(dim, int) else None for dim in shape))
