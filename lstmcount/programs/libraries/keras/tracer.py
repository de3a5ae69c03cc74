"""The Keras session of a run: it names layers and infers the shapes of calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from typing import Any

from lstmcount.errors import FORMULA_ERRORS, LstmcountError
from lstmcount.graph.builder import build_layer
from lstmcount.naming import AutoNames, is_text
from lstmcount.programs.language.choices import Choice
from lstmcount.programs.language.places import CodePlace
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import replaced, unknown_words
from lstmcount.programs.language.values import Class
from lstmcount.programs.libraries.keras import (
    calling,
    cloning,
    construct,
    custom,
    custom_layers,
    export,
    keras_version,
    layer_attributes,
    masks,
    models,
)
from lstmcount.programs.libraries.keras.call_shapes import (
    are_known,
    are_known_inside,
    call_dtype,
    class_name_in,
    depends_on,
    output_tensors,
    unknown_sizes,
)
from lstmcount.programs.libraries.keras.objects import (
    CallRecord,
    Custom,
    LayerClass,
    LayerObject,
    ModelObject,
    OperationObject,
)
from lstmcount.programs.libraries.keras.tensors import SymbolicTensor, shapes_of, tensors_in
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.readers.keras.legacy import automatic
from lstmcount.shapes import UNKNOWN, Unknown, shape_of

STEPS_PER_LAYER = 20


class Tracer:
    """The session of a run: it follows calls of layers and gives layers their names."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.auto = AutoNames()
        self.written_by_keras_3: bool | None = None
        self.runs_no_model = keras_version.runs_no_model(run.program.text)
        self.notes: list[str] = []
        self.postponed: list[tuple[Custom, list[Any], dict[str, Any]]] = []
        self.data_format: str | Unknown = "channels_last"
        self.floatx: str | Unknown = "float32"
        self.dtype_policy: str | Unknown | None = None
        self.serial = 0
        self.models: list[ModelObject] = []
        self.inner = AutoNames()
        self.depth = 0
        self.is_symbolic = True
        # by place, as in `Session`
        self.lost_shapes: dict[CodePlace, str] = {}
        self.lost_inside: dict[CodePlace, CodePlace] = {}
        self.open_classes: dict[CodePlace, Choice] = {}
        self.open_operations: dict[CodePlace, list[str]] = {}
        self.unknown_layers: dict[int, tuple[Unknown, LayerObject]] = {}
        self.impossible: set[CodePlace] = set()  # places of layers that cannot take known inputs

    @cached_property
    def is_keras_1(self) -> bool:
        return keras_version.is_keras_1(self.run.program.text) and not self.is_keras_3()

    @cached_property
    def is_keras_2(self) -> bool:
        return keras_version.is_keras_2(self.run.program.text) and not self.is_keras_3()

    def note_version(self, text: str) -> None:
        self.is_keras_1 = self.is_keras_1 or keras_version.is_keras_1(text)
        self.is_keras_2 = self.is_keras_2 or keras_version.is_keras_2(text)

    def is_keras_3(self) -> bool:
        if self.written_by_keras_3 is None:
            self.written_by_keras_3 = keras_version.is_keras_3(self.run.program.text)
        return self.written_by_keras_3

    def new(
        self,
        kind: type[LayerObject],
        class_name: str,
        name: str | None,
        arguments: dict[str, Any],
        place: CodePlace,
    ) -> LayerObject:
        self.effect(place.node)
        if not isinstance(name, str) or not is_text(name):
            # Inside a traced layer, Keras uses separate names.
            unnamed = self.depth and (kind is OperationObject or class_name == "InputLayer")
            name = (self.inner if unnamed else self.auto)(automatic(class_name))
            name += "()" if unnamed else ""  # no layer has such a name
        return kind(class_name, name, arguments, place, self.serial)

    def new_model(self, class_name: str, name: str | None, node: ast.AST) -> ModelObject:
        self.effect(node)
        name = name if isinstance(name, str) and is_text(name) else self.auto(class_name)
        model = ModelObject(class_name, name, CodePlace(self.run.program, node), self.serial)
        model.is_imported = self.run.own_modules.chain > 0
        model.attempt = self.run.attempt
        self.models.append(model)
        return model

    def effect(self, node: ast.AST) -> None:
        self.run.effects += 1
        self.serial += 1
        self.charge(1, node)

    def charge(self, layers: int, node: ast.AST) -> None:
        """Charge for creating, calling or holding layers or tensors."""
        self.run.spend(8 * STEPS_PER_LAYER * layers, node)

    def refused(self, place: CodePlace, message: str, counted: str = "") -> None:
        """Add a note about what Keras 3 refuses; an error where Keras 3 is certain."""
        if self.is_keras_3():
            raise LstmcountError(f"{message}; Keras 3 refuses it").at(place)
        self.note(place, f"{message}{counted}", "Keras 3 refuses it")

    def note(self, place: CodePlace, message: str, today: str) -> None:
        """Add a note about how something is counted, once for all places with the same text."""
        message = f"{message}; {today}"
        if not any(note.endswith(message) for note in self.notes):
            self.notes.append(f"{place.locate()}: {message}")

    # -- behaviour of classes, layers and tensors ------------------------------------------------

    def construct(
        self, cls: LayerClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        return calling.construct(self.run, cls, args, kwargs, node)

    def from_config(self, class_name: str, config: Any, node: ast.AST) -> Any:
        return cloning.from_config(self.run, class_name, config, node)

    def copied(self, layer: LayerObject, node: ast.AST) -> Any:
        return cloning.copied(self.run, layer, node)

    def call_value(
        self, layer: LayerObject, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        return calling.call_layer(self.run, layer, args, kwargs, node)

    def attribute(self, layer: LayerObject, name: str, node: ast.AST) -> Any:
        return layer_attributes.get(self.run, layer, name, node)

    def set_attribute(self, layer: LayerObject, name: str, new: Any, node: ast.AST) -> None:
        layer_attributes.set(self.run, layer, name, new, node)

    def inherited(self, layer: LayerObject, name: str) -> Any:
        return layer_attributes.base_method(self.run, layer, name)

    def new_instance(self, cls: Class, base: LayerClass, node: ast.AST) -> LayerObject:
        return custom.new_instance(self.run, cls, base, node)

    # -- calls ----------------------------------------------------------------------------------

    def call(
        self, layer: LayerObject, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """The tensor, or structure of tensors, that a layer returns for its arguments."""
        layer.require_unchanged()
        self.effect(node)
        self.run.weigh(node, args, kwargs)
        self.charge(len(tensors_in([args, kwargs])), node)
        kwargs = {key: value for key, value in kwargs.items() if key != "training"}
        if layer.kind == "layer":
            args, kwargs = self._known_tensors(args, node), self._known_tensors(kwargs, node)
        lost = len(self.lost_shapes)
        custom_layers.prepare(self, layer, args, kwargs)
        if len(self.lost_shapes) > lost:
            self.lost_inside[layer.place] = next(islice(self.lost_shapes, lost, None))
        original = args, kwargs
        if isinstance(layer, Custom) and not layer.is_sequential and not layer.is_core_alone:
            tensors = tensors_in([args, kwargs])
            args, kwargs = (tensors if len(tensors) == 1 else [tensors]), {}
        models.name_inside(self, layer)
        record = CallRecord(args, kwargs, CodePlace(self.run.program, node))
        result = self._result(layer, record)
        if layer.kind == "layer" and not self.depth and masks.involves_masks(layer, record):
            masks.attach_masks(self, layer, record, *original, result, node)
        return result

    def _result(self, layer: LayerObject, record: CallRecord) -> Any:
        """Keep a call in the layer, with the tensors that it returns."""
        index = len(layer.calls)
        output = self.infer(layer, record)
        if layer.error is not None and are_known(record) and are_known_inside(layer):
            if not unknown_words(shapes_of([record.args, record.kwargs])):
                self.impossible |= {layer.place, record.place}
            self.run.fail(ValueError())
        if output is None:
            output = layer.recorded.get(index)
        layer.calls.append(record)
        is_one = not isinstance(layer, ModelObject)
        if output is None and is_one and layer.error is None and are_known(record):
            self.lost_shapes.setdefault(layer.place, self.run.source_of(record.place.node))
        dtype = call_dtype(layer, record)
        result = output_tensors(output, layer, index, dtype)
        layer.outputs.append(result)
        if not self.depth:
            for tensor in tensors_in(result):
                tensor.name = self.auto("KerasTensor")
        return result

    def _known_tensors(self, value: Any, node: ast.AST) -> Any:
        """Replace unknowns in the arguments of a call by tensors of unknown shape."""
        return replaced(
            value, Unknown, lambda each: self.unknown_result(each.text or "?", [], node)
        )

    def unknown_layer(self, unknown: Unknown, node: ast.AST) -> LayerObject:
        """The layer that represents an unknown layer; a summary only shows its name."""
        unknown_and_layer = self.unknown_layers.get(id(unknown))
        if unknown_and_layer is None:
            class_name = class_name_in(str(unknown))
            place = CodePlace(self.run.program, node)
            layer = self.new(LayerObject, class_name, None, {}, place)
            layer.is_known = False
            layer.unknown_because = self.run.failed_imports.why_unknown(str(unknown))
            if choice := self.run.choices.of(str(unknown)):
                self.open_classes[place] = choice
            unknown_and_layer = self.unknown_layers[id(unknown)] = (unknown, layer)
        return unknown_and_layer[1]

    def unknown_result(
        self, words: str, tensors: list[Any], node: ast.AST, shape: Any = None
    ) -> SymbolicTensor:
        """The tensor that an unknown function or layer returns."""
        place = CodePlace(self.run.program, node)
        layer = self.new(LayerObject, class_name_in(words), None, {}, place)
        layer.is_known = False
        layer.unknown_because = self.run.failed_imports.why_unknown(words)
        if isinstance(shape, list | tuple) and not any(isinstance(d, list | tuple) for d in shape):
            layer.recorded[0] = shape_of(shape)
        result: SymbolicTensor = self.call(layer, tensors, {}, node)
        return result

    def stand_in(self, words: str, tensors: list[Any], shapes: Any, node: ast.AST) -> Any:
        """The tensors that code without weights returns, if only their shapes are known."""
        layer = self.new(OperationObject, words, None, {}, CodePlace(self.run.program, node))
        layer.is_known = False
        if shapes is not None:
            layer.recorded[0] = shapes
        return self.call(layer, tensors, {}, node)

    def constants(self, value: Any, node: ast.AST) -> Any:
        """Convert arrays and unknowns in the arguments of a layer that is called while tracing."""

        def constant(each: Array | Unknown) -> Any:
            shape = each.shape if isinstance(each, Array) else None
            tensor = self.stand_in("Constant", [], shape, node)
            self.lose_shape(tensor.layer, each)
            return tensor

        return replaced(value, Array | Unknown, constant)

    def lose_shape(self, layer: LayerObject, value: Any) -> None:
        """Note that the shape of a layer's output depends on an unknown."""
        if isinstance(value, Unknown) and value.text:
            self.lost_shapes[layer.place] = value.text

    def operand(self, value: Any, node: ast.AST) -> Any:
        """Convert an operand: an unknown, or an array while tracing, becomes a tensor."""
        kind = Array | Unknown if self.depth else Unknown
        return replaced(value, kind, lambda each: self.constants(each, node))

    @contextmanager
    def tracing(self, is_symbolic: bool = False) -> Iterator[None]:
        before = self.is_symbolic
        self.depth, self.is_symbolic = self.depth + 1, is_symbolic
        try:
            yield
        finally:
            self.depth, self.is_symbolic = self.depth - 1, before

    def fresh_input(self, like: Any, node: ast.AST, name: str | None = None) -> SymbolicTensor:
        """A new input with the shape of a tensor, or with the given shape."""
        shape = like.shape if isinstance(like, SymbolicTensor) else like
        words = f"the shape of the input of {self.run.source_of(node)}"
        arguments: dict[str, Any] = {"shape": self.run.unknown(words)}
        if isinstance(shape, list | tuple):
            arguments = {"batch_shape": [None if d is UNKNOWN else d for d in shape]}
        return self.input([], {**arguments, "name": name}, node)

    def infer(self, layer: LayerObject, record: CallRecord) -> Any:
        """The output shapes of a call; None if not known. Errors are stored in the layer."""
        if layer.error is not None or not layer.is_known:
            return None
        exporter = export.Export()
        try:
            if layer.built is None:
                config = exporter.layer(layer, calls=0)
                layer.built = build_layer(config)
            args = [shapes_of(value) for value in record.args]
            kwargs = {key: shapes_of(value) for key, value in record.kwargs.items()}
            return layer.built.call(args, kwargs)
        except LstmcountError as error:
            layer.error = error
        except FORMULA_ERRORS as error:  # the registry's formula does not support these arguments
            layer.error = LstmcountError(f"{layer.class_name}: {error}").at(record.place)
        finally:
            self.charge(exporter.layer_count, record.place.node)
        return None

    def operation(
        self,
        class_name: str,
        args: list[Any],
        kwargs: dict[str, Any],
        node: ast.AST,
        arguments: dict[str, Any] | None = None,
        name: str | None = None,
    ) -> Any:
        """Apply an operation of `keras.ops`, with Keras's automatic name if `name` is None."""
        place = CodePlace(self.run.program, node)
        layer = self.new(OperationObject, class_name, name, arguments or {}, place)
        result = self.call(layer, args, kwargs, node)
        words = unknown_words([layer.arguments, args, kwargs])
        if words and depends_on(result, words, unknown_sizes([args, kwargs])):
            self.open_operations[place] = words
        return result

    # -- models ---------------------------------------------------------------------------------

    def input(self, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> SymbolicTensor:
        if "tensor" in kwargs:
            existing = kwargs.pop("tensor")
            if isinstance(existing, SymbolicTensor):
                return existing
        input_layer = construct.layer(self, LayerClass("InputLayer"), args, kwargs, node)
        tensor = self.input_tensor(input_layer)
        if self.is_keras_1 and keras_version.looks_channels_first(tensor.shape):
            self.data_format = "channels_first"
        return tensor

    def input_tensor(self, layer: LayerObject) -> SymbolicTensor:
        """The output tensor of an InputLayer, which is created once."""
        if not layer.outputs:
            shape: Any = layer.arguments.get("batch_shape")
            if shape is None:
                shape = layer.arguments.get("shape")
                if isinstance(shape, list):
                    shape = [layer.arguments.get("batch_size"), *shape]
            if isinstance(shape, list):
                shape = shape_of(shape)
            else:
                shape = None if shape is not None else (UNKNOWN,)
            dtype = layer.arguments.get("dtype")
            dtype = dtype if isinstance(dtype, str) else "float32"
            name = layer.name or ""
            if name.startswith("input_"):  # such tensors get an automatic name instead
                name = self.auto("KerasTensor")
            layer.outputs.append(SymbolicTensor(layer, 0, 0, shape, dtype, name))
        tensor: SymbolicTensor = layer.outputs[0]
        return tensor
