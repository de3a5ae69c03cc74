"""The costs of running and training a model."""

from __future__ import annotations

from typing import Any, Literal, Unpack

from msgspec import structs

from lstmcount.api.opening import (
    Options,
    config_of,
    opened,
    require_one_of,
    require_positive,
    require_text,
)
from lstmcount.costs.quantizing import compared, quantized
from lstmcount.costs.totals import Costs, costs, with_dtype
from lstmcount.graph.builder import build
from lstmcount.graph.inference import summarize_model
from lstmcount.layers.quantization import MODES
from lstmcount.optimizers import known, own_optimizer
from lstmcount.renderers import cost_table
from lstmcount.sources import errors_in

Costs.as_html = cost_table.html


def cost(
    source: Any,
    *,
    batch: int | None = None,
    timesteps: int | None = None,
    optimizer: str | None = None,
    dtype: str | None = None,
    quantize: Literal["int8", "int4", "float8"] | None = None,
    **options: Unpack[Options],
) -> Costs:
    """MACs and FLOPs for one sample, and bytes of memory for `batch` samples (1 by default).

    `timesteps` is the length where the model leaves it open, `optimizer` a name such as adam (by
    default the source's own, or adam), `dtype` a policy for every layer, and `quantize` the mode of
    `model.quantize` in Keras.

    Raises `LstmcountError` for a source that is wrong, a model without an input shape, and what
    Keras refuses to quantise.

    >>> found = cost({"input_shape": [5, 126], "layers": [{"LSTM": 64}, {"Dense": 3}]})
    >>> [(row.name, row.amount.value) for row in found.operations]
    [('MACs', 243392), ('FLOPs', 486784)]
    """
    require_positive(batch=batch, timesteps=timesteps)
    require_text(optimizer=optimizer, dtype=dtype)
    if quantize is not None:
        require_one_of("mode", quantize, MODES)
    source = opened(source, options)
    with errors_in(source):
        config = config_of(source, options)
        if dtype is not None:
            config = with_dtype(config, dtype)
        model, changes = build(config), None
        if quantize is not None:
            before = summarize_model(model)
            model = build(quantized(config, quantize))
            changes = compared(before, summarize_model(model), quantize)
    chosen: Any = known(optimizer) if optimizer is not None else own_optimizer(config.training)
    if dtype == "mixed_float16":
        chosen = {"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": _full(chosen)}}
    with errors_in(source):
        model_costs = costs(model, batch=batch, timesteps=timesteps, optimizer=chosen)
    return structs.replace(model_costs, quantized=changes)


def _full(optimizer: Any) -> Any:
    return {"class_name": optimizer, "config": {}} if isinstance(optimizer, str) else optimizer
