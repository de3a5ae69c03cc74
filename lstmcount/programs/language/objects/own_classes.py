"""The classes of a program, and their objects."""

from __future__ import annotations

import ast
import copy
from functools import partial
from typing import Any

from lstmcount.programs.language.objects.class_defaults import (
    INHERITED,
    OF_CLASSES,
    merged,
    slots_of,
    store,
)
from lstmcount.programs.language.objects.own_functions import Function, Method, may_change
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import Native, remove_attribute, store_attribute
from lstmcount.programs.language.values.special_methods import WithSpecialMethods
from lstmcount.programs.language.values.value import UnknownCall, Value, inner_of
from lstmcount.shapes import Unknown

_SET_BY_NEW = (int, float, complex, str, bytes, tuple, frozenset)


class Class(Value):
    """A class of the program. `bases` may be any values that a program names as bases."""

    __slots__ = ("_ancestry", "attributes", "bases", "called", "is_decorated", "last_object",
                 "metaclass", "name", "node", "subclasses", "takes_no_abstract",
                 "unknown_decorator")  # fmt: skip
    is_callable = True
    is_class = True
    weighs_arguments = False

    def __init__(self, name: str, bases: list[Any], attributes: dict[str, Any], node: ast.ClassDef):
        self.name = name
        self.bases = bases
        self.attributes = attributes
        self.node = node
        self.called = False
        self.last_object: Any = None  # that the program has made
        self.metaclass: Class | None = None
        self.takes_no_abstract = False  # whether objects need all its methods, as with `ABC`
        self.unknown_decorator: str | None = None  # its source text
        self.is_decorated = False  # by one that is not known
        self.subclasses: list[Class] = []
        for base in bases:
            if isinstance(base, Class):
                base.subclasses.append(self)
        self._ancestry = [self, *merged([ancestry_of(base) for base in bases], bases)]

    def methods(self) -> dict[str, Function]:
        """The methods of its objects, without properties and special methods, by name."""
        found: dict[str, Function] = {}
        for cls in reversed(self.ancestry()):
            named = cls.attributes.items() if isinstance(cls, Class) else ()
            found |= {name: value for name, value in named if isinstance(value, Function)}
        return {
            name: function
            for name, function in found.items()
            if not name.startswith("__") and not function.decorators
        }

    def may_be_chosen(self, run: Run, call: UnknownCall) -> None:
        may_change(run, self, self.find("__init__"), [Unknown("self"), *call.args], call)

    def ancestry(self) -> list[Any]:
        """This class and its bases, in Python's method resolution order."""
        return self._ancestry

    @property
    def is_metaclass(self) -> bool:
        return any(isinstance(base, Native) and base.plain is type for base in self._ancestry)

    @property
    def annotated_names(self) -> dict[str, str]:
        """The names that the class's own body annotates, with the last name of the annotation."""
        names: dict[str, str] = {}
        for statement in self.node.body:
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                annotation = ast.unparse(statement.annotation).partition("[")[0]
                names[statement.target.id] = annotation.strip("'").rpartition(".")[2]
        return {name: annotation for name, annotation in names.items() if annotation != "ClassVar"}

    def find(self, name: str, after: Class | None = None) -> Any:
        """The attribute in the nearest class (after the class `after`) that has it, or MISSING."""
        ancestry = self.ancestry()
        start = ancestry.index(after) + 1 if after in ancestry else 0
        for cls in ancestry[start:]:
            if isinstance(cls, Class) and name in cls.attributes:
                return cls.attributes[name]
        return MISSING

    def abstract_method(self) -> str | None:
        """The name of an abstract method, for which Python makes no object of the class."""
        bases = [base for base in self._ancestry if isinstance(base, Class)]
        for base in bases if any(base.takes_no_abstract for base in bases) else ():
            for name, value in base.attributes.items():
                is_abstract = isinstance(value, Function) and "abstractmethod" in value.decorators
                if is_abstract and self.find(name) is value:
                    return name
        return None

    def __repr__(self) -> str:
        return self.name

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        attribute = self.find(name)
        if attribute is MISSING and name in OF_CLASSES:
            return OF_CLASSES[name](self)
        if isinstance(attribute, Function) and "classmethod" in attribute.decorators:
            return Method(attribute, self)
        if isinstance(attribute, Instance):
            value = attribute.special(run, "__get__", [None, self], node)
            return attribute if value is MISSING else value
        bases = [base for base in self.ancestry() if isinstance(base, Value)]
        for base in bases if attribute is MISSING else ():
            attribute = base.subclass_attribute(run, self, name)
            if attribute is not MISSING:
                break
        if attribute is MISSING and self.metaclass is not None:
            attribute = self.metaclass.find(name)
            return attribute.bound(run, self, node) if isinstance(attribute, Value) else attribute
        return attribute

    def surely_lacks(self, name: str) -> bool:
        others = [base for base in self._ancestry if not isinstance(base, Class)]
        are_of_enum = [bool(self.members) and getattr(base, "plain", 0) is None for base in others]
        are_own = all(are_of_enum)
        return are_own and not name.startswith("__")

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        store_attribute(run, self.attributes, name, new, node)

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        remove_attribute(run, self.attributes, name)

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        if self.is_metaclass:
            return self._made_class(run, args, kwargs, node)
        call = MISSING if self.metaclass is None else self.metaclass.find("__call__")
        if isinstance(call, Function):
            return run.call_function(call, [self, *args], kwargs, node)
        return run.instantiate(self, args, kwargs, node)

    def _made_class(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """The class that a metaclass makes."""
        new, init = self.find("__new__"), self.find("__init__")
        if isinstance(new, Function):
            cls = run.call_function(new, [self, *args], kwargs, node)
        else:
            cls = run.create_class(self, args, kwargs, node)
        if isinstance(cls, Class) and isinstance(init, Function):
            run.call_function(init, [cls, *args], kwargs, node)
        return cls

    def inherited(self, run: Run, name: str) -> Any:
        if name == "__new__":
            return Native(name, _new_object, raw=True)
        if name == "__call__" and self.metaclass is not None:
            return Native(name, self._instantiated, raw=True)
        for base in self.ancestry():  # a class method of a library's class
            inherited = (
                base.subclass_attribute(run, self, name) if isinstance(base, Value) else MISSING
            )
            if inherited is not MISSING:
                return inherited
        return Native(name, lambda *args, **kwargs: None)

    def new_object(self, run: Run, node: ast.AST) -> Any:
        """A new object before its `__init__`; one of the bases may determine its kind."""
        for base in self.ancestry():
            instance = base.new_instance(run, self, node) if isinstance(base, Value) else None
            if instance is not None:
                return instance
        return Instance(self)

    def _instantiated(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        return run.instantiate(self, args, kwargs, node)

    @property
    def members(self) -> dict[str, Any]:
        """The members of an Enum, by name."""
        members: dict[str, Any] = self.attributes.get("__members__", {})
        return members

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        return list(dict.fromkeys(self.members.values())) or None

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """A member of an Enum by name; for other classes, the class itself (`Generic[T]`)."""
        if not self.members:
            own = self.find("__class_getitem__")
            return run.call(own, [self, key], {}, node) if isinstance(own, Function) else self
        member = self.members.get(key, MISSING) if isinstance(key, str) else MISSING
        if member is MISSING and not isinstance(key, Unknown):
            run.fail(KeyError(key))
        return super().item(run, key, node) if member is MISSING else member

    def has_instance(self, value: Any) -> Any:
        cls = getattr(value, "cls", None)  # of an object, or of a layer of the program's class
        return isinstance(cls, Class) and self in cls.ancestry()

    def is_subclass(self, kind: Any) -> Any:
        if any(base is kind or base == kind for base in self._ancestry):
            return True
        others = [base for base in self._ancestry if isinstance(base, Value)]
        if any(base.is_subclass(kind) is True for base in others if not isinstance(base, Class)):
            return True
        return next((base for base in self._ancestry if isinstance(base, Unknown)), False)


def _new_object(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    cls, *rest = args
    if isinstance(cls, Class) and cls.is_metaclass:
        return run.create_class(cls, rest, kwargs, node)
    instance = cls.new_object(run, node)
    if isinstance(instance, Instance) and instance.is_number_or_text:
        instance.inner = run.call(instance.builtin, rest, kwargs, node)
    return instance


def ancestry_of(base: Any) -> list[Any]:
    return base.ancestry() if isinstance(base, Class) else [base]


class Instance(WithSpecialMethods):
    """An object of a class of the program."""

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.attributes: dict[str, Any] = {}

    def __hash__(self) -> int:
        if self.cls.find("__eq__") is MISSING:
            return id(self)
        raise TypeError("which of such objects are equal is not known")

    def __eq__(self, other: object) -> bool:
        return self is other

    def has_in_class(self, name: str) -> bool:
        return self.cls.find(name) is not MISSING

    def may_be_chosen(self, run: Run, call: UnknownCall) -> None:
        may_change(run, self, self.cls.find("__call__"), [self, *call.args], call)

    @property
    def builtin(self) -> Native | None:
        """The Python type that the object's class derives from."""
        bases = [base for base in self.cls.ancestry() if isinstance(base, Native)]
        return next((base for base in bases if base.plain not in (None, object)), None)

    @property
    def is_number_or_text(self) -> bool:
        """Whether its class derives from a type whose objects get their value from `__new__`."""
        return self.builtin is not None and self.builtin.plain in _SET_BY_NEW

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        in_class = self.cls.find(name)
        is_first = isinstance(in_class, Value) and in_class.is_property
        if name in self.attributes and not is_first:
            return self._named_apart(run, self.attributes[name], node)
        if name == "__class__":
            return self.cls
        if name == "__dict__":
            return self.attributes if slots_of(self.cls) is None else MISSING
        is_method = isinstance(in_class, Function) or name.startswith("__")
        if run.is_open(self.attributes) and not is_method:
            return run.unknown(f"{run.spoiled[id(self.attributes)]}[{name!r}]")
        return in_class.bound(run, self, node) if isinstance(in_class, Value) else in_class

    def _named_apart(self, run: Run, value: Any, node: ast.AST) -> Any:
        """The value of an attribute, which is named by its object if others have one like it."""
        if type(value) is not Unknown or len(run.with_unknown.get(str(value), ())) < 2:
            return value
        words = run.source_of(node)
        run.rename(value.text, words)
        return value if words.startswith("self.") else run.unknown(words)

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        attribute = (
            MISSING if name.startswith("__") else self.special(run, "__getattr__", [name], node)
        )
        if attribute is not MISSING:
            return attribute
        for base in self.cls.ancestry():
            if isinstance(base, Unknown):
                run.rename(base.text, run.source_of(node))
        return super().missing(run, name, node)

    def surely_lacks(self, name: str) -> bool:
        is_given = any(self.cls.find(f"__{way}__") for way in ("getattr", "getattribute"))
        return not is_given and self.cls.surely_lacks(name)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        in_class = self.cls.find(name)
        if name == "__dict__" and isinstance(inner_of(new), dict):
            self.attributes = inner_of(new)
        elif isinstance(in_class, Value) and in_class.set_on(run, self, new, node):
            return
        elif self.special(run, "__setattr__", [name, new], node) is MISSING:
            store(run, self, name, new, node)

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        in_class = self.cls.find(name)
        if isinstance(in_class, Value) and in_class.delete_on(run, self, node):
            return
        if self.special(run, "__delattr__", [name], node) is MISSING:
            remove_attribute(run, self.attributes, name)

    @property
    def is_property(self) -> bool:
        """Whether it is a descriptor that objects cannot hide."""
        return self.cls.find("__set__") is not MISSING

    def bound(self, run: Run, receiver: Any, node: ast.AST) -> Any:
        value = self.special(run, "__get__", [receiver, receiver.cls], node)
        return self if value is MISSING else value

    def set_on(self, run: Run, receiver: Any, new: Any, node: ast.AST) -> bool:
        return self.special(run, "__set__", [receiver, new], node) is not MISSING

    def delete_on(self, run: Run, receiver: Any, node: ast.AST) -> bool:
        return self.special(run, "__delete__", [receiver], node) is not MISSING

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        method = self.cls.find("__call__")
        if isinstance(method, Function):
            return run.call_function(method, [self, *args], kwargs, node)
        result = super().call(run, args, kwargs, node)
        if isinstance(result, Unknown) and result.text:
            run.rename(self.cls.name, result.text)  # the class derives from an unknown class
        return result

    def inherited(self, run: Run, name: str) -> Any:
        function = INHERITED.get(name)
        return MISSING if function is None else Native(name, partial(function, self), raw=True)

    def init_without_own(
        self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> None:
        """Called for the constructor of the base if the class has no `__init__`."""

    def type_of(self) -> Any:
        return self.cls

    def copied(self, run: Run, node: ast.AST) -> Any:
        copied = copy.copy(self)
        copied.attributes = dict(self.attributes)
        return copied


class Super(Value):
    """`super()` in a method: the receiver's attributes from the classes after this one."""

    def __init__(self, receiver: Any, after: Class) -> None:
        self.receiver = receiver
        self.after = after
        self.inner = receiver.inner  # for methods of Python's own types

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        cls = self.receiver if isinstance(self.receiver, Class) else self.receiver.cls
        metaclass = self.receiver.metaclass if isinstance(self.receiver, Class) else None
        if metaclass is not None and self.after in metaclass.ancestry():
            cls = metaclass
        attribute = cls.find(name, after=self.after)
        if isinstance(attribute, Function):
            return attribute.bound(run, self.receiver, node)
        return self.receiver.inherited(run, name) if attribute is MISSING else attribute
