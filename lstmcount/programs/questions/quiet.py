"""Statements that cannot change a model: they report, draw, or compute what nothing else reads."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import TypeGuard

from lstmcount.programs.language.callbacks import CHANGING
from lstmcount.programs.language.flow import FUNCTIONS, called_name

_BRANCHES = ast.If | ast.For | ast.AsyncFor | ast.While
_LOOPS = ast.For | ast.AsyncFor | ast.While
_SCOPES = FUNCTIONS | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp

# Calls that change nothing of a model, by the start of the function's name.
_REPORTING = ("print", "load", "save", "fit", "log", "plot", "show", "summary", "info", "debug",
              "warn", "makedirs", "mkdir", "write", "close", "compile", "set_session")  # fmt: skip
_DRAWING = {
    "axis", "bar", "colorbar", "figure", "grid", "hist", "imsave", "imshow", "imwrite", "legend",
    "pause", "scatter", "set_axis_off", "set_title", "set_xlabel", "set_ylabel", "sleep", "subplot",
    "subplots_adjust", "suptitle", "text", "tight_layout", "title", "xlabel", "xlim", "xticks",
    "ylabel", "ylim", "yticks",
}  # fmt: skip
# Calls that only compute: of Python, of libraries, and of methods of arrays and texts.
_FUNCTIONS = {
    "abs", "bool", "dict", "enumerate", "float", "int", "len", "list", "max", "min", "range",
    "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip",
}  # fmt: skip
_LIBRARIES = {"cv2", "datetime", "math", "np", "numpy", "pd", "plt", "random", "time"}
_METHODS = {
    "argmax", "astype", "copy", "decode", "encode", "evaluate", "flatten", "format", "item", "join",
    "keys", "lower", "mean", "numpy", "predict", "replace", "reshape", "split", "squeeze", "strip",
    "sum", "take", "tolist", "transpose", "upper", "values",
}  # fmt: skip
_CHANGING = CHANGING | {"delattr", "next", "setattr"}
_READING_ALL = ("eval", "exec", "globals", "locals", "vars")  # they may read any name


@lru_cache(maxsize=1)
def quiet_nodes(statements: tuple[ast.stmt, ...]) -> Quiet:
    """The nodes of quiet statements in a program, which may be followed several times."""
    return Quiet(statements)


class Quiet:
    """The nodes of quiet statements in a program."""

    def __init__(self, statements: tuple[ast.stmt, ...]) -> None:
        self._statements = statements
        self._nodes: set[ast.AST] = set()
        for statement in statements:
            for node in ast.walk(statement):
                if isinstance(node, _BRANCHES) and node not in self._nodes and self._may_skip(node):
                    self._nodes.update(ast.walk(node))

    def __contains__(self, node: ast.AST) -> bool:
        return node in self._nodes

    @cached_property
    def _reads(self) -> _Reads:
        return _Reads(self._statements)

    def _may_skip(self, node: ast.If | ast.For | ast.AsyncFor | ast.While) -> bool:
        is_quiet = all(self._is_quiet(part, isinstance(node, _LOOPS)) for part in _parts(node))
        if not is_quiet or any(map(_changes, ast.walk(node))):
            return False
        assigned = _assigned(node)
        return not assigned or not self._reads.are_elsewhere(node, assigned)

    def _is_quiet(self, statement: ast.stmt, in_loop: bool) -> bool:
        match statement:
            case ast.Pass() | ast.Expr(ast.Constant()):
                return True
            case ast.Break() | ast.Continue():
                return in_loop
            case ast.Expr(ast.Call() as call):
                return _reports(call)
            case ast.Assign(targets=targets, value=value):
                return all(map(_is_name, targets)) and _computes(value)
            case ast.AugAssign(target=target, value=value):
                return _is_name(target) and _computes(value)
            case ast.If(test=decided) | ast.For(iter=decided) | ast.While(test=decided):
                in_loop = in_loop or isinstance(statement, _LOOPS)
                parts = _parts(statement)
                return _computes(decided) and all(self._is_quiet(part, in_loop) for part in parts)
        return False


def _parts(node: ast.If | ast.For | ast.AsyncFor | ast.While) -> list[ast.stmt]:
    return [*node.body, *node.orelse]


def _reports(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr in _DRAWING:
        return True
    return called_name(call).startswith(_REPORTING)


def _changes(node: ast.AST) -> bool:
    """Whether a part of an expression binds a name or changes a container or an object."""
    return isinstance(node, ast.NamedExpr) or (
        isinstance(node, ast.Call) and called_name(node) in _CHANGING
    )


def _computes(value: ast.expr) -> bool:
    """Whether an expression creates, calls and changes no layer and no container."""
    for node in ast.walk(value):
        if isinstance(node, ast.Lambda | ast.Yield | ast.YieldFrom | ast.Await):
            return False
        if isinstance(node, ast.Call) and not _only_computes(node.func):
            return False
    return True


def _only_computes(function: ast.expr) -> bool:
    if isinstance(function, ast.Name):
        return function.id in _FUNCTIONS
    if not isinstance(function, ast.Attribute):
        return False
    owner = function.value
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    is_library = isinstance(owner, ast.Name) and owner.id in _LIBRARIES
    return is_library or function.attr in _METHODS


def _is_name(target: ast.expr) -> bool:
    """Whether an assignment binds names only."""
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_is_name, target.elts))
    return isinstance(target, ast.Name)


def _assigned(node: ast.AST) -> set[str]:
    """The names that a statement binds, without targets of loops: they are not known afterwards."""
    targets: list[ast.expr] = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign):
            targets += inner.targets
        elif isinstance(inner, ast.AugAssign):
            targets.append(inner.target)
    return {name.id for target in targets for name in ast.walk(target) if _is_stored(name)}


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


class _Reads:
    """Where a program reads names: by the function that binds them, or the whole program."""

    def __init__(self, statements: Iterable[ast.stmt]) -> None:
        self._counts = Counter[tuple[ast.AST | None, str]]()
        self._outside = Counter[str]()  # reads other than by name: `config.units`, `"units"`
        self._scopes: dict[ast.AST, list[ast.AST]] = {}  # the functions around a statement
        self._bound: dict[ast.AST, set[str]] = {}
        self._count(statements)

    def are_elsewhere(self, node: ast.AST, names: set[str]) -> bool:
        """Whether the program reads one of these names outside of a statement that binds it."""
        scopes = self._scopes.get(node)
        if scopes is None or any(self._counts[None, name] for name in _READING_ALL):
            return True
        inside = Counter(inner.id for inner in ast.walk(node) if _is_read(inner))
        for name in names:
            scope = self._scope(scopes, name)
            if scope is None and self._outside[name]:
                return True
            if self._counts[scope, name] > inside[name]:
                return True
        return False

    def _count(self, statements: Iterable[ast.stmt]) -> None:
        todo: list[tuple[ast.AST, list[ast.AST]]] = [(node, []) for node in statements]
        while todo:
            node, scopes = todo.pop()
            if isinstance(node, ast.Name):
                if _is_read(node):
                    self._counts[self._scope(scopes, node.id), node.id] += 1
                continue
            for name in _read_outside(node):
                self._outside[name] += 1
            if isinstance(node, ast.Constant):
                continue
            if isinstance(node, _BRANCHES):
                self._scopes[node] = scopes
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
                todo += [(before, scopes) for before in _evaluated_before(node)]
                self._bound[node] = _bound_in(node)
                scopes = [*scopes, node]
            todo += [(inner, scopes) for inner in ast.iter_child_nodes(node)]

    def _scope(self, scopes: list[ast.AST], name: str) -> ast.AST | None:
        """The innermost function around a place that binds a name; None for the whole program."""
        return next((scope for scope in reversed(scopes) if name in self._bound[scope]), None)


def _is_read(node: ast.AST) -> TypeGuard[ast.Name]:
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


def _evaluated_before(
    function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
) -> list[ast.expr]:
    """The parts of a function that are evaluated where it stands."""
    arguments = function.args
    defaults = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
    return defaults if isinstance(function, ast.Lambda) else [*function.decorator_list, *defaults]


def _bound_in(function: ast.AST) -> set[str]:
    """The parameters of a function and the names that it binds; none if it shares a name."""
    names: set[str] = set()
    todo = list(ast.iter_child_nodes(function))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Global | ast.Nonlocal):
            return set()
        if isinstance(node, ast.arg):
            names.add(node.arg)
        elif _is_stored(node):
            names.add(node.id)
        if not isinstance(node, _SCOPES):
            todo += ast.iter_child_nodes(node)
    return names
