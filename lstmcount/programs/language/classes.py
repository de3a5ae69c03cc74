"""Create the program's classes and their objects."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.provided import Namespace, Native
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.structures import shown
from lstmcount.programs.language.values import Class, Function, Instance, ancestry_of

STEPS_PER_ANCESTOR = 8
_ENUMS = ("Enum", "IntEnum", "StrEnum")
_ENUMS_OF_VALUES = ("IntEnum", "StrEnum")  # members are also numbers or texts


def make(
    run: Run, node: ast.ClassDef, bases: list[Any], body: Scope, keywords: dict[str, Any]
) -> Class:
    run.spend(STEPS_PER_ANCESTOR * sum([len(ancestry_of(base)) for base in bases]), node)
    cls = Class(node.name, bases, body.names, node)
    for value in body.names.values():
        if isinstance(value, Function):
            for function in filter(None, (value, value.setter, value.deleter)):
                function.owner = cls
    for name, value in body.names.items():
        if isinstance(value, Instance):
            value.special(run, "__set_name__", [cls, name], node)
    kinds = {_last_name(base) for base in cls.ancestry()[1:]}
    if kinds & {*_ENUMS}:
        _make_members(run, cls, bool(kinds & {*_ENUMS_OF_VALUES, "int", "str"}))
    prepare = cls.find("__init_subclass__", after=cls)
    if isinstance(prepare, Function):
        run.call_function(prepare, [cls], keywords, node)
    return cls


def _last_name(base: Any) -> str:
    return shown(base).rpartition(".")[2]


def _make_members(run: Run, cls: Class, have_values: bool) -> None:
    """Create the members of an Enum: objects of the class with a name and a value."""
    members: dict[str, Any] = {}
    for name, value in cls.attributes.items():
        if isinstance(value, Function) or name.startswith("_"):
            continue
        if isinstance(value, Namespace) and "auto" in value.attributes:
            value = len(members) + 1
        member = members[name] = Instance(cls)
        member.attributes = {"name": name, "value": value, "_name_": name, "_value_": value}
        if have_values:
            member.inner = value
        init = cls.find("__init__")
        if isinstance(init, Function):
            arguments = [*value] if isinstance(value, tuple) else [value]
            run.call_function(init, [member, *arguments], {}, cls.node)
    cls.attributes = {**cls.attributes, **members, "__members__": members}


def instantiate(
    run: Run, cls: Class, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:

    cls.called = True
    declared = run.libraries.declared(cls.name)
    if declared is not MISSING:
        return declared.call(run, args, kwargs, node)
    if cls.members:
        equal_members = [
            member for member in cls.members.values() if [member.attributes["value"]] == args[:1]
        ]
        return equal_members[0] if equal_members else run.unknown(run.source_of(node))
    new = cls.find("__new__")
    if isinstance(new, Function):
        instance = run.call_function(new, [cls, *args], kwargs, node)
        if getattr(instance, "cls", None) is not cls:
            return instance
    else:
        instance = cls.new_object(run, node)
    init = cls.find("__init__")
    if isinstance(instance, Instance) and (builtin := instance.builtin) is not None:
        is_own = isinstance(init, Function)
        instance.inner = run.call(builtin, [] if is_own else args, {} if is_own else kwargs, node)
    if isinstance(init, Function):
        run.call_function(init, [instance, *args], kwargs, node)
        instance.after_init(run)
    elif isinstance(instance, Instance):
        if instance.inner is MISSING:
            _fill_fields(run, instance, args, kwargs)
            prepare = cls.find("__post_init__")
            if isinstance(prepare, Function):
                run.call_function(prepare, [instance], {}, node)
    else:
        run.weigh(node, args, kwargs)
        instance.inherited(run, "__init__").function(run, args, kwargs, node)
    return instance


def field_names(cls: Class) -> list[str]:
    """The names of a dataclass's or NamedTuple's fields, those of base classes first."""
    names: dict[str, None] = {}
    for base in reversed(cls.ancestry()):
        for statement in base.node.body if isinstance(base, Class) else ():
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                is_shared = "ClassVar" in ast.dump(statement.annotation)
                names |= {} if is_shared else {statement.target.id: None}
    return list(names)


def _fill_fields(run: Run, instance: Instance, args: list[Any], kwargs: dict[str, Any]) -> None:
    """Set the fields of a dataclass or NamedTuple from positional, named and default values."""
    names = field_names(instance.cls)
    passed = {**dict(zip(names, args, strict=False)), **kwargs}
    for name in names:
        value = passed.get(name, MISSING)
        if value is MISSING:
            value = instance.cls.find(name)
            if isinstance(value, Namespace) and "default_factory" in value.attributes:
                value = run.call(value.attributes["default_factory"], [], {}, instance.cls.node)
        instance.attributes[name] = run.unknown(name) if value is MISSING else value
    for name, value in kwargs.items():
        instance.attributes.setdefault(name, value)
    if any(_last_name(base) == "NamedTuple" for base in instance.cls.ancestry()[1:]):
        instance.inner = tuple([instance.attributes[name] for name in names])
        instance.attributes["_fields"] = tuple(names)
        instance.attributes["_replace"] = Native("_replace", _replaced(instance), raw=True)
        instance.attributes["_asdict"] = Native("_asdict", lambda: dict(fields_of(instance)))


def fields_of(instance: Instance) -> dict[str, Any]:
    return {name: instance.attributes[name] for name in field_names(instance.cls)}


def _replaced(instance: Instance) -> Any:
    def replace(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.call(instance.cls, [], {**fields_of(instance), **kwargs}, node)

    return replace


def named_tuple(name: str, fields: list[str], defaults: list[Any], base: Any) -> Class:
    """The class that `collections.namedtuple` creates."""
    body: list[ast.stmt] = [
        ast.AnnAssign(ast.Name(field, ast.Store()), ast.Name("object", ast.Load()), None, 1)
        for field in fields
    ]
    node = ast.ClassDef(name, [], [], body, [])
    values = dict(zip(fields[len(fields) - len(defaults) :], defaults, strict=False))
    return Class(name, [base], values, node)
