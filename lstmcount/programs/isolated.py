"""Follow Python programs in a child process: a program's text → ModelConfig."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from lstmcount import programs as python
from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.isolation import Guard, isolated
from lstmcount.isolation.task import Task
from lstmcount.layers import registry
from lstmcount.layers.custom.known import NONE, CustomLayers
from lstmcount.programs import FoundModel
from lstmcount.programs.language.module_files import FilesAskedError, ModuleFiles

WHAT = "the program"
_NAME = rb"([A-Z][A-Za-z0-9]{2,30})(\(?)"
T = TypeVar("T")
_Result = tuple[T | None, set[str], int, float]
MAX_ROUNDS = 6  # how often a program is followed again with more of its files

# Reads the files and folders among these that exist; returns whether there were any.
More = Callable[[set[str]], bool]


class ProgramText(msgspec.Struct):
    """A program and the modules that it may import."""

    data: bytes
    name: str
    files: ModuleFiles


class Followed(msgspec.Struct):
    """The result of following a program."""

    config: ModelConfig | None
    error: LstmcountError | None
    unused: set[str]  # names of settings
    looked_up: set[str]  # names of classes that neither Keras nor the program defines


def read_program(
    program: ProgramText,
    more: More,
    *,
    model: str | None,
    settings: dict[str, Any],
    custom: CustomLayers,
) -> ModelConfig:
    """Like `programs.read_python`, in a child process. Removes used settings from `settings`.

    Raises `LstmcountError`, also if the program exceeds the limits of the child process.
    """
    texts = [program.data, *[file.data for file in program.files.files.values()]]
    found = {match for text in texts for match in re.findall(_NAME, text)}
    called = {name.decode() for name, call in found if call}
    registry.preload({name.decode() for name, _ in found}, called)
    read = (program.files, more, _read, program, model, settings)
    followed: Followed = _with_files(*read, None, subject=WHAT)
    if followed.looked_up and (declared := custom.declaring(followed.looked_up)):
        followed = _with_files(*read, declared, subject=WHAT, custom=custom)
    return _config_of(followed, settings)


def load_libraries() -> None:
    """Import what most programs use, for a process that follows many of them."""
    from lstmcount.layers import core, rnn  # noqa: F401
    from lstmcount.programs.libraries import standard  # noqa: F401
    from lstmcount.programs.libraries.numpy import functions  # noqa: F401


def _with_files(files: ModuleFiles, more: More, task: Task, *args: Any, **options: Any) -> Any:
    """The result of a task, which runs again while it looks for files that it was not given."""
    for rounds_left in reversed(range(MAX_ROUNDS)):
        files.are_added = rounds_left > 0
        prepare = load_libraries if rounds_left == MAX_ROUNDS - 1 else None
        returned = isolated(task, *args, prepare=prepare, **options)
        result, asked, files.steps, files.seconds = returned
        if not more(asked) and result is not None:
            break
        load_libraries()  # here, as each of the next child processes would
    return result


def follow_classes(
    config: ModelConfig,
    files: ModuleFiles,
    more: More,
    settings: dict[str, Any],
    custom: CustomLayers,
) -> ModelConfig:
    """Like `programs.classes.follow_classes`, in a child process."""
    followed: Followed = _with_files(
        files, more, _follow, config, files, settings, subject="the code", custom=custom
    )
    return _config_of(followed, settings)


def _config_of(followed: Followed, settings: dict[str, Any]) -> ModelConfig:
    """The followed config. Removes used settings from `settings`, or raises the error."""
    if followed.error is not None:
        raise followed.error
    for key in settings.keys() - followed.unused:
        del settings[key]
    assert followed.config is not None
    return followed.config


def list_program(
    program: ProgramText, more: More, *, settings: dict[str, Any] | None
) -> list[FoundModel]:
    """Like `programs.list_models`, in a child process."""
    task = (program.files, more, _list, program, settings)
    models: list[FoundModel] = _with_files(*task, subject=WHAT)
    return models


def _read(
    guard: Guard,
    program: ProgramText,
    model: str | None,
    settings: dict[str, Any],
    declared: dict[str, Any] | None,
) -> _Result[Followed]:
    """Read a program; None if it asks for files first.

    If `declared` is None, record which declarations it looks up.
    """
    recorder = _LookupRecorder()
    custom = recorder if declared is None else NONE.with_declared(declared)
    guard()

    def read() -> Followed:
        config = error = None
        try:
            config = python.read_python(
                program.data,
                name=program.name,
                model=model,
                settings=settings,
                custom=custom,
                files=program.files,
            )
        except LstmcountError as raised:
            error = raised
        return Followed(config, error, set(settings), recorder.looked_up)

    return _unless_asked(program.files, read)


def _unless_asked(files: ModuleFiles, task: Callable[[], T]) -> _Result[T]:
    """The result of a task, or None if it waits for files; the files that it looked for; the steps
    and the time of it and the tasks before."""
    started = time.process_time()
    try:
        result = task()
    except FilesAskedError:
        result = None
    seconds = files.seconds + time.process_time() - started
    return result, files.asked, files.steps, seconds


class _LookupRecorder(CustomLayers):
    """Declares no classes and records the names of the classes that are looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.looked_up: set[str] = set()

    def find(self, class_name: str) -> None:
        self.looked_up.add(class_name)


def _follow(
    guard: Guard, config: ModelConfig, files: ModuleFiles, settings: dict[str, Any]
) -> _Result[Followed]:
    from lstmcount.programs.classes import follow_classes

    guard()

    def follow() -> Followed:
        completed = error = None
        try:
            completed = follow_classes(config, files, settings)
        except LstmcountError as raised:
            error = raised
        return Followed(completed, error, set(settings), set())

    return _unless_asked(files, follow)


def _list(
    guard: Guard, program: ProgramText, settings: dict[str, Any] | None
) -> _Result[list[FoundModel]]:
    guard()
    data, name, files = program.data, program.name, program.files
    return _unless_asked(
        files, lambda: python.list_models(data, name=name, settings=settings, files=files)
    )
