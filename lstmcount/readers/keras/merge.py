"""A Sequential of Keras 1 that begins with the merged outputs of several branches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmcount.config import Call, LayerConfig, ModelConfig, TensorRef
from lstmcount.errors import LstmcountError, Path
from lstmcount.graph.builder import build
from lstmcount.naming import AutoNames
from lstmcount.shapes import flatten, public

ReadLayer = Callable[[Any, Path], LayerConfig]


def branches_of(entries: list[Any]) -> bool:
    """Whether a Sequential begins with a Merge that contains models."""
    first = entries[0] if entries else None
    if not isinstance(first, dict) or first.get("class_name") != "Merge":
        return False
    config = first.get("config")
    return isinstance(config, dict) and bool(config.get("layers"))


class Branches:
    """Builds one graph from the branches, the Merge and the layers after it.

    Keras 1 reads a layer with a known name as another call of that layer.
    """

    def __init__(self, read_layer: ReadLayer, auto: AutoNames) -> None:
        self.read_layer = read_layer
        self.auto = auto
        self.layers: list[LayerConfig] = []
        self.by_name: dict[str, LayerConfig] = {}
        self.inputs: list[TensorRef] = []

    def read(self, entries: list[Any], name: str, path: Path) -> ModelConfig:
        output = self._chain(entries, path)
        return ModelConfig(
            name=name,
            class_name="Sequential",
            layers=self.layers,
            inputs=self.inputs,
            outputs=output,
            path=path,
        )

    def _chain(self, entries: list[Any], path: Path) -> TensorRef:
        previous: TensorRef | None = None
        for i, entry in enumerate(entries):
            here = (*path, i)
            if i == 0 and branches_of(entries):
                config = entry["config"]
                branches = (*here, "config", "layers")
                merged = [
                    self._branch(each, (*branches, j)) for j, each in enumerate(config["layers"])
                ]
                rest = {key: value for key, value in config.items() if key != "layers"}
                layer = self.read_layer({**entry, "config": rest}, here)
                previous = self._call(layer, merged)
            else:
                layer = self.read_layer(entry, here)
                reads = previous if previous is not None else self._inputs(layer)
                previous = self._call(layer, reads)
        if previous is None:
            raise LstmcountError("expected layers in each branch of a Merge", path=path)
        return previous

    def _branch(self, entry: Any, path: Path) -> TensorRef:
        config = entry.get("config") if isinstance(entry, dict) else None
        if isinstance(config, dict) and "output_layers" not in config:
            layers = config.get("layers")
            if isinstance(layers, list):
                return self._chain(layers, (*path, "config", "layers"))
        if isinstance(config, list):
            return self._chain(config, (*path, "config"))
        layer = self.read_layer(entry, path)
        return self._call(layer, self._inputs(layer))

    def _inputs(self, layer: LayerConfig) -> Any:
        """The inputs of a branch's first layer, with the shapes that it states."""
        if layer.model is not None:
            shapes = flatten(build(layer.model).input)
        else:
            shapes = [] if layer.batch_shape is None else [layer.batch_shape]
        if not shapes:
            raise LstmcountError(
                f"the first layer {layer.name!r} of a branch does not say its input's shape",
                path=layer.path,
            )
        refs = []
        for shape in shapes:
            layer = LayerConfig(
                class_name="InputLayer",
                name=self.auto("InputLayer"),
                arguments={"batch_shape": list(public(shape))},
                strict=False,
                path=layer.path,
            )
            self.layers.append(layer)
            refs.append(TensorRef(layer.name or ""))
        self.inputs += refs
        return refs[0] if len(refs) == 1 else refs

    def _call(self, layer: LayerConfig, reads: Any) -> TensorRef:
        name = layer.name or ""
        known = self.by_name.setdefault(name, layer)
        if known is layer:
            self.layers.append(layer)
        known.calls.append(Call([reads], {}, layer.path))
        return TensorRef(name, len(known.calls) - 1)
