"""Models serialised by Keras: `to_json()` of Keras 1, 2 and 3, and the configs inside files."""

from __future__ import annotations

from typing import Any

from lstmcount.config import LayerConfig, ModelConfig
from lstmcount.errors import LstmcountError, Path, UnlistedLayersError
from lstmcount.graph.references import refs_in
from lstmcount.layers import registry
from lstmcount.layers.custom.known import NONE, CustomLayers
from lstmcount.layers.making.from_configs import class_of
from lstmcount.naming import AutoNames
from lstmcount.readers.keras.embedded_models import only_model, opened
from lstmcount.readers.keras.graph import as_functional, is_graph
from lstmcount.readers.keras.kinds import Kind, Kinds, registered_name
from lstmcount.readers.keras.legacy import (
    BATCH_NORMALIZATIONS,
    RENAMED,
    frozen_within,
    in_keras_2,
    modernised,
    normalising,
    ordering_of,
)
from lstmcount.readers.keras.merge import Branches, branches_of
from lstmcount.readers.keras.nodes import Nodes, recorded
from lstmcount.readers.keras.versions import is_keras_2, names_modules
from lstmcount.shapes import file_shapes

# Keys under which files store a model: HDF5 attributes, TensorFlow.js, training configurations, …
WRAPPERS = ("model_config", "modelTopology", "architecture", "model", "config")
MAX_WRAPPERS = 8
MAX_NAME = 10_000  # limit for a layer's name or class
MAX_LAYERS = 50_000  # limit for the layers of all nested models together


PlacedModel = tuple[dict[str, Any], Path]  # a serialised model and its path in the document


def find_model(data: Any) -> PlacedModel | None:
    """The model in `data`: `data` itself, the value of a known key, or the only model inside.

    Raises `LstmcountError` if there are several.
    """
    path: Path = ()
    inner = data
    for _ in range(MAX_WRAPPERS):
        if not isinstance(inner, dict):
            break
        if "class_name" in inner and "config" in inner:
            return inner, path
        key = next((key for key in WRAPPERS if isinstance(inner.get(key), dict | str)), None)
        if key is None:
            break
        inner, path = opened(inner[key]), (*path, key)
    return only_model(data)


def read_keras(data: dict[str, Any], custom: CustomLayers, path: Path = ()) -> ModelConfig:
    """The model that a serialised config describes, with the given declarations of custom layers.

    Raises `LstmcountError` with the path of the error; `path` is that of the config.
    """
    is_modern = names_modules(data)
    ordering = None if is_modern else ordering_of(data)
    reader = _Reader(is_modern, is_keras_2(data, is_modern), ordering, custom)
    config = reader.model(data, path)
    config.is_keras_3 = not reader.is_keras_2
    training = data.get("compile_config") or data.get("training_config")
    if isinstance(training, dict):
        config.training = training
        # Keras builds the optimizer when it loads a compiled model
        config.optimizer_built = training.get("optimizer", "") is not None
    return config


def read_layer(data: dict[str, Any]) -> LayerConfig:
    """The layer that a serialised config describes. Raises `LstmcountError` for other data."""
    is_modern = names_modules(data)
    return _Reader(is_modern, is_keras_2(data, is_modern), None, NONE).layer(data, ())


class _Reader:
    def __init__(
        self, modern: bool, keras_2: bool, ordering: str | None, custom: CustomLayers
    ) -> None:
        self.modern = modern
        self.custom = custom
        self.ordering = ordering  # Keras's global setting, where it matters
        self.auto = AutoNames()
        self.is_keras_2 = keras_2  # or older
        self.kinds = Kinds(modern and not keras_2, custom)
        self.is_opaque = False  # some layer's output shapes are known only from the file
        self.count = 0  # layers of the models that are read

    def model(self, data: dict[str, Any], path: Path) -> ModelConfig:
        config, class_name = data["config"], data["class_name"]
        if not isinstance(class_name, str):
            raise LstmcountError(
                f"expected a class, got {class_name!r}", path=(*path, "class_name")
            )
        class_name = class_name.rpartition(">")[2]  # HDF5 files have a custom class's package here
        if isinstance(config, list):
            return self._sequential({"layers": config}, class_name, path, (*path, "config"))
        if not isinstance(config, dict):
            raise LstmcountError("expected a model's config", path=(*path, "config"))
        if class_name == "Graph" and is_graph(config):
            return self.model(as_functional(config), path)
        if not isinstance(config.get("layers"), list):
            return self._described(data, class_name, (*path, "config"))
        if "output_layers" in config:
            return self._functional(config, class_name, path)
        model = self._sequential(config, class_name, path, (*path, "config", "layers"))
        built = data.get("build_config")
        if model.build_input_shape is None and isinstance(built, dict):
            shape, declared = file_shapes(built.get("input_shape")), _input_of(model)
            if declared is None or file_shapes(declared) == shape:  # else Keras ignores it
                model.build_input_shape = shape
        return model

    def _described(self, data: dict[str, Any], class_name: str, path: Path) -> ModelConfig:
        """A subclassed model, whose layers are known only from its code."""
        if registry.find(class_name) is not None or not self.custom.code():
            raise _unlisted(class_name, path)
        name = named(data["config"], path) or self.auto(class_name)
        registered = registered_name(data)
        self.custom.find(registered)
        described = LayerConfig(
            class_name=class_name,
            name=name,
            arguments={key: value for key, value in data["config"].items() if key != "name"},
            build_config=data.get("build_config") or {},
            is_foreign=True,
            registered=registered,
            path=path,
        )
        return ModelConfig(
            name=name, class_name=class_name, layers=[], described=described, path=path
        )

    def _sequential(
        self, config: dict[str, Any], class_name: str, path: Path, layers_path: Path
    ) -> ModelConfig:
        """A Sequential; a batch shape in its first layer becomes an InputLayer, as in Keras."""
        self._require_few(config["layers"], layers_path)
        name = named(config, path) or self.auto("Sequential")  # Keras names it before its layers
        if not self.modern and branches_of(config["layers"]):
            branches = Branches(self.layer, self.auto)
            return branches.read(config["layers"], name, layers_path)
        layers = []
        for i, entry in enumerate(config["layers"]):
            layers.append(self.layer(entry, (*layers_path, i)))
        first = layers[0] if layers else None
        build_shape = config.get("build_input_shape")
        if first is not None and first.model is not None and not self.modern:
            build_shape = build_shape or _input_of(first.model)
        if first is not None and first.class_name != "InputLayer" and first.model is None:
            shape = first.batch_shape
            if shape is not None:
                layers.insert(0, _input_layer(shape, first.path, self.auto))
        return ModelConfig(
            name=name,
            class_name=class_name,
            layers=layers,
            build_input_shape=file_shapes(build_shape),
            path=path,
        )

    def _functional(self, config: dict[str, Any], class_name: str, path: Path) -> ModelConfig:
        """A functional model, with the calls that its layers list as nodes."""
        entries = config["layers"]
        layers_path = (*path, "config", "layers")
        self._require_few(entries, layers_path)
        nodes = Nodes(entries, self.modern)
        layers = []
        for i, entry in enumerate(entries):
            layer_path = (*layers_path, i)
            layer = self.layer(entry, layer_path)
            layer.calls = nodes.calls(entry, layer, layer_path)
            layers.append(layer)
        inputs = nodes.tensors(config.get("input_layers", []), (*path, "config", "input_layers"))
        outputs = nodes.tensors(config["output_layers"], (*path, "config", "output_layers"))
        nodes.settle()
        if not self.modern or nodes.is_keras_2:
            inputs, outputs = _unpacked(inputs), _unpacked(outputs)
        if self.is_opaque:
            shapes = recorded(entries)
            for layer in layers:
                layer.recorded = shapes.get(layer.name or "")
        return ModelConfig(
            name=named(config, path) or self.auto("Functional"),
            class_name="Functional" if class_name == "Model" else class_name,
            layers=layers,
            inputs=inputs,
            outputs=outputs,
            trainable=config.get("trainable") is not False,
            lists_unreachable_layers=nodes.is_keras_2,
            path=(*path, "config"),
        )

    def _require_few(self, entries: list[Any], path: Path) -> None:
        self.count += len(entries)
        if self.count > MAX_LAYERS:
            raise LstmcountError(f"the model has more than {MAX_LAYERS:,} layers", path=path)

    def layer(self, entry: Any, path: Path) -> LayerConfig:
        """Read an entry of a model's layers, or a layer among another layer's arguments."""
        class_name = entry.get("class_name") if isinstance(entry, dict) else None
        if not isinstance(class_name, str):
            raise LstmcountError("expected a layer with a class_name and a config", path=path)
        if len(class_name) > MAX_NAME:
            raise _too_long("class", (*path, "class_name"))
        config = entry.get("config")
        if type(config) is dict and "layers" not in config:
            return self._plain(class_name, entry, config.copy(), path)
        if isinstance(config, list) or (
            isinstance(config, dict)
            and isinstance(config.get("layers"), list)
            and self._is_model(entry)
        ):
            return self._nested_model(entry, path)
        if config is not None and not isinstance(config, dict):
            raise LstmcountError("expected a layer's config", path=(*path, "config"))
        return self._plain(class_name, entry, dict(config or {}), path)

    def _nested_model(self, entry: dict[str, Any], path: Path) -> LayerConfig:
        """A model among the layers of another one."""
        model = self.model(entry, path)
        model.outputs = _unpacked(model.outputs)  # Keras 3.0 to 3.5 wrote one output as a list
        name, config = named(entry, path), entry["config"]
        if isinstance(config, dict) and config.get("name") is None and name:
            model.name = name
        return LayerConfig(
            class_name=model.class_name,
            name=name or model.name,
            model=model,
            strict=False,
            path=path,
        )

    def _plain(
        self, class_name: str, entry: dict[str, Any], arguments: dict[str, Any], path: Path
    ) -> LayerConfig:
        """A layer or an operation, which is not a model; takes over the dict of arguments."""
        name = entry.get("name")
        if type(name) is not str or len(name) > MAX_NAME:
            name = named(entry, path) or named(arguments, path, "config")
        arguments.pop("name", None)
        batch_shape = arguments.pop("batch_input_shape", None)
        dtype = arguments.get("dtype")
        if type(dtype) is dict and dtype.get("class_name") == "DTypePolicy":
            policy = dtype.get("config")
            arguments["dtype"] = policy.get("name") if isinstance(policy, dict) else None
        try:
            kind = self.kinds.known.get((class_name, entry["module"], entry.get("registered_name")))
        except (KeyError, TypeError):  # missing, or not a text
            kind = None
        if kind is None:
            kind = self.kinds.of(entry, class_name, arguments)
        if kind.is_opaque:
            self.is_opaque = True
        if kind.is_operation:
            return LayerConfig(
                class_name=class_name,
                name=name,
                arguments=arguments,
                kind="op",
                strict=False,
                path=path,
            )
        build = entry.get("build_config")
        layer = LayerConfig(
            class_name=class_name,
            name=name,
            arguments=arguments,
            build_config=build if isinstance(build, dict) else {},
            strict=False,
            path=(*path, "config"),
        )
        if name is None or batch_shape is not None or not kind.is_plain:
            self._complete(layer, kind, batch_shape, path)
        return layer

    def _complete(self, layer: LayerConfig, kind: Kind, batch_shape: Any, path: Path) -> None:
        """Adjust a layer of certain classes, or of a file of an older version."""
        class_name, arguments = layer.class_name, layer.arguments
        if kind.is_foreign:
            class_name = class_name.rpartition(">")[2]
        elif not self.modern and (kind.registered is None or class_name in RENAMED):
            class_name, arguments = modernised(class_name, arguments, self.ordering)
        elif class_name in BATCH_NORMALIZATIONS:
            class_name = normalising(class_name, arguments)  # Keras 2.13 to 2.15 name modules, too
        if self.is_keras_2:
            class_name = in_keras_2(class_name, arguments)
        layer.class_name, layer.arguments = class_name, arguments
        layer.declared, layer.is_foreign = kind.declared, kind.is_foreign
        cls = class_of(layer)
        for key in cls.layer_arguments if cls else ():
            if arguments.get(key) is not None:
                arguments[key] = self._inner(arguments[key], (*path, "config", key))
                if self.is_keras_2 and arguments.get("trainable") is False:
                    frozen_within(arguments[key])
        if batch_shape is not None:
            layer.batch_shape = file_shapes(batch_shape)
            if class_name == "InputLayer":
                arguments["batch_shape"] = _dims(batch_shape)
        layer.registered = kind.registered
        layer.name = layer.name or self.auto(class_name)

    def _is_model(self, entry: dict[str, Any]) -> bool:
        """Whether a config with layers is that of a model, not of a layer that contains layers."""
        if registry.find(entry["class_name"]) is not None:
            return False
        return self.custom.find(registered_name(entry)) is None

    def _inner(self, value: Any, path: Path) -> Any:
        if isinstance(value, list):
            return [self._inner(item, (*path, i)) for i, item in enumerate(value)]
        if isinstance(value, dict) and "class_name" in value:
            return self.layer(value, path)
        return value


def _unlisted(class_name: str, path: Path) -> LstmcountError:
    if registry.find(class_name) is not None:
        return LstmcountError(f"{class_name} is a layer; expected a model", path=path)
    text = f"{class_name} is a subclassed model: its config does not say which layers it has"
    text += "; --code PATH adds the file that defines it"
    return UnlistedLayersError(text, path=path)


def named(config: dict[str, Any], path: Path, *inside: str) -> str | None:
    name = config.get("name")
    if name is None or isinstance(name, str):
        if name is not None and len(name) > MAX_NAME:
            raise _too_long("name", (*path, *inside, "name"))
        return name
    raise LstmcountError(f"expected a name, got {name!r}", path=(*path, *inside, "name"))


def _too_long(kind: str, path: Path) -> LstmcountError:
    return LstmcountError(f"a {kind} of more than {MAX_NAME:,} letters", path=path)


def _unpacked(tensors: Any) -> Any:
    """Unpack a list of one tensor, which equals that tensor before Keras 3."""
    return tensors[0] if isinstance(tensors, list) and len(tensors) == 1 else tensors


def _input_of(model: ModelConfig) -> Any:
    """The shape of a model's only input, which is also that of a Sequential around it."""
    if model.is_sequential:
        inputs = [layer for layer in model.layers[:1] if layer.class_name == "InputLayer"]
    else:
        names = [ref.layer for ref in refs_in(model.inputs)]
        inputs = [layer for layer in model.layers if [layer.name] == names]
    return inputs[0].arguments.get("batch_shape") if inputs else model.build_input_shape


def _input_layer(shape: Any, path: Path, auto: AutoNames) -> LayerConfig:
    dims = [None if not isinstance(dim, int) else dim for dim in shape]
    return LayerConfig(
        class_name="InputLayer",
        name=auto("InputLayer"),
        arguments={"batch_shape": dims},
        strict=False,
        path=path,
    )


def _dims(shape: Any) -> Any:
    """A shape's dimensions as a list, even if Keras serialised a tuple."""
    if isinstance(shape, dict) and isinstance(shape.get("items"), list):
        return shape["items"]
    return shape
