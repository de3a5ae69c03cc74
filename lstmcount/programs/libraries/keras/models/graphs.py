"""The class `Graph` of Keras 0.3 and 1.0: a model with named nodes."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.libraries.keras.models import merging, models
from lstmcount.programs.libraries.keras.session.session import Session, session_of
from lstmcount.programs.libraries.keras.values.objects import ModelObject
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor

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
    passed = arguments_by_name(_INPUT, args, kwargs)
    passed = {key: passed[key] for key in _INPUT[:3] if key in passed}
    tensor = session_of(run).input([], passed, node)
    model.inputs.append(tensor)
    model.attributes[str(passed.get("name"))] = tensor


def add_node(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> None:
    passed = arguments_by_name(_NODE, args, kwargs)
    name, session = str(passed.get("name")), session_of(run)
    layer = models.as_layer(session, passed.get("layer"), node)
    read = _read(session, model, passed, f"merge_inputs_for_{name}", node)
    if layer is None:
        output = session.unknown_result(run.source_of(node), [read], node)
    else:
        layer.name = name
        output = session.call(layer, [read], {}, node)
    model.attributes[name] = output
    if passed.get("create_output"):
        model.tensors_out.append(output)


def add_shared_node(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> None:
    passed = arguments_by_name(_SHARED, args, kwargs)
    name, session = str(passed.get("name")), session_of(run)
    layer = models.as_layer(session, passed.get("layer"), node)
    if layer is None:
        layer = session.unknown_layer(run.unknown(run.source_of(node)), node)
    mode = passed.get("merge_mode")
    layer.name = f"input_for_{name}" if mode else name
    outputs = [
        session.call(layer, [_tensor(session, model, input_name, node)], {}, node)
        for input_name in passed.get("inputs") or ()
    ]
    if mode:
        named_outputs = {name: _merged(session, outputs, passed, name, node)}
    else:
        named_outputs = dict(zip(map(str, passed.get("outputs") or ()), outputs, strict=False))
    model.attributes |= named_outputs
    if passed.get("create_output"):
        model.tensors_out += named_outputs.values()


def add_output(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> None:
    passed = arguments_by_name(_OUTPUT, args, kwargs)
    output = _read(session_of(run), model, passed, str(passed.get("name")), node)
    model.tensors_out.append(output)


def _read(
    session: Session, model: ModelObject, passed: dict[str, Any], merge: str, node: ast.AST
) -> SymbolicTensor:
    """The input of a node or an output: one tensor, or several tensors merged."""
    names = passed.get("inputs") or [passed.get("input")]
    tensors = [_tensor(session, model, name, node) for name in names]
    return tensors[0] if len(tensors) == 1 else _merged(session, tensors, passed, merge, node)


def _tensor(session: Session, model: ModelObject, name: Any, node: ast.AST) -> SymbolicTensor:
    tensor = model.attributes.get(str(name))
    return tensor if tensor is not None else session.unknown_result(str(name), [], node)


def _merged(
    session: Session,
    tensors: list[SymbolicTensor],
    passed: dict[str, Any],
    name: str,
    node: ast.AST,
) -> Any:
    options: dict[str, Any] = {key: passed[key] for key in _READS[1:] if key in passed}
    mode = passed.get("merge_mode", "concat")
    return merging.merge(session, [tensors], {"mode": mode, "name": name, **options}, node)
