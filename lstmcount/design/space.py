"""Count the models of a tuner's trials, over the ranges of the hyperparameters."""

from __future__ import annotations

import math
import random
import statistics
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from lstmcount.config import DRAW_SEED, Hyperparameter, ModelConfig
from lstmcount.design.conditions import Condition
from lstmcount.design.sweep import Points
from lstmcount.design.template import measures, refuse_measures
from lstmcount.design.vectorised import numpy
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build
from lstmcount.sources import Source, read

CHUNK = 50
MAX_TRIALS = 5_000
FEW = 30  # trials that are counted, and then drawn at random, before many are counted


class Trial(msgspec.Struct, frozen=True):
    """The hyperparameters that a program uses in a trial, and the counts of the trial's model."""

    space: dict[str, Hyperparameter]
    counts: dict[str, Any]
    error: str | None = None


class TrialSpace:
    """The trials of a program. The values in `settings` are the same in all trials."""

    def __init__(self, source: Source, settings: Mapping[str, Any]) -> None:
        self.source = source
        self.settings = dict(settings)
        self.first = read(source, settings=self.settings)

    @property
    def continuous(self) -> list[str]:
        """Hyperparameters whose ranges have no steps; they keep their default values."""
        return [name for name, parameter in self.first.space.items() if parameter.values is None]

    def at(self, chosen: Mapping[str, Any]) -> Trial:
        config: object = None
        try:
            config = read(self.source, settings={**self.settings, **chosen})
            measured = measures(build(config))
        except LstmcountError as error:
            config = config or error.partial
            if not isinstance(config, ModelConfig):
                raise
            at = ", ".join(f"{name} = {used.value}" for name, used in config.space.items())
            return Trial(config.space, {}, f"at {at}: {error}")
        counts = msgspec.structs.asdict(measured)
        return Trial(config.space, {k: v for k, v in counts.items() if v is not None})

    def choices(self, trial: Trial) -> dict[str, list[Any]]:
        """The possible values of each hyperparameter of a trial that `settings` does not set."""
        return {
            name: parameter.values
            for name, parameter in trial.space.items()
            if name not in self.settings and parameter.values
        }

    def trials(self) -> Iterator[Trial]:
        """All trials, each once: hyperparameters that a trial does not use are not varied.

        Raises `LstmcountError` for more than `MAX_TRIALS` trials.
        """
        orders: dict[str, list[Any]] = {}  # the values of each hyperparameter, the default first
        chosen: dict[str, Any] = {}
        for index in range(MAX_TRIALS):
            if index == FEW and self.low_estimate() > MAX_TRIALS:
                break
            trial = self.at(chosen)
            yield trial
            for name, values in self.choices(trial).items():
                value = trial.space[name].value
                others = [other for other in values if other != value]
                orders.setdefault(name, [value, *others])
                chosen.setdefault(name, value)
            names = [name for name in trial.space if name in orders]
            while names and chosen[names[-1]] == orders[names[-1]][-1]:
                names.pop()
            if not names:
                return
            order = orders[names[-1]]
            following = order[order.index(chosen[names[-1]]) + 1]
            chosen = {**{name: chosen[name] for name in names}, names[-1]: following}
        raise _too_many()

    def low_estimate(self) -> float:
        """A number that the trials most likely exceed, estimated from a few random ones.

        A trial is drawn with a probability of 1 / (the product of the numbers of its choices), so
        that the mean of these products estimates the number of trials.
        """
        drawn = self.sampled(FEW, seed=0)
        products = [math.prod(map(len, self.choices(trial).values())) for trial in drawn]
        error = statistics.stdev(products) / math.sqrt(FEW)
        return statistics.fmean(products) - 2 * error

    def sampled(self, count: int, seed: int) -> Iterator[Trial]:
        """`count` trials with random values."""
        chooser = random.Random(seed)
        has_choices = bool(self.choices(Trial(self.first.space, {})))
        for _ in range(count):
            yield self.at({DRAW_SEED: chooser.randrange(2**32)} if has_choices else {})


def _too_many() -> LstmcountError:
    return LstmcountError(
        f"the program has more than {MAX_TRIALS:,} trials; hold some values (--set NAME=VALUE), or "
        "take some trials: --sample 1000"
    )


def sweep_trials(
    space: TrialSpace, sample: int | None, seed: int, where: str | None
) -> Iterator[Points]:
    """Params, MACs and bytes of all trials, or of a random sample, in chunks."""
    condition = Condition(where) if where is not None else None
    rows: list[Trial] = []
    for trial in space.trials() if sample is None else space.sampled(sample, seed):
        rows.append(trial)
        if len(rows) == CHUNK:
            yield _points(rows, condition)
            rows = []
    if rows:
        yield _points(rows, condition)


def _columns(models: list[Trial]) -> dict[str, Any]:
    """The values of each hyperparameter, and each count, in the trials that have a model."""
    names = dict.fromkeys(name for trial in models for name in trial.space)
    refuse_measures(names)
    columns = {
        name: _column(
            [trial.space[name].value if name in trial.space else None for trial in models]
        )
        for name in names
    }
    for name in dict.fromkeys(name for trial in models for name in trial.counts):
        columns[name] = _column([trial.counts.get(name) for trial in models])
    return columns


def _points(trials: list[Trial], condition: Condition | None) -> Points:
    np = numpy()
    models = [trial for trial in trials if trial.error is None]
    columns = _columns(models)
    reasons = [trial.error for trial in trials if trial.error is not None]
    points = Points(columns, len(trials), len(reasons), next(iter(reasons), None))
    if condition is None or not models:
        return points
    return points.take(np.broadcast_to(condition.holds(points.columns), len(points)))


def _column(values: list[Any]) -> Any:
    """An array of 64-bit integers if all values fit, else an array of Python objects."""
    np = numpy()
    is_whole = all(type(value) is int and abs(value) < 2**63 for value in values)
    return np.array(values, dtype=np.int64 if is_whole else object)
