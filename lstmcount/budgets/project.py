"""A project's configuration: `lstmcount.yaml`, or `[tool.lstmcount]` in pyproject.toml."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path as FilePath
from typing import Any

import msgspec

from lstmcount.budgets.syntax import Limit, merged, parse_budget
from lstmcount.errors import Location, LstmcountError, Path
from lstmcount.layers.arguments import PositiveInt
from lstmcount.layers.custom.known import Declarations
from lstmcount.readers.text import text as texts
from lstmcount.readers.text.regular import inside, read_regular
from lstmcount.sources.names import path_of
from lstmcount.sources.project_files import MAX_BYTES, changed_at, project_files
from lstmcount.sources.settings import ModelEntry
from lstmcount.structs import typed

LOCK_NAME = "lstmcount.lock"
MAX_DOTS = 200  # limit for dots in a line of TOML: reading a key takes quadratic time in its parts


class _ModelSettings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    model: str | None = None
    set: dict[str, Any] | None = {}  # None: a key without a value yet
    code: str | list[str] = []


class _Settings(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    base: str | None = None
    baseline: str | None = None
    batch: PositiveInt | None = None
    timesteps: PositiveInt | None = None
    budgets: dict[str, Any] = {}
    custom_layers: Any = None
    code: str | list[str] = []
    models: dict[str, Any] = {}


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """Settings that hold for every source below `folder`."""

    folder: FilePath
    file: FilePath | None = None
    base: str | None = None
    baseline: FilePath | None = None
    batch: int | None = None
    timesteps: int | None = None
    budgets: dict[str, list[Limit]] = {}
    custom_layers: Declarations = {}
    entries: tuple[tuple[str, ModelEntry], ...] = ()  # globs, and how to read what matches them
    models: tuple[str, ...] = ()  # the globs of `models:`
    unfinished: tuple[str, ...] = ()  # globs of models with an empty `set:`
    optional: frozenset[str] = frozenset()  # globs that need not match a source

    def limits(self, source: FilePath) -> list[Limit]:
        """The limits of all matching globs; of two limits with the same rule, the later wins."""
        name = _relative(source, self.folder)
        matching = [limits for glob, limits in self.budgets.items() if matches(name, glob)]
        return merged(*reversed(matching))

    def entry(self, source: FilePath) -> ModelEntry:
        """How to read a source: what all matching globs say; of two values, the later wins."""
        if not self.entries:
            return ModelEntry()
        name = _relative(source, self.folder)
        matching = [entry for glob, entry in self.entries if matches(name, glob)]
        return ModelEntry(
            model=next((entry.model for entry in reversed(matching) if entry.model), None),
            set={key: value for entry in matching for key, value in entry.set.items()},
            code=tuple(path for entry in matching for path in entry.code),
        )


def project_for(name: str, config: str | None = None) -> Project:
    """The project of a command-line source; standard input belongs to the current folder."""
    if config is not None:
        project = read_project(FilePath(config).absolute())
        if project is None:
            raise LstmcountError(f"{config} has no [tool.lstmcount]")
        return project
    return project_of(FilePath(path_of(name)) if name != "-" else FilePath("stdin"))


def project_of(source: FilePath) -> Project:
    """The project of a source: the nearest configuration file in its parent folders."""
    here = current_folder()
    return _project_above(FilePath(os.path.realpath(here / source)).parent) or Project(folder=here)


def current_folder() -> FilePath:
    """The current folder; raises `LstmcountError` if it has been deleted."""
    try:
        return FilePath.cwd()
    except FileNotFoundError:
        raise LstmcountError("the current folder no longer exists") from None


def _project_above(folder: FilePath) -> Project | None:
    projects = map(read_project, map(FilePath, project_files(str(folder))))
    return next((project for project in projects if project is not None), None)


def read_project(file: FilePath) -> Project | None:
    """Read a project file; None for a pyproject.toml without [tool.lstmcount]."""
    return _read_project(file, changed_at(str(file)))


@cache
def _read_project(file: FilePath, changed: int | None) -> Project | None:
    """Read the file once for all sources, and again when it has changed."""
    try:
        text = texts.decode(read_regular(file, MAX_BYTES))
        data = _toml(text) if file.suffix == ".toml" else texts.parse_yaml(text)
        prefix = ("tool", "lstmcount") if file.suffix == ".toml" else ()
        return None if data is None and prefix else _project(file, data or {}, prefix)
    except OSError as error:
        unreadable = LstmcountError((error.strerror or str(error)).lower())
        unreadable.location = Location(source=shown(file))
        raise unreadable from None
    except LstmcountError as error:
        raise placed(error, file) from None


def _project(file: FilePath, data: Any, prefix: tuple[str, ...]) -> Project:
    settings = typed(data, _Settings, "the settings of lstmcount", prefix)
    return Project(
        folder=FilePath(os.path.realpath(file.parent)),
        file=file,
        base=settings.base,
        baseline=_baseline(file.parent, settings.baseline, (*prefix, "baseline")),
        batch=settings.batch,
        timesteps=settings.timesteps,
        budgets={
            glob: parse_budget(budget, (*prefix, "budgets", glob), str(file))
            for glob, budget in settings.budgets.items()
        },
        custom_layers=_custom_layers(settings.custom_layers, (*prefix, "custom_layers")),
        models=tuple(settings.models),
        unfinished=tuple(
            glob
            for glob, model in settings.models.items()
            if isinstance(model, dict) and model.get("set", {}) is None
        ),
        entries=_entries(file.parent, settings, prefix),
        optional=frozenset(
            glob for glob, budget in settings.budgets.items() if budget.get("optional")
        ),
    )


def _baseline(folder: FilePath, name: str | None, path: Path) -> FilePath | None:
    return lock_in(folder, name, path) if name else None


def lock_in(folder: FilePath, name: str = LOCK_NAME, path: Path = ()) -> FilePath:
    """The lock file that a project names, which must be inside its folder and outside `.git`.

    A cloned repository's settings must not read or write files elsewhere.
    """
    try:
        target = FilePath(inside(folder / name, folder))
    except LstmcountError:
        target = None
    inner = () if target is None else target.relative_to(os.path.realpath(folder)).parts
    if target is None or ".git" in map(str.lower, inner):
        raise LstmcountError(
            f"{name!r} is not in the project's folder; --baseline takes a file that lies elsewhere",
            path=path,
        )
    return target


def _entries(
    folder: FilePath, settings: _Settings, prefix: Path
) -> tuple[tuple[str, ModelEntry], ...]:
    entries = [("**", ModelEntry(code=_code(folder, settings.code, (*prefix, "code"))))]
    for glob, data in settings.models.items():
        path = (*prefix, "models", glob)
        model = typed(data, _ModelSettings, "what a project says of a model", path)
        code = _code(folder, model.code, (*path, "code"))
        entries.append((glob, ModelEntry(model=model.model, set=model.set or {}, code=code)))
    return tuple(entries)


def _code(folder: FilePath, paths: str | list[str], path: Path) -> tuple[str, ...]:
    """The paths of code, which must be inside the project's folder."""
    names = paths if isinstance(paths, list) else [paths]
    for name in names:
        try:
            inside(folder / name, folder)
        except LstmcountError:
            outside = f"{name!r} is not in the project's folder; --code takes what lies elsewhere"
            raise LstmcountError(outside, path=path) from None
    return tuple(shown(folder / name) for name in names)


def _custom_layers(declarations: Any, path: Path) -> Declarations:
    if declarations is None:
        return {}
    from lstmcount.layers.custom.declarations import parse_declarations

    return parse_declarations(declarations, path)


def _toml(text: str) -> Any:
    import tomllib

    if any(line.count(".") > MAX_DOTS for line in text.splitlines()):
        if "lstmcount" not in text:
            return None
        raise LstmcountError(f"a line with more than {MAX_DOTS} dots")
    try:
        data: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LstmcountError(f"not TOML: {error}") from None
    except RecursionError:
        raise LstmcountError("nested too deep") from None
    tool = data.get("tool", {})
    return tool.get("lstmcount") if isinstance(tool, dict) else None


def placed(error: LstmcountError, file: FilePath) -> LstmcountError:
    """The error with the project file's name, line and column."""
    if error.location.source is None:
        error.location = msgspec.structs.replace(
            place_in(file, error.location, error.at_key), source=shown(file)
        )
    return error


def place_in(file: FilePath, location: Location, at_key: bool = False) -> Location:
    """The location with the line and column of its path in the file."""
    if location.line is not None or not location.path:
        return location
    try:
        text = texts.decode(read_regular(file, MAX_BYTES))
    except (OSError, LstmcountError):
        return location
    if file.suffix == ".toml":
        from lstmcount.readers.text.toml_places import locate
    else:
        locate = texts.locate
    position = locate(text, location.path, at_key)
    if position is None:
        return location
    return msgspec.structs.replace(location, line=position[0], column=position[1])


def shown(file: FilePath) -> str:
    """The file's path relative to the current folder, if it is below it."""
    return _relative(file, FilePath.cwd())


def matches(name: str, glob: str) -> bool:
    """Whether a path matches a glob: ** matches any folders, * anything within a name.

    >>> matches("models/a/b.yaml", "models/**/*.yaml"), matches("models/a/b.yaml", "models/*.yaml")
    (True, False)
    """
    return _match(name.split("/"), glob.removeprefix("./").split("/"))


def _match(parts: list[str], globs: list[str]) -> bool:
    reached = {0}  # numbers of parts that the pattern up to here can match
    for glob in globs:
        if glob == "**":
            reached = set(range(min(reached, default=len(parts) + 1), len(parts) + 1))
        else:
            reached = {i + 1 for i in reached if i < len(parts) and fnmatchcase(parts[i], glob)}
    return len(parts) in reached


def _relative(file: FilePath, folder: FilePath) -> str:
    file, folder = FilePath(os.path.realpath(file)), FilePath(os.path.realpath(folder))
    return (file.relative_to(folder) if file.is_relative_to(folder) else file).as_posix()
