"""Classes with fields: `dataclasses`."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.objects.classes import Field, fields_of_class
from lstmcount.programs.language.objects.own_classes import Class, Instance
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.operators import compare
from lstmcount.programs.language.values.provided import Native
from lstmcount.shapes import Unknown

TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)
_ORDER: dict[str, type[ast.cmpop]] = {
    "__lt__": ast.Lt, "__le__": ast.LtE, "__gt__": ast.Gt, "__ge__": ast.GtE,
}  # fmt: skip


@_provides("dataclasses.dataclass")
def _dataclass(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if args and isinstance(args[0], Class):
        return _made(args[0], {})
    return Native("decorator", lambda cls: _made(cls, kwargs) if isinstance(cls, Class) else cls)


def _made(cls: Class, options: dict[str, Any]) -> Class:
    fields = fields_of_class(cls)
    own = {name: field for name, field in fields.items() if name in cls.annotated_names}
    for name, field in own.items():
        field.is_keyword = field.is_keyword or options.get("kw_only") is True
        if field.default is not MISSING:
            cls.attributes[name] = field.default
        else:
            cls.attributes.pop(name, None)
    cls.attributes["__dataclass_fields__"] = fields
    if options.get("eq", True):
        cls.attributes.setdefault("__eq__", Native("__eq__", _equals, raw=True))
    for name, op in _ORDER.items() if options.get("order") else ():
        cls.attributes.setdefault(name, Native(name, partial(_ordered, op), raw=True))
    if options.get("slots"):
        cls.attributes["__slots__"] = tuple(own)
    if options.get("frozen"):
        cls.attributes["__setattr__"] = Native("__setattr__", _refuse, raw=True)
    return cls


def _pairs(args: list[Any]) -> list[tuple[Any, Any]] | None:
    """The values of the fields of two objects of one class, in pairs; None for other values."""
    left, right = args
    if not isinstance(right, Instance) or right.cls is not left.cls:
        return None
    return list(zip(_values(left).values(), _values(right).values(), strict=False))


def _values(instance: Instance) -> dict[str, Any]:
    """The values of an object's fields; a default may be only in its class."""
    names = fields_of_class(instance.cls)
    values = {name: instance.attributes.get(name, instance.cls.find(name)) for name in names}
    return {name: value for name, value in values.items() if value is not MISSING}


def _equality(
    run: Run, pairs: list[tuple[Any, Any]], node: ast.AST
) -> tuple[Any, tuple[Any, Any] | None]:
    """Whether all pairs are equal, and the first pair that is not, or may not be."""
    for pair in pairs:
        truth = compare(run, ast.Eq, *pair, node)
        if truth is not True:
            return truth, pair
    return True, None


def _equals(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    pairs = _pairs(args)
    if pairs is None:
        return Unknown("NotImplemented")
    truth, _ = _equality(run, pairs, node)
    return truth


def _ordered(op: type[ast.cmpop], run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    pairs = _pairs(args)
    if pairs is None:
        return Unknown("NotImplemented")
    truth, different = _equality(run, pairs, node)
    if different is None:
        return op in (ast.LtE, ast.GtE)
    return truth if isinstance(truth, Unknown) else compare(run, op, *different, node)


def _refuse(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    """Set an attribute of a frozen object, which raises an AttributeError."""
    run.fail(AttributeError())


@_provides("dataclasses.field")
def _field(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return Field(
        kwargs.get("default", MISSING),
        kwargs.get("default_factory", MISSING),
        is_argument=kwargs.get("init", True) is not False,
        is_keyword=kwargs.get("kw_only") is True,
    )


@_provides("dataclasses.fields")
def _fields(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    cls = args[0].cls if isinstance(args[0], Instance) else args[0]
    if not isinstance(cls, Class):
        return run.unknown(run.source_of(node))
    return tuple(fields_of_class(cls).values())


@_provides("dataclasses.is_dataclass")
def _is_dataclass(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    cls = args[0].cls if isinstance(args[0], Instance) else args[0]
    return isinstance(cls, Class) and cls.find("__dataclass_fields__") is not MISSING


@_provides("dataclasses.asdict")
def _asdict(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    run.weigh(node, args)
    return _plain(args[0], as_dict=True)


@_provides("dataclasses.astuple")
def _astuple(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    run.weigh(node, args)
    return _plain(args[0], as_dict=False)


def _plain(value: Any, *, as_dict: bool) -> Any:
    """The value with objects of dataclasses as dicts or tuples, also inside lists and dicts."""
    if isinstance(value, Instance) and value.cls.find("__dataclass_fields__") is not MISSING:
        parts = {name: _plain(part, as_dict=as_dict) for name, part in _values(value).items()}
        return parts if as_dict else tuple(parts.values())
    if type(value) in (list, tuple):
        return type(value)([_plain(part, as_dict=as_dict) for part in value])
    if type(value) is dict:
        return {key: _plain(part, as_dict=as_dict) for key, part in value.items()}
    return value


@_provides("dataclasses.replace")
def _replace(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    instance = args[0]
    kept = {
        name: instance.attributes[name]
        for name, field in fields_of_class(instance.cls).items()
        if field.is_argument and name in instance.attributes
    }
    return run.call(instance.cls, [], {**kept, **kwargs}, node)
