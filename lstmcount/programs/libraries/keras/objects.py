"""Layers, symbolic tensors and models of an interpreted program."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.run import MISSING, Value
from lstmcount.programs.language.values import Class, Native
from lstmcount.shapes import Unknown

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run

_MODELS = ("Model", "Sequential")


class LayerClass(Value):
    """A layer class of Keras, as a value: to be called, subclassed, compared or passed on."""

    __slots__ = ("class_name", "declaration", "spelling")
    is_callable = True

    def __init__(self, class_name: str, spelling: str | None = None) -> None:
        self.class_name = class_name
        self.spelling = spelling or class_name
        self.declaration: Any = None  # of a custom class

    @classmethod
    def of(cls, declaration: Any) -> LayerClass:
        """The class that is declared."""
        made = cls(declaration.class_name)
        made.declaration = declaration
        return made

    def __repr__(self) -> str:
        return self.spelling

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LayerClass) and self.class_name == other.class_name

    def __hash__(self) -> int:
        return hash(self.class_name)

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "from_config":
            return Native(name, self._from_config, raw=True)
        return self.class_name if name == "__name__" else MISSING

    def _from_config(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        from lstmcount.programs.libraries.keras.cloning import from_config

        config = args[0] if args else kwargs.get("config")
        return from_config(run, self.class_name, config, node)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.world.keras.construct(self, args, kwargs, node)


class Setting(Value):
    """An initializer, regularizer, loss, callback …: a name and arguments, of no size."""

    __slots__ = ("arguments", "class_name")

    def __init__(self, class_name: str, arguments: dict[str, Any]) -> None:
        self.class_name = class_name
        self.arguments = arguments

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.arguments.get(name, MISSING)


class CallRecord:
    """One call of a layer, with the program's tensors in it."""

    __slots__ = ("args", "error", "kwargs", "place")

    def __init__(self, args: list[Any], kwargs: dict[str, Any], place: Any) -> None:
        self.args = args
        self.kwargs = kwargs
        self.place = place


class LayerObject(Value):
    """A layer that the program made, or an operation that it performed on tensors."""

    kind = "layer"
    is_callable = True

    def __init__(
        self, class_name: str, name: str | None, arguments: dict[str, Any], place: Any, serial: int
    ) -> None:
        self.class_name = class_name
        self.name = name
        self.arguments = arguments
        self.place = place
        self.serial = serial  # in the order of creation
        self.trainable = True
        self.frozen = False  # once it was made
        self.calls: list[CallRecord] = []
        self.outputs: list[Any] = []  # of each call, in tensors
        self.declared: Any = None  # the input shape it was given, batch first
        self.declaration: Any = None  # of a custom layer's class
        self.built: Any = None  # graph.BuiltLayer, once its shapes are inferred
        self.error: LstmcountError | None = None
        self.is_known = True  # False for a layer that only its name is known of
        self.recorded: dict[int, Any] = {}  # output shapes that only following the code told
        self.function: Any = None  # of a Lambda
        self.branches: list[Any] = []  # of Keras 1's Merge: the models whose outputs it reads
        self.attributes: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"<{self.class_name} {self.name}>"

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return run.world.keras.attribute(self, name, node)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        run.world.keras.set_attribute(self, name, new, node)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.world.keras.call_value(self, args, kwargs, node)

    def inherited(self, run: Run, name: str) -> Any:
        return run.world.keras.inherited(self, name)


class Operation(LayerObject):
    kind = "op"
    is_implied = False  # that Keras adds by itself, for a mask


class Tensor(Value):
    """A symbolic tensor; `shape` is None where even the rank is unknown."""

    __slots__ = ("dtype", "index", "layer", "mask", "name", "node", "shape")

    def __init__(
        self,
        layer: LayerObject,
        node: int,
        index: int,
        shape: Any,
        dtype: str = "float32",
        name: str = "",
    ) -> None:
        self.layer = layer
        self.node = node
        self.index = index
        self.shape = shape
        self.dtype = dtype
        self.name = name
        self.mask: Tensor | None = None  # what Keras knows of steps to skip

    def __repr__(self) -> str:
        return f"<tensor of {self.layer.name}>"

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return run.world.keras.tensor_attribute(self, name, node)


class ModelObject(LayerObject):
    """A Sequential (its `layers` in order) or a Functional model (`inputs` to `outputs`)."""

    is_model = True

    def __init__(self, class_name: str, name: str | None, place: Any, serial: int) -> None:
        super().__init__(class_name, name, {}, place, serial)
        self.layers: list[LayerObject] = []
        self.inputs: Any = None
        self.tensors_out: Any = None
        self.is_part = False  # of a layer or a model that the program's own class describes
        self.build_shape: Any = None
        self.training: dict[str, Any] | None = None  # what it was compiled with
        self.view: Any = None  # of a Sequential: (input, outputs) once it was run on tensors
        self.added_at = 0  # how many steps the program had taken when it last got a layer
        self.problems: list[LstmcountError] = []
        self.asked: list[Any] = []

    @property
    def is_sequential(self) -> bool:
        return self.tensors_out is None

    @property
    def is_complete(self) -> bool:
        return self.tensors_out is not None or bool(self.layers)


class OwnWeight:
    """A variable that a custom layer adds itself."""

    __slots__ = ("name", "shape", "trainable")

    def __init__(self, name: str, shape: tuple[Any, ...], trainable: bool) -> None:
        self.name = name
        self.shape = shape
        self.trainable = trainable


class Custom(ModelObject):
    """An object of a class that the program derives from Keras's `Layer` or `Model`."""

    def __init__(self, cls: Class, base: LayerClass, place: Any, serial: int) -> None:
        super().__init__(cls.name, None, place, serial)
        self.cls = cls
        self.base = base
        self.own: list[OwnWeight] = []
        self.is_traced = False
        self.is_followed = False  # so that layers which `call` did not reach have no weights
        self.is_layer = base.class_name not in _MODELS

    @property
    def is_sequential(self) -> bool:
        return self.base.class_name == "Sequential" and self.tensors_out is None

    @property
    def is_complete(self) -> bool:
        return not self.is_layer and (super().is_complete or bool(self.tracked()))

    def tracked(self) -> list[LayerObject]:
        """The layers among the attributes, in the order in which they were set."""
        return layers_in(list(self.attributes.values()))


def layers_in(value: Any) -> list[LayerObject]:
    """The layers in a structure, each once, in the order in which they stand there."""
    found: dict[int, LayerObject] = {}
    seen: set[int] = set()
    todo = [value]
    while todo:
        one = todo.pop()
        if isinstance(one, LayerObject):
            found.setdefault(id(one), one)
        elif isinstance(one, dict | list | tuple) and id(one) not in seen:
            seen.add(id(one))
            todo += reversed(list(one.values()) if isinstance(one, dict) else one)
    return list(found.values())


def tensors_in(value: Any) -> list[Tensor]:
    """The tensors in a structure, in Keras's order (dicts by sorted key)."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, list | tuple):
        return [tensor for item in value for tensor in tensors_in(item)]
    if isinstance(value, dict):
        return [t for key in sorted(value, key=str) for t in tensors_in(value[key])]
    return []


def map_tensors(value: Any, change: Callable[[Tensor], Any]) -> Any:
    """A structure with another value in the place of each tensor."""
    if isinstance(value, Tensor):
        return change(value)
    if isinstance(value, list):
        return [map_tensors(item, change) for item in value]
    if isinstance(value, tuple):
        return tuple([map_tensors(item, change) for item in value])
    if isinstance(value, dict):
        return {key: map_tensors(item, change) for key, item in value.items()}
    return value


def shown_shape(shape: Any) -> Any:
    """A tensor's shape as the program sees it: None where nothing is known."""
    if shape is None:
        return None
    return tuple([None if isinstance(d, Unknown) and d.text is None else d for d in shape])
