"""Ask for all values that a model needs at once, with examples that fit each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, NamedTuple

import msgspec

from lstmcount.config import ModelConfig, all_layers
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.model_configs import asks, reasons
from lstmcount.programs.questions.needs import note_of, shown_example
from lstmcount.setting_text import SETTING, asking_for_all, replaced, set_option, settings_in
from lstmcount.summary import is_unknown

# Other examples for a number, for elements, and for the shape of an image.
_NUMBERS = (120, 32, 2, 300)
_ELEMENTS = ([2, 2], ["a", "b"], [8, 16, 32], [0.1, 0.2], [8, 16, 32, 64], [8])
_IMAGES = ([32, 32], [64, 64], [120, 120], [224, 224])
# In names that are alike but for these.
_SIDES = r"(?i)\d+|height|width|rows|cols|(?<![a-z])[hw](?![a-z])"

# In reasons why something is unknown: code that is not here, or not followed, or a model or layer
# that a class takes.
_ELSEWHERE = r"there is no module|is not followed|is not read|is a parameter of"

_PART = re.compile(r"len\((\w+)\)|(\w+)\[.*\]")  # of a list
_LISTS = ([8, 16], [8, 16, 32], [8, 16, 32, 64])

INPUT_SHAPE = "input_shape"
MAX_LEFT_OUT = 8  # settings of which each is tried without
_FIRST = "the values that the other notes ask for come first"

Read = Callable[[dict[str, Any]], ModelConfig]  # the model with more settings


class _Tried(NamedTuple):
    """What a try with some settings gives."""

    error: LstmcountError | None  # why the model cannot be built
    questions: list[str]  # what it asks for
    lost: str | None  # why it cannot be counted, with the place

    @property
    def is_answered(self) -> bool:
        return self.error is None and not self.questions

    @property
    def asks(self) -> bool:
        message = "" if self.error is None else self.error.message
        return bool(self.questions or settings_in(message))


class _Asked(msgspec.Struct):
    """What a model needs: the values that texts ask for, and those that it then asks for."""

    texts: list[str]
    settings: dict[str, Any]  # with their examples
    error: LstmcountError | None = None  # why the model cannot be built with all of them
    lost: str | None = None  # why it cannot be counted with all of them
    changed: dict[str, Any] = {}  # the settings that got other examples
    refusal: str | None = None  # why it cannot be counted, whatever the settings are

    @property
    def problem(self) -> str | None:
        return None if self.error is None else self.error.message


def ask_at_once(
    read: Read, given: dict[str, Any], error: LstmcountError, allowance: Allowance
) -> LstmcountError:
    """The error with all settings that the model needs, as far as they are found in time.

    If the model cannot be followed whatever they are, the error says why, and asks for none.
    """
    asked = _all_asked(read, given, [error.message], allowance)
    if not asked.settings:
        if not settings_in(error.message):
            error.message += _other_values(read, given, error, allowance)
        return error
    if asked.refusal is not None:
        return asked.error or LstmcountError(asked.refusal)
    _join_parts(read, asked, allowance)
    texts = _without(asked.texts, _needless(read, asked, allowance))
    error.message = replaced(asking_for_all(texts), _shown(asked.changed))
    return error


def _join_parts(read: Read, asked: _Asked, allowance: Allowance) -> None:
    """Ask for a list instead of its length, slices and elements, whose examples may not fit."""
    parts: dict[str, list[str]] = {}
    for words in asked.settings:
        if (match := _PART.fullmatch(words)) is not None:
            parts.setdefault(match[1] or match[2], []).append(words)
    for name, several in parts.items():
        has_ends = any(":" in words or words.startswith("len(") for words in several)
        rest = {words: asked.settings[words] for words in asked.settings if words not in several}
        for elements in _LISTS if has_ends and len(several) > 1 and name not in rest else ():
            if allowance.is_spent:
                return
            tried = _try(read, rest | {name: elements})
            if tried.is_answered and tried.lost is None:
                of_parts = (text for text in asked.texts if settings_in(text).keys() <= {*several})
                question = next(of_parts, asked.texts[0]).partition(SETTING)[0]
                asked.texts = _without(asked.texts, {*several})
                asked.texts.insert(0, f"{question}: {set_option(name, elements)}")
                asked.settings, asked.error, asked.lost = rest | {name: elements}, None, None
                break


def _unavoidable(read: Read, asked: _Asked, allowance: Allowance) -> str | None:
    """Why code that is not here makes the model unknown, however the questions are answered."""
    reason = asked.lost
    if reason is None or re.search(_ELSEWHERE, reason) is None or SETTING in reason:
        return None
    flipped = [
        {words: not value} for words, value in asked.settings.items() if isinstance(value, bool)
    ]
    for changed in (*flipped, _numbers_changed(asked.settings)):
        if allowance.is_spent or _try(read, asked.settings | changed).lost != reason:
            return None
    return reason


def _numbers_changed(settings: dict[str, Any]) -> dict[str, Any]:
    return {words: 5 for words, value in settings.items() if type(value) is int}


def _all_asked(read: Read, given: dict[str, Any], texts: list[str], allowance: Allowance) -> _Asked:
    asked = _Asked([], {})
    more = texts
    while more:
        asked.texts += more
        _ask_on(read, given, asked, more, allowance)
        asked.refusal = _unavoidable(read, asked, allowance)
        better = None if asked.refusal else _better(read, asked, allowance)
        more = [] if better is None else _take(asked, given, *better)
    return asked


def _ask_on(
    read: Read, given: dict[str, Any], asked: _Asked, texts: list[str], allowance: Allowance
) -> None:
    """Add what the model asks for after these texts."""
    new = _asked_in(texts)
    while new.keys() - given.keys() and not allowance.is_spent:
        more = _take(asked, given, new, _try(read, asked.settings | new))
        asked.texts += more
        new = _asked_in(more)


def _take(
    asked: _Asked, given: dict[str, Any], settings: dict[str, Any], tried: _Tried
) -> list[str]:
    """Take settings with what they give; return what the model then asks for besides."""
    asked.changed |= {words: settings[words] for words in settings.keys() & asked.settings.keys()}
    asked.settings |= settings
    asked.error, asked.lost = tried.error, tried.lost
    last = tried.questions if asked.problem is None else [asked.problem]
    known = asked.settings.keys() | given.keys()
    return [text for text in last if settings_in(text).keys() - known]


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
        if _try(read, others).is_answered:  # the input shape is not needed
            texts = _without(texts, {INPUT_SHAPE})
            for layer in all_layers(config):
                layer.unknown_because = layer.unknown_because and _FIRST
    asked = _all_asked(read, given, texts, allowance)
    if (reason := asked.refusal) is not None:
        config.notes = [reason, *[note for note in config.notes if SETTING not in note]]
        for layer in all_layers(config):
            layer.unknown_because = layer.unknown_because and reason
        return
    needless = _needless(read, asked, allowance)
    config.notes = _without([*config.notes, *asked.texts[len(texts) :]], needless)
    for layer in all_layers(config) if needless else ():
        if layer.unknown_because and not _without([layer.unknown_because], needless):
            layer.unknown_because = _FIRST
    for words in needless:
        del asked.settings[words]
    fitting = _shown(asked.changed)
    config.notes = [replaced(note, fitting) for note in config.notes]
    for layer in all_layers(config) if fitting else ():
        layer.unknown_because = replaced(layer.unknown_because or "", fitting) or None


def _lead_on(read: Read, given: dict[str, Any], config: ModelConfig, allowance: Allowance) -> None:
    """Raise an error if the model cannot be built with the given settings, but with others."""
    try:
        infer(config)
    except LstmcountError as error:
        if others := _other_values(read, given, error, allowance):
            better = LstmcountError(f"{error.message}{others}", path=error.location.path)
            better.partial = config
            raise better from None


def _other_values(
    read: Read, given: dict[str, Any], error: LstmcountError, allowance: Allowance
) -> str:
    """The end of the message of an error that other values than the given ones do not have."""
    lists = {words: list(v) if isinstance(v, tuple) else v for words, v in given.items()}
    better = _better(read, _Asked([], lists, error), allowance)
    if better is None or not better[1].is_answered:
        return ""
    options = " ".join([set_option(*example) for example in _shown(better[0]).items()])
    return f"; it can be counted with other values{SETTING[:2]}{options}"


def _questions(config: ModelConfig) -> list[str]:
    """The notes that ask for values, also for an input shape if parameters depend on it."""
    if not asks(config):
        return []
    try:
        notes = list(infer(config).notes)
    except LstmcountError:  # a layer without an input shape comes before the one that fails
        notes = reasons(config)
    return [text for text in dict.fromkeys(notes) if SETTING in text]


def _try(read: Read, settings: dict[str, Any]) -> _Tried:
    try:
        config = read(settings)
        summary = infer(config)
    except LstmcountError as error:
        return _Tried(error, [], note_of(error))
    why = filter(None, reasons(config) if is_unknown(summary.total_params, summary.walk()) else ())
    first = sorted(why, key=lambda reason: re.search(_ELSEWHERE, reason) is None)
    return _Tried(None, _questions(config), next(iter(first), None))


def _better(
    read: Read, asked: _Asked, allowance: Allowance
) -> tuple[dict[str, Any], _Tried] | None:
    """Other examples with which the model can be counted or asks for more, and what they give.

    There are none if it can be counted with these, or if the problem does not come from them.
    """
    is_of_values = asked.problem is not None and "not known" not in asked.problem
    others = chain(_largest(asked), _others(asked.settings))
    for changed in others if is_of_values else ():
        if allowance.is_spent:
            break
        tried = _try(read, asked.settings | changed)
        if tried.is_answered or tried.asks:
            return changed, tried
    return None


def _largest(asked: _Asked) -> Iterator[dict[str, Any]]:
    """The largest images, if an image becomes empty: large models leave no time for many tries."""
    last = len(_IMAGES) - 1
    images = {words: _image(value, last) for words, value in asked.settings.items()}
    if "would be empty" in (asked.problem or ""):
        large = {words: image for words, image in images.items() if image is not None}
        yield from [large] if large else []


def _shown(settings: dict[str, Any]) -> dict[str, str]:
    return {words: shown_example(value) for words, value in settings.items()}


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
