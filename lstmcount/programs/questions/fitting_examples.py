"""Ask for all values that a model needs at once, with examples that fit each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from lstmcount.config import ModelConfig, all_layers
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.model_configs import asks, reasons
from lstmcount.programs.questions.needs import shown_example
from lstmcount.setting_text import SETTING, asking_for_all, replaced, set_option, settings_in
from lstmcount.summary import is_unknown

# Other examples for a number, for elements, and for the shape of an image.
_NUMBERS = (120, 32, 2, 300)
_ELEMENTS = ([2, 2], [8, 16, 32], [0.1, 0.2], [8, 16, 32, 64], [8])
_IMAGES = ([32, 32], [64, 64], [120, 120], [224, 224])
# In names that are alike but for these.
_SIDES = r"(?i)\d+|height|width|rows|cols|(?<![a-z])[hw](?![a-z])"

INPUT_SHAPE = "input_shape"
MAX_LEFT_OUT = 8  # settings of which each is tried without
_FIRST = "the values that the other notes ask for come first"

Read = Callable[[dict[str, Any]], ModelConfig]  # the model with more settings


class _Asked(msgspec.Struct):
    """What a model needs: the values that texts ask for, and those that it then asks for."""

    texts: list[str]
    settings: dict[str, Any]  # with their examples
    problem: str | None = None  # why the model cannot be counted with all of them


def ask_at_once(read: Read, given: dict[str, Any], message: str, allowance: Allowance) -> str:
    """The message with all settings that the model needs, as far as they are found in time."""
    asked = _all_asked(read, given, [message], allowance)
    if not asked.settings:
        return message + _other_values(read, given, message, allowance)
    texts = _without(asked.texts, _needless(read, asked, allowance))
    return replaced(asking_for_all(texts), _fitting(read, asked, allowance))


def _all_asked(read: Read, given: dict[str, Any], texts: list[str], allowance: Allowance) -> _Asked:
    asked = _Asked([*texts], {})
    new = _asked_in(texts)
    while new.keys() - given.keys() and not allowance.is_spent:
        asked.settings |= new
        asked.problem, questions = _try(read, asked.settings)
        last = questions if asked.problem is None else [asked.problem]
        known = asked.settings.keys() | given.keys()
        more = [text for text in last if settings_in(text).keys() - known]
        asked.texts += more
        new = _asked_in(more)
    return asked


def _asked_in(texts: Iterable[str]) -> dict[str, Any]:
    """The settings that the texts ask for, with their examples."""
    return {words: value for text in texts for words, value in settings_in(text).items()}


def _needless(read: Read, asked: _Asked, allowance: Allowance) -> set[str]:
    """The settings without which the parameters are counted all the same."""
    needless: set[str] = set()
    settings = asked.settings
    is_tried = asked.problem is None and 1 < len(settings) <= MAX_LEFT_OUT
    twice = [*reversed(settings)] * 2  # what one needs may be needless itself
    for words in twice if is_tried else ():
        rest = {each: settings[each] for each in settings if each not in {words, *needless}}
        if rest and words not in needless and not allowance.is_spent and _is_counted(read, rest):
            needless.add(words)
    return needless


def _is_counted(read: Read, settings: dict[str, Any]) -> bool:
    try:
        summary = infer(read(settings))
    except LstmcountError:
        return False
    return not is_unknown(summary.total_params, summary.walk())


def _without(texts: list[str], needless: set[str]) -> list[str]:
    """The texts without those that only ask for what is needless."""
    return [text for text in texts if not (asked := settings_in(text)) or asked.keys() - needless]


def fit_questions(
    read: Read, given: dict[str, Any], config: ModelConfig, allowance: Allowance
) -> None:
    """Add the questions that follow those about a model, with examples with which it can be
    counted, if any are found.

    Raises an error if the model cannot be built with the given settings, but with others.
    """
    _fit_examples(read, given, config, allowance)
    if given:
        _lead_on(read, given, config, allowance)


def _fit_examples(
    read: Read, given: dict[str, Any], config: ModelConfig, allowance: Allowance
) -> None:
    texts = _questions(config)
    examples = _asked_in(texts)
    if len(examples) > 1 and INPUT_SHAPE in examples and not allowance.is_spent:
        others = {words: value for words, value in examples.items() if words != INPUT_SHAPE}
        if _try(read, others) == (None, []):  # the input shape is not needed
            texts = _without(texts, {INPUT_SHAPE})
            for layer in all_layers(config):
                layer.unknown_because = layer.unknown_because and _FIRST
    asked = _all_asked(read, given, texts, allowance)
    needless = _needless(read, asked, allowance)
    config.notes = _without([*config.notes, *asked.texts[len(texts) :]], needless)
    for layer in all_layers(config) if needless else ():
        if layer.unknown_because and not _without([layer.unknown_because], needless):
            layer.unknown_because = _FIRST
    for words in needless:
        del asked.settings[words]
    fitting = _fitting(read, asked, allowance)
    config.notes = [replaced(note, fitting) for note in config.notes]
    for layer in all_layers(config) if fitting else ():
        layer.unknown_because = replaced(layer.unknown_because or "", fitting) or None


def _lead_on(read: Read, given: dict[str, Any], config: ModelConfig, allowance: Allowance) -> None:
    """Raise an error if the model cannot be built with the given settings, but with others."""
    try:
        infer(config)
    except LstmcountError as error:
        if others := _other_values(read, given, error.message, allowance):
            better = LstmcountError(f"{error.message}{others}", path=error.location.path)
            better.partial = config
            raise better from None


def _other_values(read: Read, given: dict[str, Any], problem: str, allowance: Allowance) -> str:
    """The end of a message about a problem that other values than the given ones do not have."""
    lists = {words: list(v) if isinstance(v, tuple) else v for words, v in given.items()}
    examples = _fitting(read, _Asked([], lists, problem), allowance)
    options = " ".join([set_option(*example) for example in examples.items()])
    return f"; it can be counted with other values{SETTING[:2]}{options}" if options else ""


def _questions(config: ModelConfig) -> list[str]:
    """The notes that ask for values, also for an input shape if parameters depend on it."""
    if not asks(config):
        return []
    try:
        notes = list(infer(config).notes)
    except LstmcountError:  # a layer without an input shape comes before the one that fails
        notes = reasons(config)
    return [text for text in dict.fromkeys(notes) if SETTING in text]


def _try(read: Read, settings: dict[str, Any]) -> tuple[str | None, list[str]]:
    """Why the model cannot be counted with these settings, or None, and what it asks for."""
    try:
        config = read(settings)
        infer(config)
    except LstmcountError as error:
        return error.message, []
    return None, _questions(config)


def _fitting(read: Read, asked: _Asked, allowance: Allowance) -> dict[str, str]:
    """Other examples as text, by setting, with which the model can be counted.

    There are none if it can be counted with these, or if the problem does not come from them.
    """
    is_of_values = asked.problem is not None and "not known" not in asked.problem
    for changed in _others(asked.settings) if is_of_values else ():
        if allowance.is_spent:
            break
        if _try(read, asked.settings | changed) == (None, []):
            return {words: shown_example(value) for words, value in changed.items()}
    return {}


def _others(asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Other examples for all values of a kind, for all, for those with names alike, such as
    `shape[0]` and `shape[1]`, for all but one of a kind, and for one."""
    tables = [
        [{words: new for words, old in asked.items() if (new := other(old, number)) is not None}
         for other in (_number, _elements, _image, _arguments)]
        for number in range(len(_ELEMENTS))
    ]  # fmt: skip
    changes = [changed for table in tables for changed in table if changed]
    yield from changes
    for table in tables:
        yield {words: value for changed in table for words, value in changed.items()}
    for changed in changes:
        alike = {re.sub(_SIDES, "", words) for words in changed}
        for name in sorted(alike) if 1 < len(alike) < len(changed) else ():
            yield {
                words: value
                for words, value in changed.items()
                if re.sub(_SIDES, "", words) == name
            }
    for changed in changes:
        for one in changed if len(changed) > 1 else ():
            yield {words: value for words, value in changed.items() if words != one}
    for changed in changes:
        yield from ({words: value} for words, value in changed.items())


def _number(value: Any, number: int) -> Any:
    return _NUMBERS[number] if value in (3, *_NUMBERS[:1]) and number < len(_NUMBERS) else None


def _elements(value: Any, number: int) -> Any:
    return _ELEMENTS[number] if value == [8, 16] else None


def _image(value: Any, number: int) -> Any:
    """The shape with a larger image, if it is that of an image."""
    if not isinstance(value, list) or 28 not in value or number >= len(_IMAGES):
        return None
    sizes = iter(_IMAGES[number])
    return [next(sizes, size) if size == 28 else size for size in value]


def _arguments(value: Any, number: int) -> Any:
    """The arguments of a recurrent layer that another may follow."""
    is_first = number == 0 and isinstance(value, dict) and "units" in value
    return {**value, "return_sequences": True} if is_first else None
