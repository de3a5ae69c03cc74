"""Runs of a model by `fit` and its like: what their steps call is built, besides `call`.

`fit` trains with `train_step`; with validation data it then calls `test_step`, as `evaluate` does.
Those of Keras call the model, and then `compute_loss`. A class may define each of the three.
With other backends than TensorFlow, Keras first calls the model and `compute_loss` to build them.
"""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run, Stop
from lstmcount.programs.language.structures import replaced
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.keras.data.pipelines import Dataset
from lstmcount.programs.libraries.keras.models.derived import parameters
from lstmcount.programs.libraries.keras.own_classes import (
    call_context,
    inherited_masks,
    inherited_training,
    later_calls,
    train_step,
)
from lstmcount.programs.libraries.keras.own_classes.first_call import first_batch, gets_training
from lstmcount.programs.libraries.keras.session.keras_version import is_other_backend
from lstmcount.programs.libraries.keras.session.session import Session, session_of
from lstmcount.programs.libraries.keras.values.contents import is_all_built
from lstmcount.programs.libraries.keras.values.objects import Custom, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import map_tensors, tensors_in
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.shapes import UNKNOWN, Unknown

_TRAINING = ("fit", "train_on_batch", "fit_generator")
_TESTING = ("evaluate", "test_on_batch", "evaluate_generator")
_PREDICTING = ("predict", "predict_on_batch", "predict_generator")
METHODS = (*_TRAINING, *_TESTING, *_PREDICTING)
_STEPS = {"build": "", "train": "train_step", "test": "test_step", "predict": "predict_step"}
_NOT_COUNTED = "layers that only the rest of it calls are not counted"
_BY_CALL = "what `call` uses is counted, and not what only the rest of it uses"


def remember(
    session: Session,
    model: ModelObject,
    name: str,
    args: list[Any],
    kwargs: dict[str, Any],
    batch_size: Any,
) -> None:
    """Remember the first run of each kind, with a batch of its data if that is known."""
    passed = arguments_by_name(("x", "y"), args, kwargs)
    batch = _batch(passed.get("x"), passed.get("y"), batch_size)
    kind = "train" if name in _TRAINING else "test" if name in _TESTING else "predict"
    if kind != "predict" and is_other_backend(session.run.program.text):
        model.runs.setdefault("build", batch)
    model.runs.setdefault(kind, batch)
    validation = kwargs.get("validation_data")
    if kind == "train" and (validation is not None or kwargs.get("validation_split")):
        pair = [*validation, None] if isinstance(validation, list | tuple) else [validation, None]
        held_out = _batch(pair[0], pair[1], batch_size)
        model.runs.setdefault("test", batch if held_out is None else held_out)


def _batch(x: Any, y: Any, batch_size: Any) -> Any:
    """What a step gets of this data: inputs, or a tuple with labels; None if not known."""
    if isinstance(x, Dataset):
        return x.batch
    inputs = first_batch(x, batch_size)
    if y is None or inputs is None:
        return inputs
    labels = first_batch(y, batch_size)
    return (inputs, Unknown("the labels") if labels is None else labels)


def own_step(model: ModelObject, kind: str) -> Function | None:
    """The step that a class defines whose models have a `call` or a graph, unless it is for JAX.

    That one gets the weights, and calls the model without building it.
    """
    if not isinstance(model, Custom) or model.is_layer:
        return None
    step = model.cls.find(_STEPS[kind]) if model.is_graph or model.cls.find("call") else None
    return step if isinstance(step, Function) and len(parameters(step)) == 1 else None


def follow_first_step(session: Session, model: Custom) -> str | None:
    """Follow the step with which the program first runs a model, if its class defines it.

    Keras then does not call the model, unless the step does. Return the kind of a step that was
    followed.
    """
    kind = next(iter(model.runs), None)
    step = own_step(model, kind) if kind is not None else None
    if kind is None or step is None or model.is_traced or model.first_call is None:
        return None
    if is_all_built(model):
        return None
    is_complete, inputs = _follow_step(session, model, kind, step)
    if is_complete and not model.is_traced:
        _take_as_traced(session, model, inputs)
    elif not is_complete and not is_all_built(model):
        _note(session, model, step, _BY_CALL)
    return kind


def follow_runs(session: Session, model: ModelObject, followed: str | None) -> None:
    """Follow a model again for each run, of a kind not `followed`, that may build other layers.

    Keras trains with `training=True`, so that a layer which only this uses gets its weights.
    """
    for kind in model.runs:
        if kind == followed or is_all_built(model):
            continue
        step = own_step(model, kind)
        if step is not None and isinstance(model, Custom):
            is_complete, _ = _follow_step(session, model, kind, step)
            if not is_complete and not is_all_built(model):
                _note(session, model, step)
        else:
            _follow_call(session, model, is_trained=kind == "train")
            if isinstance(model, Custom) and kind != "predict":
                _follow_loss(session, model, kind)


def _follow_call(session: Session, model: ModelObject, *, is_trained: bool) -> None:
    """Follow the call in the step of Keras."""
    passed = {"training": is_trained}
    try:
        if not isinstance(model, Custom) or model.is_sequential or model.is_graph:
            with call_context.entered(session, model, passed):
                inherited_training.follow(session, model)
                if not model.is_sequential:
                    inherited_masks.run(session, model, tensors_in(model.inputs))
        elif model.is_traced and model.first_arguments is not None:
            args, kwargs = model.first_arguments
            context = {**kwargs, **passed} if gets_training(session, model) else kwargs
            kwargs = context if call_context.takes_training(model) else kwargs
            with call_context.entered(session, model, context):
                later_calls.follow(session, model, args, kwargs, goes_on=False)
    except Stop as stop:
        text = f"the model {model.name} raises {stop.name} when it is fitted"
        session.note(model.place, text, "layers that it then builds are not counted")


# -- what the program's class defines -------------------------------------------------------------


def keras_step(model: Custom, name: str) -> Native:
    """`super().train_step(data)`: the step of Keras calls the model, and `compute_loss`."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        session, data = session_of(run), [*args, *kwargs.values()][0]
        x, y = _parts(data)
        training = {"training": name == "train_step"}
        passed = training if gets_training(session, model) else {}
        output = model.call(run, [x], passed, node)
        if (loss := _own_loss(model)) is not None:
            run.call(loss, [model], _of_loss(loss, x, y, output, name == "train_step"), node)
        return run.unknown(run.source_of(node))

    return Native(name, function, raw=True)


def _parts(data: Any) -> tuple[Any, Any]:
    """The inputs and labels in what a step gets."""
    if isinstance(data, list | tuple):
        return (data[0] if data else None), (data[1] if len(data) > 1 else None)
    return data, None


def _own_loss(model: Custom) -> Function | None:
    """The `compute_loss` that the class of a model defines."""
    method = None if model.is_layer else model.cls.find("compute_loss")
    return method if isinstance(method, Function) else None


def _of_loss(loss: Function, x: Any, y: Any, output: Any, is_trained: bool) -> dict[str, Any]:
    passed = {"x": x, "y": y, "y_pred": output, "sample_weight": None, "training": is_trained}
    return {key: passed[key] for key in passed if key in parameters(loss) or key != "training"}


def _follow_loss(session: Session, model: Custom, kind: str) -> None:
    """Follow `compute_loss` after a call of the model in the step of Keras."""
    loss = _own_loss(model)
    if loss is None or not model.is_traced or is_all_built(model):
        return
    x, y = _parts(_tensors_of(session, model, _batch_of(model, kind)))
    with session.tracing():
        output = map_tensors(
            model.tensors_out, lambda tensor: session.fresh_input(tensor, model.place.node)
        )
    passed = _of_loss(loss, x, y, output, kind == "train")
    if not _is_followed(session, model, loss, [], passed) and not is_all_built(model):
        _note(session, model, loss)


def _follow_step(
    session: Session, model: Custom, kind: str, step: Function
) -> tuple[bool, list[Any]]:
    """Follow a step on a batch. Return whether all of it was followed, and the inputs."""
    data = _tensors_of(session, model, _batch_of(model, kind))
    is_complete = _is_followed(session, model, step, [data], {})
    return is_complete, [_parts(data)[0]]


def _batch_of(model: Custom, kind: str) -> Any:
    """A batch of the data of a run; inputs of the first call, if the data is not known."""
    if model.runs[kind] is not None or model.first_call is None:
        return model.runs[kind]
    args, kwargs = model.first_call
    return train_step.batch(model, (args or [*kwargs.values()])[0])


def _tensors_of(session: Session, model: Custom, batch: Any) -> Any:
    """A batch with a tensor in the place of each array: inputs first, and labels after them."""
    node = model.place.node

    def an_input(array: Array) -> Any:
        return session.fresh_input(_shape(array), node)

    def a_label(array: Array) -> Any:
        return session.stand_in("Constant", [], _shape(array), node)

    with session.tracing():
        if not isinstance(batch, tuple):
            return replaced(batch, Array, an_input, keeps_tuples=True)
        inputs = replaced(batch[:1], Array, an_input, keeps_tuples=True)
        return (*inputs, *replaced(batch[1:], Array, a_label, keeps_tuples=True))


def _shape(array: Array) -> tuple[Any, ...]:
    return tuple([UNKNOWN if dim is None else dim for dim in array.shape])


def _is_followed(
    session: Session, model: Custom, method: Function, args: list[Any], kwargs: dict[str, Any]
) -> bool:
    """Follow a method that Keras calls outside of the model's call; whether all was followed."""
    run, before, step_depth = session.run, len(model.calls), session.step_depth
    unfollowed = run.unfollowed
    with session.tracing(), call_context.left(session):
        session.step_depth = session.depth
        try:
            run.call(method, [model, *args], kwargs, model.place.node)
        except Stop:
            return False
        finally:
            session.step_depth = step_depth
            del model.calls[before:], model.outputs[before:]
            model.built = None
    return run.unfollowed == unfollowed


def _take_as_traced(session: Session, model: Custom, inputs: list[Any]) -> None:
    """Take a model as followed whose step calls its layers, but not the model."""
    model.is_traced = model.is_followed = True
    model.first_arguments = inputs, {}
    tensors = tensors_in(inputs)
    model.inputs = tensors[0] if len(tensors) == 1 else tensors
    with session.tracing():
        read = [*tensors, *train_step.results_inside(session, model)]
        model.tensors_out = session.stand_in(model.class_name, read, None, model.place.node)


def _note(session: Session, model: Custom, method: Function, effect: str = _NOT_COUNTED) -> None:
    text = f"not all of the `{method.name}` of {model.class_name} is followed"
    session.note(session.run.place(method.node), text, effect)
