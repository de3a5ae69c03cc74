"""Find unknown conditions and loops on which a model's numbers depend.

The program is followed again with each decision taken the other way. Decisions that change no
number need not be set. A decision that there was no time to try must be set.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import msgspec

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.optimizers import kind_of, unknown_optimizer
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.language.exceptions import TRY
from lstmcount.programs.language.flow import way_out
from lstmcount.programs.language.installed import asks_whether_it_works
from lstmcount.programs.language.interpreter import Decision, Interpreter
from lstmcount.programs.questions.decision_examples import LOOPS, MAX_EXAMPLES, examples_for
from lstmcount.programs.questions.needs import Need, choose_examples
from lstmcount.programs.questions.outcomes import Follow, LostOutcome, Outcome
from lstmcount.programs.questions.quiet import quiet_nodes
from lstmcount.setting_text import asking_for_all, set_option

MAX_ELIFS = 6


def failed_import(run: Interpreter, follow: Follow, allowance: Allowance) -> LstmcountError | None:
    """The error that asks for the first import or call without which a model can be built."""
    for decision in run.decisions.values():
        if asks_whether_it_works(decision.test) and decision.taken and not allowance.is_spent:
            outcome = follow({decision.test: False}, {})
            if outcome is not None and outcome.is_settled and outcome.uncaught <= run.uncaught:
                return _import_error(run, decision, False)
    return None


def undecided(
    run: Interpreter, followed: Outcome, follow: Follow, needed: list[Need], allowance: Allowance
) -> LstmcountError | None:
    """The error that asks for the first decision on which the model's numbers depend, or None.

    It asks for an input's whole shape instead, if the decision depends on a shape.
    """
    tests = {decision.test: decision for decision in _loud(run) if not _raises_otherwise(decision)}
    if not tests:
        return None
    if (numbers := followed.numbers) is None:
        decision = _first_that_builds(list(tests.values()), follow, allowance)
        return None if decision is None else _error(run, decision, follow, allowance)
    compared = _comparing_optimizers(follow, followed.config)
    decision = _first_that_matters(list(tests.values()), followed, numbers, compared, allowance)
    if decision is None:
        return None
    if asks_whether_it_works(decision.test):
        works = decision.taken if followed.is_settled else not decision.taken
        return _import_error(run, decision, bool(works))
    if "shape" in decision.words and (shapes := [n for n in needed if n.is_whole_shape]):
        return shapes[0].error
    if need := next((need for need in needed if need.words == decision.words), None):
        return need.error
    return _error(run, decision, follow, allowance)


def _comparing_optimizers(follow: Follow, config: ModelConfig) -> Follow:
    """Also make the optimizer unknown if the model gets another one after other decisions."""
    own = kind_of(config.training)

    def compared(forced: dict[str, int], more: dict[str, Any]) -> Outcome | None:
        outcome = follow(forced, more)
        if outcome is not None and kind_of(outcome.config.training) != own:
            config.training = {"optimizer": unknown_optimizer(next(iter(forced)))}
        return outcome

    return compared


def settling(run: Interpreter, follow: Follow, allowance: Allowance) -> LstmcountError | None:
    """The error that asks for the decision after which a model's outputs are known, or for several
    decisions that only settle this together, as two nested loops do."""
    decisions = _loud(run)
    together: dict[str, tuple[Decision, Any, str]] = {}
    for decision in decisions:
        words, value, example = next(examples_for(decision))
        together.setdefault(words, (decision, value, example))

    def settles(names: list[str]) -> bool:
        outcome = follow({}, {words: together[words][1] for words in names})
        return not allowance.is_spent and _has_outputs(outcome)

    if len(together) > 1 and settles([*together]):
        few = _fewest([], [*together], settles)
        return _asking(run, together[few[0]][0], [(words, together[words][2]) for words in few])
    for decision in decisions:
        for words, value, example in examples_for(decision):
            if allowance.is_spent:
                return None
            if _has_outputs(follow({}, {words: value})):
                return _asking(run, decision, [(words, example)])
    return None


def settled_by_all(
    needed: list[Need], follow: Follow, allowance: Allowance
) -> LstmcountError | None:
    """The error for the first unknown argument if a model's outputs are known with all of them, as
    those of a base model on an input whose shape is not known."""
    found: list[dict[str, Any]] = []

    def works(settings: dict[str, Any]) -> bool:
        outcome = follow({}, settings)
        if outcome is not None and _has_outputs(outcome) and outcome.numbers is not None:
            found.append(settings)
        return bool(found)

    choose_examples(needed, works, allowance.half)
    return needed[0].error if found else None


def _fewest(
    kept: list[str], names: list[str], settles: Callable[[list[str]], bool], is_new: bool = False
) -> list[str]:
    """The names that the kept ones need beside them to settle the outputs, found by halves."""
    if is_new and settles(kept):
        return []
    if len(names) == 1:
        return names
    first, second = names[: len(names) // 2], names[len(names) // 2 :]
    of_second = _fewest([*kept, *first], second, settles, is_new=True)
    of_first = _fewest([*kept, *of_second], first, settles, is_new=bool(of_second))
    return [*of_first, *of_second]


def _has_outputs(outcome: Outcome | None) -> bool:
    return outcome is not None and not isinstance(outcome, LostOutcome)


def _asking(
    run: Interpreter, decision: Decision, examples: list[tuple[str, str]]
) -> LstmcountError:
    options = [set_option(words, example) for words, example in examples]
    asked = asking_for_all([f"{_question(decision)}: {options[0]}", *options[1:]])
    return run.error(decision.node, asked)


def assumed(
    needed: list[Need], followed: Outcome, follow: Follow, allowance: Allowance
) -> LstmcountError | None:
    """The error for the first argument whose default was taken and may give a wrong total, or None.

    `needed` are unknown arguments of a model whose counts are known all the same. Two numbers are
    tried, as one of them may be what another argument already makes of the default.
    """
    for need in needed if followed.is_settled else ():
        if need.path[-1:] in (("shape",), ("batch_shape",)):
            continue  # no default stands for these
        for example in (need.example, 5) if type(need.example) is int else (need.example,):
            if allowance.is_spent:
                return need.error
            outcome = follow({}, {need.words: example})
            if outcome is None or outcome.total != followed.total:
                return need.error
    return None


def _first_that_builds(
    decisions: list[Decision], follow: Follow, allowance: Allowance
) -> Decision | None:
    """The first condition of which another branch gives a model that Keras could build."""
    for decision in filter(_is_condition, decisions):
        for forced in _ways(decision):
            if allowance.is_spent:
                return None
            outcome = follow(forced, {})
            if outcome is not None and _has_outputs(outcome) and outcome.is_settled:
                return decision
    return None


def _first_that_matters(
    decisions: list[Decision],
    followed: Outcome,
    numbers: list[Any],
    follow: Follow,
    allowance: Allowance,
) -> Decision | None:
    """The first decision found of which another gives other numbers.

    They are tried one by one, and then conditions together. Those come first of which another
    soon ends the program. If there is no time for all, those that are left are tried in groups:
    most decisions only concern data.
    """
    at_first = allowance.left
    decisions = sorted(decisions, key=_goes_on_otherwise)
    for number, decision in enumerate(decisions):
        left = allowance.left
        if number and number * left < (len(decisions) - number) * (at_first - left):
            return _first_in_groups(decisions[number:], followed, numbers, follow, allowance)
        if _matters(decision, followed, numbers, follow, allowance):
            return decision
    conditions = [decision for decision in decisions if _is_condition(decision)]
    if len(conditions) > 1 and _numbers_stay(conditions, numbers, follow, allowance)[0] is False:
        return _first_of_few(conditions, numbers, follow, allowance)
    return None


def _first_in_groups(
    decisions: list[Decision],
    followed: Outcome,
    numbers: list[Any],
    follow: Follow,
    allowance: Allowance,
) -> Decision | None:
    everything, *halves = _groups(decisions)
    found = _first_of(everything, followed, numbers, follow, allowance)
    if found is not None:
        return found
    for half in halves:
        found = _first_of(half, followed, numbers, follow, allowance)
        if allowance.is_spent:
            return None  # what is found then was not tried
        if found is not None:
            return found
    return None


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


def _first_of(
    group: list[Decision],
    followed: Outcome,
    numbers: list[Any],
    follow: Follow,
    allowance: Allowance,
) -> Decision | None:
    """The first decision of a group that matters, by halves where the group gives other numbers."""
    if len(group) == 1:
        return group[0] if _matters(group[0], followed, numbers, follow, allowance) else None
    stay, hidden = _numbers_stay(group, numbers, follow, allowance)
    if stay and len(hidden) < len(group):  # the numbers stay for all that are not hidden
        found = _first_of(hidden, followed, numbers, follow, allowance) if hidden else None
        loops = [decision for decision in group if isinstance(decision.node, LOOPS)]
        return found or _first_without_rounds(loops, numbers, follow, allowance)
    middle = (len(group) + 1) // 2
    halves = (group[:middle], group[middle:])
    for half in halves:
        found = _first_of(half, followed, numbers, follow, allowance)
        if found is not None:
            return found
    if stay is not False or not all(map(_is_condition, group)):
        return None
    return _first_of_few(group, numbers, follow, allowance)


def _first_without_rounds(
    loops: list[Decision], numbers: list[Any], follow: Follow, allowance: Allowance
) -> Decision | None:
    """The first loop found, as far as there is time, that gives other numbers if it never runs."""
    outcome = (
        follow({loop.test: 0 for loop in loops}, {}) if loops and not allowance.is_spent else None
    )
    if outcome is not None and outcome.numbers == numbers:
        return None
    if len(loops) > 1:
        middle = len(loops) // 2
        first = _first_without_rounds(loops[:middle], numbers, follow, allowance)
        return first or _first_without_rounds(loops[middle:], numbers, follow, allowance)
    return loops[0] if outcome is not None and outcome.is_settled else None


def _first_of_few(
    group: list[Decision], numbers: list[Any], follow: Follow, allowance: Allowance
) -> Decision:
    """The first of the decisions that give other numbers only together, as in `wide and deep`."""
    few = group
    for decision in group:
        fewer = [other for other in few if other is not decision]
        if fewer and _numbers_stay(fewer, numbers, follow, allowance)[0] is False:
            few = fewer
    return few[0]


def _is_condition(decision: Decision) -> bool:
    return not isinstance(decision.node, LOOPS) and not asks_whether_it_works(decision.test)


def _numbers_stay(
    decisions: list[Decision], numbers: list[Any], follow: Follow, allowance: Allowance
) -> tuple[bool | None, list[Decision]]:
    """Whether the numbers stay the same if these decisions are taken the other way at once.

    Each loop runs twice. The answer is None if that gives no model. The decisions that the others
    hide, so that they are not taken at all, come with the answer.
    """
    others = {decision.test: _others(decision)[-1] for decision in decisions}
    outcome = None if allowance.is_spent else follow(others, {})
    if outcome is None or outcome.numbers is None:
        return None, []
    hidden = [decision for decision in decisions if decision.test not in outcome.decided]
    return outcome.numbers == numbers, hidden


def _matters(
    decision: Decision, followed: Outcome, numbers: list[Any], follow: Follow, allowance: Allowance
) -> bool:
    """Whether another decision gives other numbers, as far as this can be tried."""
    for forced in _ways(decision):
        if allowance.is_spent:
            return True
        outcome = follow(forced, {})
        if outcome is None or outcome.numbers in (None, numbers):
            continue
        if asks_whether_it_works(decision.test) and outcome.uncaught > followed.uncaught:
            continue  # the program ends without what it imports
        if outcome.is_settled or not _only_fills(decision, forced[decision.test]):
            return True
    return False


def _ways(decision: Decision) -> Iterator[dict[str, int]]:
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


def _loud(run: Interpreter) -> list[Decision]:
    """The decisions that may change a model, as far as their statements tell."""
    decisions = list(run.decisions.values())
    if not decisions:
        return []
    program = run.program
    quiet = quiet_nodes((*program.statements, *chain.from_iterable(program.modules.values())))
    return [
        each for each in decisions if asks_whether_it_works(each.test) or each.node not in quiet
    ]


def _raises_otherwise(decision: Decision) -> bool:
    """Whether the program would end with an exception if the decision were the other way."""
    if not isinstance(decision.node, ast.If):
        return False
    other = decision.node.orelse if decision.taken else decision.node.body
    return bool(other) and isinstance(other[-1], ast.Raise)


def _goes_on_otherwise(decision: Decision) -> bool:
    """Whether the program goes on if the decision is the other way, as far as its text shows."""
    if asks_whether_it_works(decision.test):
        return False
    if not isinstance(decision.node, ast.If):
        return True
    return way_out(decision.node.orelse if decision.taken else decision.node.body) != "return"


def _import_error(run: Interpreter, decision: Decision, works: bool) -> LstmcountError:
    example = set_option(decision.test, str(works).lower())
    name = decision.test.removeprefix(TRY)
    message = f"whether `{name}` works is not known, and the model depends on it"
    return run.error(decision.node, f"{message}: {example}")


def _error(
    run: Interpreter, decision: Decision, follow: Follow, allowance: Allowance
) -> LstmcountError:
    """The error that asks for the value that settles a decision, or for several, as in a `zip`."""
    given: dict[str, Any] = {}
    asked = [_question(decision)]
    step = _settled(decision, given, follow, allowance)
    while step is not None and step[0] not in given:
        words, value, example, depends_on = step
        given[words] = value
        asked += [set_option(words, example)]
        if depends_on is None or len(given) == MAX_EXAMPLES:
            break
        decision = msgspec.structs.replace(decision, words=depends_on)
        step = _settled(decision, given, follow, allowance)
    first = f"{asked[0]}: {asked[1]}" if given else asked[0]
    return run.error(decision.node, asking_for_all([first, *asked[2:]]))


def _settled(
    decision: Decision, given: dict[str, Any], follow: Follow, allowance: Allowance
) -> tuple[str, Any, str, str | None] | None:
    """A setting with the unknown that the decision then depends on; None if none is found."""
    nearer: tuple[str, Any, str, str | None] | None = None
    examples = list(examples_for(decision))
    for words, value, example in examples:
        if allowance.is_spent:  # for most decisions, the last is their own text
            return None if given else (*examples[-1], None)
        outcome = follow({}, given | {words: value})
        depends_on = decision.words if outcome is None else outcome.decided.get(decision.test)
        if depends_on is None:
            return words, value, example, None
        if depends_on != decision.words:
            nearer = nearer or (words, value, example, depends_on)
    return nearer


def _question(decision: Decision) -> str:
    is_loop = isinstance(decision.node, LOOPS)
    question = "how often the loop runs" if is_loop else "which way the program goes"
    return f"{question} depends on `{decision.words}`, which is not known"
