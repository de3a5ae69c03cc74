"""Python's builtin functions on objects: attributes, properties and modules."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.builtins.executing import local_names
from lstmcount.programs.language.objects import attributes
from lstmcount.programs.language.objects.exceptions import KINDS, Raised
from lstmcount.programs.language.objects.own_classes import Class, Instance, Super
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import MISSING, Run, Stop
from lstmcount.programs.language.types.builtin_types import NAMES_OF_TYPES
from lstmcount.programs.language.values.natives import arguments_by_name, provides, unknown_call
from lstmcount.programs.language.values.provided import Module, Native
from lstmcount.programs.language.values.unknown_elements import some_attribute
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)


@_provides("getattr")
def _getattr(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value, name = args[:2]
    if not isinstance(name, str):
        if isinstance(value, Module) and isinstance(name, Unknown):
            run.choices.note(run.source_of(node), name, run.libraries.examples(value.path), node)
        if isinstance(name, Unknown):
            if isinstance(value, Class | Instance):
                cls = value.cls if isinstance(value, Instance) else value
                public = [each for each in cls.methods() if not each.startswith("_")]
                run.choices.note(run.source_of(node), name, public, node)
            return some_attribute(run, value, name, node)
        return run.unknown(run.source_of(node))
    if len(args) < 3:
        return attributes.get(run, value, name, node)
    if isinstance(value, Value) and value.lacks_followed(run, name):
        return args[2]
    attribute = attributes.find_or_compute(run, value, name, node)
    if attribute is MISSING and isinstance(value, Value) and value.has_unfollowed(run, name):
        return attributes.missing(run, value, name, node)
    return args[2] if attribute is MISSING else attribute


@_provides("hasattr")
def _hasattr(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value, name = args
    if isinstance(value, Unknown) or not isinstance(name, str):
        return value if isinstance(value, Unknown) else run.unknown(run.source_of(node))
    if isinstance(value, Module) and run.libraries.surely_lacks(value.path, name):
        return False
    if isinstance(value, Module) and not run.libraries.surely_has(value.path, name):
        return run.unknown(run.source_of(node))
    if isinstance(value, Value) and value.lacks_followed(run, name):
        return False
    if isinstance(value, Value) and value.has_unfollowed(run, name):
        return True
    if attributes.find_or_compute(run, value, name, node) is not MISSING:
        return True
    return name in NAMES_OF_TYPES.get(type(value), ())


@_provides("setattr")
def _setattr(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value, name, new = args
    if not isinstance(name, str):
        if isinstance(value, Value):
            value.set_some_attribute(run, node)
        return run.unknown(run.source_of(node))
    return attributes.set(run, value, name, new, node)


@_provides("delattr")
def _delattr(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value, name = args
    if isinstance(value, Value) and isinstance(name, Unknown):
        value.set_some_attribute(run, node)
    if not isinstance(value, Value) or not isinstance(name, str):
        return run.unknown(run.source_of(node))
    return value.delete_attribute(run, name, node)


@_provides("vars")
def _vars(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    if not args:
        return local_names(run, args, kwargs, node)
    members = attributes.find(run, args[0], "__dict__", node)
    return run.unknown(run.source_of(node)) if members is MISSING else members


@_provides("callable")
def _callable(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    (value,) = args
    if isinstance(value, Unknown):
        return value
    return isinstance(value, Value) and value.is_callable


@_provides("property")
def _property(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("fget", "fset", "fdel"), args, kwargs)
    getter, setter, deleter = [passed.get(name) for name in ("fget", "fset", "fdel")]
    if not isinstance(getter, Function):
        return getter
    made = getter.marked("property")
    made.setter = setter if isinstance(setter, Function) else None
    made.deleter = deleter if isinstance(deleter, Function) else None
    return made


def _provide_mark(name: str) -> None:
    @_provides(name)
    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        return args[0].marked(name) if isinstance(args[0], Function) else args[0]


_provide_mark("staticmethod")
_provide_mark("classmethod")


def abstract(name: str) -> Native:
    """A decorator of `abc`, which marks a method that subclasses must define."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        method = args[0]
        if not isinstance(method, Function):
            return method
        own = name.removeprefix("abstract")
        return (method if own == "method" else method.marked(own)).marked("abstractmethod")

    return Native(name, function, raw=True)


@_provides("super")
def _super(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    frame = run.frames[-1] if run.frames else None
    if len(args) == 2 and isinstance(args[0], Class):
        frame = (args[1], args[0])
    if frame is None or not isinstance(getattr(frame[0], "cls", frame[0]), Class):
        return unknown_call(run, args, node, "super")
    return Super(*frame)


@_provides("exit", "quit")
def _exit(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """End the program's current statement; the reader itself goes on."""
    raise Stop(Raised(KINDS["SystemExit"], args))


@_provides("__import__")
def _import(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    name, fromlist = args[0], args[3] if len(args) > 3 else kwargs.get("fromlist")
    if not isinstance(name, str) or isinstance(fromlist, Unknown):
        return run.unknown(run.source_of(node))
    module = run.own_modules.import_named(name, node)
    return module if fromlist else run.own_modules.import_named(name.partition(".")[0], node)
