"""Statements that cannot change a model: they report, draw, or compute what nothing else reads."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TypeGuard

from lstmcount.programs.language.flow import called_name
from lstmcount.programs.language.values.callbacks import CHANGING, CHANGING_ARGUMENTS, root_of
from lstmcount.programs.questions.names_read import Branch, NamesRead, is_stored

_LOOPS = ast.For | ast.AsyncFor | ast.While

# Calls that change nothing of a model, by the start of the function's name.
_REPORTING = ("print", "load", "save", "log", "plot", "show", "summary", "info", "debug", "warn",
              "makedirs", "mkdir", "write", "close", "compile", "set_session")  # fmt: skip
_DRAWING = {
    "axis", "bar", "colorbar", "figure", "grid", "hist", "imsave", "imshow", "imwrite", "legend",
    "pause", "scatter", "set_axis_off", "set_title", "set_xlabel", "set_ylabel", "sleep", "subplot",
    "subplots_adjust", "suptitle", "text", "tight_layout", "title", "xlabel", "xlim", "xticks",
    "ylabel", "ylim", "yticks",
}  # fmt: skip
# Calls that only compute: of Python, and of methods of arrays and texts.
_FUNCTIONS = {
    "abs", "bool", "dict", "enumerate", "float", "int", "len", "list", "max", "min", "range",
    "repr", "reversed", "round", "set", "sorted", "str", "sum", "tuple", "zip",
}  # fmt: skip
_METHODS = {
    "argmax", "astype", "copy", "decode", "encode", "flatten", "format", "item", "join", "keys",
    "lower", "mean", "numpy", "replace", "reshape", "split", "squeeze", "strip", "sum", "take",
    "tolist", "transpose", "upper", "values",
}  # fmt: skip
_SETTING = ("clear_", "set_")  # functions of libraries that change settings
_CHANGING = CHANGING | CHANGING_ARGUMENTS | {"delattr", "next", "setattr"}
# Special methods that no operator, loop or function of Python calls for an object that exists.
_CALLED_BY_NAME = {"__call__", "__init__", "__init_subclass__", "__new__"}


@lru_cache(maxsize=1)
def quiet_nodes(statements: tuple[ast.stmt, ...]) -> Quiet:
    """The nodes of quiet statements in a program, which may be followed several times."""
    return Quiet(statements)


class Quiet:
    """The nodes of quiet statements in a program."""

    def __init__(self, statements: tuple[ast.stmt, ...]) -> None:
        self._names = NamesRead(statements)
        self._may_skip = lru_cache(maxsize=None)(self._is_without_effect)
        special = [name for name in self._names.functions if _is_special(name)]
        methods = [method for name in special for method in self._names.functions[name]]
        self._has_loud_operators = any(map(self._has_effect, methods))

    def __contains__(self, node: ast.AST) -> bool:
        if self._has_loud_operators:  # `print(a + b)` may change a model
            return False
        return any(map(self._may_skip, self._names.branches_around(node)))

    def _has_effect(self, method: ast.AST) -> bool:
        """Whether a special method may change more than its own names."""
        parts = list(ast.walk(method))
        return any(map(self._changes, parts)) or not all(map(_only_binds_names, parts))

    def _is_without_effect(self, branch: Branch) -> bool:
        is_quiet = all(self._is_quiet(part, isinstance(branch, _LOOPS)) for part in _parts(branch))
        if not is_quiet or any(map(self._changes, ast.walk(branch))):
            return False
        used = _assigned(branch) | _iterated(branch)
        return not used or not self._names.are_elsewhere(branch, used)

    def _is_quiet(self, statement: ast.stmt, in_loop: bool) -> bool:
        match statement:
            case ast.Pass() | ast.Expr(ast.Constant()):
                return True
            case ast.Break() | ast.Continue():
                return in_loop
            case ast.Expr(ast.Call() as call):
                arguments = [*call.args, *[keyword.value for keyword in call.keywords]]
                return _reports(call) and all(map(self._computes, arguments))
            case ast.Assign(targets=targets, value=value):
                return all(map(_is_name, targets)) and self._computes(value)
            case ast.AugAssign(target=target, value=value):
                return _is_name(target) and self._computes(value)
            case ast.If(test=decided) | ast.For(iter=decided) | ast.While(test=decided):
                in_loop = in_loop or isinstance(statement, _LOOPS)
                parts = _parts(statement)
                return self._computes(decided) and all(
                    self._is_quiet(part, in_loop) for part in parts
                )
        return False

    def _changes(self, node: ast.AST) -> bool:
        """Whether a part of an expression binds a name, changes a container or an object, or calls
        a function of the program, as a property does."""
        match node:
            case ast.NamedExpr():
                return True
            case ast.Call() if called_name(node) in _CHANGING:
                return True
            case ast.Attribute(attr=name) | ast.Name(id=name):
                return name in self._names.functions
        return False

    def _computes(self, value: ast.expr) -> bool:
        """Whether an expression creates, calls and changes no layer and no container."""
        return all(map(self._only_computes, ast.walk(value)))

    def _only_computes(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Call):
            return self._is_computation(node.func)
        return not isinstance(node, ast.Lambda | ast.Yield | ast.YieldFrom | ast.Await)

    def _is_computation(self, function: ast.expr) -> bool:
        match function:
            case ast.Name(id=name):
                return name in _FUNCTIONS
            case ast.Attribute(attr=name):
                root = root_of(function)
                is_library = isinstance(root, ast.Name) and root.id in self._names.modules
                is_plain = name[:1].islower() and not name.startswith(_SETTING)
                return name in _METHODS or (is_library and is_plain)
        return False


def _is_special(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and name not in _CALLED_BY_NAME


def _only_binds_names(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute | ast.Subscript):
        return isinstance(node.ctx, ast.Load)
    return not isinstance(node, ast.Global | ast.Nonlocal)


def _parts(node: Branch) -> list[ast.stmt]:
    return [*node.body, *node.orelse]


def _reports(call: ast.Call) -> bool:
    if isinstance(call.func, ast.Attribute) and call.func.attr in _DRAWING:
        return True
    return called_name(call).startswith(_REPORTING)


def _is_name(target: ast.expr) -> bool:
    """Whether an assignment binds names only."""
    if isinstance(target, ast.Tuple | ast.List):
        return all(map(_is_name, target.elts))
    return isinstance(target, ast.Name)


def _assigned(node: ast.AST) -> set[str]:
    """The names that a statement binds, with the target of a loop that may end at any element."""
    targets: list[ast.expr] = []
    for inner in ast.walk(node):
        if isinstance(inner, ast.Assign):
            targets += inner.targets
        elif isinstance(inner, ast.AugAssign) or _may_break(inner):
            targets.append(inner.target)
    return {name.id for target in targets for name in ast.walk(target) if is_stored(name)}


def _iterated(branch: Branch) -> set[str]:
    """The names of what loops in a branch go through: of an iterator, no element is left then."""
    loops = [node for node in ast.walk(branch) if node is not branch or _may_break(node)]
    return {
        name
        for loop in loops
        if isinstance(loop, ast.For | ast.AsyncFor | ast.comprehension)
        for name in _taken_from(loop.iter)
    }


def _taken_from(iterated: ast.expr) -> set[str]:
    """The names whose elements a loop takes: `it` in `enumerate(it)`."""
    if isinstance(iterated, ast.Call) and isinstance(iterated.func, ast.Name):
        return {name for argument in iterated.args for name in _taken_from(argument)}
    return {iterated.id} if isinstance(iterated, ast.Name) else set()


def _may_break(node: ast.AST) -> TypeGuard[ast.For | ast.AsyncFor]:
    """Whether this is a loop over elements that a `break` may end."""
    is_loop = isinstance(node, ast.For | ast.AsyncFor)
    return is_loop and any(isinstance(inner, ast.Break) for inner in ast.walk(node))
