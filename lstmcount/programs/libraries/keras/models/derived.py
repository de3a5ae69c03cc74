"""Classes that derive from Keras's own layers: the behaviour that they inherit."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import Any

from lstmcount.errors import FORMULA_ERRORS, LstmcountError
from lstmcount.graph.builder import build_layer
from lstmcount.graph.layer import are_known
from lstmcount.layers import registry
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.signatures import signature_of
from lstmcount.programs.libraries.keras.session import construct
from lstmcount.programs.libraries.keras.session.export import layer_config
from lstmcount.programs.libraries.keras.session.session import Session, session_of
from lstmcount.programs.libraries.keras.values.objects import CallRecord, Custom, LayerObject
from lstmcount.programs.libraries.keras.values.tensors import (
    as_shapes,
    map_tensors,
    shown_shape,
    tensors_in,
)
from lstmcount.programs.libraries.keras.values.trainable import LayerWeight

# The arguments of `Layer` in Keras 3.
_OF_LAYER = (
    "activity_regularizer", "trainable", "dtype", "autocast", "name", "input_dim", "input_shape",
)  # fmt: skip


_BUILT_FOR_ANYTHING = ("Dropout", "Activation", "Lambda")  # of any structure


def initialize(
    run: Run, layer: Custom, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> None:
    """`super().__init__(…)`, if the base class is a built-in layer or `Wrapper`."""
    if layer.is_derived:
        arguments = {**kwargs, "name": layer.name}
        layer.core = construct.layer(session_of(run), layer.base, args, arguments, node)
        layer.declared_shape = layer.core.declared_shape
    elif layer.is_layer:
        require_known(run, layer, args, kwargs, node)
        layer.declared_shape = construct.declared_shape(session_of(run), "Layer", dict(kwargs))
    if layer.base.class_name == "Wrapper":
        layer.attributes["layer"] = args[0] if args else kwargs.get("layer")
        layer.keep_layers(layer.attributes["layer"])


def require_known(
    run: Run, layer: Custom, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> None:
    """Refuse arguments that `Layer` does not take in Keras 3, whose own are all keywords."""
    session = session_of(run)
    if session.is_older_keras or layer.base.class_name not in ("Layer", "Model"):
        return
    other = next((key for key in kwargs if key not in _OF_LAYER), None)
    if args:
        run.fail(TypeError())
        session.refused(run.place(node), f"{layer.base} takes no positional arguments here")
    elif other is not None:
        run.fail(ValueError())
        session.refused(run.place(node), f"{layer.base} takes no argument {other!r}")


def call_parameters(layer: Custom) -> list[str]:
    """The names of the parameters of the layer's `call`, without `self`.

    A `call` with `*args` passes them on to that of the Keras class.
    """
    method = layer.cls.find("call")
    if isinstance(method, Function) and method.node.args.vararg is None:
        return parameters(method)
    cls = registry.find(layer.base.class_name) if layer.core is not None else None
    return list(cls.keywords()) if cls is not None else ["inputs"]


def parameters(method: Function) -> list[str]:
    return list(signature_of(method.node).names[1:])


def shapes_of_call(layer: Custom, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The shapes of a call's tensors, named as for Keras's `build`: `{"inputs_shape": …}`."""
    passed = arguments_by_name(call_parameters(layer), args, kwargs)
    return {
        f"{name}_shape": map_tensors(value, lambda tensor: shown_shape(tensor.shape))
        for name, value in passed.items()
        if name != "mask" and tensors_in(value)
    }


def call_with_shapes(
    run: Run, layer: Custom, method: Function, shapes: dict[str, Any], node: ast.AST
) -> Any:
    """Call `build` or `compute_output_shape`: a single parameter gets the first shape."""
    names = parameters(method)
    if len(names) > 1:
        _require_names_of_shapes(session_of(run), layer, method, names)
    if len(names) > 1 and shapes.keys() & set(names):
        chosen = {name: shape for name, shape in shapes.items() if name in names}
        return run.call(method, [layer], chosen, node)
    return run.call(method, [layer, next(iter(shapes.values()), None)], {}, node)


def _require_names_of_shapes(
    session: Session, layer: Custom, method: Function, names: Collection[str]
) -> None:
    """Say that Keras 3 refuses several parameters that are not named like those of `call`."""
    call = layer.cls.find("call")
    taken = parameters(call) if isinstance(call, Function) else None
    for name in names if not session.is_keras_2 else ():
        of_call = name.removesuffix("_shape")
        if of_call == name or (taken is not None and of_call not in taken):
            which = f"{method.name}({', '.join(names)}) of {layer.class_name}"
            text = f"{which}: expected arguments of `call`, each with _shape, got {name}"
            session.refused(session.run.place(method.node), text, ", counted as in Keras 2")
            return


def build(run: Run, layer: Custom, shapes: dict[str, Any], node: ast.AST) -> None:
    """Run `build` of the Keras class; `shapes` are named like the arguments of `build`."""
    if layer.core is not None:
        layer.weights_before_core = len(layer.own_weights)
        build_layer_with(layer.core, shapes)
    elif layer.base.class_name == "Wrapper":
        inner = layer.attributes.get("layer")
        if isinstance(inner, LayerObject) and not inner.calls:
            build_layer_with(inner, shapes)


def require_accepted(session: Session, layer: Custom) -> None:
    """Say that Keras 3 refuses to build its layer for a list of tensors, or for none."""
    core = layer.core
    if core is None or not core.build_config or core.class_name in _BUILT_FOR_ANYTHING:
        return
    refused = _refused_by(core)
    if refused is not None:
        session.refused(layer.place, f"{layer.class_name}: {refused.message}")


def _refused_by(core: LayerObject) -> LstmcountError | None:
    """Why a layer does not take a list of the tensors that it is built for, or one tensor."""
    try:
        built = build_layer(layer_config(core, calls=0))
    except LstmcountError:
        return None  # which is reported if a model contains the layer
    shapes = built.recorded_inputs()
    is_tensor = type(shapes[0]) is tuple
    if not are_known(shapes) or is_tensor != built.layer.takes_structures:
        return None
    try:
        built.layer.accept(*shapes)
    except LstmcountError as error:
        return error
    except FORMULA_ERRORS:
        pass
    return None


def build_layer_with(layer: LayerObject, shapes: dict[str, Any]) -> None:
    """`layer.build(shape)`: the layer has its weights from now on, even if it is never called."""
    cls = registry.find(layer.class_name)
    names = [f"{name}_shape" for name in cls.call_arguments] if cls is not None else []
    if names and names[0] not in shapes:
        shapes = dict(zip(names, shapes.values(), strict=False))
    layer.build_config = {"shapes_dict": {name: as_shapes(shape) for name, shape in shapes.items()}}
    for weight in weights(layer):
        if "/" not in weight.name:
            layer.attributes.setdefault(weight.name, weight)


def variable(layer: LayerObject, name: str) -> LayerWeight | None:
    """A weight of a called built-in layer, such as `dense.kernel`; None if there is none."""
    return next((weight for weight in weights(layer) if weight.name == name), None)


def weights(layer: LayerObject) -> list[LayerWeight]:
    """The weights of a layer of Keras that was called or built, with those inside it."""
    built = layer.built
    if built is None and layer.build_config:
        try:
            built = build_layer(layer_config(layer, calls=0))
            built.build_uncalled()
        except LstmcountError as error:  # reported if a model contains the layer
            layer.error = error
    if built is None or layer.error is not None:
        return []
    config = built.config
    return [
        LayerWeight(
            layer,
            weight.name,
            weight.shape,
            None if config.frozen or weight.name in config.frozen_weights else weight.trainable,
        )
        for weight in built.weights
    ]


def call(run: Run, layer: Custom, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`super().call(…)`. The built-in layer's weights are only used if its `build` has run."""
    session, core = session_of(run), layer.core
    if core is None or not tensors_in([args, kwargs]):
        return run.unknown(run.source_of(node))
    cls = registry.find(core.class_name)
    args = args[: len(cls.call_arguments)] if cls else args  # without `training`
    if core.build_config:
        return session.call(core, args, kwargs, node)
    shapes = session.infer(core, CallRecord(args, kwargs, core.place))
    return session.stand_in(core.class_name, tensors_in([args, kwargs]), shapes, node)
