"""Layers and models whose classes the program defines: created, built and traced like in Keras.

`call` is followed once, on tensors with the shapes of the first call. In the model, the result is
one layer with the weights of all layers inside it.
"""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.objects.classes import is_named_tuple
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.source.places import CodePlace
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.value import inner_of
from lstmcount.programs.libraries.keras.models import derived, masks, models
from lstmcount.programs.libraries.keras.own_classes import (
    call_context,
    declared_shapes,
    later_calls,
    train_step,
    variables,
)
from lstmcount.programs.libraries.keras.session.session import Session, fixed_policy, session_of
from lstmcount.programs.libraries.keras.values.contents import is_all_built, unused_layers
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.objects import Custom
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    map_tensors,
    tensors_in,
)
from lstmcount.programs.libraries.keras.values.trainable import OwnWeight, is_trainable
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.shapes import Unknown

_MOST_POSITIONAL = 3  # arguments of `add_weight` in Keras 3: shape, initializer, dtype
_OF_KERAS_2 = ("trainable_weights", "non_trainable_weights")  # where they decide what counts

# -- creation -----------------------------------------------------------------------------------


def new_instance(run: Run, cls: Class, base: LayerClass, node: ast.AST) -> Custom:
    """A new object of a program's class that derives from a Keras class."""
    session = session_of(run)
    session.effect(node)
    session.layers_made += 1
    instance = Custom(cls, base, CodePlace(run.program, node), session.serial)
    instance.dtype_policy = fixed_policy(session)
    instance.is_of_keras_2 = session.is_keras_2
    instance.is_imported = run.own_modules.chain > 0
    instance.attempt = run.attempt
    if not instance.is_layer:
        session.models.append(instance)
    instance.models_before = len(session.models)
    for name in ("weights", *(_OF_KERAS_2 if session.is_keras_2 else ())):
        if isinstance(method := cls.find(name), Function):
            text = f"{cls.name} defines `{name}`, which is not followed"
            session.note(run.place(method.node), text, "Keras counts the weights that it returns")
    return instance


def init_base(
    run: Run, layer: Custom, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> None:
    """`super().__init__(…)`, if the base class is a Keras class."""
    session = session_of(run)
    name = kwargs.get("name")
    layer.unknown_name = name if isinstance(name, Unknown) else None
    if layer.name is None:
        layer.name = name if isinstance(name, str) else session.auto(layer.class_name)
    layer.trainable = layer.trainable and is_trainable(run, kwargs.get("trainable"), node)
    layer.dtype_policy = variables.weight_dtype(run, kwargs, layer.dtype_policy, node)
    derived.initialize(run, layer, args, kwargs, node)
    if layer.base.class_name == "Model":
        passed = arguments_by_name(("inputs", "outputs"), args, kwargs)
        outputs = passed.get("outputs", passed.get("output"))
        if tensors_in(outputs):
            layer.inputs, layer.tensors_out = passed.get("inputs", passed.get("input")), outputs
            layer.is_traced = layer.is_graph = True
        elif not ({"inputs", "outputs"} <= passed.keys()):
            derived.require_known(run, layer, args, kwargs, node)
    elif layer.base.class_name == "Sequential":
        for inner in args[0] if args and isinstance(args[0], list | tuple) else ():
            models.add(session, layer, inner, node)


def add_weight(
    run: Run, layer: Custom, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    """`self.add_weight(shape=…, trainable=…)`, or with the name first, as in Keras 2."""
    _require_arguments(run, args, kwargs, node)
    is_named = bool(args) and isinstance(args[0], str)
    names = ("name", "shape", "dtype") if is_named else ("shape", "initializer", "dtype")
    run.effects += 1
    passed = arguments_by_name(names, args, kwargs)
    shape = passed.get("shape", ())
    if isinstance(shape, int):
        shape = (shape,)
    if isinstance(shape, Unknown):
        shape = (shape,)
    if not isinstance(shape, list | tuple):
        shape = (None,)
    name, words = passed.get("name"), f"the shape of {run.source_of(node)}"
    weight = OwnWeight(
        name if isinstance(name, str) else "variable",
        Array(tuple([dim if isinstance(dim, int | Unknown) else Unknown(words) for dim in shape])),
        is_trainable(run, passed.get("trainable"), node),
        variables.weight_dtype(run, passed, layer.dtype_policy, node),
    )
    layer.own_weights.append(weight)
    return weight


def _require_arguments(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> None:
    """Refuse arguments that `add_weight` does not take in Keras 3."""
    session = session_of(run)
    if session.is_older_keras:
        return
    if args and isinstance(args[0], str):
        run.fail(ValueError())
        text = "add_weight gets a name by position, and not as `name=`"
        session.refused(run.place(node), text, ", followed as in Keras 2")
    elif len(args) > _MOST_POSITIONAL:
        run.fail(TypeError())
        text = f"add_weight takes {_MOST_POSITIONAL} positional arguments"
        session.refused(run.place(node), f"{text}, and this passes {len(args)}")
    if isinstance(kwargs.get("shape", args[0] if args else ()), int):
        run.fail(ValueError())
        session.refused(run.place(node), "the shape of a weight is a tuple, and this is a number")


# -- calls --------------------------------------------------------------------------------------


def trace(session: Session, layer: Custom, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Follow `build` and `call` once, on inputs of these shapes."""
    layer.is_traced = True
    node = layer.place.node
    unfollowed = session.run.unfollowed
    is_symbolic, is_masked = session.is_symbolic, later_calls.passes_masks(session, args, kwargs)
    with session.tracing():
        inner_args, inner_kwargs, inputs = _on_fresh_inputs(
            session, layer, args, kwargs, is_symbolic
        )
        shapes = derived.shapes_of_call(layer, inner_args, inner_kwargs)
        implied = masks.implied(session, layer, args, kwargs)
        _build(session, layer, shapes, node)
        layer.first_arguments = args, kwargs
        later_calls.remember(session, layer, args, kwargs, implied, is_masked=is_masked)
        if is_symbolic and session.runs_no_model and layer.cls.find("compute_output_shape"):
            _build_wrapped(session, layer, inner_args, {**inner_kwargs, **implied})
        declared = partial(
            declared_shapes.declared_output,
            session, layer, shapes, inner_args, {**inner_kwargs, **implied},
        )  # fmt: skip
        named = None
        if is_symbolic and declared_shapes.layers_without_weights(session, layer):
            session.postponed.append((layer, args, kwargs))
            output = session.stand_in(layer.class_name, inputs, declared(), node)
        else:
            output = _called(session, layer, inner_args, inner_kwargs, implied)
            if is_named_tuple(output):
                named, output = output, inner_of(output)
            is_own = isinstance(layer.cls.find("call"), Function)
            if is_symbolic and is_own and layer.state_sizes is None and tensors_in(output):
                shape = declared()
                if shape is None and any(part.shape is None for part in tensors_in(output)):
                    shape = declared_shapes.declared_in_keras_1(session, layer, shapes)
                output = declared_shapes.with_declared_shapes(session, layer, shape, output, inputs)
        if isinstance(output, Array):
            output = session.constants(output, node)
        layer.inputs = inputs[0] if len(inputs) == 1 else inputs
        if train_step.of(layer) is not None:
            read = [*inputs, *train_step.results_inside(session, layer)]
            output = session.stand_in(layer.class_name, read, None, node)
        layer.is_followed = bool(tensors_in(output)) and session.run.unfollowed == unfollowed
        if not tensors_in(output):
            session.lose_shape(layer, output)
            shape = declared() or declared_shapes.declared_in_keras_1(session, layer, shapes)
            output = session.unknown_result(layer.class_name, inputs, node, shape)
        is_declared = is_symbolic and layer.declared_structure is not None
        layer.returned = layer.declared_structure if is_declared else named or output
        layer.tensors_out = list(output) if isinstance(output, tuple) else output


def _on_fresh_inputs(
    session: Session, layer: Custom, args: list[Any], kwargs: dict[str, Any], is_symbolic: bool
) -> tuple[list[Any], dict[str, Any], list[SymbolicTensor]]:
    """The arguments of a call with a new input in the place of each tensor, and these inputs."""
    node = layer.place.node
    fresh: dict[int, SymbolicTensor] = {}

    def stand_in(tensor: SymbolicTensor) -> SymbolicTensor:
        if id(tensor) not in fresh:
            # Where it only asks for shapes, Keras makes new tensors, too, which lose their masks.
            fresh[id(tensor)] = session.fresh_input(tensor, node, keeps_mask=not is_symbolic)
        return fresh[id(tensor)]

    inner_args, inner_kwargs = map_tensors(args, stand_in), map_tensors(kwargs, stand_in)
    return inner_args, inner_kwargs, [fresh[id(tensor)] for tensor in tensors_in([args, kwargs])]


def _build(session: Session, layer: Custom, shapes: dict[str, Any], node: ast.AST) -> None:
    """Follow the class's `build`, unless the program has called it, or that of Keras's class."""
    build = layer.cls.find("build")
    if not isinstance(build, Function):
        derived.build(session.run, layer, shapes, node)
        derived.require_accepted(session, layer)
    elif not layer.is_built:
        derived.call_with_shapes(session.run, layer, build, shapes, node)
    layer.is_built = True


def _called(
    session: Session,
    layer: Custom,
    args: list[Any],
    kwargs: dict[str, Any],
    implied: dict[str, Any],
) -> Any:
    """The result of the class's `call` or of that of Keras's class; None if there is neither.

    `implied` are the masks that Keras adds to the arguments.
    """
    run, node, method = session.run, layer.place.node, layer.cls.find("call")
    if isinstance(method, Function):
        before, has_build = state(layer), bool(layer.cls.find("build"))
        is_run_to_build = not has_build and bool(unused_layers(layer.tracked()))
        plain = later_calls.plain_attributes(layer)
        passed = {**call_context.with_training(session, layer, kwargs), **implied}
        inherits = (session.training is not None or bool(implied)) and not session.is_keras_2
        if inherits and is_run_to_build:  # Keras 3 builds with what the call itself passes
            with call_context.left(session):
                output = run.call(method, [layer, *args], kwargs, node)
            is_other = implied or call_context.changes_training(session, layer, kwargs)
            if is_other or not is_all_built(layer):
                output = run.call(method, [layer, *args], passed, node)
        else:
            output = run.call(method, [layer, *args], passed, node)
        is_changed = state(layer) != before or later_calls.plain_attributes(layer) != plain
        if is_changed and is_run_to_build:
            before = state(layer)
            output = run.call(method, [layer, *args], passed, node)
        if state(layer) != before and not layer.is_unlocked:
            text = f"the `call` of {layer.class_name} makes layers or weights of it"
            if session.runs_no_model and has_build:
                raise run.error(method.node, f"{text}, which Keras 3 refuses")
            _refuse_or_note(session, layer, run.place(method.node), text, has_build)
        run.weigh(node, output)
        return output
    if (step := train_step.of(layer)) is not None and args:
        run.call(step, [layer, train_step.batch(layer, args[0])], {}, node)
    kwargs = {**kwargs, **implied}
    return None if layer.core is None else derived.call(run, layer, args, kwargs, node)


def _refuse_or_note(
    session: Session, layer: Custom, place: CodePlace, text: str, has_build: bool
) -> None:
    """Say that Keras 3 does not make what `call` makes: it refuses to, or does not run `call`."""
    if has_build or not layer.cls.find("compute_output_shape"):
        session.refused(place, text, ", counted as in Keras 2")
        return
    why = "Keras 3 does not run it, because the class declares its output shape"
    if session.is_keras_3():
        raise LstmcountError(f"{text}; {why}").at(place)
    session.note(place, f"{text}, counted as in Keras 2", why)


def state(layer: Custom) -> tuple[list[int], int]:
    """What Keras tracks of a layer: its layers, and the number of its own weights."""
    return [inner.serial for inner in layer.tracked()], len(layer.own_weights)


def _build_wrapped(
    session: Session, layer: Custom, args: list[Any], kwargs: dict[str, Any]
) -> None:
    """Build the layer inside a wrapper that declares its output shape, without running it."""
    inner = layer.attributes.get("layer") if layer.base.class_name == "Wrapper" else None
    if isinstance(inner, Custom) and not inner.is_traced and not inner.is_sequential:
        inner.is_only_built = True
        with session.tracing(is_symbolic=True):
            trace(session, inner, args, kwargs)


def run_models(session: Session) -> None:
    """Follow the postponed calls, now that the program runs a model on data."""
    session.runs_no_model = False
    postponed, session.postponed = session.postponed, []
    for layer, args, kwargs in postponed:
        note = declared_shapes.no_weights_note(layer, unused_layers(layer.tracked()))
        session.notes = [each for each in session.notes if each != note]
        layer.is_built = True
        with session.tracing(is_symbolic=True):
            trace(session, layer, args, kwargs)
