"""Words of a program that stand for several values, which one setting must not give."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from itertools import chain
from typing import NamedTuple

from lstmcount.programs.language.noted import Noted, Places
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.source.setting_names import WITH_LINE


class _Run(NamedTuple):
    """What a run found; without the run itself, which holds much."""

    noted: Noted
    origins: Mapping[str, str]
    is_whole: bool  # whether it followed the whole program on its likeliest way


class SharedWords:
    """The words that stand for several values, as the runs of a program find them."""

    def __init__(self) -> None:
        self.apart = frozenset[str]()  # words that have settings of their own for each value
        self._places = Places()
        self._runs: list[_Run] = []

    def begin(self, run: Run, *, is_whole: bool) -> None:
        """Note what a run finds, which may follow the program on another way, or leave out code."""
        run.noted.places = self._places
        run.set_apart |= self.apart
        self._runs.append(_Run(run.noted, run.failed_imports.origins, is_whole))

    @property
    def words(self) -> list[str]:
        """Names that get several values, and expressions that are evaluated for several values of
        what is in them."""
        return [*self._places.several, *chain(*[run.noted.several for run in self._runs])]

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return len(self._runs)

    def has_later(self, words: Collection[str], first_run: int) -> bool:
        """Whether one of the names in these words, `n@4`, gets another value later in these runs,
        or is that of a list which is changed later."""
        for name, line in {mark for each in words for mark in WITH_LINE.findall(each)}:
            own = f"{name}@{line}"
            is_whole = own in words
            if is_whole and name in self._places.changed_later:
                return True
            for run in self._runs[first_run:]:
                places = run.noted.own_places if run.is_whole else {}
                keys = [key for key in places if key[0] == name]
                of_module = {key[1] for key in keys if key[2] == own}
                last = next((key for key in reversed(keys) if key[1] in of_module), None)
                if last is not None and own != (last[2] if is_whole else places[last]):
                    return True
        return False

    def lines_of(self, name: str) -> list[int]:
        """The lines where a name gets a value that a setting may replace."""
        return sorted({getattr(node, "lineno", 1) for node in self._places.bound_at[name]})

    @property
    def bound_again(self) -> int:
        """At how many places a name gets several values."""
        return len(self._places.bound_again | self._places.made_again)

    def in_words(self, asked: Iterable[str]) -> frozenset[str]:
        """Those in some of these words, or in what these come from."""
        drawn = {call for run in self._runs for call, times in run.noted.drawn.items() if times > 1}
        return _in(drawn.union(self.words), self._with_origins(asked))

    def _with_origins(self, words: Iterable[str]) -> set[str]:
        found, todo = set[str](), [*words]
        while todo:
            text = todo.pop()
            if text not in found:
                found.add(text)
                first = re.match(r"[\w.]+", text)
                parts = (text, first[0] if first else "")
                for run in self._runs:
                    todo += [run.origins[part] for part in parts if part in run.origins]
        return found


def _in(names: Iterable[str], words: Iterable[str]) -> frozenset[str]:
    """Those of the names that stand in some of these words, and not as a text: `['name']`."""
    all_words = "\n".join(words)
    before, after = r"(?<![\w.'\"])", r"(?!\w)"
    found = [name for name in names if name in all_words]
    return frozenset([n for n in found if re.search(before + re.escape(n) + after, all_words)])
