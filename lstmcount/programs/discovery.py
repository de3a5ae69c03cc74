"""Find a program's models: those that it creates, and those of functions that it never calls."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from lstmcount.programs.building_code import (
    builds_model,
    is_of_keras,
    is_test,
    may_build,
    parts_of_classes,
    returns_call,
)
from lstmcount.programs.language.bounds import LimitError
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.language.objects import binding
from lstmcount.programs.language.objects.own_classes import Class, Instance
from lstmcount.programs.language.objects.own_functions import Function, Method
from lstmcount.programs.language.run import MISSING, Stop, WrongCall
from lstmcount.programs.language.statements import calls
from lstmcount.programs.language.values.signatures import signature_of
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.keras.models.learning import learns
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import is_plain_copy
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.objects import Custom, ModelObject
from lstmcount.programs.parameters import class_refusal, name_models, name_sizes, refusal
from lstmcount.shapes import Unknown

MAX_BRANCHES = 6  # tried for a function that gives no model


def candidates(run: Interpreter) -> list[tuple[str, ModelObject, int]]:
    """The program's complete models with name and line, in the order of their creation.

    Models that imported modules create for themselves are left out.
    """
    models = all_candidates(run)
    named = {model.serial for _, model, line in run.bindings if run.program.is_own(line)}
    return [entry for entry in models if not entry[1].is_imported or entry[1].serial in named]


def all_candidates(run: Interpreter) -> list[tuple[str, ModelObject, int]]:
    """Like `candidates`, including models that imported modules create for themselves.

    A copy of a model, which the program has saved and loaded again, is left out.
    """
    names: dict[int, tuple[str, ModelObject, int]] = {}
    for name, model, line in run.bindings:
        if model.is_complete and not (model.is_part and name.startswith("self.")):
            names[model.serial] = (name, model, line)
    for model in session_of(run).models:
        if model.is_complete and model.serial not in names:
            line = getattr(model.place.node, "lineno", 0)
            names[model.serial] = (model.name or "", model, line)
    entries = [names[serial] for serial in sorted(names)]
    entries = [entry for entry in entries if not is_plain_copy(entry[1])] or entries
    own = [entry for entry in entries if not entry[1].is_part]
    return own if any(learns(entry[1]) for entry in own) else entries


def has_model(run: Interpreter) -> bool:
    """Whether the program creates a complete model that does more than prepare data."""
    return any(learns(model) for _, model, _ in candidates(run))


def as_model(run: Interpreter, value: Any, node: ast.AST) -> ModelObject | None:
    """The model that a value is, returns when it is called, or contains; None without a model."""
    if isinstance(value, ModelObject):
        return None if isinstance(value, Custom) and value.is_layer else value
    if isinstance(value, Function):
        return _returned_model(run, value, [], node)
    if isinstance(value, Method):
        return _returned_model(run, value.function, [value.receiver], node)
    if isinstance(value, Class):
        return as_model(run, _instance(run, value), node)
    if isinstance(value, Instance):
        if isinstance(value.attributes.get("model"), Unknown):
            return None
        model = value.attributes.get("model") or _last_model(value.attributes.values())
        build = value.builder if model is None else None
        return as_model(run, build, node) if build is not None else model
    if isinstance(value, Value) and value.made_model is not None:
        return _last_model([value.made_model])
    return _last_model(value) if isinstance(value, list | tuple) else None


def _builder(value: Any) -> Any:
    return value.builder if isinstance(value, Value) else None


def _returned_model(
    run: Interpreter, function: Function, receiver: list[Any], node: ast.AST
) -> ModelObject | None:
    """The model that a function returns, or else the last one that it creates."""
    before = len(session_of(run).models)
    result = calls.call_function(run, function, receiver, {}, node, fill=True)
    if isinstance(result, Function | Method):
        return None
    if isinstance(result, Unknown):
        run.unknown_results[function.name] = result
    model = as_model(run, result, node) or _last_model_since(run, before)
    if model is not None:
        name_models(run, function, model)
        name_sizes(run, function, model)
    return model


def _last_model(values: Iterable[Any]) -> ModelObject | None:
    models = [value for value in values if isinstance(value, ModelObject)]
    return models[-1] if models else None


def _last_model_since(run: Interpreter, before: int) -> ModelObject | None:
    """The last model created since then, for functions that do not return their model."""
    models = [model for model in session_of(run).models[before:] if model.is_complete]
    return models[-1] if models else None


def _instance(run: Interpreter, cls: Class, *, of_bases: bool = False) -> Any:
    """An object of a class, with unknowns as the arguments that it requires, and also as those that
    its bases require, if `of_bases`."""
    init = cls.find("__init__")
    if not isinstance(init, Function):
        return run.call(cls, [], {}, cls.node)
    signature = signature_of(init.node)
    required, named = [
        [name for name in names if name not in init.defaults]
        for names in (signature.by_place[1:], signature.only_by_name)
    ]
    named += _passed_on(cls, init) if of_bases else []
    run.failed_imports.parameters |= dict.fromkeys([*required, *named], cls.name)
    values = {name: run.libraries.parameter(run, init, name) for name in (*required, *named)}
    values = {name: run.unknown(name) if v is MISSING else v for name, v in values.items()}
    set_by_user = {name: run.settings.use(name) for name in init.defaults if name in run.settings}
    keywords = set_by_user | {name: values[name] for name in named}
    return run.call(cls, [values[name] for name in required], keywords, cls.node)


def _passed_on(cls: Class, init: Function) -> list[str]:
    """The arguments that constructors of bases require, and that `**options` pass on to them."""
    known = signature_of(init.node).by_name
    names: dict[str, None] = {}
    for base in cls.ancestry()[1:]:
        if signature_of(init.node).options is None:
            break
        own = base.attributes.get("__init__") if isinstance(base, Class) else None
        if isinstance(own, Function):
            init = own
            parameters = signature_of(init.node).without_receiver().by_name
            names |= {name: None for name in parameters if name not in init.defaults}
    return [name for name in names if name not in known]


def try_uncalled(run: Interpreter, only: str | None = None) -> None:
    """Call functions and classes that are never called, with unknown values as arguments.

    Functions of the program come first; imported functions follow if these give no model. With
    `only`, functions and methods of that name are called, and the class of that name.
    """
    own: dict[str, Any] = {}
    imported: dict[str, Any] = {}
    for name, value in run.module.names.items():
        if _may_give(value, only):
            (own if run.program.is_own(_line(value)) else imported)[name] = value
    _call_uncalled(run, own, only)
    if not has_model(run):
        _call_uncalled(run, imported, only)


def _may_give(value: Any, name: str | None) -> bool:
    if name is None or not isinstance(value, Function | Class):
        return True
    return value.name == name or (isinstance(value, Class) and name in value.attributes)


def _line(value: Any) -> int:
    node = value.node if isinstance(value, Function | Class) else None
    return getattr(node, "lineno", 1)


def _call_uncalled(run: Interpreter, values: dict[str, Any], only: str | None) -> None:
    """Call functions, and classes if these give no model. Remember those left without time.

    Of a class that is called, the methods of its last object are called that build a model.
    Functions that Keras's subclasses call follow the classes: they make parts of their models.
    """
    parts = {name: values[name] for name in parts_of_classes(values)}
    _call_functions(run, {name: values[name] for name in values if name not in parts})
    if not has_model(run) and not run.untried:
        for value in values.values():
            if run.is_exhausted:
                return
            is_meant = isinstance(value, Class) and only in (None, value.name)
            if is_meant and not is_test(value.name):
                with _attempting(run, value.name):
                    if value.called:
                        _try_methods(run, value, value.last_object)
                    else:
                        _try_class(run, value)
    if not has_model(run) and not run.untried:
        _call_functions(run, parts)


def _call_functions(run: Interpreter, values: dict[str, Any]) -> None:
    names = list(values)
    for at, name in enumerate(names):
        function = _builder(values[name])
        plain = function.function if isinstance(function, Method) else function
        if function and plain and not plain.called and not is_test(plain.name):
            _attempt(run, function)
            if run.is_exhausted:
                run.untried = _which_may_build(run, {left: values[left] for left in names[at:]})
                return


def _which_may_build(run: Interpreter, values: dict[str, Any]) -> list[str]:
    """The names of the functions that may build a model; of the classes, if no function may."""
    names = [name for name, value in values.items() if may_build(run, value)]
    functions = [name for name in names if _builder(values[name]) is not None]
    return functions or ([] if has_model(run) else names)


@contextmanager
def _attempting(run: Interpreter, name: str) -> Iterator[None]:
    """Name an attempt: its decisions cannot affect the models of other attempts."""
    outer = run.attempt
    run.attempt = outer or name
    try:
        yield
    finally:
        run.attempt = outer


def _attempt(run: Interpreter, function: Function | Method) -> None:
    plain = function.function if isinstance(function, Method) else function
    try:
        with _attempting(run, plain.name):
            model = _by_branches(run, plain, partial(as_model, run, function, plain.node))
            _bind_found(run, plain.name, model, plain.node)
    except Stop as stop:
        if function is plain and may_build(run, plain) and (error := refusal(run, plain)):
            run.refused.append(error)
        _note_exception(run, plain, stop)
    except (RecursionError, LimitError) as error:
        _remember_end(run, error)


def _note_exception(run: Interpreter, called: Function | Class, stop: Stop) -> None:
    """Note that what may build a model raises an exception, for a program without a model."""
    is_model = isinstance(called, Class) and is_of_keras(called)
    if not (is_model or may_build(run, called)):
        return
    if isinstance(stop, WrongCall):
        run.refused.append(binding.error_of(run, stop, called.node))
    elif stop.node is not None:
        why = f"{called.name} raises an exception here"
        run.failed_imports.note(f"{called.name}()", stop.node, why)


def _by_branches(run: Interpreter, called: Function | Class, find: Callable[[], Any]) -> Any:
    """What a function or class gives; if it gives nothing, what other decisions make it give.

    Raises the program's exception if it raises one whatever is decided.
    """
    before, forced = set(run.decisions), run.forced
    value, first_stop = _value_or_stop(find)
    run.forced = dict(forced)
    for _ in range(MAX_BRANCHES if value is None and may_build(run, called) else 0):
        made = {key: each for key, each in run.decisions.items() if key not in before}
        tests = [each for each in made.values() if isinstance(each.node, ast.If)]
        other = next((each for each in reversed(tests) if each.test not in run.forced), None)
        if other is None:
            break
        run.forced[other.test] = not other.taken
        for key in made:
            del run.decisions[key]
        value, _ = _value_or_stop(find)
        if value is not None:
            return value
    run.forced = forced
    if value is None and first_stop is not None:
        raise first_stop
    return value


def _value_or_stop(find: Callable[[], Any]) -> tuple[Any, Stop | None]:
    try:
        return find(), None
    except Stop as stop:
        return None, stop


def _remember_end(run: Interpreter, error: Exception) -> None:
    """Remember that the limits ended an attempt, so that later models are not known."""
    if isinstance(error, LimitError) and run.is_exhausted:
        run.ended = error


def _bind_found(run: Interpreter, name: str, model: ModelObject | None, node: ast.AST) -> None:
    if model is not None:
        run.bindings.append((name, model, getattr(node, "lineno", 0)))


def _made_instance(run: Interpreter, cls: Class) -> Any:
    """An object of a class; with the arguments of its bases if it cannot be made without them."""
    init = cls.find("__init__")
    try:
        return _by_branches(run, cls, partial(_instance, run, cls))
    except Stop:
        if not isinstance(init, Function) or not _passed_on(cls, init):
            raise
        return _by_branches(run, cls, partial(_instance, run, cls, of_bases=True))


def _try_class(run: Interpreter, cls: Class) -> None:
    if any(isinstance(b, LayerClass) and b.class_name not in ("Model", "Sequential")
           for b in cls.ancestry()):  # fmt: skip
        return
    try:
        instance = _made_instance(run, cls)
    except (RecursionError, LimitError) as error:
        _remember_end(run, error)
        return
    except Stop as stop:
        if may_build(run, cls) and (refused := class_refusal(run, cls, stop.node)):
            run.refused.append(refused)
        _note_exception(run, cls, stop)
        return
    if isinstance(instance, ModelObject):
        _bind_found(run, cls.name, instance, cls.node)
    else:
        _try_methods(run, cls, instance)


def _try_methods(run: Interpreter, cls: Class, instance: Any) -> None:
    """Call the methods that build a model, if an object of the class holds none."""
    if not isinstance(instance, Instance) or _last_model(instance.attributes.values()) is not None:
        return
    for name, method in cls.attributes.items():
        if not isinstance(method, Function) or method.called or name.startswith("__"):
            continue
        returns_model = returns_call(method.node) and may_build(run, method)
        if builds_model(method.node) or returns_model:
            is_static = "staticmethod" in method.decorators
            _attempt(run, method if is_static else Method(method, instance))
