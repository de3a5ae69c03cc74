"""The Keras session of a run: it calls layers, and infers the shapes of their outputs."""

from __future__ import annotations

import ast
from itertools import islice
from typing import Any

from lstmcount.errors import FORMULA_ERRORS, LstmcountError, ShapeError
from lstmcount.graph.builder import build_layer
from lstmcount.graph.later_calls import check_later_call
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.run import MISSING
from lstmcount.programs.language.source.places import CodePlace
from lstmcount.programs.language.structures import replaced, unknown_words
from lstmcount.programs.libraries.keras import calling
from lstmcount.programs.libraries.keras.attributes import layer_attributes, unset_attributes
from lstmcount.programs.libraries.keras.copies import changed_arguments, cloning
from lstmcount.programs.libraries.keras.models import masks, models
from lstmcount.programs.libraries.keras.operations import theano_methods
from lstmcount.programs.libraries.keras.own_classes import (
    call_context,
    custom,
    custom_layers,
    tracking,
)
from lstmcount.programs.libraries.keras.session import construct, export, keras_version
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values import attribute_names
from lstmcount.programs.libraries.keras.values.call_shapes import (
    are_known,
    are_known_inside,
    call_dtype,
    output_tensors,
)
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.objects import (
    CallRecord,
    Custom,
    LayerObject,
    ModelObject,
)
from lstmcount.programs.libraries.keras.values.result_structures import returned
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor, shapes_of, tensors_in
from lstmcount.shapes import Unknown, is_known

_MASKS = ("mask", "attention_mask")  # arguments of calls: data, from which no weights come


class Tracer(Session):
    """The session of a run: it follows what calls of classes, layers and tensors do."""

    # -- behaviour of classes, layers and tensors ------------------------------------------------

    def construct(
        self, cls: LayerClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        return calling.construct(self.run, cls, args, kwargs, node)

    def from_config(self, class_name: str, config: Any, node: ast.AST) -> Any:
        from lstmcount.programs.libraries.keras.copies import configs  # few programs need it

        return configs.from_config(self.run, class_name, config, node)

    def own_model(self, cls: Class, base: str, config: dict[str, Any], node: ast.AST) -> Any:
        from lstmcount.programs.libraries.keras.copies import configs  # few programs need it

        return configs.own_model(self.run, cls, base, config, node)

    def serialized(self, layer: LayerObject, node: ast.AST) -> dict[str, Any]:
        from lstmcount.programs.libraries.keras.copies import (
            written_configs,  # few programs need it
        )

        return written_configs.serialized(self.run, layer, node)

    def copied(self, layer: LayerObject, node: ast.AST) -> Any:
        return cloning.copied(self.run, layer, node)

    def call_value(
        self, layer: LayerObject, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        return calling.call_layer(self.run, layer, args, kwargs, node)

    def attribute(self, layer: LayerObject, name: str, node: ast.AST) -> Any:
        return layer_attributes.get(self.run, layer, name, node)

    def has_attribute(self, value: Any, name: str) -> bool:
        """Whether objects of this kind have an attribute that is not followed."""
        if isinstance(value, LayerObject):
            return attribute_names.has(value, name, is_keras_2=self.is_older_keras)
        class_name = attribute_names.class_of(value)
        return not self.is_older_keras and attribute_names.always_has(class_name, name)

    def lacks_attribute(self, value: Any, name: str) -> bool:
        """Whether objects of this kind lack an attribute, also if it is followed."""
        if isinstance(value, LayerObject):
            if not self.is_older_keras and attribute_names.is_of_some(value, name):
                return not changed_arguments.is_built(value) and name not in value.attributes
            return attribute_names.lacks(value, name, is_keras_2=self.is_older_keras)
        class_name = attribute_names.class_of(value)
        return not self.is_older_keras and attribute_names.never_has(class_name, name)

    def set_attribute(
        self, layer: LayerObject, name: str, new: Any, node: ast.AST, *, tracks: bool = True
    ) -> None:
        layer_attributes.set(self.run, layer, name, new, node, tracks=tracks)

    def refuse_unset(self, layer: Custom, name: str, node: ast.AST) -> None:
        unset_attributes.refuse(self.run, layer, name, node)

    def let_go(self, layer: Custom, name: str) -> None:
        tracking.delete(layer, name)

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
        with call_context.entered(self, layer, kwargs):
            return self._call(layer, args, kwargs, node)

    def _call(
        self, layer: LayerObject, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        kwargs = {
            key: value
            for key, value in kwargs.items()
            if key != "training" or custom_layers.takes_training(layer, value)
        }
        if layer.kind == "layer":
            given = {
                key: self.constants(kwargs[key], node, Unknown) for key in _MASKS if key in kwargs
            }
            args = self._known_tensors(args, node)
            kwargs = self._known_tensors({**kwargs, **given}, node)
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
        if layer.kind == "layer" and masks.involves_masks(layer, record):
            masks.attach_masks(self, layer, record, *original, result, node)
        return result

    def _result(self, layer: LayerObject, record: CallRecord) -> Any:
        """Keep a call in the layer, with the tensors that it returns."""
        index = len(layer.calls)
        if self.run.catching and _contradicts_first_call(layer, record):
            self.run.fail(ValueError())
        output = self.infer(layer, record)
        if layer.error is not None and are_known(record) and are_known_inside(layer):
            if not unknown_words(shapes_of([record.args, record.kwargs])):
                self.impossible |= {layer.place, record.place}
            self.run.fail(ValueError())
            if not (self.depth or unknown_words(shapes_of([record.args, record.kwargs]))):
                self.failed.setdefault(layer.place, (self.run.attempt, layer))
        if output is None or not is_known(output):
            output = layer.recorded.get(index, output)
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
        return returned(layer, result, is_keras_2=self.is_older_keras)

    def _known_tensors(self, value: Any, node: ast.AST) -> Any:
        """Replace unknowns in the arguments of a call by tensors of unknown shape."""
        return replaced(
            value, Unknown, lambda each: self.unknown_result(each.text or "?", [], node)
        )

    def infer(self, layer: LayerObject, record: CallRecord) -> Any:
        """The output shapes of a call; None if not known. Errors are stored in the layer."""
        if layer.error is not None or not layer.is_known:
            return None
        exporter = export.Export()
        try:
            if layer.built is None:
                config = exporter.layer(layer, calls=0)
                config.shared = None  # it is built alone
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

    def input(self, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> SymbolicTensor:
        if "tensor" in kwargs:
            existing = kwargs.pop("tensor")
            if isinstance(existing, SymbolicTensor):
                return existing
        input_layer = construct.layer(self, LayerClass("InputLayer"), args, kwargs, node)
        tensor = self.input_tensor(input_layer)
        if self.is_keras_1 and keras_version.looks_channels_first(tensor.shape):
            construct.read_channels_first(self, tensor.shape, node)
        return tensor

    def method_of_tensor(self, tensor: SymbolicTensor, name: str) -> Any:
        return theano_methods.method(tensor, name) if self.is_keras_1 else MISSING


def _contradicts_first_call(layer: LayerObject, record: CallRecord) -> bool:
    """Whether a call has another size on an axis for which the first one has made the weights."""
    is_model = isinstance(layer, ModelObject)
    if is_model or not layer.calls or layer.built is None or layer.built.layer is None:
        return False
    first, shape = [
        shapes_of(call.args[0]) if call.args else None for call in (layer.calls[0], record)
    ]
    try:
        check_later_call(layer.built.layer, first, shape)
    except ShapeError:
        return True
    return False
