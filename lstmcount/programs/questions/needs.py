"""Values that a chosen model still needs: the text to set, and the place that needs it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

import msgspec

from lstmcount.config import LayerConfig, ModelConfig, all_layers
from lstmcount.errors import LstmcountError, Path
from lstmcount.layers import registry
from lstmcount.layers.making.size_arguments import EXAMPLES, size_arguments
from lstmcount.layers.making.validation import choices
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.language.choices import Choice
from lstmcount.programs.language.source.places import CodePlace
from lstmcount.programs.language.source.setting_names import is_expression
from lstmcount.programs.language.structures import unknown_words
from lstmcount.programs.language.values.unknowns import (
    UnknownElements,
    UnknownJoined,
    UnknownRepetition,
)
from lstmcount.programs.libraries.keras.own_classes.first_call import likely_rank
from lstmcount.setting_text import set_option
from lstmcount.shapes import Unknown

# Shapes of inputs, without the batch dimension.
_SHAPES = (
    [5, 126], [120, 126], [28], [28, 28, 3], [224, 224, 3], [8, 28, 28, 3], [8, 120, 120, 3],
    [32, 32, 32, 3],
)  # fmt: skip
_SIZES = (3, 120)
_PARTS = ([28, 28, 3], [126], [28, 3], [8, 28, 28, 3])  # for the rest of a shape: `x.shape[2:]`
_PART = r"\[[^\[\]]*:[^\[\]]*\]$"  # text of such a rest

# Whether all sizes of the model are known with these settings.
Try = Callable[[dict[str, Any]], bool]
WhyUnknown = Callable[[str], str | None]
_Asked = tuple[str, Path, str, tuple[Any, ...]]  # the text, its place, what needs it, examples


class Need(msgspec.Struct):
    """An unknown whose value is needed, with a message and the place that needs it."""

    words: str
    message: str
    path: Path
    examples: tuple[Any, ...]
    example: Any

    @property
    def is_whole_shape(self) -> bool:
        return len(self.examples) > 1 and isinstance(self.example, list)

    @property
    def text(self) -> str:
        return f"{self.message}: {set_option(self.words, shown_example(self.example))}"

    @property
    def error(self) -> LstmcountError:
        return LstmcountError(self.text, path=self.path)

    @property
    def note(self) -> str:
        return note_of(self.error)


def note_of(error: LstmcountError) -> str:
    """The error as a note, with its place in the program."""
    place, *rest = error.location.path or ("",)
    where = f"{place.locate(rest=tuple(rest))}: " if isinstance(place, CodePlace) else ""
    return f"{where}{error.message}"


def shown_example(value: Any) -> str:
    """
    >>> shown_example([None, 5]), shown_example({"units": 3}), shown_example("same")
    ('[None,5]', '{"units":3}', 'same')
    >>> shown_example(["a", "b"])
    '["a","b"]'
    """
    has_names = isinstance(value, list) and any(isinstance(item, str) for item in value)
    if isinstance(value, bool | dict) or has_names:
        return msgspec.json.encode(value).decode()
    return str(value).replace(" ", "") if isinstance(value, list) else str(value)


def lost_shape_error(
    config: ModelConfig,
    lost: Mapping[CodePlace, str],
    lost_inside: Mapping[CodePlace, CodePlace],
    why_unknown: WhyUnknown,
) -> LstmcountError | None:
    """The error for the first layer or operation whose output shape is lost, or None.

    It names the first place inside a layer where the shape is lost.
    """
    for layer in all_layers(config):
        first = layer.path[0] if layer.path else None
        if isinstance(first, CodePlace) and first in lost:
            inside = all_layers(layer.model) if layer.model is not None else ()
            because = next(
                (inner.unknown_because for inner in inside if inner.unknown_because), None
            )
            why = why_unknown(lost[first]) or because or _where(first, lost, lost_inside)
            return LstmcountError(lost_message(lost[first], why), path=(first,))
    return None


def lost_message(words: str, why: str | None) -> str:
    """
    >>> lost_message("f(x)", "there is no module a")
    'the output shape of `f(x)` is not known (there is no module a)'
    """
    message = f"the output shape of `{words}` is not known"
    return f"{message} ({why})" if why else message


def explain_unknown(config: ModelConfig, because: str) -> None:
    """Give this reason to all layers without one, in case that their weights are not known."""
    for layer in all_layers(config):
        layer.unknown_because = layer.unknown_because or because


def _where(
    place: CodePlace, lost: Mapping[CodePlace, str], lost_inside: Mapping[CodePlace, CodePlace]
) -> str | None:
    at = place
    for _ in lost_inside:
        at = lost_inside.get(at, at)
    return None if at is place else f"{at.locate()}: `{lost[at]}`"


def choose_examples(needed: list[Need], works: Try, allowance: Allowance) -> None:
    """Replace the examples of sizes, shapes and classes by examples with which the model works.

    They are tried as long as anything is left of the allowance.
    """
    for settings in _settings_to_try(needed):
        if allowance.is_spent:
            return
        if works(settings):
            for need in needed:
                need.example = settings[need.words]
            return


def _settings_to_try(needed: list[Need]) -> Iterator[dict[str, Any]]:
    """The first examples, the same other examples for all, and for one, and for all but one."""
    if any(len(need.examples) > 1 for need in needed):
        first = {need.words: need.examples[0] for need in needed}
        shapes = range(len(_SHAPES)) if any(need.is_whole_shape for need in needed) else (0,)
        for size, shape in itertools.product((0, 1), shapes):
            places = {need.words: shape if need.is_whole_shape else size for need in needed}
            yield {n.words: n.examples[min(places[n.words], len(n.examples) - 1)] for n in needed}
        for need in needed:
            yield from [{**first, need.words: example} for example in need.examples[1:]]
        others = {need.words: need.examples[:2][-1] for need in needed}
        for need in needed if len(needed) > 2 else ():  # such as the channels of an image
            yield {**others, need.words: need.examples[0]}


def needs(
    config: ModelConfig,
    why_unknown: WhyUnknown,
    open_operations: Mapping[CodePlace, list[str]],
    open_classes: Mapping[CodePlace, Choice],
    lists: Collection[str],
    open_shapes: Collection[str] = (),
) -> list[Need]:
    """The unknowns that the shapes of a model depend on, in the order of its layers.

    `why_unknown` gives the reason why some text is unknown. By place, `open_operations` are the
    texts that shapes of operations depend on, and `open_classes` the keys that select layers'
    classes. `lists` are the texts of unknown lists, and `open_shapes` those of shapes of tensors.
    """
    by_words: dict[str, Need] = {}
    for words, path, subject, examples in _unknowns(config, open_operations, open_classes):
        known = by_words.get(words)
        if known is not None and isinstance(examples[0], list) > isinstance(known.example, list):
            known.examples, known.example = examples, examples[0]
        if known is None and is_expression(words):
            if words in lists and not isinstance(examples[0], list):
                examples = ([8, 16],)
            why = why_unknown(words)
            because = f" ({why})" if why else ""
            message = f"{subject} needs `{words}`, which is not known{because}"
            by_words[words] = Need(words, message, path, examples, examples[0])
    first = [need for need in by_words.values() if not _is_part_of(need.words, open_shapes)]
    return _whole_shapes_first(first or [*by_words.values()])


def needs_of_operations(
    unknown_sizes: Collection[str],
    open_operations: Mapping[CodePlace, list[str]],
    why_unknown: WhyUnknown,
) -> list[Need]:
    """The unknowns in operations that the sizes of weights depend on, as in those of a Lambda."""
    by_words: dict[str, Need] = {}
    for place, words_of_place in open_operations.items():
        for words in words_of_place:
            if words in unknown_sizes and words not in by_words and is_expression(words):
                why = why_unknown(words)
                because = f" ({why})" if why else ""
                message = f"the shape of an operation needs `{words}`, which is not known{because}"
                by_words[words] = Need(words, message, (place,), _SIZES, _SIZES[0])
    return [*by_words.values()]


def _is_part_of(words: str, shapes: Collection[str]) -> bool:
    """Whether some text is one of these shapes, or a part of it: `x.shape[1:]`."""
    return words in shapes or words.rpartition("[")[0] in shapes


def _unknowns(
    config: ModelConfig,
    open_operations: Mapping[CodePlace, list[str]],
    open_classes: Mapping[CodePlace, Choice],
) -> Iterator[_Asked]:
    shapes = _likely_shapes(config)
    for layer in all_layers(config):
        yield from _in_arguments(layer, shapes)
        first = layer.path[0] if layer.path else None
        if isinstance(first, CodePlace):
            if choice := open_classes.get(first):
                yield choice.key, layer.path, f"the class of {layer.name}", choice.examples
            for words in open_operations.get(first, ()):
                yield words, layer.path, f"the shape of {layer.name}", _SIZES
    inside = [layer.model for layer in all_layers(config) if layer.model is not None]
    for model in (config, *inside):
        is_said = bool(model.layers) and model.layers[0].class_name == "InputLayer"
        for words in () if is_said else unknown_words(list(model.build_input_shape or ())):
            yield words, model.path, f"the input shape of {model.name}", _SIZES
        for name, shape, *_ in model.own_weights:
            for words in unknown_words(list(shape)):
                yield words, model.path, f"{model.name}.{name}", _SIZES


def _in_arguments(layer: LayerConfig, shapes: tuple[Any, ...]) -> Iterator[_Asked]:
    """The unknowns in a layer's arguments that shapes depend on."""
    for key, value in layer.arguments.items() if layer.kind != "op" else ():
        unknown = unknown_words(value)
        if not unknown or not _matters(layer.class_name, key):
            continue
        is_whole = isinstance(value, Unknown)
        is_shape = is_whole and key in ("shape", "batch_shape")
        rest = _rest(value) if key in ("shape", "batch_shape") else None
        for words in unknown:
            examples = _examples(layer.class_name, key, shapes) if is_whole else _SIZES
            if isinstance(value, UnknownRepetition):
                examples = _SIZES
            elif rest is not None and rest.text == words:
                examples = _rests(rest, _examples(layer.class_name, key, shapes))
            elif re.search(_PART, words) and not is_shape:
                examples = _PARTS
            yield words, (*layer.path, key), f"{layer.name}.{key}", examples


def _rest(shape: Any) -> UnknownJoined | None:
    """The unknown elements in a list of sizes: `rest` in `(*rest, 1)` and in `rest + (1,)`."""
    if isinstance(shape, UnknownJoined):
        return shape
    for index, size in enumerate(shape if isinstance(shape, list | tuple) else ()):
        if isinstance(size, UnknownElements):
            return UnknownJoined(size.text, shape[:index], shape[index + 1 :])
    return None


def _rests(rest: UnknownJoined, shapes: tuple[Any, ...]) -> tuple[Any, ...]:
    """What of each whole shape belongs in the place of unknown elements."""
    before, after = len(rest.before), len(rest.after)
    parts = [whole[before : len(whole) - after] for whole in shapes]
    return tuple([part for part in parts if part]) or _PARTS


def _whole_shapes_first(needed: list[Need]) -> list[Need]:
    """Leave out sizes that may be known once an input's whole shape is known."""
    whole = tuple([need.words for need in needed if need.is_whole_shape])
    if not whole:
        return needed
    names = "|".join(re.escape(words) for words in whole)
    mention = re.compile(rf"(?<!\w)(?:{names})(?!\w)")

    def may_follow(need: Need) -> bool:
        return "shape" in need.words or mention.search(need.words) is not None

    return [need for need in needed if need.is_whole_shape or not may_follow(need)]


def _likely_shapes(config: ModelConfig) -> tuple[Any, ...]:
    """Examples of input shapes for the model, the likeliest first."""
    layers = list(all_layers(config))
    rank = likely_rank({layer.class_name for layer in layers})
    shapes = sorted(_SHAPES, key=lambda shape: len(shape) != rank)
    if any(layer.arguments.get("data_format") == "channels_first" for layer in layers):
        return tuple([[shape[-1], *shape[:-1]] if len(shape) > 2 else shape for shape in shapes])
    return tuple(shapes)


def _examples(class_name: str, key: str, shapes: tuple[Any, ...]) -> tuple[Any, ...]:
    if key == "shape":
        return shapes
    if key == "batch_shape":
        return tuple([[None, *shape] for shape in shapes])
    if key == "target_shape":
        return ([_SIZES[0]], EXAMPLES[key], *shapes)
    example = EXAMPLES.get(key)
    is_size = example is None or (isinstance(example, str) and key in size_arguments(class_name))
    return _SIZES if is_size else (example,)


def _matters(class_name: str, key: str) -> bool:
    cls, example = registry.find(class_name), EXAMPLES.get(key)
    allowed = choices(cls, key) if cls is not None and isinstance(example, str) else []
    if len(allowed) > 1:  # more than null
        return example in allowed
    return example is not None or key in size_arguments(class_name)
