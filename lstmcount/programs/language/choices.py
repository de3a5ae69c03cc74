"""What of known values is chosen by something unknown: it is the key that is to be asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from lstmcount.programs.language.run import Value
from lstmcount.shapes import Unknown


class Choice(msgspec.Struct, frozen=True):
    """The words for an unknown key, and keys that are known to be good."""

    key: str
    examples: tuple[Any, ...]


class Choices:
    """The choices of a run, by the words for what is chosen."""

    def __init__(self) -> None:
        self.by_words: dict[str, Choice] = {}

    def note(self, words: str, key: Unknown, examples: Iterable[Any]) -> None:
        known = tuple([one for one in examples if isinstance(one, str | int)])
        if key.text and known:
            self.by_words[words] = Choice(key.text, known)

    def note_item(self, words: str, container: Any, key: Any) -> None:
        """`container[key]` where the key is unknown and what it leads to can be called."""
        kinds = container.values() if isinstance(container, dict) else ()
        if any(isinstance(one, Value) and one.is_callable for one in kinds):
            self.note(words, key, container)

    def of(self, words: str | None) -> Choice | None:
        """The choice that a value depends on whose words begin with those of what is chosen."""
        for chosen, choice in self.by_words.items():
            if words is not None and (
                words == chosen or words.startswith((f"{chosen}(", f"{chosen}."))
            ):
                return choice
        return None

    def rename(self, words: str | None, name: str) -> None:
        """Something unknown is called otherwise from now on."""
        if self.by_words and (choice := self.of(words)) is not None:
            self.by_words[name] = choice
