"""The calls in a functional model's config, in the formats of all Keras versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmcount.config import Call, LayerConfig, ModelConfig, TensorRef
from lstmcount.errors import LstmcountError, Path
from lstmcount.layers import registry
from lstmcount.layers.families import FAMILIES
from lstmcount.structures import CONSTANTS

MAX_OUTPUTS = 10_000
MAX_READ = 100_000  # limit for the tensors that the calls of one model read
_MERGING = FAMILIES["merging"].split()  # Keras 2 does not save the list around a single input, …
_KEEPING_LISTS = (  # … except for these
    "ClassMethod", "InstanceMethod", "InstanceProperty", "SlicingOpLambda", "TFOpLambda",
)  # fmt: skip


class Nodes:
    """Reads `inbound_nodes`, `input_layers` and `output_layers` of one model.

    In old files, a nested model has a first call that the config does not list. `settle` then
    renumbers its calls, after all nodes have been read.
    """

    def __init__(self, entries: list[Any], modern: bool) -> None:
        self.modern = modern
        self.is_keras_2 = self.is_keras_3 = False  # by the format of the calls
        self.names = None if modern else {_name(e) for e in entries if isinstance(e, dict)}
        self.models: dict[str, ModelConfig] = {}  # layers that are models
        self.read = 0  # tensors in Keras 3's format
        self.refs: list[TensorRef] = []  # call indices as Keras 2 counts them

    def calls(self, entry: dict[str, Any], layer: LayerConfig, path: Path) -> list[Call]:
        """The calls of the layer that was read from `entry`."""
        if layer.model is not None:
            self.models[layer.name or ""] = layer.model
        nodes = entry.get("inbound_nodes")
        if not nodes or not isinstance(nodes, list):
            return []
        calls = []
        for i, node in enumerate(nodes):
            if type(node) is not dict or "args" not in node:
                return self._legacy_calls(entry, nodes, layer.class_name, path)
            calls.append(self._call(node, (*path, "inbound_nodes", i)))
        self.is_keras_3 = True
        return calls

    def _call(self, node: dict[str, Any], path: Path) -> Call:
        """A call in Keras 3's format."""
        serialised, kwargs = node["args"], node.get("kwargs")
        args = []
        for value in serialised if type(serialised) is list else _items(serialised):
            self.read += len(value) if type(value) is list else 1
            args.append(_value(value))
        if self.read > MAX_READ:
            raise LstmcountError(f"the layers read more than {MAX_READ:,} tensors", path=path)
        if not kwargs:
            return Call(args, {}, path)
        if type(kwargs) is not dict:
            raise LstmcountError(f"expected arguments by name, got {kwargs!r}", path=path)
        return Call(args, {key: _value(value) for key, value in kwargs.items()}, path)

    def _legacy_calls(
        self, entry: dict[str, Any], nodes: list[Any], class_name: str, path: Path
    ) -> list[Call]:
        self.is_keras_2 = True
        keeps_lists = entry.get("class_name") in _KEEPING_LISTS
        is_lone = _is_leaf(nodes[0], self.names) or _is_constant(nodes[0])
        if is_lone and not keeps_lists:
            nodes = [nodes]  # a single call without the list around it
        calls = []
        for i, node in enumerate(nodes):
            call_path = (*path, "inbound_nodes", i)
            if type(node) is dict and "args" in node:
                calls.append(self._call(node, call_path))
            else:
                calls.append(self._legacy(node, class_name, call_path, keeps_lists))
        return calls

    def tensors(self, value: Any, path: Path) -> Any:
        """`input_layers` or `output_layers`: a structure of [layer, call, output]."""
        if isinstance(value, list) and _is_leaf(value, None):
            if self.is_keras_2 or not (self.modern or self.is_keras_3):
                return self._ref(value, path)
            ref = _checked(value, path)
            if ref.layer in self.models:
                ref.node -= not self.models[ref.layer].is_sequential
            return ref
        if isinstance(value, list):
            return [self.tensors(item, (*path, i)) for i, item in enumerate(value)]
        if isinstance(value, dict) and value.get("class_name") == "__tuple__":
            return self.tensors(value.get("items"), path)
        if isinstance(value, dict):
            return {key: self.tensors(item, (*path, key)) for key, item in value.items()}
        raise LstmcountError(f"expected [layer, call, output], got {value!r}", path=path)

    def settle(self) -> None:
        """Renumber the calls of nested models from the first call in the config."""
        of_models: dict[str, list[TensorRef]] = {name: [] for name in self.models}
        for ref in self.refs:
            if ref.layer in of_models:
                of_models[ref.layer].append(ref)
        for refs in of_models.values():
            if refs and min(ref.node for ref in refs) > 0:
                for ref in refs:
                    ref.node -= 1

    def _ref(self, leaf: list[Any], path: Path) -> TensorRef:
        ref = _checked(leaf, path)
        self.refs.append(ref)
        if len(self.refs) > MAX_READ:
            raise LstmcountError(f"the layers read more than {MAX_READ:,} tensors", path=path)
        return ref

    def _legacy(self, node: Any, class_name: str, path: Path, keeps_lists: bool) -> Call:
        """A call in older formats: [[layer, call, output, kwargs], …] for the first argument."""
        if isinstance(node, dict):
            return Call([{k: self._leaf(v, path) for k, v in node.items()}], {}, path)
        if not isinstance(node, list):
            raise LstmcountError(f"expected a call, got {node!r}", path=path)
        leaves = [node] if _is_leaf(node, None) or _is_constant(node) else node
        refs = [self._input(leaf, path, keeps_lists) for leaf in leaves]
        kwargs: dict[str, Any] = {}
        for leaf in leaves:
            if isinstance(leaf, list) and len(leaf) > 3 and isinstance(leaf[3], dict):
                kwargs |= {key: self._leaf(value, path) for key, value in leaf[3].items()}
        cls = registry.find(class_name)
        if len(refs) == 1:
            is_list = leaves is node if keeps_lists else class_name in _MERGING
            return Call([refs] if is_list else refs, kwargs, path)
        if cls is not None and "initial_state" in cls.call_arguments:
            return Call(refs[:1], {**kwargs, "initial_state": refs[1:]}, path)
        return Call([refs], kwargs, path)

    def _input(self, leaf: Any, path: Path, is_operation: bool) -> Any:
        if _is_constant(leaf):
            value = self._leaf(leaf, path)
            return value if is_operation else _as_tensor(value)
        return self._ref(leaf, path) if _is_leaf(leaf, None) else self._leaf(leaf, path)

    def _leaf(self, value: Any, path: Path) -> Any:
        if _is_constant(value):
            return value[2] if len(value) > 2 else None
        if isinstance(value, list) and _is_leaf(value, self.names):
            return self._ref(value, path)
        if isinstance(value, list):
            return [self._leaf(item, path) for item in value]
        if isinstance(value, dict) and isinstance(value.get("items"), list):
            return [self._leaf(item, path) for item in value["items"]]
        if isinstance(value, dict) and value.get("class_name") in CONSTANTS:
            config = value.get("config")
            return config.get("value") if isinstance(config, dict) else None
        if isinstance(value, dict):
            return {key: self._leaf(item, path) for key, item in value.items()}
        return value


def recorded(entries: list[Any]) -> dict[str, dict[int, list[Any]]]:
    """For each layer and call, the output shapes that a file of Keras 3 records.

    >>> tensor = {"shape": [None, 5], "keras_history": ["lstm", 0, 1]}
    >>> node = {"args": [{"class_name": "__keras_tensor__", "config": tensor}], "kwargs": {}}
    >>> recorded([{"inbound_nodes": [node]}])
    {'lstm': {0: [None, [None, 5]]}}
    """
    shapes: dict[str, dict[int, list[Any]]] = {}
    for entry in entries:
        for tensor in _tensors(entry.get("inbound_nodes")):
            ref = _value(tensor)
            shape = None if ref is None else tensor["config"].get("shape")
            if type(shape) is list and 0 <= ref.tensor < MAX_OUTPUTS:
                outputs = shapes.setdefault(ref.layer, {}).setdefault(ref.node, [])
                outputs += [None] * (ref.tensor + 1 - len(outputs))
                outputs[ref.tensor] = shape
    return shapes


def _tensors(value: Any) -> Iterator[dict[str, Any]]:
    """The tensors in a structure serialised by Keras 3."""
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _tensors(item)


def _value(value: Any) -> Any:
    """A call argument in Keras 3's format, with references for its tensors."""
    if type(value) is not dict:
        return [_value(item) for item in value] if type(value) is list else value
    class_name = value.get("class_name")
    if class_name == "__keras_tensor__":
        try:
            name, node, tensor = value["config"]["keras_history"]
        except (TypeError, KeyError, ValueError):
            return None
        if type(name) is str and type(node) is int and type(tensor) is int:
            return TensorRef(name, node, tensor)
        return None
    if class_name == "__tuple__" and "items" in value:
        return [_value(item) for item in value["items"]]
    if isinstance(class_name, str) and "config" in value:
        return value
    return {key: _value(item) for key, item in value.items()}


def _checked(leaf: list[Any], path: Path) -> TensorRef:
    name, node, tensor = leaf[0], leaf[1], leaf[2]
    if not isinstance(node, int) or not isinstance(tensor, int):
        raise LstmcountError(f"expected [layer, call, output], got {leaf!r}", path=path)
    return TensorRef(name, node, tensor)


def _is_leaf(value: Any, names: set[str] | None) -> bool:
    return (
        isinstance(value, list)
        and len(value) in (3, 4)
        and isinstance(value[0], str)
        and isinstance(value[1], int)
        and isinstance(value[2], int)
        and (names is None or value[0] in names)
    )


def _is_constant(value: Any) -> bool:
    """Whether the first argument was not a tensor: ["_CONSTANT_VALUE", -1, value, kwargs]."""
    return isinstance(value, list) and bool(value) and value[0] == "_CONSTANT_VALUE"


def _as_tensor(value: Any) -> Any:
    """An array among a layer's inputs, in Keras 3's format."""
    if isinstance(value, list):
        return {"class_name": "__tensor__", "config": {"value": value, "dtype": "float32"}}
    return value


def _name(entry: dict[str, Any]) -> str:
    config = entry.get("config")
    return str(entry.get("name") or (config.get("name") if isinstance(config, dict) else ""))


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        return list(value["items"])
    return [value]
