"""What code may change, as its syntax tells: names, containers and attributes."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from lstmcount.programs.language.flow import called_name
from lstmcount.programs.language.values.callbacks import CHANGING, is_path, root_of

PLAIN = {name for kind in (str, bytes, list, dict, set, int, float) for name in dir(kind)}


class Touched(msgspec.Struct):
    """What code may change, as names and attributes of names."""

    shared: set[str]  # names that it declares `global` or `nonlocal`
    containers: list[ast.expr]  # whose elements it changes
    attributes: list[ast.Attribute]  # that it sets
    calls: list[tuple[ast.Call, dict[ast.expr, list[ast.expr]]]]  # and parts of their arguments
    objects: list[ast.expr]  # whose methods it calls, or attributes it sets
    read: list[ast.expr]
    returned: list[ast.expr]  # of which it may return a part


@lru_cache(1024)
def handed_on(code: ast.AST, names: tuple[str, ...]) -> list[tuple[ast.expr, bool]]:
    """What code returns or keeps under these names: values, and those of which it may be a part."""
    aliases: dict[str, list[tuple[ast.expr, bool]]] = {}
    handed: list[tuple[ast.expr, bool]] = [(ast.Name(name), True) for name in names]
    for node in ast.walk(code):
        targets: list[ast.expr] = []
        kept: list[tuple[ast.expr, bool]] = []
        match node:
            case ast.Return(value=ast.expr() as value):
                handed += _kept(value)
            case ast.Assign(targets=targets, value=value):
                kept = _kept(value) + _kept(value, is_whole=False)
            case ast.NamedExpr(target=target, value=value):
                targets, kept = [target], _kept(value)
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                targets, kept = [target], _kept(value, is_whole=False)
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                targets, kept = [target], _kept(value)
        for name in [each for target in targets for each in ast.walk(target)]:
            if isinstance(name, ast.Name):
                aliases.setdefault(name.id, []).extend(kept)
    own = len(names)
    for path, is_whole in handed:  # which grows
        if isinstance(path, ast.Name):
            for inner, inner_whole in aliases.pop(path.id, ()):
                handed.append((inner, is_whole and inner_whole))
    return handed[own:]


def _kept(value: ast.expr, *, is_whole: bool = True) -> list[tuple[ast.expr, bool]]:
    """What a value may be, or else be a part of."""
    match value:
        case ast.Name() | ast.Attribute():
            return [(path, is_whole) for path in paths_in(value)]
        case ast.IfExp(body=body, orelse=orelse):
            return _kept(body, is_whole=is_whole) + _kept(orelse, is_whole=is_whole)
        case ast.BoolOp(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts):
            return [each for part in parts for each in _kept(part, is_whole=is_whole)]
        case ast.Dict(values=parts):
            return [each for part in parts for each in _kept(part, is_whole=is_whole)]
        case ast.Subscript(value=inner) | ast.Starred(value=inner):
            return _kept(inner, is_whole=False)
        case ast.NamedExpr(value=inner):
            return _kept(inner, is_whole=is_whole)
        case ast.Call(func=ast.Attribute(value=owner) as function):
            return _kept(function) + _kept(owner, is_whole=False)
        case ast.Call(func=function):
            return _kept(function)
    return []


def bound_in_expressions(statement: ast.stmt) -> set[str]:
    """The names that `:=` and patterns bind."""
    bound: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case ast.NamedExpr(target=ast.Name(id=name)):
                bound.add(name)
            case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                bound.add(name)
            case ast.MatchMapping(rest=str(name)):
                bound.add(name)
    return bound


@lru_cache(1024)
def touched_by(code: ast.AST) -> Touched:
    touched = Touched(set(), [], [], [], [], [], [])
    origins: dict[str, list[ast.expr]] = {}  # of names: what their values may be, or be parts of
    calls: list[ast.Call] = []
    for node in ast.walk(code):
        match node:
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                touched.shared.update(names)
            case ast.Return(value=ast.expr() as value):
                touched.returned += paths_in(value)
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                touched.containers += paths_in(node.value)
            case ast.Attribute(value=owner, ctx=ast.Store() | ast.Del()):
                paths = paths_in(owner)
                if paths == [owner]:
                    touched.attributes.append(node)
                else:  # of an element
                    touched.containers += paths
                touched.objects += paths
            case ast.Attribute(value=owner, attr=name) if name in CHANGING:
                touched.containers += paths_in(owner)
            case ast.Call(func=function):
                calls.append(node)
                if called_name(node) in ("setattr", "delattr"):
                    touched.containers += [path for arg in node.args[:1] for path in paths_in(arg)]
                if isinstance(function, ast.Attribute) and function.attr not in PLAIN:
                    paths = paths_in(function.value)
                    touched.objects += paths
                    touched.containers += paths if paths != [function.value] else []
                elif isinstance(function, ast.Attribute) and function.attr in CHANGING:
                    _note_origins(origins, [function.value], *filter(_is_kept, node.args))
            case ast.Assign(targets=targets, value=value):
                _note_origins(origins, targets, value)
                if _is_kept(value) and not all(isinstance(each, ast.Name) for each in targets):
                    touched.containers += paths_in(value)
            case ast.NamedExpr(target=target, value=value):
                _note_origins(origins, [target], value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                _note_origins(origins, [target], value)
            case ast.AugAssign(target=target, value=value):
                _note_origins(origins, [target], value)
                touched.containers += paths_in(target)
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                _note_origins(origins, [target], value)
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                _note_origins(origins, [target], value)
            case ast.Match(subject=value):
                captured = map(ast.Name, bound_in_expressions(node))
                _note_origins(origins, captured, value)
    passed = [[*node.args, *[each.value for each in node.keywords]] for node in calls]
    for node in ast.walk(code):  # functions inside may get what any call passes on
        if isinstance(node, ast.FunctionDef | ast.Lambda) and node is not code:
            parameters = [each for each in ast.walk(node.args) if isinstance(each, ast.arg)]
            targets = [ast.Name(each.arg) for each in parameters]
            _note_origins(origins, targets, *[each for args in passed for each in args])
    called = {node.func for node in calls}
    touched.read = [path for path in paths_in(code) if path not in called]
    if isinstance(code, ast.Lambda):
        touched.returned += paths_in(code.body)
    touched.returned = _with_origins(touched.returned, origins)
    exact = [path for path in touched.objects if path not in touched.containers]
    touched.containers = _with_origins([*exact, *touched.containers], origins)[len(exact) :]
    for call, args in zip(calls, passed, strict=True):
        touched.calls.append(
            (call, {each: _with_origins(paths_in(each), origins) for each in args})
        )
    return touched


def _is_kept(value: ast.expr) -> bool:
    """Whether a value, or parts of it, are kept as they are where it is stored."""
    return isinstance(value, ast.Name | ast.Attribute | ast.List | ast.Tuple | ast.Dict)


def _with_origins(paths: list[ast.expr], origins: dict[str, list[ast.expr]]) -> list[ast.expr]:
    """Also what the values at these paths may be, or be parts of."""
    paths = list(paths)
    seen: set[str] = set()
    for path in paths:  # which grows
        root = root_of(path)
        if isinstance(root, ast.Name) and root.id not in seen:
            seen.add(root.id)
            paths += origins.get(root.id, [])
    return paths


def _note_origins(
    origins: dict[str, list[ast.expr]], targets: Iterable[ast.expr], *values: ast.expr
) -> None:
    for target in targets:
        for name in ast.walk(target):
            if isinstance(name, ast.Name):
                for value in values:
                    origins.setdefault(name.id, []).extend(paths_in(value))


def paths_in(expression: ast.AST) -> list[ast.expr]:
    """The names in an expression with the attributes that are read of them.

    >>> [ast.unparse(path) for path in paths_in(ast.parse("f(a.b[0].c, d)", mode="eval").body)]
    ['f', 'a.b', 'd']
    """
    if isinstance(expression, ast.expr) and is_path(expression):
        return [expression]
    return [path for part in ast.iter_child_nodes(expression) for path in paths_in(part)]
