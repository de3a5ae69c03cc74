"""KerasTuner: models as functions of hyperparameters, at their defaults or the values set."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from lstmcount.config import Hyperparameter
from lstmcount.programs.language.provided import Module, Native
from lstmcount.programs.language.run import MISSING, Value
from lstmcount.programs.language.setting_names import is_expression, normal
from lstmcount.programs.language.values import Class, Function, Instance, Method
from lstmcount.shapes import Unknown

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run

MODULES = ("keras_tuner", "kerastuner")
MAX_TRIALS = 20  # of those that a tuner is asked for
_TUNERS = ("RandomSearch", "Hyperband", "BayesianOptimization", "GridSearch", "Tuner")
_KINDS = ("Int", "Float", "Choice", "Boolean", "Fixed")
_ARGUMENTS = {
    "Int": ("name", "min_value", "max_value", "step", "sampling", "default"),
    "Float": ("name", "min_value", "max_value", "step", "sampling", "default"),
    "Choice": ("name", "values", "ordered", "default"),
    "Boolean": ("name", "default"),
    "Fixed": ("name", "value"),
}
_CONDITION = ("parent_name", "parent_values")
_IGNORED = ("search", "search_space_summary", "results_summary", "reload", "save_model")


def member(path: str, name: str) -> Any:
    """`keras_tuner.name`, or of one of its modules."""
    if name == "HyperParameters":
        return Native(name, lambda run, args, kwargs, node: HyperParameters(), raw=True)
    if name == "HyperModel":
        return HYPER_MODEL
    if name in _TUNERS:
        return Native(name, Tuner.of_call, raw=True)
    return Module(f"{path}.{name}") if name.islower() and not name.startswith("_") else MISSING


class HyperModelClass(Value):
    """`keras_tuner.HyperModel`, the base of classes whose `build` makes a model."""

    def __repr__(self) -> str:
        return "HyperModel"


HYPER_MODEL = HyperModelClass()


class HyperParameters(Value):
    """The values of one trial, which grow while a model is built."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.known: dict[str, list[Any]] = {}  # the conditions under which each was asked for
        self.conditions: list[tuple[str, list[Any]]] = []
        self.scopes: list[str] = []

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

    def full_name(self, name: Any) -> str:
        return "/".join([*self.scopes, str(name)])

    def get(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        name = self.full_name(args[0] if args else kwargs.get("name"))
        if name in self.values:
            return self.values[name]
        key = normal(name)
        return run.settings.use(key) if key in run.settings else run.unknown(run.source_of(node))

    def retrieve(
        self, run: Run, kind: str, args: list[Any], kwargs: dict[str, Any], node: ast.AST
    ) -> Any:
        """`hp.Int(…)` and the like: the value; None where the conditions do not hold."""
        given = {**dict(zip((*_ARGUMENTS[kind], *_CONDITION), args, strict=False)), **kwargs}
        if isinstance(given.get("name"), Unknown):
            return run.unknown(run.source_of(node))
        name = self.full_name(given["name"])
        conditions = list(self.conditions)
        if given.get("parent_name") is not None:
            conditions.append(self._condition(given["parent_name"], given.get("parent_values")))
        asked = self.known.setdefault(name, [])
        run.spend(8 * (1 + len(conditions)), node)
        is_new = conditions not in asked
        if is_new:
            asked.append(conditions)
        if not all(self.values.get(parent, MISSING) in values for parent, values in conditions):
            return None
        if is_new and name not in self.values:
            self.values[name] = _value(run, name, kind, given, node)
        return self.values.get(name)

    def _condition(self, parent: Any, values: Any) -> tuple[str, list[Any]]:
        return self.full_name(parent), list(values) if isinstance(values, list | tuple) else [
            values
        ]

    def scope(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Value:
        """`with hp.name_scope(name):`"""
        return _Scope(self.scopes, str(args[0] if args else kwargs.get("name")))

    def condition(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Value:
        """`with hp.conditional_scope(parent_name, parent_values):`"""
        given = {**dict(zip(_CONDITION, args, strict=False)), **kwargs}
        found = self._condition(given.get("parent_name"), given.get("parent_values"))
        return _Scope(self.conditions, found)

    def copied(self, run: Run, args: Any, kwargs: Any, node: ast.AST) -> HyperParameters:
        copy = HyperParameters()
        copy.values = dict(self.values)
        copy.known = {name: list(asked) for name, asked in self.known.items()}
        return copy

    def is_active(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> bool:
        return str(args[0]) in self.values


class _Scope(Value):
    """Something on a stack for as long as a `with` statement lasts."""

    def __init__(self, stack: list[Any], entry: Any) -> None:
        self.stack, self.entry = stack, entry

    def enter(self, run: Run) -> None:
        self.stack.append(self.entry)

    def leave(self, run: Run) -> None:
        self.stack.pop()


Handler = Callable[[HyperParameters, Any, list[Any], dict[str, Any], ast.AST], Any]


def _retrieving(kind: str) -> Handler:
    def retrieve(hp: HyperParameters, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return hp.retrieve(run, kind, args, kwargs, node)

    return retrieve


_METHODS: dict[str, Handler] = {
    **{kind: _retrieving(kind) for kind in _KINDS},
    "get": HyperParameters.get,
    "copy": HyperParameters.copied,
    "is_active": HyperParameters.is_active,
    "name_scope": HyperParameters.scope,
    "conditional_scope": HyperParameters.condition,
}


# -- values -------------------------------------------------------------------------------------


def _value(run: Run, name: str, kind: str, given: dict[str, Any], node: ast.AST) -> Any:
    """The value of a hyperparameter: one that is set, else its default."""
    values = _values(run, kind, given)
    value = _default(kind, given, values)
    key = normal(name)
    if kind != "Fixed" and key in run.settings:
        value = run.settings.use(key)
    elif isinstance(value, Unknown):
        value = run.unknown(key if is_expression(key) else run.source_of(node))
    if kind != "Fixed":
        run.kept["keras_tuner"].setdefault(name, Hyperparameter(value, values))
    return value


def _default(kind: str, given: dict[str, Any], values: list[Any] | None) -> Any:
    default = given.get("value" if kind == "Fixed" else "default")
    if default is not None or kind == "Fixed":
        return default
    if kind == "Boolean":
        return False
    if kind == "Choice":
        return None if not values or None in values else values[0]
    low = given["min_value"]
    return low if isinstance(low, Unknown) else float(low) if kind == "Float" else int(low)


def _values(run: Run, kind: str, given: dict[str, Any]) -> list[Any] | None:
    """All the values that a hyperparameter may take; None for a range without steps."""
    if kind == "Boolean":
        return [False, True]
    if kind == "Choice":
        choices = given.get("values")
        return list(choices) if isinstance(choices, list | tuple) else None
    step, sampling = given.get("step"), given.get("sampling") or "linear"
    low, high = given.get("min_value"), given.get("max_value")
    if kind == "Int" and step is None and isinstance(low, int) and isinstance(high, int):
        step, sampling = 1, "linear"  # what the sampling makes likelier are still all of them
    if kind == "Fixed" or not all(isinstance(one, int | float) for one in (low, high, step)):
        return None
    number = int if kind == "Int" else float
    return [number(value) for value in _steps(run, low, high, step, str(sampling).lower())]


def _steps(run: Run, low: Any, high: Any, step: Any, sampling: str) -> Iterator[Any]:
    """The steps from the lowest value to the highest."""
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


# -- functions and tuners that build models -----------------------------------------------------


def parameter(function: Function, name: str, text: str) -> Any:
    """What a parameter of a function must be that no call gives; MISSING for no hyperparameters."""
    arguments = function.node.args
    by_name = {one.arg: one for one in (*arguments.posonlyargs, *arguments.args)}
    annotation = by_name[name].annotation if name in by_name else None
    is_said = annotation is not None and "HyperParameters" in ast.unparse(annotation)
    if is_said or (name == "hp" and any(module in text for module in MODULES)):
        return HyperParameters()
    for node in ast.walk(function.node):
        if not isinstance(node, ast.Attribute) or node.attr not in _KINDS:
            continue
        if isinstance(node.value, ast.Name) and node.value.id == name:
            return HyperParameters()
    return MISSING


def builder(value: Any) -> Function | Method | None:
    """The function that makes the model of a `HyperModel`, or of a function in its place."""
    if isinstance(value, Function | Method):
        return value
    if isinstance(value, Instance) and HYPER_MODEL in value.cls.ancestry():
        build = value.cls.find("build")
        return Method(build, value) if isinstance(build, Function) else None
    return None


class Tuner(Value):
    """A tuner: of a search, the values that stand in for the best ones are the defaults."""

    def __init__(self, hypermodel: Any, best: HyperParameters) -> None:
        self.hypermodel = hypermodel
        self.best = best
        self.model: Any = None

    @staticmethod
    def of_call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        """`RandomSearch(build_model, …)`, which builds the model once."""
        hypermodel = kwargs.get("hypermodel", args[0] if args else None)
        if isinstance(hypermodel, Class):
            hypermodel = run.call(hypermodel, [], {}, node)
        given: Any = kwargs.get("hyperparameters")
        is_given = isinstance(given, HyperParameters)
        tuner = Tuner(
            hypermodel, given.copied(run, [], {}, node) if is_given else HyperParameters()
        )
        build = builder(hypermodel)
        if build is not None:
            tuner.model = run.call(build, [tuner.best], {}, node)
            function = build.function if isinstance(build, Method) else build
            if isinstance(tuner.model, Value) and tuner.model.is_model:
                run.bindings.append((function.name, tuner.model, getattr(node, "lineno", 0)))
        return tuner

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "hypermodel":
            is_object = isinstance(self.hypermodel, Instance)
            return self.hypermodel if is_object else _Built(self.hypermodel)
        if name == "get_best_hyperparameters":
            return Native(name, self._best, raw=True)
        if name == "get_best_models":
            return Native(name, self._best_models, raw=True)
        if name in _IGNORED:
            return Native(name, lambda *args, **kwargs: None)
        return MISSING

    def _best(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> list[Any]:
        run.kept["keras_tuner"].is_searched = True
        return [self.best] * _number(args, kwargs, "num_trials")

    def _best_models(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        run.kept["keras_tuner"].is_searched = True
        if self.model is None:
            return run.unknown(run.source_of(node))
        return [self.model] * _number(args, kwargs, "num_models")


class _Built(Value):
    """The `HyperModel` that a tuner makes of a function."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.function if name == "build" else MISSING


def _number(args: list[Any], kwargs: dict[str, Any], name: str) -> int:
    number = args[0] if args else kwargs.get(name, 1)
    return min(number, MAX_TRIALS) if isinstance(number, int) else 1


# -- what is said of them -----------------------------------------------------------------------


class Space(dict[str, Hyperparameter]):
    """The hyperparameters that a program has asked for."""

    is_searched = False  # for the best of them

    def notes(self) -> list[str]:
        """Which values a model was built at."""
        if not self:
            return []
        shown = ", ".join(f"{name} = {one.value}" for name, one in self.items())
        what = "the best hyperparameters are not known before a search; the model is built"
        what = f"{what} at" if self.is_searched else "hyperparameters:"
        return [f"{what} {shown}; others with --set NAME=VALUE"]
