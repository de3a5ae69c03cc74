"""Known values that are selected by an unknown key: errors must ask for the key."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

import msgspec

from lstmcount.shapes import Unknown


class Choice(msgspec.Struct, frozen=True):
    """The source text of an unknown key, and examples of valid keys."""

    key: str
    examples: tuple[Any, ...]
    node: ast.AST  # where it selects one


class Choices:
    """The choices of a run, by the source text of the selected value."""

    def __init__(self) -> None:
        self.by_words: dict[str, Choice] = {}
        self.of_data: dict[str, str] = {}  # an example of each unknown key that selects no callable

    def note(self, words: str, key: Unknown, examples: Iterable[Any], node: ast.AST) -> None:
        known = tuple([example for example in examples if isinstance(example, str | int)])
        if key.text and known:
            self.by_words[words] = Choice(key.text, known, node)

    def note_key(self, key: Unknown, examples: Iterable[Any]) -> None:
        """Note the unknown key of a dict of data, whose keys are texts."""
        known = [*examples]
        if key.text and known and all(isinstance(example, str) for example in known):
            self.of_data.setdefault(key.text, known[0])

    def of(self, words: str | None) -> Choice | None:
        """The choice that a value with these words depends on, or None."""
        for selected, choice in self.by_words.items():
            if words is not None and (
                words == selected or words.startswith((f"{selected}(", f"{selected}."))
            ):
                return choice
        return None

    def rename(self, words: str | None, name: str) -> None:
        """Note that an unknown has a new name."""
        if self.by_words and (choice := self.of(words)) is not None:
            self.by_words[name] = choice
