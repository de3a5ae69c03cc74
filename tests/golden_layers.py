"""The golden cases of single layers: what real Keras said, and the same layers made here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from lstmcount.config import LayerConfig
from lstmcount.graph.builder import build_layer
from lstmcount.graph.layer import BuiltLayer
from lstmcount.shapes import Unknown, shape_of
from lstmcount.summary import LayerSummary
from tests.conftest import ROOT

FOLDER = ROOT / "tests" / "golden" / "layers"


class Case(msgspec.Struct):
    """One construction of a layer, and one call."""

    class_name: str
    facts: dict[str, Any]

    @property
    def config(self) -> Any:
        return self.facts["config"]

    def inputs(self, fill: dict[int, int] | None = None) -> tuple[list[Any], dict[str, Any]]:
        """What the layer is called on: shapes for tensors; `fill` replaces unknown dimensions,
        by axis, or by its entry for -1."""
        given = self.facts["inputs"]
        return _shapes(given["args"], fill), _shapes(given["kwargs"], fill)

    def tensors(self, fill: dict[int, int]) -> tuple[list[Any], dict[str, Any]]:
        """The same inputs as arrays of zeros."""
        given = self.facts["inputs"]
        return _arrays(given["args"], fill), _arrays(given["kwargs"], fill)


@cache
def class_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


def cases(class_name: str) -> Iterator[Case]:
    """The cases of one class that Keras accepts."""
    for facts in json.loads((FOLDER / f"{class_name}.json").read_text()):
        if "error" not in facts:
            yield Case(class_name, facts)


def built(case: Case) -> BuiltLayer:
    """The layer, called as in the case. Raises `LstmcountError` if it is refused."""
    config = layer_config(case.class_name, "layer", case.config)
    layer = build_layer(config)
    args, kwargs = case.inputs()
    layer.call(args, kwargs)
    return layer


def summary(layer: BuiltLayer, case: Case) -> LayerSummary:
    """The record of such a layer, as in a model's summary."""
    return LayerSummary(
        name=layer.name,
        class_name=layer.class_name,
        weights=layer.weights,
        inputs=[_first([_shown(value) for value in case.facts["inputs"]["args"]])],
        outputs=[_shown(case.facts["output"])],
        layer=layer.layer,
    )


def layer_config(class_name: str, name: str, config: dict[str, Any]) -> LayerConfig:
    """Keras's own serialisation of a layer as a `LayerConfig`, nested layers and all."""
    arguments = {
        key: value if key == "activation" else _nested(value)
        for key, value in config.items()
        if key != "name"
    }
    return LayerConfig(class_name=class_name, name=name, arguments=arguments, strict=False)


def _nested(value: Any) -> Any:
    if isinstance(value, list):
        return [_nested(item) for item in value]
    if isinstance(value, dict) and value.get("class_name") in class_names():
        inner = value["config"]
        return layer_config(value["class_name"], inner.get("name"), inner)
    return value


def _is_tensor(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"shape", "dtype"}


def _shapes(value: Any, fill: dict[int, int] | None) -> Any:
    if _is_tensor(value):
        shape = shape_of(value["shape"])
        if fill is None:
            return shape
        return tuple(
            fill.get(axis, fill[-1]) if isinstance(dim, Unknown) else dim
            for axis, dim in enumerate(shape)
        )
    if isinstance(value, list):
        return [_shapes(item, fill) for item in value]
    if isinstance(value, dict):
        return {key: _shapes(item, fill) for key, item in value.items()}
    return value


def _arrays(value: Any, fill: dict[int, int]) -> Any:
    import numpy as np

    if _is_tensor(value):
        if value["dtype"] == "string":
            raise LookupError("JAX has no strings")
        return np.zeros(_shapes(value, fill), value["dtype"])
    if isinstance(value, list):
        return [_arrays(item, fill) for item in value]
    if isinstance(value, dict):
        return {key: _arrays(item, fill) for key, item in value.items()}
    return value


def _shown(value: Any) -> Any:
    if _is_tensor(value):
        return tuple(value["shape"])
    if isinstance(value, list):
        return [_shown(item) for item in value]
    if isinstance(value, dict):
        return {key: _shown(item) for key, item in value.items()}
    return value


def _first(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
