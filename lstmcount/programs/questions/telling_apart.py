"""Ask apart for the values of words that stand for several: `n@4` and `n@9`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.language.source.setting_names import without_marks
from lstmcount.programs.model_configs import reasons
from lstmcount.programs.shared_words import SharedWords
from lstmcount.setting_text import settings_in

Answer = ModelConfig | LstmcountError
MIN_RUNS = 4  # of the program, for which there must be time
_OTHER_NUMBER = 5  # no example


def tell_apart(
    answered: Answer,
    answer: Callable[[], Answer],
    read: Callable[[dict[str, Any]], ModelConfig],
    given: Iterable[str],
    shared: SharedWords,
    allowance: Allowance,
) -> Answer:
    """The answer that asks for each value by its own words, where the same words have several.

    That is the given one if what it asks for gives the same model.
    """
    asked = _asked(answered)
    several = shared.in_words(asked)
    several -= shared.in_words(given)
    if not several or allowance.runs_left < MIN_RUNS:
        return answered
    before = shared.apart
    known: Any = None
    while known != (known := (several, shared.bound_again)):
        shared.apart = before | several
        apart = answer()
        exact = _asked(apart)
        if not exact or allowance.is_spent:
            shared.apart = before
            return answered
        several |= shared.in_words(exact) - shared.in_words(given)
    plain = {without_marks(words): value for words, value in exact.items()}
    if plain.keys() != asked.keys() or len(plain) < len(exact) or shared.has_later(exact):
        return apart
    totals = [_total(read, settings) for settings in (exact, _changed(exact))]
    shared.apart = before
    is_same = totals == [_total(read, settings) for settings in (plain, _changed(plain))]
    return answered if is_same else apart


def _asked(answered: Answer) -> dict[str, Any]:
    """The settings that an answer asks for, with their examples."""
    texts = [answered.message] if isinstance(answered, LstmcountError) else reasons(answered)
    return {words: value for text in texts for words, value in settings_in(text).items()}


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
