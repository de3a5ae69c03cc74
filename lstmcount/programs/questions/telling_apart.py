"""Ask apart for the values of a name that stands for several: `n@4` and `n@9`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.language.run import CHANGED_LATER
from lstmcount.programs.language.source.setting_names import without_marks
from lstmcount.programs.model_configs import reasons
from lstmcount.setting_text import settings_in

Answer = ModelConfig | LstmcountError
_OTHER_NUMBER = 5  # no example


class Runner(Protocol):
    """What follows a program."""

    allowance: Allowance
    bound_at: defaultdict[str, set[Any]]  # where names and attributes get values
    set_apart: frozenset[str]  # words that have settings of their own for each of their values

    @property
    def shared_words(self) -> Iterable[str]:
        """The names and expressions that stand for several values."""


def tell_apart(
    answered: Answer,
    answer: Callable[[], Answer],
    read: Callable[[dict[str, Any]], ModelConfig],
    runner: Runner,
) -> Answer:
    """The answer that asks for each value by its own words, where one name has several.

    That is the given one if what it asks for gives the same model.
    """
    asked = _asked(answered)
    names = _in_words(runner.shared_words, asked)
    if not names or runner.allowance.is_spent:
        return answered
    before = runner.set_apart
    runner.set_apart = names
    apart = answer()
    exact = _asked(apart)
    plain = {without_marks(words): value for words, value in exact.items()}
    if not exact or runner.allowance.is_spent:
        runner.set_apart = before
        return answered
    is_changed = any(CHANGED_LATER in runner.bound_at[name] for name in names & asked.keys())
    if plain.keys() != asked.keys() or len(plain) < len(exact) or is_changed:
        return apart
    totals = [_total(read, settings) for settings in (exact, _changed(exact))]
    runner.set_apart = before
    is_same = totals == [_total(read, settings) for settings in (plain, _changed(plain))]
    return answered if is_same else apart


def _asked(answered: Answer) -> dict[str, Any]:
    """The settings that an answer asks for, with their examples."""
    texts = [answered.message] if isinstance(answered, LstmcountError) else reasons(answered)
    return {words: value for text in texts for words, value in settings_in(text).items()}


def _in_words(names: Iterable[str], words: Iterable[str]) -> frozenset[str]:
    """The names that stand in some of these words."""
    all_words = "\n".join(words)
    return frozenset(
        [name for name in names if re.search(rf"(?<![\w.]){re.escape(name)}(?!\w)", all_words)]
    )


def _changed(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with another number for each number."""
    return {w: _OTHER_NUMBER if type(value) is int else value for w, value in settings.items()}


def _total(read: Callable[[dict[str, Any]], ModelConfig], settings: dict[str, Any]) -> Any:
    """The number of parameters, as text if it is unknown; None if there is none."""
    try:
        total = infer(read(settings)).total_params
    except LstmcountError:
        return None
    return total if isinstance(total, int) else str(total)
