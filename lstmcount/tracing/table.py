"""Show a trace as text, JSON or a table of its values."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from lstmcount.escapes import escape, for_markdown_cell
from lstmcount.explanation.notation import symbol
from lstmcount.naming import counted
from lstmcount.renderers import latex
from lstmcount.renderers.lines import WIDTH, Line
from lstmcount.renderers.markdown import head, row
from lstmcount.renderers.records import RECORDS, to_json
from lstmcount.tracing.unroll import Direction, Trace

KINDS = "llrlrr"  # of the columns of a table of values


class About(msgspec.Struct, frozen=True):
    """What a trace shows: the layer, the number of steps, and the origin of weights and inputs."""

    name: str
    class_name: str
    timesteps: int
    shown: int  # number of steps to print
    seed: int
    weights: str
    input: str
    initial: str


def text(trace: Trace, about: About, room: int | None = None) -> Iterator[Line]:
    """The lines of a trace, at most `room` columns wide (80 if it is None)."""
    yield "title", escape(f"{about.name} ({about.class_name})")
    steps = counted(about.timesteps, "time step")
    if about.shown < about.timesteps:
        steps = f"{about.shown:,} of {steps}"
    yield "plain", f"  {steps}; weights {about.weights}; input {about.input}"
    yield "plain", f"  states before the first step {about.initial}; seed {about.seed}"
    for direction in trace.directions:
        yield "plain", ""
        if direction.name:
            way = "last step to first" if direction.backwards else "first step to last"
            yield "heading", escape(f"{direction.name}: from {way}")
        for cell in direction.cells:
            if len(direction.cells) > 1:
                yield "heading", escape(f"{cell.name} ({cell.class_name})")
            for equation in cell.shown:
                yield "formula", f"  {equation}"
        yield from _steps(direction, about.shown, room or WIDTH)


def _steps(direction: Direction, shown: int, room: int) -> Iterator[Line]:
    names = [symbol(name) for cell in direction.cells for name in cell.steps[0]]
    width = max(map(_len, ["x", *names]))
    for i, t in enumerate(direction.order[:shown]):
        yield "heading", f"t = {t + 1}"
        yield "plain", _row("x", direction.inputs[i], width, room)
        for cell in direction.cells:
            if len(direction.cells) > 1:
                yield "plain", escape(f"  {cell.name}")
            for name, value in cell.steps[i].items():
                yield "plain", _row(symbol(name), value, width, room)


def _row(name: str, values: Sequence[float], width: int, room: int) -> str:
    """A name and as many of its values as fit on one line."""
    line = f"  {name}{' ' * (width - _len(name))}  {f'[{len(values)}]':<6}"
    for i, value in enumerate(values):
        last = i == len(values) - 1
        if len(line) + 8 > room - (0 if last else 2):
            return f"{line} …"
        line += f" {value:7.4f}" if abs(value) < 100 else f" {value:7.1e}"
    return line


def _len(name: str) -> int:
    """The width of a name on a terminal, where combining accents take no column."""
    return sum(not unicodedata.combining(char) for char in name)


def as_json(trace: Trace, about: About) -> str:
    """The JSON record of `lstmcount trace --format json`, with all values of all steps."""
    return to_json(
        {
            **msgspec.to_builtins(about),
            "directions": [_direction(d, about.shown) for d in trace.directions],
            "output": _list(trace.output),
        }
    )


def _direction(direction: Direction, shown: int) -> dict[str, Any]:
    return {
        "name": direction.name,
        "backwards": direction.backwards,
        "cells": [
            {
                "name": cell.name,
                "class_name": cell.class_name,
                "equations": cell.shown,
                "initial": {name: _list(value) for name, value in cell.initial.items()},
                "final": {name: _list(value) for name, value in cell.final.items()},
            }
            for cell in direction.cells
        ],
        "steps": [
            {
                "t": t + 1,
                "x": _list(direction.inputs[i]),
                "cells": [
                    {name: _list(value) for name, value in cell.steps[i].items()}
                    for cell in direction.cells
                ],
            }
            for i, t in enumerate(direction.order[:shown])
        ],
    }


def _list(value: Any) -> Any:
    return [_list(item) for item in value] if isinstance(value, list) else value.tolist()


def values(trace: Trace, about: About) -> list[dict[str, Any]]:
    """One record per value."""
    return [
        {
            "direction": direction.name,
            "cell": cell.name,
            "t": t + 1,
            "name": name,
            "index": index,
            "value": value,
        }
        for direction in trace.directions
        for i, t in enumerate(direction.order[: about.shown])
        for cell in direction.cells
        for name, values in cell.steps[i].items()
        for index, value in enumerate(values.tolist())
    ]


def as_latex(records: Sequence[dict[str, Any]]) -> str:
    rows = [[_text(value) for value in record.values()] for record in records]
    return latex.table([list(records[0]), *rows], KINDS)


def as_markdown(records: Sequence[dict[str, Any]]) -> str:
    fields = list(records[0])
    lines = head(fields, numbers=[f for f, kind in zip(fields, KINDS, strict=True) if kind == "r"])
    lines += [row(map(_markdown, record.values())) for record in records]
    return "\n".join(lines) + "\n"


def _markdown(value: Any) -> str:
    return for_markdown_cell(value) if isinstance(value, str) else _text(value)


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


FORMATS: dict[str, Callable[[Sequence[dict[str, Any]]], str]] = {
    **RECORDS,
    "markdown": as_markdown,
    "latex": as_latex,
}
