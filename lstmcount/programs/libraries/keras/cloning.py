"""Create layers and models from configs: `from_config`, `clone_model`, `deserialize`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.layers import registry
from lstmcount.programs.language.natives import arguments_by_name
from lstmcount.programs.language.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import replaced
from lstmcount.programs.libraries.keras import cells, models
from lstmcount.programs.libraries.keras.contents import all_inside, calls_in_order, ordered_layers
from lstmcount.programs.libraries.keras.custom import new_instance
from lstmcount.programs.libraries.keras.export import called_with
from lstmcount.programs.libraries.keras.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.session import session_of
from lstmcount.programs.libraries.keras.tensors import (
    SymbolicTensor,
    map_tensors,
    tensors_in,
)
from lstmcount.programs.libraries.keras.trainable import is_trainable

_MODELS = ("Sequential", "Model", "Functional")
ORIGIN = "<the model>"  # the key that links a model's config to the model
_REGISTER = (
    "custom_object",
    "CustomObject",
    "serializable",
)  # words of a program that may register functions
Make = Callable[[LayerObject], Any]


def config_of(layer: LayerObject) -> dict[str, Any]:
    """`layer.get_config()`: the arguments that the layer was created with."""
    layer.require_unchanged()
    config = {"name": layer.name, "trainable": layer.trainable, **layer.arguments}
    if layer.class_name == "InputLayer" and isinstance(shape := config.get("shape"), list):
        del config["shape"]
        config["batch_shape"] = [config.pop("batch_size", None), *shape]
    return config


def config_of_model(model: Any) -> dict[str, Any]:
    """`model.get_config()`, with a config for each layer that the program may read and edit."""
    layers = model.layers if model.is_sequential else ordered_layers(model)
    entries = [
        {"class_name": layer.class_name, "name": layer.name, "config": config_of(layer)}
        for layer in layers
    ]
    config = {"name": model.name, "layers": entries, ORIGIN: model}
    return config if model.is_sequential else {"trainable": model.trainable, **config}


def from_config(run: Run, class_name: str, config: Any, node: ast.AST) -> Any:
    """`Dense.from_config(config)` or `Model.from_config(config)`; an unknown for other values."""
    if not isinstance(config, dict):
        return run.unknown(run.source_of(node))
    origin = config.get(ORIGIN)
    if isinstance(origin, ModelObject):
        return _model(run, origin, config, node)
    if class_name in _MODELS:
        return run.unknown(run.source_of(node))
    return session_of(run).construct(LayerClass(class_name), [], _arguments(config), node)


def serialize(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`layers.serialize(layer)`, for a layer of Keras."""
    layer = args[0] if args else next(iter(kwargs.values()), None)
    if not isinstance(layer, LayerObject) or isinstance(layer, ModelObject) or not layer.is_known:
        return run.unknown(run.source_of(node))
    serialised = {
        "class_name": layer.class_name, "config": config_of(layer), "registered_name": None,
    }  # fmt: skip
    if build := layer.build_config or called_with(layer):
        serialised["build_config"] = build
    return serialised


def deserialize(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`layers.deserialize({"class_name": …, "config": …})`."""
    serialised = args[0] if args else kwargs.get("config")
    if isinstance(serialised, LayerObject):  # in a config, which is followed without saving it
        return _copy_layers(run)(serialised)
    class_name = serialised.get("class_name") if isinstance(serialised, dict) else None
    if not isinstance(class_name, str) or not isinstance(serialised, dict):
        return run.unknown(run.source_of(node))
    if "module" in serialised or registry.find(class_name) is None:
        from lstmcount.programs.libraries.keras.file_layers import deserialized

        return deserialized(run, serialised, node)
    if "registered_name" not in serialised:
        text = "a config without its module is of a class of Keras, as in Keras 2"
        session_of(run).refused(run.place(node), text)
    layer = from_config(run, class_name, serialised.get("config"), node)
    if isinstance(layer, LayerObject) and isinstance(built := serialised.get("build_config"), dict):
        layer.build_config = dict(built)
    return layer


def clone_model(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`clone_model(model, input_tensors, clone_function, call_function, recursive)`."""
    names = ("model", "input_tensors", "clone_function", "call_function", "recursive")
    passed = arguments_by_name(names, args, kwargs)
    model, inputs = passed.get("model"), passed.get("input_tensors")
    function, call_with = passed.get("clone_function"), passed.get("call_function")
    if not isinstance(model, ModelObject):
        return run.unknown(run.source_of(node))
    if inputs is not None and not tensors_in(inputs):
        raise run.error(node, f"the inputs of the copy of {model.name} are not known")
    if function is None:
        make = _copy_layers(run)
    else:
        make = _once(lambda layer: run.call(function, [layer], {}, node))
    if function is not None and passed.get("recursive") is True:
        make = _recursively(run, make, call_with, node)
    return clone_graph_with(run, model, make, node, inputs=inputs, call_with=call_with)


def _once(make: Make) -> Make:
    """`make`, which replaces each layer once."""
    made: dict[int, Any] = {}

    def replacement(layer: LayerObject) -> Any:
        if layer.serial not in made:
            made[layer.serial] = make(layer)
        return made[layer.serial]

    return replacement


def _recursively(run: Run, make: Make, call_with: Any, node: ast.AST) -> Make:
    """`make`, which also replaces the layers of models inside the model."""

    def replacement(layer: LayerObject) -> Any:
        is_own = isinstance(layer, Custom) and not (layer.is_sequential or layer.is_graph)
        if is_own or not isinstance(layer, ModelObject):
            return make(layer)
        call = None if layer.is_sequential else call_with
        inner = clone_graph_with(run, layer, whole, node, call_with=call)
        inner.is_part = True
        return inner

    whole = _once(replacement)
    return whole


def clone_graph_with(
    run: Run,
    model: ModelObject,
    make: Make,
    node: ast.AST,
    *,
    names_inputs: bool = False,
    inputs: Any = None,
    call_with: Any = None,
) -> ModelObject:
    """A copy of a model's graph, in which `make` returns the replacement of each layer.

    With `names_inputs`, the inputs are named after the layers that they replace, not after tensors.
    The copy begins with the tensors `inputs` if they are given. A function `call_with` of the
    program calls the layers.
    """
    session = session_of(run)
    new: ModelObject = session.new_model(model.class_name, model.name, node)
    new.problems += model.problems
    try:
        if model.is_sequential:
            for tensor in tensors_in(inputs):
                models.add(session, new, session.fresh_input(tensor, node).layer, node)
            for layer in model.layers:
                is_input = layer.class_name == "InputLayer"
                if not is_input or inputs is None:
                    replacement = layer if is_input else _replacement(run, make, layer)
                    models.add(session, new, replacement, node)
            new.build_shape = model.build_shape if inputs is None else None
        else:
            names = {
                tensor.layer.serial: tensor.layer.name if names_inputs else tensor.name
                for tensor in tensors_in(model.inputs)
            }
            _clone_graph(run, model, new, make, node, names, tensors_in(inputs), call_with)
    except LstmcountError as error:
        new.problems.append(error)
    return new


def _clone_graph(
    run: Run,
    model: ModelObject,
    new: ModelObject,
    make: Make,
    node: ast.AST,
    input_names: dict[int, str | None],
    inputs: list[SymbolicTensor],
    call_with: Any,
) -> None:
    """Call a copy of each layer as in the model; `make` copies a layer.

    The copy begins with the given inputs, or with new ones if there are none.
    """
    session = session_of(run)
    copies: dict[int, Any] = {}
    done: dict[tuple[int, int], list[SymbolicTensor]] = {}

    def replaced(tensor: SymbolicTensor) -> SymbolicTensor:
        return done[tensor.layer.serial, tensor.node][tensor.index]

    replaced_inputs = tensors_in(model.inputs)
    if inputs and len(inputs) != len(replaced_inputs):
        raise run.error(node, f"{model.name} has {len(replaced_inputs)} inputs, not {len(inputs)}")
    for at, tensor in enumerate(replaced_inputs):
        name = input_names[tensor.layer.serial]
        new_input = inputs[at] if inputs else session.fresh_input(tensor, node, name)
        done[tensor.layer.serial, tensor.node] = [new_input]
    for layer, index in calls_in_order(tensors_in(model.tensors_out), {*done}):
        if index >= len(layer.calls):
            raise run.error(node, f"the model reads {layer.name}, which is not one of its inputs")
        call = layer.calls[index]
        if layer.serial not in copies:
            is_operation = layer.kind == "op"
            copies[layer.serial] = (
                _copy_layers(run)(layer) if is_operation else _replacement(run, make, layer)
            )
        args, kwargs = map_tensors(call.args, replaced), map_tensors(call.kwargs, replaced)
        copied = copies[layer.serial]
        if call_with is None:
            result = session.call(copied, args, kwargs, node)
        else:
            result = run.call(call_with, [copied, *args], kwargs, node)
        done[layer.serial, index] = tensors_in(result)
        if not done[layer.serial, index]:
            raise run.error(node, f"what the copy of {layer.name} returns is not known")
    new.inputs = map_tensors(model.inputs, replaced)
    new.tensors_out = map_tensors(model.tensors_out, replaced)


def _replacement(run: Run, make: Make, layer: LayerObject) -> LayerObject:
    replacement = make(layer)
    if not isinstance(replacement, LayerObject):
        raise run.error(layer.place.node, f"the copy of {layer.name} is not known")
    return replacement


def _copy_layers(run: Run) -> Make:
    """Copy layers with those inside them, each once."""
    copies: dict[int, LayerObject] = {}

    def copy(layer: LayerObject) -> LayerObject:
        if layer.serial not in copies:
            layer.require_unchanged()
            copies[layer.serial] = new = copied_layer(layer)
            new.trainable = layer.trainable
        return copies[layer.serial]

    def copied_layer(layer: LayerObject) -> LayerObject:
        if isinstance(layer, Custom) and not layer.is_graph and not layer.is_sequential:
            node = layer.place.node
            if isinstance(layer.cls.find("get_config"), Function):
                return _from_its_config(run, layer, node)
            custom = new_instance(run, layer.cls, layer.base, node)
            custom.name, custom.core = layer.name, layer.core and copy(layer.core)
            run.weigh(node, layer.attributes)
            custom.attributes = replaced(layer.attributes, LayerObject, copy, keeps_tuples=True)
            custom.is_part = True
            return custom
        if isinstance(layer, ModelObject):
            model = clone_graph_with(run, layer, copy, layer.place.node)
            model.is_part = True
            return model
        session = session_of(run)
        copied: LayerObject = session.new(
            type(layer), layer.class_name, layer.name, {}, layer.place
        )
        copied.arguments = replaced(layer.arguments, LayerObject, copy)
        copied.hold(copied.arguments)
        copied.is_known = layer.is_known
        copied.declaration, copied.function = layer.declaration, layer.function
        copied.attributes = layer.attributes
        copied.recorded = dict(layer.recorded)
        if layer.class_name in cells.CELL_WRAPPERS:
            cells.store_declared_sizes(run, copied)
        return copied

    return copy


def _from_its_config(run: Run, layer: Custom, node: ast.AST) -> LayerObject:
    """`cls.from_config(layer.get_config())`, where the program's class defines its config."""
    config = run.call(layer.attribute(run, "get_config", node), [], {}, node)
    made = run.call(layer.cls.attribute(run, "from_config", node), [config], {}, node)
    if not isinstance(made, LayerObject):
        raise run.error(node, f"the copy of {layer.name} is not known")
    return made


def copied(run: Run, layer: LayerObject, node: ast.AST) -> Any:
    """`copy.copy(layer)` and `copy.deepcopy(layer)`, which both save the layer and load it."""
    if isinstance(layer, Custom):
        return run.unknown(run.source_of(node))
    if isinstance(layer, ModelObject):
        return clone_graph_with(run, layer, _copy_layers(run), node)
    return _copy_layers(run)(layer)


def copy_forward_layer(run: Run, bidirectional: LayerObject, node: ast.AST) -> None:
    """Replace the layer of a Bidirectional by the copy that Keras makes of it."""
    original = bidirectional.arguments.get("layer")
    if not isinstance(original, LayerObject):
        return
    _refuse_unregistered(run, original)
    if isinstance(original, ModelObject):
        return
    original.holders.remove(bidirectional)
    copy = _copy_layers(run)(original)
    bidirectional.hold(copy)
    bidirectional.arguments["layer"] = copy


def _refuse_unregistered(run: Run, layer: LayerObject) -> None:
    """Refuse classes and functions that Keras does not know by name, of which it makes no copy."""
    if any(word in run.program.text for word in _REGISTER):
        return
    session = session_of(run)
    for each in (layer, *all_inside(layer)):
        if isinstance(each, Custom):
            text = f"{each.class_name} in Bidirectional is not registered"
            session.refused(each.place, f"{text}, so that it cannot be copied")
        for key, value in each.arguments.items():
            if isinstance(value, dict) and value.get("class_name") == "function":
                session.refused(
                    each.place, f"{key}={value['config']} in Bidirectional is no function of Keras"
                )


def _model(run: Run, origin: ModelObject, config: dict[str, Any], node: ast.AST) -> ModelObject:
    """A model from another model's config, in which the program may have edited arguments."""
    before = config_of_model(origin)["layers"]
    edited_layers = config.get("layers")
    by_name = {
        entry["name"]: entry
        for entry in (edited_layers if isinstance(edited_layers, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("name"), str)
    }
    if [entry["name"] for entry in before] != list(by_name):
        model: ModelObject = session_of(run).new_model(origin.class_name, origin.name, node)
        model.problems.append(run.error(node, "the layers of a model were changed in its config"))
        return model
    copy = _copy_layers(run)
    edited = {entry["name"] for entry in before if entry != by_name[entry["name"]]}

    def make(layer: LayerObject) -> Any:
        entry = by_name[layer.name]
        if layer.name in edited and isinstance(layer, ModelObject):
            return None
        if layer.name in edited:
            new = from_config(run, str(entry.get("class_name")), entry.get("config"), node)
        else:
            new = copy(layer)
        if edited and isinstance(new, LayerObject) and not isinstance(new, ModelObject):
            new.build_config = layer.build_config or called_with(layer)  # Keras builds it so
        return new

    first = origin.layers[0] if origin.layers else None
    if edited and first is not None and (origin.build_shape or first.class_name == "InputLayer"):
        with suppress(LstmcountError):  # where the model itself is read, it is raised
            models.symbolic_ends(session_of(run), origin, node)
    inputs = _edited_inputs(run, origin, by_name, edited, node)
    new = clone_graph_with(run, origin, make, node, names_inputs=True, inputs=inputs)
    if isinstance(config.get("name"), str):
        new.name = config["name"]
    if not origin.is_sequential:  # the config of a Sequential does not say it
        new.trainable = is_trainable(run, config.get("trainable"), node)
    return new


def _edited_inputs(
    run: Run, origin: ModelObject, by_name: dict[str, Any], edited: set[Any], node: ast.AST
) -> list[SymbolicTensor] | None:
    """The inputs of a model from a config in which the program has edited one; else None."""
    session = session_of(run)
    inputs = [tensor.layer for tensor in tensors_in(origin.inputs)]
    layers = origin.layers[:1] if origin.is_sequential else inputs
    if not any(layer.name in edited and layer.class_name == "InputLayer" for layer in layers):
        return None
    configs = [by_name[layer.name or ""].get("config") for layer in layers]
    made = [from_config(run, "InputLayer", config, node) for config in configs]
    return [session.input_tensor(layer) for layer in made if isinstance(layer, LayerObject)]


def _arguments(config: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if isinstance(key, str)}
