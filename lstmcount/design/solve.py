"""Solve for sizes: find the largest (or smallest) size that meets limits."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import msgspec

from lstmcount.design.one_by_one import count_each
from lstmcount.design.template import Measures, Template
from lstmcount.design.vectorised import evaluate, numpy
from lstmcount.errors import LstmcountError

MAX_VALUE = 2**40  # more units than any sensible layer has
NEAR = 64  # among so many neighbouring candidates, one should give a valid model
MAX_POINTS = 10_000_000

_BOUNDS: dict[str, Callable[[Any, Any], Any]] = {
    "max": operator.le,
    "min": operator.ge,
    "exact": operator.eq,
}


class Goal(msgspec.Struct, frozen=True):
    """A limit on a measure (max, min or exact), or an amount to come close to (near)."""

    bound: str
    measure: str
    amount: int

    def met(self, measures: Measures) -> Any:
        return _BOUNDS[self.bound](self.of(measures), self.amount)

    def of(self, measures: Measures) -> Any:
        value = getattr(measures, self.measure)
        if value is None:
            raise LstmcountError(
                f"{self.measure} depend on an unknown size; give it with --set or a number"
            )
        return value

    def distance(self, measures: Measures) -> int:
        return abs(int(self.of(measures)) - self.amount)

    def __str__(self) -> str:
        sign = {"max": "<=", "min": ">=", "exact": "==", "near": "near"}[self.bound]
        return f"{self.measure} {sign} {self.amount:,}"


class _Pace(msgspec.Struct, frozen=True):
    """The number of candidates in one evaluation, and the growth factor of an open range."""

    samples: int
    growth: int


FAST = _Pace(4_096, 16)  # a single traced pass counts all candidates
SLOW = _Pace(32, 2)  # each candidate has different layers, and is read and counted separately


class Solution(msgspec.Struct, frozen=True, kw_only=True):
    """The variables' values and the measures; `beyond` is the next value, which breaks a limit."""

    values: dict[str, int]
    measures: Measures
    beyond: dict[str, int] | None = None
    beyond_measures: Measures | None = None
    evaluations: int = 0
    monotone: bool = True


@cache
def has_numpy() -> bool:
    try:
        numpy()
    except LstmcountError:  # not installed, or not enough memory
        return False
    return True


def solve_one(
    template: Template, name: str, goals: Sequence[Goal], candidates: Sequence[int] | None = None
) -> Solution | None:
    """The largest value of one variable that meets all goals; the smallest if all are `min`.

    Without `candidates`, all integers from 1 are tried. None if no value meets the goals.

    Raises `LstmcountError` if the variable does not change the measures, or no value is too large.
    """
    search = _Search(template, name, goals, candidates)
    return search.solution()


def neighbours(
    template: Template,
    name: str,
    measure: str,
    amount: int,
    candidates: Sequence[int] | None = None,
) -> list[Solution]:
    """The values of one variable that come nearest to an amount, from below and from above.

    A single value if it meets the amount exactly. Empty if no value gives a valid model.

    Raises `LstmcountError` like `solve_one`.
    """
    solutions_or_none = [
        solve_one(template, name, [Goal(bound, measure, amount)], candidates)
        for bound in ("max", "min")
    ]
    solutions = {
        tuple(solution.values.items()): solution
        for solution in solutions_or_none
        if solution is not None
    }
    return list(solutions.values())


class _Search:
    def __init__(
        self,
        template: Template,
        name: str,
        goals: Sequence[Goal],
        candidates: Sequence[int] | None,
    ) -> None:
        self.template = template
        self.name = name
        self.goals = goals
        self.candidates = range(1, MAX_VALUE) if candidates is None else candidates
        self.bounded = candidates is not None
        self.pace = SLOW if name in template.structural else FAST
        self.smallest = all(goal.bound == "min" for goal in goals)
        self.evaluations = 0
        self.known: dict[int, tuple[bool, tuple[int, ...]]] = {}  # value → met, amounts
        self.impossible: set[int] = set()  # values that give no valid model
        self.reason: str | None = None  # the error of the first impossible value

    def evaluate(self, indices: Sequence[int]) -> None:
        """Evaluate those candidates that are new, in one pass."""
        values = [
            v
            for v in (self.candidates[i] for i in indices)
            if v not in self.known and v not in self.impossible
        ]
        if not values:
            return
        self.evaluations += 1
        if not has_numpy():
            self._evaluate_one_by_one(values)
            return
        evaluated = evaluate(self.template, {self.name: values})
        met = [goal.met(evaluated.measures) for goal in self.goals]
        amounts = [goal.of(evaluated.measures) for goal in self.goals]
        models = [value for value, valid in zip(values, evaluated.valid, strict=True) if valid]
        self.impossible.update(set(values) - set(models))
        self.reason = self.reason or evaluated.reason
        for row, value in enumerate(models):
            self.known[value] = (
                all(bool(column[row]) for column in met),
                tuple(int(column[row]) for column in amounts),
            )

    def _evaluate_one_by_one(self, values: Sequence[int]) -> None:
        counted = count_each(self.template, self.name, values)
        for value, measures in zip(values, counted, strict=True):
            if isinstance(measures, LstmcountError):
                self.impossible.add(value)
                self.reason = self.reason or f"at {self.name} = {value}: {measures}"
                continue
            self.known[value] = (
                all(goal.met(measures) for goal in self.goals),
                tuple(goal.of(measures) for goal in self.goals),
            )

    def met(self, index: int) -> bool:
        """Whether an evaluated candidate is valid and meets the goals."""
        met_and_amounts = self.known.get(self.candidates[index])
        return met_and_amounts is not None and met_and_amounts[0]

    def valid(self, indices: Sequence[int]) -> list[int]:
        """The indices of evaluated candidates that give valid models."""
        return [i for i in indices if self.candidates[i] in self.known]

    def solution(self) -> Solution | None:
        last = self._span()
        monotone = self._is_monotone()
        best = self._exhaustive(last) if not monotone else self._bisected(last)
        if best is None:
            return None
        beyond = self._beyond(best)
        values = {self.name: self.candidates[best]}
        values_beyond = None if beyond is None else {self.name: self.candidates[beyond]}
        if beyond is None and not self.bounded and not self.smallest and not self.impossible:
            raise LstmcountError(f"no value of {self.name!r} up to {MAX_VALUE:,} exceeds the limit")
        return Solution(
            values=values,
            measures=self.template.measure(values),
            beyond=values_beyond,
            beyond_measures=None if values_beyond is None else self.template.measure(values_beyond),
            evaluations=self.evaluations + 1 + (values_beyond is not None),
            monotone=monotone,
        )

    def _beyond(self, best: int) -> int | None:
        """The index of the next valid candidate on the side where a limit is broken, or None."""
        near = range(best + 1, min(best + 1 + NEAR, len(self.candidates)))
        if self.smallest:
            near = range(best - 1, max(best - 1 - NEAR, -1), -1)
        self.evaluate(near)
        return next(iter(self.valid(near)), None)

    def _span(self) -> int:
        """The last index to search. An open range grows until a goal is broken (or met)."""
        if self.bounded:
            last = len(self.candidates) - 1
            self.evaluate(self._spread(0, last))
            self._check_effect()
            return last
        span = self.pace.samples
        while True:
            last = min(span, MAX_VALUE - 2)
            self.evaluate(self._spread(0, last))
            self._check_effect()
            far = self.valid(self._spread(0, last)[-NEAR:])
            if not far or self.met(far[-1]) == self.smallest:
                return last
            if last >= MAX_VALUE - 2:
                wanted = "reaches" if self.smallest else "exceeds"
                raise LstmcountError(
                    f"no value of {self.name!r} up to {MAX_VALUE:,} {wanted} the limit "
                    f"({', '.join(map(str, self.goals))})"
                )
            span *= self.pace.growth

    def _check_effect(self) -> None:
        amounts = {amounts for _, amounts in self.known.values()}
        if not amounts:
            raise LstmcountError(f"no value gives a valid model; {self.reason}")
        if len(amounts) == 1 and len(self.known) > 1:
            measures = ", ".join(goal.measure for goal in self.goals)
            raise LstmcountError(f"{self.name!r} does not change the {measures} of this model")

    def _is_monotone(self) -> bool:
        """Whether the evaluated amounts never fall."""
        ordered = [amounts for _, (_, amounts) in sorted(self.known.items())]
        return all(
            a <= b
            for before, after in itertools.pairwise(ordered)
            for a, b in zip(before, after, strict=True)
        )

    def _exhaustive(self, last: int) -> int | None:
        if last > MAX_POINTS:
            raise LstmcountError(
                f"the count does not grow steadily with {self.name!r}: give a range to search "
                f"(--for {self.name}=LOW..HIGH)"
            )
        for start in range(0, last + 1, 1_000_000):
            self.evaluate(range(start, min(start + 1_000_000, last + 1)))
        matching = [i for i in range(last + 1) if self.met(i)]
        if not matching:
            return None
        return matching[0] if self.smallest else matching[-1]

    def _bisected(self, last: int) -> int | None:
        """Search a growing count: each evaluation narrows the range to a gap between samples."""
        low, high = 0, last
        while high - low >= self.pace.samples:
            low, high = self._bracket(self._spread(low, high))
            self.evaluate(self._spread(low, high))
        matching = [i for i in range(low, high + 1) if self.met(i)]
        if not matching:
            return None
        return matching[0] if self.smallest else matching[-1]

    def _bracket(self, indices: Sequence[int]) -> tuple[int, int]:
        """The neighbouring indices between which a limit is crossed, else an end of the range."""
        models = self.valid(indices)
        if not models:
            return indices[0], indices[0]
        if not self._side(models[0]):
            return indices[0], models[0]
        for before, after in itertools.pairwise(models):
            if not self._side(after):
                return before, after
        return models[-1], next((i for i in indices if i > models[-1]), models[-1])

    def _spread(self, low: int, high: int) -> list[int]:
        """Evenly spread indices from low to high inclusive, at most one evaluation's number."""
        samples = self.pace.samples
        if high - low < samples:
            return list(range(low, high + 1))
        return sorted({low + (high - low) * i // (samples - 1) for i in range(samples)})

    def _side(self, index: int) -> bool:
        """Whether a candidate is on the lower side of the limits; a growing count crosses once."""
        _, amounts = self.known[self.candidates[index]]
        return all(
            amount < goal.amount if goal.bound == "min" else amount <= goal.amount
            for goal, amount in zip(self.goals, amounts, strict=True)
        )


def pareto_front(
    template: Template,
    candidates: Mapping[str, Sequence[int]],
    goals: Sequence[Goal],
) -> list[Solution]:
    """The combinations of several variables that meet the goals and are not dominated.

    Larger values are better, or smaller values if all goals are `min`.

    Raises `LstmcountError` for more than MAX_POINTS combinations, or if none gives a valid model.
    """
    points, measures = _combinations(template, candidates)
    columns_met = [goal.met(measures) for goal in goals]
    met = [all(bool(column[row]) for column in columns_met) for row in range(len(points))]
    sign = -1 if all(goal.bound == "min" for goal in goals) else 1
    feasible = [tuple(sign * v for v in p) for p, ok in zip(points, met, strict=True) if ok]
    chosen = [tuple(sign * v for v in point) for point in undominated(feasible)]
    return [_solution(template, candidates, point) for point in chosen]


def nearest_combinations(
    template: Template, candidates: Mapping[str, Sequence[int]], goal: Goal
) -> list[Solution]:
    """The combinations that come nearest to the goal's amount, from below and from above.

    A single one if it meets the amount exactly. Raises `LstmcountError` like `pareto_front`.
    """
    points, measures = _combinations(template, candidates)
    sized = list(zip(map(int, goal.of(measures)), points, strict=True))
    below = max((each for each in sized if each[0] <= goal.amount), default=None)
    above = min((each for each in sized if each[0] >= goal.amount), default=None)
    if below is not None and below[0] == goal.amount:
        above = None
    near = [each[1] for each in (below, above) if each is not None]
    return [_solution(template, candidates, point) for point in near]


def _combinations(
    template: Template, candidates: Mapping[str, Sequence[int]]
) -> tuple[list[tuple[int, ...]], Any]:
    """The combinations that give a valid model, and columns of their measures."""
    size = 1
    for values in candidates.values():
        size *= len(values)
    if size > MAX_POINTS:
        raise LstmcountError(f"{size:,} combinations are too many; narrow the ranges")
    points = list(itertools.product(*candidates.values()))
    columns = dict(zip(candidates, map(list, zip(*points, strict=True)), strict=True))
    evaluated = evaluate(template, columns)
    points = [point for point, valid in zip(points, evaluated.valid, strict=True) if valid]
    if not points:
        raise LstmcountError(f"no combination gives a valid model; {evaluated.reason}")
    return points, evaluated.measures


def _solution(template: Template, names: Iterable[str], point: tuple[int, ...]) -> Solution:
    values = dict(zip(names, point, strict=True))
    return Solution(values=values, measures=template.measure(values), evaluations=1)


def undominated(points: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The points for which no other point is at least as large in every coordinate.

    >>> undominated([(1, 5), (2, 4), (1, 4), (3, 1)])
    [(1, 5), (2, 4), (3, 1)]
    """
    kept: list[tuple[int, ...]] = []
    for point in sorted(set(points), reverse=True):
        if not any(all(a >= b for a, b in zip(other, point, strict=True)) for other in kept):
            kept.append(point)
    return sorted(kept)
