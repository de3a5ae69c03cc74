"""Layers, symbolic tensors and models of an interpreted program."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING, Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.provided import Native
from lstmcount.programs.language.run import MISSING, Value
from lstmcount.programs.language.values import Class, Function, Instance
from lstmcount.programs.libraries.numpy.arrays import Array

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run

_MODELS = ("Model", "Sequential")
_METHODS = ("__call__", "build", "call", "compute_mask", "compute_output_shape")
_UNBOUND = ("__init__", "__call__", "build", "call", "get_config", "add_weight")
_ABSTRACT = ("Layer", "Cell", "Wrapper")  # classes of Keras without weights of their own


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
        if name in _UNBOUND:
            return Native(name, partial(_call_unbound, name), raw=True)
        return self.class_name if name == "__name__" else MISSING

    def subclass_attribute(self, run: Run, cls: Class, name: str) -> Any:
        if name == "from_config":
            return Native(name, partial(_from_config, cls), raw=True)
        return self.attribute(run, name, cls.node) if name in _UNBOUND else MISSING

    def _from_config(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        config = args[0] if args else kwargs.get("config")
        return run.library_state["keras"].from_config(self.class_name, config, node)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.library_state["keras"].construct(self, args, kwargs, node)

    def new_instance(self, run: Run, cls: Class, node: ast.AST) -> Any:
        return run.library_state["keras"].new_instance(cls, self, node)

    def has_instance(self, value: Any) -> Any:
        name = self.class_name
        if isinstance(value, Instance):
            return name == "Layer" or any(base == self for base in value.cls.ancestry())
        if not isinstance(value, LayerObject) or name == "Layer":
            return isinstance(value, LayerObject)
        if name in ("Model", "Functional"):
            return isinstance(value, ModelObject)
        return value.class_name == name

    def is_subclass(self, kind: Any) -> Any:
        return self == kind


def _from_config(cls: Class, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`cls.from_config(config)` as Keras has it: the arguments of `__init__`."""
    config = args[0] if args else kwargs.get("config")
    if not isinstance(config, dict):
        return run.unknown(run.source_of(node))
    return run.call(cls, [], {str(key): value for key, value in config.items()}, node)


def _call_unbound(name: str, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`Layer.build(self, …)`: what `super().build(…)` is in a class derived from it."""
    method = args[0].inherited(run, name) if isinstance(args[0], Value) else MISSING
    return run.call(method, args[1:], kwargs, node)


class Setting(Value):
    """An initializer, regularizer, loss, callback …: a name and arguments, of no size."""

    __slots__ = ("arguments", "class_name", "kind")

    def __init__(self, class_name: str, arguments: dict[str, Any], kind: str = "") -> None:
        self.class_name = class_name
        self.arguments = arguments
        self.kind = kind  # the module that it is from: "initializers", "metrics", …

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.arguments.get(name, MISSING)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """An initializer makes an array of a shape."""
        shape = args[0] if args else kwargs.get("shape")
        if not self.kind.startswith("initial") or not isinstance(shape, list | tuple):
            return super().call(run, args, kwargs, node)
        return Array(tuple(shape))


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
        self.unknown_because: str | None = None
        self.recorded: dict[int, Any] = {}  # output shapes that only following the code told
        self.function: Any = None  # of a Lambda
        self.branches: list[Any] = []  # of Keras 1's Merge: the models whose outputs it reads
        self.attributes: dict[str, Any] = {}
        self.built_with: dict[str, Any] = {}  # the shapes that the program gives its `build`

    def __repr__(self) -> str:
        return f"<{self.class_name} {self.name}>"

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return run.library_state["keras"].attribute(self, name, node)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        run.library_state["keras"].set_attribute(self, name, new, node)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.library_state["keras"].call_value(self, args, kwargs, node)

    def inherited(self, run: Run, name: str) -> Any:
        return run.library_state["keras"].inherited(self, name)

    def type_of(self) -> LayerClass:
        return LayerClass(self.class_name)


class Operation(LayerObject):
    kind = "op"
    is_implied = False  # that Keras adds by itself, for a mask


class ModelObject(LayerObject):
    """A Sequential (its `layers` in order) or a Functional model (`inputs` to `outputs`)."""

    is_model = True

    def __init__(self, class_name: str, name: str | None, place: Any, serial: int) -> None:
        super().__init__(class_name, name, {}, place, serial)
        self.layers: list[LayerObject] = []
        self.inputs: Any = None
        self.tensors_out: Any = None
        self.is_imported = False  # a module made it while it was imported
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
        self.is_built = False  # the program has called the `build` of its class
        self.first_call: tuple[list[Any], dict[str, Any]] | None = None  # on arrays, if on those
        self.models_before = 0  # of the program, when its `__init__` began
        self.is_followed = False  # so that layers which `call` did not reach have no weights
        self.is_layer = base.class_name not in _MODELS
        self.state_sizes: list[tuple[Any, ...]] | None = None  # of a recurrent cell, per sample
        self.output_size: tuple[Any, ...] | None = None
        self.core: LayerObject | None = None  # the built-in layer that it is, and adds to

    @property
    def is_sequential(self) -> bool:
        return self.base.class_name == "Sequential" and self.tensors_out is None

    @property
    def is_complete(self) -> bool:
        return not self.is_layer and (super().is_complete or bool(self.tracked()))

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        method = self.cls.find("__call__")
        if isinstance(method, Function):
            return run.call_function(method, [self, *args], kwargs, node)
        return super().call(run, args, kwargs, node)

    @property
    def is_derived(self) -> bool:
        """Whether its class is derived from one of Keras's that has weights."""
        return self.is_layer and self.base.class_name not in _ABSTRACT

    @property
    def is_core_alone(self) -> bool:
        """Whether it is a built-in layer with a name and arguments of the program's own."""
        return (
            self.core is not None
            and not self.own
            and not self.tracked()
            and not any(self.cls.find(name) for name in _METHODS)
        )

    def after_init(self, run: Run) -> None:
        if self.name is None:  # its `__init__` did not reach Keras's
            self.name = run.library_state["keras"].auto(self.class_name)
        for helper in run.library_state["keras"].models[self.models_before :]:
            helper.is_part = True

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
