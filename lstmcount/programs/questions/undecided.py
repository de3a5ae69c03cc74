"""Find unknown conditions and loops on which a model's numbers depend.

The program is followed again with each decision taken the other way. Decisions that change no
number need not be set. A decision that there was no time to try must be set.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection
from typing import Any

import msgspec

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.optimizers import kind_of, unknown_optimizer
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.language.interpreter import Decision, Interpreter
from lstmcount.programs.language.modules.installed import asks_whether_it_works
from lstmcount.programs.language.objects.exceptions import TRY
from lstmcount.programs.language.run import PassOver
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.questions.data_code import passed_over, statements_of
from lstmcount.programs.questions.decision_examples import LOOPS, MAX_EXAMPLES, examples_for
from lstmcount.programs.questions.needs import Need
from lstmcount.programs.questions.outcomes import Follow, LostOutcome, Outcome
from lstmcount.programs.questions.quiet import quiet_nodes
from lstmcount.programs.questions.search import Search, SizeSearch, is_condition, ways
from lstmcount.setting_text import asking_for_all, set_option

MAX_PASSED = 200  # places in a program that a run passes over
FEW_RUNS = 6  # for which there must be time to pass over less where that is refused
_NAME = r"[A-Za-z_]\w*(\.\w+|\([^()]*\)|\[[^][]*\])*"


def failed_import(run: Interpreter, follow: Follow, allowance: Allowance) -> LstmcountError | None:
    """The error that asks for the first import or call without which a model can be built."""
    for decision in run.decisions.values():
        if asks_whether_it_works(decision.test) and decision.taken and not allowance.is_spent:
            outcome = follow({decision.test: False}, {})
            if outcome is not None and outcome.is_settled and outcome.uncaught <= run.uncaught:
                return _import_error(run, decision, False)
    return None


def without_wrong_call(
    run: Interpreter, follow: Follow, allowance: Allowance
) -> LstmcountError | None:
    """The error that asks for the first decision that spares the program a wrong call."""
    for decision in run.decisions.values():
        for forced in ways(decision) if not isinstance(decision.node, LOOPS) else ():
            if allowance.is_spent or follow(forced, {}) is None:
                continue
            if asks_whether_it_works(decision.test):
                return _import_error(run, decision, not decision.taken)
            return _error(run, decision, follow, allowance)
    return None


def undecided(
    run: Interpreter, followed: Outcome, follow: Follow, needed: list[Need], allowance: Allowance
) -> LstmcountError | None:
    """The error that asks for the first decision on which the model's numbers depend, or None.

    It asks for an input's whole shape instead, if the decision depends on a shape.
    """
    decisions = [decision for decision in loud(run) if not _raises_otherwise(decision)]
    tests = {decision.test: decision for decision in decisions}
    if not tests:
        return None
    if (numbers := followed.numbers) is None:
        decision = _first_that_builds(list(tests.values()), follow, allowance)
        return None if decision is None else _error(run, decision, follow, allowance)
    compared = _comparing_optimizers(follow, followed.config)
    left = _left_without_data_code(run, decisions, followed, compared, allowance)
    tests = {test: decision for test, decision in tests.items() if test in left}
    search = Search(followed, numbers, compared, allowance)
    decision = search.first_that_matters(list(tests.values()))
    if decision is None:
        return None
    error = _asking_for(run, decision, followed, follow, needed, allowance)
    texts = (run.program.text, *session_of(run).module_texts)
    if any("trainable" in text for text in texts):
        sizes = SizeSearch(followed, followed.sizes or [], compared, allowance)
        error.is_of_training = sizes.first_that_matters(list(tests.values())) is None
    return error


def _asking_for(
    run: Interpreter,
    decision: Decision,
    followed: Outcome,
    follow: Follow,
    needed: list[Need],
    allowance: Allowance,
) -> LstmcountError:
    """The error that asks for a decision on which the model's numbers depend."""
    if asks_whether_it_works(decision.test):
        works = decision.taken if followed.is_settled else not decision.taken
        return _import_error(run, decision, bool(works))
    if "shape" in decision.words and (shapes := [n for n in needed if n.is_whole_shape]):
        return shapes[0].error
    if need := next((need for need in needed if need.words == decision.words), None):
        return need.error
    return _error(run, decision, follow, allowance)


def _left_without_data_code(
    run: Interpreter,
    decisions: list[Decision],
    followed: Outcome,
    follow: Follow,
    allowance: Allowance,
) -> Collection[str]:
    """The tests that are left if those in code that only processes data change no number.

    A run passes over that code. What it may change is unknown there, also to later conditions.
    """
    nodes = {decision.node for decision in followed.decisions}
    passed = passed_over(run, decisions)
    refused: set[ast.AST] = set()  # code that turned out to be more than data
    while passed and len(passed) < MAX_PASSED and allowance.rest > 0:
        try:
            outcome = follow({}, {}, passed)
        except PassOver as met:  # what it may change is part of a model
            refused.add(met.code)
            passed = {node: code for node, code in passed.items() if code not in refused}
            if allowance.runs_left < FEW_RUNS:
                break
            continue
        if outcome is None or _known(outcome.numbers) != _known(followed.numbers):
            break
        # decisions on what is unknown in this run only
        new = [decision for decision in outcome.decisions if decision.node not in nodes]
        if not new:  # a run may name what is unknown otherwise, so that it has other tests
            left = {decision.node for decision in outcome.decisions}
            return [decision.test for decision in decisions if decision.node in left]
        more = passed_over(run, new)
        is_refused = not refused.isdisjoint(more.values())
        if is_refused or more.keys() != {decision.node for decision in new}:
            break
        passed |= more
    return [decision.test for decision in decisions]


def _known(numbers: list[Any] | None) -> list[str]:
    """Numbers without the names of what is not known in them: a run may name it otherwise."""
    return [re.sub(_NAME, "?", str(number)) for number in numbers or ()]


def _comparing_optimizers(follow: Follow, config: ModelConfig) -> Follow:
    """Also make the optimizer unknown if the model gets another one after other decisions."""
    own = kind_of(config.training)

    def compared(
        forced: dict[str, int],
        more: dict[str, Any],
        passed_over: dict[ast.AST, ast.AST] | None = None,
    ) -> Outcome | None:
        outcome = follow(forced, more, passed_over)
        if outcome is not None and kind_of(outcome.config.training) != own:
            name = next(iter(forced), "optimizer")
            config.training = {"optimizer": unknown_optimizer(name)}
        return outcome

    return compared


def has_outputs(outcome: Outcome | None) -> bool:
    return outcome is not None and not isinstance(outcome, LostOutcome)


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
    for decision in filter(is_condition, decisions):
        for forced in ways(decision):
            if allowance.is_spent:
                return None
            outcome = follow(forced, {})
            if outcome is not None and has_outputs(outcome) and outcome.is_settled:
                return decision
    return None


def loud(run: Interpreter) -> list[Decision]:
    """The decisions that may change a model, as far as their statements tell."""
    decisions = list(run.decisions.values())
    if not decisions:
        return []
    quiet = quiet_nodes(statements_of(run))
    return [
        each for each in decisions if asks_whether_it_works(each.test) or each.node not in quiet
    ]


def _raises_otherwise(decision: Decision) -> bool:
    """Whether the program would end with an exception if the decision were the other way."""
    if not isinstance(decision.node, ast.If) or decision.is_in_try:
        return False
    other = decision.node.orelse if decision.taken else decision.node.body
    return bool(other) and isinstance(other[-1], ast.Raise)


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
    asked = [question_of(decision)]
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
    settled: tuple[str, Any, str, str | None] | None = None
    nearer: tuple[str, Any, str, str | None] | None = None
    examples = list(examples_for(decision))
    for words, value, example in examples:
        if allowance.is_spent:  # for most decisions, the last is their own text
            return settled if given else (*examples[-1], None)
        outcome = follow({}, given | {words: value})
        depends_on = decision.words if outcome is None else outcome.decided.get(decision.test)
        if outcome is not None and depends_on is None:
            settled = settled or (words, value, example, None)
            if outcome.numbers is not None and has_outputs(outcome):
                if value is True and not outcome.is_settled and not allowance.is_spent:
                    other = follow({}, given | {words: False})
                    if other is not None and other.is_settled:
                        return words, False, "false", None
                return words, value, example, None
        elif depends_on != decision.words:
            nearer = nearer or (words, value, example, depends_on)
    if settled is None and nearer is None and is_condition(decision) and not allowance.is_spent:
        outcome = follow({}, given | {decision.test: False})  # the program goes only this way
        if outcome is not None and decision.test not in outcome.decided and has_outputs(outcome):
            return decision.test, False, "false", None
    return settled or nearer


def question_of(decision: Decision) -> str:
    is_loop = isinstance(decision.node, LOOPS)
    question = "how often the loop runs" if is_loop else "which way the program goes"
    return f"{question} depends on `{decision.words}`, which is not known"
