"""The syntax of budgets: `max_params: 250k`, `layers: {"lstm*": {max_increase: 5%}}`, …"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from lstmcount.costs.amounts import Increase, parse_increase
from lstmcount.costs.measures import MEASURES, OF_LAYERS
from lstmcount.errors import LstmcountError, Path
from lstmcount.structs import typed

BOUNDS = ("max", "min", "exact", "max_increase")
Amount = Annotated[Any, msgspec.Meta(extra_json_schema={"kind": "amount"})]
Growth = Annotated[Any, msgspec.Meta(extra_json_schema={"kind": "increase"})]


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """One bound on one measure of the model, or of the layers that `glob` names."""

    bound: str  # a key of BOUNDS
    measure: str
    amount: int | Increase
    glob: str | None = None
    optional: bool = False  # the glob need not match a layer
    message: str | None = None
    file: str | None = None  # where the limit is set; None for the command line
    path: Path = ()

    @property
    def rule(self) -> str:
        """
        >>> Limit(bound="max_increase", measure="params", amount=1).rule
        'max_increase'
        """
        if self.bound == "max_increase" and self.measure == "params":
            return self.bound
        return f"{self.bound}_{self.measure}"

    @property
    def key(self) -> tuple[str, str | None]:
        return self.rule, self.glob


def _rules(measures: tuple[str, ...]) -> dict[str, tuple[str, str]]:
    """The keys of a budget → (bound, measure); plain max_increase is one of params."""
    rules = {f"{bound}_{measure}": (bound, measure) for bound in BOUNDS for measure in measures}
    return {**rules, "max_increase": ("max_increase", "params")}


RULES = _rules(tuple(MEASURES))
LAYER_RULES = _rules(OF_LAYERS)


class _Base(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    message: str | None = None
    optional: bool = False


class _Whole(_Base, kw_only=True):
    layers: dict[str, Any] = {}
    cudnn: bool = False  # every recurrent layer runs on cuDNN


def _struct(name: str, base: type[msgspec.Struct], rules: dict[str, tuple[str, str]]) -> Any:
    fields = [
        (rule, Growth if bound == "max_increase" else Amount, msgspec.UNSET)
        for rule, (bound, _) in rules.items()
    ]
    return msgspec.defstruct(name, fields, bases=(base,), kw_only=True)


Budget = _struct("Budget", _Whole, RULES)
LayerBudget = _struct("LayerBudget", _Base, LAYER_RULES)


def parse_budget(budget: Any, path: Path = ("budget",), file: str | None = None) -> list[Limit]:
    """The limits of a `budget:` block.

    >>> [limit.rule for limit in parse_budget({"max_params": "250k", "max_increase": "5%"})]
    ['max_params', 'max_increase']
    """
    parsed = typed(budget, Budget, "a budget such as max_params: 250k", path)
    limits = _limits(parsed, RULES, path, file)
    if parsed.cudnn:
        unfused = parse_limit("max_unfused_layers", 0)
        own = {"message": parsed.message, "file": file, "path": (*path, "cudnn")}
        limits.append(msgspec.structs.replace(unfused, **own))
    for glob in parsed.layers:
        inner = (*path, "layers", glob)
        of_layer = typed(parsed.layers[glob], LayerBudget, "a budget of layers", inner)
        own_limits = _limits(of_layer, LAYER_RULES, inner, file, glob)
        if not own_limits:
            raise LstmcountError("this budget sets no limit", path=inner)
        limits += [
            limit if limit.message else msgspec.structs.replace(limit, message=parsed.message)
            for limit in own_limits
        ]
    if not limits:
        raise LstmcountError("this budget sets no limit", path=path)
    return limits


def _limits(
    parsed: Any,
    rules: dict[str, tuple[str, str]],
    path: Path,
    file: str | None,
    glob: str | None = None,
) -> list[Limit]:
    """The limits that are set among these `rules`, which name a bound and a measure each."""
    limits = []
    for rule, (bound, measure) in rules.items():
        value = getattr(parsed, rule)
        if value is msgspec.UNSET:
            continue
        limits.append(
            Limit(
                bound=bound,
                measure=measure,
                amount=_amount(bound, measure, value, (*path, rule)),
                glob=glob,
                optional=parsed.optional,
                message=parsed.message,
                file=file,
                path=(*path, rule),
            )
        )
    return limits


def parse_limit(rule: str, value: Any) -> Limit:
    """The limit of a command-line option."""
    bound, measure = RULES[rule]
    return Limit(bound=bound, measure=measure, amount=_amount(bound, measure, value, ()))


def _amount(bound: str, measure: str, value: Any, path: Path) -> int | Increase:
    parse = MEASURES[measure].parse
    try:
        return parse_increase(value, parse) if bound == "max_increase" else parse(value)
    except LstmcountError as error:
        raise error.at(*path) from None


def merged(*layers: list[Limit]) -> list[Limit]:
    """Limits from several places; the first place that sets a rule wins.

    >>> merged([parse_limit("max_params", 1)], [parse_limit("max_params", 2)])[0].amount
    1
    """
    merged_limits: dict[tuple[str, str | None], Limit] = {}
    for limits in layers:
        for limit in limits:
            merged_limits.setdefault(limit.key, limit)
    return list(merged_limits.values())
