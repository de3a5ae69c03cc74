"""What runs of a program note about texts that may stand for several values."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from typing import Any

from lstmcount.programs.language.scope import Scope
from lstmcount.shapes import Unknown

_SEVERAL = ("a value", "another")  # of an expression, where they are not compared


class Places:
    """Where names and attributes get values that settings may replace, in all runs of a program."""

    def __init__(self) -> None:
        self.bound_at = defaultdict[str, set[ast.AST]](set)  # by name or attribute
        self.bound_again: set[ast.AST] = set()  # where one gets several values
        self.made_again: set[ast.AST] = set()  # where arithmetic makes its value again
        self.names_again: set[str] = set()  # of those in `bound_again`
        self.changed_later: set[str] = set()  # of lists, after their elements became unknown

    @property
    def several(self) -> set[str]:
        """The names and attributes that get several values."""
        at_several = {name for name, nodes in self.bound_at.items() if len(nodes) > 1}
        return at_several | self.names_again | self.changed_later

    def note_again(self, name: str, node: ast.AST) -> None:
        """Note that a name or attribute gets several values at the same place."""
        self.names_again.add(name)
        self.bound_again.add(node)


class Noted:
    """What one run notes."""

    def __init__(self) -> None:
        self.places = Places()
        # by name, by whether it is of a module, and by words of its own, the last ones last: the
        # words of its value, as `n@4` by `n@7` after `n = n * 2`
        self.own_places = dict[tuple[str, bool, str], str]()
        # by target: the words of the unknown that it first got, and what the names stood for in the
        # expression that gave it
        self.first_texts = dict[ast.AST, str | None]()
        self.first_values = dict[ast.AST, tuple[Any, ...]]()
        # by expression whose value is not known: what the names in it stood for each time
        self.values_of = defaultdict[str, set[Any]](set)
        self.evaluated = Counter[Any]()  # how often that was noted, and what targets got
        # words of their own of expressions, by their text and by what the names in them stand for
        self.own_words = dict[str, dict[Any, str]]()
        self.objects = dict[int, tuple[int, Any]]()  # which such names stand for, with a number
        self.results = Counter[str]()  # how often calls of the program gave an unknown
        self.drawn = Counter[str]()  # how often calls were made that give another value each time

    @property
    def several(self) -> list[str]:
        """The expressions that were evaluated for several values."""
        return [words for words, values in self.values_of.items() if len(values) > 1]

    def note_place(self, name: str, words: str, value: Any, scope: Scope | None = None) -> None:
        """Note that a name, or an attribute without a scope, gets a value with words of its own."""
        if words != name:
            key = (name, scope is not None and scope.parent is None, words)
            self.own_places.pop(key, None)
            self.own_places[key] = (value.text if isinstance(value, Unknown) else None) or words

    def note_several(self, words: str) -> None:
        """Note that an expression may give several values, which are not compared."""
        self.values_of[words].update(_SEVERAL)

    def note_result(self, words: str) -> None:
        """Note that a call gives an unknown, which may be another one the next time."""
        self.results[words] += 1
        if self.results[words] > 1:
            self.note_several(words)

    def note_text(self, name: str, node: ast.AST, text: str | None) -> None:
        """Note what a name or attribute gets at a place where it may have got something else."""
        if self.first_texts.setdefault(node, text) != text:
            self.places.note_again(name, node)
