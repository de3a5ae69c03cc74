"""Values that are put in place of others."""

from __future__ import annotations

from random import Random
from typing import Any

NAMES = (
    "", " ", "a/b", "a.b", "..", "../x", "-", "--help", "x" * 300, "Dense", "model", "name", "1",
    "__proto__", "__class__", "\x1b[31m[bold]\n", "\u202e|`$", "\u009b31m", "a\u2028b", "\x00",
    "$(touch x)", "`touch x`", "a\nb", "${x}", "{{x}}", "\\input{x}", "@someone", "#1",
    "::error::x",
    "</script><b>", "<!--", "]]>", "|a|", "```", "=1+1", "'\"", "\ud800", "é\u0301", "名前",
)  # fmt: skip
EXPRESSIONS = (
    "a", "a + 1", "2*a", "a/2", "a // 0", "-a", "a**a", "9**9**9", "2.5**1e300", "1e999", "min(a)",
    "round(a, -10**8)", "round(a, 2, 3)", "(10**1000)**0.5", "max(a, b)", "a if b else c", "a.b",
    "a[0]", "__import__('os')", "(" * 300, "1_000", "0x10", "a < b < c", "not a", "a and b",
    "1 %% 2",
    "len(a)", "prod(a)", "a - a", "1/3", "(-8)**(1/3)", "a % 3", "batch", "features", "timesteps",
    "input[-1]", "inputs[1][-1]", "input[9]",
)  # fmt: skip
NUMBERS = (
    0, 1, -1, 2, 3, 7, 0.5, -0.0, 1e300, 5e-324, 10**30, 2**31, 2**63, -(2**63), 65536, 10**9,
    300_000, float("inf"), float("-inf"), float("nan"), -1023, True, False,
)  # fmt: skip


def scalar(rng: Random) -> Any:
    return rng.choice(rng.choice((NAMES, EXPRESSIONS, NUMBERS, (None,))))
