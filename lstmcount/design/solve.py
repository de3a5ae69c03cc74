"""The question asked backwards: the largest (or smallest) size that meets the limits."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from lstmcount.design.template import Measures, Template
from lstmcount.design.vectorised import evaluate
from lstmcount.errors import LstmcountError

MAX_VALUE = 2**40  # nobody designs a layer of more units
FIRST_SPAN = 4_096  # candidates of the first evaluation; each further one spans 16 times more
SAMPLES = 4_096  # candidates that one evaluation looks at
MAX_POINTS = 10_000_000

_BOUNDS: dict[str, Callable[[Any, Any], Any]] = {
    "max": operator.le,
    "min": operator.ge,
    "exact": operator.eq,
}


class Goal(msgspec.Struct, frozen=True):
    """A limit on a measure: max, min or exact."""

    bound: str
    measure: str
    amount: int

    def met(self, measures: Measures) -> Any:
        return _BOUNDS[self.bound](self.of(measures), self.amount)

    def of(self, measures: Measures) -> Any:
        value = getattr(measures, self.measure)
        if value is None:
            raise LstmcountError(
                f"{self.measure} depend on an unknown length; give it with --set or a number"
            )
        return value

    def __str__(self) -> str:
        sign = {"max": "<=", "min": ">=", "exact": "=="}[self.bound]
        return f"{self.measure} {sign} {self.amount:,}"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """Values of the variables, what they give, and one step further, which breaks the limit."""

    values: dict[str, int]
    measures: Measures
    beyond: dict[str, int] | None = None
    beyond_measures: Measures | None = None
    evaluations: int = 0
    monotone: bool = True


def solve_one(
    template: Template, name: str, goals: Sequence[Goal], candidates: Sequence[int] | None = None
) -> Answer | None:
    """The largest value of one variable that meets all goals; the smallest where all are `min`.

    Without `candidates` every whole number from 1 is one. None where nothing meets the goals.

    Raises `LstmcountError` where the variable changes nothing, or the answer has no bound.
    """
    search = _Search(template, name, goals, candidates)
    return search.answer()


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
        self.smallest = all(goal.bound == "min" for goal in goals)
        self.evaluations = 0
        self.known: dict[int, tuple[bool, tuple[int, ...]]] = {}  # value → met, amounts

    def look(self, indices: Sequence[int]) -> None:
        """Evaluate candidates that have not been looked at, all in one go."""
        values = [v for v in (self.candidates[i] for i in indices) if v not in self.known]
        if not values:
            return
        found = evaluate(self.template, {self.name: values})
        self.evaluations += 1
        met = [goal.met(found) for goal in self.goals]
        amounts = [goal.of(found) for goal in self.goals]
        for row, value in enumerate(values):
            self.known[value] = (
                all(bool(column[row]) for column in met),
                tuple(int(column[row]) for column in amounts),
            )

    def met(self, index: int) -> bool:
        return self.known[self.candidates[index]][0]

    def answer(self) -> Answer | None:
        last = self._span()
        monotone = self._is_monotone()
        best = self._exhaustive(last) if not monotone else self._bisected(last)
        if best is None:
            return None
        step = -1 if self.smallest else 1
        beyond = best + step if 0 <= best + step < len(self.candidates) else None
        values = {self.name: self.candidates[best]}
        further = None if beyond is None else {self.name: self.candidates[beyond]}
        if beyond is None and not self.bounded and not self.smallest:
            raise LstmcountError(f"no value of {self.name!r} up to {MAX_VALUE:,} exceeds the limit")
        return Answer(
            values=values,
            measures=self.template.measure(values),
            beyond=further,
            beyond_measures=None if further is None else self.template.measure(further),
            evaluations=self.evaluations + 1 + (further is not None),
            monotone=monotone,
        )

    def _span(self) -> int:
        """The index up to which to search; an open range grows until a goal is broken or met."""
        if self.bounded:
            last = len(self.candidates) - 1
            self.look(_spread(0, last))
            self._check_effect()
            return last
        span = FIRST_SPAN
        while True:
            last = min(span, MAX_VALUE - 2)
            self.look(_spread(0, last))
            self._check_effect()
            if self.met(last) == self.smallest:
                return last
            if last >= MAX_VALUE - 2:
                wanted = "reaches" if self.smallest else "exceeds"
                raise LstmcountError(
                    f"no value of {self.name!r} up to {MAX_VALUE:,} {wanted} the limit "
                    f"({', '.join(map(str, self.goals))})"
                )
            span *= 16

    def _check_effect(self) -> None:
        amounts = {amounts for _, amounts in self.known.values()}
        if len(amounts) == 1 and len(self.known) > 1:
            what = ", ".join(goal.measure for goal in self.goals)
            raise LstmcountError(f"{self.name!r} does not change the {what} of this model")

    def _is_monotone(self) -> bool:
        """Whether the amounts that were looked at only ever grow."""
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
            self.look(range(start, min(start + 1_000_000, last + 1)))
        matching = [i for i in range(last + 1) if self.met(i)]
        if not matching:
            return None
        return matching[0] if self.smallest else matching[-1]

    def _bisected(self, last: int) -> int | None:
        """Narrow down between the samples, many candidates at each evaluation."""
        low, high = 0, last
        while high - low >= SAMPLES:
            low, high = self._bracket(_spread(low, high))
            self.look(_spread(low, high))
        matching = [i for i in range(low, high + 1) if self.met(i)]
        if not matching:
            return None
        return matching[0] if self.smallest else matching[-1]

    def _bracket(self, indices: Sequence[int]) -> tuple[int, int]:
        """The neighbours between which the limits are passed; one end where they are not."""
        if not self._side(indices[0]):
            return indices[0], indices[0]
        for before, after in itertools.pairwise(indices):
            if not self._side(after):
                return before, after
        return indices[-1], indices[-1]

    def _side(self, index: int) -> bool:
        """Whether a candidate lies at or below the limits, which a growing count only leaves."""
        _, amounts = self.known[self.candidates[index]]
        return all(
            amount < goal.amount if goal.bound == "min" else amount <= goal.amount
            for goal, amount in zip(self.goals, amounts, strict=True)
        )


def _spread(low: int, high: int) -> list[int]:
    """At most about SAMPLES indices from low to high, both included."""
    if high - low < SAMPLES:
        return list(range(low, high + 1))
    return sorted({low + (high - low) * i // (SAMPLES - 1) for i in range(SAMPLES)})


def front(
    template: Template,
    candidates: Mapping[str, Sequence[int]],
    goals: Sequence[Goal],
    limit: int = MAX_POINTS,
) -> list[Answer]:
    """Of several variables: the combinations that meet the goals and cannot all be bettered.

    Better is larger, or smaller where all goals are `min`.
    """
    size = 1
    for values in candidates.values():
        size *= len(values)
    if size > limit:
        raise LstmcountError(f"{size:,} combinations are too many; narrow the ranges")
    points = list(itertools.product(*candidates.values()))
    names = list(candidates)
    columns = dict(zip(names, map(list, zip(*points, strict=True)), strict=True))
    found = evaluate(template, columns)
    met = [all(bool(goal.met(found)[row]) for goal in goals) for row in range(len(points))]
    sign = -1 if all(goal.bound == "min" for goal in goals) else 1
    feasible = [tuple(sign * v for v in p) for p, ok in zip(points, met, strict=True) if ok]
    best = undominated(feasible)
    answers = []
    for point in best:
        chosen = dict(zip(names, (sign * value for value in point), strict=True))
        answers.append(Answer(values=chosen, measures=template.measure(chosen), evaluations=1))
    return answers


def undominated(points: Sequence[tuple[int, ...]]) -> list[tuple[int, ...]]:
    """The points than which no other is at least as large in everything.

    >>> undominated([(1, 5), (2, 4), (1, 4), (3, 1)])
    [(1, 5), (2, 4), (3, 1)]
    """
    kept: list[tuple[int, ...]] = []
    for point in sorted(set(points), reverse=True):
        if not any(all(a >= b for a, b in zip(other, point, strict=True)) for other in kept):
            kept.append(point)
    return sorted(kept)
