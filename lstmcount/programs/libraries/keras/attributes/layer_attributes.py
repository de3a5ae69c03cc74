"""Attributes and methods of layers and models."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.keras import calling
from lstmcount.programs.libraries.keras.attributes import (
    cell_sizes,
    freezing,
    kept_lists,
    layer_arguments,
    model_methods,
)
from lstmcount.programs.libraries.keras.calling import call_layer
from lstmcount.programs.libraries.keras.copies import changed_arguments
from lstmcount.programs.libraries.keras.models import derived, layer_tensors, masks
from lstmcount.programs.libraries.keras.own_classes import (
    custom,
    declared_shapes,
    first_call,
    fitting,
    tracking,
)
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import inner_layers
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.layer_fields import fields_of
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.trainable import is_trainable
from lstmcount.shapes import Unknown, shape_of

_LISTS = (
    "weights", "trainable_weights", "non_trainable_weights", "trainable_variables", "variables",
    "non_trainable_variables",
)  # fmt: skip
_DTYPES = ("dtype", "variable_dtype", "compute_dtype", "dtype_policy")
_OF_KERAS = ("layers", "_layers", "outputs", "inbound_nodes", "outbound_nodes")
_OF_LOOKUPS = ("adapt", "set_vocabulary", "get_vocabulary", "vocabulary_size")


def get(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    """The attribute of that name; MISSING if it is not known."""
    for find in _IN_ORDER:
        value = find(run, layer, name, node)
        if value is not MISSING:
            return value
    return MISSING


def _set_by_the_program(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    return layer.attributes.get(name, MISSING)


def _of_its_class(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    cls = getattr(layer, "cls", None)
    in_class = cls.find(name) if isinstance(cls, Class) else MISSING
    if isinstance(in_class, Function) and name == "build" and isinstance(layer, Custom):
        return _custom_build(in_class, layer)
    return in_class.bound(run, layer, node) if isinstance(in_class, Value) else in_class


def _of_every_layer(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    """An attribute that every layer has, whether a class of Keras or of the program."""
    if name in ("name", "_name"):
        return layer.given_name
    if name == "trainable":
        return layer.trainable
    if name in _LISTS:
        from lstmcount.programs.libraries.keras.attributes import weights

        listed = weights.listed(run, layer, name, node)
        return Unknown(run.source_of(node)) if listed is None else listed
    if name in ("add_weight", "add_variable"):
        if not isinstance(layer, Custom):
            raise changed_arguments.unfollowed_weights(run, layer, node)
        return _add_weight_method(layer)
    if name in _DTYPES and (dtype := layer_arguments.dtype(layer, name)) is not MISSING:
        return dtype
    if name == "__class__":
        return getattr(layer, "cls", None) or LayerClass(layer.class_name)
    if name in ("get_config", "from_config") and not isinstance(layer, Custom):
        return _config_method(layer, name)
    if name == "get_config" and isinstance(layer, Custom):
        from lstmcount.programs.libraries.keras.copies import (
            written_configs,  # few programs need it
        )

        return Native(name, partial(written_configs.own_config, run, layer, node))
    if name in _OF_LOOKUPS and layer.kind == "layer" and not isinstance(layer, Custom):
        from lstmcount.programs.libraries.keras.attributes import vocabularies

        return vocabularies.method(layer, name) or MISSING
    if name == "__dict__":
        return changed_arguments.AttributesOf(layer, layer.attributes)
    if name == "_tracker" and isinstance(layer, Custom):
        return tracking.TrackerOf(layer)
    return kept_lists.attribute(run, layer, name, node)


def _of_model(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    if not isinstance(layer, ModelObject):
        return MISSING
    if name in ("layers", "_layers"):
        return Unknown(run.source_of(node)) if layer.problems else inner_layers(layer)
    if name in layer_tensors.TENSORS:
        return layer_tensors.tensor_of(run, layer, name, node)
    if name == "optimizer" and layer.training is None and session_of(run).is_older_keras:
        return None
    return model_methods.method(layer, name)


def _of_core(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    """The attribute of the built-in layer from which the program derives a class."""
    core = layer.core if isinstance(layer, Custom) else None
    return MISSING if core is None else get(run, core, name, node)


def _tensor_or_inner_layer(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    is_tensor = name in layer_tensors.TENSORS or name == "_keras_shape"
    if not layer.calls and (is_tensor or name in changed_arguments.WEIGHTS):
        from lstmcount.programs.libraries.keras.attributes import weights

        weights.build_around(run, layer, node)
    if is_tensor:
        return layer_tensors.tensor_of(run, layer, name, node)
    if layer.calls and (variable := derived.variable(layer, name)):
        return variable
    return MISSING


_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D")


def _initial_states(
    layer: LayerObject, run: Run, args: list[Any], kwargs: Any, node: ast.AST
) -> list[Any]:
    """`layer.get_initial_state(batch_size)`, in Keras 2 with the inputs: zeros."""
    session, shape = session_of(run), (None, layer.arguments.get("units"))
    return [
        session.stand_in("Constant", [], shape_of(shape), node)
        for _ in range(cell_sizes.STATES[layer.class_name])
    ]


def _method(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    if name in ("get_weights", "count_params"):
        from lstmcount.programs.libraries.keras.attributes import weights

        of_weights = weights.get_weights if name == "get_weights" else weights.count_params
        return Native(name, partial(of_weights, layer), raw=True)
    if (of_training := model_methods.of_training(layer, name)) is not MISSING:
        return of_training
    if name in ("quantize", "enable_lora"):
        from lstmcount.programs.libraries.keras.attributes.quantizing import method

        return method(layer, name) or MISSING
    if name == "__call__":
        return layer
    if name == "call" and layer.kind == "layer":
        return calling.call_method(layer)
    if name == "build":
        return calling.build_method(layer)
    if name == "convolution_op" and layer.class_name in _CONVOLUTIONS:
        return calling.convolution(layer)
    if name == "get_initial_state" and layer.class_name in cell_sizes.STATES:
        return Native(name, partial(_initial_states, layer), raw=True)
    if name in layer_tensors.AT_CALLS and layer.kind == "layer":
        return Native(name, partial(layer_tensors.tensor_at, layer, name), raw=True)
    if name == "compute_mask":
        return masks.method(layer)
    if name == "compute_output_shape" and layer.kind == "layer":
        return declared_shapes.method(layer)
    return MISSING


def _state_or_default(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    if name == "built" and isinstance(layer, Custom) and not layer.is_sequential:
        return layer.is_built
    if name == "built":
        from lstmcount.programs.libraries.keras.attributes import weights

        is_built = weights.is_built(run, layer, node)
        return run.unknown(run.source_of(node)) if is_built is None else is_built
    default = fields_of(layer).get(name, MISSING)
    if default is None and name.endswith(("_regularizer", "_constraint")):
        return None
    if isinstance(default, int | float | str | bool | tuple | list):
        return default
    return Unknown(run.source_of(node)) if name in ("losses", "metrics") else MISSING


_IN_ORDER = (
    _set_by_the_program,
    _of_its_class,
    _of_every_layer,
    _of_model,
    _of_core,
    changed_arguments.part,
    layer_arguments.argument,
    _tensor_or_inner_layer,
    _method,
    cell_sizes.size,
    _state_or_default,
)


def _config_method(layer: LayerObject, name: str) -> Any:
    from lstmcount.programs.libraries.keras.copies import configs, layer_configs, written_configs

    def configure(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        if name == "from_config":
            return configs.from_config(run, layer.class_name, args[0], node)
        if isinstance(layer, ModelObject):
            return written_configs.config_of_model(run, layer, node)
        return layer_configs.config_of(run, layer, node)

    return Native(name, configure, raw=True)


def _custom_build(method: Function, layer: Custom) -> Native:
    """`layer.build(shape)` of a program's class, which Keras does not call again by itself."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        was_built, before = layer.is_built or layer.is_traced, custom.state(layer)
        shapes = [first_call.arrays_of_shapes(shape) for shape in [*args, *kwargs.values()]]
        first_call.remember(layer, shapes, {})
        result = run.call_function(method, [layer, *args], kwargs, node)
        layer.is_built = True
        if was_built and layer.is_layer and custom.state(layer) != before:
            if not session_of(run).is_keras_2:  # else it has the weights of both
                del layer.own_weights[before[1] :]
            calling.refuse_second_build(run, layer, node)
        return result

    return Native("build", function, raw=True)


def _inherited_method(layer: Custom, name: str) -> Native:
    """`super().build(shape)` or `super().call(x)`, if the base class is a Keras class."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        if name == "build":
            shapes = {f"{at}": shape for at, shape in enumerate(args)} | kwargs
            return derived.build(run, layer, shapes, node)
        return derived.call(run, layer, args, kwargs, node)

    return Native(name, function, raw=True)


def _call_method(layer: LayerObject) -> Native:
    """`super().__call__(x)`: call the layer even if its class overrides `__call__`."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        return call_layer(run, layer, args, kwargs, node)

    return Native("__call__", function, raw=True)


def _add_weight_method(layer: Custom) -> Native:
    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        return custom.add_weight(run, layer, args, kwargs, node)

    return Native("add_weight", function, raw=True)


def base_method(run: Run, layer: LayerObject, name: str) -> Any:
    """`super().name`, if the base class is a Keras class; else MISSING."""
    if name == "__init__" and isinstance(layer, Custom):

        def initialize(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
            custom.init_base(run, layer, args, kwargs, node)

        return Native(name, initialize, raw=True)
    if name == "__call__":
        return _call_method(layer)
    if name == "__setattr__":
        return Native(name, partial(_set_inherited, layer), raw=True)
    if isinstance(layer, Custom) and name in ("build", "call"):
        return _inherited_method(layer, name)
    if isinstance(layer, Custom) and not layer.is_layer and name in ("train_step", "test_step"):
        return fitting.keras_step(layer, name)
    if isinstance(layer, Custom) and name == "add_weight":
        return _add_weight_method(layer)
    if isinstance(layer, Custom) and name == "compute_output_shape" and layer.core is not None:
        return declared_shapes.method(layer.core)
    if name == "get_config" and isinstance(layer, Custom):
        from lstmcount.programs.libraries.keras.copies import layer_configs  # few programs need it

        return Native(name, partial(layer_configs.inherited_config, run, layer, layer.place.node))
    if (of_training := model_methods.of_training(layer, name)) is not MISSING:
        return of_training
    return _of_model(run, layer, name, layer.place.node)


def _set_inherited(
    layer: LayerObject, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> None:
    """`super().__setattr__(name, value)` in a class that has a method of this name."""
    name, value = args
    set(run, layer, name, value, node)


def set(
    run: Run, layer: LayerObject, name: str, value: Any, node: ast.AST, *, tracks: bool = True
) -> None:
    """`layer.name = value`, where Keras or the program's class may do more than keep the value."""
    cls = getattr(layer, "cls", None)
    in_class = cls.find(name) if isinstance(cls, Class) else MISSING
    if isinstance(in_class, Value) and in_class.set_on(run, layer, value, node):
        return
    if name in _LISTS and in_class is MISSING and not session_of(run).is_keras_1:
        text = f"`{name}` of a layer has no setter"
        session_of(run).refused(run.place(node), text, ", followed as in Keras 1")
    if kept_lists.replace(run, layer, name, value, node):
        return
    if name in ("trainable", "_trainable"):
        _set_trainable(run, layer, name, value, node)
    elif name in ("name", "_name"):
        layer.unknown_name = value if isinstance(value, Unknown) else None
        if isinstance(value, str):
            layer.name = value
    elif name == "layers" and isinstance(layer, Custom) and not layer.is_layer:
        run.fail(AttributeError())
        raise run.error(
            node, f"`layers` of {layer.class_name} cannot be set: it is a property of Model"
        )
    elif name not in _OF_KERAS or isinstance(layer, Custom):
        of_keras = layer.core if isinstance(layer, Custom) else layer
        if of_keras is not None and not isinstance(of_keras, ModelObject):
            changed_arguments.require_setter(run, of_keras, name, node)
            if of_keras is layer or name != "built":
                changed_arguments.change(run, of_keras, name, value, node)
        _keep(run, layer, name, value, node, tracks)


def _keep(run: Run, layer: LayerObject, name: str, value: Any, node: ast.AST, tracks: bool) -> None:
    """Keep an attribute. A layer of a program's class tracks the layers and weights in it."""
    if isinstance(layer, Custom):
        if tracks and session_of(run).is_tracking:
            value = tracking.keep(run, layer, name, value, node)
        else:
            tracking.let_go(layer, name)
            layer.untracked_names.add(name)
    else:
        changed_arguments.refuse_weights(run, layer, name, value, node)
    layer.attributes[name] = value
    if isinstance(value, Value) and value.is_model:
        run.bindings.append((run.source_of(node), value, getattr(node, "lineno", 0)))


def _set_trainable(run: Run, layer: LayerObject, name: str, value: Any, node: ast.AST) -> None:
    run.note_set(layer.serial, value, node)
    is_bool, value = isinstance(value, bool), bool(value) if isinstance(value, int) else value
    freezes = changed_arguments.freezes(run, layer, name, node)
    if freezes and isinstance(value, bool | Unknown):
        trainable = is_trainable(run, value, node)
        freezing.freeze(session_of(run), layer, trainable, node, is_bool=is_bool)
