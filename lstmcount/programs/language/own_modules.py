"""The interface of the program's own modules, for values."""

from __future__ import annotations

import ast
from typing import Any, Protocol

from lstmcount.programs.language.module_files import ModuleFiles
from lstmcount.programs.language.scope import Scope


class OwnModules(Protocol):
    """The program's own modules in one run."""

    files: ModuleFiles
    installed: set[str]  # libraries that the program cannot do without
    changed_files: set[str]  # names of files that the program may have changed
    search_path: list[Any]  # `sys.path`
    chain: int  # number of modules that are being followed, each imported by the one before it

    def has(self, dotted: str) -> bool:
        """Whether there is a module of that name."""

    def import_(self, node: ast.Import, scope: Scope) -> None:
        """`import a.b`."""

    def import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        """`from .a import b`."""

    def load(self, path: str) -> Any:
        """The module in a file, wherever it is."""

    def import_named(self, dotted: str, node: ast.AST) -> Any:
        """The module of that name: `importlib.import_module(dotted)`."""

    def loaded(self, name: str) -> Any:
        """The module of that name, if it was imported; else MISSING."""

    def reload(self, module: Any) -> None:
        """Follow a module again: `importlib.reload(module)`."""

    def scopes(self) -> list[Scope]:
        """The names of each module that was followed."""

    def scope_around(self, node: ast.AST) -> Scope:
        """The names of the module that this code stands in."""

    def execute(self, code: str, scope: Scope, node: ast.AST) -> None:
        """Follow code in these names: `exec(code)`."""

    def execute_file(self, path: str, scope: Scope) -> None:
        """Follow a file in these names: `runpy.run_path(path)`."""

    def file_of(self, dotted: str) -> str | None:
        """The file of the module of that name."""
