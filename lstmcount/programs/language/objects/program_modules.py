"""A module of the program as a value."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.module_files import (
    ModuleStep,
)
from lstmcount.programs.language.objects.exceptions import KINDS, catches
from lstmcount.programs.language.run import MISSING, Run, Stop
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.values.value import Value


class ProgramModule(Value):
    """A module of the program, possibly only partly imported."""

    __slots__ = ("imported_as", "name", "scope", "step")

    def __init__(self, name: str, scope: Scope, step: ModuleStep | None) -> None:
        self.name = name
        self.scope = scope
        self.step = step
        self.imported_as = None if step is None else step.name  # None: by relative imports only

    @property
    def attributes(self) -> dict[str, Any]:
        return self.scope.names

    def __repr__(self) -> str:
        return self.name

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name in self.scope.names:
            return self.scope.names[name]
        if name == "__dict__":
            return dict(self.scope.names)
        value = run.starred(self.scope, name)
        getter = self.scope.names.get("__getattr__")
        if value is not MISSING or getter is None or name.startswith("__"):
            return value
        try:
            return run.call(getter, [name], {}, node)
        except Stop as stop:
            if not catches([KINDS["AttributeError"]], stop.value):
                raise
            return MISSING

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        if not self.scope.stars:
            run.fail(AttributeError())
        return super().missing(run, name, node)

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        return sorted(self.scope.names) if name == "dir" and not self.scope.stars else MISSING

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        run.bind(self.scope, name, new, node)

    def delete_attribute(self, run: Run, name: str, node: ast.AST) -> None:
        self.scope.names.pop(name, None)
