"""Settings for expressions of a program on which the chosen model does not depend."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.programs.language.module_files import ModuleFiles
from lstmcount.programs.language.source import Program, parse
from lstmcount.programs.needs import all_layers


def take_unneeded(
    config: ModelConfig, program: Program, files: ModuleFiles | None, settings: dict[str, Any]
) -> None:
    """Remove such settings from `settings`, and add a note for each."""
    layers = {layer.name for layer in all_layers(config)}
    programs = [program, *_modules(files)]
    for words in list(settings):
        if words.partition(".")[0] not in layers and any(_is_in(one, words) for one in programs):
            del settings[words]
            config.notes.append(f"{words} was set, but this model does not depend on it")


def _modules(files: ModuleFiles | None) -> Iterator[Program]:
    for file in files.files.values() if files is not None else ():
        if file.name.endswith(".py"):
            with suppress(LstmcountError):
                yield parse(file.data, file.name)


def _is_in(program: Program, words: str) -> bool:
    """Whether the program contains this name or expression."""
    try:
        wanted = ast.parse(words.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    nodes = (node for statement in program.statements for node in ast.walk(statement))
    if isinstance(wanted, ast.Name):
        return any(
            wanted.id in (getattr(node, "id", ""), getattr(node, "arg", "")) for node in nodes
        )
    return any(_are_alike(wanted, node) for node in nodes)


def _are_alike(left: Any, right: Any) -> bool:
    """Whether two expressions are equal, apart from being read or assigned."""
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(map(_are_alike, left, right))
    if not isinstance(left, ast.AST):
        return bool(left == right)
    fields = [field for field in left._fields if field != "ctx"]
    return all(_are_alike(getattr(left, name, None), getattr(right, name, None)) for name in fields)
