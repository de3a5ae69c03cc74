"""Projects: a model with `lstmcount.yaml` or pyproject.toml above it, with a lock file, in git."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from tests.fuzz import mutations
from tests.fuzz.sources import hostile, keras_json, specs
from tests.fuzz.sources.base import Source, source


def make(rng: Random) -> Source:
    model = (specs if rng.random() < 0.7 else keras_json).make(rng)
    files = dict(model.files)
    settings = project(rng, model.name)
    for _ in range(rng.choice((0, 0, 0, 1, 2))):
        settings = mutations.change_json(settings, rng.randrange, [lock(rng, model.name)])
    if rng.random() < 0.8:
        files["lstmcount.yaml"] = specs.dump(rng, settings)
    else:
        files["pyproject.toml"] = _toml(settings).encode("utf-8", "replace")
    if rng.random() < 0.5:
        kept = lock(rng, model.name)
        for _ in range(rng.choice((0, 0, 1, 2, 3))):
            kept = mutations.change_json(kept, rng.randrange, [settings])
        files["lstmcount.lock"] = json.dumps(kept, indent=1).encode()
    return source("project", files, git=rng.random() < 0.06)


def project(rng: Random, name: str) -> Any:
    found: dict[str, Any] = {"budgets": {rng.choice((name, "*", "**/*.yaml")): specs.budget(rng)}}
    if rng.random() < 0.2:
        found["base"] = rng.choice(("HEAD", "main", "-x", "--upload-pack=x", *hostile.NAMES))
    if rng.random() < 0.3:
        found["baseline"] = rng.choice(("lstmcount.lock", "x.lock", "../x.lock", "/dev/zero", "."))
    if rng.random() < 0.3:
        found["batch"] = rng.choice((1, 32, 0, 10**30))
    if rng.random() < 0.2:
        found["timesteps"] = rng.choice((1, 100, 2**31))
    if rng.random() < 0.3:
        found["custom_layers"] = {"Custom": specs.Grower(rng).declaration()}
    return found


def lock(rng: Random, name: str) -> Any:
    numbers = (0, 3, 208, None, 10**30, -1)
    measures = ("params", "trainable_params", "non_trainable_params", "size", "macs", "activations")
    values = {measure: rng.choice(numbers) for measure in measures}
    layers = {rng.choice(("lstm", "dense", "x")): {"class_name": "LSTM", "values": values}}
    whole = {**values, "training_memory": None, "layers": 1, "depth": 1}
    return {
        "version": rng.choice((1, 1, 1, 2)),
        "models": {name: {"values": whole, "layers": layers}},
    }


def _toml(settings: Any) -> str:
    """A value in TOML: scalars and arrays as in JSON, except null; objects as inline tables."""
    if not isinstance(settings, dict):
        return "[tool.lstmcount]\n"
    lines = [f"{json.dumps(key)} = {_inline(value)}" for key, value in settings.items()]
    return "\n".join(["[tool.lstmcount]", *lines, ""])


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {_inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return (
        json.dumps("" if value is None else value).replace("NaN", "nan").replace("Infinity", "inf")
    )
