"""Ask apart for the values of words that stand for several: `n@4` and `n@9`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.language.source.setting_names import Settings, without_marks
from lstmcount.programs.model_configs import reasons
from lstmcount.programs.shared_words import SharedWords
from lstmcount.setting_text import settings_in

Answer = ModelConfig | LstmcountError
AnswerWith = Callable[[Settings], Answer]
ReadWith = Callable[[Settings], ModelConfig]
MIN_RUNS = 6  # of the program, for which there must be time
_OTHER_NUMBER = 5  # no example


def tell_apart(
    answered: Answer,
    answer: AnswerWith,
    read: ReadWith,
    given: Settings,
    shared: SharedWords,
    allowance: Allowance,
) -> Answer:
    """The answer that asks for each value by its own words, where the same words have several.

    That is the given one if what it asks for gives the same model. A note names what one of the
    `given` settings gives the same value.
    """
    asked = _asked(answered)
    if isinstance(answered, ModelConfig) and not asked:
        _note_shared(answered, answer, given, shared, allowance)
        return answered
    several = shared.in_words(asked)
    several -= shared.in_words(_plain(given))
    if not several or allowance.runs_left < MIN_RUNS:
        return answered
    before = shared.apart
    apart, exact, first_run = _answer_apart(answer, given, several, shared, allowance)
    if not exact or exact.keys() == asked.keys():
        shared.apart = before
        return answered
    plain = {without_marks(words): value for words, value in exact.items()}
    is_other = plain.keys() != asked.keys() or len(plain) < len(exact)
    if is_other or shared.has_later(exact, first_run) or allowance.runs_left < MIN_RUNS:
        return apart

    def total(settings: dict[str, Any]) -> Any:
        return _total(read, Settings({**given, **settings}))

    totals = [total(settings) for settings in (exact, _changed(exact))]
    shared.apart = before
    is_same = totals == [total(settings) for settings in (plain, _changed(plain))]
    return answered if is_same else apart


def _answer_apart(
    answer: AnswerWith,
    given: Settings,
    several: frozenset[str],
    shared: SharedWords,
    allowance: Allowance,
) -> tuple[Answer, dict[str, Any], int]:
    """The answer with words of their own for all values of these words, and of those that it then
    asks for; what it asks for, and the number of the first run for it."""
    before = shared.apart
    while True:
        state = several, shared.bound_again
        shared.apart = before | several
        first_run = shared.runs
        apart = answer(given)
        exact = _asked(apart)
        if allowance.runs_left < MIN_RUNS:
            break
        several |= shared.in_words(exact) - shared.in_words(_plain(given))
        if state == (several, shared.bound_again):
            break
    return apart, exact, first_run


def _note_shared(
    config: ModelConfig,
    answer: AnswerWith,
    given: Settings,
    shared: SharedWords,
    allowance: Allowance,
) -> None:
    """Note which given settings give several values that the model needs."""
    for words in given:
        several = shared.in_words([words])
        if not several or allowance.runs_left < MIN_RUNS:
            continue
        others = Settings({other: given[other] for other in given if other != words})
        before, plain = shared.apart, _asked(answer(others))
        _, own, _ = _answer_apart(answer, others, several, shared, allowance)
        shared.apart = before
        if len(own) > len(plain):
            values = " and ".join(own)
            config.notes.append(f"{words} was set for several values, which are {values}")


def _plain(given: Iterable[str]) -> list[str]:
    """Given words that may stand for several values."""
    return [words for words in given if words == without_marks(words)]


def _asked(answered: Answer) -> dict[str, Any]:
    """The settings that an answer asks for, with their examples."""
    texts = [answered.message] if isinstance(answered, LstmcountError) else reasons(answered)
    return {words: value for text in texts for words, value in settings_in(text).items()}


def _changed(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings with another number for each number."""
    return {w: _OTHER_NUMBER if type(value) is int else value for w, value in settings.items()}


def _total(read: ReadWith, settings: Settings) -> Any:
    """The number of parameters, as text if it is unknown; None if there is none."""
    try:
        total = infer(read(settings)).total_params
    except LstmcountError:
        return None
    return total if isinstance(total, int) else str(total)
