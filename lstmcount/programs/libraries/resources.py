"""Files inside packages: `importlib.resources`, `pkgutil.get_data` and `pkg_resources`."""

from __future__ import annotations

import ast
import posixpath
from functools import partial
from typing import Any

from lstmcount.programs.language.builtins.files import opened, text_at
from lstmcount.programs.language.objects import attributes
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.provided import Module
from lstmcount.programs.libraries.paths import Path

TABLE: dict[str, Any] = {
    "importlib.resources": Module("importlib.resources"),
    "importlib.resources.abc": Module("importlib.resources.abc"),
}
_provides = partial(provides, TABLE)


def _path(run: Run, args: list[Any], node: ast.AST) -> str | None:
    """The path of a package, or of the parts below it; None if it is not known."""
    package, *parts = args
    if isinstance(package, str):
        package = run.own_modules.import_named(package, node)
    file = attributes.find(run, package, "__file__", node)
    if not isinstance(file, str) or not all(isinstance(part, str) for part in parts):
        return None
    return posixpath.join(posixpath.dirname(file), *parts)


@_provides("importlib.resources.files", "importlib_resources.files")
@_provides(
    "importlib.resources.path", "importlib_resources.path", "pkg_resources.resource_filename"
)
def _files(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    path = _path(run, args, node)
    return run.unknown(run.source_of(node)) if path is None else Path(path)


@_provides("importlib.resources.as_file", "importlib_resources.as_file")
def _as_file(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return args[0]


@_provides("importlib.resources.read_text", "importlib_resources.read_text")
def _read_text(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    text = text_at(run, _path(run, args[:2], node), node)
    return run.unknown(run.source_of(node)) if text is None else text


@_provides("importlib.resources.read_binary", "pkgutil.get_data", "pkg_resources.resource_string")
def _read_binary(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    text = _read_text(run, args, kwargs, node)
    return text.encode() if isinstance(text, str) else text


@_provides("importlib.resources.open_text", "importlib_resources.open_text")
def _open_text(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return opened(run, [_path(run, args[:2], node)], {}, node)


@_provides("importlib.resources.open_binary", "pkg_resources.resource_stream")
def _open_binary(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return opened(run, [_path(run, args[:2], node), "rb"], {}, node)
