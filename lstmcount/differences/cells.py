"""The words and numbers of a diff, for its table and its Markdown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from lstmcount.differences import LayerChange, ModelChange
from lstmcount.differences.profile import Values
from lstmcount.naming import counted

MARKS = {"added": "+", "removed": "-", "changed": "~", "renamed": ">", "same": "="}
MEASURES = {"params": "params", "macs": "MACs"}  # measure → header, if a model has the measure


def numbers(change: LayerChange | ModelChange, measure: str) -> tuple[str, str, str]:
    """Old and new value, difference, and difference in percent."""
    before, after = _value(change.old, measure), _value(change.new, measure)
    if before is None and after is None:
        return "?", "", ""
    if change.old is None or change.new is None:
        value = after if change.old is None else before
        delta = (after or 0) - (before or 0)
        return f"{value:,}", f"{delta:+,}", ""
    if before is None or after is None:
        return f"{shown_number(before)} -> {shown_number(after)}", "?", ""
    if before == after:
        return f"{after:,}", "0", ""
    percent = f"{(after - before) / before:+.1%}" if before else ""
    return f"{before:,} -> {after:,}", f"{after - before:+,}", percent


def _value(values: Values | None, measure: str) -> int | None:
    return values.get(measure) if values else None


def shown_number(value: int | None) -> str:
    """A number as tables show it; ? if it is unknown."""
    return "?" if value is None else f"{value:,}"


def title(change: LayerChange) -> str:
    """
    >>> title(LayerChange(change="renamed", name="b", old_name="a", class_name="LSTM"))
    'a -> b (LSTM)'
    """
    name = f"{change.old_name} -> {change.name}" if change.old_name else change.name
    return f"{name} ({change.class_name})"


def model_title(change: ModelChange) -> str:
    name = change.name
    if change.old_name and change.old_name != change.name:
        name = f"{change.old_name} -> {change.name}"
    return f"{name} ({change.change})" if change.change in ("added", "removed") else name


def details(change: LayerChange) -> str:
    """The changed arguments; if there are none, the changed input."""
    if change.arguments:
        return ", ".join(
            f"{key}: {_text(old)} -> {_text(new)}" for key, (old, new) in change.arguments.items()
        )
    if change.change == "changed" and change.old_input != change.new_input:
        return f"input {change.old_input} -> {change.new_input}"
    return ""


def _text(value: Any) -> str:
    if value is None:
        return "default"
    text = str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def measures(change: ModelChange) -> list[str]:
    """The measures that get a column."""
    values = [*(change.old or {}).items(), *(change.new or {}).items()]
    return [name for name in MEASURES if any(key == name and v is not None for key, v in values)]


def together(changes: Sequence[ModelChange]) -> str:
    """The number of models, the changes among them, and their params in total.

    >>> old, new = ModelChange(change="removed", name="a", old={"params": 8}), {"params": 9}
    >>> together([old, ModelChange(change="changed", name="b", old={"params": 8}, new=new)])
    '2 models: 1 removed, 1 changed; params 16 -> 9 (-7, -43.8%)'
    """
    words = Counter(change.change for change in changes if change.change != "same")
    changed = ", ".join(f"{words[word]:,} {word}" for word in MARKS if words[word])
    old, new = _total(change.old for change in changes), _total(change.new for change in changes)
    shown, *growth = numbers(ModelChange(change="changed", name="", old=old, new=new), "params")
    models = counted(len(changes), "model")
    return f"{models}: {changed}; params {shown} ({', '.join(filter(None, growth))})"


def _total(sides: Iterable[Values | None]) -> Values:
    """The sum of the params of models, some of which may be missing; None if one is unknown."""
    params = [values.get("params") for values in sides if values is not None]
    return {"params": None if None in params else sum(filter(None, params))}
