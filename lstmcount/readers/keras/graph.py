"""Convert a Graph of Keras 0.3 and 1.0 into a functional model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmcount.errors import LstmcountError

Config = dict[str, Any]

MAX_CALLS = 10_000  # limit for the calls of one shared layer


def is_graph(config: Any) -> bool:
    """
    >>> is_graph({"input_config": [], "node_config": [], "output_config": [], "nodes": {}})
    True
    """
    if not isinstance(config, dict) or not isinstance(config.get("nodes"), dict):
        return False
    lists = (config.get(f"{kind}_config") for kind in ("input", "node", "output"))
    return all(isinstance(each, list) and all(map(_is_named, each)) for each in lists)


def _is_named(entry: Any) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("name"), str)


def as_functional(config: Config, read_layer: Callable[[Any], Config] = dict) -> Config:
    """The model in Keras 1's format for functional models.

    `read_layer` returns the class and config of the layer in a node.
    Raises `LstmcountError` if a node reads a name that is not defined before it.
    """
    wiring = _Wiring()
    for declared in config["input_config"]:
        wiring.input(declared)
    for node in config["node_config"]:
        held = config["nodes"].get(node["name"])
        if not isinstance(held, dict):
            raise LstmcountError(f"there is no layer for the node {node['name']!r}")
        if "head" in held:  # Keras 0.3: one output of a shared node
            wiring.head(node, held["head"])
            continue
        shared = held.get("layer") if held.get("name") == "Siamese" else node.get("layer")
        if shared is None:
            wiring.node(node, read_layer(held))
        else:
            wiring.shared(node, read_layer(shared))
    outputs = [wiring.read(output, output["name"]) for output in config["output_config"]]
    model = {
        "layers": wiring.layers,
        "input_layers": [wiring.tensors[declared["name"]] for declared in config["input_config"]],
        "output_layers": outputs,
    }
    return {"class_name": "Model", "config": model}


class _Wiring:
    """The layers so far, and the tensor behind each name."""

    def __init__(self) -> None:
        self.layers: list[Config] = []
        self.tensors: dict[str, list[Any]] = {}
        self.shared_outputs: dict[str, list[Any]] = {}  # outputs of shared nodes without a merge

    def input(self, declared: Config) -> None:
        shape = declared.get("batch_input_shape")
        if not shape:
            shape = [None, *(declared.get("input_shape") or ())]
        self._add(declared["name"], "InputLayer", {"batch_input_shape": shape}, [])

    def node(self, node: Config, layer: Config) -> None:
        read = self.read(node, f"merge_inputs_for_{node['name']}")
        self._add(node["name"], layer.get("class_name"), layer.get("config"), [[read]])

    def shared(self, node: Config, layer: Config) -> None:
        """Call a layer on each input; its outputs are merged or named."""
        name, mode, outputs = node["name"], node.get("merge_mode"), node.get("outputs") or ()
        calls = [
            [each]
            for each_name in node.get("inputs") or ()
            for each in self._outputs(each_name, name)
        ]
        if len(calls) > MAX_CALLS:  # nodes that read all outputs of others double the number
            raise LstmcountError(f"{name!r} is called more than {MAX_CALLS:,} times")
        own = f"input_for_{name}" if mode else name
        self._add(own, layer.get("class_name"), layer.get("config"), calls)
        results = [[own, i, 0] for i in range(len(calls))]
        self.tensors |= dict(zip(outputs, results, strict=False))
        if mode:
            self._add(name, "Merge", _merging(node), [results])
        else:
            self.shared_outputs[name] = results

    def head(self, node: Config, index: Any) -> None:
        for name in node.get("inputs") or ():
            self.tensors[node["name"]] = [name, index, 0]

    def read(self, node: Config, merge: str) -> list[Any]:
        """The tensor that a node or an output reads; several tensors go through a Merge."""
        inputs = node.get("inputs") or [node.get("input")]
        read = [self._tensor(each, node["name"]) for each in inputs]
        if len(read) == 1:
            return read[0]
        self._add(merge, "Merge", _merging(node), [read])
        return self.tensors[merge]

    def _outputs(self, name: Any, reader: str) -> list[Any]:
        """All outputs of a shared node, or the single output of another node."""
        return self.shared_outputs.get(name) or [self._tensor(name, reader)]

    def _tensor(self, name: Any, reader: str) -> list[Any]:
        tensor = self.tensors.get(name) if isinstance(name, str) else None
        if tensor is None:
            raise LstmcountError(f"{reader!r} reads {name!r}, which is nowhere before it")
        return tensor

    def _add(self, name: str, class_name: Any, config: Any, calls: list[Any]) -> None:
        if isinstance(config, dict):
            config = {**config, "name": name}
        entry = {"name": name, "class_name": class_name, "config": config, "inbound_nodes": calls}
        self.layers.append(entry)
        self.tensors[name] = [name, 0, 0]


def _merging(node: Config) -> Config:
    return {
        "mode": node.get("merge_mode"),
        "concat_axis": node.get("concat_axis", -1),
        "dot_axes": node.get("dot_axes", -1),
    }
