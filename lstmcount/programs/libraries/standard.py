"""Functions of the standard library that programs use while they build a model."""

from __future__ import annotations

import ast
import copy
import math
from collections import Counter, OrderedDict
from functools import partial
from typing import Any

from lstmcount.programs.language.builtin_functions import BUILTINS
from lstmcount.programs.language.classes import fields_of, named_tuple
from lstmcount.programs.language.elements import items
from lstmcount.programs.language.iteration import ITERTOOLS
from lstmcount.programs.language.natives import provides
from lstmcount.programs.language.operators import binary, folded
from lstmcount.programs.language.provided import Namespace, Native, Raw
from lstmcount.programs.language.run import MISSING, Run, Stop
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.values import Instance, words
from lstmcount.programs.libraries.contexts import TABLE as CONTEXTS
from lstmcount.programs.libraries.data_files import TABLE as DATA
from lstmcount.programs.libraries.flags import TABLE as FLAGS
from lstmcount.programs.libraries.functools import TABLE as FUNCTOOLS
from lstmcount.programs.libraries.importing import TABLE as IMPORTING
from lstmcount.programs.libraries.installation import TABLE as INSTALLATION
from lstmcount.programs.libraries.paths import TABLE as PATHS
from lstmcount.shapes import Unknown

MODULES = words("""
    math os sys itertools functools collections argparse copy typing dataclasses
    random types operator enum absl __future__ abc importlib pkgutil pathlib glob
    contextlib json yaml tomllib tomli toml configparser
""")
_FUNCTIONS = {
    "math": (
        math.ceil, math.floor, math.log, math.log2, math.log10, math.sqrt, math.exp, math.pow,
        math.gcd, math.fabs, math.trunc, math.sin, math.cos, math.isclose, math.hypot,
    ),
}  # fmt: skip


def member(path: str, name: str) -> Any:
    return _KNOWN.get(f"{path}.{name}", MISSING)


def _operator(op: type[ast.operator]) -> Raw:
    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return binary(run, op, args[0], args[1], node)

    return function


_KNOWN: dict[str, Any] = {
    **{
        f"{path}.{function.__name__}": Native(f"{path}.{function.__name__}", function)
        for path, functions in _FUNCTIONS.items()
        for function in functions
    },
    **ITERTOOLS,
    **INSTALLATION,
    **DATA,
    **IMPORTING,
    **PATHS,
    **CONTEXTS,
    **FLAGS,
    **FUNCTOOLS,
    "math.pi": math.pi,
    "math.e": math.e,
    "math.inf": math.inf,
    "sys.maxsize": 2**63 - 1,
    "os.environ": Namespace({}),
    "typing.TYPE_CHECKING": False,
    "collections.OrderedDict": BUILTINS["dict"],
    "types.SimpleNamespace": Native("SimpleNamespace", lambda **kwargs: Namespace(kwargs)),
    "operator.add": Native("add", _operator(ast.Add), raw=True),
    "operator.mul": Native("mul", _operator(ast.Mult), raw=True),
}
_provides = partial(provides, _KNOWN)


@_provides("sys.exit", "os._exit")
def _exit(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    raise Stop


@_provides("math.prod")
def _prod(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    factors = items(run, args[0], node)
    if factors is None:
        return first_unknown(args) or run.unknown(run.source_of(node))
    return folded(run, ast.Mult, [kwargs.get("start", 1), *factors], node)


@_provides("copy.copy")
def _copy(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    value = args[0]
    if isinstance(value, list | dict | set):
        run.spend(len(value), node)
        return copy.copy(value)
    if isinstance(value, Instance):
        copied = copy.copy(value)
        copied.attributes = dict(value.attributes)
        return copied
    return value


@_provides("copy.deepcopy")
def _deepcopy(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """Copy nested lists, tuples and dicts; other values inside them are not copied."""
    value = args[0]
    run.weigh(node, value)
    return _copied(value) if isinstance(value, list | dict) else _copy(run, args, kwargs, node)


def _copied(value: Any) -> Any:
    if type(value) is list:
        return [_copied(item) for item in value]
    if type(value) is tuple:
        return tuple([_copied(item) for item in value])
    if type(value) is dict:
        return {key: _copied(item) for key, item in value.items()}
    return value


@_provides("dataclasses.dataclass")
def _dataclass(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return args[0] if args else Native("decorator", lambda cls: cls)


@_provides("enum.auto")
def _auto(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return Namespace({"auto": True})


@_provides("dataclasses.field")
def _field(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if "default_factory" in kwargs:
        return Namespace({"default_factory": kwargs["default_factory"]})
    return kwargs.get("default", Unknown("field"))


@_provides("dataclasses.asdict")
def _asdict(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return fields_of(args[0]) if isinstance(args[0], Instance) else MISSING


@_provides("dataclasses.replace")
def _replace(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return run.call(args[0].cls, [], {**fields_of(args[0]), **kwargs}, node)


@_provides("collections.Counter")
def _counter(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    elements = items(run, args[0], node) if args else []
    if elements is None or first_unknown(elements) is not None:
        return run.unknown(run.source_of(node))
    return Counter(elements)


@_provides("collections.deque")
def _deque(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A list that has the methods of a deque, too; an unknown if its length is limited."""
    limits = [*args[1:], *kwargs.values()]
    return (
        run.unknown(run.source_of(node)) if limits else run.call(BUILTINS["list"], args, {}, node)
    )


@_provides("collections.defaultdict")
def _defaultdict(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return _DefaultDict(args[0] if args else None)


class _DefaultDict(OrderedDict[Any, Any]):
    def __init__(self, default_factory: Any) -> None:
        super().__init__()
        self.default_factory = default_factory


@_provides("collections.namedtuple")
def _namedtuple(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    fields = args[1].replace(",", " ").split() if isinstance(args[1], str) else args[1]
    names = items(run, fields, node)
    if names is None:
        return run.unknown(run.source_of(node))
    defaults = items(run, kwargs.get("defaults") or (), node)
    if not isinstance(args[0], str) or not all(isinstance(name, str) for name in names):
        return run.unknown(run.source_of(node))
    return named_tuple(args[0], names, defaults or [], Unknown("NamedTuple"))


# -- command lines ------------------------------------------------------------------------------


@_provides("argparse.ArgumentParser", "optparse.OptionParser")
def _parser(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A parser whose arguments have the values that they have without a command line."""
    values: dict[str, Any] = {}

    def add(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
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

    def parse(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return Namespace(values)

    def parse_known(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return (Namespace(values), [])

    def defaults(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        values.update(kwargs)

    group = Namespace({})
    group.attributes.update(
        add_argument=Native("add_argument", add, raw=True),
        add_option=Native("add_option", add, raw=True),
        parse_args=Native("parse_args", parse, raw=True),
        parse_known_args=Native("parse_known_args", parse_known, raw=True),
        set_defaults=Native("set_defaults", defaults, raw=True),
        add_argument_group=Native("add_argument_group", lambda *a, **k: group),
        add_mutually_exclusive_group=Native("group", lambda *a, **k: group),
    )
    return group
