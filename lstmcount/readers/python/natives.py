"""Python's builtin functions, for an interpreted program."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lstmcount.dimensions import Unknown
from lstmcount.readers.python import arrays
from lstmcount.readers.python.expressions import items
from lstmcount.readers.python.keras.objects import LayerClass, LayerObject, ModelObject, Tensor
from lstmcount.readers.python.operators import binary, folded
from lstmcount.readers.python.values import (
    MISSING,
    Class,
    Function,
    Instance,
    Method,
    Namespace,
    Native,
    Raw,
    Stop,
    Super,
    first_unknown,
)

if TYPE_CHECKING:
    from lstmcount.readers.python.interpreter import Interpreter

MAX_RANGE = 1_000_000
BUILTINS: dict[str, Any] = {}


def _provides(*names: str) -> Callable[[Raw], Raw]:
    def register(function: Raw) -> Raw:
        for name in names:
            BUILTINS[name] = Native(name, function, raw=True)
        return function

    return register


def _words(run: Interpreter, name: str, args: list[Any], node: ast.AST) -> Any:
    if len(args) == 1 and isinstance(args[0], Unknown):
        return run.unknown(f"{name}({args[0]})")
    return run.unknown(run.source_of(node))


@_provides("len")
def _len(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value = args[0]
    if isinstance(value, str | list | tuple | dict | set | frozenset | range | bytes):
        return len(value)
    if isinstance(value, arrays.Array) and isinstance(value.shape, tuple) and value.shape:
        size = value.shape[0]
        return size if isinstance(size, int) else run.unknown(str(size))
    if isinstance(value, Unknown):
        return run.unknown(f"len({value})")
    if isinstance(value, Instance):
        method = value.cls.find("__len__")
        if isinstance(method, Function):
            return run.world.call(method, [value], {}, node, run.module)
    found = items(run, value, node)
    return _words(run, "len", args, node) if found is None else len(found)


@_provides("range", "xrange")
def _range(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    unknown = first_unknown(args)
    if unknown is not None:
        return unknown
    return range(*[int(arg) for arg in args])


@_provides("enumerate")
def _enumerate(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    found = items(run, args[0], node)
    if found is None:
        return args[0]
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    run.spend(len(found), node)
    return list(enumerate(found, start if isinstance(start, int) else 0))


@_provides("zip")
def _zip(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    lists = [items(run, arg, node) for arg in args]
    known = [one for one in lists if one is not None]
    if len(known) < len(lists):
        return first_unknown(args) or _words(run, "zip", args, node)
    run.spend(sum(map(len, known)), node)
    return list(zip(*known, strict=False))


@_provides("list", "tuple", "sorted", "reversed", "set", "frozenset", "iter")
def _sequence(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    name = _called_name(node)
    if not args:
        return {"tuple": (), "set": set(), "frozenset": frozenset()}.get(name, [])
    found = items(run, args[0], node)
    if found is None:
        return args[0] if isinstance(args[0], Unknown) else _words(run, name, args, node)
    run.spend(len(found), node)
    if name == "reversed":
        return found[::-1]
    if name in ("list", "iter"):
        return found
    if name == "tuple":
        return tuple(found)
    if first_unknown(found) is not None:
        return _words(run, name, args, node)
    if name != "sorted":
        return {"set": set, "frozenset": frozenset}[name](found)
    key = kwargs.get("key")
    if key is not None:
        keys = [run.world.call(key, [item], {}, node, run.module) for item in found]
        order = sorted(range(len(found)), key=keys.__getitem__)
        found = [found[i] for i in order]
    else:
        found = sorted(found)
    return found[::-1] if kwargs.get("reverse") is True else found


def _called_name(node: ast.AST) -> str:
    function = getattr(node, "func", None)
    return getattr(function, "id", None) or getattr(function, "attr", "") or ""


@_provides("dict", "OrderedDict")
def _dict(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    if not args:
        return dict(kwargs)
    if isinstance(args[0], dict):
        return {**args[0], **kwargs}
    found = items(run, args[0], node)
    if found is None:
        return _words(run, "dict", args, node)
    return {**dict(found), **kwargs}


@_provides("map", "filter")
def _map(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    lists = [items(run, arg, node) for arg in args[1:]]
    if any(one is None for one in lists):
        return first_unknown(args) or _words(run, _called_name(node), args, node)
    rounds = list(zip(*lists, strict=False))
    results = [run.world.call(args[0], list(items_), {}, node, run.module) for items_ in rounds]
    if _called_name(node) == "map":
        return results
    return [one[0] for one, kept in zip(rounds, results, strict=True) if kept is True]


@_provides("sum", "min", "max", "any", "all")
def _reduced(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    name = _called_name(node)
    values = args if len(args) > 1 and name in ("min", "max") else None
    if values is None:
        values = items(run, args[0], node)
    if values is None:
        return _words(run, name, args, node)
    unknown = first_unknown(values)
    if unknown is not None:
        return unknown
    if name == "sum":
        if all(isinstance(value, int | float) for value in values):
            return sum(values, *args[1:2])
        return folded(run, ast.Add, [*args[1:2], *values], node)
    function = getattr(builtins, name)
    if "key" in kwargs:
        keys = [run.world.call(kwargs["key"], [v], {}, node, run.module) for v in values]
        return values[keys.index(function(keys))]
    if not values and "default" in kwargs:
        return kwargs["default"]
    return function(values)


_OF_TENSORS = {"abs": "Absolute", "round": "Round"}


@_provides("int", "float", "round", "abs", "bool", "str", "repr", "pow", "divmod", "hex", "chr")
def _plain(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    name = _called_name(node)
    unknown = first_unknown(args)
    if unknown is not None:
        return unknown
    if name == "pow":
        return binary(run, ast.Pow, args[0], args[1], node)
    if name == "round" and len(args) > 1 and isinstance(args[1], int) and abs(args[1]) > 400:
        return _words(run, name, args, node)
    if name in _OF_TENSORS and len(args) == 1 and isinstance(args[0], Tensor):
        return run.world.keras.operation(_OF_TENSORS[name], args, {}, node)
    if any(isinstance(arg, Tensor | LayerObject | Instance | arrays.Array) for arg in args):
        return _words(run, name, args, node)
    if isinstance(args[0] if args else "", str) and len(args[0] if args else "") > 10_000:
        return _words(run, name, args, node)
    return getattr(builtins, name)(*args, **kwargs)


@_provides(
    "print",
    "input",
    "open",
    "help",
    "exec",
    "eval",
    "compile",
    "globals",
    "locals",
    "vars",
    "raw_input",
    "display",
    "get_ipython",
    "reload",
    "__import__",
    "memoryview",
    "bytearray",
)
def _outside(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """What would reach outside the program does nothing, and gives something unknown."""
    return run.unknown(run.source_of(node))


@_provides("exit", "quit")
def _exit(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    raise Stop


@_provides("isinstance", "issubclass")
def _isinstance(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value, kinds = args
    if isinstance(value, Unknown):
        return value
    results = [_is_a(value, kind) for kind in (kinds if isinstance(kinds, tuple) else (kinds,))]
    if any(result is True for result in results):
        return True
    unknown = [result for result in results if isinstance(result, Unknown)]
    return unknown[0] if unknown else False


def _is_a(value: Any, kind: Any) -> Any:
    if isinstance(kind, Native):
        plain = getattr(builtins, kind.name.rpartition(".")[2], None)
        return isinstance(plain, type) and isinstance(value, plain)
    if isinstance(kind, LayerClass):
        if isinstance(value, Instance):
            return any(base == kind for base in value.cls.ancestry()) or kind.class_name == "Layer"
        if not isinstance(value, LayerObject):
            return False
        if kind.class_name == "Layer":
            return True
        if kind.class_name in ("Model", "Functional"):
            return isinstance(value, ModelObject)
        return value.class_name == LayerClass(kind.class_name).class_name
    if isinstance(kind, Class):
        return isinstance(value, Instance) and kind in value.cls.ancestry()
    return kind if isinstance(kind, Unknown) else False


@_provides("type")
def _type(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value = args[0]
    if isinstance(value, Instance):
        return value.cls
    if isinstance(value, LayerObject):
        return LayerClass(value.class_name)
    return BUILTINS.get(type(value).__name__, Unknown(run.source_of(node)))


@_provides("getattr", "hasattr", "setattr")
def _attributes(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    from lstmcount.readers.python import attributes

    name = _called_name(node)
    if not isinstance(args[1], str):
        return _words(run, name, args, node)
    if name == "setattr":
        return attributes.set(run, args[0], args[1], args[2], node)
    found = attributes.get(run, args[0], args[1], node)
    missing = isinstance(found, Unknown) and not isinstance(args[0], Unknown)
    if name == "hasattr":
        return found if isinstance(args[0], Unknown) else not missing
    return args[2] if missing and len(args) > 2 else found


@_provides("callable")
def _callable(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value = args[0]
    if isinstance(value, Unknown):
        return value
    return isinstance(value, Function | Method | Native | Class | LayerClass | LayerObject)


@_provides("next")
def _next(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    found = items(run, args[0], node)
    return found[0] if found else _words(run, "next", args, node)


@_provides("object", "property", "staticmethod", "classmethod")
def _wrapped(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return args[0] if args else Namespace({})


@_provides("slice")
def _slice(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return slice(*args)


@_provides("super")
def _super(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    if len(args) == 2 and isinstance(args[0], Class):
        return Super(args[1], args[0])
    frame = run.frames[-1] if run.frames else None
    return _words(run, "super", args, node) if frame is None else Super(*frame)


BUILTINS["NotImplemented"] = Unknown("NotImplemented")
BUILTINS["Ellipsis"] = Ellipsis
BUILTINS["__debug__"] = True
for _name in dir(builtins):
    _value = getattr(builtins, _name)
    if isinstance(_value, type) and issubclass(_value, BaseException):
        BUILTINS[_name] = Native(_name, lambda *args, **kwargs: None)

__all__ = ["BUILTINS", "MISSING"]
