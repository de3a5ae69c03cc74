"""Create layers and models from configs: `from_config`, `clone_model`, `deserialize`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import replaced
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.libraries.keras.models import models
from lstmcount.programs.libraries.keras.own_classes.custom import new_instance
from lstmcount.programs.libraries.keras.session import cells
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import all_inside, calls_in_order
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    map_tensors,
    tensors_in,
)

_REGISTER = (
    "custom_object",
    "CustomObject",
    "serializable",
)  # words of a program that may register functions
Make = Callable[[LayerObject], Any]


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
        make = copy_layers(run)
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
    layers: list[LayerObject] = []
    ends: tuple[Any, Any] = (None, None)
    problems = [*model.problems]
    try:  # Keras makes all layers before the model
        if model.is_sequential:
            layers = _layers_of_copy(run, model, make, node, inputs)
        else:
            names = {
                tensor.layer.serial: tensor.layer.name if names_inputs else tensor.name
                for tensor in tensors_in(model.inputs)
            }
            ends = _clone_graph(run, model, make, node, names, tensors_in(inputs), call_with)
    except LstmcountError as error:
        problems.append(error)
    new: ModelObject = session.new_model(model.class_name, model.name, node)
    new.problems += problems
    new.inputs, new.tensors_out = ends
    try:
        for layer in layers:
            models.add(session, new, layer, node)
    except LstmcountError as error:
        new.problems.append(error)
    if model.is_sequential:
        new.build_shape = model.build_shape if inputs is None else None
    return new


def _layers_of_copy(
    run: Run, model: ModelObject, make: Make, node: ast.AST, inputs: Any
) -> list[LayerObject]:
    """The layers of a copy of a Sequential, which begins with the tensors `inputs` if given."""
    session = session_of(run)
    layers = [session.fresh_input(tensor, node).layer for tensor in tensors_in(inputs)]
    for layer in model.layers:
        is_input = layer.class_name == "InputLayer"
        if not is_input or inputs is None:
            layers.append(layer if is_input else _replacement(run, make, layer))
    return layers


def _clone_graph(
    run: Run,
    model: ModelObject,
    make: Make,
    node: ast.AST,
    input_names: dict[int, str | None],
    inputs: list[SymbolicTensor],
    call_with: Any,
) -> tuple[Any, Any]:
    """Call a copy of each layer as in the model; `make` copies a layer. Return inputs and outputs.

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
                copy_layers(run)(layer) if is_operation else _replacement(run, make, layer)
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
    return map_tensors(model.inputs, replaced), map_tensors(model.tensors_out, replaced)


def _replacement(run: Run, make: Make, layer: LayerObject) -> LayerObject:
    replacement = make(layer)
    if not isinstance(replacement, LayerObject):
        raise run.error(layer.place.node, f"the copy of {layer.name} is not known")
    return replacement


def copy_layers(run: Run) -> Make:
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
            custom.keep_layers([copy(inner) for inner in layer.tracked()])
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
        return clone_graph_with(run, layer, copy_layers(run), node)
    return copy_layers(run)(layer)


def copy_forward_layer(run: Run, bidirectional: LayerObject, node: ast.AST) -> None:
    """Replace the layer of a Bidirectional by the copy that Keras makes of it."""
    original = bidirectional.arguments.get("layer")
    if not isinstance(original, LayerObject):
        return
    _refuse_unregistered(run, original)
    if isinstance(original, ModelObject):
        return
    original.holders.remove(bidirectional)
    copy = copy_layers(run)(original)
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
