"""Enumerations: `enum.Enum` and its like."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.builtins.builtin_functions import BUILTINS
from lstmcount.programs.language.objects.own_classes import Class, Instance
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.elements import items
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value

_HAVE_VALUES = ("enum.IntEnum", "enum.StrEnum", "enum.IntFlag")  # members are numbers or texts
_OF_VALUES = (BUILTINS["int"], BUILTINS["str"], BUILTINS["float"])


class _Auto(Value):
    """`enum.auto()`. Members that share one are one member."""

    def __init__(self) -> None:
        self.value: Any = MISSING


class _Enumeration(Native):
    """A class of `enum` from which the program derives its enumerations."""

    def __init__(self, name: str) -> None:
        super().__init__(name, self._made, raw=True)

    def _made(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        """`Enum("Kind", "A B")`: a new enumeration."""
        name, *names = args
        names = names[0].replace(",", " ").split() if isinstance(names[0], str) else names[0]
        members = names if isinstance(names, dict) else items(run, names, node)
        if members is None:
            return run.unknown(run.source_of(node))
        if not isinstance(members, dict):
            pairs = [m if isinstance(m, tuple) else (m, at) for at, m in enumerate(members, 1)]
            members = dict(pairs)
        return run.create_class(None, [name, (self,), members], {}, node)

    def has_instance(self, value: Any) -> Any:
        return isinstance(value, Instance) and self in value.cls.ancestry()

    def after_class(self, run: Run, cls: Class) -> None:
        """Create the members: objects of the class with a name and a value."""
        ancestry = cls.ancestry()
        have_values = any(
            base in _OF_VALUES or (isinstance(base, Native) and base.name in _HAVE_VALUES)
            for base in ancestry
        )
        members: dict[str, Any] = {}
        for name, value in list(cls.attributes.items()):
            if isinstance(value, Function | Class) or name.startswith("_"):
                continue
            known = value.value if isinstance(value, _Auto) else value
            same = [m for m in members.values() if m.attributes["value"] == known]
            members[name] = same[0] if same else self._member(run, cls, name, value, members)
            if have_values:
                members[name].inner = members[name].attributes["value"]
        cls.attributes = {**cls.attributes, **members, "__members__": members}

    def _member(
        self, run: Run, cls: Class, name: str, value: Any, members: dict[str, Any]
    ) -> Instance:
        if isinstance(value, _Auto):
            value.value = self._next_value(name, [m.attributes["value"] for m in members.values()])
            value = value.value
        member = Instance(cls)
        member.attributes = {"name": name, "value": value, "_name_": name, "_value_": value}
        init = cls.find("__init__")
        if isinstance(init, Function):
            arguments = [*value] if isinstance(value, tuple) else [value]
            run.call_function(init, [member, *arguments], {}, cls.node)
        return member

    def _next_value(self, name: str, values: list[Any]) -> Any:
        """The value of `auto()`, after the values of the members before it."""
        numbers = [value for value in values if isinstance(value, int)]
        if self.name == "enum.StrEnum":
            return name.lower()
        if "Flag" in self.name:
            return 1 << max(numbers, default=0).bit_length()
        return max(numbers, default=0) + 1


TABLE: dict[str, Any] = {
    f"enum.{name}": _Enumeration(f"enum.{name}")
    for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")
}
_provides = partial(provides, TABLE)


@_provides("enum.auto")
def _auto(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _Auto()


@_provides("enum.unique")
def _unique(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return args[0]
