"""Words of a program that stand for several values, which one setting must not give."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from lstmcount.programs.language.run import CHANGED_LATER, Run


class SharedWords:
    """The words that stand for several values, as the runs of a program find them."""

    def __init__(self) -> None:
        self.apart = frozenset[str]()  # words that have settings of their own for each value
        self._bound_at = defaultdict[str, set[Any]](set)
        self._runs: list[Run] = []

    def begin(self, run: Run) -> None:
        run.bound_at = self._bound_at
        run.set_apart |= self.apart
        self._runs.append(run)

    @property
    def words(self) -> list[str]:
        """Names that get a value at several places, and expressions that are evaluated for several
        values of what is in them."""
        several = [words for words, nodes in self._bound_at.items() if len(nodes) > 1]
        for run in self._runs:
            several += [words for words, values in run.values_of.items() if len(values) > 1]
        return several

    @property
    def changed_later(self) -> set[str]:
        """The names of lists that are changed again after their elements became unknown."""
        return {words for words, nodes in self._bound_at.items() if CHANGED_LATER in nodes}

    def in_words(self, asked: Iterable[str]) -> frozenset[str]:
        """Those in some of these words, or in what these come from, if that is drawn each time."""
        drawn = {call for run in self._runs for call, times in run.drawn.items() if times > 1}
        return _in(self.words, asked) | _in(drawn, self._with_origins(asked))

    def _with_origins(self, words: Iterable[str]) -> set[str]:
        found, todo = set[str](), [*words]
        while todo:
            text = todo.pop()
            if text not in found:
                found.add(text)
                first = re.match(r"[\w.]+", text)
                parts = (text, first[0] if first else "")
                for run in self._runs:
                    origins = run.failed_imports.origins
                    todo += [origins[part] for part in parts if part in origins]
        return found


def _in(names: Iterable[str], words: Iterable[str]) -> frozenset[str]:
    all_words = "\n".join(words)
    return frozenset(
        [name for name in names if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", all_words)]
    )
