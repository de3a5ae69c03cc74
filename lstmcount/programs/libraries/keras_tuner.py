"""KerasTuner: models as functions of hyperparameters, counted at default or set values."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from typing import Any

from lstmcount.config import Hyperparameter
from lstmcount.programs.language.natives import arguments_by_name
from lstmcount.programs.language.provided import Module, Native
from lstmcount.programs.language.run import MISSING, Run, Stop, Value
from lstmcount.programs.language.setting_names import is_expression, normalized
from lstmcount.programs.language.values import Class, Function, Instance, Method
from lstmcount.shapes import Unknown

MODULES = ("keras_tuner", "kerastuner")
MAX_TRIALS = 20  # trials in the result of `get_best_hyperparameters` and `get_best_models`
_TUNERS = ("RandomSearch", "Hyperband", "BayesianOptimization", "GridSearch", "Tuner")
_READY_MADE = ("HyperResNet", "HyperXception", "HyperEfficientNet", "HyperImageAugment")
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
    """`keras_tuner.name`, or a name in one of its modules."""
    if name == "HyperParameters":
        return Native(name, lambda run, args, kwargs, node: HyperParameters(), raw=True)
    if name == "HyperModel":
        return HYPER_MODEL
    if name in _TUNERS:
        return TunerClass(name)
    if name in _READY_MADE:
        return Native(name, _refused, raw=True)
    return Module(f"{path}.{name}") if name.islower() and not name.startswith("_") else MISSING


class HyperModelClass(Value):
    """`keras_tuner.HyperModel`, the base of classes whose `build` creates a model."""

    def __repr__(self) -> str:
        return "HyperModel"


HYPER_MODEL = HyperModelClass()


class HyperParameters(Value):
    """The hyperparameters of one trial, which are added while a model is built."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.known: dict[str, list[Any]] = {}  # by name: the conditions of each use
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
            self.values[name] = _value(run, name, kind, arguments, node)
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
    **{kind: _retrieving(kind) for kind in _KINDS},
    "get": HyperParameters.get,
    "copy": HyperParameters.copy_of_all,
    "is_active": HyperParameters.is_active,
    "name_scope": HyperParameters.scope,
    "conditional_scope": HyperParameters.condition,
}


# -- values -------------------------------------------------------------------------------------


def _value(run: Run, name: str, kind: str, arguments: dict[str, Any], node: ast.AST) -> Any:
    """The value of a hyperparameter: the value that is set, or its default."""
    values = _values(run, kind, arguments)
    value = _default(kind, arguments, values)
    key = normalized(name)
    if kind != "Fixed" and key in run.settings:
        value = run.settings.use(key)
    elif isinstance(value, Unknown):
        value = run.unknown(key if is_expression(key) else run.source_of(node))
    if kind != "Fixed":
        run.library_state["keras_tuner"].setdefault(name, Hyperparameter(value, values))
    return value


def _default(kind: str, arguments: dict[str, Any], values: list[Any] | None) -> Any:
    default = arguments.get("value" if kind == "Fixed" else "default")
    if default is not None or kind == "Fixed":
        return default
    if kind == "Boolean":
        return False
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


# -- functions and tuners that build models -----------------------------------------------------


def parameter(function: Function, name: str, text: str) -> Any:
    """The hyperparameters to pass to a function's parameter; MISSING if it takes something else."""
    arguments = function.node.args
    by_name = {argument.arg: argument for argument in (*arguments.posonlyargs, *arguments.args)}
    annotation = by_name[name].annotation if name in by_name else None
    is_annotated = annotation is not None and "HyperParameters" in ast.unparse(annotation)
    if is_annotated or (name == "hp" and any(module in text for module in MODULES)):
        return HyperParameters()
    for node in ast.walk(function.node):
        if not isinstance(node, ast.Attribute) or node.attr not in _KINDS:
            continue
        if isinstance(node.value, ast.Name) and node.value.id == name:
            return HyperParameters()
    return MISSING


def builder(value: Any) -> Function | Method | None:
    """The function that creates the model of a `HyperModel`, or the given function; else None."""
    if isinstance(value, Function | Method):
        return value
    if isinstance(value, Instance) and HYPER_MODEL in value.cls.ancestry():
        build = value.cls.find("build")
        return Method(build, value) if isinstance(build, Function) else None
    return None


def _refused(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """A hypermodel of KerasTuner's own: the reader does not know the models that it builds."""
    words = run.source_of(node)
    message = f"{words} builds a model that is KerasTuner's own, which is not followed"
    run.refused.append(run.error(node, message))
    return run.unknown(words)


class TunerClass(Value):
    """A class of tuners, to be called or subclassed: `keras_tuner.RandomSearch`."""

    is_callable = True

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def call(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        tuner = Tuner(None)
        tuner.begin(run, args, kwargs, node)
        return tuner

    def new_instance(self, run: Run, cls: Class, node: ast.AST) -> Any:
        return Tuner(cls)


class Tuner(Value):
    """A tuner. Default values replace the best hyperparameters, which only a search could find."""

    def __init__(self, cls: Class | None) -> None:
        self.cls = cls  # if the program derives one
        self.hypermodel: Any = None
        self.best = HyperParameters()
        self.model: Any = None
        self.attributes: dict[str, Any] = {}

    def begin(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> None:
        """`RandomSearch(build_model, …)`: builds the model once."""
        hypermodel = kwargs.get("hypermodel", args[0] if args else None)
        if isinstance(hypermodel, Class):
            hypermodel = run.call(hypermodel, [], {}, node)
        self.hypermodel = hypermodel
        hyperparameters: Any = kwargs.get("hyperparameters")
        if isinstance(hyperparameters, HyperParameters):
            self.best = hyperparameters.copy_of_all(run, [], {}, node)
        build = builder(hypermodel)
        if build is not None:
            self.model = run.call(build, [self.best], {}, node)
            function = build.function if isinstance(build, Method) else build
            if isinstance(self.model, Value) and self.model.is_model:
                run.bindings.append((function.name, self.model, getattr(node, "lineno", 0)))

    def inherited(self, run: Run, name: str) -> Any:
        if name == "__init__":
            return Native(name, lambda run, *given: self.begin(run, *given), raw=True)
        return self.attribute(run, name, ast.Name(name))

    def after_init(self, run: Run) -> None:
        """Nothing is left to do once the program's own `__init__` has run."""

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        self.attributes[name] = new

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name in self.attributes:
            return self.attributes[name]
        own = MISSING if self.cls is None else self.cls.find(name)
        if own is not MISSING:
            return own.bound(run, self, node) if isinstance(own, Function) else own
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
        run.library_state["keras_tuner"].is_searched = True
        return [self.best] * _number(args, kwargs, "num_trials")

    def _best_models(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        run.library_state["keras_tuner"].is_searched = True
        if self.model is None:
            return run.unknown(run.source_of(node))
        return [self.model] * _number(args, kwargs, "num_models")


class _Built(Value):
    """The `HyperModel` that a tuner creates from a function."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.function if name == "build" else MISSING


def _number(args: list[Any], kwargs: dict[str, Any], name: str) -> int:
    number = args[0] if args else kwargs.get(name, 1)
    return min(number, MAX_TRIALS) if isinstance(number, int) else 1


# -- notes ---------------------------------------------------------------------------------------


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
