"""Create and change Sequential and Functional models."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.objects.own_classes import Instance
from lstmcount.programs.language.structures import shown
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.libraries.keras.models import masks
from lstmcount.programs.libraries.keras.models.intermediate_inputs import with_new_inputs
from lstmcount.programs.libraries.keras.session import construct
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.contents import all_holders, layers_inside
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor, tensors_in
from lstmcount.programs.libraries.keras.values.trainable import is_trainable
from lstmcount.shapes import Unknown

_ATTENTION = ("MultiHeadAttention", "GroupedQueryAttention")
_IN_ATTENTION = ("Softmax", "Dropout")  # made at the first call; these take automatic names, too
UNKNOWN_ENDS = "of the model are not known"
UNKNOWN_LAYERS = "the layers"


def sequential(
    session: Session, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> ModelObject:
    """`Sequential(layers=None, trainable=True, name=None)`."""
    passed = arguments_by_name(("layers", "trainable", "name"), args, kwargs)
    name = passed.get("name")
    model = session.new_model("Sequential", name, node)
    model.trainable = is_trainable(session.run, passed.get("trainable"), node)
    layers = passed.get("layers")
    if isinstance(layers, Unknown):
        why = session.run.failed_imports.why_unknown(str(layers))
        because = f" ({why})" if why else ""
        problem = session.run.error(node, f"{UNKNOWN_LAYERS} {layers} are not known{because}")
        model.problems.append(problem)
    elif isinstance(layers, list | tuple):
        for layer in layers:
            add(session, model, layer, node, rebuild=False)
        _name_built(session, model, model.layers)
    return model


def _unknown_base(value: Any) -> Unknown | None:
    """The base, if it is not known, of the class of an object of the program."""
    bases = value.cls.ancestry() if isinstance(value, Instance) else ()
    return next((base for base in bases if isinstance(base, Unknown)), None)


def add(
    session: Session, model: ModelObject, value: Any, node: ast.AST, rebuild: bool = True
) -> None:
    """`model.add(layer)`. A first layer with an input shape also adds an InputLayer."""
    layer = as_layer(session, value, node)
    session.charge(1, node)
    session.run.effects += 1
    model.added_at = session.run.total_steps
    if model.attempt != session.run.attempt:
        model.attempt = ""  # several functions make it
    if layer is None:
        added = node.args[0] if isinstance(node, ast.Call) and node.args else node
        base = _unknown_base(value)
        source = str(value) if isinstance(value, Unknown) else session.run.source_of(added)
        why_unknown = session.run.failed_imports.why_unknown
        why = why_unknown(source)
        is_of_base = base is not None and why is None
        why = why_unknown(str(base)) if is_of_base else why
        because = f" ({why})" if why else ""
        text = f"expected a layer of Keras, got `{source}`, which is not known{because}"
        if isinstance(value, LayerClass):
            text = f"expected a layer, got the class {value.class_name}; did you mean {source}()?"
        if is_of_base:
            text = f"{value.cls.name} derives from `{base}`, which is not known{because}"
        model.problems.append(session.run.error(node, text))
        return
    if layer.branches and not model.layers:
        _begin_merged(session, model, layer, node)
        return
    if not model.is_sequential and model.tensors_out is not None:
        model.tensors_out = session.call(layer, [model.tensors_out], {}, node)
        return
    declared = layer.declared_shape
    if not model.layers and declared is not None:
        is_open = isinstance(declared, Unknown)
        shape = {"shape": declared} if is_open else {"batch_shape": list(declared)}
        model.layers.append(construct.layer(session, LayerClass("InputLayer"), [], shape, node))
    same_name = model.by_name.get(layer.name, layer)
    if same_name is not layer and same_name in model.layers:
        text = f"two layers of {model.name} are named {layer.name!r}"
        session.refused(session.run.place(node), text)
    model.by_name[layer.name] = layer
    build_where_held(session, layer, node)
    model.layers.append(layer)
    model.hold(layer)
    forget_shapes(model)
    if rebuild:
        _name_built(session, model, [layer])


def build_where_held(session: Session, layer: LayerObject, node: ast.AST) -> None:
    """Build the layers of each Sequential that holds this one, if it knows its input."""
    if layer.calls or isinstance(layer, ModelObject):
        return
    session.run.spend(len(layer.holders), node)
    for holder in layer.holders:
        if not isinstance(holder, ModelObject) or layer not in holder.layers:
            continue
        if holder.is_sequential and holder.layers[0].class_name == "InputLayer":
            with suppress(LstmcountError):  # where that model itself is read, it is raised
                symbolic_ends(session, holder, node)


def forget_shapes(model: ModelObject) -> None:
    """Forget what is known of the shapes of a model whose layers change, and of those around it."""
    for holder in (model, *all_holders(model)):
        holder.built = None
        if isinstance(holder, ModelObject):
            holder.symbolic_ends = None


def _begin_merged(session: Session, model: ModelObject, first: LayerObject, node: ast.AST) -> None:
    """Start a Sequential with the merged outputs of other models: it becomes a graph."""
    inputs: dict[int, SymbolicTensor] = {}
    outputs = []
    for value in first.branches:
        session.charge(1, node)
        branch = as_layer(session, value, node)
        if isinstance(branch, ModelObject):
            branch_input, output = symbolic_ends(session, branch, node)
        elif branch is not None:
            branch_input = session.fresh_input(branch.declared_shape, node)
            output = session.call(branch, [branch_input], {}, node)
        else:
            branch_input = output = session.unknown_result(shown(value), [], node)
        inputs |= {tensor.layer.serial: tensor for tensor in tensors_in(branch_input)}
        outputs.append(output)
    model.inputs = list(inputs.values())
    model.tensors_out = session.call(first, [outputs], {}, node)
    if isinstance(model, Custom):
        model.is_graph = True


def name_inside(session: Session, layer: LayerObject, named: set[int] | None = None) -> None:
    """Use up the names that Keras gives inside a layer when it is built.

    `named` has the serial numbers of the layers that were built before.
    """
    named = set() if named is None else named
    if layer.calls or layer.serial in named:
        return
    named.add(layer.serial)
    if layer.class_name in _ATTENTION:
        for class_name in _IN_ATTENTION:
            session.auto(class_name)
    if isinstance(layer, ModelObject):
        begins = layer.layers[0].class_name if layer.layers else None
        if not layer.is_sequential or begins == "InputLayer" or layer.build_shape is not None:
            return
        session.auto("InputLayer")
        session.auto("Functional")
        masks.use_up_names(session, layer)
    for inner in layers_inside(layer):
        name_inside(session, inner, named)


def _name_built(session: Session, model: ModelObject, added: list[LayerObject]) -> None:
    """Use up the names that Keras gives inside a Sequential that knows its input."""
    if len(model.layers) > 1 and (
        model.layers[0].class_name == "InputLayer" or isinstance(model.layers[0], ModelObject)
    ):
        session.auto("Functional")
        masks.use_up_names(session, model)
        named: set[int] = set()
        for layer in added:
            name_inside(session, layer, named)


def as_layer(session: Session, value: Any, node: ast.AST) -> LayerObject | None:
    if isinstance(value, LayerObject):
        return value
    if isinstance(value, SymbolicTensor) and value.layer.class_name == "InputLayer":
        return value.layer
    if isinstance(value, Unknown) and value.text:
        return session.unknown_layer(value, node)
    return None


def functional(
    session: Session, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> ModelObject:
    """`Model(inputs, outputs, name=None)`, also with the spellings of Keras 1 and 2."""
    passed = arguments_by_name(("inputs", "outputs", "name"), args, kwargs)
    inputs = passed.get("inputs", passed.get("input"))
    outputs = passed.get("outputs", passed.get("output"))
    if session.is_older_keras and isinstance(outputs, list):
        outputs = outputs[0] if len(outputs) == 1 else outputs  # its calls return one tensor
    name = passed.get("name")
    session.charge(len(tensors_in([inputs, outputs])), node)
    if args and not session.is_older_keras and not {"outputs", "output"} & passed.keys():
        session.run.fail(TypeError())
    model = session.new_model("Functional", name, node)
    model.inputs, model.tensors_out = with_new_inputs(session, inputs, outputs, node)
    model.trainable = is_trainable(session.run, passed.get("trainable"), node)
    for what, ends in (("outputs", outputs), ("inputs", inputs)):
        several = ends if isinstance(ends, list | tuple) else [ends]
        unknown = [str(end) for end in several if isinstance(end, Unknown)]
        if not unknown and not tensors_in(ends) and isinstance(ends, list):
            model.problems.append(session.run.error(node, f"the {what} of the model are empty"))
        elif unknown or (what == "outputs" and not tensors_in(outputs)):
            names = ", ".join(f"`{end}`" for end in unknown)
            why = next(filter(None, map(session.run.failed_imports.why_lost, unknown)), None)
            message = f"the {what} {UNKNOWN_ENDS}{names and ': '}{names}"
            message = f"{message} ({why})" if why else message
            model.problems.append(session.run.error(node, message))
    return model


def symbolic_ends(session: Session, model: ModelObject, node: ast.AST) -> tuple[Any, Any]:
    """The symbolic input and output of a model; a Sequential is called on a tensor to get them."""
    if not model.is_sequential:
        return model.inputs, model.tensors_out
    if model.symbolic_ends is None:
        model.symbolic_ends = _run(session, model, node)
    pair: tuple[Any, Any] = model.symbolic_ends
    return pair


def _run(session: Session, model: ModelObject, node: ast.AST) -> tuple[Any, Any]:
    layers = list(model.layers)
    if not layers:
        raise LstmcountError("a Sequential model without layers has no output")
    if layers[0].class_name == "InputLayer":
        tensor = value = session.input_tensor(layers.pop(0))
    elif model.build_shape is None and isinstance(layers[0], ModelObject):
        value, tensor = symbolic_ends(session, layers[0], node)
        inner = layers.pop(0)
        value = session.fresh_input(value, node)
        tensor = session.call(inner, [value], {}, node)
    else:
        value = tensor = session.fresh_input(model.build_shape, node)
    with session.following(model):
        for layer in layers:
            tensor = session.call(layer, [tensor], {}, node)
    return value, tensor
