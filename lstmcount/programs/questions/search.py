"""Find the decisions that change a model's numbers, by following the program the other way."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lstmcount.programs.allowance import Allowance
from lstmcount.programs.language.flow import way_out
from lstmcount.programs.language.interpreter import Decision, OnlyAt
from lstmcount.programs.language.modules.installed import asks_whether_it_works
from lstmcount.programs.questions.decision_examples import LOOPS
from lstmcount.programs.questions.outcomes import Follow, Outcome

MAX_ELIFS = 6
MAX_UNCOVERED = 4  # decisions that one uncovers
MAX_TIMES = 8  # at which a condition is tried to hold


class Search:
    """The search for a decision of which another gives other numbers than the run `followed`."""

    def __init__(
        self, followed: Outcome, numbers: list[Any], follow: Follow, allowance: Allowance
    ) -> None:
        self.followed = followed
        self.numbers = numbers
        self.follow = follow
        self.allowance = allowance
        self.times = Counter[str]()  # how often conditions were decided in other runs
        # decisions that come up if one is taken the other way, which alone changes no number
        self.uncovered: list[tuple[Decision, dict[str, int], list[Decision]]] = []

    def numbers_of(self, outcome: Outcome) -> list[Any] | None:
        return outcome.numbers

    def first_that_matters(self, decisions: list[Decision]) -> Decision | None:
        """The first decision found of which another gives other numbers.

        They are tried one by one, and then conditions together. Those come first of which another
        soon ends the program. If there is no time for all, those that are left are tried in groups:
        most decisions only concern data.
        """
        at_first = self.allowance.left_in_time
        decisions = sorted(decisions, key=_goes_on_otherwise)
        for number, decision in enumerate(decisions):
            left = self.allowance.left_in_time
            if number and number * left < (len(decisions) - number) * (at_first - left):
                return self._first_in_groups(decisions[number:])
            if self._matters(decision):
                return decision
        conditions = [decision for decision in decisions if is_condition(decision)]
        if len(conditions) > 1 and self._numbers_stay(conditions)[0] is False:
            return self._first_of_few(conditions)
        return self._first_that_holds_once(conditions) or self._first_that_uncovers_one()

    def _first_in_groups(self, decisions: list[Decision]) -> Decision | None:
        everything, *halves = _groups(decisions)
        found = self._first_of(everything)
        if found is not None:
            return found
        for half in halves:
            found = self._first_of(half)
            if self.allowance.is_spent:
                return None  # what is found then was not tried
            if found is not None:
                return found
        return None

    def _first_of(self, group: list[Decision]) -> Decision | None:
        """The first of a group that matters, by halves where the group gives other numbers."""
        if len(group) == 1:
            return group[0] if self._matters(group[0]) else None
        stay, hidden = self._numbers_stay(group)
        if stay and len(hidden) < len(group):  # the numbers stay for all that are not hidden
            found = self._first_of(hidden) if hidden else None
            loops = [decision for decision in group if isinstance(decision.node, LOOPS)]
            return found or self._first_without_rounds(loops)
        middle = (len(group) + 1) // 2
        halves = (group[:middle], group[middle:])
        for half in halves:
            found = self._first_of(half)
            if found is not None:
                return found
        if stay is not False or not all(map(is_condition, group)):
            return None
        return self._first_of_few(group)

    def _first_without_rounds(self, loops: list[Decision]) -> Decision | None:
        """The first loop found in time that gives other numbers if it never runs."""
        is_tried = loops and not self.allowance.is_spent
        outcome = self.follow({loop.test: 0 for loop in loops}, {}) if is_tried else None
        if outcome is not None and self.numbers_of(outcome) == self.numbers:
            return None
        if len(loops) > 1:
            middle = len(loops) // 2
            first = self._first_without_rounds(loops[:middle])
            return first or self._first_without_rounds(loops[middle:])
        return loops[0] if outcome is not None and outcome.is_settled else None

    def _first_of_few(self, group: list[Decision]) -> Decision:
        """The first of those that give other numbers only together, as in `wide and deep`."""
        few = group
        for decision in group:
            fewer = [other for other in few if other is not decision]
            if fewer and self._numbers_stay(fewer)[0] is False:
                few = fewer
        return few[0]

    def _numbers_stay(self, decisions: list[Decision]) -> tuple[bool | None, list[Decision]]:
        """Whether the numbers stay the same if these decisions are taken the other way at once.

        Each loop runs twice. The answer is None if that gives no model. The decisions that the
        others hide, so that they are not taken at all, come with the answer.
        """
        others = {decision.test: _others(decision)[-1] for decision in decisions}
        outcome = None if self.allowance.is_spent else self.follow(others, {})
        if outcome is None or outcome.numbers is None:
            return None, []
        hidden = [decision for decision in decisions if decision.test not in outcome.decided]
        return self.numbers_of(outcome) == self.numbers, hidden

    def _matters(self, decision: Decision) -> bool:
        """Whether another decision gives other numbers, as far as this can be tried."""
        for forced in ways(decision):
            if self.allowance.is_spent:
                return True
            outcome = self.follow(forced, {})
            made = {each.test: each for each in outcome.decisions} if outcome is not None else {}
            times = made[decision.test].times if decision.test in made else 2
            self.times[decision.test] = max(self.times[decision.test], times)
            if outcome is None or outcome.numbers is None:
                if _has_more_ways(decision) or self.allowance.is_spent:
                    return True
                continue
            if self.numbers_of(outcome) == self.numbers:
                new = [each for each in made.values() if each.test not in self.followed.decided]
                self.uncovered.append((decision, forced, new))
                continue
            if asks_whether_it_works(decision.test) and outcome.uncaught > self.followed.uncaught:
                continue  # the program ends without what it imports
            if outcome.is_settled or not _only_fills(decision, forced[decision.test]):
                return True
        return False

    def _first_that_uncovers_one(self) -> Decision | None:
        """The first decision that gives other numbers together with one that it alone uncovers.

        The index in `parts[at]` decides nothing until a loop fills `parts` with two layers.
        """
        for decision, forced, new in self.uncovered:
            for each in new[:MAX_UNCOVERED]:
                for other in _others(each):
                    if self.allowance.is_spent:
                        return None
                    outcome = self.follow(forced | {each.test: other}, {})
                    if outcome is None or not outcome.is_settled:
                        continue
                    if self.numbers_of(outcome) != self.numbers:
                        return decision
        return None

    def _first_that_holds_once(self, conditions: list[Decision]) -> Decision | None:
        """The first condition that gives other numbers if it holds at only one of several times.

        `if name == wanted` in a loop may hold for the second of the names.
        """
        for decision in filter(_may_vary, conditions):
            times = max(decision.times, self.times[decision.test])
            for time in range(min(times, MAX_TIMES) if times > 1 else 0):
                if self.allowance.is_spent:
                    return None
                outcome = self.follow({decision.test: OnlyAt(time)}, {})
                numbers = None if outcome is None else self.numbers_of(outcome)
                if numbers is not None and numbers != self.numbers:
                    return decision
        return None


class SizeSearch(Search):
    """The search for a decision of which another gives other sizes, whatever it freezes."""

    def numbers_of(self, outcome: Outcome) -> list[Any] | None:
        return outcome.sizes


def _groups(decisions: list[Decision]) -> list[list[Decision]]:
    """All decisions, and halves of them, so that each two are separated by one of the halves.

    Two decisions can make up for each other, as twice and half of the units do. Tried together
    alone, they would seem to change nothing.
    """
    groups = [decisions]
    for bit in range((len(decisions) - 1).bit_length()):
        groups += [
            [decision for index, decision in enumerate(decisions) if (index >> bit) & 1 == side]
            for side in (0, 1)
        ]
    return groups


def is_condition(decision: Decision) -> bool:
    return not isinstance(decision.node, LOOPS) and not asks_whether_it_works(decision.test)


def _may_vary(decision: Decision) -> bool:
    """Whether a condition depends on more than the unknown, so that it may vary in a loop."""
    test = getattr(decision.node, "test", decision.node)
    names = {node.id for node in ast.walk(test) if isinstance(node, ast.Name)}
    return not names <= set(re.findall(r"\w+", decision.words))


def _has_more_ways(decision: Decision) -> bool:
    """Whether a condition may also go one way at one time and the other at another, or stands for
    an unknown key, which may select some of several elements."""
    is_of_key = isinstance(decision.node, ast.Subscript | ast.Attribute)
    return is_condition(decision) and (decision.times > 1 or is_of_key)


def ways(decision: Decision) -> Iterator[dict[str, int]]:
    """The other ways to take a decision, also past the conditions of `elif` that follow."""
    for other in _others(decision):
        forced = {decision.test: other}
        yield dict(forced)
        node = decision.node
        for _ in range(MAX_ELIFS if other is False else 0):
            if not isinstance(node, ast.If) or len(node.orelse) != 1:
                return
            (node,) = node.orelse
            if isinstance(node, ast.If):
                forced[ast.unparse(node.test)] = False
                yield dict(forced)


def _only_fills(decision: Decision, other: int) -> bool:
    """Whether this is a loop without rounds, so that the list that it fills has no elements."""
    return other == 0 and isinstance(decision.node, LOOPS)


def _others(decision: Decision) -> tuple[int, ...]:
    """Alternatives to a decision: the other branch, or other numbers of rounds."""
    return (0, 2) if isinstance(decision.node, LOOPS) else (not decision.taken,)


def _goes_on_otherwise(decision: Decision) -> bool:
    """Whether the program goes on if the decision is the other way, as far as its text shows."""
    if asks_whether_it_works(decision.test):
        return False
    if not isinstance(decision.node, ast.If):
        return True
    return way_out(decision.node.orelse if decision.taken else decision.node.body) != "return"
