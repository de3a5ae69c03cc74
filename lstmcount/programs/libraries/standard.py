"""Functions of the standard library that programs use while they build a model."""

from __future__ import annotations

import ast
import string
from functools import partial
from typing import Any

from lstmcount.programs.language.iteration import ITERTOOLS
from lstmcount.programs.language.natives import provides
from lstmcount.programs.language.provided import Namespace, Native
from lstmcount.programs.language.run import MISSING, Run, Stop
from lstmcount.programs.language.values import words
from lstmcount.programs.libraries.collections import TABLE as COLLECTIONS
from lstmcount.programs.libraries.contexts import TABLE as CONTEXTS
from lstmcount.programs.libraries.copying import TABLE as COPY
from lstmcount.programs.libraries.data_files import TABLE as DATA
from lstmcount.programs.libraries.dataclasses import TABLE as DATACLASSES
from lstmcount.programs.libraries.enums import TABLE as ENUM
from lstmcount.programs.libraries.flags import TABLE as FLAGS
from lstmcount.programs.libraries.functools import TABLE as FUNCTOOLS
from lstmcount.programs.libraries.importing import TABLE as IMPORTING
from lstmcount.programs.libraries.installation import TABLE as INSTALLATION
from lstmcount.programs.libraries.mathematics import TABLE as MATH
from lstmcount.programs.libraries.operators import TABLE as OPERATOR
from lstmcount.programs.libraries.paths import TABLE as PATHS
from lstmcount.programs.libraries.resources import TABLE as RESOURCES
from lstmcount.programs.libraries.tables import TABLE as TABLES
from lstmcount.shapes import Unknown

MODULES = words("""
    math os sys itertools functools collections argparse copy typing dataclasses
    random types operator enum absl __future__ abc importlib pkgutil pathlib glob
    contextlib json string yaml tomllib tomli toml configparser csv runpy importlib_resources
    pkg_resources
""")


def member(path: str, name: str) -> Any:
    return _KNOWN.get(f"{path}.{name}", MISSING)


_KNOWN: dict[str, Any] = {
    **ITERTOOLS,
    **INSTALLATION,
    **DATA,
    **IMPORTING,
    **PATHS,
    **RESOURCES,
    **TABLES,
    **CONTEXTS,
    **FLAGS,
    **COLLECTIONS,
    **COPY,
    **DATACLASSES,
    **ENUM,
    **FUNCTOOLS,
    **MATH,
    **OPERATOR,
    "string.ascii_letters": string.ascii_letters,
    "string.ascii_lowercase": string.ascii_lowercase,
    "string.ascii_uppercase": string.ascii_uppercase,
    "string.digits": string.digits,
    "string.hexdigits": string.hexdigits,
    "string.printable": string.printable,
    "string.punctuation": string.punctuation,
    "string.whitespace": string.whitespace,
    "sys.maxsize": 2**63 - 1,
    "os.environ": Namespace({}),
    "typing.TYPE_CHECKING": False,
    "types.SimpleNamespace": Native("SimpleNamespace", lambda **kwargs: Namespace(kwargs)),
}
_provides = partial(provides, _KNOWN)


@_provides("sys.exit", "os._exit")
def _exit(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    raise Stop


# -- command lines ------------------------------------------------------------------------------


@_provides("argparse.ArgumentParser", "optparse.OptionParser")
def _parser(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A parser whose arguments have the values that they have without a command line."""
    values: dict[str, Any] = {}
    for parent in kwargs.get("parents") or ():
        if isinstance(parent, Namespace):
            values |= parent.attributes.get("__defaults__", {})

    def add(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        names = [arg for arg in args if isinstance(arg, str)]
        longest = [name for name in names if name.startswith("--")] or names
        if not longest:
            return None
        name = kwargs.get("dest") or longest[0].lstrip("-").replace("-", "_")
        action = kwargs.get("action")
        if "default" in kwargs:
            default, convert = kwargs["default"], kwargs.get("type")
            is_text = isinstance(default, str) and convert is not None
            values[name] = run.call(convert, [default], {}, node) if is_text else default
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
        __defaults__=values,
        add_argument=Native("add_argument", add, raw=True),
        add_option=Native("add_option", add, raw=True),
        parse_args=Native("parse_args", parse, raw=True),
        parse_known_args=Native("parse_known_args", parse_known, raw=True),
        set_defaults=Native("set_defaults", defaults, raw=True),
        add_argument_group=Native("add_argument_group", lambda *a, **k: group),
        add_mutually_exclusive_group=Native("group", lambda *a, **k: group),
    )
    return group
