"""Convert the program's layers and models to `LayerConfig` and `ModelConfig`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lstmcount.config import Call, LayerConfig, ModelConfig, TensorRef, all_layers
from lstmcount.errors import LstmcountError
from lstmcount.graph.layer import PURE_WRAPPERS
from lstmcount.layers import registry
from lstmcount.naming import AutoNames
from lstmcount.programs.language.run import MISSING
from lstmcount.programs.language.structures import replaced
from lstmcount.programs.libraries.keras.values.contents import all_inside, unused_layers
from lstmcount.programs.libraries.keras.values.objects import (
    CallRecord,
    Custom,
    LayerObject,
    ModelObject,
    OperationObject,
    parts_of,
)
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    tensors_in,
    tensors_read,
)
from lstmcount.shapes import Unknown, shape_of

MAX_LAYERS = 10_000  # layers of a model, where a shared inner model counts each time
NO_NAMES: Mapping[int, str] = {}
NO_SHAPES: Mapping[int, Any] = {}


def model_config(model: ModelObject) -> ModelConfig:
    """The model as a `ModelConfig`, with a place in the program for each part."""
    return Export().model(model)


def layer_config(layer: LayerObject, calls: int | None = None) -> LayerConfig:
    """The layer as a `LayerConfig` with its first `calls` calls; None means all calls."""
    return Export().layer(layer, calls)


class Export:
    """Converts one model or layer; `layer_count` counts shared layers several times."""

    def __init__(self) -> None:
        self.layer_count = 0
        self.inside: set[int] = set()  # the serial numbers of all layers of the whole model
        self.marks: dict[int, tuple[int, int]] = {}  # of own weights, by identity: layer, place

    def model(self, model: ModelObject) -> ModelConfig:
        """The model as a `ModelConfig`, with a place in the program for each part."""
        if not self.inside:
            self.inside = {model.serial, *[each.serial for each in all_inside(model)]}
        elif model.is_sequential:
            _refuse_a_part_that_is_built(model)
        names = _apart(model.tracked()) if isinstance(model, Custom) and not model.is_graph else {}
        config = self._sequential(model) if model.is_sequential else self._functional(model, names)
        if isinstance(model, Custom):
            self._describe(config, model, names)
        config.trainable = model.trainable
        config.training = model.training
        config.path = (model.place,)
        return config

    def _sequential(self, model: ModelObject) -> ModelConfig:
        inside = _shapes_inside(model.layers)
        layers = [self._called_elsewhere(layer, inside) for layer in model.layers]
        config = ModelConfig(name=model.name, class_name=model.class_name, layers=layers)
        if isinstance(model.build_shape, tuple) and not any(map(_is_text, model.build_shape)):
            config.build_input_shape = shape_of(model.build_shape)
        return config

    def _describe(self, config: ModelConfig, model: Custom, names: Mapping[int, str]) -> None:
        """Add the weights, layers and attributes of a model whose class the program defines."""
        config.own_weights = list(self._own_weights(model))
        config.is_layer = model.is_layer
        config.state_sizes, config.output_size = model.state_sizes, model.output_size
        saves_itself = model.cls.find("save_own_variables") is not MISSING
        config.saves_itself = saves_itself or bool(model.held_weights)
        if model.is_sequential:
            return
        if model.is_graph:
            attributes = _attributes(model, names)
            added = self._add(config, model.tracked(), names)
            config.unlisted_layers = {name: attributes[name] for name in added}
            return
        listed = model.tracked()
        if model.core is not None and model.core.build_config:
            listed = [*listed, model.core]
            config.core, config.weights_before_core = model.core.name, model.weights_before_core
        self._add(config, listed, names)
        config.listed_layer_names = [_name(layer, names) for layer in listed]
        config.attributes = _attributes(model, names)
        self._mark_unused(config, model, {_name(layer, names) for layer in unused_layers(listed)})

    def _own_weights(self, model: Custom) -> Iterator[tuple[Any, ...]]:
        """The weights outside of its layers, with those it holds of layers outside the model."""
        for place, weight in enumerate(model.own_weights):
            mark = self.marks.setdefault(id(weight), (model.serial, place))
            yield weight.name, weight.shape, weight.trains, weight.dtype, mark
        for held in model.held_weights:
            if held.layer.serial not in self.inside:
                trains = held.is_trained() is not False
                yield held.name, held.shape, trains, None, (held.layer.serial, held.name)

    def _mark_unused(self, config: ModelConfig, model: Custom, unused: set[str]) -> None:
        """Mark the `unused` layers if `call` was followed; else their weights are unknown."""
        if model.is_followed:
            for layer_in_config in config.layers:
                layer_in_config.is_unused = layer_in_config.name in unused
                if layer_in_config.is_unused and layer_in_config.model is not None:
                    for inner in all_layers(layer_in_config.model):
                        inner.is_unused = True
        elif model.is_layer and model.is_traced:
            for name in sorted(unused):
                weights = Unknown(f"the weights of {name}, on which {model.name} may call it")
                config.own_weights.append((name, (weights,), True, None, None))

    def _add(
        self, config: ModelConfig, layers: list[LayerObject], names: Mapping[int, str]
    ) -> list[str]:
        """Add those layers that the model's graph lacks; returns their names."""
        known = {layer.name: layer.shared for layer in config.layers}
        lacking = [layer for layer in layers if _name(layer, names) not in known]
        for layer in layers:
            mark = known.setdefault(_name(layer, names), layer.serial)
            if layer.kind == "layer" and mark not in (None, layer.serial):
                text = f"two different layers of {config.name} are named {layer.name!r}"
                raise LstmcountError(f"{text}; their weights cannot be told apart").at(layer.place)
        inside = _shapes_inside(layers)
        for layer in lacking:
            config.layers.append(self._called_elsewhere(layer, inside, names))
        return [_name(layer, names) for layer in lacking]

    def _called_elsewhere(
        self, layer: LayerObject, inside: Mapping[int, Any], names: Mapping[int, str] = NO_NAMES
    ) -> LayerConfig:
        """The layer without its calls, built with the shapes that it was first called with.

        `inside` are the shapes of layers that wrappers call, by serial number.
        """
        config = self.layer(layer, 0, names)
        config.build_config = config.build_config or called_with(layer, inside)
        if isinstance(layer, ModelObject) and layer.is_sequential and layer.calls:
            built_for = _shape(layer.calls[0].args[0]) if layer.calls[0].args else None
            if config.model is not None and config.model.build_input_shape is None:
                config.model.build_input_shape = built_for
        return config

    def _functional(self, model: ModelObject, apart: Mapping[int, str]) -> ModelConfig:
        tensors = tensors_in([model.inputs, model.tensors_out])
        own = _own_calls(tensors)
        layers = _reachable(tensors, {})
        calls: Mapping[int, int] = {}
        if _is_among(model, layers):  # leave out calls of its layers on its own output
            calls = {serial: max(nodes) + 1 for serial, nodes in own.items()}
            layers = _reachable(tensors, calls)
        names = {**_names(layers, own), **apart}
        return ModelConfig(
            name=model.name,
            class_name=model.class_name,
            layers=[self.layer(layer, calls.get(layer.serial), names) for layer in layers],
            inputs=[] if model.inputs is None else _refs(model.inputs, names),
            outputs=[] if model.tensors_out is None else _refs(model.tensors_out, names),
        )

    def layer(
        self, layer: LayerObject, calls: int | None = None, names: Mapping[int, str] = NO_NAMES
    ) -> LayerConfig:
        """The layer as a `LayerConfig` with its first `calls` calls; None means all calls."""
        self.layer_count += 1
        if self.layer_count > MAX_LAYERS:
            raise LstmcountError(f"the model holds more than {MAX_LAYERS:,} layers").at(layer.place)
        config = LayerConfig(
            class_name=layer.class_name,
            name=names.get(layer.serial, layer.name),
            kind=layer.kind,
            strict=layer.is_known and layer.kind == "layer",
            is_foreign=not layer.is_known,
            recorded={
                node: shapes if isinstance(shapes, list) else [shapes]
                for node, shapes in layer.recorded.items()
            }
            or None,
            declared=layer.declaration,
            unknown_because=layer.unknown_because,
            shared=layer.serial if layer.kind == "layer" else None,
            is_implied=isinstance(layer, OperationObject) and layer.is_implied,
            path=(layer.place,),
        )
        if isinstance(layer, Custom) and layer.is_core_alone and layer.core is not None:
            config.subclass, config.class_name = layer.class_name, layer.core.class_name
            self._arguments(config, layer.core)
        elif isinstance(layer, ModelObject):
            config.model = self.model(layer)
            config.kind = "model"
        else:
            self._arguments(config, layer)
        config.calls = [_call(call, names) for call in layer.calls[:calls]]
        return config

    def _arguments(self, config: LayerConfig, layer: LayerObject) -> None:
        cls = registry.find(layer.class_name)
        inner = cls.layer_arguments if cls else tuple(layer.arguments)
        config.arguments = {
            key: self._argument(value) if key in inner else self._serialised(value)
            for key, value in layer.arguments.items()
        }
        if not layer.trainable:
            config.arguments["trainable"] = False
        config.frozen = layer.frozen and all(inner.frozen for inner in all_inside(layer))
        config.frozen_weights = layer.frozen_weights
        if not config.frozen:
            inside = layer.arguments.items()
            config.frozen_weights |= {key for key, each in inside if _is_frozen_conv_lstm(each)}
        config.is_quantized = any(
            isinstance(value, LayerObject) and value.is_quantized
            for value in layer.arguments.values()
        )
        config.build_config = layer.build_config

    def _argument(self, value: Any) -> Any:
        if isinstance(value, LayerObject):
            return self.layer(value, calls=0)
        if isinstance(value, list):
            return [self._argument(item) for item in value]
        return value

    def _serialised(self, value: Any) -> Any:
        """Like `_argument`, for arguments such as `activation`, where a layer becomes an object."""
        if isinstance(value, LayerObject) and value.kind == "layer":
            arguments = {key: self._serialised(item) for key, item in value.arguments.items()}
            return {"class_name": value.class_name, "config": {"name": value.name, **arguments}}
        return self._argument(value)


def _is_frozen_conv_lstm(value: Any) -> bool:
    """Whether it is a layer that was frozen and whose argument `trainable` does not say so."""
    is_layer = isinstance(value, LayerObject) and value.class_name.startswith("ConvLSTM")
    return is_layer and value.frozen


def _shapes_inside(layers: Iterable[LayerObject]) -> dict[int, Any]:
    """The shapes that called wrappers among these layers give to the layers inside them."""
    shapes: dict[int, Any] = {}
    for wrapper in layers:
        inner = wrapper.arguments.get(PURE_WRAPPERS.get(wrapper.class_name, ""))
        first = tensors_read(wrapper.calls[0])[:1] if wrapper.calls else []
        shape = _shape(first[0]) if first else None
        if isinstance(inner, LayerObject) and shape:
            shapes[inner.serial] = (shape[0], *shape[2:])
    return shapes


def called_with(layer: LayerObject, inside: Mapping[int, Any] = NO_SHAPES) -> dict[str, Any]:
    """The shapes that a layer was first called with, also by a wrapper around it."""
    cls = registry.find(layer.class_name)
    shapes = [_shape(value) for value in layer.calls[0].args] if layer.calls else []
    if not shapes and layer.serial in inside:
        shapes = [inside[layer.serial]]
    if not layer.is_known and shapes:
        return {"input_shape": shapes[0]}
    if cls is None or not shapes or isinstance(layer, ModelObject):
        return {}
    named = zip(cls.call_arguments, shapes, strict=False)
    return {"shapes_dict": {f"{name}_shape": shape for name, shape in named if shape is not None}}


def _shape(value: Any) -> Any:
    return value.shape if isinstance(value, SymbolicTensor) else None


def _attributes(model: Custom, names: Mapping[int, str]) -> dict[str, str]:
    """By layer's name: the attribute under which Keras saves it, the first that holds it."""
    attributes = dict(model.attributes)
    if not model.is_layer and not model.is_graph:
        attributes["layers"] = model.tracked()
    paths: dict[str, str] = {}
    for name in sorted(attributes, key=lambda name: (name.startswith("_"), name)):
        for layer, path in _saved_under(name, attributes[name]):
            paths.setdefault(_name(layer, names), path)
    if model.core is not None:
        paths.setdefault(model.core.name or "", "")
    return paths


def _saved_under(attribute: str, value: Any) -> Iterator[tuple[LayerObject, str]]:
    """The layers in an attribute's value, each with the path under which Keras saves it."""
    todo = [(attribute, value)]
    seen: set[int] = set()
    while todo:
        path, part = todo.pop()
        if isinstance(part, LayerObject):
            yield part, path
        elif id(part) not in seen:
            seen.add(id(part))
            counted = AutoNames()
            inside: list[tuple[str, Any]] = []
            for item in parts_of(part):
                if isinstance(item, LayerObject):
                    inside.append((f"{path}/{counted(item.class_name)}", item))
                elif parts_of(item):
                    inside.append((f"{path}/{counted('Container')}", item))
            todo += reversed(inside)


def _refuse_a_part_that_is_built(model: ModelObject) -> None:
    """Raise an error where the first model of an uncalled Sequential is called by itself.

    When it was called decides whether it builds the Sequential.
    """
    first = model.layers[0] if model.layers else None
    if not isinstance(first, ModelObject) or not first.is_sequential or not first.calls:
        return
    knows_its_input = first.build_shape or first.layers[0].class_name == "InputLayer"
    if not (knows_its_input or model.calls or model.build_shape):
        text = f"which layers of {model.name} are built is not known"
        raise LstmcountError(f"{text}: its {first.name} alone is called").at(model.place)


def _is_among(model: ModelObject, layers: list[LayerObject]) -> bool:
    """Whether the model is one of the layers, or inside one, such as the cell of an RNN."""
    return model in layers or any(model in all_inside(layer) for layer in layers)


def _own_calls(tensors: list[SymbolicTensor]) -> dict[int, set[int]]:
    """The indices of the calls that the tensors depend on, by the layer's serial number."""
    own: dict[int, set[int]] = {}
    todo = list(tensors)
    while todo:
        tensor = todo.pop()
        layer, nodes = tensor.layer, own.setdefault(tensor.layer.serial, set())
        if tensor.node not in nodes:
            nodes.add(tensor.node)
            if tensor.node < len(layer.calls):
                todo += tensors_read(layer.calls[tensor.node])
    return own


def _names(layers: list[LayerObject], own: Mapping[int, set[int]]) -> dict[int, str]:
    """Different names for layers outside the model, if layers of the model have the same names."""
    if len({layer.name for layer in layers}) == len(layers):
        return {}
    others = [layer for layer in layers if layer.serial not in own]
    return {layer.serial: f"{layer.name} of another model, {layer.serial}" for layer in others}


def _apart(layers: list[LayerObject]) -> dict[int, str]:
    """Different names for layers of a model's class that have the same, such as copies."""
    names: dict[int, str] = {}
    used: Counter[str] = Counter()
    for layer in layers:
        name = layer.name or ""
        used[name] += 1
        if used[name] > 1:
            names[layer.serial] = f"{name} ({used[name]})"
    return names


def _name(layer: LayerObject, names: Mapping[int, str]) -> str:
    return names.get(layer.serial, layer.name) or ""


def _reachable(tensors: list[SymbolicTensor], calls: Mapping[int, int]) -> list[LayerObject]:
    """All layers that the tensors depend on, by creation; `calls` limits a layer's calls."""
    reached: dict[int, LayerObject] = {}
    todo = [tensor.layer for tensor in tensors]
    while todo:
        layer = todo.pop()
        if layer.serial in reached:
            continue
        reached[layer.serial] = layer
        for call in layer.calls[: calls.get(layer.serial)]:
            todo += [tensor.layer for tensor in tensors_read(call)]
    return [reached[serial] for serial in sorted(reached)]


def _call(call: CallRecord, names: Mapping[int, str]) -> Call:
    return Call(
        [_refs(value, names) for value in call.args],
        {key: _refs(value, names) for key, value in call.kwargs.items()},
        (call.place,),
    )


def _refs(value: Any, names: Mapping[int, str]) -> Any:
    """Replace tensors in a structure by references. Tuples become lists."""

    def ref(tensor: SymbolicTensor) -> TensorRef:
        return TensorRef(_name(tensor.layer, names), tensor.node, tensor.index)

    return replaced(value, SymbolicTensor, ref)


def _is_text(dim: Any) -> bool:
    return isinstance(dim, str | bytes)
