"""A model in another form: a spec, Keras's JSON, or Python."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import partial
from itertools import zip_longest
from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.conversion.arguments import declared_in
from lstmcount.conversion.calls import own_calls, with_known_values
from lstmcount.conversion.keras_json import to_keras
from lstmcount.conversion.layers import in_todays_layers
from lstmcount.conversion.names import without_slashes
from lstmcount.conversion.plain import require_plain
from lstmcount.conversion.python import to_python
from lstmcount.conversion.spec import to_spec
from lstmcount.conversion.tensorflow import in_todays_operations
from lstmcount.conversion.text import spec_json, spec_yaml
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.graph.masking import with_masks_of_parts, without_masks
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.layers.ops.registry import LEGACY
from lstmcount.readers.keras.reader import read_keras
from lstmcount.readers.spec.reader import read_spec
from lstmcount.renderers.records import to_json
from lstmcount.shapes import known
from lstmcount.sources import Source, read
from lstmcount.summary import Summary
from lstmcount.summary import count as sum_of

_FOR_EDITORS = "# yaml-language-server: $schema=lstmcount.schema.json\n"  # of `lstmcount schema`
FORMATS = ("yaml", "json", "keras-json", "python")


def written(config: ModelConfig, to: str) -> str:
    """The model in another form. Raises `LstmcountError` if the form cannot express it."""
    try:
        return _written(config, to)
    except RecursionError:
        raise LstmcountError("nested too deeply to be written") from None


def _written(config: ModelConfig, to: str) -> str:
    if to in ("keras-json", "python"):
        config = without_slashes(config)
    if to != "keras-json":
        config = _without_masks(config)
    config = own_calls(config)
    if to == "keras-json":
        config = with_masks_of_parts(config)
    facts = _facts if config.listed_layer_names is None else _facts_of_parts
    compare = partial(_compare, infer(config), _legacy_operations(config), facts=facts)
    config = in_todays_operations(with_known_values(config))
    config = in_todays_layers(config, keep_classes=to not in ("keras-json", "python"))
    if to in ("keras-json", "python"):
        compare(lambda: infer(config), "Keras 3")
    if to == "python":
        program = to_python(config)
        if config.layers:  # programs are not read for models without layers
            compare(lambda: infer(_program(program)), "a program")
        return program
    if to == "keras-json":
        serialised = to_keras(config)
        require_plain(serialised, "json")
        custom = CustomLayers(declared_in(config))
        compare(lambda: infer(read_keras(serialised, custom)), to)
        return to_json(serialised)
    spec = to_spec(config)
    require_plain(spec, to)
    compare(lambda: infer(read_spec(spec)), "a spec")
    return _FOR_EDITORS + spec_yaml(spec) if to == "yaml" else spec_json(spec)


def _program(text: str) -> ModelConfig:
    """The model that a written program builds, without the mask operations that it implies."""
    return _without_masks(read(Source("model.py", text.encode())))


def _without_masks(config: ModelConfig) -> ModelConfig:
    """The model without mask operations, which reading a spec or a program adds again."""
    if not config.makes_masks:
        return config
    return without_masks(config)


def _legacy_operations(config: ModelConfig) -> set[str | None]:
    return {layer.name for layer in config.layers if layer.class_name in LEGACY}


def _compare(
    before: Summary,
    legacy: set[str | None],
    read_back: Callable[[], Summary],
    form: str,
    facts: Callable[..., Iterable[tuple[Any, ...]]],
) -> None:
    """Raise unless the written model means the same as the model that was read.

    The `legacy` operations that only computed sizes for other calls are not written.
    """
    try:
        after = read_back()
    except LstmcountError as error:
        raise LstmcountError(f"{form} cannot say this model: {error.message}") from None
    left_out = legacy.difference([layer.name for layer in after.layers])
    for one, other in zip_longest(facts(before, left_out), facts(after)):
        if one != other:
            where = f": {one[0]} would differ" if one else ""
            raise LstmcountError(f"{form} cannot say this model exactly{where}")


def _facts_of_parts(summary: Summary, left_out: Collection[str | None] = ()) -> Iterable[Any]:
    """Those of a model whose class lists its attributes: not their order, nor what they read."""
    *layers, total, trainable = _facts(summary, left_out)
    with_weights = [(name, None, params) for name, _, params in layers if params != 0]
    return [*sorted(with_weights, key=str), total, trainable]


def _facts(summary: Summary, left_out: Collection[str | None] = ()) -> Iterator[tuple[Any, ...]]:
    """What a conversion must preserve: layers with shapes and counts, totals, trainable counts."""
    for layer in summary.layers:
        if layer.name not in left_out:
            params = layer.params if layer.is_inferred else None
            yield f"layer {layer.name!r}", layer.output_shape, params
    is_only_built = all(layer.is_inferred for layer in summary.layers)
    for fact, count in (
        ("the number of parameters", sum_of(summary.weights)),
        ("the number of trainable parameters", summary.trainable_params),
    ):
        yield fact, count if is_only_built and known(count) else None
