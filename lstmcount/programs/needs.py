"""What of a chosen model is unknown: each with the place that needs it and the words to give it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from msgspec import inspect

from lstmcount import layers as registry
from lstmcount.config import LayerConfig, ModelConfig
from lstmcount.errors import Location
from lstmcount.programs.language.places import CodePlace
from lstmcount.programs.language.setting_names import to_set
from lstmcount.shapes import Unknown

_SHAPELESS = ("seed", "noise_shape", "mask_value", "num_hash_bins", "sampling_rate")
_SHAPING = ("return_sequences", "return_state", "use_bias", "padding", "data_format", "merge_mode")


def needs(config: ModelConfig, why_unknown: Callable[[str], str | None]) -> list[str]:
    """
    The notes of a model whose sizes are not all known, in the order of its layers; empty where
    nothing that shapes depend on is missing. `why_unknown` says of some words why.
    """
    asked: dict[str, str] = {}
    for layer in _all_layers(config):
        for key, value in layer.arguments.items():
            unknown = _unknown_words(value)
            if unknown and (key in _SHAPING or key in _sizes(layer.class_name)):
                for words in unknown:
                    what = f"{layer.name}.{key}"
                    need = _need(words, why_unknown(words), _place(layer, key), what, value)
                    asked.setdefault(words, need)
    if config.is_sequential and _needs_input(config):
        first = config.layers[0]
        place = first.path[0] if first.path else None
        where = f"{place.locate()}: " if isinstance(place, CodePlace) else ""
        asked["input_shape"] = (
            f"{where}no input shape is declared; give one, the batch first: "
            f"{to_set('input_shape', '[None,20]')}"
        )
    return list(asked.values())


def _need(words: str, why: str | None, place: Location, what: str, value: Any) -> str:
    is_shape = isinstance(value, Unknown) and what.rpartition(".")[2] in ("shape", "batch_shape")
    example = "[5,126]" if is_shape else "true" if what.endswith(_SHAPING[:3]) else 3
    because = f" ({why})" if why else ""
    return f"{place}: {what} needs `{words}`, which is not known{because}: {to_set(words, example)}"


def _place(layer: LayerConfig, key: str) -> Location:
    first = layer.path[0]
    assert isinstance(first, CodePlace)
    return first.locate(rest=(key,))


@cache
def _sizes(class_name: str) -> frozenset[str]:
    """The arguments that are whole numbers, or lists of them: those that shapes depend on."""
    cls = registry.find(class_name)
    if cls is None:
        return frozenset()
    struct = inspect.type_info(cls)
    assert isinstance(struct, inspect.StructType)
    return frozenset(
        field.encode_name
        for field in struct.fields
        if field.encode_name not in _SHAPELESS and _holds_whole_numbers(field.type)
    )


def _holds_whole_numbers(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.Metadata):
        return _holds_whole_numbers(kind.type)
    if isinstance(kind, inspect.UnionType):
        return any(map(_holds_whole_numbers, kind.types))
    if isinstance(kind, inspect.ListType | inspect.VarTupleType):
        return _holds_whole_numbers(kind.item_type)
    if isinstance(kind, inspect.TupleType):
        return any(map(_holds_whole_numbers, kind.item_types))
    return isinstance(kind, inspect.IntType)


def _needs_input(config: ModelConfig) -> bool:
    if not config.layers or config.build_input_shape is not None:
        return False
    first = config.layers[0]
    if first.model is not None:
        return first.model.is_sequential and _needs_input(first.model)
    return first.class_name != "InputLayer"


def _all_layers(config: ModelConfig) -> Iterator[LayerConfig]:
    for layer in config.layers:
        yield layer
        for value in layer.arguments.values():
            if isinstance(value, LayerConfig) and value.model is None:
                yield value
        if layer.model is not None:
            yield from _all_layers(layer.model)


def _unknown_words(value: Any) -> list[str]:
    if isinstance(value, Unknown):
        return [value.text] if value.text else []
    if isinstance(value, list):
        return [words for item in value for words in _unknown_words(item)]
    return []
