"""Read one of a program's models as a ModelConfig."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import msgspec

from lstmcount.config import ModelConfig
from lstmcount.errors import Location, LstmcountError
from lstmcount.layers.custom.known import NONE, CustomLayers
from lstmcount.programs.allowance import Allowance, Meter
from lstmcount.programs.discovery import candidates
from lstmcount.programs.language.frames import with_room
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.language.module_files import ModuleFiles
from lstmcount.programs.language.source.places import place_of
from lstmcount.programs.language.source.setting_names import Settings, normalized
from lstmcount.programs.language.source.source import Program, parse
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import all_inside, inner_layers, problems_of
from lstmcount.programs.libraries.keras.values.objects import ModelObject
from lstmcount.programs.libraries.modules import KnownLibraries
from lstmcount.programs.model_configs import asks, config_of, lacks_input_shape
from lstmcount.programs.model_names import ModelNames
from lstmcount.programs.named_models import (
    is_built_endlessly,
    last_model,
    model_named,
    models_of,
    require_all_followed,
)
from lstmcount.programs.parameters import name_attributes
from lstmcount.programs.questions.needs import (
    needs,
    needs_of_operations,
    note_of,
)
from lstmcount.programs.questions.outcomes import Outcome, SameModel, outcome_of
from lstmcount.programs.shared_words import SharedWords
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

    def read(settings: Settings) -> ModelConfig:
        return _read(runner, model, settings)

    def answer(settings: Settings) -> ModelConfig | LstmcountError:
        return _with_questions(read, settings, runner.allowance)

    answered = answer(given_settings)
    is_open = isinstance(answered, LstmcountError) or bool(settings) or asks(answered)
    if is_open and runner.shared.words:
        from lstmcount.programs.questions.telling_apart import tell_apart

        answered = tell_apart(
            answered, answer, read, given_settings, runner.shared, runner.allowance
        )
    if isinstance(answered, LstmcountError):
        raise answered
    config = answered
    for key in list(settings or ()):
        if settings and normalized(key) in given_settings.used:
            del settings[key]
    if settings:
        from lstmcount.programs.questions.unneeded import take_unneeded

        take_unneeded(config, runner.program, files, runner.shared, settings)
    return config


def _with_questions(
    read_with: Callable[[Settings], ModelConfig], settings: Settings, allowance: Allowance
) -> ModelConfig | LstmcountError:
    """The model, or why it cannot be read, with the questions that it leaves open."""

    def read(more: dict[str, Any]) -> ModelConfig:
        return read_with(Settings({**settings, **more}))

    try:
        config = read_with(settings)
        if settings or asks(config):
            from lstmcount.programs.questions.fitting_examples import fit_questions

            fit_questions(read, settings, config, allowance)
    except LstmcountError as error:
        from lstmcount.programs.questions.fitting_examples import ask_at_once

        return ask_at_once(read, settings, error, allowance)
    return config


class _Runner:
    """A program and its modules, which may be followed several times with different settings."""

    def __init__(
        self, program: Program, files: ModuleFiles | None, custom: CustomLayers = NONE
    ) -> None:
        self.program = program
        self.files = files
        self.custom = custom
        self.shared = SharedWords()
        self.meter = Meter()
        self.allowance = Allowance.whole(self.meter, files)

    def require_files(self) -> None:
        """Raise `FilesAskedError` if files will be added that the program looked for."""
        if self.files is not None:
            self.files.require_all()

    def run(
        self,
        settings: Settings,
        forced: dict[str, int] | None = None,
        passed_over: dict[ast.AST, ast.AST] | None = None,
    ) -> Interpreter:
        libraries = KnownLibraries(self.custom)
        run = Interpreter(self.program, settings, libraries, forced, self.files, passed_over)
        self.shared.begin(run, is_whole=not forced and not passed_over)
        if passed_over:
            run.most = min(run.most, self.allowance.rest)
        if self.meter.steps:
            run.latest = min(run.latest, self.allowance.latest)
        self.meter.begin(run)
        with_room(run.run)
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
    if run.wrong_call is not None:
        raise run.wrong_call
    models = models_of(run)
    names = ModelNames(run)
    return [
        FoundModel(
            names.element(entry) or entry[0],
            entry[1].class_name,
            len(inner_layers(entry[1])),
            place_of(run.program, entry[2]),
        )
        for entry in models
    ]


def _read(runner: _Runner, wanted: str | None, settings: Settings) -> ModelConfig:
    run = runner.run(settings)
    runner.require_files()
    allowance = runner.allowance
    notes = list(runner.program.notes)

    def follow(
        forced: dict[str, int],
        more: dict[str, Any],
        passed_over: dict[ast.AST, ast.AST] | None = None,
    ) -> Outcome | None:
        again = runner.run(Settings({**settings, **more}), forced, passed_over)
        is_cut = again.is_exhausted if passed_over else again.is_out_of_time
        is_lost = again.wrong_call is not None or (again.ended is not None and is_cut)
        return None if is_lost else outcome_of(again, same)

    same = SameModel(wanted, makes_models=bool(candidates(run)))
    if run.wrong_call is not None:
        from lstmcount.programs.questions.undecided import without_wrong_call

        raise without_wrong_call(run, follow, allowance) or run.wrong_call
    if wanted is None and not same.makes_models and run.choices.by_words:
        from lstmcount.programs.questions.keys import key_of_model

        asked = key_of_model(
            run, lambda more: runner.run(Settings({**settings, **more})), allowance
        )
        if asked is not None:
            raise asked
    try:
        if wanted is not None:
            same.name, model = model_named(run, wanted, notes)
        else:
            same.name, model = last_model(run, notes)
            require_all_followed(run, model)
    except LstmcountError as error:
        runner.require_files()
        from lstmcount.programs.questions.settling import ending
        from lstmcount.programs.questions.undecided import failed_import

        asked = failed_import(run, follow, allowance) or ending(run, follow, allowance)
        raise asked or error from None
    runner.require_files()
    same.is_lost = isinstance(run.module.names.get(same.name), Unknown)
    same.is_cut = run.ended is not None
    if model.attempt:
        same.attempt = model.attempt
        run.keep_decisions_of(model.attempt)
    _note_end(run, model, notes)
    _note_failed(run, model, notes)
    name_attributes(run, model)
    config = config_of(run, model)

    session = session_of(run)
    needed = needs(
        config,
        run.failed_imports.why_unknown,
        session.open_operations,
        session.open_classes,
        run.unknown_lists,
        session.open_shapes,
    )
    if session.open_operations and not needed:
        needed = needs_of_operations(
            Outcome(run, config).unknown_sizes,
            session.open_operations,
            run.failed_imports.why_unknown,
        )
    defaults = run.library_state.get("environment_defaults")
    if defaults and (needed or run.decisions):
        from lstmcount.programs.questions.own_defaults import use_defaults

        use_defaults(run, defaults, needed, lambda more: runner.run(Settings({**more, **settings})))
    space = run.library_state.get("hyperparameters", {})
    config.space = dict(space)
    config.variables = {name: parameter.value for name, parameter in space.items()}
    config.structural = frozenset(space)
    followed = Outcome(run, config)
    missing = None
    if (
        needed
        or run.decisions
        or problems_of(model)
        or session.lost_shapes
        or lacks_input_shape(model)
    ):
        from lstmcount.programs.questions.asking import ask  # most models leave nothing open

        missing = ask(run, model, followed, needed, follow, allowance)
    notes_of_needs = [need.note for need in needed]
    config.notes = [
        *notes,
        *(space.notes() if space else ()),
        *session.notes,
        *notes_of_needs,
        *config.notes,
    ]
    if missing is not None:
        missing.partial = config
        raise missing
    return config


def _note_failed(run: Interpreter, model: ModelObject, notes: list[str]) -> None:
    """Note the first layer beside the model that cannot take its input: Keras raises an error."""
    failed = session_of(run).failed
    inside = {layer.place for layer in all_inside(model)} if failed else set()
    for place, (attempt, layer) in failed.items():
        if place not in inside and attempt == model.attempt and layer.error is not None:
            which = f"{place.locate()}: {layer.name} ({layer.class_name})"
            notes.append(f"{which}: {layer.error.message}; Keras 3 refuses it, too")
            return


def _note_end(run: Interpreter, model: ModelObject, notes: list[str]) -> None:
    """Note where the program is not followed further, which is a problem of an endless model."""
    if run.ended is None:
        return
    if is_built_endlessly(run, model):
        model.problems.insert(0, run.ended)  # the program adds layers endlessly
        return
    notes.append(f"{note_of(run.ended)}; the rest of the program was not read")
