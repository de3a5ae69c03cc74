"""Parse ranges of integers: 32..512:32, 1..4, 8,16,32 and 64."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lstmcount.errors import LstmcountError

_RANGE = re.compile(r"(\d+)\.\.(\d+)(?::(\d+))?")
MAX_LENGTH = 10**15


def parse_range(text: str) -> Sequence[int]:
    """The values of a range, including both ends.

    >>> list(parse_range("32..128:32")), list(parse_range("8,16,64")), list(parse_range("3"))
    ([32, 64, 96, 128], [8, 16, 64], [3])
    """
    text = text.strip().replace("_", "")
    if match := _RANGE.fullmatch(text):
        low, high, step = int(match[1]), int(match[2]), int(match[3] or 1)
        if low > high:
            raise LstmcountError(f"the range {text} is reversed; write {high}..{low}")
        if step < 1:
            raise LstmcountError(f"the step of {text} must be at least 1")
        if (high - low) // step >= MAX_LENGTH:
            raise LstmcountError(f"the range {text} is too long")
        return range(low, high + 1, step)
    try:
        return [int(item) for item in text.split(",")]
    except ValueError:
        raise LstmcountError(
            f"expected a range such as 32..512:32 or values such as 8,16,32, got {text!r}"
        ) from None


def parse_variable(text: str) -> tuple[str, Sequence[int] | None]:
    """The name and the range of `units=32..1024:32`; for `units` alone, the range is None."""
    name, equals, values = text.partition("=")
    if not name.strip() or (equals and not values.strip()):
        raise LstmcountError(f"expected a variable such as units=32..1024:32, got {text!r}")
    return name.strip(), parse_range(values) if equals else None
