"""Ask for what a model's numbers depend on, and explain what is not known of it."""

from __future__ import annotations

from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.programs.allowance import Allowance
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.libraries.keras.models.models import UNKNOWN_ENDS, UNKNOWN_LAYERS
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import problems_of
from lstmcount.programs.libraries.keras.values.objects import ModelObject
from lstmcount.programs.model_configs import lacks_input_shape
from lstmcount.programs.questions.input_shapes import set_lost_reason, set_unknown_reason
from lstmcount.programs.questions.needs import (
    Need,
    choose_examples,
    explain_unknown,
    lost_shape_error,
    note_of,
)
from lstmcount.programs.questions.outcomes import Follow, Outcome
from lstmcount.programs.questions.settling import (
    naming_keys,
    naming_shape,
    naming_unknown,
    settled_by_all,
    settling,
)
from lstmcount.programs.questions.undecided import assumed, failed_import, undecided


def ask(
    run: Interpreter,
    model: ModelObject,
    followed: Outcome,
    needed: list[Need],
    follow: Follow,
    allowance: Allowance,
) -> LstmcountError | None:
    """The error that asks for what the model's numbers depend on; None if they are known.

    Otherwise reasons and notes in the config of the model, and the examples of what is `needed`,
    say what else is open.
    """

    def works(more: dict[str, Any]) -> bool:
        try:
            outcome = follow({}, more)
        except LstmcountError:  # the program cannot run with these values
            return False
        return outcome is not None and outcome.is_settled

    session = session_of(run)
    if lacks_input_shape(model):
        examples = {need.words: need.example for need in needed}
        set_unknown_reason(model, followed.config, lambda more: works(examples | more), allowance)
    set_lost_reason(session, model, followed.config)
    problem = _problem(run, model, followed, needed, follow, allowance)
    missing = _missing(run, followed, follow, needed, problem, allowance)
    if missing is not None:
        return missing
    choose_examples(needed, works, allowance.half)
    if problem is not None:
        return problem.error if isinstance(problem, Need) else problem
    return assumed(needed, followed, follow, allowance)


def _problem(
    run: Interpreter,
    model: ModelObject,
    followed: Outcome,
    needed: list[Need],
    follow: Follow,
    allowance: Allowance,
) -> LstmcountError | Need | None:
    """Why the model cannot be built. A note names an unknown shape without which it can be."""
    problem = next(iter(problems_of(model)), None)
    config, session = followed.config, session_of(run)
    if needed:
        if problem is not None or followed.numbers is not None:
            return problem
        error = followed.error
        is_sure = error is not None and not run.decisions and "not known" not in error.message
        places = error.location.path if error is not None and is_sure else None
        return needed[0] if session.impossible.isdisjoint(places or ()) else error
    lost = _lost(run, config)
    if lost is not None and not followed.is_settled:
        lost = naming_shape(run, lost, followed, follow, allowance) or lost
        config.notes.append(note_of(lost))
        explain_unknown(config, config.notes[-1])
        if followed.numbers is None:
            return problem or lost
    return problem


def _lost(run: Interpreter, config: ModelConfig) -> LstmcountError | None:
    session, why_lost = session_of(run), run.failed_imports.why_lost
    return lost_shape_error(config, session.lost_shapes, session.lost_inside, why_lost)


def _missing(
    run: Interpreter,
    followed: Outcome,
    follow: Follow,
    needed: list[Need],
    problem: LstmcountError | Need | None,
    allowance: Allowance,
) -> LstmcountError | None:
    """The error that asks for a decision that changes the numbers, or that solves the problem."""
    if problem is None:
        error = undecided(run, followed, follow, needed, allowance)
        lost = None if error is not None or followed.is_settled else _lost(run, followed.config)
        return error if lost is None else naming_keys(run, lost, follow)
    error = failed_import(run, follow, allowance)
    is_open = any(words in problem.message for words in (UNKNOWN_ENDS, UNKNOWN_LAYERS))
    if error is None and is_open:
        message = problem.error if isinstance(problem, Need) else problem
        error = settling(run, follow, allowance, message)
        error = error or settled_by_all(needed, follow, allowance)
        error = error or naming_unknown(run, message, follow, allowance)
    return error
