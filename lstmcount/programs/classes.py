"""Follow the classes of a model file's layers in Python code."""

from __future__ import annotations

import ast
import copy
from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.layers.custom.known import NONE, CustomLayers
from lstmcount.programs.allowance import Allowance, Meter
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.language.module_files import ModuleFiles
from lstmcount.programs.language.source.setting_names import Settings, normalized
from lstmcount.programs.language.source.source import parse
from lstmcount.programs.libraries.keras.models.file_layers import Classes, FileLayers
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.modules import KnownLibraries
from lstmcount.programs.questions.needs import needs
from lstmcount.programs.questions.outcomes import Outcome
from lstmcount.programs.questions.undecided import undecided
from lstmcount.readers.keras.shared_layers import settle


def follow_classes(
    config: ModelConfig,
    files: ModuleFiles,
    settings: dict[str, Any],
    custom: CustomLayers = NONE,
) -> ModelConfig:
    """Complete a file's model with layers whose classes are defined in code.

    The result is that of `load_model` with `custom_objects`. `settings` gives values for
    expressions that the code does not determine; settings that are used are removed from it.

    Raises `LstmcountError` if the result depends on an unknown value.
    """
    program = parse(b"", "<code>")
    meter = Meter()
    allowance = Allowance.whole(meter, files)

    def followed(
        given_settings: Settings, forced: dict[str, int]
    ) -> tuple[Interpreter, ModelConfig]:
        run = Interpreter(program, given_settings, KnownLibraries(custom), forced, files)
        meter.begin(run)
        return run, _completed(run, config, files)

    def follow(
        forced: dict[str, int],
        more: dict[str, Any],
        passed_over: dict[ast.AST, ast.AST] | None = None,
    ) -> Outcome | None:
        if passed_over:  # classes of layers are no code that only processes data
            return None
        return Outcome(*followed(Settings({**settings, **more}), forced))

    given_settings = Settings(settings)
    run, completed = followed(given_settings, {})
    for key in list(settings):
        if normalized(key) in given_settings.used:
            del settings[key]
    session = session_of(run)
    needed = needs(
        completed,
        run.failed_imports.why_unknown,
        session.open_operations,
        session.open_classes,
        run.unknown_lists,
    )
    completed.notes = [*completed.notes, *session.notes, *[need.note for need in needed]]
    outcome = Outcome(run, completed)
    if needed and outcome.numbers is None:
        raise needed[0].error
    if missing := undecided(run, outcome, follow, needed, allowance):
        raise missing
    return completed


def _completed(run: Interpreter, config: ModelConfig, files: ModuleFiles) -> ModelConfig:
    scopes = [run.own_modules.load(path).scope for path in files.starts]
    completed = FileLayers(run, Classes(run, scopes)).complete(copy.deepcopy(config))
    settle(completed)
    return completed
