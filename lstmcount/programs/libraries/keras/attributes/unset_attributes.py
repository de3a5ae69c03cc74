"""Attributes of `self` that nothing in the program sets: Python raises an AttributeError."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.provided import words
from lstmcount.programs.libraries.keras.values import attribute_names
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.objects import Custom

_BASES = ("Layer", "Model", "Sequential")  # whose attributes in all versions are known
# Attributes that layers or models have in Keras 1 or 2, and not in Keras 3.
_OF_OLDER_KERAS = words("""
    add_update autotune_steps_per_execution batch_input_shape compute_output_signature constraints
    container_nodes dynamic evaluate_generator finalize_state fit_generator get_input_at
    get_input_mask_at get_input_shape_at get_losses_for get_output get_output_at get_output_mask_at
    get_output_shape_at get_output_shape_for get_updates_for get_weight_paths inbound_nodes input
    input_layers input_mask input_names input_shape inputs internal_input_shapes loss_functions
    loss_weights metrics_tensors metrics_updates name_scope outbound_nodes output output_layers
    output_mask output_names output_shape outputs predict_classes predict_generator predict_proba
    regularizers reset_states sample_weights save_spec state_updates stateful stop_training
    submodules targets to_yaml total_loss train_tf_function trainable_weights updates
    uses_learning_phase validation_data with_name_scope
""")
_OPEN = words("""
    __dict__ __getattr__ __getattribute__ __init_subclass__ __set_name__ __setattr__ eval exec vars
""")
_KEY = "names that the program sets"


def refuse(run: Run, layer: Custom, name: str, node: ast.AST) -> None:
    """Raise `LstmcountError` if it is certain that a layer or model lacks an attribute.

    It is not where a class may get attributes from elsewhere, or where the program may set one of
    an unknown name.
    """
    if name.startswith("_") or run.catching or run.decisions or run.is_open(layer.attributes):
        return
    if not _is_plain(layer) or name in _OF_OLDER_KERAS:
        return
    if not attribute_names.never_has(layer.base.class_name, name):
        return
    names = _names_set(run)
    if names is None or name in names:
        return
    text = f"{layer.class_name} has no attribute {name!r}: nothing in the program sets it"
    raise run.error(node, f"{text}, and Python raises an AttributeError")


def _is_plain(layer: Custom) -> bool:
    """Whether all classes that may define its attributes are known, and Keras runs its `call`."""
    ancestry = layer.cls.ancestry()
    own = [cls for cls in ancestry if isinstance(cls, Class)]
    others = [cls for cls in ancestry if not isinstance(cls, Class)]
    are_known = all(isinstance(cls, LayerClass) and cls.class_name in _BASES for cls in others)
    is_run = not any(layer.cls.find(f"compute_output_{kind}") for kind in ("shape", "spec"))
    are_plain = not any(cls.is_decorated or cls.unknown_decorator or cls.metaclass for cls in own)
    return are_known and is_run and are_plain


def _names_set(run: Run) -> frozenset[str] | None:
    """All names of attributes that the program may set; None if they are not known."""
    kept = run.library_state.setdefault(_KEY, {})
    count = len(run.program.modules)
    if count not in kept:
        trees = [run.program.statements, *run.program.modules.values()]
        nodes = [node for body in trees for tree in body for node in ast.walk(tree)]
        run.spend(len(nodes))
        is_open = any(map(_sets_unknown_name, nodes))
        kept[count] = None if is_open else frozenset(_names(nodes))
    names: frozenset[str] | None = kept[count]
    return names


def _sets_unknown_name(node: ast.AST) -> bool:
    if isinstance(node, ast.Name | ast.Attribute):
        return (node.id if isinstance(node, ast.Name) else node.attr) in _OPEN
    if isinstance(node, ast.FunctionDef):
        return node.name in _OPEN
    if not isinstance(node, ast.Call) or ast.unparse(node.func) != "setattr":
        return False
    return not (len(node.args) > 1 and isinstance(node.args[1], ast.Constant))


def _names(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.ClassDef):
            for statement in node.body:
                yield from _bound(statement)


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement of a class's body binds."""
    for node in ast.walk(statement):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
