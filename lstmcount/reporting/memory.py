"""Memory as a function of the batch size: fixed bytes, and bytes for each sample."""

from __future__ import annotations

from typing import Any

import msgspec

from lstmcount.costs.forward_pass import line_through
from lstmcount.costs.totals import Costs, Row, costs
from lstmcount.errors import LstmcountError
from lstmcount.graph.model import Model

BATCHES = (1, 2, 1000)  # batch sizes; the bytes of all of them must lie on one line


class Line(msgspec.Struct, frozen=True):
    """`fixed + per_sample * batch` bytes; None if unknown."""

    name: str
    rule: str
    fixed: int | None
    per_sample: int | None
    reason: str = ""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """`batch` is the model's own batch size, if fixed; `reason` says why the memory is unknown."""

    optimizer: str = ""
    batch: int | None = None
    training: list[Line] = []
    inference: list[Line] = []
    reason: str = ""


def memory(model: Model, timesteps: int | None = None, optimizer: Any = "adam") -> Memory:
    """Memory of training with this optimizer, and of inference, by batch size.

    >>> from lstmcount.graph.builder import build
    >>> from lstmcount.readers.spec.reader import read_spec
    >>> rows = memory(build(read_spec({"input_shape": [5], "layers": [{"Dense": 3}]})))
    >>> [(line.name, line.fixed, line.per_sample) for line in rows.inference]
    [('Weights', 72, 0), ('Activations', 0, 32), ('Total', 72, 32)]
    """
    try:
        first = costs(model, timesteps=timesteps, optimizer=optimizer)
    except LstmcountError as error:
        return Memory(reason=error.message)
    try:
        others = [
            costs(model, batch=batch, timesteps=timesteps, optimizer=optimizer)
            for batch in BATCHES[1:]
        ]
    except LstmcountError:  # the model fixes another batch size
        others = []
    return Memory(
        optimizer=first.optimizer,
        batch=None if others else first.batch,
        training=_lines([first, *others], "training"),
        inference=_lines([first, *others], "inference"),
    )


def _lines(passes: list[Costs], use: str) -> list[Line]:
    return [_line(rows) for rows in zip(*(getattr(each, use) for each in passes), strict=True)]


def _line(rows: tuple[Row, ...]) -> Line:
    """
    >>> from lstmcount.summary import Amount
    >>> _line(tuple(Row("Inputs", Amount(bytes), "") for bytes in (7, 10, 3004)))
    Line(name='Inputs', rule='', fixed=4, per_sample=3, reason='')
    """
    first, values = rows[0], [row.amount.value for row in rows]
    known = [value for value in values if isinstance(value, int)]
    if len(known) < len(values):
        return Line(first.name, first.rule, None, None, "not all sizes in it are known")
    if len(known) == 1:
        return Line(first.name, first.rule, known[0], 0)
    line = line_through(BATCHES, known)
    if line is None:
        reason = "it does not grow in proportion; lstmcount cost --batch N says"
        return Line(first.name, first.rule, None, None, reason)
    return Line(first.name, first.rule, *line)
