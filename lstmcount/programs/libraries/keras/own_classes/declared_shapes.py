"""The output shapes that custom layers declare, which Keras uses instead of running `call`.

For a layer of a graph, Keras 3 calls `compute_output_spec` or `compute_output_shape` of the class
or of its built-in base class. It runs `call` if there is neither, and for layers inside a `call`
that runs.
"""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.errors import CALL_ERRORS, LstmcountError
from lstmcount.graph.builder import build_layer
from lstmcount.layers import registry
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.unknowns import elements_in
from lstmcount.programs.libraries.keras.models import derived
from lstmcount.programs.libraries.keras.session.export import layer_config
from lstmcount.programs.libraries.keras.session.session import Session, session_of
from lstmcount.programs.libraries.keras.values.contents import unused_layers
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject
from lstmcount.programs.libraries.keras.values.result_structures import as_tuple
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    as_shapes,
    map_tensors,
    shapes_of,
    tensors_in,
)
from lstmcount.shapes import Unknown, public, show
from lstmcount.structures import mapped


def declared_output(
    session: Session, layer: Custom, shapes: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
) -> Any:
    """The declared shape, or a list or dict of shapes; None if Keras runs `call`."""
    run, node = session.run, layer.place.node
    spec, shape = (layer.cls.find(f"compute_output_{name}") for name in ("spec", "shape"))
    if isinstance(spec, Function):
        layer.declared_structure = run.call(spec, [layer, *args], kwargs, node)
        declared = shapes_of(layer.declared_structure)
        return declared if _are_shapes(declared) else None
    if layer.output_size is not None:
        return (tensors_in([args, kwargs])[0].shape[0], *layer.output_size)
    if isinstance(shape, Function):
        layer.declared_structure = derived.call_with_shapes(run, layer, shape, shapes, node)
        declared = as_shapes(layer.declared_structure)
        return declared if _are_shapes(declared) else None
    if layer.core is None or _is_refused(session, layer, layer.core):
        return None
    return _of_built_in(layer.core, shapes_of(args), shapes_of(kwargs))


def declared_in_keras_1(session: Session, layer: Custom, shapes: dict[str, Any]) -> Any:
    """The shape that `get_output_shape_for` gives; None if the class has no such method."""
    method = layer.cls.find("get_output_shape_for")
    if not isinstance(method, Function) or session.is_keras_3():
        return None
    node = layer.place.node
    declared = as_shapes(derived.call_with_shapes(session.run, layer, method, shapes, node))
    return declared if _are_shapes(declared) else None


def _of_built_in(layer: LayerObject, args: list[Any], kwargs: dict[str, Any]) -> Any:
    try:
        built = build_layer(layer_config(layer, calls=0))
        return None if _is_cell(built.layer) else built.call(args, kwargs)
    except CALL_ERRORS:
        return None


def _is_cell(layer: Any) -> bool:
    """Whether a built-in layer is a cell, which declares no output shape: Keras runs its `call`."""
    return getattr(layer, "call_arguments", ())[1:] == ("states",)


def method(layer: LayerObject) -> Native:
    """`layer.compute_output_shape(shape)` of a built-in layer or model."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        named = {name.removesuffix("_shape"): shape for name, shape in kwargs.items()}
        named = {"inputs" if name == "input" else name: named[name] for name in named}
        _require_declared(run, layer, node)
        shapes = as_shapes(args), as_shapes(named)
        shapes = _of_built_in(layer, *shapes) or _of_function(run, layer, *shapes, node)
        if shapes is None:
            return run.unknown(run.source_of(node))
        return as_tuple(layer.class_name, public(shapes))

    return Native("compute_output_shape", function, raw=True)


def _require_declared(run: Run, layer: LayerObject, node: ast.AST) -> None:
    """Refuse to ask a class for a shape that it does not declare, as Keras 3 does."""
    is_own = isinstance(layer, Custom) and not (layer.is_graph or layer.is_sequential or layer.core)
    if is_own and not session_of(run).is_keras_2:
        run.fail(NotImplementedError())
        text = f"{layer.class_name} has no `compute_output_shape`, which is called here"
        session_of(run).refused(run.place(node), text)


def _of_function(
    run: Run, layer: LayerObject, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    """The shape that the function of a Lambda returns, if the layer declares no shape."""
    shape, declared = next(iter([*args, *kwargs.values()]), None), "output_shape" in layer.arguments
    if layer.function is None or declared or not _are_shapes(shape):
        return None
    session = session_of(run)
    with session.tracing():
        tensor = session.fresh_input(shape, node)
        passed = layer.attributes.get("arguments")
        named = dict(passed) if isinstance(passed, dict) else {}
        result = shapes_of(run.call(layer.function, [tensor], named, node))
    return result if _are_shapes(result) else None


def _is_refused(session: Session, layer: Custom, core: LayerObject) -> bool:
    """Whether Keras 3 cannot build the layer, because `call` lacks an argument of `build`."""
    cls = registry.find(core.class_name)
    if cls is None or _is_cell(cls) or len(cls.call_arguments) < 2 or layer.cls.find("build"):
        return False
    missing = [name for name in cls.call_arguments if name not in derived.call_parameters(layer)]
    if missing:
        message = f"`call` of {layer.class_name} has no argument `{missing[0]}`"
        session.refused(layer.place, f"{message}, which the `build` of {core.class_name} takes")
    return bool(missing)


def with_declared_shapes(
    session: Session, layer: Custom, shapes: Any, output: Any, inputs: list[SymbolicTensor]
) -> Any:
    """The result of a call: `output`, or tensors of the declared `shapes` if these differ.

    In TensorFlow, Keras 2 always runs `call`.
    """
    followed = shapes_of(output)
    is_another = differ(shapes, followed)
    if not is_another and not says_more(shapes, followed):
        return output
    if is_another:
        is_own = any(layer.cls.find(f"compute_output_{name}") for name in ("spec", "shape"))
        declares = f"{'its class' if is_own else layer.base.class_name} declares"
        session.notes.append(
            f"{layer.place.locate()}: `call` of {layer.class_name} gives {show(followed)}; Keras 3 "
            f"takes the {show(shapes)} that {declares}"
        )
        if session.is_keras_2 and not session.imports_keras:
            return output
    layer.declared_for = shapes_of(inputs)
    read = [*inputs, *tensors_in(output)]

    def declared(shape: Any) -> Any:
        return session.stand_in("DeclaredShape", read, shape, layer.place.node)

    return mapped(declared, shapes)


def record_for_later_call(
    session: Session, layer: Custom, args: list[Any], kwargs: dict[str, Any]
) -> None:
    """Keep the shapes that the class declares for a later call, for where `call` does not say."""
    declares = any(layer.cls.find(f"compute_output_{name}") for name in ("spec", "shape"))
    if not session.is_symbolic or not declares:
        return
    with session.tracing():
        inner_args, inner_kwargs = map_tensors(
            [args, kwargs], lambda tensor: session.fresh_input(tensor, layer.place.node)
        )
        shapes = derived.shapes_of_call(layer, inner_args, inner_kwargs)
        declared = declared_output(session, layer, shapes, inner_args, inner_kwargs)
    if declared is not None:
        layer.recorded[len(layer.calls)] = declared


def refuse_other_inputs(layer: Custom, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Raise `LstmcountError` if another shape was declared for the inputs of an earlier call."""
    inputs = shapes_of(tensors_in([args, kwargs]))
    if layer.declared_for is not None and inputs != layer.declared_for:
        raise LstmcountError(
            f"{layer.class_name} is called on several shapes, and its `call` gives another shape "
            "than its class declares: the shape that Keras takes for each call is not known"
        ).at(layer.place)


def layers_without_weights(session: Session, layer: Custom) -> list[LayerObject]:
    """The inner layers that have no weights before the model runs, because `call` is not run.

    Keras does not run `call` if the class or its built-in base class declares the output's shape
    and has a `build`, as wrappers have. TimeDistributed calls only these two methods.
    """
    declares = layer.cls.find("compute_output_shape")
    if layer.is_only_built and not declares and layer.core is None:
        message = f"{layer.class_name} in TimeDistributed has no `compute_output_shape`"
        # Keras 3 saves it in a Sequential, with the weights that `build` makes.
        if not session.is_keras_3() or unused_layers(layer.tracked()):
            session.refused(layer.place, message)
    declares = declares or layer.cls.find("compute_output_spec")
    is_built = layer.is_only_built or layer.base.class_name == "Wrapper" or layer.cls.find("build")
    is_declared = (declares and is_built) or layer.core is not None or layer.state_sizes is not None
    layers = unused_layers(layer.tracked()) if session.runs_no_model and is_declared else []
    if layers:
        session.notes.append(no_weights_note(layer, layers))
    return layers


def no_weights_note(layer: Custom, layers: list[LayerObject]) -> str:
    names = ", ".join([inner.name or inner.class_name for inner in layers])
    return (
        f"{layer.place.locate()}: {names} of {layer.name} have no weights before the model runs: "
        "the class declares its output shape, so that Keras 3 does not run `call`"
    )


def _are_shapes(value: Any) -> bool:
    if isinstance(value, tuple):
        return elements_in(value) is None and all(isinstance(dim, int | Unknown) for dim in value)
    several = value.values() if isinstance(value, dict) else value
    return isinstance(value, list | dict) and all(map(_are_shapes, several))


def differ(declared: Any, followed: Any) -> bool:
    """Whether two structures of shapes are known to differ."""
    if type(declared) is not type(followed):
        return {type(declared), type(followed)} <= {tuple, list, dict}
    if isinstance(declared, dict):
        return declared.keys() != followed.keys() or any(
            differ(declared[key], followed[key]) for key in declared
        )
    if not isinstance(declared, list | tuple):
        return False
    parts_differ = _is_another if isinstance(declared, tuple) else differ
    return len(declared) != len(followed) or any(map(parts_differ, declared, followed))


def says_more(declared: Any, followed: Any) -> bool:
    """Whether a structure of shapes has a shape or a size where one like it has an unknown one."""
    if declared is None or followed is None:
        return declared is not None
    if isinstance(declared, dict) and isinstance(followed, dict):
        return any(says_more(declared[key], followed[key]) for key in declared)
    if isinstance(declared, list | tuple) and isinstance(followed, list | tuple):
        return any(map(says_more, declared, followed))
    return isinstance(declared, int) and isinstance(followed, Unknown)


def _is_another(declared: Any, followed: Any) -> bool:
    is_free = isinstance(declared, Unknown) and declared.text is None
    return (
        isinstance(followed, int)
        and declared != followed
        and (is_free or isinstance(declared, int))
    )
