"""Judge a model by limits: what passed or failed, by how much, and which layer caused it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from lstmcount.budgets.syntax import Limit
from lstmcount.costs.amounts import Increase
from lstmcount.costs.measures import MEASURES, Measure
from lstmcount.differences.alignment import Pair, align
from lstmcount.differences.profile import LayerProfile, Profile
from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.summary import matching

NAMED = 3  # limit for the number of layers that a message names
_SIGNS = {"min": (">=", "<"), "exact": ("==", "!=")}


class UnknownMeasureError(LstmcountError):
    """A limit cannot be judged, because what it limits is not known."""

    def __init__(self, subject: str, reason: str, path: Path) -> None:
        super().__init__(f"{subject} cannot be worked out: {reason}", path=path)
        self.subject = subject

    def because(self, reason: str) -> UnknownMeasureError:
        return UnknownMeasureError(self.subject, reason, self.location.path or ())


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """The layer to look at first; `text` says why (it grew most, …) unless it is the judged one."""

    layer: str
    path: Path
    text: str | None = None


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on a model, or one of its layers, under one limit."""

    limit: Limit
    passed: bool
    actual: int
    allowed: int
    text: str
    layer: str | None = None
    base: int | None = None
    cause: Cause | None = None


class Judge:
    """Judges a profile by limits, with a base profile if there is one."""

    def __init__(self, now: Profile, base: Profile | None) -> None:
        self.now = now
        self.base = base
        self._pairs: list[Pair] | None = None

    def verdicts(self, limits: Sequence[Limit]) -> Iterator[Verdict]:
        for limit in limits:
            if limit.glob is None:
                yield from self._whole(limit)
            else:
                yield from self._of_layers(limit)

    def _whole(self, limit: Limit) -> Iterator[Verdict]:
        actual = _known(self.now, limit)
        if not isinstance(limit.amount, Increase):
            yield self._verdict(limit, actual, limit.amount)
        elif self.base is not None:
            base = _known(self.base, limit, "of the base, ")
            yield self._verdict(limit, actual, base + limit.amount.allowed(base), base=base)

    def _of_layers(self, limit: Limit) -> Iterator[Verdict]:
        """Verdicts on every failing layer, or else on the layer closest to its limit."""
        old = {id(new): old for old, new in self.pairs} if limit.bound == "max_increase" else {}
        verdicts = []
        for layer in self._matching(limit):
            actual = layer.values[limit.measure]
            if actual is None:
                raise _unknown(limit, "", [layer])
            if not isinstance(limit.amount, Increase):
                verdicts.append(self._verdict(limit, actual, limit.amount, layer))
            elif (before := old.get(id(layer))) is not None:
                base = before.values.get(limit.measure) or 0
                allowed = base + limit.amount.allowed(base)
                verdicts.append(self._verdict(limit, actual, allowed, layer, base))
        failed = [verdict for verdict in verdicts if not verdict.passed]
        yield from failed or sorted(verdicts, key=lambda v: abs(v.allowed - v.actual))[:1]

    def _matching(self, limit: Limit) -> Sequence[LayerProfile]:
        """The layers that a limit's pattern selects, of which there must be one, or optional."""
        assert limit.glob is not None
        layers = self.now.layers
        chosen = matching(layers, limit.glob)
        if not chosen and not limit.optional:
            names = [*(layer.name for layer in layers), *{layer.class_name: 0 for layer in layers}]
            raise LstmcountError(
                f"no layer's name or class matches {limit.glob!r} (say optional: true if that is "
                f"fine).{did_you_mean(limit.glob, names)}",
                path=limit.path[:-1],
                at_key=True,
            )
        return chosen

    def _verdict(
        self,
        limit: Limit,
        actual: int,
        allowed: int,
        layer: LayerProfile | None = None,
        base: int | None = None,
    ) -> Verdict:
        bound = "max" if limit.bound == "max_increase" else limit.bound
        passed = {
            "max": actual <= allowed, "min": actual >= allowed, "exact": actual == allowed
        }[bound]  # fmt: skip
        measure = MEASURES[limit.measure]
        text = _text(limit, measure, actual, allowed, base, passed)
        return Verdict(
            limit=limit,
            passed=passed,
            actual=actual,
            allowed=allowed,
            text=f"layer {layer.name}: {text}" if layer else text,
            layer=layer.name if layer else None,
            base=base,
            cause=None if passed else self._cause(measure, layer),
        )

    @property
    def pairs(self) -> list[Pair]:
        if self._pairs is None:
            self._pairs = align(self.base.layers, self.now.layers) if self.base else []
        return self._pairs

    def _cause(self, measure: Measure, layer: LayerProfile | None) -> Cause | None:
        if layer is not None:
            return Cause(layer=layer.name, path=layer.path)
        if not measure.blame:
            return self._new_layers()
        return self._reasons(measure) or self._grew_most(measure) or self._largest(measure)

    def _new_layers(self) -> Cause | None:
        added = [new for old, new in self.pairs if old is None and new is not None]
        if not added:
            return None
        return Cause(layer=added[0].name, path=added[0].path, text=f"new: {_titles(added)}")

    def _reasons(self, measure: Measure) -> Cause | None:
        """The layers that say why they count."""
        layers, texts = [], []
        for layer in self.now.layers:
            for reason in filter(None, map(layer.reasons.get, measure.blame)):
                layers.append(layer)
                texts.append(f"{layer.title}: {reason}")
        if not layers:
            return None
        more = [f"{len(texts) - NAMED:,} more"] if len(texts) > NAMED else []
        text = "; ".join([*texts[:NAMED], *more])
        return Cause(layer=layers[0].name, path=layers[0].path, text=text)

    def _grew_most(self, measure: Measure) -> Cause | None:
        grown = [
            (after - before, before, after, new)
            for old, new in self.pairs
            if new is not None
            and (after := _blamed(new, measure)) > (before := _blamed(old, measure) if old else 0)
        ]
        if not grown:
            return None
        growth, before, after, layer = max(grown, key=lambda item: item[0])
        text = f"{layer.title} grew most: {before:,} -> {measure.show(after)} (+{growth:,})"
        if not before:
            text = f"{layer.title} is new: {measure.show(after)}"
        return Cause(layer=layer.name, path=layer.path, text=text)

    def _largest(self, measure: Measure) -> Cause | None:
        total = sum(_blamed(layer, measure) for layer in self.now.layers)
        if not total:
            return None
        if len(measure.blame) == 1:  # what no layer has counts, too
            total = self.now.values.get(measure.blame[0]) or total
        layer = max(self.now.layers, key=lambda layer: _blamed(layer, measure))
        value = _blamed(layer, measure)
        text = f"largest layer: {layer.title}, {measure.show(value)}, {value / total:.1%}"
        return Cause(layer=layer.name, path=layer.path, text=text)


def _blamed(layer: LayerProfile, measure: Measure) -> int:
    return sum(layer.values.get(name) or 0 for name in measure.blame)


def _known(profile: Profile, limit: Limit, whose: str = "") -> int:
    """The value of the limit's measure for the whole model."""
    value = profile.values.get(limit.measure)
    if value is None:
        unknown = [layer for layer in profile.layers if layer.values.get(limit.measure, 0) is None]
        raise _unknown(limit, whose, unknown)
    return value


def _unknown(limit: Limit, whose: str, layers: Sequence[LayerProfile]) -> UnknownMeasureError:
    measure = MEASURES[limit.measure]
    of_layers = f" of {_titles(layers)}" if layers else ""
    subject = f"{whose}{measure.label}{of_layers}"
    return UnknownMeasureError(subject, measure.why_unknown, limit.path)


def _titles(layers: Sequence[LayerProfile]) -> str:
    names = ", ".join(layer.title for layer in layers[:NAMED])
    more = f" and {len(layers) - NAMED:,} more" if len(layers) > NAMED else ""
    return f"{names}{more}"


def _text(
    limit: Limit, measure: Measure, actual: int, allowed: int, base: int | None, passed: bool
) -> str:
    """params 203,459 > 200,000 (over by 3,459, +1.7%)"""
    if isinstance(limit.amount, Increase):
        assert base is not None
        growth = f"{actual - base:+,}{_share(actual - base, base)}"
        return (
            f"{measure.label} {base:,} -> {measure.show(actual)} ({growth}; "
            f"allowed +{limit.amount.text}, {measure.show(allowed)})"
        )
    if passed and limit.bound == "max":
        used = f" ({100 * actual // allowed} %)" if allowed else ""
        return f"{measure.label} {actual:,} of {measure.show(allowed)}{used}"
    sign = ">" if limit.bound == "max" else _SIGNS[limit.bound][0 if passed else 1]
    text = f"{measure.label} {actual:,} {sign} {measure.show(allowed)}"
    distance = actual - allowed
    if passed:
        return text
    over = "over" if distance > 0 else "under"
    return f"{text} ({over} by {abs(distance):,}{_share(distance, allowed)})"


def _share(part: int, whole: int) -> str:
    return f", {part / whole:+.1%}" if whole else ""
