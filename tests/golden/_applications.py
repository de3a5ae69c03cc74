"""Golden files of keras.applications: description, summary and counts of every architecture."""

from __future__ import annotations

import gc
import inspect
import json
from typing import Any

import keras
from _files import HERE, write_gzip, write_json

FOLDER = HERE / "applications"
INDEX = FOLDER / "index.json"


def architectures() -> dict[str, Any]:
    """Every function of keras.applications that makes a model, by name."""
    found = inspect.getmembers(keras.applications, inspect.isfunction)
    return {name: function for name, function in found if "weights" in _parameters(function)}


def regenerate(names: list[str]) -> None:
    """Writes the named architectures, or all of them, and brings the index up to date."""
    known = architectures()
    for name in names or sorted(known):
        keras.utils.clear_session()
        counts = _write(name, known[name](weights=None))
        _index(name, counts)
        gc.collect()
        print(name, counts["total"], flush=True)


def _write(name: str, model: Any) -> dict[str, int]:
    lines: list[str] = []
    model.summary(line_length=120, expand_nested=True, print_fn=lines.append)
    write_gzip(FOLDER / f"{name}.json.gz", model.to_json())
    write_gzip(FOLDER / f"{name}.summary.txt.gz", "\n".join(lines))
    trainable, frozen = (
        sum(each.value.size for each in group)
        for group in (model.trainable_weights, model.non_trainable_weights)
    )
    total = model.count_params()
    return {"total": total, "trainable": trainable, "non_trainable": frozen}


def _index(name: str, counts: dict[str, int]) -> None:
    known = json.loads(INDEX.read_text()) if INDEX.exists() else {}
    write_json(INDEX, known | {name: counts})


def _parameters(function: Any) -> Any:
    return inspect.signature(function).parameters
