"""The calls in a functional model's config, as each version of Keras writes them."""

from __future__ import annotations

from typing import Any

from lstmcount import layers as registry
from lstmcount.config import Call, TensorRef
from lstmcount.errors import LstmcountError, Path

MAX_OUTPUTS = 10_000


class Nodes:
    """Reads `inbound_nodes`, `input_layers` and `output_layers` of one model.

    In old files a nested model has a call of its own before the first one that a config speaks of;
    call indices are counted from that first one here.
    """

    def __init__(self, entries: list[Any], config: dict[str, Any], modern: bool) -> None:
        self.modern = modern
        self.names = {_name(entry) for entry in entries if isinstance(entry, dict)}
        self.shapes: dict[tuple[str, int, int], Any] = {}  # of each tensor, where the file says it
        nested = {
            _name(entry): entry for entry in entries if isinstance(entry, dict) and _nested(entry)
        }
        self.offsets = dict.fromkeys(nested, 0)
        self.output_offsets = dict.fromkeys(nested, 0)
        if not nested:
            return
        lowest: dict[str, int | None] = dict.fromkeys(nested)
        _lowest_calls(
            [e.get("inbound_nodes") or [] for e in entries if isinstance(e, dict)], lowest
        )
        if not modern:
            _lowest_calls(config.get("output_layers") or [], lowest)
        for name, entry in nested.items():
            self.offsets[name] = min(1, lowest[name] or 0)
            if not modern:
                self.output_offsets[name] = self.offsets[name]
            elif isinstance(entry.get("config"), dict):
                self.output_offsets[name] = int("output_layers" in entry["config"])

    def calls(self, entry: dict[str, Any], class_name: str, path: Path) -> list[Call]:
        nodes = entry.get("inbound_nodes") or []
        if not isinstance(nodes, list):
            return []
        first = nodes[0] if nodes else None
        if type(first) is list and (_is_leaf(first, self.names) or _is_constant(first)):
            nodes = [nodes]  # a lone call without the list around it
        found = []
        for i, node in enumerate(nodes):
            call_path = (*path, "inbound_nodes", i)
            if type(node) is dict and "args" in node:
                args = [self._value(value) for value in _items(node["args"])]
                kwargs = node.get("kwargs")
                if kwargs:
                    kwargs = {key: self._value(value) for key, value in kwargs.items()}
                found.append(Call(args, kwargs or {}, call_path))
            else:
                found.append(self._legacy(node, class_name, call_path))
        return found

    def tensors(self, value: Any, path: Path) -> Any:
        """`input_layers` or `output_layers`: a structure of [layer, call, output]."""
        if isinstance(value, list) and _is_leaf(value, self.names):
            return self._ref(value, self.output_offsets, path)
        if isinstance(value, list):
            return [self.tensors(item, (*path, i)) for i, item in enumerate(value)]
        if isinstance(value, dict) and value.get("class_name") == "__tuple__":
            return self.tensors(value.get("items"), path)
        if isinstance(value, dict):
            return {key: self.tensors(item, (*path, key)) for key, item in value.items()}
        raise LstmcountError(f"expected [layer, call, output], got {value!r}", path=path)

    def _ref(self, leaf: list[Any], offsets: dict[str, int], path: Path) -> TensorRef:
        name, node, tensor = leaf[0], leaf[1], leaf[2]
        if not isinstance(node, int) or not isinstance(tensor, int):
            raise LstmcountError(f"expected [layer, call, output], got {leaf!r}", path=path)
        return TensorRef(name, node - offsets.get(name, 0), tensor)

    def _value(self, value: Any) -> Any:
        """An argument of a call as Keras 3 serialises it, with references for its tensors."""
        if type(value) is list:
            return [self._value(item) for item in value]
        if type(value) is not dict:
            return value
        if value.get("class_name") == "__keras_tensor__":
            return self._tensor(value.get("config"))
        if value.get("class_name") == "__tuple__" and "items" in value:
            return [self._value(item) for item in value["items"]]
        if isinstance(value.get("class_name"), str) and "config" in value:
            return value
        return {key: self._value(item) for key, item in value.items()}

    def _tensor(self, config: Any) -> TensorRef | None:
        history = config.get("keras_history") if type(config) is dict else None
        if history is None or not _is_leaf(history, None):
            return None
        name, node, tensor = history[0], history[1], history[2]
        if self.offsets:
            node -= self.offsets.get(name, 0)
        self.shapes[name, node, tensor] = config.get("shape")
        return TensorRef(name, node, tensor)

    def recorded(self) -> dict[str, dict[int, list[Any]]]:
        """For each layer, for each of its calls, the shapes of the outputs that are read."""
        found: dict[str, dict[int, list[Any]]] = {}
        for (name, node, tensor), shape in self.shapes.items():
            if isinstance(shape, list) and 0 <= tensor < MAX_OUTPUTS:
                outputs = found.setdefault(name, {}).setdefault(node, [])
                outputs += [None] * (tensor + 1 - len(outputs))
                outputs[tensor] = shape
        return found

    def _legacy(self, node: Any, class_name: str, path: Path) -> Call:
        """[[layer, call, output, kwargs], …]: the first argument's tensors, the rest by name."""
        if isinstance(node, dict):
            return Call([{k: self._leaf(v, path) for k, v in node.items()}], {}, path)
        if not isinstance(node, list):
            raise LstmcountError(f"expected a call, got {node!r}", path=path)
        leaves = [node] if _is_leaf(node, None) or _is_constant(node) else node
        refs = [self._leaf(leaf, path) for leaf in leaves]
        kwargs: dict[str, Any] = {}
        for leaf in leaves:
            if isinstance(leaf, list) and len(leaf) > 3 and isinstance(leaf[3], dict):
                kwargs |= {key: self._leaf(value, path) for key, value in leaf[3].items()}
        cls = registry.find(class_name)
        if len(refs) == 1:
            return Call(refs, kwargs, path)
        if cls is not None and "initial_state" in cls.call_arguments:
            return Call(refs[:1], {"initial_state": refs[1:], **kwargs}, path)
        return Call([refs], kwargs, path)

    def _leaf(self, value: Any, path: Path) -> Any:
        if _is_constant(value):
            return value[2] if len(value) > 2 else None
        if isinstance(value, list) and _is_leaf(value, self.names):
            return self._ref(value, self.offsets, path)
        if isinstance(value, list):
            return [self._leaf(item, path) for item in value]
        if isinstance(value, dict) and isinstance(value.get("items"), list):
            return [self._leaf(item, path) for item in value["items"]]
        if isinstance(value, dict):
            return {key: self._leaf(item, path) for key, item in value.items()}
        return value


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
    """A call's first argument that was no tensor: ["_CONSTANT_VALUE", -1, value, kwargs]."""
    return isinstance(value, list) and bool(value) and value[0] == "_CONSTANT_VALUE"


def _name(entry: dict[str, Any]) -> str:
    config = entry.get("config")
    return str(entry.get("name") or (config.get("name") if isinstance(config, dict) else ""))


def _nested(entry: dict[str, Any]) -> bool:
    config = entry.get("config")
    if isinstance(config, list):
        return True
    return isinstance(config, dict) and isinstance(config.get("layers"), list)


def _items(value: Any) -> list[Any]:
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        return list(value["items"])
    return value if isinstance(value, list) else [value]


def _lowest_calls(value: Any, lowest: dict[str, int | None]) -> None:
    """For each layer in `lowest`, the lowest call index that any tensor in `value` is from."""
    stack = [value]
    while stack:
        item = stack.pop()
        if type(item) is list:
            if item and type(item[0]) is str:
                if item[0] in lowest and _is_leaf(item, None):
                    before = lowest[item[0]]
                    lowest[item[0]] = item[1] if before is None else min(item[1], before)
                stack += [each for each in item[3:] if type(each) is dict]
            else:
                stack += [each for each in item if type(each) is list or type(each) is dict]
        elif item.get("class_name") == "__keras_tensor__":
            config = item.get("config")
            history = config.get("keras_history") if isinstance(config, dict) else None
            stack += [history] if isinstance(history, list) else []
        else:
            stack += [each for each in item.values() if type(each) is list or type(each) is dict]
