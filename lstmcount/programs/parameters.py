"""Errors about parameters without values, in functions that create a model."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from lstmcount.errors import LstmcountError
from lstmcount.layers import registry
from lstmcount.layers.making.size_arguments import size_arguments
from lstmcount.programs.language.flow import called_name
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import all_inside, inner_layers
from lstmcount.programs.libraries.keras.values.objects import LayerObject, ModelObject
from lstmcount.setting_text import set_option

_AS_A_MODEL = r"(?:\.(?:inputs?|outputs?|layers|get_layer)\b|\()"


def refusal(run: Interpreter, function: Function) -> LstmcountError | None:
    """The error for a function that raises an exception unless parameters are set, or None."""
    empty = [name for name, default in function.defaults.items() if default is None]
    guarded = {name for name in _guarded(function.node) if name in empty}
    if not guarded:
        return None
    sizes = {name for name in _sizes(function.node) if name in empty}
    wanted = [name for name in empty if name in guarded | sizes]
    settings = " ".join([set_option(name, 3) for name in wanted])
    message = f"{function.name} raises an exception without {', '.join(wanted)}"
    return run.error(function.node, f"{message}: --model {function.name} {settings}")


def class_refusal(run: Interpreter, cls: Class, raised: ast.AST | None) -> LstmcountError | None:
    """The error for a class whose constructor raises an exception as a parameter is None, or None.

    The condition may test an attribute that the constructor has made of the parameter.
    """
    init = cls.attributes.get("__init__")
    if not isinstance(init, Function):
        return None
    tested = next(filter(None, (_tested(node, raised) for node in ast.walk(init.node))), None)
    made_of = [
        inner.id
        for node in ast.walk(init.node)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == tested
        for inner in ast.walk(node.value)
        if isinstance(inner, ast.Name)
    ]
    for name in [tested, *made_of]:
        if name is not None and init.defaults.get(name, "") is None:
            message = f"{cls.name} raises an exception without {name}: {set_option(name, 3)}"
            return run.error(raised or init.node, message)
    return None


def _tested(node: ast.AST, raised: ast.AST | None) -> str | None:
    """The expression that is None or false where a condition leads to an exception."""
    if not isinstance(node, ast.If) or raised not in node.body:
        return None
    match node.test:
        case ast.Compare(left=left, ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return ast.unparse(left)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ast.unparse(operand)
    return None


def _guarded(function: ast.AST) -> Iterator[str]:
    """The names in conditions under which a function raises an exception."""
    for node in ast.walk(function):
        raises = isinstance(node, ast.If) and any(
            isinstance(inner, ast.Raise) for inner in node.body
        )
        if raises or isinstance(node, ast.Assert):
            assert isinstance(node, ast.If | ast.Assert)
            yield from [inner.id for inner in ast.walk(node.test) if isinstance(inner, ast.Name)]


def _sizes(function: ast.AST) -> Iterator[str]:
    """The names that a function passes to classes by position, like a layer's size."""
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and called_name(node)[:1].isupper():
            yield from [argument.id for argument in node.args if isinstance(argument, ast.Name)]


def name_models(run: Interpreter, function: Function, model: ModelObject) -> None:
    """Add a problem to a model that is built on another model, a parameter without a value, or to a
    Sequential that contains such a layer or model."""
    names = [argument.arg for argument in function.node.args.args]
    inside = {layer.serial for layer in inner_layers(model) if model.is_sequential}
    for unknown, layer in [*session_of(run).unknown_layers.values()]:
        if layer.serial in inside and unknown.text in names:
            text = f"{unknown}, a parameter of {function.name}, is a layer or model"
            advice = f"the option --model takes a call of {function.name} with one"
            message = f"{text} that is not known; {advice}"
            model.problems.append(run.error(function.node, message))
            model.lacks_base = True
            return
    for problem in model.problems[:1]:
        for name in names:
            is_called = re.search(rf"\b{name}{_AS_A_MODEL}", problem.message)
            if is_called and name not in function.defaults:
                message = f"{name}, a parameter of {function.name}, is a model that is not known"
                advice = f"the option --model takes a call of {function.name} with a model"
                model.problems.insert(0, run.error(function.node, f"{message}; {advice}"))
                model.lacks_base = True
                return


def name_sizes(run: Interpreter, function: Function, model: ModelObject) -> None:
    """Add a problem to a model with a layer that needs a parameter whose default is None."""
    empty = [name for name, default in function.defaults.items() if default is None]
    for layer in inner_layers(model) if empty else ():
        call = layer.place.node
        is_call = isinstance(call, ast.Call)
        parts = [*call.args, *[each.value for each in call.keywords]] if is_call else []
        wanted = [part.id for part in parts if isinstance(part, ast.Name) and part.id in empty]
        if wanted and any(layer.arguments.get(name, 0) is None for name in _needed(layer)):
            text = f"{layer.name} needs {wanted[0]}, a parameter of {function.name} without a value"
            model.problems.append(run.error(call, f"{text}: {set_option(wanted[0], 3)}"))
            return


def name_attributes(run: Interpreter, model: ModelObject) -> None:
    """Add a problem to a model with a layer that needs an attribute that is None or 0 so far.

    Constructors of classes set such sizes, and methods that read data replace them.
    """
    for layer in [] if model.problems else all_inside(model):
        names, call = _needed(layer), layer.place.node
        for at, name in enumerate(names if isinstance(call, ast.Call) else ()):
            if name not in layer.arguments or layer.arguments[name] not in (None, 0):
                continue
            given = call.args[at : at + 1]
            given += [keyword.value for keyword in call.keywords if keyword.arg == name]
            is_attribute = bool(given) and isinstance(given[0], ast.Attribute)
            if is_attribute and name in size_arguments(layer.class_name):
                words = run.source_of(given[0])
                text = f"{layer.name}.{name} needs `{words}`, which is {layer.arguments[name]} here"
                model.problems.append(run.error(given[0], f"{text}: {set_option(words, 3)}"))
                return


def _needed(layer: LayerObject) -> tuple[str, ...]:
    """The arguments without defaults."""
    cls = registry.find(layer.class_name)
    if cls is None:
        return ()
    return cls.__struct_encode_fields__[: -len(cls.__struct_defaults__) or None]
