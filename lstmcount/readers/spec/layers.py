"""Read an entry of a spec as a layer: its class, its arguments, their numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.expressions.variables import SpecVariables
from lstmcount.layers import registry
from lstmcount.layers.base import Layer
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.layers.making.constructor_order import arguments as constructor_arguments
from lstmcount.layers.making.numeric_arguments import fractional_arguments, numeric_arguments
from lstmcount.naming import AutoNames
from lstmcount.readers.spec import operations
from lstmcount.readers.spec.entries import as_entry, input_shape, split

LIKE_DENSE = ("Linear", "FullyConnected", "linear", "fc")  # other libraries' names for Dense
MODELS = ("Sequential", "Functional", "Model")


class LayerReader:
    """Reads the layers of one spec, with its custom layers, variables and automatic names.

    `model` reads a `model:` entry.
    """

    def __init__(
        self,
        custom: CustomLayers,
        variables: SpecVariables,
        auto: AutoNames,
        model: Callable[[Any, dict[str, Any], Path], LayerConfig],
    ) -> None:
        self.custom = custom
        self.variables = variables
        self.auto = auto
        self.model = model

    def layer(self, entry: Any, path: Path) -> tuple[LayerConfig, dict[str, Any]]:
        """The layer of an entry, and the keys beside its class (name, inputs)."""
        class_name, arguments, beside, arguments_path = split(entry, path)
        if class_name == "model":
            name_of(beside, path)
            return self.model(arguments, beside, path), beside
        if class_name.startswith(operations.PREFIX):
            return self._operation(class_name, arguments, beside, arguments_path)
        if self._is_of_code(class_name):
            return self._of_code(class_name, arguments, beside, arguments_path), beside
        declared, cls = self._class(class_name, path)
        arguments = _by_name(arguments, cls, arguments_path)
        if isinstance(entry, dict) and entry.get("config") is not None:
            arguments = cls.of_config(arguments)
        beside |= input_shape(arguments, cls)
        for i, key in enumerate(cls.layer_arguments):
            is_required = i == 0 and key in arguments
            if is_required or arguments.get(key) is not None:
                arguments[key] = self._inner(arguments[key], (*arguments_path, key))
        expressions = {}
        if self.variables.values:
            numeric, fractional = numeric_arguments(cls), fractional_arguments(cls)
            expressions = self.resolve(arguments, numeric, arguments_path, fractional)
        if "name" in arguments:
            if beside.get("name") not in (None, arguments["name"]):
                raise LstmcountError("the name stands twice", path=(*arguments_path, "name"))
            beside = {**beside, "name": arguments.pop("name")}
        config = LayerConfig(
            class_name=cls.__name__,
            name=name_of(beside, path) or self.auto(cls.__name__),
            arguments=arguments,
            expressions=expressions,
            declared=declared,
            path=arguments_path,
        )
        return config, beside

    def _is_of_code(self, class_name: str) -> bool:
        """Whether the class can be defined only by the source's code (`--code`)."""
        is_known = registry.is_keras_layer(class_name) or class_name in registry.offered()
        return not is_known and bool(self.custom.code()) and self.custom.find(class_name) is None

    def _of_code(
        self, class_name: str, arguments: Any, beside: dict[str, Any], path: Path
    ) -> LayerConfig:
        if not isinstance(arguments, dict | None):
            hint = did_you_mean(class_name, registry.class_names())
            message = (
                f"expected the arguments of {class_name}, which is not a class of Keras, by name"
            )
            raise LstmcountError(f"{message}.{hint}" if hint else message, path=path)
        return LayerConfig(
            class_name=class_name,
            name=name_of(beside, path) or self.auto(class_name),
            arguments=arguments or {},
            strict=False,
            is_foreign=True,
            registered=class_name,
            path=path,
        )

    def _class(self, class_name: str, path: Path) -> tuple[Any, type[Layer]]:
        """The class of that name, with its declaration if it is custom."""
        own = registry.is_keras_layer(class_name)
        declared = None if own else self.custom.find(class_name)
        if declared is not None:
            from lstmcount.layers.custom.declared import layer_class

            return declared, layer_class(declared)
        try:
            cls = registry.find(class_name)
        except LstmcountError as error:
            raise error.at(*path) from None
        if cls is None:
            known = [*registry.class_names(), *registry.offered(), *self.custom.names()]
            hint = did_you_mean(class_name.removeprefix("keras.layers."), known)
            hint = " Did you mean Dense?" if class_name in LIKE_DENSE else hint
            hint = as_entry(class_name) or hint or " `lstmcount layers` lists them."
            if class_name in MODELS:
                hint = " A model within the model: `model: {input_shape: …, layers: […]}`."
            raise LstmcountError(f"unknown layer class {class_name!r}.{hint}", path=path)
        return None, cls

    def _inner(self, entry: Any, path: Path) -> Any:
        if isinstance(entry, list):
            return [self._inner(item, (*path, i)) for i, item in enumerate(entry)]
        layer = self.layer(entry, path)[0]
        if layer.kind == "op":
            raise LstmcountError("expected a layer, got an operation", path=path)
        return layer

    def _operation(
        self, function: str, written: Any, beside: dict[str, Any], path: Path
    ) -> tuple[LayerConfig, dict[str, Any]]:
        signature = operations.signature_of(function, path)
        arguments = operations.arguments_of(signature, written, path)
        constructor_arguments, passed = operations.split_arguments(signature, arguments, path)
        config = LayerConfig(
            class_name=signature.operation,
            name=name_of(beside, path[:-1]) or self.auto(signature.operation),
            arguments=constructor_arguments,
            kind="op",
            path=path,
        )
        return config, {**beside, "passed": passed}

    def resolve(
        self,
        arguments: dict[str, Any],
        numeric: Collection[str],
        path: Path,
        fractional: Collection[str] = (),
    ) -> dict[str, Any]:
        """Replace expressions in `given` by numbers; return the expressions by argument."""
        if not self.variables.values:
            return {}
        expressions = {}
        for key, value in arguments.items():
            if key in numeric and isinstance(value, str | list):
                fractions = key in fractional
                arguments[key], written = self.variables.resolve(value, (*path, key), fractions)
                if written is not None:
                    expressions[key] = written
        return expressions


def _by_name(written: Any, cls: type[Layer], path: Path) -> dict[str, Any]:
    """Arguments by name; a scalar is the first argument."""
    if written is None:
        return {}
    if not isinstance(written, dict):
        return {constructor_arguments(cls)[0]: written}
    for key in written:
        if not isinstance(key, str):
            raise LstmcountError(
                f"expected the names of arguments, got {key!r}", path=(*path, key), at_key=True
            )
        if cls.layer_arguments and registry.is_keras_layer(key):
            raise LstmcountError(
                f"{cls.__name__} has no argument {key!r}. A layer is given by name: "
                f"{cls.layer_arguments[0]}: {{{key}: …}}",
                path=(*path, key),
                at_key=True,
            )
    return dict(written)


def name_of(beside: dict[str, Any], path: Path) -> str | None:
    """The name beside a class, which must be a text."""
    name = beside.get("name")
    if name is not None and (not isinstance(name, str) or not name):
        raise LstmcountError(f"expected a name, got {name!r}", path=(*path, "name"))
    return name
