"""The models of a program by name: all, the last one, and the one that `--model` names."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Sequence
from typing import Any

from lstmcount.errors import LstmcountError, NoModelError, did_you_mean
from lstmcount.programs.discovery import (
    all_candidates,
    as_model,
    candidates,
    has_model,
    try_uncalled,
)
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Stop
from lstmcount.programs.language.values.unknown_elements import UnknownElement, may_be_model
from lstmcount.programs.libraries.keras.imported.namespace import names_keras
from lstmcount.programs.libraries.keras.models.learning import learns, prepares
from lstmcount.programs.libraries.keras.values.contents import all_holders
from lstmcount.programs.libraries.keras.values.objects import ModelObject
from lstmcount.programs.model_names import Entry, ModelNames, bound_models
from lstmcount.programs.parameters import refusal
from lstmcount.setting_text import set_option
from lstmcount.shapes import Unknown

SHOWN_OTHERS = 6
_OF_TRANSFORMERS = r"(\w+\.)*TF[A-Z]"


def models_of(run: Interpreter) -> list[Entry]:
    """The program's models; its functions' models if it creates none, or none that learns.

    If there are none either, its modules' models.
    """
    if not has_model(run):
        try_uncalled(run)
    return made_models(run)


def made_models(run: Interpreter) -> list[Entry]:
    """The models that the program made so far; if it made none, those of its modules."""
    return candidates(run) or all_candidates(run)


def last_model(run: Interpreter, notes: list[str]) -> tuple[str, ModelObject]:
    """The only model, or the last that is complete and in no other. A note names the others.

    If only modules make models, the last whose class the program itself defines is chosen, if any.
    A model that only prepares data is chosen only if there is no other.
    """
    models = models_of(run)
    if not models:
        loaded = [error for error in run.refused if isinstance(error, NoModelError)]
        for error in (run.ended, *loaded[-1:], *run.refused[-1:]):
            if error is not None:
                raise error
        message = "the program makes no Keras model"
        why = run.failed_imports.why_no_model(names_keras)
        raise NoModelError(f"{message} that could be followed{f' ({why})' if why else ''}")
    outermost = _outermost(models) or models
    of_own_class = [] if candidates(run) else [e for e in outermost if _is_of_own_class(run, e[1])]
    outermost = of_own_class or outermost
    chosen = ([entry for entry in outermost if learns(entry[1])] or outermost)[-1]
    chosen = _bound_later(run, outermost, chosen)
    name, model, _ = chosen
    if (lost := _lost_model(run, chosen)) is not None:
        raise lost
    if (why := run.failed_imports.why_no_model(names_keras)) and prepares(model):
        notes.append(f"{name} only prepares data; no other model could be followed ({why})")
    sound = [entry for entry in models if not entry[1].problems]
    if model.problems and sound:
        problem = model.problems[0]
        advice = f"; {_advice(run, sound[-1])}"
        problem.message = problem.message.removesuffix(advice) + advice
    if len(models) > 1:
        names = ModelNames(run)
        arguments = {names.argument(entry): entry for entry in models if entry is not chosen}
        arguments.pop(run.program.at_line(name, chosen[2]), None)  # others of a loop without a name
        others = [f"{words} (line {_line(run, entry[2])})" for words, entry in arguments.items()]
        order = "one" if of_own_class else "the last"
        notes.append(_choice(f"this is {name}, {order} of {len(models)} models", others))
    return name, model


def _bound_later(
    run: Interpreter,
    models: list[Entry],
    chosen: Entry,
) -> Entry:
    """The last model that gets a name after the chosen one was made, if that has none."""
    bound = {model.serial for _, model, _ in run.bindings}
    later = [each for each in models if each[1].serial in bound and each[2] > chosen[2]]
    return chosen if chosen[1].serial in bound or not later else later[-1]


def _lost_model(run: Interpreter, chosen: Entry) -> LstmcountError | None:
    """The error for a program that makes another model after the chosen one, which is not known."""
    bound = [at for at, (_, model, _) in enumerate(run.bindings, 1) if model is chosen[1]]
    for name, (value, node, before) in run.lost_models.items():
        is_later = not bound or chosen[1].attempt or bound[-1] <= before
        if not is_later:
            continue
        is_another = re.match(_OF_TRANSFORMERS, value.text or "") is not None
        if name == chosen[0] and not is_another:
            continue  # it may be restored from a file
        if (setting := _key_of(run, value)) is not None:
            key, example = setting
            text = f"which model `{name}` is depends on `{key}`, which is not known"
            return run.error(node, f"{text}: {set_option(key, example)}")
        why = run.failed_imports.why_lost(str(value)) or ""
        if is_another or "there is no module" in why:
            text = f"the model `{name}` is not known ({why}); {_advice(run, chosen)}"
            return run.error(node, text)
    return None


def _advice(run: Interpreter, model: Entry) -> str:
    return f"--model {ModelNames(run).argument(model)} takes the last that can be followed"


def _key_of(run: Interpreter, value: Unknown) -> tuple[str, Any] | None:
    """The unknown key that selects a model, or what makes one, and an example; or None."""
    if (choice := run.choices.of(value.text)) is not None:
        return choice.key, choice.examples[0]
    if isinstance(value, UnknownElement) and may_be_model(run, value) and value.key.text:
        return value.key.text, getattr(value.key, "example", 0)
    return None


def _choice(which: str, others: list[str]) -> str:
    """A note of which model is taken, and of the others that `--model` can name."""
    shown = ", ".join(others[-SHOWN_OTHERS:])
    return f"{which}; choose another with --model: {shown}" if shown else which


def _is_of_own_class(run: Interpreter, model: ModelObject) -> bool:
    """Whether the class of a model is defined in the program's file, not in another module."""
    cls = getattr(model, "cls", None)
    return isinstance(cls, Class) and run.program.is_of_own_file(cls.node.lineno)


def require_all_followed(run: Interpreter, model: ModelObject) -> None:
    """Raise an error if other models may follow than `model`, the last until the limits.

    Which model is the last must not depend on how fast a machine is.
    """
    untried, ended = run.untried, run.ended
    if not untried and (ended is None or ended.is_end or is_built_endlessly(run, model)):
        return
    made = sorted(models_of(run), key=lambda entry: entry[1] is model)
    names = [*dict.fromkeys([*map(ModelNames(run).argument, made), *untried])]
    reason = ended.message if ended else "there is no time to call each function for its model"
    others = f" (or {', '.join(names[-1 - SHOWN_OTHERS : -1])})" if len(names) > 1 else ""
    which = "the last model" if untried else "the last model until then"
    text = f"{reason}; to take {which}{others}: --model {names[-1]}"
    raise LstmcountError(text, path=ended.location.path if ended else ())


def is_built_endlessly(run: Interpreter, model: ModelObject) -> bool:
    """Whether the program added layers to a model until the limits."""
    return run.is_exhausted and model.added_at > run.total_steps // 2


def _outermost(models: list[Entry]) -> list[Entry]:
    """The models that are not layers of another, which may have been made before them."""
    serials = {model.serial for _, model, _ in models}
    return [
        entry
        for entry in models
        if serials.isdisjoint(holder.serial for holder in all_holders(entry[1]))
    ]


def _line(run: Interpreter, line: int) -> str:
    cell, number = run.program.place(line)
    place = str(number) if cell is None else f"{number} of cell {cell}"
    return place if run.program.is_own(line) else f"{place} of {run.program.part(line).file}"


def model_named(run: Interpreter, wanted: str, notes: list[str]) -> tuple[str, ModelObject]:
    """The model that `--model` names, after that text: a name, a name at a line, or a call.

    Of several models in a list or tuple it is the last; a note names the others.
    """
    text, _, line = wanted.rpartition("@")
    if text and line.replace(":", "").isdigit():
        return wanted, _bound_at(run, text, line)
    by_name = bound_models(run)
    if wanted in by_name:
        return wanted, by_name[wanted]
    try:
        expression = ast.parse(wanted, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise LstmcountError(f"expected the name of a model or a call, got {wanted!r}") from None
    model = value = None
    try:
        value = run.evaluate(expression, run.module)
        model = as_model(run, value, expression)
    except (Stop, RecursionError):
        if isinstance(value, Function) and (error := refusal(run, value)):
            raise error from None
    if model is None and not has_model(run):
        try_uncalled(run)
        model = bound_models(run).get(wanted)
    if model is None:
        models_of(run)  # those of functions that the program does not call, too
        model = bound_models(run).get(wanted)
    if model is None:
        if run.ended is not None and not run.ended.is_end:
            raise run.ended  # it may be made later
        raise _no_such_model(run, wanted)
    if isinstance(value, list | tuple):
        _note_others(wanted, value, model, notes)
    return wanted, model


def _note_others(wanted: str, values: Sequence[Any], model: ModelObject, notes: list[str]) -> None:
    """Note which of several models in a list or tuple is taken."""
    entries = [(at, each) for at, each in enumerate(values) if isinstance(each, ModelObject)]
    models = {id(each): (at, each) for at, each in entries}
    if len(models) > 1 and id(model) in models:
        which = (
            f"this is {wanted}[{models.pop(id(model))[0]}], the last of {len(models) + 1} models"
        )
        others = [f"{shlex.quote(f'{wanted}[{at}]')} ({each.name})" for at, each in models.values()]
        notes.append(_choice(which, others))


def _no_such_model(run: Interpreter, wanted: str) -> LstmcountError:
    names = [*dict.fromkeys(name for name, _, _ in all_candidates(run))]
    known = [*names, *[k for k, v in run.module.names.items() if isinstance(v, Function)]]
    there = f" There are: {', '.join(names)}." if names else ""
    if isinstance(run.module.names.get(wanted), Function | Class):
        return LstmcountError(f"{wanted} makes no model that could be followed.{there}")
    hint = did_you_mean(wanted, known) or there
    return LstmcountError(f"the program has no model {wanted!r}.{hint}")


def _bound_at(run: Interpreter, name: str, line: str) -> ModelObject:
    """The model that a name is bound to at a line: `262`, or `3:12` in the third cell.

    Of functions that the program does not call, it is a model at just this line.
    """
    bound = _bindings_of(run, name, line)
    # Prefer the line itself: a function above it may bind the name again when called later.
    models = [model for side, model in bound if side == 0]
    if not models:
        models_of(run)
        models = [model for side, model in _bindings_of(run, name, line) if side == 0]
    models = models or [model for side, model in bound if side < 0]
    if not models:
        raise LstmcountError(f"no model is assigned to {name!r} at line {line}")
    return models[-1]


def _bindings_of(run: Interpreter, name: str, line: str) -> list[tuple[int, ModelObject]]:
    """The models that a name is bound to, with the side of the line on which this happens."""
    return [
        (side, model)
        for other, model, at in run.bindings
        if other == name
        and ((side := _compare_lines(run, at, line)) == 0 or run.program.is_own(at))
    ]


def _compare_lines(run: Interpreter, at: int, line: str) -> int:
    """Negative for a line before the wanted line, 0 for that line, positive for a line after it."""
    cell, _, line_in_it = line.rpartition(":")
    bound_cell, bound_line = run.program.place(at)
    if not cell and bound_cell is not None:
        bound_cell, bound_line = None, at
    bound, wanted = (bound_cell or 0, bound_line), (int(cell or 0), int(line_in_it))
    return (bound > wanted) - (bound < wanted)
