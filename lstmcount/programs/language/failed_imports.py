"""Imports that failed, and models that are loaded: why the names that they bind are unknown."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

import msgspec

from lstmcount.programs.language.source.places import place_of
from lstmcount.programs.language.source.repair import LOST
from lstmcount.programs.language.source.source import Program
from lstmcount.shapes import Unknown

_FIRST_NAME = r"[^\W\d]\w*"
MAX_FAILED = 3  # imports that a message explains
MAX_ORIGINS = 20
MAX_WHY = 4  # import places that a message names


class Unimported(msgspec.Struct, frozen=True):
    """A name that an import failed to bind, and the reason."""

    node: ast.AST
    why: str


class FailedImports:
    """The imports of a program that failed in one run."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.unimported: dict[str, Unimported] = {}  # by the name that stays unknown, or `*module`
        self.parameters: dict[str, str] = {}  # without a value: the name of the function
        self.origins: dict[str, str] = {}  # by an unknown: the unknown that it comes from
        self.undefined: dict[str, ast.AST] = {}  # names that are used and never bound, and where
        self.imported_at: dict[str, ast.AST] = {}  # by file: the first import of the file
        for line in program.lost[:1]:
            self.note(LOST, ast.Pass(lineno=line, col_offset=0), "this line is not Python 3")

    def note(self, name: str, node: ast.AST, why: str) -> None:
        self.unimported[name] = Unimported(node, why)

    def note_base(self, name: str, base: str, node: ast.AST) -> None:
        """Note that a class of the program derives from a class that is not known."""
        self.rename(base, name)
        why = f"{name} derives from {base}, which is not known"
        self.unimported.setdefault(name, Unimported(node, why))

    def note_starred(self, name: str, stars: list[str]) -> None:
        """Note that a name may come from one of these modules by `import *`, if that failed."""
        failed = [self.unimported[f"*{star}"] for star in stars if f"*{star}" in self.unimported]
        if failed:
            self.unimported.setdefault(name, failed[0])

    def rename(self, words: str | None, name: str) -> None:
        """Note that an unknown has a new name."""
        if words and words != name:
            self.origins.setdefault(name, words)
        if self.unimported and (unimported := self._of(words or "")) is not None:
            self.unimported[name] = unimported

    def derive(self, values: list[Any], result: Unknown) -> None:
        """Note that an unknown is the result of a call with these arguments."""
        if result.text and self._of(result.text) is None:
            for value in values:
                for part in value if isinstance(value, list | tuple) else (value,):
                    if isinstance(part, Unknown) and part.text:
                        self.rename(part.text, result.text)

    def _of(self, words: str) -> Unimported | None:
        name = words.partition("(")[0].partition("[")[0]
        parts = (words, words.rpartition(".")[0], name, name.partition(".")[0])
        return next((self.unimported[part] for part in parts if part in self.unimported), None)

    def why_no_model(self, is_wanted: Callable[[str], bool]) -> str:
        """Why a program creates no model: names that it does not define, if any `is_wanted`; else
        files with lines that are not Python 3, and failed imports."""
        names = [name for name in self.undefined if is_wanted(name)]
        if names:
            more = [f"{len(names) - MAX_FAILED} more"] if len(names) > MAX_FAILED else []
            which = ", ".join([*names[:MAX_FAILED], *more])
            place = place_of(self.program, getattr(self.undefined[names[0]], "lineno", 1))
            return f"{place}: the program neither defines nor imports {which}"
        reasons = []
        lost = {self.program.part(line).first_line: line for line in reversed(self.program.lost)}
        for line in lost.values():
            place = place_of(self.program, line)
            chain = self._chain_of(ast.Pass(lineno=line))
            reasons.append(f"{place}: this is not Python 3{chain}")
        nodes = {failed.why: failed.node for failed in self.unimported.values()}
        for why, node in nodes.items():
            reasons.append(f"{self._place(node)}: {why}{self._chain_of(node)}")
        more = [f"{len(reasons) - MAX_FAILED} more"] if len(reasons) > MAX_FAILED else []
        return "; ".join([*reasons[:MAX_FAILED], *more])

    def why_unknown(self, words: str) -> str | None:
        """The reason why an expression is unknown, if it starts with a name whose import failed, or
        that the program does not define."""
        unimported = self._of(words)
        if unimported is None:
            first = re.match(_FIRST_NAME, words)
            name = first[0] if first else ""
            return f"the program does not define {name}" if name in self.undefined else None
        return f"{self._place(unimported.node)}: {unimported.why}{self._chain_of(unimported.node)}"

    def origin_of(self, words: str) -> str:
        """The unknown that an unknown comes from, which may be itself.

        The result of a call, or an attribute, also comes from what the first name stands for.
        """
        for _ in range(MAX_ORIGINS):
            first = re.match(_FIRST_NAME, words)
            nearer = self.origins.get(words) or self.origins.get(first[0] if first else "")
            if nearer is None or nearer == words:
                break
            words = nearer
        return words

    def is_of_call(self, words: str) -> bool:
        """Whether an unknown is the result of a call, maybe under another name."""
        for _ in range(MAX_ORIGINS):
            if words.endswith(")"):
                return True
            words = self.origins.get(words, words)
        return False

    def why_lost(self, words: str) -> str | None:
        """Like `why_unknown`; without a reason, the unknown that the expression comes from."""
        origin = self.origin_of(words)
        why = None if origin == words else f"it comes from `{origin}`"
        first = re.match(_FIRST_NAME, origin.removeprefix("self."))  # an attribute named like it
        if first and (function := self.parameters.get(first[0])):
            parameter = f"{first[0]} is a parameter of {function}"
            why = f"{why}; {parameter}" if why and origin != first[0] else parameter
        return self.why_unknown(words) or self.why_unknown(origin) or why

    def _place(self, node: ast.AST) -> str:
        line, column = getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1
        return str(place_of(self.program, line, column))

    def _chain_of(self, node: ast.AST) -> str:
        """The import places that lead to the file of a node, as text."""
        places: list[str] = []
        path = self.program.part(getattr(node, "lineno", 1)).path
        while path is not None and path in self.imported_at and len(places) < MAX_WHY:
            node = self.imported_at[path]
            places.append(self._place(node))
            path = self.program.part(getattr(node, "lineno", 1)).path
        return f" (imported at {', '.join(places)})" if places else ""
