"""Create layers of a model file from their configs, if a program's modules define their classes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from lstmcount.config import LayerConfig, ModelConfig, all_layers, inner_layers
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build_partly, create
from lstmcount.graph.inference import NO_INPUT_SHAPE
from lstmcount.graph.layer import BuiltLayer
from lstmcount.graph.references import refs_in
from lstmcount.layers import registry
from lstmcount.layers.making.from_configs import class_of
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.objects.own_functions import Function, Method
from lstmcount.programs.language.run import Run, Stop
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.source.places import CodePlace, place_of
from lstmcount.programs.language.structures import replaced
from lstmcount.programs.libraries.keras.models import models
from lstmcount.programs.libraries.keras.session import cells
from lstmcount.programs.libraries.keras.session.export import Export
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.objects import LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor, tensors_in
from lstmcount.readers.keras.legacy import automatic
from lstmcount.readers.keras.reader import read_layer
from lstmcount.shapes import Unknown, file_shapes
from lstmcount.structures import leaves

_REGISTERS = "register_keras_serializable"
_PACKAGE = "Custom"  # the default package


class Classes:
    """The classes, or functions, that modules define, by the names that files use for them."""

    def __init__(
        self, run: Run, scopes: list[Scope], kind: type[Class] | type[Function] = Class
    ) -> None:
        self.run = run
        self.by_name: dict[str, list[Any]] = {}
        self.registered: list[Any] = []
        for scope in scopes:
            for value in scope.names.values():
                if isinstance(value, kind):
                    self._add(value.name, value)
                    for name in self._registered(value, scope):
                        self._add(name, value)
                        self.registered.append(value)

    def _add(self, name: str, cls: Any) -> None:
        named = self.by_name.setdefault(name, [])
        if cls not in named:
            named.append(cls)

    def _registered(self, cls: Any, scope: Scope) -> Iterator[str]:
        """The names `package>name` from `@register_keras_serializable(package, name)`."""
        for decorator in getattr(cls.node, "decorator_list", ()):
            if not isinstance(decorator, ast.Call) or _last_name(decorator.func) != _REGISTERS:
                continue
            nodes = dict(zip(("package", "name"), decorator.args, strict=False))
            nodes |= {
                argument.arg: argument.value
                for argument in decorator.keywords
                if argument.arg is not None
            }
            words = {key: self.run.evaluate(argument, scope) for key, argument in nodes.items()}
            yield f"{words.get('package', _PACKAGE)}>{words.get('name') or cls.name}"

    def find(self, class_name: str, registered: str | None) -> Any:
        """The class with that name, or None. Raises `LstmcountError` if the name is ambiguous.

        A class that is registered under another name is another class.
        """
        is_registered = registered not in (None, class_name)
        for name in (registered or class_name, class_name):
            classes = self.by_name.get(name, [])
            if is_registered and name != registered:
                classes = [cls for cls in classes if cls not in self.registered]
            if len(classes) > 1:
                places = [str(place_of(self.run.program, cls.node.lineno)) for cls in classes]
                raise LstmcountError(f"there are several classes {name}: {', '.join(places)}")
            if classes:
                return classes[0]
        return None


def _last_name(node: ast.expr) -> str | None:
    return getattr(node, "attr", None) or getattr(node, "id", None)


class FileLayers:
    """Completes the configs of a file's layers: each layer is followed at its first call."""

    def __init__(self, run: Run, classes: Classes) -> None:
        self.run = run
        self.session = session_of(run)
        self.classes = classes

    def complete(self, model: ModelConfig) -> ModelConfig:
        """The model with all that the code determines; the rest stays unknown."""
        self.session.written_by_keras_3 = model.is_keras_3
        if model.described is not None:
            model = self._model(model, model.described)
        _, error = build_partly(model, follow=self.follow)
        if error is not None:
            raise error
        is_open = model.is_sequential and model.build_input_shape is None
        if is_open and model.layers and model.layers[0].class_name != "InputLayer":
            self._ask_for_input_shape(model)
        return model

    def _ask_for_input_shape(self, model: ModelConfig) -> None:
        """Say of layers with classes in the code that only the model's input shape is missing."""
        for layer in model.layers:
            is_of_code = layer.registered is not None and layer.unknown_because is None
            if is_of_code and self.classes.find(layer.class_name, layer.registered) is not None:
                layer.unknown_because = f"{NO_INPUT_SHAPE} --set 'input_shape=[null,28]'"

    def _model(self, model: ModelConfig, described: LayerConfig) -> ModelConfig:
        """Create a subclassed model, and build it for the shapes in its file."""
        layer = self.create(described)
        if not isinstance(layer, ModelObject):
            raise LstmcountError(described.unknown_because or "", path=described.path)
        shapes = _built_with(described)
        if shapes and layer.is_sequential:
            layer.build_shape = shapes[0]
        elif shapes:
            self._call(layer, shapes, {})
        config = Export().model(layer)
        config.name, config.path = model.name, model.path
        config.training, config.optimizer_built = model.training, model.optimizer_built
        _rename_shared_marks(config)
        return config

    def follow(
        self, built: BuiltLayer, args: list[Any], kwargs: dict[str, Any]
    ) -> tuple[Any, list[Any], dict[str, Any]]:
        """Follow the code of a layer's call. Return the layer and the arguments of the call."""
        config = built.config
        if config.unknown_because is None and (layer := self.create(config)) is not None:
            if not _are_known([args, kwargs]):
                args, kwargs = _built_with(config) or args, {}
            self._call(layer, args, kwargs)
            _describe(config, layer)
            if config.model is not None:
                shapes = _shapes_in([args, kwargs])
                args, kwargs = shapes if len(shapes) == 1 else [shapes], {}
            return create(config), args, kwargs
        return None, args, kwargs

    def _call(self, layer: LayerObject, args: list[Any], kwargs: dict[str, Any]) -> None:
        node = layer.place.node
        with self.session.tracing(is_symbolic=True):

            def tensor(shape: Any) -> SymbolicTensor:
                return self.session.fresh_input(shape, node)

            args, kwargs = replaced([args, kwargs], tuple, tensor)
            if tensors_in([args, kwargs]):
                self.session.call(layer, args, kwargs, node)

    def create(self, config: LayerConfig) -> LayerObject | None:
        """Create the layer of a config, or store the reason in the config and return None."""
        if config.model is not None:
            return self._sequential(config.model)
        cls = class_of(config)
        if cls is not None:
            return self._create_builtin(config, cls.layer_arguments)
        try:
            cls_in_code = self.classes.find(config.class_name, config.registered)
        except LstmcountError as error:
            config.unknown_because = error.message
            return None
        if cls_in_code is None:
            config.unknown_because = f"the code has no class {config.class_name}"
            return None
        layer = self._create_custom(cls_in_code, config)
        if layer is None:
            config.unknown_because = self._why_not_created(cls_in_code)
        return layer

    def _why_not_created(self, cls: Class) -> str:
        place = place_of(self.run.program, cls.node.lineno)
        base = next((str(base) for base in cls.ancestry() if isinstance(base, Unknown)), None)
        if base is None:
            return f"{place}: {cls.name} creates no layer from its config"
        why = self.run.failed_imports.why_unknown(base)
        because = f" ({why})" if why else ""
        return f"{place}: {cls.name} is derived from {base}, which is not known{because}"

    def _sequential(self, config: ModelConfig) -> ModelObject | None:
        node = ast.Name(config.class_name)
        layers = [self.create(layer) for layer in config.layers]
        if not config.is_sequential or None in layers:
            return None
        model: ModelObject = self.session.new_model("Sequential", config.name, node)
        for layer in layers:
            models.add(self.session, model, layer, node)
        return model

    def _create_builtin(
        self, config: LayerConfig, layer_arguments: tuple[str, ...]
    ) -> LayerObject | None:
        """Create a built-in layer that contains other layers."""
        arguments = dict(config.arguments)
        for key in layer_arguments:
            arguments[key] = replaced(arguments.get(key), LayerConfig, self.create)
            config.unknown_because = next(
                (inner.unknown_because for inner in inner_layers(config) if inner.unknown_because),
                None,
            )
            if config.unknown_because is not None:
                return None
        trainable = arguments.pop("trainable", True)
        place = CodePlace(self.run.program, ast.Name(config.class_name))
        layer = self.session.new(LayerObject, config.class_name, config.name, arguments, place)
        layer.trainable = trainable is not False
        cells.store_declared_sizes(self.run, layer)
        return layer

    def _create_custom(self, cls: Class, config: LayerConfig) -> LayerObject | None:
        """`cls.from_config(config)`; None if it creates no layer."""
        arguments = {"name": config.name, **config.arguments}
        from_config = cls.find("from_config")
        try:
            if isinstance(from_config, Function):
                layer = self.run.call(Method(from_config, cls), [arguments], {}, cls.node)
            else:
                layer = self.run.call(cls, [], self._with_layers(cls, arguments), cls.node)
        except Stop:
            return None
        if not isinstance(layer, LayerObject):
            return None
        layer.name = config.name
        return layer

    def _with_layers(self, cls: Class, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments with the layers that `from_config` of Keras's class creates for it."""
        names = [base.class_name for base in cls.ancestry() if isinstance(base, LayerClass)]
        keras_class = registry.find(names[0]) if names else None
        inner = ("layer",) if keras_class is None else keras_class.layer_arguments

        def create(serialised: dict[str, Any]) -> Any:
            return self.create(read_layer(serialised))

        return {
            key: replaced(value, dict, create) if key in inner else value
            for key, value in arguments.items()
        }


def deserialized(run: Run, serialised: dict[str, Any], node: ast.AST) -> Any:
    """`deserialize(config)` for layers, also of the program's classes, and for its functions."""
    scopes = [run.module, *run.own_modules.scopes()]
    name = serialised.get("config")
    try:
        if serialised.get("class_name") == "function":
            named = Classes(run, scopes, Function)
            value = named.find(name.rpartition(">")[2], name) if isinstance(name, str) else None
        else:
            value = FileLayers(run, Classes(run, scopes)).create(read_layer(serialised))
            has_name = isinstance(name, dict) and isinstance(name.get("name"), str)
            if value is not None and not has_name:
                value.name = session_of(run).auto(automatic(value.class_name))
    except LstmcountError:
        value = None
    return run.unknown(run.source_of(node)) if value is None else value


def _describe(config: LayerConfig, layer: LayerObject) -> None:
    """Copy the details that the code determines into the layer's config."""
    exported = Export().layer(layer, calls=0)
    config.class_name, config.subclass = exported.class_name, exported.subclass
    config.arguments = exported.arguments
    config.kind, config.model = exported.kind, exported.model
    config.build_config = exported.build_config or config.build_config
    config.frozen, config.frozen_weights = exported.frozen, exported.frozen_weights
    config.is_foreign = False
    if config.model is not None:
        _rename_shared_marks(config.model)
        for call in config.calls:
            refs = refs_in([call.args, call.kwargs])
            call.args, call.kwargs = refs if len(refs) == 1 else [refs], {}
    _ignore_unknown_arguments(config)


def _ignore_unknown_arguments(config: LayerConfig) -> None:
    """Ignore unknown arguments of a layer and of the layers inside it, as Keras does for files."""
    config.strict = False
    for inner in inner_layers(config):
        if inner.model is None:
            _ignore_unknown_arguments(inner)
        else:
            _rename_shared_marks(inner.model)


def _rename_shared_marks(model: ModelConfig) -> None:
    """Make the marks of shared layers different from those in the file."""
    for layer in all_layers(model):
        if isinstance(layer.shared, int):
            layer.shared = f"code {layer.shared}"


def _built_with(config: LayerConfig) -> list[Any]:
    """The shapes of the arguments that the layer was built for, according to the file."""
    build = config.build_config
    named = build.get("shapes_dict")
    shapes = list(named.values()) if isinstance(named, dict) else [build.get("input_shape")]
    return [] if None in shapes else list(map(file_shapes, shapes))


def _shapes_in(value: Any) -> list[Any]:
    return [leaf for leaf in leaves(value) if isinstance(leaf, tuple)]


def _are_known(value: Any) -> bool:
    """Whether a call has shapes as arguments, and its first arguments are known."""
    shapes = _shapes_in(value)
    return bool(shapes) and None not in value[0]
