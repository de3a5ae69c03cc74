"""The same records as JSON, JSON lines, CSV, TSV, Markdown and LaTeX."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from lstmcount.escapes import for_csv, for_json, for_markdown_cell
from lstmcount.renderers.columns import COLUMNS, EXTRA, OWN, shown_columns
from lstmcount.renderers.latex import summary_table, table
from lstmcount.renderers.markdown import head, row
from lstmcount.shapes import Unknown
from lstmcount.summary import Amount, LayerSummary, Summary

FIELDS = (
    "name", "class_name", "output_shape", "params", "trainable_params", "non_trainable_params",
    "connected_to",
)  # fmt: skip
_LISTS = frozenset(("weights", "cudnn"))  # columns whose data are lists

_NUMBERS = r"\[\n\s+([-+.\deE]+|null)(,\n\s+([-+.\deE]+|null))*\n\s+\]"


def to_json(value: Any) -> str:
    """Indented JSON, with lists of numbers such as shapes on one line."""
    text = msgspec.json.format(json_line(value), indent=2)
    return re.sub(_NUMBERS, _on_one_line, text) + "\n"


def json_line(value: Any) -> str:
    """JSON on one line. Invisible characters are escaped; lone surrogates, which UTF-8 cannot
    encode, are spelled out.

    >>> json_line(["a", chr(0xD800)])
    '["a","\\\\\\\\ud800"]'
    """
    try:
        text = msgspec.json.encode(value, enc_hook=null_for_unknown).decode()
    except UnicodeEncodeError:
        plain = msgspec.to_builtins(value, enc_hook=null_for_unknown)
        text = msgspec.json.encode(encodable(plain)).decode()
    return for_json(text)


def null_for_unknown(value: Any) -> None:
    if not isinstance(value, Unknown):
        raise NotImplementedError(f"no JSON for {type(value)}")


def encodable(value: Any) -> Any:
    """The same value with lone surrogates spelled out."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {encodable(key): encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [encodable(item) for item in value]
    return value


def _on_one_line(match: re.Match[str]) -> str:
    return "[" + re.sub(r"\n\s+", " ", match[0][1:-1]).strip() + "]"


def summary_json(summary: Summary, columns: Sequence[str] = ()) -> str:
    return to_json(summary_record(summary, columns))


def summary_record(summary: Summary, columns: Sequence[str]) -> dict[str, Any]:
    record = summary.to_dict()
    record["layers"] = [_record(layer, summary, columns) for layer in summary.layers]
    for name in EXTRA:
        total = EXTRA[name].total if name in columns else None
        if total is not None:
            record[f"total_{name}"] = total(summary).value
    if "macs" in columns or "flops" in columns:
        record["macs_convention"] = "contractions"
    return record


def records_of(fmt: str, summary: Summary, columns: Sequence[str] = ()) -> list[dict[str, Any]]:
    """What a format shows of one model among several: JSON one record, the others one per layer."""
    if fmt == "json":
        return [summary_record(summary, columns)]
    return layer_records(summary, columns) if fmt == "jsonl" else rows(summary, columns)


def layer_records(summary: Summary, columns: Sequence[str]) -> list[dict[str, Any]]:
    return [_record(layer, summary, columns) for layer in summary.layers]


def _record(layer: LayerSummary, summary: Summary, columns: Sequence[str]) -> dict[str, Any]:
    """Everything about a layer and the extra columns, or only the chosen columns."""
    if any(name in OWN for name in columns):
        return _data(layer, summary, columns)
    extra = [name for name in columns if name != "weights"]  # every record contains them
    return {**layer.to_dict(), **_data(layer, summary, extra)}


def _data(layer: LayerSummary, summary: Summary, columns: Sequence[str]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name in columns:
        value = COLUMNS[name].value(layer, summary)
        if not isinstance(value, Amount):
            record[name] = value
            continue
        record[name] = value.value
        if value.per_step is not None:
            record[f"{name}_per_step"] = value.per_step
    return record


def rows(summary: Summary, columns: Sequence[str] = ()) -> list[dict[str, Any]]:
    """One flat record per layer."""
    names = shown_columns(FIELDS, columns)
    records = []
    for layer in summary.layers:
        record = _data(layer, summary, names)
        for name in _LISTS.intersection(names):
            record[name] = COLUMNS[name].text(layer, summary)
        if "connected_to" in names:
            record["connected_to"] = " ".join(layer.connected_to)
        records.append(record)
    return aligned(records)


def aligned(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records with the same fields in the same order; those that a record lacks are None.

    >>> aligned([{"a": 1}, {"b": 2, "a": 3}])
    [{'a': 1, 'b': None}, {'a': 3, 'b': 2}]
    """
    fields = dict.fromkeys(field for record in records for field in record)
    return [{field: record.get(field) for field in fields} for record in records]


def delimited(records: Sequence[dict[str, Any]], delimiter: str) -> str:
    """CSV or TSV; a cell that a spreadsheet would run as a formula is prefixed with '."""
    import csv

    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    if records:
        writer.writerow(map(for_csv, records[0]))
    for record in records:
        writer.writerow([_cell(value) for value in record.values()])
    return stream.getvalue()


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, Unknown):
        return ""
    if isinstance(value, bool):
        return json_line(value)
    return value if isinstance(value, int | float) else for_csv(str(value))


def markdown(records: Sequence[dict[str, Any]]) -> str:
    if not records:
        return ""
    fields = list(records[0])
    numbers = {field for field in fields if _is_of_numbers(records, field)}
    lines = head(fields, numbers)
    lines += [row(_md(record[field]) for field in fields) for record in records]
    return "\n".join(lines) + "\n"


def _is_of_numbers(records: Sequence[dict[str, Any]], field: str) -> bool:
    return any(_is_number(record[field]) for record in records)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _md(value: Any) -> str:
    return for_markdown_cell(value) if isinstance(value, str) else _plain(value)


def _plain(value: Any) -> str:
    if value is None or isinstance(value, Unknown):
        return ""
    if isinstance(value, bool):
        return json_line(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:.1f}"
    return str(value)


def latex(records: Sequence[dict[str, Any]]) -> str:
    if not records:
        return ""
    fields = list(records[0])
    kinds = "".join("r" if _is_of_numbers(records, field) else "l" for field in fields)
    return table([fields, *([_plain(value) for value in row.values()] for row in records)], kinds)


def lines(records: Sequence[dict[str, Any]]) -> str:
    return "".join([f"{json_line(record)}\n" for record in records])


RECORDS: dict[str, Callable[[Sequence[dict[str, Any]]], str]] = {
    "json": to_json,
    "jsonl": lines,
    "csv": lambda records: delimited(records, ","),
    "tsv": lambda records: delimited(records, "\t"),
    "markdown": markdown,
    "latex": latex,
}

FORMATS: dict[str, Callable[[Summary, Sequence[str]], str]] = {
    "json": summary_json,
    "jsonl": lambda summary, columns: lines(layer_records(summary, columns)),
    "csv": lambda summary, columns: delimited(rows(summary, columns), ","),
    "tsv": lambda summary, columns: delimited(rows(summary, columns), "\t"),
    "markdown": lambda summary, columns: markdown(rows(summary, columns)),
    "latex": summary_table,
}
