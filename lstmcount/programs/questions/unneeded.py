"""Settings for expressions of a program on which the chosen model does not depend."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from lstmcount.config import ModelConfig, all_layers
from lstmcount.errors import LstmcountError
from lstmcount.programs.language.builtins.builtin_functions import BUILTINS
from lstmcount.programs.language.module_files import ModuleFiles
from lstmcount.programs.language.objects.exceptions import TRY
from lstmcount.programs.language.source.setting_names import WITH_LINE, without_marks
from lstmcount.programs.language.source.source import Program
from lstmcount.programs.shared_words import SharedWords

MAX_TEXT = 60  # characters
_CONDITIONS = (ast.Compare, ast.BoolOp, ast.UnaryOp)
_WORD = re.compile(r"(?<!['\"])\b[A-Za-z_]\w*\b(?!['\"])")


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
    known = _words_of(node for body in bodies for each in body for node in ast.walk(each))
    for words in list(settings):
        _check_lines(words, program, shared)
        text = without_marks(words)
        if text.partition(".")[0] not in layers and _is_of(text, known):
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


def _words_of(nodes: Iterable[ast.AST]) -> set[str]:
    """The names, attributes and short texts in a program or an expression."""
    found = set[str]()
    for node in nodes:
        words = [getattr(node, field, None) for field in ("id", "attr", "arg", "name", "value")]
        found.update(word for word in words if isinstance(word, str) and len(word) < MAX_TEXT)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            found.add(f"{node.value.id}.{node.attr}")
        elif isinstance(node, _CONDITIONS):
            found.add(_WORD.sub("_", ast.unparse(node)))
    return found


def _is_of(words: str, known: set[str]) -> bool:
    """Whether a program may mean something by this expression: it has all names and texts in it.

    A name with an attribute must stand in it like that, and a condition maybe with other names.
    """
    try:
        wanted = ast.parse(words.strip().removeprefix(TRY), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    used = _words_of(ast.walk(wanted)) - BUILTINS.keys()
    is_path = isinstance(wanted, ast.Attribute) and isinstance(wanted.value, ast.Name)
    if not is_path and not isinstance(wanted, _CONDITIONS):
        used = {word for word in used if word.isidentifier() or word in known}
    return bool(used) and used <= known
