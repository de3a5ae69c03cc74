"""The standard library, as far as programs use it on the way to a model."""

from __future__ import annotations

import ast
import copy
import itertools
import math
import posixpath
from collections import Counter, OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lstmcount.dimensions import Unknown
from lstmcount.readers.python.expressions import items
from lstmcount.readers.python.natives import BUILTINS
from lstmcount.readers.python.operators import binary, folded
from lstmcount.readers.python.values import (
    MISSING,
    Function,
    Instance,
    Method,
    Module,
    Namespace,
    Native,
    Raw,
    Stop,
    first_unknown,
    words,
)

if TYPE_CHECKING:
    from lstmcount.readers.python.interpreter import Interpreter

MODULES = words("""
    math os sys itertools functools collections argparse copy typing dataclasses
    random types operator enum absl __future__ abc
""")
MAX_MADE = 10_000  # by a function of itertools
MAX_REPEATED = 1_000
_MATH = [
    "ceil",
    "floor",
    "log",
    "log2",
    "log10",
    "sqrt",
    "exp",
    "pow",
    "gcd",
    "fabs",
    "trunc",
    "sin",
    "cos",
    "isclose",
    "hypot",
    "pi",
    "e",
    "inf",
]


def member(path: str, name: str) -> Any:
    found = _KNOWN.get(f"{path}.{name}", MISSING)
    if found is not MISSING:
        return found
    if path == "math" and name in _MATH:
        value = getattr(math, name)
        return Native(f"math.{name}", value) if callable(value) else value
    if path == "os" and name == "path":
        return Module("os.path")
    if path == "os.path" and name in ("join", "basename", "dirname", "splitext"):
        return Native(f"os.path.{name}", getattr(posixpath, name))
    if path == "absl" and name in ("flags", "app"):
        return Module(f"absl.{name}")
    return MISSING


def _raw(name: str) -> Callable[[Raw], Raw]:
    def register(function: Raw) -> Raw:
        _KNOWN[name] = Native(name, function, raw=True)
        return function

    return register


def _operator(op: type[ast.operator]) -> Raw:
    def function(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return binary(run, op, args[0], args[1], node)

    return function


_KNOWN: dict[str, Any] = {
    "sys.maxsize": 2**63 - 1,
    "sys.version_info": (3, 11, 0),
    "sys.platform": "linux",
    "os.sep": "/",
    "os.name": "posix",
    "os.environ": Namespace({}),
    "typing.TYPE_CHECKING": False,
    "collections.OrderedDict": BUILTINS["dict"],
    "collections.deque": BUILTINS["list"],
    "types.SimpleNamespace": Native("SimpleNamespace", lambda **kwargs: Namespace(kwargs)),
    "operator.add": Native("add", _operator(ast.Add), raw=True),
    "operator.mul": Native("mul", _operator(ast.Mult), raw=True),
}


@_raw("sys.exit")
@_raw("os._exit")
def _exit(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    raise Stop


@_raw("math.prod")
def _prod(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    found = items(run, args[0], node)
    if found is None:
        return first_unknown(args) or run.unknown(run.source_of(node))
    return folded(run, ast.Mult, [kwargs.get("start", 1), *found], node)


@_raw("copy.deepcopy")
@_raw("copy.copy")
def _copy(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    value = args[0]
    if isinstance(value, list | dict | set):
        run.spend(len(value), node)
        return copy.copy(value)
    if isinstance(value, Instance):
        made = copy.copy(value)
        made.attributes = dict(value.attributes)
        return made
    return value


@_raw("functools.partial")
def _partial(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    function, first, named = args[0], list(args[1:]), dict(kwargs)

    def call(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return run.world.call(function, [*first, *args], {**named, **kwargs}, node, run.module)

    return Native(str(function), call, raw=True)


@_raw("functools.reduce")
def _reduce(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    found = items(run, args[1], node)
    if found is None or (not found and len(args) < 3):
        return first_unknown(args) or run.unknown(run.source_of(node))
    found = [*args[2:3], *found]
    value = found[0]
    for item in found[1:]:
        value = run.world.call(args[0], [value, item], {}, node, run.module)
    return value


def _returns_its_argument(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if args and isinstance(args[0], Function):
        return args[0]
    return Native("decorator", lambda function: function)


for _name in ("functools.wraps", "functools.lru_cache", "functools.cache", "dataclasses.dataclass"):
    _KNOWN[_name] = Native(_name, _returns_its_argument, raw=True)


@_raw("dataclasses.field")
def _field(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if "default_factory" in kwargs:
        return Namespace({"default_factory": kwargs["default_factory"]})
    return kwargs.get("default", Unknown("field"))


@_raw("dataclasses.asdict")
def _asdict(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return dict(args[0].attributes) if isinstance(args[0], Instance) else MISSING


@_raw("collections.Counter")
def _counter(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    found = items(run, args[0], node) if args else []
    if found is None or first_unknown(found) is not None:
        return run.unknown(run.source_of(node))
    return dict(Counter(found))


@_raw("collections.defaultdict")
def _defaultdict(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _DefaultDict(args[0] if args else None)


class _DefaultDict(OrderedDict[Any, Any]):
    def __init__(self, default_factory: Any) -> None:
        super().__init__()
        self.default_factory = default_factory


@_raw("collections.namedtuple")
def _namedtuple(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    names = args[1].replace(",", " ").split() if isinstance(args[1], str) else list(args[1])
    defaults = kwargs.get("defaults") or ()

    def make(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
        filled = dict(zip(names[len(names) - len(defaults) :], defaults, strict=True))
        filled |= dict(zip(names, args, strict=False)) | kwargs
        items = [filled.get(name, Unknown(name)) for name in names]
        return Namespace({**dict(zip(names, items, strict=True)), "__items__": items})

    return Native(str(args[0]), make, raw=True)


@_raw("itertools.product")
@_raw("itertools.chain")
@_raw("itertools.chain.from_iterable")
@_raw("itertools.repeat")
@_raw("itertools.islice")
@_raw("itertools.permutations")
@_raw("itertools.combinations")
def _itertools(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    unknown = first_unknown(args)
    if unknown is not None:
        return unknown
    name = getattr(getattr(node, "func", None), "attr", "") or getattr(node.func, "id", "")  # type: ignore[attr-defined]
    lists = [found if (found := items(run, arg, node)) is not None else arg for arg in args]
    if name == "from_iterable":
        made: Any = itertools.chain.from_iterable(lists[0])
    elif name in (
        "product",
        "chain",
        "repeat",
        "islice",
        "permutations",
        "combinations",
    ):
        if kwargs.get("repeat", 0) not in range(MAX_REPEATED):
            return run.unknown(run.source_of(node))
        made = getattr(itertools, name)(*lists, **kwargs)
    else:
        return run.unknown(run.source_of(node))
    bounded = list(itertools.islice(made, MAX_MADE + 1))
    run.spend(len(bounded), node)
    return bounded if len(bounded) <= MAX_MADE else run.unknown(run.source_of(node))


@_raw("dict.fromkeys")
def _fromkeys(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    found = items(run, args[0], node)
    return Unknown(run.source_of(node)) if found is None else dict.fromkeys(found, *args[1:])


# -- command lines ------------------------------------------------------------------------------


@_raw("argparse.ArgumentParser")
@_raw("optparse.OptionParser")
def _parser(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A parser: what its arguments are when nobody gives any."""
    values: dict[str, Any] = {}

    def add(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
        names = [arg for arg in args if isinstance(arg, str)]
        longest = [name for name in names if name.startswith("--")] or names
        if not longest:
            return None
        name = kwargs.get("dest") or longest[0].lstrip("-").replace("-", "_")
        action = kwargs.get("action")
        if "default" in kwargs:
            values[name] = kwargs["default"]
        elif action in ("store_true", "store_false"):
            values[name] = action == "store_false"
        elif names[0].startswith("-") and not kwargs.get("required"):
            values[name] = None
        else:
            values[name] = Unknown(f"args.{name}")
        for key in (f"args.{name}", f"FLAGS.{name}", f"opt.{name}"):
            if key in run.settings:
                values[name] = run.settings.use(key)
        return None

    def parse(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
        name = getattr(getattr(node, "func", None), "attr", "")
        found = Namespace(values)
        return (found, []) if name == "parse_known_args" else found

    def defaults(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
        values.update(kwargs)

    group = Namespace({})
    group.attributes.update(
        add_argument=Native("add_argument", add, raw=True),
        add_option=Native("add_option", add, raw=True),
        parse_args=Native("parse_args", parse, raw=True),
        parse_known_args=Native("parse_known_args", parse, raw=True),
        set_defaults=Native("set_defaults", defaults, raw=True),
        add_argument_group=Native("add_argument_group", lambda *a, **k: group),
        add_mutually_exclusive_group=Native("group", lambda *a, **k: group),
    )
    return group


__all__ = ["MODULES", "Method", "member"]
