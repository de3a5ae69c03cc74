"""Ask for what settles a model whose outputs are not known: decisions, keys or arguments."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.language.interpreter import Decision, Interpreter
from lstmcount.programs.language.source.setting_names import is_expression
from lstmcount.programs.questions.decision_examples import LOOPS, examples_for
from lstmcount.programs.questions.needs import Need, choose_examples, shown_example
from lstmcount.programs.questions.outcomes import Follow, Outcome, calls_too_deep
from lstmcount.programs.questions.undecided import has_outputs, loud, question_of
from lstmcount.setting_text import asking_for_all, set_option
from lstmcount.shapes import Unknown

_VALUES = (3, [8, 16], True)  # that an unknown may have


def settling(
    run: Interpreter, follow: Follow, allowance: Allowance, problem: LstmcountError
) -> LstmcountError | None:
    """The error that asks for the decision after which a model's outputs are known, or for several
    decisions that only settle this together, as two nested loops do. It may also ask for the keys
    of known values."""
    decisions = loud(run)
    together: dict[str, tuple[Decision, Any, str]] = {}
    for decision in decisions:
        words, value, example = next(examples_for(decision))
        if words not in together or isinstance(decision.node, LOOPS):  # loops make outputs
            together[words] = decision, value, example

    def settles(names: list[str]) -> bool:
        outcome = follow({}, {words: together[words][1] for words in names})
        return not allowance.is_spent and has_outputs(outcome)

    if len(together) > 1 and settles([*together]):
        few = _fewest([], [*together], settles)
        decisions = [together[few[0]][0]] if len(few) == 1 else []
        if chosen := _asking_alone(run, decisions, follow, allowance):
            return chosen
        return _asking(run, together[few[0]][0], [(words, together[words][2]) for words in few])
    others = {words: value for words, (_, value, _) in together.items()}
    return _asking_alone(run, decisions, follow, allowance) or _asking_for_keys(
        problem, run.choices.of_data, others, follow
    )


def ending(run: Interpreter, follow: Follow, allowance: Allowance) -> LstmcountError | None:
    """The error that asks for the value that ends a recursion without which there is no model."""
    for decision in loud(run) if calls_too_deep(run) else ():
        for words, value, example in ((decision.words, 3, "3"), *examples_for(decision)):
            if allowance.is_spent:
                return None
            outcome = follow({}, {words: value})
            if outcome is not None and has_outputs(outcome) and outcome.is_settled:
                return _asking(run, decision, [(words, example)])
    return None


def naming_keys(run: Interpreter, problem: LstmcountError, follow: Follow) -> LstmcountError | None:
    """The error that asks for keys of known values with which the counts of a model are known, as
    for the name of a module that defines its layers."""

    def settled(
        forced: dict[str, int],
        more: dict[str, Any],
        passed_over: dict[ast.AST, ast.AST] | None = None,
    ) -> Outcome | None:
        outcome = follow(forced, more, passed_over)
        return outcome if outcome is not None and outcome.is_settled else None

    return _asking_for_keys(problem, run.choices.of_data, {}, settled)


def _asking_for_keys(
    problem: LstmcountError, keys: dict[str, Any], others: dict[str, Any], follow: Follow
) -> LstmcountError | None:
    """The error that asks for keys with which, beside the other values, the outputs are known."""
    examples = others | keys
    if not keys or not has_outputs(follow({}, examples)):
        return None

    def settles(names: list[str]) -> bool:
        return has_outputs(follow({}, {words: examples[words] for words in names}))

    few = _fewest([], [*examples], settles)
    options = [set_option(words, shown_example(examples[words])) for words in few]
    asked = asking_for_all([f"{problem.message}: {options[0]}", *options[1:]])
    return LstmcountError(asked, path=problem.location.path)


def _asking_alone(
    run: Interpreter, decisions: list[Decision], follow: Follow, allowance: Allowance
) -> LstmcountError | None:
    """The error that asks for the first decision that alone settles the outputs, by an example with
    which Keras could build the model, if there is one."""
    for decision in decisions:
        settled = None
        for words, value, example in examples_for(decision):
            if allowance.is_spent:
                return settled
            outcome = follow({}, {words: value})
            if outcome is not None and has_outputs(outcome):
                asked = _asking(run, decision, [(words, example)])
                if outcome.numbers is not None:
                    return asked
                settled = settled or asked
        if settled is not None:
            return settled
    return None


def settled_by_all(
    needed: list[Need], follow: Follow, allowance: Allowance
) -> LstmcountError | None:
    """The error for the first unknown argument if a model's outputs are known with all of them, as
    those of a base model on an input whose shape is not known."""
    found: list[dict[str, Any]] = []

    def works(settings: dict[str, Any]) -> bool:
        outcome = follow({}, settings)
        if outcome is not None and has_outputs(outcome) and outcome.numbers is not None:
            found.append(settings)
        return bool(found)

    choose_examples(needed, works, allowance.half)
    return needed[0].error if found else None


def naming_shape(
    run: Interpreter,
    problem: LstmcountError,
    followed: Outcome,
    follow: Follow,
    allowance: Allowance,
) -> LstmcountError | None:
    """The error for an operation whose output shape is known with the shape of the unknown array
    that it takes, as for a product of matrices."""
    name = _named_in(problem)
    words = f"{name}.shape" if isinstance(run.module.names.get(name), Unknown) else ""
    for size in followed.features if words else ():
        for shape in ([size, 3], [size]):
            outcome = None if allowance.is_spent else follow({}, {words: shape})
            if outcome is not None and outcome.is_settled:
                return _with_setting(problem, words, shape)
    return None


def naming_unknown(
    run: Interpreter, problem: LstmcountError, follow: Follow, allowance: Allowance
) -> LstmcountError | None:
    """The error for a model whose outputs are known with a value of the unknown that it names, as
    the number of rounds of `reduce`, or of a key that selects a class."""
    choices = dict.fromkeys(run.choices.by_words.values())
    keys = [(choice.key, key) for choice in choices for key in choice.examples[:2]]
    name = _named_in(problem)
    guesses = [(name, value) for value in _VALUES] if is_expression(name) else []
    for words, value in (*keys, *guesses):
        if allowance.is_spent:
            return None
        outcome = follow({}, {words: value})
        is_built = outcome is not None and has_outputs(outcome) and outcome.numbers is not None
        is_key = (words, value) in keys  # after which more may be asked for
        if outcome is not None and is_built and (is_key or outcome.is_settled):
            return _with_setting(problem, words, value)
    return None


def _named_in(problem: LstmcountError) -> str:
    """The unknown that the message of a problem names; "" if it names none."""
    named = re.search(r"`([^`]+)`", problem.message)
    return "" if named is None else named[1]


def _with_setting(problem: LstmcountError, words: str, value: Any) -> LstmcountError:
    asked = f"{problem.message}: {set_option(words, shown_example(value))}"
    return LstmcountError(asked, path=problem.location.path)


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


def _asking(
    run: Interpreter, decision: Decision, examples: list[tuple[str, str]]
) -> LstmcountError:
    options = [set_option(words, example) for words, example in examples]
    asked = asking_for_all([f"{question_of(decision)}: {options[0]}", *options[1:]])
    return run.error(decision.node, asked)
