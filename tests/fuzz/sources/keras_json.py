"""Keras's own JSON of every age: golden models, single layers, older forms, and changes to them."""

from __future__ import annotations

import json
from functools import cache
from random import Random
from typing import Any

from tests.fuzz import mutations, seeds
from tests.fuzz.sources import hostile
from tests.fuzz.sources.base import Source, source

VERSIONS = ("3.15.0", "2.15.0", "2.2.4-tf", "2.0.8", "1.2.2", "1.0.3", "0.3.1")


def make(rng: Random) -> Source:
    name = rng.choice(("model.json", "model.json", "model.yaml"))
    return source("keras_json", {name: json.dumps(model(rng)).encode()})


def model(rng: Random) -> Any:
    """A changed model."""
    found = json.loads(rng.choice(seeds.small_keras())) if rng.random() < 0.55 else of_layers(rng)
    if rng.random() < 0.3:
        found = aged(rng, found)
    for _ in range(rng.choice((0, 1, 1, 2, 3, 5))):
        found = mutations.change_json(found, rng.randrange, seeds.donors())
    if rng.random() < 0.1:
        found = hostile_names(rng, found)
    return found


@cache
def layers() -> tuple[dict[str, Any], ...]:
    """Serialised layers with the input that each was called on."""
    found = []
    for path in sorted((seeds.GOLDEN / "layers").glob("*.json")):
        for case in json.loads(path.read_text()):
            first = case["inputs"]["args"][:1] if "inputs" in case else []
            shape = first[0].get("shape") if first and isinstance(first[0], dict) else None
            layer = {"class_name": path.stem, "module": "keras.layers", "config": case["config"]}
            found.append({"layer": layer, "shape": shape or [None, 5, 6]})
    return tuple(found)


def of_layers(rng: Random) -> dict[str, Any]:
    """A Sequential of layers that were made one by one."""
    chosen = rng.choices(layers(), k=rng.choice((1, 1, 1, 2, 3)))
    shape = chosen[0]["shape"] if rng.random() < 0.9 else [None, 4, 4, 3]
    first = {"class_name": "InputLayer", "config": {"batch_shape": shape, "name": "x"}}
    config = {"name": "m", "layers": [first, *(one["layer"] for one in chosen)]}
    return json.loads(json.dumps({"class_name": "Sequential", "config": config}))


def aged(rng: Random, value: Any) -> Any:
    """Roughly the same model as older versions wrote it."""
    version = rng.choice(VERSIONS)
    found = _older(value, bare=version < "2", rng=rng)
    if isinstance(found, dict):
        found["keras_version"] = version
        config = found.get("config")
        if (
            version < "2.2.3"
            and found.get("class_name") == "Sequential"
            and isinstance(config, dict)
        ):
            found["config"] = config.get("layers", [])
    return found


_OLD_NAMES = {"batch_shape": "batch_input_shape"}
_FIRST_NAMES = {
    "units": "output_dim", "filters": "nb_filter", "kernel_size": "filter_length",
    "strides": "subsample", "padding": "border_mode", "use_bias": "bias", "rate": "p",
}  # fmt: skip


def _older(value: Any, *, bare: bool, rng: Random) -> Any:
    if isinstance(value, list):
        return [_older(item, bare=bare, rng=rng) for item in value]
    if not isinstance(value, dict):
        return value
    names = {**_OLD_NAMES, **(_FIRST_NAMES if bare else {})}
    found = {
        names.get(key, key): _older(item, bare=bare, rng=rng)
        for key, item in value.items()
        if key not in ("module", "registered_name", "build_config")
    }
    if isinstance(found.get("inbound_nodes"), list):
        found["inbound_nodes"] = [_node(node) for node in found["inbound_nodes"]]
    dtype = found.get("dtype")
    if isinstance(dtype, dict):
        config = dtype.get("config")
        found["dtype"] = config.get("name", "float32") if isinstance(config, dict) else "float32"
    return found


def _node(node: Any) -> Any:
    """A call's tensors as [layer, call, output, keywords]."""
    histories = list(_histories(node))
    return [[*history, {}] for history in histories] if histories else node


def _histories(value: Any) -> Any:
    if isinstance(value, list):
        for item in value:
            yield from _histories(item)
    elif isinstance(value, dict):
        if isinstance(value.get("keras_history"), list):
            yield value["keras_history"]
        for item in value.values():
            yield from _histories(item)


def hostile_names(rng: Random, value: Any) -> Any:
    """The same model with one name replaced everywhere."""
    names = sorted(_names(value))
    if not names:
        return value
    old, new = rng.choice(names), rng.choice(hostile.NAMES)
    return _renamed(value, old, new)


def _renamed(value: Any, old: str, new: str) -> Any:
    if isinstance(value, list):
        return [_renamed(item, old, new) for item in value]
    if isinstance(value, dict):
        return {key: _renamed(item, old, new) for key, item in value.items()}
    return new if value == old else value


def _names(value: Any) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_names, value))
    if not isinstance(value, dict):
        return set()
    own = {value["name"]} if isinstance(value.get("name"), str) else set()
    return own.union(*map(_names, value.values()))
