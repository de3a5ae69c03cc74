"""Create the program's classes and their objects."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from lstmcount.programs.language.objects.binding import require_fields, require_no_arguments
from lstmcount.programs.language.objects.exceptions import KINDS, Raised
from lstmcount.programs.language.objects.own_classes import Class, Instance, ancestry_of
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import MISSING, Run, Stop
from lstmcount.programs.language.structures import first_unknown, shown
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

STEPS_PER_ANCESTOR = 8
INITIALIZED_ONLY = "InitVar"  # the annotation of an argument that no attribute holds


class Body(dict[str, Any]):
    """The names that a class's body binds, as a metaclass gets them."""

    def __init__(self, names: dict[str, Any], node: ast.ClassDef) -> None:
        super().__init__(names)
        self.node = node


def make(
    run: Run, node: ast.ClassDef, bases: list[Any], names: dict[str, Any], keywords: dict[str, Any]
) -> Any:
    """The class that a `class` statement makes, maybe by way of a metaclass."""
    inherited = [base.metaclass for base in bases if isinstance(base, Class)]
    metaclass = keywords.pop("metaclass", next(filter(None, inherited), None))
    if isinstance(metaclass, Class):
        return run.call(metaclass, [node.name, tuple(bases), Body(names, node)], keywords, node)
    cls = new_class(run, node, bases, names, keywords)
    cls.takes_no_abstract |= shown(metaclass).endswith("ABCMeta")
    return cls


def new_class(
    run: Run, node: ast.ClassDef, bases: list[Any], names: dict[str, Any], keywords: dict[str, Any]
) -> Class:
    run.spend(STEPS_PER_ANCESTOR * sum([len(ancestry_of(base)) for base in bases]), node)
    cls = Class(node.name, bases, names, node)
    cls.takes_no_abstract = any(shown(base) in ("abc.ABC", "ABC") for base in bases)
    for base in bases:
        if isinstance(base, Unknown) and base.text:
            run.failed_imports.note_base(node.name, base.text, node)
    for value in names.values():
        if isinstance(value, Function):
            for function in filter(None, (value, value.setter, value.deleter)):
                function.owner = cls
    for name, value in list(names.items()):
        if isinstance(value, Instance):
            value.special(run, "__set_name__", [cls, name], node)
    for base in cls.ancestry()[1:]:
        if isinstance(base, Value):
            base.after_class(run, cls)
    prepare = cls.find("__init_subclass__", after=cls)
    if isinstance(prepare, Function):
        run.call_function(prepare, [cls], keywords, node)
    return cls


def create(
    run: Run, metaclass: Class | None, args: list[Any], keywords: dict[str, Any], node: ast.AST
) -> Any:
    """`type(name, bases, names)`, or the same of a class that derives from `type`."""
    if len(args) != 3 or not isinstance(args[0], str) or not isinstance(args[2], dict):
        return run.unknown(run.source_of(node))
    name, bases, names = args
    statement = names.node if isinstance(names, Body) else _statement(name, node)
    cls = new_class(run, statement, list(bases), dict(names), keywords)
    cls.name, cls.metaclass = name, metaclass
    return cls


def _statement(name: str, node: ast.AST) -> ast.ClassDef:
    """A `class` statement for a class that is made by a call."""
    return ast.copy_location(ast.ClassDef(name, [], [], [], []), node)


def instantiate(
    run: Run, cls: Class, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    """A new object of a class of the program, as `cls(*args, **kwargs)` makes it."""
    cls.called = True
    if (abstract := cls.abstract_method()) is not None:
        text = f"Can't instantiate abstract class {cls.name} with abstract method {abstract}"
        raise Stop(Raised(KINDS["TypeError"], [text]), node)
    effects = run.effects
    cls.last_object = instance = _new(run, cls, args, kwargs, node)
    if cls.unknown_decorator is not None and run.effects > effects:
        run.libraries.note_decorator(run, cls.name, cls.unknown_decorator, cls.node)
    return instance


def _new(run: Run, cls: Class, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    declared = run.libraries.declared(cls.name)
    if declared is not MISSING:
        return declared.call(run, args, kwargs, node)
    if cls.members:
        return _member_of_value(run, cls, args, node)
    new = cls.find("__new__")
    if isinstance(new, Function):
        instance = run.call_function(new, [cls, *args], kwargs, node)
        if getattr(instance, "cls", None) is not cls:
            return instance
    else:
        instance = cls.new_object(run, node)
    init = cls.find("__init__")
    if isinstance(instance, Value):
        instance.before_init(args, kwargs)
    if isinstance(instance, Instance) and (builtin := instance.builtin) is not None:
        is_own = isinstance(init, Function) and not instance.is_number_or_text
        if not (isinstance(new, Function) and instance.is_number_or_text):
            passed = ([], {}) if is_own else (args, kwargs)
            instance.inner = run.call(builtin, *passed, node)
    if isinstance(init, Function):
        try:
            run.call_function(init, [instance, *args], kwargs, node)
        except Stop:
            if isinstance(instance, Value):
                instance.after_failed_init(run)
            raise
        instance.after_init(run)
    elif isinstance(instance, Instance) or "__dataclass_fields__" in cls.attributes:
        if instance.inner is MISSING:
            require_no_arguments(run, cls, args, kwargs, node)
            if isinstance(instance, Instance):
                instance.init_without_own(run, args, kwargs, node)
            passed_on = _fill_fields(run, instance, args, kwargs, node)
            prepare = cls.find("__post_init__")
            if isinstance(prepare, Function):
                run.call_function(prepare, [instance, *passed_on], {}, node)
                instance.after_init(run)
    else:
        run.weigh(node, args, kwargs)
        instance.inherited(run, "__init__").function(run, args, kwargs, node)
    return instance


def _member_of_value(run: Run, cls: Class, args: list[Any], node: ast.AST) -> Any:
    """`Kind(value)`: the member of an Enum with that value."""
    for member in cls.members.values():
        if [member.attributes["value"]] == args:
            return member
    missing = cls.attribute(run, "_missing_", node)
    if isinstance(missing, Value):
        return run.call(missing, args, {}, node)
    if first_unknown(args) is None:
        run.fail(ValueError())
    return run.unknown(run.source_of(node))


# -- fields of dataclasses and NamedTuples --------------------------------------------------------


class Field(Value):
    """A field of a dataclass or NamedTuple."""

    def __init__(
        self,
        default: Any = MISSING,
        default_factory: Any = MISSING,
        *,
        is_argument: bool = True,
        is_keyword: bool = False,
    ) -> None:
        self.name = ""
        self.default = default
        self.default_factory = default_factory
        self.is_argument = is_argument  # of the constructor
        self.is_keyword = is_keyword  # an argument that is only given by name
        self.is_initialized_only = False

    @property
    def has_default(self) -> bool:
        return self.default is not MISSING or self.default_factory is not MISSING

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return {"name": self.name, "default": self.default}.get(name, MISSING)


def fields_of_class(cls: Class) -> dict[str, Field]:
    """The fields of a dataclass or NamedTuple by name, those of base classes first."""
    fields: dict[str, Field] = {}
    for each in [cls] if "__dataclass_fields__" in cls.attributes else reversed(cls.ancestry()):
        if isinstance(each, Class):
            fields |= each.attributes.get("__dataclass_fields__") or _own_fields(each)
    return fields


def _own_fields(cls: Class) -> dict[str, Field]:
    fields: dict[str, Field] = {}
    is_keyword = False
    for name, annotation in cls.annotated_names.items():
        if annotation == "KW_ONLY":
            is_keyword = True
            continue
        value = cls.attributes.get(name, MISSING)
        field = fields[name] = value if isinstance(value, Field) else Field(value)
        field.name, field.is_keyword = name, field.is_keyword or is_keyword
        field.is_initialized_only = annotation == INITIALIZED_ONLY
    return fields


def field_names(cls: Class) -> list[str]:
    return list(fields_of_class(cls))


def _fill_fields(
    run: Run, instance: Instance, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> list[Any]:
    """Set the fields of an object from positional, named and default values.

    Return the arguments that only `__post_init__` gets.
    """
    cls, passed_on = instance.cls, []
    fields = fields_of_class(cls)
    arguments = {name: field for name, field in fields.items() if field.is_argument}
    names = [name for name, field in arguments.items() if not field.is_keyword]
    passed = arguments_by_name(names, args, kwargs)
    is_certain = "__dataclass_fields__" in cls.attributes
    is_tuple = any(_last_name(base) == "NamedTuple" for base in cls.ancestry()[1:])
    if is_certain or is_tuple:
        require_fields(run, cls, names, arguments, args, kwargs, node)
    for name, field in fields.items():
        value = passed.get(name, MISSING)
        if value is MISSING:
            value = _default_of(run, field, cls)
        if field.is_initialized_only:
            passed_on.append(value)
        elif value is not MISSING:
            instance.attributes[name] = value
    for name, value in kwargs.items() if not is_certain else ():
        instance.attributes.setdefault(name, value)
    if is_tuple:
        _make_tuple(instance, names)
    return passed_on


def _default_of(run: Run, field: Field, cls: Class) -> Any:
    """The value of a field that no argument sets; MISSING for one that takes no argument."""
    if field.default_factory is not MISSING:
        return run.call(field.default_factory, [], {}, cls.node)
    if field.is_argument and field.default is MISSING:
        run.fail(TypeError())
        return run.unknown(field.name)
    return field.default if field.is_argument else MISSING


def _make_tuple(instance: Instance, names: list[str]) -> None:
    """Give an object of a `NamedTuple` its items and methods."""
    instance.inner = tuple([instance.attributes[name] for name in names])
    instance.attributes["_fields"] = tuple(names)
    instance.attributes["_replace"] = Native("_replace", _replaced(instance), raw=True)
    instance.attributes["_asdict"] = Native("_asdict", lambda: dict(fields_of(instance)))


def tuple_like(instance: Instance, items: list[Any]) -> Instance:
    """An object of the same class derived from `NamedTuple`, with other items."""
    another, names = Instance(instance.cls), list(instance.attributes["_fields"])
    another.attributes = dict(zip(names, items, strict=True))
    _make_tuple(another, names)
    return another


def is_named_tuple(value: Any) -> bool:
    return isinstance(value, Instance) and isinstance(value.attributes.get("_fields"), tuple)


def _last_name(base: Any) -> str:
    return shown(base).rpartition(".")[2]


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
    cls = Class(name, [base], {"_fields": tuple(fields)}, node)
    cls.attributes["__new__"] = maker = _TupleMaker(cls)
    maker.set_defaults(defaults)
    return cls


class _TupleMaker(Value):
    """`__new__` of a class from `namedtuple`. A program may set the defaults of its arguments."""

    is_callable = True

    def __init__(self, cls: Class) -> None:
        self.cls = cls

    def set_defaults(self, defaults: Sequence[Any]) -> None:
        """Set the defaults of the last fields."""
        fields = self.cls.attributes["_fields"]
        for field in fields:
            self.cls.attributes.pop(field, None)
        self.cls.attributes |= dict(zip(reversed(fields), reversed(defaults), strict=False))

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        if name == "__defaults__" and isinstance(new, tuple | None):
            self.set_defaults(new or ())
        elif name == "__defaults__":
            self.cls.is_decorated = True

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        if not (args and isinstance(args[0], Class)):
            return run.unknown(run.source_of(node))
        instance = Instance(args[0])
        _fill_fields(run, instance, args[1:], kwargs, node)
        return instance
