"""The class `Graph` of Keras 0.3 and 1.0: a model with named nodes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.programs.libraries.keras import merging, models
from lstmcount.programs.libraries.keras.objects import ModelObject
from lstmcount.programs.libraries.keras.session import session_of
from lstmcount.programs.libraries.keras.tensors import Tensor

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run
    from lstmcount.programs.libraries.keras.session import Session

_INPUT = ("name", "input_shape", "batch_input_shape", "dtype")
_READS = ("merge_mode", "concat_axis", "dot_axes")
_NODE = ("layer", "name", "input", "inputs", *_READS, "create_output")
_SHARED = ("layer", "name", "inputs", *_READS, "outputs", "create_output")
_OUTPUT = ("name", "input", "inputs", *_READS)


def new(session: Session, kwargs: dict[str, Any], node: ast.AST) -> ModelObject:
    model = session.new_model("Functional", kwargs.get("name"), node)
    model.inputs, model.tensors_out = [], []
    return model


def add_input(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> None:
    given = {**dict(zip(_INPUT, args, strict=False)), **kwargs}
    given = {key: given[key] for key in _INPUT[:3] if key in given}
    tensor = session_of(run).input([], given, node)
    model.inputs.append(tensor)
    model.attributes[str(given.get("name"))] = tensor


def add_node(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> None:
    given = {**dict(zip(_NODE, args, strict=False)), **kwargs}
    name, session = str(given.get("name")), session_of(run)
    layer = models.as_layer(session, given.get("layer"), node)
    read = _read(session, model, given, f"merge_inputs_for_{name}", node)
    if layer is None:
        output = session.unknown_result(run.source_of(node), [read], node)
    else:
        layer.name = name
        output = session.call(layer, [read], {}, node)
    model.attributes[name] = output
    if given.get("create_output"):
        model.tensors_out.append(output)


def add_shared_node(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> None:
    given = {**dict(zip(_SHARED, args, strict=False)), **kwargs}
    name, session = str(given.get("name")), session_of(run)
    layer = models.as_layer(session, given.get("layer"), node)
    if layer is None:
        layer = session.unknown_layer(run.unknown(run.source_of(node)), node)
    mode = given.get("merge_mode")
    layer.name = f"input_for_{name}" if mode else name
    outputs = [
        session.call(layer, [_tensor(session, model, each, node)], {}, node)
        for each in given.get("inputs") or ()
    ]
    if mode:
        made = {name: _merged(session, outputs, given, name, node)}
    else:
        made = dict(zip(map(str, given.get("outputs") or ()), outputs, strict=False))
    model.attributes |= made
    if given.get("create_output"):
        model.tensors_out += made.values()


def add_output(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> None:
    given = {**dict(zip(_OUTPUT, args, strict=False)), **kwargs}
    output = _read(session_of(run), model, given, str(given.get("name")), node)
    model.tensors_out.append(output)


def _read(
    session: Session, model: ModelObject, given: dict[str, Any], merge: str, node: ast.AST
) -> Tensor:
    """The input of a node or an output: one tensor, or several tensors merged."""
    names = given.get("inputs") or [given.get("input")]
    tensors = [_tensor(session, model, name, node) for name in names]
    return tensors[0] if len(tensors) == 1 else _merged(session, tensors, given, merge, node)


def _tensor(session: Session, model: ModelObject, name: Any, node: ast.AST) -> Tensor:
    found = model.attributes.get(str(name))
    return found if found is not None else session.unknown_result(str(name), [], node)


def _merged(
    session: Session, tensors: list[Tensor], given: dict[str, Any], name: str, node: ast.AST
) -> Any:
    options: dict[str, Any] = {key: given[key] for key in _READS[1:] if key in given}
    mode = given.get("merge_mode", "concat")
    return merging.merge(session, [tensors], {"mode": mode, "name": name, **options}, node)
