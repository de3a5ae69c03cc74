"""Parse amounts as people write them: 250k parameters, 1.5M, 1 MB."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from lstmcount.errors import LstmcountError

_COUNTS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "B": 10**9, "T": 10**12}
_BYTES = {
    "": 1,
    "B": 1,
    **{f"{letter}{unit}": 1024**power for power, letter in enumerate("KMGT", 1)
       for unit in ("B", "iB")},
}  # fmt: skip
_AMOUNT = re.compile(r"([-+]?[\d_,.]+(?:[eE][-+]?\d+)?)\s*([A-Za-z]*)")
_MAX_DIGITS = 40


def parse_count(value: Any) -> int:
    """Parse a count: 250k, 1.5M, 200_000, 200,000.

    >>> parse_count("250k"), parse_count("1.5M"), parse_count(200_000)
    (250000, 1500000, 200000)
    """
    return _parse(value, _COUNTS, "250k, 1.5M or 200_000")


def parse_bytes(value: Any) -> int:
    """Parse a size in bytes. KB, MB, GB are 1024-based, as in Keras; so are KiB, MiB and GiB.

    Fractions of a byte are cut off.

    >>> parse_bytes("1 MB"), parse_bytes("1.1KiB")
    (1048576, 1126)
    """
    if isinstance(value, str) and (match := re.search(r"(kB|Kb|kb|[mg]b|Mb|Gb)$", value.strip())):
        unit = match[1][0].upper()
        raise LstmcountError(
            f"{match[1]!r} can mean several things; write {unit}B or {unit}iB (both 1024-based)"
        )
    return _parse(value, _BYTES, "1MB, 800KB or a number of bytes")


def _refuse_huge(value: Any) -> None:
    """Raise `LstmcountError` for a number that Python does not write out."""
    if type(value) is int and value.bit_length() > 4 * _MAX_DIGITS:
        raise LstmcountError("the number is out of any model's range")


def _parse(value: Any, units: dict[str, int], examples: str) -> int:
    _refuse_huge(value)
    text = str(value).strip()
    match = _AMOUNT.fullmatch(text)
    if isinstance(value, bool) or not match or match[2] not in units or len(text) > _MAX_DIGITS:
        raise LstmcountError(f"expected an amount such as {examples}, got {value!r}")
    try:
        number = Decimal(match[1].replace("_", "").replace(",", ""))
    except InvalidOperation:
        raise LstmcountError(f"expected an amount such as {examples}, got {value!r}") from None
    if abs(number.adjusted()) > _MAX_DIGITS:
        raise LstmcountError(f"{value!r} is out of any model's range")
    amount = number * units[match[2]]
    if amount < 0:
        raise LstmcountError(f"expected an amount that is not negative, got {value!r}")
    if amount != amount.to_integral_value() and (units is _COUNTS or not match[2]):
        raise LstmcountError(f"expected a whole number, {value!r} is {amount.normalize():f}")
    return int(amount)


class Increase(msgspec.Struct, frozen=True):
    """The growth over a base that is allowed: a share of the base, a number, or both."""

    text: str
    percent: Decimal | None = None
    number: int | None = None
    either: bool = False  # whether the larger of the two applies; else the smaller does

    def allowed(self, base: int) -> int:
        """
        >>> parse_increase("5% or 10k").allowed(1_000), parse_increase("5%").allowed(1_000)
        (10000, 50)
        """
        shares = [] if self.percent is None else [int(base * self.percent / 100)]
        numbers = [] if self.number is None else [self.number]
        return max(shares + numbers) if self.either else min(shares + numbers)


def parse_increase(value: Any, parse: Callable[[Any], int] = parse_count) -> Increase:
    """Parse a growth: 5%, 10k, `5% and 10k` (both limits hold) or `5% or 10k` (the larger holds).

    >>> parse_increase("5% and 10k").allowed(1_000_000)
    10000
    """
    _refuse_huge(value)
    if isinstance(value, bool) or not isinstance(value, str | int | float | list):
        raise LstmcountError(f"expected a growth such as 5%, 10k or 5% or 10k, got {value!r}")
    text = " and ".join(map(str, value)) if isinstance(value, list) else str(value).strip()
    parts = re.split(r"\s+(?:and|or)\s+", text)
    if not re.search(r"\d", text):
        raise LstmcountError(f"expected a growth such as 5%, 10k or 5% or 10k, got {value!r}")
    percents = [part for part in parts if part.endswith("%")]
    numbers = [part for part in parts if not part.endswith("%")]
    if len(percents) > 1 or len(numbers) > 1 or (" and " in text and " or " in text):
        raise LstmcountError(f"expected at most one share and one number, got {value!r}")
    return Increase(
        text,
        _parse_percent(percents[0]) if percents else None,
        parse(numbers[0]) if numbers else None,
        " or " in text,
    )


def _parse_percent(text: str) -> Decimal:
    digits = text.removesuffix("%").strip()
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", digits):
        raise LstmcountError(f"expected a share such as 5% or 0.5%, got {text!r}")
    return Decimal(digits)


def round_up(value: int, in_bytes: bool = False) -> str:
    """Round an amount up to three digits; return it in the notation of budgets.

    >>> round_up(203_459), round_up(999_999), round_up(813_836, in_bytes=True)
    ('204k', '1M', '795KB')
    """
    step, names = (
        (1024, ("", "KB", "MB", "GB", "TB")) if in_bytes else (1000, ("", "k", "M", "G", "T"))
    )
    power = 0
    while value > 999 * step**power and power < len(names) - 1:
        power += 1
    unit = step**power
    scale = 1
    while power and value * scale * 10 <= 999 * unit and scale < 100:
        scale *= 10
    amount = Decimal(-(-value * scale // unit)) / scale
    return f"{amount.normalize():f}{names[power]}"
