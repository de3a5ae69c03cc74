"""Check one source against its budgets: read, count, compare with the base, locate failures."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path as FilePath
from typing import Any, TypeVar

import msgspec

from lstmcount.budgets.bases import Base, base_of
from lstmcount.budgets.judging import Judge, UnknownMeasureError, Verdict
from lstmcount.budgets.project import Project, place_in, shown
from lstmcount.budgets.reading import Reading
from lstmcount.budgets.results import Check, Result, Share
from lstmcount.budgets.syntax import Limit, merged, parse_budget
from lstmcount.config import ModelConfig
from lstmcount.costs.amounts import Increase
from lstmcount.costs.measures import Conditions, needed
from lstmcount.differences.profile import Profile, profile
from lstmcount.errors import Location, LstmcountError, Path
from lstmcount.graph.builder import build
from lstmcount.graph.inference import summarize_model
from lstmcount.graph.model import Model
from lstmcount.setting_text import SETTING, asking_for_all
from lstmcount.sources import Source, place, read
from lstmcount.sources.parallel import attempted
from lstmcount.summary import is_unknown, why_class_unknown, why_unknown

Checked = TypeVar("Checked")
WHY_LAYERS = 10
_NO_BUDGET = (
    "no budget: give one (--max-params 250k), write a budget: block into the spec or budgets: into "
    "lstmcount.yaml, or pass --allow-no-budget"
)


class Request(Reading, frozen=True, kw_only=True):
    """The options of the command line, which override files."""

    limits: tuple[Limit, ...] = ()
    base: str | None = None
    baseline: str | None = None
    batch: int | None = None
    timesteps: int | None = None
    allow_no_budget: bool = False
    why: bool = False


def result_of(name: str, check: Callable[[], Checked]) -> Checked | Result:
    """The result of `check` for a source; an error becomes a result, too."""
    result = attempted(name, check)
    return failed(name, result) if isinstance(result, LstmcountError) else result


def failed(name: str, error: LstmcountError) -> Result:
    return Result(source=name, error=str(error), error_at=error.location)


def checked(source: Source, project: Project, request: Request) -> Result:
    """The result of one source. Raises `LstmcountError` for what is wrong with it."""
    config = read(source, settings=request.settings)
    try:
        limits = limits_of(config, source, project, request)
        model = build(config)
        if not limits and not request.allow_no_budget:
            summary = summarize_model(model)
            is_sized = not is_unknown(summary.total_params, summary.walk())
            raise LstmcountError(_NO_BUDGET if is_sized else why_unknown(summary))
        return held(model, limits, source, project, request)
    except UnknownMeasureError as error:
        summary = summarize_model(model)
        asked_for = [note for note in summary.notes if SETTING in note]
        reason = asking_for_all(asked_for) if asked_for else why_class_unknown(summary)
        better = error.because(reason) if reason else error
        raise _place(better, source, project) from None
    except LstmcountError as error:
        raise _place(error, source, project) from None


def check_model(model: Model, source: Source, project: Project, request: Request) -> Result | None:
    """The result of a source that has been read; None if it has no budget.

    Raises `LstmcountError` for an invalid budget; if a budget cannot be judged, the result
    says why.
    """
    try:
        limits = limits_of(model.config, source, project, request)
    except LstmcountError as error:
        raise _place(error, source, project) from None
    if not limits:
        return None
    try:
        return held(model, limits, source, project, request)
    except LstmcountError as error:
        return failed(source.name or "<model>", _place(error, source, project))


def held(
    model: Model, limits: list[Limit], source: Source, project: Project, request: Request
) -> Result:
    """Check limits against a model and, where a limit concerns growth, against its base."""
    conditions = conditions_of(project, request)
    measures = needed({limit.measure for limit in limits} | ({"params"} if request.why else set()))
    now = profile(model, measures, conditions)
    compare = partial(
        base_of, source, project, request.base, request.baseline, now, request.settings
    )
    asks = any(isinstance(limit.amount, Increase) for limit in limits)
    base = compare() if asks or request.base or request.baseline else Base()
    verdicts = list(Judge(now, base.profile).verdicts(limits))
    if base.profile is None and not all(verdict.passed for verdict in verdicts):
        # The base shows which layer grew, if there is one.
        with suppress(LstmcountError):
            verdicts = list(Judge(now, compare().profile).verdicts(limits))
    return Result(
        source=source.name or "<model>",
        checks=tuple(_record(verdict, source, project) for verdict in verdicts),
        notes=(base.note,) if base.note else (),
        is_unchanged=base.profile is not None and _sizes(base.profile) == _sizes(now),
        largest=_largest(now) if request.why else (),
    )


def _sizes(profile: Profile) -> Any:
    return profile.values, [(layer.name, layer.values) for layer in profile.layers]


def conditions_of(project: Project, request: Request) -> Conditions:
    return Conditions(request.batch or project.batch, request.timesteps or project.timesteps)


def limits_of(
    config: ModelConfig, source: Source, project: Project, request: Request
) -> list[Limit]:
    """The options' limits, then the spec's own, then the project's."""
    own = [] if config.budget is None else parse_budget(config.budget, file=source.name)
    return merged(list(request.limits), own, project.limits(FilePath(source.path)))


def _place(error: LstmcountError, source: Source, project: Project) -> LstmcountError:
    """The location of an error: in the project file for a project's budget, else in the source."""
    path = error.location.path or ()
    in_project = path[:1] == ("budgets",) or path[:2] == ("tool", "lstmcount")
    if project.file is not None and in_project and error.location.source is None:
        error.message = f"{source.name}: {error.message}"
        error.location = msgspec.structs.replace(
            place_in(project.file, error.location, error.at_key), source=shown(project.file)
        )
    return place(error, source)


def _record(verdict: Verdict, source: Source, project: Project) -> Check:
    limit, cause = verdict.limit, verdict.cause
    return Check(
        rule=limit.rule,
        passed=verdict.passed,
        text=verdict.text,
        measure=limit.measure,
        actual=verdict.actual,
        allowed=verdict.allowed,
        budget=Location() if verdict.passed else _budget_at(limit, source, project),
        layer=verdict.layer,
        base=verdict.base,
        message=None if verdict.passed else limit.message,
        cause=cause.text if cause else None,
        cause_layer=cause.layer if cause else None,
        cause_at=_placed_in(source, cause.path) if cause else None,
    )


def _budget_at(limit: Limit, source: Source, project: Project) -> Location:
    if limit.file is None:
        return Location()
    if limit.file == source.name or project.file is None:
        return _placed_in(source, limit.path)
    place = place_in(project.file, Location(path=limit.path))
    return msgspec.structs.replace(place, source=shown(project.file))


def _placed_in(source: Source, path: Path) -> Location:
    return place(LstmcountError("", path=path), source).location


def _largest(now: Profile) -> tuple[Share, ...]:
    total = now.values["params"]
    if not total:  # none, or not known
        return ()
    layers = sorted(now.layers, key=lambda layer: -(layer.values["params"] or 0))[:WHY_LAYERS]
    return tuple(
        Share(layer.name, layer.class_name, value, value / total)
        for layer in layers
        if (value := layer.values["params"])
    )
