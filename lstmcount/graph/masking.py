"""Masks in functional models: the operations that Keras adds where layers make and read them.

Keras lets a mask travel with a tensor, and passes it to the calls that take one. On symbolic
tensors the operations that compute it become nodes of the model, with rows in its summary.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from lstmcount.config import Call, LayerConfig, ModelConfig, TensorRef
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build, create
from lstmcount.graph.model import Model
from lstmcount.graph.nested import inner_model
from lstmcount.graph.outputs import whole
from lstmcount.graph.references import refs_in
from lstmcount.naming import AutoNames


class Operations(Protocol):
    """Creates nodes, and knows the masks of tensors, which any type may represent."""

    tensor: Any

    def __call__(self, class_name: str, *inputs: Any, **arguments: Any) -> Any: ...
    def rank(self, tensor: Any) -> int: ...
    def mask(self, tensor: Any) -> Any: ...
    def dtype(self, tensor: Any) -> str: ...


def make_masks(
    layer: Any, args: list[Any], kwargs: dict[str, Any], operations: Operations
) -> tuple[Any, list[Any]]:
    """The `mask` that Keras's graph records for a call (or None), and the masks of its outputs."""
    names = layer.call_arguments
    inputs = [*args, *[kwargs[name] for name in names if name in kwargs]]
    first = args[0] if args else kwargs.get(names[0])
    is_model = inner_model(layer) is not None
    mask, recorded = kwargs.get("mask"), None
    if mask is None:
        mask = _mapped(first, operations)
        is_only = sum(_has_tensors(value, operations) for value in inputs) == 1
        if (is_model or layer.takes_mask) and is_only and _keeps(layer, args, kwargs, operations):
            recorded = mask
    if is_model:
        return recorded, []  # outputs of a model have no masks
    return recorded, _flat(layer.compute_mask(first, mask, operations))


def _keeps(layer: Any, args: list[Any], kwargs: dict[str, Any], operations: Operations) -> bool:
    """Whether Keras adds the mask to the arguments that it records, and not to a copy of them.

    Keras copies the arguments to convert them, except for a single tensor of the layer's dtype.
    """
    model = inner_model(layer)
    if model is not None and not model.config.is_sequential:
        return True
    if kwargs or len(args) != 1 or not isinstance(args[0], operations.tensor):
        return False
    dtype = "float32" if model is not None else layer.output_dtype
    same: bool = operations.dtype(args[0]) == dtype
    return same


def _mapped(value: Any, operations: Operations) -> Any:
    if isinstance(value, operations.tensor):
        return operations.mask(value)
    if isinstance(value, list | tuple):
        return [_mapped(item, operations) for item in value]
    if isinstance(value, dict):
        return {key: _mapped(item, operations) for key, item in value.items()}
    return None


def _has_tensors(value: Any, operations: Operations) -> bool:
    return any(isinstance(item, operations.tensor) for item in _flat(value))


def _flat(value: Any) -> list[Any]:
    if isinstance(value, list | tuple):
        return [each for item in value for each in _flat(item)]
    if isinstance(value, dict):
        return [each for key in sorted(value, key=str) for each in _flat(value[key])]
    return [value]


# -- models that were written down -------------------------------------------------------------


def add_masks(config: ModelConfig, auto: Callable[[str], str] | None = None) -> None:
    """Add the mask operations that Keras adds to a hand-written model and its nested models."""
    auto = auto or AutoNames()
    if not config.is_written or any(layer.is_implied for layer in config.layers):
        return  # Keras or a program created it, including its masks
    for layer in config.layers:
        if layer.model is not None and layer.model.makes_masks:
            add_masks(layer.model, auto)
    if config.is_sequential:
        _name_only(config, auto)
    elif config.makes_masks:
        try:
            model = build(config)
        except LstmcountError:
            return  # the error is reported when the model is counted
        _Added(model, auto).add()


def with_masks_of_parts(config: ModelConfig) -> ModelConfig:
    """The model with masks for the custom layers in it, which Keras records once they are models.

    A custom layer's `call` may take no mask, but any model does.
    """
    if config.is_sequential or not config.makes_masks:
        return config
    copy = msgspec.structs.replace(config, layers=[_with_own_calls(each) for each in config.layers])
    _Added(build(copy), AutoNames(), only_custom=True).add()
    return copy


def _with_own_calls(layer: LayerConfig) -> LayerConfig:
    calls = [msgspec.structs.replace(call) for call in layer.calls]
    model = layer.model and with_masks_of_parts(layer.model)
    return msgspec.structs.replace(layer, calls=calls, model=model)


def without_masks(config: ModelConfig) -> ModelConfig:
    """The model without the mask operations, which Keras adds again when it creates the model."""
    implied = {layer.name for layer in config.layers if layer.is_implied}
    return msgspec.structs.replace(
        config, layers=[_plain(each, implied) for each in config.layers if not each.is_implied]
    )


def _plain(layer: LayerConfig, implied: set[str | None]) -> LayerConfig:
    model = layer.model and without_masks(layer.model)
    calls = [
        Call(call.args, {k: v for k, v in call.kwargs.items() if not _reads(v, implied)}, call.path)
        for call in layer.calls
    ]
    return msgspec.structs.replace(layer, model=model, calls=calls)


def _reads(value: Any, names: set[str | None]) -> bool:
    return any(ref.layer in names for ref in refs_in(value))


class _Added:
    """The operations of one model's masks; tensors are the model's references."""

    tensor = TensorRef

    def __init__(self, model: Model, auto: Callable[[str], str], only_custom: bool = False) -> None:
        self.model = model
        self.only_custom = only_custom  # record masks of the calls of custom layers alone
        self.auto = auto
        self.by_name = model.by_name()
        self.taken = set(self.by_name)
        self.masks: dict[tuple[str, int, int], TensorRef] = {}
        self.shapes: dict[str, Any] = {}  # shapes of the operations' outputs
        self.operations: dict[str, LayerConfig] = {}
        self.added: list[LayerConfig] = []  # operations added for the current call

    def add(self) -> None:
        config = self.model.config
        after: dict[str, list[LayerConfig]] = {}
        for node in self.model.calls_in_order:
            layer = node.layer
            if layer.is_input or layer.layer is None or layer.config.kind == "op":
                continue
            call = layer.config.calls[node.index]
            args, kwargs = whole(call.args, self.by_name), whole(call.kwargs, self.by_name)
            self.added = after.setdefault(layer.name, [])
            noted, masks = make_masks(layer.layer, args, kwargs, self)
            if refs_in(noted) and (not self.only_custom or _is_custom(layer.config)):
                call.kwargs = {**call.kwargs, "mask": noted}
            for i, mask in enumerate(masks[: len(node.outputs)]):
                if mask is not None:
                    self.masks[layer.name, node.index, i] = mask
        used = self._used()
        config.layers = [
            each
            for layer in config.layers
            for each in (layer, *after.get(layer.name or "", ()))
            if each.name not in self.operations or each.name in used
        ]

    def _used(self) -> set[str]:
        """The operations whose results are used by calls of the model."""
        used: set[str] = set()
        layers = self.model.config.layers
        todo = [call for layer in layers for call in layer.calls]
        while todo:
            call = todo.pop()
            for ref in refs_in([call.args, call.kwargs]):
                if ref.layer in self.operations and ref.layer not in used:
                    used.add(ref.layer)
                    todo += self.operations[ref.layer].calls
        return used

    def __call__(self, class_name: str, *inputs: Any, **arguments: Any) -> TensorRef:
        name = self.auto(class_name)
        while name in self.taken:
            name = self.auto(class_name)
        self.taken.add(name)
        config = LayerConfig(
            class_name=class_name,
            name=name,
            arguments=arguments,
            calls=[Call(list(inputs))],
            kind="op",
            is_implied=True,
            path=self.model.config.path,
        )
        shapes = [self._shape(each) for each in inputs]
        is_known = all(shape is not None for shape in shapes)
        self.shapes[name] = create(config).output_shape(*shapes) if is_known else None
        self.operations[name] = config
        self.added.append(config)
        return TensorRef(name)

    def _shape(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._shape(item) for item in value]
        if not isinstance(value, TensorRef):
            return value
        if value.layer in self.shapes:
            return self.shapes[value.layer]
        outputs = self.by_name[value.layer].nodes[value.node].outputs
        index = value.tensor or 0
        return outputs[index] if index < len(outputs) else None  # for an unknown shape

    def rank(self, tensor: TensorRef) -> int:
        return len(self._shape(tensor) or ())

    def mask(self, tensor: TensorRef) -> TensorRef | None:
        return self.masks.get((tensor.layer, tensor.node, tensor.tensor or 0))

    def dtype(self, tensor: TensorRef) -> str:
        dtype: str = getattr(self.by_name[tensor.layer].layer, "output_dtype", "float32")
        return dtype


def _is_custom(layer: LayerConfig) -> bool:
    return layer.model is not None and layer.model.is_layer


class _Names:
    """Creates no operations, but uses up the names that they would get."""

    tensor = str

    def __init__(self, auto: Callable[[str], str]) -> None:
        self.auto = auto

    def __call__(self, class_name: str, *inputs: Any, **arguments: Any) -> str:
        return self.auto(class_name)


def _name_only(config: ModelConfig, auto: Callable[[str], str]) -> None:
    """Use up the names of the operations in a Sequential's inner functional model, not shown."""
    name_chain([None if each.model else create(each) for each in config.layers], auto)


def name_chain(layers: list[Any], auto: Callable[[str], str]) -> None:
    mask: Any = None
    for layer in layers:
        mask = None if layer is None else layer.compute_mask("", mask, _Names(auto))
        mask = mask[0] if isinstance(mask, list) else mask
