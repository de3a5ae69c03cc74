"""What another run of a program gives: the same model, or another."""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import Any, Protocol

import msgspec

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs.discovery import all_candidates, candidates, try_uncalled
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.language.run import Stop
from lstmcount.programs.language.structures import unknown_words
from lstmcount.programs.libraries.keras.values.contents import problems_of
from lstmcount.programs.libraries.keras.values.objects import ModelObject
from lstmcount.programs.model_configs import config_of
from lstmcount.programs.model_names import bound_models
from lstmcount.programs.named_models import (
    last_model,
    made_models,
    model_named,
    models_of,
)
from lstmcount.shapes import Unknown
from lstmcount.summary import LayerSummary, Summary, is_unknown


class Follow(Protocol):
    """Follow the program again with some decisions forced, with more settings, and passing over
    code at the nodes of some decisions."""

    def __call__(
        self,
        forced: dict[str, int],
        more: dict[str, Any],
        passed_over: dict[ast.AST, ast.AST] | None = None,
    ) -> Outcome | None: ...


class Outcome:
    """The model from one run of a program, and the decisions that the run made."""

    def __init__(self, run: Interpreter, config: ModelConfig) -> None:
        self.decisions = list(run.decisions.values())
        self.decided = {decision.test: decision.words for decision in self.decisions}
        self.config = config
        self.uncaught = run.uncaught
        self.error: LstmcountError | None = None  # why Keras could not build the model

    @property
    def is_settled(self) -> bool:
        """Whether all counts of the model are known."""
        total = self.total
        return total is not None and total.isdigit()

    @property
    def total(self) -> str | None:
        numbers = self.numbers
        return None if numbers is None else numbers[0]

    @property
    def numbers(self) -> list[Any] | None:
        """The counts of the model; None if Keras could not build it."""
        return self._numbers

    @property
    def unknown_sizes(self) -> list[str]:
        """The texts of the unknown sizes of weights."""
        layers = self._summary.walk() if self._summary is not None else ()
        return unknown_words([list(weight.shape) for layer in layers for weight in layer.weights])

    @property
    def features(self) -> list[int]:
        """The sizes of the last axes of its layers' outputs."""
        layers = self._summary.walk() if self._summary is not None else ()
        shapes = [layer.output_shape for layer in layers if isinstance(layer.output_shape, tuple)]
        return [*dict.fromkeys([s[-1] for s in shapes if s and type(s[-1]) is int])]

    @cached_property
    def _summary(self) -> Summary | None:
        try:
            return infer(self.config)
        except LstmcountError as error:
            self.error = error
            return None

    @property
    def sizes(self) -> list[Any] | None:
        """The counts without those of what trains; None if Keras could not build the model."""
        if self.numbers is None or len(self.numbers) < 2:
            return self.numbers
        total, _, last, *layers = self.numbers
        return [total, last, *[layer[:-1] for layer in layers]]

    @cached_property
    def _numbers(self) -> list[Any] | None:
        summary = self._summary
        if summary is None:
            return None
        layers = [_numbers(layer) for layer in summary.walk() if layer.weights or layer.is_unbuilt]
        last = summary.layers[-1].output_shape if summary.layers else None
        is_open = is_unknown(summary.total_params, summary.walk())
        total = "?" if is_open else str(summary.total_params)
        return [total, str(summary.trainable_params), str(last), *layers]


class LostOutcome(Outcome):
    """A run in which the program makes a model that cannot be followed."""

    def __init__(self, run: Interpreter) -> None:
        super().__init__(run, ModelConfig(name="lost", class_name="Model", layers=[]))

    @property
    def numbers(self) -> list[Any]:
        return ["?"]


def _numbers(layer: LayerSummary) -> tuple[Any, ...]:
    return (layer.class_name, str(layer.params), str(layer.output_shape), layer.trainable)


class SameModel(msgspec.Struct):
    """How to find a model again when the program is followed again.

    `name` is None until the model is known. If `attempt` is not empty, only that function is called
    to find the model. None is called if the program itself makes models. If `is_lost`, the program
    binds the name to something unknown later. If `is_cut`, the limits ended the program.
    """

    wanted: str | None
    name: str | None = None
    attempt: str = ""
    makes_models: bool = False
    is_lost: bool = False
    is_cut: bool = False


def outcome_of(run: Interpreter, same: SameModel) -> Outcome | None:
    """The model after another run of the program; None if there is no such model."""
    if run.ended is not None and run.is_exhausted and not same.is_cut:
        return LostOutcome(run)  # the model is not yet what it will be
    try:
        model = _found_again(run, same)
        if model is None:
            is_lost = _makes_another(run, same) or calls_too_deep(run)
            return LostOutcome(run) if is_lost else None
        return LostOutcome(run) if problems_of(model) else Outcome(run, config_of(run, model))
    except (LstmcountError, Stop, RecursionError):
        return None


def _found_again(run: Interpreter, same: SameModel) -> ModelObject | None:
    if same.attempt:
        try_uncalled(run, only=same.attempt)
    if same.wanted is not None:
        return model_named(run, same.wanted, [])[1]
    if same.name is None:
        return last_model(run, [])[1]
    if isinstance(run.module.names.get(same.name), Unknown) and not same.is_lost:
        return None
    is_made = same.makes_models
    of_all = all_candidates if same.attempt else made_models if is_made else models_of
    made = {name: model for name, model, _ in of_all(run)}
    by_name = bound_models(run) | made  # a model may have several names
    if same.name in by_name:
        return by_name[same.name]
    if same.attempt:
        return by_name.get(same.attempt)
    return last_model(run, [])[1] if is_made and candidates(run) else None


def _makes_another(run: Interpreter, same: SameModel) -> bool:
    """Whether the program makes another model instead, which cannot be followed."""
    values = run.unknown_results if same.attempt else run.module.names
    made = values.get(same.attempt or same.name or "")
    return isinstance(made, Unknown) and not _is_loaded(run, made)


def calls_too_deep(run: Interpreter) -> bool:
    """Whether functions call each other deeper than the program is followed, so that it may go on.

    One of an unknown condition's ways, taken each time, never ends a recursion.
    """
    return run.ended is not None and not run.ended.is_end and not run.is_exhausted


def _is_loaded(run: Interpreter, model: Unknown) -> bool:
    """Whether a model comes from a file, where a program usually keeps the one that it makes."""
    origin = run.failed_imports.origin_of(model.text or "")
    return re.search(r"load|restore|model_from_", origin) is not None
