"""The Keras session of a run: its settings, and how it creates and names layers and tensors."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from types import UnionType
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import OF_OTHERS
from lstmcount.naming import AutoNames, is_text
from lstmcount.programs.language.choices import Choice
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.source.places import CodePlace
from lstmcount.programs.language.structures import replaced, unknown_words
from lstmcount.programs.libraries.keras.session import keras_version
from lstmcount.programs.libraries.keras.values.call_shapes import (
    class_name_in,
    depends_on,
    unknown_sizes,
)
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.objects import (
    CallRecord,
    Custom,
    LayerObject,
    ModelObject,
    OperationObject,
)
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.readers.keras.legacy import automatic
from lstmcount.shapes import UNKNOWN, Unknown, shape_of

STEPS_PER_LAYER = 12


class Session(ABC):
    """The Keras session of one run of a program: it names, creates and calls layers.

    What follows the program's own code, or needs knowledge of every kind of layer, is in `Tracer`.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.auto = AutoNames()
        self.inner_auto = AutoNames()  # names of operations and inputs inside layers
        # whether Keras 3 wrote the file whose layers are followed, or the program is for it
        self.written_by_keras_3: bool | None = None
        # whether the program is for Keras 3 and does not run its models
        self.runs_no_model = keras_version.runs_no_model(run.program.text)
        self.module_texts: list[str] = []  # of the program's modules that were followed
        self.notes: list[str] = []  # messages for the user
        # calls of layers before a model runs
        self.postponed: list[tuple[Custom, list[Any], dict[str, Any]]] = []
        self.data_format: str | Unknown = "channels_last"
        self.saved: dict[str, tuple[ModelObject, Any]] = {}  # models, and their states, by path
        self.saved_by: dict[int, tuple[Any, ModelObject]] = {}  # callbacks, and their first models
        self.floatx: str | Unknown = "float32"  # Keras's default dtype
        self.dtype_policy: str | Unknown | None = None  # the global policy; None while `floatx`'s
        self.serial = 0  # the number of the latest layer
        self.layers_made = 0  # without inputs and operations
        self.models: list[ModelObject] = []
        self.depth = 0  # nesting depth of layers that are being traced
        self.step_depth: int | None = None  # the depth of the `train_step` that is being followed
        self.without_data_format: list[LayerObject] = []  # of a Keras 1 program, which set none
        self.is_symbolic = True  # whether layers declare output shapes; their `call` is not run
        # Keras's context of a call: whether there is one, and the `training` that layers inherit
        self.is_in_call = False
        self.training: bool | None = None
        self.config_origins: dict[int, Any] = {}  # by identity: configs with their layers
        self.unknown_layers: dict[int, tuple[Unknown, LayerObject]] = {}  # by identity
        # by place: unknown keys that select the class of a layer, the source text of layers whose
        # output shape is unknown, the first such place inside a layer, and unknowns that shapes of
        # operations depend on
        self.followed: list[ModelObject] = []  # Sequential models whose layers are being called
        self.open_classes: dict[CodePlace, Choice] = {}
        self.is_tracking = True  # whether layers track what is set as an attribute
        self.lost_shapes: dict[CodePlace, str] = {}
        self.lost_inside: dict[CodePlace, CodePlace] = {}
        self.open_operations: dict[CodePlace, list[str]] = {}
        self.open_shapes: set[str] = set()  # texts of shapes of tensors that are not known yet
        # by place: layers that cannot take known inputs, each with the attempt that calls it
        self.failed: dict[CodePlace, tuple[str, LayerObject]] = {}
        self.impossible: set[CodePlace] = set()  # layers and calls that cannot take known inputs

    @abstractmethod
    def construct(
        self, cls: LayerClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """The layer or model that a call of its class creates."""

    @abstractmethod
    def call(
        self, layer: LayerObject, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """The tensor, or structure of tensors, that a layer returns for its arguments."""

    @abstractmethod
    def infer(self, layer: LayerObject, record: CallRecord) -> Any:
        """The output shapes of a call; None if not known. Errors are stored in the layer."""

    @abstractmethod
    def input(self, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> SymbolicTensor:
        """The tensor of `Input(…)`."""

    @abstractmethod
    def method_of_tensor(self, tensor: SymbolicTensor, name: str) -> Any:
        """`tensor.name` that only some backends have; MISSING if there is none."""

    @cached_property
    def is_keras_1(self) -> bool:
        """Whether the program is written for Keras 1."""
        return keras_version.is_keras_1(self.run.program.text) and not self.is_keras_3()

    @cached_property
    def is_keras_2(self) -> bool:
        """Whether the program uses what only Keras 2 had."""
        return keras_version.is_keras_2(self.run.program.text) and not self.is_keras_3()

    @property
    def is_older_keras(self) -> bool:
        """Whether the program is written for Keras 1 or 2."""
        return self.is_keras_1 or self.is_keras_2

    @property
    def imports_keras(self) -> bool:
        """Whether the program, or a module that it imports, imports Keras without TensorFlow."""
        return any(map(keras_version.imports_keras, (self.run.program.text, *self.module_texts)))

    @property
    def is_before_tensorflow_2(self) -> bool:
        """Whether the program can only run with Keras 2.0 to 2.3, or with TensorFlow 1."""
        texts = (self.run.program.text, *self.module_texts)
        is_old = any(map(keras_version.is_before_tensorflow_2, texts))
        return self.run.program.is_python2 or is_old

    @property
    def may_be_before_keras_2_4(self) -> bool:
        """Whether the program may be for Keras 2.0 to 2.3, which had their own defaults."""
        return self.is_before_tensorflow_2 or (self.is_keras_2 and self.imports_keras)

    @property
    def ignores_same_value(self) -> bool:
        """Whether setting `trainable` to the value that it has does nothing, as on TensorFlow."""
        return not self.is_older_keras and not keras_version.is_other_backend(self.run.program.text)

    def note_version(self, text: str) -> None:
        """From now on, follow the Keras version that a module's text is written for."""
        self.is_keras_1 = self.is_keras_1 or keras_version.is_keras_1(text)
        self.is_keras_2 = self.is_keras_2 or keras_version.is_keras_2(text)
        self.module_texts.append(text)

    def is_keras_3(self) -> bool:
        """Whether the program, or the file whose layers are followed, is certainly for Keras 3."""
        if self.written_by_keras_3 is None:
            self.written_by_keras_3 = keras_version.is_keras_3(self.run.program.text)
        return self.written_by_keras_3

    def note(self, place: CodePlace, message: str, today: str) -> None:
        """Note how something is counted, once for all places with the same text."""
        message = f"{message}; {today}"
        if not any(note.endswith(message) for note in self.notes):
            self.notes.append(f"{place.locate()}: {message}")

    def refused(self, place: CodePlace, message: str, counted: str = "") -> None:
        """Add a note about what Keras 3 refuses; an error where Keras 3 is certain."""
        if self.is_keras_3():
            raise LstmcountError(f"{message}; Keras 3 refuses it").at(place)
        self.note(place, f"{message}{counted}", "Keras 3 refuses it")

    def effect(self, node: ast.AST) -> None:
        """Count and charge for a layer that is created or called."""
        self.run.effects += 1
        self.serial += 1
        self.charge(1, node)

    def charge(self, layers: int, node: ast.AST) -> None:
        """Charge for creating, calling or holding layers or tensors."""
        self.run.spend(8 * STEPS_PER_LAYER * layers, node)

    # -- creation ---------------------------------------------------------------------------------

    def new(
        self,
        kind: type[LayerObject],
        class_name: str,
        name: str | None,
        arguments: dict[str, Any],
        place: CodePlace,
    ) -> LayerObject:
        """A new layer, with an automatic name if `name` is None."""
        self.effect(place.node)
        self.layers_made += kind is not OperationObject and class_name != "InputLayer"
        if not isinstance(name, str) or not is_text(name):
            # Inside a traced layer, Keras uses separate names.
            unnamed = self.depth and (kind is OperationObject or class_name == "InputLayer")
            name = (self.inner_auto if unnamed else self.auto)(automatic(class_name))
            name += "()" if unnamed else ""  # no layer has such a name
        return kind(class_name, name, arguments, place, self.serial)

    def new_model(self, class_name: str, name: str | None, node: ast.AST) -> ModelObject:
        """A new model without layers."""
        self.effect(node)
        self.layers_made += 1
        name = name if isinstance(name, str) and is_text(name) else self.auto(class_name)
        model = ModelObject(class_name, name, CodePlace(self.run.program, node), self.serial)
        model.is_imported = self.run.own_modules.chain > 0
        model.attempt = self.run.attempt
        model.dtype_policy = self.dtype_policy or self.floatx
        self.models.append(model)
        return model

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

    def fresh_input(
        self, like: Any, node: ast.AST, name: str | None = None, *, keeps_mask: bool = False
    ) -> SymbolicTensor:
        """A new input with the shape of a tensor, and its mask if `keeps_mask`, or with a shape."""
        shape = like.shape if isinstance(like, SymbolicTensor) else like
        words = f"the shape of the input of {self.run.source_of(node)}"
        arguments: dict[str, Any] = {"shape": self.run.unknown(words)}
        if isinstance(shape, list | tuple):
            arguments = {"batch_shape": [None if d is UNKNOWN else d for d in shape]}
        if isinstance(like, SymbolicTensor) and "dtype" in like.layer.arguments:
            arguments["dtype"] = like.dtype
        fresh = self.input([], {**arguments, "name": name}, node)
        fresh.mask = like.mask if keeps_mask else None
        return fresh

    def unknown_layer(self, unknown: Unknown, node: ast.AST) -> LayerObject:
        """The layer that represents an unknown layer; a summary only shows its name."""
        unknown_and_layer = self.unknown_layers.get(id(unknown))
        if unknown_and_layer is None:
            class_name = class_name_in(str(unknown))
            place = CodePlace(self.run.program, node)
            layer = self.new(LayerObject, class_name, None, {}, place)
            layer.is_known = False
            why = self.run.failed_imports.why_unknown(str(unknown))
            if why is None and class_name not in OF_OTHERS:
                why = f"`{unknown}` is not known"
            layer.unknown_because = why
            if choice := self.run.choices.of(str(unknown)):
                self.open_classes[place] = choice
            unknown_and_layer = self.unknown_layers[id(unknown)] = (unknown, layer)
        return unknown_and_layer[1]

    # -- calls ------------------------------------------------------------------------------------

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

    def stand_in(self, words: str, tensors: list[Any], shapes: Any, node: ast.AST) -> Any:
        """The tensors that code without weights returns, if only their shapes are known."""
        layer = self.new(OperationObject, words, None, {}, CodePlace(self.run.program, node))
        layer.is_known = False
        if shapes is not None:
            layer.recorded[0] = shapes
        return self.call(layer, tensors, {}, node)

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

    def constants(self, value: Any, node: ast.AST, kind: type | UnionType = Array | Unknown) -> Any:
        """Convert arrays and unknowns in the arguments of a layer that is called while tracing."""

        def constant(each: Array | Unknown) -> Any:
            shape = each.shape if isinstance(each, Array) else self._set_shape(each)
            tensor = self.stand_in("Constant", [], shape, node)
            if shape is None:
                self.lose_shape(tensor.layer, each)
            return tensor

        return replaced(value, kind, constant)

    def _set_shape(self, unknown: Unknown) -> Any:
        """The shape that the user has set for an array: `--set table.shape=[4,5]`."""
        words, settings = f"{unknown}.shape", self.run.settings
        return settings.use(words) if words in settings else None

    def arrays_as_tensors(self, value: Any, node: ast.AST) -> Any:
        """Convert arrays, such as weights, while tracing; unknown sizes stay as they are."""
        return self.constants(value, node, Array) if self.depth else value

    def operand(self, value: Any, node: ast.AST) -> Any:
        """Convert an operand: an unknown, or an array while tracing, becomes a tensor."""
        kind = Array | Unknown if self.depth else Unknown
        return replaced(value, kind, lambda each: self.constants(each, node))

    def lose_shape(self, layer: LayerObject, value: Any) -> None:
        """Note that the shape of a layer's output depends on an unknown."""
        if isinstance(value, Unknown) and value.text:
            self.lost_shapes[layer.place] = value.text

    @contextmanager
    def following(self, model: ModelObject) -> Iterator[None]:
        """A context in which the layers of a Sequential are called one after the other."""
        self.followed.append(model)
        try:
            yield
        finally:
            self.followed.pop()

    @contextmanager
    def tracing(self, is_symbolic: bool = False) -> Iterator[None]:
        """A context in which the inside of a layer is followed; `is_symbolic` as the field."""
        before = self.is_symbolic
        self.depth, self.is_symbolic = self.depth + 1, is_symbolic
        try:
            yield
        finally:
            self.depth, self.is_symbolic = self.depth - 1, before


def session_of(run: Run) -> Session:
    """The Keras session of a run."""
    session: Session = run.library_state["keras"]
    return session


def fixed_policy(session: Session) -> str | Unknown:
    """The global dtype policy; the first layer takes it from `floatx`, if nothing sets it."""
    session.dtype_policy = session.dtype_policy or session.floatx
    return session.dtype_policy
