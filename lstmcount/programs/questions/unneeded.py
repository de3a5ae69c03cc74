"""Settings for expressions of a program on which the chosen model does not depend."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from lstmcount.config import ModelConfig, all_layers
from lstmcount.errors import LstmcountError
from lstmcount.programs.language.module_files import ModuleFiles
from lstmcount.programs.language.objects.exceptions import TRY
from lstmcount.programs.language.source.setting_names import WITH_LINE, without_marks
from lstmcount.programs.language.source.source import Program
from lstmcount.programs.shared_words import SharedWords


def take_unneeded(
    config: ModelConfig,
    program: Program,
    files: ModuleFiles | None,
    shared: SharedWords,
    settings: dict[str, Any],
) -> None:
    """Remove such settings from `settings`, and add a note for each.

    Raises `LstmcountError` for a name at a line where it gets no value.
    """
    layers = {layer.name for layer in all_layers(config)}
    bodies = [program.statements, *_modules(program, files)]
    for words in list(settings):
        _check_lines(words, program, shared)
        text = without_marks(words)
        if text.partition(".")[0] not in layers and any(_is_in(body, text) for body in bodies):
            del settings[words]
            config.notes.append(f"{words} was set, but this model does not depend on it")


def _check_lines(words: str, program: Program, shared: SharedWords) -> None:
    for name, place in WITH_LINE.findall(words):
        known = {program.at_line(name, line): line for line in shared.lines_of(name)}
        if f"{name}@{place}" not in known:
            places = " or ".join(sorted(known, key=known.__getitem__))
            expected = f"; expected {places}" if known else ""
            raise LstmcountError(f"{words}: {name} gets no value at line {place}{expected}")


def _modules(program: Program, files: ModuleFiles | None) -> Iterator[list[ast.stmt]]:
    for path, file in files.files.items() if files is not None else ():
        if file.name.endswith(".py"):
            with suppress(LstmcountError):
                yield program.module(path, file.data, file.name)


def _is_in(body: list[ast.stmt], words: str) -> bool:
    """Whether the statements contain this name or expression, maybe with other names in it."""
    try:
        wanted = ast.parse(words.strip().removeprefix(TRY), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    nodes = (node for statement in body for node in ast.walk(statement))
    if isinstance(wanted, ast.Name):
        return any(
            wanted.id in (getattr(node, "id", ""), getattr(node, "arg", "")) for node in nodes
        )
    return any(_are_alike(wanted, node) for node in nodes)


def _are_alike(left: Any, right: Any, *, is_part: bool = False) -> bool:
    """Whether two expressions are equal, apart from being read or assigned.

    A part of the right one may be a name, which may stand for what the left one has.
    """
    if isinstance(left, ast.Name) and isinstance(right, ast.Attribute):
        return left.id == right.attr  # an attribute that holds an argument of this name
    if is_part and isinstance(right, ast.Name) and isinstance(left, ast.Constant | ast.Name):
        return True
    if type(left) is not type(right):
        return False
    if isinstance(left, list):
        return len(left) == len(right) and all(
            _are_alike(*pair, is_part=True) for pair in zip(left, right, strict=True)
        )
    if not isinstance(left, ast.AST):
        return bool(left == right)
    fields = [field for field in left._fields if field != "ctx"]
    return all(
        _are_alike(getattr(left, name, None), getattr(right, name, None), is_part=name != "func")
        for name in fields
    )
