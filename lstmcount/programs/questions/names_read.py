"""Where a program reads names, and the branches around its nodes."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import TypeGuard

from lstmcount.programs.language.flow import FUNCTIONS

Branch = ast.If | ast.For | ast.AsyncFor | ast.While

_COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_READING_ALL = ("eval", "exec", "globals", "locals", "vars")  # they may read any name


class _Scope:
    """The program, a function, or the body of a class or comprehension, which owns no names here:
    what it reads may be a name of the function around it."""

    def __init__(self, outer: _Scope | None = None, *, owns_names: bool = False) -> None:
        self.outer = outer
        self.owns_names = owns_names
        self.names: set[str] = set()

    def of_name(self, name: str) -> _Scope:
        """The innermost function from here on outwards that binds a name, or the program."""
        scope = self
        while scope.outer is not None and not (scope.owns_names and name in scope.names):
            scope = scope.outer
        return scope


class NamesRead:
    """The reads of names in a program, by the function that binds them or the whole program."""

    def __init__(self, statements: Iterable[ast.stmt]) -> None:
        self._reads = defaultdict[str, Counter[_Scope]](Counter)
        self._outside = Counter[str]()  # reads other than by name: `config.units`, `"units"`
        self._scopes: dict[Branch, _Scope] = {}
        self._branch_around: dict[ast.AST, Branch | None] = {}
        # all functions and methods, by name
        self.functions = defaultdict[str, list[ast.FunctionDef | ast.AsyncFunctionDef]](list)
        self.modules: set[str] = set()  # the names of imported modules, and of parts of Keras
        self._read(statements)

    def branches_around(self, node: ast.AST) -> Iterator[Branch]:
        """The node itself, if it is a branch or loop, and those that contain it, inside out."""
        branch = node if isinstance(node, Branch) else self._branch_around.get(node)
        while branch is not None:
            yield branch
            branch = self._branch_around.get(branch)

    def are_elsewhere(self, branch: Branch, names: set[str]) -> bool:
        """Whether the program reads one of these names outside of a branch that binds it."""
        inside = Counter(inner.id for inner in ast.walk(branch) if is_read(inner))
        return any(name in self._reads for name in _READING_ALL) or any(
            self._number_of_reads(self._scopes[branch], name) > inside[name] for name in names
        )

    def _number_of_reads(self, scope: _Scope, name: str) -> int:
        """How often a name, as it is meant in this scope, may be read."""
        owner = scope.of_name(name)
        by_name = self._reads.get(name, Counter())
        number = sum(reads for at, reads in by_name.items() if at.of_name(name) is owner)
        return number if owner.outer is not None else number + self._outside[name]

    def _read(self, statements: Iterable[ast.stmt]) -> None:
        program = _Scope()
        todo: list[tuple[ast.AST, _Scope, Branch | None]]
        todo = [(node, program, None) for node in statements]
        while todo:
            node, scope, branch = todo.pop()
            if isinstance(node, ast.Name):
                if is_stored(node):
                    scope.names.add(node.id)
                else:
                    self._reads[node.id][scope] += 1
                continue
            for name in _read_outside(node):
                self._outside[name] += 1
            self._branch_around[node] = branch
            self.modules.update(_modules_named_by(node))
            if isinstance(node, ast.Global | ast.Nonlocal):
                scope.owns_names = False
            elif isinstance(node, Branch):
                self._scopes[node] = scope
                branch = node
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                if not isinstance(node, ast.Lambda):
                    self.functions[node.name].append(node)
                todo += [(before, scope, branch) for before in _evaluated_before(node)]
                scope = _Scope(scope, owns_names=True)
                scope.names |= _parameters(node)
                body = [node.body] if isinstance(node, ast.Lambda) else node.body
                todo += [(inner, scope, branch) for inner in body]
                continue
            elif isinstance(node, FUNCTIONS | _COMPREHENSIONS):
                scope = _Scope(scope)
            todo += [(inner, scope, branch) for inner in ast.iter_child_nodes(node)]


def is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def is_read(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)


def _read_outside(node: ast.AST) -> list[str]:
    """Names of modules and classes that are read as attributes, by imports or by their text."""
    if isinstance(node, ast.Attribute):
        return [node.attr]
    if isinstance(node, ast.ImportFrom):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return []


def _modules_named_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.asname or alias.name.partition(".")[0] for alias in node.names]
    if isinstance(node, ast.ImportFrom) and re.match(r"(tf_)?keras|tensorflow", node.module or ""):
        return [alias.asname or alias.name for alias in node.names]
    return []


def _evaluated_before(
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> list[ast.AST]:
    """The parts of a function that are evaluated where it stands; annotations count as well."""
    parts = [*ast.iter_child_nodes(function.args)]
    if not isinstance(function, ast.Lambda):
        parts += [*function.decorator_list, *filter(None, [function.returns])]
    return parts


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    parts = ast.iter_child_nodes(function.args)
    return {parameter.arg for parameter in parts if isinstance(parameter, ast.arg)}
