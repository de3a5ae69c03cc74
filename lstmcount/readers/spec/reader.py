"""Hand-written specs: `input_shape` (or `inputs`), `layers`, and the keys beside them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from typing import Any

from lstmcount.config import MODEL_CALL, Call, LayerConfig, ModelConfig, TensorRef, freeze
from lstmcount.errors import LstmcountError, Path, did_you_mean, did_you_mean_or_known
from lstmcount.expressions.variables import SpecVariables
from lstmcount.layers.base import unknown_keyword
from lstmcount.layers.custom.known import NONE, CustomLayers
from lstmcount.layers.making.from_configs import class_of
from lstmcount.naming import AutoNames
from lstmcount.readers.spec import operations
from lstmcount.readers.spec.entries import (
    BESIDE,
    NO_LIST,
    branches,
    dimension,
    input_dims,
    only,
    refuse_unused,
    written_shape,
)
from lstmcount.readers.spec.layers import LayerReader, name_of
from lstmcount.structures import is_constant

TOP_KEYS = (
    "name", "input_shape", "inputs", "layers", "outputs", "batch_size", "dtype", "trainable",
    "budget", "variables", "custom_layers",
)  # fmt: skip
_LIKE_INPUT_SHAPE = ("input", "shape", "batch_input_shape", "batch_shape")
MAX_LAYERS = 50_000
_OUTPUT = re.compile(r"(.*)\[(\d+)\]")

Nested = Callable[[str, Path, CustomLayers], ModelConfig]


def is_spec(data: Any) -> bool:
    return isinstance(data, dict) and "layers" in data and "config" not in data


def read_spec(
    data: Any,
    *,
    name: str = "model",
    nested: Nested | None = None,
    settings: dict[str, Any] | None = None,
    custom: CustomLayers = NONE,
) -> ModelConfig:
    """The model that a spec describes.

    `nested` reads the files that `model:` entries name. `settings` override variables; settings
    that are not variables of the spec stay in the dict.

    Raises `LstmcountError` with the path of the error.
    """
    settings = {} if settings is None else settings
    variables = SpecVariables(data.get("variables"), settings)
    for name_ in set(settings) - set(variables.unclaimed):
        del settings[name_]
    config = _Spec(data, name, nested, variables, custom, itertools.count(1)).read()
    variables.refuse_unused()
    config.variables = variables.values
    config.derived = {name: each.text for name, each in variables.expressions.items()}
    config.structural = frozenset(variables.structural)
    return config


class _Spec:
    def __init__(
        self,
        data: Any,
        name: str,
        nested: Nested | None,
        variables: SpecVariables,
        custom: CustomLayers,
        counter: Iterator[int],
    ) -> None:
        self.data = data
        self.counter = counter  # of the entries read, repeated and inside nested models
        self.custom = custom.with_declared(data.get("custom_layers"))
        self.variables = variables
        self.name = name
        self.nested = nested
        self.auto = AutoNames()
        self.entries = LayerReader(self.custom, variables, self.auto, self._model)
        self.layers: list[LayerConfig] = []
        self.by_name: dict[str, LayerConfig] = {}
        self.tensors: dict[str, TensorRef] = {}  # names allowed in `inputs:`
        self.previous: Any = None  # input of an entry without `inputs:`
        self.is_graph = False

    def read(self) -> ModelConfig:
        """The model of the spec. Raises `LstmcountError` with the path of what is wrong."""
        if isinstance(self.data.get("input"), dict):
            self.data = {"inputs" if key == "input" else key: v for key, v in self.data.items()}
        data = self.data
        for key in data:
            if key not in (*TOP_KEYS, *_LIKE_INPUT_SHAPE):
                hint = did_you_mean_or_known(str(key), TOP_KEYS)
                raise LstmcountError(f"unknown key {key!r}.{hint}", path=(str(key),), at_key=True)
        if not isinstance(data["layers"], list) or not data["layers"]:
            raise LstmcountError(NO_LIST, path=("layers",))
        self.is_graph = "inputs" in data or "outputs" in data or branches(data["layers"])
        self._read_inputs()
        self._read_layers(data["layers"], ("layers",), "")
        config = ModelConfig(
            name=self._text("name", self.name),
            layers=self.layers,
            trainable=self._flag("trainable"),
            dtype=data.get("dtype"),
            budget=self._budget(),
        )
        if self.is_graph:
            config.class_name = "Functional"
            config.inputs = [
                TensorRef(layer.name or "")
                for layer in self.layers
                if layer.class_name == "InputLayer"
            ]
            config.outputs = self._outputs()
            refuse_unused(config)
        return config

    def _text(self, key: str, default: str) -> str:
        value = self.data.get(key, default)
        if not isinstance(value, str) or not value:
            raise LstmcountError(f"expected a name, got {value!r}", path=(key,))
        return value

    def _flag(self, key: str) -> bool:
        value = self.data.get(key, True)
        if not isinstance(value, bool):
            raise LstmcountError(f"expected true or false, got {value!r}", path=(key,))
        return value

    def _budget(self) -> Any:
        """The budget block, with expressions over variables replaced by amounts."""
        budget = self.data.get("budget")
        if not self.variables.values or not isinstance(budget, dict):
            return budget
        return {
            key: self.variables.amount(value, ("budget", str(key))) for key, value in budget.items()
        }

    # -- inputs and outputs ---------------------------------------------------------------------

    def _read_inputs(self) -> None:
        data = self.data
        if "inputs" in data and "input_shape" in data:
            raise LstmcountError("give either input_shape or inputs", path=("input_shape",))
        if isinstance(data.get("inputs"), dict):
            for key, value in data["inputs"].items():
                path: Path = ("inputs", str(key))
                if isinstance(value, dict):
                    extra = {k: v for k, v in value.items() if k != "shape"}
                    self._add_input(str(key), value.get("shape"), extra, path)
                else:
                    self._add_input(str(key), value, {}, path)
        else:
            keys = ("inputs", "input_shape", *_LIKE_INPUT_SHAPE)
            key = next((key for key in keys if data.get(key) is not None), None)
            if key is not None:
                shape, extra = written_shape(data[key]), {}
                if key.startswith("batch_") and isinstance(shape, list) and shape:
                    extra, shape = {"batch_size": shape[0]}, shape[1:]
                self._add_input(self.auto("InputLayer"), shape, extra, (key,))
        names = list(self.by_name)
        self.previous = TensorRef(names[0]) if len(names) == 1 else None

    def _add_input(self, name: str, shape: Any, extra: dict[str, Any], path: Path) -> None:
        arguments = {
            "shape": written_shape(shape),
            "batch_size": self.data.get("batch_size"),
            **extra,
        }
        expressions = self.entries.resolve(arguments, ("shape", "batch_size"), path)
        arguments["shape"] = input_dims(arguments["shape"], path)
        if "shape" in expressions and not isinstance(expressions["shape"], list):
            expressions["shape"] = [expressions["shape"]]
        if arguments["batch_size"] is not None:
            arguments["batch_size"] = dimension(arguments["batch_size"], ("batch_size",))
        self._add(
            LayerConfig(
                class_name="InputLayer",
                name=name,
                arguments=arguments,
                expressions=expressions,
                path=path,
            )
        )

    def _outputs(self) -> Any:
        wanted = self.data.get("outputs")
        if wanted is None:
            return self.previous
        return self._references(wanted, ("outputs",))

    # -- entries --------------------------------------------------------------------------------

    def _read_layers(self, entries: Any, path: Path, suffix: str) -> None:
        for i, entry in enumerate(entries):
            self._read_entry(entry, (*path, i), suffix)

    def _read_entry(self, entry: Any, path: Path, suffix: str) -> None:
        if next(self.counter) > MAX_LAYERS:
            raise LstmcountError(f"the model has more than {MAX_LAYERS:,} layers", path=path)
        if isinstance(entry, dict) and "repeat" in entry:
            self._read_repeat(entry, path, suffix)
        elif isinstance(entry, dict) and "call" in entry:
            self._read_call(entry, path, suffix)
        else:
            layer, beside = self.entries.layer(entry, path)
            if beside.get("name") is not None and suffix:
                layer.name = f"{layer.name}{suffix}"
            if "input_shape" in beside and not self.layers and not self.is_graph:
                shape_path = (*layer.path, "input_shape")
                self._add_input(self.auto("InputLayer"), beside["input_shape"], {}, shape_path)
            self._add(layer)
            if layer.class_name == "InputLayer":
                self._refuse_another_input(layer)
                self.previous = TensorRef(layer.name or "")
            else:
                self._connect(layer, beside, path, suffix)

    def _refuse_another_input(self, layer: LayerConfig) -> None:
        first = self.layers[0]
        if not self.is_graph and first is not layer:
            message = f"the input {first.name!r}" if first.class_name == "InputLayer" else "a layer"
            raise LstmcountError(f"an input stands after {message}", path=layer.path)

    def _read_repeat(self, entry: dict[str, Any], path: Path, suffix: str) -> None:
        only(entry, ("repeat", "layers"), path)
        times = entry["repeat"]
        if isinstance(times, str) and self.variables.values:
            times = self.variables.structure(times, (*path, "repeat"))
        if not isinstance(times, int) or isinstance(times, bool) or times < 0:
            raise LstmcountError(
                f"expected a number of repetitions, got {times!r}", path=(*path, "repeat")
            )
        block = entry.get("layers")
        if not isinstance(block, list) or not block:
            raise LstmcountError(NO_LIST, path=(*path, "layers"))
        if times * len(block) + len(self.layers) > MAX_LAYERS:
            raise LstmcountError(
                f"{times:,} repetitions make more than {MAX_LAYERS:,} layers",
                path=(*path, "repeat"),
            )
        for i in range(times):
            self._read_layers(block, (*path, "layers"), f"{suffix}_{i}" if i else suffix)

    def _read_call(self, entry: dict[str, Any], path: Path, suffix: str) -> None:
        only(entry, ("call", *BESIDE), path)
        target = str(entry["call"])
        layer = self.by_name.get(target + suffix) or self.by_name.get(target)
        if layer is None:
            hint = did_you_mean(target, self.by_name)
            raise LstmcountError(f"there is no layer {target!r} yet.{hint}", path=(*path, "call"))
        if layer.class_name == "InputLayer":
            raise LstmcountError(
                f"{target!r} is an input, which nothing calls", path=(*path, "call")
            )
        if layer.kind == "op":
            raise LstmcountError(
                f"{target!r} is an operation, which has nothing to share: say it again",
                path=(*path, "call"),
            )
        self._connect(layer, entry, path, suffix)
        if (name := name_of(entry, path)) is not None:
            self._name_tensor(name + suffix, self.previous, path)

    def _connect(self, layer: LayerConfig, beside: dict[str, Any], path: Path, suffix: str) -> None:
        if not self.is_graph:
            return
        wanted = beside.get("inputs")
        if wanted is None:
            if self.previous is None:
                names = ", ".join(self.by_name)
                raise LstmcountError(
                    f"say which inputs layer {layer.name!r} reads (of {names})", path=path
                )
            call = Call([self.previous], {}, path)
        if layer.kind == "op":
            read = self.previous
            if wanted is not None:
                read = self._value(wanted, (*path, "inputs"), suffix)
            call = Call(operations.call_of(layer, read, beside["passed"], path), {}, path)
        elif wanted is not None:
            call = Call(*self._arguments(layer, wanted, (*path, "inputs"), suffix), path)
        layer.calls.append(call)
        self.previous = TensorRef(layer.name or "", len(layer.calls) - 1, None)

    def _arguments(
        self, layer: LayerConfig, wanted: Any, path: Path, suffix: str
    ) -> tuple[list[Any], dict[str, Any]]:
        """The arguments that Keras code would pass to a layer of that class: in order, by name, or
        the first ones in order and the rest by name.
        """
        cls = class_of(layer)
        names = cls.call_arguments if cls else ("inputs",)
        keywords = cls.keywords() if cls else MODEL_CALL
        if isinstance(wanted, dict) and (
            not wanted.keys().isdisjoint(names[:1]) if cls else set(wanted) == set(names)
        ):
            return [], self._by_name(layer, wanted, keywords, path, suffix)
        named: dict[str, Any] = {}
        last = wanted[-1] if isinstance(wanted, list) and len(wanted) > 1 else None
        if is_constant(last):
            last = None
        if isinstance(last, dict) and (len(names) > 1 or not last.keys().isdisjoint(keywords)):
            place = (*path, len(wanted) - 1)
            named = self._by_name(layer, last, keywords, place, suffix)
            wanted = wanted[:-1] if len(wanted) > 2 else wanted[0]
        read = self._references(wanted, path, suffix)
        if isinstance(read, list) and len(names) > 1:
            if "initial_state" in names and len(read) > 1:
                return read[:1], {"initial_state": read[1:], **named}
            return read, named
        return [read], named

    def _by_name(
        self, layer: LayerConfig, wanted: Any, known: tuple[str, ...], path: Path, suffix: str
    ) -> dict[str, Any]:
        arguments = {}
        for key, value in wanted.items():
            if key not in known:
                message = unknown_keyword(layer.class_name, str(key), known)
                raise LstmcountError(message, path=(*path, str(key)), at_key=True)
            arguments[key] = self._value(value, (*path, key), suffix)
        return arguments

    def _value(self, value: Any, path: Path, suffix: str) -> Any:
        """An argument of a call: names of layers for tensors, and plain values other than texts."""
        if isinstance(value, list):
            return [self._value(item, (*path, i), suffix) for i, item in enumerate(value)]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self._references(value, path, suffix)

    def _add(self, layer: LayerConfig) -> None:
        name = layer.name or ""
        if name in self.by_name:
            raise LstmcountError(
                f"the name {name!r} is used twice; every layer needs its own", path=layer.path
            )
        self.by_name[name] = layer
        self.layers.append(layer)
        self._name_tensor(name, TensorRef(name, 0, None), layer.path)

    def _name_tensor(self, name: str, ref: TensorRef, path: Path) -> None:
        if name in self.tensors:
            raise LstmcountError(f"the name {name!r} is used twice", path=(*path, "name"))
        self.tensors[name] = ref

    def _references(self, wanted: Any, path: Path, suffix: str = "") -> Any:
        if isinstance(wanted, str):
            return self._reference(wanted, path, suffix)
        if is_constant(wanted):
            return wanted
        if isinstance(wanted, list) and wanted:
            return [self._references(item, (*path, i), suffix) for i, item in enumerate(wanted)]
        if isinstance(wanted, dict) and wanted:
            return {
                str(key): self._references(item, (*path, str(key)), suffix)
                for key, item in wanted.items()
            }
        raise LstmcountError(f"expected the name of a layer, got {wanted!r}", path=path)

    def _reference(self, name: str, path: Path, suffix: str) -> TensorRef:
        base, output = name, None
        if name not in self.tensors and (indexed := _OUTPUT.fullmatch(name)):
            base, output = indexed[1], int(indexed[2])
        ref = self.tensors.get(base + suffix) or self.tensors.get(base)
        if ref is None:
            hint = did_you_mean(base, self.tensors)
            raise LstmcountError(f"there is no layer or input {base!r} above.{hint}", path=path)
        return TensorRef(ref.layer, ref.node, output)

    # -- models in models ------------------------------------------------------------------------

    def _model(self, written: Any, beside: dict[str, Any], path: Path) -> LayerConfig:
        model_path = (*path, "model")
        if isinstance(written, dict) and is_spec(written):
            try:
                shared = self.nested, self.variables, self.custom, self.counter
                model = _Spec(written, self.auto("Sequential"), *shared).read()
            except LstmcountError as error:
                raise error.at(*model_path) from None
        elif isinstance(written, str) and self.nested is not None:
            model = self.nested(written, model_path, self.custom)
        else:
            raise LstmcountError("expected the path of a model file", path=model_path)
        if not beside.get("trainable", True):
            freeze(model)
        model.name = beside.get("name") or model.name
        return LayerConfig(class_name=model.class_name, name=model.name, model=model, path=path)
