"""Which of a program's models is meant, and what of it is unknown."""

from __future__ import annotations

import ast
from typing import Any

import msgspec

from lstmcount.config import LayerConfig, ModelConfig
from lstmcount.dimensions import Unknown
from lstmcount.errors import Location, LstmcountError, did_you_mean
from lstmcount.readers.python import calls
from lstmcount.readers.python.interpreter import Interpreter
from lstmcount.readers.python.keras import following
from lstmcount.readers.python.keras.export import model_config
from lstmcount.readers.python.keras.objects import LayerObject, ModelObject
from lstmcount.readers.python.places import CodePlace, place_of
from lstmcount.readers.python.source import Program, parse
from lstmcount.readers.python.values import Class, Function, Instance, Method
from lstmcount.readers.python.words import Settings, normal, to_set


class FoundModel(msgspec.Struct, frozen=True):
    """A model that a program makes: what `--list` shows."""

    name: str
    class_name: str
    layers: int
    place: Location


def read_python(
    data: bytes,
    *,
    name: str = "model",
    model: str | None = None,
    settings: dict[str, Any] | None = None,
) -> ModelConfig:
    """The model that a program builds, found by following it without running it.

    `model` chooses one (a variable, `variable@line`, a function, a call); `settings` gives values
    for what depends on data; those that were used are taken out of it. Raises `LstmcountError`
    whose path starts with a `CodePlace`.
    """
    run = _run(data, name, Settings(settings))
    config = _config(run, _choose(run, model))
    for key in list(settings or ()):
        if settings and normal(key) in run.settings.used:
            del settings[key]
    return config


def list_models(
    data: bytes, *, name: str = "model", settings: dict[str, Any] | None = None
) -> list[FoundModel]:
    """The models that a program makes, in the order in which it makes them."""
    run = _run(data, name, Settings(settings))
    if not candidates(run):
        _try_functions(run)
    return [_found(run, bound, found, line) for bound, found, line in candidates(run)]


def _run(data: bytes, name: str, settings: Settings) -> Interpreter:
    run = Interpreter(parse(data, name), settings)
    run.run()
    return run


def candidates(run: Interpreter) -> list[tuple[str, ModelObject, int]]:
    """The complete models by their last name, and those that never got one."""
    names: dict[int, tuple[str, ModelObject, int]] = {}
    for name, model, line in run.bindings:
        if model.is_complete:
            names[model.serial] = (name, model, line)
    for model in run.world.keras.models:
        if model.is_complete and model.serial not in names:
            line = getattr(model.place.node, "lineno", 0)
            names[model.serial] = (model.name or "", model, line)
    return [names[serial] for serial in sorted(names)]


def _found(run: Interpreter, name: str, model: ModelObject, line: int) -> FoundModel:
    place = place_of(run.program, line)
    return FoundModel(name, model.class_name, len(_layers(model)), place)


def _layers(model: ModelObject) -> list[Any]:
    from lstmcount.readers.python.keras.models import inner_layers

    return inner_layers(model)


# -- choosing -----------------------------------------------------------------------------------


def _choose(run: Interpreter, wanted: str | None) -> ModelObject:
    if wanted is not None:
        return _named(run, wanted)
    found = candidates(run)
    if not found:
        _try_functions(run)
        found = candidates(run)
    if not found:
        if run.ended is not None:
            raise run.ended
        raise LstmcountError("the program makes no Keras model that could be followed")
    chosen = found[-1]
    if len(found) > 1:
        others = ", ".join(f"{name} (line {_line(run, line)})" for name, _, line in found[:-1][-6:])
        run.program.notes.append(
            f"this is {chosen[0]}, the last of {len(found)} models; choose another with --model: "
            f"{others}"
        )
    return chosen[1]


def _line(run: Interpreter, line: int) -> str:
    cell, line = run.program.place(line)
    return str(line) if cell is None else f"{line} of cell {cell}"


def _named(run: Interpreter, wanted: str) -> ModelObject:
    text, _, line = wanted.rpartition("@")
    if text and line.isdigit():
        bound: list[ModelObject] = [
            m for name, m, at in run.bindings if name == text and at <= int(line)
        ]
        if not bound:
            raise LstmcountError(f"{text!r} is bound to no model at line {line}")
        return bound[-1]
    by_name: dict[str, ModelObject] = {name: model for name, model, _ in run.bindings}
    if wanted in by_name:
        return by_name[wanted]
    try:
        expression = ast.parse(wanted, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise LstmcountError(f"expected the name of a model or a call, got {wanted!r}") from None
    value = run.evaluate(expression, run.module)
    model = _as_model(run, value, expression)
    if model is None:
        names = [name for name, _, _ in candidates(run)]
        known = [*names, *[k for k, v in run.module.names.items() if isinstance(v, Function)]]
        hint = did_you_mean(wanted, known) or (f" There are: {', '.join(names)}." if names else "")
        raise LstmcountError(f"the program has no model {wanted!r}.{hint}")
    return model


def _as_model(run: Interpreter, value: Any, node: ast.AST) -> ModelObject | None:
    """The model that a value is, returns, or holds."""
    if isinstance(value, ModelObject):
        return value
    if isinstance(value, Function | Method):
        function = value.function if isinstance(value, Method) else value
        receiver = [value.receiver] if isinstance(value, Method) else []
        if isinstance(function, Function):
            result = calls.call_function(run, function, receiver, {}, node, fill=True)
            return _as_model(run, result, node) if not isinstance(result, Function) else None
    if isinstance(value, Class):
        return _as_model(run, run.world.call(value, [], {}, node, run.module), node)
    if isinstance(value, Instance):
        held = [one for one in value.attributes.values() if isinstance(one, ModelObject)]
        return value.attributes.get("model") or (held[-1] if held else None)
    if isinstance(value, list | tuple):
        held = [one for one in value if isinstance(one, ModelObject)]
        return held[-1] if held else None
    return None


def _try_functions(run: Interpreter) -> None:
    """Functions that nobody calls: their parameters become unknowns."""
    from lstmcount.readers.python.values import Stop

    for value in list(run.module.names.values()):
        if isinstance(value, Function) and not value.called:
            try:
                result = calls.call_function(run, value, [], {}, value.node, fill=True)
            except (Stop, RecursionError):
                continue
            model = _as_model(run, result, value.node) if not isinstance(result, Function) else None
            if model is not None:
                run.bindings.append((f"{value.name}", model, value.node.lineno))


# -- what is unknown ----------------------------------------------------------------------------


def _config(run: Interpreter, model: ModelObject) -> ModelConfig:
    for problem in model.problems[:1]:
        raise problem
    if "input_shape" in run.settings and model.build_shape is None:
        shape = run.settings["input_shape"]
        if isinstance(shape, list | tuple) and not (model.layers and _has_input(model)):
            model.build_shape = tuple(run.settings.use("input_shape"))
    following.complete(run.world.keras, model)
    config = model_config(model)
    config.notes = [*run.program.notes, *needs(run, config)]
    return config


def _has_input(model: ModelObject) -> bool:
    return model.layers[0].class_name == "InputLayer"


def needs(run: Interpreter, config: ModelConfig) -> list[str]:
    """What must be known for the counts to be complete, with the words to give it."""
    asked: dict[str, str] = {}
    for unknown, node, why, example in run.world.asked:
        place = run.place(node).locate()
        asked.setdefault(str(unknown), _need(str(unknown), place, why, example))
    for layer in _all_layers(config):
        for key, value in layer.arguments.items():
            for words in _unknown_words(value):
                place = _place(layer, key)
                example = _example(key, value)
                asked.setdefault(words, _need(words, place, f"{layer.name}.{key}", example))
    return list(asked.values())


def _place(layer: LayerConfig, key: str) -> Location:
    first = layer.path[0]
    assert isinstance(first, CodePlace)
    return first.locate(rest=(key,))


def _need(words: str, place: Any, what: str, example: Any) -> str:
    return f"{place}: {what} needs `{words}`, which is not known: {to_set(words, example)}"


def _example(key: str, value: Any) -> Any:
    return "[5,126]" if isinstance(value, Unknown) and "shape" in key else 3


def _all_layers(config: ModelConfig) -> list[LayerConfig]:
    found: list[LayerConfig] = []
    for layer in config.layers:
        found.append(layer)
        if layer.model is not None:
            found += _all_layers(layer.model)
    return found


def _unknown_words(value: Any) -> list[str]:
    if isinstance(value, Unknown):
        return [value.text] if value.text else []
    if isinstance(value, list):
        return [words for item in value for words in _unknown_words(item)]
    return []


__all__ = ["FoundModel", "LayerObject", "Program", "list_models", "read_python"]
