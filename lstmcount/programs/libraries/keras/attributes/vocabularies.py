"""Vocabularies of lookup layers, which programs give, learn from texts and count."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build_layer
from lstmcount.layers.lookups import Lookup
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import unknown_words
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.keras.session.construct import as_argument
from lstmcount.programs.libraries.keras.session.export import Export
from lstmcount.programs.libraries.keras.values.objects import LayerObject
from lstmcount.structures import leaves

_TOKENS = "tokens of the vocabulary"  # key of what a layer learned; no name that a program can use


def method(layer: LayerObject, name: str) -> Native | None:
    """A method of a lookup layer that sets or tells its vocabulary; None if it is no such layer."""
    function = {
        "adapt": _adapt,
        "set_vocabulary": _set_vocabulary,
        "get_vocabulary": _get_vocabulary,
        "vocabulary_size": _vocabulary_size,
    }[name]
    lookup = None if unknown_words(layer.arguments) else _lookup(layer)
    if lookup is None:
        return None
    return Native(name, lambda run, *call: function(run, layer, lookup, *call), raw=True)


def _lookup(layer: LayerObject, **arguments: Any) -> Any:
    """The layer with other arguments. Raises `LstmcountError` if Keras refuses them."""
    config = Export().layer(layer, calls=0)
    config.arguments = {**config.arguments, **arguments}
    lookup = build_layer(config).layer
    return lookup if isinstance(lookup, Lookup) else None


def _adapt(
    run: Run, layer: LayerObject, lookup: Any, args: list[Any], kwargs: Any, node: ast.AST
) -> None:
    if lookup.vocabulary is not None:
        raise run.error(node, f"Keras cannot adapt {layer.name}, whose vocabulary is set")
    data = args[0] if args else kwargs.get("data")
    run.weigh(node, data)
    _remember(run, layer, lookup, lookup.learned(leaves(as_argument(data))), node)


def _set_vocabulary(
    run: Run, layer: LayerObject, lookup: Any, args: list[Any], kwargs: Any, node: ast.AST
) -> None:
    passed = arguments_by_name(("vocabulary", "idf_weights"), args, kwargs)
    run.weigh(node, passed)
    vocabulary = as_argument(passed.get("vocabulary"))
    if not isinstance(vocabulary, list) or unknown_words(vocabulary):
        return _remember(run, layer, lookup, None, node)
    try:
        _lookup(layer, vocabulary=vocabulary, idf_weights=as_argument(passed.get("idf_weights")))
    except LstmcountError as error:
        raise run.error(node, error.message) from None
    return _remember(run, layer, lookup, lookup.without_special(vocabulary), node)


def _remember(
    run: Run, layer: LayerObject, lookup: Any, tokens: list[Any] | None, node: ast.AST
) -> None:
    """Store the tokens, None if they are not known; calls before keep the size that they had."""
    run.effects += 1
    layer.attributes[_TOKENS] = tokens
    if layer.calls or lookup.output_mode == "int" or lookup.pad_to_max_tokens:
        return
    function = getattr(node, "func", None)
    source = run.source_of(function.value) if isinstance(function, ast.Attribute) else layer.name
    unknown = run.unknown(f"{source}.vocabulary_size()")
    layer.arguments["vocabulary_size"] = unknown if tokens is None else _size(lookup, tokens)


def _size(lookup: Any, tokens: list[Any]) -> int:
    return len(lookup.special_tokens) + len(tokens)


def _tokens(layer: LayerObject, lookup: Any) -> Any:
    """The tokens without special ones; None if they are not known."""
    if _TOKENS in layer.attributes:
        return layer.attributes[_TOKENS]
    if lookup.vocabulary is None:
        return []
    is_list = isinstance(lookup.vocabulary, list)
    return lookup.without_special(lookup.vocabulary) if is_list else None


def _get_vocabulary(
    run: Run, layer: LayerObject, lookup: Any, args: list[Any], kwargs: Any, node: ast.AST
) -> Any:
    passed = arguments_by_name(("include_special_tokens",), args, kwargs)
    tokens = _tokens(layer, lookup)
    if tokens is None:
        return run.unknown(run.source_of(node))
    run.spend(len(tokens), node)
    special = lookup.special_tokens if passed.get("include_special_tokens", True) else []
    return [*special, *tokens]


def _vocabulary_size(
    run: Run, layer: LayerObject, lookup: Any, args: list[Any], kwargs: Any, node: ast.AST
) -> Any:
    tokens = _tokens(layer, lookup)
    return run.unknown(run.source_of(node)) if tokens is None else _size(lookup, tokens)
