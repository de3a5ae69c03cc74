"""Layers, symbolic tensors and models of an interpreted program."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.objects.own_classes import Class, Instance
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.types.deques import Deque
from lstmcount.programs.language.values.provided import remove_attribute
from lstmcount.programs.language.values.special_methods import WithElements
from lstmcount.programs.language.values.unknowns import UnknownPart
from lstmcount.programs.language.values.value import UnknownIndex, Value
from lstmcount.programs.language.values.views import as_plain
from lstmcount.programs.libraries.keras.values.layer_classes import ABSTRACT, MODELS, LayerClass
from lstmcount.programs.libraries.keras.values.trainable import LayerWeight, OwnWeight
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.shapes import Unknown

_METHODS = (
    "__call__", "build", "call", "compute_mask", "compute_output_shape", "save_own_variables",
)  # fmt: skip


class CallRecord:
    """One call of a layer; its arguments contain the program's tensors."""

    __slots__ = ("args", "kwargs", "place", "tensors")

    def __init__(self, args: list[Any], kwargs: dict[str, Any], place: Any) -> None:
        self.args = args
        self.kwargs = kwargs
        self.place = place
        self.tensors: list[Any] | None = None  # those in the arguments, once they are looked for

    def add_mask(self, mask: Any) -> None:
        self.kwargs = {**self.kwargs, "mask": mask}
        self.tensors = None


class LayerObject(Value):
    """A layer that the program created, or an operation that it applied to tensors."""

    kind = "layer"
    is_of_model = True
    is_callable = True

    def __init__(
        self, class_name: str, name: str | None, arguments: dict[str, Any], place: Any, serial: int
    ) -> None:
        self.class_name = class_name
        self.name = name
        self.unknown_name: Unknown | None = None  # the name that the program gives, if unknown
        self.arguments = arguments
        self.place = place
        self.serial = serial  # in the order of creation
        self.trainable = True
        self.frozen = False  # whether `trainable` was set to False after creation
        self.frozen_weights: frozenset[str] = frozenset()  # by `layer.bias.trainable = False`
        self.is_quantized = False  # after its creation
        self.calls: list[CallRecord] = []
        self.outputs: list[Any] = []  # the output tensors of each call
        self.declared_shape: Any = None  # the input shape in its arguments, batch first
        self.declaration: Any = None  # if its class is declared
        self.built: Any = None  # a graph.BuiltLayer, once its shapes are inferred
        self.error: LstmcountError | None = None
        self.is_known = True  # False if only the layer's name is known
        self.unknown_because: str | None = None
        self.recorded: dict[int, Any] = {}  # by call: output shapes found by following code
        self.function: Any = None  # if it is a Lambda
        self.branches: list[Any] = []  # the models that a Merge layer of Keras 1 reads
        self.attributes: dict[str, Any] = {}
        self.build_config: dict[str, Any] = {}  # the shapes that the program passes to `build`
        self.holders: list[LayerObject] = []  # layers and models that it is a part of
        self.changed: LstmcountError | None = None  # why later calls are not followed

    @property
    def given_name(self) -> Any:
        """The name that the program gives it, which may be unknown, or Keras."""
        return self.name if self.unknown_name is None else self.unknown_name

    def __repr__(self) -> str:
        return f"<{self.class_name} {self.name}>"

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        """`str(layer)` and `repr(layer)`."""
        if name not in ("str", "repr"):
            return MISSING
        if run.library_state["keras"].is_older_keras:
            from lstmcount.programs.libraries.keras.values.layer_texts import LayerText  # rare

            return LayerText(self)
        is_built = self.attribute(run, "built", node)
        if not isinstance(is_built, bool) or not isinstance(self.given_name, str):
            return MISSING
        return f"<{self.class_name} name={self.given_name}, built={is_built}>"

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return run.library_state["keras"].attribute(self, name, node)

    def has_unfollowed(self, run: Run, name: str) -> bool:
        return bool(run.library_state["keras"].has_attribute(self, name))

    def lacks_followed(self, run: Run, name: str) -> bool:
        return bool(run.library_state["keras"].lacks_attribute(self, name))

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        part = super().missing(run, name, node)
        is_inside = isinstance(part, Unknown) and not isinstance(self, ModelObject)
        is_inside = is_inside and name != "states"  # what these hold is no weight
        return UnknownPart(part.text, self) if is_inside else part

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        run.library_state["keras"].set_attribute(self, name, new, node)

    def set_some_attribute(self, run: Run, node: ast.AST) -> None:
        raise run.error(node, f"which attribute of {self.name} this sets is not known")

    def may_be_set(self, run: Run, name: str, new: Any, which: UnknownIndex, node: ast.AST) -> None:
        if run.decide(which.key, node, run.source_of(node), True):
            self.set_attribute(run, name, new, node)

    def copied(self, run: Run, node: ast.AST) -> Any:
        return run.library_state["keras"].copied(self, node)

    def set_directly(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        run.library_state["keras"].set_attribute(self, name, new, node, tracks=False)

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        if name not in self.attributes or isinstance(self.attributes[name], Array):
            text = f"the effect of deleting {name!r} of {self.name} on its weights is not known"
            raise run.error(node, text)
        remove_attribute(run, self.attributes, name)

    def hold(self, value: Any) -> None:
        """Note that the layer's arguments, or the model, contain the layers in a value."""
        for layer in layers_in(value):
            if self not in layer.holders[-1:]:
                layer.holders.append(self)

    def require_unchanged(self) -> None:
        if self.changed is not None:
            raise self.changed

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.library_state["keras"].call_value(self, as_plain(run, args, node), kwargs, node)

    def inherited(self, run: Run, name: str) -> Any:
        return run.library_state["keras"].inherited(self, name)

    def type_of(self) -> LayerClass:
        return LayerClass(self.class_name)


class OperationObject(LayerObject):
    kind = "op"
    is_implied = False  # whether Keras adds it for a mask


class ModelObject(LayerObject):
    """A Sequential (its `layers` in order) or a Functional model (`inputs` to `outputs`)."""

    is_model = True

    def __init__(self, class_name: str, name: str | None, place: Any, serial: int) -> None:
        super().__init__(class_name, name, {}, place, serial)
        self.layers: list[LayerObject] = []
        self.by_name: dict[str | None, LayerObject] = {}  # the last of each name, if Sequential
        self.inputs: Any = None
        self.tensors_out: Any = None
        self.is_imported = False  # whether a module created it while being imported
        # by kind of its runs ("build", "train", "test", "predict"): a batch of the data, or None
        self.runs: dict[str, Any] = {}
        self.is_part = False  # whether it belongs to a layer or model of a program's class
        self.lacks_base = False  # whether it is built on a parameter, a model that is not known
        self.predicts: list[int] = []  # the serial numbers of all layers of its first prediction
        self.build_shape: Any = None
        self.dtype_policy: Any = "float32"
        self.training: dict[str, Any] | None = None  # the compile configuration
        self.symbolic_ends: Any = None  # if Sequential: (input, outputs), once computed
        self.added_at = 0  # the number of steps when its last layer was added
        self.attempt = ""  # the function that alone makes it, called to find it; "" for none
        self.problems: list[LstmcountError] = []
        self.loaded_state: Any = None  # of a copy that the program has saved and loaded again

    def is_instance_of(self, kind: Any) -> Any:
        if kind == LayerClass("Functional"):
            return self.class_name != "Sequential"
        return super().is_instance_of(kind)

    @property
    def is_sequential(self) -> bool:
        return self.tensors_out is None

    @property
    def is_complete(self) -> bool:
        return self.tensors_out is not None or bool(self.layers or self.problems)


class Custom(WithElements, ModelObject):
    """An object of a program's class that derives from Keras's `Layer` or `Model`."""

    def __init__(self, cls: Class, base: LayerClass, place: Any, serial: int) -> None:
        super().__init__(cls.name, None, place, serial)
        self.cls = cls
        self.base = base
        self.has_failed = False  # its `__init__` has raised
        self.own_weights: list[OwnWeight] = []
        self.untracked_names: set[str] = set()  # attributes that were set in its `__dict__`
        # the layers that Keras 3 tracks, by serial, in the order in which they were set or added;
        # in Keras 2, only those that the program adds by hand
        self.kept_layers: dict[int, LayerObject] = {}
        self.is_of_keras_2 = False
        self.is_unlocked = False  # whether the program lets it track more once it is built
        self.held_weights: list[LayerWeight] = []  # of Keras's layers, in its attributes
        self.is_traced = False
        self.returned: Any = None  # what the followed `call` returned, or the class declares
        self.declared_structure: Any = None  # the shapes that the class has declared
        self.is_only_built = False  # whether a wrapper only builds it and asks for its output shape
        self.is_built = False  # whether `build` of its class has run
        self.built_at: Any = None  # the place where it called the `build` of Keras's Model
        self.first_call: tuple[list[Any], dict[str, Any]] | None = None  # its arrays
        self.made_with: tuple[list[Any], dict[str, Any]] = ([], {})  # arguments of `__init__`
        self.models_before = 0  # number of models before its `__init__`
        self.is_followed = False  # then layers that `call` did not use have no weights
        self.is_layer = base.class_name not in MODELS
        self.is_graph = False  # whether its `__init__` passes inputs and outputs to `Model`'s
        self.first_arguments: tuple[list[Any], dict[str, Any]] | None = None  # once it is traced
        self.followed_with: list[Any] = []  # the arguments of followed calls, without the tensors
        # the values of `training` that these calls inherited
        self.followed_in: set[bool | None] = set()
        self.declared_for: Any = None  # input shapes for which the declared shape is used
        self.state_sizes: list[tuple[Any, ...]] | None = None  # of a cell
        self.output_size: tuple[Any, ...] | None = None
        self.core: LayerObject | None = None  # the built-in layer that its class derives from
        self.weights_before_core = 0  # number of own weights when the core was built

    @property
    def is_sequential(self) -> bool:
        return self.base.class_name == "Sequential" and self.tensors_out is None

    @property
    def is_complete(self) -> bool:
        is_made = not (self.is_layer or self.has_failed)
        return is_made and (super().is_complete or bool(self.tracked()))

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        method = self.cls.find("__call__")
        if isinstance(method, Function):
            return run.call_function(method, [self, *args], kwargs, node)
        return super().call(run, args, kwargs, node)

    def is_instance_of(self, kind: Any) -> Any:
        is_functional = self.is_graph and kind == LayerClass("Functional")
        return is_functional or self.cls.is_subclass(kind)

    @property
    def is_derived(self) -> bool:
        """Whether its class derives from a Keras layer that has weights."""
        return self.is_layer and self.base.class_name not in ABSTRACT

    @property
    def is_core_alone(self) -> bool:
        """Whether it only adds a name and arguments to a built-in layer."""
        return (
            self.core is not None
            and not self.own_weights
            and not self.held_weights
            and not self.tracked()
            and not any(self.cls.find(name) for name in _METHODS)
        )

    def before_init(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        self.made_with = (args, dict(kwargs))

    def after_failed_init(self, run: Run) -> None:
        self.has_failed = True
        self._mark_helpers(run)

    def after_init(self, run: Run) -> None:
        if self.name is None:  # its `__init__` did not call that of Keras
            self.name = run.library_state["keras"].auto(self.class_name)
            if not any(isinstance(base, Unknown) for base in self.cls.ancestry()):
                text = f"the `__init__` of {self.class_name} does not call `super().__init__()`"
                self.changed = run.error(self.place.node, f"{text}; Keras refuses it")
        self._mark_helpers(run)

    def _mark_helpers(self, run: Run) -> None:
        for helper in run.library_state["keras"].models[self.models_before :]:
            helper.is_part = True

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        run.library_state["keras"].refuse_unset(self, name, node)
        return super().missing(run, name, node)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        method = self.cls.find("__setattr__")
        if isinstance(method, Function):
            run.call_function(method, [self, name, new], {}, node)
        else:
            super().set_attribute(run, name, new, node)

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        run.library_state["keras"].let_go(self, name)
        super().delete_attribute(run, name, node)

    def type_of(self) -> Any:
        return self.cls

    def tracked(self) -> list[LayerObject]:
        """The layers in the attributes, in the order in which they were set.

        Keras keeps its own list of them as `_layers`, which the program may replace.
        """
        if "_layers" in self.attributes:
            return layers_in(self.attributes["_layers"])
        kept = list(self.kept_layers.values())
        if self.is_of_keras_2:
            names = [name for name in self.attributes if name not in self.untracked_names]
            return layers_in([[self.attributes[name] for name in names], kept])
        return kept

    def keep_layers(self, value: Any) -> None:
        """Track the layers in a value."""
        for layer in layers_in(value):
            self.kept_layers.setdefault(layer.serial, layer)


def parts_of(value: Any) -> list[Any]:
    """The elements of a container in which Keras finds layers; none of any other value."""
    if isinstance(value, Instance):
        value = value.inner
    if isinstance(value, set):
        return sorted([each for each in value if isinstance(each, LayerObject)], key=_serial)
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) and not isinstance(value, Deque) else []


def _serial(layer: LayerObject) -> int:
    return layer.serial


def layers_in(value: Any) -> list[LayerObject]:
    """The layers in a structure, each once, in order."""
    layers: dict[int, LayerObject] = {}
    seen: set[int] = set()
    todo = [value]
    while todo:
        part = todo.pop()
        if isinstance(part, LayerObject):
            layers.setdefault(id(part), part)
        elif id(part) not in seen:
            seen.add(id(part))
            todo += reversed(parts_of(part))
    return list(layers.values())
