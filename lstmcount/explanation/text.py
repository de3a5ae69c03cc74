"""Derivations as text for 80 columns, and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from lstmcount.escapes import escape
from lstmcount.explanation.derivation import Derivation, Matrix, Packed, Part, packed
from lstmcount.naming import counted
from lstmcount.renderers.fitting import width_of
from lstmcount.renderers.lines import WIDTH, Line, aligned, wrapped
from lstmcount.renderers.records import null_for_unknown, to_json
from lstmcount.summary import Summary, count, is_unknown

AFTER_FIT = (
    "After model.fit, Keras's summary adds the optimizer's variables to its Total params; "
    "the count of the model itself does not change."
)


def text(
    derivations: Sequence[Derivation], summary: Summary | None = None, room: int | None = None
) -> Iterator[Line]:
    """The lines of all derivations and, with `summary`, of the model's total."""
    room = min(WIDTH, room or WIDTH)
    for derivation in derivations:
        yield from _layer(derivation, room)
        yield "plain", ""
    if summary is not None:
        yield from _total(summary, room)


def _layer(derivation: Derivation, room: int) -> Iterator[Line]:
    yield "title", escape(f"{derivation.name} ({derivation.class_name})")
    if derivation.input_shape is not None:
        yield from wrapped(f"{derivation.input_shape} → {derivation.output_shape}", "  ", room=room)
    for part in derivation.parts:
        yield from _part(part, room)
    if derivation.total:
        yield "heading", "  Together"
        yield "result", f"    {derivation.total}"
    frozen = derivation.params - derivation.trainable_params
    if frozen:
        yield (
            "plain",
            f"  {derivation.trainable_params:,} of {derivation.params:,} train, {frozen:,} do not",
        )
    if derivation.shape_reason:
        yield from wrapped(f"Why {derivation.output_shape}", "  ", "    ", "heading", room=room)
        yield from wrapped(derivation.shape_reason, "    ", room=room)
    if derivation.notes:
        yield "heading", "  Notes"
    for note in derivation.notes:
        yield from wrapped(note, "    - ", "      ", room=room)


def _part(part: Part, room: int) -> Iterator[Line]:
    if part.names != ("",):
        each = ", each" if len(part.names) > 1 else ""
        names = f"{' and '.join(part.names)} ({part.class_name}){each}"
        yield from wrapped(names, "  ", "    ", "heading", room=room)
    yield from _equations(part, room)
    yield from _matrices(part, room)
    yield "heading", "  As Keras stores them"
    for weight in part.weights:
        yield from wrapped(stored(weight), "    ", "      ", room=room)
    for line in dict.fromkeys(columns(part, weight) for weight in part.weights):
        if line:
            yield from wrapped(line, "    ", "      ", room=room)
    yield from _count(part, room)


def _equations(part: Part, room: int) -> Iterator[Line]:
    if part.equations:
        over_time = any("(t)" in equation.text for equation in part.equations)
        yield "heading", "  At each time step t" if over_time else "  It computes"
        for equation in part.equations:
            yield from wrapped(equation.text, "    ", "        ", "formula", room=room)


def _matrices(part: Part, room: int) -> Iterator[Line]:
    yield "heading", "  Matrices"
    rows = [matrix_row(group) for group in part.matrix_groups()]
    lines = aligned(rows, "lllr")
    if 4 + width_of(lines[0][0]) <= room:
        yield from (("plain", f"    {line}") for (line,) in lines)
    else:  # too wide: write names, sizes and axes on separate lines
        sizes = aligned([row[2:] for row in rows], "lr")
        for (names, axes, _, _), (size,) in zip(rows, sizes, strict=True):
            yield from wrapped(names, "    ", "    ", room=room)
            yield from wrapped(size.strip(), "      ", room=room)
            yield from wrapped(axes, "      ", room=room)


def _count(part: Part, room: int) -> Iterator[Line]:
    yield "heading", "  Count"
    number = f"{part.count:,}"
    yield from wrapped(part.formula.text, "      ", "      ", "formula", room=room)
    if part.substituted != part.formula:
        yield from wrapped(part.substituted.text, "    = ", "      ", "formula", room=room)
    if part.substituted.text != number:
        yield "result", f"    = {number}"
    if len(part.matrices) > 1:
        yield from wrapped(
            f"{part.matrix_sum} = {number}", "      ", "      ", "formula", room=room
        )


def matrix_row(group: tuple[Matrix, ...]) -> tuple[str, str, str, str]:
    first, blocks = group[0], len(group)
    total = f"{blocks * first.count:,}"
    return (
        " ".join(matrix.symbol.text for matrix in group),
        f"[{' × '.join(first.axes)}]",
        f"[{' × '.join(map(str, first.shape))}]",
        f"{blocks} · {first.count:,} = {total}" if blocks > 1 else total,
    )


def stored(weight: Packed) -> str:
    """
    >>> stored(Packed("bias", (48,), ("4·units",), "float32", True, 48))
    'bias (48,) [4·units] 48'
    """
    axes = f" [{' × '.join(weight.axes)}]" if weight.axes else ""
    frozen = ", not trainable" if weight.trainable is False else ""
    dtype = "" if weight.dtype == "float32" else f", {weight.dtype}"
    return f"{weight.name} {weight.shape}{axes} {weight.count:,}{frozen}{dtype}"


def columns(part: Part, weight: Packed) -> str:
    """The columns of each block of a packed weight, as Python slices; "" if it has one block."""
    blocks = [m for m in part.matrices if m.weight == weight.name and m.columns]
    labels = {m.columns: m.name.rsplit("_", 1)[-1] for m in blocks if m.columns}
    if not labels:
        return ""
    slices = ", ".join(f"{labels[span]} {span[0]}:{span[1]}" for span in sorted(labels))
    return f"columns: {slices}"


def _total(summary: Summary, room: int) -> Iterator[Line]:
    if is_unknown(summary.total_params, summary.walk()):
        yield "heading", "The whole model"
        yield "result", "    parameters not known"
        return
    own = summary.own_weights()
    counts = [layer.params for layer in summary.layers if layer.params]
    counts += [count(own)] if own else []
    shared = sum(counts) != summary.total_params
    total = counted(summary.total_params, "parameter")
    yield "heading", "The whole model"
    if own:
        yield "heading", f"  Weights of {escape(summary.name)} itself"
    for weight in own:
        yield from wrapped(stored(packed(weight)), "    ", "      ", room=room)
    if len(counts) > 1 and not shared:
        yield from wrapped(" + ".join(f"{count:,}" for count in counts), "    ", "    ", room=room)
        yield "result", f"  = {total}"
    else:
        yield "result", f"    {total}"
        if shared:
            yield from wrapped("Weights that layers share count once.", "    ", room=room)
    yield from wrapped(AFTER_FIT, "    ", "    ", room=room)


def as_json(derivations: Sequence[Derivation], summary: Summary) -> str:
    """The JSON record of `lstmcount explain --format json`."""
    unknown = is_unknown(summary.total_params, summary.walk())
    return to_json(
        {
            "name": summary.name,
            "total_params": None if unknown else summary.total_params,
            "layers": [_record(derivation) for derivation in derivations],
        }
    )


def matrices(derivations: Sequence[Derivation]) -> list[dict[str, Any]]:
    """One flat record for each matrix of the layers."""
    return [
        {
            "layer": derivation.name,
            "class_name": derivation.class_name,
            "part": name,
            "matrix": matrix.name,
            "weight": matrix.weight,
            "axes": " × ".join(matrix.axes),
            "shape": matrix.shape,
            "params": matrix.count,
        }
        for derivation in derivations
        for part in derivation.parts
        for name in part.names
        for matrix in part.matrices
    ]


def _record(derivation: Derivation) -> dict[str, Any]:
    record: dict[str, Any] = msgspec.to_builtins(derivation, enc_hook=null_for_unknown)
    for part, entry in zip(derivation.parts, record["parts"], strict=True):
        entry["matrix_sum"] = part.matrix_sum
        for matrix, row in zip(part.matrices, entry["matrices"], strict=True):
            row["count"] = matrix.count
    return record
