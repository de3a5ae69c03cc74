"""KerasTuner: models as functions of hyperparameters, counted at default or set values."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

from lstmcount.programs.language.objects.own_classes import Class, Instance
from lstmcount.programs.language.objects.own_functions import Function, Method
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import Module, Namespace, Native
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.hyperparameters import KINDS, HyperParameters, space_of

MAX_TRIALS = 20  # trials in the result of `get_best_hyperparameters` and `get_best_models`
_TUNERS = ("RandomSearch", "Hyperband", "BayesianOptimization", "GridSearch", "Tuner")
_READY_MADE = ("HyperResNet", "HyperXception", "HyperEfficientNet", "HyperImageAugment")
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

    def new_instance(self, run: Run, cls: Class, node: ast.AST) -> Any:
        return _HyperModel(cls)


class _HyperModel(Instance):
    """An object of a class that derives from `HyperModel`, whose `__init__` takes a name."""

    def __init__(self, cls: Class) -> None:
        super().__init__(cls)
        self.attributes |= {"name": None, "tunable": True}

    def inherited(self, run: Run, name: str) -> Any:
        is_init = name == "__init__"
        return Native(name, self._begin, raw=True) if is_init else super().inherited(run, name)

    @property
    def builder(self) -> Function | Method | None:
        build = self.cls.find("build")
        return Method(build, self) if isinstance(build, Function) else None

    def _begin(self, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> None:
        self.attributes |= dict(zip(("name", "tunable"), args, strict=False)) | kwargs


HYPER_MODEL = HyperModelClass()


# -- functions and tuners that build models -----------------------------------------------------


def parameter(function: Function, name: str, is_tuned: bool) -> Any:
    """The hyperparameters to pass to a function's parameter; MISSING if it takes something else.

    `is_tuned` says whether the program imports a tuner.
    """
    arguments = function.node.args
    by_name = {argument.arg: argument for argument in (*arguments.posonlyargs, *arguments.args)}
    annotation = by_name[name].annotation if name in by_name else None
    is_annotated = annotation is not None and "HyperParameters" in ast.unparse(annotation)
    if is_annotated or (name == "hp" and is_tuned):
        return HyperParameters()
    return HyperParameters() if name in _asked_for_values(function.node) else MISSING


@lru_cache(maxsize=1024)
def _asked_for_values(function: ast.AST) -> frozenset[str]:
    """The names that a function asks for hyperparameters, as in `hp.Int(…)`."""
    return frozenset(
        node.value.id
        for node in ast.walk(function)
        if isinstance(node, ast.Attribute)
        and node.attr in KINDS
        and isinstance(node.value, ast.Name)
    )


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
            self.best.tunes_new_entries = kwargs.get("tune_new_entries", True) is not False
        build = hypermodel.builder if isinstance(hypermodel, Value) else None
        if build is not None:
            self.model = run.call(build, [self.best], {}, node)
            function = build.function if isinstance(build, Method) else build
            if isinstance(self.model, Value) and self.model.is_model:
                run.bindings.append((function.name, self.model, getattr(node, "lineno", 0)))

    @property
    def made_model(self) -> Any:
        return self.model

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
        if name == "oracle":
            return Namespace({"hyperparameters": self.best})
        if name == "get_best_hyperparameters":
            return Native(name, self._best, raw=True)
        if name == "get_best_models":
            return Native(name, self._best_models, raw=True)
        if name in _IGNORED:
            return Native(name, lambda *args, **kwargs: None)
        return MISSING

    def _best(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> list[Any]:
        space_of(run).is_searched = True
        return [self.best] * _number(args, kwargs, "num_trials")

    def _best_models(self, run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        space_of(run).is_searched = True
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
