"""Functions of the standard library that programs use while they build a model."""

from __future__ import annotations

import ast
import string
from functools import partial
from typing import Any

from lstmcount.programs.language.builtins.builtin_functions import BUILTINS
from lstmcount.programs.language.builtins.builtin_objects import abstract
from lstmcount.programs.language.run import MISSING, Run, Stop
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.provided import Module, Namespace, Native, words
from lstmcount.programs.language.values.unknown_elements import chosen_from
from lstmcount.programs.libraries.abstract_kinds import TABLE as ABSTRACT_KINDS
from lstmcount.programs.libraries.click import TABLE as CLICK
from lstmcount.programs.libraries.collections import TABLE as COLLECTIONS
from lstmcount.programs.libraries.command_lines import TABLE as COMMAND_LINES
from lstmcount.programs.libraries.contexts import TABLE as CONTEXTS
from lstmcount.programs.libraries.copying import TABLE as COPY
from lstmcount.programs.libraries.data_files import TABLE as DATA
from lstmcount.programs.libraries.dataclasses import TABLE as DATACLASSES
from lstmcount.programs.libraries.enums import TABLE as ENUM
from lstmcount.programs.libraries.environment import TABLE as ENVIRONMENT
from lstmcount.programs.libraries.flags import TABLE as FLAGS
from lstmcount.programs.libraries.functools import TABLE as FUNCTOOLS
from lstmcount.programs.libraries.importing import TABLE as IMPORTING
from lstmcount.programs.libraries.inspection import TABLE as INSPECTION
from lstmcount.programs.libraries.installation import TABLE as INSTALLATION
from lstmcount.programs.libraries.itertools import TABLE as ITERTOOLS
from lstmcount.programs.libraries.mathematics import TABLE as MATH
from lstmcount.programs.libraries.numpy.changes import forget_elements
from lstmcount.programs.libraries.operators import TABLE as OPERATOR
from lstmcount.programs.libraries.paths import TABLE as PATHS
from lstmcount.programs.libraries.regular_expressions import TABLE as REGULAR_EXPRESSIONS
from lstmcount.programs.libraries.resources import TABLE as RESOURCES
from lstmcount.programs.libraries.tables import TABLE as TABLES

MODULES = words("""
    ast math os sys itertools functools collections argparse copy typing dataclasses
    random types operator enum absl __future__ abc importlib pkgutil pathlib glob
    contextlib json string yaml tomllib tomli toml configparser csv runpy importlib_resources
    pkg_resources inspect re numbers click typer distutils
""")


def member(path: str, name: str) -> Any:
    """`path.name`: an object that the reader knows, or a module with such objects."""
    full = f"{path}.{name}"
    return Module(full) if full in _SUBMODULES else _KNOWN.get(full, MISSING)


_KNOWN: dict[str, Any] = {
    **ITERTOOLS,
    **ABSTRACT_KINDS,
    **INSPECTION,
    **INSTALLATION,
    **DATA,
    **IMPORTING,
    **PATHS,
    **REGULAR_EXPRESSIONS,
    **RESOURCES,
    **TABLES,
    **CONTEXTS,
    **FLAGS,
    **CLICK,
    **COLLECTIONS,
    **COMMAND_LINES,
    **COPY,
    **DATACLASSES,
    **ENUM,
    **ENVIRONMENT,
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
    "sys.exit": BUILTINS["exit"],
    "sys.maxsize": 2**63 - 1,
    "ast.literal_eval": BUILTINS["eval"],
    "typing.TYPE_CHECKING": False,
    **{
        f"abc.{name}": abstract(name)
        for name in words("""
        abstractmethod abstractproperty abstractclassmethod abstractstaticmethod
    """)
    },
    "types.SimpleNamespace": Native("SimpleNamespace", lambda **kwargs: Namespace(kwargs)),
    "argparse.Namespace": Native("Namespace", lambda **kwargs: Namespace(kwargs)),
}
_provides = partial(provides, _KNOWN)
_SUBMODULES = {path for known in _KNOWN if "." in (path := known.rpartition(".")[0])} - {*_KNOWN}


@_provides("os._exit")
def _exit(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    raise Stop


@_provides("random.choice")
def _choice(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return chosen_from(run, args[0] if args else kwargs.get("seq"), node)


@_provides("random.shuffle")
def _shuffle(run: Run, args: Any, kwargs: Any, node: ast.AST) -> None:
    """`random.shuffle(x)`: the elements stay, in an order that is not known."""
    (shuffled,) = args
    if isinstance(shuffled, list):
        forget_elements(run, shuffled, node.args[0] if isinstance(node, ast.Call) else node)
