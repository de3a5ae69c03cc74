"""Attributes: `value.name`, read and written."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language import methods
from lstmcount.programs.language.values import (
    MISSING,
    Class,
    Function,
    Instance,
    Method,
    Module,
    Namespace,
    Native,
    Super,
)
from lstmcount.programs.libraries import modules
from lstmcount.programs.libraries.keras import layer_attributes, tensors
from lstmcount.programs.libraries.keras.objects import LayerClass, LayerObject, Setting, Tensor
from lstmcount.programs.libraries.numpy import arrays
from lstmcount.shapes import Unknown

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run


def get(run: Run, value: Any, name: str, node: ast.AST) -> Any:
    """The attribute; unknown, in the program's words, where nothing can be told."""
    found = find(run, value, name, node)
    return missing(run, value, name, node) if found is MISSING else found


def find(run: Run, value: Any, name: str, node: ast.AST) -> Any:
    """The attribute; MISSING where the reader knows none of that name."""
    found = MISSING
    if isinstance(value, Unknown):
        return run.unknown(f"{value}.{name}")
    if isinstance(value, Module):
        found = modules.imported(value.path, name)
    elif isinstance(value, LayerObject):
        found = layer_attributes.get(run, value, name, node)
    elif isinstance(value, Tensor):
        found = tensors.attribute(run, value, name, node)
    elif isinstance(value, Instance):
        found = _of_instance(run, value, name, node)
    elif isinstance(value, Class):
        found = _of_class(value, name)
    elif isinstance(value, Super):
        found = _of_super(run, value, name, node)
    elif isinstance(value, arrays.Array):
        found = arrays.attribute(run, value, name, node)
    elif isinstance(value, Namespace):
        found = value.attributes.get(name, MISSING)
    elif isinstance(value, Function):
        found = value.name if name == "__name__" else value.attributes.get(name, MISSING)
    elif isinstance(value, LayerClass):
        found = value.class_name if name == "__name__" else MISSING
    elif isinstance(value, Setting):
        found = value.arguments.get(name, MISSING)
    elif isinstance(value, Native):
        found = methods.of_native(value, name)
    else:
        found = methods.method(run, value, name, node)
    return found


def missing(run: Run, value: Any, name: str, node: ast.AST) -> Any:
    """The unknown that an attribute is which the reader does not know."""
    if isinstance(value, Module):
        return run.unknown(f"{value.path}.{name}")
    return run.unknown(run.source_of(node) if isinstance(node, ast.expr) else name)


def set(run: Run, value: Any, name: str, new: Any, node: ast.AST) -> None:
    if isinstance(value, LayerObject):
        layer_attributes.set(run, value, name, new, node)
    elif isinstance(value, Instance | Namespace | Class):
        if isinstance(new, Unknown):
            key = f"self.{name}"
            if run.settings and (words := run.source_of(node)) in run.settings:
                new = run.settings.use(words)
            elif run.settings and key in run.settings:
                new = run.settings.use(key)
            elif not _is_short(new):
                new = Unknown(run.source_of(node))
        value.attributes[name] = new
        if run.world.is_model(new):
            run.bindings.append((run.source_of(node), new, getattr(node, "lineno", 0)))
    elif isinstance(value, Function):
        value.attributes[name] = new


def _is_short(value: Unknown) -> bool:
    from lstmcount.programs.language.setting_names import is_lasting

    return is_lasting(value.text)


def _of_instance(run: Run, value: Instance, name: str, node: ast.AST) -> Any:
    if name in value.attributes:
        return value.attributes[name]
    if name == "__class__":
        return value.cls
    if name == "__dict__":
        return value.attributes
    found = value.cls.find(name)
    if isinstance(found, Function):
        return bound(run, found, value, node)
    return found


def bound(run: Run, function: Function, receiver: Any, node: ast.AST) -> Any:
    """A function found in a class, as an attribute of an object gives it."""
    from lstmcount.programs.language.calls import call_function

    if "staticmethod" in function.decorators:
        return function
    if "classmethod" in function.decorators:
        return Method(function, receiver.cls)
    if any(name in ("property", "cached_property") for name in function.decorators):
        return call_function(run, function, [receiver], {}, node)
    return Method(function, receiver)


def _of_class(value: Class, name: str) -> Any:
    if name == "__name__":
        return value.name
    found = value.find(name)
    if isinstance(found, Function) and "classmethod" in found.decorators:
        return Method(found, value)
    return found


def _of_super(run: Run, value: Super, name: str, node: ast.AST) -> Any:
    found = value.receiver.cls.find(name, after=value.after)
    if isinstance(found, Function):
        return bound(run, found, value.receiver, node)
    if found is MISSING and isinstance(value.receiver, LayerObject):
        return layer_attributes.base_method(run, value.receiver, name)
    if found is MISSING and name == "__init__":
        return Native("__init__", lambda *args, **kwargs: None, raw=False)
    return found
