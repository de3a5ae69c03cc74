"""Read one of a program's models as a ModelConfig."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from lstmcount.config import ModelConfig
from lstmcount.errors import Location, LstmcountError
from lstmcount.layers.custom.known import NONE, CustomLayers
from lstmcount.programs.allowance import Allowance, Meter
from lstmcount.programs.discovery import all_candidates, candidates, try_uncalled
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.language.module_files import ModuleFiles
from lstmcount.programs.language.places import place_of
from lstmcount.programs.language.run import Stop
from lstmcount.programs.language.setting_names import Settings, normalized
from lstmcount.programs.language.source import Program, parse
from lstmcount.programs.libraries.keras import custom_layers, first_call
from lstmcount.programs.libraries.keras.contents import inner_layers
from lstmcount.programs.libraries.keras.export import model_config
from lstmcount.programs.libraries.keras.models import UNKNOWN_ENDS
from lstmcount.programs.libraries.keras.objects import Custom, ModelObject
from lstmcount.programs.libraries.keras.session import session_of
from lstmcount.programs.libraries.keras_tuner import HyperparameterSpace
from lstmcount.programs.libraries.modules import KnownLibraries
from lstmcount.programs.named_models import (
    is_built_endlessly,
    last_model,
    made_models,
    model_named,
    models_of,
    require_all_followed,
)
from lstmcount.programs.parameters import name_attributes
from lstmcount.programs.questions.compiled import note_decided_optimizer
from lstmcount.programs.questions.fitting_examples import ask_at_once, fit_questions, lead_on
from lstmcount.programs.questions.input_shapes import (
    lacks_input_shape,
    set_lost_reason,
    set_unknown_reason,
)
from lstmcount.programs.questions.needs import (
    Need,
    choose_examples,
    explain_unknown,
    lost_shape_error,
    needs,
    note_of,
)
from lstmcount.programs.questions.undecided import (
    Follow,
    LostOutcome,
    Outcome,
    assumed,
    failed_import,
    settling,
    undecided,
)
from lstmcount.programs.questions.unneeded import take_unneeded
from lstmcount.readers.keras.shared_layers import settle
from lstmcount.shapes import Unknown


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

    def read(more: dict[str, Any]) -> ModelConfig:
        return _read(runner, model, Settings({**given_settings, **more}))

    try:
        config = _read(runner, model, given_settings)
        fit_questions(read, config, runner.allowance)
        if settings:
            lead_on(read, given_settings, config, runner.allowance)
    except LstmcountError as error:
        error.message = ask_at_once(read, given_settings, error.message, runner.allowance)
        raise
    for key in list(settings or ()):
        if settings and normalized(key) in given_settings.used:
            del settings[key]
    if settings:
        take_unneeded(config, runner.program, files, settings)
    return config


class _Runner:
    """A program and its modules, which may be followed several times with different settings."""

    def __init__(
        self, program: Program, files: ModuleFiles | None, custom: CustomLayers = NONE
    ) -> None:
        self.program = program
        self.files = files
        self.custom = custom
        self.meter = Meter()
        self.allowance = Allowance.whole(self.meter, files.steps if files is not None else 0)

    def require_files(self) -> None:
        """Raise `FilesAskedError` if files will be added that the program looked for."""
        if self.files is not None:
            self.files.require_all()

    def run(self, settings: Settings, forced: dict[str, int] | None = None) -> Interpreter:
        run = Interpreter(self.program, settings, KnownLibraries(self.custom), forced, self.files)
        self.meter.begin(run)
        run.run()
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
        _found_model(run, bound, found_model, line) for bound, found_model, line in models_of(run)
    ]


def _found_model(run: Interpreter, name: str, model: ModelObject, line: int) -> FoundModel:
    place = place_of(run.program, line)
    return FoundModel(name, model.class_name, len(inner_layers(model)), place)


def _read(runner: _Runner, wanted: str | None, settings: Settings) -> ModelConfig:
    run = runner.run(settings)
    runner.require_files()
    allowance = runner.allowance
    notes = list(runner.program.notes)

    def follow(forced: dict[str, int], more: dict[str, Any]) -> Outcome | None:
        again = runner.run(Settings({**settings, **more}), forced)
        return _outcome(again, same)

    same = _SameModel(wanted, makes_models=bool(candidates(run)))
    try:
        if wanted is not None:
            same.name, model = model_named(run, wanted, notes)
        else:
            same.name, model = last_model(run, notes)
            require_all_followed(run, model)
    except LstmcountError as error:
        runner.require_files()
        raise failed_import(run, follow, allowance) or error from None
    runner.require_files()
    same.is_lost = isinstance(run.module.names.get(same.name), Unknown)
    if model.attempt:
        same.attempt = model.attempt
        run.keep_decisions_of(model.attempt)
    _note_end(run, model, notes)
    name_attributes(run, model)
    config = _config(run, model)

    def works(more: dict[str, Any]) -> bool:
        try:
            outcome = follow({}, more)
        except LstmcountError:  # the program cannot run with these values
            return False
        return outcome is not None and outcome.is_settled

    session = session_of(run)
    needed = needs(
        config,
        run.failed_imports.why_unknown,
        session.open_operations,
        session.open_classes,
        run.unknown_lists,
    )
    if lacks_input_shape(model):
        examples = {need.words: need.example for need in needed}
        set_unknown_reason(model, config, lambda more: works(examples | more), allowance)
    set_lost_reason(session, model, config)
    space: HyperparameterSpace = run.library_state["keras_tuner"]
    config.space = dict(space)
    config.variables = {name: parameter.value for name, parameter in space.items()}
    config.structural = frozenset(space)

    followed = Outcome(run, config)
    problem = _problem(run, model, followed, needed)
    missing = _missing(run, followed, follow, needed, problem, allowance)
    if missing is None:
        choose_examples(needed, works, allowance.half)
        missing = problem.error if isinstance(problem, Need) else problem
    notes_of_needs = [need.note for need in needed]
    config.notes = [*notes, *space.notes(), *session.notes, *notes_of_needs, *config.notes]
    if missing is None and needed:
        missing = assumed(needed, followed, follow, allowance)
    if missing is not None:
        missing.partial = config
        raise missing
    return config


def _problem(
    run: Interpreter, model: ModelObject, followed: Outcome, needed: list[Need]
) -> LstmcountError | Need | None:
    """Why the model cannot be built. A note names an unknown shape without which it can be."""
    problem = model.problems[0] if model.problems else None
    config, why_lost, session = followed.config, run.failed_imports.why_lost, session_of(run)
    if needed:
        if problem is not None or followed.numbers is not None:
            return problem
        error = followed.error
        is_sure = error is not None and not run.decisions and "not known" not in error.message
        places = error.location.path if error is not None and is_sure else None
        return needed[0] if session.impossible.isdisjoint(places or ()) else error
    lost = lost_shape_error(config, session.lost_shapes, session.lost_inside, why_lost)
    if lost is not None and not followed.is_settled:
        config.notes.append(note_of(lost))
        explain_unknown(config, config.notes[-1])
        if followed.numbers is None:
            return problem or lost
    return problem


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
        return undecided(run, followed, follow, needed, allowance)
    error = failed_import(run, follow, allowance)
    if error is None and UNKNOWN_ENDS in problem.message:
        error = settling(run, follow, allowance)
    return error


def _config(run: Interpreter, model: ModelObject) -> ModelConfig:
    _set_input_shape(run, model)
    custom_layers.complete(session_of(run), model)
    config = model_config(model)
    note_decided_optimizer(run, model, config)
    settle(config)
    return config


class _SameModel(msgspec.Struct):
    """How to find a model again when the program is followed again.

    `name` is None until the model is known. If `attempt` is not empty, only that function is called
    to find the model. None is called if the program itself makes models. If `is_lost`, the program
    binds the name to something unknown later.
    """

    wanted: str | None
    name: str | None = None
    attempt: str = ""
    makes_models: bool = False
    is_lost: bool = False


def _outcome(run: Interpreter, same: _SameModel) -> Outcome | None:
    """The model after another run of the program; None if there is no such model."""
    try:
        model = _found_again(run, same)
        if model is None:
            return LostOutcome(run) if _makes_another(run, same) else None
        return LostOutcome(run) if model.problems else Outcome(run, _config(run, model))
    except (LstmcountError, Stop, RecursionError):
        return None


def _found_again(run: Interpreter, same: _SameModel) -> ModelObject | None:
    if same.attempt:
        try_uncalled(run, only=same.attempt)
    if same.wanted is not None:
        return model_named(run, same.wanted, [])[1]
    if same.name is None:
        return last_model(run, [])[1]
    if isinstance(run.module.names.get(same.name), Unknown) and not same.is_lost:
        return None
    is_made = same.makes_models
    of_all = all_candidates if same.attempt else made_models if is_made else models_of
    return {entry[0]: entry[1] for entry in of_all(run)}.get(same.name)


def _makes_another(run: Interpreter, same: _SameModel) -> bool:
    """Whether the program makes another model instead, which cannot be followed."""
    values = run.unknown_results if same.attempt else run.module.names
    made = values.get(same.attempt or same.name or "")
    return isinstance(made, Unknown) and not _is_loaded(run, made)


def _is_loaded(run: Interpreter, model: Unknown) -> bool:
    """Whether a model comes from a file, where a program usually keeps the one that it makes."""
    origin = run.failed_imports.origin_of(model.text or "")
    return re.search(r"load|restore|model_from_", origin) is not None


def _note_end(run: Interpreter, model: ModelObject, notes: list[str]) -> None:
    """Note where the program is not followed further, which is a problem of an endless model."""
    if run.ended is None:
        return
    if is_built_endlessly(run, model):
        model.problems.insert(0, run.ended)  # the program adds layers endlessly
        return
    notes.append(f"{note_of(run.ended)}; the rest of the program was not read")


def _set_input_shape(run: Interpreter, model: ModelObject) -> None:
    """Apply `--set input_shape=[None,20]` to a model that declares no input shape."""
    if isinstance(model, Custom) and not model.is_sequential:
        first_call.use_settings(model, run.settings)
        return
    shape = run.settings.get("input_shape")
    has_input = bool(model.layers) and model.layers[0].class_name == "InputLayer"
    if isinstance(shape, list | tuple) and model.build_shape is None and not has_input:
        model.build_shape = tuple(run.settings.use("input_shape"))
