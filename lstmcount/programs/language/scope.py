"""Scopes: the names that a program binds."""

from __future__ import annotations

from typing import Any


class Scope:
    """The names of a module, a function call or a class body."""

    __slots__ = ("declared", "generator", "is_class", "is_comprehension", "local", "names",
                 "parent", "stars")  # fmt: skip

    def __init__(self, parent: Scope | None = None, names: dict[str, Any] | None = None) -> None:
        self.names: dict[str, Any] = {} if names is None else names
        self.parent = parent
        self.declared: dict[str, Scope] = {}  # by `global` or `nonlocal`
        self.local: frozenset[str] = frozenset()  # the names that a function binds anywhere
        self.is_class = False
        self.is_comprehension = False
        self.generator: Any = None  # that executes the statements of a function with `yield`
        self.stars: list[str] = []  # modules whose names are all imported (`import *`)

    def enclosing(self) -> Scope:
        """The scope around a function or comprehension here, which cannot see a class's names."""
        scope = self
        while scope.is_class and scope.parent is not None:
            scope = scope.parent
        return scope

    def inside(self) -> Scope:
        """The scope of a comprehension here."""
        scope = Scope(self.enclosing())
        scope.is_comprehension = True
        return scope

    def outside(self) -> Scope:
        """The scope in which `:=` binds, which is around comprehensions."""
        scope = self
        while scope.is_comprehension and scope.parent is not None:
            scope = scope.parent
        return scope

    def find(self, name: str) -> Scope | None:
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.parent
        return None

    def all_stars(self) -> list[str]:
        """The modules from which names of this scope may come by `import *`."""
        return self.stars + (self.parent.all_stars() if self.parent is not None else [])

    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def bind(self, name: str, value: Any) -> None:
        self.declared.get(name, self).names[name] = value
