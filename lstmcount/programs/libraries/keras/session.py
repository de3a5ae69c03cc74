"""What the parts of the reader may ask of a Keras session, whichever object keeps it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from lstmcount.naming import AutoNames
    from lstmcount.programs.language.choices import Choice
    from lstmcount.programs.language.places import CodePlace
    from lstmcount.programs.language.run import Run
    from lstmcount.programs.libraries.keras.objects import (
        CallRecord,
        LayerClass,
        LayerObject,
        ModelObject,
    )
    from lstmcount.programs.libraries.keras.tensors import Tensor
    from lstmcount.shapes import Unknown


class Session(Protocol):
    """A Keras session within one run of a program: automatic names, layers, calls."""

    run: Run
    auto: AutoNames
    is_old: bool  # a program for Keras 1
    is_lazy: bool  # a program for Keras 3 that does not run its models
    notes: list[str]  # for the user
    data_format: str
    serial: int  # of the layer made last
    depth: int  # of layers whose inside is being followed
    models: list[ModelObject]
    open_classes: dict[CodePlace, Choice]  # the keys that choose what a layer is
    lost_shapes: dict[CodePlace, str]  # the words for what shapes could not be told of
    open_operations: dict[CodePlace, list[str]]  # the words on which their shapes depend

    def note(self, place: CodePlace, what: str, today: str = "") -> None:
        """Tell the user how something is counted, once for all places that are alike."""

    # -- making

    def new(
        self,
        kind: type[LayerObject],
        class_name: str,
        name: str | None,
        arguments: dict[str, Any],
        place: CodePlace,
    ) -> LayerObject:
        """A layer, with an automatic name where it has none."""

    def new_model(self, class_name: str, name: str | None, node: ast.AST) -> ModelObject:
        """A model without layers."""

    def input(self, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Tensor:
        """`Input(…)`."""

    def input_tensor(self, layer: LayerObject) -> Tensor:
        """What an InputLayer gives."""

    def fresh_input(self, like: Any, node: ast.AST) -> Tensor:
        """An input of the shape of a tensor (or of that shape)."""

    def construct(
        self, cls: LayerClass, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """A layer or a model, as calling its class makes it."""

    # -- calling

    def call(
        self, layer: LayerObject, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """The tensor, or list of tensors, that a layer makes of tensors."""

    def infer(self, layer: LayerObject, record: CallRecord) -> Any:
        """The output shapes of a call; None where they cannot be told."""

    def operation(
        self,
        class_name: str,
        args: list[Any],
        kwargs: dict[str, Any],
        node: ast.AST,
        arguments: dict[str, Any] | None = None,
        name: str | None = None,
    ) -> Any:
        """A node of `keras.ops`."""

    def shape_of_operation(
        self,
        class_name: str,
        args: list[Any],
        arguments: dict[str, Any],
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """The shape of an operation on arrays; None if it is not known."""

    def stand_in(self, words: str, tensors: list[Any], shapes: Any, node: ast.AST) -> Any:
        """What something without weights makes of tensors, of which only the shapes are known."""

    def constants(self, value: Any, node: ast.AST) -> Any:
        """The arrays and unknowns that a layer inside another is called on, as tensors."""

    def lose_shape(self, layer: LayerObject, value: Any) -> None:
        """Keep the words of an unknown from which a layer's output has its shape."""

    def operand(self, value: Any, node: ast.AST) -> Any:
        """What an operation reads: an unknown, or an array inside a layer, as a tensor."""

    def unknown_layer(self, unknown: Unknown, node: ast.AST) -> LayerObject:
        """The layer that an unknown value must be."""

    def unknown_result(
        self, words: str, tensors: list[Any], node: ast.AST, shape: Any = None
    ) -> Tensor:
        """The tensor that something unknown makes of tensors."""

    def tracing(self) -> AbstractContextManager[None]:
        """While the inside of a layer is followed."""

    # -- bounds

    def effect(self, node: ast.AST) -> None:
        """Count and charge for a layer that is made or called."""

    def charge(self, layers: int, node: ast.AST) -> None:
        """The cost of making, calling or holding so many layers or tensors."""


def session_of(run: Run) -> Session:
    """The session that a run keeps."""
    session: Session = run.library_state["keras"]
    return session
