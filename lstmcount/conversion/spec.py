"""A model as a hand-written spec."""

from __future__ import annotations

from typing import Any

from lstmcount.config import LayerConfig, ModelConfig, TensorRef
from lstmcount.conversion.arguments import declared_in, layer_arguments, layer_of, written_arguments
from lstmcount.conversion.operations import function_of, require_todays, spoken
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build
from lstmcount.graph.references import refs_in
from lstmcount.layers.making.constructor_order import arguments
from lstmcount.naming import AutoNames
from lstmcount.structures import is_constant, mapped


def to_spec(config: ModelConfig) -> dict[str, Any]:
    """The spec of a model; reading it gives the same summary.

    Raises `LstmcountError` for what a spec cannot express, such as layers of unknown classes.
    """
    spec = _Writer(config).spec()
    declared = {name: each.written for name, each in declared_in(config).items()}
    return {"custom_layers": declared, **spec} if declared else spec


class _Writer:
    def __init__(self, config: ModelConfig) -> None:
        self.config = config
        self.auto = AutoNames()
        self.model = build(config)
        self.layers = {layer.name: layer for layer in self.model.layers}

    def spec(self) -> dict[str, Any]:
        config = self.config
        head: dict[str, Any] = {"name": config.name}
        if config.dtype is not None:
            head["dtype"] = config.dtype
        if not config.trainable:
            head["trainable"] = False
        if config.is_sequential:
            return head | self._sequential()
        return head | self._functional()

    def _sequential(self) -> dict[str, Any]:
        layers = list(self.config.layers)
        entries: dict[str, Any] = {}
        if layers and layers[0].class_name == "InputLayer":
            entries |= _shape_of(layers.pop(0))
            self.auto("InputLayer")
        elif self.config.build_input_shape is not None and layers and layers[0].model is None:
            entries |= _input_shape(self.config.build_input_shape)
            self.auto("InputLayer")
        if not layers:
            raise LstmcountError("a spec has at least one layer, and this model has none")
        entries["layers"] = [self.entry(layer) for layer in layers]
        return entries

    def _functional(self) -> dict[str, Any]:
        """The keys of a spec with `inputs`; a later call of a layer is an entry that names it."""
        inputs: dict[str, Any] = {}
        batch = None
        entries = []
        names: dict[tuple[str, int], str] = {}
        for node in self.model.calls_in_order:
            layer = node.layer.config
            name = node.layer.name
            if layer.class_name == "InputLayer":
                shape = _shape_of(layer)
                batch = shape.get("batch_size", batch)
                dtype = written_arguments(layer_of(layer)).get("dtype")
                dims = shape["input_shape"]
                inputs[name] = {"shape": dims, "dtype": dtype} if dtype else dims
                names[name, 0] = name
                continue
            index = node.index
            if layer.kind == "op":
                entries.append(self._operation(layer, names))
                names[name, 0] = name
                continue
            reads = self._reads(layer, index, names)
            if index == 0:
                entry = self.entry(layer)
                entry = {entry: {}} if isinstance(entry, str) else entry
                names[name, 0] = name
            else:
                alias = f"{name}@{index}"
                names[name, index] = alias
                entry = {"call": name, "name": alias}
            entries.append({**entry, "inputs": reads})
        order = [ref.layer for ref in refs_in(self.config.inputs)]
        spec: dict[str, Any] = {"inputs": {name: inputs[name] for name in order}}
        if batch is not None:
            spec["batch_size"] = batch
        spec["layers"] = entries
        spec["outputs"] = self._structure(self.config.outputs, names)
        return spec

    def _operation(self, layer: LayerConfig, names: dict[tuple[str, int], str]) -> dict[str, Any]:
        """`ops.mean: {axis: 1}`, its name and what it reads."""
        require_todays(layer)
        arguments, in_order, by_name = spoken(layer, layer.calls[0])
        function = function_of(layer.class_name)
        reads: Any = {key: self._value(value, names) for key, value in by_name.items()}
        if in_order:
            reads = [self._value(value, names) for value in in_order]
            reads = reads[0] if len(reads) == 1 else reads
        return {f"ops.{function}": arguments, **self._naming(layer), "inputs": reads}

    def _naming(self, config: LayerConfig) -> dict[str, str]:
        """The `name` key, unless the name is the automatic one."""
        if self.auto.next(config.class_name) != config.name:
            return {"name": str(config.name)}
        self.auto(config.class_name)
        return {}

    def _reads(self, layer: LayerConfig, index: int, names: dict[tuple[str, int], str]) -> Any:
        call = layer.calls[index]
        kwargs = self._by_name(layer, call.kwargs, names)
        args = [self._structure(arg, names) for arg in call.args if any(refs_in(arg))]
        states = kwargs.get("initial_state")
        if states is not None and len(args) == 1:
            args += states if isinstance(states, list) else [states]
            del kwargs["initial_state"]
        if not args:
            return kwargs
        if kwargs:
            return [*args, kwargs]
        return args[0] if len(args) == 1 else args

    def _by_name(
        self, layer: LayerConfig, kwargs: dict[str, Any], names: dict[tuple[str, int], str]
    ) -> dict[str, Any]:
        """The named arguments of a call: tensors and plain values."""
        known = () if layer.model is not None else type(layer_of(layer)).keywords()
        return {
            key: self._value(value, names) if key in known else self._structure(value, names)
            for key, value in kwargs.items()
            if any(refs_in(value)) or (key in known and value is not None)
        }

    def _value(self, value: Any, names: dict[tuple[str, int], str]) -> Any:
        if isinstance(value, list):
            return [self._value(item, names) for item in value]
        return self._structure(value, names) if any(refs_in(value)) else value

    def _structure(self, value: Any, names: dict[tuple[str, int], str]) -> Any:
        def written(leaf: Any) -> Any:
            if isinstance(leaf, TensorRef):
                return self._named(leaf, names)
            if is_constant(leaf):
                return leaf
            raise LstmcountError(f"a spec cannot say the constant {leaf!r} among a layer's inputs")

        return mapped(written, value)

    def _named(self, ref: TensorRef, names: dict[tuple[str, int], str]) -> str:
        name = names.get((ref.layer, ref.node), ref.layer)
        several = len(self.layers[ref.layer].nodes[ref.node].outputs) > 1
        return f"{name}[{ref.tensor or 0}]" if several and ref.tensor is not None else name

    def entry(self, config: LayerConfig) -> Any:
        """`LSTM: 64`, `Flatten`, or a class with arguments, and the name beside it."""
        if config.model is not None:
            inner = _Writer(config.model).spec()
            return {"model": inner, "name": config.name}
        own = self._arguments(config)
        class_name = _class_name(config)
        named = self._naming(config)
        layer = layer_of(config)
        first = arguments(type(layer))[0]
        if not own:
            return {class_name: {}, **named} if named else class_name
        if list(own) == [first] and not isinstance(own[first], dict):
            return {class_name: own[first], **named}
        return {class_name: own, **named}

    def _arguments(self, config: LayerConfig) -> dict[str, Any]:
        inner = {}
        for key, value in layer_arguments(config).items():
            inner[key] = (
                [self._inner(item) for item in value]
                if isinstance(value, list)
                else self._inner(value)
            )
        return {**inner, **written_arguments(layer_of(config))}

    def _inner(self, config: LayerConfig) -> Any:
        if config.model is not None:
            return {"model": _Writer(config.model).spec()}
        own = self._arguments(config)
        return {_class_name(config): {**own, "name": config.name}}


def _class_name(config: LayerConfig) -> str:
    """The class's name in a spec; a declared class keeps its declared name."""
    return config.class_name if config.declared is None else str(config.declared.name)


def _shape_of(config: LayerConfig) -> dict[str, Any]:
    """The keys for an input's shape."""
    shape = layer_of(config).output_shape(None)
    if shape is None:
        raise LstmcountError(f"the shape of the input {config.name!r} is not known")
    if not shape:
        raise LstmcountError(f"the input {config.name!r} has no batch axis, as every spec's has")
    return _input_shape(shape)


def _input_shape(shape: Any) -> dict[str, Any]:
    dims = [dim if isinstance(dim, int) else None for dim in shape]
    batch: dict[str, Any] = {} if dims[0] is None else {"batch_size": dims[0]}
    return {"input_shape": dims[1:], **batch}
