"""The hyperparameters of KerasTuner: `hp.Int(…)` and its like."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from typing import Any

from lstmcount.config import DRAW_SEED, Hyperparameter
from lstmcount.programs.language.run import MISSING, Run, Stop
from lstmcount.programs.language.source.setting_names import is_expression, normalized
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

KINDS = ("Int", "Float", "Choice", "Boolean", "Fixed")
_ARGUMENTS = {
    "Int": ("name", "min_value", "max_value", "step", "sampling", "default"),
    "Float": ("name", "min_value", "max_value", "step", "sampling", "default"),
    "Choice": ("name", "values", "ordered", "default"),
    "Boolean": ("name", "default"),
    "Fixed": ("name", "value"),
}
MAX_SHOWN = 8  # allowed values in an error
_CONDITION = ("parent_name", "parent_values")


class HyperParameters(Value):
    """The hyperparameters of one trial, which are added while a model is built."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.known: dict[str, list[Any]] = {}  # by name: the conditions of each use
        self.conditions: list[tuple[str, list[Any]]] = []
        self.scopes: list[str] = []
        self.tunes_new_entries = True  # or those that are new keep their defaults

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "values":
            return self.values
        method = _METHODS.get(name)
        if method is None:
            return MISSING
        return Native(name, lambda *call: method(self, *call), raw=True)

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        run.weigh(node, key)
        return self.get(run, [key], {}, node)

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        return MISSING if isinstance(value, Unknown) else self.full_name(value) in self.values

    def full_name(self, name: Any) -> str:
        return "/".join([*self.scopes, str(name)])

    def get(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        name = self.full_name(args[0] if args else kwargs.get("name"))
        if name in self.values:
            return self.values[name]
        key = normalized(name)
        return run.settings.use(key) if key in run.settings else run.unknown(run.source_of(node))

    def retrieve(
        self, run: Run, kind: str, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """The value from `hp.Int(…)` and similar methods; None if its conditions do not hold."""
        arguments = arguments_by_name((*_ARGUMENTS[kind], *_CONDITION), args, kwargs)
        if isinstance(arguments.get("name"), Unknown):
            return run.unknown(run.source_of(node))
        name = self.full_name(arguments["name"])
        conditions = list(self.conditions)
        if arguments.get("parent_name") is not None:
            conditions.append(
                self._condition(arguments["parent_name"], arguments.get("parent_values"))
            )
        known_conditions = self.known.setdefault(name, [])
        run.spend(8 * (1 + len(conditions)), node)
        is_new = conditions not in known_conditions
        if is_new:
            known_conditions.append(conditions)
        if not all(self.values.get(parent, MISSING) in values for parent, values in conditions):
            return None
        if is_new and name not in self.values:
            tunes = self.tunes_new_entries and kind != "Fixed"
            self.values[name] = _value(run, name, kind, arguments, node, tunes)
        return self.values.get(name)

    def _condition(self, parent: Any, values: Any) -> tuple[str, list[Any]]:
        return self.full_name(parent), list(values) if isinstance(values, list | tuple) else [
            values
        ]

    def scope(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Value:
        """`with hp.name_scope(name):`"""
        return _StackEntry(self.scopes, str(args[0] if args else kwargs.get("name")))

    def condition(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Value:
        """`with hp.conditional_scope(parent_name, parent_values):`"""
        arguments = arguments_by_name(_CONDITION, args, kwargs)
        condition = self._condition(arguments.get("parent_name"), arguments.get("parent_values"))
        return _StackEntry(self.conditions, condition)

    def copy_of_all(self, run: Run, args: Any, kwargs: Any, node: ast.AST) -> HyperParameters:
        copy = HyperParameters()
        copy.values = dict(self.values)
        copy.known = {name: list(conditions) for name, conditions in self.known.items()}
        return copy

    def is_active(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> bool:
        return str(args[0]) in self.values


class _StackEntry(Value):
    """A context manager that keeps an entry on a stack during a `with` statement."""

    def __init__(self, stack: list[Any], entry: Any) -> None:
        self.stack, self.entry = stack, entry

    def enter(self, run: Run) -> Any:
        self.stack.append(self.entry)
        return MISSING

    def leave(self, run: Run, stop: Stop | None) -> bool:
        self.stack.pop()
        return False


Handler = Callable[[HyperParameters, Any, list[Any], dict[str, Any], ast.AST], Any]


def _retrieving(kind: str) -> Handler:
    def retrieve(hp: HyperParameters, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return hp.retrieve(run, kind, args, kwargs, node)

    return retrieve


_METHODS: dict[str, Handler] = {
    **{kind: _retrieving(kind) for kind in KINDS},
    "get": HyperParameters.get,
    "copy": HyperParameters.copy_of_all,
    "is_active": HyperParameters.is_active,
    "name_scope": HyperParameters.scope,
    "conditional_scope": HyperParameters.condition,
}


# -- values -------------------------------------------------------------------------------------


def _value(
    run: Run, name: str, kind: str, arguments: dict[str, Any], node: ast.AST, tunes: bool
) -> Any:
    """The value of a hyperparameter: the value that is set, or its default.

    Only one that a tuner `tunes` is varied in a sweep.
    """
    values = _values(run, kind, arguments)
    value = _default(kind, arguments, values)
    key = normalized(name)
    if kind == "Choice" and arguments.get("default") is not None:
        _require_allowed(run, name, arguments, values, value, node)
    if kind != "Fixed" and key in run.settings:
        value = run.settings.use(key)
        _require_allowed(run, name, arguments, values, value, node)
    elif tunes and values and DRAW_SEED in run.settings:
        value = _drawn(values, f"{name} {run.settings.use(DRAW_SEED)}")
    elif isinstance(value, Unknown):
        value = run.unknown(key if is_expression(key) else run.source_of(node))
    if tunes:
        space_of(run).setdefault(name, Hyperparameter(value, values))
    return value


def _require_allowed(
    run: Run,
    name: str,
    arguments: dict[str, Any],
    values: list[Any] | None,
    value: Any,
    node: ast.AST,
) -> None:
    """Raise an error for a value that the tuner could not choose."""
    low, high = arguments.get("min_value"), arguments.get("max_value")
    if first_unknown([values, low, high, value]) is not None:
        return
    if values is not None:
        is_allowed = any(_are_equal(value, each) for each in values)
        allowed = ", ".join(map(str, values[:MAX_SHOWN]))
        allowed = f"one of {allowed}{', …' if len(values) > MAX_SHOWN else ''}"
    elif isinstance(low, int | float) and isinstance(high, int | float):
        is_allowed = isinstance(value, int | float) and low <= value <= high
        allowed = f"a number from {low} to {high}"
    else:
        return
    if not is_allowed:
        run.fail(ValueError())
        raise run.error(node, f"the hyperparameter {name!r} is {allowed}, and not {value}")


def _are_equal(value: Any, other: Any) -> bool:
    if isinstance(value, float) and isinstance(other, float):
        return math.isclose(value, other)
    return bool(value == other) or str(value) == str(other)


def _drawn(values: list[Any], seed: str) -> Any:
    from random import Random

    return Random(seed).choice(values)


def _default(kind: str, arguments: dict[str, Any], values: list[Any] | None) -> Any:
    default = arguments.get("value" if kind == "Fixed" else "default")
    if default is not None or kind == "Fixed":
        return default
    if kind == "Boolean":
        return False
    if kind == "Choice" and values is None:
        return arguments.get("values")  # of which the first is not known
    if kind == "Choice":
        return None if not values or None in values else values[0]
    low = arguments["min_value"]
    return low if isinstance(low, Unknown) else float(low) if kind == "Float" else int(low)


def _values(run: Run, kind: str, arguments: dict[str, Any]) -> list[Any] | None:
    """All values that a hyperparameter may take; None for a range without steps."""
    if kind == "Boolean":
        return [False, True]
    if kind == "Choice":
        choices = arguments.get("values")
        return list(choices) if isinstance(choices, list | tuple) else None
    step, sampling = arguments.get("step"), arguments.get("sampling") or "linear"
    low, high = arguments.get("min_value"), arguments.get("max_value")
    if kind == "Int" and step is None and isinstance(low, int) and isinstance(high, int):
        step, sampling = 1, "linear"  # sampling changes probabilities, but not the possible values
    if kind == "Fixed" or not all(isinstance(bound, int | float) for bound in (low, high, step)):
        return None
    number = int if kind == "Int" else float
    return [number(value) for value in _steps(run, low, high, step, str(sampling).lower())]


def _steps(run: Run, low: Any, high: Any, step: Any, sampling: str) -> Iterator[Any]:
    """The values of a range, from the lowest to the highest."""
    if sampling == "linear":
        count = int((high - low) // step) + 1
    else:
        count = int(math.log(high / low, step) + 1e-8) + 1
    run.spend(8 * count)
    for index in range(count):
        if sampling == "linear":
            yield low + index * step
        else:
            power = low * math.pow(step, index)
            yield power if sampling == "log" else high + low - power


class HyperparameterSpace(dict[str, Hyperparameter]):
    """The hyperparameters that a program uses, by name."""

    is_searched = False  # whether the program asks for the best hyperparameters

    def notes(self) -> list[str]:
        """A note with the values that the model was built with."""
        if not self:
            return []
        shown = ", ".join(f"{name} = {parameter.value}" for name, parameter in self.items())
        message = "the best hyperparameters are not known before a search; the model is built"
        message = f"{message} at" if self.is_searched else "hyperparameters:"
        return [f"{message} {shown}; set others with --set NAME=VALUE"]


def space_of(run: Run) -> HyperparameterSpace:
    """The hyperparameters that one run of a program has used so far."""
    space: HyperparameterSpace
    space = run.library_state.setdefault("hyperparameters", HyperparameterSpace())
    return space
