"""A model with variable sizes, which can be counted for different values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError, did_you_mean
from lstmcount.expressions.arithmetic import parsed
from lstmcount.graph.builder import build
from lstmcount.graph.model import Model
from lstmcount.graph.nested import model_macs
from lstmcount.shapes import Unknown
from lstmcount.sources import Source, read
from lstmcount.sources.settings import find_argument
from lstmcount.summary import count, dtype_bits, parts


class Measures(msgspec.Struct, frozen=True):
    """The counts of one evaluation, of the same kind as the variables: numbers, terms or arrays."""

    params: Any
    trainable_params: Any
    macs: Any
    size: Any  # bytes


MOST_NAMED = 8  # names in an error
MEASURES = Measures.__struct_fields__


class Values(dict[str, Any]):
    """Values for which layers are checked as if the source contained the numbers."""

    checked = True


class Template:
    """A source whose `variables` may take different values.

    A variable is one of the spec's `variables:` or a layer argument (`lstm.units`). A variable that
    decides which layers the model has is structural: the source is read again for each value.

    Raises `LstmcountError` for any other name.
    """

    def __init__(
        self, source: Source, variables: Sequence[str], settings: Mapping[str, Any] | None = None
    ) -> None:
        self.source = source
        self.settings = dict(settings or {})
        self.variables = tuple(variables)
        self.layers_read = 0  # number of layers read again for values of structural variables
        self.config = self._read({})
        self.structural = tuple(name for name in variables if name in self.config.structural)

    def _read(self, structure: Mapping[str, Any]) -> ModelConfig:
        config = read(self.source, settings={**self.settings, **structure})
        for name in self.variables:
            if name not in config.variables:
                open_argument(config, name)
            elif name in config.derived:
                raise LstmcountError(
                    f"{name!r} is computed from other variables: {config.derived[name]}"
                )
        return config

    def current(self, name: str) -> int:
        """The value that a variable has in the source."""
        value = self.config.variables[name]
        if not isinstance(value, int):
            raise LstmcountError(f"{name!r} is {value}, not a whole number")
        return value

    def model(self, values: Mapping[str, Any]) -> Model:
        """The model with these values of its variables."""
        structure = {name: values[name] for name in self.structural if name in values}
        config = self.config
        if structure:
            config = self._read(structure)
            self.layers_read += len(config.layers)
        return build(config, values=Values(environment(config, values)))

    def measure(self, values: Mapping[str, Any]) -> Measures:
        """The counts for plain or traced values, with the checks that the source's values get."""
        return measures(self.model(values))


def measures(model: Model) -> Measures:
    """The counts of a model. Raises `LstmcountError` if the input shape is unknown."""
    if not model.is_built:
        raise LstmcountError("the model's input shape is unknown, so nothing can be counted")
    weights = model.weights()
    trainable = parts(weights, trainable=True) if model.config.trainable else []
    bits: Any = sum(math.prod(w.shape) * dtype_bits(w.dtype) for w in weights)
    counts = (count(weights), count(trainable), model_macs(model), -(-bits // 8))
    return Measures(*(None if isinstance(value, Unknown) else value for value in counts))


def environment(config: ModelConfig, values: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every variable, including variables that are computed from others."""
    environment = {**config.variables, **values}
    for name, text in config.derived.items():
        environment[name] = parsed(text).value(environment)
    return environment


def refuse_measures(variables: Iterable[str]) -> None:
    """Raise `LstmcountError` for a variable that would share its column with a measure."""
    for name in variables:
        if name in MEASURES:
            raise LstmcountError(
                f"the variable {name!r} is called like a measure, which has a column of that name; "
                "rename the variable"
            )


def open_argument(config: ModelConfig, name: str) -> None:
    """Turn a layer argument such as `lstm.units` into a variable with that name.

    Raises `LstmcountError` if the argument does not exist or is not a whole number.
    """
    if "." not in name:
        hint = did_you_mean(name, config.variables)
        sizes = [
            (layer.name, argument)
            for layer in config.layers
            for argument, value in layer.arguments.items()
            if type(value) is int
        ]
        alike = [size for size in sizes if name in size]
        arguments = [f"{layer}.{argument}" for layer, argument in alike or sizes]
        names = [*config.variables, *arguments]
        known = f" Known: {', '.join(names[:MOST_NAMED])}." if names else ""
        raise LstmcountError(f"unknown variable {name!r}.{hint or known}")
    layer, argument = find_argument(config, name)
    if argument not in layer.arguments:
        raise LstmcountError(f"{name!r} has no value in the model; set it to a number first")
    value = layer.arguments[argument]
    if not isinstance(value, int) or isinstance(value, bool):
        raise LstmcountError(f"{name!r} is {value!r}, not a number")
    config.variables = {**config.variables, name: value}
    layer.expressions = {**layer.expressions, argument: name}
