"""Methods of models: adding and finding layers, building, counting, training, saving."""

from __future__ import annotations

import ast
import math
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.layers.making.unknown_arguments import has_unknown
from lstmcount.optimizers import SLOTS, parse, unknown_optimizer
from lstmcount.programs.language.objects.own_classes import Instance
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import first_unknown, unknown_words
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.unknown_elements import one_of
from lstmcount.programs.libraries.keras.calling import remember_build_shape, shape_for
from lstmcount.programs.libraries.keras.copies import saving
from lstmcount.programs.libraries.keras.models import graphs, models
from lstmcount.programs.libraries.keras.own_classes import first_call, fit_callbacks, fitting
from lstmcount.programs.libraries.keras.session import construct, keras_version
from lstmcount.programs.libraries.keras.session.export import model_config
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import all_inside, inner_layers
from lstmcount.programs.libraries.keras.values.layer_classes import KerasObject
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.own_objects import OwnObject
from lstmcount.programs.libraries.keras.values.tensors import shown_shape
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.readers.keras.shared_layers import settle
from lstmcount.shapes import UNKNOWN, Unknown, show

_FITTING = ("fit", "predict", "evaluate", "train_on_batch", "test_on_batch", "predict_on_batch")
_IGNORED = (
    "compile", "summary", "load_weights", "save", "save_weights", "set_weights", "get_weights",
    "fit_generator", "reset_states", "reset_state", "export", "predict_classes",
    "predict_generator", "evaluate_generator", "to_json", "to_yaml", "adapt", "predict_proba",
    "make_predict_function", "_make_predict_function", "add_loss", "add_metric", "__init__",
)  # fmt: skip
_DEFAULT_BATCH = 32
# Arguments of optimizers on which their variables depend.
_DECIDING = {"amsgrad", "momentum", "centered", "use_ema", "gradient_accumulation_steps",
             "exclude_embeddings", "exclude_layers"}  # fmt: skip


def method(model: ModelObject, name: str) -> Any:
    """The method of that name, bound to a model; MISSING if models have no such method."""
    unbound = _METHODS.get(name)
    if unbound is None:
        return MISSING

    def bound(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        return unbound(run, model, args, kwargs, node)

    return Native(name, bound, raw=True)


def _add(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> None:
    model.require_unchanged()
    models.add(session_of(run), model, args[0] if args else kwargs.get("layer"), node)


def _pop(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> Any:
    run.effects += 1
    if model.layers:
        models.build_where_held(session_of(run), model.layers[-1], node)
    models.forget_shapes(model)
    return model.layers.pop() if model.layers else None


def _get_layer(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("name", "index"), args, kwargs)
    layers = inner_layers(model)
    if isinstance(passed.get("index"), int):
        return layers[passed["index"]]
    name = passed.get("name")
    unnamed = [layer for layer in layers if layer.unknown_name is not None]
    same = [layer for layer in unnamed if isinstance(name, Unknown) and _is_named(layer, name)]
    if len(same) == 1:
        return same[0]
    if (key := first_unknown([*passed.values()])) is not None:
        named = [(f"{model.name}.get_layer({layer.name!r})", layer) for layer in layers]
        return one_of(run.unknown(run.source_of(node)), key, lambda: iter(named))
    if isinstance(name, int):
        return layers[name]
    for layer in layers:
        if layer.name == name:
            return layer
    if len(unnamed) == 1:  # it has this name, or Keras raises a ValueError
        return unnamed[0]
    run.fail(ValueError())
    return _by_old_name(run, model, layers, name, node)


def _is_named(layer: LayerObject, name: Unknown) -> bool:
    """Whether a layer has the name with these words, which give the same at any time."""
    given = layer.unknown_name
    return given is not None and given.text == name.text and "(" not in (name.text or "(")


def _by_old_name(
    run: Run, model: ModelObject, layers: list[LayerObject], name: Any, node: ast.AST
) -> Any:
    """The layer of ResNet50 that had this name; an unknown if there is none."""
    from lstmcount.programs.libraries.keras.architectures import old_names  # few programs need it

    today = old_names.of_resnet50(name) if isinstance(name, str) else None
    lacks = f"{model.name} has no layer {name!r}"
    for layer in layers if today is not None else ():
        if layer.name == today:
            session_of(run).refused(run.place(node), lacks, f", taken as {today!r}")
            return layer
    run.failed_imports.note(run.source_of(node), node, lacks)
    return run.unknown(run.source_of(node))


def _build(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> None:
    shape = args[0] if args else kwargs.get("input_shape")
    if isinstance(model, Custom) and not model.is_sequential:
        model.built_at, model.build_shape = run.place(node), shape
        if not session_of(run).runs_no_model:
            first_call.remember(model, [first_call.arrays_of_shapes(shape)], {})
    elif isinstance(shape, list | tuple):
        new = construct.dimensions(shape)
        _require_same_shape(run, model, new, node)
        models.name_inside(session_of(run), model)
        model.build_shape = new


def _require_same_shape(run: Run, model: ModelObject, new: Any, node: ast.AST) -> None:
    session, known = session_of(run), model.build_shape
    if model.layers and model.layers[0].class_name == "InputLayer":
        known = shown_shape(session.input_tensor(model.layers[0]).shape)
    if isinstance(known, tuple) and known != new and not has_unknown([*known, *new]):
        run.fail(ValueError())
        problem = f"{model.name} takes {show(known)}, and `build` gives it {show(new)}"
        session.refused(run.place(node), problem)


def _count(run: Run, model: ModelObject, args: Any, kwargs: Any, node: ast.AST) -> Any:
    try:
        config = model_config(model)
        settle(config)
        return infer(config).total_params
    except LstmcountError:
        return run.unknown(run.source_of(node))


_METHODS: dict[str, Any] = {
    "add": _add,
    "pop": _pop,
    "get_layer": _get_layer,
    "build": _build,
    "count_params": _count,
    "add_input": graphs.add_input,
    "add_node": graphs.add_node,
    "add_shared_node": graphs.add_shared_node,
    "add_output": graphs.add_output,
}


# -- training and saving --------------------------------------------------------------------------


def of_training(layer: LayerObject, name: str) -> Any:
    """The method `fit`, `save` or one like these; MISSING for others.

    It does nothing, but its data may tell input shapes.
    """
    if name not in _FITTING and name not in _IGNORED:
        return MISSING

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        if name == "compile" and isinstance(layer, ModelObject):
            layer.attributes.pop("optimizer", None)
            layer.training = _training(run, layer, args, kwargs, node)
        if name in fitting.METHODS and isinstance(layer, ModelObject):
            batch_size = _batch_size(name, args, kwargs)
            fitting.remember(session_of(run), layer, name, args, kwargs, batch_size)
            fit_callbacks.note_changes(run, kwargs.get("callbacks"), node)
            if name.startswith("fit"):
                saving.remember_checkpoints(run, layer, kwargs.get("callbacks"))
            if name in _FITTING:
                data = args[0] if args else kwargs.get("x")
                if name == "fit" and _has_smaller_batch(data, batch_size, kwargs):
                    is_graph = not keras_version.is_other_backend(run.program.text)
                    batch_size = UNKNOWN if is_graph else batch_size
                remember_build_shape(layer, data, batch_size)
        if name == "save" and isinstance(layer, ModelObject):
            saving.remember(run, layer, args[0] if args else kwargs.get("filepath"))
        if name in ("compile", "summary", "save", "load_weights", "set_weights"):
            return None
        if name.startswith("predict") and (predicted := _predicted(run, layer, args, kwargs)):
            return predicted
        if name == "to_json" and isinstance(layer, ModelObject):
            from lstmcount.programs.libraries.keras.copies import json_texts

            return json_texts.of_model(run, layer, node)
        return run.unknown(run.source_of(node))

    return Native(name, function, raw=True)


def _predicted(
    run: Run, model: LayerObject, args: list[Any], kwargs: dict[str, Any]
) -> Array | None:
    """What a model of Keras's own layers returns for an array; None if its shape is not known.

    Keras compiles the first prediction, and goes on with that after the layers have changed.
    """
    data = args[0] if args else kwargs.get("x")
    if not isinstance(model, ModelObject) or isinstance(model, Custom):
        return None
    if model.predicts and not isinstance(data, Array):
        return None
    serials = [each.serial for each in all_inside(model)]
    model.predicts = model.predicts or serials
    if model.predicts != serials or not isinstance(data, Array):
        return None
    shape = shape_for(run, model, data.shape)
    return Array(shown_shape(shape)) if isinstance(shape, tuple) else None


def _training(
    run: Run, model: ModelObject, args: list[Any], kwargs: Any, node: ast.AST
) -> dict[str, Any]:
    """The optimizer in the form of a file's compile config."""
    optimizer = _described(
        args[0] if args else kwargs.get("optimizer", "rmsprop"), run.source_of(node)
    )
    is_scaled = kwargs.get("auto_scale_loss", True) is True and parse(optimizer)[0] in SLOTS
    if model.dtype_policy == "mixed_float16" and is_scaled:  # Keras scales the loss by itself
        config = {"inner_optimizer": optimizer}
        return {"optimizer": {"class_name": "LossScaleOptimizer", "config": config}}
    return {"optimizer": optimizer}


def held_optimizer(model: ModelObject) -> Any:
    """The optimizer that a program sets as an attribute, as in a file's compile config; else None.

    With others than `self.optimizer` a class trains by itself, which is not followed.
    """
    held = {name: value for name, value in model.attributes.items() if _is_optimizer(value)}
    others = [name for name in held if name != "optimizer"]
    if others and isinstance(model, Custom) and isinstance(model.cls.find("train_step"), Function):
        return unknown_optimizer(f"self.{others[0]}")
    return _described(held["optimizer"], "model.optimizer") if "optimizer" in held else None


def _is_optimizer(value: Any) -> bool:
    made = value.of_base if isinstance(value, OwnObject) else value
    return isinstance(made, KerasObject) and made.kind == "optimizers"


def _described(optimizer: Any, words: str) -> Any:
    """The optimizer in the form of a file's compile config; an unknown one in these words."""
    if isinstance(optimizer, Instance):
        optimizer = optimizer.as_base(_DECIDING) if isinstance(optimizer, OwnObject) else None
    plain = construct.as_argument(optimizer)
    unclear = _unclear(plain)
    return plain if unclear is None else unknown_optimizer(unclear or words)


def _unclear(optimizer: Any) -> str | None:
    """The words on which an optimizer's variables depend, "" for others; None if all is known."""
    if isinstance(optimizer, Unknown):
        return optimizer.text or ""
    name, arguments = parse(optimizer)
    if name == "LossScaleOptimizer":
        inner = arguments.get("inner_optimizer")
        return "" if isinstance(inner, str) else _unclear(inner)  # Keras wraps no name
    if name not in SLOTS or any(key.isdigit() for key in arguments):
        return ""  # the meaning of a later positional argument depends on the version
    deciding = [unknown_words(arguments[key]) for key in sorted(_DECIDING & arguments.keys())]
    return next((words[0] for words in deciding if words), None)


def _has_smaller_batch(data: Any, batch_size: Any, kwargs: dict[str, Any]) -> bool:
    """Whether the last batch of arrays for training is smaller than the others.

    TensorFlow then compiles the training for batches of any size.
    """
    if isinstance(data, list | tuple | dict):
        parts = data.values() if isinstance(data, dict) else data
        return any(_has_smaller_batch(part, batch_size, kwargs) for part in parts)
    samples = data.shape[0] if isinstance(data, Array) and data.shape else None
    split = kwargs.get("validation_split") or 0
    if type(samples) is not int or type(batch_size) is not int or type(split) not in (int, float):
        return False
    return batch_size > 0 and math.floor(samples * (1 - split)) % batch_size != 0


def _batch_size(name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """The number of samples in a batch; None if all data is one batch."""
    if name.endswith("_on_batch"):
        return None
    position = 1 if name == "predict" else 2
    batch_size = args[position] if len(args) > position else kwargs.get("batch_size")
    return _DEFAULT_BATCH if batch_size is None else batch_size
