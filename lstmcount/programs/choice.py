"""Choose one of a program's models, and read it as a ModelConfig."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from typing import Any

import msgspec

from lstmcount.config import ModelConfig, all_layers
from lstmcount.errors import Location, LstmcountError, NoModelError, did_you_mean
from lstmcount.layers.custom.known import NONE, CustomLayers
from lstmcount.programs.discovery import all_candidates, as_model, candidates, try_uncalled
from lstmcount.programs.input_shapes import lacks_input_shape, set_unknown_reason
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.language.module_files import ModuleFiles
from lstmcount.programs.language.places import place_of
from lstmcount.programs.language.run import Stop
from lstmcount.programs.language.setting_names import Settings, normalized
from lstmcount.programs.language.source import Program, parse
from lstmcount.programs.language.values import Function
from lstmcount.programs.libraries.keras import custom_layers, first_call
from lstmcount.programs.libraries.keras.contents import inner_layers
from lstmcount.programs.libraries.keras.export import model_config
from lstmcount.programs.libraries.keras.models import UNKNOWN_OUTPUTS
from lstmcount.programs.libraries.keras.objects import Custom, ModelObject
from lstmcount.programs.libraries.keras.session import session_of
from lstmcount.programs.libraries.keras_tuner import HyperparameterSpace
from lstmcount.programs.libraries.modules import KnownLibraries
from lstmcount.programs.needs import (
    Need,
    choose_examples,
    lost_shape_error,
    needs,
    note_of,
)
from lstmcount.programs.parameters import refusal
from lstmcount.programs.undecided import (
    Outcome,
    assumed,
    deadline,
    failed_import,
    settling,
    undecided,
)
from lstmcount.programs.unneeded import take_unneeded
from lstmcount.readers.keras.shared_layers import settle
from lstmcount.setting_text import SETTING, asking_for_all, settings_in
from lstmcount.shapes import Unknown

SHOWN_OTHERS = 6


class FoundModel(msgspec.Struct, frozen=True):
    """A model that a program creates, as `--list` shows it."""

    name: str
    class_name: str
    layers: int
    place: Location


def read_python(
    data: bytes,
    *,
    name: str = "model",
    model: str | None = None,
    settings: dict[str, Any] | None = None,
    custom: CustomLayers = NONE,
    files: ModuleFiles | None = None,
) -> ModelConfig:
    """The model that a program builds, found by following the program without running it.

    `model` chooses a model (a variable, `variable@line`, a function, a call). `settings` gives
    values for expressions that depend on data; settings that are used are removed from it. `custom`
    declares classes that the program imports, and `files` are the modules that it may import.

    Raises `LstmcountError` with a path that starts with a `CodePlace`.
    """
    given_settings = Settings(settings)
    runner = _Runner(parse(data, name), files, custom)
    try:
        config = _read(runner, model, given_settings)
    except LstmcountError as error:
        error.message = _asking_for_all(runner, model, given_settings, error.message)
        raise
    for key in list(settings or ()):
        if settings and normalized(key) in given_settings.used:
            del settings[key]
    if settings:
        take_unneeded(config, runner.program, files, settings)
    return config


class _Runner(msgspec.Struct):
    """A program and its modules, which may be followed several times with different settings."""

    program: Program
    files: ModuleFiles | None = None
    custom: CustomLayers = NONE
    end: float | None = None  # the processor time until which it may be followed again

    def run(self, settings: Settings, forced: dict[str, int] | None = None) -> Interpreter:
        run = Interpreter(self.program, settings, KnownLibraries(self.custom), forced, self.files)
        began = time.process_time()
        run.run()
        self.end = self.end or deadline() - (time.process_time() - began)  # of one more run
        return run


def list_models(
    data: bytes,
    *,
    name: str = "model",
    settings: dict[str, Any] | None = None,
    files: ModuleFiles | None = None,
) -> list[FoundModel]:
    """The models that a program creates, in the order of their creation."""
    run = _Runner(parse(data, name), files).run(Settings(settings))
    return [
        _found_model(run, bound, found_model, line) for bound, found_model, line in _models(run)
    ]


def _models(run: Interpreter) -> list[tuple[str, ModelObject, int]]:
    """The program's models; if it creates none, its functions' models; else its modules' models."""
    if not candidates(run):
        try_uncalled(run)
    return candidates(run) or all_candidates(run)


def _found_model(run: Interpreter, name: str, model: ModelObject, line: int) -> FoundModel:
    place = place_of(run.program, line)
    return FoundModel(name, model.class_name, len(inner_layers(model)), place)


def _read(runner: _Runner, wanted: str | None, settings: Settings) -> ModelConfig:
    run = runner.run(settings)
    end = runner.end or deadline()
    notes = list(runner.program.notes)

    def follow(forced: dict[str, int], more: dict[str, Any]) -> Outcome | None:
        again = runner.run(Settings({**settings, **more}), forced)
        if attempt is not None:
            try_uncalled(again, only=name)
        return _outcome(again, wanted, name)

    name = attempt = None
    try:
        name, model = _model_named(run, wanted) if wanted is not None else _last_model(run, notes)
    except LstmcountError as error:
        raise failed_import(run, follow, end) or error from None
    if (attempt := model.attempt) is not None:
        run.keep_decisions_of(attempt)
    if run.ended is not None:
        if run.is_exhausted and model.added_at > run.total_steps // 2:
            model.problems.insert(0, run.ended)  # the program adds layers endlessly
        else:
            where = _place_of_end(run)
            notes.append(f"{where}{run.ended.message}; the rest of the program was not read")
    config = _config(run, model)

    def works(more: dict[str, Any]) -> bool:
        outcome = follow({}, more)
        return outcome is not None and outcome.is_settled

    session = session_of(run)
    needed = needs(
        config, run.failed_imports.why_unknown, session.open_operations, session.open_classes
    )
    if lacks_input_shape(model):
        examples = {need.words: need.example for need in needed}
        set_unknown_reason(model, config, lambda more: works(examples | more), end)
    space: HyperparameterSpace = run.library_state["keras_tuner"]
    config.space = dict(space)
    config.variables = {name: parameter.value for name, parameter in space.items()}
    config.structural = frozenset(space)

    missing = None
    problem = _problem(run, model, config, needed)
    if run.decisions:
        missing = (
            undecided(run, config, follow, needed, end)
            if problem is None
            else failed_import(run, follow, end)
        )
        if missing is None and problem is not None and UNKNOWN_OUTPUTS in problem.message:
            missing = settling(run, follow, end)
    if missing is None:
        choose_examples(needed, works, end)
        config.notes = []
        problem = _problem(run, model, config, needed)
    notes_of_needs = [need.note for need in needed]
    config.notes = [*notes, *space.notes(), *session.notes, *notes_of_needs, *config.notes]
    problem = missing or problem
    if problem is None and needed:
        problem = assumed(needed, Outcome(run, config), follow, end)
    if problem is not None:
        problem.partial = config
        raise problem
    return config


def _asking_for_all(runner: _Runner, wanted: str | None, settings: Settings, message: str) -> str:
    """The message with all settings that the model needs, as far as they are found in time."""
    messages, given = [message], dict(settings)
    end = runner.end or deadline()
    while (asked := settings_in(messages[-1])) and not asked.keys() & given.keys():
        if time.process_time() > end:
            break
        given |= asked
        try:
            config = _read(runner, wanted, Settings(given))
            message = asking_for_all(_questions(config))
        except LstmcountError as error:
            message = error.message
        messages.append(message)
    return asking_for_all(messages)


def _questions(config: ModelConfig) -> Iterator[str]:
    """The notes that ask for values, and the reason why layers have no input shape."""
    reasons = dict.fromkeys(layer.unknown_because or "" for layer in all_layers(config))
    return (text for text in [*config.notes, *reasons] if SETTING in text)


def _problem(
    run: Interpreter, model: ModelObject, config: ModelConfig, needed: list[Need]
) -> LstmcountError | None:
    """Why the model cannot be built. A note names an unknown shape without which it can be."""
    problem = model.problems[0] if model.problems else None
    if needed:
        is_lacking = problem is None and Outcome(run, config).numbers is None
        return needed[0].error if is_lacking else problem
    lost = lost_shape_error(config, session_of(run).lost_shapes, run.failed_imports.why_unknown)
    if lost is not None and not (outcome := Outcome(run, config)).is_settled:
        config.notes.append(note_of(lost))
        if outcome.numbers is None:
            return problem or lost
    return problem


def _config(run: Interpreter, model: ModelObject) -> ModelConfig:
    _set_input_shape(run, model)
    custom_layers.complete(session_of(run), model)
    config = model_config(model)
    settle(config)
    return config


def _outcome(run: Interpreter, wanted: str | None, name: str | None) -> Outcome | None:
    """The model after another run of the program; None if there is no model of that `name`."""
    try:
        model = (_last_model(run, []) if wanted is None else _model_named(run, wanted))[1]
        if wanted is None and name is not None:
            if isinstance(run.module.names.get(name), Unknown):
                return None  # the name is bound to a model that is loaded or created elsewhere
            model = {entry[0]: entry[1] for entry in _models(run)}[name]
        return None if model.problems else Outcome(run, _config(run, model))
    except (LstmcountError, Stop, RecursionError, LookupError):
        return None


def _place_of_end(run: Interpreter) -> str:
    path = run.ended.location.path if run.ended else None
    return f"{path[0].locate(None, ())}: " if path and not isinstance(path[0], str | int) else ""


def _set_input_shape(run: Interpreter, model: ModelObject) -> None:
    """Apply `--set input_shape=[None,20]` to a model that declares no input shape."""
    if isinstance(model, Custom) and not model.is_sequential:
        first_call.use_settings(model, run.settings)
        return
    shape = run.settings.get("input_shape")
    has_input = bool(model.layers) and model.layers[0].class_name == "InputLayer"
    if isinstance(shape, list | tuple) and model.build_shape is None and not has_input:
        model.build_shape = tuple(run.settings.use("input_shape"))


# -- choosing -----------------------------------------------------------------------------------


def _last_model(run: Interpreter, notes: list[str]) -> tuple[str, ModelObject]:
    """The only model, or the last complete model. A note names the other models."""
    models = _models(run)
    if not models:
        for error in (run.ended, *run.refused[-1:]):
            if error is not None:
                raise error
        message, why = "the program makes no Keras model", run.failed_imports.why_no_model()
        raise NoModelError(f"{message} that could be followed{f' ({why})' if why else ''}")
    sound = [entry for entry in models if not entry[1].problems] or models
    # not an earlier model of the name that now has one which cannot be followed
    chosen = models[-1] if models[-1][0] == sound[-1][0] else sound[-1]
    name, model, _ = chosen
    if len(models) > 1:
        others = [
            f"{_model_argument(run, entry)} (line {_line(run, entry[2])})"
            for entry in models
            if entry is not chosen
        ]
        shown = ", ".join(others[-SHOWN_OTHERS:])
        which = "the last" if chosen is models[-1] else "the last that can be followed"
        notes.append(
            f"this is {name}, {which} of {len(models)} models; choose another with --model: {shown}"
        )
    return name, model


def _model_argument(run: Interpreter, entry: tuple[str, ModelObject, int]) -> str:
    """The argument of `--model` for a model: its name, with its line if the name is not unique."""
    name, model, line = entry
    if _by_name(run).get(name) is model:
        return name
    cell, number = run.program.place(line)
    return f"{name}@{number}" if cell is None else f"{name}@{cell}:{number}"


def _by_name(run: Interpreter) -> dict[str, ModelObject]:
    """The models by their last variable's name, or by their own name if no variable holds them."""
    unbound = {name: model for name, model, _ in all_candidates(run)}
    return unbound | {name: model for name, model, _ in run.bindings}


def _line(run: Interpreter, line: int) -> str:
    cell, number = run.program.place(line)
    place = str(number) if cell is None else f"{number} of cell {cell}"
    return place if run.program.is_own(line) else f"{place} of {run.program.part(line).file}"


def _model_named(run: Interpreter, wanted: str) -> tuple[str, ModelObject]:
    text, _, line = wanted.rpartition("@")
    if text and line.replace(":", "").isdigit():
        return wanted, _bound_at(run, text, line)
    by_name = _by_name(run)
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
    if model is None:
        names = [name for name, _, _ in all_candidates(run)]
        known = [*names, *[k for k, v in run.module.names.items() if isinstance(v, Function)]]
        hint = did_you_mean(wanted, known) or (f" There are: {', '.join(names)}." if names else "")
        raise LstmcountError(f"the program has no model {wanted!r}.{hint}")
    return wanted, model


def _bound_at(run: Interpreter, name: str, line: str) -> ModelObject:
    """The model that a name is bound to at a line: `262`, or `3:12` in the third cell."""
    sides = [
        (_compare_lines(run, at, line), model)
        for other, model, at in run.bindings
        if other == name and run.program.is_own(at)
    ]
    # Prefer the line itself: a function above it may bind the name again when called later.
    models: list[ModelObject] = [model for side, model in sides if side == 0]
    models = models or [model for side, model in sides if side < 0]
    if not models:
        raise LstmcountError(f"no model is assigned to {name!r} at line {line}")
    return models[-1]


def _compare_lines(run: Interpreter, at: int, line: str) -> int:
    """Negative for a line before the wanted line, 0 for that line, positive for a line after it."""
    cell, _, line_in_it = line.rpartition(":")
    bound_cell, bound_line = run.program.place(at) if cell else (None, at)
    bound, wanted = (bound_cell or 0, bound_line), (int(cell or 0), int(line_in_it))
    return (bound > wanted) - (bound < wanted)
