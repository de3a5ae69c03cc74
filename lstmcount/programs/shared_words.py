"""Words of a program that stand for several values, which one setting must not give."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from lstmcount.programs.language.run import BOUND_AGAIN, CHANGED_LATER, MADE_AGAIN, Run
from lstmcount.programs.language.source.setting_names import WITH_LINE


class _Noted(NamedTuple):
    """What a run notes; without the run itself, which holds much."""

    values_of: Mapping[str, Collection[Any]]
    drawn: Mapping[str, int]
    places: Mapping[tuple[str, bool, str], str]
    origins: Mapping[str, str]


class SharedWords:
    """The words that stand for several values, as the runs of a program find them."""

    def __init__(self) -> None:
        self.apart = frozenset[str]()  # words that have settings of their own for each value
        self._bound_at = defaultdict[str, set[Any]](set)
        self._runs: list[_Noted] = []

    def begin(self, run: Run, *, is_whole: bool) -> None:
        """Note what a run finds, which may follow the program on another way, or leave out code."""
        run.bound_at = self._bound_at
        run.set_apart |= self.apart
        origins = run.failed_imports.origins
        places = run.places if is_whole else {}
        self._runs.append(_Noted(run.values_of, run.drawn, places, origins))

    @property
    def words(self) -> list[str]:
        """Names that get a value at several places, and expressions that are evaluated for several
        values of what is in them."""
        several = [words for words, nodes in self._bound_at.items() if len(nodes) > 1]
        for run in self._runs:
            several += [words for words, values in run.values_of.items() if len(values) > 1]
        return several

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
            if is_whole and CHANGED_LATER in self._bound_at[name]:
                return True
            for run in self._runs[first_run:]:
                keys = [key for key in run.places if key[0] == name]
                of_module = {key[1] for key in keys if key[2] == own}
                last = next((key for key in reversed(keys) if key[1] in of_module), None)
                if last is not None and own != (last[2] if is_whole else run.places[last]):
                    return True
        return False

    def lines_of(self, name: str) -> list[int]:
        """The lines where a name gets a value that a setting may replace."""
        lines = {getattr(node, "lineno", None) for node in self._bound_at[name]}
        return sorted(line for line in lines if line is not None)

    @property
    def bound_again(self) -> int:
        """At how many places a name gets several values."""
        return len(self._bound_at[BOUND_AGAIN] | self._bound_at[MADE_AGAIN])

    def in_words(self, asked: Iterable[str]) -> frozenset[str]:
        """Those in some of these words, or in what these come from."""
        drawn = {call for run in self._runs for call, times in run.drawn.items() if times > 1}
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
