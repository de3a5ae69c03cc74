"""The interface of a Keras session in a run of a program."""

from __future__ import annotations

import ast
from contextlib import AbstractContextManager
from typing import Any, Protocol

from lstmcount.naming import AutoNames
from lstmcount.programs.language.choices import Choice
from lstmcount.programs.language.places import CodePlace
from lstmcount.programs.language.run import Run
from lstmcount.programs.libraries.keras.objects import (
    CallRecord,
    Custom,
    LayerClass,
    LayerObject,
    ModelObject,
)
from lstmcount.programs.libraries.keras.tensors import SymbolicTensor
from lstmcount.shapes import Unknown


class Session(Protocol):
    """A Keras session within one run of a program: it names, creates and calls layers."""

    run: Run
    auto: AutoNames
    runs_no_model: bool  # whether the program is for Keras 3 and does not run its models
    written_by_keras_3: bool | None  # whether Keras 3 wrote the file whose layers are followed
    notes: list[str]  # messages for the user
    postponed: list[tuple[Custom, list[Any], dict[str, Any]]]  # calls before a model runs
    data_format: str | Unknown
    floatx: str | Unknown  # Keras's default dtype
    dtype_policy: str | Unknown | None  # the global policy; None while it is that of `floatx`
    serial: int  # the number of the latest layer
    depth: int  # nesting depth of layers that are being traced
    is_symbolic: bool  # whether layers declare output shapes, and their `call` is not run
    models: list[ModelObject]
    open_classes: dict[CodePlace, Choice]  # unknown keys that select the class of a layer
    lost_shapes: dict[CodePlace, str]  # source text of layers whose output shape is unknown
    lost_inside: dict[CodePlace, CodePlace]  # the first such place inside a layer
    impossible: set[CodePlace]  # places of layers and calls that cannot take known inputs
    open_operations: dict[CodePlace, list[str]]  # unknowns that shapes of operations depend on

    def note(self, place: CodePlace, message: str, today: str) -> None:
        """Add a note about how something is counted, once for all places with the same text."""

    @property
    def is_keras_1(self) -> bool:
        """Whether the program is written for Keras 1."""

    @property
    def is_keras_2(self) -> bool:
        """Whether the program uses what only Keras 2 had."""

    def note_version(self, text: str) -> None:
        """From now on, follow the Keras version that a module's text is written for."""

    def is_keras_3(self) -> bool:
        """Whether the program, or the file whose layers are followed, is certainly for Keras 3."""

    def refused(self, place: CodePlace, message: str, counted: str = "") -> None:
        """Add a note about what Keras 3 refuses; an error where Keras 3 is certain."""

    # -- creation

    def new(
        self,
        kind: type[LayerObject],
        class_name: str,
        name: str | None,
        arguments: dict[str, Any],
        place: CodePlace,
    ) -> LayerObject:
        """A new layer, with an automatic name if `name` is None."""

    def new_model(self, class_name: str, name: str | None, node: ast.AST) -> ModelObject:
        """A new model without layers."""

    def input(self, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> SymbolicTensor:
        """The tensor of `Input(…)`."""

    def input_tensor(self, layer: LayerObject) -> SymbolicTensor:
        """The output tensor of an InputLayer."""

    def fresh_input(self, like: Any, node: ast.AST, name: str | None = None) -> SymbolicTensor:
        """A new input with the shape of a tensor, or with the given shape."""

    def construct(
        self, cls: LayerClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """The layer or model that a call of its class creates."""

    # -- calls

    def call(
        self, layer: LayerObject, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """The tensor, or structure of tensors, that a layer returns for its arguments."""

    def infer(self, layer: LayerObject, record: CallRecord) -> Any:
        """The output shapes of a call; None if they are not known."""

    def operation(
        self,
        class_name: str,
        args: list[Any],
        kwargs: dict[str, Any],
        node: ast.AST,
        arguments: dict[str, Any] | None = None,
        name: str | None = None,
    ) -> Any:
        """The tensors that an operation of `keras.ops` returns."""

    def stand_in(self, words: str, tensors: list[Any], shapes: Any, node: ast.AST) -> Any:
        """The tensors that code without weights returns, if only their shapes are known."""

    def constants(self, value: Any, node: ast.AST) -> Any:
        """Convert arrays and unknowns in the arguments of a layer that is called while tracing."""

    def lose_shape(self, layer: LayerObject, value: Any) -> None:
        """Note that the shape of a layer's output depends on an unknown."""

    def operand(self, value: Any, node: ast.AST) -> Any:
        """Convert an operand: an unknown, or an array while tracing, becomes a tensor."""

    def unknown_layer(self, unknown: Unknown, node: ast.AST) -> LayerObject:
        """The layer that represents an unknown layer."""

    def unknown_result(
        self, words: str, tensors: list[Any], node: ast.AST, shape: Any = None
    ) -> SymbolicTensor:
        """The tensor that an unknown function or layer returns."""

    def tracing(self, is_symbolic: bool = False) -> AbstractContextManager[None]:
        """A context in which the inside of a layer is followed; `is_symbolic` as the field."""

    # -- bounds

    def effect(self, node: ast.AST) -> None:
        """Count and charge for a layer that is created or called."""

    def charge(self, layers: int, node: ast.AST) -> None:
        """Charge for creating, calling or holding layers or tensors."""


def session_of(run: Run) -> Session:
    """The Keras session of a run."""
    session: Session = run.library_state["keras"]
    return session


def fixed_policy(session: Session) -> str | Unknown:
    """The global dtype policy; the first layer takes it from `floatx`, if nothing sets it."""
    session.dtype_policy = session.dtype_policy or session.floatx
    return session.dtype_policy
